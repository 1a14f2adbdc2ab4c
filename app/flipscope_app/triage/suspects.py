"""Examples whose gold label both models, and the neighbours, speak against: listed apart, and judged like flips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.explain.suspects import suspects
from flipscope_app.markup import show, tag
from flipscope_app.state import note
from flipscope_app.triage.judgements import Judged
from flipscope_app.triage.one_by_one import one_by_one

#: The most suspicious ones are shown.
_MOST = 200


@dataclass(frozen=True)
class Suspects:
    """Suspects by row id, the most suspicious first."""

    candidate: str
    row_ids: tuple[int, ...]

    def count(self, comparison: Comparison) -> int:
        """Count them."""
        return len(self.row_ids)

    def page(self, comparison: Comparison, number: int, size: int) -> pd.DataFrame:
        """Read a page of them, from 1."""
        asked = list(self.row_ids[(number - 1) * size : number * size])
        listed = ", ".join(str(row) for row in asked)
        rows = comparison.examples(candidate=self.candidate, where=f"row_id IN ({listed})", limit=None)
        return rows.set_index("row_id", drop=False).loc[asked].reset_index(drop=True)


def label_suspects(comparison: Comparison, task: str, candidate: str, judged: Mapping[int, Judged]) -> None:
    """Show the suspects of a task, with what speaks against their gold label."""
    try:
        found = _found(comparison, comparison.version, task, candidate)
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
    listing = Suspects(candidate, tuple(int(row) for row in found["row_id"]))
    reasons = {int(row["row_id"]): _reason(row) for row in found.to_dict("records")}
    one_by_one(comparison, candidate, listing, len(found), judged, lambda: listing, reasons)


def _reason(row: dict[str, object]) -> str:
    score = "" if pd.isna(row["score"]) else f" (suspicion {row['score']:.2f})"
    return f"{row['why']}{score}"


@st.cache_data(max_entries=20, show_spinner="Looking for suspicious gold labels …")
def _found(_comparison: Comparison, version: str, task: str, candidate: str) -> pd.DataFrame:
    return suspects(_comparison, task=task, candidate=candidate, limit=_MOST)
