"""The flips that are to be judged, as the visitor narrows them down; nothing of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from flipscope.comparison import Comparison
from flipscope_app.triage.judgements import NAMES, Judged

UNJUDGED, ALL = "Unjudged", "All"
#: What can be shown: by the name in the URL.
SHOWN = (UNJUDGED, ALL, *NAMES.values())


@dataclass(frozen=True)
class Queue:
    """Negative flips of one candidate on one task, the most severe ones first.

    Attributes
    ----------
    task, candidate : str
        Which grid.
    shown : str
        One of `SHOWN`.
    search, condition : str
        What one of the texts must contain, and a condition in SQL; may be empty.
    judged : tuple of int
        Row ids that decide who is shown: all that are judged for `UNJUDGED`, those of the judgement that is shown.
    """

    task: str
    candidate: str
    shown: str = UNJUDGED
    search: str = ""
    condition: str = ""
    judged: tuple[int, ...] = ()

    def query(self) -> dict[str, Any]:
        """Get the arguments for `Comparison.examples` and `Comparison.count`."""
        parts = [f"({self.condition}\n)"] if self.condition.strip() else []
        # One value, not one a row: conditions are checked part by part, and there may be thousands of judgements.
        listed = f"list_contains('[{', '.join(str(row) for row in self.judged)}]'::BIGINT[], row_id)"
        if self.shown != ALL:
            parts.append(f"NOT {listed}" if self.shown == UNJUDGED else listed)
        return {
            "outcome": "negative_flip", "task": self.task, "candidate": self.candidate,
            "where": " AND ".join(parts) or None, "search": self.search or None,
        }  # fmt: skip

    def count(self, comparison: Comparison) -> int:
        """Count the flips."""
        return comparison.count(**self.query())

    def page(self, comparison: Comparison, number: int, size: int) -> pd.DataFrame:
        """Read a page of the flips, from 1."""
        return comparison.examples(**self.query(), sort="severity", limit=size, offset=(number - 1) * size)

    def row_ids(self, comparison: Comparison) -> list[int]:
        """List all the flips."""
        return [int(row) for row in comparison.examples(**self.query(), sort="severity", limit=None)["row_id"]]


def decisive(shown: str, judged: Mapping[int, Judged]) -> tuple[int, ...]:
    """List the rows that decide what a queue shows."""
    if shown == ALL:
        return ()
    return tuple(sorted(row for row, each in judged.items() if shown in (UNJUDGED, NAMES[each.judgement])))
