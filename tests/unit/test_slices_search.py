"""The search against trying every rule, one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flipscope.slices.fold import distinct_rules
from flipscope.slices.search import Rows, Score, best_rules, count, pack


def make_rows(members, flipped, exclusive=None):
    """Pack who meets which condition: `members` has a row for each condition."""
    members, flipped = np.asarray(members, dtype=bool), np.asarray(flipped, dtype=bool)
    groups = np.arange(len(members)) if exclusive is None else np.asarray(exclusive)
    n_flips = int(flipped.sum())
    return Rows(pack(members[:, flipped]), pack(members[:, ~flipped]), n_flips, len(flipped) - n_flips, groups)


def log_likelihood_ratio(b, n, all_b, all_n):
    """The rate of a rule against the rate of all, straight from the binomial distribution."""
    return stats.binom.logpmf(b, n, b / n) - stats.binom.logpmf(b, n, all_b / all_n)


def by_trying_all(members, flipped, exclusive, cost, min_rows, min_flips, conditions):
    """Score every rule, and keep those that beat each rule with fewer of their conditions."""
    scores = {}
    for size in range(1, conditions + 1):
        for rule in combinations(range(len(members)), size):
            inside = np.logical_and.reduce([members[i] for i in rule])
            b, n = int((inside & flipped).sum()), int(inside.sum())
            apart = len({exclusive[i] for i in rule}) == size
            if apart and b >= min_flips and n >= min_rows and b * len(flipped) > n * flipped.sum():
                ratio = log_likelihood_ratio(b, n, int(flipped.sum()), len(flipped))
                scores[rule] = ratio - cost * size
    below = {
        rule: [scores.get(part, -np.inf) for k in range(1, len(rule)) for part in combinations(rule, k)]
        for rule in scores
    }
    return {rule: score for rule, score in scores.items() if len(rule) == 1 or score > max(0, *below[rule]) + 1e-9}


@st.composite
def tables(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    n, size = draw(st.integers(20, 200)), draw(st.integers(1, 9))
    members = random.random((size, n)) < random.uniform(0.1, 0.8, (size, 1))
    flipped = random.random(n) < random.uniform(0.05, 0.5)
    deep = np.logical_and.reduce(members[: min(size, 3)])  # something to find in the depth
    flipped |= deep & (random.random(n) < 0.7)
    return members, flipped, random.integers(size, size=size)


@given(tables(), st.integers(1, 3), st.sampled_from([0.0, 0.5, 2.0]), st.integers(1, 10), st.integers(1, 4))
def test_the_search_finds_what_trying_all_rules_finds(table, conditions, cost, min_rows, min_flips):
    members, flipped, exclusive = table
    if not flipped.any():
        return
    rows = make_rows(members, flipped, exclusive)
    score = Score(rows.n_flips, len(flipped), cost, min_rows, min_flips)
    expected = by_trying_all(members, flipped, exclusive, cost, min_rows, min_flips, conditions)
    for most in (1, 4, 1000):
        found = best_rules(rows, score, conditions=conditions, most=most).rules
        scores = sorted(expected.values(), reverse=True)[:most]
        assert [each.score for each in found] == pytest.approx(scores)
        for each in found:
            inside = np.logical_and.reduce(members[list(each.rule)])
            assert (each.n, each.flips) == (inside.sum(), (inside & flipped).sum())
            assert each.score == pytest.approx(expected[each.rule])


@given(st.integers(1, 60), st.integers(1, 200), st.integers(1, 40), st.integers(0, 10**6))
def test_no_part_of_a_rule_scores_above_its_bound(n_flips, n_others, min_rows, seed):
    random = np.random.default_rng(seed)
    score = Score(n_flips, n_flips + n_others, 0.0, min_rows, 1)
    kept = int(random.integers(n_flips + 1))
    flips = random.integers(kept + 1, size=50)
    n = flips + random.integers(n_others + 1, size=50)
    assert np.all(score(flips, n, 1) <= score.best(np.array([kept]), 1) + 1e-9)


def test_a_small_slice_goes_before_the_large_one_that_it_raises():
    # Half of the rows have all flips, most of them in a tenth of the rows.
    inner, outer = np.arange(4000) < 400, np.arange(4000) < 2000
    flipped = (inner & (np.arange(4000) % 2 == 0)) | (outer & (np.arange(4000) % 40 == 1))
    found = best_rules(make_rows([outer, inner], flipped), Score(250, 4000, 1.0, 1, 1), conditions=2, most=9).rules
    assert found[0].rule == (1,)


@given(st.integers(1, 5), st.integers(0, 300), st.integers(0, 10**6))
def test_packed_rows_are_counted_as_they_were(size, n, seed):
    mask = np.random.default_rng(seed).random((size, n)) < 0.5
    assert count(pack(mask)).tolist() == mask.sum(axis=1).tolist()


def test_a_condition_that_only_leaves_out_a_few_rows_is_not_added():
    # All flips are in the first condition; the second takes two of its 40 others away.
    flipped = np.arange(400) < 20
    first = np.arange(400) < 60
    second = (np.arange(400) < 58) | (np.arange(400) >= 100)
    rows = make_rows([first, second], flipped)
    found = best_rules(rows, Score(20, 400, np.log(10), 1, 1), conditions=3, most=10).rules
    assert [each.rule for each in found if each.score > 0] == [(0,)]


def test_conditions_on_the_same_column_are_not_put_together():
    flipped = np.arange(300) < 30
    half, other = np.arange(300) % 2 == 0, np.arange(300) < 100
    alike = best_rules(make_rows([half, other], flipped, [7, 7]), Score(30, 300, 0, 1, 1), conditions=2, most=9)
    assert all(len(each.rule) == 1 for each in alike.rules)


def test_nearly_the_same_rows_are_one_slice_with_the_shorter_rule_first():
    random = np.random.default_rng(3)
    flipped = random.random(2000) < 0.02
    planted = np.arange(2000) < 200
    flipped |= planted & (random.random(2000) < 0.5)
    nearly = planted ^ (np.arange(2000) % 50 == 7)  # 40 rows differ
    elsewhere = np.arange(2000) >= 1800
    flipped |= elsewhere & (random.random(2000) < 0.3)
    order = np.argsort(~flipped, kind="stable")
    rows = make_rows(np.array([planted, nearly, elsewhere])[:, order], flipped[order])
    picked, tried = distinct_rules(rows, conditions=2, min_rows=5, min_flips=3, least=1, most=10)
    assert [each.rule for each in picked][:2] == [(0,), (2,)]
    assert (1,) in picked[0].also
    assert tried >= 4


def test_what_lies_inside_a_listed_slice_is_not_listed_for_its_sake():
    # All that raises the rate of the second is the first, which lies in it.
    random = np.random.default_rng(4)
    inner, outer = np.arange(4000) < 150, np.arange(4000) < 2000
    flipped = random.random(4000) < np.where(inner, 0.6, 0.02)
    rows = make_rows([inner, outer], flipped)
    picked, _ = distinct_rules(rows, conditions=1, min_rows=5, min_flips=3, least=5, most=10)
    assert [each.rule for each in picked] == [(0,)]
