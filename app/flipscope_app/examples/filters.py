"""What visitors ask of the examples, in the words of a comparison; nothing of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.store.query import quote

# How a missing and an empty value are called among the values of a column. A value that is written so itself is called
# by its name in quotes.
_NONE, _EMPTY = "(none)", "(empty)"
_LIKE_NAMES = re.compile(r'"*\((?:none|empty)\)"*')
#: All of a range, in per cent: no filter.
WHOLE = (0, 100)
Range = tuple[int, int]


@dataclass(frozen=True)
class Filters:
    """What the visitor asks for.

    Attributes
    ----------
    task, candidate : str
        Which grid.
    outcome : str or None
        One of the four, or all.
    labels, old_answers, new_answers : tuple of str
        Gold labels and answers that rows must have one of; none, no matter.
    column, values : str or None, tuple of str
        A column, and the names of the values that rows must have one of; no values, no matter.
    old_conf, new_conf, margin : tuple of int
        From and to, in per cent: both models' confidences, and the margin of the closer call.
    condition : str
        A condition in SQL that rows must meet, as typed.
    search : str
        What one of the texts must contain.
    sort : str
        A key of ``flipscope.comparison.SORTS``.
    """

    task: str
    candidate: str
    outcome: str | None = None
    labels: tuple[str, ...] = ()
    old_answers: tuple[str, ...] = ()
    new_answers: tuple[str, ...] = ()
    column: str | None = None
    values: tuple[str, ...] = ()
    old_conf: Range = WHOLE
    new_conf: Range = WHOLE
    margin: Range = WHOLE
    condition: str = ""
    search: str = ""
    sort: str = "severity"

    def query(self) -> dict[str, Any]:
        """Get the arguments for `Comparison.examples` and `Comparison.count`."""
        return {
            "outcome": self.outcome,
            "task": self.task,
            "candidate": self.candidate,
            "where": self.where() or None,
            "search": self.search or None,
        }

    def where(self) -> str:
        """Write all filters but task, candidate, outcome and search as one condition in SQL."""
        parts = [one_of(column, values) for _, column, values in self._choices()]
        parts += [_within(expression, limits) for _, expression, limits in self._ranges()]
        if self.condition.strip():
            parts.append(f"({self.condition}\n)")
        return " AND ".join(parts)

    def told(self) -> str:
        """Tell what these filters ask, in words."""
        parts = [f"{name} is {' or '.join(values)}" for name, _, values in self._choices()]
        parts += [f"{name} is {low}–{high} %" for name, _, (low, high) in self._ranges()]
        if self.condition.strip():
            parts.append(self.condition.strip())
        return ", and ".join(parts)

    def find(self, comparison: Comparison, row_id: int) -> dict[str, Any] | None:
        """Get a row that is among those asked for."""
        parts = [part for part in (f"row_id = {int(row_id)}", self.where()) if part]
        rows = comparison.examples(**{**self.query(), "where": " AND ".join(parts)}, limit=1)
        return None if rows.empty else rows.iloc[0].to_dict()

    def total(self, comparison: Comparison) -> int:
        """Count the examples; without a query where the figures have the number already."""
        if self.where() or self.search:
            return comparison.count(**self.query())
        result = comparison.result(self.task, self.candidate)
        return int(getattr(result, self.outcome)) if self.outcome else result.n

    def _choices(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """List the filters by value that are in force: name, column, values."""
        every = [
            ("gold label", "label", self.labels),
            ("old answer", "old_pred", self.old_answers),
            ("candidate's answer", "new_pred", self.new_answers),
            (self.column or "", self.column or "", self.values),
        ]
        return [each for each in every if each[1] and each[2]]

    def _ranges(self) -> list[tuple[str, str, Range]]:
        every = [
            ("old confidence", "old_conf", self.old_conf),
            ("candidate's confidence", "new_conf", self.new_conf),
            ("margin", "least(old_margin, new_margin)", self.margin),
        ]
        return [each for each in every if each[2] != WHOLE]


def find_row(comparison: Comparison, candidate: str, row_id: int) -> dict[str, Any] | None:
    """Get a row of a comparison, whatever the filters."""
    rows = comparison.examples(candidate=candidate, where=f"row_id = {int(row_id)}", limit=1)
    return None if rows.empty else rows.iloc[0].to_dict()


def slice_columns(comparison: Comparison, task: str) -> list[str]:
    """Get the metadata columns that split this task's data."""
    mine = set(comparison.task_info(task).meta_columns)
    return [name for name in comparison.slice_columns if name in mine]


def slice_names(comparison: Comparison, task: str, column: str, values: pd.Series) -> list[str]:
    """Name the values of a column the way the filter does; pandas writes some otherwise (True, and 3.0 for 3)."""
    known = set(column_values(comparison, task, column))

    def name(value: object) -> str:
        if pd.isna(value):
            return name_of(None)
        written = str(value)
        forms = [name_of(form) for form in (written, written.lower(), written.removesuffix(".0"))]
        return next((form for form in forms if form in known), forms[0])

    return [name(value) for value in values]


def slice_query(comparison: Comparison, task: str, column: str, value: str | None) -> dict[str, str]:
    """Get what the Examples page is asked for to show a slice; a column that it can't filter by is asked for in SQL.

    `value` is as DuckDB writes it, None where it is missing.
    """
    if column in (*slice_columns(comparison, task), "label"):
        return {"column": column, "value": name_of(value)}
    return {"where": one_of(column, (name_of(value),))}


def column_values(comparison: Comparison, task: str, column: str) -> list[str]:
    """List the names of the values that a column has in a task, a missing one last."""
    if column == "label":
        return [name_of(label) for label in comparison.task_info(task).label_names]
    select = f"SELECT DISTINCT CAST({quote(column)} AS VARCHAR) AS value FROM {smallest(comparison, [column])}"
    found = comparison.query(f"{select} WHERE task = ? ORDER BY value NULLS LAST", [task])
    return [name_of(None if pd.isna(value) else value) for value in found["value"]]


def name_of(value: str | None) -> str:
    """Name a value so that a missing one, an empty one, and one that is written like these names can be told apart."""
    if value is None:
        return _NONE
    return f'"{value}"' if _LIKE_NAMES.fullmatch(value) else value or _EMPTY


def _value_of(name: str) -> str | None:
    """Get the value that has a name."""
    if name in (_NONE, _EMPTY):
        return None if name == _NONE else ""
    return name[1:-1] if _LIKE_NAMES.fullmatch(name) and name.startswith('"') else name


def smallest(comparison: Comparison, columns: list[str]) -> str:
    """Name the table to look into for some columns: the small one of counts where it has them."""
    counted = comparison.query("SELECT * FROM cube LIMIT 0").columns
    return "cube" if set(columns) <= set(counted) else "facts"


def one_of(column: str, names: tuple[str, ...]) -> str:
    """Write a condition in SQL: that a column has one of the values of these names. Values are quoted like any text."""
    values = [_value_of(name) for name in names]
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values if value is not None)
    parts = [f"CAST({quote(column)} AS VARCHAR) IN ({listed})"] if listed else []
    parts += [f"{quote(column)} IS NULL"] if None in values else []
    return f"({' OR '.join(parts)})"


def _within(expression: str, limits: Range) -> str:
    low, high = limits
    parts = ([f"{expression} >= {low / 100}"] if low > WHOLE[0] else []) + (
        [f"{expression} <= {high / 100}"] if high < WHOLE[1] else []
    )
    return " AND ".join(parts)
