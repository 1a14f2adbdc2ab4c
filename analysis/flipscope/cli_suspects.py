"""The command ``suspects``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flipscope.cli_options import AsJson, ComparisonFolder, OnlyTask, chosen


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(suspects)


def suspects(
    comparison: ComparisonFolder,
    task: OnlyTask = None,
    candidate: Annotated[
        str | None, typer.Option(help="With the answers of this candidate; by default the first.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many of each task; by default 20 on the terminal, else all.")
    ] = None,
    json: AsJson = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write them to .csv, .jsonl or .parquet.")
    ] = None,
) -> None:
    """List examples whose gold label is likely to be wrong: both models are sure of another one.

    They are no flips: both models are counted wrong there. What to do with them is for people to judge.

    \b
    Examples:
      flipscope suspects demo
      flipscope suspects demo --task sentiment --limit 50
      flipscope suspects demo -o suspects.csv
    """
    import pandas as pd

    from flipscope.comparison import open_comparison
    from flipscope.explain.suspects import suspects as find_suspects
    from flipscope.export import format_of, write_examples
    from flipscope.terminal_similar import print_suspects, suspects_json

    kind = format_of(output, None)
    opened = open_comparison(comparison)
    most = limit if limit is not None or json or output is not None else 20
    name = opened.candidate(candidate).name
    found = [find_suspects(opened, task=each, candidate=name, limit=most) for _, each in chosen(opened, task, name)]
    if output is not None:
        together = pd.concat([frame.set_flags() for frame in found], ignore_index=True)
        write_examples(together, kind, output)
        print(f"{len(together):,} suspects in {output}", file=sys.stderr)
    elif json:
        print(suspects_json(found))
    else:
        print_suspects(found)
