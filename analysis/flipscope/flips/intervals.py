"""Confidence intervals by formula, for arrays of counts; NaN where there is no interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri

Limits = tuple[Any, Any]


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> Limits:
    """Wilson score interval of a proportion ``k / n`` (Wilson 1927).

    Parameters
    ----------
    k, n : array-like
        Successes and trials, broadcast against each other.
    level : float
        Two-sided confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Limits in [0, 1] that contain ``k / n``; NaN where ``n`` is 0.
    """
    k, trials = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    trials = np.where(trials > 0, trials, np.nan)
    z, p = _z(level), k / trials
    scale = 1 + z**2 / trials
    centre = (p + z**2 / (2 * trials)) / scale
    half = z * np.sqrt(p * (1 - p) / trials + z**2 / (4 * trials**2)) / scale
    # Rounding must not leave k/n outside, nor 1e-17 at the ends.
    return np.clip(centre - half, 0, p)[()], np.clip(centre + half, p, 1)[()]


def newcombe(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, level: float = 0.95) -> Limits:
    """Interval of the accuracy change ``(c - b) / n`` on paired data (Newcombe 1998, method 10).

    Parameters
    ----------
    a, b, c, d : array-like
        Counts of both correct, negative flip, positive flip and both wrong.
    level : float
        Two-sided confidence level.

    Returns
    -------
    low, high : float or array
        Limits in [-1, 1]; NaN where there are no examples.
    """
    a, b, c, d = (np.asarray(count, dtype=float) for count in (a, b, c, d))
    n = a + b + c + d
    n = np.where(n > 0, n, np.nan)
    new, old = (a + c) / n, (a + b) / n
    new_low, new_high = wilson(a + c, n, level)
    old_low, old_high = wilson(a + b, n, level)
    change, phi = new - old, _newcombe_phi(a, b, c, d)

    def distance(x: Any, y: Any) -> Any:
        # Never negative as |phi| <= 1, but for rounding.
        return np.sqrt(np.maximum(x**2 - 2 * phi * x * y + y**2, 0))

    return change - distance(new - new_low, old_high - old), change + distance(new_high - new, old - old_low)


def _newcombe_phi(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Correlation of right/wrong between the models, with Newcombe's continuity correction."""
    top = a * d - b * c
    top = np.where(top > 0, np.maximum(top - (a + b + c + d) / 2, 0), top)
    bottom = np.sqrt((a + b) * (c + d)) * np.sqrt((a + c) * (b + d))
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), 0)


def clopper_pearson_upper(k: ArrayLike, n: ArrayLike, alpha: float = 0.05) -> Any:
    """One-sided exact upper bound of ``k / n`` at level ``1 - alpha`` (Clopper and Pearson 1934).

    `k` and `n` may be fractional (effective counts). The bound is 1 where ``k = n``.
    """
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    inside = k < n
    return np.where(inside, betaincinv(k + 1, np.where(inside, n - k, 1), 1 - alpha), 1.0)[()]


def clopper_pearson_lower(k: ArrayLike, n: ArrayLike, alpha: float = 0.05) -> Any:
    """One-sided exact lower bound of ``k / n`` at level ``1 - alpha``; 0 where ``k = 0``."""
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    return np.where(k > 0, betaincinv(np.where(k > 0, k, 1), n - k + 1, alpha), 0.0)[()]


def _z(level: float) -> float:
    return float(ndtri((1 + level) / 2))
