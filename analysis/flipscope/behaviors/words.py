"""Expectations in words, for people who look at a case and ask what was expected of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flipscope.behaviors import kinds
from flipscope.behaviors.suite import Test


def expectation(test: Test) -> str:
    """Tell in a sentence when an example of a test passes."""
    told = _told(test.expect)
    if test.slice is None:
        return told
    value = test.slice.value if isinstance(test.slice.value, str) else " or ".join(test.slice.value)
    whose = "the first answer" if test.slice.on == "orig_pred" else "every answer"
    return f"{told}; only cases where {whose} is {'not ' if test.slice.op == 'ne' else ''}{value}"


def _told(expect: Any) -> str:
    rule = _WORDS.get(type(expect))
    return rule(expect) if rule else "passes by a rule of its own"


def _monotonic(expect: kinds.Monotonic) -> str:
    move = "fall" if expect.direction == "up" else "rise"
    of = expect.label or "the first answer"
    return f"the probability of {of} must not {move} by more than {expect.tolerance:g}"


def _score_shift(expect: kinds.ScoreShift) -> str:
    heaviest_first = sorted(expect.weights.items(), key=lambda item: -item[1])
    terms = " ".join(_term(weight, f"P({name})") for name, weight in heaviest_first).removeprefix("+ ")
    return f"{terms} must not {'fall' if expect.direction == 'up' else 'rise'} by more than {expect.tolerance:g}"


def _term(weight: float, name: str) -> str:
    size = "" if abs(weight) == 1 else f"{abs(weight):g} "
    return f"{'-' if weight < 0 else '+'} {size}{name}"


_WORDS: dict[type, Callable[[Any], str]] = {
    kinds.Label: lambda expect: "the answer is the label",
    kinds.Equals: lambda expect: f"the answer is {expect.value}",
    kinds.NotEquals: lambda expect: f"the answer is not {expect.value}",
    kinds.OneOf: lambda expect: (
        f"the answer is {' or '.join(expect.values)}" if expect.values else "the answer is one of those allowed"
    ),
    kinds.Invariant: lambda expect: (
        f"the answer stays the same, or its probability moves by at most {expect.tolerance:g}"
    ),
    kinds.Monotonic: _monotonic,
    kinds.ScoreShift: _score_shift,
    kinds.Implication: lambda expect: "what is equal to the same is equal to each other",
    kinds.TextEquals: lambda expect: "the answer is the label, as a text",
    kinds.TextSubstituted: lambda expect: "the answer is the first one, with the word that was replaced put in",
    kinds.AllOf: lambda expect: ", and ".join(_told(part) for part in expect.of),
    kinds.AnyOf: lambda expect: ", or ".join(_told(part) for part in expect.of),
    kinds.Unknown: lambda expect: f"not known ({expect.name})",
}
