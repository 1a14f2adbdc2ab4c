"""CheckList objects of one's own: suites and tests of a program that has imported checklist, as a `Suite`.

checklist itself is never imported here: its objects are known by what they have. The user's tests are not changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.behaviors.checklist.cases import Limits, cases_of, plain
from flipscope.behaviors.checklist.pickles import MAX_CHARACTERS
from flipscope.behaviors.checklist.reader import templates_of
from flipscope.behaviors.checklist.suites import Builder
from flipscope.behaviors.rules import NotEvaluable
from flipscope.behaviors.suite import TYPES, Suite
from flipscope.behaviors.suite_file import MAX_EXAMPLES
from flipscope.errors import FlipscopeError

_WHERE = "CheckList object"

# The library's own functions, by where they are defined in checklist.expect.
_ROLES = {
    "Expect.testcase.<locals>.expect": "testcase",
    "Expect.single.<locals>.expect_fn": "single",
    "Expect.pairwise.<locals>.expect_fn": "pairwise",
    "Expect.wrap_slice.<locals>.wrapped": "wrap_slice",
    "Expect.slice_orig.<locals>.<lambda>": "slice_orig",
    "Expect.combine.<locals>.tmp_fn": "combine",
    "Expect.combine_and.<locals>.combine_fn": "combine_and",
    "Expect.combine_or.<locals>.combine_fn": "combine_or",
    "Expect.eq.<locals>.ret_fn": "eq",
    "Expect.inv.<locals>.expect": "inv",
    "Expect.monotonic.<locals>.expect": "monotonic",
}


def from_checklist(suite: Any) -> Suite:
    """Take over a suite, or a single test, that a program made with checklist.

    The library's own expectations become kinds of expectation; those of the user become a `LiveRule`, which asks the
    test itself.

    Parameters
    ----------
    suite : checklist.test_suite.TestSuite or a test of checklist.test_types
        What to take over, by duck typing.

    Returns
    -------
    Suite
        As `flipscope.behaviors.checklist.suites.read_checklist_suite` returns it. Classes are called by their numbers.

    Raises
    ------
    FlipscopeError
        When it is no such object, or its cases can't be laid out.
    """
    tests, info = getattr(suite, "tests", None), getattr(suite, "info", {})
    if tests is None and hasattr(suite, "data") and hasattr(suite, "expect"):
        tests, info = {getattr(suite, "name", None) or "test": suite}, {}
    if not isinstance(tests, Mapping) or not tests:
        raise FlipscopeError(
            f"{type(suite).__name__} is no CheckList suite", do="Pass a TestSuite with tests, or one of its tests"
        )
    limits = Limits(examples=MAX_EXAMPLES, characters=MAX_CHARACTERS)
    builder, content, built = Builder(where=_WHERE), hashlib.sha256(), []
    for name, test in tests.items():
        about = _about(str(name), test, info.get(name) if isinstance(info, Mapping) else None)
        labels, meta, run_idxs = (getattr(test, part, None) for part in ("labels", "meta", "run_idxs"))
        try:
            cases = cases_of(test.data, labels, meta, run_idxs, limits)
        except FlipscopeError as error:
            raise FlipscopeError(f"test {name!r}: {error.what}", where=_WHERE, do=error.do) from error
        rule = LiveRule(test, tuple(cases.numbers), tuple(cases.sizes), _numbers(cases.labels))
        made = builder.test(about, cases, rule)
        content.update(repr((made.name, made.text_a, made.text_b, made.labels)).encode())
        built.append(made)
    return Suite(
        name="checklist",
        tasks=(),
        labels=builder.labels,
        tests=tuple(built),
        source=_WHERE,
        digest=content.hexdigest(),
        notes=tuple(builder.notes),
    )


def _about(name: str, test: Any, info: Any) -> dict[str, Any]:
    info = info if isinstance(info, Mapping) else {}
    kinds = [kind.__name__ for kind in type(test).__mro__ if kind.__name__ in TYPES]
    test_type = kinds[0] if kinds else info.get("type")
    if test_type not in TYPES:
        raise FlipscopeError(f"test {name!r} is neither an MFT, an INV nor a DIR", where=_WHERE)
    aggregate = getattr(test, "agg_fn", "all")
    return {
        "name": name,
        "type": test_type,
        "capability": str(info.get("capability") or getattr(test, "capability", None) or ""),
        "description": str(info.get("description") or getattr(test, "description", None) or ""),
        "aggregate": aggregate if isinstance(aggregate, str) else {"name": "agg_fn", "role": "own", "closure": {}},
        "expect": _described(test.expect),
        "templates": templates_of(getattr(test, "templates", None)),
    }


def _described(value: Any, depth: int = 12) -> Any:
    """Describe a function as `flipscope.behaviors.checklist.recognise` wants it; other values are themselves."""
    value = plain(value)
    if value is None or isinstance(value, bool | int | float | str) or not callable(value):
        return value
    code = getattr(value, "__code__", None)
    role = _ROLES.get(value.__qualname__) if getattr(value, "__module__", None) == "checklist.expect" else None
    closure = {}
    if role is not None and code is not None and depth:
        cells = (cell.cell_contents for cell in value.__closure__ or ())
        closure = {name: _described(cell, depth - 1) for name, cell in zip(code.co_freevars, cells, strict=True)}
    name = getattr(value, "__name__", type(value).__name__)
    return {"role": role or "own", "name": name, "closure": closure}


def _numbers(labels: list[int | str | None]) -> bool | None:
    """Whether a test's labels are numbers; None where it has none."""
    return next((isinstance(label, int) for label in labels if label is not None), None)


@dataclass(frozen=True, eq=False)
class LiveRule:
    """The expectation of a live CheckList test: asks the test, with a model's answers.

    Attributes
    ----------
    test : object
        The user's test.
    numbers : tuple of int
        The cases that run, by position in the test's data.
    sizes : tuple of int
        How many examples each of them has.
    numeric : bool or None
        Whether the test's labels are numbers; None where it has none.
    """

    test: Any
    numbers: tuple[int, ...]
    sizes: tuple[int, ...]
    numeric: bool | None

    def results(
        self, pred: NDArray[np.int64], confidence: NDArray[np.float64], vocabulary: tuple[str, ...]
    ) -> list[object]:
        """Judge answers to this test's examples.

        Parameters
        ----------
        pred : numpy.ndarray of int64, shape (examples,)
            Positions in `vocabulary`. The test sees answers of digits as numbers; of other answers it sees these
            positions where its labels are numbers (or there are none, but probabilities), else the texts.
        confidence : numpy.ndarray of float64, shape (examples, classes) or (examples,)
            Probabilities.
        vocabulary : tuple of str
            All answers there are.

        Returns
        -------
        list
            An entry per case: an array of the results of its examples, one result, or None.

        Raises
        ------
        NotEvaluable
            When the test's function fails, or returns something else.
        """
        preds = self._as_read(vocabulary, probabilities=confidence.ndim == 2)[pred]
        proxy = _Proxy(self.test, self._laid_out(preds, confidence))
        try:
            results = list(self.test.expect(proxy))
        except Exception as error:  # whatever code of the user's own may raise
            raise NotEvaluable(f"its function failed with {type(error).__name__}: {error}") from error
        if len(results) == len(proxy.data) > len(self.numbers):
            results = [results[number] for number in self.numbers]
        if len(results) != len(self.numbers):
            raise NotEvaluable(f"its function gave {len(results)} results for {len(self.numbers)} cases")
        if not isinstance(getattr(self.test, "agg_fn", "all"), str):
            return [self._aggregated(result) for result in results]
        for result, size in zip(results, self.sizes, strict=True):
            if np.ndim(result) and len(result) != size:
                raise NotEvaluable(f"its function gave {len(result)} results for a case of {size} examples")
        return results

    def _as_read(self, vocabulary: tuple[str, ...], probabilities: bool) -> NDArray[Any]:
        """Turn answers into what the library reads them as: numbers where all are digits, or names stand for them."""
        if all(text.isascii() and text.isdigit() and len(text) <= 9 for text in vocabulary):
            return np.array([int(text) for text in vocabulary], dtype=np.int64)
        numeric = probabilities if self.numeric is None else self.numeric
        return np.arange(len(vocabulary)) if numeric else np.array(vocabulary, dtype=object)

    def _laid_out(self, preds: NDArray[Any], confidence: NDArray[np.float64]) -> SimpleNamespace:
        """Lay answers out as the library does: an entry per case of the data, empty where it does not run."""
        data = plain(self.test.data)
        grouped = bool(data) and isinstance(plain(data[0]), list)
        ends = np.cumsum(self.sizes)
        laid: list[list[Any]] = []
        for values in (preds, confidence):
            column: list[Any] = [values[:0] if grouped else None for _ in data]
            for number, end, size in zip(self.numbers, ends, self.sizes, strict=True):
                column[number] = values[end - size : end] if grouped else values[end - 1]
            laid.append(column)
        return SimpleNamespace(preds=laid[0], confs=laid[1])

    def _aggregated(self, result: Any) -> object:
        """Bring one case together by the user's function, after dropping what does not apply."""
        kept = [] if result is None else [value for value in np.atleast_1d(result) if value is not None]
        return self.test.agg_fn(np.array(kept)) if kept else None


class _Proxy:
    """A test with other results: what it has itself is asked of the user's test, which stays as it is."""

    def __init__(self, test: Any, results: SimpleNamespace) -> None:
        self._test, self.results = test, results
        self.data = [plain(case) for case in plain(test.data)]
        self.labels, self.meta = plain(getattr(test, "labels", None)), plain(getattr(test, "meta", None))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._test, name)
