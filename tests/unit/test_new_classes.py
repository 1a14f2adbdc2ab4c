"""Comparisons with an old model that does not know all classes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import flipscope
from flipscope.cli import app
from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.open.known_classes import classes_of_outputs, refuse_known, with_zeros, without_new
from flipscope.open.predictions import open_predictions
from flipscope.spec import read_spec
from flipscope.tasks import get_task
from tiny_models import make_checkpoint

TEXTS = ["it crashes", "how do i log in", "well done", "crash at once", "thank you", "where is it"]
GOLD = ["bug", "question", "praise", "bug", "praise", "question"]
LABELS = ("bug", "question", "praise")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [f"{i},{text},{label}" for i, (text, label) in enumerate(zip(TEXTS, GOLD, strict=True))]
    (tmp_path / "data.csv").write_text("\n".join(["id,text,label", *lines]) + "\n")
    answers = ["0.9,0.1", "0.2,0.8", "0.6,0.4", "0.7,0.3", "0.1,0.9", "0.3,0.7"]
    lines = [f"{i},{label},{answer}" for i, (label, answer) in enumerate(zip(GOLD, answers, strict=True))]
    (tmp_path / "old.csv").write_text("\n".join(["id,label,prob_bug,prob_question", *lines]) + "\n")
    answers = ["0.5,0.2,0.3", "0.6,0.3,0.1", "0.1,0.1,0.8", "0.8,0.1,0.1", "0.2,0.2,0.6", "0.1,0.8,0.1"]
    lines = [f"{i},{label},{answer}" for i, (label, answer) in enumerate(zip(GOLD, answers, strict=True))]
    (tmp_path / "new.csv").write_text("\n".join(["id,label,prob_bug,prob_question,prob_praise", *lines]) + "\n")
    (tmp_path / "named.csv").write_text("id,label,pred\n0,bug,bug\n1,question,question\n2,praise,bug\n")
    return tmp_path


def compare(old: str, new: str, **options: Any) -> Comparison:
    return flipscope.compare(old, new, task="tickets", **({"new_classes": ["praise"]} | options))


def no_undefined_number(comparison: Comparison) -> bool:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    return bool(json.loads((comparison.path / "comparison.json").read_text(), parse_constant=refuse))


@pytest.mark.parametrize("data", [None, "data.csv"])
@pytest.mark.parametrize("labels", [(), ("bug", "question", "praise"), ("praise", "bug", "question")])
def test_examples_of_a_new_class_count_as_errors_of_the_old_model(
    here: Path, data: str | None, labels: tuple[str, ...]
) -> None:
    comparison = compare("old.csv", "new.csv", data=data, labels=labels)
    result = comparison.result()
    # Old: right on both bugs and both questions. New: wrong on the first question only.
    assert (result.both_correct, result.negative_flip, result.positive_flip, result.both_wrong) == (3, 1, 2, 0)
    rows = comparison.examples(sort="id").set_index("example_id")
    assert rows["old_pred"].tolist() == ["bug", "question", "bug", "bug", "question", "question"]
    assert rows["old_gold"].tolist() == pytest.approx([0.9, 0.8, 0, 0.7, 0, 0.7])
    assert rows["old_conf"].tolist() == pytest.approx([0.9, 0.8, 0.6, 0.7, 0.9, 0.7])
    info = comparison.manifest.tasks[0]
    assert sorted(info.label_names) == ["bug", "praise", "question"]
    assert "does not know: praise" in info.models["old"].notes
    assert comparison.manifest.warnings == [
        "tickets: the old model does not know praise, the gold label of 2 of 6 examples; these count as its errors"
    ]
    assert (result.kl, result.kl_reason) == (None, "class_mismatch")
    assert result.soft_pf == pytest.approx((0.1 + 0.1 + 0.1 + 0.8 + 0.6) / 6 - 0.1 / 6)
    assert no_undefined_number(comparison)


def test_without_probabilities_and_by_number(here: Path) -> None:
    (here / "bare.csv").write_text("id,label,pred\n0,0,0\n1,1,1\n2,2,0\n3,0,1\n4,2,1\n5,1,1\n")
    comparison = compare("bare.csv", "new.csv", data="data.csv", labels=("bug", "question", "praise"))
    result = comparison.result()
    assert (result.both_correct, result.negative_flip, result.positive_flip, result.both_wrong) == (2, 1, 3, 0)
    assert result.kl_reason == "no_probabilities"


def test_logits_of_the_known_classes_become_probabilities(here: Path) -> None:
    (here / "logits.csv").write_text("id,label,logit_question,logit_bug\n0,praise,0,1\n1,bug,2,0\n")
    file = open_predictions("logits.csv", get_task("t", labels=("bug", "praise", "question")), new_classes=("Praise",))
    predictions = file.predictions
    assert predictions.label_names == ("bug", "praise", "question")
    assert predictions.new_classes == ("praise",)
    assert "logits" not in predictions.table.column_names
    e = np.exp(1)
    expected = [[e / (1 + e), 0, 1 / (1 + e)], [1 / (1 + e**2), 0, e**2 / (1 + e**2)]]
    np.testing.assert_allclose(predictions.table["probabilities"].to_pylist(), expected)
    assert file.table["label"].to_pylist() == ["praise", "bug"]


@pytest.fixture
def models(here: Path) -> Path:
    make_checkpoint(here / "old", TEXTS, ("question", "bug"), seed=1)
    make_checkpoint(here / "new", TEXTS, ("praise", "bug", "question"), seed=2)
    return here


def probabilities(comparison: Comparison, name: str) -> list[list[float]]:
    import pyarrow.parquet as pq

    return pq.read_table(comparison.path / "predictions" / f"{name}.parquet").sort_by("row_id")


def test_a_checkpoint_and_an_ensemble_of_two(models: Path) -> None:
    alone = compare("old", "new", data="data.csv")
    twice = compare("ensemble:old+old", "new", data="data.csv")
    voted = compare("vote:old+old", "new", data="data.csv")
    for comparison in (alone, twice, voted):
        assert comparison.manifest.tasks[0].label_names == ["praise", "bug", "question"]
        assert comparison.result().logit_disp_reason == "no_logits"
        assert comparison.result().kl_reason == "class_mismatch"
        assert any("does not know: praise" in note for note in comparison.manifest.tasks[0].models["old"].notes)
        assert "does not know praise" in comparison.manifest.warnings[0]
        table = probabilities(comparison, "old")
        assert table["logits"].null_count == len(TEXTS)
        rows = np.array(table["probabilities"].to_pylist())
        np.testing.assert_allclose(rows.sum(axis=1), 1)
        assert (rows[:, 0] == 0).all()
        assert (rows[:, 1:] > 0).all()
        assert "praise" not in table["pred"].to_pylist()
        np.testing.assert_allclose(rows, np.array(probabilities(alone, "old")["probabilities"].to_pylist()))
        assert no_undefined_number(comparison)


def test_the_known_classes_are_aligned_by_name(models: Path) -> None:
    whole = compare("old", "new", data="data.csv")
    lines = [line for line in (models / "data.csv").read_text().splitlines() if "praise" not in line]
    (models / "two.csv").write_text("\n".join(lines) + "\n")
    make_checkpoint(models / "other", TEXTS, ("bug", "question"), seed=3)
    two = compare("old", "other", data="two.csv", new_classes=None)
    by_id = {}
    for comparison in (whole, two):
        found = comparison.examples(sort="id")
        by_id[comparison] = dict(
            zip(found["example_id"], zip(found["old_pred"], found["old_conf"], strict=True), strict=True)
        )
    assert by_id[two]
    for key, (pred, confidence) in by_id[two].items():
        assert by_id[whole][key][0] == pred
        assert by_id[whole][key][1] == pytest.approx(confidence, abs=1e-5)


def test_a_suite_is_answered_too(models: Path) -> None:
    suite = {
        "format": "flipscope-suite", "version": 1, "name": "s", "labels": ["bug", "praise"],
        "tests": [
            {"name": "thanks", "capability": "Vocabulary", "type": "MFT", "expect": {"kind": "label"},
             "cases": [{"examples": [{"text": "thank you", "label": "praise"}]}]}
        ],
    }  # fmt: skip
    (models / "suite.json").write_text(json.dumps(suite))
    comparison = compare("old", "new", data="data.csv", suites=["suite.json"])
    (found,) = comparison.manifest.results.candidates[0].behaviors
    assert (found.old_evaluated, found.old_fails) == (1, 1)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: compare("named.csv", "new.csv", new_classes=["prase"]),
            "prase: not among the classes bug, praise, question",
        ),
        (
            lambda: compare("old.csv", "new.csv", new_classes=["praise", "bug"]),
            "it knows bug, which should be new to it",
        ),
        (lambda: compare("new.csv", "new.csv"), "it knows praise, which should be new to it"),
        (lambda: compare("new", "new", data="data.csv"), "it knows praise, which should be new to it"),
        (lambda: compare("ensemble:old+new", "new", data="data.csv"), "it knows praise, which should be new to it"),
        (
            lambda: compare("old", "old", data="data.csv", labels=LABELS),
            "the labels are question, bug, but the data's are",
        ),
        (lambda: compare("old", "new", data="data.csv", new_classes=["praise", "Bug"]), "would know question"),
        (lambda: compare("old", "new", data="data.csv", new_classes=None, labels=LABELS), "--new-classes praise"),
        (lambda: compare("old.csv", "new.csv", new_classes=["prase"], labels=LABELS), "prase: not among the classes"),
    ],
)
def test_what_does_not_fit_is_refused(models: Path, make: Callable[[], object], told: str) -> None:
    with pytest.raises(FlipscopeError) as caught:
        make()
    assert told in str(caught.value)


def test_the_command_line_and_a_spec(here: Path) -> None:
    options = ["--task", "tickets", "--old", "old.csv", "--new", "new.csv", "--new-classes", "praise", "--json"]
    done = CliRunner().invoke(app, ["compare", *options, "--out", "out"], catch_exceptions=False)
    assert json.loads(done.stdout)["candidates"][0]["tasks"][0]["positive_flip"] == 2
    (here / "spec.toml").write_text(
        'old = "old.csv"\nnew = "new.csv"\n[[task]]\nname = "tickets"\nnew_classes = ["praise"]\n'
    )
    spec = read_spec(here / "spec.toml")
    assert spec.tasks[0].new_classes == ("praise",)
    assert flipscope.compare_spec(spec).result().positive_flip == 2


# The pieces


def test_what_is_left_without_new_classes() -> None:
    names = ("bug", "question", "praise")
    assert without_new(names, ()) == names
    assert without_new(names, ("Question",)) == ("bug", "praise")
    with pytest.raises(FlipscopeError, match="at least two must be left"):
        without_new(names, ("bug", "praise"))
    with pytest.raises(FlipscopeError, match="would know none"):
        without_new(names, names)
    refuse_known(("bug", "question"), ("praise",), who="old")
    with pytest.raises(FlipscopeError, match="it knows praise"):
        refuse_known(("bug", "lob"), ("praise",), who="old", aliases={"lob": "praise"})


def test_zeros_are_put_where_classes_are_missing() -> None:
    found = with_zeros(np.array([[0.25, 0.75]]), ("question", "bug"), ("bug", "praise", "question"))
    assert found.tolist() == [[0.75, 0.0, 0.25]]


@pytest.mark.parametrize(
    ("theirs", "aliases", "found"),
    [
        (("praise", "bug", "question"), {}, ("praise", "bug", "question")),
        (("Question", "BUG"), {}, ("question", "bug")),
        (("defect", "praise"), {"defect": "bug"}, ("bug", "praise")),
        (("LABEL_0", "LABEL_1", "LABEL_2"), {}, LABELS),
        (("2", "0", "1"), {}, ("praise", "bug", "question")),
    ],
)
def test_outputs_of_a_model_are_called_as_the_task_does(
    theirs: tuple[str, ...], aliases: dict[str, str], found: tuple[str, ...]
) -> None:
    assert classes_of_outputs(theirs, LABELS, who="old", aliases=aliases) == found


@pytest.mark.parametrize("theirs", [("bug", "defect"), ("LABEL_0", "LABEL_1"), ("bug", "question", "praise", "other")])
def test_outputs_that_are_no_class_of_the_task_are_refused(theirs: tuple[str, ...]) -> None:
    with pytest.raises(FlipscopeError, match="the labels are"):
        classes_of_outputs(theirs, LABELS, who="old", aliases={})
