"""Which comparisons are served, and which one is being looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.comparison import Comparison, open_comparison
from flipscope.errors import FlipscopeError
from flipscope.store.folder import MANIFEST
from flipscope_app.markup import Html, join, show, tag

#: The environment variable that holds the served path.
SERVED = "FLIPSCOPE_DASHBOARD"
# What is chosen on several pages.
_SHARED = {"comparison", "candidate"}
_ASKED = "asked for"
# What is chosen on the Examples page alone.
_FILTERS = ("task", "outcome", "q", "sort", "column", "value", "where", "page")


def find_comparisons(path: Path) -> dict[str, Path]:
    """Find the comparison at a path, or those directly inside it.

    Returns
    -------
    dict of str to Path
        Folders by name, in order of name.

    Raises
    ------
    FlipscopeError
        When there is none.
    """
    if (path / MANIFEST).is_file():
        return {path.resolve().name: path}
    inside = sorted(path.iterdir()) if path.is_dir() else []
    found = {folder.name: folder for folder in inside if (folder / MANIFEST).is_file()}
    if not found:
        raise FlipscopeError(
            "there is no finished comparison here",
            where=path,
            do="Make one with flipscope compare, or run flipscope demo",
        )
    return found


def served() -> dict[str, Path]:
    """Get the comparisons that this dashboard serves; stops the page with a message when they are gone."""
    try:
        return find_comparisons(Path(os.environ.get(SERVED, ".")))
    except FlipscopeError as error:
        stop(error)


def current() -> Comparison:
    """Get the comparison being looked at; stops the page with a message when it can't be read."""
    found = served()
    name = st.session_state.get("comparison") or next(iter(found))
    try:
        return open_cached(found.get(name, next(iter(found.values()))))
    except FlipscopeError as error:
        stop(error)


def open_cached(folder: Path) -> Comparison:
    """Open a comparison once for all visitors; again when it was written anew."""
    return _open(str(folder), (folder / MANIFEST).stat().st_mtime_ns)


@st.cache_resource(max_entries=8, show_spinner=False)
def _open(folder: str, modified: int) -> Comparison:
    return open_comparison(folder)


def stop(error: FlipscopeError) -> NoReturn:
    """Show what is wrong, and end the page here."""
    show(note("error", str(error)))
    st.stop()


def note(kind: str, *lines: str) -> Html:
    """Make a box of plain text; Streamlit's own boxes would read it as Markdown."""
    return tag("div", join(*(tag("p", line) for line in lines)), class_=f"fs-note fs-{kind}", role="status")


def warn_of_unknown(parameter: str, known: list[str], what: str, place: DeltaGenerator | None = None) -> None:
    """Say (in a place kept for it, or here) that a link names something unknown. The value is not repeated."""
    given = st.query_params.get_all(parameter)
    if any(value not in known for value in given):
        with place or st.container():
            show(note("warning", f"The link asks for {what} that is not here; it is left out."))


def base_query() -> dict[str, str]:
    """Get what every link to another page carries: the comparison, when there are several."""
    return {"comparison": st.session_state["comparison"]} if "comparison" in st.session_state else {}


def choose_candidate(
    comparison: Comparison, place: DeltaGenerator | None = None, on_change: Callable[[], None] | None = None
) -> str:
    """Let the visitor choose the candidate, when there are several."""
    if len(comparison.candidates) == 1:
        return comparison.candidates[0]
    warn_of_unknown("candidate", comparison.candidates, "a candidate", place)
    return st.selectbox(
        "Candidate", comparison.candidates, key="candidate", bind="query-params", width=150, on_change=on_change
    )


def ask_for(query: dict[str, str]) -> None:
    """Note what a link asks for; a callback, so that it comes before the page is made again.

    What was chosen before is bound to the URL, and may only be changed where Streamlit keeps it. Filters that
    the link does not name are forgotten: the next page shows just what it says.
    """
    for name in _FILTERS:
        st.session_state.pop(name, None)
    bound = _SHARED & st.session_state.keys() & query.keys()
    for name in bound:
        st.session_state[name] = query[name]
    st.session_state[_ASKED] = {name: value for name, value in query.items() if name not in bound}


def follow_link(page: str) -> None:
    """Go to a page if a link asked for it, before anything else is done here."""
    query = st.session_state.pop(_ASKED, None)
    if query is not None:
        st.switch_page(f"app_pages/{page}.py", query_params=query)
