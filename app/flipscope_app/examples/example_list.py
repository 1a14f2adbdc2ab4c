"""Many examples: as a list of links, and as a table; data in, markup and column settings out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope_app.grids.grid import answers, title_of
from flipscope_app.markup import Html, link, tag
from flipscope_app.words import OUTCOME_NAMES, OUTCOME_SIGNS

_SEVERITY = "Severity: how much likelier the wrong answer was held to be than the gold label"


def example_list(rows: pd.DataFrame, chosen: int | None, query: dict[str, Any], name: str) -> Html:
    """List examples, one of them chosen; each is a link with its row in the query."""
    items = []
    for position, row in enumerate(rows.to_dict("records")):
        severity = "" if pd.isna(row["severity"]) else f"severity {row['severity']:.2f}"
        score = tag("span", severity, class_="fs-score", title=_SEVERITY)
        meta = tag("span", outcome_sign(row), tag("span", answers(row), class_="fs-muted"), score, class_="fs-meta")
        target = {**query, "row": str(row["row_id"])}
        current = {"aria_current": "true"} if position == chosen else {}
        items.append(tag("li", link("examples", target, tag("span", title_of(row), class_="fs-text"), meta, **current)))
    return tag("ul", *items, class_="fs-list", data_list=name)


def outcome_sign(row: dict[str, Any]) -> Html:
    """Tell the outcome of an example with a sign and a colour."""
    outcome = row["outcome"]
    return tag("span", OUTCOME_SIGNS[outcome], class_=f"fs-sign fs-{outcome.replace('_', '-')}")


def table_columns(comparison: Comparison, task: str) -> tuple[list[str], dict[str, Any]]:
    """Get the columns of the table, in order, and how each is shown."""
    info, make = comparison.task_info(task), st.column_config
    texts = (["text_a"] if info.has_text else []) + (["text_b"] if info.has_text_b else [])
    shown: dict[str, Any] = {
        "outcome": make.SelectboxColumn(
            "Outcome", options=list(OUTCOME_NAMES), format_func=lambda outcome: OUTCOME_NAMES[str(outcome)]
        ),
        "text_a": make.TextColumn("First text" if info.has_text_b else "Text", width="large"),
        "text_b": make.TextColumn("Second text", width="large"),
        "label": make.TextColumn("Gold label"),
        "old_pred": make.TextColumn("Old answer"),
        "new_pred": make.TextColumn("Candidate's answer"),
    }
    shown |= {
        name: make.NumberColumn(title, format="%.3f")
        for name, title in (
            ("severity", "Severity"), ("old_conf", "Old confidence"), ("new_conf", "Candidate's confidence"),
            ("old_margin", "Old margin"), ("new_margin", "Candidate's margin"),
        )
    }  # fmt: skip
    shown["example_id"] = make.TextColumn("Id")
    names = [name for name in shown if name not in ("text_a", "text_b") or name in texts]
    mine = set(info.meta_columns)
    return [*names, *(name for name in comparison.meta_columns if name in mine)], shown
