"""Triage: read the flips one after the other, say what each is, and see what that does to the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.store.triage import Triage
from flipscope_app.browsing import first_page
from flipscope_app.markup import Query, link, show, show_linked, tag
from flipscope_app.state import (
    base_query,
    choose_task,
    current,
    current_candidate,
    note,
    only_behaviors,
    warn_of_unknown,
)
from flipscope_app.triage.bulk import several_at_once
from flipscope_app.triage.exchange import exchange
from flipscope_app.triage.figures import triage_figures
from flipscope_app.triage.judgements import NAMES, Judged
from flipscope_app.triage.judging import kept_judgements, kept_summary, offer_undo, tell_what_was_done
from flipscope_app.triage.listing import ALL, SHOWN, UNJUDGED, Listing, negative_flips
from flipscope_app.triage.marking import why_not
from flipscope_app.triage.one_by_one import linked_row, one_by_one
from flipscope_app.triage.suspects import label_suspects

_ONE, _SEVERAL, _SUSPECTS, _EXCHANGE = "One by one", "Several at once", "Gold label suspects", "Import and export"
_PARTS = (_ONE, _SEVERAL, _SUSPECTS, _EXCHANGE)


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Triage", class_="fs-hidden"))
    if only_behaviors(comparison):
        return
    candidate = current_candidate(comparison)
    try:
        _triage(comparison, candidate)
    except FlipscopeError as error:
        show(note("error", error.what, error.do or ""))


def _triage(comparison: Comparison, candidate: str) -> None:
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="triage filters"):
        task = choose_task(comparison, notes, 170, _another, label="collapsed")
        warn_of_unknown("part", list(_PARTS), "a part of this page")
        part = st.segmented_control(
            "Part", _PARTS, default=_ONE, required=True, key="part", bind="query-params", on_change=_another,
            label_visibility="collapsed",
        )  # fmt: skip
    judged = kept_judgements(comparison, task, candidate)
    base: dict[str, Query] = {**base_query(comparison, candidate), "task": task}
    for told in Triage(comparison).notes:
        show(note("warning", told))
    figures = triage_figures(kept_summary(comparison, task, candidate), lambda name: {**base, "judged": NAMES[name]})
    show_linked(figures, key="triage figures")
    tell_what_was_done()
    if part == _SUSPECTS:
        label_suspects(comparison, task, candidate, judged)
    elif part == _EXCHANGE:
        exchange(comparison)
    else:
        _queue(comparison, task, candidate, judged, base, several=part == _SEVERAL)


def _another() -> None:
    """Go back to the first page and its first example: another choice is other rows."""
    first_page()
    st.query_params.pop("row", None)


def _queue(
    comparison: Comparison, task: str, candidate: str, judged: Mapping[int, Judged], base: dict[str, Query], *,
    several: bool,
) -> None:  # fmt: skip
    choice = _choose()

    def listed(judged: Mapping[int, Judged]) -> Listing:
        return negative_flips(comparison, task, candidate, choice.search, choice.condition, choice.shown, judged)

    listing = listed(judged)
    if not listing.row_ids and (several or not linked_row(comparison, candidate)):
        _nothing(comparison, listing, choice, base)
    elif several:
        several_at_once(comparison, listing, judged)
    else:
        one_by_one(comparison, listing, judged, lambda: listed(kept_judgements(comparison, task, candidate)))


@dataclass(frozen=True)
class _Choice:
    """Which flips the visitor wants to see."""

    shown: str
    search: str
    condition: str


def _choose() -> _Choice:
    """Let the visitor narrow the flips down; every choice is in the URL."""
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="queue filters"):
        warn_of_unknown("judged", list(SHOWN), "a judgement", notes)
        shown = st.selectbox("Show", SHOWN, key="judged", bind="query-params", width=170, on_change=_another)
        search = st.text_input(
            "Search the texts", key="q", type="search", bind="query-params", width=200, on_change=_another
        )
        condition = st.text_input(
            "Condition on any column, in SQL", key="where", bind="query-params", width=300, on_change=_another,
            placeholder="new_conf > 0.9 AND label = 'positive'",
        )  # fmt: skip
    return _Choice(shown, search or "", (condition or "").strip())


def _nothing(comparison: Comparison, listing: Listing, choice: _Choice, base: dict[str, Query]) -> None:
    every = link("triage", {**base, "judged": ALL}, "Show all")
    if choice.search or choice.condition:
        told = tag("p", "No negative flip fits these filters. ", every, class_="fs-empty")
    elif choice.shown == UNJUDGED and comparison.result(listing.task, listing.candidate).negative_flip:
        told = tag("p", "All negative flips are judged. ", every, class_="fs-empty")
    elif choice.shown in (UNJUDGED, ALL):
        told = tag("p", "Nothing broke: there is no negative flip to judge.", class_="fs-empty")
    else:
        told = tag("p", f"None is judged “{choice.shown.lower()}”. ", every, class_="fs-empty")
    show_linked(told, key="nothing")
    if not why_not(comparison):
        offer_undo(comparison)


page()
