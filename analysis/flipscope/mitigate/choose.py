"""Which of several models is kept, judged on the selection split alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.errors import FlipscopeError
from flipscope.flips.scores import pick

# Accuracies that differ by exactly the margin (0.90 and 0.89) must not miss it by rounding.
_ROUNDING = 1e-9
# Least probability of a gold label that counts, so that one row can't make the loss infinite.
_LEAST = 1e-12


@dataclass(frozen=True)
class SelectScore:
    """How good a model is on the selection split.

    Attributes
    ----------
    nfr : float
        Share of all examples that the old model got right and this one gets wrong, in [0, 1].
    accuracy : float
        Share of all examples that it gets right, in [0, 1].
    loss : float
        Mean cross-entropy of the gold labels, in nats; 0 or more.
    """

    nfr: float
    accuracy: float
    loss: float


def select_score(
    old_correct: NDArray[np.bool_],
    pred: NDArray[np.integer[Any]],
    label: NDArray[np.integer[Any]],
    prob: NDArray[np.floating[Any]],
) -> SelectScore:
    """Score a model on the examples of the selection split.

    Parameters
    ----------
    old_correct : bool array, shape (n,)
        Whether the old model is right.
    pred, label : int arrays, shape (n,)
        Answers and gold labels, as columns of `prob`.
    prob : float array, shape (n, classes)
        Probabilities, in [0, 1].

    Raises
    ------
    FlipscopeError
        When there is no example.
    ValueError
        When the lengths differ, or a label is not a column of `prob`.
    """
    if len(label) == 0:
        raise FlipscopeError("the selection split is empty, so there is nothing to choose by")
    if not len(old_correct) == len(pred) == len(label) == len(prob):
        raise ValueError(f"{len(old_correct)}, {len(pred)}, {len(label)} and {len(prob)} rows are not the same ones")
    gold = np.maximum(pick(prob, label), _LEAST)
    return SelectScore(
        nfr=float(np.mean(old_correct & (pred != label))),
        accuracy=float(np.mean(pred == label)),
        loss=float(-np.mean(np.log(gold))),
    )


def lowest_nfr(scores: Sequence[SelectScore], margin: float) -> int:
    """Choose the model with the lowest NFR among those that are about as accurate as the best one.

    Parameters
    ----------
    scores : sequence of SelectScore
        One a model.
    margin : float
        By how much the accuracy may be below the best one's, as a fraction of 1.

    Returns
    -------
    int
        Its index. Of several, the most accurate; then the one with the lowest loss; then the first.

    Raises
    ------
    FlipscopeError
        When there is no model.
    """
    if not scores:
        raise FlipscopeError("there is no model to choose from")
    least = max(score.accuracy for score in scores) - margin - _ROUNDING
    good = [index for index, score in enumerate(scores) if score.accuracy >= least]
    return min(good, key=lambda index: (scores[index].nfr, -scores[index].accuracy, scores[index].loss, index))


def most_centric(
    preds: NDArray[np.integer[Any]] | Sequence[NDArray[np.integer[Any]]],
    losses: Sequence[float] | NDArray[np.floating[Any]],
) -> int:
    """Choose the model that agrees most with the others; neither gold labels nor the old model are asked.

    Parameters
    ----------
    preds : int array of shape (models, n), or a sequence of arrays of length n
        Answers of every model to the same examples.
    losses : sequence of float, length models
        Their losses, which decide a tie.

    Returns
    -------
    int
        The index of the one with the smallest mean disagreement with the others: mean over them of the share of
        examples that both answer differently. Of several, the one with the lowest loss; then the first.

    Raises
    ------
    FlipscopeError
        When there is no model or no example.
    ValueError
        When there are not as many losses as models.
    """
    preds = np.asarray(preds)
    if preds.size == 0:
        raise FlipscopeError("there are no answers to choose by")
    if len(losses) != len(preds):
        raise ValueError(f"{len(losses)} losses are not those of {len(preds)} models")
    # Counts order models as means do, and are exact.
    differing = [int(np.count_nonzero(preds != own)) for own in preds]
    return min(range(len(preds)), key=lambda index: (differing[index], losses[index], index))
