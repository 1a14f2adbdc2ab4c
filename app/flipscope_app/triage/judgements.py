"""What people found an example to be; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from flipscope import triage_words
from flipscope.store.triage import ABOUT_EXAMPLE, JUDGEMENTS
from flipscope_app.markup import Html, join, tag

#: By judgement: what it is called, its sign, and what it says.
NAMES = {judgement: words.capitalize() for judgement, words in triage_words.NAMES.items()}
SIGNS = {"real_regression": "✕", "wrong_gold_label": "≠", "ambiguous": "?", "acceptable": "✓"}
TOLD = {
    "real_regression": "The gold label is right, and the candidate should not have got it wrong.",
    "wrong_gold_label": "The data are wrong: this example says nothing about either model.",
    "ambiguous": "People could argue for more than one answer.",
    "acceptable": "The candidate is wrong, and one can live with that.",
}


@dataclass(frozen=True)
class Judged:
    """What is kept of one example.

    Attributes
    ----------
    judgement : str
        One of `flipscope.store.triage.JUDGEMENTS`.
    note, author : str
        What was typed; may be empty.
    time : str
        ISO 8601, UTC.
    carried_from : str
        What it was taken over from; empty where judged here.
    """

    judgement: str
    note: str
    author: str
    time: str
    carried_from: str


def judged_by_row(found: pd.DataFrame) -> dict[int, Judged]:
    """Get what `Triage.of` or `Triage.table` found, by row id."""
    columns = [found[name].fillna("").astype(str) for name in ("judgement", "note", "author", "time", "carried_from")]
    return {int(row): Judged(*each) for row, *each in zip(found["row_id"], *columns, strict=True)}


def fitting(row: Mapping[str, Any]) -> tuple[str, ...]:
    """List what an example can be judged as: all of a negative flip; of others, what is about the example alone."""
    return JUDGEMENTS if row["outcome"] == "negative_flip" else ABOUT_EXAMPLE


def badge(judgement: str) -> Html:
    """Name a judgement in a small frame, with its sign."""
    sign = tag("span", SIGNS[judgement], aria_hidden="true")
    kind = f"fs-judgement fs-judged-{judgement.replace('_', '-')}"
    return tag("span", sign, f" {NAMES[judgement]}", class_=kind, title=TOLD[judgement])


def judged_line(judged: Judged | None, now: datetime, *, with_note: bool = True) -> Html:
    """Tell what an example was found to be, by whom and when."""
    if judged is None:
        return tag("p", "Not judged yet.", class_="fs-judged fs-muted")
    parts: list[str | Html] = [badge(judged.judgement), tag("span", *_by(judged, now), class_="fs-muted")]
    head = tag("p", *parts, class_="fs-judged")
    note = tag("blockquote", judged.note, dir="auto", class_="fs-judged-note")
    return join(head, note) if judged.note and with_note else head


def judged_meanwhile(judged: Judged | None, now: datetime) -> Html:
    """Say that somebody was faster, so that what was just asked for was not done."""
    if judged is None:
        done: Html = tag("p", "Somebody took the judgement of this example back while you looked at it.")
    else:
        who, name = tag("bdi", judged.author or "Somebody"), NAMES[judged.judgement].lower()
        done = tag("p", who, f" judged this {ago(judged.time, now)}: {name}.")
    kept = tag("p", "Yours was not kept; judge again to replace what is there.")
    return tag("div", done, kept, class_="fs-note fs-warning", role="status")


def _by(judged: Judged, now: datetime) -> list[str | Html]:
    when = ago(judged.time, now)
    told: list[str | Html] = ["by ", tag("bdi", judged.author), f", {when}"] if judged.author else [when]
    return [*told, ", taken over from ", tag("bdi", judged.carried_from)] if judged.carried_from else told


def ago(time: str, now: datetime) -> str:
    """Write how long ago something was; the day, when that is more than a day."""
    then = datetime.fromisoformat(time)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes >= 24 * 60:
        return f"on {then.day} {then:%B %Y}"
    count, unit = (minutes // 60, "hour") if minutes >= 60 else (minutes, "minute")
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
