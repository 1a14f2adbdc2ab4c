"""`FlipCallback`: NFR and PFR against the old model at every evaluation of any `transformers.Trainer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch.utils.data import DataLoader
from transformers import TrainerCallback

from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import OUTCOMES, outcome_codes
from flipscope.mitigate.distill.trainer import TEACHER_COLUMN

_LABELS = "labels"
_USUAL = "eval"


class FlipCallback(TrainerCallback):
    """Adds ``eval_nfr`` and ``eval_pfr`` to the metrics of every evaluation.

    They are among what `Trainer.evaluate` returns and in `trainer.state.log_history`, and can be
    `metric_for_best_model`: ``eval_nfr`` with ``greater_is_better=False``, ``eval_pfr`` with True. NFR is the share of
    all rows that the old model has right and this one wrong, PFR the share with it the other way round.

    Parameters
    ----------
    old_pred : sequence, or mapping of str to sequence
        The old model's answer for each row of the evaluation dataset, in its order: class ids in the order of the
        model that is trained, or names out of its ``config.id2label``; or floats of shape (rows, classes), logits or
        probabilities with classes in that order (what `flipscope.mitigate.teacher_logits` gives), of which the
        largest is the answer; -inf for a class the old model does not know. Where several datasets are evaluated, a
        mapping by the prefix of their metrics: ``{"eval_matched": ..., "eval_mismatched": ..., "test": ...}``;
        evaluations with other prefixes are left alone.

    Raises
    ------
    FlipscopeError
        When training begins, if an answer is no class of the model, or if ``greater_is_better`` would have the
        checkpoint with the worst rate kept as the best; at an evaluation, if there is not one answer a row, or rows
        have no label.

    Notes
    -----
    The evaluation dataset is run a second time, in its own order, whatever order, batches and processes the Trainer's
    evaluation goes by; with several processes each runs all of it. Neither the model nor any random stream of the
    training is changed by that.

    Callbacks that report to others (TensorBoard, W&B ...) come before those passed to the Trainer. To have the two
    rates in their reports, too, put this one first: ``trainer.callback_handler.callbacks.insert(0, callback)``.

    Examples
    --------
    >>> trainer = Trainer(model, args, eval_dataset=rows, callbacks=[FlipCallback(old_pred)])  # doctest: +SKIP
    """

    def __init__(self, old_pred: ArrayLike | Mapping[str, ArrayLike]) -> None:
        self._several = isinstance(old_pred, Mapping)
        given = old_pred if isinstance(old_pred, Mapping) else {_USUAL: old_pred}
        self._old = {prefix: _answers(answers, prefix) for prefix, answers in given.items()}
        self._rates: dict[str, float] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, *, model: Any, **_: Any) -> None:
        """Refuse what can't come to anything, before time is spent."""
        for prefix, answers in self._old.items():
            _class_ids(answers, model.config, prefix)
            _check_best(args, prefix)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, *,
        model: Any, eval_dataloader: Any, **_: Any,
    ) -> None:  # fmt: skip
        """Add both rates to what an evaluation logs, so that callbacks after this one see them."""
        prefix = self._prefix(logs or {})
        if logs is None or prefix is None:
            return
        old = _class_ids(self._old[prefix], model.config, prefix)
        loader = _in_order(eval_dataloader, len(old), args.per_device_eval_batch_size, prefix)
        labels, new = _predict(model, loader, args.device)
        _check_rows(len(labels), len(old), prefix)
        codes = outcome_codes(labels, old, new)
        self._rates = {
            f"{prefix}_nfr": float((codes == OUTCOMES.index("negative_flip")).mean()),
            f"{prefix}_pfr": float((codes == OUTCOMES.index("positive_flip")).mean()),
        }
        logs.update(self._rates)
        state.log_history[-1].update(self._rates)

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: dict[str, float] | None = None, **_: Any
    ) -> None:
        """Add them to what `evaluate` returns, also where a Trainer logs a copy of that."""
        if metrics is not None:
            metrics.update(self._rates)
        self._rates = {}

    def _prefix(self, logs: Mapping[str, Any]) -> str | None:
        """Return the prefix of what was evaluated; None when that was nothing, or nothing of ours."""
        # An evaluation logs its runtime, training only at its end.
        ends = [key.removesuffix("_runtime") for key in logs if key.endswith("_runtime") and key != "train_runtime"]
        prefix = ends[0] if ends else ""
        if prefix in self._old:
            return prefix
        dataset = prefix.removeprefix(f"{_USUAL}_")
        if dataset != prefix and (dataset in self._old or not self._several):
            raise FlipscopeError(
                f"there are several evaluation datasets, and no old_pred for {prefix}",
                where="FlipCallback",
                do=f'Give old_pred as a mapping, such as {{"{prefix}": [...]}}',
            )
        return None


def _check_best(args: Any, prefix: str) -> None:
    """Refuse to keep the checkpoint with the most negative flips, or the fewest positive ones, as the best."""
    metric = args.metric_for_best_model or ""
    full = metric if metric.startswith(f"{_USUAL}_") else f"{_USUAL}_{metric}"  # as the Trainer reads it
    better = {f"{prefix}_nfr": False, f"{prefix}_pfr": True}.get(full)
    # Where it isn't given, transformers takes True for all but losses.
    if better is not None and bool(args.greater_is_better) != better:
        raise FlipscopeError(
            f"greater_is_better={args.greater_is_better} would keep the worst checkpoint by {metric} as the best",
            where="TrainingArguments",
            do=f'Write metric_for_best_model="{metric}", greater_is_better={better}',
        )


def _answers(given: ArrayLike, prefix: str) -> NDArray[Any]:
    """Return class ids or names, shape (rows,), or numbers to take the largest of, shape (rows, classes)."""
    answers = np.asarray(given)
    if answers.ndim == 2 and answers.shape[1] and answers.dtype.kind == "f":
        _check_largest(answers, prefix)
        return answers
    names = answers.dtype.kind in "UOT" and all(isinstance(answer, str) for answer in answers.flat)
    if answers.ndim != 1 or not (names or answers.dtype.kind in "iu"):
        raise FlipscopeError(
            "old_pred is not one class id or label name a row",
            where=f"FlipCallback, {prefix}",
            do="Give a list of whole numbers, or one of names, or logits: one float a class in each row",
        )
    return answers


def _check_largest(logits: NDArray[Any], prefix: str) -> None:
    without = np.flatnonzero(~np.isfinite(logits.max(1)))  # NaN, inf, or nothing but -inf
    if len(without):
        raise FlipscopeError(
            f"row {without[0] + 1:,} of old_pred has no largest number: {logits[without[0]].tolist()}",
            where=f"FlipCallback, {prefix}",
            do="Give logits or probabilities; -inf for classes the old model does not know",
        )


def _class_ids(answers: NDArray[Any], config: Any, prefix: str) -> NDArray[np.int64]:
    """Turn answers into class ids of the model."""
    names = {str(name): int(i) for i, name in config.id2label.items()}
    if answers.ndim == 2:
        if answers.shape[1] != len(names):
            raise FlipscopeError(
                f"old_pred has {answers.shape[1]} numbers a row, and the model {len(names)} classes",
                where=f"FlipCallback, {prefix}",
                do=f"Give one for each of {', '.join(names)}, in this order",
            )
        return answers.argmax(1)
    if answers.dtype.kind in "iu":
        unknown = [str(answer) for answer in np.unique(answers) if not 0 <= answer < len(names)]
    else:
        unknown = [str(answer) for answer in sorted({*answers}) if answer not in names]
    if unknown:
        raise FlipscopeError(
            f"old_pred has {unknown[0]!r}, which is no class of the model",
            where=f"FlipCallback, {prefix}",
            do=f"Give ids from 0 to {len(names) - 1}, or names out of {', '.join(names)}",
        )
    return answers.astype(np.int64) if answers.dtype.kind in "iu" else np.array([names[name] for name in answers])


def _in_order(loader: Any, rows: int, batch_size: int, prefix: str) -> DataLoader:
    """Read the same dataset from first to last, all of it in this process."""
    if hasattr(loader.dataset, "__len__"):
        _check_rows(len(loader.dataset), rows, prefix)
    return DataLoader(loader.dataset, batch_size=batch_size, collate_fn=loader.collate_fn)


def _predict(model: Any, loader: DataLoader, device: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return gold labels and the model's answers, in the order of the dataset."""
    training, labels, answers = model.training, [], []
    model.eval()
    # Making an iterator over a DataLoader draws from the global stream of random numbers.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        for batch in loader:
            if batch.get(_LABELS) is None:
                raise FlipscopeError("evaluation rows have no labels", where="FlipCallback", do="Add a column label")
            inputs = {name: value for name, value in batch.items() if name not in (_LABELS, TEACHER_COLUMN)}
            output = model(**{name: _moved(value, device) for name, value in inputs.items()})
            labels.append(batch[_LABELS].reshape(-1).cpu().numpy())
            answers.append(_first_logits(output).argmax(-1).reshape(-1).cpu().numpy())
    model.train(training)
    return np.concatenate(labels), np.concatenate(answers)


def _moved(value: Any, device: Any) -> Any:
    return value.to(device) if isinstance(value, torch.Tensor) else value


def _first_logits(output: Any) -> Any:
    return output["logits"] if isinstance(output, Mapping) else output[0]


def _check_rows(rows: int, answers: int, prefix: str) -> None:
    if rows != answers:
        raise FlipscopeError(
            f"old_pred has {answers:,} answers, the evaluation dataset {rows:,} rows",
            where=f"FlipCallback, {prefix}",
            do="Give the old model's answer for each row, in the order of the dataset",
        )
