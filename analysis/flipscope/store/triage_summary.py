"""What judgements of people make of the figures (JSON contract): ``flipscope triage summary --json``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from flipscope.contract import STRICT, Interval


class _Contract(BaseModel):
    model_config = STRICT


class Figures(_Contract):
    """Outcome counts of one task, and rates over ``n`` with intervals: Wilson's, and Newcombe's for the change."""

    n: int
    both_correct: int
    negative_flip: int
    positive_flip: int
    both_wrong: int
    accuracy_old: float | None
    accuracy_new: float | None
    accuracy_delta: Interval
    nfr: Interval
    pfr: Interval


class TriageSummary(_Contract):
    """What people judged of one candidate on one task.

    ``judgements`` counts the negative flips by judgement, all four of them, and ``unjudged`` those without one;
    ``others`` counts the judged examples that are no negative flips. ``as_is`` are the figures of all examples,
    ``without`` those of all but the ones with a wrong gold label, whatever their outcome (``left_out`` of them): they
    say nothing about either model. ``authors`` are those whose judgements these are.
    """

    task: str
    candidate: str
    judgements: dict[str, int]
    unjudged: int
    others: dict[str, int]
    left_out: int
    as_is: Figures
    without: Figures
    authors: list[str]


class TriageSummaries(_Contract):
    """What ``flipscope triage summary --json`` prints: one summary a candidate and task."""

    schema_version: Literal[1] = 1
    summaries: list[TriageSummary]
