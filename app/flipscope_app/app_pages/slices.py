"""Slices: where regressions concentrate, the slices that were saved, and families of flips."""

from __future__ import annotations

import os
from contextlib import suppress

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.explain.embeddings import version as embeddings_version
from flipscope.explain.families import Families, families
from flipscope.slices.find import find_slices
from flipscope.slices.findings import FoundSlice, SliceSearch
from flipscope.slices.saved import judge_saved, saved_for
from flipscope_app.markup import Html, Query, join, link, show, show_linked, tag
from flipscope_app.overview.figures import examples_query
from flipscope_app.settings import settings
from flipscope_app.slices import found
from flipscope_app.slices.controls import AT_ONCE, Asked, choose
from flipscope_app.slices.dialogs import ask_to_delete, ask_to_rename, ask_to_save, tell_what_was_done
from flipscope_app.slices.families import families_list
from flipscope_app.slices.saved import saved_table
from flipscope_app.state import base_query, current, note

_WANTED, _ASKED = "slices: wanted", "slices: asked"


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Slices: where regressions concentrate", class_="fs-hidden"))
    if not comparison.tasks:
        behaviors = link("behaviors", base_query(comparison), "Behaviors page")
        told = tag("p", "This comparison has no evaluation data, only behaviors: where they broke is on the ",
                   behaviors, ".", class_="fs-empty")  # fmt: skip
        show_linked(told, key="to behaviors")
        return
    asked = choose(comparison)
    tell_what_was_done()
    target: dict[str, Query] = {**examples_query(comparison, base_query(comparison), asked.task, asked.candidate)}
    _found(comparison, asked, target)
    _saved(comparison, asked, target)
    _flip_families(comparison, asked, target)
    _answer(comparison)


def _found(comparison: Comparison, asked: Asked, target: dict[str, Query]) -> None:
    n = comparison.result(asked.task, asked.candidate).n
    if n > AT_ONCE and not _is_wanted(comparison, asked, n):
        return
    try:
        with st.spinner(f"Searching {n:,} examples for slices …"):
            search = _search(comparison, comparison.version, _embedded(comparison, asked), asked)
    except FlipscopeError as error:
        show(note("error", error.what, error.do or ""))
        return
    if search.reason is not None:
        show(found.not_searched(search, asked.outcome))
        return
    show(found.headline(search, asked.outcome, several=len(comparison.candidates) > 1))
    confirmed = [each for each in search.slices if each.confirmed]
    others = [each for each in search.slices if not each.confirmed]
    if confirmed:
        _table(comparison, search, confirmed, asked, target, key="confirmed")
    else:
        show(found.what_would_help(search, asked.outcome))
    if others:
        with st.expander(f"{len(others)} not confirmed on the other part: may be chance", icon=":material/casino:"):
            _table(comparison, search, others, asked, target, key="not confirmed")
    if search.notes:
        show(tag("p", f"Of this search: {'; '.join(search.notes)}.", class_="fs-muted fs-small"))


def _is_wanted(comparison: Comparison, asked: Asked, n: int) -> bool:
    """Tell whether this search was asked for; offers it if not."""
    wanted = (comparison.version, asked)
    if st.session_state.get(_WANTED) == wanted:
        return True
    told = f"{asked.task} has {n:,} examples: searching them for slices takes a while, up to a minute."
    show(tag("p", told, class_="fs-headline"))
    st.button("Search", type="primary", icon=":material/search:", key="search", on_click=_want, args=(wanted,))
    return False


def _want(wanted: tuple[str, Asked]) -> None:
    st.session_state[_WANTED] = wanted


@st.cache_data(max_entries=100, show_spinner=False)
def _search(_comparison: Comparison, version: str, embedded: str, asked: Asked) -> SliceSearch:
    findings = find_slices(
        _comparison, task=asked.task, candidate=asked.candidate, outcome=asked.outcome,
        columns=list(asked.columns) or None, words=asked.words, confidence=asked.confidence,
        conditions=asked.conditions,
    )  # fmt: skip
    return findings.searches[0]


def _table(
    comparison: Comparison,
    search: SliceSearch,
    slices: list[FoundSlice],
    asked: Asked,
    target: dict[str, Query],
    *,
    key: str,
) -> None:
    saved = None
    if _may_change(comparison):
        with suppress(FlipscopeError):  # told where the saved ones are shown
            saved = {each.where for each in saved_for(comparison).all()}
    show_linked(found.found_table(search, slices, asked.outcome, target, saved), key=key, on_ask=_ask)


def _saved(comparison: Comparison, asked: Asked, target: dict[str, Query]) -> None:
    """Show the slices that people saved, judged on this comparison."""
    may_change = _may_change(comparison)
    with st.container(border=True, key="saved"):
        told = tag("span", "kept with the comparisons of this folder, judged on each", class_="fs-muted")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            show(tag("div", tag("h2", "Saved slices"), told, class_="fs-task"), width="content")
            if may_change:
                st.button("Add a slice", icon=":material/add:", key="add", on_click=_ask, args=({"save": ""},))
        try:
            slices = tuple((each.name, each.where, each.note) for each in saved_for(comparison).all())
            if not slices:
                show(_none_saved(may_change))
                return
            embedded = _embedded(comparison, asked)
            judged = _judged(comparison, comparison.version, embedded, slices, asked.task, asked.candidate)
        except FlipscopeError as error:
            show(note("error", str(error)))
            return
        show_linked(saved_table(judged, target, may_change=may_change), key="saved slices", on_ask=_ask)


def _none_saved(may_change: bool) -> Html:
    if may_change:
        return tag("p", "None yet. Save one that was found, or add a condition of your own.", class_="fs-muted")
    command = tag("code", "flipscope slices COMPARISON --save NAME --where SQL")
    told = join("None. This dashboard is to look at only; ", command, " saves one.")
    return tag("p", told, class_="fs-muted")


@st.cache_data(max_entries=100, show_spinner="Judging the saved slices …")
def _judged(
    _comparison: Comparison, version: str, embedded: str, slices: tuple[tuple[str, str, str], ...], task: str,
    candidate: str,
) -> pd.DataFrame:  # fmt: skip
    return judge_saved(_comparison, task=task, candidate=candidate)


def _flip_families(comparison: Comparison, asked: Asked, target: dict[str, Query]) -> None:
    """Group the flips that are alike, once they are asked for: it takes a look at all their texts."""
    place = st.expander("Families of flips", key="families", on_change="rerun", icon=":material/workspaces:")
    if not place.open:
        return
    with place:
        try:
            embedded = _embedded(comparison, asked)
            grouped = _families(comparison, comparison.version, embedded, asked.task, asked.candidate, asked.outcome)
        except FlipscopeError as error:
            show(note("error", error.what, error.do or ""))
            return
        if grouped.notes:
            show(note("warning", *grouped.notes))
        show_linked(families_list(grouped, target), key="families list")


@st.cache_data(max_entries=50, show_spinner="Looking for flips that are alike …")
def _families(
    _comparison: Comparison, version: str, embedded: str, task: str, candidate: str, outcome: str
) -> Families:
    return families(_comparison, task=task, candidate=candidate, outcome=outcome)


def _embedded(comparison: Comparison, asked: Asked) -> str:
    """Stand for the embeddings kept beside a comparison: what goes by them is old when this changes."""
    return embeddings_version(comparison, asked.candidate, asked.task)


def _may_change(comparison: Comparison) -> bool:
    """Whether visitors may change what is in the folder, and the disk lets them."""
    return settings().workspace is not None and os.access(saved_for(comparison).folder, os.W_OK)


def _ask(query: dict[str, Query]) -> None:
    """Note which dialog a click asks for."""
    st.session_state[_ASKED] = {name: str(value) for name, value in query.items()}


def _answer(comparison: Comparison) -> None:
    """Open the dialog that a click, or the address, asks for."""
    asked = st.session_state.pop(_ASKED, None) or {
        name: st.query_params.pop(name) for name in ("save", "named", "rename", "delete") if name in st.query_params
    }
    if not _may_change(comparison):
        return
    if "save" in asked:
        ask_to_save(comparison, asked["save"], asked.get("named", ""))
    elif "rename" in asked:
        ask_to_rename(comparison, asked["rename"])
    elif "delete" in asked:
        ask_to_delete(comparison, asked["delete"])


page()
