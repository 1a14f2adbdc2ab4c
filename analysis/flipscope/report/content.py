"""Collects what a report says, section by section."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.report import ON_REQUEST, SECTIONS, Options
from flipscope.report.behaviors import behavior_lead, behaviors
from flipscope.report.blocks import Block, Bullets, Paragraph, Parts, Report, Section, Table, Words, cell
from flipscope.report.examples import flips, grids
from flipscope.report.figures import figures
from flipscope.report.found_slices import found_slices
from flipscope.report.methods import methods
from flipscope.report.provenance import compared
from flipscope.report.redaction import redacted
from flipscope.report.saved_slices import saved_slices
from flipscope.report.slices import slice_lead, slices
from flipscope.report.study import study
from flipscope.report.subject import closer_look, data_title, is_of_study, model_titles
from flipscope.report.triage import triage
from flipscope.report.verdict import no_verdict, verdicts
from flipscope.schema import CapabilityResult, TaskResult
from flipscope.words import interval, percent

Builder = Callable[[Comparison, list[str], Options], list[Block]]


def make_report(comparison: Comparison, options: Options) -> Report:
    """Collect the sections that are asked for, by default all; what has nothing to say is left out."""
    candidates = comparison.candidates if options.candidate is None else [options.candidate]
    if options.redact:
        comparison = redacted(comparison)
    wanted = [name for name in SECTIONS if _is_wanted(name, options)]
    if is_of_study(comparison, candidates):
        wanted.sort(key=lambda name: name != "mitigation")
    closer = closer_look(comparison, candidates)
    built = {
        name: _BUILDERS[name](comparison, closer if name in _IN_DETAIL else candidates, options) for name in wanted
    }
    if not any(built.values()):
        built = {name: [Paragraph((Words("This comparison has nothing to tell here."),))] for name in wanted}
    sections = [Section(name, SECTIONS[name], tuple(blocks)) for name, blocks in built.items() if blocks]
    return Report(
        title=comparison.title,
        models=model_titles(comparison, candidates),
        data=data_title(comparison),
        date=date_of(comparison),
        version=Words(comparison.manifest.versions.get("flipscope", "")),
        sections=tuple(sections),
    )


def _is_wanted(name: str, options: Options) -> bool:
    if name == "found" and options.find_slices:
        return True
    return name not in ON_REQUEST if options.sections is None else name in options.sections


def date_of(comparison: Comparison) -> Words:
    """Get the day of the comparison, or the one that the environment asks for; never that of the report."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    known = epoch.isdecimal() and len(epoch) <= 11  # seconds up to the year 5138
    made = datetime.fromtimestamp(int(epoch), UTC) if known else datetime.fromisoformat(comparison.manifest.created)
    return Words(f"{made.day} {made:%B %Y, %H:%M}")


def _summary(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    if is_of_study(comparison, candidates):
        return _study_summary(comparison, candidates)
    blocks: list[Block] = []
    for candidate in candidates:
        who = (candidate, Words(": ")) if len(comparison.candidates) > 1 else ()
        if comparison.tasks:
            lead = (*_lead(comparison, candidate), *slice_lead(comparison, candidate))
            blocks.append(Paragraph((*who, *lead), "lead"))
        if comparison.behaviors:
            blocks.append(Paragraph((*who, *behavior_lead(comparison, candidate)), "lead"))
    return [*blocks, Paragraph((Words(_MEANING),), "note"), *no_verdict(comparison, candidates)]


def _study_summary(comparison: Comparison, candidates: list[str]) -> list[Block]:
    """Tell every candidate of a study in a row, and which one stands for all of them further down."""
    columns = ("n", "Broke", "Mended", *(("Test cases", "Cases broke", "Cases mended") if comparison.behaviors else ()))
    rows = []
    for candidate in candidates:
        found = comparison.candidate(candidate)
        counts = [_counts(found.tasks, "n")]
        counts += [_counts(found.capabilities, "both_evaluated")] if comparison.behaviors else []
        rows.append((cell(candidate), *(cell(count) for each in counts for count in each)))
    (chosen,) = closer_look(comparison, candidates)
    told = ", over all tasks" if len(comparison.tasks) > 1 else ""
    command = shlex.join(["flipscope", "report", comparison.title, "--candidate", "NAME", "-o", "FILE"])
    return [
        Paragraph((Words(f"What each candidate broke and mended{told}:"),)),
        Table((Words("Candidate"), *map(Words, columns)), tuple(rows), numbers=len(columns)),
        Paragraph((Words(_MEANING),), "note"),
        Paragraph((Words("In detail, this report tells of "), chosen, Words("; of another one: "), command)),
        *no_verdict(comparison, candidates),
    ]


def _counts(results: Sequence[TaskResult] | Sequence[CapabilityResult], of: str) -> tuple[Words, ...]:
    """Add up how many were judged, broke and were mended."""
    total, broke, mended = (sum(getattr(each, name) for each in results) for name in (of, *_FLIPPED))
    return Words(f"{total:,}"), Words(f"{broke:,}", "negative"), Words(f"{mended:,}", "positive")


def _lead(comparison: Comparison, candidate: str) -> Parts:
    results = [comparison.result(task, candidate) for task in comparison.tasks]
    total, broke, mended = (sum(getattr(each, name) for each in results) for name in ("n", *_FLIPPED))
    if total == 0:
        return (Words("There is no example to judge."),)
    counts = (
        Words(f"{broke:,}", "negative"),
        Words(f" of {total:,} examples broke, "),
        Words(f"{mended:,}", "positive"),
        Words(f" {'was' if mended == 1 else 'were'} mended"),
    )
    if len(results) == 1:
        only = results[0]
        rate = f"{percent(only.nfr.value)} {interval(only.nfr.low, only.nfr.high)}"
        accuracy = f"{percent(only.accuracy_old, 1)} → {percent(only.accuracy_new, 1)}"
        return (*counts, Words(f". Negative flip rate {rate}; accuracy {accuracy}."))
    rose = sum((result.accuracy_delta.value or 0) > 0 for result in results)
    on = "all" if rose == len(results) else f"{rose}"
    told = Words(f" over {len(results)} tasks; accuracy rose on {on} of them.")
    worst = max(results, key=lambda result: result.nfr.value or 0)
    where = (Words(" Most broke in "), worst.task, Words(f" ({percent(worst.nfr.value, 1)}).")) if broke else ()
    return (*counts, told, *where)


_MEANING = (
    "Broke: the old model got it right, and the candidate gets it wrong; users lose what worked for them, even where "
    "accuracy rose. Mended: the reverse."
)
_FLIPPED = ("negative_flip", "positive_flip")
#: What is told of the candidates that are looked at more closely.
_IN_DETAIL = ("grids", "behaviors", "slices", "found", "saved", "flips", "triage")


def _warnings(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    models = [info.models[side] for info in comparison.manifest.tasks for side in (OLD, *candidates)]
    notes = [note for model in models for note in model.notes]
    lines = list(dict.fromkeys([*comparison.manifest.warnings, *notes]))
    return [Bullets(tuple((line,) for line in lines))] if lines else []


_BUILDERS: dict[str, Builder] = {
    "verdict": verdicts,
    "summary": _summary,
    "mitigation": study,
    "figures": figures,
    "grids": grids,
    "behaviors": behaviors,
    "slices": slices,
    "found": found_slices,
    "saved": saved_slices,
    "flips": flips,
    "triage": triage,
    "warnings": _warnings,
    "compared": compared,
    "methods": methods,
}
