"""Tables for people at a terminal. Text from data is never read as markup."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flipscope.comparison import Comparison
from flipscope.flips.scores import LARGE, NEAR
from flipscope.printable import printable
from flipscope.schema import Interval, TaskResult
from flipscope.words import percent

if TYPE_CHECKING:
    import pandas as pd

# One meaning each, everywhere: see DESIGN's rule on colours.
STYLES = {
    "negative_flip": "red",
    "positive_flip": "blue",
    "both_correct": "dim",
    "both_wrong": "dim",
}
_NO_LIMITS = {"too_few_clusters": "few templates"}  # why there is no interval
_MOST_SLICES = 40  # more are not read, and scroll the first out of sight
_PIPE_WIDTH = 160  # where no terminal says how wide it is, don't cut anything


def console() -> Console:
    """Make a console on standard output."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return Console(width=width, highlight=False)


def print_summary(comparison: Comparison) -> None:
    """Print the figures of every task and candidate, and what to know about them."""
    from flipscope.terminal_verdict import print_sentences

    out = console()
    if comparison.manifest.study is not None:
        from flipscope.terminal_study import print_with_candidates

        print_with_candidates(out, comparison, comparison.manifest.study)
        return
    print_sentences(out, comparison)
    if comparison.tasks:
        from flipscope.terminal_triage import print_lines

        _print_tasks(out, comparison)
        print_lines(out, comparison)
    if comparison.behaviors:
        from flipscope.terminal_behaviors import print_capabilities

        print_capabilities(comparison)
    print_end(out, comparison)


def print_end(out: Console, comparison: Comparison) -> None:
    """Print what limits a comparison, and where it lies."""
    for warning in comparison.manifest.warnings:
        out.print(Text(printable(f"note: {warning}"), style="yellow"))
    place = printable(str(comparison.path))
    out.print(Text(f"in {place}; browse it with: flipscope dashboard {place}", style="dim"))


def _print_tasks(out: Console, comparison: Comparison) -> None:
    several = len(comparison.candidates) > 1
    table = new_table("task", *(["candidate"] if several else []))
    for heading in (
        "n",
        "accuracy\nold -> new",
        "change\n[95 %]",
        "negative\nflips",
        "NFR\n[95 %]",
        "positive\nflips",
        "p",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for candidate in comparison.results.candidates:
        for result in candidate.tasks:
            table.add_row(Text(result.task), *([Text(candidate.name)] if several else []), *_figures(result))
    out.print(table)
    out.print(
        Text(
            "NFR: negative flips (old right, new wrong) / n.  p: McNemar's mid-p for a change of accuracy.",
            "dim",
        )
    )
    if severity := "; ".join(_severities(comparison)):
        told = f"Negative flips by how much the gold label's probability moved: {severity}."
        out.print(Text(printable(told), "dim"))


def _severities(comparison: Comparison) -> Iterator[str]:
    """Tell how many negative flips are large changes, and how many have tiny margins."""
    for candidate in comparison.results.candidates:
        for result in candidate.tasks:
            if result.large_share is None or result.boundary_share is None:
                continue
            large, tiny = (round(share * result.negative_flip) for share in (result.large_share, result.boundary_share))
            name = f"{result.task}, {candidate.name}" if len(comparison.candidates) > 1 else result.task
            yield f"{name} {large:,} of {result.negative_flip:,} by {LARGE:g} or more, {tiny:,} by {NEAR:g} or less"


def _figures(result: TaskResult) -> list[Text]:
    p = "-" if result.mcnemar_p is None else f"{result.mcnemar_p:.2g}"
    return [
        Text(f"{result.n:,}"),
        Text(f"{percent(result.accuracy_old)}\n{percent(result.accuracy_new)}"),
        with_limits(result.accuracy_delta, sign="+"),
        Text(f"{result.negative_flip:,}", style=STYLES["negative_flip"]),
        with_limits(result.nfr),
        Text(f"{result.positive_flip:,}", style=STYLES["positive_flip"]),
        Text(p),
    ]


def with_limits(interval: Interval, *, sign: str = "") -> Text:
    """Put the interval under its value, so that the table fits a narrow terminal."""
    if interval.value is None:
        return Text("-")
    if interval.low is None or interval.high is None:
        return Text.assemble(f"{interval.value:{sign}.2%}", "\n", (_NO_LIMITS.get(interval.reason or "", ""), "dim"))
    limits = f"[{100 * interval.low:{sign}.1f}, {100 * interval.high:{sign}.1f}]"
    return Text.assemble(f"{interval.value:{sign}.2%}", "\n", (limits, "dim"))


def print_slices(comparison: Comparison, frame: pd.DataFrame, columns: list[str], of: str = "slices") -> None:
    """Print judged slices of the data, or groups of test cases, those with most negative flips first."""
    out = console()
    several = len(comparison.candidates) > 1
    keys = [*(["candidate"] if several else []), "task", *(name for name in columns if name != "task")]
    keys += ["sample"] if "sample" in frame else []
    table = new_table(*map(printable, keys))
    right = "passing" if of == "cases" else "accuracy"
    for heading in ("n", f"{right}\nold -> new", "negative\nflips", "NFR\n[95 %]", "positive\nflips", "q"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in frame.head(_MOST_SLICES).to_dict("records"):
        tested = row["note"] is None
        table.add_row(
            *(Text(_value(row[key])) for key in keys),
            f"{row['n']:,}",
            f"{percent(row['accuracy_old'], 1)}\n{percent(row['accuracy_new'], 1)}",
            Text(f"{row['negative_flip']:,}", style=STYLES["negative_flip"]),
            with_limits(Interval(value=row["nfr"], low=row["nfr_low"], high=row["nfr_high"])),
            Text(f"{row['positive_flip']:,}", style=STYLES["positive_flip"]),
            f"{row['q_value']:.2g}" if tested else "few flips",
        )
    out.print(table)
    if len(frame) > _MOST_SLICES:
        out.print(Text(f"... and {len(frame) - _MOST_SLICES:,} more with fewer negative flips; --json has all", "dim"))
    plural = "" if len(frame) == 1 else "s"
    groups = f"group{plural} of test cases" if of == "cases" else f"slice{plural}"
    note = f"{len(frame)} {groups}, {frame.attrs['tested']} tested (those with 6 flips or more)."
    out.print(Text(f"{note} q: McNemar's mid-p, corrected for that many tests (Benjamini-Hochberg).", "dim"))
    if of == "cases":
        out.print(
            Text("These intervals take cases as independent; show --tests allows for cases of one template.", "dim")
        )


def print_examples(frame: pd.DataFrame, total: int) -> None:
    """Print examples one under the other: both answers, gold label, text."""
    out = console()
    for row in frame.to_dict("records"):
        head = Text()
        head.append(row["outcome"].replace("_", " "), style=f"bold {STYLES[row['outcome']]}")
        head.append(printable(f"  {row['task']} {row['example_id']}"), style="dim")
        answers = f"  gold {row['label']}  old {_answer(row, 'old')}  {row['candidate']} {_answer(row, 'new')}"
        head.append(printable(answers))
        if row["borderline"]:
            head.append("  borderline", style="yellow")
        out.print(head, soft_wrap=True)
        for text in (row["text_a"], row["text_b"]):
            if isinstance(text, str):
                out.print(Text(f"  {printable(text)}"))
    out.print(Text(f"{len(frame):,} of the {total:,} examples that fit" if total else "no example fits", style="dim"))


def _answer(row: dict, side: str) -> str:
    confidence = row[f"{side}_conf"]
    return row[f"{side}_pred"] + ("" if confidence is None or confidence != confidence else f" ({confidence:.1%})")


def _value(value: object) -> str:
    return "-" if value is None or value != value else printable(str(value))


def new_table(*keys: str) -> Table:
    """Make a table whose first columns are names, which are folded and never cut."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for key in keys:
        table.add_column(Text(key), overflow="fold", min_width=6)
    return table
