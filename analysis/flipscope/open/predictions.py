"""Files of predictions, made by any model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.open.answers import AnswerColumns, Answers, read_answers
from flipscope.open.columns import find_column, meta_columns, named_column, text_column
from flipscope.open.examples import make_examples
from flipscope.open.ids import ANOTHER_ID, content_ids, find_duplicates, find_id, id_column
from flipscope.open.probabilities import find_scores
from flipscope.open.table import is_delimited, read_table, table_suffix
from flipscope.tasks import Task

#: Names a column of predictions may have, the preferred one first.
PRED_COLUMNS = (
    "pred", "prediction", "predictions", "predicted", "predicted_label", "pred_label", "predicted_class",
    "y_pred", "y_hat", "yhat", "model_prediction", "output",
)  # fmt: skip


@dataclass(frozen=True)
class PredictionFile:
    """A prediction file, read and understood.

    Attributes
    ----------
    predictions : Predictions
        What the model answered.
    table : pyarrow.Table
        What the file says about its examples, in the columns of `flipscope.data.Examples`: texts and labels
        are null where it does not have them.
    """

    predictions: Predictions
    table: pa.Table

    @property
    def name(self) -> str:
        """The model's name."""
        return self.predictions.name


@dataclass(frozen=True)
class _RowColumns:
    """The columns that say which example a row is about; None where there is none."""

    row_id: str | None
    text_a: str | None
    text_b: str | None


def open_predictions(
    path: str | Path,
    task: Task,
    *,
    name: str | None = None,
    id_column: str | None = None,
    pred_column: str | None = None,
    prob_columns: Sequence[str] | None = None,
    label_names: tuple[str, ...] = (),
    aliases: Mapping[str, str] | None = None,
    new_classes: tuple[str, ...] = (),
) -> PredictionFile:
    """Open a prediction file and understand its columns.

    Parameters
    ----------
    path : str or Path
        A CSV, TSV, JSON Lines or Parquet file.
    task : Task
        What texts and gold labels are called, and the label names where they are known.
    name : str, optional
        The model's name; the file's by default.
    id_column : str, optional
        The column that names the rows; ``none`` to know them by their texts.
    pred_column : str, optional
        The column of predicted labels, by name or index.
    prob_columns : sequence of str, optional
        One column of lists; a column a class, told by its name, else in the order of the labels; or, for two
        classes, one column with the probability of the second.
    label_names : tuple of str, optional
        What the file's indices mean, in their order; the task's by default.
    aliases : mapping of str to str, optional
        The file's label names to the task's.
    new_classes : tuple of str, optional
        Classes that the model does not know: gold labels may be of them, and their probability is 0.

    Returns
    -------
    PredictionFile

    Raises
    ------
    FlipscopeError
        When the file can't be read or understood; see ``docs/formats.md``.
    """
    path = Path(path)
    table, where = read_table(path), str(path)
    answering = _find_answers(table, task, pred_column, tuple(prob_columns or ()), where=where)
    about = _find_rows(table, task, answering, id_column, where=where)
    answers = read_answers(table, answering, task, label_names, aliases or {}, new_classes, where=where)
    texts = _read_texts(table, about, where=where)
    ids, keep, id_notes = _read_ids(table, about, texts, answers, where=where)
    scores = answers.scores.columns if answers.scores else ()
    used = (answering.pred, answering.label, about.row_id, about.text_a, about.text_b, *scores)
    meta, meta_notes = meta_columns(table, used, typed=not is_delimited(path))
    rows = pa.table({"example_id": ids, **texts, "label": answers.label, **meta})
    answered = pa.table({"example_id": ids, "pred": answers.pred, **answers.score_columns()})
    if not keep.all():
        rows, answered = rows.filter(pa.array(keep)), answered.filter(pa.array(keep))
    predictions = Predictions(
        name=name or path.name[: -len(table_suffix(path) or "")],
        fingerprint=_file_digest(path),
        label_names=answers.names,
        table=answered,
        id_column=about.row_id,
        source=where,
        notes=(f"{where}: {len(table):,} rows", *_row_notes(about), *answers.notes, *id_notes, *meta_notes),
        new_classes=answers.new_classes,
    )
    return PredictionFile(predictions, rows)


def to_examples(file: PredictionFile, task: Task) -> Examples:
    """Make an evaluation set out of a prediction file that carries gold labels.

    Texts may be missing (null), as in files made of ids, labels and predictions.

    Raises
    ------
    FlipscopeError
        When the file has no gold label at all.
    """
    predictions = file.predictions
    if file.table["label"].null_count == len(file.table):
        raise FlipscopeError(
            "this file has no gold labels", where=predictions.source,
            do="Name the evaluation set with --data, or the column of gold labels with --label",
        )  # fmt: skip
    names = task.label_names or predictions.label_names
    return make_examples(
        file.table, names, task=task, id_column=predictions.id_column, source=predictions.source,
        notes=[f"{predictions.source}: {len(file.table):,} rows with gold labels"],
    )  # fmt: skip


def _find_answers(
    table: pa.Table, task: Task, pred: str | None, probs: tuple[str, ...], *, where: str
) -> AnswerColumns:
    names = table.column_names
    found = named_column(names, pred, where=where, option="--pred") if pred else find_column(names, PRED_COLUMNS)
    scores = find_scores(table, probs, where=where)
    if found is None and not scores:
        raise FlipscopeError(
            "no column of predictions", where=where,
            do=f"Columns are {', '.join(names)}. Name one with --pred, or probabilities with --probs",
        )  # fmt: skip
    taken = (found, *(name for group in scores for name in group.columns))
    label = find_column([name for name in names if name not in taken], task.label)
    return AnswerColumns(found, label, scores, named=bool(probs))


def _find_rows(
    table: pa.Table, task: Task, answering: AnswerColumns, id_name: str | None, *, where: str
) -> _RowColumns:
    row_id = find_id(table.column_names, id_name, where=where)
    taken = (row_id, answering.pred, answering.label)
    text_a, text_b = _find_texts([name for name in table.column_names if name not in taken], task)
    if row_id is None and text_a is None:
        raise FlipscopeError(
            "there is neither an id nor a text, so its rows can't be matched", where=where,
            do="Add a column of ids (named id, or named by --id) or of the texts. "
            f"Columns are {', '.join(table.column_names)}",
        )  # fmt: skip
    return _RowColumns(row_id, text_a, text_b)


def _find_texts(names: list[str], task: Task) -> tuple[str | None, str | None]:
    """Find the texts; half of a pair is none."""
    text_a = find_column(names, task.text_a)
    if text_a is None or task.pair is False:
        return text_a, None
    text_b = find_column([name for name in names if name != text_a], task.text_b)
    return (None, None) if text_b is None and task.pair else (text_a, text_b)


def _read_texts(table: pa.Table, about: _RowColumns, *, where: str) -> dict[str, pa.Array]:
    columns = {"text_a": about.text_a, "text_b": about.text_b}
    return {
        part: text_column(table, name, where=where) if name else pa.nulls(len(table), pa.string())
        for part, name in columns.items()
    }


def _read_ids(
    table: pa.Table, about: _RowColumns, texts: dict[str, pa.Array], answers: Answers, *, where: str
) -> tuple[pa.Array, np.ndarray, list[str]]:
    """Return an id a row, which rows to keep, and notes on those left out."""
    said = {"prediction": answers.pred}
    if answers.probabilities is not None:
        said |= {f"the number of {name}": pa.array(answers.probabilities[:, i]) for i, name in enumerate(answers.names)}
    if about.row_id:
        ids = id_column(table, about.row_id, where=where)
        repeats = find_duplicates(ids, {**texts, "label": answers.label, **said}, where=where, do=ANOTHER_ID)
        return ids, repeats.keep, repeats.notes
    ids = content_ids(pa.table(texts))
    # The same text answered in two ways could only be matched by position.
    same_text = pc.replace_substring_regex(ids, "#.*", "")
    find_duplicates(
        same_text,
        {"prediction": answers.pred},
        where=where,
        do="Add ids, so that equal texts can be told apart",
    )
    return ids, np.ones(len(ids), dtype=bool), []


def _row_notes(about: _RowColumns) -> list[str]:
    notes = [f"column {about.row_id!r} -> id" if about.row_id else "no id: rows are known by their text"]
    texts = [name for name in (about.text_a, about.text_b) if name]
    return [*notes, f"text: {' and '.join(map(repr, texts))}" if texts else "no text"]


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
