"""Metrics of the four outcome counts of one old and one new model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flipscope.flips.bootstrap import multinomial_bootstrap
from flipscope.flips.intervals import newcombe, wilson
from flipscope.flips.measures import Estimate, Measure
from flipscope.flips.significance import mcnemar_exact, mcnemar_midp

#: Keys of `cell_metrics`, in its order.
CELL_METRICS = (
    "accuracy_old", "accuracy_new", "accuracy_delta", "nfr", "pfr", "label_churn", "relative_nfr", "nfi",
    "btc", "bec", "nfr_over_gain", "mcnemar_p", "mcnemar_exact_p", "cond_nfr", "cond_pfr", "pfi",
    "correctness_churn", "pf_share", "pf_nf_ratio", "kappa", "jaccard_fail", "nfr_changed",
)  # fmt: skip

_WITH_WILSON = ("nfr", "pfr", "nfi", "btc", "bec", "cond_nfr", "cond_pfr")


@dataclass(frozen=True)
class Cells:
    """How many examples have each outcome.

    Attributes
    ----------
    both_correct, negative_flip, positive_flip, both_wrong : int
        The counts, called a, b, c and d in formulae.
    both_wrong_differently : int or None
        How many of `both_wrong` got two different answers; ``None`` when only right/wrong is known.

    Raises
    ------
    ValueError
        If a count is negative or `both_wrong_differently` exceeds `both_wrong`.
    """

    both_correct: int
    negative_flip: int
    positive_flip: int
    both_wrong: int
    both_wrong_differently: int | None = None

    def __post_init__(self) -> None:
        if min(self.counts) < 0 or not 0 <= (self.both_wrong_differently or 0) <= self.both_wrong:
            raise ValueError(f"impossible counts: {self}")

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The four counts in the order of ``OUTCOMES``."""
        return self.both_correct, self.negative_flip, self.positive_flip, self.both_wrong

    @property
    def n(self) -> int:
        """The number of examples."""
        return sum(self.counts)


def cell_metrics(cells: Cells, level: float = 0.95) -> dict[str, Measure | Estimate]:
    """Compute every metric of the outcome counts; formulae and reason codes are in ``docs/metrics.md``.

    Parameters
    ----------
    cells : Cells
        The counts.
    level : float
        Two-sided confidence level of the intervals.

    Returns
    -------
    dict
        One entry for each of `CELL_METRICS`, in that order. Without examples all are null.
    """
    a, b, c, d = cells.counts
    fractions = cell_fractions(a, b, c, d)
    found: dict[str, Measure | Estimate] = {key: _ratio(*parts) for key, parts in fractions.items()}
    found |= {key: _proportion(*fractions[key], level) for key in _WITH_WILSON}
    found |= _label_metrics(cells)
    found["accuracy_delta"] = _accuracy_delta(cells, level)
    found["relative_nfr"] = _relative_nfr(cells, level)
    no_flips = None if b + c else "no_discordant"
    found["mcnemar_p"] = Measure(float(mcnemar_midp(b, c)), no_flips)
    found["mcnemar_exact_p"] = Measure(float(mcnemar_exact(b, c)), no_flips)
    if cells.n == 0:
        found = {key: replace(each, value=None, reason="no_examples") for key, each in found.items()}
    return {key: found[key] for key in CELL_METRICS}


def cell_fractions(a: Any, b: Any, c: Any, d: Any) -> dict[str, tuple[Any, Any, str]]:
    """Every metric of the counts that is a fraction, taken apart.

    Parameters
    ----------
    a, b, c, d : int, or int arrays of one shape
        Counts of both correct, negative flip, positive flip and both wrong.

    Returns
    -------
    dict
        Name to (numerator, denominator, reason code when the denominator is 0).
    """
    n = a + b + c + d
    return {
        "accuracy_old": (a + b, n, "no_examples"),
        "accuracy_new": (a + c, n, "no_examples"),
        "accuracy_delta": (c - b, n, "no_examples"),
        "nfr": (b, n, "no_examples"),
        "pfr": (c, n, "no_examples"),
        "relative_nfr": (n * b, (a + b) * (b + d), "no_new_errors"),
        "nfi": (b, b + d, "no_new_errors"),
        "btc": (a, a + b, "no_old_correct"),
        "bec": (d, b + d, "no_new_errors"),
        "nfr_over_gain": (b, c - b, "no_accuracy_change"),
        "cond_nfr": (b, a + b, "no_old_correct"),
        "cond_pfr": (c, c + d, "no_old_errors"),
        "pfi": (c, a + c, "no_new_correct"),
        "correctness_churn": (b + c, n, "no_examples"),
        "pf_share": (c, b + c, "no_discordant"),
        "pf_nf_ratio": (c, b, "no_negative_flips"),
        "kappa": (2 * (a * d - b * c), (a + b) * (b + d) + (a + c) * (c + d), "no_variation"),
        "jaccard_fail": (d, b + c + d, "no_errors"),
    }


def _ratio(top: int, bottom: int, reason: str) -> Measure:
    return Measure(float(top / bottom)) if bottom else Measure(None, reason)


def _proportion(k: int, n: int, reason: str, level: float) -> Estimate:
    if n == 0:
        return Estimate(None, None, None, reason)
    low, high = wilson(k, n, level)
    return Estimate(float(k / n), float(low), float(high))


def _label_metrics(cells: Cells) -> dict[str, Measure | Estimate]:
    """Metrics that need the predicted labels, not only right or wrong."""
    _, b, c, _ = cells.counts
    differently = cells.both_wrong_differently
    if differently is None:
        return dict.fromkeys(("label_churn", "nfr_changed"), Measure(None, "no_predicted_labels"))
    return {
        "label_churn": _ratio(b + c + differently, cells.n, "no_examples"),
        "nfr_changed": _ratio(b + differently, cells.n, "no_examples"),
    }


def _accuracy_delta(cells: Cells, level: float) -> Estimate:
    _, b, c, _ = cells.counts
    if cells.n == 0:
        return Estimate(None, None, None, "no_examples")
    low, high = newcombe(*cells.counts, level)
    return Estimate(float((c - b) / cells.n), float(low), float(high))


def _relative_nfr(cells: Cells, level: float) -> Estimate:
    """NFR over the NFR of two models with independent errors, and its interval."""
    a, b, c, d = cells.counts
    top, bottom, _ = cell_fractions(a, b, c, d)["relative_nfr"]
    if bottom == 0:
        return Estimate(None, None, None, "no_old_correct" if a + b == 0 else "no_new_errors")
    value = float(top / bottom)
    if b == 0:
        # No bootstrap draw would ever have a flip. Scale the limit of NFR; no more flips are possible than
        # the old model has hits or the new one errors.
        high = float(wilson(0, cells.n, level)[1]) * cells.n**2 / bottom
        return Estimate(value, 0.0, float(min(high, cells.n / max(a, d))))
    if a + c == 0 or c + d == 0:  # one model is constant: the ratio is 1 whatever the other does
        return Estimate(value, None, None, "no_variation")
    low, high = multinomial_bootstrap(cells.counts, _relative_nfr_of, level=level)
    if low != low:
        return Estimate(value, None, None, "no_old_correct" if a < d else "no_new_errors")
    return Estimate(value, low, high)


def _relative_nfr_of(a: Any, b: Any, c: Any, d: Any) -> Any:
    top, bottom, _ = cell_fractions(a, b, c, d)["relative_nfr"]
    return top / bottom
