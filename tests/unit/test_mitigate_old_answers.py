from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from flipscope.data import Examples
from flipscope.errors import FlipscopeError
from flipscope.mitigate.old_answers import old_logits, teacher_logits
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.source import open_source
from flipscope.predict.runner import Settings
from flipscope.tasks import get_task
from tiny_models import make_checkpoint, make_examples

TEXTS = ["a fine film", "a dull film", "fine", "not fine at all", "dull dull dull"]
CPU = Settings(device="cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return make_checkpoint(tmp_path_factory.mktemp("models") / "old", TEXTS, seed=3)


def logits_of(checkpoint: Checkpoint, texts: list[str]) -> np.ndarray:
    """What transformers itself answers, one text at a time, classes in the model's order."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint.path)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint.path).eval()
    with torch.no_grad():
        rows = [model(**tokenizer(text, return_tensors="pt")).logits[0].numpy() for text in texts]
    return np.stack(rows)


def write(path: Path, header: str, rows: list[tuple[object, ...]]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return str(path)


def file_of(path: str, names: tuple[str, ...] = ()) -> object:
    return open_source(path, get_task("tiny", labels=names))


def labelled(examples: Examples, labels: list[str]) -> Examples:
    at = examples.table.column_names.index("label")
    return replace(examples, table=examples.table.set_column(at, "label", pa.array(labels)))


def test_a_model_answers_with_its_logits_in_the_order_of_the_examples_and_their_classes(model: Checkpoint) -> None:
    texts = [*TEXTS[::-1], TEXTS[0]]
    found = old_logits(model, make_examples(texts, labels=("positive", "negative")), settings=CPU)
    assert found.logits.dtype == np.float32
    np.testing.assert_allclose(found.logits, logits_of(model, texts)[:, ::-1], atol=1e-4)
    assert found.new_classes == ()
    assert found.pred.tolist() == found.logits.argmax(axis=1).tolist()


def test_what_decides_them_is_the_model_and_how_it_was_asked(model: Checkpoint, tmp_path: Path) -> None:
    other = make_checkpoint(tmp_path / "other", TEXTS, seed=9)
    again, batches, longest, exact, another = (
        old_logits(source, make_examples(TEXTS), settings=settings).decided_by
        for source, settings in (
            (model, CPU), (model, Settings(device="cpu", token_budget=8)),
            (model, Settings(device="cpu", max_length=16)), (model, Settings(device="cpu", precision="fp32")),
            (other, CPU),
        )
    )  # fmt: skip
    assert again == batches
    assert again["fingerprint"] == model.fingerprint
    renamed = old_logits(model, make_examples(TEXTS), settings=CPU, aliases={"negative": "negative"}).decided_by
    for different in (longest, exact, another, renamed):
        assert different != again


def test_answers_are_kept_for_the_next_time(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    before = old_logits(model, make_examples(TEXTS), settings=CPU)

    def never(*_: object) -> None:
        raise AssertionError("run again")

    monkeypatch.setattr("flipscope.predict.runner.choose_arithmetic", never)
    again = old_logits(model, make_examples(TEXTS[::-1]), settings=CPU)
    np.testing.assert_array_equal(again.logits, before.logits[::-1])


def test_classes_it_does_not_know_are_minus_infinity(model: Checkpoint) -> None:
    names = ("mixed", "positive", "negative")
    found = old_logits(model, make_examples(TEXTS, labels=names), settings=CPU)
    assert found.new_classes == ("mixed",)
    assert np.isneginf(found.logits[:, 0]).all()
    np.testing.assert_allclose(found.logits[:, 1:], logits_of(model, TEXTS)[:, ::-1], atol=1e-4)
    assert any("does not know mixed" in note for note in found.notes)


def test_classes_are_found_by_the_names_that_the_user_says_they_have(model: Checkpoint) -> None:
    names = ("good", "bad", "mixed")
    aliases = {"positive": "good", "negative": "bad"}
    found = old_logits(model, make_examples(TEXTS, labels=names), settings=CPU, aliases=aliases)
    assert found.new_classes == ("mixed",)
    np.testing.assert_allclose(found.logits[:, :2], logits_of(model, TEXTS)[:, ::-1], atol=1e-4)


@pytest.mark.parametrize("names", [("positive", "mixed"), ("positive",), ("positive", "mixed", "unclear")])
def test_classes_that_the_data_do_not_have_are_refused(model: Checkpoint, names: tuple[str, ...]) -> None:
    with pytest.raises(FlipscopeError, match="the labels are negative, positive"):
        old_logits(model, make_examples(TEXTS, labels=names), settings=CPU)


def test_numbered_classes_are_not_taken_for_some_of_the_named_ones(tmp_path: Path) -> None:
    model = make_checkpoint(tmp_path / "old", TEXTS, labels=("LABEL_0", "LABEL_1"))
    assert old_logits(model, make_examples(TEXTS), settings=CPU).new_classes == ()
    with pytest.raises(FlipscopeError, match="the labels are LABEL_0, LABEL_1"):
        old_logits(model, make_examples(TEXTS, labels=("a", "b", "c")), settings=CPU)


def test_a_file_answers_with_the_logarithm_of_its_probabilities(tmp_path: Path) -> None:
    rows = [(i, 1 - i / 4, i / 4) for i in range(4, -1, -1)]
    path = write(tmp_path / "old.csv", "id,prob_negative,prob_positive", rows)
    found = old_logits(file_of(path), make_examples(TEXTS, labels=("positive", "negative")))
    np.testing.assert_allclose(found.logits[1:4], np.log([[1, 3], [2, 2], [3, 1]]) - np.log(4), rtol=1e-6)
    assert found.logits[0, 1] == found.logits[4, 0] == 0
    assert np.isfinite(found.logits).all()  # a probability of 0, too
    assert found.logits[0, 0] < -15


def test_a_file_may_not_know_all_classes_either(tmp_path: Path) -> None:
    path = write(tmp_path / "old.csv", "id,prob_a,prob_b", [(i, 0.25, 0.75) for i in range(5)])
    examples = labelled(make_examples(TEXTS, labels=("c", "b", "a")), ["c", "c", "b", "a", "a"])
    found = old_logits(file_of(path), examples)
    assert found.new_classes == ("c",)
    np.testing.assert_allclose(found.logits, [[-np.inf, np.log(0.75), np.log(0.25)]] * 5, rtol=1e-6)


def test_an_ensemble_answers_with_the_logarithm_of_its_mean_probabilities(tmp_path: Path) -> None:
    sources = [
        write(tmp_path / f"{p}.csv", "id,prob_negative,prob_positive", [(i, 1 - p, p) for i in range(5)])
        for p in (0.9, 0.3)
    ]
    found = old_logits(file_of("ensemble:" + "+".join(sources)), make_examples(TEXTS))
    np.testing.assert_allclose(found.logits, np.log([[0.4, 0.6]] * 5), rtol=1e-6)


def test_predictions_without_probabilities_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "old.csv", "id,pred", [(i, ("negative", "positive")[i % 2]) for i in range(5)])
    with pytest.raises(FlipscopeError, match="no probabilities"):
        old_logits(file_of(path), make_examples(TEXTS))


def test_predictions_for_some_of_the_examples_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "old.csv", "id,prob_negative,prob_positive", [(i, 0.5, 0.5) for i in range(3)])
    with pytest.raises(FlipscopeError, match="only 3 of 5 examples"):
        old_logits(file_of(path), make_examples(TEXTS))


def test_answers_other_than_the_likeliest_class_are_said(tmp_path: Path) -> None:
    rows = [(i, 0.6, 0.4, "positive" if i < 2 else "negative") for i in range(5)]
    path = write(tmp_path / "old.csv", "id,prob_negative,prob_positive,pred", rows)
    found = old_logits(file_of(path), make_examples(TEXTS, labels=("positive", "negative")))
    assert any(note.startswith("2 of 5 answers are not the likeliest class") for note in found.notes)
    assert found.pred.tolist() == [0, 0, 1, 1, 1]
    assert found.logits.argmax(axis=1).tolist() == [1] * 5


def test_a_vote_answers_with_its_winner(tmp_path: Path) -> None:
    sources = [
        write(tmp_path / f"{i}.csv", "id,prob_negative,prob_positive", [(row, 1 - p, p) for row in range(5)])
        for i, p in enumerate((0.45, 0.4, 0.9))
    ]
    found = old_logits(file_of("vote:" + "+".join(sources)), make_examples(TEXTS))
    assert found.pred.tolist() == [0] * 5
    assert found.logits.argmax(axis=1).tolist() == [1] * 5


def test_texts_rows_and_datasets_are_answered_alike(model: Checkpoint) -> None:
    from datasets import Dataset

    texts, names = [*TEXTS, TEXTS[1]], ("positive", "negative")
    expected = logits_of(model, texts)[:, ::-1]
    rows = {"review_text": texts, "label": [0, 1, 0, 1, 0, 1], "id": [7] * 6}
    for data, columns in (
        (texts, {}),
        (pd.DataFrame(rows), {"text": "review_text"}),
        (pa.table(rows), {"text": "review_text"}),
        (Dataset.from_dict(rows), {"text": "review_text"}),
    ):
        found = teacher_logits(model.path, data, label_names=names, settings=CPU, **columns)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_they_fit_into_a_column_of_a_dataset(model: Checkpoint) -> None:
    from datasets import Dataset

    dataset = Dataset.from_dict({"text": TEXTS, "label": [0, 1, 0, 1, 0]})
    names = ("negative", "positive")
    found = teacher_logits(model.path, dataset, label_names=names, settings=CPU)
    column = dataset.add_column("teacher_logits", list(found))["teacher_logits"]
    np.testing.assert_allclose(np.array(column[:]), found)


def test_a_pair_has_two_columns(tmp_path: Path) -> None:
    names = ("entailment", "not_entailment")
    model = make_checkpoint(tmp_path / "old", TEXTS, labels=names)
    rows = pd.DataFrame({"sentence1": TEXTS, "sentence2": TEXTS[::-1], "label": [0, 1, 0, 1, 1]})
    found = teacher_logits(model.path, rows, label_names=names, task="rte", settings=CPU)
    examples = make_examples(TEXTS, TEXTS[::-1], labels=names)
    np.testing.assert_array_equal(found, old_logits(model, examples, settings=CPU).logits)


def test_ids_match_rows_of_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "old.csv", "key,prob_negative,prob_positive", [("b", 0.25, 0.75), ("a", 0.5, 0.5)])
    rows = pd.DataFrame({"key": ["a", "b"], "text": ["x", "y"]})
    found = teacher_logits(path, rows, label_names=("negative", "positive"), id="key")
    np.testing.assert_allclose(found, np.log([[0.5, 0.5], [0.25, 0.75]]), rtol=1e-6)


@pytest.mark.parametrize(
    ("data", "columns", "what"),
    [
        ([1, 2], {}, "can't hold a int"),
        (7, {}, "can't be a int"),
        (pd.DataFrame({"text": ["x", "x"], "key": ["a", "a"]}), {"id": "key"}, "ids that are there twice"),
        (pd.DataFrame({"words": ["x"]}), {}, "no text column"),
    ],
)
def test_data_that_can_not_be_answered_row_by_row_are_refused(
    model: Checkpoint, data: object, columns: dict[str, str], what: str
) -> None:
    with pytest.raises(FlipscopeError, match=what):
        teacher_logits(model.path, data, label_names=("negative", "positive"), settings=CPU, **columns)
