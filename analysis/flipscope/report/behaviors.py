"""What behavior suites found: by capability, and the tests that broke most."""

from __future__ import annotations

from flipscope.comparison import Comparison
from flipscope.report import Options
from flipscope.report.blocks import (
    Block,
    Cell,
    Chart,
    Heading,
    Mark,
    Panel,
    Paragraph,
    Parts,
    Plot,
    Row,
    Table,
    Words,
    cell,
    clip,
)
from flipscope.report.charts import MOST_ROWS
from flipscope.report.figures import flip_cell, flip_counts, flip_panel
from flipscope.schema import BehaviorResult, CapabilityResult
from flipscope.words import percent, probability

_MOST_CAPABILITIES, _MOST_TESTS = 40, 15
_NAME = 100  # characters of a test's name
_FIGURES = ("Cases", "Fail rate", "Broke (NFR)", "Mended (PFR)", "q")


def behavior_lead(comparison: Comparison, candidate: str) -> Parts:
    """Tell how many test cases broke, and where most of them did."""
    results = comparison.candidate(candidate).capabilities
    judged, broke, mended = (
        sum(getattr(each, name) for each in results) for name in ("both_evaluated", "negative_flip", "positive_flip")
    )
    told = (
        Words(f"{broke:,}", "negative"),
        Words(f" of {judged:,} behavior test cases broke, "),
        Words(f"{mended:,}", "positive"),
        Words(f" {'was' if mended == 1 else 'were'} mended."),
    )
    worst = comparison.behaviors.worst(candidate)
    if worst is None:
        return told
    share = Words(f" ({worst.type}, {percent(worst.nfr.value, 1)}).")
    return (*told, Words(" Most broke in "), worst.capability, Words(" of "), worst.task, share)


def behaviors(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell what broke by task, capability and test type, and by test."""
    if not comparison.behaviors:
        return []
    blocks: list[Block] = []
    for candidate in candidates:
        who = (candidate, Words(": ")) if len(comparison.candidates) > 1 else ()
        blocks += [Heading((*who, Words("By capability"))), *_capabilities(comparison, candidate)]
        blocks += [Heading((*who, Words("Tests that broke most"))), *_tests(comparison, candidate)]
    return blocks


def _capabilities(comparison: Comparison, candidate: str) -> list[Block]:
    results = comparison.candidate(candidate).capabilities
    worst = sorted(results, key=lambda each: -(each.nfr.value or 0.0))[:_MOST_CAPABILITIES]
    reach = _reach(worst) if len(worst) < 2 else None  # else there is a chart
    rows = [
        (
            cell(each.task),
            cell(each.capability),
            cell(Words(each.type), below=Words(f"{each.tests} test{'' if each.tests == 1 else 's'}")),
            *_cells(each, reach),
        )
        for each in worst
    ]
    of = f"The {len(worst)} of {len(results)} where the largest share broke. " if len(worst) < len(results) else ""
    chart = [_chart(worst[:MOST_ROWS], len(results))] if len(worst) > 1 else []
    return [*chart, _table(("Task", "Capability", "Type"), rows), Paragraph((Words(of + _NOTE),), "note")]


def _chart(results: list[CapabilityResult], total: int) -> Chart:
    """Draw how many cases fail, and how many of them are new failures."""
    fails = tuple((_fail_mark(each, "old"), _fail_mark(each, "new")) for each in results)
    of = f" The {len(results)} of {total} where the largest share broke." if len(results) < total else ""
    return Chart(
        Words(f"How many test cases fail, and what changed.{of}"),
        tuple(Row(each.capability, f"{each.type} · {each.task}", flip_counts(each)) for each in results),
        (
            Panel(Words("Fail rate"), (Words("Old model", "old"), Words("Candidate")), fails, joined=True),
            flip_panel(results, "Share of cases, with 95 % intervals"),
        ),
    )


def _fail_mark(each: CapabilityResult, side: str) -> Mark | None:
    rate, fails, of = (getattr(each, f"{side}_{name}") for name in ("fail_rate", "fails", "evaluated"))
    return None if rate is None else Mark(rate, None, None, Words(f"{fails:,} of {of:,}, {percent(rate)}"))


def _tests(comparison: Comparison, candidate: str) -> list[Block]:
    results = comparison.candidate(candidate).behaviors
    broken = sorted((each for each in results if each.negative_flip), key=lambda each: -each.negative_flip)
    worst = broken[:_MOST_TESTS]
    if not worst:
        return [Paragraph((Words("No test case broke."),))]
    reach = _reach(worst)
    rows = [
        (
            cell(clip(each.test, _NAME), below=(each.task, Words(", "), each.capability, Words(f" {each.type}"))),
            *_cells(each, reach),
        )
        for each in worst
    ]
    told = f"{len(worst)} of the {len(broken)} tests with broken cases; {len(results)} tests in all."
    return [_table(("Test",), rows), Paragraph((Words(told),), "note")]


_NOTE = (
    "Broken and mended: of the cases that both models have a result on. Intervals are by template or perturbed "
    "sentence: cases made from one are not independent."
)


def _table(keys: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Table:
    return Table(tuple(map(Words, (*keys, *_FIGURES))), tuple(rows), numbers=len(_FIGURES))


def _cells(each: CapabilityResult | BehaviorResult, reach: float | None) -> tuple[Cell, ...]:
    judged = "" if each.both_evaluated == each.cases else f"{each.both_evaluated:,} judged"
    of = "" if each.old_evaluated == each.new_evaluated else f"of {each.old_evaluated:,} → {each.new_evaluated:,}"
    rates = f"{percent(each.old_fail_rate, 1)} → {percent(each.new_fail_rate, 1)}"
    return (
        cell(Words(f"{each.cases:,}"), below=Words(judged)),
        cell(
            Words(rates),
            below=Words(of),
            plot=None if reach is None else _dumbbell(each.old_fail_rate, each.new_fail_rate),
        ),
        flip_cell(each.negative_flip, each.nfr, "negative", reach),
        flip_cell(each.positive_flip, each.pfr, "positive", reach),
        cell(Words(probability(each.q_value)) if each.q_value is not None else Words("few flips", "muted")),
    )


def _dumbbell(old: float | None, new: float | None) -> Plot | None:
    """Draw both fail rates on an axis from 0 to 1."""
    if old is None or new is None:
        return None
    role = "negative" if new > old else "positive" if new < old else ""
    return Plot(min(old, new), max(old, new), ((old, "old"), (new, role)), zero=0.0)


def _reach(results: list[CapabilityResult] | list[BehaviorResult]) -> float:
    limits = (limit for each in results for limit in (each.nfr.high, each.pfr.high) if limit is not None)
    return max(limits, default=0.0) or 1.0
