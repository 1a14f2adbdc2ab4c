"""Suites and answers written by hand, for tests of behaviors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.suite_file import SuiteFile, suite_of

Cases = Sequence[Sequence[dict[str, Any]]]


def make_test(expect: dict[str, Any], cases: Cases, **fields: Any) -> dict[str, Any]:
    """Describe a test: each case is a list of examples; texts are made up where there are none."""
    written = [
        {"examples": [{"text": f"case {i} example {j}", **example} for j, example in enumerate(case)]}
        for i, case in enumerate(cases)
    ]
    return {"name": "a test", "capability": "Negation", "type": "MFT", "expect": expect, "cases": written} | fields


def make_suite(*tests: dict[str, Any], labels: Sequence[str] = ("negative", "positive"), **fields: Any) -> Suite:
    """Make a suite of tests described by `make_test`."""
    content = {"format": "flipscope-suite", "version": 1, "name": "by-hand", "labels": list(labels)}
    return suite_of(SuiteFile.model_validate(content | fields | {"tests": list(tests)}))


def positives(*probabilities: float, labels: Sequence[str] = ("negative", "positive")) -> Answers:
    """Answer with these probabilities of the second of two classes."""
    confidence = np.array([[1 - p, p] for p in probabilities])
    return Answers(confidence.argmax(1), tuple(labels), confidence)


def labelled(*names: str, labels: Sequence[str] = ("negative", "positive")) -> Answers:
    """Answer with classes (or texts) alone."""
    vocabulary = tuple(dict.fromkeys((*labels, *names)))
    return Answers(np.array([vocabulary.index(name) for name in names]), vocabulary, np.ones(len(names)))


POSITIVE, NEGATIVE = {"label": "positive"}, {"label": "negative"}
#: Four tests of three capabilities and two types; the rule of the last one is not known.
SUITE = make_suite(
    make_test({"kind": "label"}, [[POSITIVE]] * 30, name="praise"),
    make_test({"kind": "label"}, [[NEGATIVE]] * 10, name="blame", capability="Vocabulary"),
    make_test({"kind": "invariant"}, [[{}, {}]] * 8, name="swaps", type="INV", capability="Robustness"),
    make_test({"kind": "unknown", "name": "my_rule"}, [[{}]] * 2, name="own rule"),
)
