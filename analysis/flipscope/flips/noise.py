"""Noise floor: how many negative flips retraining the same recipe causes anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from flipscope.flips.bounds import mean_bounds
from flipscope.flips.measures import Estimate, Measure


@dataclass(frozen=True)
class ExcessNfr:
    """Negative flips beyond the noise floor.

    Attributes
    ----------
    floor : Measure
        Mean NFR of the repeats of the old recipe against the old model.
    excess : Estimate
        Mean NFR of the new model's runs, less `floor`. An interval that covers 0 reads "no more regression
        than retraining causes", not "no regression".
    """

    floor: Measure
    excess: Estimate


def excess_nfr(
    repeat_flips: NDArray[Any],
    new_flips: NDArray[Any],
    level: float = 0.95,
    sizes: NDArray[np.int64] | None = None,
) -> ExcessNfr:
    """Compare the negative flips of a new model with those of retraining the old one.

    Parameters
    ----------
    repeat_flips : bool or int array, shape (repeats, n)
        Negative flips against the old model of each repeat of its own recipe, with another seed. At least
        three repeats are recommended.
    new_flips : bool or int array, shape (runs, n)
        The same for each run of the new recipe, on the same examples.
    level : float
        Two-sided confidence level.
    sizes : int array, shape (n,), optional
        Examples of each cluster, where the columns are clusters and the flips counts; by default columns are examples.

    Returns
    -------
    ExcessNfr
        Null with ``no_repeat_runs`` without repeats, with ``no_examples`` without examples or runs.

    Notes
    -----
    How far the limits are from the estimate is added up in squares (Zou and Donner 2008) from what examples add, by
    `mean_bounds`, and what seeds add on either side, by Student's t over their rates. A side of a single run is taken
    as that very model, so that its seed adds nothing.
    """
    repeats, runs = len(repeat_flips), len(new_flips)
    if runs == 0 or new_flips.shape[1] == 0:
        return _none("no_examples")
    if repeats == 0:
        return _none("no_repeat_runs")
    sizes = np.ones(new_flips.shape[1], np.int64) if sizes is None else sizes
    n = sizes.sum()
    floor = float(repeat_flips.sum() / (repeats * n))
    value = float(new_flips.sum() / (runs * n) - floor)
    # Whole numbers first, so that columns that are alike stay so.
    differences = new_flips.sum(axis=0, dtype=np.int64) * repeats - repeat_flips.sum(axis=0, dtype=np.int64) * runs
    totals, alpha = differences / (repeats * runs), (1 - level) / 2
    low, high = mean_bounds(totals, sizes, np.ones_like(sizes), least=-1, most=1, alpha=alpha)
    seeds = np.hypot(_seed_margin(repeat_flips, n, alpha), _seed_margin(new_flips, n, alpha))
    low, high = value - np.hypot(value - low, seeds), value + np.hypot(high - value, seeds)
    return ExcessNfr(Measure(floor), Estimate(value, max(float(low), -1.0), min(float(high), 1.0)))


def _seed_margin(flips: NDArray[Any], n: int, alpha: float) -> float:
    """One-sided margin of a mean rate over runs, for how much runs of other seeds would differ; 0 for a single one."""
    runs = len(flips)
    if runs == 1:
        return 0.0
    # Runs differ also by examples that flip now and then, which counts twice. Without it two runs that happen to be
    # close would say that seeds do not matter.
    spread = (flips.sum(axis=1) / n).std(ddof=1)
    return float(stdtrit(runs - 1, 1 - alpha) * spread / np.sqrt(runs))


def _none(reason: str) -> ExcessNfr:
    return ExcessNfr(Measure(None, reason), Estimate(None, None, None, reason))
