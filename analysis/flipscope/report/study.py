"""The ways to reduce regressions: what came of each method, on each task and over all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.mitigate.words import (
    failures,
    few_examples,
    is_better,
    is_clear,
    lead_parts,
    method_notes,
    of_seeds,
    old_parts,
    old_warnings,
    ratio,
    ratio_limits,
    scopes,
    settings_words,
)
from flipscope.report import Options
from flipscope.report.blocks import (
    Block,
    Bullets,
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
)
from flipscope.report.charts import MOST_ROWS
from flipscope.report.markdown import block_lines
from flipscope.study import MethodResult, Study
from flipscope.words import duration, interval, percent, points, probability, reason

_DECIDING = (
    "Accuracy", "Against conventional, points", "Broke (NFR)", "NFR ratio", "q", "Trained / shipped", "Time",
)  # fmt: skip
_FURTHER = ("Accuracy, points", "Mended (PFR)", "NFI", "Relative NFR", "Churn", "p")
_NOTE = (
    "Means over seeds; 95 % intervals allow for seeds and examples, not for how many methods were tried. Against "
    "conventional: change of accuracy. NFR ratio: NFR over that of the conventional update, paired; below 1 is better. "
    "p: of a ratio of 1; q: corrected for all methods and tasks tried. Trained: models that it takes to get one "
    "candidate; shipped: those that answer together; time: of these trainings. Everything was chosen on other examples "
    "than it is judged on here."
)


def study(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell what came of each method, beside the conventional update; nothing where none was tried.

    Of all methods, whichever candidates are looked at: a candidate is one of them only beside the others.
    """
    found = comparison.manifest.study
    if found is None:
        return []
    return study_blocks(found)


def study_markdown(study: Study) -> str:
    """Write a study as Markdown: a table of methods for each task, and what to know about them."""
    return "\n".join(block_lines(study_blocks(study)))


def study_blocks(study: Study) -> list[Block]:
    """Tell of a study task by task, and over all tasks last."""
    old = {each.task: each for each in study.old}
    blocks: list[Block] = [Paragraph(lead_parts(study), "lead")]
    for task, results in scopes(study):
        blocks.append(Heading((Words("All tasks, each counting the same"),) if task is None else (task,)))
        if task in old:
            told: Parts = (*old_parts(old[task]), Words(f" {results[0].n:,} examples to judge."))
            blocks += [Paragraph(told), *(Paragraph(warning) for warning in old_warnings(old[task]))]
        blocks += [Paragraph(warning) for warning in few_examples(results)]
        blocks += [*_chart(results), *_tables(results)]
    limits = [(Words("Failed: ", "strong"), *failure) for failure in failures(study)]
    limits += [*((warning,) for warning in study.warnings), *method_notes(study)]
    return [*blocks, Paragraph((Words(_NOTE),), "note"), *([Bullets(tuple(limits))] if limits else []), *_splits(study)]


def _chart(results: Sequence[MethodResult]) -> list[Block]:
    """Draw what each method gains beside what it breaks; a single row is well told by the table."""
    if not 1 < len(results) <= MOST_ROWS:
        return []
    rows = tuple(Row(each.method, of_seeds(each), ()) for each in results)
    changes = tuple((_mark(each.accuracy_delta, points),) for each in results)
    flips = tuple((_mark(each.nfr, percent),) for each in results)
    panels = (
        Panel(Words("Accuracy against the old, points"), (Words("Change"),), changes, change=True),
        Panel(Words("Share of all examples that broke"), (Words("Broke (NFR)", "negative"),), flips),
    )
    return [Chart(Words("What each method gains, and what it breaks. Lines are 95 % intervals."), rows, panels)]


def _mark(found: Interval, write: Callable[[float | None], str]) -> Mark | None:
    if found.value is None:
        return None
    limits = "" if found.low is None else f" [{write(found.low)}, {write(found.high)}]"
    return Mark(found.value, found.low, found.high, Words(f"{write(found.value)}{limits}"))


def _tables(results: Sequence[MethodResult]) -> list[Block]:
    """Set what decides beside what it costs, and below it what else there is to know."""
    return [
        _table(_DECIDING, map(_deciding, results)),
        Paragraph((Words("Against the old model, and how far each goes along with it:"),)),
        _table(_FURTHER, map(_further, results)),
    ]


def _table(names: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> Table:
    return Table(tuple(map(Words, ("Method", *names))), tuple(rows), numbers=len(names))


def _deciding(each: MethodResult) -> tuple[Cell, ...]:
    seeds, chosen = of_seeds(each), settings_words(each.settings)
    below: Parts = (Words(f"{seeds}{', ' if seeds and chosen else ''}"), *((chosen,) if chosen else ()))
    found = each.nfr_ratio
    role = ("positive" if is_better(each) else "negative") if is_clear(each) else ""
    return (
        cell(each.method, below=below if seeds or chosen else ()),
        _rate(each.accuracy),
        _change(each.accuracy_gain),
        _rate(each.nfr),
        cell(Words(ratio(found), role), below=Words(ratio_limits(found) or _why(found.reason))),
        cell(Words(probability(each.q_value))),
        cell(Words(f"{each.models_trained} / {each.models_shipped}")),
        cell(Words(duration(each.training_seconds))),
    )


def _further(each: MethodResult) -> tuple[Cell, ...]:
    relative = "–" if each.relative_nfr is None else f"{each.relative_nfr:.2f}"
    return (
        cell(each.method),
        _change(each.accuracy_delta),
        _rate(each.pfr),
        cell(Words("–" if each.nfi is None else percent(each.nfi, 1)), below=Words(reason(each.nfi_reason))),
        cell(Words(relative), below=Words(reason(each.relative_nfr_reason))),
        cell(Words("–" if each.churn is None else percent(each.churn, 1))),
        cell(Words(probability(each.p_value))),
    )


def _change(found: Interval) -> Cell:
    limits = "" if found.low is None else f"[{points(found.low)}, {points(found.high)}]"
    return cell(Words(points(found.value)), below=Words(limits or _why(found.reason)))


def _why(code: str | None) -> str:
    """Say why there is no figure; of the conventional update a dash says enough."""
    return "" if code == "is_conventional" else reason(code)


def _rate(found: Interval) -> Cell:
    limits = interval(found.low, found.high, 1) or reason(found.reason)
    return cell(Words(percent(found.value)), below=Words(limits))


def _splits(study: Study) -> list[Block]:
    """Tell on how many examples each thing was done, and how models were trained."""
    items: list[Parts] = [
        (
            each.task,
            Words(f": {each.train:,} examples to train on, {each.select:,} to choose on, {each.report:,} to judge on"),
            *(part for note in each.notes for part in (Words("; "), note)),
        )
        for each in study.splits
    ]
    trained = ", ".join(
        f"{key.replace('_', ' ')} {value}" for key, value in study.training.items() if value is not None
    )
    if trained:
        items.append((Words("All models were trained with "), trained, Words(".")))
    return [Bullets(tuple(items))] if items else []
