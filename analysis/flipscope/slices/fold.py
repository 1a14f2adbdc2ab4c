"""Distinct slices out of many that overlap: each explains flips that those before it do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flipscope.slices.search import Bits, Floats, Rows, Score, Scored, best_rules, count

#: Rules are descriptions of the same slice when so much of the rows that meet either meets both (Jaccard).
SAME = 0.8

_POOL = 500  # rules that a search gives
_SEARCHES = 4
_CLOSE = 1.0  # nats that a rule that is shorter, for nearly the same rows, may score less
_MOST_ALSO = 5


@dataclass(frozen=True)
class Distinct:
    """A rule by the indices of its conditions, and other rules for nearly the same rows."""

    rule: tuple[int, ...]
    also: tuple[tuple[int, ...], ...]


class _Pool:
    """Rules with their rows."""

    def __init__(self, rows: Rows, rules: Sequence[Scored]) -> None:
        self.rules = [each.rule for each in rules]
        self.lengths = np.array([len(rule) for rule in self.rules])
        members = [rows.of(rule) for rule in self.rules]
        self.flips: Bits = np.array([flips for flips, _ in members])
        self.others: Bits = np.array([others for _, others in members])

    def scores(self, covered: tuple[Bits, Bits], score: Score) -> Floats:
        """Score the rules on the rows that are not covered."""
        flips = count(self.flips & ~covered[0])
        return score(flips, flips + count(self.others & ~covered[1]), self.lengths)

    def explained(self, covered: tuple[Bits, Bits]) -> NDArray[np.bool_]:
        """Tell which rules have most of their flips in rows that are covered."""
        return 2 * count(self.flips & covered[0]) > count(self.flips)

    def same_as(self, one: int) -> NDArray[np.intp]:
        """Get the rules with nearly the rows of one, itself included."""
        both = count(self.flips & self.flips[one]) + count(self.others & self.others[one])
        either = count(self.flips | self.flips[one]) + count(self.others | self.others[one])
        return np.flatnonzero(both >= SAME * either)


def distinct_rules(
    rows: Rows, *, conditions: int, min_rows: int, min_flips: int, least: int, most: int
) -> tuple[list[Distinct], int]:
    """Find rules one after another, each the best on the rows that those before it leave.

    So a slice is not listed again as its half, its double, or what it shares rows with; nor is one that has most of its
    flips in slices before it, which would be confirmed for their sake.

    Parameters
    ----------
    rows : Rows
        The rows to search.
    conditions, min_rows, min_flips : int
        What a rule has at most (conditions) and at least.
    least, most : int
        Rules to find: up to `most` that are beyond what trying many finds by luck, else the `least` best ones.

    Returns
    -------
    list of Distinct
        In the order found.
    int
        How many rules were looked at.
    """
    picked: list[Distinct] = []
    tried, cost = 0, float(np.log(max(len(rows.exclusive), 2)))
    covered = np.zeros_like(rows.flips[0]), np.zeros_like(rows.others[0])
    for _ in range(_SEARCHES):
        left = rows.without(*covered)
        score = Score(left.n_flips, left.n_flips + left.n_others, cost, min_rows, min_flips)
        found = best_rules(left, score, conditions=conditions, most=_POOL)
        tried += found.tried
        if not found.rules:
            return picked, tried
        pool, before = _Pool(rows, found.rules), len(picked)
        # What the search left out scored less than the last it gave.
        floor = max(0.0, found.rules[-1].score if len(found.rules) == _POOL else 0.0)
        covered = _pick(pool, covered, score, picked, floor, most)
        if len(picked) in (before, most):
            break
    _pick(pool, covered, score, picked, -np.inf, least)
    return picked, tried


def _pick(
    pool: _Pool, covered: tuple[Bits, Bits], score: Score, picked: list[Distinct], floor: float, most: int
) -> tuple[Bits, Bits]:
    """Pick rules while one scores above the floor on the rows that are not covered; return those that are then."""
    while len(picked) < most:
        scores = np.where(pool.explained(covered), -np.inf, pool.scores(covered, score))
        best = int(np.argmax(scores))
        if not scores[best] > floor:
            break
        same = pool.same_as(best)
        close = same[scores[same] >= scores[best] - _CLOSE]
        chosen = int(min(close, key=lambda i: (pool.lengths[i], -scores[i], i)))
        also = sorted((pool.rules[i] for i in same if i != chosen), key=len)
        picked.append(Distinct(pool.rules[chosen], tuple(also[:_MOST_ALSO])))
        flips, others = pool.flips[chosen] & ~covered[0], pool.others[chosen] & ~covered[1]
        covered = covered[0] | flips, covered[1] | others
        score = score.without(int(count(flips)), int(count(others)))
    return covered
