"""The fix advisor: what combining old model and candidate would do, told from their stored answers alone.

Nothing is trained or run. Weight, threshold and route are chosen on one half of the examples and judged on the
other: the best of many settings looks better than it is on the examples that it was chosen on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from flipscope.contract import Interval
from flipscope.errors import FlipscopeError
from flipscope.flips.intervals import newcombe, wilson
from flipscope.flips.outcome import OUTCOMES, outcome_codes
from flipscope.flips.significance import compare_updates
from flipscope.mitigate.advice.contract import Advice, Chosen, CurvePoint, Family, FamilyName, Slice, TaskAdvice
from flipscope.mitigate.advice.curves import Combined, alone, fallback, mixing, route_order, routing
from flipscope.mitigate.advice.stored_answers import Bools, StoredAnswers, read_answers, read_slices
from flipscope.mitigate.advice.words import advice_sentence, nothing_tried, too_few
from flipscope.mitigate.choose import SelectScore, lowest_nfr

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

#: Examples that each half must have.
LEAST_EXAMPLES = 50

Curve = Callable[[], Iterator[Combined]]


def advise(
    comparison: Comparison,
    task: str | None = None,
    candidate: str | None = None,
    *,
    accuracy_margin: float = 0.01,
) -> Advice:
    """Tell what mixing, falling back and routing would do to negative flips and accuracy.

    Parameters
    ----------
    comparison : Comparison
        With an evaluation set.
    task, candidate : str, optional
        Only this one.
    accuracy_margin : float
        A setting is chosen for the lowest NFR among those whose accuracy is within so much of the best, at least 0
        and below 1.

    Returns
    -------
    Advice

    Raises
    ------
    FlipscopeError
        When a name is unknown, the comparison is of behaviors only, or the margin is out of range.
    """
    if not 0 <= accuracy_margin < 1:
        raise FlipscopeError(
            f"{accuracy_margin:g} is not at least 0 and below 1", where="--accuracy-margin",
            do="Give a fraction, such as 0.01 for a point",
        )  # fmt: skip
    comparison.result(task, candidate)  # raises where a name is unknown, or there are only behaviors
    found = [
        _task_advice(comparison, each_task, each, accuracy_margin)
        for each in ([candidate] if candidate else comparison.candidates)
        for each_task in ([task] if task else comparison.tasks)
    ]
    return Advice(old=comparison.results.old, accuracy_margin=accuracy_margin, tasks=found)


def _task_advice(comparison: Comparison, task: str, candidate: str, margin: float) -> TaskAdvice:
    answers = read_answers(comparison, task, candidate)
    judging = int(np.count_nonzero(answers.judging))
    choosing = len(answers) - judging
    if min(choosing, judging) < LEAST_EXAMPLES:
        told = too_few(choosing, judging, LEAST_EXAMPLES)
        return TaskAdvice(
            task=task, candidate=candidate, choosing=choosing, judging=judging, sentence=told, reason="too_few_examples"
        )
    families, scores = _families(answers, read_slices(comparison, task, candidate), margin)
    new = _point(answers, alone(answers))
    advised = _advised(answers, scores, margin)
    best = next((family for family in families if family.family == advised), None)
    helps = _helps(best.chosen, margin) if best and best.chosen else None
    return TaskAdvice(
        task=task,
        candidate=candidate,
        choosing=choosing,
        judging=judging,
        old=_point(answers, Combined(1.0, answers.old, np.ones(len(answers), dtype=bool))),
        new=new,
        families=families,
        advised=advised,
        helps=helps,
        sentence=advice_sentence(new, best, helps, margin) if scores else nothing_tried(families),
    )


def _families(
    answers: StoredAnswers, slices: dict[tuple[str, str], Bools], margin: float
) -> tuple[list[Family], dict[FamilyName, SelectScore]]:
    """Draw every curve that can be drawn, and tell how each chosen point scores on the choosing half."""
    order = route_order(answers, slices)
    curves: dict[FamilyName, tuple[Curve, str | None]] = {
        "mixing": (partial(mixing, answers), None if answers.mixable else "no_probabilities"),
        "fallback": (partial(fallback, answers), None if answers.confidence is not None else "no_probabilities"),
        "routing": (
            partial(routing, answers, [slices[name] for name in order]),
            None if order else "no_slice" if slices else "no_capability_column",
        ),
    }
    families, scores = [], {}
    for name, (curve, reason) in curves.items():
        if reason:
            families.append(Family(family=name, reason=reason))
            continue
        measured = [(_score(answers, each), _point(answers, each)) for each in curve()]
        index = lowest_nfr([score for score, _ in measured], margin)
        families.append(
            Family(
                family=name,
                points=[point for _, point in measured],
                chosen=_chosen(answers, index, next(islice(curve(), index, None))),
                order=[Slice(column=column, value=value) for column, value in order] if name == "routing" else [],
            )
        )
        scores[name] = measured[index][0]
    return families, scores


def _advised(answers: StoredAnswers, scores: dict[FamilyName, SelectScore], margin: float) -> FamilyName | None:
    """Choose among the points chosen and the candidate alone, once more on the choosing half."""
    candidate = _score(answers, alone(answers))
    names = [name for name, score in scores.items() if score.nfr < candidate.nfr]
    index = lowest_nfr([candidate, *(scores[name] for name in names)], margin)
    return names[index - 1] if index else None


def _score(answers: StoredAnswers, combined: Combined) -> SelectScore:
    """Score a setting on the choosing half; of equally good ones, that which asks the old model least is taken."""
    n, correct, flips, asked = _counts(answers, combined, ~answers.judging)
    return SelectScore(nfr=flips / n, accuracy=correct / n, loss=asked / n)


def _point(answers: StoredAnswers, combined: Combined) -> CurvePoint:
    n, correct, flips, asked = _counts(answers, combined, answers.judging)
    return CurvePoint(
        setting=combined.setting, n=n, correct=correct, negative_flip=flips, asks_old=asked,
        accuracy=correct / n, nfr=flips / n, asks_old_share=asked / n,
    )  # fmt: skip


def _counts(answers: StoredAnswers, combined: Combined, half: Bools) -> tuple[int, int, int, int]:
    """Count examples, right answers, negative flips, and those for which the old model has to run."""
    right = half & (combined.pred == answers.label)
    flips = half & _flips(answers, combined)
    counted = (half, right, flips, half & combined.asks_old)
    n, correct, broke, asked = (int(np.count_nonzero(each)) for each in counted)
    return n, correct, broke, asked


def _flips(answers: StoredAnswers, combined: Combined) -> Bools:
    flips: Bools = (answers.old == answers.label) & (combined.pred != answers.label)
    return flips


def _chosen(answers: StoredAnswers, index: int, combined: Combined) -> Chosen:
    """Judge a point on the judging half, paired with the candidate alone."""
    half = answers.judging
    n, correct, flips, _ = _counts(answers, combined, half)
    codes = outcome_codes(answers.label[half], answers.new[half], combined.pred[half])
    cells = [int(count) for count in np.bincount(codes, minlength=len(OUTCOMES))]
    low, high = newcombe(*cells)
    update = compare_updates(_flips(answers, combined)[half], _flips(answers, alone(answers))[half])
    ratio = update.nfr_ratio
    return Chosen(
        index=index,
        accuracy=_rate(correct, n),
        nfr=_rate(flips, n),
        accuracy_change=Interval(value=(cells[2] - cells[1]) / n, low=float(low), high=float(high)),
        nfr_ratio=Interval(value=ratio.value, low=ratio.low, high=ratio.high, reason=ratio.reason),
        avoided=update.only_b,
        added=update.only_a,
    )


def _rate(count: int, n: int) -> Interval:
    low, high = wilson(count, n)
    return Interval(value=count / n, low=float(low), high=float(high))


def _helps(chosen: Chosen, margin: float) -> bool | None:
    """Tell whether a point surely lowers NFR, and keeps accuracy as far as the intervals can tell."""
    ratio, change = chosen.nfr_ratio.high, chosen.accuracy_change
    assert change.low is not None  # there are examples
    assert change.high is not None
    if ratio is None or ratio >= 1 or change.high < -margin:
        return False
    return True if change.low >= -margin else None
