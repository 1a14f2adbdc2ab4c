"""What is said of an expectation is what it checks."""

from __future__ import annotations

from typing import get_args

import pytest

from flipscope.behaviors import kinds
from flipscope.behaviors.words import expectation
from suites import make_suite, make_test

SHIFT = {"kind": "score_shift", "weights": {"negative": -1, "positive": 1}, "direction": "down", "tolerance": 0.1}


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"kind": "label"}, "the answer is the label"),
        ({"kind": "not_equals", "value": "negative"}, "the answer is not negative"),
        ({"kind": "one_of", "values": ["a", "b"]}, "the answer is a or b"),
        ({"kind": "one_of"}, "the answer is one of those allowed"),
        ({"kind": "invariant", "tolerance": 0.2}, "the answer stays the same, or its probability moves by at most 0.2"),
        ({"kind": "monotonic", "direction": "up", "tolerance": 0.1}, "the probability of the first answer must not fall by more than 0.1"),
        ({"kind": "monotonic", "direction": "down", "label": "positive"}, "the probability of positive must not rise by more than 0"),
        (SHIFT, "P(positive) - P(negative) must not rise by more than 0.1"),
        (SHIFT | {"weights": {"positive": 2.0}, "direction": "up"}, "2 P(positive) must not fall by more than 0.1"),
        ({"kind": "all_of", "of": [{"kind": "label"}, {"kind": "equals", "value": "a"}]}, "the answer is the label, and the answer is a"),
        ({"kind": "unknown", "name": "mine"}, "not known (mine)"),
    ],
)  # fmt: skip
def test_in_words(expect: dict, told: str) -> None:
    assert expectation(make_suite(make_test(expect, [[{}]])).tests[0]) == told


def test_slices_are_told() -> None:
    ne = {"on": "orig_pred", "op": "ne", "value": "positive"}
    suite = make_suite(make_test({"kind": "label"}, [[{}]], slice=ne))
    assert expectation(suite.tests[0]) == "the answer is the label; only cases where the first answer is not positive"


def test_every_kind_has_words() -> None:
    rule, implication = get_args(get_args(kinds.Expectation)[0])
    every = [*get_args(get_args(rule)[0]), implication]
    settings = {"value": "a", "name": "a", "direction": "up", "weights": {"a": 1}, "of": [kinds.Label()]}
    for kind in every:
        made = kind(**{key: value for key, value in settings.items() if key in kind.model_fields})
        test = make_suite(make_test(made.model_dump(), [[{}]])).tests[0]
        assert expectation(test) != "passes by a rule of its own"
