from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flipscope.flips.intervals import clopper_pearson_lower, clopper_pearson_upper
from flipscope.flips.power import (
    most_flips,
    n_for_budget,
    n_for_budget_normal,
    n_for_difference,
    n_for_nfr_change,
    n_to_pass,
)

near = pytest.approx
SIZES = (277, 408, 872, 1043, 5463, 9815, 40430)
MOST = {
    0.01: (None, 0, 3, 4, 42, 81, 371),
    0.02: (1, 3, 10, 13, 92, 173, 762),
    0.03: (3, 6, 17, 22, 142, 266, 1156),
    0.05: (7, 12, 32, 40, 246, 454, 1949),
}
NEEDED = {
    0.01: (299, 473, 628, 1049, 1693),
    0.02: (149, 236, 313, 523, 845),
    0.03: (99, 157, 208, 348, 562),
    0.05: (59, 93, 124, 208, 336),
}


@pytest.mark.parametrize("budget", MOST)
def test_most_flips_that_pass(budget):
    assert tuple(most_flips(n, budget) for n in SIZES) == MOST[budget]


@pytest.mark.parametrize("budget", NEEDED)
def test_examples_needed_to_pass(budget):
    assert tuple(n_to_pass(b, budget) for b in (0, 1, 2, 5, 10)) == NEEDED[budget]


def test_golden_bounds_and_the_chance_of_so_few():
    """30 of 1,000 is within 5 %, not surely within 4 %, and surely over 2 %."""
    assert stats.binom.cdf(30, 1000, 0.05) == near(0.00128, abs=6e-6)
    assert stats.binom.cdf(30, 1000, 0.04) == near(0.05799, abs=6e-6)
    assert 0.04 < clopper_pearson_upper(30, 1000) < 0.05
    assert 0.02 < clopper_pearson_lower(30, 1000) < 0.03
    assert most_flips(1000, 0.05) >= 30 > most_flips(1000, 0.04)


@given(st.integers(1, 3000), st.data(), st.floats(0.001, 0.5), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_bound_the_test_and_the_counts_agree(n, data, budget, alpha):
    b = data.draw(st.integers(0, max(1, n // 4)))
    p_within = stats.binom.cdf(b, n, budget)
    if abs(p_within - alpha) > 1e-9:  # closer than that, rounding decides
        within = clopper_pearson_upper(b, n, alpha) <= budget
        most = most_flips(n, budget, alpha)
        assert within == (p_within <= alpha)
        assert within == (most is not None and b <= most)
        assert within == (n >= n_to_pass(b, budget, alpha))
    p_over = stats.binom.sf(b - 1, n, budget)
    if abs(p_over - alpha) > 1e-9:
        assert (clopper_pearson_lower(b, n, alpha) > budget) == (p_over < alpha)


def test_counts_at_the_edges():
    assert most_flips(0, 0.05) is None
    assert most_flips(10, 0.02) is None
    assert most_flips(59, 0.05) == 0
    assert n_to_pass(3, 0.999) == 4  # P(X <= 3) = 1 - .999^4 = .004
    with pytest.raises(ValueError, match="budget of 0"):
        n_to_pass(3, 0)


@pytest.mark.parametrize(
    ("nfr_a", "nfr_b", "keep", "n"),
    [
        (0.03, 0.02, 0.5, 1568),
        (0.03, 0.015, 0.4, 731),
        (0.05, 0.03, 0.5, 587),
        (0.06, 0.04, 0.5, 783),
        (0.02, 0.014, 0.5, 3050),
    ],
)
def test_examples_to_see_a_lower_nfr(nfr_a, nfr_b, keep, n):
    assert n_for_nfr_change(nfr_a, nfr_b, keep) == n


@pytest.mark.parametrize(
    ("nfr", "pfr", "n"), [(0.03, 0.06, 783), (0.02, 0.03, 3923), (0.03, 0.04, 5492), (0.04, 0.05, 7062)]
)
def test_examples_to_see_an_accuracy_change(nfr, pfr, n):
    assert n_for_difference(nfr, pfr) == n_for_difference(pfr, nfr) == n


def test_impossible_differences():
    for pb, pc in [(0.1, 0.1), (-0.1, 0.2), (0.7, 0.6)]:
        with pytest.raises(ValueError, match="no number of examples"):
            n_for_difference(pb, pc)
    # Keeping as many flips as B has is possible, though rounding makes this difference negative.
    assert 0.03 - 0.07 * (3 / 7) < 0
    assert n_for_nfr_change(0.07, 0.03, 3 / 7) == n_for_difference(0.04, 0)


@pytest.mark.parametrize(
    ("true_nfr", "budget", "normal", "exact"),
    [
        (0.01, 0.02, 987, 1091), (0.01, 0.03, 332, 392), (0.02, 0.03, 1588, 1692), (0.02, 0.05, 253, 286),
        (0.03, 0.05, 631, 694), (0.005, 0.01, 1990, 2185),
    ],
)  # fmt: skip
def test_examples_to_pass_a_budget(true_nfr, budget, normal, exact):
    assert n_for_budget_normal(true_nfr, budget) == normal
    assert n_for_budget(true_nfr, budget) == exact


# For 0.28 and 0.37 (and power 0.5) the power drops below once more after it was reached.
@pytest.mark.parametrize(("true_nfr", "budget"), [(0.01, 0.03), (0, 0.05), (0.002, 0.06), (0.1, 0.3), (0.28, 0.37)])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_power_is_reached_from_the_needed_number_on_and_not_just_before(true_nfr, budget, power):
    needed = n_for_budget(true_nfr, budget, power)
    reached = [
        0 if (most := most_flips(n, budget)) is None else stats.binom.cdf(most, n, true_nfr)
        for n in range(needed - 1, 4 * needed)
    ]
    assert reached[0] < power
    assert min(reached[1:]) >= power


def test_budgets_that_cannot_be_passed():
    for true_nfr, budget in [(0.02, 0.02), (0.03, 0.02), (0.02, 1), (-0.1, 0.2)]:
        with pytest.raises(ValueError, match="budget"):
            n_for_budget(true_nfr, budget)
        with pytest.raises(ValueError, match="budget"):
            n_for_budget_normal(true_nfr, budget)
