"""Standard output and standard error as commands find them: closed, read only in part, or short of characters."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Output(io.FileIO):
    """A stream whose reader, such as head, may have seen enough: then the rest goes nowhere."""

    def write(self, content: ReadableBuffer, /) -> int:
        try:
            return super().write(content)
        except BrokenPipeError:
            return memoryview(content).nbytes


def make_ready() -> None:
    """Let commands write, whoever reads it, so that what they end with tells what they found.

    Characters that a terminal can't show are spelled out.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115
        elif stream is getattr(sys, f"__{name}__"):  # and not what a test, say, put in its place
            output = io.BufferedWriter(_Output(stream.fileno(), "w", closefd=False))
            text = io.TextIOWrapper(output, stream.encoding, "backslashreplace", line_buffering=stream.line_buffering)
            setattr(sys, name, text)
