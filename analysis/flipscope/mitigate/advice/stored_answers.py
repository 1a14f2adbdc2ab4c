"""The stored answers of an old model and a candidate, as arrays, in two halves: one to choose on, one to judge on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flipscope.data import OLD
from flipscope.store.query import quote

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from flipscope.comparison import Comparison
    from flipscope.schema import TaskInfo

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Half of all contents go either way. The salt keeps the halves apart from any other split by content: were they made
# of the same hash, all that another split has set aside could fall into one half.
_SALT = "flipscope advise "
_TAGGED = ("true", "1", "yes")


@dataclass(frozen=True)
class StoredAnswers:
    """What both models answered to the examples of a task.

    Attributes
    ----------
    label, old, new : int arrays, shape (n,)
        Gold labels and answers, as positions in the task's classes.
    confidence : float array, shape (n,), or None
        The candidate's largest probability; None when it gave none.
    judging : bool array, shape (n,)
        Whether an example is in the judging half. Examples with the same texts are in the same half.
    differ : int array, shape (d,)
        Rows on which the models differ.
    mixable : tuple of two float arrays, shape (d, classes), or None
        Probabilities of the old model and of the candidate on those rows, 0 for a class that a model does not know;
        None when either model gave none.
    """

    label: Ints
    old: Ints
    new: Ints
    confidence: Floats | None
    judging: Bools
    differ: Ints
    mixable: tuple[Floats, Floats] | None

    def __len__(self) -> int:
        return len(self.label)


def read_answers(comparison: Comparison, task: str, candidate: str) -> StoredAnswers:
    """Read the answers to those examples of a task that have a gold label and both answers, in the order of their ids.

    Raises
    ------
    FlipscopeError
        When a name is unknown, or the folder can't be read.
    """
    info = comparison.task_info(task)
    positions = ", ".join(f"list_position(?, {name}) - 1 AS {name}" for name in ("label", "old_pred", "new_pred"))
    texts = "JOIN text USING (row_id)" if info.has_text else ""
    frame = comparison.query(
        f"SELECT row_id, {positions}, new_conf, {_half(info)} AS judging FROM facts {texts} "
        "WHERE task = ? AND candidate = ? ORDER BY row_id",
        [info.label_names] * 3 + [task, candidate],
    )
    label, old, new = (frame[name].to_numpy(dtype=np.int64) for name in ("label", "old_pred", "new_pred"))
    confidence = frame["new_conf"].to_numpy(dtype=np.float64)
    differ = np.flatnonzero(old != new)
    return StoredAnswers(
        label,
        old,
        new,
        None if np.isnan(confidence).any() else confidence,
        frame["judging"].to_numpy(dtype=bool),
        differ,
        _mixable(comparison, info, candidate, frame["row_id"].to_numpy()[differ]),
    )


def _half(info: TaskInfo) -> str:
    """Write in SQL whether an example is in the judging half: by its texts, else by its id.

    Case and spacing of texts do not matter, as they do not when data are split to train on.
    """
    texts = r"lower(translate(concat_ws(chr(31), text_a, text_b), E' \t\n\r', ''))"
    content = f"coalesce(nullif({texts}, ''), example_id)" if info.has_text else "example_id"
    return f"substr(sha256('{_SALT}' || {content}), 1, 1) >= '8'"


def _mixable(comparison: Comparison, info: TaskInfo, candidate: str, rows: Ints) -> tuple[Floats, Floats] | None:
    import pyarrow as pa

    wanted = pa.table({"row_id": rows})
    old, new = (_probabilities(comparison, info, model, wanted) for model in (OLD, candidate))
    return None if np.isnan(old).any() or np.isnan(new).any() else (old, new)


def _probabilities(comparison: Comparison, info: TaskInfo, model: str, wanted: pa.Table) -> Floats:
    """Read a model's probabilities in the order of the task's classes; NaN where it gave none."""
    own = info.models[model].label_names
    columns = ", ".join(
        f"probabilities[{own.index(name) + 1}] AS {quote(f'p{code}')}" if name in own else f"0.0 AS {quote(f'p{code}')}"
        for code, name in enumerate(info.label_names)
    )
    file = str(comparison.path.resolve() / "predictions" / f"{model}.parquet")
    sql = f"SELECT {columns} FROM wanted JOIN read_parquet(?) USING (row_id) ORDER BY row_id"
    return comparison.query(sql, [file], {"wanted": wanted}).to_numpy(dtype=np.float64)


def read_slices(comparison: Comparison, task: str, candidate: str) -> dict[tuple[str, str], Bools]:
    """Read which examples belong to which slice of the capability columns.

    Returns
    -------
    dict of (str, str) to bool array, shape (n,)
        By column and value, in the order of `read_answers`. Of a tagger's column only what has the tag.
    """
    columns = comparison.capability_columns
    if not columns:
        return {}
    names = ", ".join(f"{quote(name)}::VARCHAR AS {quote(name)}" for name in columns)
    sql = f"SELECT {names} FROM facts WHERE task = ? AND candidate = ? ORDER BY row_id"
    frame = comparison.query(sql, [task, candidate])
    return {(name, value): members for name in columns for value, members in _values(name, frame[name]).items()}


def _values(name: str, column: pd.Series) -> dict[str, Bools]:
    codes, values = column.factorize(sort=True)
    tagger = name.startswith("has_")
    return {str(value): codes == code for code, value in enumerate(values) if not tagger or value.lower() in _TAGGED}
