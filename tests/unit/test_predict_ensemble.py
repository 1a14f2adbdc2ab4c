"""Several models as one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import predictions
from flipscope.data import Predictions
from flipscope.errors import FlipscopeError
from flipscope.predict.ensemble import average, vote

LABELS = ("negative", "positive")


def member(name: str, *positive: float, ids: str = "abc", labels: tuple[str, ...] = LABELS) -> Predictions:
    probabilities = np.array([[1 - p, p] for p in positive])
    if labels != LABELS:
        probabilities = probabilities[:, ::-1]
    preds = ["positive" if p > 0.5 else "negative" for p in positive]
    return predictions(name, list(ids), labels, preds, probabilities)


def positive(found: Predictions) -> list[float]:
    return [row[1] for row in found.table["probabilities"].to_pylist()]


def test_probabilities_are_averaged() -> None:
    found = average("both", [member("one", 0.9, 0.2, 0.6), member("two", 0.5, 0.4, 0.1)])
    assert positive(found) == pytest.approx([0.7, 0.3, 0.35])
    assert found.table["pred"].to_pylist() == ["positive", "negative", "negative"]
    assert found.table["borderline"].to_pylist() == [False, False, False]
    assert (found.name, found.label_names, found.source) == ("both", LABELS, "ensemble:one.csv+two.csv")


def test_rows_are_matched_by_id_and_classes_by_name() -> None:
    found = average(
        "both",
        [member("one", 0.9, 0.2, 0.6), member("two", 0.1, 0.5, 0.4, ids="cab", labels=("Positive", "Negative"))],
    )
    assert found.table["example_id"].to_pylist() == ["a", "b", "c"]
    assert positive(found) == pytest.approx([0.7, 0.3, 0.35])


def test_the_order_of_members_changes_no_bit() -> None:
    members = [member("one", 0.1, 0.3, 0.6), member("two", 0.7, 0.11, 0.9), member("three", 0.2, 0.77, 0.13)]
    one, other = average("e", members), average("e", [members[0], members[2], members[1]])
    assert one.table.equals(other.table)
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != average("e", members[:2]).fingerprint


def test_a_tie_is_borderline() -> None:
    found = average("both", [member("one", 0.9, 0.2, 0.6), member("two", 0.1, 0.4, 0.1)])
    assert found.table["borderline"].to_pylist() == [True, False, False]


def test_members_without_probabilities_are_refused() -> None:
    bare = predictions("bare", ["a", "b", "c"], LABELS, ["negative"] * 3)
    with pytest.raises(FlipscopeError, match="no probabilities") as error:
        average("both", [member("one", 0.9, 0.2, 0.6), bare])
    assert "bare" in str(error.value)


def test_members_with_other_examples_or_labels_are_refused() -> None:
    one = member("one", 0.9, 0.2, 0.6)
    with pytest.raises(FlipscopeError, match="not for the examples"):
        average("both", [one, member("two", 0.9, 0.2, 0.6, ids="abd")])
    with pytest.raises(FlipscopeError, match="not for the examples"):
        average("both", [one, member("two", 0.9, 0.2, ids="ab")])
    with pytest.raises(FlipscopeError, match="labels"):
        average("both", [one, replace(member("two", 0.9, 0.2, 0.6), label_names=("no", "yes"))])


def voter(name: str, preds: str, probabilities: object = None, close: str = "") -> Predictions:
    """One that answers with a letter an example; `close` has an x where that hangs on the arithmetic."""
    found = predictions(name, [str(i) for i in range(len(preds))], "abc", list(preds), probabilities)
    if not close:
        return found
    return replace(found, table=found.table.append_column("borderline", pa.array([mark == "x" for mark in close])))


def test_the_majority_is_taken_and_a_tie_goes_to_the_highest_sum() -> None:
    one = voter("one", "aab", [[0.8, 0.1, 0.1], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1]])
    two = voter("two", "abc", [[0.6, 0.2, 0.2], [0.0, 0.9, 0.1], [0.0, 0.1, 0.9]])
    three = voter("three", "cca", [[0.0, 0.0, 1.0], [0.1, 0.1, 0.8], [0.4, 0.3, 0.3]])
    found = vote("three of them", [one, two, three])
    # Rows: two against one; one each with sums .6, 1.4, 1.0; one each with sums .5, 1.2, 1.3.
    assert found.table["pred"].to_pylist() == ["a", "b", "c"]
    assert np.allclose(
        found.table["probabilities"].to_pylist(),
        [[1.4 / 3, 0.1, 1.3 / 3], [0.2, 1.4 / 3, 1 / 3], [0.5 / 3, 0.4, 1.3 / 3]],
    )
    assert found.table["borderline"].to_pylist() == [False, False, False]
    assert (found.name, found.source) == ("three of them", "vote:one.csv+two.csv+three.csv")
    assert found.notes[:2] == (
        "majority of the answers of 3 models",
        "2 of 3 votes were a tie, decided by their summed probabilities",
    )


def test_a_majority_may_overrule_one_that_is_surer() -> None:
    members = [
        voter("one", "b", [[0.45, 0.5, 0.05]]),
        voter("two", "b", [[0.45, 0.5, 0.05]]),
        voter("three", "a", [[1, 0, 0]]),
    ]
    found = vote("v", members)
    assert found.table["pred"].to_pylist() == ["b"]
    assert found.table["probabilities"].to_pylist()[0] == pytest.approx([1.9 / 3, 1 / 3, 0.1 / 3])
    assert "in 1 of 1 examples the majority is not for the likeliest class" in found.notes


def test_without_probabilities_a_tie_goes_to_the_first_class() -> None:
    found = vote("v", [voter("one", "ccb", [[0.0, 0.0, 1.0]] * 3), voter("two", "bcb")])
    assert found.table["pred"].to_pylist() == ["b", "c", "b"]
    assert "probabilities" not in found.table.column_names
    assert found.table["borderline"].to_pylist() == [False, False, False]
    assert found.notes == (
        "majority of the answers of 2 models",
        "1 of 3 votes were a tie, decided by the order of the classes",
        "without probabilities, as not all members have them",
    )


def test_a_tie_of_the_sums_too_goes_to_the_first_class_and_is_borderline() -> None:
    found = vote("v", [voter("one", "c", [[0.0, 0.1, 0.9]]), voter("two", "b", [[0.0, 0.9 - 1e-9, 0.1 + 1e-9]])])
    assert found.table["pred"].to_pylist() == ["b"]
    assert found.table["borderline"].to_pylist() == [True]


@pytest.mark.parametrize(
    ("answers", "close", "hangs"),
    [
        ("aab", "x..", True),  # b would have two
        ("aab", "..x", False),  # a has two whatever the third says
        ("aaab", "x...", False),  # a tie, which a wins by class order
        ("bbba", "x...", True),  # a tie, which b loses by class order
        ("aaaaa", "xx...", False),
        ("aaabc", "x...x", True),  # b would have three of five
        ("aaabc", "....x", False),  # b would have two against three
    ],
)
def test_a_vote_hangs_on_the_arithmetic_where_borderline_members_could_turn_it(
    answers: str, close: str, hangs: bool
) -> None:
    members = [voter(f"m{i}", pred, close=mark) for i, (pred, mark) in enumerate(zip(answers, close, strict=True))]
    assert vote("v", members).table["borderline"].to_pylist() == [hangs]


def test_rows_and_classes_of_voters_are_matched() -> None:
    one, two = member("one", 0.9, 0.2, 0.6), member("two", 0.1, 0.6, 0.4, ids="cab", labels=("Positive", "Negative"))
    two = replace(two, table=two.table.set_column(1, "pred", pa.array(["Negative", "Positive", "Negative"])))
    found = vote("v", [one, two, two])
    assert found.table["pred"].to_pylist() == ["positive", "negative", "negative"]
    with pytest.raises(FlipscopeError, match="not for the examples"):
        vote("v", [one, member("two", 0.9, 0.2, 0.6, ids="abd")])
    with pytest.raises(FlipscopeError, match="labels"):
        vote("v", [one, replace(one, label_names=("no", "yes"))])


def test_a_vote_is_another_model_than_an_average() -> None:
    members = [member("one", 0.1, 0.3, 0.6), member("two", 0.7, 0.11, 0.9)]
    assert vote("v", members).fingerprint != average("v", members).fingerprint


@st.composite
def voters(draw: st.DrawFn) -> list[Predictions]:
    rows, scored = draw(st.integers(1, 6)), draw(st.booleans())
    tenths = st.sampled_from([(5, 3, 2), (4, 4, 2), (8, 1, 1)]).flatmap(st.permutations)
    made = []
    for i in range(draw(st.integers(1, 5))):
        weights = np.array(draw(st.lists(tenths, min_size=rows, max_size=rows)), dtype=float)
        probabilities = weights / 10
        made.append(
            voter(f"m{i}", "".join("abc"[k] for k in weights.argmax(axis=1)), probabilities if scored else None)
        )
    return made


@given(voters(), st.randoms())
def test_the_order_of_voters_changes_nothing(members: list[Predictions], random: Random) -> None:
    shuffled = random.sample(members, len(members))
    assert vote("v", members).table.equals(vote("v", shuffled).table)
    assert vote("v", members).fingerprint == vote("v", shuffled).fingerprint


@given(voters())
def test_a_vote_is_what_counting_says(members: list[Predictions]) -> None:
    answers = zip(*(each.table["pred"].to_pylist() for each in members), strict=True)
    found = vote("v", members)
    for i, (row, pred) in enumerate(zip(answers, found.table["pred"].to_pylist(), strict=True)):
        tied = [name for name, count in Counter(row).items() if count == max(Counter(row).values())]
        if len(tied) == 1 or "probabilities" not in found.table.column_names:
            assert pred == min(tied)
            continue
        sums = {
            name: sum(each.table["probabilities"].to_pylist()[i]["abc".index(name)] for each in members)
            for name in tied
        }
        assert pred == min(name for name in tied if sums[name] > max(sums.values()) - 1e-9)


@given(voters())
def test_voters_of_one_mind_answer_as_one(members: list[Predictions]) -> None:
    table = vote("v", [members[0]] * 3).table
    assert table["pred"].equals(members[0].table["pred"])
    if "probabilities" in table.column_names:
        assert np.allclose(table["probabilities"].to_pylist(), members[0].table["probabilities"].to_pylist())
