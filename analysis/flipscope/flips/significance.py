"""Paired tests on negative and positive flips, and correction over many of them.

McNemar's test asks whether accuracy changed, that is whether flips go both ways equally often. It does not
ask whether there are regressions: 50 flips each way give p = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, chdtrc

from flipscope.flips.bootstrap import COUNT_DRAWS, SEED, multinomial_bootstrap
from flipscope.flips.measures import Estimate, Measure


def mcnemar_exact(b: ArrayLike, c: ArrayLike) -> Any:
    """Two-sided exact McNemar p-value of `b` negative and `c` positive flips; 1 without flips."""
    b, c = np.asarray(b), np.asarray(c)
    return np.minimum(1.0, 2 * _at_most(np.minimum(b, c), b + c))


def mcnemar_midp(b: ArrayLike, c: ArrayLike) -> Any:
    """Two-sided mid-p McNemar p-value (Fagerland, Lydersen and Laake 2013); 1 without flips.

    Parameters
    ----------
    b, c : array-like of int
        Negative and positive flips, broadcast against each other.

    Returns
    -------
    float or array
        The p-value in (0, 1].
    """
    b, c = np.asarray(b), np.asarray(c)
    fewer, n = np.minimum(b, c), b + c
    up_to, below = _at_most(fewer, n), _at_most(fewer - 1, n)
    p = np.where(b == c, 1 - (up_to - below) / 2, up_to + below)
    return np.where(n == 0, 1.0, p)[()]


def mcnemar_asymptotic(b: ArrayLike, c: ArrayLike) -> Any:
    """Two-sided p-value of McNemar's chi-square without correction; 1 without flips."""
    return _chi_square_p(np.abs(np.subtract(b, c)), np.add(b, c))


def mcnemar_corrected(b: ArrayLike, c: ArrayLike) -> Any:
    """Two-sided p-value of McNemar's chi-square with continuity correction, floored at 0; 1 without flips."""
    return _chi_square_p(np.maximum(np.abs(np.subtract(b, c)) - 1, 0), np.add(b, c))


def mcnemar_worse(b: ArrayLike, c: ArrayLike, exact: bool = False) -> Any:
    """One-sided p-value of "the new model is worse"; 1 without flips.

    Parameters
    ----------
    b, c : array-like of int
        Negative and positive flips.
    exact : bool
        ``P(X >= b)`` instead of the mid-p version.

    Returns
    -------
    float or array
        Small when negative flips outnumber positive ones.
    """
    b, c = np.asarray(b), np.asarray(c)
    n = b + c
    # At least b of n fair coins one way is at most c the other way.
    p = _at_most(c, n) if exact else (_at_most(c, n) + _at_most(c - 1, n)) / 2
    return np.where(n == 0, 1.0, p)[()]


def _at_most(k: Any, n: Any) -> Any:
    """P(X <= k) for X ~ Bin(n, 1/2); 0 for a negative k."""
    return np.where(k < 0, 0.0, bdtr(np.maximum(k, 0), n, 0.5))[()]


def _chi_square_p(difference: Any, n: Any) -> Any:
    return chdtrc(1, difference**2 / np.maximum(n, 1))


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values for many tests by the false discovery rate (Benjamini and Hochberg 1995).

    Parameters
    ----------
    p : array-like, shape (tests,)
        P-values in any order. NaN stands for "not tested" and does not count.

    Returns
    -------
    array, shape (tests,)
        Adjusted p-values ``q >= p`` in the same order; NaN where `p` is.
    """
    return _step_up(np.asarray(p, dtype=float), lambda m: 1.0)


def benjamini_yekutieli(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust as `benjamini_hochberg` does, but valid for tests chosen or correlated in any way (2001)."""
    return _step_up(np.asarray(p, dtype=float), lambda m: np.sum(1 / np.arange(1, m + 1)))


def _step_up(p: NDArray[np.float64], penalty: Any) -> NDArray[np.float64]:
    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    m = len(tested)
    order = tested[np.argsort(p[tested])]
    scaled = p[order] * (m / np.arange(1, m + 1)) * penalty(m)
    q[order] = np.minimum(1, np.minimum.accumulate(scaled[::-1])[::-1])
    return q


@dataclass(frozen=True)
class UpdateComparison:
    """The negative flips of two updates A and B of the same old model.

    Attributes
    ----------
    both, only_a, only_b, neither : int
        Examples by which update flips them.
    mcnemar_p : Measure
        Two-sided mid-p: do A and B cause equally many negative flips?
    nfr_ratio : Estimate
        NFR of A over NFR of B, with 0.5 added to both counts.
    """

    both: int
    only_a: int
    only_b: int
    neither: int
    mcnemar_p: Measure
    nfr_ratio: Estimate


def compare_updates(
    flips_a: ArrayLike, flips_b: ArrayLike, level: float = 0.95, draws: int = COUNT_DRAWS, seed: int = SEED
) -> UpdateComparison:
    """Compare the negative flips of two updates of the same old model on the same examples.

    Parameters
    ----------
    flips_a, flips_b : bool arrays, shape (n,)
        Whether each example is a negative flip under update A and under update B.
    level : float
        Two-sided confidence level of the ratio.
    draws, seed : int
        Bootstrap draws and their seed.

    Returns
    -------
    UpdateComparison

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    a, b = np.asarray(flips_a, dtype=bool), np.asarray(flips_b, dtype=bool)
    if a.shape != b.shape:
        raise ValueError(f"the two updates were run on different examples: {a.shape}, {b.shape}")
    cells = tuple(int(np.sum(cell)) for cell in (a & b, a & ~b, ~a & b, ~a & ~b))
    both, only_a, only_b, neither = cells
    p_value = _mcnemar_measure(only_a, only_b, len(a))
    ratio = _nfr_ratio(cells, level, draws, seed)
    return UpdateComparison(both, only_a, only_b, neither, p_value, ratio)


def _mcnemar_measure(only_a: int, only_b: int, n: int) -> Measure:
    if n == 0:
        return Measure(None, "no_examples")
    return Measure(float(mcnemar_midp(only_a, only_b)), None if only_a + only_b else "no_discordant")


def _nfr_ratio(cells: tuple[int, ...], level: float, draws: int, seed: int) -> Estimate:
    def log_ratio(both: Any, only_a: Any, only_b: Any, neither: Any) -> Any:
        return np.log((both + only_a + 0.5) / (both + only_b + 0.5))

    if sum(cells) == 0 or sum(cells[:3]) == 0:
        return Estimate(None, None, None, "no_negative_flips" if sum(cells) else "no_examples")
    value = float(np.exp(log_ratio(*cells)))
    low, high = np.exp(multinomial_bootstrap(cells, log_ratio, draws, seed, level))
    if np.isnan(low):
        return Estimate(value, None, None, "no_variation")
    return Estimate(value, float(low), float(high))
