"""Training that keeps to the old model's answers."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    default_data_collator,
)

from flipscope.errors import FlipscopeError
from flipscope.mitigate import Distillation, DistillationTrainer
from flipscope.mitigate.distill.constraint import LARGEST, Multiplier
from flipscope.mitigate.distill.losses import distances
from tiny_models import make_checkpoint

WORDS = ("good", "bad", "fine", "awful", "film", "plot", "scene", "the", "a", "very")
ROWS = 20

pytestmark = pytest.mark.usefixtures("quick_training")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Checkpoints of two and of three classes, with dropout."""
    found = {}
    for classes in (2, 3):
        found[classes] = tmp_path_factory.mktemp("tiny") / str(classes)
        make_checkpoint(found[classes], WORDS, [f"class{i}" for i in range(classes)])
    return found


def make_rows(classes: int = 2, teacher: bool = True, rows: int = ROWS, **changed: Any) -> Dataset:
    """Rows of different lengths; the old model is right about two of three, and sure of itself."""
    generator = torch.Generator().manual_seed(1)
    draw = torch.randint(5, 15, (rows, 8), generator=generator).tolist()
    columns: dict[str, Any] = {
        "input_ids": [[2, *ids[: 3 + i % 5], 3] for i, ids in enumerate(draw)],
        "label": [i % classes for i in range(rows)],
    }
    columns["attention_mask"] = [[1] * len(ids) for ids in columns["input_ids"]]
    if teacher:
        answers = [(label + (i % 3 == 0)) % classes for i, label in enumerate(columns["label"])]
        columns["teacher_logits"] = [[2.0 * (k == answer) for k in range(classes)] for answer in answers]
    return Dataset.from_dict({**columns, **changed})


def make_trainer(checkpoint: Path, out: Path, *, plain: bool = False, **changed: Any) -> Trainer:
    settings: dict[str, Any] = {
        "per_device_train_batch_size": 4, "num_train_epochs": 2, "learning_rate": 1e-3, "seed": 3, "logging_steps": 2,
        "report_to": [], "save_strategy": "no", "disable_tqdm": True, "use_cpu": True,
    }  # fmt: skip
    given = {"data_collator": DataCollatorWithPadding(AutoTokenizer.from_pretrained(checkpoint))}
    given |= {name: changed.pop(name) for name in [*changed] if name not in TrainingArguments.__dataclass_fields__}
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
    if not plain:
        given.setdefault("distillation", Distillation(gate="all", alpha=1.0, temperature=2.0))
    given.setdefault("train_dataset", make_rows(model.num_labels, teacher=not plain))
    args = TrainingArguments(str(out), **{**settings, **changed})
    return (Trainer if plain else DistillationTrainer)(model, args, **given)


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {name: weight.clone() for name, weight in trainer.model.state_dict().items()}


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    "distillation",
    [None, Distillation(alpha=0.0), Distillation(gate="none", alpha=2.0)],
    ids=["nothing", "alpha 0", "gate none"],
)
@pytest.mark.parametrize("how", [{}, {"label_smoothing_factor": 0.1, "gradient_accumulation_steps": 2}])
def test_nothing_to_distil_is_plain_training_to_the_bit(
    checkpoints: dict[int, Path], tmp_path: Path, distillation: Distillation | None, how: dict[str, Any]
) -> None:
    plain = make_trainer(checkpoints[2], tmp_path, plain=True, **how)
    start = weights(plain)
    plain.train()
    ours = make_trainer(checkpoints[2], tmp_path, distillation=distillation, **how)
    ours.train()
    assert ours.state.global_step == plain.state.global_step > 3
    assert equal(weights(plain), weights(ours))
    assert not equal(start, weights(ours))
    assert [row.get("loss") for row in ours.state.log_history] == [row.get("loss") for row in plain.state.log_history]


def test_distilling_trains_otherwise(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    plain = make_trainer(checkpoints[2], tmp_path, plain=True, max_steps=1)
    ours = make_trainer(checkpoints[2], tmp_path, max_steps=1)
    plain.train()
    ours.train()
    assert not equal(weights(plain), weights(ours))


@pytest.mark.parametrize("classes", [2, 3])
def test_distilling_brings_the_model_nearer_to_the_old_one(
    checkpoints: dict[int, Path], tmp_path: Path, classes: int
) -> None:
    """The old one always answers the first class, which plain training has no reason to learn."""
    rows = make_rows(classes, teacher_logits=[[2.0] + [0.0] * (classes - 1)] * ROWS)
    ways: dict[Any, Distillation] = {
        distance: Distillation(gate="all", alpha=5.0, temperature=1.0, distance=distance)
        for distance in ("kl", "logits")
    }
    answers = {}
    for name, distillation in [("plain", None), *ways.items()]:
        trainer = make_trainer(
            checkpoints[classes], tmp_path, distillation=distillation, train_dataset=rows, num_train_epochs=15,
            per_device_train_batch_size=ROWS, learning_rate=5e-3, logging_strategy="no",
        )  # fmt: skip
        trainer.train()
        answers[name] = torch.tensor(trainer.predict(rows).predictions)
    teacher = torch.tensor(rows["teacher_logits"])
    for name, way in ways.items():
        plain, distilled = (distances(way, teacher, answers[each]).mean().item() for each in ("plain", name))
        assert distilled < 0.7 * plain


def test_any_collator_and_any_kind_of_dataset(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    same_length = [
        {"input_ids": [2, 5 + i, 6, 3], "attention_mask": [1] * 4, "label": i % 2, "teacher_logits": [1.0, -1.0]}
        for i in range(8)
    ]
    found = []
    for rows, collator in [
        (same_length, default_data_collator),
        (Dataset.from_list(same_length), default_data_collator),
        (Dataset.from_list(same_length), DataCollatorWithPadding(AutoTokenizer.from_pretrained(checkpoints[2]))),
        (Dataset.from_list(same_length).with_format("torch"), default_data_collator),
    ]:
        trainer = make_trainer(checkpoints[2], tmp_path, train_dataset=rows, data_collator=collator)
        trainer.train()
        found.append(weights(trainer))
    assert all(equal(found[0], other) for other in found[1:])


@pytest.mark.parametrize("teacher", [True, False])
def test_evaluation_rows_need_no_old_answers(checkpoints: dict[int, Path], tmp_path: Path, teacher: bool) -> None:
    rows = make_rows(teacher=teacher)
    trainer = make_trainer(checkpoints[2], tmp_path)
    plain = make_trainer(checkpoints[2], tmp_path, plain=True)
    # The loss of an evaluation is the cross entropy alone.
    assert trainer.evaluate(rows)["eval_loss"] == plain.evaluate(make_rows(teacher=False))["eval_loss"]
    unlabelled = rows.remove_columns("label")
    assert trainer.predict(unlabelled).predictions.shape == (ROWS, 2)


class GradientNorms(TrainerCallback):
    def __init__(self) -> None:
        self.gradients: list[torch.Tensor] = []

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, *, model: Any, **_: Any) -> None:
        self.gradients.append(torch.cat([each.grad.flatten() for each in model.parameters()]).clone())


def first_gradient(checkpoint: Path, out: Path, batch: int, accumulated: int, **changed: Any) -> torch.Tensor:
    """The gradient of the first step over 16 rows, without dropout."""
    seen = GradientNorms()
    trainer = make_trainer(
        checkpoint, out, train_dataset=make_rows(rows=16), callbacks=[seen], max_steps=1, max_grad_norm=0.0,
        per_device_train_batch_size=batch, gradient_accumulation_steps=accumulated, **changed,
    )  # fmt: skip
    for module in trainer.model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    trainer.train()
    return seen.gradients[0]


def summed_cross_entropy(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(outputs["logits"], labels, reduction="sum") / num_items_in_batch


@pytest.mark.parametrize("loss", [None, summed_cross_entropy])
@pytest.mark.parametrize("alpha", [1.0, 1000.0])
def test_accumulated_batches_are_one_batch(
    checkpoints: dict[int, Path], tmp_path: Path, loss: Any, alpha: float
) -> None:
    how = {"distillation": Distillation(gate="focal", alpha=alpha), "compute_loss_func": loss}
    whole = first_gradient(checkpoints[2], tmp_path, 16, 1, **how)
    accumulated = first_gradient(checkpoints[2], tmp_path, 4, 4, **how)
    assert whole.norm() > 0.01
    assert (accumulated - whole).norm() < 1e-4 * whole.norm()


def test_the_gradient_is_that_of_the_formula(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    """Autograd on the objective as it is written, beside what the Trainer goes by."""
    found = first_gradient(
        checkpoints[2], tmp_path, 16, 1, distillation=Distillation(gate="old_correct", alpha=3.0, temperature=2.0)
    )
    rows = make_rows(rows=16)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoints[2]).eval()
    batch = DataCollatorWithPadding(AutoTokenizer.from_pretrained(checkpoints[2]))([*rows])
    teacher, labels = batch["teacher_logits"], batch["labels"]
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    old = torch.softmax(teacher / 2, -1)
    rowwise = (old * (old.log() - torch.log_softmax(logits / 2, -1))).sum(-1)
    gate = (teacher.argmax(-1) == labels).float()
    (torch.nn.functional.cross_entropy(logits, labels) + 3 * 4 * (gate * rowwise).sum() / 16).backward()
    expected = torch.cat([weight.grad.flatten() for weight in model.parameters() if weight.grad is not None])
    assert (found - expected).norm() < 1e-4 * expected.norm()


def test_the_old_answers_stay_as_they_are(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    rows = make_rows()
    before = rows["teacher_logits"][:]
    make_trainer(checkpoints[2], tmp_path, train_dataset=rows, num_train_epochs=1).train()
    assert rows["teacher_logits"][:] == before


def test_a_class_the_old_model_does_not_know(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    old = [[1.0, 0.0, float("-inf")]] * ROWS
    for distance in ("kl", "logits"):
        trainer = make_trainer(
            checkpoints[3], tmp_path, train_dataset=make_rows(3, teacher_logits=old), logging_steps=5,
            distillation=Distillation(gate="all", distance=distance), num_train_epochs=1,
        )  # fmt: skip
        trainer.train()
        known = sum(label != 2 for label in trainer.train_dataset["label"]) / ROWS
        assert trainer.state.log_history[0]["gated"] == pytest.approx(known)
        assert math.isfinite(trainer.state.log_history[0]["loss"])


def test_what_is_logged_adds_up(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    trainer = make_trainer(checkpoints[2], tmp_path, distillation=Distillation(gate="old_correct", alpha=0.5))
    trainer.train()
    logs = [row for row in trainer.state.log_history if "loss" in row]
    assert len(logs) == 5
    for row in logs:
        assert row["alpha"] == 0.5
        assert row["loss"] == pytest.approx(row["ce"] + 0.5 * row["kd"], abs=2e-3)
        assert row["kd"] > 0
    right = sum(i % 3 != 0 for i in range(ROWS)) / ROWS
    assert sum(row["gated"] for row in logs) / 5 == pytest.approx(right)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"teacher": False}, "no column teacher_logits"),
        ({"teacher_logits": [[0.0, 1.0, 2.0]] * ROWS}, "2 classes has teacher_logits of shape (4, 3)"),
        ({"label": [[0.0, 1.0]] * ROWS}, "labels are not one class id a row"),
        ({"teacher_logits": [[float("nan"), 1.0]] * ROWS}, "teacher_logits at step 1 are not numbers"),
    ],
)
def test_rows_that_do_not_fit(
    checkpoints: dict[int, Path], tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    trainer = make_trainer(checkpoints[2], tmp_path, train_dataset=make_rows(**changed))
    with pytest.raises(FlipscopeError, match=words.replace("(", r"\(").replace(")", r"\)")):
        trainer.train()


class Break(TrainerCallback):
    """Puts a number into all weights after so many steps."""

    def __init__(self, after: int, value: float) -> None:
        self.after, self.value = after, value

    def on_step_end(self, args: Any, state: Any, control: Any, *, model: Any, **_: Any) -> None:
        if state.global_step == self.after:
            with torch.no_grad():
                model.classifier.weight.fill_(self.value)


@pytest.mark.parametrize("distillation", [None, Distillation(gate="all")])
@pytest.mark.parametrize(
    ("after", "value", "words"),
    [(3, math.nan, "the loss became NaN at step 4"), (10, math.nan, "weights are not finite after step 10")],
)
def test_a_loss_that_is_no_number_stops_the_training(
    checkpoints: dict[int, Path],
    tmp_path: Path,
    distillation: Distillation | None,
    after: int,
    value: float,
    words: str,
) -> None:
    trainer = make_trainer(checkpoints[2], tmp_path, distillation=distillation, callbacks=[Break(after, value)])
    with pytest.raises(FlipscopeError, match=words) as told:
        trainer.train()
    assert "learning_rate" in str(told.value)
    assert trainer.state.global_step == min(after, 10)


def test_an_infinite_loss_is_called_so(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    def infinite(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        return outputs["logits"].sum() * math.inf

    trainer = make_trainer(checkpoints[2], tmp_path, distillation=None, compute_loss_func=infinite)
    with pytest.raises(FlipscopeError, match="the loss became infinite at step 1"):
        trainer.train()


def test_a_tight_limit_raises_alpha_and_a_loose_one_lets_it_fall(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    """The old model is right throughout; at a learning rate of about 0 the new one goes on breaking the same rows."""
    right = [[3.0 * (k == i % 2) for k in range(2)] for i in range(ROWS)]
    alphas = {}
    for limit, alpha in [(0.001, 0.5), (0.9, 0.1)]:
        trainer = make_trainer(
            checkpoints[2], tmp_path, train_dataset=make_rows(teacher_logits=right), num_train_epochs=3,
            learning_rate=1e-9, distillation=Distillation(gate="old_correct", alpha=alpha, max_nfr=limit),
        )  # fmt: skip
        trainer.train()
        logs = [row for row in trainer.state.log_history if "loss" in row]
        assert all(0.001 < row["train_nfr"] < 0.9 for row in logs)
        alphas[limit] = [row["alpha"] for row in logs]
    assert alphas[0.001] == sorted(alphas[0.001])
    assert alphas[0.001][-1] > 1.1
    assert alphas[0.9] == sorted(alphas[0.9], reverse=True)
    assert alphas[0.9][-1] == 0


def test_alpha_is_adapted_once_a_step_and_anew_in_each_training(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    wrong = [[3.0 * (k != i % 2) for k in range(2)] for i in range(ROWS)]  # no flip can be negative
    trainer = make_trainer(
        checkpoints[2], tmp_path, train_dataset=make_rows(teacher_logits=wrong), gradient_accumulation_steps=2,
        max_steps=4, distillation=Distillation(gate="all", alpha=2.0, max_nfr=0.1),
    )  # fmt: skip
    for _ in range(2):
        trainer.train()
        assert trainer.alpha == pytest.approx(2.0 - 4 * 0.05)
    assert trainer.outcome == {"alpha": trainer.alpha, "train_nfr": 0.0}


def test_what_a_limit_came_to(checkpoints: dict[int, Path], tmp_path: Path) -> None:
    limited = Distillation(gate="all", max_nfr=0.1)
    trainer = make_trainer(checkpoints[2], tmp_path, distillation=limited, max_steps=2, logging_steps=1)
    trainer.train()
    last = trainer.state.log_history[1]
    assert trainer.outcome == {name: last[name] for name in ("alpha", "train_nfr")}
    for unlimited in (None, Distillation(gate="all")):
        assert make_trainer(checkpoints[2], tmp_path, distillation=unlimited).outcome == {}


def test_the_multiplier_rises_above_the_limit_and_falls_below() -> None:
    multiplier = Multiplier(1.0, 0.02)
    multiplier.update(0.02)
    assert (multiplier.alpha, multiplier.nfr) == (1.0, 0.02)
    multiplier.update(0.5)
    risen = multiplier.alpha
    assert risen > 1.0
    assert 0.02 < multiplier.nfr < 0.5
    for _ in range(200):
        multiplier.update(0.0)
    assert multiplier.alpha < risen


@pytest.mark.parametrize("limit", [0.001, 0.02, 0.2])
def test_one_rate_for_all_limits(limit: float) -> None:
    """Twice the limit raises alpha as fast whatever the limit is."""
    multiplier = Multiplier(0.0, limit)
    for _ in range(30):
        multiplier.update(2 * limit)
    assert multiplier.alpha == pytest.approx(30 * 0.05 / 3)


def test_alpha_stays_between_0_and_its_largest() -> None:
    rising, falling, none = Multiplier(1.0, 0.0), Multiplier(0.1, 0.5), Multiplier(1.0, 0.0)
    for _ in range(1000):
        rising.update(1.0)
        falling.update(0.0)
        none.update(0.0)
    assert (rising.alpha, falling.alpha, none.alpha) == (LARGEST, 0.0, 1.0)
    given = Multiplier(30.0, 0.0)
    given.update(1.0)
    assert given.alpha == 30.0


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = "import sys; from flipscope.mitigate import Distillation; print({'torch', 'transformers'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
