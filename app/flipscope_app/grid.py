"""The flip grid: the four outcomes of a task as two-by-two squares with examples in them."""

from __future__ import annotations

from typing import Any

from flipscope.comparison import Comparison, percent
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope_app.figures import examples_query
from flipscope_app.markup import Html, join, link, tag
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


def flip_grid(comparison: Comparison, task: str, candidate: str, base: dict[str, str]) -> Html:
    """Draw a task's flip grid; rows: old right, old wrong, columns: candidate right, wrong.

    `base` is what every link to the Examples page carries.
    """
    target = examples_query(comparison, base, task, candidate)
    squares = {outcome: _square(comparison, task, candidate, outcome, target) for outcome in OUTCOMES}
    return tag(
        "div",
        tag("span", class_="fs-corner"),
        tag("span", candidate, " right", class_="fs-column"),
        tag("span", candidate, " wrong", class_="fs-column"),
        tag("span", "old right", class_="fs-side"), squares["both_correct"], squares["negative_flip"],
        tag("span", "old wrong", class_="fs-side"), squares["positive_flip"], squares["both_wrong"],
        class_="fs-grid", role="group", aria_label=f"Flip grid of {task}",
    )  # fmt: skip


def _square(comparison: Comparison, task: str, candidate: str, outcome: str, target: dict[str, str]) -> Html:
    result = comparison.result(task, candidate)
    count: int = getattr(result, outcome)
    query = {**target, "outcome": OUTCOME_NAMES[outcome], "sort": SORT_NAMES[_SORT[outcome]]}
    head = tag("span", OUTCOME_SIGNS[outcome], class_="fs-sign")
    number = tag("span", f"{count:,}", class_="fs-count")
    rate = tag("span", _rate(count, result.n), class_="fs-rate")
    if not count:
        return tag(
            "div",
            head,
            tag("div", number, rate),
            tag("p", "No example.", class_="fs-none"),
            class_=_CLASS[outcome],
        )
    rows = comparison.examples(outcome, task=task, candidate=candidate, sort=_SORT[outcome], limit=_SHOWN)
    items = [_item(row, query) for row in rows.to_dict("records")]
    every = link("examples", query, "See it" if count == 1 else f"See all {count:,}", class_="fs-all")
    return tag("div", head, tag("div", number, rate), tag("ul", *items), every, class_=_CLASS[outcome])


def _rate(count: int, n: int) -> Html:
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
