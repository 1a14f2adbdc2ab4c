from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flipscope.flips.bootstrap import (
    cluster_bootstrap,
    cluster_deff,
    multinomial_bootstrap,
    paired_bootstrap,
)
from flipscope.flips.intervals import wilson

near = pytest.approx
CELLS = (850, 30, 60, 60)


def nfr(a, b, c, d):
    return b / (a + b + c + d)


def accuracy_delta(a, b, c, d):
    return (c - b) / (a + b + c + d)


def relative_nfr(a, b, c, d):
    return (a + b + c + d) * b / ((a + b) * (b + d))


@pytest.mark.parametrize(
    ("statistic", "limits"),
    [(nfr, (0.020, 0.041)), (accuracy_delta, (0.012, 0.049)), (relative_nfr, (0.272, 0.487))],
)
def test_golden_percentile_intervals(statistic, limits):
    assert multinomial_bootstrap(CELLS, statistic, 200_000) == near(limits, abs=0.002)


def test_the_draws_have_the_standard_error_of_the_formula():
    n, (_, b, c, _) = sum(CELLS), CELLS
    low, high = multinomial_bootstrap(CELLS, accuracy_delta, 400_000, level=0.682689)
    assert (high - low) / 2 == near(np.sqrt(b + c - (c - b) ** 2 / n) / n, abs=0.0005)
    assert np.sqrt(b + c - (c - b) ** 2 / n) / n == near(0.00944, abs=5e-6)


def test_the_same_seed_gives_the_same_limits():
    once = multinomial_bootstrap(CELLS, relative_nfr, 500, seed=1)
    assert once == multinomial_bootstrap(CELLS, relative_nfr, 500, seed=1)
    assert once != multinomial_bootstrap(CELLS, relative_nfr, 500, seed=2)


def test_no_limits_when_many_draws_are_undefined_or_none_differs():
    assert np.isnan(multinomial_bootstrap((10, 1, 2, 0), relative_nfr)).all()  # often no new error at all
    assert np.isnan(multinomial_bootstrap((10, 0, 2, 3), nfr)).all()
    assert np.isfinite(multinomial_bootstrap((10, 8, 2, 3), relative_nfr)).all()


def mean_difference(rows):
    return rows[:, 1].mean() - rows[:, 0].mean()


def ratio(rows):
    return rows[:, 1].mean() / rows[:, 0].mean()


# A long tail, where acceleration matters, and few distinct values, where ties of draw and estimate do.
TAIL = np.random.default_rng(7).lognormal(0, 1.3, (25, 2))
YES_NO = np.repeat([[0, 1], [1, 0], [1, 1], [0, 0]], [9, 2, 3, 6], axis=0)


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize(("rows", "statistic"), [(TAIL, mean_difference), (TAIL, ratio), (YES_NO, mean_difference)])
def test_paired_bootstrap_agrees_with_scipy(method, rows, statistic):
    theirs = stats.bootstrap(
        (rows[:, 0], rows[:, 1]),
        lambda x, y: statistic(np.column_stack([x, y])),
        paired=True, vectorized=False, n_resamples=10_000, method=method, rng=3,
    ).confidence_interval  # fmt: skip
    ours = paired_bootstrap(rows, statistic, draws=10_000, method=method)
    assert ours == near((theirs.low, theirs.high), abs=0.03 * (theirs.high - theirs.low))


def test_bca_differs_from_percentile_where_the_statistic_is_skewed():
    rows = np.random.default_rng(1).exponential(1, 30)
    percentile = paired_bootstrap(rows, np.mean)
    bca = paired_bootstrap(rows, np.mean, method="bca")
    assert bca[0] > percentile[0]
    assert bca[1] > percentile[1]


def test_counts_and_rows_give_the_same_interval():
    outcome = np.repeat(np.arange(4), CELLS)
    rows = np.eye(4)[outcome]
    by_row = paired_bootstrap(rows, lambda sample: relative_nfr(*sample.sum(axis=0)), draws=4000)
    assert by_row == near(multinomial_bootstrap(CELLS, relative_nfr, 100_000), abs=0.015)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_a_statistic_that_is_constant_or_undefined_has_no_interval(method):
    rows = np.full((20, 2), 0.1)
    assert np.isnan(paired_bootstrap(rows, lambda sample: sample.mean(), 200, method=method)).all()
    assert np.isnan(paired_bootstrap(rows, lambda sample: float("nan"), 200, method=method)).all()


def test_cluster_golden_values():
    assert cluster_deff([4, 0, 0, 0], [10, 10, 10, 10]) == near((0.1, 4.444), abs=5e-4)
    assert cluster_deff([2, 1, 0, 3], [10, 20, 30, 40]) == near((0.02733, 1.3239), abs=6e-5)


def test_clusters_of_one_example_are_no_clusters():
    flips = np.repeat([1, 0], [30, 970])
    se, deff = cluster_deff(flips, np.ones(1000))
    assert deff == near(1, abs=0.002)
    assert se == near(np.sqrt(0.03 * 0.97 / 1000), rel=0.001)
    assert cluster_bootstrap(flips, np.ones(1000)) == near(
        multinomial_bootstrap((30, 970), lambda b, a: b / 1000), abs=0.002
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30))
def test_the_design_effect_is_not_negative_and_empty_clusters_do_not_count(pairs):
    flips = np.array([k for k, _ in pairs])
    sizes = flips + np.array([rest for _, rest in pairs])
    se, deff = cluster_deff(flips, sizes)
    assert np.isnan(deff) or deff >= 0
    assert cluster_deff([*flips, 0, 0], [*sizes, 0, 0]) == near((se, deff), nan_ok=True)


def test_correlated_clusters_widen_the_interval():
    flips, sizes = np.repeat([10, 0], [3, 97]), np.full(100, 10)
    low, high = cluster_bootstrap(flips, sizes)
    naive = wilson(30, 1000)
    assert low < naive[0]
    assert high > naive[1]
    se, _ = cluster_deff(flips, sizes)
    assert high - low == near(4 * se, rel=0.2)


def test_few_clusters_have_no_interval():
    assert np.isnan(cluster_bootstrap([1] + [0] * 8, [10] * 9)).all()
    assert np.isnan(cluster_bootstrap([1] + [0] * 8 + [0] * 5, [10] * 9 + [0] * 5)).all()
    assert np.isfinite(cluster_bootstrap([1] + [0] * 9, [10] * 10)).all()


def test_clusters_without_variation_count_as_one_example_each():
    assert cluster_bootstrap([0] * 12, [50] * 12) == near(wilson(0, 12))
    assert cluster_bootstrap([5, 7] * 6, [50, 70] * 6) == near(wilson(1.2, 12))


def test_a_single_cluster_has_no_standard_error():
    assert np.isnan(cluster_deff([3], [10])).all()
