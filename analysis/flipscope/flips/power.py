"""How many examples it takes to decide against a budget, or to see a difference.

A budget is the largest acceptable negative flip rate (NFR), fixed before looking at the data.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrin, ndtri

_BLOCK = 128  # numbers of flips that are looked at together


def most_flips(n: int, budget: float, alpha: float = 0.05) -> int | None:
    """Count the most negative flips of `n` examples that pass `budget`; ``None`` when not even 0 do."""
    passing = bisect_right(range(n), alpha, key=lambda b: bdtr(b, n, budget))
    return passing - 1 if passing else None


def n_to_pass(b: int, budget: float, alpha: float = 0.05) -> int:
    """Find the fewest examples with which `b` negative flips pass `budget`, in (0, 1)."""
    _check_below_budget(0, budget)

    def passes(n: int) -> bool:
        return bool(bdtr(b, n, budget) <= alpha)

    enough = b + 1
    while not passes(enough):
        enough *= 2
    return bisect_left(range(enough), True, lo=b + 1, key=passes)


def n_for_difference(pb: float, pc: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Find how many examples McNemar's test takes to see a difference (Connor 1987).

    Parameters
    ----------
    pb, pc : float
        Probabilities of the two kinds of disagreement, such as NFR and PFR. They must differ.
    power, alpha : float
        Wanted power, and two-sided level of the test.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the probabilities are equal or impossible.
    """
    psi, delta = pb + pc, abs(pb - pc)
    if min(pb, pc) < 0 or psi > 1 or delta == 0:
        raise ValueError(f"no number of examples shows a difference between {pb} and {pc}")
    return ceil(((_z(1 - alpha / 2) * sqrt(psi) + _z(power) * sqrt(psi - delta**2)) / delta) ** 2)


def n_for_nfr_change(nfr_a: float, nfr_b: float, keep: float = 0.5, power: float = 0.8, alpha: float = 0.05) -> int:
    """Find how many examples it takes to see that update B has a lower NFR than update A.

    Parameters
    ----------
    nfr_a, nfr_b : float
        The two rates.
    keep : float
        Share of A's negative flips that B has too, at most ``nfr_b / nfr_a``.
    power, alpha : float
        Wanted power, and two-sided level of the test.

    Returns
    -------
    int
    """
    only_b = round(nfr_b - nfr_a * keep, 12)  # so that rounding does not make it negative at the largest `keep`
    return n_for_difference(nfr_a * (1 - keep), only_b, power, alpha)


def n_for_budget(true_nfr: float, budget: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Find how many examples an update of NFR `true_nfr` takes to pass `budget`.

    Parameters
    ----------
    true_nfr, budget : float
        ``0 <= true_nfr < budget < 1``.
    power, alpha : float
        Wanted probability to pass, and level of the one-sided bound.

    Returns
    -------
    int
        With this many examples or any larger number the exact power is at least `power`.

    Raises
    ------
    ValueError
        If `true_nfr` is not below `budget`.
    """
    _check_below_budget(true_nfr, budget)
    needed, first, lowest = n_to_pass(0, budget, alpha), 0, 0.0
    while lowest < (1 + power) / 2:  # far enough above `power`: whole numbers make it waver, but much less
        # From n_to_pass(b) to just before n_to_pass(b + 1) examples, b flips pass; power is lowest at the end.
        flips = np.arange(first, first + _BLOCK)
        following = _all_n_to_pass(flips + 1, budget, alpha)
        at_end = bdtr(flips, following - 1, true_nfr)
        too_low = np.flatnonzero(at_end < power)
        if len(too_low):
            needed = int(following[too_low[-1]])
        first, lowest = first + _BLOCK, at_end[-1]
    return needed


def _all_n_to_pass(b: NDArray[np.int64], budget: float, alpha: float) -> NDArray[np.int64]:
    """Compute `n_to_pass` for many numbers of flips at once."""
    n = np.ceil(bdtrin(b, alpha, budget)).astype(np.int64)
    n -= bdtr(b, n - 1, budget) <= alpha  # where rounding led past it
    return n + (bdtr(b, n, budget) > alpha)


def n_for_budget_normal(true_nfr: float, budget: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Approximate `n_for_budget` by the normal distribution: a few percent too low."""
    _check_below_budget(true_nfr, budget)
    spread = -_z(alpha) * sqrt(budget * (1 - budget)) + _z(power) * sqrt(true_nfr * (1 - true_nfr))
    return ceil((spread / (budget - true_nfr)) ** 2)


def _check_below_budget(true_nfr: float, budget: float) -> None:
    if not 0 <= true_nfr < budget < 1:
        raise ValueError(f"no number of examples lets a true NFR of {true_nfr} pass a budget of {budget}")


def _z(level: float) -> float:
    return float(ndtri(level))
