"""Overview: what each candidate broke and mended, by task."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.report.subject import model_title
from flipscope_app.behaviors import tables as behaviors
from flipscope_app.charts import slice_chart
from flipscope_app.examples.filters import slice_columns, slice_names
from flipscope_app.markup import join, link, show, show_linked, tag
from flipscope_app.overview import figures, natural
from flipscope_app.overview.judged import judged
from flipscope_app.overview.may_ship import show_verdict
from flipscope_app.overview.provenance import provenance
from flipscope_app.overview.task_charts import SYMBOLS, flips_chart, gain_chart, gain_points, symbols_of
from flipscope_app.state import (
    ask_for,
    base_query,
    current,
    current_candidate,
    note,
    warn_of_unknown,
)
from flipscope_app.triage.judging import kept_summary
from flipscope_app.words import OUTCOME_NAMES

#: Slices that the chart shows; the table under it has all.
_MOST_SLICES = 12
#: Rows of the table of figures; with more tasks and candidates, only the chosen candidate's.
_MOST_FIGURES = 8
#: Capabilities shown here; their own page, and the slices below, have the rest.
_MOST_CAPABILITIES = 6
#: Candidates that the title names; with more, only the chosen one.
_MOST_NAMED = 6


def page() -> None:
    """Show the page."""
    comparison = current()
    candidate = current_candidate(comparison)
    base = base_query(comparison)
    _title(comparison, candidate)
    show_verdict(comparison, candidate)
    if comparison.tasks:
        _figures(comparison, candidate, base)
    if remarks := figures.remarks(comparison, candidate):
        show(note("warning", *remarks))
    if comparison.tasks:
        _charts(comparison, candidate)
        if len(comparison.tasks) > 1:
            _grids(comparison, candidate, base)
        else:
            _only_task(comparison, candidate, base)
    if comparison.behaviors:
        _behaviors(comparison, candidate)
    if comparison.tasks:
        if comparison.capability_columns:
            _natural(comparison, candidate, base)
        if len(comparison.tasks) > 1:
            _where(comparison, candidate, base)
    with st.expander("Models, data and settings", icon=":material/fingerprint:"):
        show(provenance(comparison))


def _title(comparison: Comparison, candidate: str) -> None:
    fits = len(comparison.candidates) <= _MOST_NAMED
    sides = [model_title(comparison, side) for side in ("old", *(comparison.candidates if fits else [candidate]))]
    made = datetime.fromisoformat(comparison.manifest.created).strftime("%d %B %Y, %H:%M")
    models = f"{sides[0]} → {', '.join(sides[1:])}" + ("" if fits else f", one of {len(comparison.candidates)}")
    title = tag("h1", comparison.title)
    show(tag("header", title, tag("span", f"{models} · {made}", class_="fs-muted"), class_="fs-title"))


def _figures(comparison: Comparison, candidate: str, base: dict[str, str]) -> None:
    show(figures.headline(comparison, candidate))
    if comparison.manifest.study is not None:
        every = link("candidates", base_query(comparison, candidate), "Candidates", class_="fs-all")
        told = f"{candidate} is one of the {len(comparison.candidates)} candidates of a study: which to take is under "
        show_linked(tag("p", told, every, ".", class_="fs-muted fs-small"), key="of a study")
    fits = len(comparison.tasks) * len(comparison.candidates) <= _MOST_FIGURES
    candidates = comparison.candidates if fits else [candidate]
    show_linked(figures.figures_table(comparison, candidates, base), key="figures")
    _judged(comparison, candidate)
    with st.expander("What these figures mean", icon=":material/help:"):
        show(figures.explanations())


def _judged(comparison: Comparison, candidate: str) -> None:
    """Show both rates where people judged flips; figures do not hang on judgements that can't be read."""
    try:
        summaries = [kept_summary(comparison, task, candidate) for task in comparison.tasks]
    except FlipscopeError as error:
        show(note("warning", error.what, error.do or ""))
        return
    if told := judged(summaries, base_query(comparison, candidate)):
        show_linked(told, key="judged")


def _charts(comparison: Comparison, candidate: str) -> None:
    """Show charts over tasks and candidates, where there is more than one of either."""
    points = gain_points({each.name: each.tasks for each in comparison.results.candidates}, candidate)
    if len(points) < 2:
        return
    dark = st.context.theme.type == "dark"
    several = len(comparison.tasks) > 1
    places = st.columns(2, gap="medium") if several else [st.container()]
    if several:
        with places[0], st.container(border=True, key="flips by task", height="stretch"):
            show(tag("h2", "Broken and mended by task", class_="fs-part"))
            st.plotly_chart(
                flips_chart(comparison.candidate(candidate).tasks, dark=dark), key="flips",
                config={"displayModeBar": False},
                alt="Negative and positive flips of each task as shares of its examples; the table above has both",
            )  # fmt: skip
    with places[-1], st.container(border=True, key="gain by damage", height="stretch"):
        show(tag("h2", "Gain against damage", class_="fs-part"))
        st.plotly_chart(
            gain_chart(points, dark=dark), key="gain", config={"displayModeBar": False},
            alt="Negative flip rate over the change of accuracy, each with its 95 % interval, for each task and "
            "candidate; the table above has the same figures",
        )  # fmt: skip
        symbols = symbols_of(points)
        if len(symbols) > len(SYMBOLS):
            told = f"Small: the other {len(symbols) - 1} candidates; the mouse shows their names."
            show(tag("p", told, class_="fs-muted fs-small"))
        elif len(symbols) > 1:
            marks = [tag("span", tag("b", SYMBOLS[mark]), f" {name}") for name, mark in symbols.items()]
            show(tag("p", *marks, class_="fs-muted fs-small fs-legend"))


def _grids(comparison: Comparison, candidate: str, base: dict[str, str]) -> None:
    cards = [figures.compact_grid(comparison, task, candidate, base) for task in comparison.tasks]
    show_linked(tag("div", *cards, class_="fs-small-cards"), key="grids")


def _only_task(comparison: Comparison, candidate: str, base: dict[str, str]) -> None:
    """Show the flip grid and the slices of the only task side by side."""
    left, right = st.columns([4, 8], gap="medium")
    with left:
        _grids(comparison, candidate, base)
    with right:
        _where(comparison, candidate, base)


def _behaviors(comparison: Comparison, candidate: str) -> None:
    base = base_query(comparison, candidate)
    with st.container(border=True, key="behaviors"):
        told = tag("span", behaviors.suites_told(behaviors.suites_of(comparison)), class_="fs-muted")
        every = link("behaviors", base, "All capabilities and tests", class_="fs-all")
        table = behaviors.capability_table(comparison, candidate, base, _MOST_CAPABILITIES)
        show(tag("div", tag("h2", "Behaviors"), told, class_="fs-task"))
        show(behaviors.behaviors_headline(comparison, candidate))
        show_linked(join(table, tag("p", every, class_="fs-more")), key="capabilities")


@st.cache_data(max_entries=32, show_spinner="Counting capabilities")
def _natural_slices(_comparison: Comparison, version: str, candidate: str) -> pd.DataFrame:
    return natural.capability_slices(_comparison, candidate)


def _natural(comparison: Comparison, candidate: str, base: dict[str, str]) -> None:
    slices = _natural_slices(comparison, comparison.version, candidate)
    if slices.empty:
        return
    query = base_query(comparison, candidate) if len(comparison.candidates) > 1 else base
    with st.container(border=True, key="natural"):
        told = tag("span", "capabilities that examples have, by their columns", class_="fs-muted")
        show(tag("div", tag("h2", "Capabilities in the evaluation data"), told, class_="fs-task"))
        shown = slices.head(_MOST_CAPABILITIES)
        table = natural.slices_table(shown, query, several=len(comparison.tasks) > 1)
        show_linked(table, key="natural slices")
        count = f"The {len(shown)} of {len(slices)} slices with the highest lower limit of the NFR; "
        tested = f"{slices.attrs['tested']} were tested, and the q-values allow for their number."
        show(tag("p", count + tested, class_="fs-muted fs-small"))


def _where(comparison: Comparison, candidate: str, base: dict[str, str]) -> None:
    """Show the slices of one task by one column."""
    with st.container(border=True, key="where"):
        show(tag("h2", "Where it broke", class_="fs-part"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            task = comparison.tasks[0]
            if len(comparison.tasks) > 1:
                # Not "task": Streamlit drops from a link to another page what a widget of this page is bound to.
                warn_of_unknown("by_task", comparison.tasks, "a task")
                if st.session_state.get("by_task") not in (None, *comparison.tasks):
                    del st.session_state["by_task"]  # of another comparison
                task = st.selectbox("Task", comparison.tasks, key="by_task", bind="query-params", width=220)
            columns = [*slice_columns(comparison, task), "label"]
            warn_of_unknown("by", columns, "a column")
            if st.session_state.get("by") not in (None, *columns):
                del st.session_state["by"]  # of another task
            first = columns.index("capability") if "capability" in columns else 0
            column = st.selectbox("By", columns, first, key="by", bind="query-params", width=220)
        slices = _slices(comparison, comparison.version, task, candidate, column)
        _slice_chart(comparison, task, candidate, column, slices, base)
        with st.expander("All slices as a table"):
            query = base_query(comparison, candidate)
            show_linked(natural.slices_table(slices, query, head="Slice", several=False), key="slices")
        of_task = {"task": task} if len(comparison.tasks) > 1 else {}
        told = "Find slices: by any columns together, words and confidence"
        find = link("slices", {**base_query(comparison, candidate), **of_task}, told, class_="fs-all")
        show_linked(tag("p", find, class_="fs-more"), key="find slices")


@st.cache_data(max_entries=200, show_spinner="Counting slices")
def _slices(
    _comparison: Comparison, version: str, task: str, candidate: str, column: str
) -> pd.DataFrame:  # fmt: skip
    """Judge the slices, and name them as the Examples page does."""
    slices = _comparison.by(column, task=task, candidate=candidate)
    names = slice_names(_comparison, task, column, slices[column])
    return slices.assign(column=column, value=names, name=names, below="")


def _slice_chart(
    comparison: Comparison, task: str, candidate: str, column: str, slices: pd.DataFrame, base: dict[str, str]
) -> None:
    key = f"chart {task} {column}"

    def open_slice() -> None:
        for point in st.session_state[key].selection.point_indices:
            broke = {"outcome": OUTCOME_NAMES["negative_flip"], "column": column, "value": slices["value"][point]}
            ask_for("examples", {**figures.examples_query(comparison, base, task, candidate), **broke})

    overall = comparison.result(task, candidate).nfr.value
    shown = slices.head(_MOST_SLICES)
    st.plotly_chart(
        slice_chart(shown, overall, dark=st.context.theme.type == "dark"),
        key=key, on_select=open_slice, selection_mode="points", config={"displayModeBar": False},
        alt=f"Negative flip rate with 95 % interval by {column}; the same figures are in the table under it",
    )  # fmt: skip
    told = f"The {len(shown)} slices with most negative flips of {len(slices)}. " if len(shown) < len(slices) else ""
    told += f"{slices.attrs['tested']} of {len(slices)} slices tested; q-values allow for their number. "
    show(tag("p", told, "A click on a point opens its examples.", class_="fs-muted fs-small"))


page()
