"""Examples: filter the examples behind the figures, and open one side by side."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.explain.severity import SeveritySplit, split
from flipscope.export import to_bytes
from flipscope.flips.outcome import FLIPS
from flipscope_app.browsing import choose_page, copy_link, first_page, step
from flipscope_app.examples.controls import choose_filters, clear_link
from flipscope_app.examples.example import metadata, side_by_side
from flipscope_app.examples.example_list import example_list, severity_counts, table_columns
from flipscope_app.examples.filters import Filters, find_row
from flipscope_app.examples.panels import similar, why
from flipscope_app.markup import Html, Query, show, show_linked, tag
from flipscope_app.state import current, note, only_behaviors, warn_of_unknown
from flipscope_app.triage.judgements import Judged
from flipscope_app.triage.judging import judge, kept_judgements, tell_what_was_done

_VIEWS = ("List", "Table")
#: Rows on a page, by view.
PAGE_SIZES = {"List": 50, "Table": 200}

#: What the address says of where in the list the visitor is.
_PLACE = ("row", "page")


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Examples", class_="fs-hidden"))
    if only_behaviors(comparison):
        return
    try:
        filters = choose_filters(comparison)
        total = _count(comparison, comparison.version, filters)
    except FlipscopeError as error:
        show(note("error", error.what, error.do or ""))
        return
    tell_what_was_done()
    view = _count_and_export(comparison, filters, total)
    if total:
        _browse(comparison, filters, total, view)
    else:
        show(tag("p", "No example fits these filters.", class_="fs-empty"))


@st.cache_data(max_entries=500, show_spinner=False)
def _count(_comparison: Comparison, version: str, filters: Filters) -> int:
    return filters.total(_comparison)


@st.cache_data(max_entries=50, show_spinner="Reading examples …")
def _rows(_comparison: Comparison, version: str, filters: Filters, number: int, size: int) -> pd.DataFrame:
    """Read a page of examples; kept, since opening one after the other reads nothing new."""
    return _comparison.examples(**filters.query(), sort=filters.sort, limit=size, offset=(number - 1) * size)


def _severities(comparison: Comparison, filters: Filters) -> None:
    """Count flips with a large drop and close calls apart, each a link to just those."""
    if filters.outcome not in FLIPS or filters.condition.strip():
        return
    query: dict[str, Query] = {name: st.query_params.get_all(name) for name in st.query_params if name not in _PLACE}
    with st.container(width="content", key="severity"):
        counted = _split(comparison, comparison.version, filters)
        show_linked(severity_counts(counted, query), key="severity links")


@st.cache_data(max_entries=200, show_spinner=False)
def _split(_comparison: Comparison, version: str, filters: Filters) -> SeveritySplit:
    return split(_comparison, filters.task, filters.candidate, filters.outcome or "")


def _count_and_export(comparison: Comparison, filters: Filters, total: int) -> str:
    with st.container(horizontal=True, vertical_alignment="center", key="count"):
        of = comparison.result(filters.task, filters.candidate).n
        told = filters.told()
        only = tag("span", f" Only where {told}", class_="fs-told") if told else ""
        show(tag("span", tag("b", f"{total:,}"), f" of {of:,} examples", only, class_="fs-total"))
        if told or filters.search:
            with st.container(width="content", key="clear"):
                show_linked(clear_link(comparison, filters), key="clear link")
        _severities(comparison, filters)
        st.download_button(
            "Export as CSV", partial(_csv, comparison, filters), file_name="examples.csv", mime="text/csv",
            on_click="ignore", icon=":material/download:", disabled=not total, type="tertiary",
        )  # fmt: skip
        warn_of_unknown("view", list(_VIEWS), "a view")
        view = st.segmented_control(
            "View", _VIEWS, default=_VIEWS[0], required=True, key="view", bind="query-params",
            label_visibility="collapsed", on_change=first_page,
        )  # fmt: skip
    return view or _VIEWS[0]


def _csv(comparison: Comparison, filters: Filters) -> bytes:
    return to_bytes(comparison.examples(**filters.query(), sort=filters.sort, limit=None), "csv", spreadsheet=True)


def _browse(comparison: Comparison, filters: Filters, total: int, view: str) -> None:
    size = PAGE_SIZES[view]
    left, right = st.columns([5, 7], gap="medium") if view == "List" else (st.container(), st.container())
    with left:
        place, number = st.container(), choose_page(total, size)
    rows = _rows(comparison, comparison.version, filters, number, size)
    judged, unreadable = _judgements(comparison, filters)
    query: dict[str, Query] = {name: st.query_params.get_all(name) for name in st.query_params}
    with right:
        at, row = _chosen(comparison, filters, rows)
    with place:
        if view == "List":
            marks = {each: kept.judgement for each, kept in judged.items()}
            show_linked(example_list(rows, at, query, f"{filters} {number}", judged=marks), key="list")
        else:
            _table(comparison, filters, rows, at, number)
    with right:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="step"):
            step(
                lambda page: _rows(comparison, comparison.version, filters, page, size),
                (number - 1) * size, at, total, size,
            )  # fmt: skip
            differences = _tools(row)
        show(side_by_side(comparison, row, differences=differences))
        if unreadable:
            show(unreadable)
        else:
            judge(comparison, row, judged.get(int(row["row_id"])))
        why(comparison, row)
        similar(comparison, row, query)
        if told := metadata(comparison, row):
            show(told)


def _judgements(comparison: Comparison, filters: Filters) -> tuple[dict[int, Judged], Html | None]:
    """Get what is judged, or what to say of judgements that can't be read: the examples can all the same."""
    try:
        return kept_judgements(comparison, filters.task, filters.candidate), None
    except FlipscopeError as error:
        return {}, note("error", error.what, error.do or "")


def _chosen(comparison: Comparison, filters: Filters, rows: pd.DataFrame) -> tuple[int | None, dict[str, Any]]:
    """Find the example that the URL names: its place on this page, if it is on it, and its row.

    One on another page opens all the same, and so does one that does not fit the filters, such as a similar example:
    that is said, and the filters stay.
    """
    asked = st.query_params.get("row")
    found = rows.index[rows["row_id"].astype(str) == asked]
    if len(found):
        return int(found[0]), rows.iloc[found[0]].to_dict()
    if asked:
        number = int(asked) if asked.isdecimal() and len(asked) < 19 else None
        elsewhere = None if number is None else filters.find(comparison, number)
        if elsewhere is not None:
            return None, elsewhere
        outside = None if number is None else find_row(comparison, filters.candidate, number)
        if outside is not None:
            show(note("info", "This example is outside the filters; the list keeps to them."))
            return None, outside
        show(note("warning", "The link asks for an example that this comparison does not have; here is the first."))
    return 0, rows.iloc[0].to_dict()


def _table(comparison: Comparison, filters: Filters, rows: pd.DataFrame, at: int | None, number: int) -> None:
    """Show the page as a table; a row that is selected opens."""
    # A table keeps the number of the selected row when its rows change, and can't be told another one: both, other
    # filters and a step to the next example, therefore make a new table.
    key = f"table {filters} {number} {st.session_state.get('steps', 0)}"

    def select() -> None:
        for place in st.session_state[key].selection.rows[:1]:
            if place < len(rows):
                st.query_params["row"] = str(rows["row_id"][place])

    names, config = table_columns(comparison, filters.task)
    st.dataframe(
        rows[names], key=key, hide_index=True, column_config=config, height=380, lazy=False, on_select=select,
        selection_mode="single-row", selection_default={"selection": {"rows": [] if at is None else [at]}},
        alt="The examples of this page; a selected row opens below",
    )  # fmt: skip


def _tools(row: dict[str, Any]) -> bool:
    """Offer a link to the example, and to mark what differs between its two texts; get whether to mark."""
    copy_link("row", str(row["row_id"]))
    pair = isinstance(row["text_a"], str) and isinstance(row["text_b"], str)
    return pair and st.toggle("Show differences", key="diff", bind="query-params")


page()
