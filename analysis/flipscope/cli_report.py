"""The command ``report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flipscope.cli_options import ComparisonFolder
from flipscope.report import FORMATS, SECTIONS


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    comparison: ComparisonFolder,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help=f"The file to write: .{', .'.join(FORMATS)}.")
    ] = ...,  # type: ignore[assignment]
    section: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help=f"Only this section of .html, .pdf or .md: {', '.join(SECTIONS)}. Repeatable."
        ),
    ] = None,
    examples: Annotated[
        int | None, typer.Option(min=0, help="How many flips; by default 20 in .html, .pdf and .md, all in tables.")
    ] = None,
    redact: Annotated[bool, typer.Option("--redact", help="Leave out the texts of the examples.")] = False,
    candidate: Annotated[str | None, typer.Option(help="Only this candidate.")] = None,
) -> None:
    """Write a report: for people (.html, .pdf, .md), the figures as data (.json), or the flips as a table.

    The page opens offline, from a disk or an attachment, and prints. The same comparison gives the same bytes.
    In .csv, an apostrophe goes before texts that a spreadsheet would run as a formula; flipscope examples has none.

    \b
    Examples:
      flipscope report demo -o demo.html
      flipscope report demo -o comment.md --section summary --section figures
      flipscope report demo -o flips.csv --redact
    """
    from flipscope.comparison import open_comparison
    from flipscope.report import Options, write

    options = Options(
        sections=tuple(section) if section else None,
        examples=examples,
        redact=redact,
        candidate=candidate,
    )
    write(open_comparison(comparison), output, options)
    print(f"report in {output}", file=sys.stderr)
