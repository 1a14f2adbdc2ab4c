"""The verdict on a candidate, and the limits that it rests on."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from flipscope.comparison import Comparison
from flipscope.judge.listed import texts_of
from flipscope.judge.words import (
    DECISIONS,
    MANY,
    MEASURES,
    MOST_NEEDED,
    amount,
    excess,
    level,
    levels,
    other_verdict,
    overview,
    sentence,
    without,
)
from flipscope.report import Options
from flipscope.report.blocks import Block, Bullets, Cell, Heading, Paragraph, Parts, Table, Words, cell, clip
from flipscope.report.subject import closer_look
from flipscope.schema import CandidateResult, Reason, Verdict
from flipscope.words import percent
from flipscope.words import reason as why

_MOST = 40  # rows of each table
_SCOPE = 160  # characters
_NAMES = 12  # notes that are told by name alone
_ID, _TEXT = 80, 160  # characters of an example that broke
_NO_BREAK = "\N{NO-BREAK SPACE}"
_RESULTS = {False: Words("broken", "negative"), None: Words("undecided", "strong"), True: Words("holds")}
_COLUMNS = ("Where", "Measure", "Result", "Observed", "Bounds", "Budget", "Needed")


def verdicts(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell who may ship, and what the verdicts rest on: on every candidate, or the one that stands for a study."""
    judged = [comparison.candidate(name) for name in candidates if comparison.candidate(name).verdict]
    blocks: list[Block] = _overview(judged) if len(judged) > 1 else []
    for candidate in closer_look(comparison, candidates):
        found = comparison.candidate(candidate).verdict
        if found is not None:
            blocks += [Heading((candidate,))] if len(comparison.candidates) > 1 else []
            blocks += [Paragraph(verdict_lead(found), "lead"), *kept_instead(comparison, candidate)]
            blocks += [*_required(found), *broken_examples(comparison, candidate, options)]
            blocks += [*_notes(found), *_bounds(comparison, found)]
    return blocks


def _overview(judged: Sequence[CandidateResult]) -> list[Block]:
    """Tell how many of several candidates may ship, and which."""
    (count, _), *decisions = overview(judged)
    items = [(Words(decision, "strong"), Words(": "), ", ".join(names)) for decision, names in decisions]
    return [Paragraph((Words(f"{count}."),), "lead"), Bullets(tuple(items))]


def no_verdict(comparison: Comparison, candidates: list[str]) -> list[Block]:
    """Tell how to get a verdict, where there is none."""
    if any(comparison.candidate(candidate).verdict for candidate in candidates):
        return []
    command = shlex.join(["flipscope", "gate", comparison.title, "--max-nfr", "0.02"])
    return [Paragraph((Words("No budget was given, so there is no verdict. "), command, Words(" gives one.")), "note")]


def verdict_lead(verdict: Verdict) -> Parts:
    """Tell the decision and its sentence; names from data stand apart from our own words."""
    decision = DECISIONS[verdict.decision]
    role = "negative" if verdict.decision == "hold" else "strong"
    excluded = () if verdict.excluded is None else (without(verdict.excluded),)
    return Words(decision, role), Words(": "), *_sentence(verdict, f"{decision}: "), *excluded


def kept_instead(comparison: Comparison, candidate: str) -> list[Block]:
    """Tell the verdict that is kept with the comparison, where this is another one."""
    kept = other_verdict(comparison, candidate)
    if kept is None:
        return []
    told = "Judged by limits given for this report. The verdict kept with the comparison is "
    return [Paragraph((Words(told), *verdict_lead(kept)))]


def broken_examples(comparison: Comparison, candidate: str, options: Options) -> list[Block]:
    """List the examples that must not break and did."""
    verdict = comparison.candidate(candidate).verdict
    blocks: list[Block] = []
    for reason in verdict.reasons if verdict else ():
        if reason.examples:
            texts = {} if options.redact else texts_of(comparison, candidate, reason)
            items = [_example(name, texts.get(name, [])) for name in reason.examples]
            more = reason.negative_flip - len(items)
            rest = [(Words(f"and {more:,} more"),)] if more > 0 else []
            blocks += [Paragraph((Words("These must not break, and did:"),)), Bullets((*items, *rest))]
    return blocks


def _example(name: str, texts: Sequence[str]) -> Parts:
    return clip(name, _ID), *(part for text in texts for part in (Words(" · "), clip(text, _TEXT)))


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
    return [_table(required, verdict.cluster), *([Paragraph((Words(more),), "note")] if more else [])]


def _notes(verdict: Verdict) -> list[Block]:
    """List the notes that are broken, name those that are undecided, and count the others."""
    notes = worst_first([reason for reason in verdict.reasons if not reason.required])
    if not notes:
        return []
    broken, undecided = ([reason for reason in notes if reason.holds is holds] for holds in (False, None))
    holding = len(notes) - len(broken) - len(undecided)
    told = f"Shipping does not depend on notes: {holding:,} of {len(notes):,} hold"
    if not broken:
        return [Paragraph((Words(f"{told}."),)), *_open(undecided)]
    told += f", {len(broken):,} {'is' if len(broken) == 1 else 'are'} broken"
    told += f". These are the {_MOST} worst:" if len(broken) > _MOST else ":"
    return [Paragraph((Words(told),)), _table(broken, verdict.cluster), *_open(undecided)]


def _open(undecided: Sequence[Reason]) -> list[Block]:
    """Name the notes that there is too little data to tell of."""
    if not undecided:
        return []
    names = [part for each in undecided[:_NAMES] for part in (Words(", "), clip(each.scope, _SCOPE))][1:]
    more = f" and {len(undecided) - _NAMES:,} more" if len(undecided) > _NAMES else ""
    told = f"{len(undecided):,} note{' is' if len(undecided) == 1 else 's are'} undecided for lack of data: "
    return [Paragraph((Words(told), *names, Words(f"{more}.")))]


def worst_first(reasons: Sequence[Reason]) -> list[Reason]:
    """Sort reasons: the broken ones, then the undecided ones, and among them those that go furthest over the budget."""
    order = {False: 0, None: 1, True: 2}
    return sorted(reasons, key=lambda reason: (order[reason.holds], -excess(reason)))


def _bounds(comparison: Comparison, verdict: Verdict) -> list[Block]:
    """Tell what the bounds allow for."""
    parts: Parts = (Words(f"Bounds are one-sided, at {levels(verdict)}."), *_clusters(comparison, verdict))
    if verdict.noise_floor:
        parts = (*parts, Words(" Noise floor: "), clip(", ".join(verdict.noise_floor), 600), Words("."))
    return [Paragraph(parts, "note")]


def _clusters(comparison: Comparison, verdict: Verdict) -> Parts:
    """Tell why bounds are wider than the intervals of the same rates elsewhere."""
    if verdict.cluster is None or not comparison.tasks:
        return ()
    told = (
        " are not independent: bounds go by these clusters, and are wider than the intervals in the figures, which "
        "take examples as independent."
    )
    return Words(" Examples with the same "), clip(verdict.cluster, _SCOPE), Words(told)


def _table(reasons: Sequence[Reason], cluster: str | None) -> Table:
    return Table(tuple(map(Words, _COLUMNS)), tuple(_row(reason, cluster) for reason in reasons[:_MOST]), numbers=4)


def _row(reason: Reason, cluster: str | None) -> tuple[Cell, ...]:
    sign = "≥" if reason.measure == "accuracy_delta" else "≤"
    listed = reason.measure == "negative_flip"
    return (
        cell(clip(reason.scope, _SCOPE)),
        cell(Words(MEASURES[reason.measure])),
        cell(_RESULTS[reason.holds], below=Words(_sure(reason))),
        cell(Words(amount(reason, reason.observed)), below=(Words("("), *_counts(reason, cluster), Words(")"))),
        _limits(reason),
        cell(Words("none" if listed else f"{sign}{_NO_BREAK}{amount(reason, reason.budget)}")),
        cell(Words(_needed(reason))),
    )


def _limits(reason: Reason) -> Cell:
    """Write both bounds; the unit stands by what was observed."""
    if reason.low is None or reason.high is None or reason.confidence is None:
        return cell(Words("–"))
    low, high = (amount(reason, limit).removesuffix(" points") for limit in (reason.low, reason.high))
    return cell(Words(f"[{low}, {high}]"), below=Words(f"{level(reason.confidence)} each"))


def _needed(reason: Reason) -> str:
    """Tell how much it takes for a limit to be told."""
    if reason.needed_n is not None and reason.needed_n > MOST_NEEDED and reason.needed_clusters is None:
        return f"> {MANY}"
    if reason.needed_clusters is not None:
        return f"{reason.needed_clusters:,} cluster{'' if reason.needed_clusters == 1 else 's'}"
    return f"{reason.needed_n:,}" if reason.needed_n else "–" if reason.holds is None else ""


def _sure(reason: Reason) -> str:
    """Tell whether a broken limit may have been broken by chance."""
    if reason.holds is not False or reason.measure == "negative_flip":
        return ""
    return "beyond chance" if reason.beyond_chance else "perhaps by chance"


def _counts(reason: Reason, cluster: str | None) -> Parts:
    """Tell the counts behind what was observed, and the column that clusters come from."""
    if reason.n == 0:
        return (Words(why(reason.reason or "no_examples")),)
    if reason.measure == "negative_flip":
        return (Words(f"of {reason.n:,}"),)
    mended = f", {reason.positive_flip:,} mended," if reason.measure == "accuracy_delta" else ""
    told = f"{reason.negative_flip:,}{' broke' if mended else ''}{mended} of {reason.n:,}"
    floor = ""
    if reason.noise_floor is not None:
        floor = f": {percent(reason.negative_flip / reason.n)}, floor {percent(reason.noise_floor)}"
    if reason.clusters is None:
        return (Words(told + floor),)
    told += f" in {reason.clusters:,} cluster{'' if reason.clusters == 1 else 's'}"
    named = cluster is not None and reason.kind not in ("capability", "test")  # test cases have clusters of their own
    return Words(told), *((Words(" by "), clip(str(cluster), _ID)) if named else ()), Words(floor)
