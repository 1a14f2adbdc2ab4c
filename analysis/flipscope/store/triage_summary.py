"""What judgements of people make of the figures (JSON contract): ``flipscope triage summary --json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from flipscope.contract import STRICT, Interval
from flipscope.flips.intervals import newcombe, wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.schema import TaskResult
from flipscope.store.triage_log import JUDGEMENTS

if TYPE_CHECKING:
    import pandas as pd


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


def summarised(as_is: TaskResult, judged: pd.DataFrame, candidate: str) -> TriageSummary:
    """Sum up the judgements of one candidate on one task.

    Parameters
    ----------
    as_is : TaskResult
        The figures of all examples.
    judged : DataFrame
        The judged examples: ``outcome``, ``judgement``, ``author``.
    candidate : str
        Its name.
    """
    broke = judged["outcome"] == "negative_flip"
    on_flips = judged.loc[broke, "judgement"].value_counts()
    wrong = judged.loc[judged["judgement"] == "wrong_gold_label", "outcome"].value_counts()
    counts = {outcome: getattr(as_is, outcome) for outcome in OUTCOMES}
    return TriageSummary(
        task=as_is.task,
        candidate=candidate,
        judgements={name: int(on_flips.get(name, 0)) for name in JUDGEMENTS},
        unjudged=as_is.negative_flip - int(broke.sum()),
        others={name: int(count) for name, count in judged.loc[~broke, "judgement"].value_counts().items()},
        left_out=int(wrong.sum()),
        as_is=_figures(counts),
        without=_figures({outcome: count - int(wrong.get(outcome, 0)) for outcome, count in counts.items()}),
        authors=sorted(set(judged["author"])),
    )


def _figures(counts: Mapping[str, int]) -> Figures:
    n = sum(counts.values())
    broke, mended, kept = (counts[name] for name in ("negative_flip", "positive_flip", "both_correct"))
    low, high = newcombe(kept, broke, mended, counts["both_wrong"])
    return Figures(
        n=n,
        **counts,
        accuracy_old=(kept + broke) / n if n else None,
        accuracy_new=(kept + mended) / n if n else None,
        accuracy_delta=_interval((mended - broke) / n, low, high) if n else _NOTHING,
        nfr=_interval(broke / n, *wilson(broke, n)) if n else _NOTHING,
        pfr=_interval(mended / n, *wilson(mended, n)) if n else _NOTHING,
    )


def _interval(value: float, low: float, high: float) -> Interval:
    return Interval(value=value, low=float(low), high=float(high))


_NOTHING = Interval(value=None, low=None, high=None, reason="no_examples")
