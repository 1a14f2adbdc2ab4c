"""Examples: filter the examples behind the figures, and open one side by side."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.export import to_bytes
from flipscope_app.example import example_list, side_by_side
from flipscope_app.filters import LEFT_ROW, Filters, choose_filters
from flipscope_app.markup import Query, show, show_linked, tag
from flipscope_app.state import current, note, warn_of_unknown

PAGE_SIZE = 50


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Examples", class_="fs-hidden"))
    if not comparison.tasks:
        told = "This comparison has no evaluation data, only behaviors: see the Overview, and read test cases with "
        command = tag("code", f"flipscope examples {comparison.path.resolve().name} --test NAME")
        show(tag("p", told, command, class_="fs-empty"))
        return
    try:
        filters = choose_filters(comparison)
        total = comparison.count(**filters.query())
    except FlipscopeError as error:
        show(note("error", error.what, error.do or ""))
        return
    _count_and_export(comparison, filters, total)
    if total:
        _browse(comparison, filters, total)
    else:
        show(tag("p", "No example fits these filters.", class_="fs-empty"))


def _count_and_export(comparison: Comparison, filters: Filters, total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        of = comparison.result(filters.task, filters.candidate).n
        show(tag("span", tag("b", f"{total:,}"), f" of {of:,} examples", class_="fs-total"), width="content")
        st.download_button(
            "Export as CSV", partial(_csv, comparison, filters), file_name="examples.csv", mime="text/csv",
            on_click="ignore", icon=":material/download:", disabled=not total, type="tertiary",
        )  # fmt: skip
    if told := filters.told():
        show(tag("p", f"Only where {told}", class_="fs-told"))


def _csv(comparison: Comparison, filters: Filters) -> bytes:
    return to_bytes(comparison.examples(**filters.query(), sort=filters.sort, limit=None), "csv")


def _browse(comparison: Comparison, filters: Filters, total: int) -> None:
    left, right = st.columns([5, 7], gap="medium")
    with left:
        place, number = st.container(), _choose_page(total)
    first = (number - 1) * PAGE_SIZE
    rows = comparison.examples(**filters.query(), sort=filters.sort, limit=PAGE_SIZE, offset=first)
    chosen = _chosen(comparison, filters, rows)
    with place:
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        show_linked(example_list(rows, chosen, query, f"{filters} {number}"), key="list", on_open=_open)
    with right:
        _step(comparison, filters, first + chosen, total)
        show(side_by_side(comparison, rows.iloc[chosen].to_dict()))


def _choose_page(total: int) -> int:
    pages = -(-total // PAGE_SIZE)
    warn_of_unknown("page", [str(number) for number in range(1, pages + 1)], "a page")
    if st.session_state.get("page", 1) > pages:  # another candidate has fewer
        st.session_state["page"] = 1
    return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1


def _chosen(comparison: Comparison, filters: Filters, rows: pd.DataFrame) -> int:
    """Find the example that the URL names among the rows of this page.

    It may well be on another page: then it is the first one, and said only of an example that is on none.
    """
    asked = st.query_params.get("row")
    found = rows.index[rows["row_id"].astype(str) == asked]
    if asked and not len(found):
        if not _exists(comparison, asked):
            show(note("warning", "The link asks for an example that this comparison does not have; here is the first."))
        elif asked != st.session_state.get(LEFT_ROW) and not filters.has(comparison, asked):
            show(note("warning", "The linked example does not fit these filters; showing the first that does."))
    return int(found[0]) if len(found) else 0


def _exists(comparison: Comparison, row_id: str) -> bool:
    return len(comparison.query("SELECT 1 FROM facts WHERE CAST(row_id AS VARCHAR) = ? LIMIT 1", [row_id])) > 0


def _open(page: str, query: dict[str, Query]) -> None:
    st.query_params["row"] = query["row"]


def _step(comparison: Comparison, filters: Filters, position: int, total: int) -> None:
    """Offer the examples before and after this one."""

    def go(target: int) -> None:
        row = comparison.examples(**filters.query(), sort=filters.sort, limit=1, offset=target)
        st.query_params["row"] = str(row["row_id"][0])
        if target // PAGE_SIZE != position // PAGE_SIZE:
            st.session_state["page"] = target // PAGE_SIZE + 1

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="step"):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            on_click=go,
            args=(position - 1,),
            disabled=position == 0,
        )
        show(tag("span", f"{position + 1:,} of {total:,}", class_="fs-muted"), width="content")
        st.button(
            "Next", icon=":material/chevron_right:", icon_position="right", on_click=go, args=(position + 1,),
            disabled=position + 1 == total,
        )  # fmt: skip


page()
