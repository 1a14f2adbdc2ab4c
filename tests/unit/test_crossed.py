"""Rates over seeds and examples together: identities, hand-made counts, and what is withheld."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipscope.flips.crossed import Runs, crossed
from flipscope.flips.metrics import Cells, cell_metrics
from flipscope.flips.significance import compare_updates

near = pytest.approx


def runs_of(n, old_wrong, method, base):
    """Make runs by the examples that each has wrong."""

    def right(wrong):
        rows = np.ones((len(wrong), n), dtype=bool)
        for row, where in zip(rows, wrong, strict=True):
            row[list(where)] = False
        return rows

    return Runs(right([old_wrong])[0], right(method), right(base))


def test_by_hand():
    # 100 examples. The old model has the last 10 wrong, which all runs have right but for 98 and 99.
    # Method: 2 and 4 negative flips. Base: 6 and 10.
    late = [98, 99]
    runs = runs_of(100, range(90, 100), [[0, 1, *late], [0, 1, 2, 3, *late]], [[*range(6), *late], [*range(10), *late]])
    found = crossed([runs])
    assert found.nfr.value == near(0.03)
    assert found.pfr.value == near(0.08)
    assert found.accuracy.value == near(0.95)
    assert found.accuracy_delta.value == near(0.05)
    assert found.nfr_ratio.value == near(3.5 / 8.5)
    assert found.accuracy_gain.value == near(0.05)
    assert found.nfr.low < 0.03 < found.nfr.high


def test_one_run_on_each_side_is_the_paired_comparison_of_two_updates():
    random = np.random.default_rng(3)
    old, a, b = (random.random(1500) < rate for rate in (0.9, 0.93, 0.9))
    found, wanted = crossed([Runs(old, a[np.newaxis], b[np.newaxis])]), compare_updates(old & ~a, old & ~b)
    assert found.nfr_ratio.value == near(wanted.nfr_ratio.value)
    assert (found.nfr_ratio.low, found.nfr_ratio.high) == near((wanted.nfr_ratio.low, wanted.nfr_ratio.high), rel=0.02)
    assert found.p_value.value == near(wanted.mcnemar_p.value, abs=0.01)
    cells = cell_metrics(Cells(*(int(np.sum(each)) for each in (old & a, old & ~a, ~old & a, ~old & ~a))))
    for key, wanted_rate in (("nfr", "nfr"), ("pfr", "pfr"), ("accuracy_delta", "accuracy_delta")):
        mine, theirs = getattr(found, key), cells[wanted_rate]
        assert mine.value == near(theirs.value)
        assert (mine.low, mine.high) == near((theirs.low, theirs.high), abs=0.002)


def test_runs_that_are_copies_of_one_model_tell_no_more_than_that_model():
    random = np.random.default_rng(4)
    old, a, b = (random.random((1, 800)) < rate for rate in (0.9, 0.94, 0.9))
    one, many = crossed([Runs(old[0], a, b)]), crossed([Runs(old[0], np.repeat(a, 5, 0), np.repeat(b, 5, 0))])
    assert many.nfr_ratio.value == near(one.nfr_ratio.value)
    assert (many.nfr_ratio.low, many.nfr_ratio.high) == near((one.nfr_ratio.low, one.nfr_ratio.high), rel=0.05)
    assert many.p_value.value == near(one.p_value.value, abs=0.02)


def test_seeds_that_differ_widen_the_interval_and_few_of_them_more():
    # 60 flips a run on average, among so many examples that these hardly vary the rate.
    def over(*flips):
        return crossed([runs_of(20_000, [], [range(k) for k in flips], [range(60)])]).nfr

    def width(estimate):
        return estimate.high - estimate.low

    alike, varied, more = over(60, 60, 60), over(20, 60, 100), over(20, 20, 60, 60, 100, 100)
    assert alike.value == near(varied.value) == near(more.value)
    assert width(varied) > 2 * width(alike)
    assert width(varied) > 1.3 * width(more) > 1.3 * width(alike)


def test_a_seed_of_the_base_counts_too():
    alike = crossed([runs_of(20_000, [], [range(100)], [range(100)] * 3)])
    varied = crossed([runs_of(20_000, [], [range(100)], [range(40), range(100), range(160)])])
    assert varied.nfr_ratio.value == near(alike.nfr_ratio.value)
    assert varied.nfr_ratio.high > 1.3 > 1.05 > (alike.nfr_ratio.high or 1.0)


def test_the_true_ratio_is_mostly_covered_and_seldom_rejected():
    # Three runs a side; how much each flips varies by about a seventh. See benchmarks/crossed_intervals.py.
    random = np.random.default_rng(11)
    covered = rejected = 0
    for _ in range(100):
        easy = random.beta(0.15, 4.85, 2000)
        flips = random.random((6, 2000)) < np.minimum(1, easy * random.lognormal(0, 0.14, (6, 1)))
        found = crossed([Runs(np.ones(2000, bool), ~flips[:3], ~flips[3:])], draws=1000)
        covered += found.nfr_ratio.low <= 1 <= found.nfr_ratio.high
        rejected += found.p_value.value <= 0.05
    assert covered >= 90
    assert rejected <= 10


def test_tasks_count_the_same_whatever_their_size():
    small = runs_of(100, [], [range(10)], [range(20)])
    large = runs_of(10_000, [], [range(100)], [range(100)])
    found = crossed([small, large])
    assert found.nfr.value == near((0.10 + 0.01) / 2)
    # Half a flip is added to each: (10.5 / 100 + 100.5 / 10,000) / (20.5 / 100 + 100.5 / 10,000).
    assert found.nfr_ratio.value == near((0.105 + 0.01005) / (0.205 + 0.01005))
    assert found.accuracy_gain.value == near(0.05)


def test_the_interval_and_the_test_agree():
    random = np.random.default_rng(6)
    for _ in range(10):
        rates = random.uniform(0.02, 0.06, 2)
        runs = Runs(np.ones(600, bool), random.random((3, 600)) > rates[0], random.random((3, 600)) > rates[1])
        found = crossed([runs], draws=2000)
        outside = not found.nfr_ratio.low <= 1 <= found.nfr_ratio.high
        assert outside == (found.p_value.value < 0.05) or found.p_value.value == near(0.05, abs=0.004)


def test_without_flips_there_is_no_ratio_and_the_rate_still_has_an_upper_limit():
    found = crossed([runs_of(100, [], [[], []], [[], []])])
    assert (found.nfr_ratio.value, found.nfr_ratio.reason) == (None, "no_negative_flips")
    assert (found.p_value.value, found.p_value.reason) == (None, "no_negative_flips")
    assert found.nfr.value == found.nfr.low == 0
    assert found.nfr.high == near(0.037, abs=0.001)  # Wilson, 0 of 100
    assert found.accuracy_gain.reason == "no_variation"


def test_without_examples_everything_is_null():
    found = crossed([runs_of(0, [], [[]], [[]])])
    assert {each.reason for each in vars(found).values()} == {"no_examples"}
    assert {each.value for each in vars(found).values()} == {None}


@pytest.mark.parametrize("shape", [(0, 5), (2, 4), (5,)])
def test_runs_must_be_on_the_same_examples(shape):
    with pytest.raises(ValueError, match="runs x examples"):
        Runs(np.ones(5, bool), np.ones(shape, bool), np.ones((1, 5), bool))


def test_the_same_data_give_the_same_limits():
    runs = runs_of(200, [3], [range(9), range(5)], [range(12), range(7, 20)])
    assert crossed([runs]) == crossed([runs])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4), st.integers(1, 60))
def test_limits_are_around_their_estimates_and_within_the_possible(seed, runs, base, n):
    random = np.random.default_rng(seed)
    task = Runs(random.random(n) < 0.8, random.random((runs, n)) < 0.8, random.random((base, n)) < 0.8)
    found = crossed([task], draws=400)
    assert found.accuracy_delta.value == near(found.pfr.value - found.nfr.value)
    for key in ("accuracy", "nfr", "pfr"):
        each = getattr(found, key)
        assert 0 <= each.low <= each.value <= each.high <= 1
    assert found.p_value.value is None or 0 < found.p_value.value <= 1
