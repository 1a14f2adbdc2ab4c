"""Noise floor: how many negative flips retraining the same recipe causes anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.flips.bootstrap import DRAWS, SEED, percentile_limits
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
    draws: int = DRAWS,
    seed: int = SEED,
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
    draws, seed : int
        Draws and seed of the crossed bootstrap over examples, repeats and runs.
    sizes : int array, shape (n,), optional
        Examples of each cluster, where the columns are clusters and the flips counts; by default columns are examples.

    Returns
    -------
    ExcessNfr
        Null with ``no_repeat_runs`` without repeats, with ``no_examples`` without examples or runs.
    """
    repeats, runs = len(repeat_flips), len(new_flips)
    if runs == 0 or new_flips.shape[1] == 0:
        return _none("no_examples")
    if repeats == 0:
        return _none("no_repeat_runs")
    sizes = np.ones(new_flips.shape[1], np.int64) if sizes is None else sizes
    floor = float(repeat_flips.sum() / (repeats * sizes.sum()))
    value = float(new_flips.sum() / (runs * sizes.sum()) - floor)
    # Columns that are alike in all runs: draw how often each pattern comes, not each column.
    patterns, counts = np.unique(np.vstack([repeat_flips, new_flips, sizes]), axis=1, return_counts=True)
    rng, n = np.random.default_rng(seed), counts.sum()
    weights = rng.multinomial(n, counts / n, size=draws)
    rates = weights @ patterns[:-1].T / (weights @ patterns[-1:].T)
    drawn = _resampled_mean(rates[:, repeats:], rng) - _resampled_mean(rates[:, :repeats], rng)
    low, high = percentile_limits(drawn, level)
    if np.isnan(low):
        return ExcessNfr(Measure(floor), Estimate(value, None, None, "no_variation"))
    return ExcessNfr(Measure(floor), Estimate(value, low, high))


def _resampled_mean(rates: Any, rng: np.random.Generator) -> Any:
    """Mean over runs drawn with replacement, anew for each row; shape (draws,)."""
    runs = rates.shape[1]
    return np.take_along_axis(rates, rng.integers(runs, size=rates.shape), axis=1).mean(axis=1)


def _none(reason: str) -> ExcessNfr:
    return ExcessNfr(Measure(None, reason), Estimate(None, None, None, reason))
