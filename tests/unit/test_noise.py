from __future__ import annotations

import numpy as np
import pytest

from flipscope.flips.noise import excess_nfr

near = pytest.approx


def flips(*positions, n=1000):
    rows = np.zeros((len(positions), n), dtype=bool)
    for row, where in zip(rows, positions, strict=True):
        row[where] = True
    return rows


def test_by_hand():
    found = excess_nfr(flips(range(10), range(20), range(30)), flips(range(100, 140), range(100, 160)))
    assert found.floor.value == near(0.02)
    assert found.excess.value == near(0.05 - 0.02)
    assert 0 < found.excess.low < 0.03 < found.excess.high


def test_an_update_that_only_changes_the_seed_has_no_excess():
    rng = np.random.default_rng(5)
    runs = rng.random((6, 2000)) < rng.beta(0.3, 8, size=2000)
    found = excess_nfr(runs[:3], runs[3:])
    assert found.excess.low < 0 < found.excess.high


def test_with_one_run_each_it_is_the_paired_difference():
    # Only examples vary: 30 flip in the new run alone, 10 in the repeat alone, as b and c of 1000.
    found = excess_nfr(flips(range(10)), flips(range(50, 80)))
    half = 1.959964 * np.sqrt(40 - 20**2 / 1000) / 1000
    assert (found.excess.low, found.excess.high) == near((0.02 - half, 0.02 + half), abs=0.0015)


def test_runs_that_vary_widen_the_interval():
    alike = excess_nfr(flips(range(10)), flips(range(50, 80), range(50, 80))).excess
    varied = excess_nfr(flips(range(10)), flips(range(50, 60), range(50, 100))).excess
    assert varied.value == near(alike.value)
    assert varied.high - varied.low > 1.5 * (alike.high - alike.low)


def test_repeats_that_vary_widen_the_interval():
    alike = excess_nfr(flips(range(30), range(30)), flips(range(50, 60))).excess
    varied = excess_nfr(flips(range(10), range(50)), flips(range(50, 60))).excess
    assert varied.value == near(alike.value)
    assert varied.high - varied.low > 1.5 * (alike.high - alike.low)


def test_the_same_data_give_the_same_limits():
    arguments = flips(range(10)), flips(range(50, 80))
    assert excess_nfr(*arguments) == excess_nfr(*arguments)


def test_at_the_edges():
    none = excess_nfr(flips(), flips(range(5)))
    assert none.floor.reason == none.excess.reason == "no_repeat_runs"
    assert none.floor.value is none.excess.value is None
    assert excess_nfr(flips([]), flips()).excess.reason == "no_examples"
    assert excess_nfr(flips([], n=0), flips([], n=0)).excess.reason == "no_examples"
    still = excess_nfr(flips([]), flips([]))
    assert (still.excess.value, still.excess.low, still.excess.reason) == (0, None, "no_variation")
