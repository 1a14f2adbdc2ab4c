"""Panels below an example, each made once it is opened: why it flipped, and similar examples."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.errors import FlipscopeError
from flipscope.explain import embeddings
from flipscope.explain.attribution import Attribution, Method, attribute
from flipscope.explain.neighbours import Neighbours, neighbours
from flipscope.explain.probes import Probes, probe
from flipscope_app.examples.neighbours import neighbours_table
from flipscope_app.examples.why import attribution_view, probes_view
from flipscope_app.markup import Query, show, show_linked, tag
from flipscope_app.settings import settings
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
        method = _choose_method() if _can_be_asked(comparison, row) else next(iter(_METHODS.values()))
        try:
            show(attribution_view(_attribution(comparison, *asked, method)))
            show(probes_view(_probes(comparison, *asked)))
        except FlipscopeError as error:  # no models, no texts: there is nothing wrong with that
            told = ". ".join(part for part in (error.what, error.do) if part)
            show(tag("p", f"{told[:1].upper()}{told[1:]}.", class_="fs-muted"))


def _can_be_asked(comparison: Comparison, row: dict[str, Any]) -> bool:
    """Tell whether both models are there to be asked; of predictions alone there is nothing to choose."""
    models = comparison.task_info(str(row["task"])).models
    return all(models[name].kind == "checkpoint" for name in (OLD, str(row["candidate"])))


def _choose_method() -> Method:
    names = list(_METHODS)
    warn_of_unknown("method", names, "a method")
    chosen = st.segmented_control(
        "Method", names, default=names[0], required=True, key="method", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return _METHODS[chosen or names[0]]


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
    row_id, task, candidate = int(row["row_id"]), str(row["task"]), str(row["candidate"])
    asked, embedded = (comparison.version, row_id, candidate), embeddings.version(comparison, candidate, task)
    with place:
        if not _is_embedded(comparison, comparison.version, embedded, task, candidate):
            show_linked(neighbours_table(_similar(comparison, *asked, "", "words"), query, page=page), key="neighbours")
            _offer_to_embed(comparison, task, candidate)
            return
        left, right = st.columns(2, gap="medium")
        with left:
            try:
                near = neighbours_table(_similar(comparison, *asked, embedded, "embedding"), query, page=page)
                show_linked(near, key="near")
            except FlipscopeError as error:  # not among those that are embedded
                show(tag("p", f"By the candidate's own embedding: {error.what}.", class_="fs-muted fs-small"))
        with right:
            show_linked(neighbours_table(_similar(comparison, *asked, "", "words"), query, page=page), key="neighbours")


@st.cache_data(max_entries=200, show_spinner=False)
def _is_embedded(_comparison: Comparison, version: str, embedded: str, task: str, candidate: str) -> bool:
    return bool(embedded) and embeddings.kept(_comparison, candidate, task=task) is not None


@st.cache_data(max_entries=200, show_spinner="Looking for similar examples …")
def _similar(_comparison: Comparison, version: str, row_id: int, candidate: str, embedded: str, by: By) -> Neighbours:
    return neighbours(_comparison, row_id, candidate=candidate, by=by)


def _offer_to_embed(comparison: Comparison, task: str, candidate: str) -> None:
    """Offer to find examples that mean the same in other words; with many examples, say how that is done."""
    size = comparison.result(task, candidate).n
    if comparison.task_info(task).models[candidate].kind != "checkpoint":
        return
    if size > _MOST_EMBEDDED or why_not(comparison):
        command = tag("code", f"flipscope embed {shlex.quote(_from_served_folder(comparison))}")
        told = "Examples that mean the same in other words are found after "
        show(tag("p", told, command, ", run in the folder that this dashboard serves.", class_="fs-muted fs-small"))
    elif st.button(f"Also compare by meaning: embed the {size:,} examples", icon=":material/hub:", key="embed"):
        try:
            with st.spinner("Embedding with the candidate's own encoder … anything else you do here stops it"):
                embeddings.embed(comparison, candidate, task=task, progress=_Bar())
        except FlipscopeError as error:
            show(note("error", error.what, error.do or ""))
        else:
            st.rerun()


def _from_served_folder(comparison: Comparison) -> str:
    """Write the path of a comparison as seen from the served folder, or from beside a comparison served alone."""
    workspace = settings().workspace
    return os.path.relpath(comparison.path, workspace.root if workspace else comparison.path.parent)


class _Bar:
    """Progress on the page. Whatever the visitor does meanwhile stops the work: then nothing of it is kept."""

    def say(self, message: str) -> None:
        """Drop the message."""

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[_BarStep]:
        """Show a bar for a step."""
        place = st.empty()
        yield _BarStep(place, name, total, done)
        place.empty()


@dataclass
class _BarStep:
    place: DeltaGenerator
    name: str
    total: int
    done: int

    def advance(self, done: int) -> None:
        """Move the bar on."""
        self.done += done
        self.place.progress(min(1.0, self.done / max(1, self.total)), f"{self.done:,} of {self.total:,}")
