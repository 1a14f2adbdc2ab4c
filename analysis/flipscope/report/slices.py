"""The slices of the data where more broke than in their task on the whole, out of all that were tried."""

from __future__ import annotations

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.slices import MIN_FLIPS, judge_slices
from flipscope.report import Options
from flipscope.report.blocks import (
    Block,
    Cell,
    Chart,
    Heading,
    Mark,
    Panel,
    Paragraph,
    Parts,
    Row,
    Table,
    Words,
    cell,
    clip,
)
from flipscope.report.figures import flip_cell, rate_mark
from flipscope.schema import Interval
from flipscope.words import percent, points, probability

_MOST = 15
_NAME = 60  # characters of a value
_WHOLE = 0.8  # share of a task from which on a slice is nearly the task itself, and only the rest tells something
_COLUMNS = ("n", "Accuracy", "Change, points", "Broke (NFR)", "Mended", "q of the change")


def slices(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell where more broke than in the task on the whole, by the lower limit of the negative flip rate."""
    if not comparison.tasks:
        return []
    blocks: list[Block] = []
    for candidate in candidates:
        judged = _judge(comparison, candidate)
        if judged.empty:
            continue
        broken = _broken(judged)
        worst = broken.head(_MOST)
        if len(comparison.candidates) > 1:
            blocks.append(Heading((candidate,)))
        if worst.empty:
            blocks.append(_note(0, 0, judged))
            continue
        columns = tuple(map(Words, ("Task", "Slice", *_COLUMNS)))
        reach = float(worst["nfr_high"].max()) if len(worst) < 2 else None  # else there is a chart
        rows = tuple(_row(row, reach) for row in worst.to_dict("records"))
        chart = [_chart(comparison, candidate, worst)] if len(worst) > 1 else []
        blocks += [*chart, Table(columns, rows, numbers=len(_COLUMNS)), _note(len(worst), len(broken), judged)]
    return blocks


def slice_lead(comparison: Comparison, candidate: str) -> Parts:
    """Tell the slice where most surely broke, if surely more broke there than in its task on the whole."""
    worst = _broken(_judge(comparison, candidate))
    for row in worst[worst["nfr_low"] > worst["task_nfr"]].head(1).to_dict("records"):
        rate = Words(f" ({row['negative_flip']:,} of {row['n']:,}, {percent(row['nfr'], 1)}).")
        return (Words(" Of all slices, most surely broke in "), *_name(row), Words(" of "), row["task"], rate)
    return ()


def _broken(judged: pd.DataFrame) -> pd.DataFrame:
    """Choose the slices where more broke than in their task on the whole, and that are not nearly all of it."""
    return judged[judged["note"].isna() & (judged["nfr"] > judged["task_nfr"]) & (judged["n"] <= _WHOLE * judged["of"])]


def _name(row: dict) -> Parts:
    return clip(row["column"], _NAME), Words(" = "), _named(row["value"])


def _note(shown: int, of: int, judged: pd.DataFrame) -> Paragraph:
    tested = judged.attrs["tested"]
    told = f"{len(judged):,} slices were tried, {tested:,} of them have {MIN_FLIPS} flips or more and were tested"
    if not shown:
        return Paragraph((Words(told + "."),), "note")
    some = f"{shown} of the {of:,}" if shown < of else "the one" if shown == 1 else f"the {shown}"
    which = (
        f". Here {'is' if shown == 1 else 'are'} {some} where more broke than in the task on the whole, "
        f"by the lower limit of the negative flip rate; none has more than {_WHOLE:.0%} of its task. q is about the "
        f"change of accuracy, up or down, and allows for {tested:,} tests."
    )
    return Paragraph((Words(told + which),), "note")


def _judge(comparison: Comparison, candidate: str) -> pd.DataFrame:
    """Judge the slices of all columns together, so that q allows for all of them; worst first."""
    parts = []
    for column in (*comparison.slice_columns, "label"):
        found = comparison.by(column, candidate=candidate)[["task", column, *OUTCOMES]]
        parts.append(found.rename(columns={column: "value"}).assign(column=column).astype({"value": object}))
    counts = pd.concat(parts, ignore_index=True)
    results = {task: comparison.result(task, candidate) for task in comparison.tasks}
    sizes = {task: result.n for task, result in results.items()}
    whole = counts["task"].map(sizes)
    judged = judge_slices(counts[counts[list(OUTCOMES)].sum(axis=1) < whole].reset_index(drop=True))
    judged["of"] = judged["task"].map(sizes).astype(float)
    judged["task_nfr"] = judged["task"].map({task: result.nfr.value for task, result in results.items()}).astype(float)
    worst = judged.sort_values(["nfr_low", "n"], ascending=False, kind="stable").reset_index(drop=True)
    worst.attrs.update(judged.attrs)
    return worst


def _chart(comparison: Comparison, candidate: str, worst: pd.DataFrame) -> Chart:
    """Draw how many broke in each slice, beside how many did in its whole task."""
    rows, marks = [], []
    for row in worst.to_dict("records"):
        task = comparison.result(row["task"], candidate)
        whole = rate_mark(task.negative_flip, task.nfr)
        counts = Words(f"▼ {row['negative_flip']:,}", "negative"), Words(f"of {row['n']:,}", "muted")
        rows.append(Row("".join(_name(row)), row["task"] if len(comparison.tasks) > 1 else "", counts))
        marks.append((whole and Mark(whole.value, None, None, whole.told), rate_mark(row["negative_flip"], _nfr(row))))
    series = Words("All of the task", "old"), Words("This slice", "negative")
    panel = Panel(Words("Broke (NFR), with 95 % intervals"), series, tuple(marks))
    return Chart(Words("Where more broke than in the task on the whole."), tuple(rows), (panel,))


def _nfr(row: dict) -> Interval:
    return Interval(value=row["nfr"], low=row["nfr_low"], high=row["nfr_high"])


def _row(row: dict, reach: float | None) -> tuple[Cell, ...]:
    change = Interval(value=row["accuracy_delta"], low=row["accuracy_delta_low"], high=row["accuracy_delta_high"])
    return (
        cell(row["task"]),
        cell(*_name(row)),
        cell(Words(f"{row['n']:,}")),
        cell(Words(f"{percent(row['accuracy_old'], 1)} → {percent(row['accuracy_new'], 1)}")),
        cell(Words(points(change.value)), below=Words(f"[{points(change.low)}, {points(change.high)}]")),
        flip_cell(row["negative_flip"], _nfr(row), "negative", reach),
        cell(Words(f"{row['positive_flip']:,}", "positive" if row["positive_flip"] else "")),
        cell(Words(probability(row["q_value"]))),
    )


def _named(value: object) -> str:
    """Name a value; pandas turns whole numbers with gaps into floats."""
    if pd.isna(value):
        return Words("(none)", "muted")
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return clip(str(value), _NAME)
