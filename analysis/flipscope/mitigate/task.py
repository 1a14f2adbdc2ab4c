"""One task, opened: the splits, the old model and what it answers, and what new models begin as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flipscope.data import OLD, Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.pairing import matrix
from flipscope.mitigate.choose import SelectScore, select_score
from flipscope.mitigate.old_answers import OldLogits, old_logits
from flipscope.mitigate.plan import INTERPOLATION
from flipscope.mitigate.spec import MitigationSpec, MitigationTask
from flipscope.mitigate.splits import Splits, make_splits, write_splits
from flipscope.mitigate.start import Start, open_start
from flipscope.open.checkpoint import Checkpoint, Pretrained, open_checkpoint
from flipscope.open.known_classes import known_classes
from flipscope.open.labels import class_numbers, is_generic, normalise
from flipscope.open.predictions import PredictionFile
from flipscope.open.source import open_source
from flipscope.predict.length import max_length
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import Progress, SilentProgress
from flipscope.sources import Source, announce, label_names, leaves
from flipscope.tasks import Task, get_task


@dataclass(frozen=True)
class OpenedTask:
    """All of a task that trainings and choices need.

    Attributes
    ----------
    spec : MitigationTask
        What was asked for.
    splits : Splits
        Train, select and report, without a text in two of them.
    known_old : Checkpoint, PredictionFile or Ensemble, or None
        The old model; None as long as it has to be trained.
    starts : mapping of str to Start
        What models begin as: ``new``; ``old_from`` where there is no old model yet; ``old``, the old model itself,
        for weight interpolation.
    settings : Settings
        How models are run.
    progress : Progress
        Where to report to.
    """

    spec: MitigationTask
    splits: Splits
    known_old: Source | None
    starts: Mapping[str, Start]
    settings: Settings
    progress: Progress

    @property
    def old(self) -> Source:
        """The old model."""
        assert self.known_old is not None  # run.py trains it first
        return self.known_old

    @property
    def old_source(self) -> str:
        """SRC of the old model."""
        assert self.spec.old is not None  # run.py trains it first
        return self.spec.old

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.splits.train.task

    @property
    def label_names(self) -> tuple[str, ...]:
        """Class names, in the order of all logits."""
        return self.splits.train.label_names

    @property
    def new_classes(self) -> tuple[str, ...]:
        """Classes that the old model does not know."""
        return self.train_logits.new_classes

    @property
    def teacher_accuracy(self) -> float:
        """Accuracy of the old model on what new ones are trained on, a fraction of 1."""
        return float(np.mean(self.train_logits.pred == gold(self.splits.train)))

    @cached_property
    def train_logits(self) -> OldLogits:
        """What the old model answers on the examples that new ones are trained on."""
        return self._old_logits(self.splits.train)

    @cached_property
    def select_logits(self) -> OldLogits:
        """What the old model answers on the selection split."""
        return self._old_logits(self.splits.select)

    def ask_old(self) -> None:
        """Have the old model answer now, before anything is trained; say what is to know about it.

        Raises
        ------
        FlipscopeError
            When it can't.
        """
        _ = self.select_logits
        for note in self.train_logits.notes:
            self.progress.say(f"{self.name}: {OLD}: {note}")

    def _old_logits(self, examples: Examples) -> OldLogits:
        return old_logits(self.old, examples, settings=self.settings, progress=self.progress, aliases=self.spec.alias)

    def with_old(self, path: Path) -> OpenedTask:
        """Take a model that was trained just now for the old one."""
        starts = dict(self.starts)
        if "old" in starts:
            starts["old"] = open_start(str(path), self.label_names, head="keep", allow_torch_weights=False)
        spec = self.spec.model_copy(update={"old": str(path)})
        return replace(self, spec=spec, known_old=open_checkpoint(path, name=OLD), starts=starts)

    def write_splits(self, folder: Path) -> None:
        """Keep the splits, so that others can train and judge on the same."""
        write_splits(self.splits, self.spec, folder)

    def ask(self, checkpoint: str | Path) -> Predictions:
        """Have a trained model answer the selection split."""
        return self._selecting.predict(open_checkpoint(Path(checkpoint)))

    def score(self, predictions: Predictions) -> SelectScore:
        """Judge answers to the selection split."""
        return select_score(
            self._old_right, answers(predictions), self._gold, matrix(predictions.table["probabilities"])
        )

    @cached_property
    def _selecting(self) -> Predictor:
        # Silent, as the bar of the trainings is open.
        return Predictor(self.splits.select, self.settings, SilentProgress())

    @cached_property
    def _gold(self) -> NDArray[np.int64]:
        return gold(self.splits.select)

    @cached_property
    def _old_right(self) -> NDArray[np.bool_]:
        return self.select_logits.pred == self._gold


def open_mitigation_task(
    spec: MitigationSpec,
    task: MitigationTask,
    settings: Settings,
    progress: Progress,
    *,
    limit: int | None = None,
    allow_torch_weights: bool = False,
) -> OpenedTask:
    """Open and check all that a task needs; nothing is run.

    Raises
    ------
    FlipscopeError
        When an input can't be read or does not fit.
    """
    known = get_task(task.name, text=task.text, text_b=task.text_b, label=task.label, labels=task.labels)
    old = None if task.old is None else _open_old(task, known, allow_torch_weights)
    splits = _splits(task, known.label_names, old, limit)
    for note in splits.info.notes:
        progress.say(f"{task.name}: {note}")
    names = splits.train.label_names
    if old is not None:
        old = _with_classes(old, task, replace(known, label_names=names), allow_torch_weights)
        announce({OLD: old}, progress)
    begin = {"new": (task.new, task.head), "old_from": (task.old_from, task.head)}
    if INTERPOLATION in spec.methods:
        begin["old"] = (task.old or task.old_from, "keep" if task.old else task.head)
    starts = {
        name: open_start(source, names, head=head, allow_torch_weights=allow_torch_weights, aliases=task.alias)
        for name, (source, head) in begin.items()
        if source is not None
    }
    for note in dict.fromkeys(note for start in starts.values() for note in start.notes):
        progress.say(f"{task.name}: {note}")
    _check_lengths(spec, settings, old, starts)
    return OpenedTask(task, splits, old, starts, settings, progress)


def _open_old(
    task: MitigationTask, known: Task, allow_torch_weights: bool, new_classes: tuple[str, ...] = ()
) -> Source:
    return open_source(
        task.old or "", known, name=OLD, allow_torch_weights=allow_torch_weights, id_column=task.id,
        aliases=task.alias, new_classes=new_classes,
    )  # fmt: skip


def _with_classes(old: Source, task: MitigationTask, known: Task, allow_torch_weights: bool) -> Source:
    """Open predictions again now that the classes are known: a table can only be read right then."""
    models = list(leaves([old]))
    if not any(isinstance(leaf, PredictionFile) for leaf in models):
        return old
    theirs = tuple(name for leaf in models for name in label_names(leaf))
    answered = known_classes(theirs, known.label_names, task.alias)
    new = tuple(name for name in known.label_names if name not in answered)
    return _open_old(task, known, allow_torch_weights, new)


def _check_lengths(spec: MitigationSpec, settings: Settings, old: Source | None, starts: Mapping[str, Start]) -> None:
    """Refuse texts that are longer than a model can be trained on or asked about."""
    for model, length in _lengths(spec, settings, old, starts):
        try:
            max_length(model, length)
        except FlipscopeError as error:
            do = "Lower max_length in the spec" if error.do else None
            raise FlipscopeError(error.what, where=error.where, do=do) from error


def _lengths(
    spec: MitigationSpec, settings: Settings, old: Source | None, starts: Mapping[str, Start]
) -> Iterator[tuple[Pretrained, int | None]]:
    asked, trained = settings.max_length or spec.training.max_length, spec.training.max_length
    for leaf in [] if old is None else leaves([old]):
        if isinstance(leaf, Checkpoint):
            yield leaf, asked
    for name, start in starts.items():
        recipe = spec.old_training if name == "old_from" else None
        yield start.checkpoint, asked
        yield start.checkpoint, recipe.max_length if recipe else trained


def _splits(task: MitigationTask, names: tuple[str, ...], old: Source | None, limit: int | None) -> Splits:
    """Make the splits; where the data number their classes, or lack one, the old model names them."""
    splits = make_splits(task, limit=limit)
    if names or old is None:
        return splits
    found, theirs = splits.train.label_names, label_names(next(leaves([old])))
    lacks = {normalise(name) for name in found} < {normalise(name) for name in theirs}
    if is_generic(theirs) or not (lacks or is_generic(found)):
        return splits
    return make_splits(task, limit=limit, label_names=theirs)


def gold(examples: Examples) -> NDArray[np.int64]:
    """Gold labels as indices into the label names, shape (n,)."""
    return class_numbers(examples.table["label"], examples.label_names)


def answers(predictions: Predictions) -> NDArray[np.int64]:
    """Answers as indices into the label names, shape (n,)."""
    return class_numbers(predictions.table["pred"], predictions.label_names)
