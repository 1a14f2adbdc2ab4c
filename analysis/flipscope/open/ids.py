"""Row ids: from a column, or made from what the rows say; repeated ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.errors import FlipscopeError
from flipscope.open.columns import find_column, named_column, plain

#: Names an id column may have, the preferred one first.
ID_COLUMNS = (
    "example_id", "id", "idx", "guid", "uid", "uuid", "pairID", "index", "row_id", "sample_id", "sentence_id",
)  # fmt: skip
#: What to ask for to have rows known by their content.
NO_ID = "none"
#: Advice where an id column does not serve.
ANOTHER_ID = f"Name another id column with --id, or use --id {NO_ID} to match rows by their text"

_LARGEST_EXACT = 2**53  # beyond it, float64 does not tell neighbouring integers apart


def find_id(names: Sequence[str], wanted: str | None, *, where: str) -> str | None:
    """Return the id column: the one wanted, else one known by its name; None for ids made from content."""
    if wanted is None:
        return find_column(names, ID_COLUMNS)
    if wanted.casefold() == NO_ID:
        return None
    return named_column(names, wanted, where=where, option="--id")


def id_column(table: pa.Table, name: str, *, where: str) -> pa.Array:
    """Return an id column as strings without nulls or empty values.

    Raises
    ------
    FlipscopeError
        When an id is missing, or was lost to rounding.
    """
    column = plain(table[name])
    if column is None:
        raise FlipscopeError(f"column {name!r} can't hold ids, its type is {table[name].type}", where=where)
    if pa.types.is_floating(column.type):
        column = _whole_ids(column, name, where)
    ids = column.cast(pa.string())
    missing = pc.fill_null(pc.equal(ids, ""), True)
    if count := pc.sum(missing).as_py():
        first = pc.index(missing, True).as_py() + 1
        raise FlipscopeError(
            f"column {name!r} has no id in {count:,} rows, first in row {first}", where=where, do=ANOTHER_ID
        )
    return ids


def _whole_ids(column: pa.Array, name: str, where: str) -> pa.Array:
    """Read 1.0 as 1: integers become floats where a column once had gaps."""
    values = pc.drop_null(column).to_numpy()
    if not np.array_equal(values, np.trunc(values)):
        return column
    if values.size and np.abs(values).max() > _LARGEST_EXACT:
        raise FlipscopeError(
            f"the ids of column {name!r} are too large for numbers", where=where, do="Write them as strings"
        )
    return column.cast(pa.int64())


def content_hashes(text_a: pa.Array, text_b: pa.Array | None) -> pa.Array:
    """Hash every row's texts.

    Parameters
    ----------
    text_a, text_b : pyarrow.Array of string
        The texts, without nulls; `text_b` is None for single texts.

    Returns
    -------
    pyarrow.Array of string
        First 128 bits of SHA-256, as 32 hex digits, of ``S<text_a>`` for a single text and
        ``P<bytes of text_a>:<text_a><text_b>`` for a pair, in UTF-8.
    """
    if text_b is None:
        return _sha256({"a": text_a}, "'S' || a")
    return _sha256({"a": text_a, "b": text_b}, "'P' || strlen(a) || ':' || a || b")


def rows_digest(columns: dict[str, pa.Array]) -> str:
    """Hash rows of strings and nulls whatever their order.

    Returns
    -------
    str
        SHA-256 (hex) of the sorted SHA-256 of the rows.
    """
    parts = " || ".join(f"coalesce(strlen({name}) || ':' || {name}, '-')" for name in columns)
    hashes = _sha256(columns, parts)
    # All are 32 characters long, so Arrow's buffer of characters is a NumPy array of them.
    rows = np.sort(np.frombuffer(hashes.buffers()[2], dtype="S32", count=len(hashes)))
    return hashlib.sha256(rows.tobytes()).hexdigest()


def _sha256(columns: dict[str, pa.Array], text: str) -> pa.Array:
    import duckdb

    rows = pa.table(columns)
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        found = connection.sql(f"SELECT left(sha256({text}), 32) AS digest FROM rows").to_arrow_table()
    return found["digest"].combine_chunks().cast(pa.string())


def content_ids(table: pa.Table) -> pa.Array:
    """Make ids out of what rows say.

    Parameters
    ----------
    table : pyarrow.Table
        With columns ``text_a`` and ``text_b`` (strings; ``text_b`` is all null for single texts).

    Returns
    -------
    pyarrow.Array of string
        `content_hashes`; the second row with the same texts gets ``#2`` behind it, the third ``#3``.
    """
    text_a, text_b = (table[name].combine_chunks() for name in ("text_a", "text_b"))
    return number_repeats(content_hashes(text_a, None if text_b.null_count else text_b))


def number_repeats(hashes: pa.Array) -> pa.Array:
    """Put ``#2``, ``#3`` ... behind the second, third ... occurrence of a value."""
    coded = hashes.dictionary_encode()
    if len(coded.dictionary) == len(coded):
        return hashes
    codes = coded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    nth = np.empty(len(codes), dtype=np.int64)
    nth[order] = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)])) + 1
    marked = pc.binary_join_element_wise(hashes, pa.array(nth).cast(pa.string()), "#")
    return pc.if_else(pa.array(nth > 1), marked, hashes)


@dataclass(frozen=True)
class Duplicates:
    """Rows whose id an earlier row has.

    Attributes
    ----------
    keep : numpy.ndarray of bool
        False for the later rows.
    """

    keep: np.ndarray

    @property
    def count(self) -> int:
        """Number of later rows."""
        return int((~self.keep).sum())

    @property
    def notes(self) -> list[str]:
        """What to tell people about them."""
        return [f"rows that repeat an earlier row and its id, left out: {self.count:,}"] if self.count else []


def find_duplicates(ids: pa.Array, content: dict[str, pa.Array], *, where: str, do: str) -> Duplicates:
    """Find repeated ids, and refuse where their rows disagree.

    Parameters
    ----------
    ids : pyarrow.Array of string
        An id a row.
    content : dict of str to pyarrow.Array
        The columns in which rows with the same id must agree.
    where, do : str
        For the message.

    Raises
    ------
    FlipscopeError
        When two rows with the same id differ.
    """
    coded = ids.dictionary_encode()
    keep = np.ones(len(ids), dtype=bool)
    if len(coded.dictionary) == len(ids):
        return Duplicates(keep)
    codes = coded.indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    earlier = first[codes]
    later = np.flatnonzero(earlier != np.arange(len(codes)))
    for name, column in content.items():
        if (at := _first_difference(column.take(pa.array(earlier[later])), column.take(pa.array(later)))) >= 0:
            row = int(later[at])
            raise FlipscopeError(
                f"id {ids[row].as_py()!r} stands in rows {earlier[row] + 1} and {row + 1}, which differ in {name}",
                where=where, do=do,
            )  # fmt: skip
    keep[later] = False
    return Duplicates(keep)


def _first_difference(one: pa.Array, other: pa.Array) -> int:
    """Return the first place where two columns differ, null being equal to null; -1 if nowhere."""
    both_null = pc.and_(one.is_null(), other.is_null())
    differ = pc.if_else(both_null, False, pc.fill_null(pc.not_equal(one, other), True))
    return pc.index(differ, True).as_py()
