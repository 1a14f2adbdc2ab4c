"""Slices judged on the examples that were not searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logsumexp

from flipscope.contract import Interval
from flipscope.flips.bootstrap import cluster_deff
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.significance import benjamini_hochberg
from flipscope.slices.findings import Description, FoundSlice, Half, SliceSearch
from flipscope.slices.fold import explained
from flipscope.slices.rule import Rule
from flipscope.slices.search import Bits

if TYPE_CHECKING:
    import pandas as pd

#: Flips and examples of a slice by unit, arrays of the same length.
Units = tuple[NDArray[np.int64], NDArray[np.int64]]

#: False discoveries among the slices called confirmed: that share at the most, on average.
ALPHA = 0.05
# Below that, what clusters look like says little of how they vary.
_MIN_CLUSTERS = 10
#: Slices that are not confirmed which are listed of a search, after those that are.
MOST_UNSURE = 5


def rate_of(flips: int, n: int, deff: float = 1.0) -> Interval:
    """Write a rate with its Wilson interval, widened by a design effect."""
    if n == 0:
        return Interval(value=None, low=None, high=None, reason="no_examples")
    low, high = wilson(flips / deff, n / deff)
    return Interval(value=flips / n, low=float(low), high=float(high))


def design_effect(flips: NDArray[np.int64], sizes: NDArray[np.int64]) -> float:
    """Tell how many times as many examples in clusters are needed to know as much as independent ones tell.

    Parameters
    ----------
    flips, sizes : int arrays, shape (clusters,)
        Flips and examples of a slice by cluster; one that stands alone is a cluster of 1.

    Returns
    -------
    float
        1 or more. By linearisation (`cluster_deff`); with few clusters, or where all or none flipped, the largest there
        is: that of clusters which flip as a whole (Kish 1965).
    """
    flips, sizes = flips[sizes > 0], sizes[sizes > 0]
    if len(sizes) == 0:
        return 1.0
    largest = float((sizes**2).sum() / sizes.sum())
    deff = cluster_deff(flips, sizes)[1]
    known = len(sizes) >= _MIN_CLUSTERS and not np.isnan(deff)
    return float(np.clip(deff, 1.0, largest)) if known else largest


def fisher_greater(flips: int, n: int, all_flips: int, all_n: int) -> float:
    """One-sided p-value of Fisher's exact test: so many flips, or more, among `n` of all examples by chance.

    Parameters
    ----------
    flips, n : int
        Of the slice.
    all_flips, all_n : int
        Of the slice and the rest together.

    Returns
    -------
    float
        In (0, 1].
    """
    k = np.arange(flips, min(n, all_flips) + 1)
    logs = _log_choose(n, k) + _log_choose(all_n - n, all_flips - k) - _log_choose(all_n, all_flips)
    return float(min(1.0, np.exp(logsumexp(logs))))


def _log_choose(n: int, k: ArrayLike) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):  # impossible numbers: minus infinity
        k = np.asarray(k)
        inside = gammaln(n + 1) - gammaln(np.maximum(k, 0) + 1) - gammaln(np.maximum(n - k, 0) + 1)
    return np.where((k < 0) | (k > n), -np.inf, inside)


def judge(
    rule: Rule, also: Sequence[Rule], counts: pd.DataFrame, column: str, outcome: str, units: Units
) -> FoundSlice:
    """Judge a slice by its counts.

    Parameters
    ----------
    rule, also : Rule, sequence of Rule
        The slice, and other descriptions of it.
    counts : DataFrame
        As `Halves.count` gives them.
    column : str
        The column with those of the slice.
    outcome : str
        What was searched for.
    units : (array, array)
        As `Halves.by_unit` gives them for the slice.

    Returns
    -------
    FoundSlice
        Its ``q`` is ``p``, not corrected yet: that takes all slices that were tested.
    """
    halves: list[tuple[int, int, int, int]] = []
    for in_search in (True, False):
        part = counts[counts["in_search"] == in_search]
        flipped = part[part["outcome"] == outcome]
        sums = (flipped[column], part[column], flipped["n"], part["n"])
        halves.append(tuple(int(each.sum()) for each in sums))  # type: ignore[arg-type]
    cells = counts.groupby("outcome", observed=True)[column].sum()
    flips, n, all_flips, all_n = halves[1]
    deff = _design_effect(flips, n, *units)
    fewer = int(flips / deff)  # rounded down, never in favour of the slice
    p = fisher_greater(fewer, round(n / deff), max(fewer, round(all_flips / deff)), round(all_n / deff))
    return FoundSlice(
        rule=rule.words, where=rule.sql, conditions=len(rule.conditions), n=sum(half[1] for half in halves),
        **{name: int(cells.get(name, 0)) for name in OUTCOMES},
        discovery=_half(*halves[0]), confirmation=_half(*halves[1], deff=deff), p=p, q=p, confirmed=False,
        also=[Description(rule=other.words, where=other.sql) for other in also],
    )  # fmt: skip


def _design_effect(flips: int, n: int, of_units: NDArray[np.int64], sizes: NDArray[np.int64]) -> float:
    """Compute the design effect of a slice in which all but some units are single examples."""
    if not sizes.any():
        return 1.0
    alone, flipped = n - int(sizes.sum()), flips - int(of_units.sum())
    singles = np.arange(alone) < flipped
    return design_effect(np.concatenate([of_units, singles]), np.concatenate([sizes, np.ones(alone, np.int64)]))


def _half(flips: int, n: int, all_flips: int, all_n: int, deff: float = 1.0) -> Half:
    known = n > 0 and all_flips > 0
    lift = flips / n / (all_flips / all_n) if known else None
    reason = None if known else "no_examples" if n == 0 else "no_flips"
    return Half(n=n, flips=flips, rate=rate_of(flips, n, deff), lift=lift, lift_reason=reason)


@dataclass(frozen=True)
class Trial:
    """A slice that was tested, with its rule, and the flips of the searched part that meet it, as bits."""

    slice: FoundSlice
    rule: Rule
    flips: Bits

    def adds_to(self, general: Trial) -> bool:
        """Tell whether this slice, a part of a more general one, flips more than the rest of that one by itself."""
        part, whole = self.slice.confirmation, general.slice.confirmation
        return fisher_greater(part.flips, part.n, whole.flips, whole.n) <= ALPHA


#: A slice that was picked, then its rivals: other explanations of most of the same flips.
Group = Sequence[Trial]


def corrected(searches: Sequence[tuple[SliceSearch, Sequence[Group]]], limit: int) -> list[SliceSearch]:
    """Correct for all slices that were tested in all searches, say which are confirmed, and list the first ones.

    Parameters
    ----------
    searches : sequence of (SliceSearch, sequence of Group)
        Each with all slices that were tested, rivals included.
    limit : int
        Slices listed of each at the most.

    Returns
    -------
    list of SliceSearch
        Of every group one slice, unless slices before it have most of its flips: confirmed ones first, then by the rate
        on the half that was not searched.
    """
    tested = [[each for group in groups for each in group] for _, groups in searches]
    q = iter(benjamini_hochberg([each.slice.p for some in tested for each in some]).tolist())
    judged = []
    for search, groups in searches:
        # A small p-value implies the higher rate: the test is one-sided.
        with_q = [[replace(each, slice=_with_q(each.slice, next(q))) for each in group] for group in groups]
        slices = sorted(_listed(with_q), key=_order)
        sure = sum(each.confirmed for each in slices)
        judged.append(search.model_copy(update={"slices": slices[: min(limit, sure + MOST_UNSURE)]}))
    return judged


def _listed(groups: Sequence[Group]) -> Iterator[FoundSlice]:
    """Choose one slice of each group, the surest first: they say which others add nothing.

    What is not confirmed is listed only where the rate is above the task's on the other half, too.
    """
    chosen = [_chosen(group) for group in groups]
    covered: Bits | None = None
    for each in sorted(chosen, key=lambda each: (not each.slice.confirmed, each.slice.p)):
        lower = (each.slice.confirmation.lift or 0.0) <= 1
        if lower or (covered is not None and explained(each.flips, covered)):
            continue
        covered = each.flips if covered is None else covered | each.flips
        yield each.slice


def _chosen(group: Group) -> Trial:
    """Choose the first that is confirmed, in the order of the search, or one with fewer conditions that tells as much.

    The others become other descriptions of it. Without any, the one that was picked: which of several looks best on the
    half that judges must not decide.
    """
    confirmed = [each for each in group if each.slice.confirmed] or list(group[:1])
    first = confirmed[0]
    for each in confirmed[1:]:
        if set(each.rule.conditions) < set(first.rule.conditions) and not first.adds_to(each):
            first = each
    others = (each.slice for each in confirmed if each is not first)
    also = [*first.slice.also, *(Description(rule=each.rule, where=each.where) for each in others)]
    return replace(first, slice=first.slice.model_copy(update={"also": also}))


def _with_q(slice_: FoundSlice, q: float) -> FoundSlice:
    return slice_.model_copy(update={"q": q, "confirmed": q <= ALPHA})


def _order(slice_: FoundSlice) -> tuple[bool, float, float]:
    return not slice_.confirmed, -(slice_.confirmation.rate.value or 0.0), slice_.p
