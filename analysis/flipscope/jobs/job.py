"""Jobs of a workspace: start, find, watch, stop and resume them. They outlive whoever started them."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Thread

from pydantic import ValidationError

from flipscope.errors import FlipscopeError
from flipscope.files import written_whole
from flipscope.jobs.request import Request
from flipscope.jobs.status import STOPPING, Status, now, read_status, write_status
from flipscope.store.writing import is_being_written, mark_of
from flipscope.workspace import Workspace, is_comparison

_ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
_LOG_BYTES = 256_000


class Job:
    """A comparison that is made, was made, or was to be made in the background.

    Parameters
    ----------
    folder : Path
        What is known of it: its request, status and log.

    Raises
    ------
    FlipscopeError
        When its request can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.id = folder, folder.name
        try:
            self.request = Request.model_validate_json((folder / "request.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise FlipscopeError("what this job was asked to do can't be read", where=folder) from error

    @cached_property
    def workspace(self) -> Workspace:
        """Where it writes its comparison."""
        return Workspace(self.folder.parents[2])

    @property
    def target(self) -> Path:
        """The comparison folder that it makes."""
        return self.workspace.root / self.request.name

    def status(self) -> Status:
        """Tell how far it is."""
        status = read_status(self.folder)
        if status.is_live and self._asked_to_stop.exists():
            status.message = STOPPING
        return status

    def log(self, lines: int = 200) -> str:
        """Return the last lines of its log."""
        try:
            with (self.folder / "log.txt").open("rb") as stream:
                stream.seek(max(0, stream.seek(0, os.SEEK_END) - _LOG_BYTES))
                return "\n".join(stream.read().decode("utf-8", "replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def start(self) -> None:
        """Start its process, or go on where an earlier one stopped.

        Raises
        ------
        FlipscopeError
            When it runs already, its name was taken meanwhile, or no process can be started.
        """
        with self.workspace.names():
            self._check_startable()
            self._asked_to_stop.unlink(missing_ok=True)
            self._launch()

    def cancel(self) -> None:
        """Ask it to stop; what is done so far is kept for a second start. Does nothing when it has ended.

        Raises
        ------
        FlipscopeError
            When its process is gone and that can't be written down.
        """
        status = read_status(self.folder)
        if status.is_live and status.pid:
            with suppress(ProcessLookupError):
                os.kill(status.pid, signal.SIGTERM)
            with suppress(OSError):  # that it was asked is shown; a full disk must not keep it from stopping
                self._asked_to_stop.touch()
        elif status.state == "interrupted":
            changes = {"state": "cancelled", "message": "Cancelled", "step": None, "ended": now()}
            with _writable(self.folder):
                write_status(self.folder, status.model_copy(update=changes))

    def remove(self) -> None:
        """Forget it, and what it has left of an unfinished comparison; never what somebody else has begun.

        Raises
        ------
        FlipscopeError
            When it is still running.
        """
        with self.workspace.names():
            if self.status().is_live:
                raise FlipscopeError("this comparison is being made", where=self.request.name, do="Cancel it first")
            shutil.rmtree(self.folder, ignore_errors=True)
        left = mark_of(self.id, self.target).exists() and not is_comparison(self.target)
        if left and not is_being_written(self.target):
            self.workspace.delete(self.request.name)

    @property
    def _asked_to_stop(self) -> Path:
        return self.folder / "stop"

    def _check_startable(self) -> None:
        if self.status().is_live:
            raise FlipscopeError("this comparison is being made already", where=self.request.name)
        if live_job(self.workspace, self.request.name):
            raise FlipscopeError("another comparison of this name is being made", where=self.request.name)
        if is_comparison(self.target):
            raise FlipscopeError(
                "there is a comparison of this name by now", where=self.request.name, do="Make it under another name"
            )

    def _launch(self) -> None:
        """Start the process and wait until it says that it lives: half a second."""
        # -P: a file in the working directory must not pass for a module.
        command = [sys.executable, "-P", "-m", "flipscope.jobs.worker", str(self.folder)]
        try:
            with (self.folder / "output.txt").open("ab") as output:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=output, start_new_session=True
                )
        except OSError as error:
            raise FlipscopeError(f"the job could not be started ({error})", where=self.request.name) from error
        assert process.stdout is not None
        with process.stdout as said:
            lives = said.readline() == b"alive\n"
        Thread(target=process.wait, daemon=True).start()  # nobody else asks for its exit code
        if not lives:
            raise FlipscopeError(
                "the job could not be started", where=self.request.name, do=f"See {self.folder / 'output.txt'}"
            )


def submit(workspace: Workspace, request: Request) -> Job:
    """Start a comparison in the background.

    Parameters
    ----------
    workspace : Workspace
        Where it is to be.
    request : Request
        What to compare.

    Returns
    -------
    Job
        Running, or waiting for its turn.

    Raises
    ------
    FlipscopeError
        When the name is taken or no name, the tasks are not well told, or the job can't be written or started.
        Models and data are not looked at: the job does that, and fails with a message.
    """
    request.spec()
    with workspace.names():
        workspace.check_name(request.name)
        # In order of time, so that the first to come is the first to run.
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        folder = workspace.jobs / f"{moment}-{secrets.token_hex(3)}"
        with _writable(folder):
            folder.mkdir(parents=True)
            with written_whole(folder / "request.json") as part:
                part.write_text(request.model_dump_json(indent=2), "utf-8")
        job = Job(folder)
        job._launch()
    return job


def jobs(workspace: Workspace) -> list[Job]:
    """List all jobs, the newest first."""
    found = []
    for folder in sorted(_folders(workspace), reverse=True):
        with suppress(FlipscopeError):  # just being made, or damaged: nothing can be done with it
            found.append(Job(folder))
    return found


def open_job(workspace: Workspace, id: str) -> Job:
    """Find a job by its id.

    Raises
    ------
    FlipscopeError
        When there is none.
    """
    if not _ID.fullmatch(id) or not (workspace.jobs / id).is_dir():
        raise FlipscopeError("there is no such job", do="See the list of comparisons; it may have been removed")
    return Job(workspace.jobs / id)


def job_of(workspace: Workspace, name: str) -> Job | None:
    """Find the newest job of a comparison's name."""
    return next((job for job in jobs(workspace) if job.request.name == name), None)


def live_jobs(workspace: Workspace) -> list[Job]:
    """List the jobs that a process is working on, or that wait for their turn; the newest first."""
    return [job for job in jobs(workspace) if job.status().is_live]


def live_job(workspace: Workspace, name: str) -> Job | None:
    """Find the job that is making the comparison of a name."""
    return next((job for job in jobs(workspace) if job.request.name == name and job.status().is_live), None)


def forget_jobs(workspace: Workspace, name: str) -> None:
    """Remove what is known of the ended jobs of a name."""
    for job in jobs(workspace):
        if job.request.name == name and not job.status().is_live:
            shutil.rmtree(job.folder, ignore_errors=True)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    """Tell in words when the folder of a job can't be written: the disk is full, say."""
    try:
        yield
    except OSError as error:
        raise FlipscopeError(f"this can't be written ({error.strerror or error})", where=folder) from error


def _folders(workspace: Workspace) -> list[Path]:
    if not workspace.jobs.is_dir():
        return []
    return [folder for folder in workspace.jobs.iterdir() if _ID.fullmatch(folder.name) and folder.is_dir()]
