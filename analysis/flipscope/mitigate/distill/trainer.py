"""`DistillationTrainer`: fine-tuning on `transformers.Trainer` that keeps to the old model's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Trainer

from flipscope.errors import FlipscopeError
from flipscope.mitigate.distill.constraint import Multiplier
from flipscope.mitigate.distill.distillation import Distillation
from flipscope.mitigate.distill.gates import gate_weights
from flipscope.mitigate.distill.losses import distances

#: The column of training rows with the old model's logits, in the order of the model's classes.
TEACHER_COLUMN = "teacher_logits"
_LOWER = "Lower learning_rate, raise warmup, or train in fp32"


class DistillationTrainer(Trainer):
    """A `transformers.Trainer` with the loss ``CE + alpha * mean g(x) * distance(old, new)``.

    CE is whatever the Trainer computes (label smoothing and `compute_loss_func` included), g the gate, and the mean is
    over all rows of a batch. The old model isn't run: rows of the training set carry its logits.

    Parameters
    ----------
    *args, **kwargs
        As of `transformers.Trainer`. Rows of `train_dataset` have a column ``teacher_logits``: one float a class, in
        the order of the model's classes, -inf for a class the old model does not know. Any collator that makes
        tensors of lists of numbers will do. Evaluation rows need no such column.
    distillation : Distillation, optional
        How to distil. Without it, with the gate ``none``, or with an `alpha` of 0 and no `max_nfr`, this trains as
        `transformers.Trainer` does, to the bit.

    Raises
    ------
    FlipscopeError
        While training: at the step at which the loss is not finite, or when weights are not finite at the end; when
        ``teacher_logits`` are missing or of another number of classes; when labels are not one class id a row.

    Notes
    -----
    Beside the loss it logs means since the last log: ``ce``, ``kd`` (the gated distance, without alpha), ``gated``
    (the share of rows with a weight above 0), and ``alpha``; with `max_nfr` also ``train_nfr``, the running share of
    negative flips on training batches, measured with dropout. With `max_nfr`, each call of `train` begins with the
    given alpha, also one that resumes from a checkpoint.

    While it distils, batches of one optimizer step are averaged. (The Trainer sums the losses of models such as
    BERT, which take keyword arguments but do not divide by the ``num_items_in_batch`` among them.)

    Sources: Hinton et al., *Distilling the Knowledge in a Neural Network* (2015); Xie et al., *Regression Bugs Are In
    Your Model!* (ACL 2021); Yan et al., *Positive-Congruent Training* (CVPR 2021). Some code mixes
    ``(1 - a) * CE + a * KD``; that is an alpha of ``a / (1 - a)`` here.

    Examples
    --------
    >>> trainer = DistillationTrainer(  # doctest: +SKIP
    ...     model, args, train_dataset=rows, distillation=Distillation(gate="old_correct", alpha=1.0)
    ... )
    """

    def __init__(self, *args: Any, distillation: Distillation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.distillation = distillation if distillation is not None and distillation.active else None
        if self.distillation is not None:
            self.model_accepts_loss_kwargs = False  # see Notes
        self._begin()

    def _begin(self) -> None:
        self._batches = 0  # since the last log, and the sums of ce, kd and gated over them
        self._sums: Tensor | float = 0.0
        self._flips: list[Tensor] = []  # share of negative flips of each batch since the last optimizer step
        given = self.distillation
        self._multiplier = None
        if given is not None and given.max_nfr is not None:
            self._multiplier = Multiplier(given.alpha, given.max_nfr)

    @property
    def alpha(self) -> float:
        """The weight of the distance at this moment."""
        if self._multiplier is not None:
            return self._multiplier.alpha
        return 0.0 if self.distillation is None else self.distillation.alpha

    @property
    def outcome(self) -> dict[str, float]:
        """What a limit has come to: ``alpha`` and the running ``train_nfr`` of now; nothing without `max_nfr`."""
        return {} if self._multiplier is None else {"alpha": self.alpha, "train_nfr": self._multiplier.nfr}

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """Train as `transformers.Trainer.train` does, and make sure that the result can be used.

        Raises
        ------
        FlipscopeError
            When the weights are not finite afterwards.
        """
        self._begin()
        output = super().train(*args, **kwargs)
        # The loss is computed before a step is taken, so nothing else sees what the last one did.
        if not all(bool(weights.isfinite().all()) for weights in self.model.parameters()):
            raise FlipscopeError(f"weights are not finite after step {self.state.global_step}", do=_LOWER)
        return output

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        if TEACHER_COLUMN not in self._signature_columns:
            self._signature_columns.append(TEACHER_COLUMN)

    def training_step(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Tensor:
        """Take a batch, as `transformers.Trainer.training_step` does.

        Raises
        ------
        FlipscopeError
            When its loss is not finite.
        """
        loss = super().training_step(model, inputs, *args, **kwargs)
        if not loss.isfinite():
            raise _not_finite(loss, inputs, self.state.global_step + 1)
        if self._multiplier is not None and self.accelerator.sync_gradients:
            self._multiplier.update(self.accelerator.reduce(torch.stack(self._flips).mean(), "mean").item())
            self._flips.clear()
        return loss

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, *args: Any, **kwargs: Any
    ) -> Any:
        """Compute the loss of a batch; that of an evaluation is without the distance.

        Raises
        ------
        FlipscopeError
            When the batch has no ``teacher_logits`` or labels to distil with, or they don't fit.
        """
        inputs = {**inputs}
        teacher, labels = inputs.pop(TEACHER_COLUMN, None), inputs.get("labels")
        if self.distillation is None or not model.training:
            return super().compute_loss(model, inputs, return_outputs, *args, **kwargs)
        loss, outputs = super().compute_loss(model, inputs, True, *args, **kwargs)
        loss = loss + self._distillation_loss(self.distillation, loss, teacher, _logits(outputs), labels)
        return (loss, outputs) if return_outputs else loss

    def _distillation_loss(
        self, distillation: Distillation, ce: Tensor, teacher: Tensor | None, student: Tensor, labels: Tensor | None
    ) -> Tensor:
        """Return alpha times the gated distance of a batch, scaled as its cross entropy is."""
        teacher, labels = _checked(teacher, student, labels)
        weights = gate_weights(distillation, teacher, student, labels)
        kd = (weights * distances(distillation, teacher, student)).mean()
        self._sums = self._sums + torch.stack([ce.detach().float().mean(), kd.detach(), (weights > 0).float().mean()])
        self._batches += 1
        if self._multiplier is not None:
            flipped = (teacher.argmax(-1) == labels) & (student.argmax(-1) != labels)
            self._flips.append(flipped.float().mean())
        return self.alpha * kd / (self.current_gradient_accumulation_steps if self._undivided else 1)

    @property
    def _undivided(self) -> bool:
        """Whether the Trainer leaves it to the loss to be divided by the number of accumulated batches."""
        told = getattr(self, "loss_is_scaled_for_ga", None)  # not in all versions
        return self.compute_loss_func is not None if told is None else told

    def prediction_step(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Predict a batch, as `transformers.Trainer.prediction_step` does; the old model's logits aren't looked at."""
        return super().prediction_step(model, _without_teacher(inputs), *args, **kwargs)

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log, adding what the loss was made of."""
        if "loss" in logs and isinstance(self._sums, Tensor):
            ce, kd, gated = (self._sums / self._batches).tolist()
            logs.update(ce=ce, kd=kd, gated=gated, alpha=self.alpha)
            if self._multiplier is not None:
                logs["train_nfr"] = self._multiplier.nfr
            self._batches, self._sums = 0, 0.0
        super().log(logs, *args, **kwargs)


def _without_teacher(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != TEACHER_COLUMN}


def _logits(outputs: Any) -> Tensor:
    if not isinstance(outputs, Mapping) or "logits" not in outputs:
        raise FlipscopeError("the model's output has no logits", do="Distil a model for sequence classification")
    return outputs["logits"]


def _checked(teacher: Tensor | None, student: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return the old model's logits and the gold classes, on the device of the student's logits."""
    rows, classes = student.shape
    if teacher is None:
        raise FlipscopeError(
            f"training rows have no column {TEACHER_COLUMN}",
            do="Add it (flipscope.mitigate.old_logits computes it), and use a collator that keeps it",
        )
    if teacher.shape != (rows, classes):
        raise FlipscopeError(
            f"a batch of {rows} rows and {classes} classes has {TEACHER_COLUMN} of shape {tuple(teacher.shape)}",
            do="Give one logit for each class of the model, in its order",
        )
    if labels is None or labels.is_floating_point() or labels.numel() != rows:
        raise FlipscopeError("labels are not one class id a row", do="Distil single-label classification only")
    return teacher.to(student.device), labels.reshape(rows).to(student.device)


def _not_finite(loss: Tensor, inputs: Mapping[str, Any], step: int) -> FlipscopeError:
    teacher = inputs.get(TEACHER_COLUMN)
    if teacher is not None and bool((teacher.isnan() | (teacher == float("inf"))).any()):
        return FlipscopeError(f"{TEACHER_COLUMN} at step {step} are not numbers", do="Compute them anew")
    became = "NaN" if bool(loss.isnan().any()) else "infinite"
    return FlipscopeError(f"the loss became {became} at step {step}", do=_LOWER)
