"""Examples whose gold label both models, and the neighbours, speak against: listed apart, and judged like flips."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.explain import embeddings
from flipscope.explain.suspects import suspects
from flipscope_app.markup import show, tag
from flipscope_app.state import note
from flipscope_app.triage.judgements import Judged
from flipscope_app.triage.listing import Listing
from flipscope_app.triage.one_by_one import one_by_one

#: The most suspicious ones are shown.
_MOST = 200


def label_suspects(comparison: Comparison, task: str, candidate: str, judged: Mapping[int, Judged]) -> None:
    """Show the suspects of a task, with what speaks against their gold label."""
    try:
        embedded = embeddings.version(comparison, candidate, task)
        found = _found(comparison, comparison.version, embedded, task, candidate)
    except FlipscopeError as error:
        show(note("info", error.what, error.do or ""))
        return
    if found.empty:
        show(tag("p", "No gold label is suspicious.", class_="fs-empty"))
        return
    total = int(found.attrs["total"])
    which = f"The {len(found):,} most suspicious of {total:,}" if total > len(found) else f"{total:,} suspicious"
    parts = [f"{which} gold labels: look whether the data are wrong", *found.attrs["notes"]]
    show(tag("p", *(f"{part.rstrip('.')}. " for part in parts), class_="fs-muted fs-small"))
    rows = tuple(int(row) for row in found["row_id"])
    listing = Listing(task, candidate, f"{task} {candidate} suspects", rows)
    reasons = {int(row["row_id"]): _reason(row) for row in found.to_dict("records")}
    one_by_one(comparison, listing, judged, lambda: listing, reasons)


def _reason(row: dict[str, object]) -> str:
    score = "" if pd.isna(row["score"]) else f" (suspicion {row['score']:.2f})"
    return f"{row['why']}{score}"


@st.cache_data(max_entries=20, show_spinner="Looking for suspicious gold labels …")
def _found(_comparison: Comparison, version: str, embedded: str, task: str, candidate: str) -> pd.DataFrame:
    return suspects(_comparison, task=task, candidate=candidate, limit=_MOST)
