"""Probabilities and logits of a prediction file: which columns they are, and whether they are sound."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.errors import FlipscopeError
from flipscope.open.columns import find_column, named_column, plain
from flipscope.open.labels import normalise

#: Names of a column that holds a list of probabilities or logits a row.
PROBABILITY_LISTS = ("probabilities", "probs", "prob", "probability", "softmax", "scores", "proba")
LOGIT_LISTS = ("logits", "logit")

_PROBABILITY_PREFIX = r"(?:probabilities|probability|probas?|probs?|softmax|scores?|p)[_:. -]"
_LOGIT_PREFIX = r"logits?[_:. -]"
_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class ScoreColumns:
    """The columns that hold a number a class.

    Attributes
    ----------
    columns : tuple of str
        One column of lists, or a column a class.
    classes : tuple of str
        Which label each of several columns is about, by name or index: what follows the prefix in the column's
        name, or all of that name. Empty for lists.
    logits : bool
        Whether they are logits and not probabilities.
    in_order : bool
        Whether the columns are in the labels' order where none of `classes` is a label: the user named them, and
        no name has a prefix.
    """

    columns: tuple[str, ...]
    classes: tuple[str, ...] = ()
    logits: bool = False
    in_order: bool = False


def find_scores(table: pa.Table, named: tuple[str, ...], *, where: str) -> tuple[ScoreColumns, ...]:
    """Find the columns that may hold probabilities or logits.

    Parameters
    ----------
    table : pyarrow.Table
        The prediction file.
    named : tuple of str
        Columns the user named; empty to look for known names.
    where : str
        The file, for messages.

    Returns
    -------
    tuple of ScoreColumns
        Those to be preferred first: probabilities before logits. Several where columns with different prefixes
        may be meant; only the labels tell.

    Raises
    ------
    FlipscopeError
        When a named column is missing.
    """
    names = table.column_names
    if named:
        return (_named(tuple(named_column(names, name, where=where, option="--probs") for name in named)),)
    several: list[ScoreColumns] = []
    for lists, prefix, logits in (
        (PROBABILITY_LISTS, _PROBABILITY_PREFIX, False),
        (LOGIT_LISTS, _LOGIT_PREFIX, True),
    ):
        lists_here = [name for name in names if _holds_lists(table[name])]
        if found := find_column(lists_here, lists):
            return (*several, ScoreColumns((found,), logits=logits))
        several += _by_prefix(names, prefix, logits)
    return tuple(several)


def _named(columns: tuple[str, ...]) -> ScoreColumns:
    """Tell probabilities from logits, and labels, by the columns' names."""
    logits = all(re.match(r"logit", name, re.IGNORECASE) for name in columns)
    if len(columns) == 1:
        return ScoreColumns(columns, logits=logits)
    matches = [_split(name, _LOGIT_PREFIX if logits else _PROBABILITY_PREFIX) for name in columns]
    classes = tuple(match[2] if match else name for name, match in zip(columns, matches, strict=True))
    return ScoreColumns(columns, classes, logits, in_order=not any(matches))


def _by_prefix(names: list[str], prefix: str, logits: bool) -> list[ScoreColumns]:
    """Group columns by how their prefix is spelled: ``prob_a`` and ``prob_b``, apart from ``p_value``."""
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        if match := _split(name, prefix):
            groups.setdefault(match[1].casefold(), {})[name] = match[2]
    return [ScoreColumns(tuple(group), tuple(group.values()), logits) for group in groups.values() if len(group) > 1]


def _split(name: str, prefix: str) -> re.Match[str] | None:
    return re.fullmatch(rf"({prefix})(.+)", name.strip(), re.IGNORECASE)


def _holds_lists(column: pa.ChunkedArray) -> bool:
    """Whether values are lists, or strings such as ``[0.1, 0.9]``."""
    if _is_list(column.type):
        return True
    if not pa.types.is_string(column.type) or not len(column):
        return False
    return bool(re.fullmatch(r"\s*\[.*\]\s*", column[0].as_py() or "", re.DOTALL))


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def read_scores(table: pa.Table, scores: ScoreColumns, *, where: str) -> np.ndarray:
    """Read the numbers.

    Returns
    -------
    numpy.ndarray, shape (rows, classes or 1), float64
        In the order of the columns, or of the lists.

    Raises
    ------
    FlipscopeError
        When a value is missing or no number, or the lists differ in length.
    """
    if len(scores.columns) > 1:
        return np.column_stack([_numbers(table[name], name, where) for name in scores.columns])
    name = scores.columns[0]
    if not _holds_lists(table[name]):
        return _numbers(table[name], name, where)[:, None]
    lists = table[name].combine_chunks()
    if not _is_list(lists.type):
        lists = pc.split_pattern_regex(pc.ascii_trim(lists, " \t\r\n[]"), r"[,\s]+")
    lengths = pc.list_value_length(lists)
    if lists.null_count or pc.min(lengths).as_py() != pc.max(lengths).as_py():
        first = lengths[0].as_py()
        row = pc.index(pc.fill_null(pc.equal(lengths, first), False), False).as_py() + 1
        raise FlipscopeError(f"row {row} of column {name!r} has not {first} numbers as the first row has", where=where)
    return _numbers(pc.list_flatten(lists), name, where, a_row=lengths[0].as_py()).reshape(len(lists), -1)


def _numbers(values: pa.Array | pa.ChunkedArray, name: str, where: str, a_row: int = 1) -> np.ndarray:
    array = plain(values)
    try:
        if array is None:
            raise pa.ArrowInvalid(f"values of type {values.type}")
        numbers = array.cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise FlipscopeError(f"column {name!r} does not hold numbers only ({error})", where=where) from error
    found = numbers.to_numpy(zero_copy_only=False)
    if not (finite := np.isfinite(found)).all():
        row = int(np.argmin(finite)) // max(a_row, 1) + 1
        raise FlipscopeError(f"row {row} of column {name!r} has no finite number", where=where)
    return found


def order_classes(classes: tuple[str, ...], names: tuple[str, ...]) -> list[int] | None:
    """Find the column of every label.

    Returns
    -------
    list of int or None
        ``order[j]`` is the position in `classes` of label ``j``, each given by name, else each by index; None
        where the two sets differ.
    """
    forms = [normalise(name) for name in classes]
    for wanted in ([normalise(name) for name in names], [str(i) for i in range(len(names))]):
        if sorted(forms) == sorted(wanted):
            return [forms.index(form) for form in wanted]
    return None


def check_probabilities(values: np.ndarray, *, where: str) -> np.ndarray:
    """Check that every row is a distribution, and take the rounding out of its sum.

    Parameters
    ----------
    values : numpy.ndarray, shape (rows, classes)
        Finite numbers.
    where : str
        The file, for messages.

    Returns
    -------
    numpy.ndarray, shape (rows, classes)
        Divided by the sum of the row.

    Raises
    ------
    FlipscopeError
        When a probability is negative, or a row's sum is not 1 within 0.001.
    """
    sums = values.sum(axis=1)
    bad = (values < 0).any(axis=1) | (np.abs(sums - 1) > _SUM_TOLERANCE)
    if bad.any():
        row = int(np.argmax(bad))
        shown = ", ".join(f"{value:g}" for value in values[row])
        raise FlipscopeError(
            f"row {row + 1}: {shown} are not probabilities (sum {sums[row]:g})", where=where,
            do="If they are logits, call the column logits or the columns logit_<label>",
        )  # fmt: skip
    return values / sums[:, None]
