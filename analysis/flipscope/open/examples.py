"""Evaluation data: whatever the user has, as `Examples`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples
from flipscope.errors import FlipscopeError
from flipscope.open import datasets_source, labels
from flipscope.open.columns import check_names, find_column, meta_columns, text_column
from flipscope.open.ids import ANOTHER_ID, content_ids, find_duplicates, find_id, id_column, rows_digest
from flipscope.open.table import check_path, is_delimited, no_such_file, read_table, table_suffix
from flipscope.tasks import Task

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

_COLA_COLUMNS = ("source", "label", "star", "sentence")  # CoLA is published without a header


@dataclass(frozen=True)
class Rows:
    """A table as it was read, and what its origin tells about it.

    Attributes
    ----------
    table : pyarrow.Table
        All its columns under their own names, which are unique.
    where : str
        What it is called in messages.
    typed : bool
        Whether the types of its columns mean something.
    classes : dict of str to tuple of str
        By column: the class names that the numbers in it stand for.
    """

    table: pa.Table
    where: str
    typed: bool = True
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def open_examples(
    source: str | Path | pa.Table | pd.DataFrame | Dataset,
    task: Task,
    *,
    id_column: str | None = None,
    limit: int | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Examples:
    """Open evaluation data and understand its columns.

    Parameters
    ----------
    source : str, Path, pyarrow.Table, pandas.DataFrame or datasets.Dataset
        A file (CSV, TSV, JSON Lines, Parquet), a folder that `datasets` saved (``folder:split`` where it has
        splits), a hub dataset ``name[:config]:split``, or rows in memory.
    task : Task
        What texts and labels are called.
    id_column : str, optional
        The column that names the rows; ``none`` to know them by their texts. Found by its name by default,
        and texts are used where there is none.
    limit : int, optional
        Read only so many rows from the start.
    aliases : mapping of str to str, optional
        What the data call a label to its name.

    Returns
    -------
    flipscope.data.Examples
        Rows without a gold label have a null label.

    Raises
    ------
    FlipscopeError
        When the data can't be read or understood; see ``docs/formats.md``.
    """
    if limit is not None and limit < 1:
        raise FlipscopeError(f"--limit must be at least 1, not {limit}")
    found = load_rows(source, task)
    return _understand(found.table.slice(0, limit), found, task, id_column, aliases or {})


def load_rows(source: str | Path | pa.Table | pd.DataFrame | Dataset, task: Task, *, head: int | None = None) -> Rows:
    """Read evaluation data without understanding their columns; parameters as in `open_examples`.

    Of a file, only about the first `head` bytes where it is given.

    Raises
    ------
    FlipscopeError
        When the data can't be read, have no rows, or two columns of one name.
    """
    try:
        found = _load(source, task, head)
    except OSError as error:
        raise FlipscopeError(f"cannot be read: {error.strerror or error}", where=str(source)) from error
    names = check_names(found.table.column_names, where=found.where)
    if not found.table.num_rows:
        raise FlipscopeError("there are no rows", where=found.where)
    return replace(found, table=found.table.rename_columns(names))


def _load(source: Any, task: Task, head: int | None) -> Rows:
    if isinstance(source, pa.Table):
        return Rows(source, "the table")
    if isinstance(source, str | Path):
        return _load_named(str(source), task, head)
    library = type(source).__module__.partition(".")[0]
    if library == "pandas":
        return _from_frame(source)
    if library == "datasets":
        return _from_dataset(source, "the dataset")
    raise FlipscopeError(f"evaluation data can't be a {type(source).__name__}", do="Pass a path or a pandas DataFrame")


def _from_frame(frame: pd.DataFrame) -> Rows:
    where = "the data frame"
    named = frame.set_axis(check_names(map(str, frame.columns), where=where), axis=1)
    try:
        return Rows(pa.Table.from_pandas(named, preserve_index=False), where)
    except (pa.ArrowException, UnicodeEncodeError) as error:
        raise FlipscopeError(f"a column holds values of several kinds ({error})", where=where) from error


def _load_named(text: str, task: Task, head: int | None) -> Rows:
    if not text.strip():
        raise FlipscopeError("no evaluation set is named")
    check_path(text)
    path = Path(text)
    if path.is_dir():
        return _from_dataset(datasets_source.load_saved(path, None), text)
    if path.is_file() or table_suffix(path):
        return _from_file(path, task, head)
    folder, _, split = text.rpartition(":")
    if folder and Path(folder).is_dir():
        return _from_dataset(datasets_source.load_saved(Path(folder), split), text)
    if datasets_source.is_hub_dataset(text):
        return _from_dataset(datasets_source.load_hub(text), text)
    raise no_such_file(path)


def _from_file(path: Path, task: Task, head: int | None) -> Rows:
    table = read_table(path, head=head)
    if task.name == "cola" and is_delimited(path) and _is_headerless_cola(table.column_names):
        table = read_table(path, column_names=_COLA_COLUMNS, head=head)
    return Rows(table, str(path), typed=not is_delimited(path))


def _is_headerless_cola(header: list[str]) -> bool:
    return len(header) == len(_COLA_COLUMNS) and header[1] in ("0", "1") and header[2] in ("unnamed", "*")


def _from_dataset(dataset: Dataset, where: str) -> Rows:
    if not hasattr(dataset, "with_format") or not hasattr(dataset, "column_names"):
        raise FlipscopeError(f"evaluation data can't be a {type(dataset).__name__}", where=where)
    if isinstance(dataset.column_names, dict):
        raise FlipscopeError("there are several splits", where=where, do=f"Pass one: {', '.join(dataset)}")
    table, classes = datasets_source.dataset_table(dataset)
    return Rows(table, where, classes=classes)


def _understand(
    table: pa.Table, source: Rows, task: Task, wanted_id: str | None, aliases: Mapping[str, str]
) -> Examples:
    where, names = source.where, table.column_names
    name_a, name_b = find_texts(names, task, where=where)
    id_name = find_id(names, wanted_id, where=where)
    label_name = find_label([name for name in names if name not in (name_a, name_b)], task, where=where)
    text_a = text_column(table, name_a, where=where)
    text_b = text_column(table, name_b, where=where) if name_b else pa.nulls(len(table), pa.string())
    label, label_names = _read_labels(table, label_name, source, task, aliases)
    columns = {"text_a": text_a, "text_b": text_b, "label": label}
    notes = [f"{where}: {table.num_rows:,} rows", _roles_note(id_name, name_a, name_b, label_name)]
    meta, meta_notes = meta_columns(table, (id_name, name_a, name_b, label_name), typed=source.typed)
    notes += meta_notes
    if id_name is None:
        ids = content_ids(pa.table(columns))
    else:
        ids = id_column(table, id_name, where=where)
        repeats = find_duplicates(ids, columns, where=where, do=ANOTHER_ID)
        notes += repeats.notes
    rows = pa.table({"example_id": ids, **columns, **meta})
    if id_name is not None and repeats.count:
        rows = rows.filter(pa.array(repeats.keep))
    return make_examples(rows, label_names, task=task, id_column=id_name, source=where, notes=notes)


def make_examples(
    rows: pa.Table,
    label_names: tuple[str, ...],
    *,
    task: Task,
    id_column: str | None,
    source: str,
    notes: list[str],
) -> Examples:
    """Put understood rows together with their digest and with notes on labels and empty texts."""
    rows = rows.combine_chunks()
    parts = {name: rows[name].combine_chunks() for name in ("example_id", "text_a", "text_b", "label")}
    notes = [*notes, *_label_notes(parts["label"], label_names)]
    empty = sum(pc.sum(pc.equal(parts[name], "")).as_py() or 0 for name in ("text_a", "text_b"))
    if empty:
        notes.append(f"empty texts: {empty:,}")
    return Examples(task.name, rows, label_names, id_column, source, rows_digest(parts), tuple(notes))


def find_texts(names: list[str], task: Task, *, where: str) -> tuple[str, str | None]:
    """Return the columns of the first and second text; None where there is no second.

    Raises
    ------
    FlipscopeError
        When one is missing.
    """
    name_a = find_column(names, task.text_a)
    if name_a is None:
        raise _no_column("text", task.text_a, names, where, "--text")
    if task.pair is False:
        return name_a, None
    name_b = find_column([name for name in names if name != name_a], task.text_b)
    if name_b is None and task.pair:
        raise _no_column("second text", task.text_b, names, where, "--text-b")
    return name_a, name_b


def find_label(names: list[str], task: Task, *, where: str) -> str | None:
    """Return the column of gold labels, or None; refuse where the user named one that is not there."""
    found = find_column(names, task.label)
    if found is None and len(task.label) == 1:
        raise _no_column("label", task.label, names, where, "--label")
    return found


def _no_column(part: str, accepted: tuple[str, ...], names: list[str], where: str, option: str) -> FlipscopeError:
    return FlipscopeError(
        f"no {part} column (looked for {', '.join(accepted)})", where=where,
        do=f"Columns are {', '.join(names)}. Name one with {option}",
    )  # fmt: skip


def _read_labels(
    table: pa.Table, name: str | None, source: Rows, task: Task, aliases: Mapping[str, str]
) -> tuple[pa.Array, tuple[str, ...]]:
    """Return the gold labels by name (null where unknown), and all label names."""
    if name is None:
        return pa.nulls(len(table), pa.string()), task.label_names
    where = f"{source.where}, column {name!r}"
    if name in source.classes:
        indices, names = _class_labels(table[name], source.classes[name], task, aliases, where)
    else:
        indices, names = read_label_column(table[name], task.label_names, aliases, where=where)
    return labels.take_names(indices, names), names


def read_label_column(
    values: pa.ChunkedArray, names: tuple[str, ...], aliases: Mapping[str, str], *, where: str
) -> tuple[pa.Array, tuple[str, ...]]:
    """Return label indices (int32, null where unknown) and the label names: those given, else those found."""
    texts = labels.blank_unknown(labels.label_texts(values, where=where), names, aliases)
    names = names or labels.names_in(labels.rename(pc.unique(texts).to_pylist(), aliases))
    return labels.label_indices(texts, names, where=where, aliases=aliases), names


def _class_labels(
    values: pa.ChunkedArray, classes: tuple[str, ...], task: Task, aliases: Mapping[str, str], where: str
) -> tuple[pa.Array, tuple[str, ...]]:
    """Read a `ClassLabel` column, whose indices have names of their own."""
    indices = values.combine_chunks().cast(pa.int32())
    indices = pc.if_else(pc.less(indices, 0), None, indices)  # hidden labels are -1
    if not task.label_names:
        names = tuple(name for name in labels.rename(classes, aliases) if name is not None)
        labels.check_distinct(names, where)
        return indices, names
    position = np.argsort(labels.align_labels(classes, task.label_names, who=where, aliases=aliases))
    return pa.array(position, pa.int32()).take(indices), task.label_names


def _roles_note(id_name: str | None, name_a: str, name_b: str | None, label_name: str | None) -> str:
    text = f"text {name_a!r}" if name_b is None else f"texts {name_a!r} and {name_b!r}"
    label = f"label {label_name!r}" if label_name else "no label column"
    row_id = f"id {id_name!r}" if id_name else "no id (rows are known by their text)"
    return f"columns: {text}, {label}, {row_id}"


def _label_notes(label: pa.Array, names: tuple[str, ...]) -> list[str]:
    unlabelled = label.null_count
    if unlabelled == len(label):
        return ["no row has a gold label"]
    counts = labels.count_names(label, names)
    notes = ["labels: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())]
    if unlabelled:
        notes.append(f"rows without a gold label, which do not count in metrics: {unlabelled:,}")
    return notes
