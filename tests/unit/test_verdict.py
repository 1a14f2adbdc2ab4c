from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from behavior_samples import behaviors_alone, two_tasks
from flipscope.comparison import Comparison, open_comparison
from flipscope.judge import verdict as judging
from flipscope.judge.budget import make_budget
from flipscope.judge.checks import Check
from flipscope.judge.noise_floor import Floor
from flipscope.judge.tallies import Tally
from flipscope.judge.verdict import judged
from flipscope.schema import Reason
from outcomes import compared, task_of

near = pytest.approx
#: From good to bad.
ORDER = ["ship", "ship_with_notes", "not_enough_data", "hold"]


def verdict_on(comparison, candidate="new", noise_floor=(), **budget):
    return judged(comparison, make_budget(budget), noise_floor).candidate(candidate).verdict


def outcomes(kept, broke, mended=0, wrong=0):
    return "=" * kept + "-" * broke + "+" * mended + "x" * wrong


def singles(kept, broke, mended=0, wrong=0, price=1.0):
    """Count examples that stand alone, without a comparison."""
    units = np.array([kept, broke, mended, wrong])
    kinds = np.eye(4, dtype=np.int64)[:, units > 0]
    return Tally(
        np.ones_like(kinds[0]), kinds[0], kinds[1], kinds[2], kinds[1] * price, units[units > 0], clustered=False
    )


def judge(tally, limit, measure="nfr", alpha=0.05, **more):
    return judging._reason(Check("t", "task", {"task": "t"}, measure, limit, True, tally, **more), alpha)


@pytest.fixture(scope="module")
def golden(tmp_path_factory):
    """The golden cells 850, 30, 60, 60 of 1,000: NFR 3 %, at worst 4.047 %; accuracy +3 points, at worst +1.44."""
    return compared(tmp_path_factory.mktemp("golden"), task_of(outcomes(850, 30, 60, 60)))


# A limit holds, is broken, or is undecided


@pytest.mark.parametrize(
    ("max_nfr", "decision", "holds"),
    [
        (0.05, "ship", True), (0.0405, "ship", True), (0.0404, "not_enough_data", None), (0.04, "not_enough_data", None),
        (0.03, "not_enough_data", None),  # exactly at the budget is not over it
        (0.0299, "hold", False), (0.02, "hold", False), (0, "hold", False), (1, "ship", True),
    ],
)  # fmt: skip
def test_the_golden_value_against_budgets(golden, max_nfr, decision, holds):
    found = verdict_on(golden, max_nfr=max_nfr)
    (reason,) = found.reasons
    assert (found.decision, reason.holds) == (decision, holds)
    assert (reason.observed, reason.n, reason.negative_flip, reason.positive_flip) == (0.03, 1000, 30, 60)
    assert (reason.low, reason.high) == near((0.0217, 0.04047), abs=6e-5)
    assert (reason.bound, reason.budget, reason.confidence) == (reason.high, max_nfr, near(0.95))


def test_over_the_budget_may_be_chance_or_not(golden):
    for max_nfr, beyond_chance in ((0.025, False), (0.02, True)):  # the lower bound is 2.17 %
        (reason,) = verdict_on(golden, max_nfr=max_nfr).reasons
        assert (reason.holds, reason.beyond_chance) == (False, beyond_chance)
    assert not verdict_on(golden, max_nfr=0.03).reasons[0].beyond_chance


@pytest.mark.parametrize(
    ("limit", "holds"), [(0.0143, True), (0.0145, None), (0.03, None), (0.0301, False), (-1, True), (1, False)]
)
def test_the_golden_change_of_accuracy(golden, limit, holds):
    """The 90 % Newcombe interval is [.0144, .0459]."""
    (reason,) = verdict_on(golden, min_accuracy_change=limit).reasons
    assert reason.holds is holds
    assert (reason.observed, reason.low, reason.high) == near((0.03, 0.0144, 0.0459), abs=6e-5)
    assert reason.bound == reason.low
    assert reason.beyond_chance == (limit == 1)


@given(st.integers(1, 400), st.data(), st.sampled_from([0, 0.01, 0.02, 0.05, 0.1, 1]))
def test_it_holds_just_when_so_few_flips_would_be_rare_at_the_budget(n, data, limit):
    broke = data.draw(st.integers(0, n))
    reason = judge(singles(n - broke, broke), limit)
    p = stats.binom.cdf(broke, n, limit)
    if abs(p - 0.05) > 1e-9:
        expected = False if broke / n > limit else True if p <= 0.05 or limit == 1 else None
        assert reason.holds is expected


@pytest.mark.parametrize(("broke", "n", "limit"), [(3, 100, 0.03), (7, 1000, 0.007), (1, 3, 1 / 3), (29, 100, 0.29)])
def test_exactly_at_the_budget_is_never_over_it(broke, n, limit):
    assert judge(singles(n - broke, broke), limit).holds is None
    dear = judge(singles(n - broke, broke, price=0.1), 0.1 * limit, "cost", dearest=0.1)
    assert dear.holds is None
    assert judge(singles(n - broke, broke), -limit, "accuracy_delta").holds is None


def test_nothing_to_judge_is_undecided():
    reason = judge(Tally.of_none(), 0.02)
    assert (reason.holds, reason.observed, reason.bound, reason.reason) == (None, None, None, "no_examples")
    assert reason.needed_n is None


def test_all_wrong_is_no_regression_and_all_broken_is_one(tmp_path):
    wrong = verdict_on(compared(tmp_path / "w", task_of("x" * 300)), max_nfr=0.01, min_accuracy_change=-0.02)
    assert [reason.observed for reason in wrong.reasons] == [0, 0]
    assert wrong.reasons[0].high == near(1 - 0.05 ** (1 / 300))
    broken = verdict_on(compared(tmp_path / "b", task_of("-" * 300)), max_nfr=0.99)
    assert (broken.decision, broken.reasons[0].high) == ("hold", 1)


# What a list must not break


def test_lists_hold_or_are_broken(tmp_path):
    comparison = compared(tmp_path, task_of("=-+"))
    for ids, decision, examples in ((["e0", "e2"], "ship", []), (["e0", "e1"], "hold", ["e1"])):
        found = verdict_on(comparison, must_not_break={"examples": ids})
        (reason,) = found.reasons
        assert (found.decision, reason.examples) == (decision, examples)
        assert (reason.low, reason.high, reason.confidence) == (None, None, None)


def test_a_test_without_results_can_not_be_judged(tmp_path):
    found = verdict_on(behaviors_alone(tmp_path), "good", must_not_break={"tests": ["own rule"]})
    assert (found.decision, found.reasons[0].reason) == ("not_enough_data", "no_examples")


# The decision


@pytest.mark.parametrize("required", list(itertools.product([True, False, None], repeat=2)))
@pytest.mark.parametrize("notes", [(), (True,), (False,), (None,), (True, False), (False, None)])
def test_every_decision(required, notes):
    reasons = [Reason.model_construct(required=True, holds=holds) for holds in required]
    reasons += [Reason.model_construct(required=False, holds=holds) for holds in notes]
    if False in required:
        expected = "hold"
    elif None in required:
        expected = "not_enough_data"
    else:
        expected = "ship" if set(notes) <= {True} else "ship_with_notes"
    assert judging._decision(reasons) == expected


def test_notes_do_not_hold_back(tmp_path):
    comparison = compared(tmp_path, task_of(outcomes(600, 5) + outcomes(95, 5), source=["web"] * 605 + ["mail"] * 100))
    alone = verdict_on(comparison, max_nfr=0.05)
    noted = verdict_on(comparison, max_nfr=0.05, slice=[{"column": "source", "max_nfr": 0.02}])
    strict = verdict_on(comparison, max_nfr=0.05, slice=[{"column": "source", "max_nfr": 0.02, "required": True}])
    assert [each.decision for each in (alone, noted, strict)] == ["ship", "ship_with_notes", "hold"]


# What was tried is allowed for


def test_required_limits_take_the_whole_level_and_share_it_among_candidates(tmp_path):
    two = compared(tmp_path, task_of({"a": outcomes(95, 5), "b": outcomes(95, 5)}, source=["web", "mail"] * 50))
    budget = {"max_nfr": 0.2, "min_accuracy_change": -0.5, "slice": [{"column": "source", "max_nfr": 0.2}]}
    found = verdict_on(two, "a", **budget)
    # 5 % for 2 candidates; the 2 notes share that.
    assert [reason.confidence for reason in found.reasons] == near([0.975, 0.975, 0.9875, 0.9875])
    assert found.reasons[0].high == near(stats.beta.ppf(0.975, 6, 95))
    assert found.candidates == 2
    plain = verdict_on(two, "a", correction="none", confidence=0.9, **budget)
    assert [reason.confidence for reason in plain.reasons] == near([0.9] * 4)
    assert plain.reasons[0].high == near(stats.beta.ppf(0.9, 6, 95))


# Clusters


def test_clusters_make_it_harder_to_tell(tmp_path):
    """Of 40 templates of 10 cases one flips whole: 10 of 400, which is 1 of 40."""
    flips = outcomes(390, 10)
    comparison = compared(tmp_path, task_of(flips, template=[f"t{i // 10}" for i in range(400)]))
    (apart,) = verdict_on(comparison, max_nfr=0.05).reasons
    assert (apart.clusters, apart.holds, apart.high) == (None, True, near(stats.beta.ppf(0.95, 11, 390)))
    judged_whole = verdict_on(comparison, max_nfr=0.05, cluster="template")
    assert judged_whole.cluster == "template"
    (whole,) = judged_whole.reasons
    assert (whole.clusters, whole.holds, whole.high) == (40, None, near(stats.beta.ppf(0.95, 2, 39), rel=1e-6))
    # Templates have 10 examples each, so it takes a tenth as many of them, rounded up.
    assert apart.needed_clusters is None
    assert whole.needed_clusters == -(-whole.needed_n // 10) > 40
    (change,) = verdict_on(comparison, min_accuracy_change=-0.1, cluster="template").reasons
    # The added template is one more that falls whole, so the bound is that of the NFR, from below.
    assert change.low == near(-stats.beta.ppf(0.95, 2, 39), rel=1e-6)


def test_behaviors_are_judged_by_their_own_clusters(tmp_path):
    reasons = verdict_on(two_tasks(tmp_path), max_nfr=1, behavior=[{"capability": "Negation", "max_nfr": 0.5}]).reasons
    assert (reasons[2].n, reasons[2].clusters, reasons[2].kind) == (12, 2, "capability")


# Costs


def test_cost_by_hand(tmp_path):
    """2 of 100 broke and cost 3 each: .06 an example. A flip costs 3 at the most, so it is 3 times an NFR of 2 %."""
    (reason,) = verdict_on(compared(tmp_path, task_of(outcomes(98, 2))), max_cost=0.2, cost={"default": 3}).reasons
    assert reason.observed == near(0.06)
    assert reason.high == near(3 * stats.beta.ppf(0.95, 3, 98), rel=1e-6)
    assert reason.holds is True


# The noise floor


def test_the_noise_floor_is_subtracted(tmp_path):
    """30 of 1,000 broke, where repeats of the old recipe break 20 and 24: 3 % less 2.2 % is .8 %."""
    new = compared(tmp_path / "new", task_of(outcomes(970, 30)))
    repeats = compared(tmp_path / "r", task_of({"seed1": outcomes(980, 20), "seed2": outcomes(976, 24)}))
    found = verdict_on(new, noise_floor=[repeats], max_nfr=0.02)
    (reason,) = found.reasons
    assert (reason.measure, reason.observed, reason.noise_floor) == ("excess_nfr", near(0.008), near(0.022))
    assert reason.low < 0.008 < reason.high
    assert found.noise_floor == ["r/seed1", "r/seed2"]
    assert verdict_on(new, max_nfr=0.02).decision == "hold"
    assert found.decision != "hold"
    assert verdict_on(new, noise_floor=[repeats], max_nfr=0.007).decision == "hold"
    assert verdict_on(new, noise_floor=[repeats], max_nfr=0.008).reasons[0].holds is None  # exactly at it


def test_without_any_flip_the_floor_changes_nothing():
    still = np.zeros((2, 300), np.int64)
    reason = judge(singles(300, 0), 0.02, "excess_nfr", floor=Floor(still, still[0], np.ones(300, np.int64)))
    assert (reason.observed, reason.holds) == (0, True)
    assert reason.high == near(1 - 0.05 ** (1 / 300))


# How many it takes


@pytest.mark.parametrize(
    ("rate", "limit", "needed", "n"),
    [
        (0.01, 0.02, 1091, 200),
        (0.01, 0.03, 392, 200),
        (0.02, 0.03, 1692, 200),
        (0.02, 0.05, 286, 100),
        (0.03, 0.05, 694, 200),
        (0.005, 0.01, 2185, 200),
    ],
)
def test_needed_numbers_are_the_golden_ones(rate, limit, needed, n):
    broke = round(n * rate)
    assert judge(singles(n - broke, broke), limit).needed_n == needed


@given(st.integers(1, 300), st.data(), st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=50)
def test_more_are_needed_than_there_are(n, data, limit):
    broke = data.draw(st.integers(0, int(n * limit)))
    reason = judge(singles(n - broke, broke), limit)
    if reason.holds is None:
        assert (reason.needed_n is None) == (broke / n >= limit)
        assert reason.needed_n is None or reason.needed_n > n
    else:
        assert reason.needed_n is None


def test_a_budget_of_nothing_can_not_be_shown_to_be_kept():
    reason = judge(singles(1000, 0), 0)
    assert (reason.holds, reason.needed_n) == (None, None)
    assert judge(singles(999, 1), 0).holds is False


# Properties


@given(st.integers(2, 300), st.data(), st.sampled_from([0.01, 0.02, 0.1, 0.5]))
@settings(max_examples=50)
def test_more_flips_never_help_and_larger_budgets_never_hurt(n, data, limit):
    broke = data.draw(st.integers(0, n - 1))
    rank = {True: 0, None: 1, False: 2}
    assert (
        rank[judge(singles(n - broke, broke), limit).holds]
        <= rank[judge(singles(n - broke - 1, broke + 1), limit).holds]
    )
    assert (
        rank[judge(singles(n - broke, broke), 1.5 * limit).holds] <= rank[judge(singles(n - broke, broke), limit).holds]
    )
    sizes = np.array([4, 4, 4])
    flips = np.array([0, 1, 3])
    units = np.array([n, broke, 1])
    found = [
        judge(Tally(sizes, sizes - each, each, 0 * each, each * 1.0, units, clustered=True), limit).holds
        for each in (flips, flips + np.array([0, 1, 1]))
    ]
    assert rank[found[0]] <= rank[found[1]]


@given(st.permutations(list(outcomes(20, 6, 5, 4))))
@settings(max_examples=5)
def test_the_order_of_rows_changes_nothing(tmp_path_factory, order):
    budget = {"max_nfr": 0.3, "min_accuracy_change": -0.2, "max_cost": 0.4, "cost": {"default": 0.7}}
    one, other = (
        verdict_on(compared(tmp_path_factory.mktemp("c"), task_of("".join(each))), **budget)
        for each in (outcomes(20, 6, 5, 4), order)
    )
    assert one == other


def test_a_slice_of_all_rows_is_judged_as_the_task_is(tmp_path):
    comparison = compared(tmp_path, task_of(outcomes(80, 4, 5, 6), source=["web"] * 95))
    found = verdict_on(comparison, max_nfr=0.05, slice=[{"column": "source", "max_nfr": 0.05, "required": True}])
    task, part = (reason.model_dump(exclude={"scope", "kind", "where"}) for reason in found.reasons)
    assert task == part


# The comparison that is judged


def test_the_comparison_itself_stays_as_it_is(golden):
    before = golden.manifest.model_dump_json()
    result = judged(golden, make_budget({"max_nfr": 0.02}))
    assert golden.manifest.model_dump_json() == before
    assert golden.candidate().verdict is None
    assert result.manifest.budget == {"max_nfr": 0.02}
    assert open_comparison(golden.path).candidate().verdict is None
    assert result.kept is golden.kept is golden.manifest
    assert result.summary().equals(golden.summary())


def test_what_is_kept_by_version_is_not_taken_for_another_verdict(golden):
    results = [judged(golden, make_budget({"max_nfr": limit})) for limit in (0.02, 0.05, 0.02)]
    versions = [golden.version, *(result.version for result in results)]
    assert versions[1] == versions[3]
    assert len(set(versions)) == 3
    assert results[0].count() == 1000


def test_the_same_twice_to_the_last_digit(tmp_path):
    data = task_of(
        outcomes(300, 20, 10), weight=[0.1 * (i % 7) for i in range(330)], group=[i % 40 for i in range(330)]
    )
    budget = {
        "max_nfr": 0.1,
        "min_accuracy_change": -0.1,
        "max_cost": 0.1,
        "cost": {"column": "weight"},
        "cluster": "group",
    }
    first, second = (
        judged(compared(tmp_path / name, data), make_budget(budget)).results.model_dump_json() for name in ("a", "b")
    )
    assert first == second
    assert "NaN" not in first
    assert json.loads(first)["candidates"][0]["verdict"]["decision"] == "not_enough_data"


def test_a_verdict_can_be_written_and_read(golden):
    result = judged(golden, make_budget({"max_nfr": 0.04}))
    text = result.manifest.model_dump_json()
    assert Comparison(golden.path).manifest.model_validate_json(text).results == result.results
