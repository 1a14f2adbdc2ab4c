"""Behaviors: where test cases broke by capability, how each test moved, and the cases of a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.schema import BehaviorResult
from flipscope_app.behaviors import tables as behaviors
from flipscope_app.behaviors.capability_map import Cell, HeatMap, heat_map
from flipscope_app.behaviors.cases import show_test
from flipscope_app.behaviors.charts import FEW_COLUMNS, heatmap_chart, regression_chart
from flipscope_app.markup import link, show, show_linked, tag
from flipscope_app.settings import settings
from flipscope_app.state import (
    base_query,
    current,
    current_candidate,
    note,
    warn_of_unknown,
)

#: Tests shown before all are asked for.
MOST_TESTS = 15
_MEASURES = {"Share that broke": "nfr", "Change of failure rate": "change"}
_ORDERS: dict[str, Callable[[BehaviorResult], Any]] = {
    "Share that broke": lambda test: (-(test.nfr.value or 0.0), -test.negative_flip),
    "Cases that broke": lambda test: (-test.negative_flip, -(test.nfr.value or 0.0)),
    "Name": lambda test: test.test.lower(),
}

_CHOICES = ("cell", "measure", "order", "all_tests")
_OPENING = "opening a test"


def page() -> None:
    """Show the page."""
    comparison = current()
    if not comparison.behaviors:
        _none_yet()
        return
    candidate = current_candidate(comparison)
    tests = {behaviors.link_name(test): test for test in comparison.candidate(candidate).behaviors}
    asked = st.query_params.get("test")
    if asked in tests and not _came_back():
        show_test(comparison, candidate, tests[asked])
        return
    show(tag("h1", "Behaviors", class_="fs-hidden"))
    warn_of_unknown("test", list(tests), "a test")
    show(behaviors.behaviors_headline(comparison, candidate))
    _all_tests(comparison, candidate)
    _more(comparison, candidate)


def _came_back() -> bool:
    """Tell whether Back led here from a test.

    Opening a test first adds it to the address, then Streamlit takes the choices that went with the map away: two
    steps back. The address between them has both; who comes back to it wants the map.
    """
    opening = st.session_state.pop(_OPENING, False)
    return not opening and any(name in st.query_params for name in _CHOICES)


def _none_yet() -> None:
    show(tag("h1", "Behaviors", class_="fs-hidden"))
    command = tag("code", "flipscope compare … --suite auto")
    make: list[str] = ["Run "]
    if settings().workspace is not None:
        make = [link("new", {}, "Make a new comparison"), " with suites, or run "]
    told = tag(
        "div",
        tag("h2", "No behavior tests were run"),
        tag(
            "p", "A behavior test asks both models about small, made inputs whose answer is known, must not change, or "
            "must move one way: negated praise, a typing error, another name. Summed by capability, they tell what a "
            "candidate forgot even where an evaluation set has too few examples of it.",
        ),
        tag("p", *make, command, ": it takes the suites that come with flipscope and fit the tasks."),
        class_="fs-none-yet",
    )  # fmt: skip
    show_linked(told, key="none yet")


def _all_tests(comparison: Comparison, candidate: str) -> None:
    shown = heat_map(comparison, candidate)
    cells = {cell.name: cell for cell in shown.cells.values()}
    wide = len(shown.columns) > FEW_COLUMNS
    places = [st.container(), st.container()] if wide else st.columns([5, 8], gap="medium")
    with places[0], st.container(border=True, key="map"):
        chosen = _map(shown, cells)
    with places[1], st.container(border=True, key="moved"):
        tests = _regressions(comparison, candidate, chosen)
    if tests:
        table = behaviors.tests_table(comparison, tests, base_query(comparison, candidate))
        show_linked(table, key="tests")


def _map(shown: HeatMap, cells: dict[str, Cell]) -> Cell | None:
    """Show the map of capabilities, and let the visitor choose a cell by mouse or keyboard."""

    def pick() -> None:
        for point in st.session_state["heat"].selection["points"]:
            st.session_state["cell"] = list(cells)[point["point_index"]]

    show(tag("h2", f"Capability by {shown.across}", class_="fs-part"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        warn_of_unknown("cell", list(cells), "a capability")
        if st.session_state.get("cell") not in (None, *cells):
            del st.session_state["cell"]  # of another comparison
        name = st.selectbox(
            "Capability", list(cells), index=None, key="cell", bind="query-params", placeholder="All capabilities",
        )  # fmt: skip
        warn_of_unknown("measure", list(_MEASURES), "a measure")
        measure = st.selectbox("Colour", list(_MEASURES), key="measure", bind="query-params")
    st.plotly_chart(
        heatmap_chart(shown, cells.get(name or ""), _MEASURES[measure], dark=st.context.theme.type == "dark"),
        key="heat", on_select=pick, selection_mode="points", config={"displayModeBar": False},
        alt=f"{measure} by capability and {shown.across}; the box above chooses the same, the table has the figures",
    )  # fmt: skip
    empty = " An empty field: no test." if len(cells) < len(shown.rows) * len(shown.columns) else ""
    show(tag("p", f"A click on a field shows its tests.{empty}", class_="fs-muted fs-small"))
    return cells.get(name or "")


def _regressions(comparison: Comparison, candidate: str, chosen: Cell | None) -> list[BehaviorResult]:
    """Show how far each test moved, the worst first; gives the tests shown."""
    tests = list(chosen.tests) if chosen else comparison.candidate(candidate).behaviors
    judged = [test for test in tests if test.both_evaluated]
    where = f"{chosen.capability} · {chosen.column}" if chosen else "all capabilities"
    show(tag("h2", "Regression by test", tag("span", f" {where}", class_="fs-muted"), class_="fs-part"))
    if not judged:
        show(tag("p", "None of these tests has cases with a result of both models.", class_="fs-empty"))
        return tests
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        warn_of_unknown("order", list(_ORDERS), "an order")
        order = st.selectbox("Sort by", list(_ORDERS), key="order", bind="query-params", width=190)
        every = len(judged) <= MOST_TESTS or st.toggle(
            f"All {len(judged)} tests", key="all_tests", bind="query-params"
        )  # fmt: skip
    found = sorted(judged, key=_ORDERS[order])
    found = found if every else found[:MOST_TESTS]
    _regression_chart(comparison, candidate, found, chosen)
    return found


def _regression_chart(
    comparison: Comparison, candidate: str, tests: Sequence[BehaviorResult], chosen: Cell | None
) -> None:
    # Named by its tests, so that a mark chosen before is not that of another test now.
    key = f"moved {hash(tuple(map(behaviors.link_name, tests)))}"

    def open_test() -> None:
        for point in st.session_state[key].selection["points"]:
            _open_test(tests[point["point_index"]])

    several = behaviors.several_tasks(comparison)
    titles = [
        " · ".join(
            [test.type, *([] if chosen else [test.capability]), *([test.task] if several and not chosen else [])]
        )
        for test in tests
    ]
    st.plotly_chart(
        regression_chart(tests, titles, dark=st.context.theme.type == "dark"),
        key=key, on_select=open_test, selection_mode="points", config={"displayModeBar": False},
        alt="Failure rate of each test, old model and candidate, and the share of its cases that broke with its "
        "interval; the same figures are in the table",
    )  # fmt: skip
    legend = [("○ → ●", "old → candidate"), ("●", "MFT"), ("■", "INV"), ("◆", "DIR")]
    marks = [tag("span", tag("b", sign), f" {told}") for sign, told in legend]
    hint = tag("span", "A click on a mark opens the test.")
    show(tag("p", *marks, hint, class_="fs-muted fs-small fs-legend", title=behaviors.TYPES))


def _open_test(test: BehaviorResult) -> None:
    """Go on to a test, and remember that it was not Back that led there."""
    st.session_state[_OPENING] = True
    st.query_params["test"] = behaviors.link_name(test)


def _more(comparison: Comparison, candidate: str) -> None:
    """Show what is not needed at first sight: candidates side by side, what was not evaluated, notes on the suites."""
    tests = comparison.candidate(candidate).behaviors
    missing = [test for test in tests if not test.both_evaluated]
    if len(comparison.candidates) > 1:
        with st.expander("All candidates side by side", icon=":material/view_column:"):
            show(behaviors.candidates_table(comparison))
    if missing:
        with st.expander(f"Not evaluated: {len(missing)} of {len(tests)} tests", icon=":material/block:"):
            show(behaviors.not_evaluated_table(missing))
    suites = behaviors.suites_of(comparison)
    if notes := [f"{suite.name}: {text}" for suite in suites for text in suite.notes]:
        show(note("warning", *dict.fromkeys(notes)))
    show(tag("p", behaviors.suites_told(suites), class_="fs-muted fs-small"))


page()
