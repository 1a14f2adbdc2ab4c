"""CheckList's own suites, as its users and authors have them: read as data, turned into a `Suite`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flipscope.behaviors import kinds
from flipscope.behaviors.checklist.cases import MAX_CLASSES, Cases
from flipscope.behaviors.checklist.pickles import read_pickle
from flipscope.behaviors.checklist.recognise import Rule, innermost_name, recognise
from flipscope.behaviors.suite import Aggregate, Suite, Test, starts_of, tell_apart
from flipscope.behaviors.suite_file import MAX_BYTES
from flipscope.errors import FlipscopeError
from flipscope.files import read_unpacked
from flipscope.open.archive import SUFFIXES, only_file

_MOST_FITS = 5_000_000  # cases times templates, beyond which cases are not traced to templates

#: Endings of the names of files that hold a pickle.
PICKLES = (".pkl", ".pickle", ".dill")


@dataclass(frozen=True)
class _Released:
    name: str
    tasks: tuple[str, ...]
    labels: tuple[str, ...]
    description: str


# The suites that CheckList's authors released, by the start of the SHA-256 of their pickles.
_RELEASED = {
    "816d663795d6": _Released(
        "sentiment", ("sentiment",), ("negative", "neutral", "positive"), "CheckList's suite for sentiment analysis"
    ),
    "1b7e0525fcb9": _Released("qqp", ("qqp",), ("not_duplicate", "duplicate"), "CheckList's suite for paraphrases"),
    "13551de7ef58": _Released("squad", ("squad",), (), "CheckList's suite for reading comprehension"),
}


def read_checklist_suite(path: Path) -> Suite:
    """Read a suite, or a single test, that CheckList saved: a pickle, or a ``.tar.gz`` of one.

    Nothing in it is executed: it is read as data, and its expectation functions are recognised by what they are made
    of. Those that are not known become `kinds.Unknown`, with a note.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Suite
        Its tests in their order, their cases in running order. A case's id is its position in the test's data. Class
        names are known for the released suites; the classes of others are called by their numbers.

    Raises
    ------
    FlipscopeError
        When it can't be read, is no such suite, or asks for anything to be run.
    """
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()
    read = read_pickle(content, where=str(path))
    released = _RELEASED.get(digest[:12]) or _Released(_suite_name(path), (), (), "")
    builder = Builder(released.labels, where=str(path))
    tests = tuple(builder.test(test, Cases(**test["cases"])) for test in read["tests"])
    if not tests:
        raise FlipscopeError("this suite has no tests", where=path)
    notes = list(builder.notes)
    if read["replaced"]:
        notes.append(f"{read['replaced']:,} texts held characters that can't stand in a text; U+FFFD replaces them.")
    return Suite(
        name=released.name,
        tasks=released.tasks,
        labels=builder.labels,
        tests=tests,
        source=str(path),
        digest=digest,
        description=released.description,
        license="MIT" if released.tasks else "",
        notes=tuple(notes),
    )


def _content(path: Path) -> bytes:
    if path.name.lower().endswith(SUFFIXES):
        return only_file(path, PICKLES, most=MAX_BYTES)
    return read_unpacked(path, most=MAX_BYTES, what="suite")


def _suite_name(path: Path) -> str:
    stem = re.sub(r"(\.tar\.gz|\.tgz|\.zip|\.[A-Za-z]+(\.gz)?)$", "", path.name, flags=re.IGNORECASE)
    return re.sub(r"[^A-Za-z0-9 ._-]", "_", stem).lstrip(" ._-")[:100] or "suite"


class Builder:
    """Turns tests as CheckList keeps them into tests of a suite.

    Parameters
    ----------
    labels : tuple of str
        The names of the classes, where they are known.
    where : str
        What errors name.

    Attributes
    ----------
    notes : list of str
        What people have to know about the tests built so far.
    """

    def __init__(self, labels: tuple[str, ...] = (), *, where: str) -> None:
        self._known, self._where, self._highest = labels, where, -1
        self._names: set[str] = set()
        self.notes: list[str] = []

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of all classes; empty where no test names a class by its number."""
        return self._known or tuple(str(number) for number in range(self._highest + 1))

    def test(self, about: dict[str, Any], cases: Cases, rule: Any = None) -> Test:
        """Build one test.

        Parameters
        ----------
        about : dict
            ``name``, ``type``, ``capability``, ``description``, ``aggregate``, ``expect`` and ``templates``, as
            `flipscope.behaviors.checklist.reader.read` returns them.
        cases : Cases
            Its cases.
        rule : object, optional
            What stands for an expectation that is not recognised; otherwise `kinds.Unknown` with a note.
        """
        name = about["name"] or "test"
        if name in self._names:
            raise FlipscopeError(f"two tests are called {name!r}", where=self._where)
        self._names.add(name)
        found = self._rule(about, cases, name, rule)
        return Test(
            name=name,
            capability=about["capability"].strip() or "Other",
            type=about["type"],
            description="" if about["description"].startswith("TODO") else about["description"],
            expect=found.expect,
            slice=found.slice,
            aggregate=cast("Aggregate", about["aggregate"]) if _is_aggregate(about["aggregate"]) else "all",
            starts=starts_of(cases.sizes),
            case_ids=tuple(tell_apart(map(str, cases.numbers))),
            clusters=_clusters(about["type"], about["templates"], cases),
            text_a=tuple(cases.text_a),
            text_b=tuple(cases.text_b),
            labels=tuple(None if label is None else self.name_of(label) for label in cases.labels),
            allowed=self._allowed(cases.labels) if found.neutral_allowed else None,
            substitutions=(
                tuple(pair and (pair[0], pair[1]) for pair in cases.meta) or (None,) * len(cases.text_a)
                if isinstance(found.expect, kinds.TextSubstituted)
                else None
            ),
            sampled_from=cases.total if len(cases.numbers) < cases.total else None,
        )

    def name_of(self, label: int | str) -> str:
        """Name a class, or a text, by what CheckList calls it.

        Raises
        ------
        TypeError
            When it is neither.
        """
        if isinstance(label, str):
            return label
        if not isinstance(label, int) or abs(label) > MAX_CLASSES:
            raise TypeError(f"{label!r} is no class")
        self._highest = max(self._highest, label)
        return self._known[label] if 0 <= label < len(self._known) else str(int(label))

    def _rule(self, about: dict[str, Any], cases: Cases, name: str, other: Any) -> Rule:
        found = recognise(about["expect"], self.name_of)
        if found is not None and found.needs_pairs and 1 in cases.sizes:
            found = None
        if found is not None and _is_aggregate(about["aggregate"]):
            return found
        if other is not None:
            return Rule(other)
        unread = innermost_name(about["expect"] if found is None else about["aggregate"])
        self.notes.append(
            f"Test {name!r} is not evaluated: its function {unread!r} is not one that is known, and it is not run."
        )
        return Rule(kinds.Unknown(name=unread))

    def _allowed(self, labels: Iterable[int | str | None]) -> tuple[tuple[str, ...] | None, ...]:
        """List what may be answered where label 1 also allows 2."""
        return tuple(
            None if label is None else (self.name_of(1), self.name_of(2)) if label == 1 else (self.name_of(label),)
            for label in labels
        )


def _is_aggregate(value: Any) -> bool:
    return value in ("all", "all_except_first")


def _clusters(test_type: str, templates: list[list[str]], cases: Cases) -> tuple[str | None, ...]:
    """Tell what each case was made of: its template, or the text that was perturbed."""
    starts = starts_of(cases.sizes)[:-1].tolist()
    firsts = [
        (cases.text_a[start], cases.text_b[start]) if size else None
        for start, size in zip(starts, cases.sizes, strict=False)
    ]
    shapes = _shapes(templates)
    if shapes and len(firsts) * len(shapes) <= _MOST_FITS:
        return tuple(first and _template_of(first[0], shapes) for first in firsts)
    if templates or test_type == "MFT":
        return (None,) * len(firsts)
    return tuple(first and hashlib.sha256(repr(first).encode()).hexdigest()[:12] for first in firsts)


_Shape = tuple[str, ...]  # a template's fixed words, between its slots


def _shapes(templates: list[list[str]]) -> dict[_Shape, str]:
    """Name templates by their fixed words; those that differ in their slots only are one."""
    shapes: dict[_Shape, str] = {}
    for number, texts in enumerate(templates, start=1):
        for text in texts:
            shapes.setdefault(tuple(re.split(r"\{[^{}]*\}", text)), f"t{number}")
    return shapes


def _template_of(text: str, shapes: dict[_Shape, str]) -> str | None:
    """Find the template with the most fixed words of those that a text fits; None where that is no single one."""
    fitting = sorted(
        ((sum(map(len, shape)), name) for shape, name in shapes.items() if _fits(text, shape)), reverse=True
    )
    most = {name for length, name in fitting if length == fitting[0][0]}
    return most.pop() if len(most) == 1 else None


def _fits(text: str, shape: _Shape) -> bool:
    """Whether a text is these words in this order with anything between them."""
    first, *between = shape
    if not between:
        return text == first
    last = between.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for words in between:
        position = text.find(words, position, end)
        if position < 0:
            return False
        position += len(words)
    return True
