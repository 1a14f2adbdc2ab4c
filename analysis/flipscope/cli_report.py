"""The command ``report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flipscope.cli_gate import tell_slips
from flipscope.cli_options import BudgetFile, ComparisonFolder, MaxNfr, NoiseFloor, OnlyCandidate
from flipscope.errors import FlipscopeError
from flipscope.report import BINARY, FORMATS, SECTIONS, SUFFIXES

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.report import Options


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    comparison: ComparisonFolder,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help=f"The file to write: .{', .'.join(SUFFIXES)}. Without it, what --format names is printed.",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help=f"{', '.join(FORMATS)}; by default what the suffix of -o says."),
    ] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help=f"Only this section of .html, .pdf or .md: {', '.join(SECTIONS)}. Repeatable."
        ),
    ] = None,
    find_slices: Annotated[
        bool, typer.Option("--find-slices", help="Also search for slices where more broke: the section 'found'.")
    ] = False,
    examples: Annotated[
        int | None, typer.Option(min=0, help="How many flips; by default 20 in .html, .pdf and .md, all in tables.")
    ] = None,
    redact: Annotated[bool, typer.Option("--redact", help="Leave out the texts of the examples.")] = False,
    candidate: OnlyCandidate = None,
    budget: BudgetFile = None,
    max_nfr: MaxNfr = None,
    noise_floor: NoiseFloor = None,
) -> None:
    """Write a report: for people (.html, .pdf, .md), the figures as data (.json), or the flips as a table.

    The verdict comes first: by --budget or --max-nfr, else the one kept with the comparison. In .xml it is JUnit, a
    test case for every limit, for continuous integration. model-card is for the hub: metadata, and a section on what
    the new checkpoint broke.

    The page opens offline, from a disk or an attachment, and prints. The same comparison gives the same bytes.
    In .csv, an apostrophe goes before texts that a spreadsheet would run as a formula; flipscope examples has none.

    \b
    Examples:
      flipscope report demo -o demo.html --max-nfr 0.05
      flipscope report demo -o comment.md --section verdict --section figures
      flipscope report demo -o demo.pdf --find-slices
      flipscope report demo -o flips.csv --redact
      flipscope report demo -o junit.xml --budget budget.toml
      flipscope report demo --format model-card
    """
    from flipscope.comparison import open_comparison
    from flipscope.judge.gate import about_file, given_budget, judge_by
    from flipscope.report import Options

    options = Options(
        sections=tuple(section) if section else None,
        find_slices=find_slices,
        examples=examples,
        redact=redact,
        candidate=candidate,
    )
    opened = open_comparison(comparison)
    if budget is not None or max_nfr is not None or noise_floor:
        given = given_budget(budget, max_nfr)
        tell_slips(given, budget or "--max-nfr")
        with about_file(budget):
            opened = judge_by(opened, given, noise_floor=noise_floor or [])
    _give(opened, output, format, options)


def _give(comparison: Comparison, output: Path | None, format: str | None, options: Options) -> None:
    """Write a report to a file, or print it."""
    from flipscope.report import render, write

    if output is not None:
        write(comparison, output, options, format)
        print(f"report in {output}", file=sys.stderr)
        return
    if format is None or format in BINARY:
        what = "there is no file to write" if format is None else f"a report as {format} can't be printed"
        do = "Name it with -o FILE" + ("" if format else ", or print the report with --format md")
        raise FlipscopeError(what, do=do)
    sys.stdout.buffer.write(render(comparison, format, options))
    sys.stdout.buffer.flush()
