"""The flip grid: the four outcomes of a task as two-by-two squares with examples in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flipscope.comparison import Comparison
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.words import percent
from flipscope_app.examples.filters import one_of
from flipscope_app.markup import Html, join, link, tag
from flipscope_app.overview.figures import examples_query
from flipscope_app.words import OUTCOME_NAMES, OUTCOME_SIGNS, SORT_NAMES, interval

_SHOWN = 3
#: What is most worth reading in each square: the most wrong flips; else where the gold label lost most.
_SORT = {
    "both_correct": "drop",
    "negative_flip": "severity",
    "positive_flip": "severity",
    "both_wrong": "drop",
}
_CLASS = {outcome: f"fs-square fs-{outcome.replace('_', '-')}" for outcome in OUTCOMES}


@dataclass(frozen=True)
class Slice:
    """Part of a task: the examples with one value of a column."""

    column: str
    value: str

    @property
    def where(self) -> str:
        """The condition that its examples meet, in SQL."""
        return one_of(self.column, (self.value,))

    @property
    def query(self) -> dict[str, str]:
        """What a link to the Examples page needs."""
        return {"column": self.column, "value": self.value}


def flip_grid(
    comparison: Comparison,
    task: str,
    candidate: str,
    base: dict[str, str],
    *,
    part: Slice | None = None,
    counts: Mapping[str, int] | None = None,
    texts: int = _SHOWN,
) -> Html:
    """Draw a task's flip grid; rows: old right, old wrong, columns: candidate right, wrong.

    Parameters
    ----------
    base : dict
        What every link to the Examples page carries.
    part : Slice, optional
        Only these examples; `counts` has how many, by outcome.
    texts : int
        Examples shown in a square.
    """
    target = {**examples_query(comparison, base, task, candidate), **(part.query if part else {})}
    result = comparison.result(task, candidate)
    found = counts if counts is not None else {outcome: getattr(result, outcome) for outcome in OUTCOMES}
    squares = {}
    for outcome in OUTCOMES:
        rows = comparison.examples(
            outcome, task=task, candidate=candidate, where=part.where if part else None, sort=_SORT[outcome],
            limit=texts,
        ).to_dict("records") if found[outcome] else []  # fmt: skip
        squares[outcome] = _square(outcome, found, rows, target)
    return tag(
        "div",
        tag("span", class_="fs-corner"),
        tag("span", candidate, " right", class_="fs-column"),
        tag("span", candidate, " wrong", class_="fs-column"),
        tag("span", "old right", class_="fs-side"), squares["both_correct"], squares["negative_flip"],
        tag("span", "old wrong", class_="fs-side"), squares["positive_flip"], squares["both_wrong"],
        class_="fs-grid", role="group", aria_label=f"Flip grid of {task}",
    )  # fmt: skip


def _square(outcome: str, counts: Mapping[str, int], rows: list[dict[str, Any]], target: dict[str, str]) -> Html:
    count = counts[outcome]
    query = {**target, "outcome": OUTCOME_NAMES[outcome], "sort": SORT_NAMES[_SORT[outcome]]}
    head = tag("span", OUTCOME_SIGNS[outcome], class_="fs-sign")
    number = tag("span", f"{count:,}", class_="fs-count")
    rate = tag("span", _rate(count, sum(counts.values())), class_="fs-rate")
    if not count:
        none = tag("p", "No example.", class_="fs-none")
        return tag("div", head, tag("div", number, rate), none, class_=_CLASS[outcome])
    items = [_item(row, query) for row in rows]
    every = link("examples", query, "See it" if count == 1 else f"See all {count:,}", class_="fs-all")
    return tag("div", head, tag("div", number, rate), tag("ul", *items), every, class_=_CLASS[outcome])


def _rate(count: int, n: int) -> Html:
    if not n:
        return Html("")
    low, high = (float(limit) for limit in wilson(count, n))
    return join(percent(count / n, 1), " ", tag("span", interval(low, high, 1), class_="fs-muted"))


def _item(row: dict[str, Any], query: dict[str, str]) -> Html:
    text = tag("span", title_of(row), class_="fs-text")
    labels = tag("span", answers(row), class_="fs-muted")
    return tag("li", link("examples", {**query, "row": str(row["row_id"])}, text, labels))


def title_of(row: dict[str, Any], length: int = 220) -> str:
    """Name an example by the beginning of its texts, or by its id when it has none."""
    texts = [text for text in (row["text_a"], row["text_b"]) if isinstance(text, str) and text.strip()]
    shown = "  ·  ".join(" ".join(text[: 2 * length].split()) for text in texts) or f"example {row['example_id']}"
    return shown if len(shown) <= length else f"{shown[:length].rstrip()}…"


def answers(row: dict[str, Any]) -> str:
    """Tell both answers and the gold label in a few words."""
    if row["old_pred"] == row["new_pred"]:
        same = f"both {row['old_pred']}"
        return same if row["old_pred"] == row["label"] else f"{same}, gold {row['label']}"
    told = f"{row['old_pred']} → {row['new_pred']}"
    return told if row["label"] in (row["old_pred"], row["new_pred"]) else f"{told}, gold {row['label']}"
