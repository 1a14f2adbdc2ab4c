"""What to know before trusting a suite, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flipscope.behaviors import kinds
from flipscope.behaviors.suite import Suite, Test

_FEW = 5  # names in a warning


def warnings_of(suite: Suite) -> tuple[str, ...]:
    """Find what makes the results of a suite mean less than they seem to.

    Tests without cases, that cannot fail, whose cases are all the same or repeat each other, and labels that are none
    of the suite's classes.

    Returns
    -------
    tuple of str
        Sentences for people; empty when all is well.
    """
    classes = set(suite.labels)
    warnings = [warning for test in suite.tests for warning in _warnings(test, classes)]
    repeats = {test.name: test.cases - len(set(_cases(test))) for test in suite.tests}
    if total := sum(repeats.values()):
        most = max(repeats, key=lambda name: repeats[name])
        warnings.append(
            f"Some cases repeat another one of their test, and count each time: {total:,} in all, most of them "
            f"({repeats[most]:,}) in {most!r}."
        )
    return tuple(warnings)


def _warnings(test: Test, classes: set[str]) -> Iterator[str]:
    if not test.cases:
        yield f"Test {test.name!r} has no cases."
        return
    if test.aggregate == "all_except_first" and (np.diff(test.starts) <= 1).all():
        yield (
            f"Test {test.name!r} cannot fail: each of its cases is a single example, and the first one of a case "
            "always passes."
        )
    if test.cases > 1 and len(set(_cases(test))) == 1:
        yield f"All {test.cases:,} cases of test {test.name!r} are the same."
    if isinstance(test.expect, kinds.Label) and None in test.labels:
        yield f"Test {test.name!r} expects labels, and some of its inputs have none."
    unknown = sorted({*filter(None, test.labels), *_named(test.expect)} - classes) if classes else []
    if unknown:
        shown = ", ".join(unknown[:_FEW]) + (", ..." if len(unknown) > _FEW else "")
        yield f"Test {test.name!r} has labels that are not classes of the suite: {shown}."


def _named(expect: object) -> Iterator[str]:
    """Yield the classes that an expectation names."""
    for part in getattr(expect, "of", ()):
        yield from _named(part)
    yield from getattr(expect, "weights", {})
    yield from getattr(expect, "values", None) or ()
    yield from (name for key in ("value", "label") if isinstance(name := getattr(expect, key, None), str))


def _cases(test: Test) -> Iterator[tuple[object, ...]]:
    for start, end in zip(test.starts[:-1].tolist(), test.starts[1:].tolist(), strict=True):
        yield test.text_a[start:end], test.text_b[start:end]
