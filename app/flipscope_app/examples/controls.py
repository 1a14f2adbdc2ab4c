"""The filters of the Examples page as widgets, each bound to the URL."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope_app.browsing import first_page
from flipscope_app.examples.filters import WHOLE, Filters, Range, column_values, slice_columns
from flipscope_app.markup import Html, link, show
from flipscope_app.overview.figures import examples_query
from flipscope_app.state import base_query, choose_task, current_candidate, note, warn_of_unknown
from flipscope_app.words import OUTCOME_NAMES, SORT_NAMES

ALL = "All"
# Worst first; the two that did not change last.
_OUTCOMES = [OUTCOME_NAMES[name] for name in ("negative_flip", "positive_flip", "both_wrong", "both_correct")]
_LABELS = {"label": "Gold label", "old_answer": "Old answer", "new_answer": "Candidate's answer"}
_RANGES = {"old_conf": "Old confidence", "new_conf": "Candidate's confidence", "margin": "Margin of the closer call"}


def choose_filters(comparison: Comparison) -> Filters:
    """Let the visitor choose; every choice is in the URL.

    Raises
    ------
    FlipscopeError
        When the condition is none.
    """
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        task = choose_task(comparison, notes, 150, another_selection)
        outcome = _choose_outcome(notes)
        # Not live: an answer to an earlier letter would overwrite what the URL says of a later one.
        search = st.text_input(
            "Search the texts", key="q", type="search", bind="query-params", width=170, on_change=another_selection
        )
        sort = _choose("Sort by", list(SORT_NAMES.values()), "sort", 170, "an order", notes)
        labels = comparison.task_info(task).label_names
        columns = [*slice_columns(comparison, task), "label"]
        # Named before what is in it is known; the page tells beside its count which filters are in force.
        with st.popover("More filters", icon=":material/filter_list:", width=180):
            answers = _choose_labels(labels, notes)
            column, values = _choose_values(comparison, task, columns, notes)
            ranges = _choose_ranges()
            condition = _choose_condition(comparison)
    return Filters(
        task=task,
        candidate=current_candidate(comparison),
        outcome=next((key for key, name in OUTCOME_NAMES.items() if name == outcome), None),
        labels=answers["label"], old_answers=answers["old_answer"], new_answers=answers["new_answer"],
        column=column, values=values,
        old_conf=ranges["old_conf"], new_conf=ranges["new_conf"], margin=ranges["margin"],
        condition=condition,
        search=search or "",
        sort=next(key for key, name in SORT_NAMES.items() if name == sort),
    )  # fmt: skip


def another_selection() -> None:
    """Go back to the first page, and to its first example: another selection is other rows."""
    first_page()
    st.query_params.pop("row", None)


def clear_link(comparison: Comparison, filters: Filters) -> Html:
    """Link to this page with task, outcome and order alone: one step back brings the filters again."""
    outcome = OUTCOME_NAMES[filters.outcome] if filters.outcome else ALL
    query = {
        **examples_query(comparison, base_query(comparison), filters.task, filters.candidate),
        "outcome": outcome,
        "sort": SORT_NAMES[filters.sort],
    }
    view = {"view": st.query_params["view"]} if "view" in st.query_params else {}
    return link("examples", {**query, **view}, "Clear filters", class_="fs-all")


def _choose(label: str, options: list[str], key: str, width: int, what: str, notes: DeltaGenerator) -> str:
    warn_of_unknown(key, options, what, notes)
    return st.selectbox(label, options, key=key, bind="query-params", width=width, on_change=another_selection)


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
        on_change=another_selection,
    )
    return chosen or names[0]


def _choose_labels(labels: list[str], notes: DeltaGenerator) -> dict[str, tuple[str, ...]]:
    chosen = {}
    for place, (key, name) in zip(st.columns(3), _LABELS.items(), strict=True):
        warn_of_unknown(key, labels, f"a {name.lower()}", notes)
        found = place.multiselect(
            name, labels, key=key, bind="query-params", on_change=another_selection, placeholder="Any", select_all=False
        )
        chosen[key] = tuple(found)
    return chosen


def _choose_values(
    comparison: Comparison, task: str, columns: list[str], notes: DeltaGenerator
) -> tuple[str | None, tuple[str, ...]]:
    warn_of_unknown("column", columns, "a column", notes)
    left, right = st.columns([1, 2])
    column = left.selectbox(
        "Column", columns, index=None, key="column", bind="query-params", on_change=_another_column, placeholder="Any"
    )
    options = column_values(comparison, task, column) if column else []
    warn_of_unknown("value", options, "a value of a column", notes)
    values = right.multiselect(
        "Values", options, key="value", bind="query-params", on_change=another_selection, disabled=not column,
        placeholder="Any", select_all=False,
    )  # fmt: skip
    return column, tuple(values)


def _choose_ranges() -> dict[str, Range]:
    chosen = {}
    for place, (key, name) in zip(st.columns(3), _RANGES.items(), strict=True):
        low, high = place.slider(
            name, *WHOLE, WHOLE, format="%d %%", key=key, bind="query-params", on_change=another_selection
        )
        chosen[key] = (int(low), int(high))
    return chosen


def _choose_condition(comparison: Comparison) -> str:
    condition = st.text_input(
        "Condition on any column, in SQL", key="where", bind="query-params", on_change=another_selection,
        placeholder="old_conf > 0.9 AND borderline = false",
        help="Columns: example_id, label, old_pred, new_pred, old_conf, new_conf, old_margin, new_margin, "
        "severity, drop, borderline, text_a, text_b, and those of your data.",
    )  # fmt: skip
    _check(comparison, condition or "")
    return condition or ""


def _check(comparison: Comparison, condition: str) -> None:
    """Say what is wrong with a condition right where it was typed; the page can't show anything then."""
    try:
        if condition.strip():  # alone, so that a message is about what was typed; on no rows, so that it takes no time
            comparison.examples(where=condition, limit=0)
    except FlipscopeError as error:
        show(note("error", error.what, error.do or ""))
        raise


def _another_column() -> None:
    st.session_state["value"] = []
    another_selection()
