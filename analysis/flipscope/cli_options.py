"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flipscope.errors import FlipscopeError

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

ComparisonFolder = Annotated[Path, typer.Argument(metavar="COMPARISON", help="A comparison folder, or a study.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

BudgetFile = Annotated[
    Path | None,
    typer.Option(
        "--budget", metavar="FILE", help="What a candidate may break (docs/gate.md); flipscope budget init writes one."
    ),
]
MaxNfr = Annotated[
    float | None,
    typer.Option(
        "--max-nfr",
        metavar="X",
        help="Largest negative flip rate of every task, such as 0.02; alone, all there is to keep.",
    ),
]
NoiseFloor = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="COMPARISON", help="The old model with another seed of its recipe. Repeatable; it takes two or more."
    ),
]


class Outcome(StrEnum):
    """The four outcomes of an example."""

    both_correct = "both_correct"
    negative_flip = "negative_flip"
    positive_flip = "positive_flip"
    both_wrong = "both_wrong"


class Flip(StrEnum):
    """The two outcomes that a change of the model makes."""

    negative_flip = "negative_flip"
    positive_flip = "positive_flip"


class Sort(StrEnum):
    """What examples are sorted by."""

    severity = "severity"
    drop = "drop"
    margin = "margin"
    confidence = "confidence"
    id = "id"


class Format(StrEnum):
    """How examples are written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


class Precision(StrEnum):
    """Arithmetic of the models."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


OnlyTask = Annotated[str | None, typer.Option(help="Only this task.")]
OnlyCandidate = Annotated[str | None, typer.Option(help="Only this candidate.")]

# What every command has that lists examples.
Rows = Annotated[int | None, typer.Option(min=1, help="How many; by default 20 on the terminal, all in a file.")]
FormatChoice = Annotated[Format | None, typer.Option(help="By default what the suffix of -o says, else a table.")]
OutputFile = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file.")]

# What every command has that runs models.
Limit = Annotated[int | None, typer.Option(min=1, help="Only the first examples, for a quick look.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
PrecisionChoice = Annotated[Precision, typer.Option(help="auto is fp32 on a CPU, fp16 or bf16 on a GPU.")]
MaxLength = Annotated[
    int | None,
    typer.Option(min=8, help="Longest input in tokens; by default what the model allows, at most 512."),
]
Cache = Annotated[bool, typer.Option("--cache/--no-cache", help="Keep and reuse predictions.")]

Text = Annotated[str | None, typer.Option(help="Column of the (first) text.")]
TextB = Annotated[str | None, typer.Option(help="Column of the second text.")]
IdColumn = Annotated[
    str | None, typer.Option("--id", help="Column of the example id; 'none' matches rows by their text.")
]
Labels = Annotated[str | None, typer.Option(help="Class names in the order of the label ids: negative,positive.")]
Alias = Annotated[
    list[str] | None,
    typer.Option(metavar="THEIRS=NAME", help="What a model calls a class, and its name in the data. Repeatable."),
]
Candidates = Annotated[
    list[str] | None,
    typer.Option(metavar="[NAME=]SRC", help="The candidate; give it again, with names, for several."),
]
TorchWeights = Annotated[
    bool, typer.Option("--allow-torch-weights", help="Also load PyTorch's own weight files (no code is run).")
]


def split(names: str) -> tuple[str, ...]:
    """Read names with commas between them."""
    return tuple(name.strip() for name in names.split(",") if name.strip())


def chosen(comparison: Comparison, task: str | None, candidate: str | None) -> list[tuple[str, str]]:
    """List the candidates and tasks that are asked for; all where none is named."""
    names = comparison.candidates if candidate is None else [comparison.candidate(candidate).name]
    tasks = comparison.tasks if task is None else [comparison.result(task).task]
    return [(name, each) for name in names for each in tasks]


def candidates(given: list[str]) -> dict[str, str]:
    """Read NAME=SRC; a single SRC without a name is called 'new'."""
    if len(given) == 1 and "=" not in given[0]:
        return {"new": given[0]}
    return named(given, "--new", "name every candidate, as in --new base=models/v2 --new large=models/v3")


def aliases(given: list[str]) -> dict[str, str]:
    """Read THEIRS=NAME."""
    return named(given, "--alias", "write it as in --alias NEG=negative")


def own_tags(given: list[str]) -> dict[str, str]:
    """Read NAME=EXPRESSION."""
    return named(given, "--tag", 'write it as in --tag "long_title=length(text_a) > 80"')


def named(given: list[str], option: str, advice: str) -> dict[str, str]:
    """Read NAME=VALUE, each name once.

    Raises
    ------
    FlipscopeError
        When one is not written so.
    """
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name or not value or name in found:
            raise FlipscopeError(f"can't use {item!r}", where=option, do=advice.capitalize())
        found[name] = value
    return found


def print_results(comparison: Comparison, json: bool) -> None:
    """Print all figures of a comparison, as tables or as JSON."""
    if json:
        from flipscope.export import results_json

        print(results_json(comparison))
    else:
        from flipscope.terminal import print_summary

        print_summary(comparison)
