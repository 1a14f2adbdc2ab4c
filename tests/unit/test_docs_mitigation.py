"""What docs/mitigation.md shows of Python, run against tiny models; and the names that it may import."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import flipscope.mitigate
from flipscope.errors import FlipscopeError
from tiny_models import make_checkpoint

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mitigation.md").read_text()
SECTION = PAGE[PAGE.index("## In your own training script") :]
TRAINING, CHOOSING, ALL = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
TEXTS = [
    f"{start} {what} {end}" for start in ("a", "the") for what in ("fine", "dull") for end in ("film", "song", "day")
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("v1", "v1-tuned", "v2")):
        make_checkpoint(folder / name, TEXTS, seed=seed)
    return folder


@pytest.fixture
def here(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(models, tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_training_script(here: Path) -> None:
    from datasets import Dataset
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, TrainingArguments

    tokenizer = AutoTokenizer.from_pretrained("models/v2")
    rows = Dataset.from_dict({"sentence": TEXTS, "label": [i % 2 for i in range(len(TEXTS))]})
    rows = rows.map(lambda row: dict(tokenizer(row["sentence"])))
    names: dict[str, Any] = {
        "model": AutoModelForSequenceClassification.from_pretrained("models/v2"),
        "tokenizer": tokenizer,
        "train": rows.select(range(8)),
        "dev": rows.select(range(8, len(rows))),
        "arguments": TrainingArguments(
            "out", num_train_epochs=2, per_device_train_batch_size=4, report_to="none", logging_steps=1,
            eval_strategy="epoch", save_strategy="best", metric_for_best_model="eval_nfr", greater_is_better=False, use_cpu=True,
        ),
    }  # fmt: skip
    exec(TRAINING, names)
    trainer, state = names["trainer"], names["trainer"].state
    assert names["old"].shape == (8, 2)
    assert np.isfinite(names["old"]).all()
    assert state.global_step == 4
    assert trainer.distillation is not None
    assert any(entry["kd"] > 0 for entry in state.log_history if "kd" in entry)
    told = [entry["eval_nfr"] for entry in state.log_history if "eval_nfr" in entry]
    assert len(told) == 2
    assert state.best_metric == min(told)


def test_classes_of_a_task_of_ones_own_are_not_guessed(here: Path) -> None:
    with pytest.raises(FlipscopeError, match="Give label_names"):
        flipscope.mitigate.teacher_logits("models/v1", TEXTS, task="reviews")


def test_choosing_and_combining(here: Path) -> None:
    right = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    one_wrong = np.array([[0.9, 0.1], [0.7, 0.3], [0.7, 0.3]])
    names: dict[str, Any] = {
        "old_right": np.array([True, True, False]),
        "gold": np.array([0, 1, 0]),
        "probs": [one_wrong, right, right**2 / (right**2).sum(axis=1, keepdims=True)],
    }
    exec(CHOOSING, names)
    assert [score.nfr for score in names["scores"]] == pytest.approx([1 / 3, 0, 0])
    assert (names["kept"], names["centric"]) == (2, 2)  # as good as 1, and surer
    assert (here / "models" / "between" / "model.safetensors").is_file()


def test_the_whole_study(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{text} {i},{'positive' if i % 2 else 'negative'}" for i in range(4) for text in TEXTS]
    (here / "train.csv").write_text("\n".join(["sentence,label", *lines]) + "\n")
    (here / "sst2.toml").write_text(
        """
        seeds = 1
        methods = ["conventional", "old_and_new"]
        [[task]]
        name = "sst2"
        old = "models/v1"
        new = "models/v2"
        train = "train.csv"
        select_share = 0.3
        report_share = 0.3
        builtin_tags = false
        """
    )
    exec(ALL, {})
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {name for name, _ in told} == {"conventional", "old_and_new"}
    assert all(0 <= float(nfr) <= 1 for _, nfr in told)
    assert (here / "sst2-study" / "comparison").is_dir()


def test_every_public_name_is_there_and_no_module() -> None:
    code = """
from types import ModuleType
import flipscope.mitigate.run  # with all of its modules, which must not hide names of the package
from flipscope import mitigate
print([name for name in mitigate.__all__ if isinstance(getattr(mitigate, name), ModuleType)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert sorted(flipscope.mitigate.__all__) == dir(flipscope.mitigate)
    with pytest.raises(AttributeError, match="no_such"):
        _ = flipscope.mitigate.no_such
