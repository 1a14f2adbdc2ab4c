"""``flipscope families``, ``suspects`` and ``embed``: what they print, and what bad input is told."""

from __future__ import annotations

import io
import json
import shlex

import numpy as np
import pandas as pd
import pytest

from builders import build_comparison, examples, predictions, simulated_task
from commands import error, run
from flipscope.store.tables import TaskData

pytest.importorskip("sklearn")
pytest.importorskip("cleanlab")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    tasks = [
        simulated_task(name, 300, ("a", "b"), seed=i, candidates=("x", "y")) for i, name in enumerate(("one", "two"))
    ]
    return build_comparison(tmp_path_factory.mktemp("c") / "c", tasks).path


def test_families_of_each_task_and_candidate_are_printed(folder):
    said = run("families", folder).output
    for each in ("one, x", "one, y", "two, x", "two, y"):
        assert f"{each}: " in said
    assert f"flipscope embed {folder}" not in said  # prediction files have no encoder
    assert run("families", folder, "--task", "two", "--candidate", "y").output.count(" flips: ") == 1


def test_the_flips_of_a_family_can_be_listed_with_the_command_below_it(tmp_path):
    random = np.random.default_rng(0)
    texts = [f"refund my money {word}" for word in ("now", "please", "today", "soon")]
    texts += [" ".join(f"word{i}" for i in random.integers(400, size=4)) for _ in range(60)]
    rows = [{"example_id": f"e{i}", "text_a": text, "label": "a"} for i, text in enumerate(texts)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("a", "b"), ["b"] * flips + ["a"] * (64 - flips))
        for name, flips in (("old", 0), ("new", 7))
    }
    folder = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("a", "b")), answers)]).path
    said = run("families", folder).output
    assert "money" in said
    (command,) = (line.removeprefix("1  ") for line in said.splitlines() if line.startswith("1  flipscope examples"))
    listed = pd.read_json(io.StringIO(run(*shlex.split(command)[1:], "--format", "jsonl").output), lines=True)
    assert set(listed["example_id"]) == {"e0", "e1", "e2", "e3"}


def test_where_there_is_an_encoder_families_name_it(folder, monkeypatch):
    monkeypatch.setattr("flipscope.terminal_similar._has_encoder", lambda comparison, found: True)
    assert f"flipscope embed {folder}" in run("families", folder).output


def test_families_as_json(folder):
    content = json.loads(run("families", folder, "--task", "one", "--outcome", "positive_flip", "--json").output)
    assert content["schema_version"] == 1
    assert [(each["task"], each["candidate"]) for each in content["searches"]] == [("one", "x"), ("one", "y")]
    for search in content["searches"]:
        grouped = sum(family["n"] for family in search["families"])
        assert grouped + len(search["alone"]) == search["n"] > 0
        assert search["outcome"] == "positive_flip"


def test_suspects_are_printed_with_what_they_rest_on(folder):
    said = run("suspects", folder, "--task", "one", "--limit", "2").output
    assert said.count("both models say") == 2
    assert "one: 2 of " in said
    assert "must not have been trained on" in said


def test_suspects_as_json_and_as_a_file(folder, tmp_path):
    content = json.loads(run("suspects", folder, "--json").output)
    assert [each["task"] for each in content["searches"]] == ["one", "two"]
    listed = [row for each in content["searches"] for row in each["suspects"]]
    assert all(row["near"] is None and 0 <= row["score"] <= 1 for row in listed)
    for kind, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        run("suspects", folder, "-o", tmp_path / f"s.{kind}")
        frame = read(tmp_path / f"s.{kind}")
        assert frame["row_id"].tolist() == [row["row_id"] for row in listed]
        assert set(frame["task"]) == {"one", "two"}


def test_a_file_of_an_unknown_kind_is_refused(folder, tmp_path):
    assert "can't tell the format" in error("suspects", folder, "-o", tmp_path / "s.txt")


def test_embedding_predictions_is_refused_with_what_there_is_instead(folder):
    assert "shared words" in error("embed", folder)


def test_names_that_are_not_there_are_refused(folder):
    assert "no candidate 'z'" in error("families", folder, "--candidate", "z")
    assert "no task 'three'" in error("suspects", folder, "--task", "three")
