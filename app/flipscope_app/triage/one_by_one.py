"""Examples to be judged, one after the other: a list, one side by side, and buttons that lead to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope_app.browsing import choose_page, copy_link, step
from flipscope_app.examples.example import metadata, side_by_side
from flipscope_app.examples.example_list import example_list
from flipscope_app.examples.filters import find_row
from flipscope_app.examples.panels import similar, why
from flipscope_app.markup import Query, show, show_linked
from flipscope_app.state import note
from flipscope_app.triage.judgements import Judged
from flipscope_app.triage.judging import judge
from flipscope_app.triage.listing import Listing

PAGE_SIZE = 50


def one_by_one(
    comparison: Comparison,
    listing: Listing,
    judged: Mapping[int, Judged],
    again: Callable[[], Listing],
    reasons: Mapping[int, str] | None = None,
) -> None:
    """Show the examples, one of them side by side with what it was found to be.

    Parameters
    ----------
    judged : mapping
        What is judged, by row id.
    again : callable
        Makes the listing anew after a judgement: the judged example may have left it.
    reasons : mapping, optional
        What to say of examples in the list, by row id.
    """
    total = len(listing)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        place, number = st.container(), choose_page(total, PAGE_SIZE)
    rows = listing.page(comparison, number, PAGE_SIZE)
    with right:
        at, row = _chosen(comparison, listing.candidate, rows)
    query: dict[str, Query] = {name: st.query_params.get_all(name) for name in st.query_params}
    with place:
        marks = {each: kept.judgement for each, kept in judged.items()}
        shown = example_list(rows, at, query, f"{listing.name} {number}", page="triage", judged=marks, reasons=reasons)
        show_linked(shown, key="list")
    position = None if at is None else (number - 1) * PAGE_SIZE + at

    def go_on() -> None:
        _open_next(again(), int(row["row_id"]), position)

    with right:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="step"):
            step(lambda page: listing.page(comparison, page, PAGE_SIZE), (number - 1) * PAGE_SIZE, at, total, PAGE_SIZE)
            copy_link("row", str(row["row_id"]))
        judge(comparison, row, judged.get(int(row["row_id"])), go_on)
        show(side_by_side(comparison, row))
        why(comparison, row)
        similar(comparison, row, query, page="triage")
        if told := metadata(comparison, row):
            show(told)


def _chosen(comparison: Comparison, candidate: str, rows: pd.DataFrame) -> tuple[int | None, dict[str, Any]]:
    """Find the example that the URL names: its place on this page, if it is on it, and its row; else the first."""
    asked = st.query_params.get("row", "")
    found = rows.index[rows["row_id"].astype(str) == asked]
    if len(found):
        return int(found[0]), rows.iloc[found[0]].to_dict()
    if asked:
        if elsewhere := linked_row(comparison, candidate):
            show(note("info", "This example is not on this page of the list."))
            return None, elsewhere
        show(note("warning", "The link asks for an example that this comparison does not have; here is the first."))
    return 0, rows.iloc[0].to_dict()


def linked_row(comparison: Comparison, candidate: str) -> dict[str, Any] | None:
    """Get the example that the URL names, if the comparison has it."""
    asked = st.query_params.get("row", "")
    return find_row(comparison, candidate, int(asked)) if asked.isdecimal() and len(asked) < 19 else None


def _open_next(listing: Listing, judged: int, position: int | None) -> None:
    """Open what comes after the example that was judged."""
    place = listing.after(judged, position)
    if place is None:
        st.query_params.pop("row", None)
        return
    st.query_params["row"] = str(listing.row_ids[place])
    st.session_state["page"] = place // PAGE_SIZE + 1
