"""The verdict on a candidate, and the limits that it rests on."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence

from flipscope.comparison import Comparison, percent
from flipscope.judge.words import DECISIONS, MEASURES, amount, excess, sentence
from flipscope.report import Options
from flipscope.report.blocks import Block, Cell, Heading, Paragraph, Parts, Table, Words, cell, clip
from flipscope.schema import Reason, Verdict
from flipscope.words import reason as why

_MOST = 40  # rows of each table
_SCOPE = 160  # characters
_IDS, _ID = 5, 80  # ids of examples that broke, and characters of each
_NO_BREAK = "\N{NO-BREAK SPACE}"
_RESULTS = {False: Words("broken", "negative"), None: Words("not enough data", "strong"), True: Words("holds")}
_COLUMNS = ("Where", "Measure", "Result", "Observed", "Bounds", "Budget", "Needed n")


def verdicts(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell the verdict on every candidate, and what it rests on."""
    blocks: list[Block] = []
    for candidate in candidates:
        found = comparison.candidate(candidate).verdict
        if found is not None:
            who = [Heading((candidate,))] if len(comparison.candidates) > 1 else []
            blocks += [*who, Paragraph(verdict_lead(found), "lead"), *_required(found), *_notes(found), _bounds(found)]
    return blocks


def no_verdict(comparison: Comparison, candidates: list[str]) -> list[Block]:
    """Tell how to get a verdict, where there is none."""
    if any(comparison.candidate(candidate).verdict for candidate in candidates):
        return []
    command = shlex.join(["flipscope", "gate", comparison.path.resolve().name, "--max-nfr", "0.02"])
    return [Paragraph((Words("No budget was given, so there is no verdict. "), command, Words(" gives one.")), "note")]


def verdict_lead(verdict: Verdict) -> Parts:
    """Tell the decision and its sentence; names from data stand apart from our own words."""
    decision = DECISIONS[verdict.decision]
    role = "negative" if verdict.decision == "hold" else "strong"
    return Words(decision, role), Words(": "), *_sentence(verdict, f"{decision}: ")


def _sentence(verdict: Verdict, start: str) -> Parts:
    """Take the sentence apart: it is told again with marks in place of the names, and they end our words."""
    marked = [reason.model_copy(update={"scope": f"\0{i}\0"}) for i, reason in enumerate(verdict.reasons)]
    try:
        pieces = sentence(verdict.decision, marked).removeprefix(start).split("\0")
    except ValueError:  # a decision without a reason for it: somebody else wrote this
        return (clip(verdict.sentence.removeprefix(start), _SCOPE),)
    return tuple(
        clip(verdict.reasons[int(piece)].scope, _SCOPE) if i % 2 else Words(piece) for i, piece in enumerate(pieces)
    )


def _required(verdict: Verdict) -> list[Block]:
    """List what shipping depends on, the broken limits first."""
    required = worst_first([reason for reason in verdict.reasons if reason.required])
    rest = required[_MOST:]
    more = f"{len(rest):,} more{', all of which hold' if all(reason.holds for reason in rest) else ''}." if rest else ""
    return [_table(required), *([Paragraph((Words(more),), "note")] if more else [])]


def _notes(verdict: Verdict) -> list[Block]:
    """List the notes that do not hold, and count the others."""
    notes = worst_first([reason for reason in verdict.reasons if not reason.required])
    if not notes:
        return []
    failing = [reason for reason in notes if not reason.holds]
    holding = len(notes) - len(failing)
    told = f"Shipping does not depend on notes: {holding:,} of {len(notes):,} hold."
    if not failing:
        return [Paragraph((Words(told),))]
    which = f" These are the {_MOST} worst of the others." if len(failing) > _MOST else " The others:"
    return [Paragraph((Words(told + which),)), _table(failing)]


def worst_first(reasons: Sequence[Reason]) -> list[Reason]:
    """Sort reasons: the broken ones, then the undecided ones, and among them those that go furthest over the budget."""
    order = {False: 0, None: 1, True: 2}
    return sorted(reasons, key=lambda reason: (order[reason.holds], -excess(reason)))


def _bounds(verdict: Verdict) -> Paragraph:
    """Tell what the bounds allow for."""
    notes = sum(not reason.required for reason in verdict.reasons)
    told = "Bounds are one-sided."
    if verdict.correction == "bonferroni" and (verdict.candidates > 1 or notes > 1):
        told += f" They allow for {verdict.candidates:,} candidate{'' if verdict.candidates == 1 else 's'} tried"
        told += f", and those of notes for {notes:,} notes." if notes > 1 else "."
    if not verdict.noise_floor:
        return Paragraph((Words(told),), "note")
    return Paragraph((Words(f"{told} Noise floor: "), clip(", ".join(verdict.noise_floor), 600), Words(".")), "note")


def _table(reasons: Sequence[Reason]) -> Table:
    return Table(tuple(map(Words, _COLUMNS)), tuple(map(_row, reasons[:_MOST])), numbers=4)


def _row(reason: Reason) -> tuple[Cell, ...]:
    sign = "≥" if reason.measure == "accuracy_delta" else "≤"
    listed = reason.measure == "negative_flip"
    return (
        cell(clip(reason.scope, _SCOPE), below=_which(reason)),
        cell(Words(MEASURES[reason.measure])),
        cell(_RESULTS[reason.holds], below=Words(_sure(reason))),
        cell(Words(amount(reason, reason.observed)), below=Words(f"({counts(reason)})")),
        _limits(reason),
        cell(Words("none" if listed else f"{sign}{_NO_BREAK}{amount(reason, reason.budget)}")),
        cell(Words(f"{reason.needed_n:,}" if reason.needed_n else "–" if reason.holds is None else "")),
    )


def _which(reason: Reason) -> Parts:
    """Name examples that broke and must not."""
    shown = reason.examples[:_IDS]
    names = [part for name in shown for part in (Words(", "), clip(name, _ID))][1:]
    more = (Words(" …"),) if len(shown) < reason.negative_flip else ()
    return (Words("Broke: "), *names, *more) if names else ()


def _limits(reason: Reason) -> Cell:
    """Write both bounds; the unit stands by what was observed."""
    if reason.low is None or reason.high is None or reason.confidence is None:
        return cell(Words("–"))
    low, high = (amount(reason, limit).removesuffix(" points") for limit in (reason.low, reason.high))
    return cell(Words(f"[{low}, {high}]"), below=Words(f"each at {level(reason.confidence)}"))


def _sure(reason: Reason) -> str:
    """Tell whether a broken limit may have been broken by chance."""
    if reason.holds is not False or reason.measure == "negative_flip":
        return ""
    return "beyond chance" if reason.beyond_chance else "perhaps by chance"


def counts(reason: Reason) -> str:
    """Tell the counts behind what was observed."""
    if reason.n == 0:
        return why(reason.reason or "no_examples")
    if reason.measure == "negative_flip":
        return f"of {reason.n:,}"
    mended = f", {reason.positive_flip:,} mended," if reason.measure == "accuracy_delta" else ""
    told = f"{reason.negative_flip:,}{' broke' if mended else ''}{mended} of {reason.n:,}"
    if reason.clusters is not None:
        told += f" in {reason.clusters:,} cluster{'' if reason.clusters == 1 else 's'}"
    if reason.noise_floor is not None:
        told += f", floor {percent(reason.noise_floor)}"
    return told


def level(confidence: float) -> str:
    """Write a confidence level with two digits of what it leaves out: 95 %, 99.94 %."""
    digits = max(0, 1 - math.floor(math.log10(100 * (1 - confidence)))) if confidence < 1 else 0
    text = f"{100 * confidence:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if digits else text) + "%"
