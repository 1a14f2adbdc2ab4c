"""The JSON contract of a study: what ``flipscope mitigate`` tried, and what came of it.

A comparison that ``flipscope mitigate`` made has one in its manifest, under ``study``. Counts are exact integers,
rates fractions of 1; what is undefined is null, with a reason beside it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from flipscope.contract import STRICT, Interval

MethodKind = Literal[
    "conventional",
    "distillation",
    "ensemble",
    "vote",
    "old_and_new",
    "lowest_nfr_seed",
    "centric_seed",
    "interpolation",
]


class _Contract(BaseModel):
    model_config = STRICT


class SplitInfo(_Contract):
    """The splits of one task: rows of each, and of ``train`` what was left out as its text is in another."""

    task: str
    train: int
    select: int
    report: int
    left_out: int
    notes: list[str] = []


class OldInfo(_Contract):
    """The old model on one task.

    ``train_accuracy`` is what it teaches with: where it is about 1, distillation does about nothing.
    ``new_classes`` are classes it does not know; there is no gate on their examples. ``degenerate``: the old model
    or a conventional one is within a point of always answering the commonest class, so that a low NFR is no merit.
    """

    task: str
    accuracy: Interval
    train_accuracy: float | None
    majority: float | None
    degenerate: bool
    new_classes: list[str] = []


class TrainingInfo(_Contract):
    """One training: finished, or failed with a message.

    ``recipe`` names the method, for distillation with the point of the grid. ``select_nfr`` and
    ``select_accuracy`` are on the selection split. ``seconds`` and ``step_seconds`` (median) are of the run that
    trained it.
    """

    task: str
    recipe: str
    seed: int
    settings: dict[str, float | str | None] = {}
    chosen: bool
    status: Literal["finished", "failed"]
    message: str | None = None
    seconds: float | None = None
    step_seconds: float | None = None
    select_nfr: float | None = None
    select_accuracy: float | None = None


class MethodResult(_Contract):
    """One method on one task, or over all tasks (``task`` null), judged on the report split.

    Rates are means over `candidates`, which are of one seed each. Their intervals are over seeds and examples
    together. ``nfr_ratio`` is the NFR over that of the conventional update, ``accuracy_gain`` the accuracy less that
    of the conventional update, both paired; ``p_value`` is of a ratio of 1, ``q_value`` allows for all methods and
    tasks tried.

    Attributes
    ----------
    candidates : list of str
        Of the comparison, in the order of `seeds`.
    settings : dict
        Chosen on the selection split: gate, alpha, temperature, distance, max_nfr, weight, size, seed.
    models_trained : int
        For one candidate of this method, those that were only tried included.
    models_shipped : int
        That answer together.
    training_seconds : float or None
        For one candidate, those that were only tried included.
    """

    task: str | None
    method: str
    kind: MethodKind
    candidates: list[str]
    seeds: list[int]
    settings: dict[str, float | str | None] = {}
    n: int
    accuracy: Interval
    accuracy_delta: Interval
    nfr: Interval
    pfr: Interval
    churn: float | None
    relative_nfr: float | None
    relative_nfr_reason: str | None = None
    nfi: float | None
    nfi_reason: str | None = None
    nfr_ratio: Interval
    accuracy_gain: Interval
    p_value: float | None
    p_value_reason: str | None = None
    q_value: float | None
    q_value_reason: str | None = None
    models_trained: int
    models_shipped: int
    training_seconds: float | None
    notes: list[str] = []


class Study(_Contract):
    """What was tried to reduce regressions, and what came of it; ``methods`` in the order of the spec.

    ``flipscope mitigate --json`` prints it.
    """

    schema_version: Literal[1] = 1
    seeds: int
    accuracy_margin: float
    training: dict[str, float | int | str | None]
    splits: list[SplitInfo]
    old: list[OldInfo]
    trainings: list[TrainingInfo]
    methods: list[MethodResult]
    warnings: list[str] = []
