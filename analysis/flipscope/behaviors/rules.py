"""The rule of each kind of expectation, for all examples of a test at once (docs/behaviors.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.behaviors import kinds
from flipscope.behaviors.answers import Answers
from flipscope.behaviors.classes import Classes
from flipscope.behaviors.suite import Test

Bools = NDArray[np.bool_]

# What the released SQuAD suite strips off the front of answers: a list of articles, given as a set of characters.
_RELEASED_STRIP = "[], aehint"


class NotEvaluable(Exception):
    """A test that can't be evaluated for these answers, and why."""


@dataclass(frozen=True)
class Judged:
    """What a rule says of each example, or, for rules about a whole case, of each case.

    Attributes
    ----------
    passed : numpy.ndarray of bool
        Whether it passes; anything where it does not count.
    counts : numpy.ndarray of bool
        Whether the rule applies to it.
    """

    passed: Bools
    counts: Bools


@dataclass(frozen=True)
class View:
    """One test, and one model's answers to its examples.

    Attributes
    ----------
    test : Test
        The test.
    answers : Answers
        As many as the test has examples.
    classes : Classes
        What the suite's class names are called in the answers.
    """

    test: Test
    answers: Answers
    classes: Classes

    @property
    def pred(self) -> NDArray[np.int64]:
        """The answers, as positions in the vocabulary."""
        return self.answers.pred

    @cached_property
    def orig_pred(self) -> NDArray[np.int64]:
        """The answer to the first example of each example's case."""
        return self.pred[self.test.first]

    @cached_property
    def expected(self) -> NDArray[np.int64]:
        """Each example's label as a position in the vocabulary; -1 for a free text nobody answered."""
        names = [name for name in self.test.label_values if name is not None]
        if len(names) < len(self.test.label_values):
            raise NotEvaluable("an example has no label")
        return self.classes.codes(names)[self.test.label_index]

    def probability(self, of: NDArray[np.int64]) -> NDArray[np.float64]:
        """Get the probability that each example's answer gives to a class, shape (examples,)."""
        confidence = self.answers.confidence
        if of.size and of.max() >= confidence.shape[1]:
            raise NotEvaluable("an answer is not one of the classes that have probabilities")
        return confidence[np.arange(len(of)), of]

    def all_examples(self) -> Bools:
        """Mark every example."""
        return np.ones(len(self.pred), dtype=bool)


def judge(expect: Any, view: View) -> Judged:
    """Apply an expectation to all examples of a test.

    Raises
    ------
    NotEvaluable
        When it can't be applied to such answers.
    """
    rule = _RULES.get(type(expect))
    if rule is None:
        raise NotEvaluable(f"its rule {getattr(expect, 'name', type(expect).__name__)!r} is not known")
    return rule(expect, view)


def _label(expect: kinds.Label, view: View) -> Judged:
    return Judged(view.pred == view.expected, view.all_examples())


def _equals(expect: kinds.Equals, view: View) -> Judged:
    return Judged(view.pred == view.classes.code(expect.value), view.all_examples())


def _not_equals(expect: kinds.NotEquals, view: View) -> Judged:
    return Judged(view.pred != view.classes.own_code(expect.value), view.all_examples())


def _one_of(expect: kinds.OneOf, view: View) -> Judged:
    if expect.values is not None:
        return Judged(np.isin(view.pred, view.classes.codes(expect.values)), view.all_examples())
    allowed = view.test.allowed
    if allowed is None or None in allowed:
        raise NotEvaluable("an example does not say which classes are allowed")
    codes = {each: set(view.classes.codes(each or ()).tolist()) for each in set(allowed)}
    passed = [pred in codes[each] for pred, each in zip(view.pred.tolist(), allowed, strict=True)]
    return Judged(np.array(passed, dtype=bool), view.all_examples())


def _invariant(expect: kinds.Invariant, view: View) -> Judged:
    same = view.pred == view.orig_pred
    confidence, first = view.answers.confidence, view.test.first
    if view.answers.has_probabilities:
        now = view.probability(view.orig_pred)
        moved = np.abs(now - now[first])
    else:
        moved = confidence + confidence[first]
    return Judged(same | (moved <= expect.tolerance), view.all_examples())


def _monotonic(expect: kinds.Monotonic, view: View) -> Judged:
    first, confidence = view.test.first, view.answers.confidence
    if view.answers.has_probabilities:
        code = None if expect.label is None else view.classes.own_code(expect.label)
        watched = view.orig_pred if code is None else np.full(len(view.pred), code)
        now = view.probability(watched)
        before = now[first]
        change = now - before
    elif expect.label is not None:
        raise NotEvaluable("it watches a class, and the answers have no probability per class")
    else:
        now, before = confidence, confidence[first]
        change = np.where(view.pred == view.orig_pred, now - before, -(before + now))
    if expect.direction == "up":
        return Judged(change + expect.tolerance >= 0, before > expect.tolerance)
    return Judged(change - expect.tolerance <= 0, before < 1 - expect.tolerance)


def _score_shift(expect: kinds.ScoreShift, view: View) -> Judged:
    if not view.answers.has_probabilities:
        raise NotEvaluable("it needs a probability per class")
    confidence, first = view.answers.confidence, view.test.first
    shift = np.zeros(len(view.pred))
    for name, weight in expect.weights.items():
        # Term by term, in this order: at the threshold the rounding decides, and the library adds up so.
        column = confidence[:, view.classes.own_code(name)]
        shift = shift + weight * column
        shift = shift - weight * column[first]
    passed = shift + expect.tolerance >= 0 if expect.direction == "up" else shift - expect.tolerance <= 0
    return Judged(passed, view.all_examples())


def _implication(expect: kinds.Implication, view: View) -> Judged:
    if len(view.classes.labels) < 2:
        raise NotEvaluable("the suite does not name its two classes")
    sizes = np.diff(view.test.starts)
    if (sizes != 3).any():
        raise NotEvaluable("a case does not have three examples")
    equal = (view.pred == view.classes.code(view.classes.labels[1])).reshape(-1, 3)
    ab, ac, bc = equal.T
    if expect.rule == "released":
        return Judged(ab & ac & bc, ac)
    return Judged(bc == (ab & ac), ab | ac)


def _text_equals(expect: kinds.TextEquals, view: View) -> Judged:
    def clean(text: str) -> str:
        return text.lstrip(_RELEASED_STRIP).rstrip(".") if expect.clean == "released" else text

    texts = np.array([clean(text) for text in view.answers.vocabulary], dtype=object)
    labels = np.array([None if label is None else clean(label) for label in view.test.label_values], dtype=object)
    return Judged((texts[view.pred] == labels[view.test.label_index]).astype(bool), view.all_examples())


def _text_substituted(expect: kinds.TextSubstituted, view: View) -> Judged:
    vocabulary = view.answers.vocabulary
    replaced = view.test.substitutions or (None,) * len(view.pred)

    def holds(answer: str, first: str, replacement: tuple[str, str] | None) -> bool:
        if replacement is None:
            return answer == first
        old, new = replacement
        return answer == re.sub(rf"\b{re.escape(old)}\b", lambda _: new, first)

    passed = [
        holds(vocabulary[pred], vocabulary[orig], replacement)
        for pred, orig, replacement in zip(view.pred, view.orig_pred, replaced, strict=True)
    ]
    return Judged(np.array(passed, dtype=bool), view.all_examples())


def _all_of(expect: kinds.AllOf, view: View) -> Judged:
    parts = [judge(part, view) for part in expect.of]
    # What does not apply leaves the others to decide.
    passed = reduce(np.logical_and, (part.passed | ~part.counts for part in parts))
    return Judged(passed, reduce(np.logical_or, (part.counts for part in parts)))


def _any_of(expect: kinds.AnyOf, view: View) -> Judged:
    parts = [judge(part, view) for part in expect.of]
    passed = reduce(np.logical_or, (part.passed & part.counts for part in parts))
    return Judged(passed, reduce(np.logical_or, (part.counts for part in parts)))


_RULES: dict[type, Callable[[Any, View], Judged]] = {
    kinds.Label: _label,
    kinds.Equals: _equals,
    kinds.NotEquals: _not_equals,
    kinds.OneOf: _one_of,
    kinds.Invariant: _invariant,
    kinds.Monotonic: _monotonic,
    kinds.ScoreShift: _score_shift,
    kinds.Implication: _implication,
    kinds.TextEquals: _text_equals,
    kinds.TextSubstituted: _text_substituted,
    kinds.AllOf: _all_of,
    kinds.AnyOf: _any_of,
}
