"""What is guessed about data: task, columns, labels; and what of it a spec has to say."""

from __future__ import annotations

import pandas as pd
import pytest

from flipscope.detection import Columns, chosen_columns, needed, suggest, table_columns
from flipscope.errors import FlipscopeError
from flipscope.inspection import ModelCard
from flipscope.spec import TaskSpec


def card(*labels: str) -> ModelCard:
    return ModelCard("m", "checkpoint", labels, 1)


def write(path, **columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(path, index=False)
    return str(path)


TEXTS = ["it is fine", "it is dull", "it is great"]


@pytest.mark.parametrize(
    ("columns", "labels", "models", "task"),
    [
        ({"sentence": TEXTS}, ["positive", "negative", "positive"], (), "sst2"),
        ({"sentence": TEXTS}, [1, 0, 1], ("acceptable", "unacceptable"), "cola"),
        ({"sentence1": TEXTS, "sentence2": TEXTS}, ["entailment", "not_entailment", "entailment"], (), "rte"),
        ({"question": TEXTS, "sentence": TEXTS}, ["entailment", "not entailment", "entailment"], (), "qnli"),
        ({"premise": TEXTS, "hypothesis": TEXTS}, ["entailment", "neutral", "contradiction"], (), "mnli"),
        # Numbers whose models do not tell what they mean, and texts that any task could have, say nothing.
        ({"sentence": TEXTS}, [1, 0, 1], ("LABEL_0", "LABEL_1"), "reviews"),
        ({"text": TEXTS}, ["positive", "negative", "positive"], (), "reviews"),
        ({"sentence": TEXTS}, ["joy", "anger", "joy"], (), "reviews"),
        # Labels of sst2, but of models that have others.
        ({"sentence": TEXTS}, [1, 0, 1], ("joy", "anger"), "reviews"),
    ],
)
def test_a_task_is_recognised_by_columns_and_labels(tmp_path, columns, labels, models, task):
    data = write(tmp_path / "reviews" / "dev.csv", **columns, label=labels)
    assert suggest(data, [card(*models)] if models else []).name.value == task


@pytest.mark.parametrize(
    ("place", "task"),
    [
        ("SST-2/dev.csv", "sst2"),
        ("sst2_dev.csv", "sst2"),
        ("CoLA/dev.csv", "cola"),
        ("chocolate/dev.csv", "chocolate"),
        ("my sst2 things/older/dev.csv", "older"),
    ],
)
def test_the_name_of_the_data_decides_between_tasks_that_fit(tmp_path, place, task):
    data = write(tmp_path / place, sentence=TEXTS, label=[1, 0, 1])
    assert suggest(data, []).name.value == task


@pytest.mark.parametrize(
    ("place", "task"),
    [
        ("support mails.csv", "support-mails"),
        ("eval.csv", "mine"),
        ("test_split.csv.gz", "mine"),
        ("../<b>$x$.csv", "b-x"),
        ("-.csv", "mine"),
    ],
)
def test_other_tasks_are_named_after_their_file_or_folder(tmp_path, place, task):
    data = write(tmp_path / "mine" / place, text=TEXTS, label=["a", "b", "a"])
    guess = suggest(data, []).name.value
    assert guess == task
    TaskSpec(name=guess, old="o", candidates={"new": "n"})


def test_columns_with_unknown_names_are_found_by_what_they_hold(tmp_path):
    data = write(tmp_path / "x.csv", code=["1", "2", "3"], verdict=["good", "bad", "Good"], body=TEXTS)
    found = suggest(data, [card("bad", "good")])
    assert (found.text.value, found.text_b.value, found.label.value, found.id.value) == ("body", None, "verdict", None)
    assert found.labels == ("bad", "good")
    said = needed(found.columns, found.name.value, Columns("body", None, "verdict", None))
    assert said == {"text": "body", "label": "verdict"}


def test_the_first_rows_are_shown_with_what_their_columns_are(tmp_path):
    data = write(tmp_path / "x.csv", id=range(12), text=["so"] * 12, label=["a"] * 12)
    assert suggest(data, []).head["id"].tolist() == [str(number) for number in range(10)]
    assert Columns("text", None, "label", "id").roles() == {"text": "text", "label": "gold label", "id": "id"}
    assert Columns("a", "b", None, None).roles() == {"a": "first text", "b": "second text"}


def test_without_a_hint_no_column_is_taken_for_labels(tmp_path):
    data = write(tmp_path / "x.csv", text=TEXTS, verdict=["good", "bad", "good"])
    assert suggest(data, []).label.value is None


def test_numbers_take_the_names_of_the_models(tmp_path):
    data = write(tmp_path / "x.csv", text=TEXTS, label=[0, 1, 0])
    assert suggest(data, [card("LABEL_0", "LABEL_1"), card("no", "yes")]).labels == ("no", "yes")
    assert suggest(data, []).labels == ("0", "1")


def test_a_name_given_decides_which_columns_are_looked_for(tmp_path):
    data = write(tmp_path / "x.csv", question=TEXTS, sentence=TEXTS, label=[0, 1, 0])
    assert suggest(data, [], name="qnli").text.value == "question"
    assert suggest(data, [], name="sst2").text.value == "sentence"
    assert suggest(data, [], name="sst2").text_b.value is None


def test_a_prediction_file_needs_no_texts_and_is_named_after_its_folder(tmp_path):
    data = write(
        tmp_path / "hans" / "bert.csv", pairID=[1, 2], subcase=["abc", "def"], label=["x", "y"], pred=["x", "x"]
    )
    found = suggest(data, [])
    assert (found.name.value, found.text.value, found.id.value) == ("hans", None, "pairID")
    assert table_columns(data) == ("pairID", "subcase", "label", "pred")


def test_only_what_would_not_be_found_has_to_be_said():
    names = ["idx", "sentence", "label", "other"]
    assert needed(names, "sst2", Columns("sentence", None, "label", "idx")) == {}
    assert needed(names, "sst2", Columns("other", None, "label", "idx")) == {"text": "other"}
    assert needed(names, "mine", Columns("sentence", "other", "label", None)) == {
        "text": "sentence", "text_b": "other", "id": "none",
    }  # fmt: skip


def test_what_is_said_is_what_will_be_used():
    names = ["a", "b", "c", "d", "text", "sentence2", "label", "id"]
    for wanted in (
        Columns("a", "b", "c", "d"),
        Columns("text", None, "label", None),
        Columns("a", None, "label", "id"),
    ):
        spec = TaskSpec(name="mine", old="o", candidates={"n": "n"}, **needed(names, "mine", wanted))
        assert chosen_columns(names, spec) == wanted


def test_of_a_large_file_only_the_first_rows_are_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("flipscope.detection._HEAD_BYTES", 10_000)
    path = tmp_path / "reviews.csv"
    path.write_bytes(b"body,label\n" + b"a text of some length,good\nanother one,bad\n" * 1_000 + b"\xff not read\n")
    found = suggest(str(path), [])
    assert (found.text.value, found.label.value, found.labels) == ("body", "label", ("bad", "good"))
    assert table_columns(str(path)) == ("body", "label")


def test_data_that_cannot_be_read_say_so(tmp_path):
    with pytest.raises(FlipscopeError, match="no such file"):
        suggest(str(tmp_path / "none.csv"), [])
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(FlipscopeError, match="empty"):
        suggest(str(tmp_path / "empty.csv"), [])


def test_every_glue_set_is_recognised(real_data):
    glue = real_data / "glue"
    places = {
        "sst2": ("SST-2/dev.csv", "SST-2/dev.jsonl"), "mrpc": ("MRPC/dev.csv", "raw/MRPC-dev.tsv"),
        "rte": ("RTE/dev.csv", "RTE/dev_textlabels.csv"), "cola": ("CoLA/dev.csv",), "qnli": ("QNLI/dev.csv",),
        "mnli": ("MNLI/dev_matched.csv.gz",),
    }  # fmt: skip
    for task, files in places.items():
        for file in files:
            assert suggest(str(glue / file), []).name.value == task
