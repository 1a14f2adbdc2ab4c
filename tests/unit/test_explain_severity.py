"""Flips by how much the probability of the gold label moved: worked out by hand."""

from __future__ import annotations

import pytest

from builders import build_comparison, examples, predictions, simulated_task
from flipscope.errors import FlipscopeError
from flipscope.explain.severity import kind_of, split
from flipscope.store.tables import TaskData

# Probabilities of the gold label "a": old, new. The last one is no flip.
MOVES = ((0.9, 0.1), (0.75, 0.25), (0.6, 0.4), (0.55, 0.45), (0.51, 0.49), (0.9, 0.8))


def task(moves=MOVES) -> TaskData:
    rows = [{"example_id": f"e{i}", "text_a": f"text {i}", "label": "a"} for i in range(len(moves))]
    answers = {}
    for side, name in enumerate(("old", "new")):
        gold = [move[side] for move in moves]
        preds = ["a" if p > 0.5 else "b" for p in gold]
        answers[name] = predictions(
            name, [r["example_id"] for r in rows], ("a", "b"), preds, [(p, 1 - p) for p in gold]
        )
    return TaskData(examples("t", rows, ("a", "b")), answers)


def test_flips_are_counted_by_kind(tmp_path):
    found = split(build_comparison(tmp_path / "c", [task()]))
    assert [(part.kind, part.n) for part in found.parts] == [
        ("confident", 2),  # 0.8, and 0.5 exactly
        ("middling", 1),  # 0.2
        ("tiny", 2),  # 0.02, and 0.1 exactly, whatever rounding makes of 0.55 - 0.45
        ("unknown", 0),
    ]
    assert found.n == 5


def test_conditions_pick_the_same_flips_out(tmp_path):
    comparison = build_comparison(tmp_path / "c")
    for outcome in ("negative_flip", "positive_flip"):
        for name in comparison.tasks:
            for part in split(comparison, name, outcome=outcome).parts:
                assert comparison.count(outcome, task=name, where=part.where) == part.n


def test_shares_are_those_of_the_figures(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 400, ("a", "b", "c"))])
    result, found = comparison.result(), split(comparison)
    assert found["tiny"].n == pytest.approx(result.boundary_share * result.negative_flip)
    assert found["confident"].n == pytest.approx(result.large_share * result.negative_flip)
    assert min(found["tiny"].n, found["confident"].n) > 0


def test_the_kind_of_one_flip_is_that_it_is_counted_as(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 400, ("a", "b", "c"))])
    kinds = [kind_of(drop) for drop in comparison.examples("positive_flip", limit=None)["drop"]]
    assert {part.kind: part.n for part in split(comparison, outcome="positive_flip").parts if part.n} == {
        kind: kinds.count(kind) for kind in set(kinds)
    }


def test_without_probabilities_all_are_unknown(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 100, ("a", "b"), scores=False)])
    found = split(comparison)
    assert found["unknown"].n == found.n == comparison.result().negative_flip > 0
    assert kind_of(None) == kind_of(float("nan")) == "unknown"


def test_what_is_no_flip_is_refused(tmp_path):
    with pytest.raises(FlipscopeError, match="'both_wrong' is not a flip"):
        split(build_comparison(tmp_path / "c", [task()]), outcome="both_wrong")
