"""The commands ``families`` and ``embed``."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from flipscope.cli_options import AsJson, ComparisonFolder, Device, Flip, OnlyCandidate, OnlyTask, TorchWeights, chosen


class Alike(StrEnum):
    """What being alike means."""

    embedding = "embedding"
    words = "words"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(families)
    app.command()(embed)


def families(
    comparison: ComparisonFolder,
    task: OnlyTask = None,
    candidate: OnlyCandidate = None,
    outcome: Annotated[
        Flip, typer.Option(help="negative_flip: what broke; positive_flip: what was mended.")
    ] = Flip.negative_flip,
    by: Annotated[
        Alike | None, typer.Option(help="What alike means; by default the embedding where flipscope embed kept one.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Group the flips that are alike, each group under its most telling words.

    Flips that are like no other stay alone. They are compared by the words they share, or by the candidate's own
    encoder once flipscope embed has run it.

    \b
    Examples:
      flipscope families demo
      flipscope families demo --task sentiment --outcome positive_flip
      flipscope families demo --by words --json
    """
    from flipscope.comparison import open_comparison
    from flipscope.explain.families import families as find_families
    from flipscope.terminal_similar import families_json, print_families

    opened = open_comparison(comparison)
    found = [
        find_families(opened, task=each, candidate=name, outcome=outcome.value, by=by.value if by else None)
        for name, each in chosen(opened, task, candidate)
    ]
    if json:
        print(families_json(found))
    else:
        print_families(opened, found)


def embed(
    comparison: ComparisonFolder,
    task: OnlyTask = None,
    candidate: OnlyCandidate = None,
    most: Annotated[
        int, typer.Option(min=2, help="Examples of a task at the most: all flips first, then a sample of the rest.")
    ] = 100_000,
    new: Annotated[
        str | None, typer.Option(metavar="SRC", help="Where the candidate is now, if not where it was compared from.")
    ] = None,
    device: Device = "auto",
    allow_torch_weights: TorchWeights = False,
) -> None:
    """Run the candidate's encoder over the examples, and keep what it makes of them in the comparison folder.

    Families and neighbours then go by what the candidate itself finds alike, and conditions may name
    embedding_cluster: which of up to 64 clusters an example lies in.

    \b
    Examples:
      flipscope embed demo
      flipscope embed demo --candidate new --most 20000
      flipscope examples demo --where "embedding_cluster = 3"
    """
    from flipscope.comparison import open_comparison
    from flipscope.explain.embeddings import embed as embed_examples
    from flipscope.explain.models import Reopening
    from flipscope.progress import for_stream

    opened = open_comparison(comparison)
    sources = {} if new is None else {opened.candidate(candidate).name: new}
    reopening = Reopening(sources, allow_torch_weights=allow_torch_weights, device=device)
    for name, each in chosen(opened, task, next(iter(sources), candidate)):
        found = embed_examples(opened, name, task=each, most=most, progress=for_stream(), reopening=reopening)
        print(f"{each}, {name}: {len(found):,} examples in {len(found.labels)} clusters", file=sys.stderr)
