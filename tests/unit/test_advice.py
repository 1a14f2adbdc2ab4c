"""The fix advisor: mixing, fallback and routing from stored answers, chosen on one half and judged on the other."""

import json
import math

import numpy as np
import pytest

from behavior_samples import behaviors_alone
from builders import build_comparison, examples, predictions, simulated_task
from flipscope.comparison import open_comparison
from flipscope.errors import FlipscopeError
from flipscope.mitigate.advice.advise import LEAST_EXAMPLES, advise
from flipscope.mitigate.advice.contract import Advice
from flipscope.mitigate.advice.curves import fallback, mixing, route_order, routing
from flipscope.mitigate.advice.stored_answers import StoredAnswers, read_answers, read_slices
from flipscope.store.tables import TaskData

LABELS = ("a", "b")


def answers(label, p_old, p_new, judging=None):
    """Make stored answers of two classes from the probabilities of the second one."""
    label, p_old, p_new = np.array(label), np.array(p_old, dtype=float), np.array(p_new, dtype=float)
    old, new = (p_old > 0.5).astype(int), (p_new > 0.5).astype(int)
    differ = np.flatnonzero(old != new)
    both = [np.column_stack([1 - p, p]) for p in (p_old, p_new)]
    half = np.zeros(len(label), dtype=bool) if judging is None else np.array(judging, dtype=bool)
    return StoredAnswers(
        label, old, new, both[1].max(axis=1), half, differ, (both[0][differ], both[1][differ])
    )  # fmt: skip


def task(rows, *, name="t", scores=True, texts=None, **columns):
    """Make a task from (label, P(b) of the old model, P(b) of the candidate) of each example."""
    texts = texts or [f"text {i}" for i in range(len(rows))]
    table = [
        {"example_id": f"e{i}", "text_a": texts[i], "label": LABELS[label]}
        | {column: values[i] for column, values in columns.items()}
        for i, (label, _, _) in enumerate(rows)
    ]
    ids = [row["example_id"] for row in table]
    models = {}
    for side, at in (("old", 1), ("new", 2)):
        p = np.array([row[at] for row in rows])
        given = [LABELS[int(each > 0.5)] for each in p]
        models[side] = predictions(side, ids, LABELS, given, np.column_stack([1 - p, p]) if scores else None)
    return TaskData(examples(name, table, LABELS), models)


@pytest.fixture(scope="module")
def three_tasks(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("three") / "c")


def families(advice):
    return {family.family: family for family in advice.families}


# One example each: the sure old model is right, the unsure one is wrong, and the candidate the other way round.
CROSSED = answers(label=[1, 0], p_old=[0.9, 0.6], p_new=[0.4, 0.2])


def test_a_mixture_answers_with_the_larger_weighted_mean():
    found = {round(each.setting, 6): each.pred.tolist() for each in mixing(CROSSED)}
    # P(b) of the first example is 0.4 + 0.5 w, over a half from w = 0.2 on; of the second 0.2 + 0.4 w, from 0.75 on.
    assert found[0.175] == [0, 0]
    assert found[0.225] == [1, 0]
    assert found[0.725] == [1, 0]
    assert found[0.775] == [1, 1]


def test_a_mixture_of_three_classes_may_be_what_neither_answers():
    p_old, p_new = np.array([[0.5, 0.1, 0.4]]), np.array([[0.1, 0.5, 0.4]])
    one = StoredAnswers(np.array([2]), np.array([0]), np.array([1]), np.array([0.5]), np.array([False]),
                        np.array([0]), (p_old, p_new))  # fmt: skip
    found = {round(each.setting, 6): int(each.pred[0]) for each in mixing(one)}
    assert (found[0.0], found[0.5], found[1.0]) == (1, 2, 0)


def test_the_old_model_answers_where_the_candidate_is_unsure():
    four = answers(label=[1] * 4, p_old=[0.1] * 4, p_new=[0.6, 0.7, 0.8, 0.9])
    by_threshold = {each.setting: each for each in fallback(four)}
    assert by_threshold[0.0].pred.tolist() == [1, 1, 1, 1]
    for threshold, each in by_threshold.items():
        below = [p < threshold for p in (0.6, 0.7, 0.8, 0.9)]
        assert each.asks_old.tolist() == below
        assert each.pred.tolist() == [0 if unsure else 1 for unsure in below]
    assert {each.asks_old.sum() for each in by_threshold.values()} == {0, 1, 2, 3}


def test_thresholds_come_from_the_choosing_half():
    label, p_old, p_new = [1] * 4, [0.1] * 4, [0.6, 0.7, 0.8, 0.9]
    found = [each.setting for each in fallback(answers(label, p_old, p_new, [False, False, True, True]))]
    assert 0.6 <= min(found[1:]) <= max(found) <= 0.7


def test_slices_are_routed_by_what_they_cost_for_what_they_avoid():
    # Flips of each slice of 25: dear 2 broke and 4 mended, cheap 2 and 1, free 1 and 0, useless 0 and 3.
    flips = {"dear": (2, 4), "cheap": (2, 1), "free": (1, 0), "useless": (0, 3)}
    rows, names = [], []
    for name, (broke, mended) in flips.items():
        rows += [(1, 0.9, 0.1)] * broke + [(1, 0.1, 0.9)] * mended + [(1, 0.9, 0.9)] * (25 - broke - mended)
        names += [name] * 25
    stored = answers(*zip(*rows, strict=True))
    slices = {("capability", name): np.array(names) == name for name in flips}
    order = route_order(stored, slices)
    assert [value for _, value in order] == ["free", "cheap", "dear"]

    points = list(routing(stored, [slices[name] for name in order]))
    broke = [int(((each.pred != 1) & (stored.old == 1)).sum()) for each in points]
    right = [int((each.pred == 1).sum()) for each in points]
    asked = [int(each.asks_old.sum()) for each in points]
    assert (broke, right, asked) == ([5, 4, 2, 0], [95, 96, 97, 95], [0, 25, 50, 75])


def test_what_a_slice_avoids_is_counted_without_those_routed_before():
    # "inner" lies within "outer", which has one more flip, at the cost of a positive one.
    rows = [(1, 0.9, 0.1)] * 3 + [(1, 0.1, 0.9)] + [(1, 0.9, 0.9)] * 46
    stored = answers(*zip(*rows, strict=True))
    inner = np.array([True] * 2 + [False] * 23 + [True] * 20 + [False] * 5)
    slices = {("has_inner", "true"): inner, ("has_outer", "true"): np.ones(50, dtype=bool)}
    assert route_order(stored, slices) == [("has_inner", "true"), ("has_outer", "true")]
    assert route_order(stored, {("has_inner", "true"): inner, ("has_same", "true"): inner.copy()}) == [
        ("has_inner", "true")
    ]


def test_slices_of_few_examples_are_not_routed():
    rows = [(1, 0.9, 0.1)] + [(1, 0.9, 0.9)] * 39
    stored = answers(*zip(*rows, strict=True))
    small = np.arange(40) < 19
    assert route_order(stored, {("capability", "small"): small}) == []
    assert route_order(stored, {("capability", "larger"): np.arange(40) < 20}) == [("capability", "larger")]


@pytest.mark.parametrize("number", range(2))
def test_the_ends_of_the_curves_are_the_two_models(three_tasks, number):
    advice = advise(three_tasks).tasks[number]
    stored = read_answers(three_tasks, advice.task, "new")
    half, found = stored.judging, families(advice)
    candidate = (int((stored.new == stored.label)[half].sum()),
                 int(((stored.old == stored.label) & (stored.new != stored.label))[half].sum()), 0)  # fmt: skip
    for name in ("mixing", "fallback"):
        first = found[name].points[0]
        assert (first.correct, first.negative_flip, first.asks_old) == candidate
    last = found["mixing"].points[-1]
    assert (last.setting, last.negative_flip, last.asks_old) == (1, 0, advice.judging)
    assert last.correct == int((stored.old == stored.label)[half].sum())
    assert found["routing"].reason == "no_capability_column"


def test_halves_are_of_the_whole_task_and_agree_with_its_figures(three_tasks):
    for advice in advise(three_tasks).tasks:
        stored = read_answers(three_tasks, advice.task, "new")
        assert advice.choosing + advice.judging == three_tasks.result(advice.task).n
        broke = (stored.old == stored.label) & (stored.new != stored.label)
        assert int(broke.sum()) == three_tasks.result(advice.task).negative_flip


def test_every_point_adds_up(three_tasks):
    for advice in advise(three_tasks).tasks:
        for family in advice.families:
            for point in family.points:
                assert point.n == advice.judging
                assert point.accuracy == pytest.approx(point.correct / point.n)
                assert point.nfr == pytest.approx(point.negative_flip / point.n)
                assert point.correct + point.negative_flip <= point.n
            if family.chosen:
                chosen, point = family.chosen, family.points[family.chosen.index]
                assert chosen.nfr.low <= point.nfr == chosen.nfr.value <= chosen.nfr.high
                assert chosen.accuracy.low <= point.accuracy == chosen.accuracy.value <= chosen.accuracy.high
                assert advice.new.negative_flip - chosen.avoided + chosen.added == point.negative_flip
                assert chosen.accuracy_change.value == pytest.approx(point.accuracy - advice.new.accuracy)


def unsure_flips(n=400):
    """Of ten examples the candidate breaks two, unsure of them; it is sure of the rest, and mends one."""
    return [(1, 0.9, 0.45) if i % 10 < 2 else (1, 0.1, 0.99) if i % 10 == 2 else (1, 0.8, 0.97) for i in range(n)]


def test_it_falls_back_where_the_candidate_breaks_only_what_it_is_unsure_of(tmp_path):
    advice = advise(build_comparison(tmp_path / "c", [task(unsure_flips())])).tasks[0]
    found = families(advice)["fallback"]
    point = found.points[found.chosen.index]
    assert (point.negative_flip, point.correct) == (0, point.n)
    assert 0.55 < point.setting <= 0.97
    assert point.asks_old == advice.new.negative_flip == found.chosen.avoided
    assert found.chosen.accuracy_change.value == pytest.approx(1 - advice.new.accuracy)
    assert 0 < found.chosen.accuracy_change.low < found.chosen.accuracy_change.value
    assert found.chosen.nfr_ratio.value == pytest.approx(0.5 / (advice.new.negative_flip + 0.5))
    assert (advice.advised, advice.helps) == ("fallback", True)  # mixing does as well, but asks both models always
    assert advice.sentence.startswith("Ask the old model where the candidate is less sure than ")
    assert f"{advice.new.negative_flip} → 0 of {advice.judging}" in advice.sentence


def test_what_is_chosen_does_not_depend_on_the_judging_half(tmp_path):
    rows = unsure_flips()
    before = build_comparison(tmp_path / "before", [task(rows)])
    stored = read_answers(before, "t", "new")
    ids = before.query("SELECT row_id, example_id FROM facts ORDER BY row_id")["example_id"]
    judging = {int(name[1:]) for name, judged in zip(ids, stored.judging, strict=True) if judged}
    assert 100 < len(judging) < 300

    swapped = [(1 - label, *p) if i in judging else (label, *p) for i, (label, *p) in enumerate(rows)]
    after = build_comparison(tmp_path / "after", [task(swapped)])
    one, other = (advise(each).tasks[0] for each in (before, after))
    assert one.advised == other.advised
    for name in ("mixing", "fallback"):
        assert families(one)[name].chosen.index == families(other)[name].chosen.index
    assert families(one)["fallback"].points != families(other)["fallback"].points  # only the figures are others
    assert (one.helps, other.helps) == (True, False)
    assert other.sentence.startswith("Nothing surely helps. What was best on the choosing half, asking the old model ")


def test_examples_with_the_same_texts_are_in_the_same_half(tmp_path):
    texts = [f"Text  {i // 2}" if i % 2 else f" text {i // 2}" for i in range(400)]
    comparison = build_comparison(tmp_path / "c", [task(unsure_flips(), texts=texts)])
    frame = comparison.query("SELECT row_id, example_id FROM facts ORDER BY row_id")
    stored = read_answers(comparison, "t", "new")
    half = dict(zip((int(name[1:]) // 2 for name in frame["example_id"]), stored.judging, strict=True))
    for name, judged in zip(frame["example_id"], stored.judging, strict=True):
        assert half[int(name[1:]) // 2] == judged
    assert 0.3 < stored.judging.mean() < 0.7


def test_without_texts_ids_tell_the_half(tmp_path):
    part = simulated_task("t", 300, LABELS, texts=False)
    stored = read_answers(build_comparison(tmp_path / "c", [part]), "t", "new")
    assert 0.3 < stored.judging.mean() < 0.7


def test_it_routes_the_capability_that_broke(tmp_path):
    # Probabilities are all the same, so that neither mixing nor confidence can tell the broken ones apart.
    kinds = ["Negation" if i % 4 == 0 else "Other" for i in range(400)]
    rows = [(1, 0.9, 0.1) if kind == "Negation" else (1, 0.1, 0.9) for kind in kinds]
    comparison = build_comparison(tmp_path / "c", [task(rows, capability=kinds)])
    advice = advise(comparison).tasks[0]
    found = families(advice)["routing"]
    assert [(each.column, each.value) for each in found.order] == [("capability", "Negation")]
    assert (found.points[1].correct, found.points[1].negative_flip) == (advice.judging, 0)
    assert (advice.advised, advice.helps) == ("routing", True)
    assert "Send Negation to the old model" in advice.sentence
    assert "must be known when they come in" in advice.sentence


def test_only_capabilities_are_routed_and_of_tags_only_what_has_them(tmp_path):
    columns = {
        "has_negation": [i % 2 == 0 for i in range(400)],
        "source": ["web" if i % 3 else "mail" for i in range(400)],
        "label_": [LABELS[i % 2] for i in range(400)],
    }
    comparison = build_comparison(tmp_path / "c", [task(unsure_flips(), **columns)])
    slices = read_slices(comparison, "t", "new")
    assert list(slices) == [("has_negation", "true")]
    assert int(slices["has_negation", "true"].sum()) == 200


def test_slices_are_in_the_order_of_the_answers(tmp_path):
    kinds = ["x" if i % 10 < 2 else "y" for i in range(400)]  # x is just what breaks
    comparison = build_comparison(tmp_path / "c", [task(unsure_flips(), capability=kinds)])
    stored, slices = read_answers(comparison, "t", "new"), read_slices(comparison, "t", "new")
    assert np.array_equal(slices["capability", "x"], (stored.old == 1) & (stored.new == 0))


def test_slices_of_a_second_candidate_are_in_that_order_too(tmp_path):
    part = simulated_task("t", 200, LABELS, candidates=("first", "second"))
    kinds = part.examples.table["example_id"].to_pylist()
    odd = [("odd" if int(name.split("-")[1]) % 2 else "even") for name in kinds]
    table = part.examples.table.append_column("capability", [odd])
    tagged = TaskData(type(part.examples)(**{**vars(part.examples), "table": table}), part.predictions)
    comparison = build_comparison(tmp_path / "c", [tagged])
    rows = comparison.query("SELECT capability FROM facts WHERE candidate = 'second' ORDER BY row_id")["capability"]
    assert read_slices(comparison, "t", "second")["capability", "odd"].tolist() == (rows == "odd").tolist()


def test_nothing_to_gain_leaves_the_candidate_as_it_is(tmp_path):
    rows = [(1, 0.9 if i % 4 else 0.3, 0.8) for i in range(400)]  # it mends, and breaks nothing
    advice = advise(build_comparison(tmp_path / "c", [task(rows)])).tasks[0]
    assert (advice.advised, advice.helps) == (None, None)
    assert advice.sentence.startswith("Use the candidate as it is")
    assert all(family.chosen.index == 0 for family in advice.families if family.chosen)
    assert all(family.chosen.nfr_ratio.value is None for family in advice.families if family.chosen)


def test_the_old_model_is_kept_where_the_candidate_gains_nothing(tmp_path):
    rows = [(1, 0.9, 0.01) if i % 4 == 0 else (1, 0.9, 0.99) for i in range(400)]  # sure of what it breaks
    advice = advise(build_comparison(tmp_path / "c", [task(rows)])).tasks[0]
    assert advice.advised == "mixing"
    assert advice.sentence.startswith(("Keep the old model: ", "Mix in the old model "))
    point = families(advice)["mixing"].points[families(advice)["mixing"].chosen.index]
    assert point.negative_flip == 0


def test_a_flip_more_or_less_is_no_advice(tmp_path):
    part = simulated_task("intent", 200, LABELS, seed=4, candidates=("small", "large"))  # confidence says nothing here
    advice = advise(build_comparison(tmp_path / "c", [part]), candidate="large").tasks[0]
    chosen = families(advice)[advice.advised].chosen
    assert (chosen.avoided, chosen.nfr_ratio.high) == (1, 1)
    assert advice.helps is False
    assert advice.sentence.startswith("Nothing surely helps. What was best on the choosing half, asking the old model ")
    assert f"avoided 1 of {advice.new.negative_flip} negative flips on the other: " in advice.sentence


def test_the_margin_limits_what_accuracy_is_given_up(tmp_path):
    # Below 0.6 are 20 % of the examples: 8 % broke and 12 % mended, so falling back loses 4 points.
    rows = [(1, 0.9, 0.45) if i % 25 < 2 else (1, 0.1, 0.55) if i % 25 < 5 else (1, 0.9, 0.99) for i in range(1000)]
    comparison = build_comparison(tmp_path / "c", [task(rows)])
    strict, loose = (
        families(advise(comparison, accuracy_margin=margin).tasks[0])["fallback"] for margin in (0.01, 0.3)
    )
    assert strict.points[strict.chosen.index].negative_flip > 0
    assert loose.points[loose.chosen.index].negative_flip == 0


def test_without_probabilities_only_routing_is_left(tmp_path):
    kinds = ["x" if i % 10 < 2 else "y" for i in range(400)]
    advice = advise(build_comparison(tmp_path / "c", [task(unsure_flips(), scores=False, capability=kinds)])).tasks[0]
    found = families(advice)
    assert (found["mixing"].reason, found["fallback"].reason) == ("no_probabilities", "no_probabilities")
    assert (found["mixing"].points, found["mixing"].chosen) == ([], None)
    assert advice.advised == "routing"


def test_too_few_examples_are_not_judged(tmp_path):
    advice = advise(build_comparison(tmp_path / "c", [task(unsure_flips(2 * LEAST_EXAMPLES - 2))])).tasks[0]
    assert (advice.reason, advice.families, advice.advised, advice.helps) == ("too_few_examples", [], None, None)
    assert advice.choosing + advice.judging == 98
    assert "Too few examples" in advice.sentence


def test_classes_are_aligned_by_name(tmp_path):
    part = task(unsure_flips())
    turned = part.predictions["old"]
    table = turned.table.set_column(
        turned.table.column_names.index("probabilities"), "probabilities",
        predictions("old", turned.table["example_id"].to_pylist(), LABELS, turned.table["pred"].to_pylist(),
                    np.array(turned.table["probabilities"].to_pylist())[:, ::-1]).table["probabilities"],
    )  # fmt: skip
    other = type(turned)(turned.name, turned.fingerprint, ("b", "a"), table, turned.id_column, turned.source)
    same = build_comparison(tmp_path / "same", [part])
    swapped = build_comparison(tmp_path / "swapped", [TaskData(part.examples, {**part.predictions, "old": other})])
    one, two = (read_answers(each, "t", "new").mixable for each in (same, swapped))
    assert np.allclose(one[0], two[0])
    assert np.allclose(one[1], two[1])


def test_each_candidate_and_task_is_told_by_itself(tmp_path):
    part = simulated_task("intent", 200, LABELS, seed=4, candidates=("small", "large"))
    comparison = build_comparison(tmp_path / "c", [part])
    assert [(each.task, each.candidate) for each in advise(comparison).tasks] == [
        ("intent", "small"), ("intent", "large"),
    ]  # fmt: skip
    assert [each.candidate for each in advise(comparison, candidate="large").tasks] == ["large"]


def test_the_contract_has_no_nan_and_reads_back(three_tasks):
    advice = advise(three_tasks)
    text = advice.model_dump_json()
    assert Advice.model_validate_json(text) == advice
    assert "NaN" not in text
    json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert advice.schema_version == 1


@pytest.mark.parametrize("margin", [-0.01, 1, math.nan])
def test_margins_out_of_range_are_refused(three_tasks, margin):
    with pytest.raises(FlipscopeError, match="at least 0 and below 1"):
        advise(three_tasks, accuracy_margin=margin)


def test_unknown_names_are_refused(three_tasks):
    with pytest.raises(FlipscopeError, match="no task 'nope'"):
        advise(three_tasks, "nope")
    with pytest.raises(FlipscopeError, match="no candidate 'nope'"):
        advise(three_tasks, candidate="nope")


def test_behaviors_alone_are_refused(tmp_path):
    with pytest.raises(FlipscopeError, match="only behaviors"):
        advise(open_comparison(behaviors_alone(tmp_path).path))
