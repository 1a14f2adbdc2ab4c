"""Judgements of people for a terminal: the judged examples, and the figures with and without wrong gold labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from flipscope.printable import printable
from flipscope.store.triage_summary import Figures, TriageSummary
from flipscope.terminal import STYLES, console, new_table, with_limits
from flipscope.triage_words import CAUTION, NAMES, both_ways, counts
from flipscope.words import percent

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

_STYLES = {"real_regression": "red", "wrong_gold_label": "magenta", "ambiguous": "yellow", "acceptable": "green"}


def print_judged(frame: pd.DataFrame, total: int) -> None:
    """Print judged examples one under the other: judgement, answers, texts, note and who judged."""
    out = console()
    for row in frame.to_dict("records"):
        head = Text(NAMES[row["judgement"]], f"bold {_STYLES[row['judgement']]}")
        head.append(printable(f"  {row['task']} {row['example_id']}"), "dim")
        head.append(printable(f"  gold {row['label']}  old {row['old_pred']}  {row['candidate']} {row['new_pred']}"))
        out.print(head, soft_wrap=True)
        for text in (row["text_a"], row["text_b"]):
            if isinstance(text, str):
                out.print(Text(f"  {printable(text)}"))
        origin = f", in {row['carried_from']}" if row["carried_from"] else ""
        out.print(Text(printable(f"  {row['author']}, {row['time'][:16].replace('T', ' ')}{origin}"), "dim"))
        if row["note"]:
            out.print(Text(printable(f"  note: {row['note']}"), "italic"))
    out.print(Text(f"{len(frame):,} of {total:,} judgements" if total else "nothing is judged", "dim"))


def print_history(frame: pd.DataFrame) -> None:
    """Print all that was ever judged of one example, the latest first."""
    out = console()
    for row in frame.to_dict("records"):
        what = row["judgement"]
        head = Text(NAMES[what], f"bold {_STYLES[what]}") if what else Text("taken back", "bold")
        origin = f", in {row['carried_from']}" if row["carried_from"] else ""
        head.append(printable(f"  {row['author']}, {row['time'][:16].replace('T', ' ')}{origin}"), "dim")
        out.print(head)
        if row["note"]:
            out.print(Text(printable(f"  note: {row['note']}"), "italic"))
    if frame.empty:
        out.print(Text("this example was never judged", "dim"))


def print_triage(comparison: Comparison, summaries: Sequence[TriageSummary]) -> None:
    """Print what was judged, and the figures both ways."""
    out = console()
    several = len(comparison.candidates) > 1
    table = new_table("task", *(["candidate"] if several else []), "")
    for heading in ("n", "negative\nflips", "NFR\n[95 %]", "positive\nflips", "PFR\n[95 %]", "accuracy\nold -> new"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in summaries:
        names = [each.task, *([each.candidate] if several else [])]
        table.add_row(*map(printable, names), "as it is", *_figures(each.as_is))
        table.add_row(*[""] * len(names), "without wrong\ngold labels", *_figures(each.without))
        table.add_section()
    out.print(table)
    for each in summaries:
        who = f"{each.task}, {each.candidate}" if several else each.task
        out.print(Text(printable(f"{who}: of the negative flips {counts(each)}")))
        if each.others:
            others = ", ".join(f"{count:,} {NAMES[name]}" for name, count in each.others.items())
            out.print(Text(printable(f"  of the other examples {others}"), "dim"))
        if each.authors:
            out.print(Text(printable(f"  judged by {', '.join(each.authors)}"), "dim"))
    out.print(Text(CAUTION, "dim"))


def print_lines(out: Console, comparison: Comparison) -> None:
    """Print the NFR both ways, a line a candidate and task with judgements; nothing where nobody judged."""
    from flipscope.errors import FlipscopeError
    from flipscope.store.triage import Triage

    try:
        summaries = Triage(comparison).summaries()
    except FlipscopeError as error:  # figures do not hang on judgements
        out.print(Text(printable(f"note: {error}"), "yellow"))
        return
    several = len(comparison.candidates) > 1
    judged = [each for each in summaries if each.authors]
    for each in judged:
        who = f"{each.task}, {each.candidate}" if several else each.task
        out.print(Text(printable(f"triage of {who}: {counts(each)}. {both_ways(each)}")))
    if any(each.left_out for each in judged):
        out.print(Text(CAUTION, "dim"))


def _figures(figures: Figures) -> list[Text]:
    return [
        Text(f"{figures.n:,}"),
        Text(f"{figures.negative_flip:,}", STYLES["negative_flip"]),
        with_limits(figures.nfr),
        Text(f"{figures.positive_flip:,}", STYLES["positive_flip"]),
        with_limits(figures.pfr),
        Text(f"{percent(figures.accuracy_old)}\n{percent(figures.accuracy_new)}"),
    ]
