"""JSON Lines, or one JSON list of objects, as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json as pa_json

from flipscope.errors import FlipscopeError

_BLOCK = 32 << 20  # bytes that Arrow parses at a time


def parse_json(data: bytes, path: Path) -> pa.Table:
    """Parse UTF-8 text that holds one JSON object a line, or one list of objects.

    Parameters
    ----------
    data : bytes
        The text.
    path : Path
        Where it comes from, for messages.

    Returns
    -------
    pyarrow.Table
        A row an object. A column whose values are of several kinds becomes strings.

    Raises
    ------
    FlipscopeError
        When a line is not a JSON object.
    """
    if data[:_BLOCK].lstrip().startswith(b"["):
        return _from_objects(_parse_list(data, path), path)
    try:
        return _parse_fast(data)
    except pa.ArrowInvalid:
        # Slower, but it copes with mixed columns and knows the line of what it can't read.
        return _from_objects(_parse_lines(data, path), path)


def _parse_fast(data: bytes) -> pa.Table:
    read = pa_json.ReadOptions(block_size=_BLOCK)
    table = pa_json.read_json(pa.BufferReader(data), read)
    # Arrow takes strings that look like dates for dates; here a string stays the string it is.
    dates = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    if dates:
        schema = pa.schema([(name, pa.string()) for name in dates])
        table = pa_json.read_json(
            pa.BufferReader(data), read, pa_json.ParseOptions(explicit_schema=schema)
        ).select(table.column_names)  # fmt: skip
    return table


def _parse_list(data: bytes, path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FlipscopeError(f"this is not JSON ({error})", where=path) from error
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise FlipscopeError(f"item {number} of the list is not a JSON object", where=path)
    return rows


def _parse_lines(data: bytes, path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FlipscopeError(
                f"line {number} is not JSON ({error})", where=path, do="Write one JSON object a line"
            ) from error
        if not isinstance(row, dict):
            raise FlipscopeError(f"line {number} is not a JSON object", where=path, do="Write one JSON object a line")
        rows.append(row)
    return rows


def _from_objects(rows: list[dict[str, Any]], path: Path) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {}
    for name in names:
        try:
            name.encode()
            columns[name] = _column([row.get(name) for row in rows])
        except UnicodeEncodeError as error:
            raise FlipscopeError(
                f"column {name!r}, its name or a text in it, is not valid Unicode ({error})", where=path
            ) from error
    return pa.table(columns)


def _column(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_as_text(value) for value in values], pa.string())


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
