"""The original CheckList library, and what it says of every test case. Importing this skips where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flipscope.behaviors.checklist.library import prepare
from flipscope.behaviors.evaluate import NOT_APPLICABLE, TestResult
from flipscope.errors import FlipscopeError

try:
    prepare()
except FlipscopeError:
    pytest.skip("the CheckList library is not installed: run make checklist", allow_module_level=True)

from checklist.expect import Expect
from checklist.test_suite import TestSuite
from checklist.test_types import DIR, INV, MFT

__all__ = ["DIR", "INV", "MFT", "Expect", "TestSuite", "differences", "run", "suite_of"]


def suite_of(tests: dict[str, Any], n: int | None = None, seed: int | None = None) -> TestSuite:
    """Make a suite of the library's tests, ready to be run: all cases, or a sample."""
    suite = TestSuite()
    for name, test in tests.items():
        suite.add(test, name=name, capability="Vocabulary")
    suite.get_raw_examples(n=n, seed=seed)
    return suite


def run(suite: TestSuite, path: Path, file_format: str) -> dict[str, list[int]]:
    """Run a suite on a prediction file, all of it in the library: the result of every case, as flipscope codes them."""
    suite.run_from_file(str(path), file_format=file_format, overwrite=True)
    return {
        name: [NOT_APPLICABLE if passed is None else int(passed) for passed in test.results.passed]
        for name, test in suite.tests.items()
    }


def differences(original: dict[str, list[int]], results: list[TestResult]) -> Iterator[tuple[str, int, int, int]]:
    """Compare every case: the test, the case, the library's result and flipscope's, where they differ."""
    assert list(original) == [result.test.name for result in results]
    for result in results:
        pairs = zip(original[result.test.name], result.result.tolist(), strict=True)
        yield from ((result.test.name, case, *pair) for case, pair in enumerate(pairs) if pair[0] != pair[1])
