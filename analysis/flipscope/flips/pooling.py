"""One figure over several tasks, slices or capabilities: micro and macro."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flipscope.flips.bootstrap import DRAWS, MAX_UNDEFINED, SEED, multinomial_draws, percentile_limits
from flipscope.flips.measures import Estimate, Measure
from flipscope.flips.metrics import Cells, cell_fractions, cell_metrics
from flipscope.flips.outcome import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

# Their values explode near a zero denominator, so that their mean says nothing.
_NO_MEAN = ("nfr_over_gain", "pf_nf_ratio")

#: What macro averages exist of.
MACRO_METRICS = tuple(key for key in cell_fractions(1, 1, 1, 1) if key not in _NO_MEAN)


@dataclass(frozen=True)
class Pooled:
    """Metrics over several tasks.

    Attributes
    ----------
    micro : dict
        `cell_metrics` of the summed counts: large tasks dominate. Its intervals and tests take all examples
        as independent.
    macro : dict
        For each of `MACRO_METRICS` the mean over the tasks that have a value, each task counting the same.
    left_out : dict
        For each of `MACRO_METRICS` the tasks without a value.
    """

    micro: dict[str, Measure | Estimate]
    macro: dict[str, Estimate]
    left_out: dict[str, tuple[Any, ...]]


def pooled(counts: pd.DataFrame, level: float = 0.95, draws: int = DRAWS, seed: int = SEED) -> Pooled:
    """Pool the counts of several tasks.

    Parameters
    ----------
    counts : DataFrame
        One row a task, named by the index, with the columns of ``OUTCOMES`` and, where answers are known,
        ``both_wrong_differently``.
    level : float
        Two-sided confidence level.
    draws, seed : int
        Draws and seed of the bootstrap for macro averages, which resamples examples within each task.

    Returns
    -------
    Pooled
    """
    cells = counts[list(OUTCOMES)].to_numpy(dtype=np.int64)
    differently = counts.get("both_wrong_differently")
    total = None if differently is None else int(differently.sum())
    a, b, c, d = (int(k) for k in cells.sum(axis=0))
    micro = cell_metrics(Cells(a, b, c, d, total), level)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = _rates(*cells.T)
    defined = np.isfinite(rates)
    drawn = _macro_draws(cells, defined, draws, seed)
    macro = {
        key: _macro(key, rates[i][defined[i]], drawn[i], level, micro[key].reason)
        for i, key in enumerate(MACRO_METRICS)
    }
    left_out = {key: tuple(counts.index[~defined[i]]) for i, key in enumerate(MACRO_METRICS)}
    return Pooled(micro, macro, left_out)


def _rates(a: Any, b: Any, c: Any, d: Any) -> Any:
    """All macro metrics of counts of one shape, shape (metrics, ...); not finite where undefined."""
    fractions = cell_fractions(a, b, c, d)
    return np.stack([fractions[key][0] / fractions[key][1] for key in MACRO_METRICS])


def _macro_draws(cells: Any, defined: Any, draws: int, seed: int) -> Any:
    """Bootstrap the macro averages, shape (metrics, draws), over the tasks that have a value."""
    rng = np.random.default_rng(seed)
    total = np.zeros((len(MACRO_METRICS), draws))
    for task, has in zip(cells, defined.T, strict=True):
        if task.sum():
            total[has] += multinomial_draws(task, _rates, draws, rng)[has]
    return total / np.maximum(defined.sum(axis=1, keepdims=True), 1)


def _macro(key: str, rates: Any, drawn: Any, level: float, micro_reason: str | None) -> Estimate:
    reason = cell_fractions(0, 0, 0, 0)[key][2]
    if len(rates) == 0:
        return Estimate(None, None, None, micro_reason or reason)
    low, high = percentile_limits(drawn, level)
    if np.isnan(low):
        undefined = np.mean(~np.isfinite(drawn)) > MAX_UNDEFINED
        return Estimate(float(rates.mean()), None, None, reason if undefined else "no_variation")
    return Estimate(float(rates.mean()), low, high)
