"""Real evaluation sets, checkpoints and prediction files, with the counts that are known of them."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from flipscope.open.checkpoint import Checkpoint, open_checkpoint
from flipscope.open.examples import open_examples
from flipscope.open.labels import count_names
from flipscope.open.predictions import open_predictions, to_examples
from flipscope.open.source import open_source
from flipscope.tasks import get_task

GLUE = [
    ("sst2", "SST-2/dev.csv", {"negative": 428, "positive": 444}),
    ("sst2", "SST-2/dev.tsv", {"negative": 428, "positive": 444}),
    ("sst2", "SST-2/dev.jsonl", {"negative": 428, "positive": 444}),
    ("sst2", "SST-2/train.csv.gz", {"negative": 29_780, "positive": 37_569}),
    ("mrpc", "MRPC/dev.csv", {"not_equivalent": 129, "equivalent": 279}),
    ("mrpc", "raw/MRPC-dev.tsv", {"not_equivalent": 129, "equivalent": 279}),
    ("rte", "RTE/dev.csv", {"entailment": 146, "not_entailment": 131}),
    ("rte", "RTE/dev_textlabels.csv", {"entailment": 146, "not_entailment": 131}),
    ("cola", "CoLA/dev.csv", {"unacceptable": 322, "acceptable": 721}),
    ("qnli", "QNLI/dev.csv", {"entailment": 2_702, "not_entailment": 2_761}),
    ("qnli", "raw/QNLI-dev.tsv", {"entailment": 2_702, "not_entailment": 2_761}),
    ("mnli", "MNLI/dev_matched.csv.gz", {"entailment": 3_479, "neutral": 3_123, "contradiction": 3_213}),
]


@pytest.mark.parametrize(("task", "file", "counts"), GLUE, ids=[file for _, file, _ in GLUE])
def test_every_row_of_glue(real_data: Path, task: str, file: str, counts: dict[str, int]) -> None:
    examples = open_examples(real_data / "glue" / file, get_task(task))
    assert len(examples) == sum(counts.values())
    assert count_names(examples.table["label"], examples.label_names) == counts


@pytest.mark.parametrize(
    ("task", "files"),
    [
        ("sst2", ["SST-2/dev.csv", "SST-2/dev.jsonl"]),
        ("qnli", ["QNLI/dev.csv", "raw/QNLI-dev.tsv"]),
        ("rte", ["RTE/dev.csv", "RTE/dev_textlabels.csv"]),
    ],
)
def test_the_same_rows_have_the_same_digest(real_data: Path, task: str, files: list[str]) -> None:
    assert len({open_examples(real_data / "glue" / file, get_task(task)).digest for file in files}) == 1


def test_texts_are_the_same_in_every_format(real_data: Path) -> None:
    files = ["SST-2/dev.csv", "SST-2/dev.tsv", "SST-2/dev.jsonl"]
    opened = [open_examples(real_data / "glue" / file, get_task("sst2"), id_column="none") for file in files]
    assert len({examples.digest for examples in opened}) == 1


@pytest.mark.parametrize(("name", "parameters"), [("sst2-old", 17.4e6), ("sst2-new", 22.7e6)])
def test_checkpoints_in_a_folder_and_packed(real_data: Path, tmp_path: Path, name: str, parameters: float) -> None:
    folder = real_data / "checkpoints" / name
    checkpoint = open_checkpoint(folder)
    assert checkpoint.parameters == pytest.approx(parameters, abs=5e4)
    assert checkpoint.label_names == ("negative", "positive")
    with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
        for file in folder.iterdir():
            packed.write(file, file.name)
    with tarfile.open(tmp_path / f"{name}.tar.gz", "w:gz", compresslevel=1) as packed:
        packed.add(folder, name)
    for suffix in (".zip", ".tar.gz"):
        found = open_source(str(tmp_path / f"{name}{suffix}"), get_task("sst2"))
        assert isinstance(found, Checkpoint)
        assert (found.name, found.fingerprint) == (name, checkpoint.fingerprint)


def test_both_checkpoints_tokenise_alike(real_data: Path) -> None:
    old, new = (open_checkpoint(real_data / "checkpoints" / name) for name in ("sst2-old", "sst2-new"))
    assert old.tokenizer_digest == new.tokenizer_digest
    assert old.fingerprint != new.fingerprint


@pytest.mark.parametrize(
    ("task", "file", "rows", "accuracy"),
    [
        ("sst2", "explainaboard_sst2_test/cnn.csv", 1_821, 0.8572),
        ("sst2", "explainaboard_sst2_test/lstm.csv", 1_821, 0.8803),
        ("hans", "hans_eval/esim.csv.gz", 30_000, 0.5001),
        ("hans", "hans_eval/spinn.csv.gz", 30_000, 0.5051),
        ("rte", "hans_eval/bert.csv.gz", 30_000, 0.5480),
    ],
)
def test_prediction_files(real_data: Path, task: str, file: str, rows: int, accuracy: float) -> None:
    found = open_predictions(real_data / "predictions" / file, get_task(task))
    examples = to_examples(found, get_task(task))
    assert len(found.predictions) == len(examples) == rows
    right = [pred == gold for pred, gold in zip(
        found.predictions.table["pred"].to_pylist(), examples.table["label"].to_pylist(), strict=True
    )]  # fmt: skip
    assert sum(right) / rows == pytest.approx(accuracy, abs=5e-5)


def test_hans_keeps_its_slices(real_data: Path) -> None:
    table = open_predictions(real_data / "predictions/hans_eval/bert.csv.gz", get_task("hans")).table
    assert len(table["heuristic"].unique()) == 3
    assert len(table["subcase"].unique()) == 30
