"""Tables of behaviors for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from flipscope.behaviors.words import expectation
from flipscope.comparison import Comparison
from flipscope.printable import printable
from flipscope.schema import BehaviorResult, CandidateResult, CapabilityResult
from flipscope.terminal import STYLES, console, new_table, with_limits
from flipscope.words import percent

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from flipscope.behaviors.suite import Suite

_MOST_ROWS = 16  # of capabilities; more are not read
_MOST_CHARACTERS = 300  # of one input; a case may have a dozen of them


def print_capabilities(comparison: Comparison) -> None:
    """Print what broke by task, capability and test type, and the tests of the worst capability."""
    out = console()
    for candidate in comparison.results.candidates:
        if not candidate.capabilities:
            continue
        title = f"Behaviors, {candidate.name}" if len(comparison.candidates) > 1 else "Behaviors"
        out.print(Text(title, "bold"))
        several = bool(_in_task(candidate, ""))
        table = new_table(*(["task"] if several else []))
        table.add_column("capability\ntype", no_wrap=True)
        _add_columns(table)
        for each in _worth_printing(candidate.capabilities):
            keys = [Text(printable(each.task))] if several else []
            tests = f"{each.type}, {each.tests} test{'' if each.tests == 1 else 's'}"
            name = Text.assemble(printable(each.capability), "\n", (tests, "dim"))
            table.add_row(*keys, name, *_figures(each))
        out.print(table)
        if (more := len(candidate.capabilities) - _MOST_ROWS) > 0:
            out.print(
                Text(f"... and {more} more with fewer negative flips; flipscope show --tests has every test", "dim")
            )
        _print_worst(out, comparison, candidate)
    out.print(
        Text(
            "Counts are test cases. Flips and their rate: of the cases both models have a result on. Intervals allow "
            "for cases of one template; q: McNemar's mid-p, corrected for all that were tested.",
            "dim",
        )
    )


def _in_task(candidate: CandidateResult, task: str) -> str:
    """Name the task where there are several."""
    return f"{printable(task)}, " if len({each.task for each in candidate.capabilities}) > 1 else ""


def _worth_printing(results: Sequence[CapabilityResult]) -> list[CapabilityResult]:
    """Choose those where most cases broke, when there are too many to read; in their own order."""
    most = sorted(results, key=lambda each: -each.negative_flip)[:_MOST_ROWS]
    return [each for each in results if any(each is chosen for chosen in most)]


def _print_worst(out: Console, comparison: Comparison, candidate: CandidateResult) -> None:
    worst = comparison.behaviors.worst(candidate.name)
    if worst is None:
        return
    where = f"{_in_task(candidate, worst.task)}{printable(worst.capability)} ({worst.type})"
    told = f"{where}, {worst.negative_flip:,} of {worst.both_evaluated:,} cases. Its tests:"
    out.print(Text.assemble(("Broke most: ", "bold"), told))
    key = (worst.task, worst.capability, worst.type)
    tests = [each for each in candidate.behaviors if (each.task, each.capability, each.type) == key]
    _print_tests(out, sorted(tests, key=lambda each: -each.negative_flip))


def print_tests(comparison: Comparison) -> None:
    """Print every test of all suites, those with most negative flips first."""
    out = console()
    for candidate in comparison.results.candidates:
        if len(comparison.candidates) > 1:
            out.print(Text(candidate.name, "bold"))
        _print_tests(out, sorted(candidate.behaviors, key=lambda each: -each.negative_flip), capability=True)
        tested = sum(each.q_value is not None for each in candidate.behaviors)
        note = (
            f"{len(candidate.behaviors)} tests, {tested} with 6 flips or more; q corrects for that many. Judged: both "
            "models have a result; fail rates are over the cases that each model has one on."
        )
        out.print(Text(note, "dim"))


def _print_tests(out: Console, tests: Sequence[BehaviorResult], *, capability: bool = False) -> None:
    table = new_table("test")
    _add_columns(table)
    for each in tests:
        name = Text(printable(each.test))
        if capability:
            name.append(f"\n{printable(each.capability)} {each.type}", "dim")
        if each.not_evaluated:
            name.append(f"\nnot evaluated: {printable(each.not_evaluated)}", "yellow")
        elif each.both_evaluated == 0:
            name.append("\nno case applies to both models", "yellow")
        table.add_row(name, *_figures(each))
    out.print(table)


def _add_columns(table: Table) -> None:
    for heading in ("cases", "fail rate\nold -> new", "negative\nflips", "rate\n[95 %]", "positive\nflips", "q"):
        table.add_column(heading, justify="right", no_wrap=True)


def _figures(each: BehaviorResult | CapabilityResult) -> Iterable[Text]:
    cases = Text(f"{each.cases:,}")
    if each.both_evaluated < each.cases:
        cases.append(f"\n{each.both_evaluated:,} judged", "dim")
    if each.both_evaluated == 0:
        return (cases, Text(_fail_rates(each)), *(Text("-") for _ in range(4)))
    return (
        cases,
        Text(_fail_rates(each)),
        Text(f"{each.negative_flip:,}", style=STYLES["negative_flip"]),
        with_limits(each.nfr),
        Text(f"{each.positive_flip:,}", style=STYLES["positive_flip"]),
        Text("few flips" if each.q_value is None else f"{each.q_value:.2g}"),
    )


def _fail_rates(each: BehaviorResult | CapabilityResult) -> str:
    """Tell both fail rates; of how many cases, where that is not the same for both."""
    rates = (percent(each.old_fail_rate, 1), percent(each.new_fail_rate, 1))
    evaluated = (each.old_evaluated, each.new_evaluated)
    if evaluated[0] == evaluated[1]:
        return "\n".join(rates)
    return "\n".join(f"{rate} of {n:,}" for rate, n in zip(rates, evaluated, strict=True))


def print_cases(comparison: Comparison, frame: pd.DataFrame, total: int) -> None:
    """Print test cases one under the other: what was expected, and every input with what both models answered."""
    out = console()
    rules = {(each.suite, each.test): each.expectation for each in comparison.results.candidates[0].behaviors}
    for row in frame.to_dict("records"):
        outcome = row["outcome"]
        known = isinstance(outcome, str)
        head = Text()
        words = outcome.replace("_", " ") if known else "no result on both"
        head.append(words, style=f"bold {STYLES[outcome]}" if known else "bold")
        head.append(printable(f"  {row['task']} {row['capability']} {row['type']}: {row['test']}"))
        results = (
            f"  old {row['old_result'].replace('_', ' ')}, {row['candidate']} {row['new_result'].replace('_', ' ')}"
        )
        head.append(printable(results + f"  #{row['case_id']}"), style="dim")
        out.print(head, soft_wrap=True)
        if rule := rules.get((row["suite"], row["test"])):
            out.print(Text(f"  expected: {printable(rule)}", "dim"))
        for example in row["inputs"]:
            _print_example(out, example, row["candidate"])
    out.print(Text(f"{len(frame):,} of the {total:,} cases that fit" if total else "no case fits", style="dim"))


def _print_example(out: Console, example: dict[str, Any], candidate: str) -> None:
    texts = [text for text in (example["text_a"], example["text_b"]) if isinstance(text, str)]
    out.print(Text("  " + printable(" | ".join(texts))[:_MOST_CHARACTERS]))
    line = Text("    ")
    if isinstance(example["label"], str):
        line.append(printable(f"label {example['label']}  "), style="dim")
    for side, name in (("old", "old"), ("new", candidate)):
        failed = example[f"{side}_pass"] is False
        confidence = example[f"{side}_conf"]
        sure = "" if confidence is None or confidence != confidence else f" ({confidence:.1%})"
        fails = " fails" if failed else ""
        style = "red" if failed and side == "new" else ""
        line.append(printable(f"{name} {example[f'{side}_pred']}{sure}{fails}  "), style=style)
    out.print(line)


def print_suites(suites: Sequence[Suite]) -> None:
    """Print what suites there are, with their sizes."""
    out = console()
    table = new_table()
    table.add_column("suite", no_wrap=True)
    for heading in ("tasks", "capabilities"):
        table.add_column(heading, overflow="fold")
    for heading in ("tests", "cases", "inputs"):
        table.add_column(heading, justify="right")
    for suite in suites:
        capabilities = ", ".join(dict.fromkeys(test.capability for test in suite.tests))
        table.add_row(
            suite.source, ", ".join(suite.tasks), capabilities,
            f"{len(suite.tests)}", f"{suite.cases:,}", f"{suite.examples:,}",
        )  # fmt: skip
    out.print(table)
    out.print(
        Text("Use one with --suite, or 'auto' for what suits the task. A suite of your own: docs/behaviors.md", "dim")
    )


def print_suite(suite: Suite, test: str | None, cases: int) -> None:
    """Print a suite's tests, each with some cases."""
    out = console()
    tests = f"{len(suite.tests)} test{'' if len(suite.tests) == 1 else 's'}"
    about = (
        f"{suite.name}: {tests}, {suite.cases:,} cases; classes {', '.join(suite.labels) or 'none, answers are texts'}"
    )
    out.print(Text(printable(about), "bold"))
    for note in suite.notes:
        out.print(Text(printable(f"note: {note}"), "yellow"))
    for each in suite.tests:
        if test is not None and each.name != test:
            continue
        head = Text.assemble((printable(each.name), "bold"), printable(f"  {each.capability} {each.type}"))
        head.append(f"  {each.cases:,} cases", "dim")
        out.print(head, soft_wrap=True)
        if each.description:
            out.print(Text("  " + printable(each.description), "dim"))
        out.print(Text(f"  expected: {printable(expectation(each))}", "dim"))
        for start, end in list(zip(each.starts[:-1], each.starts[1:], strict=True))[:cases]:
            for row in range(int(start), int(end)):
                texts = [text for text in (each.text_a[row], each.text_b[row]) if text is not None]
                label = f"  -> {each.labels[row]}" if each.labels[row] is not None else ""
                bullet = "  - " if row == start else "    "
                out.print(Text(bullet + printable(" | ".join(texts))[:_MOST_CHARACTERS] + printable(label)))
