"""Tags of the user's own: a DuckDB expression over the columns, or a Python function of the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa

from flipscope.data import Examples
from flipscope.errors import FlipscopeError
from flipscope.store.query import check_condition, open_tables, query, quote

OwnTag = str | Callable[[str, str | None], bool]

_LIMIT_S = 120.0
_DO = "Write one condition, such as: length(text_a) > 80"


def check_own_names(names: Iterable[str], examples: Examples) -> None:
    """Refuse names of tags that a column has already, whatever the case of its letters.

    Raises
    ------
    FlipscopeError
        When a name is empty, or taken by a column or another tag.
    """
    taken = {name.casefold() for name in examples.table.column_names}
    for name in names:
        if not name.strip():
            raise FlipscopeError("a tag has no name", do='Write it as name=expression: "long=length(text_a) > 80"')
        if name.casefold() in taken:
            raise FlipscopeError("there is a column of this name already", where=_place(name), do="Rename the tag")
        taken.add(name.casefold())


def own_tag(examples: Examples, name: str, rule: OwnTag) -> pa.ChunkedArray:
    """Evaluate one tag.

    Returns
    -------
    pyarrow.ChunkedArray of bool, length of the examples
        Null where an expression is null, or a function would have no text to look at.

    Raises
    ------
    FlipscopeError
        When the rule is no single expression, fails, or gives anything but true and false.
    """
    found = _by_expression(examples, name, rule) if isinstance(rule, str) else _by_function(examples, name, rule)
    return pa.chunked_array([found])


def _by_expression(examples: Examples, name: str, expression: str) -> pa.Array:
    """Evaluate an expression where it can reach no file, no network and no other table."""
    row = _unused_name(examples.table.column_names)
    numbered = examples.table.append_column(row, pa.array(np.arange(len(examples))))
    with open_tables({"examples": numbered}) as con:
        try:
            condition = check_condition(con, expression, costly=True)
            kinds = query(con, f"DESCRIBE SELECT {condition} FROM examples ")["column_type"].tolist()
            if kinds != ["BOOLEAN"]:
                raise FlipscopeError(f"{expression!r} is not true or false, but {', '.join(kinds)}")
            found = query(con, f"SELECT {quote(row)} AS row, {condition} AS tag FROM examples ", limit_s=_LIMIT_S)
        except FlipscopeError as error:
            raise FlipscopeError(
                error.what, where=_place(name), do=error.do if error.where == "query" else _DO
            ) from error
    if len(found) != len(examples):
        raise FlipscopeError(f"{expression!r} does not give one answer for each row", where=_place(name), do=_DO)
    # A window may have changed the order.
    return pa.array(found.sort_values("row")["tag"], pa.bool_(), from_pandas=True)


def _unused_name(names: Iterable[str]) -> str:
    taken, name = {other.casefold() for other in names}, "row"
    while name in taken:
        name += "_"
    return name


def _by_function(examples: Examples, name: str, function: Callable[[str, str | None], bool]) -> pa.Array:
    if not callable(function):
        raise FlipscopeError(f"a tag can't be a {type(function).__name__}", where=_place(name), do="Pass a function")
    texts = zip(*(examples.table[side].to_pylist() for side in ("text_a", "text_b")), strict=True)
    return pa.array([_value(function, pair, name, row) for row, pair in enumerate(texts, start=1)], pa.bool_())


def _value(
    function: Callable[[str, str | None], bool], texts: tuple[str, str | None], name: str, row: int
) -> bool | None:
    if texts[0] is None:
        return None
    try:
        value = function(*texts)
    except Exception as error:
        raise FlipscopeError(f"failed in row {row} ({type(error).__name__}: {error})", where=_place(name)) from error
    if not isinstance(value, bool | np.bool_):
        raise FlipscopeError(f"gave {value!r} in row {row}, not True or False", where=_place(name), do="Return a bool")
    return bool(value)


def _place(name: str) -> str:
    return f"tag {name!r}"
