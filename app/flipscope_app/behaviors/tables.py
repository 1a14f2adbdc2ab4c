"""What behavior suites found, as text and tables: data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.schema import BehaviorResult, CapabilityResult, SuiteInfo
from flipscope.words import percent
from flipscope_app.behaviors.capability_map import Cell, heat_map
from flipscope_app.markup import Html, Query, figure_cell, figure_table, join, link, tag
from flipscope_app.words import Q_TOLD, interval, points, probability, reason

#: What the types of tests expect.
TYPES = "MFT: the answer is known. INV: the answer must not change. DIR: the answer must move one way."
#: What each column says, in plain words; tooltips of the tables.
_COLUMNS = {
    "Capability": "What the tests are about.",
    "Type": TYPES,
    "Cases": "Test cases: what passes or fails as one. Those a rule does not apply to are counted, not judged.",
    "Failure rate": "Share of failed cases of those judged: old model → candidate.",
    "Broke": "Cases the old model passes and the candidate fails, of those judged for both.",
    "Mended": "Cases the old model fails and the candidate passes, of those judged for both.",
    "q": "McNemar's mid-p, corrected for how many of these rows were tested (Benjamini-Hochberg).",
}
_NOTE = f"Intervals are by template or perturbed sentence: cases made from one are not independent. {Q_TOLD}"


def link_name(test: BehaviorResult) -> str:
    """Get what links call a test: its name alone may be that of several."""
    return f"{test.task}/{test.suite}/{test.test}"


def several_tasks(comparison: Comparison) -> bool:
    """Whether suites were run for more than one task, so that it has to be said which one is meant."""
    return len({suite.task for suite in suites_of(comparison)}) > 1


def suites_of(comparison: Comparison) -> list[SuiteInfo]:
    """Get the suites that were run, of all tasks."""
    return [suite for info in comparison.manifest.tasks for suite in info.suites]


def behaviors_headline(comparison: Comparison, candidate: str) -> Html:
    """Tell how many test cases broke, where most of them did, and what the types of tests expect."""
    results = comparison.candidate(candidate).capabilities
    judged, broke, mended = (
        sum(getattr(each, name) for each in results) for name in ("both_evaluated", "negative_flip", "positive_flip")
    )
    who = f"{candidate}: " if len(comparison.candidates) > 1 else ""
    told = join(
        who, tag("b", f"{broke:,}", class_="fs-negative"), f" of {judged:,} test cases broke, ",
        tag("b", f"{mended:,}", class_="fs-positive"), f" {'was' if mended == 1 else 'were'} mended.",
    )  # fmt: skip
    worst = comparison.behaviors.worst(candidate)
    if worst is not None:
        share = percent(worst.nfr.value, 1)
        task = f", {worst.task}" if len({each.task for each in results}) > 1 else ""
        told = join(told, " Most broke in ", tag("b", worst.capability), f" {worst.type}{task} ({share}).")
    return join(tag("p", told, class_="fs-headline"), tag("p", TYPES, class_="fs-muted fs-small"))


def capability_table(comparison: Comparison, candidate: str, base: Mapping[str, str], most: int) -> Html:
    """Make the table of the capabilities and test types where the largest share broke, each with a link.

    Each rate has its counts and interval; where there are more than `most`, how many there are is told.
    """
    results = comparison.candidate(candidate).capabilities
    several = several_tasks(comparison)
    shown = sorted(results, key=lambda each: -(each.nfr.value or 0.0))[:most]
    cells = {id(test): cell for cell in heat_map(comparison, candidate).cells.values() for test in cell.tests}
    names = {
        (test.task, test.capability, test.type): cells[id(test)].name
        for test in comparison.candidate(candidate).behaviors
    }
    rows = []
    for each in shown:
        target = {**base, "cell": names[each.task, each.capability, each.type]}
        tests = f"{each.tests} test{'' if each.tests == 1 else 's'}"
        named = [tag("th", link("behaviors", target, each.capability), scope="row"), figure_cell(each.type, tests)]
        rows.append(tag("tr", *([tag("td", each.task)] if several else []), *named, *_figures(each)))
    told = _NOTE
    if len(results) > len(shown):
        told = f"The {len(shown)} of {len(results)} capabilities and types where the largest share broke. {told}"
    heads = [*(["Task"] if several else []), *_COLUMNS]
    return join(_table(heads, rows), tag("p", told, class_="fs-muted fs-small"))


def tests_table(comparison: Comparison, tests: Sequence[BehaviorResult], base: Mapping[str, str]) -> Html:
    """Make the table of tests, each with a link to its cases."""
    several = several_tasks(comparison)
    rows = []
    for test in tests:
        target = {**base, "test": link_name(test)}
        below = f"{test.task} · {test.capability}" if several else test.capability
        name = join(link("behaviors", target, test.test), tag("span", below, class_="fs-below"))
        rows.append(tag("tr", tag("th", name, scope="row"), tag("td", test.type), *_figures(test)))
    heads = ["Test", *(name for name in _COLUMNS if name != "Capability")]
    return join(_table(heads, rows), tag("p", _NOTE, class_="fs-muted fs-small"))


def figures_of(test: BehaviorResult) -> Html:
    """Make the figures of one test: the same columns as the table of tests."""
    heads = [name for name in _COLUMNS if name not in ("Capability", "Type")]
    return _table(heads, [tag("tr", *_figures(test))])


def _table(names: Sequence[str], rows: Sequence[Html]) -> Html:
    return figure_table({name: _COLUMNS.get(name, "") for name in names}, rows)


def _figures(each: CapabilityResult | BehaviorResult) -> list[Html]:
    """Make the cells of all figures, from the number of cases on."""
    return [
        figure_cell(f"{each.cases:,}", "" if each.both_evaluated == each.cases else f"{each.both_evaluated:,} judged"),
        figure_cell(
            f"{percent(each.old_fail_rate, 1)} → {percent(each.new_fail_rate, 1)}",
            "" if each.old_evaluated == each.new_evaluated else f"of {each.old_evaluated:,} → {each.new_evaluated:,}",
        ),
        _flips(each, "negative_flip"),
        _flips(each, "positive_flip"),
        figure_cell(probability(each.q_value), reason(each.q_value_reason)),
    ]


def _flips(each: CapabilityResult | BehaviorResult, outcome: str) -> Html:
    count = getattr(each, outcome)
    rate = each.nfr if outcome == "negative_flip" else each.pfr
    colour = "fs-negative" if outcome == "negative_flip" else "fs-positive"
    shown = tag("span", f"{count:,}", class_=colour) if count else Html("0")
    limits = interval(rate.low, rate.high, 1) or reason(rate.reason)
    return figure_cell(join(shown, " ", tag("span", percent(rate.value, 1), class_="fs-rate")), limits)


def candidates_table(comparison: Comparison) -> Html:
    """Put the candidates side by side: what each broke of every cell of the map."""
    maps = {name: heat_map(comparison, name).cells for name in comparison.candidates}
    places = dict.fromkeys(place for cells in maps.values() for place in cells)
    rows = []
    for place in places:
        cells = [_side(maps[name].get(place)) for name in comparison.candidates]
        rows.append(tag("tr", tag("th", place[0], scope="row"), tag("td", place[1]), *cells))
    return _table(["Capability", heat_map(comparison, comparison.candidates[0]).across.title(), *maps], rows)


def _side(cell: Cell | None) -> Html:
    if cell is None or not cell.judged:
        return figure_cell("–")
    broke = tag("span", f"{cell.broke:,}", class_="fs-negative") if cell.broke else Html("0")
    share = tag("span", f"{percent(cell.nfr, 1)} of {cell.judged:,}", class_="fs-rate")
    return figure_cell(join(broke, " ", share), f"failure rate {points(cell.change, 1)}")


def templates_table(templates: pd.DataFrame, target: Mapping[str, Query]) -> Html:
    """Make the table of a test's templates, most broken cases first; each leads to its cases.

    `templates` is as ``Behaviors.by(["test", "cluster"])`` gives it, for one test.
    """
    rows = []
    for row in templates.to_dict("records"):
        broke = tag("span", f"{row['negative_flip']:,}", class_="fs-negative") if row["negative_flip"] else Html("0")
        mended = tag("span", f"{row['positive_flip']:,}", class_="fs-positive") if row["positive_flip"] else Html("0")
        name = link("behaviors", {**target, "template": str(row["cluster"])}, str(row["cluster"]))
        sample = row["sample"] if isinstance(row["sample"], str) else ""
        cells = [
            tag("td", sample, class_="fs-sample"),
            figure_cell(f"{row['n']:,}"),
            figure_cell(broke),
            figure_cell(mended),
        ]
        rows.append(tag("tr", tag("th", name, scope="row"), *cells))
    return _table(["Template", "One of its cases", "Judged", "Broke", "Mended"], rows)


def not_evaluated_table(tests: Sequence[BehaviorResult]) -> Html:
    """List the tests without results, and why."""
    rows = [
        tag("tr", tag("th", test.test, scope="row"), tag("td", f"{test.task} · {test.capability}"),
            tag("td", test.not_evaluated or "", class_="fs-sample"))
        for test in tests
    ]  # fmt: skip
    return _table(["Test", "Task and capability", "Why"], rows)


def suites_told(suites: list[SuiteInfo]) -> str:
    """Name the suites and their sizes in one line."""
    told = (f"{suite.name} ({suite.tests} tests, {suite.cases:,} cases)" for suite in suites)
    return "Suites: " + ", ".join(dict.fromkeys(told))
