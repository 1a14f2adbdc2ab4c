"""Files that appear whole or not at all, and files that are read up to a limit."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flipscope.errors import FlipscopeError


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside a file; what was written there takes its place when all went well."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check_target_file(path: Path) -> None:
    """Refuse a place where a file can't be written: a folder, or one in a folder that is not there.

    Raises
    ------
    FlipscopeError
        When it is such a place.
    """
    if path.is_dir():
        raise FlipscopeError("this is a folder, not a file", where=path, do="Name a file in it")
    if not path.resolve().parent.is_dir():
        raise FlipscopeError("there is no such folder", where=path.parent, do="Make it first")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    FlipscopeError
        When it is a folder, or the folder it is to be in is not there.
    """
    check_target_file(path)
    with written_whole(path.resolve()) as part:
        part.write_bytes(content)


def read_unpacked(path: Path, *, most: int, what: str, do: str | None = None) -> bytes:
    """Read a file, unpacked when its name ends in ``.gz``.

    Parameters
    ----------
    path : Path
        The file.
    most : int
        The most bytes it may have, unpacked.
    what : str
        What it is, and `do`, what to do when it has more; for the message.

    Raises
    ------
    FlipscopeError
        When it isn't there, can't be read or unpacked, or has more.
    """
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as stream:
            content = stream.read(most + 1)
    except FileNotFoundError as error:
        raise FlipscopeError("no such file", where=path) from error
    except (OSError, EOFError, zlib.error) as error:
        raise FlipscopeError(f"cannot be read ({error})", where=path) from error
    if len(content) > most:
        size = f"{most >> 30} GiB" if most >= 1 << 30 else f"{most >> 20} MiB"
        raise FlipscopeError(f"this {what} is larger than {size}", where=path, do=do)
    return content
