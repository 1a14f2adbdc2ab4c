"""What a condition is made of: its columns, and which parts could use up time or memory past every limit.

DuckDB checks its limits between batches of rows, not while a function makes one value: a short condition could
ask for a text of many gigabytes. Conditions come with links, so that they need not be the reader's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flipscope.errors import FlipscopeError

if TYPE_CHECKING:
    import duckdb

# They make values as long as a number in the condition says, wait, or write.
_REFUSED = {
    "repeat", "lpad", "rpad", "bar", "format", "printf", "bitstring", "range", "generate_series",
    "generate_subscripts", "list_resize", "array_resize", "list_reduce", "array_reduce", "reduce", "invoke",
    "sleep_ms", "pg_sleep", "write_log", "nextval",
}  # fmt: skip
# Each can make a value many times as long; one inside another as often again.
_GROWING = {
    "replace", "regexp_replace", "list_transform", "array_transform", "list_apply", "array_apply", "apply",
}  # fmt: skip


def refuse_costly(con: duckdb.DuckDBPyConnection, where: str) -> None:
    """Refuse a condition with a subquery, or with functions whose values may be of any length.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Any connection; it parses.
    where : str
        A single expression.

    Raises
    ------
    FlipscopeError
        When it has one, and which.
    """
    for node, growing in _nodes(_parsed(con, where)):
        name = str(node.get("function_name", "")).lower()
        if node.get("class") == "SUBQUERY":
            raise _refused(where, "has a query in it")
        if name in _REFUSED:
            raise _refused(where, f"uses {name}()")
        if name in _GROWING and growing:
            raise _refused(where, f"uses {name}() inside a function like it")


def columns_of(con: duckdb.DuckDBPyConnection, where: str) -> set[str]:
    """Name the columns that a checked condition is about, in lower case, and ``*`` where it may be any.

    More rather than fewer: parameters of a lambda and parts of a structure are among them.
    """
    found: set[str] = set()
    for node, _ in _nodes(_parsed(con, where)):
        if node.get("class") == "COLUMN_REF":
            names = [str(name).lower() for name in node["column_names"]]
            found.update(names[1:] if names[0] == "facts" and len(names) > 1 else names)
        elif node.get("class") == "STAR":
            found.add("*")
    return found


def _parsed(con: duckdb.DuckDBPyConnection, where: str) -> Any:
    with con.cursor() as cursor:
        row = cursor.execute("SELECT json_serialize_sql(?)", [f"SELECT 1 WHERE ({where}\n)"]).fetchone()
    try:
        tree = json.loads(row[0] if row else "")
    except RecursionError:
        raise _refused(where[:80], "is nested too deeply") from None
    if tree["error"]:
        raise _refused(where, "can't be checked")
    return tree["statements"]


def _nodes(tree: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield every node with the number of growing functions around it."""
    pending = [(tree, 0)]
    while pending:
        each, around = pending.pop()
        if isinstance(each, dict):
            yield each, around
            around += str(each.get("function_name", "")).lower() in _GROWING
            pending += [(part, around) for part in each.values()]
        elif isinstance(each, list):
            pending += [(part, around) for part in each]


def _refused(where: str, what: str) -> FlipscopeError:
    return FlipscopeError(
        f"{where!r} {what}, which could take any time and memory", where="--where",
        do="Compare columns with values, such as: old_conf > 0.9 AND contains(text_a, 'not')",
    )  # fmt: skip
