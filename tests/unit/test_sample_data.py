"""The sample data are what sample_data/README.md promises (nothing is trained here)."""

from __future__ import annotations

import csv
import importlib.util
import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2] / "sample_data"
META = ("domain", "capability", "length", "source", "year")
LABELS = {
    "sentiment": ("negative", "positive"),
    "paraphrase": ("not_equivalent", "equivalent"),
    "entailment": ("entailment", "neutral", "contradiction"),
}
TEXTS = {
    "sentiment": ("text",),
    "paraphrase": ("sentence1", "sentence2"),
    "entailment": ("premise", "hypothesis"),
}
CHECKPOINTS = [(task, side) for task in LABELS for side in ("old", "new")]

each_task = pytest.mark.parametrize("task", list(LABELS))
each_checkpoint = pytest.mark.parametrize(("task", "side"), CHECKPOINTS)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def config(task: str, side: str) -> dict:
    return json.loads((ROOT / task / side / "config.json").read_text(encoding="utf-8"))


def tensors(task: str, side: str) -> dict[str, dict]:
    """Read the header of a safetensors file: an 8-byte length, then JSON."""
    raw = (ROOT / task / side / "model.safetensors").read_bytes()
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    header.pop("__metadata__", None)
    return header


@pytest.fixture(scope="module")
def build() -> Iterator[ModuleType]:
    """The script that made the data."""
    spec = importlib.util.spec_from_file_location("sample_data_build", ROOT / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        spec.loader.exec_module(module)
        yield module


@each_task
def test_evaluation_sets_have_distinct_complete_rows(task: str) -> None:
    rows = read(ROOT / task / "eval.csv")
    assert list(rows[0]) == ["id", *TEXTS[task], "label", *META]
    assert len(rows) >= 1000
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({tuple(row[column].lower() for column in TEXTS[task]) for row in rows}) == len(rows)
    assert all(value.strip() for row in rows for value in row.values())


@each_task
def test_labels_and_slices_are_all_well_filled(task: str) -> None:
    rows = read(ROOT / task / "eval.csv")
    labels = [row["label"] for row in rows]
    assert set(labels) == set(LABELS[task])
    assert min(labels.count(label) for label in LABELS[task]) > 0.8 * len(rows) / len(LABELS[task])
    capabilities = [row["capability"] for row in rows]
    assert min(capabilities.count(name) for name in set(capabilities)) >= 40
    assert {row["length"] for row in rows} <= {"short", "medium", "long"}


@each_task
def test_texts_have_no_traces_of_templates(task: str) -> None:
    for row in read(ROOT / task / "eval.csv"):
        for column in TEXTS[task]:
            text = row[column]
            assert not set("{}[]|") & set(text), text
            assert text == " ".join(text.split()), text


@each_checkpoint
def test_checkpoints_are_whole_small_and_named(task: str, side: str) -> None:
    folder = ROOT / task / side
    names = config(task, side)["id2label"]
    assert sorted(names.values()) == sorted(LABELS[task])
    assert {name: int(index) for index, name in names.items()} == config(task, side)["label2id"]
    assert config(task, side)["architectures"] == ["BertForSequenceClassification"]
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    assert len(vocabulary) == config(task, side)["vocab_size"]
    assert (folder / "tokenizer_config.json").is_file()
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_500_000


@each_checkpoint
def test_weights_are_stored_in_half_precision_and_load_in_single(task: str, side: str) -> None:
    assert {tensor["dtype"] for tensor in tensors(task, side).values()} == {"F16"}
    assert config(task, side)["dtype"] == "float32"
    embeddings = tensors(task, side)["bert.embeddings.word_embeddings.weight"]
    assert embeddings["shape"] == [config(task, side)["vocab_size"], config(task, side)["hidden_size"]]


def test_all_of_it_is_a_few_megabytes() -> None:
    assert sum(file.stat().st_size for file in ROOT.rglob("*") if file.is_file()) < 10_000_000


def test_tokenizers_and_label_orders_are_not_always_alike() -> None:
    def tokenizers(task: str) -> set[str]:
        return {(ROOT / task / side / "tokenizer.json").read_text(encoding="utf-8") for side in ("old", "new")}

    assert len(tokenizers("entailment")) == 1
    assert len(tokenizers("paraphrase")) == 2
    assert config("entailment", "old")["id2label"] != config("entailment", "new")["id2label"]


@pytest.mark.parametrize("side", ["old", "new"])
def test_prediction_files_agree_with_the_data_and_themselves(side: str) -> None:
    rows = read(ROOT / "sentiment" / "eval.csv")
    predictions = read(ROOT / "sentiment" / f"predictions_{side}.csv")
    assert list(predictions[0]) == ["id", "label", "pred", "prob_negative", "prob_positive"]
    assert [(row["id"], row["label"]) for row in predictions] == [(row["id"], row["label"]) for row in rows]
    for row in predictions:
        negative, positive = float(row["prob_negative"]), float(row["prob_positive"])
        assert negative + positive == pytest.approx(1, abs=2e-6)
        assert row["pred"] == ("positive" if positive > negative else "negative")


def test_the_new_sentiment_model_is_as_the_readme_says_better_but_worse_at_negation() -> None:
    rows = read(ROOT / "sentiment" / "eval.csv")
    right = {
        side: [row["pred"] == row["label"] for row in read(ROOT / "sentiment" / f"predictions_{side}.csv")]
        for side in ("old", "new")
    }
    negated = [index for index, row in enumerate(rows) if row["capability"] == "Negation"]
    pairs = list(zip(right["old"], right["new"], strict=True))
    cells = [f"{pairs.count(cell):,}" for cell in ((True, True), (True, False), (False, True), (False, False))]
    assert f"| {' | '.join(cells)} |" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert sum(right["new"]) > sum(right["old"])
    assert sum(right["new"][index] for index in negated) < sum(right["old"][index] for index in negated)


@each_task
def test_the_script_makes_the_same_texts_again(build: ModuleType, task: str) -> None:
    [module] = [module for module in build.TASKS if task == module.NAME]
    made = [{name: str(value) for name, value in row.items()} for row in build.evaluation_table(module)]
    assert made == read(ROOT / task / "eval.csv")


@pytest.mark.parametrize("side", ["old", "new"])
@each_task
def test_no_model_has_seen_an_evaluation_text(
    build: ModuleType, task: str, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draw training rows with the seed and the words of the evaluation set: what would come back must be left out."""
    [module] = [module for module in build.TASKS if task == module.NAME]
    texts = {tuple(row[column].lower() for column in TEXTS[task]) for row in read(ROOT / task / "eval.csv")}
    again = replace(module.EVALUATION, mix={name: count // 4 for name, count in module.EVALUATION.mix.items()})
    monkeypatch.setattr(module, side.upper(), again)
    seen = {tuple(text.lower() for text in row.texts) for row in build.training_rows(module, side)}
    assert len(seen) == sum(again.mix.values())
    assert not seen & texts


def test_the_script_refuses_a_new_model_that_is_not_better_or_nowhere_worse(build: ModuleType) -> None:
    module = build.TASKS[0]
    worse = dict.fromkeys(module.WORSE, (0.9, 0.5))
    assert build.broken_promises(module, (0.8, 0.86), worse) == []
    assert len(build.broken_promises(module, (0.8, 0.8), worse)) == 1
    assert len(build.broken_promises(module, (0.8, 0.86), dict.fromkeys(module.WORSE, (0.9, 0.9)))) == len(module.WORSE)


def test_the_spec_names_files_that_are_there() -> None:
    spec = tomllib.loads((ROOT / "compare.toml").read_text(encoding="utf-8"))
    assert [task["name"] for task in spec["task"]] == list(LABELS)
    for task in spec["task"]:
        assert (ROOT / task["data"]).is_file()
        assert all((ROOT / task[side]).is_dir() for side in ("old", "new"))
        assert [task[key] for key in ("text", "text_b") if key in task] == list(TEXTS[task["name"]])
