"""The commands ``triage``: judge examples, and hand judgements on."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flipscope.cli_options import (
    AsJson,
    ComparisonFolder,
    FormatChoice,
    OnlyCandidate,
    OnlyTask,
    Outcome,
    OutputFile,
    Rows,
)
from flipscope.errors import FlipscopeError
from flipscope.printable import printable

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

triage_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


class Judgement(StrEnum):
    """What an example can be judged as."""

    real_regression = "real_regression"
    wrong_gold_label = "wrong_gold_label"
    ambiguous = "ambiguous"
    acceptable = "acceptable"


Candidate = Annotated[str | None, typer.Option(help="The candidate; the first one by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(triage_app, name="triage")


@triage_app.callback()
def _triage() -> None:
    """Judge whether flips are really wrong, and hand judgements on.

    Judgements are kept with the comparison and found again by content (docs/triage.md).

    \b
    Examples:
      flipscope triage mark v1-v2 sst2-17 sst2-40 --as wrong_gold_label --note "this is praise"
      flipscope triage summary v1-v2
      flipscope triage import v1-v3 v1-v2
    """


@triage_app.command(name="list")
def list_(
    comparison: ComparisonFolder,
    task: OnlyTask = None,
    candidate: OnlyCandidate = None,
    judged_as: Annotated[Judgement | None, typer.Option("--as", help="Only these.")] = None,
    limit: Rows = None,
    format: FormatChoice = None,
    output: OutputFile = None,
) -> None:
    """Print judged examples with their texts, the latest first, or write them to a file.

    \b
    Examples:
      flipscope triage list v1-v2
      flipscope triage list v1-v2 --as wrong_gold_label -o labels-to-mend.csv
    """
    from flipscope.comparison import open_comparison
    from flipscope.export import format_of, write_examples
    from flipscope.store.triage import Triage
    from flipscope.terminal_triage import print_judged

    opened = open_comparison(comparison)
    kind = format_of(output, format.value if format else None)
    found = Triage(opened).table(task, candidate)
    found = found if judged_as is None else found[found["judgement"] == judged_as.value]
    shown = _with_texts(opened, found.head(limit or (20 if kind == "table" else len(found))))
    if kind == "table":
        print_judged(shown, len(found))
        return
    write_examples(shown.drop(columns="key"), kind, output)
    if output is not None:
        print(printable(f"{len(shown):,} judged examples in {output}"), file=sys.stderr)


@triage_app.command()
def mark(
    comparison: ComparisonFolder,
    example_ids: Annotated[list[str] | None, typer.Argument(metavar="[EXAMPLE_ID]...", help="Which examples.")] = None,
    judged_as: Annotated[Judgement | None, typer.Option("--as", help="What they are.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take their judgement back.")] = False,
    where: Annotated[
        str | None, typer.Option(metavar="SQL", help="All examples of --outcome that meet this condition.")
    ] = None,
    outcome: Annotated[Outcome, typer.Option(help="With --where.")] = Outcome.negative_flip,
    task: OnlyTask = None,
    candidate: Candidate = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Why.")] = None,
    author: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who judges; by default $FLIPSCOPE_AUTHOR, or your user name.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With --where: judge those, too, that are judged otherwise.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --where: do not ask.")] = False,
) -> None:
    """Judge examples.

    real_regression: the new answer is worse. acceptable: it will do. Both are about one wrong answer.
    wrong_gold_label: the label in the data is wrong. ambiguous: both answers can be meant. Both are about the
    example, whatever a candidate answers. With --where, those that are judged otherwise are left as they are.

    \b
    Examples:
      flipscope triage mark v1-v2 sst2-17 sst2-40 --as wrong_gold_label --note "this is praise" --author ann
      flipscope triage mark v1-v2 --where "has_word(text_a, 'refund') AND new_pred = 'neutral'" --as acceptable
      flipscope triage mark v1-v2 sst2-17 --undo
    """
    from flipscope.comparison import open_comparison
    from flipscope.store.triage import Triage
    from flipscope.triage_words import bulk_question, what_was_marked

    if (judged_as is None) != undo:
        raise FlipscopeError("one of --as and --undo is needed", do="Give either --as JUDGEMENT or --undo")
    if bool(example_ids) == (where is not None):
        raise FlipscopeError("one of ids and --where is needed", do="Give either ids of examples or --where SQL")
    opened = open_comparison(comparison)
    triage = Triage(opened)
    judgement, expected = None if judged_as is None else judged_as.value, None
    if where is None:
        rows = _with_ids(opened, example_ids or [], task, candidate)
    else:
        name = opened.candidate(candidate).name
        rows = opened.examples(outcome.value, task=task, candidate=name, where=where, limit=None)["row_id"].tolist()
        there = triage.of(rows, candidate)
        if not _confirmed(bulk_question(len(rows), outcome.value, judgement, there, overwrite=overwrite), yes):
            raise FlipscopeError("nothing was judged", do="Give --yes to judge them all without being asked")
        expected = dict(zip(there["row_id"], there["time"], strict=True)) if undo or overwrite else {}
    marked = triage.mark(rows, judgement, candidate=candidate, note=note, author=author or "", expected=expected)
    for line in triage.notes:
        print(f"note: {line}", file=sys.stderr)
    print(what_was_marked(len(rows), judgement, marked), file=sys.stderr)


@triage_app.command()
def history(
    comparison: ComparisonFolder,
    example_id: Annotated[str, typer.Argument(help="Which example.")],
    task: OnlyTask = None,
    candidate: Candidate = None,
) -> None:
    """Print all that was ever judged of one example.

    \b
    Examples:
      flipscope triage history v1-v2 sst2-17
    """
    from flipscope.comparison import open_comparison
    from flipscope.store.triage import Triage
    from flipscope.terminal_triage import print_history

    opened = open_comparison(comparison)
    print_history(Triage(opened).history(_with_ids(opened, [example_id], task, candidate)[0], candidate))


@triage_app.command()
def summary(comparison: ComparisonFolder, json: AsJson = False) -> None:
    """Print what was judged, and the figures with and without wrong gold labels, always both.

    \b
    Examples:
      flipscope triage summary v1-v2
      flipscope triage summary v1-v2 --json
    """
    from flipscope.comparison import open_comparison
    from flipscope.store.triage import Triage
    from flipscope.store.triage_summary import TriageSummaries
    from flipscope.terminal_triage import print_triage

    opened = open_comparison(comparison)
    summaries = Triage(opened).summaries()
    if json:
        print(TriageSummaries(summaries=summaries).model_dump_json(indent=2))
    else:
        print_triage(opened, summaries)


@triage_app.command()
def export(
    comparison: ComparisonFolder,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file of JSON lines to write.")],
) -> None:
    """Write all judgements with their history to a file, for another machine or comparison. It holds no texts.

    \b
    Examples:
      flipscope triage export v1-v2 -o judgements.jsonl
    """
    from flipscope.comparison import open_comparison
    from flipscope.store.triage import Triage

    count = Triage(open_comparison(comparison)).export(output)
    print(printable(f"{count:,} entr{'y' if count == 1 else 'ies'} in {output}"), file=sys.stderr)


@triage_app.command(name="import")
def import_(
    comparison: ComparisonFolder,
    source: Annotated[
        Path, typer.Argument(metavar="FILE|COMPARISON", help="What export wrote, or another comparison.")
    ],
) -> None:
    """Take over judgements that fit: the same example by content, and for answers the same wrong answer.

    Of two judgements of the same example the later one counts; both are kept in the history.

    \b
    Examples:
      flipscope triage import v1-v3 v1-v2
      flipscope triage import v1-v2 judgements.jsonl
    """
    from flipscope.comparison import open_comparison
    from flipscope.store.triage import Triage
    from flipscope.triage_words import taken_over

    found = Triage(open_comparison(comparison)).import_(source)
    print(printable(taken_over(found)), file=sys.stderr)


def _with_ids(opened: Comparison, ids: list[str], task: str | None, candidate: str | None) -> list[int]:
    """Find examples by their ids; refuse what is not there, or in several tasks."""
    import pyarrow as pa

    name, tasks = opened.candidate(candidate).name, opened.tasks if task is None else [opened.result(task).task]
    found = opened.query(
        "SELECT row_id, example_id FROM facts WHERE candidate = ? AND list_contains(?, task::VARCHAR) "
        "AND example_id IN (FROM wanted) ORDER BY row_id",
        [name, tasks],
        {"wanted": pa.table({"example_id": pa.array(ids, pa.string())})},
    )
    if missing := sorted(set(ids) - set(found["example_id"])):
        raise FlipscopeError(
            f"there is no example {missing[0]!r} that {name} is judged on", where=opened.path,
            do="flipscope examples COMPARISON --outcome negative_flip has their ids",
        )  # fmt: skip
    if found["example_id"].duplicated().any():
        raise FlipscopeError("an example with this id is in several tasks", where=opened.path, do="Give --task, too")
    return [int(row_id) for row_id in found["row_id"]]


def _with_texts(opened: Comparison, judged: pd.DataFrame) -> pd.DataFrame:
    """Put the texts beside judged examples."""
    import pyarrow as pa

    wanted = {"wanted": pa.table({"row_id": pa.array(judged["row_id"].tolist(), pa.int64())})}
    texts = (
        opened.query("SELECT row_id, text_a, text_b FROM text WHERE row_id IN (FROM wanted)", (), wanted)
        if opened.tasks
        else judged[["row_id"]].assign(text_a=None, text_b=None)
    )
    return judged.merge(texts, on="row_id", how="left")


def _confirmed(question: str, yes: bool) -> bool:
    """Ask whether so many examples are meant."""
    if yes or not sys.stdin.isatty():
        print(printable(question), file=sys.stderr)
        return yes
    return typer.confirm(f"{printable(question)}. Go on?", err=True)
