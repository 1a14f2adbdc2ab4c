"""Evaluates a suite for one model: which test cases pass, fail, or do not apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.classes import Classes, UnknownClass
from flipscope.behaviors.kinds import Implication, Slice
from flipscope.behaviors.rules import Judged, NotEvaluable, View, judge
from flipscope.behaviors.suite import Suite, Test

#: How results are coded.
PASS, FAIL, NOT_APPLICABLE = 1, 0, -1

_CASE_RULES = (Implication,)  # their rule is about a whole case


@dataclass(frozen=True)
class TestResult:
    """One test under one model.

    Attributes
    ----------
    test : Test
        The test.
    answers : Answers
        What the model answered to the test's examples.
    result : numpy.ndarray of int8, shape (cases,)
        `PASS`, `FAIL` or `NOT_APPLICABLE`.
    example_result : numpy.ndarray of int8, shape (examples,)
        The same for every example on its own. All examples of a case that does not apply are not applicable.
    reason : str or None
        Why the test was not evaluated at all; then no case is applicable.
    """

    __test__ = False

    test: Test
    answers: Answers
    result: NDArray[np.int8]
    example_result: NDArray[np.int8]
    reason: str | None = None


def evaluate(suite: Suite, answers: Answers) -> list[TestResult]:
    """Evaluate every test of a suite, with the semantics of CheckList 0.0.11 to the last case.

    Parameters
    ----------
    suite : Suite
        The tests.
    answers : Answers
        One model's answers to all examples, in the suite's order.

    Returns
    -------
    list of TestResult
        In the order of the tests.

    Raises
    ------
    ValueError
        When there are not as many answers as examples.
    """
    if len(answers) != suite.examples:
        raise ValueError(f"{len(answers)} answers to {suite.examples} examples")
    classes = Classes(suite.labels, answers.vocabulary, suite.label_aliases)
    results = []
    for test, start, end in zip(suite.tests, suite.offsets[:-1], suite.offsets[1:], strict=True):
        part = Answers(answers.pred[start:end], answers.vocabulary, answers.confidence[start:end])
        results.append(_evaluate_test(View(test, part, classes)))
    return results


def _evaluate_test(view: View) -> TestResult:
    test = view.test
    try:
        if isinstance(test.expect, BaseModel):
            judged, whole_cases = judge(test.expect, view), isinstance(test.expect, _CASE_RULES)
        else:  # the rule of a live CheckList test
            judged, whole_cases = _live(test, view.answers), False
        kept = None if test.slice is None else _fits(test.slice, view)
    except (NotEvaluable, UnknownClass) as error:
        nothing = np.full(test.cases, NOT_APPLICABLE, np.int8)
        return TestResult(test, view.answers, nothing, np.full(test.examples, NOT_APPLICABLE, np.int8), str(error))
    if whole_cases:
        result = _codes(judged.passed, judged.counts if kept is None else judged.counts & kept)
        return TestResult(test, view.answers, result, result[test.case_of])
    counts = judged.counts if kept is None else judged.counts & kept[test.case_of]
    each = _codes(judged.passed, counts)
    single = test.single and test.aggregate == "all"  # then there is nothing to bring together
    result = each if single else aggregate(test, judged.passed, counts)
    return TestResult(test, view.answers, result, each)


def aggregate(test: Test, passed: NDArray[np.bool_], counts: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Bring the results of examples together by case.

    What does not count is dropped first, and only then, under ``all_except_first``, the first of the rest: a case
    of which only one example counts passes, whatever that example did (CheckList's own order of things).
    """
    number = np.concatenate([[0], np.cumsum(counts)])  # examples that count before each one
    starts, ends = test.starts[:-1], test.starts[1:]
    failed = counts & ~passed
    if test.aggregate == "all_except_first":
        failed &= number[:-1] != number[test.first]
    fails = np.concatenate([[0], np.cumsum(failed)])
    return _codes(fails[ends] == fails[starts], number[ends] > number[starts])


def _codes(passed: NDArray[np.bool_], counts: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(counts, passed, NOT_APPLICABLE).astype(np.int8)


def _fits(wanted: Slice, view: View) -> NDArray[np.bool_]:
    """Tell which cases are in a slice: those all of whose examples are."""
    pred = view.orig_pred if wanted.on == "orig_pred" else view.pred
    values = (wanted.value,) if isinstance(wanted.value, str) else wanted.value
    inside = np.isin(pred, [view.classes.own_code(value) for value in values], invert=wanted.op == "ne")
    outside = np.concatenate([[0], np.cumsum(~inside)])
    return outside[view.test.starts[1:]] == outside[view.test.starts[:-1]]


def _live(test: Test, answers: Answers) -> Judged:
    """Ask a live CheckList test, and lay its results out example by example."""
    passed = np.zeros(test.examples, dtype=bool)
    counts = np.zeros(test.examples, dtype=bool)
    for start, end, results in zip(test.starts[:-1], test.starts[1:], _results_of(test, answers), strict=True):
        if results is None:
            continue
        each: Iterable[Any] = results if np.ndim(results) else [results] * (end - start)
        for row, result in zip(range(start, end), each, strict=True):
            counts[row] = result is not None
            passed[row] = result is not None and result > 0
    return Judged(passed, counts)


def _results_of(test: Test, answers: Answers) -> list[Any]:
    results: list[Any] = test.expect.results(answers.pred, answers.confidence, answers.vocabulary)
    return results
