"""Reads a comparison folder with DuckDB: read-only, confined to the folder, under a time limit."""

from __future__ import annotations

import re
import secrets
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.store.cost import refuse_costly

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

TABLES = ("facts", "flips", "text", "cube")

# What a word is: letters, digits and accents, with an apostrophe inside (don't). Case does not matter.
_WORDS = r"[\p{L}\p{M}\p{N}_]+(?:[''’][\p{L}\p{M}]+)*"
_NOT_FOUND = re.compile(r'column "(.+)" not found in FROM|does not have a column named "(.+)"')
_KIND = re.compile(r"^[A-Z][A-Za-z -]* Error: ")
#: What conditions may use besides DuckDB's own functions: has_word(text_a, 'not').
MACROS = {
    "words": f"(t) AS regexp_extract_all(lower(t), '{_WORDS}')",
    "as_words": "(t) AS ' ' || array_to_string(words(t), ' ') || ' '",
    # Several words must follow one another. Most texts can be told without taking them apart: six times as fast.
    "has_word": "(t, word) AS CASE WHEN contains(lower(t), words(word)[1]) "
    "THEN contains(as_words(t), as_words(word)) ELSE false END",
}


def quote(name: str) -> str:
    """Write a column name so that SQL takes it as one, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def one_of(wanted: Mapping[str, object]) -> tuple[list[str], list[object]]:
    """Write a condition for each column that is to have a value, or one of a list, and those values.

    A column whose wanted value is None may have any.
    """
    parts: list[str] = []
    params: list[object] = []
    for column, value in wanted.items():
        if value is None:
            continue
        values = value if isinstance(value, list) else [value]
        parts.append(f"{quote(column)} IN ({', '.join('?' * len(values))})")
        params += values
    return parts, params


def where_all(parts: Sequence[str]) -> str:
    """Write a WHERE of conditions that must all hold; nothing when there are none."""
    return f"WHERE {' AND '.join(parts)}" if parts else ""


def check_unicode(texts: Mapping[str, str | None]) -> None:
    """Refuse what a person typed where it is not valid Unicode, as a terminal can pass on; keys are options."""
    for option, text in texts.items():
        try:
            (text or "").encode()
        except UnicodeEncodeError:
            raise FlipscopeError("the text is not valid Unicode", where=option) from None


def open_folder(
    folder: Path, tables: Sequence[str] = TABLES, *, threads: int = 2, memory: str = "2GB"
) -> duckdb.DuckDBPyConnection:
    """Open the tables of a comparison folder as views.

    The connection sees nothing else: no other file, no network, no extension, and its settings are locked.
    """
    import duckdb

    root = folder.resolve()
    con = _connect(threads, memory)
    for table in tables:
        file = root / f"{table}.parquet"
        try:
            con.read_parquet(str(file)).create_view(table)
        except duckdb.Error as error:
            raise FlipscopeError(
                f"can't be read ({_first_line(error)})", where=file, do="Run flipscope compare again"
            ) from error
    quoted = str(root).replace("'", "''")
    con.execute(f"SET allowed_directories = ['{quoted}/']")
    _lock(con)
    return con


@contextmanager
def open_tables(
    tables: Mapping[str, pa.Table], *, threads: int = 2, memory: str = "2GB"
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Copy tables in memory under their names. The connection sees nothing else, as that of `open_folder`."""
    with closing(_connect(threads, memory)) as con:
        for name, table in tables.items():
            con.from_arrow(table).create(name)  # cursors do not see what is only registered
        _lock(con)
        yield con


def _connect(threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    import duckdb

    settings: dict[str, str | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # Made when a large sort needs it, gone with the connection; by default it were in the user's own folder.
        "max_temp_directory_size": "5GB",  # by default it were nearly all that is free
        "temp_directory": str(Path(tempfile.gettempdir()) / f"flipscope-{secrets.token_hex(8)}"),
    }
    con = duckdb.connect(config={"threads": threads, "memory_limit": memory, **settings})
    con.execute("SET parquet_metadata_cache = true")  # else every query parses the same footers again
    for name, definition in MACROS.items():
        con.execute(f"CREATE MACRO {name}{definition}")
    return con


def _lock(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def query(
    con: duckdb.DuckDBPyConnection,
    sql: str,
    params: Sequence[object] = (),
    tables: Mapping[str, pa.Table] | None = None,
    *,
    limit_s: float = 30.0,
) -> pd.DataFrame:
    """Run one query on its own cursor, so that threads do not clash; `tables` are there for it alone, by name.

    Raises
    ------
    FlipscopeError
        When it takes longer than `limit_s` seconds, or DuckDB refuses it.
    """
    import duckdb

    cursor = con.cursor()
    timer = threading.Timer(limit_s, cursor.interrupt)
    timer.start()
    try:
        for name, table in (tables or {}).items():
            cursor.register(name, table)
        return cursor.execute(sql, list(params)).df()
    except duckdb.InterruptException as error:
        raise FlipscopeError(f"the query ran longer than {limit_s:g} s", do="Narrow it down") from error
    except duckdb.Error as error:
        column = _unknown_column(error)
        if column is not None:
            do = _columns(con, sql, column)
            raise FlipscopeError(f"there is no column {column!r}", where="query", do=do) from error
        raise FlipscopeError(_first_line(error), where="query") from error
    finally:
        timer.cancel()
        cursor.close()


def check_condition(con: duckdb.DuckDBPyConnection, where: str, *, costly: bool = False) -> str:
    """Check a condition that a person typed: one expression, and nothing around it.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        An opened comparison folder.
    where : str
        A DuckDB expression over the columns of ``facts``, such as ``old_conf > 0.9 AND source = 'web'``.

    costly : bool
        Accept what could take any time and memory; for what cannot come with a link.

    Returns
    -------
    str
        The condition in parentheses.

    Raises
    ------
    FlipscopeError
        When it is not a single expression, or costly where that is not accepted.
    """
    import duckdb

    # The line break ends a comment the condition may close with.
    condition = f"({where}\n)"
    advice = "Write one condition, such as: old_conf > 0.9 AND label = 'positive'"
    try:
        with con.cursor() as cursor:
            statements = cursor.extract_statements(f"SELECT 1 WHERE {condition}")
    except duckdb.Error as error:
        raise FlipscopeError(
            f"{where!r} is not a condition ({_first_line(error)})", where="--where", do=advice
        ) from error
    balanced = len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT
    if not balanced or _escapes(con, where):
        raise FlipscopeError(f"{where!r} is not a single condition", where="--where", do=advice)
    if not costly:
        refuse_costly(con, where)
    return condition


def _escapes(con: duckdb.DuckDBPyConnection, where: str) -> bool:
    """Tell whether the text closes the parenthesis around it: then it isn't an expression in its own right."""
    import duckdb

    try:
        with con.cursor() as cursor:
            return len(cursor.extract_statements(f"SELECT {where}\n AS condition")) != 1
    except duckdb.Error:
        return True


def _unknown_column(error: Exception) -> str | None:
    """Name the column that DuckDB did not find; text in double quotes is taken for one, too."""
    found = _NOT_FOUND.search(str(error))
    return found and (found[1] or found[2])


def _columns(con: duckdb.DuckDBPyConnection, sql: str, wanted: str) -> str:
    """List the columns that there are, the one first that was probably meant."""
    table = next((name for name in ("behaviors", "examples") if f" FROM {name} " in sql), "facts")
    with con.cursor() as cursor:
        rows = cursor.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]).fetchall()
    columns = [name for (name,) in rows]
    close = get_close_matches(wanted, columns, 1)
    meant = f"Did you mean {close[0]}? " if close else ""
    return f"{meant}Columns are {', '.join(columns)}; text goes in single quotes"


def _first_line(error: Exception) -> str:
    """Get what DuckDB found, without the name that it has for errors of this kind."""
    lines = str(error).strip().splitlines()
    return _KIND.sub("", lines[0]).rstrip("!.") if lines else type(error).__name__
