"""What a report is made of. Text is data, and written so that nothing in it is read as markup, unless it is `Words`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class Words(str):
    """Words of our own, with nothing from data in them.

    Putting them into another string makes them data again: what was forgotten is escaped, never the reverse.

    Attributes
    ----------
    role : str
        What they stand for: ``""``, ``strong``, ``negative``, ``positive`` or ``muted``.
    """

    role: str

    def __new__(cls, text: str, role: str = "") -> Words:
        """Make them."""
        words = super().__new__(cls, text)
        words.role = role
        return words


#: Text of several parts: `Words`, and any other string, which is data.
Parts = tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its kind is ``""``, ``lead`` or ``note``."""

    parts: Parts
    kind: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    parts: Parts


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Parts, ...]


@dataclass(frozen=True)
class Terms:
    """A list of terms, each with what is to be said about it."""

    entries: tuple[tuple[Words, Parts], ...]


@dataclass(frozen=True)
class Plot:
    """A small drawing that a cell has beside its figures: a line, and dots on it.

    Attributes
    ----------
    low, high : float
        Ends of the line, as fractions of the width.
    dots : tuple of (float, str)
        Where they are, and what they stand for: ``old``, ``negative``, ``positive`` or ``""``.
    zero : float or None
        Where the axis has its zero, if that is not its left end.
    """

    low: float
    high: float
    dots: tuple[tuple[float, str], ...]
    zero: float | None = None


@dataclass(frozen=True)
class Cell:
    """A cell of a table: figures, what is under them, and a drawing, which only repeats them."""

    main: Parts
    below: Parts = ()
    plot: Plot | None = None


@dataclass(frozen=True)
class Table:
    """A table; its first columns are names, and `numbers` from the right are figures."""

    columns: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: int


@dataclass(frozen=True)
class Example:
    """An example with both answers.

    Attributes
    ----------
    texts : tuple of str
        One or two; none when only predictions are known.
    where : Parts
        Its task and id.
    gold, old, new : Parts
        The gold label and both answers, with their probabilities.
    """

    texts: Parts
    where: Parts
    gold: Parts
    old: Parts
    new: Parts


@dataclass(frozen=True)
class Examples:
    """Examples one under the other."""

    candidate: str
    items: tuple[Example, ...]


@dataclass(frozen=True)
class Square:
    """One outcome of a flip grid: how many, their share, and some of them."""

    outcome: str
    count: int
    share: Words
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Grid:
    """A flip grid; the squares are in the order of the outcomes."""

    candidate: str
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class Mark:
    """A value in a chart, with its interval, and both in words; `told` begins with counts."""

    value: float
    low: float | None
    high: float | None
    told: Words


@dataclass(frozen=True)
class Panel:
    """A part of a chart with an axis of its own: on every row, one mark of each series, or none.

    Attributes
    ----------
    title : Words
        What the axis is.
    series : tuple of Words
        What the marks are; their roles are ``negative``, ``positive``, ``old`` or ``""``.
    marks : tuple of tuple of (Mark or None)
        By row and series, as fractions of 1.
    change : bool
        Whether values are differences, in points, or rates, in percent.
    joined : bool
        Whether a line joins the two marks of a row: red where the second is larger, blue where it is smaller.
    budget : float or None
        Where a line is drawn that negative flips should not go over.
    """

    title: Words
    series: tuple[Words, ...]
    marks: tuple[tuple[Mark | None, ...], ...]
    change: bool = False
    joined: bool = False
    budget: float | None = None


@dataclass(frozen=True)
class Row:
    """What a row of a chart is about: a name and what is under it, both data, and its counts."""

    label: str
    below: str
    counts: tuple[Words, ...]


@dataclass(frozen=True)
class Chart:
    """Values with their intervals, panel beside panel; it repeats figures of the table that it belongs to."""

    title: Words
    rows: tuple[Row, ...]
    panels: tuple[Panel, ...]


Block = Paragraph | Heading | Bullets | Terms | Table | Chart | Examples | Grid


@dataclass(frozen=True)
class Section:
    """A part of the report that can be left out."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """Everything that a report for people says."""

    title: str
    models: Parts
    data: Parts
    date: Words
    version: Words
    sections: tuple[Section, ...]


def paragraph(*parts: str, kind: str = "") -> Paragraph:
    """Make a paragraph of parts."""
    return Paragraph(parts, kind)


def cell(*parts: str, below: str | Iterable[str] = (), plot: Plot | None = None) -> Cell:
    """Make a cell of parts."""
    return Cell(parts, (below,) if isinstance(below, str) else tuple(below), plot)


def clip(text: str, most: int) -> str:
    """Cut a text from data to at most so many characters, on one line."""
    line = " ".join(text[: 2 * most].split())
    return line if len(line) <= most and len(text) <= 2 * most else f"{line[:most].rstrip()}…"
