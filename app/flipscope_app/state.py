"""Which comparison and candidate are being looked at, and how one page leads to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.comparison import Comparison, open_comparison
from flipscope.errors import FlipscopeError
from flipscope.store.folder import MANIFEST
from flipscope_app.markup import Html, Query, address, go_to, join, link, show, show_linked, tag
from flipscope_app.settings import settings

_ASKED, _LAST = "asked for", "last comparison"
_MOST_NAMES = 12


def served() -> dict[str, Path]:
    """Get the finished comparisons that this dashboard serves, by name."""
    workspace = settings().workspace
    return {settings().path.resolve().name: settings().path} if workspace is None else workspace.comparisons()


def choose_comparison() -> None:
    """Let the visitor choose the comparison and the candidate, where there are several; ends the page if none is.

    Both are in the URL, on every page, and the same choice stays on the way from one page to another.
    """
    found = list(served())
    if not found:
        _nothing_yet()
    with st.container(horizontal=True, gap="small", key="chosen"):
        if settings().workspace is not None:
            _choose(found)
        comparison = current()
        if len(comparison.candidates) > 1:
            warn_of_unknown("candidate", comparison.candidates, "a candidate")
            if st.session_state.get("candidate") not in (None, *comparison.candidates):
                del st.session_state["candidate"]  # of another comparison
            st.selectbox(
                "Candidate", comparison.candidates, key="candidate", bind="query-params", width=220,
                on_change=_leave_row, label_visibility="collapsed", help="Candidate",
            )  # fmt: skip


def _choose(found: list[str]) -> None:
    asked = st.query_params.get("comparison") or st.session_state.get("comparison")
    if asked and asked not in found:  # never the figures of another one under a link to this one
        _not_here(found)
    if not asked:
        # On the way between two pages Streamlit takes it out of the address for a moment; Back may lead to just that.
        last = st.session_state.get(_LAST)
        st.session_state["comparison"] = last if last in found else found[0]
    st.selectbox(
        "Comparison", found,
        index=None,  # no default, so that the address always names the comparison: the first may be another tomorrow
        required=True, key="comparison", bind="query-params", on_change=_leave_row, width=340,
        label_visibility="collapsed",
    )  # fmt: skip
    if st.session_state["comparison"] in found:  # the address may empty the field once more, until it names one
        st.session_state[_LAST] = st.session_state["comparison"]


def _not_here(found: list[str]) -> NoReturn:
    names = [tag("li", link("overview", {"comparison": name}, name)) for name in found[:_MOST_NAMES]]
    more = [tag("li", link("./", {}, f"all {len(found):,} comparisons"))] if len(found) > _MOST_NAMES else []
    told = tag("p", "The comparison of this link is not here: it was renamed or deleted, or is in another folder.")
    show_linked(
        tag("div", told, tag("p", "These are:"), tag("ul", *names, *more), class_="fs-note fs-error", role="status"),
        key="not here",
    )
    st.stop()


def _leave_row() -> None:
    """Forget the open example: it is another one in another comparison."""
    st.query_params.pop("row", None)
    st.session_state.pop("page", None)


def _nothing_yet() -> NoReturn:
    make = link("new", {}, "Make the first one")
    show_linked(tag("p", "There is no comparison here yet. ", make, class_="fs-empty"), key="nothing yet")
    st.stop()


def current() -> Comparison:
    """Get the comparison being looked at; ends the page with a message when it can't be read."""
    found = served()
    name = st.session_state.get("comparison") or st.session_state.get(_LAST)
    try:
        return open_cached(found[name] if name in found else next(iter(found.values())))
    except FlipscopeError as error:
        stop(error)


def current_candidate(comparison: Comparison) -> str:
    """Get the candidate being looked at."""
    chosen = st.session_state.get("candidate")
    return chosen if chosen in comparison.candidates else comparison.candidates[0]


def open_cached(folder: Path) -> Comparison:
    """Open a comparison once for all visitors; again when it was written anew.

    Raises
    ------
    FlipscopeError
        When it can't be read, or was deleted a moment ago.
    """
    try:
        modified = (folder / MANIFEST).stat().st_mtime_ns
    except OSError as error:
        raise FlipscopeError("this comparison was deleted or renamed", where=folder.name) from error
    return _open(str(folder), modified)


@st.cache_resource(max_entries=8, show_spinner=False)
def _open(folder: str, modified: int) -> Comparison:
    return open_comparison(folder)


def stop(error: FlipscopeError) -> NoReturn:
    """Show what is wrong, and end the page here."""
    show(note("error", str(error)))
    st.stop()


def only_behaviors(comparison: Comparison) -> bool:
    """Tell whether a comparison has no evaluation data, and say then where its cases are."""
    if comparison.tasks:
        return False
    target = link("behaviors", base_query(comparison), "Behaviors page")
    told = tag("p", "This comparison has no evaluation data, only behaviors: their cases are on the ", target, ".",
               class_="fs-empty")  # fmt: skip
    show_linked(told, key="to behaviors")
    return True


def note(kind: str, *lines: str) -> Html:
    """Make a box of plain text; Streamlit's own boxes would read it as Markdown."""
    return tag("div", join(*(tag("p", line) for line in lines)), class_=f"fs-note fs-{kind}", role="status")


def warn_of_unknown(parameter: str, known: list[str], what: str, place: DeltaGenerator | None = None) -> None:
    """Say (in a place kept for it, or here) that a link names something unknown. The value is not repeated."""
    given = st.query_params.get_all(parameter)
    if any(value not in known for value in given):
        with place or st.container():
            show(note("warning", f"The link asks for {what} that is not here; it is left out."))


def choose_task(
    comparison: Comparison, notes: DeltaGenerator, width: int, then: Callable[[], None] | None = None, *,
    label: Literal["visible", "collapsed"] = "visible",
) -> str:  # fmt: skip
    """Let the visitor choose a task, called ``task`` in the address of every page; `then` is called on another one."""
    warn_of_unknown("task", comparison.tasks, "a task", notes)
    # Not bound to the address: from there Streamlit would take it on the way to another page that has a task.
    if st.query_params.get("task") not in comparison.tasks:
        st.query_params.pop("task", None)
    st.session_state["task"] = st.query_params.get("task", comparison.tasks[0])

    def to_address() -> None:
        st.query_params["task"] = st.session_state["task"]
        if then is not None:
            then()

    return st.selectbox("Task", comparison.tasks, key="task", on_change=to_address, width=width, label_visibility=label)


def base_query(comparison: Comparison, candidate: str | None = None) -> dict[str, str]:
    """Get what every link within a comparison carries; what there is only one of goes without saying."""
    query = {} if settings().workspace is None else {"comparison": comparison.title}
    return {**query, "candidate": candidate} if candidate and len(comparison.candidates) > 1 else query


def ask_for(page: str, query: Mapping[str, Query]) -> None:
    """Note where to go, for what is no link: a click in a chart, or a button that has done something first."""
    st.session_state[_ASKED] = address(page, query)


def follow() -> None:
    """Go where was asked for, as if a link had been clicked: a step of its own, with just what its address says."""
    with st.container(key="go"):
        go_to(st.session_state.pop(_ASKED, None))
