"""Flips against the old model at every evaluation of anybody's Trainer."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from datasets import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from flipscope.errors import FlipscopeError
from flipscope.mitigate import Distillation, DistillationTrainer, FlipCallback
from tiny_models import make_checkpoint

WORDS = ("good", "bad", "fine", "awful", "film", "plot")
NAMES = ("negative", "neutral", "positive")
ROWS = 11

pytestmark = pytest.mark.usefixtures("quick_training")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    make_checkpoint(folder, WORDS, NAMES)
    return folder


def make_rows(rows: int = ROWS, seed: int = 1) -> Dataset:
    draw = torch.randint(5, 11, (rows, 9), generator=torch.Generator().manual_seed(seed)).tolist()
    ids = [[2, *row[: 2 + i % 7], 3] for i, row in enumerate(draw)]
    return Dataset.from_dict(
        {"input_ids": ids, "attention_mask": [[1] * len(row) for row in ids], "label": [i % 3 for i in range(rows)]}
    )


def old_answers(rows: Dataset) -> list[int]:
    """Right for two of three, in no order that batches could have."""
    return [(label + (i % 4 == 1)) % 3 for i, label in enumerate(rows["label"])]


def make_trainer(checkpoint: Path, out: Path, *callbacks: TrainerCallback, **changed: Any) -> Trainer:
    settings: dict[str, Any] = {
        "per_device_train_batch_size": 4, "per_device_eval_batch_size": 3, "num_train_epochs": 2, "learning_rate": 1e-3,
        "eval_strategy": "epoch", "report_to": [], "save_strategy": "no", "disable_tqdm": True, "use_cpu": True,
    }  # fmt: skip
    given = {"train_dataset": make_rows(seed=2), "eval_dataset": make_rows(), "callbacks": [*callbacks]}
    given |= {name: changed.pop(name) for name in [*changed] if name not in TrainingArguments.__dataclass_fields__}
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
    collator = DataCollatorWithPadding(AutoTokenizer.from_pretrained(checkpoint))
    return Trainer(model, TrainingArguments(str(out), **{**settings, **changed}), data_collator=collator, **given)


def counted(trainer: Trainer, rows: Dataset, old: list[int]) -> tuple[float, float]:
    """NFR and PFR counted row by row, one text at a time."""
    model = trainer.model.eval()
    new = [int(model(torch.tensor([row["input_ids"]])).logits.argmax()) for row in rows]
    pairs = [(before == gold, after == gold) for before, after, gold in zip(old, new, rows["label"], strict=True)]
    return pairs.count((True, False)) / len(rows), pairs.count((False, True)) / len(rows)


def test_rates_are_in_the_metrics_the_history_and_what_later_callbacks_see(checkpoint: Path, tmp_path: Path) -> None:
    class Reporter(TrainerCallback):
        seen: dict[str, float]

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            self.seen = dict(logs)

    rows, reporter = make_rows(), Reporter()
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old_answers(rows)), reporter)
    metrics = trainer.evaluate()
    nfr, pfr = counted(trainer, rows, old_answers(rows))
    assert 0 < nfr < 1
    assert pfr > 0
    for found in (metrics, trainer.state.log_history[-1], reporter.seen):
        assert (found["eval_nfr"], found["eval_pfr"]) == pytest.approx((nfr, pfr))


def test_every_evaluation_of_a_training_has_them(checkpoint: Path, tmp_path: Path) -> None:
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old_answers(make_rows())))
    trainer.train()
    logs = [row for row in trainer.state.log_history if "eval_loss" in row]
    assert len(logs) == 2
    last = counted(trainer, make_rows(), old_answers(make_rows()))
    assert (logs[-1]["eval_nfr"], logs[-1]["eval_pfr"]) == pytest.approx(last)
    assert not any("eval_nfr" in row for row in trainer.state.log_history if "eval_loss" not in row)


def test_the_best_model_can_be_the_one_with_fewest_negative_flips(checkpoint: Path, tmp_path: Path) -> None:
    trainer = make_trainer(
        checkpoint, tmp_path, FlipCallback(old_answers(make_rows())), num_train_epochs=4, save_strategy="epoch",
        metric_for_best_model="eval_nfr", greater_is_better=False, load_best_model_at_end=True, save_total_limit=1,
    )  # fmt: skip
    trainer.train()
    rates = [row["eval_nfr"] for row in trainer.state.log_history if "eval_nfr" in row]
    assert len(rates) == 4
    assert trainer.state.best_metric == min(rates)
    assert counted(trainer, make_rows(), old_answers(make_rows()))[0] == pytest.approx(min(rates))


@pytest.mark.parametrize(
    ("metric", "greater", "words"),
    [
        ("eval_nfr", None, "greater_is_better=False"),  # which transformers takes for True
        ("nfr", True, "greater_is_better=False"),
        ("eval_pfr", False, "greater_is_better=True"),
        ("pfr", False, "greater_is_better=True"),
    ],
)
def test_choosing_the_worst_model_is_refused_before_training(
    checkpoint: Path, tmp_path: Path, metric: str, greater: bool | None, words: str
) -> None:
    how = {"metric_for_best_model": metric, "greater_is_better": greater}
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old_answers(make_rows())), **how)
    with pytest.raises(FlipscopeError, match="would keep the worst") as told:
        trainer.train()
    assert f'metric_for_best_model="{metric}", {words}' in str(told.value)
    assert trainer.state.global_step == 0


@pytest.mark.parametrize(
    ("metric", "greater"), [("nfr", False), ("eval_pfr", True), ("pfr", None), ("loss", False), ("loss", True)]
)
def test_other_choices_of_the_best_model_are_left_alone(
    checkpoint: Path, tmp_path: Path, metric: str, greater: bool | None
) -> None:
    how = {"metric_for_best_model": metric, "greater_is_better": greater, "max_steps": 1}
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old_answers(make_rows())), **how)
    trainer.train()
    assert trainer.state.global_step == 1


def test_the_best_model_on_one_of_several_datasets(checkpoint: Path, tmp_path: Path) -> None:
    rows = make_rows()
    trainer = make_trainer(
        checkpoint, tmp_path, FlipCallback({"eval_short": old_answers(rows)}), eval_dataset={"short": rows},
        metric_for_best_model="short_nfr",
    )  # fmt: skip
    with pytest.raises(FlipscopeError, match="would keep the worst"):
        trainer.train()


def test_training_is_the_same_with_it_and_without(checkpoint: Path, tmp_path: Path) -> None:
    # A Trainer sets the seed when it is made.
    without = make_trainer(checkpoint, tmp_path, num_train_epochs=3)
    without.train()
    with_it = make_trainer(checkpoint, tmp_path, FlipCallback(old_answers(make_rows())), num_train_epochs=3)
    with_it.train()
    ours, plain = with_it.model.state_dict(), without.model.state_dict()
    assert all(torch.equal(ours[name], plain[name]) for name in plain)
    shared = [row.keys() - {"eval_nfr", "eval_pfr"} for row in with_it.state.log_history]
    assert shared == [row.keys() for row in without.state.log_history]


@pytest.mark.parametrize("kind", ["names", "array", "strings", "tensor", "logits", "probabilities"])
def test_answers_of_any_kind(checkpoint: Path, tmp_path: Path, kind: str) -> None:
    ids = old_answers(make_rows())
    given: Any = {
        "names": [NAMES[i] for i in ids],
        "array": np.array(ids, np.uint8),
        "strings": np.array([NAMES[i] for i in ids]),
        "tensor": torch.tensor(ids),
        "logits": np.array([[-1.5 if k == i else -math.inf for k in range(3)] for i in ids], np.float32),
        "probabilities": [[0.5 if k == i else 0.25 for k in range(3)] for i in ids],
    }[kind]
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(given))
    metrics = trainer.evaluate()
    assert (metrics["eval_nfr"], metrics["eval_pfr"]) == pytest.approx(counted(trainer, make_rows(), ids))


def test_rows_that_the_trainer_sorts_keep_their_answers(checkpoint: Path, tmp_path: Path) -> None:
    trainer = make_trainer(
        checkpoint, tmp_path, FlipCallback(old_answers(make_rows())), train_sampling_strategy="group_by_length"
    )
    metrics = trainer.evaluate()
    assert metrics["eval_nfr"] == pytest.approx(counted(trainer, make_rows(), old_answers(make_rows()))[0])


def test_several_datasets_by_the_prefix_of_their_metrics(checkpoint: Path, tmp_path: Path) -> None:
    sets = {"short": make_rows(5, seed=3), "long": make_rows(9, seed=4), "other": make_rows(4)}
    old = {f"eval_{name}": old_answers(rows) for name, rows in sets.items() if name != "other"}
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old), eval_dataset=sets)
    metrics = trainer.evaluate()
    for name in ("short", "long"):
        expected = counted(trainer, sets[name], old_answers(sets[name]))
        assert (metrics[f"eval_{name}_nfr"], metrics[f"eval_{name}_pfr"]) == pytest.approx(expected)
    assert "eval_other_nfr" not in metrics


def test_evaluations_of_other_data_are_left_alone(checkpoint: Path, tmp_path: Path) -> None:
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old_answers(make_rows())))
    trainer.evaluate()
    metrics = trainer.evaluate(make_rows(4), metric_key_prefix="test")
    assert not [name for name in metrics if name.endswith(("nfr", "pfr"))]


def test_rows_that_carry_the_old_models_logits(checkpoint: Path, tmp_path: Path) -> None:
    rows = make_rows()
    old = old_answers(rows)
    rows = rows.add_column("teacher_logits", [[float(k == answer) for k in range(3)] for answer in old])
    args = TrainingArguments(
        str(tmp_path), num_train_epochs=1, eval_strategy="epoch", save_strategy="no", report_to=[], use_cpu=True
    )
    trainer = DistillationTrainer(
        AutoModelForSequenceClassification.from_pretrained(checkpoint), args, train_dataset=rows, eval_dataset=rows,
        data_collator=DataCollatorWithPadding(AutoTokenizer.from_pretrained(checkpoint)),
        callbacks=[FlipCallback(old)], distillation=Distillation(gate="all"),
    )  # fmt: skip
    trainer.train()
    (found,) = [row for row in trainer.state.log_history if "eval_nfr" in row]
    assert (found["eval_nfr"], found["eval_pfr"]) == pytest.approx(counted(trainer, rows, old))


@pytest.mark.parametrize("given", [old_answers(make_rows()), {"short": old_answers(make_rows())}], ids=["list", "name"])
def test_answers_for_no_dataset_in_particular(checkpoint: Path, tmp_path: Path, given: Any) -> None:
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(given), eval_dataset={"short": make_rows()})
    with pytest.raises(FlipscopeError, match=r"no old_pred for eval_short.*\n?") as told:
        trainer.evaluate()
    assert '{"eval_short": [...]}' in str(told.value)


@pytest.mark.parametrize("old", [[0] * (ROWS - 1), [0] * (ROWS + 1)])
def test_not_one_answer_a_row(checkpoint: Path, tmp_path: Path, old: list[int]) -> None:
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old))
    with pytest.raises(FlipscopeError, match=f"{len(old)} answers, the evaluation dataset {ROWS} rows"):
        trainer.evaluate()


@pytest.mark.parametrize("old", [["positive", "good"], [0, 3], [-1, 0]])
def test_answers_that_are_no_classes_are_refused_before_training(checkpoint: Path, tmp_path: Path, old: Any) -> None:
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback(old * 5 + old[:1]))
    with pytest.raises(FlipscopeError, match="which is no class of the model") as told:
        trainer.train()
    assert trainer.state.global_step == 0
    assert "negative, neutral, positive" in str(told.value)


@pytest.mark.parametrize("old", [[[0, 1]], [0.5, 1.0], [None, "positive"], 3, [True, False], [[[0.5]]], [[]]])
def test_answers_of_no_use(old: Any) -> None:
    with pytest.raises(FlipscopeError, match="not one class id or label name a row"):
        FlipCallback(old)


@pytest.mark.parametrize("row", [[math.nan, 0.0, 1.0], [math.inf, 0.0, 1.0], [-math.inf] * 3])
def test_logits_without_an_answer(row: list[float]) -> None:
    with pytest.raises(FlipscopeError, match="row 2 of old_pred has no largest number"):
        FlipCallback([[0.0, 1.0, 2.0], row])


def test_logits_of_another_number_of_classes(checkpoint: Path, tmp_path: Path) -> None:
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback([[0.1, 0.9]] * ROWS))
    with pytest.raises(FlipscopeError, match="2 numbers a row, and the model 3 classes"):
        trainer.train()
    assert trainer.state.global_step == 0


def test_rows_without_labels(checkpoint: Path, tmp_path: Path) -> None:
    rows = make_rows().remove_columns("label")
    trainer = make_trainer(checkpoint, tmp_path, FlipCallback([0] * ROWS), eval_dataset=rows)
    with pytest.raises(FlipscopeError, match="no labels"):
        trainer.evaluate()
