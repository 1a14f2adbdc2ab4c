"""Which words made the old model and the candidate answer as they do: attributions of both, to the same words."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.explain.gradients import COMPLETE, Scorer, gradient_x_input, integrated_gradients
from flipscope.explain.models import AS_RECORDED, RUNNING, LoadedModel, Reopening, load_models
from flipscope.explain.subject import Subject, Word, read_subject
from flipscope.explain.words_of_tokens import align, place_tokens

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

Method = Literal["integrated_gradients", "gradient_x_input"]
#: The ways to attribute, the default first.
METHODS: tuple[Method, ...] = ("integrated_gradients", "gradient_x_input")


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
    if method not in METHODS:
        raise FlipscopeError(f"there is no method {method!r}", do=f"Choose from {', '.join(METHODS)}")
    _check_captum()
    subject = read_subject(comparison, row_id, candidate)
    models = load_models(comparison, subject.task, subject.candidate, reopening)
    classes = tuple(comparison.task_info(subject.task).label_names)
    texts_b = None if subject.text_b is None else [subject.text_b]
    probabilities = [model.probabilities([subject.text_a], texts_b, classes)[0] for model in models]
    answer, against = _target(subject, classes, probabilities[1])
    _check_known(models, answer, against)
    old, new = _attribute_both(models, subject, (answer, against), method, probabilities)
    return Attribution(subject, subject.words, method, answer, against, classes, old, new)


def _attribute_both(
    models: tuple[LoadedModel, LoadedModel],
    subject: Subject,
    target: tuple[str, str],
    method: Method,
    probabilities: Sequence[np.ndarray],
) -> tuple[ModelAttribution, ModelAttribution]:
    """Attribute the answers of two models side by side, on one thread each; of one and the same, one by one."""
    from flipscope.predict.model import exact_products, one_thread_each

    workers = 1 if models[0].model is models[1].model else 2
    with RUNNING, exact_products(), one_thread_each(), ThreadPoolExecutor(workers) as pool:
        asked = [
            pool.submit(_attribute, *each, subject, target, method) for each in zip(models, probabilities, strict=True)
        ]
        return asked[0].result(), asked[1].result()


def _target(subject: Subject, classes: tuple[str, ...], probabilities: np.ndarray) -> tuple[str, str]:
    """Choose what both models are asked about: what they differ in, else how sure the shared answer is."""
    if subject.flipped:
        return subject.new_pred, subject.old_pred
    likely = [classes[i] for i in np.argsort(-probabilities, kind="stable")]
    return subject.new_pred, next(name for name in likely if name != subject.new_pred)


def _check_known(models: Sequence[LoadedModel], *answers: str) -> None:
    for model in models:
        for answer in answers:
            if answer not in model.classes:
                raise FlipscopeError(
                    f"the model does not know the class {answer!r}, so nothing in it speaks for or against it",
                    where=model.name,
                    do="Look at the probes alone: what both answer without a word (--method none)",
                )


def _attribute(
    model: LoadedModel, probabilities: np.ndarray, subject: Subject, target: tuple[str, str], method: Method
) -> ModelAttribution:
    tokens = place_tokens(model.tokenizer, subject.text_a, subject.text_b, model.max_length)
    with Scorer(model, tokens, target) as scorer:
        found = gradient_x_input(scorer) if method == "gradient_x_input" else integrated_gradients(scorer)
    alignment = align(tokens, subject.words)
    scores, rest = alignment.merge(found.scores)
    return ModelAttribution(
        scores=scores,
        read=alignment.read,
        rest=rest,
        value=found.value,
        baseline=found.baseline,
        steps=found.steps,
        gap=None if found.baseline is None else abs(scores.sum() + rest - (found.value - found.baseline)),
        probabilities=probabilities,
    )


def _check_captum() -> None:
    if find_spec("captum") is None:
        raise FlipscopeError(
            "attribution needs captum, which is not installed",
            do="Run pip install 'flipscope[explain]', or look at the probes alone (--method none)",
        )
