import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import examples, predictions, simulated_task
from flipscope.data import Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.pairing import pair

LABELS = ("no", "yes")


def _examples(labels, ids=None):
    ids = ids or [f"e{i}" for i in range(len(labels))]
    return examples(
        "t",
        [{"example_id": i, "text_a": f"text {i}", "label": x} for i, x in zip(ids, labels, strict=True)],
        LABELS,
    )


def _shuffled(answers: Predictions, order) -> Predictions:
    return Predictions(**{**answers.__dict__, "table": answers.table.take(pa.array(order))})


def test_each_of_the_four_outcomes():
    data = _examples(["yes", "yes", "no", "no"])
    ids = data.table["example_id"].to_pylist()
    old = predictions("old", ids, LABELS, ["yes", "yes", "yes", "yes"])
    new = predictions("new", ids, LABELS, ["yes", "no", "no", "yes"])
    paired = pair(data, old, new)
    assert paired.counts() == (1, 1, 1, 1)
    assert paired.outcome.tolist() == [0, 1, 2, 3]
    assert paired.severity() is None  # there are no probabilities


def test_rows_are_joined_by_id_whatever_their_order():
    data = _examples(["yes", "no", "yes"], ["a", "b", "c"])
    old = predictions("old", ["c", "a", "b"], LABELS, ["yes", "no", "no"], [[0.1, 0.9], [0.8, 0.2], [0.7, 0.3]])
    new = predictions("new", ["b", "c", "a"], LABELS, ["yes", "yes", "yes"], [[0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
    paired = pair(data, old, new)
    assert paired.outcome.tolist() == [2, 1, 0]  # a mended, b broke, c right twice
    np.testing.assert_allclose(paired.old.confidence(), [0.8, 0.7, 0.9])
    np.testing.assert_allclose(paired.new.gold_probability(paired.label), [0.7, 0.4, 0.8])
    np.testing.assert_allclose(paired.new.margin(), [0.4, 0.2, 0.6])
    # a: old preferred "no" (.8) to "yes" (.2); b: new prefers "yes" (.6) to "no" (.4); c: no mistake
    np.testing.assert_allclose(paired.severity(), [0.6, 0.2, np.nan])


def test_examples_without_a_label_or_an_answer_do_not_count_and_are_reported():
    data = _examples(["yes", None, "no", "no", None], ["a", "b", "c", "d", "e"])
    old = predictions("old", ["a", "b", "c"], LABELS, ["yes"] * 3)
    new = predictions("new", ["a", "d", "x"], LABELS, ["no"] * 3)
    paired = pair(data, old, new)
    assert paired.rows.tolist() == [0]
    assert paired.left_out == {"no_gold_label": 2, "no_old_prediction": 1, "no_new_prediction": 1}


def test_nothing_in_common_is_refused_and_shows_both_kinds_of_id():
    data = _examples(["yes"], ["a"])
    with pytest.raises(FlipscopeError, match=r"'a'.*'row-1'.*--id"):
        pair(data, predictions("o", ["row-1"], LABELS, ["yes"]), predictions("n", ["a"], LABELS, ["yes"]))


def test_no_gold_label_at_all_is_refused():
    data = _examples([None], ["a"])
    answers = predictions("o", ["a"], LABELS, ["yes"])
    with pytest.raises(FlipscopeError, match="no example has a gold label"):
        pair(data, answers, answers)


def test_borderline_answers_of_either_side_are_marked():
    data = _examples(["yes", "no", "no"])
    ids = data.table["example_id"].to_pylist()

    def marked(flags):
        answers = predictions("m", ids, LABELS, ["yes"] * 3)
        return Predictions(**{**answers.__dict__, "table": answers.table.append_column("borderline", pa.array(flags))})

    paired = pair(data, marked([True, False, False]), marked([False, False, True]))
    assert paired.borderline.tolist() == [True, False, True]


@given(st.integers(2, 60), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_order_never_matters_and_swapping_the_models_swaps_the_flips(n, seed):
    task = simulated_task("t", n, ("a", "b", "c"), seed=seed)
    old, new = task.predictions["old"], task.predictions["new"]
    straight = pair(task.examples, old, new)
    order = np.random.default_rng(seed).permutation(n)
    mixed = pair(task.examples, _shuffled(old, order), _shuffled(new, order[::-1]))
    swapped = pair(task.examples, new, old)
    assert mixed.outcome.tolist() == straight.outcome.tolist()
    np.testing.assert_array_equal(mixed.new.probabilities, straight.new.probabilities)
    both_right, negative, positive, both_wrong = straight.counts()
    assert swapped.counts() == (both_right, positive, negative, both_wrong)
    assert sum(straight.counts()) == n
