"""Comparisons: all that a folder holds, and what is being made in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from flipscope.jobs.job import live_jobs
from flipscope.workspace import Workspace
from flipscope_app.comparisons.dialogs import ask_to_delete, ask_to_rename, tell_what_was_done
from flipscope_app.comparisons.job_view import LOOK_EVERY_S, glance
from flipscope_app.comparisons.rows import Row, rows_of, table
from flipscope_app.markup import Query, link, show, show_linked, tag
from flipscope_app.settings import settings
from flipscope_app.state import ask_for, warn_of_unknown

#: Comparisons on a page of the list.
PAGE = 50

#: Orders of the list: the key, and whether the greatest comes first.
_SORTS: dict[str, tuple[Callable[[Row], Any], bool]] = {
    "Newest first": (lambda row: row.made, True),
    "Name": (lambda row: row.name.casefold(), False),
    "Share that broke": (lambda row: row.broke, True),
}
_ASKED = "home: asked"
_DIALOGS = {"rename": ask_to_rename, "delete": ask_to_delete}


def page(workspace: Workspace) -> None:
    """Show the page."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="home-head"):
        show(tag("header", tag("h1", "Comparisons"), class_="fs-title"), width="content")
        if st.button("New comparison", icon=":material/add:", type="primary", key="home-new"):
            ask_for("new", {})
            st.rerun()
    tell_what_was_done()
    _under_way(workspace)
    rows = [row for row in rows_of(workspace) if not row.is_live]
    if rows:
        _list(rows)
        _answer(workspace)
    elif not live_jobs(workspace):
        _first_steps(workspace)


def _first_steps(workspace: Workspace) -> None:
    """Say what to do in an empty workspace."""
    out = workspace.root / "v1-v2"
    command = f"flipscope compare --task sst2 --old models/v1 --new models/v2 \\\n  --data dev.csv --out {out}"
    told = (
        "Bring an old and a new checkpoint, or two files of predictions, and an evaluation set: "
        "flipscope shows what the new one broke and mended."
    )
    show_linked(
        tag(
            "div",
            tag("h2", "There is no comparison here yet"),
            tag("p", told),
            tag("p", link("new", {}, "Make the first one", class_="fs-open")),
            tag("p", "Nothing at hand? There are small models and data to try it with; the form fills them in."),
            tag("p", "Or on the command line:"),
            tag("p", tag("code", command)),
            class_="fs-home-first",
        ),
        key="home-first",
    )


def _under_way(workspace: Workspace) -> None:
    """Show what is being made, renewed every second; the rest of the page stays as it is, an open dialog too."""
    live = [job.id for job in live_jobs(workspace)]
    if live:
        st.fragment(_glances, run_every=LOOK_EVERY_S)(live)


def _glances(shown: list[str]) -> None:
    workspace = settings().workspace
    live = live_jobs(workspace) if workspace else []
    if [job.id for job in live] != shown:
        st.rerun()

    show_linked(
        tag("section", *(glance(job) for job in live), class_="fs-glances", aria_label="Being made"),
        key="home-live",
    )


def _list(rows: list[Row]) -> None:
    """Show the comparisons, found and sorted as the address says."""
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="home-choose"):
        words = st.text_input(
            "Search", key="find", type="search", bind="query-params", width=320, placeholder="name, model or task",
            on_change=_first_page,
        )  # fmt: skip
        warn_of_unknown("order", list(_SORTS), "an order", notes)
        order = st.selectbox("Sort by", list(_SORTS), key="order", bind="query-params", width=190)
    key, reverse = _SORTS[order]
    found = sorted((row for row in rows if row.has(words or "")), key=key, reverse=reverse)
    if not found:
        show(tag("p", "No comparison has these words in its name, models or tasks.", class_="fs-empty"))
        st.button("Show all", on_click=_show_all, key="home-all")
        return
    pages = -(-len(found) // PAGE)
    warn_of_unknown("list", [str(number) for number in range(1, pages + 1)], "a page", notes)
    if st.session_state.get("list", 1) > pages:
        _first_page()
    place = st.container()
    number = st.pagination(pages, key="list", bind="query-params") if pages > 1 else 1
    with place:
        show_linked(table(found[(number - 1) * PAGE : number * PAGE], _zone()), key="comparisons", on_ask=_ask)


def _first_page() -> None:
    if "list" in st.session_state:
        st.session_state["list"] = 1


def _show_all() -> None:
    st.session_state["find"] = ""
    _first_page()


def _ask(query: dict[str, Query]) -> None:
    """Note which dialog a click asks for."""
    st.session_state[_ASKED] = next(iter(query.items()))


def _answer(workspace: Workspace) -> None:
    """Open the dialog that a click, or the address, asks for."""
    asked = st.session_state.pop(_ASKED, None)
    for name in _DIALOGS:
        if name in st.query_params:
            asked = name, st.query_params.pop(name)
    if asked and asked[0] in _DIALOGS:
        _DIALOGS[asked[0]](workspace, asked[1])


def _zone() -> tzinfo:
    """Get the visitor's time zone."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


if (served := settings().workspace) is not None:  # else main.py has no such page
    page(served)
