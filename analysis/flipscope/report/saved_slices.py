"""How the candidate did on the slices that people saved."""

from __future__ import annotations

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.flips.slices import MIN_FLIPS
from flipscope.report import REDACTED, Options
from flipscope.report.blocks import Block, Bullets, Cell, Heading, Parts, Table, Words, cell, clip, paragraph
from flipscope.report.figures import flip_cell
from flipscope.report.redaction import may_quote
from flipscope.schema import Interval
from flipscope.slices.saved import judge_saved
from flipscope.words import percent, points, probability

_MOST = 60  # rows for one candidate
_LONG = 400  # characters of a condition or a note
_COLUMNS = ("n", "Accuracy", "Change, points", "Broke (NFR)", "Mended", "q of the change")


def saved_slices(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell how each candidate did on every saved slice, in the order they were saved in, and what they are."""
    if not comparison.tasks:
        return []
    try:
        judged = judge_saved(comparison, candidate=candidates[0] if len(candidates) == 1 else None)
    except FlipscopeError as error:  # the file is damaged: not this comparison's fault, so the rest is told
        return [paragraph(Words("The saved slices can't be read: "), error.what, kind="note")]
    if judged.empty:
        return []
    blocks: list[Block] = []
    for name in candidates:
        rows = judged[(judged["candidate"] == name) & (judged["n"] > 0)]
        if rows.empty:
            continue
        if len(comparison.candidates) > 1:
            blocks.append(Heading((name,)))
        columns = tuple(map(Words, ("Slice", "Task", *_COLUMNS)))
        blocks.append(Table(columns, tuple(_row(row) for row in _records(rows)), numbers=len(_COLUMNS)))
        if len(rows) > _MOST:
            blocks.append(paragraph(Words(f"The first {_MOST} of {len(rows):,} rows."), kind="note"))
    tested = judged.attrs["tested"]
    told = f"q is about the change of accuracy, corrected for {tested:,} tested (those with {MIN_FLIPS} flips or more)."
    return [*blocks, Bullets(tuple(_meanings(comparison, judged, options))), paragraph(Words(told), kind="note")]


def _records(rows: pd.DataFrame) -> list[dict]:
    return rows.head(_MOST).to_dict("records")


def _meanings(comparison: Comparison, judged: pd.DataFrame, options: Options) -> list[Parts]:
    """Tell what each slice is: its condition, the note, and why it has no row; notes may quote texts."""
    found = []
    for name, rows in judged.groupby("slice", sort=False):
        first = rows.iloc[0]
        hidden = options.redact and may_quote(comparison, first["where"])
        parts = [str(name), Words(": ")]
        parts.append(Words(REDACTED, "muted") if hidden else clip(first["where"], _LONG))
        if first["note"] and not options.redact:
            parts += [Words(" · ", "muted"), clip(first["note"], _LONG)]
        if first["problem"] is not None:
            parts += [
                Words(" – can't be judged here"),
                *([] if hidden else [Words(": "), clip(first["problem"], _LONG)]),
            ]
        elif not rows["n"].any():
            parts.append(Words(" – no example meets it"))
        found.append(tuple(parts))
    return found


def _row(row: dict) -> tuple[Cell, ...]:
    change = Interval(value=row["accuracy_delta"], low=row["accuracy_delta_low"], high=row["accuracy_delta_high"])
    nfr = Interval(value=row["nfr"], low=row["nfr_low"], high=row["nfr_high"])
    tested = row["note_"] is None
    return (
        cell(row["slice"]),
        cell(row["task"]),
        cell(Words(f"{row['n']:,}")),
        cell(Words(f"{percent(row['accuracy_old'], 1)} → {percent(row['accuracy_new'], 1)}")),
        cell(Words(points(change.value)), below=Words(f"[{points(change.low)}, {points(change.high)}]")),
        flip_cell(row["negative_flip"], nfr, "negative", None),
        cell(Words(f"{row['positive_flip']:,}", "positive" if row["positive_flip"] else "")),
        cell(Words(probability(row["q_value"]) if tested else "–"), below=() if tested else Words("few flips")),
    )
