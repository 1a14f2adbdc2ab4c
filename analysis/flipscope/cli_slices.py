"""The command ``slices``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flipscope.cli_options import AsJson, ComparisonFolder, Flip, OnlyCandidate, OnlyTask, split
from flipscope.errors import FlipscopeError
from flipscope.printable import printable

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

_SEARCH = ("outcome", "columns", "words", "confidence", "conditions", "min_rows", "limit")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(slices)


def slices(
    context: typer.Context,
    comparison: ComparisonFolder,
    task: OnlyTask = None,
    candidate: OnlyCandidate = None,
    outcome: Annotated[
        Flip, typer.Option(help="negative_flip: what broke; positive_flip: what got better.")
    ] = Flip.negative_flip,
    columns: Annotated[
        str | None,
        typer.Option(metavar="COLUMN[,COLUMN]", help="Only these columns; by default all, and clusters of embeddings."),
    ] = None,
    words: Annotated[bool, typer.Option("--words/--no-words", help="Search the words of the texts.")] = True,
    confidence: Annotated[bool, typer.Option("--confidence", help="Search how sure the two models are, too.")] = False,
    conditions: Annotated[int, typer.Option(min=1, max=3, help="Conditions of a slice at the most.")] = 3,
    min_rows: Annotated[
        int | None, typer.Option(min=1, help="Examples of a slice at least; by default 30, or one in a thousand.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Slices of each task and candidate at the most.")] = 10,
    saved: Annotated[bool, typer.Option("--saved", help="Judge the saved slices instead of searching.")] = False,
    save: Annotated[str | None, typer.Option(metavar="NAME", help="Save the slice of --where under a name.")] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help="The condition to save.")] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is about.")] = None,
    forget: Annotated[str | None, typer.Option(metavar="NAME", help="Forget a saved slice.")] = None,
    json: AsJson = False,
) -> None:
    """Find where the candidate broke more than elsewhere, or judge slices saved before.

    Slices are searched on one half of the examples and confirmed on the other. Each is a condition that
    flipscope examples --where, a link and a budget take.

    Saved slices lie beside the comparison and are judged on every other one in that folder.

    \b
    Examples:
      flipscope slices demo
      flipscope slices demo --task sentiment --no-words --conditions 2
      flipscope slices demo --outcome positive_flip
      flipscope slices demo --save negation --where "has_word(text_a, 'not')"
      flipscope slices demo --saved
      flipscope slices demo --forget negation
    """
    from flipscope.comparison import open_comparison

    opened = open_comparison(comparison)
    _check_mode(context, {"--saved": saved, "--save": save is not None, "--forget": forget is not None})
    if (where is None) != (save is None) or (note is not None and save is None):
        raise FlipscopeError("--save, --where and --note go together", do="Give --save NAME --where SQL [--note TEXT]")
    if forget is not None:
        _forget(opened, forget)
    elif save is not None and where is not None:
        _save(opened, save, where, note or "")
        _judge(opened, task, candidate, json, only=save)
    elif saved:
        _judge(opened, task, candidate, json)
    else:
        named = None if columns is None else split(columns)
        if named == ():
            raise FlipscopeError("no column is named", where="--columns", do="Leave it out for all of them")
        options = {name: context.params[name] for name in _SEARCH} | {"outcome": outcome.value, "columns": named}
        _search(opened, json, task=task, candidate=candidate, **options)


def _check_mode(context: typer.Context, modes: dict[str, bool]) -> None:
    """Refuse two things at once, and options of the search without a search."""
    asked = [name for name, given in modes.items() if given]
    if len(asked) > 1:
        raise FlipscopeError(f"{' and '.join(asked)} can't be given together", do="Give one of them")
    if not asked:
        return
    sources = {name: context.get_parameter_source(name) for name in _SEARCH}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise FlipscopeError(f"{options} can't be given with {asked[0]}", do="They are about the search")


def _search(opened: Comparison, json: bool, **options: object) -> None:
    from flipscope.progress import for_stream
    from flipscope.slices.find import find_slices

    findings = find_slices(opened, progress=for_stream(), **options)  # type: ignore[arg-type]
    if json:
        print(findings.model_dump_json(indent=2))
    else:
        from flipscope.terminal_slices import print_findings

        print_findings(opened, findings)


def _save(opened: Comparison, name: str, where: str, note: str) -> None:
    from flipscope.slices.saved import check_fits, saved_for

    check_fits(opened, where)
    kept = saved_for(opened)
    kept.save(name, where, note)
    print(printable(f"saved in {kept.file}, for every comparison in that folder"), file=sys.stderr)


def _forget(opened: Comparison, name: str) -> None:
    from flipscope.slices.saved import saved_for

    kept = saved_for(opened)
    kept.delete(name)
    print(printable(f"{name} is forgotten in {kept.file}"), file=sys.stderr)


def _judge(opened: Comparison, task: str | None, candidate: str | None, json: bool, only: str | None = None) -> None:
    from flipscope.slices.saved import judge_saved

    judged = judge_saved(opened, task=task, candidate=candidate, only=only)
    if json:
        from flipscope.export import slices_json

        print(slices_json(judged))
    else:
        from flipscope.terminal_slices import print_saved

        print_saved(opened, judged)
