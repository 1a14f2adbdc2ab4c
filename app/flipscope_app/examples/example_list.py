"""Many examples: as a list of links, and as a table; data in, markup and column settings out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.explain.severity import WORDS, Part, SeveritySplit, kind_of
from flipscope.flips.outcome import FLIPS
from flipscope_app.grids.grid import answers, title_of
from flipscope_app.markup import Html, Query, link, tag
from flipscope_app.triage.judgements import badge
from flipscope_app.words import OUTCOME_NAMES, OUTCOME_SIGNS

_SEVERITY = "Severity: how much likelier the wrong answer was held to be than the gold label"


def example_list(
    rows: pd.DataFrame,
    chosen: int | None,
    query: dict[str, Any],
    name: str,
    *,
    page: str = "examples",
    judged: Mapping[int, str] | None = None,
    reasons: Mapping[int, str] | None = None,
) -> Html:
    """List examples, one of them chosen; each is a link with its row in the query.

    Parameters
    ----------
    rows : DataFrame
        As `Comparison.examples` gives them.
    chosen : int or None
        Place of the one that is open.
    query : dict
        What every link keeps; its row is added.
    name : str
        Of what is listed: a list of the same name stays where it was scrolled to.
    page : str
        Where the links lead.
    judged, reasons : mapping, optional
        By row id, its judgement, and what else to say of it.
    """
    items = []
    for position, row in enumerate(rows.to_dict("records")):
        number = int(row["row_id"])
        severity = "" if pd.isna(row["severity"]) else f"severity {row['severity']:.2f}"
        score = tag("span", severity, class_="fs-score", title=_SEVERITY)
        marks = [badge(judged[number])] if judged and number in judged else []
        answered = tag("span", answers(row), class_="fs-muted")
        meta = tag("span", outcome_sign(row), answered, *marks, severity_mark(row), score, class_="fs-meta")
        why = [tag("span", reasons[number], class_="fs-reason")] if reasons and number in reasons else []
        target = {**query, "row": str(number)}
        current = {"aria_current": "true"} if position == chosen else {}
        text = tag("span", title_of(row), class_="fs-text")
        items.append(tag("li", link(page, target, text, meta, *why, **current)))
    return tag("ul", *items, class_="fs-list", data_list=name)


def severity_mark(row: Mapping[str, Any]) -> Html:
    """Mark a flip whose call was close, and a regression with a large drop."""
    kind = kind_of(row["drop"])
    if row["outcome"] in FLIPS and kind == "tiny":
        return tag("span", "≈ close call", class_="fs-close", title=WORDS[kind])
    if row["outcome"] == "negative_flip" and kind == "confident":
        return tag("span", "large drop", class_="fs-close fs-large-drop", title=WORDS[kind])
    return Html("")


def severity_counts(counted: SeveritySplit, query: Mapping[str, Query]) -> Html:
    """Count the flips of a task by severity; those at either end are links, with their condition in the `query`."""
    if counted["unknown"].n == counted.n:
        return Html("")
    large, tiny = counted["confident"], counted["tiny"]
    named = ((large, "with a large drop"), (tiny, f"close call{'' if tiny.n == 1 else 's'}"))
    shown = [_severity_link(part, name, query) for part, name in named]
    return tag("span", shown[0], ", ", shown[1], class_="fs-severities fs-muted")


def _severity_link(part: Part, name: str, query: Mapping[str, Query]) -> str | Html:
    if not part.n:
        return f"no {name}"
    return link("examples", {**query, "where": part.where}, f"{part.n:,} {name}", title=part.words)


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
