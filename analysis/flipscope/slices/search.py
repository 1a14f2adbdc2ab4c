"""Exact search for the best conjunctions of conditions, over rows as bits.

Branch and bound as of Grosskreutz, Rueping and Wrobel, "Tight optimistic estimates for fast subgroup discovery" (2008):
no rule below another can be better than one that keeps all of its flips in as few rows as possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Bits = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_CHUNK = 1 << 15  # words of 64 rows that are looked at together: what stays in a processor's cache
_AT_ONCE = 1 << 16  # triples that are looked at together


@dataclass(frozen=True)
class Rows:
    """Which rows meet which condition.

    Attributes
    ----------
    flips : array of uint64, shape (conditions, flipped rows / 64)
        A bit for each row that flipped.
    others : array of uint64, shape (conditions, other rows / 64)
        A bit for each row that did not.
    n_flips, n_others : int
        How many rows there are of either.
    exclusive : array of int, shape (conditions,)
        Conditions with the same number are never put together.
    """

    flips: Bits
    others: Bits
    n_flips: int
    n_others: int
    exclusive: Ints

    def of(self, rule: tuple[int, ...]) -> tuple[Bits, Bits]:
        """Get the rows that meet all conditions of a rule, those that flipped and the others."""
        members = list(rule)
        return np.bitwise_and.reduce(self.flips[members]), np.bitwise_and.reduce(self.others[members])

    def without(self, flips: Bits, others: Bits) -> Rows:
        """Leave out rows."""
        left_flips, left_others = self.flips & ~flips, self.others & ~others
        n_flips, n_others = self.n_flips - int(count(flips)), self.n_others - int(count(others))
        return Rows(left_flips, left_others, n_flips, n_others, self.exclusive)


@dataclass(frozen=True)
class Scored:
    """A rule by the indices of its conditions, its rows and flips, and what `Score` says of them."""

    rule: tuple[int, ...]
    n: int
    flips: int
    score: float


def pack(mask: NDArray[np.bool_]) -> Bits:
    """Pack booleans along the last axis, 64 to a word."""
    padding = [(0, 0)] * (mask.ndim - 1) + [(0, -mask.shape[-1] % 64)]
    return np.ascontiguousarray(np.packbits(np.pad(mask, padding), axis=-1)).view(np.uint64)


def count(bits: Bits) -> Ints:
    """Count the bits that are set along the last axis."""
    return np.bitwise_count(bits).sum(axis=-1, dtype=np.int64)


class Score:
    """How far the flip rate of a rule is above that of all rows.

    The log-likelihood ratio (in nats) of its own rate against the rate of all rows, on its rows alone: a large rule is
    not preferred to the small one in it that its flips come from. Less `cost` for every condition: that of naming one
    out of all there are, so that what is found by trying many conditions scores about 0. Minus infinity where the rate
    is not above that of all rows, or there are too few rows or flips.

    Parameters
    ----------
    n_flips, n_rows : int
        Of all rows.
    cost : float
        What each condition costs, in nats.
    min_rows, min_flips : int
        What a rule has at least.
    """

    def __init__(self, n_flips: int, n_rows: int, cost: float, min_rows: int, min_flips: int) -> None:
        self.n_flips, self.n_rows, self.cost = n_flips, n_rows, cost
        self.min_rows, self.min_flips = max(min_rows, 1), max(min_flips, 1)
        whole = np.arange(n_rows + 1, dtype=float)
        self._xlogx = xlogy(whole, whole)
        rate = min(n_flips, n_rows - 0.5) / n_rows  # where all flip, no rule is above
        self._flip, self._other = np.log(max(rate, 0.5 / n_rows)), np.log1p(-rate)
        kept = np.arange(n_flips + 1)
        self._best = self(kept, np.maximum(kept, self.min_rows), 0)

    def __call__(self, flips: Ints, n: Ints, conditions: int | Ints) -> Floats:
        """Score rules of so many conditions."""
        n, of = np.minimum(n, self.n_rows), self._xlogx
        others = n - flips
        ratio = of[flips] + of[others] - of[n] - flips * self._flip - others * self._other
        counts = (flips >= self.min_flips) & (n >= self.min_rows) & (flips * self.n_rows > n * self.n_flips)
        return np.where(counts, ratio - self.cost * conditions, -np.inf)

    def without(self, flips: int, others: int) -> Score:
        """Get the score on rows that are left when so many are taken away, flipped and others."""
        n_flips, n_rows = self.n_flips - flips, self.n_rows - flips - others
        return Score(n_flips, n_rows, self.cost, self.min_rows, self.min_flips)

    def best(self, flips: Ints, conditions: int) -> Floats:
        """Bound the score of rules of so many conditions that keep at most `flips` flips."""
        return self._best[flips] - self.cost * conditions


@dataclass(frozen=True)
class Found:
    """The best rules, best first, and how many were looked at."""

    rules: list[Scored]
    tried: int


class _Best:
    """The best rules so far; `floor` is what a further one has to exceed, `tried` how many were looked at."""

    def __init__(self, most: int) -> None:
        self.most, self.floor, self.tried = most, -np.inf, 0
        self._found: list[Scored] = []

    def add(self, rules: Indices, n: Ints, flips: Ints, scores: Floats) -> None:
        for i in np.flatnonzero(scores > self.floor):
            rule = tuple(int(member) for member in rules[i])
            self._found.append(Scored(rule, int(n[i]), int(flips[i]), float(scores[i])))
        if len(self._found) > 2 * self.most:
            self._found = self.ranked()
            self.floor = self._found[-1].score

    def ranked(self) -> list[Scored]:
        return sorted(self._found, key=lambda each: (-each.score, len(each.rule), each.rule))[: self.most]


def best_rules(rows: Rows, score: Score, *, conditions: int, most: int) -> Found:
    """Find the rules with the highest scores.

    A rule of several conditions counts only if it scores above 0, and higher than every rule that is left when
    conditions are taken away from it: each condition has to be worth its cost.

    Parameters
    ----------
    rows : Rows
        What meets which condition.
    score : Score
        Made for the same rows.
    conditions : int
        Conditions of a rule at the most: 1, 2 or 3.
    most : int
        Rules to find.

    Returns
    -------
    Found
        Of equal rules the shorter comes first, then the one with the earlier conditions.
    """
    best = _Best(most)
    size = len(rows.exclusive)
    flips = count(rows.flips)
    n = flips + count(rows.others)
    singles = score(flips, n, 1)
    best.tried += size
    best.add(np.arange(size)[:, None], n, flips, singles)
    if conditions > 1:
        pairs = _search_pairs(rows, score, singles, best)
        if conditions > 2:
            _search_triples(rows, score, singles, pairs, best)
    return Found(best.ranked(), best.tried)


def _search_pairs(rows: Rows, score: Score, singles: Floats, best: _Best) -> Floats:
    """Score all pairs that could matter; NaN for the others, above and below the diagonal."""
    size = len(singles)
    pairs = np.full((size, size), np.nan)
    flip_counter, other_counter = _Counter(rows.flips), _Counter(rows.others)
    for first in range(size - 1):
        rest = np.arange(first + 1, size)
        rest = rest[rows.exclusive[rest] != rows.exclusive[first]]
        best.tried += len(rest)
        flips = flip_counter.with_one(rest, rows.flips[first])
        parents = np.maximum(np.maximum(singles[rest], singles[first]), 0)
        rest, flips, parents = _can_win(score.best(flips, 2), np.maximum(parents, best.floor), rest, flips, parents)
        n = flips + other_counter.with_one(rest, rows.others[first])
        scores = score(flips, n, 2)
        pairs[first, rest] = pairs[rest, first] = scores
        better = scores > parents
        rules = np.column_stack([np.full(len(rest), first), rest])
        best.add(rules[better], n[better], flips[better], scores[better])
    return pairs


def _search_triples(rows: Rows, score: Score, singles: Floats, pairs: Floats, best: _Best) -> None:
    possible = ~np.isnan(pairs)
    for first in range(len(singles) - 2):
        partners = first + 1 + np.flatnonzero(possible[first, first + 1 :])
        own_flips = rows.flips[partners] & rows.flips[first]
        bound = score.best(count(own_flips), 3)
        useful = bound > np.maximum(best.floor, np.maximum(singles[partners], singles[first]))
        partners, own_flips = partners[useful], own_flips[useful]
        if len(partners) > 1:
            own = rows.others[partners] & rows.others[first]
            _search_within(first, partners, own_flips, own, score, singles, pairs, best)


def _search_within(
    first: int, partners: Indices, own_flips: Bits, own: Bits, score: Score, singles: Floats,
    pairs: Floats, best: _Best,
) -> None:  # fmt: skip
    """Score all triples of the first condition and two of its partners, whose rows are given within the first."""
    flip_counter, other_counter = _Counter(own_flips), _Counter(own)
    lefts, rights = np.nonzero(np.triu(~np.isnan(pairs[np.ix_(partners, partners)]), 1))
    for start in range(0, len(lefts), _AT_ONCE):
        left, right = lefts[start : start + _AT_ONCE], rights[start : start + _AT_ONCE]
        best.tried += len(left)
        flips = flip_counter.pairs(left, right)
        second, third = partners[left], partners[right]
        parents = np.maximum.reduce([
            pairs[first, second], pairs[first, third], pairs[second, third],
            singles[second], singles[third], np.full(len(left), max(singles[first], 0)),
        ])  # fmt: skip
        bound, floor = score.best(flips, 3), np.maximum(parents, best.floor)
        left, right, second, third, flips, parents = _can_win(bound, floor, left, right, second, third, flips, parents)
        n = flips + other_counter.pairs(left, right)
        scores = score(flips, n, 3)
        better = scores > parents
        rules = np.column_stack([np.full(len(second), first), second, third])
        best.add(rules[better], n[better], flips[better], scores[better])


def _can_win(bound: Floats, floor: Floats, *arrays: NDArray) -> list[NDArray]:
    keep = bound > floor
    return [array[keep] for array in arrays]


class _Counter:
    """Counts rows that meet two conditions, in memory that is used again: getting new takes longer than counting."""

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        size = (max(1, _CHUNK // max(1, bits.shape[1])), bits.shape[1])
        self._left, self._right, self._set = (
            np.empty(size, np.uint64),
            np.empty(size, np.uint64),
            np.empty(size, np.uint8),
        )

    def with_one(self, members: Indices, one: Bits) -> Ints:
        """Count the rows that meet each of several conditions, and are among some."""
        counts = np.empty(len(members), dtype=np.int64)
        for part in self._parts(len(members)):
            counts[part] = self._both(members[part], one)
        return counts

    def pairs(self, left: Indices, right: Indices) -> Ints:
        """Count the rows that meet one condition and another."""
        counts = np.empty(len(left), dtype=np.int64)
        for part in self._parts(len(left)):
            others = self._right[: part.stop - part.start]
            self.bits.take(right[part], axis=0, out=others, mode="clip")
            counts[part] = self._both(left[part], others)
        return counts

    def _parts(self, size: int) -> Iterator[slice]:
        step = len(self._left)
        for start in range(0, size, step):
            yield slice(start, min(start + step, size))

    def _both(self, members: Indices, others: Bits) -> Ints:
        both, is_set = self._left[: len(members)], self._set[: len(members)]
        self.bits.take(members, axis=0, out=both, mode="clip")  # the mode that takes without another copy
        np.bitwise_and(both, others, out=both)
        np.bitwise_count(both, out=is_set)
        return np.add.reduce(is_set, axis=-1, dtype=np.uint32)
