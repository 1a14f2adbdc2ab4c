"""Progress of a job: a log that grows, and a status that is renewed twice a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

from flipscope.jobs.status import Problem, State, Status, now, write_last, write_status
from flipscope.printable import printable

#: Seconds between two writings of the status.
EVERY_S = 0.5
#: Seconds that a rate is taken over, and what is too short to tell.
WINDOW_S, SHORTEST_S = 10.0, 1.0


class Pace:
    """The rate of work over the last seconds.

    Parameters
    ----------
    clock : callable
        Gives seconds; for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, done: int) -> float | None:
        """Note how much is done by now.

        Returns
        -------
        float or None
            Units a second over the window; None before enough was seen to tell, and when nothing moved.
        """
        moment = self._clock()
        self._seen.append((moment, done))
        while self._seen[0][0] < moment - WINDOW_S:
            self._seen.popleft()
        began, before = self._seen[0]
        known = moment - began >= SHORTEST_S and done > before
        return (done - before) / (moment - began) if known else None


class JobProgress:
    """Reports to the folder of a job; use as a context, for the status is renewed by a thread.

    Parameters
    ----------
    folder : Path
        The job's.
    status : Status
        What to begin with.
    check : callable
        Called on every report; raises to stop the work.
    """

    def __init__(self, folder: Path, status: Status, check: Callable[[], None] = lambda: None) -> None:
        self._folder, self._status, self._check = folder, status, check
        self._pace = Pace()
        self._ended = Event()
        self._renewing = Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        self._write()
        self._renewing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._renewing.join()

    def begin(self) -> None:
        """Say that the work begins now, after waiting."""
        self._status.state, self._status.started, self._status.message = "running", now(), "Starting"

    def end(self, state: State, message: str, error: Problem | None = None) -> None:
        """Say how it ended; the last that is written."""
        self.__exit__()
        nothing = {"step": None, "rate": None, "seconds_left": None, "pid": None, "ended": now()}
        how = {"state": state, "message": message, "error": error}
        write_last(self._folder, self._status.model_copy(update=nothing | how))
        with suppress(OSError):  # the log matters less
            self._log(error.what if error else message)

    def say(self, message: str) -> None:
        """Add a line to the log."""
        self._check()
        self._status.message = printable(message)
        self._log(message)

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[JobProgress]:
        """Count in the status, and add a line to the log when all is done."""
        self._check()
        began = time.monotonic()
        self._pace = Pace()
        self._status.step, self._status.done, self._status.total, self._status.unit = printable(name), done, total, unit
        yield self
        took = time.monotonic() - began
        self._log(f"{name}: {self._status.done - done:,} {unit} in {took:.1f} s")
        self._status.step = None

    def advance(self, done: int) -> None:
        """Count on."""
        self._check()
        self._status.done += done

    def _log(self, message: str) -> None:
        with (self._folder / "log.txt").open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%H:%M:%S')}  {printable(message)}\n")

    def _renew(self) -> None:
        while not self._ended.wait(EVERY_S):
            with suppress(OSError):  # a full disk: the next time may go better
                self._write()

    def _write(self) -> None:
        status = self._status.model_copy()
        if status.step:
            status.rate = self._pace.rate(status.done)
            status.seconds_left = (status.total - status.done) / status.rate if status.rate else None
        write_status(self._folder, status)
