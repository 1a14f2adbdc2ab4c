"""The process of a job: ``python -P -m flipscope.jobs.worker FOLDER``, started by `flipscope.jobs.job`.

It imports little before it has said that it lives: whoever started it waits for that.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from flipscope.errors import FlipscopeError
from flipscope.jobs.report import JobProgress
from flipscope.jobs.request import Request
from flipscope.jobs.status import Problem, Status, life, read_status

#: Jobs of one workspace that run side by side.
SLOTS = 2
_LOOK_EVERY_S = 0.5


class Cancelled(BaseException):
    """Somebody asked the job to stop. No Exception, which libraries catch and turn into something else."""


class _Stop:
    """Stops the work at SIGTERM: at once, and at the next report, should a library have swallowed the first."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, *_: object) -> None:
        if not self._asked:  # what tidies up after the first is not stopped by a second
            self._asked = True
            raise Cancelled

    def check(self) -> None:
        if self._asked:
            raise Cancelled

    def ignore(self) -> None:
        """Come too late from here on."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def main(folder: Path) -> None:
    """Work on the job of a folder until it has ended in some way; the status says in which."""
    status = Status(state="waiting", created=read_status(folder).created, pid=os.getpid())
    lock = life(folder)
    try:
        lock.acquire(timeout=5)
    except Timeout:
        sys.exit("another process works on this job")
    stop = _Stop()
    with JobProgress(folder, status, stop.check) as progress:
        try:
            _tell_starter()
            request = Request.model_validate_json((folder / "request.json").read_bytes())
            with _place(folder, progress):
                progress.begin()
                _compare(folder, request, progress)
            stop.ignore()
        except Cancelled:
            stop.ignore()
            progress.end("cancelled", "Cancelled")
        except BaseException as error:
            stop.ignore()
            progress.end("failed", "Failed", _problem(error, folder))
        else:
            progress.end("finished", "Finished")


def _tell_starter() -> None:
    """Say that the job lives to whoever started it and waits for this line; nobody reads what comes later."""
    print("alive", flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _compare(folder: Path, request: Request, progress: JobProgress) -> None:
    from flipscope.pipeline import compare_spec

    # The manifest records the command line; this process's own says nothing to anybody.
    sys.argv = ["flipscope", "dashboard", f"(New comparison: {request.name})"]
    with _target(folder.parents[2] / request.name, folder.name) as target:
        compare_spec(
            request.spec(), target, limit=request.limit, settings=request.settings(),
            allow_torch_weights=request.allow_torch_weights, progress=progress,
        )  # fmt: skip


@contextmanager
def _target(target: Path, job: str) -> Iterator[Path]:
    """Yield the folder to write; should the work not end well, leave in it just what a second start goes on from."""
    from flipscope.store.folder import MANIFEST, check_target
    from flipscope.store.writing import writing

    check_target(target)
    with writing(target):
        _claim(target, job)
        try:
            yield target
        except Cancelled:
            if not (target / MANIFEST).exists():
                _tidy(target, job)
                raise  # else it comes too late: all was written
        except BaseException:
            if not (target / MANIFEST).exists():
                _tidy(target, job)
            raise


def _claim(target: Path, job: str) -> None:
    """Mark a folder as made by this job: whatever is in it may be removed. What others have begun is theirs."""
    from flipscope.store.writing import mark_of

    mark = mark_of(job, target)
    if not mark.exists():
        if {*target.iterdir()} != {mark.parent} or len([*mark.parent.iterdir()]) > 1:  # more than the lock
            raise FlipscopeError(
                "there is a comparison of this name by now", where=target.name, do="Choose another name"
            )
        mark.touch()


def _tidy(target: Path, job: str) -> None:
    """Remove what was written of a comparison, but not the predictions that a second start goes on from."""
    from flipscope.store.folder import PART
    from flipscope.store.writing import mark_of

    for name in (PART, "predictions"):
        shutil.rmtree(target / name, ignore_errors=True)
    with suppress(OSError):  # why the work ended matters more
        for table in target.glob("*.parquet"):
            table.unlink()
        mark = mark_of(job, target)
        if len([*mark.parent.iterdir()]) == 2:  # the lock, and no predictions
            mark.unlink()


@contextmanager
def _place(folder: Path, progress: JobProgress) -> Iterator[None]:
    """Wait for a place to run, first come first served."""
    said = False
    while (lock := _free_place(folder)) is None:
        if not said:
            progress.say(f"Waiting for its turn: {SLOTS} comparisons run at a time")
            said = True
        time.sleep(_LOOK_EVERY_S)
    with lock:
        yield


def _free_place(folder: Path) -> FileLock | None:
    """Take a place to run, held until the lock is left, unless there is none or an earlier job waits for it."""
    if _others_before(folder):
        return None
    for i in range(SLOTS):
        lock = FileLock(folder.parent / f"place-{i}.lock")
        with suppress(Timeout):
            lock.acquire(blocking=False)
            return lock
    return None


def _others_before(folder: Path) -> bool:
    """Whether a job that came earlier waits too; names of jobs are in the order of their coming."""
    earlier = (other for other in folder.parent.iterdir() if other.is_dir() and other.name < folder.name)
    return any(read_status(other).state == "waiting" for other in earlier)


def _problem(error: BaseException, folder: Path) -> Problem:
    if isinstance(error, FlipscopeError):
        return Problem.of(error)
    if isinstance(error, MemoryError):
        return Problem(what="the machine has too little memory for this", do="Close other programs, or set a limit")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Problem(what="no space left on the disk", where=error.filename, do="Free some, then go on")
    if isinstance(error, OSError) and error.filename:
        return Problem(what=(error.strerror or str(error)).lower(), where=str(error.filename))
    reason = (str(error).strip() or "no reason given").splitlines()[0]
    return Problem(
        what=f"unexpected {type(error).__name__} ({reason}). This is a mistake in flipscope",
        do=f"Please report it{_with_traceback(error, folder)}",
    )


def _with_traceback(error: BaseException, folder: Path) -> str:
    """Write a file for the developers, if the disk has room for it."""
    file = folder / "traceback.txt"
    try:
        file.write_text("".join(traceback.format_exception(error)), "utf-8")
    except OSError:
        return ""
    return f", with {file}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
