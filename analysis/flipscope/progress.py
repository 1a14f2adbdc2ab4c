"""Progress of long work: a bar with rate and time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from flipscope.printable import printable


class Step(Protocol):
    """One piece of long work under way."""

    def advance(self, done: int) -> None:
        """Say that `done` more units are finished. May raise to stop the work."""


class Progress(Protocol):
    """Where long work reports to. The dashboard, the terminal and tests each bring their own."""

    def say(self, message: str) -> None:
        """Tell one fact, such as what was understood or found in the cache."""

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[Step]:
        """Open a step of `total` units, `done` of them finished earlier."""
        yield from ()


class _Silent:
    def advance(self, done: int) -> None:
        pass


class SilentProgress:
    """Reports to nobody: the default of the Python API."""

    def say(self, message: str) -> None:
        """Drop the message."""

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[Step]:
        """Count nothing."""
        yield _Silent()


class _PlainStep:
    """Prints a line now and then: for logs, where a bar would be noise."""

    def __init__(self, name: str, total: int, unit: str, done: int, stream: TextIO, every_s: float) -> None:
        self.name, self.total, self.unit, self.stream, self.every_s = name, total, unit, stream, every_s
        self.done, self.before = done, done
        self.start = self.last = time.monotonic()

    def advance(self, done: int) -> None:
        self.done += done
        now = time.monotonic()
        if now - self.last >= self.every_s and self.done < self.total:
            self.last = now
            rate = (self.done - self.before) / (now - self.start)
            left = (self.total - self.done) / rate if rate else float("inf")
            print(
                f"{self.name}: {self.done:,} of {self.total:,} {self.unit}, {rate:,.0f}/s, {left:,.0f} s left",
                file=self.stream, flush=True,
            )  # fmt: skip

    def finish(self) -> None:
        took = time.monotonic() - self.start
        rate = (self.done - self.before) / took if took > 0 else 0.0
        finished = f"{self.done:,} {self.unit} in {took:.1f} s ({rate:,.0f}/s)"
        if self.total == 1:
            finished = f"done in {took:.1f} s"
        print(f"{self.name}: {finished}", file=self.stream, flush=True)


class PlainProgress:
    """Lines of text on a stream that is not a terminal."""

    def __init__(self, stream: TextIO | None = None, every_s: float = 5.0) -> None:
        self.stream, self.every_s = stream or sys.stderr, every_s

    def say(self, message: str) -> None:
        """Print the message as a line."""
        print(printable(message), file=self.stream, flush=True)

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[Step]:
        """Print a line every few seconds and one at the end."""
        step = _PlainStep(name, total, unit, done, self.stream, self.every_s)
        yield step
        step.finish()


class _BarStep:
    def __init__(self, bar: object, task: object) -> None:
        self._bar, self._task = bar, task

    def advance(self, done: int) -> None:
        self._bar.advance(self._task, done)  # type: ignore[attr-defined]


class BarProgress:
    """A bar with rate and time left, on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(stderr=True, highlight=False)

    def say(self, message: str) -> None:
        """Print the message above the bar."""
        self.console.print(printable(message), markup=False, style="dim")

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[Step]:
        """Draw a bar while the step is open."""
        from rich import progress as bars

        columns = (
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TextColumn(unit),
            bars.TaskProgressColumn(show_speed=True),
            bars.TimeRemainingColumn(),
        )
        with bars.Progress(*columns, console=self.console) as bar:
            yield _BarStep(bar, bar.add_task(name, total=total, completed=done))


def for_stream() -> Progress:
    """Choose how to show progress: a bar on a terminal, lines elsewhere."""
    return BarProgress() if sys.stderr.isatty() else PlainProgress()
