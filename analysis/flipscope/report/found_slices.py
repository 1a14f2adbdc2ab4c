"""The slices that a search finds: where more broke than elsewhere, confirmed on examples that were not searched."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.comparison import Comparison
from flipscope.report import Options
from flipscope.report.blocks import Block, Cell, Heading, Table, Words, cell, clip, paragraph
from flipscope.report.figures import rate_plot
from flipscope.report.redaction import may_quote
from flipscope.slices.findings import FoundSlice, Half, SliceFindings, SliceSearch
from flipscope.words import interval, percent, probability, reason

_MOST, _MOST_UNCONFIRMED = 10, 3  # of one task and candidate
_LONG = 400  # characters of a rule or a condition
_COLUMNS = ("Broke, all examples", "NFR on the unseen half", "Lift", "q")
_MEANING = (
    "Rules were searched on one half of the examples, and what was found is judged on the other, unseen half: quote "
    "the rate there. Lift is that rate over the task's. q is Fisher's exact test of the slice against the rest of its "
    "task, corrected for {tested} tested (Benjamini-Hochberg); confirmed is a q of at most 0.05. Under each rule is "
    "its condition: to look at the examples, to save it, or for a budget."
)


def found_slices(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Search for slices, and list the confirmed ones; what may be chance is listed apart."""
    if not comparison.tasks:
        return []
    findings = _find(comparison, candidates, options)
    blocks: list[Block] = []
    for name in candidates:
        searches = [each for each in findings.searches if each.candidate == name]
        if len(comparison.candidates) > 1:
            blocks.append(Heading((name,)))
        blocks += _told(comparison, searches, options)
    tested = f"{findings.tested:,} slice{'' if findings.tested == 1 else 's'}"
    return [*blocks, paragraph(Words(_MEANING.format(tested=tested)), kind="note")]


def _find(comparison: Comparison, candidates: list[str], options: Options) -> SliceFindings:
    """Search what was asked for; without words and columns that may hold texts where none are to be told."""
    from flipscope.slices.find import find_slices

    only = candidates[0] if len(candidates) < len(comparison.candidates) else None
    columns = ["label", *comparison.slice_columns] if options.redact else None
    return find_slices(comparison, candidate=only, columns=columns, words=not options.redact, limit=_MOST)


def _told(comparison: Comparison, searches: Sequence[SliceSearch], options: Options) -> list[Block]:
    rows: dict[bool, list[tuple[str, FoundSlice]]] = {True: [], False: []}
    hidden = 0
    for search in searches:
        shown = [each for each in search.slices if not (options.redact and may_quote(comparison, each.where))]
        hidden += len(search.slices) - len(shown)
        rows[True] += [(search.task, each) for each in shown if each.confirmed]
        rows[False] += [(search.task, each) for each in shown if not each.confirmed][:_MOST_UNCONFIRMED]
    blocks: list[Block] = []
    if rows[True]:
        blocks.append(_table(rows[True]))
    if rows[False]:
        some = "Not confirmed" if rows[True] else "None was confirmed"
        blocks += [paragraph(Words(f"{some}; these may be chance:")), _table(rows[False])]
    if hidden:
        blocks.append(paragraph(Words(f"Left out: {hidden:,} that are about the texts."), kind="note"))
    if not blocks:
        blocks.append(paragraph(Words("No slice was found.")))
    for search in searches:
        if search.reason is not None:
            blocks.append(paragraph(search.task, Words(f" was not searched: {reason(search.reason)}."), kind="note"))
    return blocks


def _table(rows: Sequence[tuple[str, FoundSlice]]) -> Table:
    reach = max((each.confirmation.rate.high or 0.0 for _, each in rows), default=0.0) or 1.0
    columns = tuple(map(Words, ("Task", "Slice", *_COLUMNS)))
    return Table(columns, tuple(_row(task, each, reach) for task, each in rows), numbers=len(_COLUMNS))


def _row(task: str, each: FoundSlice, reach: float) -> tuple[Cell, ...]:
    lift = each.confirmation.lift
    broke = Words(f"{each.negative_flip:,}", "negative" if each.negative_flip else "")
    return (
        cell(task),
        cell(clip(each.rule, _LONG), below=clip(each.where, _LONG)),
        cell(broke, Words(f" of {each.n:,}", "muted")),
        _on_unseen_half(each.confirmation, reach),
        cell(Words("–" if lift is None else f"{lift:.1f}×")),
        cell(Words(probability(each.q))),
    )


def _on_unseen_half(half: Half, reach: float) -> Cell:
    counts = Words(f"{half.flips:,}", "negative" if half.flips else ""), Words(f" of {half.n:,}, ", "muted")
    limits = interval(half.rate.low, half.rate.high, 1)
    plot = rate_plot(half.rate, "negative", reach)
    return cell(*counts, Words(percent(half.rate.value, 1)), below=Words(limits), plot=plot)
