"""Three ways to combine stored answers of an old model and a candidate: mixing, fallback, routing by capability.

Each gives for every setting what is answered, and for which examples the old model has to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flipscope.mitigate.advice.stored_answers import Bools, Ints, StoredAnswers

#: Weights of the old model.
WEIGHTS = np.linspace(0, 1, 41)
# Thresholds of confidence, as quantiles of the candidate's own on the choosing half. A threshold that nearly all
# examples are below makes the old model answer alone.
_QUANTILES = np.linspace(0.025, 0.975, 39)
#: Examples of the choosing half that a slice must have to be routed: of fewer, one flip decides.
LEAST_SLICE = 20


@dataclass(frozen=True)
class Combined:
    """What is answered at one setting.

    Attributes
    ----------
    setting : float
        0 is the candidate alone.
    pred : int array, shape (n,)
        Answers.
    asks_old : bool array, shape (n,)
        Examples for which the old model has to run.
    """

    setting: float
    pred: Ints
    asks_old: Bools


def mixing(answers: StoredAnswers) -> Iterator[Combined]:
    """Answer with the most probable class of ``w * p_old + (1 - w) * p_new``, for each weight w.

    Where both models answer the same, so does any mixture of them; at 0 and 1 the answers are those of the models.
    """
    assert answers.mixable is not None
    p_old, p_new = answers.mixable
    everywhere = np.ones(len(answers), dtype=bool)
    yield alone(answers)
    for weight in WEIGHTS[1:-1]:
        pred = answers.new.copy()
        pred[answers.differ] = (weight * p_old + (1 - weight) * p_new).argmax(axis=1)
        yield Combined(float(weight), pred, everywhere)
    yield Combined(1.0, answers.old, everywhere)


def fallback(answers: StoredAnswers) -> Iterator[Combined]:
    """Answer with the old model where the confidence of the candidate is below a threshold, for each threshold."""
    assert answers.confidence is not None
    yield alone(answers)
    for threshold in np.unique(np.quantile(answers.confidence[~answers.judging], _QUANTILES)):
        unsure = answers.confidence < threshold
        yield Combined(float(threshold), np.where(unsure, answers.old, answers.new), unsure)


def routing(answers: StoredAnswers, slices: Sequence[Bools]) -> Iterator[Combined]:
    """Send one slice after the other to the old model."""
    routed = np.zeros(len(answers), dtype=bool)
    yield alone(answers)
    for count, members in enumerate(slices, start=1):
        routed = routed | members
        yield Combined(float(count), np.where(routed, answers.old, answers.new), routed)


def alone(answers: StoredAnswers) -> Combined:
    """Have the candidate answer alone."""
    return Combined(0.0, answers.new, np.zeros(len(answers), dtype=bool))


def route_order(answers: StoredAnswers, slices: Mapping[tuple[str, str], Bools]) -> list[tuple[str, str]]:
    """Order slices by what it costs to send them to the old model, judged on the choosing half.

    Next is always the slice that gives up the fewest positive flips for each negative flip that it avoids, those
    already routed set aside: what lowers NFR most for the accuracy that it loses. Slices that avoid none are left
    out, and those of fewer than `LEAST_SLICE` examples.
    """
    choosing = ~answers.judging
    # Where nothing flips, the route makes no difference: only flips have to be looked at.
    broke = choosing & (answers.old == answers.label) & (answers.new != answers.label)
    mended = choosing & (answers.old != answers.label) & (answers.new == answers.label)
    flips = np.flatnonzero(broke | mended)
    names = [name for name, members in slices.items() if np.count_nonzero(members & choosing) >= LEAST_SLICE]
    member = np.array([slices[name][flips] for name in names], dtype=np.float32).reshape(len(names), len(flips))
    left, is_broke = np.ones(len(flips), dtype=bool), broke[flips]
    order: list[tuple[str, str]] = []
    while True:
        avoided, given_up = member @ (left & is_broke), member @ (left & ~is_broke)
        if not avoided.any():
            return order
        cost = np.divide(given_up, avoided, out=np.full(len(names), np.inf), where=avoided > 0)
        best = int(np.lexsort((-avoided, cost))[0])
        order.append(names[best])
        left &= member[best] == 0
