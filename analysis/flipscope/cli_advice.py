"""The command ``advise``."""

from __future__ import annotations

from typing import Annotated

import typer

from flipscope.cli_options import AsJson, ComparisonFolder, OnlyCandidate, OnlyTask


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(advise)


def advise(
    comparison: ComparisonFolder,
    task: OnlyTask = None,
    candidate: OnlyCandidate = None,
    accuracy_margin: Annotated[
        float,
        typer.Option(
            metavar="X", help="Accuracy that may be given up for a lower NFR: 0.01 is a point below the best setting."
        ),
    ] = 0.01,
    json: AsJson = False,
) -> None:
    """Tell what combining the candidate with the old model would do, from their stored answers: no training.

    Three ways are tried: mixing the probabilities of both models, falling back to the old model where the candidate
    is unsure, and routing some capabilities to the old model. Settings are chosen on one half of the examples and
    judged on the other.

    \b
    Examples:
      flipscope advise v1-v2
      flipscope advise v1-v2 --task sst2 --accuracy-margin 0.005
      flipscope advise v1-v2 --json
    """
    from flipscope.comparison import open_comparison
    from flipscope.mitigate.advice.advise import advise as advise_on

    opened = open_comparison(comparison)
    advice = advise_on(opened, task, candidate, accuracy_margin=accuracy_margin)
    if json:
        print(advice.model_dump_json(indent=2))
    else:
        from flipscope.terminal_advice import print_advice

        print_advice(opened, advice)
