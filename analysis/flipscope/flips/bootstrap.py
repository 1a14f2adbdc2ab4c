"""Bootstrap intervals, for what has no formula. Seeded: the same data give the same limits on every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from flipscope.flips.intervals import wilson

#: Draws and seed wherever the caller names none. Draws of counts are cheap, so there are more of them.
DRAWS = 2000
COUNT_DRAWS = 10_000
SEED = 20240501

#: Fewer clusters than this say too little about how clusters vary (a rule of thumb).
MIN_CLUSTERS = 10

#: An interval is withheld when the statistic is undefined in more than this share of the draws.
MAX_UNDEFINED = 0.05

Floats = NDArray[np.float64]


def multinomial_bootstrap(
    cells: Sequence[int],
    statistic: Callable[..., Any],
    draws: int = COUNT_DRAWS,
    seed: int = SEED,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of a statistic of counts: the paired bootstrap, drawn cell by cell.

    Parameters
    ----------
    cells : sequence of int, length m
        The observed counts.
    statistic : callable
        Takes m arrays of drawn counts, shape (draws,), and returns as many values;
        not finite means undefined.
    draws, seed : int
        How many draws, and the seed of their own generator.
    level : float
        Two-sided confidence level.

    Returns
    -------
    low, high : float
        NaN when more than 5 % of the draws are undefined, or all are equal: then they say nothing.
    """
    return percentile_limits(multinomial_draws(cells, statistic, draws, np.random.default_rng(seed)), level)


def multinomial_draws(cells: Sequence[int], statistic: Callable[..., Any], draws: int, rng: np.random.Generator) -> Any:
    """Draw counts and compute a statistic of them, shape (..., draws) as it returns them."""
    counts = np.asarray(cells)
    drawn = rng.multinomial(counts.sum(), counts / counts.sum(), size=draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        return statistic(*drawn.T)


def percentile_limits(drawn: Floats, level: float = 0.95) -> tuple[float, float]:
    """Limits of bootstrap draws, shape (draws,); NaN when too many are undefined or all are equal."""
    return _quantile_limits(drawn, _tails(level))


def _quantile_limits(drawn: Floats, quantiles: Floats) -> tuple[float, float]:
    defined = drawn[np.isfinite(drawn)]
    if defined.size < (1 - MAX_UNDEFINED) * drawn.size:
        return np.nan, np.nan
    if np.ptp(defined) <= 1e-12 * np.abs(defined).max():
        return np.nan, np.nan
    low, high = np.quantile(defined, quantiles)
    return float(low), float(high)


def paired_bootstrap(
    sample: ArrayLike,
    statistic: Callable[[Any], float],
    draws: int = DRAWS,
    seed: int = SEED,
    level: float = 0.95,
    method: Literal["percentile", "bca"] = "percentile",
) -> tuple[float, float]:
    """Interval of any statistic of paired rows; a row keeps what all models did on one example.

    Parameters
    ----------
    sample : array, shape (n,) or (n, columns)
        One row an example.
    statistic : callable
        Takes an array like `sample` and returns a number, NaN where it is undefined.
    draws, seed : int
        How many times the rows are resampled, and the seed.
    level : float
        Two-sided confidence level.
    method : {"percentile", "bca"}
        BCa (Efron 1987) corrects bias and skewness; it calls `statistic` on n more samples.

    Returns
    -------
    low, high : float
        NaN when more than 5 % of the draws are undefined, or all are equal.
    """
    rows = np.asarray(sample)
    rng = np.random.default_rng(seed)
    n = len(rows)
    drawn = np.array([statistic(rows[rng.integers(n, size=n)]) for _ in range(draws)], dtype=float)
    quantiles = _bca_quantiles(rows, statistic, drawn, level) if method == "bca" else _tails(level)
    return _quantile_limits(drawn, quantiles) if np.isfinite(quantiles).all() else (np.nan, np.nan)


def _bca_quantiles(rows: Any, statistic: Callable[[Any], float], drawn: Floats, level: float) -> Floats:
    """Which quantiles of the draws the BCa limits are; NaN when all draws lie on one side of the estimate."""
    estimate, defined = statistic(rows), drawn[np.isfinite(drawn)]
    below = np.mean(defined < estimate) + np.mean(defined == estimate) / 2 if defined.size else np.nan
    if not 0 < below < 1:
        return np.full(2, np.nan)
    jackknife = np.array([statistic(np.delete(rows, i, axis=0)) for i in range(len(rows))], dtype=float)
    u = jackknife.mean() - jackknife
    spread = 6 * np.sum(u**2) ** 1.5
    acceleration = np.sum(u**3) / spread if spread > 0 else 0.0
    bias = ndtri(below)
    shifted = bias + ndtri(_tails(level))
    return ndtr(bias + shifted / (1 - acceleration * shifted))


def cluster_bootstrap(
    flips: ArrayLike, sizes: ArrayLike, draws: int = DRAWS, seed: int = SEED, level: float = 0.95
) -> tuple[float, float]:
    """Interval of a rate over examples that come in clusters: a template, document, user or source.

    Parameters
    ----------
    flips, sizes : int arrays, shape (clusters,)
        Flips and examples of each cluster. Clusters are resampled whole.
    draws, seed : int
        How many draws, and the seed.
    level : float
        Two-sided confidence level.

    Returns
    -------
    low, high : float
        NaN below `MIN_CLUSTERS` clusters (reason ``too_few_clusters``). Where no draw can differ, such as
        without any flip, the Wilson interval with each cluster counted as a single example.
    """
    k, n = _clusters(flips, sizes)
    if len(n) < MIN_CLUSTERS:
        return np.nan, np.nan
    rate = k.sum() / n.sum()
    if np.allclose(k, rate * n, rtol=1e-12, atol=0):
        low, high = wilson(rate * len(n), len(n), level)
        return float(low), float(high)
    chosen = np.random.default_rng(seed).integers(len(n), size=(draws, len(n)))
    return percentile_limits(k[chosen].sum(axis=1) / n[chosen].sum(axis=1), level)


def cluster_deff(flips: ArrayLike, sizes: ArrayLike) -> tuple[float, float]:
    """Compute the standard error of a rate over clusters, by linearisation, and the design effect.

    Parameters
    ----------
    flips, sizes : int arrays, shape (clusters,)
        Flips and examples of each cluster.

    Returns
    -------
    se : float
        Standard error; NaN for a single cluster.
    deff : float
        Squared `se` over that of independent examples; NaN for a rate of 0 or 1. The effective sample size is
        ``n / max(1, deff)``.
    """
    k, n = _clusters(flips, sizes)
    clusters, total = len(n), n.sum()
    if clusters < 2:
        return np.nan, np.nan
    rate = k.sum() / total
    se = np.sqrt(clusters / (clusters - 1) * np.sum((k - rate * n) ** 2)) / total
    independent = rate * (1 - rate) / total
    return float(se), float(se**2 / independent) if independent > 0 else np.nan


def _clusters(flips: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    """Flips and sizes of the clusters that have any example."""
    k, n = np.asarray(flips, dtype=float), np.asarray(sizes, dtype=float)
    return k[n > 0], n[n > 0]


def _tails(level: float) -> Floats:
    return np.array([(1 - level) / 2, (1 + level) / 2])
