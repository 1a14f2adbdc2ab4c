"""What a plan comes to, told before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from flipscope.contract import STRICT
from flipscope.mitigate.plan import INTERPOLATION, methods, trainings_per_task
from flipscope.mitigate.spec import MitigationSpec
from flipscope.mitigate.task import OpenedTask
from flipscope.study import SplitInfo

_BYTES = 4  # of a weight: models are kept in fp32


class TaskPreview(BaseModel):
    """One task.

    Attributes
    ----------
    old, old_from : str or None
        The old model, or what it will be trained from.
    new : str
        What new models begin as.
    splits : SplitInfo
        Rows of each split.
    trainings : dict of str to int
        How many there are of each recipe.
    examples : int
        That all trainings go through, every epoch counted.
    bytes : int or None
        That the models will take on disk; None where the number of weights is not known.
    """

    model_config = STRICT

    old: str | None
    old_from: str | None
    new: str
    splits: SplitInfo
    trainings: dict[str, int]
    examples: int
    bytes: int | None


class Preview(BaseModel):
    """All tasks, what is compared on each, and the sums; attributes as of `TaskPreview`.

    ``settings`` has for each way to distil how many settings are tried.
    """

    model_config = STRICT

    schema_version: Literal[1] = 1
    tasks: list[TaskPreview]
    methods: list[str]
    seeds: int
    settings: dict[str, int]
    trainings: int
    examples: int
    bytes: int | None


def preview(spec: MitigationSpec, tasks: Sequence[OpenedTask]) -> Preview:
    """Count what a spec comes to on its opened tasks."""
    each = [_task(spec, task) for task in tasks]
    return Preview(
        tasks=each,
        methods=[method.name for method in methods(spec)],
        seeds=spec.seeds,
        settings={name: len(variant.grid) for name, variant in spec.variants.items()},
        trainings=sum(sum(task.trainings.values()) for task in each),
        examples=sum(task.examples for task in each),
        bytes=_sum([task.bytes for task in each]),
    )


def _task(spec: MitigationSpec, task: OpenedTask) -> TaskPreview:
    new, train = trainings_per_task(spec), len(task.splits.train)
    olds = {} if task.known_old is not None else {"old": 1}
    old_epochs = (spec.old_training or spec.training).epochs
    return TaskPreview(
        old=task.spec.old,
        old_from=task.spec.old_from,
        new=task.spec.new,
        splits=task.splits.info,
        trainings=olds | new,
        examples=sum(new.values()) * round(train * spec.training.epochs) + len(olds) * round(train * old_epochs),
        bytes=_sum([_bytes(task, start, count) for start, count in _models(spec, olds | new).items()]),
    )


def _models(spec: MitigationSpec, trainings: dict[str, int]) -> dict[str, int]:
    """Count the models that are kept, by what they begin as."""
    olds, fine_tuned = trainings.get("old", 0), trainings.get(INTERPOLATION, 0)
    counts = {"new": sum(trainings.values()) - olds - fine_tuned, "old_from": olds}
    if fine_tuned:  # every weight that is tried, and the chosen one with all other seeds
        counts["old"] = 2 * fine_tuned + len(spec.interpolation.weights) - 1
    return {start: count for start, count in counts.items() if count}


def _bytes(task: OpenedTask, start: str, count: int) -> int | None:
    weights = task.starts[start].checkpoint.parameters
    return None if weights is None else weights * count * _BYTES


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
