"""Read a table of any of the known formats into Arrow, values kept as they are written."""

from __future__ import annotations

import csv
import difflib
import errno
import gzip
import io
import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv

from flipscope.errors import FlipscopeError
from flipscope.open.columns import check_names
from flipscope.open.jsonlines import parse_json

if TYPE_CHECKING:
    from _csv import Reader

    import pyarrow.parquet as pq

DELIMITERS = {".csv": ",", ".tsv": "\t"}
SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".csv.gz", ".tsv.gz", ".jsonl.gz", ".json.gz", ".parquet")

#: A gzip file that unpacks to more than this is refused.
MAX_UNPACKED_BYTES = 8 << 30

_CHUNK = 1 << 20
_BATCH = 4_096  # rows of Parquet
_BLOCK = 32 << 20  # bytes that Arrow parses at a time, and so the longest row
_BOM = b"\xef\xbb\xbf"
# A quoted value, at a value's boundaries, that had to be quoted: it holds a quote, a tab or a line end.
_QUOTED = re.compile(rb'(?<![^\t\r\n])"(?=[^"]*(?:""|[\t\r\n]))(?:[^"]++|"")*+"(?![^\t\r\n])')
_QUOTED_IN_LINE = re.compile(rb'(?<![^\t\r\n])"(?=[^"\t\r\n]*"")(?:[^"\t\r\n]++|"")*+"(?![^\t\r\n])')


def table_suffix(path: Path) -> str | None:
    """Return the suffix, out of `SUFFIXES`, that says how a table is written; None when there is none."""
    name = path.name.lower()
    return next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(suffix)), None)


def is_delimited(path: Path) -> bool:
    """Whether all values of the table are text because its format has no types (CSV, TSV)."""
    return (table_suffix(path) or "").removesuffix(".gz") in DELIMITERS


def read_table(path: str | Path, *, column_names: tuple[str, ...] = (), head: int | None = None) -> pa.Table:
    """Read a .csv, .tsv, .jsonl, .json or .parquet file (the text formats also as .gz).

    Values of CSV and TSV stay strings exactly as written: an empty value is the empty string, and ``None``,
    ``NA`` or ``null`` are words. A TSV is read without quoting, as GLUE publishes them, unless its quotes are
    evidently a writer's: then, and in every CSV, a quoted value may hold delimiters and line ends.

    Parameters
    ----------
    path : str or Path
        The file. Its suffix says the format.
    column_names : tuple of str, optional
        Names for the columns of a CSV or TSV without a header.
    head : int, optional
        Read only about so many (unpacked) bytes from the start, in whole rows. A JSON list is read whole.

    Returns
    -------
    pyarrow.Table
        At least one row; column names are unique.

    Raises
    ------
    FlipscopeError
        When the file is missing, empty, without rows, not UTF-8 or not what its suffix says.
    """
    path = Path(path)
    check_path(path)
    suffix = _checked_suffix(path)
    try:
        table = _parse(path, suffix, column_names, head)
    except OSError as error:
        raise FlipscopeError(f"cannot be read: {error.strerror or error}", where=path) from error
    table = table.rename_columns(check_names(table.column_names, where=str(path)))
    if not table.num_rows:
        raise FlipscopeError("there are no rows, only a header", where=path)
    return table


def check_path(path: str | Path) -> None:
    """Refuse a path that is not UTF-8, or too long for any file."""
    check_utf8_name(path)
    try:
        os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise FlipscopeError("this name is too long for a file or folder", where=f"{str(path)[:60]}...") from None
    except ValueError:  # a NUL, as no file has one
        pass


def check_utf8_name(path: str | Path) -> None:
    """Refuse a name that is not UTF-8: it could be neither shown nor written into a comparison."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode(errors="backslashreplace").decode()
        raise FlipscopeError("this name is not UTF-8", where=shown, do="Rename the file or folder") from None


def no_such_file(path: Path) -> FlipscopeError:
    """Say that a file is missing, and which of its neighbours may have been meant."""
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    if not folder.is_dir():
        advice = f"The folder {folder} does not exist either"
    elif close := difflib.get_close_matches(path.name, names, n=3):
        advice = f"Did you mean {' or '.join(close)}?"
    else:
        advice = None
    return FlipscopeError("no such file", where=path, do=advice)


def _checked_suffix(path: Path) -> str:
    if path.is_dir():
        raise FlipscopeError("this is a folder, not a table", where=path, do=f"Name a file: {', '.join(SUFFIXES)}")
    if not path.exists():
        raise no_such_file(path)
    suffix = table_suffix(path)
    if suffix is None:
        raise FlipscopeError(
            "the suffix does not say what kind of table this is",
            where=path,
            do=f"Known are {', '.join(SUFFIXES)}",
        )
    return suffix


def _parse(path: Path, suffix: str, column_names: tuple[str, ...], head: int | None) -> pa.Table:
    if suffix == ".parquet":
        return _read_parquet(path, head)
    kind = suffix.removesuffix(".gz")
    data = _text_bytes(path, gzipped=suffix.endswith(".gz"), head=head, quotes=kind in DELIMITERS)
    if kind in DELIMITERS:
        return _read_delimited(data, path, DELIMITERS[kind], column_names)
    return parse_json(data, path)


def _read_parquet(path: Path, head: int | None) -> pa.Table:
    import pyarrow.parquet as pq

    if not path.stat().st_size:
        raise FlipscopeError("the file is empty", where=path)
    try:
        file = pq.ParquetFile(path)  # unlike read_table, without columns guessed from the folders' names
        return file.read() if head is None else _first_batches(file, head)
    except pa.ArrowException as error:
        raise FlipscopeError(f"this is not a readable Parquet file ({error})", where=path) from error


def _first_batches(file: pq.ParquetFile, head: int) -> pa.Table:
    batches, size = [], 0
    for batch in file.iter_batches(batch_size=_BATCH):
        batches.append(batch)
        size += batch.nbytes
        if size >= head:
            break
    return pa.Table.from_batches(batches, schema=file.schema_arrow)


def _text_bytes(path: Path, *, gzipped: bool, head: int | None, quotes: bool) -> bytes:
    """Bytes of a text file, unpacked, without byte-order mark, known to be UTF-8."""
    start = None if head is None else _start(path, gzipped, head, quotes)
    data = ((_gunzip(path) if gzipped else path.read_bytes()) if start is None else start).removeprefix(_BOM)
    if not data or data.isspace():
        raise FlipscopeError("the file is empty", where=path)
    if (at := data.find(b"\0")) >= 0:
        raise FlipscopeError(
            f"there is a NUL byte on line {_line(data, at)} (byte {at:,}), so this is not UTF-8 text",
            where=path, do="Save it as UTF-8 (UTF-16 is not read)",
        )  # fmt: skip
    _check_utf8(data, path)
    return data


def _start(path: Path, gzipped: bool, head: int, quotes: bool) -> bytes | None:
    """Read the first whole rows; nothing where the whole file has to be read."""
    try:
        with gzip.open(path) if gzipped else path.open("rb") as file:
            data = file.read(head)
            if not file.read(1):
                return None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return None  # reading it whole tells what is wrong
    if not quotes and data.lstrip().startswith(b"["):
        return None
    end = _last_row_end(data) if quotes else data.rfind(b"\n")
    return data[:end] if end > 0 else None


def _last_row_end(data: bytes) -> int:
    """Find the last line end outside quotes; the last one where the quotes are no writer's."""
    last = end = data.rfind(b"\n")
    open_quotes = data.count(b'"', 0, max(end, 0))
    while end > 0 and open_quotes % 2:
        before = data.rfind(b"\n", 0, end)
        open_quotes -= data.count(b'"', max(before, 0), end)
        end = before
    return end if end > 0 else last


def _gunzip(path: Path) -> bytes:
    unpacked = io.BytesIO()
    try:
        with gzip.open(path) as packed:
            while chunk := packed.read(_CHUNK):
                unpacked.write(chunk)
                if unpacked.tell() > MAX_UNPACKED_BYTES:
                    raise FlipscopeError(
                        f"unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB",
                        where=path,
                        do="Unpack it yourself",
                    )
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FlipscopeError(
            f"the gzip file is damaged or incomplete ({error})", where=path, do="Copy or download it again"
        ) from error
    return unpacked.getvalue()


def _check_utf8(data: bytes, path: Path) -> None:
    # Arrow validates without making the text a Python string.
    offsets = pa.array([0, len(data)], pa.int64()).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        at = _first_bad_byte(data)
        raise FlipscopeError(
            f"byte 0x{data[at]:02x} on line {_line(data, at)} (byte {at:,}) is not UTF-8",
            where=path,
            do="Save it as UTF-8",
        ) from None


def _first_bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    raise AssertionError("Arrow and Python disagree about UTF-8")


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _read_delimited(data: bytes, path: Path, delimiter: str, column_names: tuple[str, ...]) -> pa.Table:
    quoted = b'"' in data and (delimiter != "\t" or _evidently_quoted(data))
    if quoted and data.count(b'"') % 2:
        _check_quotes_close(data, path, delimiter)
    names = list(column_names) or _header(data, path, delimiter, quoted)
    parse = pa_csv.ParseOptions(delimiter=delimiter, quote_char='"' if quoted else False, newlines_in_values=quoted)
    read = pa_csv.ReadOptions(column_names=column_names or None, block_size=_BLOCK)
    convert = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    try:
        table = pa_csv.read_csv(pa.BufferReader(_arrows_own(data)), read, parse, convert)
    except pa.ArrowInvalid as error:
        raise _ragged(data, path, delimiter, quoted) or FlipscopeError(str(error), where=path) from error
    if table.column_names != names:  # else columns would not be read as text
        raise FlipscopeError("the header is quoted in an unusual way", where=path, do="Use plain column names")
    return table


def _arrows_own(data: bytes) -> pa.Buffer:
    """Copy bytes into memory of Arrow's own.

    Arrow's threads may let go of what they read after `read_csv` has returned. For Python's memory they need
    Python's lock, and a thread that waits for it while the interpreter ends aborts the process.
    """
    copy = pa.allocate_buffer(len(data))
    pa.FixedSizeBufferWriter(copy).write(data)
    return copy


def _header(data: bytes, path: Path, delimiter: str, quoted: bool) -> list[str]:
    try:
        return next(row for row in _rows(data, delimiter, quoted) if row)
    except csv.Error as error:
        raise FlipscopeError(f"the header can't be read ({error})", where=path) from error


def _rows(data: bytes, delimiter: str, quoted: bool = True, strict: bool = False) -> Reader:
    """Read row by row with Python's parser, which knows the lines; for headers and for messages."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return csv.reader(text, delimiter=delimiter, quoting=quoting, strict=strict)


def _evidently_quoted(data: bytes) -> bool:
    """Whether the quotes of a TSV are a writer's and not the texts' own."""
    lines = data.splitlines()
    if lines[0].startswith(b'"'):
        return True
    even = len({line.count(b"\t") for line in lines if line}) == 1
    return b'"' not in (_QUOTED_IN_LINE if even else _QUOTED).sub(b"", data)


def _check_quotes_close(data: bytes, path: Path, delimiter: str) -> None:
    rows, start = _rows(data, delimiter, strict=True), 1
    try:
        for _ in rows:
            start = rows.line_num + 1
    except csv.Error as error:
        raise FlipscopeError(
            f"the quoted value that starts on line {start} does not end as it should ({error})",
            where=path, do='Close the quote; a quote inside a quoted value is written twice ("")',
        ) from None  # fmt: skip


def _ragged(data: bytes, path: Path, delimiter: str, quoted: bool) -> FlipscopeError | None:
    """Find the first row that has not as many values as the header."""
    rows, wanted = _rows(data, delimiter, quoted), 0
    try:
        for row in filter(None, rows):
            wanted = wanted or len(row)
            if len(row) != wanted:
                return FlipscopeError(
                    f"line {rows.line_num} has {len(row)} values, the header {wanted}", where=path,
                    do="Quote values that hold the delimiter or a line end",
                )  # fmt: skip
    except csv.Error:
        pass
    return None
