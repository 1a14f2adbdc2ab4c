"""Verdicts for people at a terminal: the decision in a sentence, and a table of what it rests on."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flipscope.comparison import Comparison
from flipscope.judge.listed import texts_of
from flipscope.judge.words import (
    DECISIONS,
    MANY,
    MAY_SHIP,
    MEASURES,
    MOST_NEEDED,
    amount,
    excess,
    in_clusters,
    kept_instead,
    levels,
    overview,
)
from flipscope.printable import printable
from flipscope.report.blocks import clip
from flipscope.schema import CandidateResult, Reason, Verdict
from flipscope.terminal import console, new_table
from flipscope.words import percent
from flipscope.words import reason as why

STYLES = {"ship": "green", "ship_with_notes": "yellow", "hold": "red", "not_enough_data": "yellow"}
_RESULTS = {False: ("broken", "red"), None: ("undecided", "yellow"), True: ("holds", "")}
_LEFT = {False: ("is broken", "are broken"), None: ("is undecided", "are undecided"), True: ("holds", "hold")}
_ORDER = (False, None, True)  # what keeps it from shipping comes first
# More rows are not read, and scroll the first out of sight: of one result of required limits, and of notes.
_MOST_ROWS, _MOST_NOTES = 40, 8
_MOST_DETAILED = 6  # candidates whose reasons are told
_MOST_EXAMPLES, _TEXT = 5, 100  # examples that broke and must not, and characters of each
_PLAIN_WIDTH = 110
_NAMES_WIDTH = 18  # what names need at the least
_MEASURES = MEASURES | {"accuracy_delta": "accuracy"}
_LEGEND = (
    "holds: even at worst within the budget. broken: what was observed is over it. undecided: too little data to tell. "
    "Notes do not stop a candidate."
)


def print_verdicts(comparison: Comparison, candidates: Sequence[CandidateResult]) -> None:
    """Print who may ship, and the verdict on each candidate with its reasons; of many, the reasons of who may."""
    out = console()
    print_overview(out, candidates)
    detailed = _detailed(candidates)
    for each in candidates:
        if each.verdict is not None:
            out.print(_headline(comparison, each.name, each.verdict))
            if each in detailed:
                _print_reasons(out, comparison, each.name, each.verdict)
            if kept := kept_instead(comparison, each.name):
                out.print(Text(printable(kept), "bold"))
            if each in detailed:
                out.print()
    if len(detailed) < len(candidates):
        out.print(Text("The limits of another candidate: --candidate NAME; of all: --json", "dim"))
    if detailed:
        out.print(Text(_LEGEND, "dim"))


def print_overview(out: Console, candidates: Sequence[CandidateResult]) -> None:
    """Print how many of several candidates may ship, and which."""
    if len(candidates) > 1:
        (count, _), *decisions = overview(candidates)
        out.print(Text(count, "bold"))
        styles = {DECISIONS[decision]: style for decision, style in STYLES.items()}
        for decision, names in decisions:
            out.print(Text.assemble((decision, f"bold {styles[decision]}"), printable(f": {', '.join(names)}")))
        out.print()


def _detailed(candidates: Sequence[CandidateResult]) -> Sequence[CandidateResult]:
    """Choose the candidates whose reasons are printed: of many, those that may ship."""
    if len(candidates) <= _MOST_DETAILED:
        return candidates
    return [each for each in candidates if each.verdict and each.verdict.decision in MAY_SHIP][:_MOST_DETAILED]


def print_sentences(out: Console, comparison: Comparison) -> None:
    """Print the verdicts kept with a comparison, a sentence each."""
    for each in comparison.results.candidates:
        if each.verdict is not None:
            out.print(_headline(comparison, each.name, each.verdict))


def verdict_text(comparison: Comparison, name: str, verdict: Verdict) -> str:
    """Write the verdict on a candidate, with its reasons, as plain text; the sentence is the first line."""
    stream = io.StringIO()
    _print_reasons(
        Console(file=stream, width=_PLAIN_WIDTH, color_system=None, legacy_windows=False), comparison, name, verdict
    )
    lines = (line.rstrip() for line in stream.getvalue().splitlines())
    return "\n".join([_headline(comparison, name, verdict).plain, *lines])


def _print_reasons(out: Console, comparison: Comparison, name: str, verdict: Verdict) -> None:
    table = new_table()
    table.add_column("scope\nmeasure", overflow="fold", min_width=_NAMES_WIDTH)
    for heading in ("observed", "at worst", "budget"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("result", no_wrap=True)
    left = [*_add_rows(table, verdict, required=True), *_add_rows(table, verdict, required=False)]
    out.print(table)
    for reason in verdict.reasons:
        _print_broken(out, comparison, name, reason)
    for line in left:
        out.print(Text(line, "dim"))
    out.print(Text(_about(verdict), "dim"))


def _print_broken(out: Console, comparison: Comparison, candidate: str, reason: Reason) -> None:
    """Print the examples that broke and must not."""
    texts = texts_of(comparison, candidate, reason)
    for example in reason.examples[:_MOST_EXAMPLES]:
        quoted = "  ".join(printable(clip(text, _TEXT)) for text in texts.get(example, []))
        out.print(Text.assemble(("must not break, and did: ", "red"), printable(example), "  ", (quoted, "dim")))
    if (more := reason.negative_flip - _MOST_EXAMPLES) > 0 and reason.examples:
        out.print(Text(f"and {more:,} more of them", "dim"))


def _headline(comparison: Comparison, name: str, verdict: Verdict) -> Text:
    decision, _, rest = verdict.sentence.partition(":")
    whose = f"{name}  " if len(comparison.candidates) > 1 else ""
    return Text.assemble(printable(whose), (decision, f"bold {STYLES[verdict.decision]}"), printable(f":{rest}"))


def _add_rows(table: Table, verdict: Verdict, *, required: bool) -> Iterator[str]:
    """Add the limits that are required, or the notes, the worst first; tell of those there is no room for."""
    chosen = [reason for reason in verdict.reasons if reason.required == required]
    if not chosen:
        return
    table.add_row(Text("required" if required else "notes", "bold"))
    for holds in _ORDER:
        found = sorted((reason for reason in chosen if reason.holds is holds), key=excess, reverse=True)
        most = _MOST_ROWS if required else _MOST_NOTES
        shown = [] if holds and len(found) > most and not required else found[:most]
        for reason in shown:
            table.add_row(*_cells(reason, verdict.cluster))
        if more := len(found) - len(shown):
            what = f"{'more ' if shown else ''}{'required limit' if required else 'note'}{'' if more == 1 else 's'}"
            yield f"{more:,} {what} {_LEFT[holds][more > 1]} (--json has all)"
    table.add_section()


def _cells(reason: Reason, cluster: str | None) -> list[Text]:
    asked = "at least" if reason.measure == "accuracy_delta" else "at most"
    return [
        Text.assemble(printable(reason.scope), "\n", (_MEASURES[reason.measure], "dim")),
        Text.assemble(amount(reason, reason.observed), "\n", ("\n".join(_counts(reason, cluster)), "dim")),
        Text("-" if reason.low is None else amount(reason, reason.bound)),
        Text.assemble(amount(reason, reason.budget), "\n", (asked, "dim")),
        _result(reason),
    ]


def _counts(reason: Reason, cluster: str | None) -> Iterator[str]:
    """Tell of how many, each in a line of its own."""
    if reason.measure == "accuracy_delta":
        yield f"+{reason.positive_flip:,} −{reason.negative_flip:,}"
        yield f"of {reason.n:,}"
    elif reason.measure == "negative_flip":
        yield f"of {reason.n:,}"
    else:
        yield f"{reason.negative_flip:,} of {reason.n:,}"
    if reason.excluded:
        yield f"{reason.excluded:,} excluded"
    if reason.clusters is not None:
        yield printable(in_clusters(reason, cluster))
    if reason.noise_floor is not None:
        yield f"NFR {percent(reason.negative_flip / reason.n)}"
        yield f"floor {percent(reason.noise_floor)}"


def _result(reason: Reason) -> Text:
    word, style = _RESULTS[reason.holds]
    return Text.assemble((word, style), "\n", (_remark(reason), "dim"))


def _remark(reason: Reason) -> str:
    """Tell how sure that is, or what it would take."""
    if reason.reason is not None:
        return why(reason.reason)
    if reason.holds is False and reason.measure != "negative_flip":
        return "beyond chance" if reason.beyond_chance else "may be chance"
    if reason.needed_n is None:
        return ""
    units = "cases" if reason.kind in ("capability", "test") else "examples"
    count = reason.needed_n
    if reason.needed_clusters is not None:
        units, count = "clusters" if reason.needed_clusters > 1 else "cluster", reason.needed_clusters
    return f"takes {count:,} {units}" if count <= MOST_NEEDED else f"takes > {MANY}"


def _about(verdict: Verdict) -> str:
    """Tell what the bounds allow for."""
    floor = f" NFR above the noise floor of {len(verdict.noise_floor)} repeats." if verdict.noise_floor else ""
    return f"At worst: the one-sided bound at {levels(verdict)}.{floor}"
