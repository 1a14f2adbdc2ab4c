"""The examples most like one, and whether they flipped too; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flipscope.explain.neighbours import Neighbours
from flipscope.words import percent
from flipscope_app.examples.example_list import outcome_sign
from flipscope_app.grids.grid import answers, title_of
from flipscope_app.markup import Html, Query, join, link, tag

_HOW = {
    "words": "By the words they share, rare ones counting most",
    "embedding": "By the candidate's own embedding",
}


def neighbours_table(found: Neighbours, query: Mapping[str, Query], *, page: str = "examples") -> Html:
    """List the most similar examples, each a link within the `page`; `query` is what every link keeps."""
    if found.rows.empty:
        return tag("p", "No other example shares a word of some length with this one.", class_="fs-muted")
    items = [_item(row, query, page) for row in found.rows.to_dict("records")]
    return tag("div", _told(found), tag("ol", *items, class_="fs-similar"))


def _told(found: Neighbours) -> Html:
    """Say how many had the same fate, beside how many did on the whole."""
    read = {"flips": "; with this many examples, only flips are searched", "sample": ", among all flips and a sample"}
    how = tag("p", f"{_HOW[found.by]}{read.get(found.read, '')}.", class_="fs-muted fs-small")
    told = f"{found.sentence[:1].upper()}{found.sentence[1:]}." if found.sentence else "The most similar flips."
    return join(how, tag("p", told))


def _item(row: dict[str, Any], query: Mapping[str, Query], page: str) -> Html:
    alike = tag("span", f"{percent(row['similarity'], 0)} alike", class_="fs-score")
    meta = tag("span", outcome_sign(row), tag("span", answers(row), class_="fs-muted"), alike, class_="fs-meta")
    title = tag("span", title_of(row), class_="fs-text", dir="auto")
    return tag("li", link(page, {**query, "row": str(row["row_id"])}, title, meta, data_top=""))
