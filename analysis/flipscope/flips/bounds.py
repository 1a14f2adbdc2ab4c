"""One-sided bounds of a mean, for decisions: valid however the examples cluster, and whatever a flip costs.

A bound comes from the Bayesian bootstrap of the observed units with one more unit that is as bad as a unit can be
(Gaffke 2005; Learned-Miller and Thomas 2020). Where units are single examples and a flip costs 1 it is the
Clopper-Pearson bound. Percentile bootstrap and design effects, the usual ways with clusters, let up to four times
too many bad updates pass below some hundred clusters (benchmarks/verdict_errors.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from flipscope.flips.bootstrap import COUNT_DRAWS, SEED


def mean_bounds(
    totals: ArrayLike,
    sizes: ArrayLike,
    counts: ArrayLike,
    *,
    least: float,
    most: float,
    alpha: float = 0.05,
    draws: int = COUNT_DRAWS,
    seed: int = SEED,
) -> tuple[float, float]:
    """One-sided bounds of a mean per example, ``sum(totals) / sum(sizes)``, over independent units.

    Parameters
    ----------
    totals : array, shape (kinds,)
        What the examples of a unit add up to, such as its negative flips.
    sizes : int array, shape (kinds,)
        Examples of a unit, 1 or more. A unit is an example, or a cluster of examples that belong together.
    counts : int array, shape (kinds,)
        How many units there are of each kind; those with the same total and size need not be listed one by one.
    least, most : float
        What a single example can add at the least and at the most.
    alpha : float
        Error probability of either bound.
    draws, seed : int
        Draws of the Bayesian bootstrap, and their seed: the same data give the same bounds.

    Returns
    -------
    lower, upper : float
        Each misses the true mean with a probability of at most `alpha`. `least` and `most` without any unit.
    """
    totals, sizes, counts = (np.asarray(each, dtype=float) for each in (totals, sizes, counts))
    if counts.sum() == 0:
        return least, most
    largest = sizes[counts > 0].max()
    rng = np.random.default_rng(seed)
    weights = np.column_stack([_gamma(counts, draws, rng), rng.standard_exponential(draws)])
    shares = weights @ np.append(sizes, largest)
    lower = np.quantile(weights @ np.append(totals, least * largest) / shares, alpha)
    upper = np.quantile(weights @ np.append(totals, most * largest) / shares, 1 - alpha)
    return float(lower), float(upper)


def _gamma(counts: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw what units of the same kind weigh together, shape (draws, kinds): a Dirichlet before it is scaled."""
    return rng.standard_gamma(counts, size=(draws, len(counts)))


def n_for_mean(
    totals: ArrayLike,
    sizes: ArrayLike,
    counts: ArrayLike,
    *,
    most: float,
    limit: float,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int | None:
    """Approximate how many examples, in units like these, bring the upper bound of `mean_bounds` to a limit.

    Parameters
    ----------
    totals, sizes, counts, most
        As in `mean_bounds`.
    limit : float
        Where the bound shall be.
    power, alpha : float
        Wanted probability that it gets there, if the observed mean is the true one; level of the bound.

    Returns
    -------
    int or None
        None when the observed mean is not below the limit: then no number of examples does it.

    Notes
    -----
    The bound lies about ``z se`` above the mean for the units observed, and ``-ln(alpha)`` of a unit's worst for the
    one that was added; the first shrinks with the root of the number of units, the second with the number itself.
    """
    totals, sizes, counts = (np.asarray(each, dtype=float) for each in (totals, sizes, counts))
    n, units = (sizes * counts).sum(), counts.sum()
    mean = (totals * counts).sum() / n
    distance = limit - mean
    if not distance > 0:
        return None
    spread = float(np.sqrt((counts * (totals - mean * sizes) ** 2).sum() * units / max(units - 1, 1)) / n)
    linear = spread * float(ndtri(1 - alpha) + ndtri(power))
    worst = -np.log(alpha) * (most - mean) * sizes[counts > 0].max() / n
    # worst x^2 + linear x = distance, where x^2 is n over the wanted number.
    x = 2 * distance / (linear + np.sqrt(linear**2 + 4 * worst * distance))
    return int(np.ceil(n / x**2))
