"""The command ``explain``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from flipscope.cli_options import Alias, AsJson, ComparisonFolder, Device, TorchWeights, aliases


class MethodChoice(StrEnum):
    """How answers are attributed to words."""

    integrated_gradients = "integrated-gradients"
    gradient_x_input = "gradient-x-input"
    none = "none"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(explain)


def explain(
    comparison: ComparisonFolder,
    example_id: Annotated[str, typer.Argument(metavar="EXAMPLE_ID", help="As flipscope examples prints it.")],
    task: Annotated[str | None, typer.Option(help="Its task, where several have an example of this id.")] = None,
    candidate: Annotated[str | None, typer.Option(help="Whose answer; by default the first candidate's.")] = None,
    method: Annotated[
        MethodChoice, typer.Option(help="How to give words their share; gradient-x-input is a quick sketch.")
    ] = MethodChoice.integrated_gradients,
    probes: Annotated[
        bool, typer.Option("--probes/--no-probes", help="Leave words out, and look for few that undo the flip.")
    ] = True,
    neighbours: Annotated[int, typer.Option(min=0, max=100, metavar="N", help="Similar examples to print.")] = 5,
    old: Annotated[str | None, typer.Option(metavar="SRC", help="Where the old model is now, if it moved.")] = None,
    new: Annotated[str | None, typer.Option(metavar="SRC", help="Where the candidate is now, if it moved.")] = None,
    alias: Alias = None,
    device: Device = "cpu",
    allow_torch_weights: TorchWeights = False,
    json: AsJson = False,
) -> None:
    """Explain why the candidate answers one example otherwise than the old model.

    Words are given their share in both models' answers, and are left out to see what changes. Both models are loaded
    again, from where they were compared; they must not have changed since.

    \b
    Examples:
      flipscope explain v1-v2 1730
      flipscope explain v1-v2 1730 --task sst2 --method gradient-x-input
      flipscope explain v1-v2 1730 --old archive/v1 --new models/v2 --json
    """
    from flipscope.comparison import open_comparison
    from flipscope.data import OLD
    from flipscope.explain.explanation import explain_example
    from flipscope.explain.models import Reopening

    opened = open_comparison(comparison)
    name = opened.candidate(candidate).name
    reopening = Reopening(
        sources={model: source for model, source in ((OLD, old), (name, new)) if source},
        aliases=aliases(alias or []),
        allow_torch_weights=allow_torch_weights,
        device=device,
    )
    found = explain_example(
        opened,
        example_id,
        task=task,
        candidate=name,
        method=None if method is MethodChoice.none else method.name,  # type: ignore[arg-type]
        probes=probes,
        neighbours=neighbours,
        reopening=reopening,
    )
    if json:
        from flipscope.explain.contracts import as_contract

        print(as_contract(found, opened.task_info(found.subject.task).label_names).model_dump_json(indent=2))
    else:
        from flipscope.terminal_explain import print_explanation

        print_explanation(found)
