"""What ``flipscope mitigate`` would do, for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from flipscope.mitigate.plan import methods, trainings_per_task, tuning_trainings
from flipscope.mitigate.spec import MitigationSpec
from flipscope.mitigate.task import OpenedTask
from flipscope.printable import printable
from flipscope.terminal import console, new_table


def print_plan(spec: MitigationSpec, tasks: Sequence[OpenedTask]) -> None:
    """Print the splits of every task, what is trained on them, and what is made of it."""
    out = console()
    splits = new_table("task", "old", "new")
    for name in ("train", "select", "report"):
        splits.add_column(name, justify="right")
    for task in tasks:
        info, old = task.splits.info, task.spec.old or f"trained from {task.spec.old_from}"
        sizes = [f"{size:,}" for size in (info.train, info.select, info.report)]
        splits.add_row(*(Text(printable(cell)) for cell in (info.task, old, task.spec.new, *sizes)))
    out.print(splits)
    out.print(_trainings(spec, tasks))
    several = "" if len(tasks) == 1 else f" on each of {len(tasks)} tasks"
    names = ", ".join(method.name for method in methods(spec))
    out.print(Text(f"compared{several}: {names}"))
    total = count_trainings(spec, tasks)
    examples = sum(len(task.splits.train) for task in tasks) / len(tasks) * spec.training.epochs
    out.print(Text(f"{total:,} trainings of {examples:,.0f} examples each", style="bold"))


def _trainings(spec: MitigationSpec, tasks: Sequence[OpenedTask]) -> object:
    table = new_table("trained for")
    table.add_column("trainings", justify="right")
    table.add_column("of each task")
    tried = {name: tuning_trainings(each) for name, each in spec.variants.items()}
    if olds := sum(task.known_old is None for task in tasks):
        table.add_row(
            "the old model",
            "1",
            "seed 0" if olds == len(tasks) else f"seed 0; {olds} of {len(tasks)} tasks have none yet",
        )
    for name, count in trainings_per_task(spec).items():
        seeds = f"{count} seeds"
        if tried.get(name):
            seeds = f"{tried[name]} settings with one seed, the chosen one with {spec.seeds} others"
        table.add_row(name, f"{count:,}", seeds)
    return table


def count_trainings(spec: MitigationSpec, tasks: Sequence[OpenedTask]) -> int:
    """Count all trainings of a plan."""
    return sum(task.known_old is None for task in tasks) + len(tasks) * sum(trainings_per_task(spec).values())
