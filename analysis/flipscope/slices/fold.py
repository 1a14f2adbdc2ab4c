"""Distinct slices out of many that overlap: each explains flips that those before it do not, and has rivals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flipscope.slices.search import Bits, Floats, Rows, Score, Scored, best_rules, count

#: Rules are descriptions of the same slice when so much of the rows that meet either meets both (Jaccard).
SAME = 0.8

#: Of the conditions to test besides, those that are.
MOST_ALWAYS = 30

_POOL = 500  # rules that a search gives
_SEARCHES = 4
_CLOSE = 1.0  # nats that a rule that is shorter, for nearly the same rows, may score less
_MOST_ALSO = 5
_MOST_RIVALS = 3


@dataclass(frozen=True)
class Distinct:
    """A rule by the indices of its conditions.

    Attributes
    ----------
    rule : tuple of int
        The rule.
    also : tuple of tuple of int
        Other rules for nearly the same rows.
    flips : array of uint64
        Which flips meet the rule, as bits.
    rivals : tuple of Distinct
        Other explanations of most of the same flips: broader, narrower or beside it. The best of the searched part may
        be so by luck, and the true one among these.
    """

    rule: tuple[int, ...]
    also: tuple[tuple[int, ...], ...]
    flips: Bits
    rivals: tuple[Distinct, ...] = ()


def explained(flips: Bits, covered: Bits) -> NDArray[np.bool_]:
    """Tell whether most flips of a rule are covered."""
    return 2 * count(flips & covered) > count(flips)


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

    def rivals_of(self, one: int, scores: Floats) -> Iterator[int]:
        """Give the best rules that share most flips of one of the two with one, each for rows of its own."""
        flips = self.flips[one]
        overlap = explained(self.flips, flips) | (2 * count(self.flips & flips) > count(flips))
        left = overlap & (scores > 0)
        left[self.same_as(one)] = False
        for _ in range(_MOST_RIVALS):
            if not left.any():
                return
            best = int(np.argmax(np.where(left, scores, -np.inf)))
            left[self.same_as(best)] = False
            yield best

    def distinct(self, one: int, rivals: Iterable[int] = ()) -> Distinct:
        """Get a rule with the other ones for its rows, and its rivals."""
        also = sorted((self.rules[i] for i in self.same_as(one) if i != one), key=len)
        others = tuple(self.distinct(rival) for rival in rivals)
        return Distinct(self.rules[one], tuple(also[:_MOST_ALSO]), self.flips[one], others)

    def open_scores(self, covered: tuple[Bits, Bits], score: Score) -> Floats:
        """Score the rules as `scores` does; minus infinity for those with most of their flips in rows covered."""
        return np.where(explained(self.flips, covered[0]), -np.inf, self.scores(covered, score))

    def simplest(self, one: int, scores: Floats) -> int:
        """Get the shortest rule for nearly the rows of one that scores hardly less."""
        same = self.same_as(one)
        close = same[scores[same] >= scores[one] - _CLOSE]
        return int(min(close, key=lambda i: (self.lengths[i], -scores[i], i)))

    def same_as(self, one: int) -> NDArray[np.intp]:
        """Get the rules with nearly the rows of one, itself included."""
        both = count(self.flips & self.flips[one]) + count(self.others & self.others[one])
        either = count(self.flips | self.flips[one]) + count(self.others | self.others[one])
        return np.flatnonzero(both >= SAME * either)


def distinct_rules(
    rows: Rows, *, conditions: int, min_rows: int, min_flips: int, least: int, most: int, always: Sequence[int] = ()
) -> tuple[list[Distinct], int]:
    """Find rules one after another, each the best on the rows that those before it leave.

    So a slice is not listed again as its half, its double, or what it shares rows with; nor is one that has most of its
    flips in slices before it, which would be confirmed for their sake: such are rivals of the slice they overlap with.

    Parameters
    ----------
    rows : Rows
        The rows to search.
    conditions, min_rows, min_flips : int
        What a rule has at most (conditions) and at least.
    least, most : int
        Rules to find: up to `most` that are beyond what trying many finds by luck, else the `least` best ones.
    always : sequence of int
        Conditions that people will ask for, the values of their own columns: each is a rule to test besides, where its
        rate is above that of all rows, `MOST_ALWAYS` at the most.

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
    _fill(pool, covered, score, picked, least)
    asked = _Pool(rows, [Scored((i,), 0, 0, 0.0) for i in always if (i,) not in {each.rule for each in picked}])
    _fill(asked, covered, score, picked, len(picked) + MOST_ALWAYS)
    return picked, tried


def _pick(
    pool: _Pool, covered: tuple[Bits, Bits], score: Score, picked: list[Distinct], floor: float, most: int
) -> tuple[Bits, Bits]:
    """Pick rules while one scores above the floor on the rows that are not covered; return those that are then."""
    while len(picked) < most:
        scores = pool.open_scores(covered, score)
        best = int(np.argmax(scores))
        if not scores[best] > floor:
            break
        chosen = pool.simplest(best, scores)
        picked.append(pool.distinct(chosen, pool.rivals_of(chosen, scores)))
        flips, others = pool.flips[chosen] & ~covered[0], pool.others[chosen] & ~covered[1]
        covered = covered[0] | flips, covered[1] | others
        score = score.without(int(count(flips)), int(count(others)))
    return covered


def _fill(pool: _Pool, covered: tuple[Bits, Bits], score: Score, picked: list[Distinct], least: int) -> None:
    """Pick the best of what may be luck, for the other half to tell.

    They may overlap: a broad rule that is nothing must not stand in the way of a sharp one.
    """
    scores = pool.open_scores(covered, score) if pool.rules else np.empty(0)
    while len(scores) and len(picked) < least:
        best = int(np.argmax(scores))
        if scores[best] == -np.inf:
            break
        chosen = pool.simplest(best, scores)
        picked.append(pool.distinct(chosen))
        scores[pool.same_as(best)] = -np.inf
