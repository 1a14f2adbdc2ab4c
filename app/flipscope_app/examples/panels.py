"""Panels below an example, each made once it is opened: why it flipped, and similar examples."""

from __future__ import annotations

import shlex
from typing import Any, Literal

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.explain.attribution import Attribution, Method, attribute
from flipscope.explain.embeddings import embed
from flipscope.explain.neighbours import Neighbours, neighbours
from flipscope.explain.probes import Probes, probe
from flipscope_app.examples.neighbours import neighbours_table
from flipscope_app.examples.why import attribution_view, probes_view
from flipscope_app.markup import Query, show, show_linked, tag
from flipscope_app.state import note, warn_of_unknown
from flipscope_app.triage.marking import why_not

By = Literal["words", "embedding"]
#: Examples that are embedded while the visitor waits.
_MOST_EMBEDDED = 5_000
_METHODS: dict[str, Method] = {"Integrated gradients": "integrated_gradients", "Quick sketch": "gradient_x_input"}


def why(comparison: Comparison, row: dict[str, Any]) -> None:
    """Show which words made the models answer as they do, and which edits would change that."""
    flipped = row["old_pred"] != row["new_pred"]
    title = "Why did it flip?" if flipped else "Why these answers?"
    place = st.expander(title, key="why", on_change="rerun", icon=":material/psychology_alt:")
    if not place.open:
        return
    asked = (comparison.version, int(row["row_id"]), str(row["candidate"]))
    with place:
        names = list(_METHODS)
        warn_of_unknown("method", names, "a method")
        chosen = st.segmented_control(
            "Method", names, default=names[0], required=True, key="method", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        try:
            show(attribution_view(_attribution(comparison, *asked, _METHODS[chosen or names[0]])))
            show(probes_view(_probes(comparison, *asked)))
        except FlipscopeError as error:  # no models, no texts: there is nothing wrong with that
            told = ". ".join(part for part in (error.what, error.do) if part)
            show(tag("p", f"{told[:1].upper()}{told[1:]}.", class_="fs-muted"))


@st.cache_data(max_entries=200, show_spinner="Asking both models … the first time they are loaded")
def _attribution(_comparison: Comparison, version: str, row_id: int, candidate: str, method: Method) -> Attribution:
    return attribute(_comparison, row_id, candidate=candidate, method=method)


@st.cache_data(max_entries=200, show_spinner="Leaving out words …")
def _probes(_comparison: Comparison, version: str, row_id: int, candidate: str) -> Probes:
    return probe(_comparison, row_id, candidate=candidate)


def similar(comparison: Comparison, row: dict[str, Any], query: dict[str, Query], *, page: str = "examples") -> None:
    """Show similar examples, once they are asked for: they take a look at all texts."""
    if not isinstance(row["text_a"], str):
        return
    place = st.expander("Similar examples", key="similar", on_change="rerun", icon=":material/join:")
    if not place.open:
        return
    asked = (comparison.version, int(row["row_id"]), str(row["candidate"]))
    with place:
        try:
            near = _similar(comparison, *asked, "embedding")
        except FlipscopeError:  # not embedded
            show_linked(neighbours_table(_similar(comparison, *asked, "words"), query, page=page), key="neighbours")
            _offer_to_embed(comparison, row)
            return
        left, right = st.columns(2, gap="medium")
        with left:
            show_linked(neighbours_table(near, query, page=page), key="near")
        with right:
            show_linked(neighbours_table(_similar(comparison, *asked, "words"), query, page=page), key="neighbours")


@st.cache_data(max_entries=200, show_spinner="Looking for similar examples …")
def _similar(_comparison: Comparison, version: str, row_id: int, candidate: str, by: By) -> Neighbours:
    return neighbours(_comparison, row_id, candidate=candidate, by=by)


def _offer_to_embed(comparison: Comparison, row: dict[str, Any]) -> None:
    """Offer to find examples that mean the same in other words; with many examples, say how that is done."""
    task, candidate = str(row["task"]), str(row["candidate"])
    size = comparison.result(task, candidate).n
    if comparison.task_info(task).models[candidate].kind != "checkpoint":
        return
    if size > _MOST_EMBEDDED or why_not(comparison):
        command = tag("code", f"flipscope embed {shlex.quote(comparison.title)}")
        told = "Examples that mean the same in other words are found after "
        show(tag("p", told, command, ".", class_="fs-muted fs-small"))
    elif st.button(f"Also compare by meaning: embed the {size:,} examples", icon=":material/hub:", key="embed"):
        try:
            with st.spinner("Embedding with the candidate's own encoder …"):
                embed(comparison, candidate, task=task)
        except FlipscopeError as error:
            show(note("error", error.what, error.do or ""))
        else:
            st.rerun()
