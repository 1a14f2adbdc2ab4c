from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from flipscope.flips.measures import Measure
from flipscope.flips.significance import (
    benjamini_hochberg,
    benjamini_yekutieli,
    compare_updates,
    mcnemar_asymptotic,
    mcnemar_corrected,
    mcnemar_exact,
    mcnemar_midp,
    mcnemar_worse,
)

near = pytest.approx
flips = st.integers(0, 2000)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("b", "c", "exact", "midp", "asymptotic", "corrected"),
    [
        (1, 7, 0.0703, 0.0391, 0.0339, 0.0771),
        (30, 60, 0.002060, 0.001517, 0.0016, 0.0022),
        (8, 20, 0.0357, 0.0241, 0.0233, 0.0376),
        (15, 5, 0.0414, 0.0266, 0.0253, 0.0442),
        (20, 20, 1, 0.9373, 1, 1),
        # The R package contingencytables, to six decimals.
        (6, 16, 0.052479, 0.034690, 0.033006, 0.055009),
    ],
)
def test_golden_p_values(b, c, exact, midp, asymptotic, corrected):
    assert mcnemar_exact(b, c) == near(exact, abs=6e-5)
    assert mcnemar_midp(b, c) == near(midp, abs=6e-5)
    assert mcnemar_asymptotic(b, c) == near(asymptotic, abs=6e-5)
    assert mcnemar_corrected(b, c) == near(corrected, abs=6e-5)


def test_full_precision():
    assert mcnemar_exact(30, 60) == near(0.002060, abs=5e-7)
    assert mcnemar_midp(30, 60) == near(0.001517, abs=5e-7)


@given(flips, flips)
def test_agrees_with_statsmodels_and_scipy(b, c):
    n, fewer = b + c, min(b, c)
    table = [[0, b], [c, 0]]
    if n == 0:
        return
    assert mcnemar_exact(b, c) == near(mcnemar(table, exact=True).pvalue, rel=1e-9)
    assert mcnemar_asymptotic(b, c) == near(mcnemar(table, exact=False, correction=False).pvalue, rel=1e-9)
    if b != c:  # statsmodels does not floor the corrected difference at 0
        assert mcnemar_corrected(b, c) == near(mcnemar(table, exact=False, correction=True).pvalue, rel=1e-9)
        assert mcnemar_midp(b, c) == near(mcnemar_exact(b, c) - stats.binom.pmf(fewer, n, 0.5), rel=1e-9, abs=1e-300)
    else:
        assert mcnemar_midp(b, c) == near(1 - stats.binom.pmf(b, n, 0.5) / 2)
    assert mcnemar_worse(b, c, exact=True) == near(stats.binom.sf(b - 1, n, 0.5), rel=1e-9)
    midp = stats.binom.sf(b - 1, n, 0.5) - stats.binom.pmf(b, n, 0.5) / 2
    assert mcnemar_worse(b, c) == near(midp, abs=1e-12)


@given(flips, flips)
def test_order_of_the_p_values_and_symmetry(b, c):
    exact, midp = mcnemar_exact(b, c), mcnemar_midp(b, c)
    assert 0 <= midp <= exact <= 1
    if b == c:
        assert exact == 1
    for two_sided in (mcnemar_exact, mcnemar_midp, mcnemar_asymptotic, mcnemar_corrected):
        assert two_sided(b, c) == two_sided(c, b)
    if b + c:
        assert mcnemar_worse(b, c) + mcnemar_worse(c, b) == near(1)


def test_without_flips_all_are_one():
    for test in (mcnemar_exact, mcnemar_midp, mcnemar_asymptotic, mcnemar_corrected, mcnemar_worse):
        assert test(0, 0) == 1
    assert mcnemar_worse(0, 0, exact=True) == 1


@pytest.mark.parametrize(
    ("n", "exact", "midp"),
    [
        (3, 0.25, 0.125),
        (4, 0.125, 0.0625),
        (5, 0.0625, 0.03125),
        (6, 0.03125, 0.01563),
        (7, 0.01563, 0.00781),
        (8, 0.00781, 0.00391),
    ],
)
def test_smallest_p_value_of_n_flips(n, exact, midp):
    assert mcnemar_exact(0, n) == near(exact, abs=6e-6)
    assert mcnemar_midp(n, 0) == near(midp, abs=6e-6)


def test_arrays_and_large_counts():
    b, c = np.array([1, 30, 0]), np.array([7, 60, 0])
    assert mcnemar_midp(b, c) == near([mcnemar_midp(1, 7), mcnemar_midp(30, 60), 1])
    million = 10**6
    assert mcnemar_midp(million, million + 3000) == near(mcnemar_asymptotic(million, million + 3000), rel=1e-3)


P = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]


def test_golden_adjusted_p_values():
    assert benjamini_hochberg(P) == near([0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.1057, 0.216, 0.216, 0.216], abs=6e-5)
    assert benjamini_yekutieli(P) == near(
        [0.0293, 0.1172, 0.2460, 0.2460, 0.2460, 0.2929, 0.3096, 0.6327, 0.6327, 0.6327], abs=6e-5
    )


@given(p_values)
def test_adjustment_agrees_with_statsmodels(p):
    assert benjamini_hochberg(p) == near(multipletests(p, method="fdr_bh")[1], abs=1e-12)
    assert benjamini_yekutieli(p) == near(multipletests(p, method="fdr_by")[1], abs=1e-12)


@given(p_values, st.randoms(use_true_random=False))
def test_adjustment_keeps_order_and_does_not_depend_on_it(p, random):
    q = benjamini_hochberg(p)
    assert np.all(q >= p)
    assert np.all(np.diff(q[np.argsort(p, kind="stable")]) >= 0)
    order = list(range(len(p)))
    random.shuffle(order)
    assert np.array_equal(benjamini_hochberg(np.array(p)[order]), q[order])


def test_one_test_needs_no_adjustment_and_untested_ones_do_not_count():
    assert benjamini_hochberg([0.03]).tolist() == [0.03]
    q = benjamini_hochberg([np.nan, 0.01, np.nan, 0.04])
    assert np.isnan(q[[0, 2]]).all()
    assert q[[1, 3]] == near([0.02, 0.04])
    assert benjamini_hochberg([]).tolist() == []
    assert np.isnan(benjamini_yekutieli([np.nan])).all()


def indicators(both, only_a, only_b, neither):
    a = np.repeat([True, True, False, False], [both, only_a, only_b, neither])
    b = np.repeat([True, False, True, False], [both, only_a, only_b, neither])
    return a, b


def test_two_updates_by_hand():
    found = compare_updates(*indicators(10, 20, 5, 965))
    assert (found.both, found.only_a, found.only_b, found.neither) == (10, 20, 5, 965)
    assert found.mcnemar_p.value == near(mcnemar_midp(20, 5))
    assert found.nfr_ratio.value == near(30.5 / 15.5)
    assert 1 < found.nfr_ratio.low < 30.5 / 15.5 < found.nfr_ratio.high
    # The delta method for a ratio of paired proportions: var(log) = (only_a + only_b) / (n_a n_b).
    half = 1.959964 * np.sqrt(25 / (30 * 15))
    limits = np.exp(np.log(30.5 / 15.5) + np.array([-half, half]))
    assert (found.nfr_ratio.low, found.nfr_ratio.high) == near(tuple(limits), rel=0.1)


def test_two_updates_swapped():
    ab, ba = (compare_updates(*pair) for pair in (indicators(3, 20, 5, 100), indicators(3, 5, 20, 100)))
    assert ab.mcnemar_p == ba.mcnemar_p
    assert ab.nfr_ratio.value == near(1 / ba.nfr_ratio.value)


def test_two_updates_at_the_edges():
    none = compare_updates(*indicators(0, 0, 0, 5))
    assert none.nfr_ratio.reason == "no_negative_flips"
    assert none.nfr_ratio.value is None
    assert none.mcnemar_p == Measure(1.0, "no_discordant")

    same = compare_updates(*indicators(4, 0, 0, 5))
    assert same.mcnemar_p == Measure(1.0, "no_discordant")
    assert (same.nfr_ratio.value, same.nfr_ratio.low, same.nfr_ratio.reason) == (1, None, "no_variation")

    one_sided = compare_updates(*indicators(0, 0, 8, 92)).nfr_ratio
    assert one_sided.value == near(0.5 / 8.5)
    assert 0 < one_sided.low < one_sided.value < one_sided.high < 1

    empty = compare_updates([], [])
    assert empty.mcnemar_p == Measure(None, "no_examples")
    assert empty.nfr_ratio.reason == "no_examples"

    with pytest.raises(ValueError, match="different examples"):
        compare_updates([True], [True, False])
