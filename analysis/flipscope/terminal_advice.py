"""The fix advisor for people at a terminal: a table of the ways to combine the models, and the advice in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.flips.intervals import wilson
from flipscope.mitigate.advice.contract import Advice, CurvePoint, Family, TaskAdvice
from flipscope.mitigate.advice.words import FAMILIES_TOLD, FAMILY_NAMES, HALVES_TOLD, REASONS, setting_told
from flipscope.printable import printable
from flipscope.terminal import console, new_table, with_limits
from flipscope.words import percent

_NAMES = (14, 36)  # characters for a family and its setting, at least and at most
_HEADINGS = ("accuracy\n[95 %]", "change\n[95 %]", "broke (NFR)\n[95 %]", "NFR ratio\n[95 %]", "ask old\nmodel")
_STYLES = {True: "bold green", None: "bold", False: "bold"}


def print_advice(comparison: Comparison, advice: Advice) -> None:
    """Print the advice on each task and candidate."""
    out = console()
    several = len(comparison.candidates) > 1
    for each in advice.tasks:
        name = f"{each.task}, {each.candidate}" if several else each.task
        out.print(Text.assemble((printable(name), "bold"), (f"  judged on {each.judging:,} examples", "dim")))
        if each.families:
            _print_families(out, each)
        out.print(Text(printable(each.sentence), _STYLES[each.helps]))
        out.print()
    if any(each.families for each in advice.tasks):
        _print_legend(out, advice.tasks)


def _print_families(out: Console, advice: TaskAdvice) -> None:
    table = new_table()
    table.add_column("", overflow="fold", min_width=_NAMES[0], max_width=_NAMES[1])
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, point in (("old model", advice.old), ("candidate", advice.new)):
        if point is not None:
            table.add_row(name, _accuracy(point), "", _broke(point), "", percent(point.asks_old_share, 0))
    for family in advice.families:
        _add_family(table, family, family.family == advice.advised)
    out.print(table)


def _add_family(table: Table, family: Family, advised: bool) -> None:
    name = Text(FAMILY_NAMES[family.family].lower(), "bold" if advised else "")
    if family.chosen is None:
        name.append(f"\n{REASONS[family.reason or '']}", "dim")
        table.add_row(name, *["-"] * 5)
        return
    point = family.points[family.chosen.index]
    name.append("\n").append(printable(setting_told(family, family.chosen.index)), "dim")
    change, ratio = family.chosen.accuracy_change, family.chosen.nfr_ratio
    paired = (with_limits(change, sign="+"), _ratio(ratio)) if family.chosen.index else (Text(""), Text(""))
    table.add_row(name, _accuracy(point), paired[0], _broke(point), paired[1], percent(point.asks_old_share, 0))


def _accuracy(point: CurvePoint) -> Text:
    low, high = wilson(point.correct, point.n)
    return with_limits(Interval(value=point.accuracy, low=float(low), high=float(high)))


def _broke(point: CurvePoint) -> Text:
    low, high = wilson(point.negative_flip, point.n)
    text = Text.assemble((f"{point.negative_flip:,}", "red"), f" ({percent(point.nfr)})")
    return text.append(f"\n[{100 * low:.1f}, {100 * high:.1f}]", "dim")


def _ratio(ratio: Interval) -> Text:
    if ratio.value is None:
        return Text("-")
    limits = "" if ratio.low is None or ratio.high is None else f"\n[{ratio.low:.2f}, {ratio.high:.2f}]"
    return Text.assemble(f"{ratio.value:.2f}", (limits, "dim"))


def _print_legend(out: Console, tasks: Sequence[TaskAdvice]) -> None:
    shown = dict.fromkeys(family.family for each in tasks for family in each.families if family.chosen)
    for name in shown:
        out.print(Text(f"{FAMILY_NAMES[name]} {FAMILIES_TOLD[name]}.", "dim"))
    told = (
        "Change and ratio: compared with the candidate alone. Last column: inputs for which the old model has to run."
    )
    out.print(Text(f"{told} {HALVES_TOLD}", "dim"))
