"""What a data set is about, guessed from its columns, labels and name and from the models: a draft to be corrected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from flipscope.errors import FlipscopeError
from flipscope.open.columns import find_column, plain
from flipscope.open.examples import Rows, load_rows
from flipscope.open.ids import ID_COLUMNS, NO_ID
from flipscope.open.labels import is_generic, label_texts, names_in, normalise
from flipscope.open.predictions import PRED_COLUMNS
from flipscope.open.table import check_path, table_suffix
from flipscope.spec import TaskSpec
from flipscope.tasks import GLUE, Task, get_task

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.inspection import ModelCard

#: Reasons that need no telling: the column is called so, or the user has said so.
NAMED, GIVEN = "its name says so", "as you say"

_LABEL_COLUMNS = tuple(dict.fromkeys(name for task in GLUE.values() for name in task.label))
# Names that any data may have: they say nothing about the task.
_ANY_TEXT = {"text", "text_a"}
_ANY_FILE = {
    "data", "dataset", "dev", "eval", "evaluation", "examples", "file", "input", "inputs", "predictions", "preds",
    "sample", "split", "test", "train", "upload", "uploads", "val", "valid", "validation",
}  # fmt: skip
_MOST_LABELS = 200  # more distinct values are no classes
_HEAD = 10
_HEAD_BYTES = 32 << 20  # of a file; more rows tell nothing new
_LOOKED_AT = 1_000  # rows that tell which column is which


@dataclass(frozen=True)
class Columns:
    """Which column of a data set is what; None where there is none."""

    text: str | None
    text_b: str | None
    label: str | None
    id: str | None

    def roles(self) -> dict[str, str]:
        """Return what each column is, in words, by its name."""
        named = {
            self.text: "text" if self.text_b is None else "first text",
            self.text_b: "second text",
            self.label: "gold label",
            self.id: "id",
        }
        return {column: role for column, role in named.items() if column is not None}


@dataclass(frozen=True)
class Guess:
    """What was found out, and why."""

    value: str | None
    reason: str


@dataclass(frozen=True)
class Suggestion:
    """A draft of a task.

    Attributes
    ----------
    name, text, text_b, label, id : Guess
        As in `flipscope.spec.TaskSpec`; None where there is no such column.
    labels : tuple of str
        The class names, where the task, the data or the models tell; in the order of the ids if these know it.
    labels_reason : str
        Who tells them.
    columns : tuple of str
        All columns of the data.
    head : pandas.DataFrame
        The first ten rows.
    """

    name: Guess
    text: Guess
    text_b: Guess
    label: Guess
    id: Guess
    labels: tuple[str, ...]
    labels_reason: str
    columns: tuple[str, ...]
    head: pd.DataFrame


def suggest(data: str, models: Sequence[ModelCard], *, name: str | None = None) -> Suggestion:
    """Guess what a data set is about; of a large file, by its first rows.

    Parameters
    ----------
    data : str
        What the user typed for the evaluation set; or a prediction file with gold labels.
    models : sequence of ModelCard
        The models that are to be compared; their labels tell what the data's mean.
    name : str, optional
        The task's name, where the user knows it.

    Returns
    -------
    Suggestion

    Raises
    ------
    FlipscopeError
        When the data can't be read.
    """
    rows = load_rows(data, get_task(name or "task"), head=_HEAD_BYTES)
    columns = tuple(rows.table.column_names)
    known = next((card.label_names for card in models if not is_generic(card.label_names)), ())
    label = _guess_label(rows, known)
    seen = _seen(rows, label.value)
    named = Guess(name, GIVEN) if name else _guess_task(data, columns, label.value, seen, known)
    task = get_task(named.value or "task")
    text = _guess_text(rows, task, label.value)
    text_b = _guess_second(columns, task, text.value)
    names, told = _class_names(task, seen, known)
    head = rows.table.slice(0, _HEAD).to_pandas()
    return Suggestion(named, text, text_b, label, _guess_id(columns), names, told, columns, head)


def chosen_columns(names: Sequence[str], spec: TaskSpec) -> Columns:
    """Find the columns that opening the data of a spec will use; a column that is not there is None."""
    task = get_task(spec.name, text=spec.text, text_b=spec.text_b, label=spec.label, labels=spec.labels)
    text = find_column(names, task.text_a)
    others = [name for name in names if name != text]
    text_b = None if task.pair is False else find_column(others, task.text_b)
    label = find_column([name for name in others if name != text_b], task.label)
    by_text = (spec.id or "").casefold() == NO_ID
    row_id = None if by_text else find_column(names, (spec.id,) if spec.id else ID_COLUMNS)
    return Columns(text, text_b, label, row_id)


def needed(names: Sequence[str], task: str, wanted: Columns) -> dict[str, str]:
    """Say only what would not be found without being said.

    Columns that are named in a spec are asked of prediction files too, which may call them otherwise.

    Parameters
    ----------
    names : sequence of str
        The columns of the data.
    task : str
        The task's name.
    wanted : Columns
        What the user wants.

    Returns
    -------
    dict of str to str
        For `flipscope.spec.TaskSpec`: of ``text``, ``text_b``, ``label`` and ``id`` those that have to be said.
    """
    found = chosen_columns(names, TaskSpec(name=task, old="-", candidates={"new": "-"}))
    said: dict[str, str] = {}
    if (found.text, found.text_b) != (wanted.text, wanted.text_b):
        said |= {key: name for key, name in (("text", wanted.text), ("text_b", wanted.text_b)) if name}
    if wanted.label and found.label != wanted.label:
        said["label"] = wanted.label
    if found.id != wanted.id:
        said["id"] = wanted.id or NO_ID
    return said


def table_columns(source: str) -> tuple[str, ...]:
    """Return the columns of a prediction file; none for any other model.

    Raises
    ------
    FlipscopeError
        When the file can't be read.
    """
    if not table_suffix(Path(source)):
        return ()
    check_path(source)
    if not Path(source).is_file():
        return ()
    return tuple(load_rows(source, get_task("task"), head=_HEAD_BYTES).table.column_names)


def _guess_label(rows: Rows, known: tuple[str, ...]) -> Guess:
    names = rows.table.column_names
    if found := find_column(names, _LABEL_COLUMNS):
        return Guess(found, NAMED)
    if found := next(iter(rows.classes), None):
        return Guess(found, "the data set says that it holds classes")
    forms = {normalise(name) for name in known}
    for name in names:
        if forms and (seen := _seen(rows, name)) and {normalise(value) for value in seen} <= forms:
            return Guess(name, "its values are labels of the models")
    return Guess(None, "no column looks like gold labels")


def _seen(rows: Rows, column: str | None) -> tuple[str, ...]:
    """Return the distinct labels of a column; none where it holds something else."""
    if column is None:
        return ()
    if column in rows.classes:
        return rows.classes[column]
    try:
        distinct = pc.unique(label_texts(rows.table[column], where=column)).to_pylist()
    except (FlipscopeError, pa.ArrowException):
        return ()
    return names_in(value for value in distinct if value) if len(distinct) <= _MOST_LABELS else ()


def _guess_task(
    data: str, columns: tuple[str, ...], label: str | None, seen: tuple[str, ...], known: tuple[str, ...]
) -> Guess:
    """Recognise one of the seven GLUE tasks by its columns together with its name or its labels."""
    others = [name for name in columns if name != label]
    fitting = [task for task in GLUE.values() if _has_texts(others, task) and _may_mean(seen, known, task)]
    if said := next((task for task in fitting if _is_said(data, task.name)), None):
        return Guess(said.name, f"the data's name says {said.name}, and columns and labels fit")
    names = known if is_generic(seen) else seen
    sure = [task for task in fitting if names and _same(names, task.label_names) and _own_text(others, task)]
    if len(sure) == 1:
        return Guess(sure[0].name, f"columns and labels are those of {sure[0].name}")
    answers = find_column(others, PRED_COLUMNS) is not None
    return Guess(_name_from(Path(data), of_a_model=answers), "from the name of the data")


def _has_texts(columns: Sequence[str], task: Task) -> bool:
    first = find_column(columns, task.text_a)
    second = find_column([name for name in columns if name != first], task.text_b)
    return first is not None and (second is not None) == bool(task.pair)


def _own_text(columns: Sequence[str], task: Task) -> bool:
    return (find_column(columns, task.text_a) or "").casefold() not in _ANY_TEXT


def _may_mean(seen: tuple[str, ...], known: tuple[str, ...], task: Task) -> bool:
    """Whether labels in the data, and those of the models, can be those of a task."""
    numbers = is_generic(seen) and len(seen) <= len(task.label_names)
    return (numbers or _same(seen, task.label_names)) and (not known or _same(known, task.label_names))


def _same(names: Iterable[str], others: Iterable[str]) -> bool:
    return {normalise(name) for name in names} == {normalise(name) for name in others}


def _is_said(data: str, task: str) -> bool:
    """Whether the file, its folder or the hub name says the task's name, as a word of its own."""
    said = "/".join(Path(data).parts[-2:])
    word = re.sub(r"(\d)", r"[-_]?\1", task)
    return re.search(rf"(?<![a-z0-9]){word}(?![a-z0-9])", said, re.IGNORECASE) is not None


def _name_from(path: Path, *, of_a_model: bool) -> str:
    """Name a task after its file, or after the folder where the file is called like any other, or like a model."""
    suffix = table_suffix(path)
    stem = path.name[: -len(suffix)] if suffix else path.name.partition(":")[0]
    for part in (path.parent.name, stem) if of_a_model else (stem, path.parent.name):
        words = [word for word in re.split(r"[^A-Za-z0-9]+", part) if word]
        if telling := [word for word in words if word.lower() not in _ANY_FILE]:
            return "-".join(telling)[:40]
    return "task"


def _guess_text(rows: Rows, task: Task, label: str | None) -> Guess:
    names = [name for name in rows.table.column_names if name != label]
    if found := find_column(names, task.text_a):
        return Guess(found, NAMED)
    if find_column(names, PRED_COLUMNS):  # answers need no texts, ids do
        return Guess(None, "no column is called like texts")
    lengths = {name: length for name in names if (length := _mean_length(rows.table, name))}
    if not lengths:
        return Guess(None, "no column holds texts")
    return Guess(max(lengths, key=lambda name: lengths[name]), "it has the longest texts")


def _mean_length(table: pa.Table, name: str) -> float:
    """Return the mean length of a column of texts, in characters; 0 for any other, and for numbers."""
    column = plain(table[name].slice(0, _LOOKED_AT))
    if column is None or not pa.types.is_string(column.type):
        return 0.0
    if pc.all(pc.match_substring_regex(column, r"^[-+0-9.eE]*$")).as_py():
        return 0.0
    return pc.mean(pc.utf8_length(column)).as_py() or 0.0


def _guess_second(columns: Sequence[str], task: Task, text: str | None) -> Guess:
    if task.pair is False:
        return Guess(None, f"{task.name} is about single texts")
    found = find_column([name for name in columns if name != text], task.text_b)
    return Guess(found, NAMED if found else "no column looks like a second text")


def _guess_id(columns: Sequence[str]) -> Guess:
    found = find_column(columns, ID_COLUMNS)
    return Guess(found, NAMED if found else "rows are known by their text")


def _class_names(task: Task, seen: tuple[str, ...], known: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    told: Mapping[str, tuple[str, ...]] = {
        f"those of {task.name}": task.label_names,
        "those of the models": known if is_generic(seen) or _same(seen, known) else (),
        "as the data have them": seen,
    }
    return next(((names, who) for who, names in told.items() if names), ((), "not known"))
