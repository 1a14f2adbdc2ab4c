"""A suite that flipscope read, made anew of the library's own tests, so that both can be run on the same predictions.

The released suites hold byte code of Python 3.7, which no other version can run. Their data, though, can be read, and
which of the library's functions their tests were made with is known; the few rules that were written for one test are
written out here, from what they are documented to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from flipscope.behaviors import kinds
from flipscope.behaviors.suite import Suite, Test
from parity import original
from parity.original import DIR, INV, MFT, Expect


def rebuild(suite: Suite) -> Any:
    """Make the library's suite of the same tests, cases, labels and rules, in the same order."""
    return original.suite_of({test.name: _test(test, suite) for test in suite.tests})


def _test(test: Test, suite: Suite) -> Any:
    def code(name: str) -> int:
        return suite.labels.index(name)

    examples: list[Any] = [
        first if second is None else (first, second) for first, second in zip(test.text_a, test.text_b, strict=True)
    ]
    labels = [None if label is None else code(label) for label in test.labels]
    if test.examples == test.cases and test.aggregate == "all":
        data, by_case = examples, labels
    else:
        data, by_case = _grouped(examples, test), _grouped(labels, test)
    make = {"MFT": MFT, "INV": INV, "DIR": DIR}[test.type]
    return make(data, expect=_expect(test, code), labels=by_case, agg_fn=test.aggregate)


def _grouped(values: list[Any], test: Test) -> list[list[Any]]:
    return [values[start:end] for start, end in zip(test.starts[:-1], test.starts[1:], strict=True)]


def _expect(test: Test, code: Callable[[str], int]) -> Callable:
    rule = _rule(test.expect, code)
    if test.slice is None:
        return rule
    values = (test.slice.value,) if isinstance(test.slice.value, str) else test.slice.value
    codes, inside = [code(value) for value in values], test.slice.op != "ne"
    assert test.slice.on == "orig_pred"
    return Expect.slice_orig(rule, lambda orig, pred: (orig in codes) == inside)


def _rule(expect: Any, code: Callable[[str], int]) -> Callable:
    match expect:
        case kinds.Label():
            return Expect.eq()
        case kinds.Equals(value=value):
            return Expect.eq(code(value))
        case kinds.NotEquals(value=value):
            return Expect.single(lambda x, pred, *_: pred != code(value))
        case kinds.OneOf(values=None):
            return Expect.single(_not_negative_if_neutral)
        case kinds.Invariant(tolerance=tolerance):
            return Expect.inv(tolerance)
        case kinds.Monotonic(direction=direction, tolerance=tolerance, label=None):
            return Expect.monotonic(increasing=direction == "up", tolerance=tolerance)
        case kinds.ScoreShift(direction=direction):
            return Expect.pairwise(_more_positive if direction == "up" else _more_negative)
        case kinds.Implication(rule="released"):
            return Expect.testcase(_implication)
    raise AssertionError(f"no released test has {expect!r}")


def _not_negative_if_neutral(x, pred, conf, label=None, meta=None):
    return pred != 0 if label == 1 else pred == label


def _change(orig_conf, conf):
    return orig_conf[0] - conf[0] + conf[2] - orig_conf[2]


def _more_positive(orig_pred, pred, orig_conf, conf, labels=None, meta=None):
    return _change(orig_conf, conf) + 0.1 >= 0


def _more_negative(orig_pred, pred, orig_conf, conf, labels=None, meta=None):
    return _change(orig_conf, conf) - 0.1 <= 0


def _implication(xs, preds, confs, labels=None, meta=None):
    """(1, 1, x) passes if x is 1; (0, 1, x) always fails; (1, 0, x) and (0, 0, x) do not apply."""
    if preds[1] == 0:
        return None
    return np.array([preds[0] == 1 and preds[2] == 1] * 3)
