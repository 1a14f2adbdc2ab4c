"""Examples to be judged, in an order; nothing of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope_app.triage.judgements import NAMES, Judged

UNJUDGED, ALL = "Unjudged", "All"
#: What can be shown: by the name in the URL.
SHOWN = (UNJUDGED, ALL, *NAMES.values())


@dataclass(frozen=True)
class Listing:
    """Examples of one candidate.

    Attributes
    ----------
    task, candidate : str
        Whose answers to what.
    name : str
        What is listed, the same whatever was judged meanwhile.
    row_ids : tuple of int
        The examples in their order.
    """

    task: str
    candidate: str
    name: str
    row_ids: tuple[int, ...]

    def __len__(self) -> int:
        """Count them."""
        return len(self.row_ids)

    def page(self, comparison: Comparison, number: int, size: int) -> pd.DataFrame:
        """Read a page of them, from 1, as `Comparison.examples` gives them."""
        asked = self.row_ids[(number - 1) * size : number * size]
        return _rows(comparison, comparison.version, self.candidate, asked)

    def after(self, row_id: int, position: int | None) -> int | None:
        """Find the place that follows an example that was judged at `position`, and may have left; None of nothing.

        What was passed over comes again at the end.
        """
        place = position or 0
        if place < len(self) and self.row_ids[place] == row_id:
            place += 1
        return None if not self.row_ids else place if place < len(self) else 0


@st.cache_data(max_entries=50, show_spinner=False)
def _rows(_comparison: Comparison, version: str, candidate: str, row_ids: tuple[int, ...]) -> pd.DataFrame:
    # One value, not one a row: conditions are checked part by part.
    listed = f"list_contains('[{', '.join(str(row) for row in row_ids)}]'::BIGINT[], row_id)"
    rows = _comparison.examples(candidate=candidate, where=listed, limit=None)
    return rows.set_index("row_id", drop=False).loc[list(row_ids)].reset_index(drop=True)


def negative_flips(
    comparison: Comparison, task: str, candidate: str, search: str, condition: str, shown: str,
    judged: Mapping[int, Judged],
) -> Listing:  # fmt: skip
    """List negative flips, the most severe ones first.

    Parameters
    ----------
    search, condition : str
        What one of the texts must contain, and a condition in SQL, as typed; may be empty.
    shown : str
        One of `SHOWN`.
    judged : mapping
        What is judged, by row id.
    """
    flips = _flips(comparison, comparison.version, task, candidate, search, condition)
    rows = tuple(row for row in flips if _is_shown(shown, judged.get(row)))
    return Listing(task, candidate, f"{task} {candidate} {shown} {search} {condition}", rows)


@st.cache_data(max_entries=50, show_spinner=False)
def _flips(
    _comparison: Comparison, version: str, task: str, candidate: str, search: str, condition: str
) -> tuple[int, ...]:
    rows = _comparison.examples(
        "negative_flip", task=task, candidate=candidate, where=condition.strip() or None, search=search or None,
        sort="severity", limit=None,
    )  # fmt: skip
    return tuple(int(row) for row in rows["row_id"])


def _is_shown(shown: str, judged: Judged | None) -> bool:
    if shown == ALL:
        return True
    return judged is None if shown == UNJUDGED else judged is not None and NAMES[judged.judgement] == shown
