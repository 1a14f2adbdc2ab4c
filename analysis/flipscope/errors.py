"""The one error people see: what is wrong, where, and what to do next."""

from __future__ import annotations

from os import PathLike


class FlipscopeError(Exception):
    """Bad input or wrong usage, told so that the reader can act on it.

    Parameters
    ----------
    what : str
        What is wrong, as a sentence without a final full stop.
    where : str or path, optional
        The file, column, row or option it is about.
    do : str, optional
        What to do next, as a sentence.
    """

    def __init__(self, what: str, *, where: str | PathLike[str] | None = None, do: str | None = None) -> None:
        self.what, self.where, self.do = what, None if where is None else str(where), do
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        stop = "" if self.what.endswith((".", "?", "!", "…")) else "."
        advice = f"{stop} {self.do}" if self.do else ""
        return f"{place}{self.what}{advice}"


class StopsAll(FlipscopeError):
    """What stops this piece of work would stop all others of its kind, too: a full disk, or a device that won't do."""
