"""What the old model answers, as logits: what new models are taught, and what flips are counted against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import JsonValue

from flipscope.data import OLD, Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.pairing import matrix
from flipscope.open.examples import open_examples
from flipscope.open.ids import NO_ID
from flipscope.open.known_classes import known_classes
from flipscope.open.labels import align_labels, class_numbers
from flipscope.open.source import open_source
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import Progress, SilentProgress
from flipscope.sources import Source, answer, label_names, leaves
from flipscope.tasks import get_task

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

# A file's probability of 0 was rounded; the resolution of float32 is as far as its logarithm is told.
_LEAST = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class OldLogits:
    """The old model's answers.

    Attributes
    ----------
    logits : numpy.ndarray of float32, shape (n, classes)
        A row an example, classes in the order of its label names; -inf for classes the old model does not know.
        For predictions of which only probabilities are there, the natural logarithm of these.
    pred : numpy.ndarray of int64, shape (n,)
        What it answers, as a column of `logits`; not the highest of these where it has a rule of its own, as a
        vote does, or a file whose answers were made with thresholds.
    decided_by : mapping
        What decides all this, so that asking again gives the same but for rounding; fit for JSON.
    new_classes : tuple of str
        Classes that the old model does not know.
    notes : tuple of str
        How it was run, and what is to know of its answers; shown to people.
    """

    logits: NDArray[np.float32]
    pred: NDArray[np.int64]
    decided_by: Mapping[str, JsonValue]
    new_classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def old_logits(
    source: Source,
    examples: Examples,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    aliases: Mapping[str, str] | None = None,
) -> OldLogits:
    """Have the old model answer examples: with its own tokenizer, without dropout, and from the cache where it did.

    Parameters
    ----------
    source : Checkpoint, PredictionFile or Ensemble
        The old model. It may know fewer classes than the examples have, but no others.
    examples : Examples
        What it is asked.
    settings : Settings, optional
        Device, precision, maximal length, cache.
    progress : Progress, optional
        Where to report to; nobody by default.
    aliases : mapping of str to str, optional
        The old model's class names to those of the examples.

    Returns
    -------
    OldLogits
        A row an example, in their order.

    Raises
    ------
    FlipscopeError
        When it has other classes, no probabilities, or no answer to some of the examples.
    """
    aliases, settings = aliases or {}, settings or Settings()
    theirs = tuple(name for leaf in leaves([source]) for name in label_names(leaf))
    names = examples.label_names
    known = known_classes(theirs, names, aliases)
    predictor = Predictor(replace(examples, label_names=known), settings, progress or SilentProgress())
    answers = answer(source, OLD, predictor, aliases)
    if len(answers) < len(examples):
        raise FlipscopeError(
            f"it answers only {len(answers):,} of {len(examples):,} examples of {examples.source}",
            where=answers.source,
            do="Give a checkpoint, or predictions for all examples, those for training included",
        )  # fmt: skip
    order = align_labels(answers.label_names, known, who=answers.source, aliases=aliases)
    scores = _scores(answers)[:, order]
    told = class_numbers(answers.table["pred"], tuple(answers.label_names[column] for column in order))
    columns = np.array([names.index(name) for name in known])
    logits = np.full((len(examples), len(names)), -np.inf, np.float32)
    logits[:, columns] = scores
    new = tuple(name for name in names if name not in known or name in answers.new_classes)
    logits[:, [names.index(name) for name in new]] = -np.inf  # a file of predictions has a probability of 0 there
    decided_by: dict[str, JsonValue] = {
        "fingerprint": answers.fingerprint, "aliases": {**aliases},
        "max_length": settings.max_length, "precision": settings.precision,
    }  # fmt: skip
    notes = (*answers.notes, *_notes(scores, told, new))
    return OldLogits(logits, columns[told], decided_by, new, notes)


def teacher_logits(
    old: str | Path,
    data: Sequence[str] | pd.DataFrame | pa.Table | Dataset,
    *,
    label_names: Sequence[str] | None = None,
    task: str = "task",
    text: str | None = None,
    text_b: str | None = None,
    label: str | None = None,
    id: str | None = None,
    aliases: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Have the old model answer any data, for a `DistillationTrainer` or `FlipCallback` in code of your own.

    Parameters
    ----------
    old : str or path
        The old model: a checkpoint folder, an archive of one, a hub id, a file of predictions, or an ensemble.
    data : sequence of str, DataFrame, Table or Dataset
        Texts, or rows with their texts.
    label_names : sequence of str, optional
        The classes in the order of the new model's outputs; those of a GLUE task are known, in the order of its data.
    task : str
        A GLUE task's name, or any other.
    text, text_b, label, id : str, optional
        The columns, where their names are not known ones. Rows are known by their texts unless `id` names a column.
    aliases, settings, allow_torch_weights, progress
        As in `old_logits`.

    Returns
    -------
    numpy.ndarray of float32, shape (n, classes)
        A row of logits for each row of the data, in their order; -inf for classes the old model does not know.

    Raises
    ------
    FlipscopeError
        When the data or the old model can't be read, or don't fit together.
    """
    known = get_task(task, text=text, text_b=text_b, label=label, labels=tuple(label_names or ()))
    if not known.label_names:  # what is found in the data may be in another order than the model's
        raise FlipscopeError(
            "the classes are not known", where=task,
            do="Give label_names, in the order of the new model's outputs, or a GLUE task's name",
        )  # fmt: skip
    rows = _rows(data, known.text_a[0])
    examples = open_examples(rows, known, id_column=id or NO_ID, aliases=aliases)
    if len(examples) < len(rows):
        raise FlipscopeError(
            f"column {id!r} has ids that are there twice", where=examples.source, do="Name another column with id"
        )
    source = open_source(
        str(old), known, name=OLD, allow_torch_weights=allow_torch_weights, id_column=id, aliases=aliases or {}
    )
    return old_logits(source, examples, settings=settings, progress=progress, aliases=aliases).logits


def _rows(data: Sequence[str] | pd.DataFrame | pa.Table | Dataset, text: str) -> pd.DataFrame | pa.Table | Dataset:
    if not isinstance(data, list | tuple):
        return data
    if wrong := next((value for value in data if not isinstance(value, str)), None):
        raise FlipscopeError(
            f"a list of texts can't hold a {type(wrong).__name__}", do="Give texts, a DataFrame or a Dataset"
        )
    return pa.table({text: pa.array(data, pa.string())})


def _scores(answers: Predictions) -> np.ndarray:
    """Get logits or what stands for them, shape (n, classes), float64."""
    if "logits" in answers.table.column_names:
        return matrix(answers.table["logits"])
    if "probabilities" in answers.table.column_names:
        return np.log(matrix(answers.table["probabilities"]).clip(min=_LEAST))
    raise FlipscopeError(
        "these predictions have no probabilities, so nothing can be learned from how sure they are",
        where=answers.source, do="Give a checkpoint, or a file with a probability for each class",
    )  # fmt: skip


def _notes(scores: np.ndarray, told: np.ndarray, new: tuple[str, ...]) -> Iterator[str]:
    if new:
        yield f"does not know {', '.join(new)}: it is not imitated on their examples"
    if other := int((told != scores.argmax(axis=1)).sum()):
        yield (
            f"{other:,} of {len(told):,} answers are not the likeliest class: flips are counted against the answers, "
            "and new models learn from the probabilities"
        )
