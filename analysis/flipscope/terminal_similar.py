"""Families of flips, and gold label suspects, for people at a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from flipscope.comparison import Comparison
from flipscope.explain.families import Families, Family
from flipscope.export import records
from flipscope.printable import printable
from flipscope.terminal import STYLES, console, new_table
from flipscope.terminal_slices import examples_command
from flipscope.words import percent

if TYPE_CHECKING:
    import pandas as pd

_MOST_FAMILIES = 20  # more are not read
_MOST_COMMANDS, _MOST_LISTED = 5, 30  # families whose flips a command lists, and flips of one
_LONGEST = 100  # characters of an example that stands for a family
_BY = {"embedding": "the candidate's embedding", "words": "the words they share"}


def families_json(found: Sequence[Families]) -> str:
    """Write families as JSON: one object for each task and candidate."""
    searches = [
        {
            **asdict(each),
            "families": [{"label": family.label, "n": family.n, **asdict(family)} for family in each],
        }
        for each in found
    ]
    return json.dumps({"schema_version": 1, "searches": searches}, ensure_ascii=False, allow_nan=False, indent=2)


def print_families(comparison: Comparison, found: Sequence[Families]) -> None:
    """Print the families of each task and candidate, the largest first."""
    out = console()
    for each in found:
        kind = each.outcome.replace("_", " ")
        head = Text(printable(f"{each.task}, {each.candidate}: "), style="bold")
        counts = (
            f"{each.n:,} {kind}s: {each.n - len(each.alone):,} in {len(each):,} families, {len(each.alone):,} alone"
        )
        out.print(head.append(counts, style=f"not bold {STYLES[each.outcome]}"))
        if each.families:
            _print_table(out, each)
            _print_commands(out, comparison, each)
        for note in each.notes:
            out.print(Text(printable(f"note: {note}"), style="yellow"))
    _print_end(out, comparison, found)


def _print_table(out: Console, found: Families) -> None:
    located = found.rate is not None
    table = new_table()
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("family", overflow="fold")
    table.add_column("flips", justify="right")
    if located:
        table.add_column("of the nearest", justify="right", no_wrap=True)
    table.add_column("such as", overflow="fold")
    for number, family in enumerate(found.families[:_MOST_FAMILIES], 1):
        around = [f"{family.near_flips} of {family.near}"] if located else []
        label = printable(", ".join(family.words)) or "-"
        table.add_row(str(number), Text(label), f"{family.n:,}", *around, Text(_shortened(family)))
    out.print(table)
    if len(found) > _MOST_FAMILIES:
        out.print(Text(f"... and {len(found) - _MOST_FAMILIES:,} smaller ones; --json has all", style="dim"))
    if located:
        told = f"of the nearest: examples around it that are such flips; of all, {percent(found.rate)} are"
        out.print(Text(f"{told}. It was drawn around flips: confirm it as a slice.", style="dim"))


def _print_commands(out: Console, comparison: Comparison, found: Families) -> None:
    """Print what to type to see the flips of the largest families, each as one line: it is there to be copied."""
    for number, family in enumerate(found.families[:_MOST_COMMANDS], 1):
        command = examples_command(comparison, found.outcome, found.task, found.candidate, family.where)
        if family.n <= _MOST_LISTED and command.isprintable():  # else it must not reach the terminal
            out.print(Text.assemble((f"{number}  ", "dim"), command), soft_wrap=True)


def _shortened(family: Family) -> str:
    text = printable(family.central)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _print_end(out: Console, comparison: Comparison, found: Sequence[Families]) -> None:
    by = " and ".join(_BY[name] for name in dict.fromkeys(each.by for each in found))
    line = f"alike by {by}; the words of a family are those that tell it from all other examples"
    if all(each.by == "words" for each in found) and any(_has_encoder(comparison, each) for each in found):
        line += f".\nBy the candidate's own encoder: flipscope embed {printable(str(comparison.path))}"
    out.print(Text(line, style="dim"))


def _has_encoder(comparison: Comparison, found: Families) -> bool:
    return comparison.task_info(found.task).models[found.candidate].kind == "checkpoint"


def suspects_json(found: Sequence[pd.DataFrame]) -> str:
    """Write gold label suspects as JSON: one object for each task."""
    searches = [{**frame.attrs, "suspects": records(frame)} for frame in found]
    content = {"schema_version": 1, "searches": searches}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2, default=str)


def print_suspects(found: Sequence[pd.DataFrame]) -> None:
    """Print gold label suspects one under the other: what speaks against the label, and the text."""
    out = console()
    for frame in found:
        for row in frame.to_dict("records"):
            head = Text(f"gold {printable(row['label'])}", style="bold")
            head.append(printable(f"  {row['task']} {row['example_id']}  {row['why']}"), style="not bold")
            out.print(head, soft_wrap=True)
            for text in (row["text_a"], row["text_b"]):
                if isinstance(text, str):
                    out.print(Text(f"  {printable(text)}"))
        attrs = frame.attrs
        name = printable(attrs["task"])
        counts = f"{name}: {len(frame):,} of {attrs['total']:,} suspects, the most suspicious first"
        out.print(Text(counts if attrs["total"] else f"{name}: no gold label is suspect", style="dim"))
    for note in dict.fromkeys(note for frame in found for note in frame.attrs["notes"]):
        out.print(Text(printable(f"note: {note}"), style="yellow"))
