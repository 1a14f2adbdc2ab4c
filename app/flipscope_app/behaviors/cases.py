"""One behavior test: its figures, its templates, and its cases; choose some, read one, take them along."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.export import to_bytes
from flipscope.schema import BehaviorResult
from flipscope_app.behaviors import tables as behaviors
from flipscope_app.behaviors.capability_map import heat_map
from flipscope_app.behaviors.case_view import CASE_NAMES, case_list, one_case
from flipscope_app.browsing import choose_page, copy_link, first_page
from flipscope_app.markup import Query, link, show, show_linked, tag
from flipscope_app.state import base_query, note, warn_of_unknown

PAGE_SIZE = 50
_MOST_TEMPLATES = 25
_ANY = "Any template"
_ALL = "All"


def show_test(comparison: Comparison, candidate: str, test: BehaviorResult) -> None:
    """Show a test and its cases."""
    base = base_query(comparison, candidate)
    _way_back(comparison, candidate, test, base)
    kind = tag("span", test.type, class_="fs-badge", title=behaviors.TYPES)
    where = " · ".join(dict.fromkeys((test.task, test.capability, test.suite)))
    show(tag("header", tag("h1", test.test), kind, tag("span", where, class_="fs-muted"), class_="fs-title"))
    sampled = f" A sample of {test.sampled_from:,} cases." if test.sampled_from else ""
    expected = f" Expected: {test.expectation}." if test.expectation else ""
    show(tag("p", f"{test.description}{expected}{sampled}", class_="fs-told"))
    if test.not_evaluated:
        show(note("warning", f"Not evaluated: {test.not_evaluated}"))
        return
    show(behaviors.figures_of(test))
    templates = _templates_of(comparison, comparison.version, candidate)
    mine = templates[(templates["task"] == test.task) & (templates["suite"] == test.suite)]
    mine = mine[(mine["test"] == test.test) & mine["cluster"].notna()]
    if len(mine) > 1:
        _templates(mine, {**base, "test": behaviors.link_name(test)})
    _cases(comparison, candidate, test, [str(cluster) for cluster in mine["cluster"]])


def _way_back(comparison: Comparison, candidate: str, test: BehaviorResult, base: dict[str, str]) -> None:
    cells = heat_map(comparison, candidate).cells.values()
    cell = next(cell for cell in cells if test in cell.tests)
    steps = [link("behaviors", base, "Behaviors"), link("behaviors", {**base, "cell": cell.name}, cell.name)]
    show_linked(tag("nav", steps[0], " › ", steps[1], class_="fs-way-back", aria_label="Way back"), key="way")


@st.cache_data(max_entries=16, show_spinner="Counting cases by template")
def _templates_of(_comparison: Comparison, version: str, candidate: str) -> pd.DataFrame:
    return _comparison.behaviors.by(["suite", "test", "cluster"], candidate=candidate)


def _templates(mine: pd.DataFrame, target: dict[str, str]) -> None:
    broken = int((mine["negative_flip"] > 0).sum())
    title = f"By template: cases of {broken} of {len(mine)} broke"
    with st.expander(title, icon=":material/dashboard_customize:", expanded=False):
        table = behaviors.templates_table(mine.head(_MOST_TEMPLATES), target)
        show_linked(table, key="templates")
        if len(mine) > _MOST_TEMPLATES:
            told = f"The {_MOST_TEMPLATES} of {len(mine)} templates with most broken cases."
            show(tag("p", told, class_="fs-muted fs-small"))


def _cases(comparison: Comparison, candidate: str, test: BehaviorResult, templates: list[str]) -> None:
    asked = _choose_cases(templates) | {
        "candidate": candidate, "task": test.task, "suite": test.suite, "test": test.test,
    }  # fmt: skip
    total = comparison.behaviors.count(**asked)
    _count_and_export(comparison, test, asked, total)
    if total:
        _browse(comparison, test, asked, total)
    else:
        show(tag("p", "No case fits these filters.", class_="fs-empty"))


def _choose_cases(templates: list[str]) -> dict[str, Any]:
    """Let the visitor choose cases; gives the arguments for `Behaviors.cases` and `Behaviors.count`."""
    names = [*CASE_NAMES.values(), _ALL]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        warn_of_unknown("result", names, "an outcome")
        chosen = st.segmented_control(
            "Cases", names, default=_ALL, required=True, key="result", bind="query-params", on_change=first_page
        )
        search = st.text_input(
            "Search the texts", key="q", type="search", bind="query-params", width=200,
            on_change=first_page,
        )  # fmt: skip
        template = _ANY
        if len(templates) > 1:
            warn_of_unknown("template", [_ANY, *templates], "a template")
            template = st.selectbox(
                "Template", [_ANY, *templates], key="template", bind="query-params", width=200, on_change=first_page
            )
    outcome = next((key for key, name in CASE_NAMES.items() if name == chosen), None)
    return {
        "outcome": outcome,
        "where": "outcome IS NULL" if chosen == CASE_NAMES[None] else None,
        "search": search or None,
        "cluster": None if template == _ANY else template,
    }


def _count_and_export(comparison: Comparison, test: BehaviorResult, asked: dict[str, Any], total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show(tag("span", tag("b", f"{total:,}"), f" of {test.cases:,} cases", class_="fs-total"), width="content")
        for kind, name, mime in (("csv", "CSV", "text/csv"), ("jsonl", "JSON Lines", "application/jsonl")):
            st.download_button(
                f"Export as {name}", partial(export, comparison, asked, kind),
                file_name=f"cases.{kind}", mime=mime, on_click="ignore", icon=":material/download:", type="tertiary",
                disabled=not total,
            )  # fmt: skip


def export(comparison: Comparison, asked: dict[str, Any], kind: str) -> bytes:
    """Write the cases asked for to memory, as ``csv`` or ``jsonl``."""
    return to_bytes(comparison.behaviors.cases(**asked), kind, spreadsheet=True)


def _browse(comparison: Comparison, test: BehaviorResult, asked: dict[str, Any], total: int) -> None:
    left, right = st.columns([5, 8], gap="medium")
    with left:
        place, number = st.container(), choose_page(total, PAGE_SIZE)
    first = (number - 1) * PAGE_SIZE
    cases = comparison.behaviors.cases(**asked, limit=PAGE_SIZE, offset=first)
    position = _chosen(cases)
    linked = None if position is not None else _linked(comparison, test, asked["candidate"])
    position = 0 if position is None and linked is None else position
    case = cases.iloc[position].to_dict() if position is not None else linked
    assert case is not None
    with place:
        query: dict[str, Query] = {name: st.query_params.get_all(name) for name in st.query_params}
        show_linked(case_list(cases, case["case_row"], query, f"{asked} {number}"), key="cases")
    with right:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="step"):
            if position is not None:
                _step(comparison, asked, first + position, total)
            else:
                told = "The case of the link; it is not on this page of the list."
                show(tag("p", told, class_="fs-muted fs-small"), width="content")
            copy_link("case", str(case["case_row"]))
        show(one_case(comparison, test, case))


def _chosen(cases: pd.DataFrame) -> int | None:
    """Find the case that the URL names among those of this page."""
    asked = st.query_params.get("case")
    found = cases.index[cases["case_row"].astype(str) == asked]
    return int(found[0]) if len(found) else None


def _linked(comparison: Comparison, test: BehaviorResult, candidate: str) -> dict[str, Any] | None:
    """Get the case that the URL names though it is not on this page; None, and a warning, if the test has none such."""
    asked = st.query_params.get("case")
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit():
        found = comparison.behaviors.cases(
            where=f"CAST(case_row AS VARCHAR) = '{asked}'",
            candidate=candidate,
            task=test.task,
            suite=test.suite,
            test=test.test,
        )
        if len(found):
            return found.iloc[0].to_dict()
    show(note("warning", "The link asks for a case that this test does not have; here is the first."))
    return None


def _step(comparison: Comparison, asked: dict[str, Any], position: int, total: int) -> None:
    """Offer the cases before and after this one."""

    def go(target: int) -> None:
        row = comparison.behaviors.cases(**asked, limit=1, offset=target)
        st.query_params["case"] = str(row["case_row"][0])
        if target // PAGE_SIZE != position // PAGE_SIZE:
            st.session_state["page"] = target // PAGE_SIZE + 1

    st.button("Previous", icon=":material/chevron_left:", on_click=go, args=(position - 1,), disabled=position == 0)
    show(tag("span", f"{position + 1:,} of {total:,}", class_="fs-muted"), width="content")
    st.button(
        "Next", icon=":material/chevron_right:", icon_position="right", on_click=go, args=(position + 1,),
        disabled=position + 1 == total,
    )  # fmt: skip
