"""Examples with both answers: in flip grids, and the most severe flips."""

from __future__ import annotations

from typing import Any

from flipscope.comparison import Comparison
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.report import EXAMPLES, REDACTED, Options
from flipscope.report.blocks import (
    Block,
    Example,
    Examples,
    Grid,
    Heading,
    Paragraph,
    Parts,
    Square,
    Words,
    clip,
    paragraph,
)
from flipscope.schema import TaskResult
from flipscope.words import interval, percent

_IN_SQUARE = 3  # examples in each square of a grid
_MOST_GRIDS = 24  # seven tasks with three candidates are 21
_LONG, _SHORT = 600, 160  # characters of a text, where it is read, and in a square
_NAME = 80  # characters of a label or an id
# What is most worth reading: the most wrong flips; else where the gold label lost most.
_SORTS = dict(zip(OUTCOMES, ("drop", "severity", "severity", "drop"), strict=True))


def grids(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Draw the flip grid of every task and candidate with examples in it; those with most negative flips if many."""
    results = [(name, comparison.result(task, name)) for task in comparison.tasks for name in candidates]
    shown = sorted(results, key=lambda pair: -pair[1].negative_flip)[:_MOST_GRIDS]
    blocks: list[Block] = []
    for name, result in results:
        if (name, result) in shown:
            who = (Words(", "), name) if len(comparison.candidates) > 1 else ()
            blocks += [Heading((result.task, *who)), _grid(comparison, name, result, options)]
    if len(shown) < len(results):
        told = f"The {len(shown)} grids with most negative flips of {len(results)}."
        blocks.append(paragraph(Words(told), kind="note"))
    return blocks


def _grid(comparison: Comparison, candidate: str, result: TaskResult, options: Options) -> Grid:
    squares = []
    for outcome in OUTCOMES:
        count: int = getattr(result, outcome)
        low, high = (float(limit) for limit in wilson(count, result.n))
        share = Words(f"{percent(count / result.n if result.n else None, 1)} {interval(low, high, 1)}")
        found: list[Example] = []
        if count:
            rows = comparison.examples(
                outcome, task=result.task, candidate=candidate, sort=_SORTS[outcome], limit=_IN_SQUARE
            )
            found = [_example(row, options, _SHORT) for row in rows.to_dict("records")]
        squares.append(Square(outcome, count, share, tuple(found)))
    return Grid(candidate, tuple(squares))


def flips(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """List the negative flips with the most confident mistakes."""
    if not comparison.tasks:
        return []
    most = EXAMPLES if options.examples is None else options.examples
    blocks: list[Block] = []
    for candidate in candidates if most else ():
        total = sum(result.negative_flip for result in comparison.candidate(candidate).tasks)
        found = comparison.examples("negative_flip", candidate=candidate, limit=most).to_dict("records")
        if len(comparison.candidates) > 1:
            blocks.append(Heading((candidate,)))
        blocks.append(_told(len(found), total, sorted_by=bool(found) and found[0]["severity"] == found[0]["severity"]))
        if found:
            blocks.append(Examples(candidate, tuple(_example(row, options, _LONG) for row in found)))
    return blocks


def _told(shown: int, total: int, *, sorted_by: bool) -> Paragraph:
    if not total:
        return paragraph(Words("Nothing broke."))
    which = f"all {total:,} negative flips" if shown == total else f"{shown:,} of {total:,} negative flips"
    order = "the candidate's most confident mistakes first" if sorted_by else "in the order of the data"
    return paragraph(Words(f"{which[0].upper()}{which[1:]}, {order}."))


def _example(row: dict[str, Any], options: Options, most: int) -> Example:
    return Example(
        texts=shown_texts(row, options, most),
        where=(clip(row["task"], _NAME), Words(" · "), clip(row["example_id"], _NAME)),
        gold=(clip(row["label"], _NAME),),
        old=answer(row["old_pred"], row["old_conf"]),
        new=answer(row["new_pred"], row["new_conf"]),
    )


def shown_texts(row: dict[str, Any], options: Options, most: int) -> Parts:
    """Get the texts of an example or an input, as far as they are to be shown."""
    texts = [text for text in (row["text_a"], row["text_b"]) if isinstance(text, str)]
    return tuple(Words(REDACTED, "muted") if options.redact else clip(text, most) for text in texts)


def answer(label: str, confidence: float | None) -> Parts:
    """Tell a model's answer and how sure it is."""
    sure = () if confidence is None or confidence != confidence else (Words(f" {percent(confidence, 1)}", "muted"),)
    return (clip(label, _NAME), *sure)
