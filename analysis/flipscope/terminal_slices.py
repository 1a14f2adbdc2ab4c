"""Slices for people at a terminal: those that a search found, and those that were saved."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flipscope.comparison import Comparison
from flipscope.printable import printable
from flipscope.slices.findings import FoundSlice, Half, SliceFindings, SliceSearch
from flipscope.terminal import STYLES, console, new_table, print_slices
from flipscope.words import percent, probability, reason

if TYPE_CHECKING:
    import pandas as pd

_TOLD = {"negative_flip": ("broke", "NFR"), "positive_flip": ("mended", "PFR")}
_MOST_UNCONFIRMED = 5
_NUMBER = re.compile(r"\d[\d.,]*")
_MOST_ALSO = 2  # other descriptions of one slice
_NONE = "none confirmed, may be chance:"
_RULE = 22  # characters at least, so that a rule is not cut into single words


def print_findings(comparison: Comparison, findings: SliceFindings) -> None:
    """Print what a search found: confirmed slices, apart from them the others, and how to look at them."""
    out = console()
    for search in findings.searches:
        _print_search(out, comparison, findings.outcome, search)
    _print_legend(out, findings)


def _print_search(out: Console, comparison: Comparison, outcome: str, search: SliceSearch) -> None:
    told, rate = _TOLD[outcome]
    several = len(comparison.candidates) > 1
    name = f"{search.task}, {search.candidate}" if several else search.task
    flips = f"  {search.flips:,} of {search.n:,} {told}, {rate} {percent(search.rate.value)}"
    out.print(Text.assemble((printable(name), "bold"), flips))
    if search.reason is not None:
        out.print(Text(f"not searched: {reason(search.reason)}", "yellow"))
        return
    confirmed = [each for each in search.slices if each.confirmed]
    others = [each for each in search.slices if not each.confirmed][:_MOST_UNCONFIRMED]
    if search.slices:
        out.print(_table(outcome, confirmed, others))
    else:
        out.print(Text("no slice was found", "yellow"))
    out.print(Text(f"{search.tried:,} slices tried on one half, {search.tested:,} tested on the other.", "dim"))
    for note in search.notes:
        out.print(Text(printable(f"note: {note}"), "dim"))
    _print_commands(out, comparison, outcome, search, confirmed or others)
    out.print()


def _table(outcome: str, confirmed: Sequence[FoundSlice], others: Sequence[FoundSlice]) -> Table:
    told, rate = _TOLD[outcome]
    table = new_table()
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("slice", overflow="fold", min_width=_RULE)
    for heading in (f"{told}\nof n", f"{rate} [95 %]\nunseen half", "lift", "q"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number, each in enumerate([*confirmed, *others], 1):
        if number == len(confirmed) + 1:
            table.add_row("", Text("not confirmed, may be chance:" if confirmed else _NONE, "yellow"))
        table.add_row(
            str(number),
            _rule(each),
            Text.assemble((f"{getattr(each, outcome):,}", STYLES[outcome]), f"\nof {each.n:,}"),
            _on_unseen_half(each.confirmation),
            "-" if each.confirmation.lift is None else f"{each.confirmation.lift:.1f}x",
            probability(each.q),
        )
    return table


def _rule(each: FoundSlice) -> Text:
    text = Text(printable(each.rule))
    for rule in other_rules(each)[:_MOST_ALSO]:
        text.append("\n").append(printable(f"also: {rule}"), "dim")
    return text


def other_rules(each: FoundSlice) -> list[str]:
    """List other rules for nearly the same examples that don't differ in numbers alone."""
    kinds = {_NUMBER.sub("", each.rule): ""}
    for other in each.also:
        kinds.setdefault(_NUMBER.sub("", other.rule), other.rule)
    return [rule for rule in kinds.values() if rule]


def _on_unseen_half(half: Half) -> Text:
    if half.rate.value is None or half.rate.low is None or half.rate.high is None:
        return Text("no examples", "dim")
    limits = f"[{100 * half.rate.low:.1f}, {100 * half.rate.high:.1f}]"
    return Text.assemble(f"{percent(half.rate.value, 1)} of {half.n:,}", "\n", (limits, "dim"))


def _print_commands(
    out: Console, comparison: Comparison, outcome: str, search: SliceSearch, slices: Sequence[FoundSlice]
) -> None:
    """Print what to type to see the examples of each slice, as one line however long: it is there to be copied."""
    for number, each in enumerate(slices, 1):
        command = examples_command(comparison, outcome, search.task, search.candidate, each.where)
        if command.isprintable():  # else it must not reach the terminal
            out.print(Text.assemble((f"{number}  ", "dim"), command), soft_wrap=True)


def examples_command(comparison: Comparison, outcome: str, task: str, candidate: str, where: str) -> str:
    """Write the command that lists the flips that meet a condition, quoted for a shell."""
    parts = ["flipscope", "examples", str(comparison.path)]
    parts += ["--task", task] if len(comparison.tasks) > 1 else []
    parts += ["--candidate", candidate] if len(comparison.candidates) > 1 else []
    return shlex.join([*parts, "--outcome", outcome, "--where"]) + f" {quoted(where)}"


def quoted(condition: str) -> str:
    """Quote a condition for a shell, in double quotes where it can be: SQL is full of single ones."""
    return shlex.quote(condition) if any(char in condition for char in '"$`\\!') else f'"{condition}"'


def _print_legend(out: Console, findings: SliceFindings) -> None:
    told, rate = _TOLD[findings.outcome]
    searches = len(findings.searches)
    over = f" in all {searches} searches" if searches > 1 else ""
    legend = (
        f"{told.capitalize()} of n: of all examples. {rate}, lift and q: of the half that was not searched; lift is "
        f"over the rate of the task, q is Fisher's exact test corrected for {findings.tested:,} tested{over} "
        "(confirmed: at most 0.05). --json has every condition."
    )
    out.print(Text(legend, "dim"))
    out.print(Text("to keep one: flipscope slices COMPARISON --save NAME --where SQL", "dim"), soft_wrap=True)


def print_saved(comparison: Comparison, judged: pd.DataFrame) -> None:
    """Print how the candidate did on the saved slices, what they are, and which can't be judged here."""
    out = console()
    if judged.empty:
        out.print(Text("no slice is saved here; flipscope slices COMPARISON --save NAME --where SQL saves one", "dim"))
        return
    counted = judged[judged["n"] > 0].rename(columns={"note": "about", "note_": "note"})
    if len(counted):
        counted.attrs.update(judged.attrs)
        print_slices(comparison, counted, ["slice"])
    for name, rows in judged.groupby("slice", sort=False):
        first = rows.iloc[0]
        out.print(Text.assemble((printable(str(name)), "bold"), printable(f"  {first['where']}")), soft_wrap=True)
        if first["note"]:
            out.print(Text(printable(f"  {first['note']}"), "dim"))
        if first["problem"] is not None:
            out.print(Text(printable(f"  can't be judged here: {first['problem']}"), "yellow"))
        elif not rows["n"].any():
            out.print(Text("  no example meets it", "yellow"))
