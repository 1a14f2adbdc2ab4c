"""Which answer turned into which, counted: the figures behind the label x label map."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from flipscope.comparison import Comparison
from flipscope_app.examples.filters import one_of, smallest
from flipscope_app.words import OUTCOME_NAMES

#: Labels on each side of the map; of more, the most frequent ones.
MOST_LABELS = 12


@dataclass(frozen=True)
class Change:
    """A way to look at changes of answers.

    Attributes
    ----------
    outcome : str or None
        The outcome that examples must have; None for any.
    rows, columns : str
        The columns of the examples that the map shows, as the facts have them.
    told : str
        What a count counts.
    """

    outcome: str | None
    rows: str
    columns: str
    told: str

    def keep(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Keep what this is about."""
        mine = counts if self.outcome is None else counts[counts["outcome"] == self.outcome]
        return mine[mine[self.rows] != mine[self.columns]]

    def query(self, row: str, column: str) -> dict[str, str]:
        """Get the filters of the Examples page for one square of the map."""
        names = {"label": "label", "old_pred": "old_answer", "new_pred": "new_answer"}
        outcome = OUTCOME_NAMES[self.outcome] if self.outcome else "All"
        return {"outcome": outcome, names[self.rows]: row, names[self.columns]: column}


#: By what they are called on the page.
CHANGES = {
    "Negative flips": Change("negative_flip", "old_pred", "new_pred", "right answer of the old model → wrong one"),
    "Positive flips": Change("positive_flip", "old_pred", "new_pred", "wrong answer of the old model → right one"),
    "All changed": Change(None, "old_pred", "new_pred", "answer of the old model → the candidate's"),
    "Errors": Change(None, "label", "new_pred", "gold label → the candidate's wrong answer"),
}
#: The axes of the map, by column.
SIDES = {"old_pred": "Old answer", "new_pred": "Candidate's answer", "label": "Gold label"}


def count_changes(
    comparison: Comparison, task: str, candidate: str, column: str | None = None, value: str | None = None
) -> pd.DataFrame:
    """Count the examples of a task, or of one slice of it, by everything that the page shows.

    Returns
    -------
    DataFrame
        ``label``, ``old_pred``, ``new_pred``, ``outcome`` and their number ``n``.
    """
    source = smallest(comparison, [column] if column else [])
    measure = "sum(n)" if source == "cube" else "count(*)"
    sliced = f" AND {one_of(column, (value,))}" if column and value is not None else ""
    return comparison.query(
        f"SELECT label, old_pred, new_pred, outcome, {measure}::BIGINT AS n FROM {source} "
        f"WHERE task = ? AND candidate = ?{sliced} GROUP BY ALL",
        [task, candidate],
    )


def change_map(counts: pd.DataFrame, change: Change, labels: list[str]) -> tuple[pd.DataFrame, int]:
    """Lay counts out as a map.

    Returns
    -------
    DataFrame
        Examples; a row and a column a label, in the order of `labels`. With many labels, those most frequent in it.
    int
        Labels that change but are left out.
    """
    kept = change.keep(counts)
    table = kept.pivot_table(
        index=change.rows, columns=change.columns, values="n", aggfunc="sum", fill_value=0, observed=True
    )
    every = table.reindex(index=labels, columns=labels, fill_value=0)
    involved = (every.sum(axis=0) + every.sum(axis=1)).sort_values(ascending=False, kind="stable")
    changing = int((involved > 0).sum())
    shown = set(involved.index[:MOST_LABELS])
    order = [label for label in labels if label in shown]
    return every.loc[order, order].astype(int), max(0, changing - MOST_LABELS)
