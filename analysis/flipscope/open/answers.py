"""What a prediction file answers: predicted and gold labels by name, probabilities in the labels' order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.errors import FlipscopeError
from flipscope.open import labels
from flipscope.open.known_classes import does_not_know, refuse_known, with_zeros, without_new
from flipscope.open.probabilities import ScoreColumns, check_probabilities, order_classes, read_scores
from flipscope.tasks import Task

_TIE = 1e-9  # probabilities closer than this are equal: the prediction may be either


@dataclass(frozen=True)
class AnswerColumns:
    """The columns that hold answers; None where there is none.

    Attributes
    ----------
    pred, label : str or None
        Predicted and gold labels.
    scores : tuple of ScoreColumns
        Columns that may hold probabilities or logits, those to be preferred first.
    named : bool
        Whether the user named the scores, so that they must fit.
    """

    pred: str | None
    label: str | None
    scores: tuple[ScoreColumns, ...]
    named: bool


@dataclass(frozen=True)
class Answers:
    """Answers, read.

    Attributes
    ----------
    names : tuple of str
        Label names in the order of the file's indices.
    pred, label : pyarrow.Array of string
        Predicted and gold label of every row; the gold one is null where unknown.
    probabilities, logits : numpy.ndarray, shape (rows, labels), or None
        In the order of `names`.
    scores : ScoreColumns or None
        The columns these come from.
    notes : tuple of str
        How the columns were understood.
    new_classes : tuple of str
        Those of `names` that the model does not know.
    """

    names: tuple[str, ...]
    pred: pa.Array
    label: pa.Array
    probabilities: np.ndarray | None
    logits: np.ndarray | None
    scores: ScoreColumns | None
    notes: tuple[str, ...]
    new_classes: tuple[str, ...] = ()

    def score_columns(self) -> dict[str, pa.Array]:
        """Return probabilities and logits, those there are, as columns of fixed-size lists."""
        there = {"probabilities": self.probabilities, "logits": self.logits}
        return {name: _lists(values) for name, values in there.items() if values is not None}


def read_answers(
    table: pa.Table,
    columns: AnswerColumns,
    task: Task,
    label_names: tuple[str, ...],
    aliases: Mapping[str, str],
    new_classes: tuple[str, ...] = (),
    *,
    where: str,
) -> Answers:
    """Read predicted labels, gold labels and scores.

    Parameters
    ----------
    table : pyarrow.Table
        The prediction file.
    columns : AnswerColumns
        Its columns.
    task : Task
        Gives the label names where they are known.
    label_names : tuple of str
        What the file's indices mean, in their order; empty for the task's order.
    aliases : mapping of str to str
        The file's label names to the task's.
    new_classes : tuple of str
        Classes that the model does not know.
    where : str
        The file, for messages.

    Raises
    ------
    FlipscopeError
        When a label or a number does not fit.
    """
    wanted = without_new(task.label_names, new_classes) if task.label_names else ()
    known, aliases = _known_names(wanted, label_names, aliases, where)
    pred = _pred_texts(table, columns.pred, where) if columns.pred else None
    gold = _gold_texts(table, columns.label, known, (*_distinct(pred), *aliases, *new_classes), where)
    unknown = _occurring(new_classes, gold)
    old_gold = pc.if_else(pc.is_in(gold, pa.array(unknown, pa.string())), None, gold)
    found = _choose(columns.scores, known, (*_distinct(pred), *_distinct(old_gold)), aliases)
    said = (*_distinct(pred), *(found.classes if found else ()))
    refuse_known(tuple(name for name in said if name), new_classes, who=where, aliases=aliases)
    values = _read_if_lists(table, found, where)
    names = known or _found_names(pred, old_gold, found, values, aliases, where)
    every = task.label_names if names == wanted else (*names, *unknown)
    gold_index = labels.label_indices(gold, every, where=_at(where, columns.label), aliases=aliases)
    scores = _fitting(found, names, aliases, where, must=columns.named)
    matrix = _in_order(table, scores, values, names, aliases, where) if scores else None
    probabilities, logits = _as_probabilities(matrix, scores, where)
    notes = [f"column {columns.label!r} -> gold label"] if columns.label else []
    if pred is not None:
        pred_index = labels.label_indices(pred, names, where=_at(where, columns.pred), aliases=aliases)
        kind = "names" if labels.are_names(pred, names, aliases) else "indices"
        notes.append(f"column {columns.pred!r} -> prediction ({kind})")
    elif probabilities is not None:
        pred_index = pa.array(probabilities.argmax(axis=1), pa.int32())
        notes.append("prediction: the class of the largest probability")
    else:
        raise _misfit(found, names, where)
    notes += _score_notes(found, scores, probabilities, pred_index)
    answers = Answers(
        names, labels.take_names(pred_index, names), labels.take_names(gold_index, every),
        probabilities, logits, scores, tuple(notes),
    )  # fmt: skip
    return _over_all(answers, every) if new_classes else answers


def _over_all(answers: Answers, names: tuple[str, ...]) -> Answers:
    """Extend answers over all classes; of those that the model does not know there are no logits."""
    new = tuple(name for name in names if name not in answers.names)
    known = answers.probabilities
    return replace(
        answers,
        names=names,
        probabilities=None if known is None else with_zeros(known, answers.names, names),
        logits=None,
        notes=(*answers.notes, does_not_know(new)),
        new_classes=new,
    )


def _occurring(new_classes: tuple[str, ...], gold: pa.Array) -> tuple[str, ...]:
    """Return the gold labels that are new classes, as they are spelled there."""
    new = {labels.normalise(name) for name in new_classes}
    return tuple(name for name in _distinct(gold) if name is not None and labels.normalise(name) in new)


def _known_names(
    wanted: tuple[str, ...], own: tuple[str, ...], aliases: Mapping[str, str], where: str
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the label names in the file's order, spelled as the task's, and all other names for them."""
    if not (wanted and own):
        return wanted or own, dict(aliases)
    names = list(own)
    for label, position in zip(wanted, labels.align_labels(own, wanted, who=where, aliases=aliases), strict=True):
        names[position] = label
    return tuple(names), {**dict(zip(own, names, strict=True)), **aliases}


def _pred_texts(table: pa.Table, name: str, where: str) -> pa.Array:
    texts = labels.label_texts(table[name], where=_at(where, name))
    missing = pc.fill_null(pc.equal(texts, ""), True)
    if count := pc.sum(missing).as_py():
        row = pc.index(missing, True).as_py() + 1
        raise FlipscopeError(f"column {name!r} has no prediction in {count:,} rows, first in row {row}", where=where)
    return texts


def _gold_texts(
    table: pa.Table, name: str | None, names: tuple[str, ...], others: tuple[str | None, ...], where: str
) -> pa.Array:
    if name is None:
        return pa.nulls(len(table), pa.string())
    return labels.blank_unknown(labels.label_texts(table[name], where=_at(where, name)), names, others)


def _distinct(texts: pa.Array | None) -> list[str | None]:
    return [] if texts is None else pc.unique(texts).to_pylist()


def _choose(
    candidates: tuple[ScoreColumns, ...],
    names: tuple[str, ...],
    seen: tuple[str | None, ...],
    aliases: Mapping[str, str],
) -> ScoreColumns | None:
    """Return the columns that fit the labels or, where these are unknown, the values seen; else the first ones."""
    for scores in candidates:
        if not scores.classes or (names and _class_order(scores, names, aliases) is not None):
            return scores
        if not names and labels.names_in(seen) and _covers(scores.classes, labels.rename(seen, aliases), aliases):
            return scores
    return candidates[0] if candidates else None


def _covers(classes: tuple[str, ...], values: Iterable[str | None], aliases: Mapping[str, str]) -> bool:
    forms = {labels.normalise(name) for name in labels.rename(classes, aliases) if name is not None}
    return all(value is None or labels.normalise(value) in forms for value in values)


def _read_if_lists(table: pa.Table, scores: ScoreColumns | None, where: str) -> np.ndarray | None:
    """Read lists at once: their length tells how many labels there are."""
    return read_scores(table, scores, where=where) if scores and len(scores.columns) == 1 else None


def _found_names(
    pred: pa.Array | None,
    gold: pa.Array,
    scores: ScoreColumns | None,
    values: np.ndarray | None,
    aliases: Mapping[str, str],
    where: str,
) -> tuple[str, ...]:
    """Label names that only the file tells."""
    pred_names = labels.names_in(labels.rename(_distinct(pred), aliases))
    gold_names = labels.names_in(labels.rename(_distinct(gold), aliases))
    advice = "Give the label names in the order of the indices with --labels"
    if pred_names and gold_names and _all_digits(pred_names) != _all_digits(gold_names):
        raise FlipscopeError(
            f"predictions are {labels.show_names(pred_names)}, gold labels {labels.show_names(gold_names)}",
            where=where, do=advice,
        )  # fmt: skip
    found = labels.names_in((*pred_names, *gold_names))
    classes = tuple(name for name in labels.rename(_classes(scores, values), aliases) if name is not None)
    if not classes:
        return found
    covered = _covers(classes, found, {})
    if not covered and (_all_digits(classes) or (scores and scores.in_order)):
        raise FlipscopeError(
            f"{_names(scores)} do not say which number belongs to which of {labels.show_names(found)}",
            where=where, do=advice,
        )  # fmt: skip
    return classes if covered else found


def _classes(scores: ScoreColumns | None, values: np.ndarray | None) -> tuple[str, ...]:
    """Label names or indices that the columns of scores tell."""
    if scores is None:
        return ()
    if values is not None:
        return tuple(str(i) for i in range(max(2, values.shape[1])))  # one number is that of the second of two
    if _all_digits(scores.classes):
        return scores.classes if sorted(map(int, scores.classes)) == list(range(len(scores.classes))) else ()
    return scores.classes


def _all_digits(names: tuple[str, ...]) -> bool:
    return all(name.isdecimal() for name in names)


def _fitting(
    scores: ScoreColumns | None, names: tuple[str, ...], aliases: Mapping[str, str], where: str, *, must: bool
) -> ScoreColumns | None:
    """Return the scores when they fit the labels; refuse where they must and do not."""
    if scores is None or not scores.classes or _class_order(scores, names, aliases) is not None:
        return scores
    if scores.in_order and len(scores.columns) == len(names) and not _any_label(scores, names, aliases):
        return replace(scores, classes=())
    if must:
        raise _misfit(scores, names, where)
    return None


def _misfit(scores: ScoreColumns | None, names: tuple[str, ...], where: str) -> FlipscopeError:
    advice = labels.advise(scores.classes, names) if scores else None
    return FlipscopeError(f"{_names(scores)} do not fit the labels {labels.show_names(names)}", where=where, do=advice)


def _any_label(scores: ScoreColumns, names: tuple[str, ...], aliases: Mapping[str, str]) -> bool:
    """Whether a column is called as a label or its index, so that the order can't be that of the columns."""
    forms = {labels.normalise(name) for name in names} | {str(i) for i in range(len(names))}
    return any(name and labels.normalise(name) in forms for name in labels.rename(scores.classes, aliases))


def _class_order(scores: ScoreColumns, names: tuple[str, ...], aliases: Mapping[str, str]) -> list[int] | None:
    """Find the column of every label: by what follows the prefix, else by the whole names of the columns."""
    for classes in (scores.classes, scores.columns):
        renamed = tuple(name or "" for name in labels.rename(classes, aliases))
        if (order := order_classes(renamed, names)) is not None:
            return order
    return None


def _in_order(
    table: pa.Table,
    scores: ScoreColumns,
    values: np.ndarray | None,
    names: tuple[str, ...],
    aliases: Mapping[str, str],
    where: str,
) -> np.ndarray:
    """Return the numbers, a column a label, in the order of the names."""
    if values is None:
        values = read_scores(table, scores, where=where)
        return values[:, _class_order(scores, names, aliases)] if scores.classes else values
    if values.shape[1] == 1 and len(names) == 2 and not scores.logits:
        return np.hstack([1 - values, values])
    if values.shape[1] != len(names):
        raise FlipscopeError(
            f"{_names(scores)} has {values.shape[1]} numbers a row for the {len(names)} labels "
            f"{labels.show_names(names)}", where=where,
        )  # fmt: skip
    return values


def _as_probabilities(
    matrix: np.ndarray | None, scores: ScoreColumns | None, where: str
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return probabilities and, where the file has these, logits."""
    if matrix is None or scores is None:
        return None, None
    if not scores.logits:
        return check_probabilities(matrix, where=where), None
    from scipy.special import softmax

    return softmax(matrix, axis=1), matrix


def _score_notes(
    found: ScoreColumns | None,
    used: ScoreColumns | None,
    probabilities: np.ndarray | None,
    pred_index: pa.Array,
) -> list[str]:
    if found and not used:
        return [f"{_names(found)} kept as metadata: they do not name the labels"]
    if probabilities is None or found is None:
        return []
    kind = "logits" if found.logits else "probabilities"
    notes = [f"{_names(found)} -> {kind}"]
    rows = np.arange(len(probabilities))
    chosen = probabilities[rows, pred_index.to_numpy()]
    if differ := int((probabilities.max(axis=1) - chosen > _TIE).sum()):
        notes.append(f"in {differ:,} rows the prediction is not the class of the largest number; kept as it is")
    return notes


def _at(where: str, column: str | None) -> str:
    return f"{where}, column {column!r}"


def _names(scores: ScoreColumns | None) -> str:
    columns = scores.columns if scores else ()
    return f"column {columns[0]!r}" if len(columns) == 1 else f"columns {', '.join(columns)}"


def _lists(values: np.ndarray) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel(), pa.float64()), values.shape[1])
