"""Several models as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from builders import predictions
from flipscope.data import Predictions
from flipscope.errors import FlipscopeError
from flipscope.predict.ensemble import average

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
