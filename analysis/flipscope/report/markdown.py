"""A report as Markdown for a pull request: reads well as plain text, and nothing from data is read as Markdown.

What comes from data stands in code spans: there are no links, images, mentions or HTML in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import singledispatch

from flipscope.flips.outcome import OUTCOMES
from flipscope.printable import printable
from flipscope.report.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Example,
    Examples,
    Grid,
    Heading,
    Paragraph,
    Parts,
    Report,
    Table,
    Terms,
    Words,
)
from flipscope.words import OUTCOME_SIGNS

_STRONG = ("strong", "negative", "positive")


def as_markdown(report: Report) -> str:
    """Write a report as Markdown."""
    lines = [
        f"# {code(report.title)}",
        "",
        f"{_inline(report.models)}  ",
        f"{_inline(report.data)} · {report.date}",
        "",
    ]
    for section in report.sections:
        lines += [f"## {section.title}", "", *block_lines(section.blocks)]
    lines.append(f"Made by flipscope {report.version}.")
    return "\n".join(lines) + "\n"


def block_lines(blocks: Iterable[Block]) -> list[str]:
    """Write blocks one below the other."""
    told = (block for block in blocks if not isinstance(block, Chart))  # the table beside it has the same figures
    return [line for block in told for line in (*_lines(block), "")]


def code(text: str) -> str:
    """Put text from data into a code span that it can't end."""
    line = " ".join(printable(text).split()) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def _inline(parts: Parts) -> str:
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if not isinstance(part, Words):
        return code(part)
    return f"**{part}**" if part.role in _STRONG else str(part)


@singledispatch
def _lines(block: Block) -> list[str]:
    raise TypeError(type(block))


@_lines.register
def _(block: Paragraph) -> list[str]:
    return [_inline(block.parts)]


@_lines.register
def _(block: Heading) -> list[str]:
    return [f"### {_inline(block.parts)}"]


@_lines.register
def _(block: Bullets) -> list[str]:
    return [f"- {_inline(item)}" for item in block.items]


@_lines.register
def _(block: Terms) -> list[str]:
    return [f"- **{term}**: {_inline(told)}" for term, told in block.entries]


@_lines.register
def _(block: Table) -> list[str]:
    right = len(block.columns) - block.numbers
    rows = [[_cell(cell) for cell in row] for row in block.rows]
    return _aligned([str(column) for column in block.columns], rows, right)


def _cell(cell: Cell) -> str:
    return " ".join(part for part in (_inline(cell.main), _inline(cell.below)) if part).replace("|", "\\|")


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], right: int) -> list[str]:
    """Write a table whose columns also line up as plain text; those from `right` on are figures."""
    widths = [max(3, *(len(row[i]) for row in (columns, *rows))) for i in range(len(columns))]
    rule = ["-" * (width - 1) + (":" if i >= right else "-") for i, width in enumerate(widths)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            text.rjust(w) if i >= right else text.ljust(w)
            for i, (text, w) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    return [line(columns), line(rule), *map(line, rows)]


@_lines.register
def _(block: Examples) -> list[str]:
    return [line for number, each in enumerate(block.items, 1) for line in _example(each, f"{number}. ")]


@_lines.register
def _(block: Grid) -> list[str]:
    counts = [f"{square.count:,} {square.share}" for square in block.squares]
    new = code(block.candidate).replace("|", "\\|")
    rows = [["old right", *counts[:2]], ["old wrong", *counts[2:]]]
    lines = _aligned(["", f"{new} right", f"{new} wrong"], rows, 1)
    for outcome, square in zip(OUTCOMES, block.squares, strict=True):
        if outcome in ("negative_flip", "positive_flip") and square.examples:
            lines += ["", f"{OUTCOME_SIGNS[outcome]}:", ""]
            lines += [line for each in square.examples for line in _example(each, "- ")]
    return lines


def _example(each: Example, bullet: str) -> list[str]:
    """Write an example as an item of a list: its texts, or where it is, and the answers under them."""
    indent = " " * len(bullet)
    texts = [_inline((text,)) for text in each.texts] or [_inline(each.where)]
    answers = f"gold {_inline(each.gold)}; old {_inline(each.old)} → {_inline(each.new)}"
    where = f" ({_inline(each.where)})" if each.texts else ""
    breaks = [f"{text}  " for text in texts]  # two spaces end a line
    return [f"{bullet}{breaks[0]}", *(f"{indent}{text}" for text in breaks[1:]), f"{indent}{answers}{where}"]
