"""The figures of a comparison as text and tables: data in, markup out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flipscope.comparison import Comparison
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.schema import TaskResult
from flipscope.words import percent
from flipscope_app.markup import Html, figure_cell, figure_table, join, link, tag
from flipscope_app.words import (
    LEFT_OUT_NAMES,
    OUTCOME_NAMES,
    OUTCOME_SIGNS,
    interval,
    number,
    points,
    probability,
    reason,
)

#: What each figure says, in plain words; tooltips of the table and the text under it.
EXPLANATIONS = {
    "Examples": "Examples with a gold label and an answer of both models.",
    "Accuracy": "Share of right answers: old model → candidate.",
    "Change": "Accuracy of the candidate minus that of the old model, in percentage points.",
    "Broke (NFR)": "Negative flips: the old model was right, the candidate is wrong. Their share of all examples "
    "is the negative flip rate (NFR).",
    "Mended (PFR)": "Positive flips: the old model was wrong, the candidate is right. Their share of all examples "
    "is the positive flip rate (PFR).",
    "NFR per gain": "What the gain costs: examples broken for each example gained on balance. 0: nothing broke; "
    "1: one broke for every one gained. Below 0, accuracy fell.",
    "McNemar p": "If neither model were really better, how often would chance alone split the flips at least this "
    "unevenly into broken and mended? A small value says that the models really differ.",
}


def headline(comparison: Comparison, candidate: str) -> Html:
    """Tell in a sentence or two what a candidate broke and mended."""
    results = [comparison.result(task, candidate) for task in comparison.tasks]
    total = sum(result.n for result in results)
    broke = sum(result.negative_flip for result in results)
    mended = sum(result.positive_flip for result in results)
    if total == 0:
        return tag("p", "There is no example to judge.", class_="fs-headline")
    counts = join(
        tag("b", f"{broke:,}", class_="fs-negative"), f" of {total:,} examples broke, ",
        tag("b", f"{mended:,}", class_="fs-positive"), f" {'was' if mended == 1 else 'were'} mended",
    )  # fmt: skip
    if len(results) == 1:
        accuracy = f"; accuracy {percent(results[0].accuracy_old, 1)} → {percent(results[0].accuracy_new, 1)}."
        return tag("p", counts, accuracy, class_="fs-headline")
    rose = sum((result.accuracy_delta.value or 0) > 0 for result in results)
    worst = max(results, key=lambda result: result.nfr.value or 0)
    on = "all" if rose == len(results) else str(rose)
    told = join(f" over {len(results)} tasks; accuracy rose on {on} of them. ")
    if broke:
        told = join(told, "Most broke in ", tag("b", worst.task), f" ({percent(worst.nfr.value, 1)}).")
    return tag("p", counts, told, class_="fs-headline")


def figures_table(comparison: Comparison, candidates: Sequence[str], base: dict[str, str]) -> Html:
    """Make the table of all tasks and some candidates, each rate with its count and interval.

    `base` is what every link to the Examples page carries.
    """
    several = len(candidates) > 1
    reach = _reach(comparison)
    rows = [
        _row(
            comparison.result(task, candidate),
            candidate if several else None,
            examples_query(comparison, base, task, candidate),
            reach,
        )
        for task in comparison.tasks
        for candidate in candidates
    ]
    names = ["Task", *(["Candidate"] if several else []), *EXPLANATIONS]
    return figure_table({name: EXPLANATIONS.get(name, "") for name in names}, rows)


def examples_query(comparison: Comparison, base: dict[str, str], task: str, candidate: str) -> dict[str, str]:
    """Make the query of the Examples page for a task; what there is only one of goes without saying."""
    query = {**base, "task": task}
    return {**query, "candidate": candidate} if len(comparison.candidates) > 1 else query


def compact_grid(comparison: Comparison, task: str, candidate: str, base: dict[str, str]) -> Html:
    """Draw a task's flip grid in little: counts and rates alone, each square a link to its examples."""
    result = comparison.result(task, candidate)
    target = examples_query(comparison, base, task, candidate)
    squares = [_square(result, outcome, target) for outcome in OUTCOMES]
    page = {"grid_task" if name == "task" else name: value for name, value in target.items()}
    title = tag("h3", link("grid", page, task), tag("span", f"{result.n:,} examples", class_="fs-muted"))
    grid = tag("div", *squares, class_="fs-small-grid", role="group", aria_label=f"Flip grid of {task}")
    return tag("div", title, grid, class_="fs-small-card")


def _square(result: TaskResult, outcome: str, target: dict[str, str]) -> Html:
    count: int = getattr(result, outcome)
    name = tag("span", OUTCOME_SIGNS[outcome], class_="fs-sign")
    low, high = (float(limit) for limit in wilson(count, result.n)) if result.n else (None, None)
    rate = tag("span", percent(count / result.n if result.n else None, 1), class_="fs-rate")
    limits = tag("span", interval(low, high, 1), class_="fs-below")
    inside = join(name, tag("span", tag("b", f"{count:,}", class_="fs-count"), " ", rate), limits)
    kind = f"fs-square fs-{outcome.replace('_', '-')}"
    if not count:
        return tag("div", inside, class_=kind)
    spoken = f"See all {count:,} {OUTCOME_NAMES[outcome].lower()} of {result.task}"
    return link("examples", {**target, "outcome": OUTCOME_NAMES[outcome]}, inside, class_=kind, aria_label=spoken)


def explanations() -> Html:
    """Say what the figures mean."""
    entries = [join(tag("dt", name), tag("dd", text)) for name, text in EXPLANATIONS.items()]
    closing = tag("p", "Intervals are at 95 %: Wilson's for rates, Newcombe's paired one for the change.")
    return tag("div", tag("dl", *entries, class_="fs-terms"), closing)


def remarks(comparison: Comparison, candidate: str) -> list[str]:
    """Tell what limits the comparison: warnings, rows left out, answers too close to call."""
    lines = list(comparison.manifest.warnings)
    for task in comparison.tasks:
        result = comparison.result(task, candidate)
        for cause, count in result.left_out.items():
            known = LEFT_OUT_NAMES.get(cause, cause.replace("_", " "))
            lines.append(f"{task}: {count:,} rows {known} are left out.")
        if result.borderline:
            lines.append(
                f"{task}: {result.borderline:,} answers are too close to call (borderline), "
                f"{result.borderline_negative_flip:,} of them among the negative flips."
            )
    return lines


def _row(result: TaskResult, candidate: str | None, target: dict[str, str], reach: float) -> Html:
    delta = result.accuracy_delta
    cells = [tag("th", result.task, scope="row")]
    if candidate is not None:
        cells.append(tag("td", candidate))
    cells += [
        figure_cell(f"{result.n:,}"),
        figure_cell(f"{percent(result.accuracy_old, 1)} → {percent(result.accuracy_new, 1)}"),
        figure_cell(
            join(tag("span", points(delta.value), class_="fs-change"), _interval_bar(result, reach)),
            "" if delta.low is None else f"[{points(delta.low)}, {points(delta.high)}]",
        ),
        _flips(result, target, "negative_flip"),
        _flips(result, target, "positive_flip"),
        figure_cell("–" if result.nfr_over_gain is None else number(result.nfr_over_gain, ".2f"), _gain_note(result)),
        figure_cell(probability(result.mcnemar_p), reason(result.mcnemar_p_reason)),
    ]
    return tag("tr", *cells)


def _flips(result: TaskResult, target: dict[str, str], outcome: str) -> Html:
    count = getattr(result, outcome)
    rate = result.nfr if outcome == "negative_flip" else result.pfr
    colour = "fs-negative" if outcome == "negative_flip" else "fs-positive"
    query = {**target, "outcome": OUTCOME_NAMES[outcome]}
    shown = link("examples", query, f"{count:,}", class_=colour) if count else Html("0")
    return figure_cell(
        join(shown, " ", tag("span", percent(rate.value), class_="fs-rate")), interval(rate.low, rate.high)
    )


def _gain_note(result: TaskResult) -> str:
    if result.nfr_over_gain is None:
        return reason(result.nfr_over_gain_reason)
    return "accuracy fell" if result.nfr_over_gain < 0 else "broke per one gained"


def _reach(comparison: Comparison) -> float:
    """Find the half-width of the axis that all changes fit on."""
    deltas = [result.accuracy_delta for candidate in comparison.results.candidates for result in candidate.tasks]
    limits: Iterable[float] = (abs(limit) for delta in deltas for limit in (delta.low, delta.high) if limit is not None)
    return max(limits, default=0.0) or 1.0


def _interval_bar(result: TaskResult, reach: float) -> Html:
    """Draw the change and its interval on an axis around zero; the same axis in all rows."""
    delta = result.accuracy_delta
    if delta.value is None or delta.low is None or delta.high is None:
        return Html("")

    def place(change: float) -> float:
        return 50 + 50 * change / reach

    line = tag("i", style=f"left:{place(delta.low):.1f}%;width:{place(delta.high) - place(delta.low):.1f}%")
    dot = tag("b", style=f"left:{place(delta.value):.1f}%")
    return tag("span", line, dot, class_="fs-axis", aria_hidden="true")
