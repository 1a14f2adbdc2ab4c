"""Files and folders that appear whole or not at all, and files that are read up to a limit."""

from __future__ import annotations

import gzip
import os
import shutil
import tomllib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError, StopsAll

_LARGEST_TOML = 1 << 20  # bytes


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside a file; what was written there takes its place and mode when all went well."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    except OSError as error:
        if error.filename == str(part):  # a name that people never gave
            error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def folder_written_whole(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside another; it takes the other's place when all went well, and goes otherwise.

    Folders above are made. What a run that was killed left there goes, so nobody else may write to the same place.

    Raises
    ------
    StopsAll
        As `on_disk` does, when the folder can't be made or put into its place.
    """
    part = folder.with_name(f"{folder.name}.part")
    try:
        with on_disk(folder):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
        yield part
        with on_disk(folder):
            if folder.exists():
                shutil.rmtree(folder)
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Tell people when a folder can't be written.

    Raises
    ------
    StopsAll
        From any `OSError`, which is its cause.
    """
    try:
        yield
    except OSError as error:
        raise StopsAll(
            f"this can't be kept: {error.strerror or error}", where=folder,
            do="Make room or choose another folder; what is finished is kept, and the same command goes on from there",
        ) from error  # fmt: skip


def check_target_file(path: Path) -> None:
    """Refuse a place where a file can't be put: of a folder, a pipe or a device, or in a folder that is not there.

    Raises
    ------
    FlipscopeError
        When it is such a place.
    """
    if path.is_dir():
        raise FlipscopeError("this is a folder, not a file", where=path, do="Name a file in it")
    if path.exists() and not path.is_file():  # it would be replaced
        raise FlipscopeError("this is a pipe or a device, not a file", where=path, do="Name a file")
    if not path.resolve().parent.is_dir():
        raise FlipscopeError("there is no such folder", where=path.parent, do="Make it first")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    FlipscopeError
        When it is a folder, a pipe or a device, or the folder it is to be in is not there.
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


def read_toml(path: Path, *, what: str, do: str | None = None) -> dict[str, Any]:
    """Read a TOML file of at most 1 MiB.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it is, and `do`, what to do when it can't be read; for the message.

    Raises
    ------
    FlipscopeError
        When it isn't there, is too large, or isn't TOML.
    """
    content = read_unpacked(path, most=_LARGEST_TOML, what=what, do=do)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise FlipscopeError("not a readable TOML file (nested too deeply)", where=path, do=do) from error
    except ValueError as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise FlipscopeError(f"not a readable TOML file ({error})", where=path, do=do) from error
