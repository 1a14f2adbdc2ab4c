from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from flipscope.flips.intervals import clopper_pearson_lower, clopper_pearson_upper, newcombe, wilson

counts = st.integers(0, 300)
cells = st.tuples(counts, counts, counts, counts).filter(any)
near = pytest.approx


@given(st.integers(1, 10**6), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_agrees_with_statsmodels(n, data, level):
    k = data.draw(st.integers(0, n))
    assert wilson(k, n, level) == near(proportion_confint(k, n, 1 - level, method="wilson"), abs=1e-12)


@given(st.integers(1, 10**9), st.data())
def test_wilson_limits_contain_the_rate_and_stay_in_range(n, data):
    k = data.draw(st.one_of(st.integers(0, n), st.sampled_from([0, n])))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert (low == 0) == (k == 0)
    assert (high == 1) == (k == n)


def test_wilson_on_arrays_and_without_trials():
    low, high = wilson([0, 1, 30, 5], [0, 21, 1000, 5])
    assert np.isnan([low[0], high[0]]).all()
    assert low[1:] == near([0.008456, 0.021094, 0.565518], abs=1e-6)
    assert high[1:] == near([0.226694, 0.042503, 1], abs=1e-6)


@pytest.mark.parametrize(
    ("n", "half_width"),
    [(277, 1.76), (408, 1.42), (872, 0.95), (1043, 0.87), (5463, 0.37), (9815, 0.28), (40430, 0.14)],
)
def test_wilson_half_width_at_two_percent(n, half_width):
    low, high = wilson(0.02 * n, n)
    assert 100 * (high - low) / 2 == near(half_width, abs=0.005)


# From the tests of the R package contingencytables (Fagerland, Lydersen and Laake, chapter 8): 59, 6, 16, 80.
def test_newcombe_agrees_with_the_r_package_contingencytables():
    assert newcombe(59, 6, 16, 80) == near((0.0046, 0.1186), abs=5e-5)


@pytest.mark.parametrize(
    ("cells", "level", "limits"),
    [
        ((850, 30, 60, 60), 0.90, (0.0144, 0.0459)),
        ((300, 8, 20, 80), 0.90, (0.0078, 0.0514)),
        ((950, 20, 20, 10), 0.90, (-0.0108, 0.0108)),
        ((10, 15, 5, 20), 0.90, (-0.3340, -0.0536)),
    ],
)
def test_newcombe_at_another_level(cells, level, limits):
    assert newcombe(*cells, level) == near(limits, abs=6e-5)


@given(cells)
def test_newcombe_contains_the_change_and_turns_round_with_the_models(cells):
    a, b, c, d = cells
    low, high = newcombe(a, b, c, d)
    assert -1 - 1e-12 <= low <= (c - b) / sum(cells) + 1e-12
    assert (c - b) / sum(cells) - 1e-12 <= high <= 1 + 1e-12
    assert newcombe(a, c, b, d) == near((-high, -low), abs=1e-12)


@given(cells)
def test_newcombe_is_close_to_the_large_sample_interval_in_large_samples(cells):
    a, b, c, d = (1000 * count + 1000 for count in cells)
    n = a + b + c + d
    half = 1.959964 * np.sqrt(b + c - (c - b) ** 2 / n) / n
    low, high = newcombe(a, b, c, d)
    assert (high - low) / 2 == near(half, rel=0.02)


def test_newcombe_with_counts_whose_products_overflow_integers():
    a, b, c, d = np.array([[3_000_000_000], [1_000_000], [2_000_000], [500_000_000]])
    low, high = newcombe(a, b, c, d)
    assert low[0] < 1e6 / 3_503_000_000 < high[0]
    assert high[0] - low[0] < 1e-5


@pytest.mark.parametrize("cells", [(5, 0, 0, 0), (0, 0, 0, 5), (0, 5, 0, 0), (0, 0, 5, 0), (5, 0, 0, 5)])
def test_newcombe_with_empty_cells(cells):
    low, high = newcombe(*cells)
    assert -1 <= low <= (cells[2] - cells[1]) / sum(cells) <= high <= 1
    assert low < high


def test_newcombe_without_examples():
    assert np.isnan(newcombe(0, 0, 0, 0)).all()


@given(st.integers(1, 10**5), st.data(), st.sampled_from([0.01, 0.05, 0.1]))
def test_clopper_pearson_agrees_with_statsmodels(n, data, alpha):
    k = data.draw(st.integers(0, n))
    low, high = proportion_confint(k, n, 2 * alpha, method="beta")
    assert clopper_pearson_lower(k, n, alpha) == near(low, abs=1e-12)
    assert clopper_pearson_upper(k, n, alpha) == near(high, abs=1e-12)


def test_clopper_pearson_is_where_the_binomial_tail_is_alpha():
    assert stats.binom.cdf(30, 1000, clopper_pearson_upper(30, 1000)) == near(0.05)
    assert stats.binom.sf(29, 1000, clopper_pearson_lower(30, 1000)) == near(0.05)


def test_clopper_pearson_golden_values_and_ends():
    assert clopper_pearson_lower(30, 1000) == near(0.0217, abs=6e-5)
    assert clopper_pearson_upper(30, 1000) == near(0.04047, abs=6e-6)
    assert wilson(30, 1000, 0.90)[1] == near(0.04022, abs=6e-6)
    assert clopper_pearson_upper(8, 408) == near(0.0351, abs=6e-5)
    assert clopper_pearson_upper(0, [277, 872, 5463]) == near([0.01076, 0.00343, 0.00055], abs=6e-6)
    assert clopper_pearson_upper(0, 277) == near(1 - 0.05 ** (1 / 277))
    assert clopper_pearson_upper([7, 0], [7, 0]).tolist() == [1, 1]
    assert clopper_pearson_lower([0, 0], [7, 0]).tolist() == [0, 0]
