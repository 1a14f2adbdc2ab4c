"""What came of the ways to reduce regressions, for people at a terminal: the methods of each task, side by side."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flipscope.comparison import Comparison
from flipscope.mitigate.words import (
    failures,
    few_examples,
    is_better,
    is_clear,
    lead_parts,
    method_notes,
    of_seeds,
    old_parts,
    old_warnings,
    ratio,
    ratio_limits,
    scopes,
    settings_words,
)
from flipscope.printable import printable
from flipscope.study import MethodResult, OldInfo, Study
from flipscope.terminal import STYLES, console, new_table, print_end, with_limits
from flipscope.terminal_verdict import print_overview
from flipscope.words import duration, percent, probability

_LEGEND = (
    "Means over seeds; intervals (95 %) allow for seeds and examples, not for how many methods were tried. gain: "
    "accuracy less that of the conventional update. NFR: negative flips (old right, new wrong) / n. ratio: NFR over "
    "that of the conventional update; below 1 is better. q: of a ratio of 1, corrected for all methods and tasks "
    "tried. models: trained for one candidate / shipped together; time: of these trainings."
)


def print_study(study: Study) -> None:
    """Print what came of each method on each task, then over all tasks, and what to know about it."""
    out = console()
    old = {each.task: each for each in study.old}
    for task, results in scopes(study):
        title = "all tasks, each counting the same" if task is None else printable(task)
        out.print(Text.assemble((title, "bold"), f", judged on {results[0].n:,} examples"))
        if task in old:
            _print_old(out, old[task])
        for warning in few_examples(results):
            out.print(Text(f"note: {''.join(warning)}", "yellow"))
        out.print(_table(results))
    for failure in failures(study):
        out.print(Text(printable(f"failed: {''.join(failure)}"), "red"))
    for note in (*study.warnings, *map("".join, method_notes(study))):
        out.print(Text(printable(f"note: {note}"), "yellow"))
    out.print(Text(_LEGEND, "dim"))
    out.print(Text(printable("".join(lead_parts(study))), "bold"))


def print_with_candidates(out: Console, comparison: Comparison, study: Study) -> None:
    """Print a study, and below it each of its candidates in one line a task."""
    print_study(study)
    out.print()
    if any(each.verdict for each in comparison.results.candidates):
        print_overview(out, comparison.results.candidates)
    for task in comparison.tasks:
        out.print(Text.assemble("The candidates on ", (printable(task), "bold")))
        out.print(_candidates_table(comparison, task))
    if comparison.behaviors:
        out.print(Text("cases: behavior test cases that broke/were mended.", "dim"))
    more = "More of one: flipscope report --candidate NAME, or show --json"
    out.print(Text(f"Intervals are of one candidate's examples alone. {more}", "dim"))
    print_end(out, comparison)


def _candidates_table(comparison: Comparison, task: str) -> Table:
    suites = bool(comparison.behaviors)
    table = new_table("candidate")
    for heading in ("n", "accuracy", "broke", "NFR [95 %]", "mended", *(["cases"] if suites else [])):
        table.add_column(heading, justify="right", no_wrap=True)
    for name in comparison.candidates:
        result = comparison.result(task, name)
        nfr = result.nfr
        limits = "" if nfr.low is None or nfr.high is None else f" [{100 * nfr.low:.1f}, {100 * nfr.high:.1f}]"
        table.add_row(
            Text(printable(name)),
            f"{result.n:,}",
            percent(result.accuracy_new),
            Text(f"{result.negative_flip:,}", STYLES["negative_flip"]),
            f"{percent(nfr.value)}{limits}",
            Text(f"{result.positive_flip:,}", STYLES["positive_flip"]),
            *([_test_cases(comparison, task, name)] if suites else []),
        )
    return table


def _test_cases(comparison: Comparison, task: str, candidate: str) -> Text:
    found = [each for each in comparison.candidate(candidate).capabilities if each.task == task]
    broke, mended = (sum(getattr(each, name) for each in found) for name in ("negative_flip", "positive_flip"))
    return Text.assemble((f"{broke:,}", STYLES["negative_flip"]), "/", (f"{mended:,}", STYLES["positive_flip"]))


def _print_old(out: Console, old: OldInfo) -> None:
    out.print(Text("".join(old_parts(old))))
    for warning in old_warnings(old):
        out.print(Text(printable(f"note: {''.join(warning)}"), "yellow"))


def _table(results: list[MethodResult]) -> Table:
    table = new_table("method")
    for heading in ("accuracy\ngain [95 %]", "NFR\n[95 %]", "ratio\n[95 %]", "q", "models\ntime"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in results:
        style = STYLES["positive_flip" if is_better(each) else "negative_flip"] if is_clear(each) else ""
        table.add_row(
            Text.assemble(printable(each.method), "\n", (_about(each), "dim")),
            _accuracy(each),
            with_limits(each.nfr),
            Text.assemble((ratio(each.nfr_ratio), style), "\n", (ratio_limits(each.nfr_ratio), "dim")),
            Text(probability(each.q_value), style),
            Text.assemble(f"{each.models_trained}/{each.models_shipped}\n", (duration(each.training_seconds), "dim")),
        )
    return table


def _accuracy(result: MethodResult) -> Text:
    """Put what a method gains over the conventional update under its accuracy: that is what a lower NFR costs."""
    accuracy, gain = Text(percent(result.accuracy.value)), result.accuracy_gain
    return accuracy if gain.value is None else accuracy.append("\n").append_text(with_limits(gain, sign="+"))


def _about(result: MethodResult) -> str:
    return printable(", ".join(part for part in (of_seeds(result), settings_words(result.settings)) if part))
