"""The filters of the Examples page: widgets bound to the URL, and what they ask of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.store.query import quote
from flipscope_app.markup import show
from flipscope_app.state import current_candidate, note, warn_of_unknown
from flipscope_app.words import OUTCOME_NAMES, SORT_NAMES

ALL = "All"
#: How a missing value is called among the values of a column.
NONE = "(none)"
#: Where the session keeps the row that was open when the search was changed.
LEFT_ROW = "left row"
# Worst first; the two that did not change last.
_OUTCOMES = [OUTCOME_NAMES[name] for name in ("negative_flip", "positive_flip", "both_wrong", "both_correct")]


@dataclass(frozen=True)
class Filters:
    """What the visitor asks for.

    Attributes
    ----------
    task, candidate : str
        Which grid.
    outcome : str or None
        One of the four, or all.
    column, values : str or None, list of str
        A column, and the values that rows must have one of; no values, no matter.
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
    column: str | None = None
    values: Sequence[str] = ()
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
        """Write the column filters as one condition in SQL."""
        parts = [_one_of(self.column, self.values)] if self.column and self.values else []
        if self.condition.strip():
            parts.append(f"({self.condition}\n)")
        return " AND ".join(parts)

    def has(self, comparison: Comparison, row_id: str) -> bool:
        """Tell whether a row is among those asked for."""
        parts = [part for part in (self.where(), _one_of("row_id", [row_id])) if part]
        return comparison.count(**{**self.query(), "where": " AND ".join(parts)}) > 0

    def told(self) -> str:
        """Tell what the column filters ask, in words."""
        parts = [f"{self.column} is {' or '.join(self.values)}"] if self.column and self.values else []
        if self.condition.strip():
            parts.append(self.condition.strip())
        return ", and ".join(parts)


def choose_filters(comparison: Comparison) -> Filters:
    """Let the visitor choose; every choice is in the URL.

    Raises
    ------
    FlipscopeError
        When the condition is none.
    """
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        task = _choose("Task", comparison.tasks, "task", 150, "a task", notes)
        outcome = _choose_outcome(notes)
        search = st.text_input(
            "Search the texts",
            key="q",
            type="search",
            live=True,
            bind="query-params",
            width=170,
            on_change=_another_search,
        )
        sort = _choose("Sort by", list(SORT_NAMES.values()), "sort", 190, "an order", notes)
        column, values, condition = _more_filters(comparison, task, notes)
    return Filters(
        task=task,
        candidate=current_candidate(comparison),
        outcome=next((key for key, name in OUTCOME_NAMES.items() if name == outcome), None),
        column=column,
        values=values,
        condition=condition,
        search=search or "",
        sort=next(key for key, name in SORT_NAMES.items() if name == sort),
    )


def first_page() -> None:
    """Go back to the first page, and to its first example: another selection is other rows."""
    st.session_state["page"] = 1
    st.query_params.pop("row", None)


def _another_search() -> None:
    """Do as `first_page`, but leave the URL alone: changed while someone types, it would lose the search."""
    st.session_state["page"] = 1
    st.session_state[LEFT_ROW] = st.query_params.get("row")


def _choose(label: str, options: list[str], key: str, width: int, what: str, notes: DeltaGenerator) -> str:
    warn_of_unknown(key, options, what, notes)
    return st.selectbox(label, options, key=key, bind="query-params", width=width, on_change=first_page)


def _choose_outcome(notes: DeltaGenerator) -> str:
    names = [*_OUTCOMES, ALL]
    warn_of_unknown("outcome", names, "an outcome", notes)
    chosen = st.segmented_control(
        "Outcome",
        names,
        default=names[0],
        required=True,
        key="outcome",
        bind="query-params",
        on_change=first_page,
    )
    return chosen or names[0]


def _more_filters(comparison: Comparison, task: str, notes: DeltaGenerator) -> tuple[str | None, list[str], str]:
    columns = [*slice_columns(comparison, task), "label", "old_pred", "new_pred"]
    used = _used(comparison, task, columns)
    with st.popover(f"More filters ({used})" if used else "More filters", icon=":material/filter_list:"):
        warn_of_unknown("column", columns, "a column", notes)
        column = st.selectbox(
            "Column",
            columns,
            index=None,
            key="column",
            bind="query-params",
            on_change=_another_column,
            placeholder="Any",
        )
        options = column_values(comparison, task, column) if column else []
        warn_of_unknown("value", options, "a value of a column", notes)
        values = st.multiselect(
            "Values", options, key="value", bind="query-params", on_change=first_page, disabled=not column
        )
        condition = st.text_input(
            "Condition on any column, in SQL", key="where", bind="query-params", on_change=first_page,
            placeholder="old_conf > 0.9 AND borderline = false",
            help="Columns: example_id, label, old_pred, new_pred, old_conf, new_conf, old_margin, new_margin, "
            "severity, drop, borderline, text_a, text_b, and those of your data.",
        )  # fmt: skip
        _check(comparison, condition or "")
    return column, values, condition or ""


def _check(comparison: Comparison, condition: str) -> None:
    """Say what is wrong with a condition right where it was typed; the page can't show anything then."""
    try:
        if condition.strip():
            comparison.count(where=condition)  # alone, so that a message is about what was typed
    except FlipscopeError as error:
        show(note("error", error.what, error.do or ""))
        raise


def _used(comparison: Comparison, task: str, columns: list[str]) -> int:
    """Count the filters in force behind the button, which is named before they are made."""
    column = next((name for name in _given("column") if name in columns), None)
    known = column_values(comparison, task, column) if column else []
    return any(value in known for value in _given("value")) + any(condition.strip() for condition in _given("where"))


def _given(key: str) -> list[str]:
    """Get what a filter holds; when a link was just opened, only the URL knows."""
    held = st.session_state[key] if key in st.session_state else st.query_params.get_all(key)
    return [held] if isinstance(held, str) else list(held or [])


def slice_columns(comparison: Comparison, task: str) -> list[str]:
    """Get the metadata columns that split this task's data."""
    mine = set(comparison.task_info(task).meta_columns)
    return [name for name in comparison.slice_columns if name in mine]


def slice_names(comparison: Comparison, task: str, column: str, values: pd.Series) -> list[str]:
    """Name the values of a column the way the filter does; pandas writes some otherwise (True, and 3.0 for 3)."""
    known = set(column_values(comparison, task, column))

    def name(value: object) -> str:
        if pd.isna(value):
            return NONE
        written = str(value)
        return next((form for form in (written, written.lower(), written.removesuffix(".0")) if form in known), written)

    return [name(value) for value in values]


def column_values(comparison: Comparison, task: str, column: str) -> list[str]:
    """List the values that a column has in a task, as text, a missing one last."""
    select = f"SELECT DISTINCT CAST({quote(column)} AS VARCHAR) AS value FROM facts"
    found = comparison.query(f"{select} WHERE task = ? ORDER BY value NULLS LAST", [task])
    return [NONE if pd.isna(value) else value for value in found["value"]]


def _another_column() -> None:
    st.session_state["value"] = []
    first_page()


def _one_of(column: str, values: Sequence[str]) -> str:
    """Write a condition in SQL; values come from the data, so they are quoted like any text."""
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"coalesce(CAST({quote(column)} AS VARCHAR), '{NONE}') IN ({listed})"
