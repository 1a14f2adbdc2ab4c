"""One example side by side: texts, gold label, both models' answers, metadata; data in, markup out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.report.subject import model_title
from flipscope.words import percent
from flipscope_app.examples.differences import two_sides
from flipscope_app.examples.example_list import severity_mark
from flipscope_app.markup import Html, join, tag
from flipscope_app.words import OUTCOME_SIGNS, number

#: Classes shown with their bars; the others fold away.
_MOST_CLASSES = 8


def side_by_side(comparison: Comparison, row: dict[str, Any], *, differences: bool = False) -> Html:
    """Show texts and answers; with `differences`, the words marked that only one of the two texts has."""
    return tag("article", _head(row), _texts(row, differences), _answers(comparison, row), class_="fs-example")


def metadata(comparison: Comparison, row: dict[str, Any]) -> Html:
    """Show what else is known of the example; nothing where there is nothing."""
    scores = {"severity": row["severity"], "drop on the gold label": row["drop"]}
    told = {name: number(value, ".3f") for name, value in scores.items() if not pd.isna(value)}
    meta = {name: str(row[name]) for name in comparison.meta_columns if not _missing(row[name])}
    if not (told or meta):
        return Html("")
    entries = [join(tag("dt", name), tag("dd", value)) for name, value in {**meta, **told}.items()]
    return tag("section", tag("h2", "Metadata"), tag("dl", *entries, class_="fs-terms"), class_="fs-known")


def _head(row: dict[str, Any]) -> Html:
    marks = [tag("span", OUTCOME_SIGNS[row["outcome"]], class_=f"fs-badge fs-{_dashed(row['outcome'])}")]
    if row["borderline"]:
        marks.append(tag("span", "≈ borderline", class_="fs-badge", title="Too close to call in the chosen precision"))
    marks.append(severity_mark(row))
    gold = tag("span", "gold label ", tag("b", row["label"]), class_="fs-gold")
    return tag("header", *marks, gold, tag("span", f"{row['task']} · {row['example_id']}", class_="fs-muted fs-id"))


def _texts(row: dict[str, Any], differences: bool) -> Html:
    texts: list[str] = [text for text in (row["text_a"], row["text_b"]) if isinstance(text, str)]
    if not texts:
        return tag(
            "p",
            "The texts are not in this comparison: it was made from prediction files alone.",
            class_="fs-muted",
        )
    if differences and len(texts) > 1:
        texts = list(two_sides(*texts))
    return tag(
        "div",
        *(tag("blockquote", text, dir="auto") for text in texts),
        class_=f"fs-texts fs-texts-{len(texts)}",
    )


def _answers(comparison: Comparison, row: dict[str, Any]) -> Html:
    models = {"old": "old", "new": row["candidate"]}
    heads = [_side(side, model_title(comparison, model, row["task"]), row) for side, model in models.items()]
    table = comparison.probabilities(int(row["row_id"]))
    table = table[table["model"].isin(["old", row["candidate"]])]
    if table.empty:
        note = tag("p", "Neither model gave probabilities.", class_="fs-muted")
        return tag("section", tag("div", *heads, class_="fs-sides"), note)
    classes = _in_order(table, row)
    shown, rest = classes[:_MOST_CLASSES], classes[_MOST_CLASSES:]
    bars = [_bars(label, values, row) for label, values in shown]
    if rest:
        more = [_bars(label, values, row) for label, values in rest]
        bars.append(tag("details", tag("summary", f"{len(rest)} more classes"), *more))
    return tag("section", tag("div", *heads, class_="fs-sides"), tag("div", *bars, class_="fs-bars"))


def _side(side: str, name: str, row: dict[str, Any]) -> Html:
    answer = row[f"{side}_pred"]
    right = answer == row["label"]
    confidence = row[f"{side}_conf"]
    told = "" if pd.isna(confidence) else f" {percent(confidence, 1)}"
    sign = tag("span", "✓ right" if right else "✕ wrong", class_="fs-right" if right else "fs-wrong")
    return tag("div", tag("span", name, class_="fs-muted"), tag("b", answer), tag("span", told, " ", sign))


def _in_order(table: pd.DataFrame, row: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Order classes: with few, as the task has them; with many, what matters here first."""
    by_label = {
        label: dict(zip(group["model"], group["probability"], strict=True))
        for label, group in table.groupby("label", sort=False)
    }
    if len(by_label) <= _MOST_CLASSES:
        return list(by_label.items())
    named = {row["label"], row["old_pred"], row["new_pred"]}
    return sorted(by_label.items(), key=lambda item: (item[0] not in named, -max(item[1].values())))


def _bars(label: str, values: dict[str, float], row: dict[str, Any]) -> Html:
    gold = tag("span", "gold", class_="fs-tag") if label == row["label"] else Html("")
    name = tag("span", tag("span", label, class_="fs-class"), gold, class_="fs-label")
    sides = [_bar(values.get(model), row[f"{side}_pred"] == label)
             for side, model in (("old", "old"), ("new", row["candidate"]))]  # fmt: skip
    return tag("div", name, *sides, class_="fs-class-row")


def _bar(value: float | None, answered: bool) -> Html:
    if value is None:
        return tag("span", "–", class_="fs-bar")
    fill = tag("i", class_="fs-fill fs-answered" if answered else "fs-fill", style=f"width:{100 * value:.1f}%")
    return tag("span", tag("span", fill, class_="fs-track"), tag("span", percent(value, 1)), class_="fs-bar")


def _missing(value: object) -> bool:
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def _dashed(outcome: str) -> str:
    return outcome.replace("_", "-")
