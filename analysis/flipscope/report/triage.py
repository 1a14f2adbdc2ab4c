"""What people judged of single examples, and the figures with and without wrong gold labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.report import REDACTED, Options
from flipscope.report.blocks import Block, Bullets, Cell, Heading, Paragraph, Parts, Table, Words, cell, clip
from flipscope.store.triage import Triage
from flipscope.store.triage_summary import Figures, TriageSummary
from flipscope.triage_words import CAUTION, NAMES, counts
from flipscope.words import interval, percent

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.schema import Interval

_COLUMNS = ("n", "Broke (NFR)", "Mended (PFR)", "Accuracy")
_MOST = 20  # notes
_NOTE, _NAME = 300, 80  # characters


def triage(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell what was judged, the figures both ways, and the notes; nothing where nobody judged."""
    if not comparison.tasks:
        return []
    try:
        judged, summaries = Triage(comparison).table(), Triage(comparison).summaries()
    except FlipscopeError as error:  # figures do not hang on judgements
        return [Paragraph((Words("The judgements of people can't be read: "), error.what, Words(".")), "note")]
    blocks: list[Block] = []
    for candidate in candidates:
        told = [each for each in summaries if each.candidate == candidate and each.authors]
        if told:
            rows = judged[judged["candidate"] == candidate]
            blocks += [Heading((candidate,))] * (len(comparison.candidates) > 1)
            blocks += [_table(told), *(Paragraph(_counted(each)) for each in told), *_noted(rows, options)]
    return [*blocks, Paragraph((Words(CAUTION),), "note")] if blocks else []


def _table(summaries: list[TriageSummary]) -> Table:
    rows = []
    for each in summaries:
        ways = [("as it is", each.as_is)]
        if each.left_out:
            labels = "wrong gold label" if each.left_out == 1 else "wrong gold labels"
            ways.append((f"without {each.left_out:,} {labels}", each.without))
        rows += [(cell(clip(each.task, _NAME)), cell(Words(what)), *_figures(figures)) for what, figures in ways]
    return Table(tuple(map(Words, ("Task", "", *_COLUMNS))), tuple(rows), numbers=len(_COLUMNS))


def _figures(figures: Figures) -> tuple[Cell, ...]:
    accuracy = f"{percent(figures.accuracy_old, 1)} → {percent(figures.accuracy_new, 1)}"
    return (
        cell(Words(f"{figures.n:,}")),
        _rate(figures.negative_flip, figures.nfr, "negative"),
        _rate(figures.positive_flip, figures.pfr, "positive"),
        cell(Words(accuracy)),
    )


def _rate(count: int, rate: Interval, role: str) -> Cell:
    below = Words(f"{percent(rate.value)} {interval(rate.low, rate.high)}")
    return cell(Words(f"{count:,}", role), below=below)


def _counted(summary: TriageSummary) -> Parts:
    who = ", ".join(clip(author, _NAME) for author in summary.authors)
    return (clip(summary.task, _NAME), Words(f": of the negative flips {counts(summary)}. Judged by "), who, Words("."))


def _noted(judged: pd.DataFrame, options: Options) -> list[Block]:
    """List the notes, the latest first; they may quote a text, so they go where texts go."""
    noted = judged[judged["note"] != ""]
    items = [_note(row, options) for row in noted.head(_MOST).to_dict("records")]
    if (more := len(noted) - len(items)) > 0:
        items.append((Words(f"and {more:,} more notes: flipscope triage list"),))
    return [Paragraph((Words("Notes:"),)), Bullets(tuple(items))] if items else []


def _note(row: dict[str, Any], options: Options) -> Parts:
    note = Words(REDACTED, "muted") if options.redact else clip(row["note"], _NOTE)
    where = (clip(row["task"], _NAME), Words(" · "), clip(row["example_id"], _NAME))
    return (Words(NAMES[row["judgement"]], "strong"), Words(" · "), *where, Words(" · "), note)
