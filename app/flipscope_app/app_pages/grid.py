"""Flip grid: one task or slice, its four outcomes with examples, and which labels turned into which."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.flips.outcome import OUTCOMES
from flipscope_app.examples.filters import column_values, slice_columns
from flipscope_app.grids.grid import Slice, flip_grid
from flipscope_app.grids.label_changes import CHANGES, SIDES, Change, change_map, count_changes
from flipscope_app.grids.label_charts import change_heatmap
from flipscope_app.markup import Html, link, show, show_linked, tag
from flipscope_app.overview.figures import examples_query
from flipscope_app.state import ask_for, base_query, current, current_candidate, warn_of_unknown

_TEXTS = 4


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Flip grid", class_="fs-hidden"))
    if not comparison.tasks:
        target = link("behaviors", base_query(comparison), "Behaviors page")
        told = tag("p", "This comparison has no evaluation data, only behaviors: see the ", target, ".",
                   class_="fs-empty")  # fmt: skip
        show_linked(told, key="to behaviors")
        return
    candidate = current_candidate(comparison)
    task, part = _choose(comparison)
    version = comparison.version
    counts = _counts(comparison, version, task, candidate, part)
    if counts.empty:
        show(tag("p", "This slice has no example to judge. Choose another value.", class_="fs-empty"))
        return
    left, right = st.columns([8, 5], gap="medium")
    with left:
        grid = _grid(comparison, version, task, candidate, part, base_query(comparison))
        show_linked(grid, key="squares")
    with right:
        _changes(comparison, task, candidate, part, counts)


def _choose(comparison: Comparison) -> tuple[str, Slice | None]:
    """Let the visitor choose a task, and a value of a column."""
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="slice of"):
        warn_of_unknown("grid_task", comparison.tasks, "a task", notes)
        _forget_unknown("grid_task", comparison.tasks)
        task = st.selectbox("Task", comparison.tasks, key="grid_task", bind="query-params", width=200)
        columns = [*slice_columns(comparison, task), "label"]
        warn_of_unknown("slice_by", columns, "a column", notes)
        _forget_unknown("slice_by", columns)
        column = st.selectbox(
            "Slice by", columns, index=None, placeholder="All examples", key="slice_by", bind="query-params", width=200
        )
        values = column_values(comparison, task, column) if column else []
        warn_of_unknown("slice", values, "a value of a column", notes)
        _forget_unknown("slice", values)
        value = None
        if column:
            value = st.selectbox(
                "Value", values, index=None, placeholder="Any", key="slice", bind="query-params", width=240
            )
    return task, Slice(column, value) if column and value is not None else None


def _forget_unknown(key: str, known: list[str]) -> None:
    """Drop a choice that belongs to another comparison, task or column."""
    if st.session_state.get(key) not in (None, *known):
        del st.session_state[key]


@st.cache_data(max_entries=200, show_spinner=False)
def _counts(_comparison: Comparison, version: str, task: str, candidate: str, part: Slice | None) -> pd.DataFrame:
    column, value = (part.column, part.value) if part else (None, None)
    return count_changes(_comparison, task, candidate, column, value)


@st.cache_data(max_entries=200, show_spinner="Reading examples …")
def _grid(
    _comparison: Comparison, version: str, task: str, candidate: str, part: Slice | None, base: dict[str, str]
) -> Html:
    """Keep the grids: the unchanged examples are many to look through."""
    by_outcome = _counts(_comparison, version, task, candidate, part).groupby("outcome", observed=True)["n"].sum()
    counts = {outcome: int(by_outcome.get(outcome, 0)) for outcome in OUTCOMES}
    return flip_grid(_comparison, task, candidate, base, part=part, counts=counts, texts=_TEXTS)


def _changes(comparison: Comparison, task: str, candidate: str, part: Slice | None, counts: pd.DataFrame) -> None:
    """Show which labels turned into which, as a map to click on and as links."""
    names = list(CHANGES)
    warn_of_unknown("changes", names, "a kind of change")
    chosen = st.segmented_control(
        "Which answer turned into which", names, default=names[0], required=True, key="changes", bind="query-params"
    )
    change = CHANGES[chosen or names[0]]
    table, left_out = change_map(counts, change, comparison.task_info(task).label_names)
    total = int(change.keep(counts)["n"].sum())
    if not total:
        show(tag("p", "None in this slice." if part else "None.", class_="fs-empty"))
        return
    target = {**examples_query(comparison, base_query(comparison), task, candidate), **(part.query if part else {})}
    _heatmap(table, change, target)
    told = f"{total:,} examples: {change.told}. A click on a square opens its examples."
    if left_out:
        told += f" The {len(table)} labels that change most are shown; {left_out} more are left out."
    show(tag("p", told, class_="fs-muted fs-small"))
    with st.expander("The same as a list"):
        show_linked(_list(counts, change, target), key="changes list")


def _heatmap(table: pd.DataFrame, change: Change, target: dict[str, str]) -> None:
    # Another map is another chart: a selection would be kept by its number.
    key = f"map {change} {target}"
    labels = list(table.index)

    def open_square() -> None:
        for point in st.session_state[key].selection.points:
            row, column = divmod(point["point_index"], len(labels))
            if table.iat[row, column]:
                ask_for("examples", {**target, **change.query(labels[row], labels[column])})

    sides = (SIDES[change.rows], SIDES[change.columns])
    st.plotly_chart(
        change_heatmap(table, change.outcome, sides, dark=st.context.theme.type == "dark"), key=key,
        on_select=open_square, selection_mode="points", config={"displayModeBar": False},
        alt=f"Examples by {sides[0].lower()} and {sides[1].lower()}; the same counts are in the list under it",
    )  # fmt: skip


def _list(counts: pd.DataFrame, change: Change, target: dict[str, str]) -> Html:
    """List every change, the most frequent first; the way without a mouse."""
    pairs = change.keep(counts).groupby([change.rows, change.columns], observed=True)["n"].sum()
    items = [
        tag("li", link("examples", {**target, **change.query(str(row), str(column))},
                       tag("b", f"{n:,}"), f" {row} → {column}"))
        for (row, column), n in pairs.sort_values(ascending=False, kind="stable").items()
    ]  # fmt: skip
    return tag("ol", *items, class_="fs-changes")


page()
