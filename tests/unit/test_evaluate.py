"""What a model's answers make of test cases: CheckList's rules, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.evaluate import aggregate, evaluate
from flipscope.behaviors.suite import Suite
from suites import labelled, make_suite, make_test, positives

POSITIVE, NEGATIVE = {"label": "positive"}, {"label": "negative"}
GROUPED = {"type": "INV"}


def results(suite: Suite, answers: Answers) -> list[int]:
    return evaluate(suite, answers)[0].result.tolist()


def test_a_label_is_compared_by_name_whatever_the_order_of_the_model_s_classes() -> None:
    suite = make_suite(make_test({"kind": "label"}, [[POSITIVE], [NEGATIVE], [POSITIVE]]))

    assert results(suite, labelled("positive", "negative", "negative")) == [1, 1, 0]
    assert results(suite, labelled("POSITIVE", "NEGATIVE", "NEGATIVE", labels=("POSITIVE", "NEGATIVE"))) == [1, 1, 0]


def test_the_written_answer_counts_even_where_another_class_is_likelier() -> None:
    suite = make_suite(make_test({"kind": "label"}, [[POSITIVE]]))
    answers = Answers(np.array([1]), ("negative", "positive"), np.array([[0.9, 0.1]]))

    assert results(suite, answers) == [1]


@pytest.mark.parametrize(
    ("expect", "passes"),
    [
        ({"kind": "equals", "value": "neutral"}, [0, 1, 0]),
        ({"kind": "not_equals", "value": "neutral"}, [1, 0, 1]),
        ({"kind": "one_of", "values": ["neutral", "positive"]}, [0, 1, 1]),
        ({"kind": "any_of", "of": [{"kind": "equals", "value": "neutral"}, {"kind": "equals", "value": "positive"}]}, [0, 1, 1]),
        ({"kind": "all_of", "of": [{"kind": "not_equals", "value": "neutral"}, {"kind": "label"}]}, [0, 0, 1]),
    ],
)  # fmt: skip
def test_rules_on_the_answer_alone(expect: dict, passes: list[int]) -> None:
    labels = ("negative", "neutral", "positive")
    suite = make_suite(make_test(expect, [[POSITIVE], [POSITIVE], [POSITIVE]]), labels=labels)

    assert results(suite, labelled("negative", "neutral", "positive", labels=labels)) == passes


def test_an_example_can_say_which_answers_are_allowed() -> None:
    cases = [[{"allowed": ["negative", "positive"]}], [{"allowed": ["positive"]}], [{"allowed": []}]]
    suite = make_suite(make_test({"kind": "one_of"}, cases))

    assert results(suite, labelled("negative", "negative", "positive")) == [1, 0, 0]


def test_a_changed_label_passes_as_long_as_its_probability_hardly_moved() -> None:
    suite = make_suite(make_test({"kind": "invariant"}, [[{}, {}], [{}, {}], [{}, {}]], **GROUPED))

    assert results(suite, positives(0.52, 0.45, 0.52, 0.30, 0.99, 0.51)) == [1, 0, 1]


def test_the_invariance_threshold_is_that_of_float64() -> None:
    """0.6 - 0.5 is 0.09999999999999998 in float64, and 0.4 - 0.3 is 0.10000000000000003."""
    suite = make_suite(make_test({"kind": "invariant", "tolerance": 0.1}, [[{}, {}], [{}, {}]], **GROUPED))
    confidence = np.array([[0.6, 0.4], [0.5, 0.5], [0.4, 0.6], [0.3, 0.7]])
    answers = Answers(np.array([0, 1, 0, 1]), ("negative", "positive"), confidence)

    assert results(suite, answers) == [1, 0]


def test_without_probabilities_invariance_is_of_the_answer() -> None:
    suite = make_suite(make_test({"kind": "invariant"}, [[{}, {}], [{}, {}]], **GROUPED))

    assert results(suite, labelled("positive", "positive", "positive", "negative")) == [1, 0]


def test_two_weak_answers_count_as_unmoved_where_there_is_one_number_each() -> None:
    suite = make_suite(make_test({"kind": "invariant"}, [[{}, {}], [{}, {}]], **GROUPED))
    answers = Answers(np.array([0, 1, 0, 1]), ("negative", "positive"), np.array([0.04, 0.05, 0.06, 0.05]))

    assert results(suite, answers) == [1, 0]


def test_monotonic_watches_the_class_of_the_first_answer() -> None:
    expect = {"kind": "monotonic", "direction": "up", "tolerance": 0.1}
    suite = make_suite(make_test(expect, [[{}, {}], [{}, {}], [{}, {}]], type="DIR"))
    # P(first answer): .70 -> .80; .70 (negative) -> .75; .80 -> .65
    answers = positives(0.70, 0.80, 0.30, 0.25, 0.80, 0.65)

    assert results(suite, answers) == [1, 1, 0]


def test_monotonic_drops_cases_with_no_room_to_move() -> None:
    up = {"kind": "monotonic", "direction": "up", "label": "positive", "tolerance": 0.1}
    down = {"kind": "monotonic", "direction": "down", "tolerance": 0.1}
    cases = [[{}, {}], [{}, {}]]

    assert results(make_suite(make_test(up, cases, type="DIR")), positives(0.1, 0.9, 0.11, 0.0)) == [-1, 0]
    assert results(make_suite(make_test(down, cases, type="DIR")), positives(0.9, 0.5, 0.89, 1.0)) == [-1, 0]


def test_monotonic_on_one_number_counts_a_changed_answer_as_a_fall() -> None:
    up = make_suite(make_test({"kind": "monotonic", "direction": "up"}, [[{}, {}], [{}, {}]], type="DIR"))
    down = make_suite(make_test({"kind": "monotonic", "direction": "down"}, [[{}, {}], [{}, {}]], type="DIR"))
    answers = Answers(np.array([1, 1, 1, 0]), ("negative", "positive"), np.array([0.6, 0.7, 0.6, 0.7]))

    assert results(up, answers) == [1, 0]
    assert results(down, answers) == [0, 1]
    assert results(down, labelled("positive", "positive", "positive", "negative")) == [-1, -1]


def test_a_watched_class_needs_probabilities() -> None:
    expect = {"kind": "monotonic", "direction": "up", "label": "positive"}
    (result,) = evaluate(make_suite(make_test(expect, [[{}, {}]], type="DIR")), labelled("positive", "positive"))

    assert result.result.tolist() == [-1]
    assert result.reason is not None
    assert "probability" in result.reason


def test_a_score_shift_adds_up_the_moves_of_all_classes() -> None:
    labels = ("negative", "neutral", "positive")
    weights = {"negative": -1, "positive": 1}
    up = {"kind": "score_shift", "weights": weights, "direction": "up", "tolerance": 0.1}
    down = {"kind": "score_shift", "weights": weights, "direction": "down", "tolerance": 0.1}
    # (o0 - c0) + (c2 - o2) = (.2 - .3) + (.4 - .5) = -.2; then (.5 - .4) + (.3 - .1) = +.3
    confidence = np.array([[0.2, 0.3, 0.5], [0.3, 0.3, 0.4], [0.5, 0.4, 0.1], [0.4, 0.3, 0.3]])
    answers = Answers(confidence.argmax(1), labels, confidence)
    cases = [[{}, {}], [{}, {}]]

    assert results(make_suite(make_test(up, cases, type="DIR"), labels=labels), answers) == [0, 1]
    assert results(make_suite(make_test(down, cases, type="DIR"), labels=labels), answers) == [1, 0]


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 6), min_size=1, max_size=20))
def test_a_score_shift_rounds_as_the_library_does(rows: list[tuple[float, ...]]) -> None:
    """The released rule is (o0 - c0 + c2 - o2) + 0.1 >= 0, in this order of operations."""
    labels = ("negative", "neutral", "positive")
    expect = {"kind": "score_shift", "weights": {"negative": -1, "positive": 1}, "direction": "up", "tolerance": 0.1}
    confidence = np.array(rows).reshape(-1, 3)
    suite = make_suite(make_test(expect, [[{}, {}]] * len(rows), type="DIR"), labels=labels)

    by_hand = [int((o0 - c0 + c2 - o2) + 0.1 >= 0) for o0, _, o2, c0, _, c2 in rows]

    assert results(suite, Answers(confidence.argmax(1), labels, confidence)) == by_hand


TRANSITIVE = {"000": -1, "001": -1, "010": 1, "011": 0, "100": 1, "101": 0, "110": 0, "111": 1}
RELEASED = {"000": -1, "001": -1, "010": 0, "011": 0, "100": -1, "101": -1, "110": 0, "111": 1}


@pytest.mark.parametrize(("rule", "table"), [("transitive", TRANSITIVE), ("released", RELEASED)])
def test_implication(rule: str, table: dict[str, int]) -> None:
    """Digits: are (A, B), (A, C), (B, C) answered as equal? A released case with (A, C) equal alone always fails."""
    suite = make_suite(make_test({"kind": "implication", "rule": rule}, [[{}, {}, {}]] * 8), labels=("0", "1"))
    answers = labelled(*"".join(table), labels=("0", "1"))

    assert results(suite, answers) == list(table.values())


def test_implication_needs_three_examples() -> None:
    suite = make_suite(make_test({"kind": "implication"}, [[{}, {}]]))

    assert evaluate(suite, labelled("positive", "positive"))[0].reason is not None


def test_texts_are_compared_exactly_or_as_the_released_suite_cleans_them() -> None:
    cases = [[{"label": "Anna"}], [{"label": "the tea."}]]
    plain = make_suite(make_test({"kind": "text_equals"}, cases), labels=())
    released = make_suite(make_test({"kind": "text_equals", "clean": "released"}, cases), labels=())
    answers = labelled("Anna", "[a] tea", labels=())  # both are stripped of all leading a, e, h, i, n, t

    assert results(plain, answers) == [1, 0]
    assert results(released, labelled("Anna.", "tea", labels=())) == [1, 1]
    assert results(released, labelled("Bob", "then, a", labels=())) == [0, 1]


def test_a_text_may_be_expected_that_nobody_answered() -> None:
    suite = make_suite(make_test({"kind": "label"}, [[{"label": "Paris"}], [{"label": "Rome"}]]), labels=())

    assert results(suite, labelled("Paris", "paris", labels=())) == [1, 0]


def test_a_substituted_word_must_appear_in_the_answer() -> None:
    cases = [[{}, {"substitution": ["Ann", "Zoe"]}, {"substitution": ["Ann", "Eve"]}]]
    suite = make_suite(make_test({"kind": "text_substituted"}, cases, type="INV"), labels=())

    assert results(suite, labelled("Ann and Anna", "Zoe and Anna", "Eve and Anna", labels=())) == [1]
    assert results(suite, labelled("Ann and Anna", "Zoe and Anna", "Eve and Evea", labels=())) == [0]


def test_none_is_dropped_before_the_first_example_is_excepted() -> None:
    """CheckList's own order of things: [None, fail] passes, because the failing entry is then the first."""
    suite = make_suite(make_test({"kind": "label"}, [[{}, {}], [{}, {}, {}], [{}, {}], [{}]], type="INV"))
    (test,) = suite.tests
    passed = np.array([False, False, True, False, False, True, True, False])
    counts = np.array([False, True, False, True, True, False, False, True])

    assert aggregate(test, passed, counts).tolist() == [1, 0, -1, 1]


@given(st.lists(st.lists(st.sampled_from([None, -1, 0, 1]), max_size=5), min_size=1, max_size=20), st.booleans())
def test_aggregation_is_that_of_the_reference_case_by_case(cases: list[list[int | None]], every: bool) -> None:
    def by_hand(case: list[int | None]) -> int:
        kept = [r for r in case if r is not None]
        if not kept:
            return -1
        return int(all(r > 0 for r in (kept if every else kept[1:])))

    written = [case or [None] for case in cases]  # a case has at least one example
    kind = "MFT" if every else "INV"
    suite = make_suite(make_test({"kind": "label"}, [[{}] * len(case) for case in written], type=kind))
    flat = [r for case in written for r in case]
    passed, counts = np.array([r is not None and r > 0 for r in flat]), np.array([r is not None for r in flat])

    assert aggregate(suite.tests[0], passed, counts).tolist() == [by_hand(case) for case in written]


def test_a_slice_drops_whole_cases_by_the_first_answer() -> None:
    ne = {"on": "orig_pred", "op": "ne", "value": "positive"}
    suite = make_suite(make_test({"kind": "equals", "value": "negative"}, [[{}, {}], [{}, {}]], slice=ne, type="DIR"))

    assert results(suite, labelled("positive", "negative", "negative", "negative")) == [-1, 1]
    (result,) = evaluate(suite, labelled("positive", "negative", "negative", "negative"))
    assert result.example_result.tolist() == [-1, -1, 1, 1]


def test_a_slice_by_the_answer_wants_every_example_in_it() -> None:
    inside = {"on": "pred", "op": "in", "value": ["positive"]}
    suite = make_suite(make_test({"kind": "label"}, [[POSITIVE, POSITIVE], [POSITIVE, POSITIVE]], slice=inside))

    assert results(suite, labelled("positive", "positive", "positive", "negative")) == [1, -1]


def test_a_class_the_model_does_not_have_leaves_the_test_out_and_says_so() -> None:
    suite = make_suite(
        make_test({"kind": "label"}, [[{"label": "neutral"}]]),
        make_test({"kind": "label"}, [[POSITIVE]], name="another"),
        labels=("negative", "neutral", "positive"),
    )
    first, second = evaluate(suite, labelled("positive", "positive"))

    assert first.result.tolist() == [-1]
    assert first.reason is not None
    assert "'neutral' is not one of the model's classes" in first.reason
    assert (second.result.tolist(), second.reason) == ([1], None)


def test_classes_are_folded_where_a_model_does_not_tell_them_apart() -> None:
    aliases = {"neutral": "not_entailment", "contradiction": "not_entailment"}
    labels = ("entailment", "neutral", "contradiction")
    suite = make_suite(
        make_test({"kind": "label"}, [[{"label": "neutral"}], [{"label": "entailment"}], [{"label": "neutral"}]]),
        labels=labels, label_aliases=aliases,
    )  # fmt: skip

    two = labelled("not_entailment", "entailment", "entailment", labels=("entailment", "not_entailment"))
    assert results(suite, two) == [1, 1, 0]
    assert results(suite, labelled("contradiction", "entailment", "neutral", labels=labels)) == [0, 1, 1]


@pytest.mark.parametrize(
    "expect",
    [
        {"kind": "not_equals", "value": "neutral"},
        {"kind": "monotonic", "direction": "up", "label": "neutral"},
        {"kind": "score_shift", "weights": {"neutral": 1, "contradiction": 1}, "direction": "up"},
    ],
)
def test_a_rule_about_one_class_needs_it_told_apart(expect: dict) -> None:
    """P(neutral) + P(contradiction) would count P(not_entailment) twice."""
    aliases = {"neutral": "not_entailment", "contradiction": "not_entailment"}
    labels = ("entailment", "neutral", "contradiction")
    suite = make_suite(make_test(expect, [[{}, {}]], type="DIR"), labels=labels, label_aliases=aliases)

    (folded,) = evaluate(suite, positives(0.5, 0.6, labels=("entailment", "not_entailment")))
    assert folded.reason is not None
    assert "does not tell 'neutral' from 'contradiction'" in folded.reason
    (entailment,) = evaluate(
        make_suite(
            make_test({"kind": "not_equals", "value": "entailment"}, [[{}, {}]]), labels=labels, label_aliases=aliases
        ),
        positives(0.6, 0.7, labels=("entailment", "not_entailment")),
    )
    assert entailment.result.tolist() == [1]


def test_classes_of_checklist_s_own_suites_are_ids() -> None:
    suite = make_suite(make_test({"kind": "label"}, [[{"label": "1"}], [{"label": "0"}]]), labels=("0", "1"))

    assert results(suite, labelled("positive", "positive")) == [1, 0]


def test_an_unknown_rule_is_named_and_not_evaluated() -> None:
    suite = make_suite(make_test({"kind": "unknown", "name": "my_rule"}, [[{}]]))
    (result,) = evaluate(suite, labelled("positive"))

    assert result.result.tolist() == [-1]
    assert result.reason is not None
    assert "my_rule" in result.reason


def test_a_test_without_cases_is_evaluated_to_nothing() -> None:
    suite = make_suite(make_test({"kind": "label"}, []), make_test({"kind": "label"}, [[POSITIVE]], name="another"))

    empty, other = evaluate(suite, labelled("positive"))
    assert (empty.result.tolist(), other.result.tolist()) == ([], [1])


def test_as_many_answers_as_examples_are_needed() -> None:
    suite = make_suite(make_test({"kind": "label"}, [[POSITIVE]]))

    with pytest.raises(ValueError, match="2 answers to 1 examples"):
        evaluate(suite, labelled("positive", "positive"))
