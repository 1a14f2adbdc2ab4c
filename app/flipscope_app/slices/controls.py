"""What a search for slices is asked, as widgets, each bound to the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.comparison import Comparison
from flipscope.slices.rule import MOST_CONDITIONS
from flipscope_app.state import choose_task, current_candidate, warn_of_unknown

Outcome = Literal["negative_flip", "positive_flip"]
#: The two directions, and the outcome that each looks for.
DIRECTIONS: dict[str, Outcome] = {"What broke": "negative_flip", "What got better": "positive_flip"}
#: With more examples than this the search takes so long that it waits to be asked for.
AT_ONCE = 50_000
_COUNTS = [str(count) for count in range(1, MOST_CONDITIONS + 1)]


@dataclass(frozen=True)
class Asked:
    """What is searched.

    Attributes
    ----------
    task, candidate : str
    outcome : {"negative_flip", "positive_flip"}
    columns : tuple of str
        Only these columns of the data; none, all that can tell something.
    words, confidence : bool
        Whether conditions may be about words of the texts, and about the models' confidence.
    conditions : int
        That hold together, at the most.
    """

    task: str
    candidate: str
    outcome: Outcome
    columns: tuple[str, ...] = ()
    words: bool = True
    confidence: bool = False
    conditions: int = MOST_CONDITIONS


def choose(comparison: Comparison) -> Asked:
    """Let the visitor choose; every choice is in the URL."""
    # None of the bound keys is that of another page: Streamlit drops from a link to it what a widget here is bound to.
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="searched"):
        task = choose_task(comparison, notes, 220)
        warn_of_unknown("direction", list(DIRECTIONS), "a direction", notes)
        direction = st.segmented_control(
            "Direction", list(DIRECTIONS), default=next(iter(DIRECTIONS)), required=True, key="direction",
            bind="query-params",
        )  # fmt: skip
        with st.popover("Settings", icon=":material/tune:", width=150):
            columns = _choose_columns(comparison, task, notes)
            words = st.toggle("Words of the texts", value=True, key="in_words", bind="query-params")
            confidence = st.toggle(
                "Confidence of the models", value=False, key="in_confidence", bind="query-params",
                help="What breaks is often what a model is unsure of; without it slices say what examples are about.",
            )  # fmt: skip
            warn_of_unknown("conditions", _COUNTS, "a number of conditions", notes)
            conditions = st.segmented_control(
                "Conditions at the most", _COUNTS, default=_COUNTS[-1], required=True, key="conditions",
                bind="query-params", help="Fewer conditions: simpler slices, a shorter search, less to correct for.",
            )  # fmt: skip
    return Asked(
        task=task,
        candidate=current_candidate(comparison),
        outcome=DIRECTIONS[direction or next(iter(DIRECTIONS))],
        columns=tuple(columns),
        words=words,
        confidence=confidence,
        conditions=int(conditions or _COUNTS[-1]),
    )


def _choose_columns(comparison: Comparison, task: str, notes: DeltaGenerator) -> list[str]:
    known = searchable(comparison, task)
    warn_of_unknown("in_columns", known, "a column", notes)
    if not set(st.session_state.get("in_columns") or ()) <= set(known):
        del st.session_state["in_columns"]  # of another task or comparison
    return st.multiselect(
        "Columns", known, key="in_columns", bind="query-params", placeholder="All that can tell something",
        select_all=False,
    )  # fmt: skip


def searchable(comparison: Comparison, task: str) -> list[str]:
    """Get the columns that a search may be confined to; the gold label is always searched."""
    return list(comparison.task_info(task).meta_columns)
