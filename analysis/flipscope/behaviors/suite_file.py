"""The suite file: JSON or TOML that people write, checked before anything is done with it (docs/formats.md)."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flipscope.behaviors.kinds import Expectation, Slice
from flipscope.behaviors.suite import Aggregate, Suite, Test, TestType, starts_of, tell_apart
from flipscope.errors import FlipscopeError
from flipscope.files import read_unpacked, written_whole

#: What a suite may hold, and what its file may unpack to.
MAX_EXAMPLES = 1_000_000
MAX_BYTES = 256 << 20
MAX_TEXT = 100_000  # characters

_Text = Annotated[str, Field(max_length=MAX_TEXT)]
_Name = Annotated[str, Field(min_length=1, max_length=300)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ExampleFile(_Part):
    """One input of a case: ``text``, or ``text_a`` and ``text_b``."""

    text: _Text | None = None
    text_a: _Text | None = None
    text_b: _Text | None = None
    label: str | None = None
    allowed: tuple[str, ...] | None = None
    substitution: tuple[str, str] | None = None

    @property
    def texts(self) -> tuple[str, str | None] | None:
        """The one or two texts; None when they are not given as they should be."""
        if self.text is not None:
            return (self.text, None) if self.text_a is None and self.text_b is None else None
        return None if self.text_a is None else (self.text_a, self.text_b)


class CaseFile(_Part):
    """What passes or fails as one: one or more examples."""

    id: _Name | None = None
    cluster: _Name | None = None
    examples: list[ExampleFile] = Field(min_length=1, max_length=MAX_EXAMPLES)


class TemplateFile(_Part):
    """Makes cases: texts with slots such as ``{noun}``, filled from the suite's lexicons."""

    id: _Name | None = None
    examples: list[ExampleFile] = Field(min_length=1, max_length=50)


class TestFile(_Part):
    """One behavior test: its cases, or templates that make them."""

    __test__ = False

    id: _Name | None = None
    name: _Name
    capability: _Name
    type: TestType
    description: str = ""
    expect: Expectation
    slice: Slice | None = None
    aggregate: Aggregate | None = None
    label: str | None = None
    cases: Annotated[list[CaseFile], Field(max_length=MAX_EXAMPLES)] | None = None
    templates: list[str | ExampleFile | list[str | ExampleFile] | TemplateFile] | None = None
    n: int = Field(200, ge=1, le=100_000)
    perturb: list[str] = []
    sampled_from: int | None = None


Word = str | dict[str, str]


class SuiteFile(BaseModel):
    """A whole suite. Unknown keys at this level are named and ignored, for those that come later."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    format: Literal["flipscope-suite"]
    version: Literal[1]
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$", max_length=100)
    task: str | list[str] = []
    description: str = ""
    language: str = "en"
    license: str = ""
    seed: int = 1
    labels: list[str] = []
    label_aliases: dict[str, str] = {}
    lexicons: dict[str, list[Word]] = {}
    tests: list[TestFile] = Field(min_length=1, max_length=10_000)


def read_suite(path: Path) -> Suite:
    """Read a suite file: ``.json``, ``.json.gz`` or ``.toml``.

    Raises
    ------
    FlipscopeError
        When it can't be read, is not a suite, is too large, or a part of it is missing, unknown or of the wrong type.
    """
    content = _content(path)
    try:
        if path.name.lower().endswith(".toml"):
            file = SuiteFile.model_validate(tomllib.loads(content.decode("utf-8")))
        else:
            file = SuiteFile.model_validate_json(content)
    except ValidationError as error:
        raise FlipscopeError(_words(error), where=path, do="docs/formats.md describes suite files") from None
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or numbers or depths beyond Python's
        raise FlipscopeError(f"not a readable suite file ({error})", where=path) from error
    return suite_of(file, source=str(path), digest=hashlib.sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    content = read_unpacked(path, most=MAX_BYTES, what="suite", do="Split it")
    # Before minutes are spent on making objects of them. A case has examples, these have one or two texts each.
    if content.count(b'"examples"') > MAX_EXAMPLES or content.count(b'"text') > 2 * MAX_EXAMPLES:
        raise too_many(path)
    return content


def too_many(where: str | Path) -> FlipscopeError:
    """Make an error about a suite of more than `MAX_EXAMPLES` examples."""
    return FlipscopeError(f"this suite has more than {MAX_EXAMPLES:,} examples", where=where, do="Split it")


def _words(error: ValidationError) -> str:
    """Tell the first thing pydantic found, and where it stands: tests are counted from 1, as people do."""
    problems = error.errors(include_url=False, include_input=False)
    first = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
    *path, key = first["loc"] or ("the file",)
    place = ", ".join(f"number {part + 1}" if isinstance(part, int) else str(part) for part in path)
    place = (
        place.replace("tests, number", "test").replace("cases, number", "case").replace("examples, number", "example")
    )
    place = place.replace("templates, number", "template")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    what = f"{key}: {first['msg']}"
    if first["type"] == "extra_forbidden":
        what = f"unknown key {key!r}{_meant(str(key), _ALL_KEYS)}"
    elif first["type"] == "missing":
        what = f"{key!r} is missing"
    return (f"{place}: " if place else "") + what + more


_ALL_KEYS = sorted({*SuiteFile.model_fields, *TestFile.model_fields, *CaseFile.model_fields, *ExampleFile.model_fields})


def _meant(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; is it {close[0]!r}?" if close else ""


def suite_of(file: SuiteFile, *, source: str = "", digest: str = "") -> Suite:
    """Turn a checked suite file into a suite, its templates filled in.

    Raises
    ------
    FlipscopeError
        When a test has no cases, names are used twice, a template can't be filled, or there are too many examples.
    """
    from flipscope.behaviors.templates import expand

    where = source or file.name
    counts = Counter(test.name for test in file.tests)
    if twice := next((name for name, count in counts.items() if count > 1), None):
        raise FlipscopeError(f"two tests are called {twice!r}", where=where, do="Give each its own name")
    tests, total = [], 0
    for test in file.tests:
        if (test.cases is None) == (test.templates is None):
            raise FlipscopeError(
                f"test {test.name!r} needs either cases or templates", where=where, do="Write one of the two"
            )
        if test.perturb and test.templates is None:
            raise FlipscopeError(f"test {test.name!r}: only templates can be perturbed", where=where)
        cases = test.cases if test.cases is not None else expand(test, file, where=where)
        total += sum(len(case.examples) for case in cases)
        if total > MAX_EXAMPLES:
            raise too_many(where)
        tests.append(_test(test, cases, where))
    return Suite(
        name=file.name,
        tasks=(file.task,) if isinstance(file.task, str) else tuple(file.task),
        labels=tuple(file.labels),
        tests=tuple(tests),
        label_aliases=file.label_aliases,
        source=source,
        digest=digest,
        description=file.description,
        license=file.license,
        language=file.language,
        notes=tuple(
            f"Unknown key {key!r} is ignored{_meant(key, SuiteFile.model_fields)}." for key in file.model_extra or {}
        ),
    )


def _test(file: TestFile, cases: list[CaseFile], where: str) -> Test:
    examples = [example for case in cases for example in case.examples]
    texts = [example.texts for example in examples]
    if None in texts:
        raise FlipscopeError(
            f"test {file.name!r}: an example has no text, or both `text` and `text_a`",
            where=where,
            do="Give text, or text_a and text_b",
        )
    ids = tuple(_case_ids(cases))
    if len(set(ids)) < len(ids):
        raise FlipscopeError(f"test {file.name!r} has the same case id twice", where=where)
    some_allowed = any(example.allowed is not None for example in examples)
    some_substituted = any(example.substitution is not None for example in examples)
    return Test(
        name=file.name,
        capability=file.capability,
        type=file.type,
        description=file.description,
        expect=file.expect,
        slice=file.slice,
        aggregate=file.aggregate or ("all" if file.type == "MFT" else "all_except_first"),
        starts=starts_of(len(case.examples) for case in cases),
        case_ids=ids,
        clusters=tuple(case.cluster for case in cases),
        text_a=tuple(pair[0] for pair in texts if pair),
        text_b=tuple(pair[1] for pair in texts if pair),
        labels=tuple(example.label if example.label is not None else file.label for example in examples),
        allowed=tuple(example.allowed for example in examples) if some_allowed else None,
        substitutions=tuple(example.substitution for example in examples) if some_substituted else None,
        sampled_from=file.sampled_from,
    )


def _case_ids(cases: list[CaseFile]) -> Iterator[str]:
    """Name the cases that have no id by their content, so that the same case keeps its name as others come and go."""
    unnamed = tell_apart(_content_name(case) for case in cases if case.id is None)
    return (next(unnamed) if case.id is None else case.id for case in cases)


def _content_name(case: CaseFile) -> str:
    content = json.dumps([example.texts for example in case.examples]).encode()
    return hashlib.sha256(content).hexdigest()[:12]


def file_of(suite: Suite) -> dict[str, Any]:
    """Turn a suite into the content of its file, every case written out."""
    return {
        "format": "flipscope-suite",
        "version": 1,
        "name": suite.name,
        "task": list(suite.tasks),
        "description": suite.description,
        "language": suite.language,
        "license": suite.license,
        "labels": list(suite.labels),
        "label_aliases": dict(suite.label_aliases),
        "tests": [_test_of(test) for test in suite.tests],
    }


def _test_of(test: Test) -> dict[str, Any]:
    if not isinstance(test.expect, BaseModel):
        raise FlipscopeError(
            f"test {test.name!r} has a rule that is code, and no file holds code",
            do="Leave the test out, or choose one of the kinds of docs/formats.md for it",
        )
    content: dict[str, Any] = {
        "name": test.name,
        "capability": test.capability,
        "type": test.type,
        "description": test.description,
        "expect": test.expect.model_dump(exclude_defaults=False, exclude_none=True),
        "aggregate": test.aggregate,
        "cases": list(_cases_of(test)),
    }
    if test.slice is not None:
        content["slice"] = test.slice.model_dump()
    if test.sampled_from is not None:
        content["sampled_from"] = test.sampled_from
    return content


def _cases_of(test: Test) -> Iterator[dict[str, Any]]:
    for number, (start, end) in enumerate(zip(test.starts[:-1].tolist(), test.starts[1:].tolist(), strict=True)):
        case: dict[str, Any] = {"id": test.case_ids[number]}
        if test.clusters[number] is not None:
            case["cluster"] = test.clusters[number]
        case["examples"] = [_example_of(test, row) for row in range(start, end)]
        yield case


def _example_of(test: Test, row: int) -> dict[str, Any]:
    second = test.text_b[row]
    example: dict[str, Any] = (
        {"text": test.text_a[row]} if second is None else {"text_a": test.text_a[row], "text_b": second}
    )
    optional = {
        "label": test.labels[row],
        "allowed": test.allowed[row] if test.allowed else None,
        "substitution": test.substitutions[row] if test.substitutions else None,
    }
    return example | {key: value for key, value in optional.items() if value is not None}


def write_suite(suite: Suite, path: Path) -> None:
    """Write a suite as JSON (gzipped when the name ends in ``.gz``), a case a line; whole or not at all.

    Raises
    ------
    FlipscopeError
        When a test's rule is a live CheckList object, which no file can hold.
    """
    content = suite_text(file_of(suite)).encode()
    if path.name.lower().endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    with written_whole(path) as part:
        part.write_bytes(content)


def suite_text(content: Mapping[str, Any]) -> str:
    """Write a suite's content as JSON with a case a line, so that changes can be read."""

    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    head = [f"{line(key)}: {line(value)}" for key, value in content.items() if key != "tests"]
    tests = []
    for test in content["tests"]:
        parts = [f"   {line(key)}: {line(value)}" for key, value in test.items() if key != "cases"]
        cases = ",\n     ".join(line(case) for case in test["cases"])
        tests.append("  {\n" + ",\n".join([*parts, f'   "cases": [\n     {cases}\n   ]']) + "\n  }")
    return "{\n " + ",\n ".join([*head, '"tests": [\n' + ",\n".join(tests) + "\n ]"]) + "\n}\n"
