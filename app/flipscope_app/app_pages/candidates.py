"""Candidates: ways to reduce regressions, what each costs, and the seeds of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.mitigate.words import settings_words
from flipscope.study import MethodResult, Study
from flipscope_app.candidates import capabilities, tables
from flipscope_app.candidates.advice import show_advice
from flipscope_app.candidates.charts import CHOSEN_MARKS, FAMILIES, seeds_chart, symbols_of, trade_off_chart
from flipscope_app.candidates.points import (
    Point,
    candidate_points,
    old_accuracy,
    results_of,
    seeds_chosen,
    study_points,
)
from flipscope_app.markup import Html, show, show_linked, tag
from flipscope_app.overview import natural
from flipscope_app.overview.task_charts import SYMBOLS
from flipscope_app.state import ask_for, base_query, current, current_candidate, note, warn_of_unknown

_ALL = "All tasks"


def page() -> None:
    """Show the page."""
    comparison = current()
    candidate = current_candidate(comparison)
    study = comparison.manifest.study
    show(tag("h1", "Candidates", class_="fs-hidden"))
    if study is not None and study.methods:
        _study(comparison, study, candidate)
        show_advice(comparison, candidate)
        _trainings(study)
    else:
        _side_by_side(comparison, candidate)
        show_advice(comparison, candidate)
        _how_to_get_more()


def _study(comparison: Comparison, study: Study, candidate: str) -> None:
    places = st.columns([9, 2], gap="medium") if len(study.old) > 1 else [st.container()]
    with places[-1]:
        task = _choose_task([old.task for old in study.old], pooled=any(each.task is None for each in study.methods))
    results = results_of(study, task)
    with places[0]:
        show(tables.headline(study, results))
    show(tables.old_told(study, comparison, task))
    if told := [line for old in study.old if task in (None, old.task) for line in tables.flags(old)]:
        show(note("warning", *told))
    points = study_points(comparison, study, task)
    if points:
        left, right = st.columns([7, 5], gap="medium")
        with left, st.container(border=True, key="trade off", height="stretch"):
            _trade_off(comparison, points, task)
        with right, st.container(border=True, key="seeds", height="stretch"):
            _seeds(comparison, study, points, task)
    show_linked(tables.methods_table(comparison, study, results, candidate), key="methods")
    _capabilities(comparison, results, task)


def _side_by_side(comparison: Comparison, candidate: str) -> None:
    """Show the candidates of a comparison without a study, where there are several."""
    if not comparison.tasks or len(comparison.candidates) == 1:
        return
    task = _choose_task(comparison.tasks, pooled=False) or comparison.tasks[0]
    if points := candidate_points(comparison, task):
        with st.container(border=True, key="trade off"):
            _trade_off(comparison, points, task)
    show_linked(tables.candidates_table(comparison, task, candidate), key="candidates")


def _how_to_get_more() -> None:
    told = (
        " trains new models in several ways (plain, distilled from the old model, ensembles, the best of several "
        "seeds, interpolated weights) and compares them all here: what each breaks, and what it costs. "
        "How to write the spec: docs/mitigation.md."
    )
    show(tag("p", tag("code", "flipscope mitigate SPEC.toml"), told, class_="fs-candidates-told"))


def _choose_task(tasks: list[str], *, pooled: bool) -> str | None:
    """Let the visitor choose a task, or all together (None) where they were judged together."""
    shown = [*([_ALL] if pooled and len(tasks) > 1 else []), *tasks]
    if len(shown) == 1:
        return shown[0]
    warn_of_unknown("judged_on", shown, "a task")
    if st.session_state.get("judged_on") not in (None, *shown):
        del st.session_state["judged_on"]  # of another comparison
    chosen = st.selectbox(
        "Judged on",
        shown,
        key="judged_on",
        bind="query-params",
        width=220,
        label_visibility="collapsed",
    )
    return None if chosen == _ALL and pooled else chosen


def _trade_off(comparison: Comparison, points: Sequence[Point], task: str | None) -> None:
    show(tag("h2", "Accuracy against regressions", class_="fs-part"))
    figure = trade_off_chart(points, old_accuracy(comparison, task), dark=_dark())
    _opening_chart(
        comparison, figure, f"trade off of {task}",
        "Accuracy over negative flip rate of each method with 95 % intervals, and of each of its seeds; the table has "
        "the same figures",
    )  # fmt: skip
    marks = _legend(points) if len(set(symbols_of(points).values())) > 1 else []
    several = any(len(point.candidates) > 1 for point in points)
    hints = ["small: one seed"] if several else [] if marks else ["the mouse shows the names of all marks"]
    line = tag("span", tag("b", "—"), " frontier: nothing else breaks less and is as good")
    show(tag("p", *marks, line, *(tag("span", hint) for hint in hints), class_=_LEGEND))


def _seeds(comparison: Comparison, study: Study, points: Sequence[Point], task: str | None) -> None:
    show(tag("h2", "Regressions of each seed", class_="fs-part"))
    chosen = seeds_chosen(study, task)
    _opening_chart(
        comparison, seeds_chart(points, chosen, dark=_dark()), f"seeds of {task}",
        "Negative flip rate of each seed of each method; the Overview of each has the same figure",
    )  # fmt: skip
    marks = [tag("span", tag("b", CHOSEN_MARKS[kind][1], class_="fs-family-picked"), f" taken by {kind}")
             for kind in chosen]  # fmt: skip
    if not chosen and any(point.kind in CHOSEN_MARKS for point in points):
        marks = [tag("span", "Which seeds were chosen shows for one task: it may be another one on each.")]
    mean = tag("span", tag("b", "|"), " mean")
    show(tag("p", mean, *marks, tag("span", "A click on a mark opens its Overview."), class_=_LEGEND))


_LEGEND = "fs-muted fs-small fs-legend"


def _legend(points: Sequence[Point]) -> list[Html]:
    symbols = symbols_of(points)
    return [
        tag("span", tag("b", SYMBOLS[symbols[point.name]], class_=f"fs-family-{FAMILIES[point.kind]}"),
            f" {point.name}")
        for point in points
    ]  # fmt: skip


def _opening_chart(comparison: Comparison, figure: Any, key: str, told: str) -> None:
    """Show a chart in which a click on a mark opens the Overview of its candidate."""

    def open_candidate() -> None:
        for point in st.session_state[key].selection["points"]:
            ask_for("overview", base_query(comparison, str(point["customdata"])))

    st.plotly_chart(
        figure, key=key, on_select=open_candidate, selection_mode="points", config={"displayModeBar": False}, alt=told
    )


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _capabilities(comparison: Comparison, results: Sequence[MethodResult], task: str | None) -> None:
    """Show what each method breaks of each capability: of the suites, else of the evaluation data."""
    if comparison.behaviors:
        counts, what, left_out = capabilities.by_behaviors(comparison, task), "test cases of the suites", ""
    elif comparison.capability_columns:
        slices = _natural_slices(comparison, comparison.version)
        counts, what = capabilities.by_columns(slices, task), "examples of the evaluation data"
        left_out = capabilities.left_out_told(slices, task)
    else:
        return
    methods = {result.method: result.candidates for result in results}
    counts = capabilities.by_method(counts, methods)
    if not counts or "conventional" not in methods:
        return
    with st.container(border=True, key="by capability"):
        show(tag("h2", "Regressions by capability", class_="fs-part"))
        show(capabilities.does_it_help(counts, results))
        show(capabilities.capabilities_table(counts, list(methods)))
        told = (
            f"Share of the {what} that broke, summed over the seeds of a method; beside it the difference to the "
            "conventional update in points. These are described, not tested: a single one may be chance."
            f"{left_out}"
        )
        show(tag("p", told, class_="fs-muted fs-small"))


@st.cache_data(max_entries=8, show_spinner="Counting capabilities")
def _natural_slices(_comparison: Comparison, version: str) -> pd.DataFrame:
    return natural.capability_slices(_comparison, None)


def _trainings(study: Study) -> None:
    if study.warnings:
        show(note("warning", *study.warnings))
    failed = sum(each.status == "failed" for each in study.trainings)
    title = f"{len(study.trainings)} trainings" + (f", {failed} failed" if failed else "")
    with st.expander(title, icon=":material/model_training:"):
        shared = settings_words(study.training)
        show(tag("p", f"Each with {shared}; {study.seeds} seeds.", class_="fs-muted fs-small"))
        show(tables.trainings_table(study.trainings))
    with st.expander("Splits", icon=":material/call_split:"):
        show(tables.splits_table(study))


page()
