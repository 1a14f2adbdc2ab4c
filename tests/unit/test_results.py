"""Results of methods: rates worked out by hand, what is compared with what, corrections and costs."""

from __future__ import annotations

import pytest

from builders import build_comparison
from flipscope.flips.significance import benjamini_hochberg
from flipscope.mitigate.plan import Made, Method, Unit, candidate_name
from flipscope.mitigate.results import method_results, old_info
from outcomes import task_of

near = pytest.approx
PLAIN, DISTILLED, ENSEMBLE = (
    Method("conventional", "conventional"),
    Method("d", "distillation"),
    Method("e", "ensemble", 2),
)
PLAIN_UNITS = (Unit("conventional", 1), Unit("conventional", 2))
TRIED = (Unit("d/a", 1), Unit("d/b", 1))


def made_of(ensemble_seed=1, alpha=1.0):
    plain = [Made(candidate_name(PLAIN, unit.seed), PLAIN, "S", unit.seed, (unit,), {}) for unit in PLAIN_UNITS]
    distilled = [
        Made(candidate_name(DISTILLED, 1), DISTILLED, "S", 1, TRIED, {"gate": "all", "alpha": alpha}),
        Made(candidate_name(DISTILLED, 2), DISTILLED, "S", 2, (*TRIED, Unit("d/a", 2)), {"gate": "all", "alpha": alpha}),
    ]  # fmt: skip
    return [*plain, *distilled, Made("e", ENSEMBLE, "S", ensemble_seed, PLAIN_UNITS, {})]


def outcomes(broke, wrong=10, n=100):
    """All right but the first `broke`, the old model too but for the last `wrong`."""
    return "-" * broke + "=" * (n - broke - wrong) + "x" * wrong


def answers(*broke, n=100, wrong=10):
    names = ("conventional-1", "conventional-2", "d-1", "d-2", "e")
    return {name: outcomes(each, wrong, n) for name, each in zip(names, broke, strict=True)}


SECONDS = {
    (task, unit.folder): 10.0
    for task in ("first", "second")
    for unit in (*PLAIN_UNITS, *TRIED, Unit("d/a", 2))
}  # fmt: skip


@pytest.fixture(scope="module")
def two_tasks(tmp_path_factory):
    first = task_of(answers(10, 14, 2, 6, 8), task="first")
    second = task_of(answers(40, 40, 40, 40, 20, n=1000), task="second")
    return build_comparison(tmp_path_factory.mktemp("two") / "c", [first, second])


@pytest.fixture(scope="module")
def results(two_tasks):
    made = {"first": made_of(), "second": made_of(ensemble_seed=2, alpha=2.0)}
    return method_results(two_tasks, made, {**SECONDS, ("second", "d/b/seed-1"): None})


def one(results, method, task):
    return next(each for each in results if (each.method, each.task) == (method, task))


def test_every_method_has_a_row_for_each_task_and_one_for_all(results):
    assert [(each.method, each.task) for each in results] == [
        (method, task) for method in ("conventional", "d", "e") for task in ("first", "second", None)
    ]


def test_rates_are_means_over_seeds(results):
    found = one(results, "d", "first")
    assert (found.candidates, found.seeds, found.n) == (["d-1", "d-2"], [1, 2], 100)
    # 2 and 6 of 100 broke, 10 are wrong on both sides.
    assert found.nfr.value == near(0.04)
    assert found.pfr.value == 0
    assert found.accuracy.value == near((0.88 + 0.84) / 2)
    assert found.accuracy_delta.value == near(-0.04)
    assert found.churn == near(0.04)
    assert found.nfi == near((2 / 12 + 6 / 16) / 2)
    # n b / ((a + b)(b + d)), with a + b = 90.
    assert found.relative_nfr == near((100 * 2 / (90 * 12) + 100 * 6 / (90 * 16)) / 2)
    assert found.nfr.low < 0.04 < found.nfr.high


def test_others_are_compared_with_the_conventional_runs(results):
    # Conventional: 10 and 14 of 100. Half a flip is added to both.
    found = one(results, "e", "first")
    assert found.nfr_ratio.value == near(8.5 / 12.5)
    assert found.accuracy_gain.value == near(0.04)
    assert found.nfr_ratio.low < found.nfr_ratio.value < found.nfr_ratio.high
    assert 0 < found.p_value <= found.q_value <= 1


def test_the_conventional_update_is_not_compared_with_itself(results):
    for task in ("first", "second", None):
        found = one(results, "conventional", task)
        assert (found.nfr_ratio.value, found.accuracy_gain.value, found.p_value, found.q_value) == (None,) * 4
        assert {found.nfr_ratio.reason, found.accuracy_gain.reason, found.p_value_reason, found.q_value_reason} == {
            "is_conventional"
        }


def test_over_all_tasks_each_counts_the_same(results):
    found = one(results, "e", None)
    assert found.n == 1100
    assert found.nfr.value == near((0.08 + 0.02) / 2)
    assert found.nfr_ratio.value == near((0.085 + 0.0205) / (0.125 + 0.0405))
    assert found.churn == near((0.08 + 0.02) / 2)


def test_only_what_was_chosen_alike_on_all_tasks_is_told_of_all(results):
    assert one(results, "d", "second").settings == {"gate": "all", "alpha": 2.0}
    assert one(results, "d", None).settings == {"gate": "all"}
    assert one(results, "d", None).seeds == [1, 2]
    assert (one(results, "e", "second").seeds, one(results, "e", None).seeds) == ([2], [])


def test_p_values_are_corrected_for_all_methods_and_tasks(results):
    single = [each for each in results if each.task is not None and each.p_value is not None]
    assert len(single) == 4
    assert [each.q_value for each in single] == near(list(benjamini_hochberg([each.p_value for each in single])))
    pooled = [each for each in results if each.task is None and each.p_value is not None]
    assert [each.q_value for each in pooled] == near(list(benjamini_hochberg([each.p_value for each in pooled])))


def test_costs_are_of_one_candidate_with_what_was_only_tried(results):
    assert [(each.models_trained, each.models_shipped) for each in results if each.task == "first"] == [
        (1, 1), (2, 1), (2, 2),
    ]  # fmt: skip
    assert [each.training_seconds for each in results if each.task == "first"] == [10, 20, 20]
    assert one(results, "d", "second").training_seconds is None  # one of them is not known
    assert one(results, "d", None).training_seconds is None


def test_a_single_task_has_no_row_for_all(tmp_path):
    comparison = build_comparison(tmp_path / "c", [task_of(answers(1, 2, 0, 0, 1), task="first")])
    found = method_results(comparison, {"first": made_of()}, SECONDS)
    assert [each.task for each in found] == ["first"] * 3


def test_what_is_undefined_is_null_with_a_reason(tmp_path):
    comparison = build_comparison(tmp_path / "c", [task_of(answers(0, 0, 0, 0, 0, wrong=0), task="first")])
    for found in method_results(comparison, {"first": made_of()}, SECONDS):
        assert (found.nfi, found.nfi_reason) == (None, "no_new_errors")
        assert (found.relative_nfr, found.relative_nfr_reason) == (None, "no_new_errors")
    assert (found.nfr_ratio.value, found.nfr_ratio.reason) == (None, "no_negative_flips")
    assert (found.p_value, found.q_value, found.q_value_reason) == (None, None, "no_negative_flips")
    assert found.nfr.low == 0 < found.nfr.high


def test_a_single_seed_says_that_seeds_are_not_allowed_for(tmp_path):
    made = [each for each in made_of() if each.seed == 1]
    parts = {name: each for name, each in answers(3, 0, 1, 0, 2).items() if not name.endswith("-2")}
    found = method_results(build_comparison(tmp_path / "c", [task_of(parts, task="first")]), {"first": made}, SECONDS)
    assert [bool(each.notes) for each in found] == [True, True, False]  # an ensemble is of several anyway


def test_examples_that_not_all_answered_are_left_out_for_all(tmp_path):
    task = task_of(answers(10, 14, 2, 6, 8), task="first")
    short = task.predictions["e"]
    object.__setattr__(short, "table", short.table.slice(50))  # the first 50, all flips among them, have no answer
    comparison = build_comparison(tmp_path / "c", [task])
    found = method_results(comparison, {"first": made_of()}, SECONDS)
    assert {each.n for each in found} == {50}
    assert {each.nfr.value for each in found} == {0.0}


@pytest.mark.parametrize(
    ("yes", "old_wrong", "broke", "degenerate"),
    [
        (70, 10, 0, False),  # 90 % where the commonest class is 70 %
        (89, 10, 0, True),  # 90 % where it is 89 %
        (70, 40, 0, True),  # below it
        (80, 10, 9, True),  # a conventional one has 81 % where it is 80 %
    ],
)
def test_a_task_is_degenerate_where_the_commonest_class_does_as_well(tmp_path, yes, old_wrong, broke, degenerate):
    labels = ["yes"] * yes + ["no"] * (100 - yes)
    parts = {"conventional-1": outcomes(0, old_wrong), "conventional-2": outcomes(broke, old_wrong)}
    comparison = build_comparison(tmp_path / "c", [task_of(parts, task="first", labels=labels)])
    found = old_info(comparison, "first", 0.95, ["maybe"])
    assert found.degenerate is degenerate
    assert found.majority == near(yes / 100)
    assert found.accuracy.value == near(1 - old_wrong / 100)
    assert found.accuracy.low < found.accuracy.value < found.accuracy.high
    assert (found.train_accuracy, found.new_classes) == (0.95, ["maybe"])


def test_only_conventional_candidates_make_a_task_degenerate(tmp_path):
    parts = {"conventional-1": outcomes(0), "distil-1": outcomes(40)}
    labels = ["yes"] * 60 + ["no"] * 40
    comparison = build_comparison(tmp_path / "c", [task_of(parts, task="first", labels=labels)])
    assert not old_info(comparison, "first", None, []).degenerate
