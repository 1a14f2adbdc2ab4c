"""The command ``mitigate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flipscope.cli_options import AsJson, Cache, Device, Limit, Precision, PrecisionChoice, TorchWeights


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(mitigate)


def mitigate(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="What to try (docs/mitigation.md).")],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for models, splits and the comparison; by default called as SPEC.toml is."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the inputs and print the plan; train nothing.")
    ] = False,
    json: AsJson = False,
    limit: Limit = None,
    device: Device = "auto",
    precision: PrecisionChoice = Precision.auto,
    cache: Cache = True,
    allow_torch_weights: TorchWeights = False,
) -> None:
    """Train and combine new models in the ways that reduce regressions, and compare them all with the old one.

    Distillation from the old model, ensembles, choosing among seeds, interpolation of weights: each is chosen on one
    split of the data and judged on another, beside the conventional update. All candidates come as ordinary
    checkpoints, and as one comparison with all of them.

    An interrupted run goes on where it stopped when the same command is given again: it loses one training at most.

    \b
    Examples:
      flipscope mitigate sst2.toml --dry-run
      flipscope mitigate sst2.toml --out sst2-study
      flipscope dashboard sst2-study
    """
    from flipscope.comparison import STUDY_MODELS
    from flipscope.mitigate.run import mitigate, open_tasks
    from flipscope.mitigate.spec import read_mitigation
    from flipscope.mitigate.trainings import Trainings
    from flipscope.predict.runner import Settings
    from flipscope.progress import for_stream

    wanted = read_mitigation(spec)
    settings = Settings(device=device, precision=precision.value, use_cache=cache)
    progress, folder = for_stream(), out or Path(spec.stem)
    if dry_run:
        from flipscope.mitigate.preview import preview
        from flipscope.terminal_plan import print_plan

        tasks = open_tasks(wanted, limit, settings, allow_torch_weights, progress)
        plan = preview(wanted, tasks)
        print(plan.model_dump_json(indent=2)) if json else print_plan(plan)
        for task in tasks:
            Trainings(task, wanted, folder / STUDY_MODELS / task.name, settings).check_device()
        return
    comparison = mitigate(
        wanted, folder, limit=limit, settings=settings, allow_torch_weights=allow_torch_weights, progress=progress
    )
    study = comparison.manifest.study
    assert study is not None  # it has just been made
    if json:
        print(study.model_dump_json(indent=2))
    else:
        from flipscope.terminal_study import print_study

        print_study(study)
        print(f"in {folder}; browse it with: flipscope dashboard {folder}")
