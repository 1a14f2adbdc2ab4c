"""What goes with a new checkpoint: metadata for the hub, and a section of its model card on what it broke."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from huggingface_hub import EvalResult, ModelCardData

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.errors import FlipscopeError
from flipscope.open.datasets_source import is_hub_dataset
from flipscope.printable import printable
from flipscope.report import Options
from flipscope.report.blocks import Block, Cell, Heading, Paragraph, Table, Words, cell
from flipscope.report.content import date_of
from flipscope.report.figures import flip_cell
from flipscope.report.markdown import block_lines, code
from flipscope.report.subject import data_title, model_name, model_titles
from flipscope.report.verdict import broken_examples, kept_instead, verdict_lead
from flipscope.schema import CapabilityResult, TaskInfo, TaskResult
from flipscope.words import interval, percent

_MOST_CAPABILITIES = 5


def as_model_card(comparison: Comparison, options: Options) -> str:
    """Write the metadata of a model card, a ``model-index``, and a Markdown section.

    Rates in the metadata are fractions of 1. Absolute paths are cut to names: cards are published.

    Raises
    ------
    FlipscopeError
        When there are several candidates and none is named.
    """
    if options.candidate is None and len(comparison.candidates) > 1:
        raise FlipscopeError(
            "a model card is about one model",
            where=comparison.path,
            do=f"Give --candidate, one of {', '.join(comparison.candidates)}",
        )
    name = comparison.candidate(options.candidate).name
    head = f"## Regressions against {code(model_name(comparison, OLD))}"
    return "\n".join([*_metadata(comparison, name), head, "", *block_lines(_section(comparison, name, options))])


def _metadata(comparison: Comparison, candidate: str) -> list[str]:
    """Write the metadata; nothing where there is no figure, as of behaviors alone."""
    places = {task: _dataset(comparison.task_info(task)) for task in comparison.tasks}
    results = []
    for task, place in places.items():
        if list(places.values()).count(place) > 1:  # they would become one
            place = {"dataset_type": task}
        results += _evaluations(comparison, comparison.result(task, candidate), place)
    if not results:
        return []
    card = ModelCardData(model_name=printable(model_name(comparison, candidate)), eval_results=results)
    return ["---", card.to_yaml(), "---", ""]


def _dataset(info: TaskInfo) -> dict[str, str]:
    """Name a dataset as the hub does, if it came from there."""
    source = "" if info.data is None else info.data.source
    if not is_hub_dataset(source):
        return {"dataset_type": printable(info.task)}
    name, *config, split = source.split(":")
    return {"dataset_type": name, "dataset_split": split} | ({"dataset_config": config[0]} if config else {})


def _evaluations(comparison: Comparison, result: TaskResult, place: Mapping[str, str]) -> list[EvalResult]:
    info = comparison.task_info(result.task)
    old = {"old": printable(model_name(comparison, OLD)), "old_sha256": info.models[OLD].fingerprint}
    digest = {} if info.data is None else {"sha256": info.data.digest}
    figures = (
        ("accuracy", "Accuracy", result.accuracy_new, None),
        ("negative_flip_rate", "Negative flip rate (old model right, this one wrong)", result.nfr.value, old),
        ("positive_flip_rate", "Positive flip rate (old model wrong, this one right)", result.pfr.value, old),
    )
    return [
        EvalResult(
            task_type="text-classification",
            dataset_name=printable(result.task),
            dataset_args={"rows": result.n, **digest},
            metric_type=kind,
            metric_name=name,
            metric_value=value,
            metric_args=against,
            **place,
        )
        for kind, name, value, against in figures
        if value is not None
    ]


def _section(comparison: Comparison, candidate: str, options: Options) -> list[Block]:
    found = comparison.candidate(candidate)
    results = [comparison.result(task, candidate) for task in comparison.tasks]
    return [
        Paragraph((*model_titles(comparison, [candidate]), Words(" on "), *data_title(comparison), Words("."))),
        *([Paragraph(verdict_lead(found.verdict))] if found.verdict else []),
        *(kept_instead(comparison, candidate) if found.verdict else []),
        *broken_examples(comparison, candidate, options),
        *([_tasks(results)] if results else []),
        *_capabilities(found.capabilities),
        Heading((Words("What was compared"),)),
        _compared(comparison, candidate),
        _run(comparison),
        Paragraph((Words(_MEANING),)),
    ]


_MEANING = (
    "Broke (negative flip): the old model gets an example right, and this one gets it wrong. NFR, the negative flip "
    "rate, is their share of all examples; users lose what worked for them even where accuracy rises. Mended "
    "(positive flip, PFR): the reverse. Intervals are at 95%: Wilson; of test cases by template."
)


def _tasks(results: list[TaskResult]) -> Table:
    columns = ("Task", "n", "Accuracy, old → new", "Broke (NFR)", "Mended (PFR)")
    return Table(tuple(map(Words, columns)), tuple(map(_task, results)), numbers=4)


def _task(result: TaskResult) -> tuple[Cell, ...]:
    sides = (
        f"{percent(value, 1)} {interval(low, high, 1)}".rstrip()
        for value, low, high in (
            (result.accuracy_old, result.accuracy_old_low, result.accuracy_old_high),
            (result.accuracy_new, result.accuracy_new_low, result.accuracy_new_high),
        )
    )
    return (
        cell(result.task),
        cell(Words(f"{result.n:,}")),
        cell(Words(" → ".join(sides))),
        flip_cell(result.negative_flip, result.nfr, "negative", None),
        flip_cell(result.positive_flip, result.pfr, "positive", None),
    )


def _capabilities(results: list[CapabilityResult]) -> list[Block]:
    """Tell the capabilities where the largest share of test cases broke."""
    worst = sorted((each for each in results if each.negative_flip), key=lambda each: -(each.nfr.value or 0.0))
    columns = ("Task", "Capability", "Type", "Cases", "Broke (NFR)", "Mended (PFR)")
    rows = tuple(
        (
            cell(each.task),
            cell(each.capability),
            cell(Words(each.type)),
            cell(Words(f"{each.both_evaluated:,}")),
            flip_cell(each.negative_flip, each.nfr, "negative", None),
            flip_cell(each.positive_flip, each.pfr, "positive", None),
        )
        for each in worst[:_MOST_CAPABILITIES]
    )
    if not rows:
        return []
    told = f"Behavior tests: {len(worst)} of {len(results)} capabilities broke somewhere"
    most = f"; these {len(rows)} most." if len(worst) > len(rows) else "."
    return [Paragraph((Words(told + most),)), Table(tuple(map(Words, columns)), rows, numbers=3)]


def _compared(comparison: Comparison, candidate: str) -> Table:
    """Name models, data and suites with their digests."""
    rows: list[tuple[Cell, ...]] = []
    for info in comparison.manifest.tasks:
        models = ((words, info.models[side]) for words, side in (("old model", OLD), ("this model", candidate)))
        parts = [(words, model.source, model.fingerprint) for words, model in models]
        parts += [] if info.data is None else [(f"{info.data.rows:,} rows", info.data.source, info.data.digest)]
        parts += [(f"{suite.cases:,} test cases", suite.source, suite.digest) for suite in info.suites]
        rows += [
            (cell(info.task), cell(Words(what)), cell(_name(source)), cell(digest)) for what, source, digest in parts
        ]
    return Table(tuple(map(Words, ("Task", "What", "Source", "SHA-256"))), tuple(rows), numbers=0)


def _run(comparison: Comparison) -> Paragraph:
    manifest = comparison.manifest
    made = Words(f"Compared on {date_of(comparison)} with flipscope {manifest.versions.get('flipscope', '')}")
    if not manifest.command:
        return Paragraph((made, Words(".")))
    return Paragraph((made, Words(": "), shlex.join(map(_name, manifest.command))))


def _name(text: str) -> str:
    """Cut absolute paths to their last part: they say nothing to others, but whose machine it was."""
    return re.sub(r"(^|[=+]|ensemble:|vote:)(?:/|[A-Za-z]:[\\/])(?:[^=+/\\]*[/\\])*(?=[^/\\])", r"\1", text)
