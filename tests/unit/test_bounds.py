from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from flipscope.flips import bounds
from flipscope.flips.bounds import mean_bounds, n_for_mean

near = pytest.approx
alphas = st.sampled_from([0.2, 0.05, 0.01, 1e-4])
#: Clusters as (examples, negative flips).
clusters = st.lists(
    st.integers(1, 12).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size))), min_size=1, max_size=12
)


def rate_bounds(found, alpha=0.05):
    sizes, flips = np.array(found).T
    return mean_bounds(flips, sizes, np.ones(len(found)), least=0, most=1, alpha=alpha)


@settings(max_examples=25)
@given(st.integers(1, 10**6), st.data(), alphas)
def test_single_examples_have_the_clopper_pearson_bounds(n, data, alpha):
    k = data.draw(st.one_of(st.integers(0, n), st.integers(0, min(n, 5)), st.just(n)))
    lower, upper = mean_bounds([1, 0], [1, 1], [k, n - k], least=0, most=1, alpha=alpha)
    assert lower == near(stats.beta.ppf(alpha, k, n - k + 1) if k else 0, rel=1e-3, abs=1e-9)
    assert upper == near(stats.beta.ppf(1 - alpha, k + 1, n - k) if k < n else 1, rel=1e-6)


def test_the_golden_value_of_30_flips_in_1000():
    assert mean_bounds([1, 0], [1, 1], [30, 970], least=0, most=1) == near((0.0217, 0.04047), abs=6e-5)


@pytest.mark.parametrize("clusters", [1, 2, 10, 59, 1000])
@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_without_flips_only_the_number_of_clusters_counts(clusters, alpha):
    lower, upper = mean_bounds([0], [25], [clusters], least=0, most=1, alpha=alpha)
    assert lower == 0
    assert upper == near(1 - alpha ** (1 / clusters), rel=1e-8)


def test_clusters_that_flip_whole_are_worth_one_example_each():
    whole = mean_bounds([10, 0], [10, 10], [3, 97], least=0, most=1)
    assert whole == near(mean_bounds([1, 0], [1, 1], [3, 97], least=0, most=1))
    apart = mean_bounds([1, 0], [1, 1], [30, 970], least=0, most=1)
    assert whole[1] - 0.03 > 2.5 * (apart[1] - 0.03)


def test_two_clusters_by_hand():
    """Weights of three units are uniform on the simplex: the mean is at most x unless Dirichlet(1, 1, 1) says more.

    One unit of 2 flips in 2, one of 0 in 2, and the added one of 2 in 2: the share of the first and third together is
    Beta(2, 1), so that the upper bound is the root of 1 - alpha.
    """
    assert rate_bounds([(2, 2), (2, 0)])[1] == near(0.95**0.5)
    assert rate_bounds([(2, 2), (2, 0)])[0] == near(1 - 0.95**0.5)


@pytest.mark.parametrize("seed", range(4))
def test_they_are_the_quantiles_of_randomly_weighted_means(seed):
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 30, size=40)
    costs = random.binomial(sizes, random.beta(0.3, 6, size=40)) * random.choice([0.5, 2, 3.7], size=40)
    weights = random.standard_exponential((200_000, 41))
    for most, level, found in [
        (0.0, 0.02, mean_bounds(costs, sizes, np.ones(40), least=0, most=4, alpha=0.02)[0]),
        (4.0, 0.98, mean_bounds(costs, sizes, np.ones(40), least=0, most=4, alpha=0.02)[1]),
    ]:
        means = weights @ np.append(costs, most * sizes.max()) / (weights @ np.append(sizes, sizes.max()))
        assert np.mean(means <= found) == near(level, abs=0.0015)  # 4 standard errors of the draws


@settings(max_examples=25)
@given(clusters, alphas, st.floats(0.1, 1000), st.randoms())
def test_neither_order_nor_merging_nor_the_unit_of_cost_matters(found, alpha, price, random):
    expected = rate_bounds(found, alpha)
    shuffled = random.sample(found, len(found))
    assert rate_bounds(shuffled, alpha) == expected
    kinds, counts = np.unique(np.array(found), axis=0, return_counts=True)
    assert mean_bounds(kinds[:, 1], kinds[:, 0], counts, least=0, most=1, alpha=alpha) == expected
    dear = mean_bounds(kinds[:, 1] * price, kinds[:, 0], counts, least=0, most=price, alpha=alpha)
    assert dear == near((expected[0] * price, expected[1] * price), rel=1e-6, abs=1e-6 * price)


@settings(max_examples=25)
@given(clusters, alphas)
def test_what_is_good_instead_of_bad_has_the_bounds_from_the_other_end(found, alpha):
    lower, upper = rate_bounds(found, alpha)
    turned = rate_bounds([(size, size - flips) for size, flips in found], alpha)
    assert turned == near((1 - upper, 1 - lower), abs=1e-7)


@settings(max_examples=25)
@given(clusters, alphas)
def test_bounds_are_in_order_and_in_range(found, alpha):
    sizes, flips = np.array(found).T
    lower, upper = rate_bounds(found, alpha)
    assert 0 <= lower <= flips.sum() / sizes.sum() + 1e-9
    assert flips.sum() / sizes.sum() - 1e-9 <= upper <= 1


@settings(max_examples=25)
@given(clusters, st.data())
def test_another_flip_raises_the_upper_bound_and_more_confidence_does_too(found, data):
    i = data.draw(st.integers(0, len(found) - 1))
    size, flips = found[i]
    assume(flips < size)
    worse = [*found[:i], (size, flips + 1), *found[i + 1 :]]
    assert rate_bounds(worse)[1] >= rate_bounds(found)[1] - 1e-9
    assert rate_bounds(worse)[0] >= rate_bounds(found)[0] - 1e-9
    assert rate_bounds(found, 0.01)[1] >= rate_bounds(found, 0.05)[1] - 1e-9


def test_changes_for_better_and_worse():
    """Five examples of +1, five of -1, and the worst unit that is added is another -1 (or +1)."""
    lower, upper = mean_bounds([1, -1], [1, 1], [5, 5], least=-1, most=1)
    assert upper == near(2 * stats.beta.ppf(0.95, 6, 5) - 1)
    assert lower == near(-upper)


def test_at_the_edges():
    assert mean_bounds([], [], [], least=-1, most=2) == (-1, 2)
    assert mean_bounds([3], [1], [0], least=0, most=5) == (0, 5)
    assert mean_bounds([0], [1], [10], least=0, most=0) == (0, 0)
    assert mean_bounds([4], [4], [10], least=0, most=1)[1] == 1
    assert mean_bounds([0.3], [1], [1], least=0, most=1) == near((0.3 * 0.05, 1 - 0.7 * 0.05))


def test_memory_does_not_grow_with_the_number_of_different_costs(monkeypatch):
    costs = np.random.default_rng(1).exponential(size=3000)
    whole = mean_bounds(costs, np.ones(3000), np.ones(3000), least=0, most=20)
    widest = []
    outer = np.outer
    monkeypatch.setattr(bounds, "_CHUNK", 100)
    monkeypatch.setattr(bounds.np, "outer", lambda a, b: widest.append(len(a)) or outer(a, b))
    assert mean_bounds(costs, np.ones(3000), np.ones(3000), least=0, most=20) == near(whole, rel=1e-9)
    assert max(widest) == 100


@settings(max_examples=25)
@given(clusters)
def test_the_same_data_have_the_same_bounds(found):
    assert rate_bounds(found) == rate_bounds(found)


# How many examples it takes


def test_59_clusters_without_flips_are_enough_for_5_percent():
    """1 - .05^(1/59) is .0495, with 58 it is .0503. The approximation, -ln(alpha) / limit, is 59.9."""
    assert mean_bounds([0], [10], [59], least=0, most=1)[1] < 0.05 < mean_bounds([0], [10], [58], least=0, most=1)[1]
    assert n_for_mean([0], [10], [20], most=1, limit=0.05) == 600


def test_for_single_examples_it_is_near_the_exact_number():
    """Exact, and at least 80 % from there on: 1,091 for 1 % against 2 %, 694 for 3 % against 5 %."""
    assert n_for_mean([1, 0], [1, 1], [10, 990], most=1, limit=0.02) == near(1091, rel=0.15)
    assert n_for_mean([1, 0], [1, 1], [30, 970], most=1, limit=0.05) == near(694, rel=0.15)


def test_clusters_that_flip_whole_take_as_many_clusters_as_single_examples_take_examples():
    single = n_for_mean([1, 0], [1, 1], [3, 97], most=1, limit=0.05)
    whole = n_for_mean([50, 0], [50, 50], [3, 97], most=1, limit=0.05)
    assert whole == near(50 * single, abs=50)


def test_costs_scale_with_their_limit():
    cheap = n_for_mean([1, 0], [1, 1], [3, 97], most=2, limit=0.05)
    dear = n_for_mean([1000, 0], [1, 1], [3, 97], most=2000, limit=50)
    assert cheap == near(dear, abs=1)


def test_no_number_is_enough_at_the_limit_or_above():
    assert n_for_mean([1, 0], [1, 1], [5, 95], most=1, limit=0.05) is None
    assert n_for_mean([1, 0], [1, 1], [6, 94], most=1, limit=0.05) is None


@settings(max_examples=25)
@given(clusters, st.floats(0.001, 0.5))
def test_it_takes_more_to_keep_a_stricter_limit(found, above):
    sizes, flips = np.array(found).T
    rate = flips.sum() / sizes.sum()
    assume(rate + 2 * above < 1)
    strict, lax = (
        n_for_mean(flips, sizes, np.ones(len(found)), most=1, limit=rate + each) for each in (above, 2 * above)
    )
    assert strict >= lax > 0


@pytest.mark.parametrize(
    ("counts", "size", "total", "alpha", "lower"),
    [
        ((4145, 7), 22, 22, 0.025, 0.00592),
        ((7731, 13), 2, 2, 0.01, 0.00116),
        ((3211, 26), 55, 55, 0.01, 0.1851),
        ((13347, 36), 2, 1, 0.01, 0.00150),
    ],
)
def test_a_few_clusters_among_many_single_examples(counts, size, total, alpha, lower):
    # From 400,000 draws of the weights; a path that bends too far once made these two and three times as good.
    found, _ = mean_bounds([0, total], [1, size], counts, least=-1, most=1, alpha=alpha)
    assert found == pytest.approx(lower, rel=0.015)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.floats(-1, 1), st.integers(1, 20_000)), min_size=1, max_size=4),
    st.sampled_from([0.05, 0.0125, 0.001]),
)
@settings(max_examples=60, deadline=None)
def test_bounds_are_the_quantiles_of_randomly_weighted_means(kinds, alpha):
    sizes, shares, counts = (np.array(each, dtype=float) for each in zip(*kinds, strict=True))
    totals = np.round(shares * sizes)
    lower, upper = mean_bounds(totals, sizes, counts, least=-1, most=1, alpha=alpha)
    rng, draws = np.random.default_rng(0), 100_000
    weights = np.column_stack([rng.standard_gamma(counts, (draws, len(counts))), rng.standard_exponential(draws)])
    size = weights @ np.append(sizes, sizes.max())
    worst = [(weights @ np.append(totals, end * sizes.max())) / size for end in (-1, 1)]
    within = 5 * np.sqrt(alpha / draws)  # five standard errors of a share of the draws
    if lower > -1:
        assert np.mean(worst[0] < lower) == pytest.approx(alpha, abs=within)
    if upper < 1:
        assert np.mean(worst[1] > upper) == pytest.approx(alpha, abs=within)


@pytest.mark.parametrize("price", [1e-200, 1e200])
def test_costs_of_any_size(price):
    found = mean_bounds(np.array([0, 1, 5]) * price, [1, 1, 1], [900, 80, 20], least=0, most=5 * price)
    assert np.array(found) / price == pytest.approx(mean_bounds([0, 1, 5], [1, 1, 1], [900, 80, 20], least=0, most=5))
