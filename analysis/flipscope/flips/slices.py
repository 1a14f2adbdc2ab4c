"""Many slices of the data judged together: rates, intervals, a test each, corrected for their number."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flipscope.flips.intervals import newcombe, wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.significance import benjamini_hochberg, mcnemar_midp

#: With fewer flips than this the exact test cannot reach p < .05, whatever their direction.
MIN_FLIPS = 6


def judge_slices(counts: pd.DataFrame) -> pd.DataFrame:
    """Judge slices of the data, and correct for how many were tested.

    Parameters
    ----------
    counts : DataFrame
        One row a slice, with the columns of ``OUTCOMES``; all other columns are kept in front.

    Returns
    -------
    DataFrame
        The same rows and index, with ``n``, ``accuracy_old``, ``accuracy_new``, ``accuracy_delta``, ``nfr``,
        ``pfr`` (the last three with ``_low`` and ``_high``: Newcombe and Wilson, 95 %), ``mcnemar_p``
        (mid-p), ``q_value`` (Benjamini-Hochberg) and ``note``. A slice with fewer than `MIN_FLIPS` flips is
        not tested: its p and q are NaN and ``note`` is ``too_few_flips``; without examples all is NaN and
        ``note`` is ``no_examples``. ``attrs["tested"]`` is the number of tested slices.
    """
    a, b, c, d = (counts[outcome].to_numpy(dtype=np.int64) for outcome in OUTCOMES)
    n = a + b + c + d
    some = np.where(n > 0, n, np.nan)
    # Chosen by the number of flips, not of negative ones: choosing by direction would invalidate the test.
    tested = b + c >= MIN_FLIPS
    p = np.where(tested, mcnemar_midp(b, c), np.nan)
    delta_low, delta_high = newcombe(a, b, c, d)
    nfr_low, nfr_high = wilson(b, n)
    pfr_low, pfr_high = wilson(c, n)
    others = [name for name in counts.columns if name not in OUTCOMES]
    judged = counts[[*others, *OUTCOMES]].assign(
        n=n,
        accuracy_old=(a + b) / some,
        accuracy_new=(a + c) / some,
        accuracy_delta=(c - b) / some,
        accuracy_delta_low=delta_low,
        accuracy_delta_high=delta_high,
        nfr=b / some,
        nfr_low=nfr_low,
        nfr_high=nfr_high,
        pfr=c / some,
        pfr_low=pfr_low,
        pfr_high=pfr_high,
        mcnemar_p=p,
        q_value=benjamini_hochberg(p),
        note=_notes(n, tested, counts.index),
    )
    judged.attrs["tested"] = int(np.count_nonzero(tested))
    return judged


def _notes(n: NDArray[np.int64], tested: NDArray[np.bool_], index: pd.Index) -> pd.Series:
    notes = np.full(len(n), None, dtype=object)
    notes[~tested] = "too_few_flips"
    notes[n == 0] = "no_examples"
    # The type is named because pandas' own strings would turn None into NaN.
    return pd.Series(notes, index=index, dtype=object)
