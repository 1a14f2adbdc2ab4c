"""Which words made the old model and the candidate answer as they do: attributions of both, to the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from flipscope.explain.models import AS_RECORDED, Reopening
from flipscope.explain.subject import Subject, Word

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

Method = Literal["integrated_gradients", "gradient_x_input"]
#: The ways to attribute, the default first.
METHODS: tuple[Method, ...] = ("integrated_gradients", "gradient_x_input")

#: Largest gap, as a share of the change to be explained, that integrated gradients are refined to.
COMPLETE = 0.01


@dataclass(frozen=True)
class ModelAttribution:
    """How much each word of an example counts for one model, in the log-odds of the target.

    Attributes
    ----------
    scores : numpy.ndarray of float64, shape (words,)
        Log-odds that each word adds (> 0: towards ``answer``) or takes (< 0: towards ``against``). 0 for words that
        the model did not read.
    read : numpy.ndarray of bool, shape (words,)
        Whether the model read the word: not when the text was cut before it.
    rest : float
        What goes to tokens that belong to no word, such as [CLS] and [SEP].
    value : float
        Log-odds of ``answer`` against ``against`` for the example as it is.
    baseline : float or None
        The same with the padding token in place of every token; None for gradient x input, which has no baseline.
    steps : int or None
        Points of the path that integrated gradients were computed at; None for gradient x input.
    gap : float or None
        How far ``scores.sum() + rest`` is from ``value - baseline``, which it should be; None where no baseline is.
    probabilities : numpy.ndarray of float64, shape (classes,)
        What the model answers now, in the order of `Attribution.classes`.
    """

    scores: np.ndarray
    read: np.ndarray
    rest: float
    value: float
    baseline: float | None
    steps: int | None
    gap: float | None
    probabilities: np.ndarray

    @property
    def error(self) -> float | None:
        """The gap as a share of ``|value - baseline|``; None without a baseline, or where the two are the same."""
        if self.gap is None or self.baseline is None or self.value == self.baseline:
            return None
        return self.gap / abs(self.value - self.baseline)

    @property
    def complete(self) -> bool:
        """Whether the scores add up to what they explain within 1 %; never so for gradient x input."""
        return self.error is not None and self.error <= COMPLETE


@dataclass(frozen=True)
class Attribution:
    """How much each word of an example counts for the old model and for a candidate.

    Both explain the same figure: the log-odds of ``answer`` (the candidate's answer) against ``against`` (the old
    model's where they differ, else the candidate's runner-up). A word with a score above 0 speaks for ``answer``.

    Attributes
    ----------
    subject : Subject
        The example, with both answers as the comparison has them.
    words : tuple of Word
        What the scores belong to, in reading order.
    method : {"integrated_gradients", "gradient_x_input"}
        How they were computed.
    answer, against : str
        The two classes of the target.
    classes : tuple of str
        All classes of the task.
    old, new : ModelAttribution
        Of the old model, and of the candidate.
    """

    subject: Subject
    words: tuple[Word, ...]
    method: Method
    answer: str
    against: str
    classes: tuple[str, ...]
    old: ModelAttribution
    new: ModelAttribution

    @property
    def difference(self) -> np.ndarray:
        """``new.scores - old.scores``, shape (words,): above 0 where a word speaks more for the new answer now."""
        return self.new.scores - self.old.scores


def attribute(
    comparison: Comparison,
    row_id: int,
    *,
    candidate: str | None = None,
    method: Method = "integrated_gradients",
    reopening: Reopening = AS_RECORDED,
) -> Attribution:
    """Attribute the answers of the old model and of a candidate to the words of one example.

    Parameters
    ----------
    comparison : Comparison
        Of models that can be run: checkpoints.
    row_id : int
        The example's number in this comparison.
    candidate : str, optional
        The first candidate when not named.
    method : {"integrated_gradients", "gradient_x_input"}
        The first is exact within 1 % (`ModelAttribution.complete` tells); the second takes one pass, and is a sketch.
    reopening : Reopening, optional
        Where the models are now, and how they are loaded.

    Returns
    -------
    Attribution

    Raises
    ------
    FlipscopeError
        When there is no such example, it has no text, or the models can't be had or explained.
    """
    raise NotImplementedError
