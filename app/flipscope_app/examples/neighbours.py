"""The examples most like one, and whether they flipped too; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flipscope.comparison import Comparison, percent
from flipscope.explain.neighbours import Neighbours
from flipscope.flips.outcome import FLIPS
from flipscope_app.examples.example_list import outcome_sign
from flipscope_app.grids.grid import answers, title_of
from flipscope_app.markup import Html, Query, join, link, tag


def neighbours_table(
    comparison: Comparison, found: Neighbours, candidate: str, query: Mapping[str, Query], *, page: str = "examples"
) -> Html:
    """List the most similar examples, each a link within the `page`; `query` is what every link keeps."""
    if found.rows.empty:
        return tag("p", "No other example shares a word of some length with this one.", class_="fs-muted")
    rows = found.rows.to_dict("records")
    items = [_item(row, query, page) for row in rows]
    return tag("div", _told(comparison, rows, candidate, found.read), tag("ol", *items, class_="fs-similar"))


def _told(comparison: Comparison, rows: list[dict[str, Any]], candidate: str, read: str) -> Html:
    """Say how many flipped, beside how many did on the whole."""
    how = "By the words they share, rare ones counting most"
    if read == "flips":
        return tag("p", f"The most similar flips. {how}; with this many examples, only flips are searched.",
                   class_="fs-muted")  # fmt: skip
    flipped = sum(row["outcome"] in FLIPS for row in rows)
    result = comparison.result(rows[0]["task"], candidate)
    usual = percent((result.negative_flip + result.positive_flip) / result.n, 1)
    counts = join(tag("b", f"{flipped} of {len(rows)}"), " most similar examples flipped; of all, ", usual, " did. ")
    return tag("p", counts, tag("span", f"{how}.", class_="fs-muted"))


def _item(row: dict[str, Any], query: Mapping[str, Query], page: str) -> Html:
    alike = tag("span", f"{percent(row['similarity'], 0)} alike", class_="fs-score")
    meta = tag("span", outcome_sign(row), tag("span", answers(row), class_="fs-muted"), alike, class_="fs-meta")
    title = tag("span", title_of(row), class_="fs-text", dir="auto")
    return tag("li", link(page, {**query, "row": str(row["row_id"])}, title, meta, data_top=""))
