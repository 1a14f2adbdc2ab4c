"""Gold label suspects: planted wrong labels are found, and what they rest on is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from builders import build_comparison, examples, predictions, simulated_task
from flipscope.explain.suspects import COLUMNS, suspects
from flipscope.store.tables import TaskData

pytest.importorskip("cleanlab")
NAMES = ("a", "b", "c")


def planted(n: int = 300, wrong: int = 12, *, scores: bool = True, names=NAMES, sides=("old", "new")) -> TaskData:
    """Two models that are right, and most sure of the first `wrong` rows, whose gold labels are wrong."""
    random = np.random.default_rng(0)
    truth = random.integers(len(names), size=n)
    given = np.where(np.arange(n) < wrong, (truth + 1) % len(names), truth)
    rows = [{"example_id": f"e{i}", "text_a": f"text {i}", "label": names[given[i]]} for i in range(n)]
    answers = {}
    for side in ("old", "new"):
        p = np.full((n, len(names)), 0.1 / (len(names) - 1))
        p[np.arange(n), truth] = 0.9
        p[wrong:] = 0.8 * p[wrong:] + 0.2 * random.dirichlet(np.ones(len(names)), size=n - wrong)
        preds = [names[code] for code in p.argmax(axis=1)]
        answers[side] = predictions(
            side, [r["example_id"] for r in rows], names, preds, p if side in sides and scores else None
        )
    return TaskData(examples("t", rows, names), answers)


def test_planted_wrong_labels_are_found_and_no_others(tmp_path):
    found = suspects(build_comparison(tmp_path / "c", [planted()]))
    assert set(found["example_id"]) == {f"e{i}" for i in range(12)}
    assert (found["suggested"] == found["new_pred"]).all()
    assert (found["label"] != found["suggested"]).all()
    assert found["score"].between(0.5, 1).all()
    assert found["score"].is_monotonic_decreasing


def test_a_row_tells_all_that_is_needed(tmp_path):
    found = suspects(build_comparison(tmp_path / "c", [planted()]), limit=3)
    assert tuple(found.columns) == COLUMNS
    assert len(found) == 3
    assert found.attrs["total"] == 12
    row = found.iloc[0]
    assert row["outcome"] == "both_wrong"
    assert row["why"].startswith(f"both models say {row['suggested']} (0.")
    assert row["text_a"].startswith("text ")
    assert found["near"].isna().all()


def test_a_mistake_that_only_one_model_makes_is_no_suspect(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 400, ("a", "b"))])
    assert set(suspects(comparison, limit=None)["outcome"]) == {"both_wrong"}


def test_mistakes_that_models_are_unsure_of_are_not_listed(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 400, ("a", "b"))])
    found = suspects(comparison, limit=None)
    assert 0 < len(found) < comparison.result().both_wrong
    listed = comparison.examples("both_wrong", limit=None).set_index("row_id")["new_conf"]
    assert listed[found["row_id"]].min() > listed.drop(found["row_id"]).min()


def test_without_probabilities_agreement_is_all_there_is(tmp_path):
    comparison = build_comparison(tmp_path / "c", [planted(scores=False)])
    found = suspects(comparison)
    assert set(found["example_id"]) == {f"e{i}" for i in range(12)}
    assert found["score"].isna().all()
    assert found["why"][0] == f"both models say {found['suggested'][0]}"
    assert "no score" in found.attrs["notes"][0]


def test_probabilities_of_one_model_are_used_and_told(tmp_path):
    found = suspects(build_comparison(tmp_path / "c", [planted(sides=("new",))]))
    assert set(found["example_id"]) == {f"e{i}" for i in range(12)}
    assert any("Only one model" in note for note in found.attrs["notes"])
    assert "(0." in found["why"][0]
    assert " and " not in found["why"][0]


def test_what_the_list_rests_on_is_told(tmp_path):
    notes = suspects(build_comparison(tmp_path / "c", [planted()])).attrs["notes"]
    assert "trained" in notes[0]
    few = suspects(build_comparison(tmp_path / "d", [planted(40, 2, names=tuple("abcdefgh"))])).attrs["notes"]
    assert "Fewer than 10 examples have the gold label" in few[-1]


def test_none_at_all_is_no_mistake(tmp_path):
    found = suspects(build_comparison(tmp_path / "c", [planted(wrong=0)]))
    assert found.empty
    assert tuple(found.columns) == COLUMNS
    assert found.attrs["total"] == 0


def test_where_all_gold_labels_are_one_class_nothing_can_be_said(tmp_path):
    task = planted(60, 10)
    labels = pa.array(["a"] * 60)
    place = task.examples.table.column_names.index("label")
    only = replace(task.examples, table=task.examples.table.set_column(place, "label", labels))
    found = suspects(build_comparison(tmp_path / "c", [TaskData(only, task.predictions)]))
    assert found.empty
    assert found.attrs["total"] == 0
    assert any("All gold labels are a" in note for note in found.attrs["notes"])


def test_the_second_task_is_read_with_its_own_classes(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("first", 50, ("x", "y")), planted()])
    assert set(suspects(comparison, task="t")["example_id"]) == {f"e{i}" for i in range(12)}
