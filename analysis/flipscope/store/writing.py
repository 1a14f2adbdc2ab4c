"""Keeps a comparison folder to the one process that writes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.files import written_whole
from flipscope.locks import is_held
from flipscope.schema import Manifest
from flipscope.store.folder import MANIFEST, UNFINISHED, as_json

# Longer than anybody takes to ask whether the lock is held.
_PATIENCE_S = 0.5


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Keep a folder to this thread; may be nested. Made if it isn't there, and gone again if nothing was written.

    Raises
    ------
    FlipscopeError
        When somebody else is writing it.
    """
    from filelock import FileLock, Timeout

    file = _lock_file(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, is_singleton=True)
    try:
        lock.acquire(timeout=_PATIENCE_S)
    except Timeout as error:
        raise FlipscopeError(
            "this comparison is being made already",
            where=folder,
            do="Wait until it is finished, or choose another name",
        ) from error
    try:
        yield
    finally:
        if lock.lock_counter == 1:  # the outermost
            file.unlink(missing_ok=True)
        lock.release()
        for place in (file.parent, folder):
            with suppress(OSError):  # not empty
                place.rmdir()


def is_being_written(folder: Path) -> bool:
    """Tell whether somebody is writing a comparison folder just now."""
    return is_held(_lock_file(folder))


def _lock_file(folder: Path) -> Path:
    return folder / UNFINISHED / "writing.lock"


def mark_of(job: str, folder: Path) -> Path:
    """Name the file in an unfinished folder that tells which job began it."""
    return folder / UNFINISHED / job


def rewrite_manifest(out: Path, manifest: Manifest) -> None:
    """Put another manifest into a finished comparison folder, such as one with a verdict.

    Raises
    ------
    FlipscopeError
        When somebody else is writing the folder.
    """
    with writing(out), written_whole(out / MANIFEST) as part:
        part.write_text(as_json(manifest), encoding="utf-8")
