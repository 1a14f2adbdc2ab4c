"""What ``flipscope mitigate`` would do, for people at a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from flipscope.mitigate.preview import Preview
from flipscope.printable import printable
from flipscope.terminal import console, new_table


def print_plan(plan: Preview) -> None:
    """Print the splits of every task, what is trained on them, and what is made of it."""
    out = console()
    out.print(_tasks(plan))
    out.print(_trainings(plan))
    several = "" if len(plan.tasks) == 1 else f" on each of {len(plan.tasks)} tasks"
    out.print(Text(f"compared{several}: {', '.join(plan.methods)}"))
    disk = "" if plan.bytes is None else f", about {_size(plan.bytes)} of models on disk"
    out.print(Text(f"{plan.trainings:,} trainings, {plan.examples:,} examples in all{disk}", style="bold"))


def _tasks(plan: Preview) -> Table:
    table = new_table("task", "old", "new")
    for name in ("train", "select", "report", "trainings", "examples in all"):
        table.add_column(name, justify="right")
    for task in plan.tasks:
        info, old = task.splits, task.old or f"trained from {task.old_from}"
        counts = (info.train, info.select, info.report, sum(task.trainings.values()), task.examples)
        table.add_row(*(Text(printable(cell)) for cell in (info.task, old, task.new, *(f"{n:,}" for n in counts))))
    return table


def _trainings(plan: Preview) -> Table:
    table = new_table("trained for")
    table.add_column("trainings", justify="right")
    table.add_column("of each task")
    if olds := sum("old" in task.trainings for task in plan.tasks):
        some = "" if olds == len(plan.tasks) else f"; {olds} of {len(plan.tasks)} tasks have none yet"
        table.add_row("the old model", "1", f"seed 0{some}")
    for name, count in plan.tasks[0].trainings.items():
        if name != "old":
            tried = plan.settings.get(name, 1)
            chosen = f"{tried} settings with a seed of their own, then the chosen one with {plan.seeds} seeds"
            table.add_row(name, f"{count:,}", chosen if tried > 1 else f"{count} seeds")
    return table


def _size(count: int) -> str:
    """Tell bytes in the unit that people buy disks in."""
    return (
        f"{count / 1e9:,.0f} GB"
        if count >= 1e10
        else f"{count / 1e9:.1f} GB"
        if count >= 1e8
        else f"{count / 1e6:.1f} MB"
    )
