"""How far a job is: a small file, replaced as a whole, and a lock that its process holds as long as it lives."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ValidationError

from flipscope.errors import FlipscopeError
from flipscope.files import written_whole
from flipscope.locks import is_held

State = Literal["waiting", "running", "finished", "failed", "cancelled", "interrupted"]

#: States of a job that a process is working on.
LIVE: tuple[State, ...] = ("waiting", "running")

#: The message of a job that was asked to stop, and has not yet.
STOPPING = "Stopping"
#: What a killed process, or a machine that was switched off, leaves behind.
_INTERRUPTED = "It was stopped from outside: the machine was restarted, or ran out of memory"
_LIFE = "alive.lock"
#: How often the last status is tried to be written, and the seconds between.
_TRIES, _AGAIN_S = 10, 0.5


class Problem(BaseModel):
    """Why a job failed: a `FlipscopeError` in its three parts."""

    what: str
    where: str | None = None
    do: str | None = None

    @classmethod
    def of(cls, error: FlipscopeError) -> Problem:
        """Take an error apart."""
        return cls(what=error.what, where=error.where, do=error.do)

    def __str__(self) -> str:
        return str(FlipscopeError(self.what, where=self.where, do=self.do))


class Status(BaseModel):
    """How far a job is.

    Attributes
    ----------
    state : str
        ``waiting`` (for a place to run), ``running``, ``finished``, ``failed`` (see `error`), ``cancelled``, or
        ``interrupted``: its process is gone without a word.
    message : str
        The last thing said.
    step : str or None
        What is counted just now; `done` of `total` `unit`.
    rate : float or None
        Units a second over the last seconds; None before it is known.
    seconds_left : float or None
        Of this step, at that rate.
    error : Problem or None
        Why it failed.
    created, started, ended : str or None
        ISO 8601, UTC, to the microsecond: the order of jobs can be told.
    pid : int or None
        Its process.
    """

    state: State
    message: str = ""
    step: str | None = None
    done: int = 0
    total: int = 0
    unit: str = "rows"
    rate: float | None = None
    seconds_left: float | None = None
    error: Problem | None = None
    created: str
    started: str | None = None
    ended: str | None = None
    pid: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether a process is working on it, or waits for its turn."""
        return self.state in LIVE


def now() -> str:
    """Tell the time, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def read_status(folder: Path) -> Status:
    """Tell how far the job of a folder is; what claims to run, and has no process, was interrupted."""
    status = _stored(folder)
    if status.is_live and not is_alive(folder):
        status = _stored(folder)  # its process may have ended between the two looks, having said how
        if status.is_live:
            return status.model_copy(update={"state": "interrupted", "message": _INTERRUPTED, "rate": None})
    return status


def write_status(folder: Path, status: Status) -> None:
    """Replace the status of a folder."""
    with written_whole(folder / "status.json") as part:
        part.write_text(status.model_dump_json(), "utf-8")


def write_last(folder: Path, status: Status) -> None:
    """Replace the status by the last one: how it ended must not be lost because the disk is full just now."""
    for _ in range(_TRIES):
        with suppress(OSError):
            write_status(folder, status)
            return
        time.sleep(_AGAIN_S)
    with (folder / "status.json").open("r+b") as stream:  # takes no new place on the disk
        stream.write(status.model_dump_json().encode())
        stream.truncate()


def _stored(folder: Path) -> Status:
    try:
        return Status.model_validate_json((folder / "status.json").read_bytes())
    except FileNotFoundError:
        return Status(state="interrupted", message="It has not begun", created=_made(folder))
    except (ValidationError, OSError):
        return Status(state="interrupted", message="Its status can't be read", created=_made(folder))


def _made(folder: Path) -> str:
    moment = folder.stat().st_mtime if folder.is_dir() else 0
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def life(folder: Path) -> FileLock:
    """Return the lock that the process of a job holds from its first moment to its last."""
    return FileLock(folder / _LIFE)


def is_alive(folder: Path) -> bool:
    """Whether a process is working on the job of a folder; it may have said already how it ended."""
    return is_held(folder / _LIFE)
