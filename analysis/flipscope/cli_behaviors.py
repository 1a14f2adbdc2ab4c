"""The commands about behavior suites: ``behaviors`` and ``suites``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flipscope.cli_options import (
    Alias,
    AsJson,
    Cache,
    Candidates,
    Device,
    IdColumn,
    Labels,
    Limit,
    MaxLength,
    Precision,
    PrecisionChoice,
    Text,
    TextB,
    TorchWeights,
    aliases,
    candidates,
    print_results,
    split,
)
from flipscope.errors import FlipscopeError
from flipscope.printable import printable

suites_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


class AnswerFormat(StrEnum):
    """CheckList's formats of prediction files."""

    pred_and_softmax = "pred_and_softmax"
    softmax = "softmax"
    binary_conf = "binary_conf"
    pred_and_conf = "pred_and_conf"
    pred_only = "pred_only"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(behaviors)
    app.add_typer(suites_app, name="suites")


def behaviors(
    suite: Annotated[
        list[str] | None,
        typer.Option(metavar="SUITE", help="A suite file, CheckList's own, builtin:NAME, or auto. Repeatable."),
    ] = None,
    old: Annotated[str, typer.Option(metavar="SRC", help="The old model, or a file of its answers.")] = ...,  # type: ignore[assignment]
    new: Candidates = None,
    out: Annotated[Path, typer.Option(help="The comparison folder to write.")] = ...,  # type: ignore[assignment]
    task: Annotated[str | None, typer.Option(help="What the models do, such as sst2; --suite auto needs it.")] = None,
    json: AsJson = False,
    format: Annotated[
        AnswerFormat, typer.Option(help="What the lines of .txt answer files are.")
    ] = AnswerFormat.pred_and_softmax,
    inputs: Annotated[
        Path | None,
        typer.Option(help="The exported inputs that answer files are about: checked to be this suite's, in its order."),
    ] = None,
    perturb: Annotated[
        str | None,
        typer.Option(metavar="NAME[,NAME]", help="Turn --data into invariance tests: typos,contractions,names ..."),
    ] = None,
    data: Annotated[str | None, typer.Option(help="Evaluation set to perturb, as in flipscope compare.")] = None,
    text: Text = None,
    text_b: TextB = None,
    id_column: IdColumn = None,
    labels: Labels = None,
    alias: Alias = None,
    limit: Limit = None,
    device: Device = "auto",
    precision: PrecisionChoice = Precision.auto,
    max_length: MaxLength = None,
    cache: Cache = True,
    allow_torch_weights: TorchWeights = False,
) -> None:
    """Compare two models on behavior suites: which test cases broke, by capability, test type and test.

    SRC is a model as in flipscope compare, or its answers to the suite's inputs: a .txt file in one of CheckList's
    formats, a line an input (flipscope suites inputs writes the inputs), or a table with the inputs or their numbers.

    \b
    Examples:
      flipscope behaviors --suite builtin:sentiment --old models/v1 --new models/v2 --out behaviors
      flipscope behaviors --suite sentiment_suite.tar.gz --old bert.txt --new roberta.txt --out behaviors
      flipscope behaviors --task sst2 --perturb typos,names --data dev.csv --old models/v1 --new models/v2 --out d
    """
    from flipscope.behavior_pipeline import compare_behaviors
    from flipscope.predict.runner import Settings
    from flipscope.progress import for_stream

    if not new:
        raise FlipscopeError("--new missing", do="Name the candidate, as in --new models/v2")
    comparison = compare_behaviors(
        old,
        candidates(new),
        suite or (),
        task=task,
        labels=split(labels or ""),
        alias=aliases(alias or []),
        answer_format=format.value,
        inputs=inputs,
        perturb=split(perturb or ""),
        data=data,
        out=out,
        limit=limit,
        settings=Settings(device=device, precision=precision.value, max_length=max_length, use_cache=cache),
        allow_torch_weights=allow_torch_weights,
        progress=for_stream(),
        text=text,
        text_b=text_b,
        id=id_column,
    )
    print_results(comparison, json)


@suites_app.callback()
def suites(context: typer.Context, json: AsJson = False) -> None:
    """List the built-in suites; show, convert or export one.

    \b
    Examples:
      flipscope suites
      flipscope suites show builtin:sentiment
      flipscope suites convert sentiment_suite.tar.gz sentiment.json
      flipscope suites inputs sentiment.json inputs.txt
    """
    if context.invoked_subcommand:
        return
    from flipscope.behaviors.builtin import NAMES
    from flipscope.behaviors.resolve import open_suite

    found = [open_suite(f"builtin:{name}") for name in NAMES]
    if json:
        from flipscope.export import suites_json

        print(suites_json(found))
    else:
        from flipscope.terminal_behaviors import print_suites

        print_suites(found)


SuiteName = Annotated[str, typer.Argument(metavar="SUITE", help="A suite file, CheckList's own, or builtin:NAME.")]


@suites_app.command()
def show(
    suite: SuiteName,
    test: Annotated[str | None, typer.Option(help="Only this test.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Sample cases of each test.")] = 2,
) -> None:
    """Print the tests of a suite with sample cases.

    \b
    Examples:
      flipscope suites show builtin:sentiment
      flipscope suites show my-suite.toml --test "negated praise" --limit 20
    """
    from flipscope.behaviors.resolve import open_suite
    from flipscope.terminal_behaviors import print_suite

    opened = open_suite(suite)
    known = [each.name for each in opened.tests]
    if test is not None and test not in known:
        raise FlipscopeError(f"there is no test {test!r}", where=suite, do=f"There are {', '.join(known)}")
    print_suite(opened, test, limit)


@suites_app.command()
def convert(
    suite: SuiteName,
    output: Annotated[Path, typer.Argument(metavar="OUT.json", help="The suite file to write (.json or .json.gz).")],
) -> None:
    """Write a suite as a JSON suite file, with all its cases; nothing that CheckList's files hold is executed.

    \b
    Examples:
      flipscope suites convert sentiment_suite.tar.gz sentiment.json
    """
    from flipscope.behaviors.resolve import open_suite
    from flipscope.behaviors.suite_file import write_suite

    if not output.name.lower().endswith((".json", ".json.gz")):
        raise FlipscopeError("a suite is written as .json or .json.gz", where=output)
    opened = open_suite(suite)
    write_suite(opened, output)
    for note in opened.notes:
        print(printable(f"note: {note}"), file=sys.stderr)
    print(f"{len(opened.tests):,} tests, {opened.cases:,} cases in {output}", file=sys.stderr)


@suites_app.command()
def inputs(
    suite: SuiteName,
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write: .txt, .tsv (pairs) or .jsonl.")],
) -> None:
    """Write the inputs of a suite, a line each in its order, for a model that is run elsewhere.

    \b
    Examples:
      flipscope suites inputs builtin:sentiment inputs.txt
    """
    from flipscope.behaviors.input_files import write_inputs
    from flipscope.behaviors.resolve import open_suite

    opened = open_suite(suite)
    write_inputs(opened, output)
    print(f"{opened.examples:,} inputs in {output}", file=sys.stderr)
