"""The JSON contract of the fix advisor: what ``flipscope advise --json`` prints.

Counts are exact integers, rates fractions of 1; what is undefined is null, with a reason beside it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from flipscope.contract import STRICT, Interval
from flipscope.schema import ModelRef

FamilyName = Literal["mixing", "fallback", "routing"]


class _Contract(BaseModel):
    model_config = STRICT


class Slice(_Contract):
    """Examples whose `column` has this value."""

    column: str
    value: str


class CurvePoint(_Contract):
    """What one setting of a family does to the judging half.

    Attributes
    ----------
    setting : float
        The old model's weight, the threshold of confidence, or how many of the first slices are sent to the old
        model; at 0 the candidate answers alone.
    n, correct, negative_flip : int
        Examples, those answered rightly, and those that only the old model answered rightly.
    asks_old : int
        Examples for which the old model has to run.
    """

    setting: float
    n: int
    correct: int
    negative_flip: int
    asks_old: int
    accuracy: float
    nfr: float
    asks_old_share: float


class Chosen(_Contract):
    """The point that was chosen on the choosing half, on the judging half.

    Attributes
    ----------
    index : int
        Its place in the points of its family.
    accuracy, nfr : Interval
        Wilson intervals.
    accuracy_change : Interval
        Accuracy less that of the candidate; Newcombe's paired interval.
    nfr_ratio : Interval
        NFR over that of the candidate, with 0.5 added to both counts; paired bootstrap.
    avoided, added : int
        Negative flips of the candidate that it has not, and those that only it has.
    """

    index: int
    accuracy: Interval
    nfr: Interval
    accuracy_change: Interval
    nfr_ratio: Interval
    avoided: int
    added: int


class Family(_Contract):
    """One way to combine the two models: its curve, and the point chosen on it.

    Attributes
    ----------
    order : list of Slice
        Of routing: the slices in the order in which they are sent to the old model.
    reason : str or None
        Why there is no curve: ``no_probabilities``, ``no_capability_column`` or ``no_slice``.
    """

    family: FamilyName
    points: list[CurvePoint] = []
    chosen: Chosen | None = None
    order: list[Slice] = []
    reason: str | None = None


class TaskAdvice(_Contract):
    """What combining the models would do to one candidate on one task.

    Attributes
    ----------
    choosing, judging : int
        Examples of each half.
    old, new : CurvePoint or None
        The old model and the candidate alone, on the judging half.
    families : list of Family
        In the order mixing, fallback, routing; empty where `reason` says why.
    advised : str or None
        The family with the lowest NFR on the choosing half; None where the candidate alone is as good there.
    helps : bool or None
        Whether it helps on the judging half, as the sentence says. True: NFR is below that of the candidate (the whole
        interval of the ratio), and accuracy falls by no more than the margin (the whole interval of the change).
        Null: it may help; NFR is below, and what accuracy does is undecided. False: nothing surely helps, as NFR may
        be no lower, or accuracy falls by more (the whole interval). Null, too, where nothing is advised.
    sentence : str
        The advice in words.
    reason : str or None
        ``too_few_examples`` or ``no_negative_flips``.
    """

    task: str
    candidate: str
    choosing: int
    judging: int
    old: CurvePoint | None = None
    new: CurvePoint | None = None
    families: list[Family] = []
    advised: FamilyName | None = None
    helps: bool | None = None
    sentence: str
    reason: str | None = None


class Advice(_Contract):
    """What ``flipscope advise --json`` prints; one entry per candidate and task."""

    schema_version: Literal[1] = 1
    old: ModelRef
    accuracy_margin: float
    tasks: Annotated[list[TaskAdvice], Field(min_length=1)]
