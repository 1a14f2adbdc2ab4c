"""Columns: which is what, and the types of metadata."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import EXAMPLE_COLUMNS
from flipscope.errors import FlipscopeError

_WHOLE = r"^-?(0|[1-9][0-9]*)$"
_NUMBER = r"^[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$"


def check_names(names: Iterable[str], *, where: str) -> list[str]:
    """Call a column without a name (pandas writes its index as one) "unnamed"; refuse columns of the same name."""
    named = [name or "unnamed" for name in names]
    if twice := [name for name, count in Counter(named).items() if count > 1]:
        raise FlipscopeError(f"two columns are named {twice[0]!r}", where=where, do="Rename one of them")
    return named


def find_column(names: Sequence[str], accepted: Iterable[str]) -> str | None:
    """Return the first of the accepted names that there is, whatever its case; None when there is none."""
    there = {name.strip().casefold(): name for name in reversed(names)}
    return next((there[name.strip().casefold()] for name in accepted if name.strip().casefold() in there), None)


def named_column(names: Sequence[str], wanted: str, *, where: str, option: str) -> str:
    """Return the column the user named by an option, or refuse with the columns there are."""
    if found := find_column(names, (wanted,)):
        return found
    close = difflib.get_close_matches(wanted, names, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise FlipscopeError(f"no column {wanted!r} ({option})", where=where, do=f"{hint}Columns are {', '.join(names)}")


def text_column(table: pa.Table, name: str, *, where: str) -> pa.Array:
    """Return a column as strings without nulls.

    Raises
    ------
    FlipscopeError
        When the column has nulls or holds anything but single values.
    """
    column = plain(table[name])
    if column is None:
        raise FlipscopeError(f"column {name!r} can't hold texts, its type is {table[name].type}", where=where)
    if column.null_count:
        first = pc.index(column.is_null(), True).as_py() + 1
        raise FlipscopeError(
            f"column {name!r} has no text in {column.null_count:,} rows, first in row {first}", where=where,
            do="Take these rows out, or write an empty string",
        )  # fmt: skip
    return column.cast(pa.string())


def plain(column: pa.ChunkedArray | pa.Array) -> pa.Array | None:
    """Return a column of single values as one array, or None when its values are lists, structs or bytes."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return array.cast(pa.string())
    single = pa.types.is_primitive(kind) or pa.types.is_string(kind) or pa.types.is_decimal(kind)
    return array if single else None


def meta_columns(table: pa.Table, used: Iterable[str | None], *, typed: bool) -> tuple[dict[str, pa.Array], list[str]]:
    """Return the columns that have no other use.

    Parameters
    ----------
    table : pyarrow.Table
        All columns.
    used : iterable of str or None
        Columns that are something else already.
    typed : bool
        Whether the columns' types mean something; the numbers of a CSV are recognised when not.

    Returns
    -------
    dict of str to pyarrow.Array
        Columns by name. A name that `Examples` needs for itself, or that differs from an earlier one only in
        case, gets an underscore behind it.
    list of str
        Notes on columns left out or renamed.
    """
    taken = {name.casefold() for name in EXAMPLE_COLUMNS}
    skip, columns, notes = set(used), {}, []
    for name in table.column_names:
        if name in skip:
            continue
        array = plain(table[name])
        if array is None:
            notes.append(f"column {name!r} left out: its values are of type {table[name].type}")
            continue
        new = name
        while new.casefold() in taken:
            new += "_"
        taken.add(new.casefold())
        if new != name:
            notes.append(f"column {name!r} is called {new!r} here")
        columns[new] = array if typed else _guess_type(array)
    return columns, notes


def _guess_type(texts: pa.Array) -> pa.Array:
    """Turn strings that are all whole numbers, or all numbers, into these; empty ones into nulls.

    Codes, which have leading zeros or more digits than 64 bits hold, stay strings.
    """
    values = pc.if_else(pc.equal(texts, ""), None, texts)
    if values.null_count == len(values):
        return texts
    for pattern, kind in ((_WHOLE, pa.int64()), (_NUMBER, pa.float64())):
        if pc.all(pc.match_substring_regex(values, pattern)).as_py():
            try:
                return values.cast(kind)
            except pa.ArrowInvalid:  # too many digits
                return texts
    return texts
