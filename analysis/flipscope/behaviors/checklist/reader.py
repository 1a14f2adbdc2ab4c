"""Turns a CheckList pickle into plain data, in a process of its own (started by pickles.py).

Nothing but the standard library is needed, or importable.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from flipscope.behaviors.checklist.cases import Limits, cases_of, mended, plain
from flipscope.behaviors.checklist.unpickler import (
    DIR,
    INV,
    MFT,
    Called,
    Cell,
    Code,
    DataUnpickler,
    Function,
    Recorder,
    Refused,
    TestSuite,
)
from flipscope.errors import FlipscopeError

#: What the reading may take.
MEMORY_BYTES = 4 << 30
CPU_SECONDS = 30

_MOST_FUNCTIONS = 20_000  # functions of all tests, counted as often as they are used
_MOST_TESTS = 10_000
_MOST_TEMPLATES = 100  # of a test, and texts of a template
_LONG_TEXT = 2_000
_LONG_NAME = 300
_MOST_OUTPUT = 1 << 30


def read(content: bytes, limits: Limits) -> dict[str, Any]:
    """Read a suite, or a single test, into plain data.

    Returns
    -------
    dict
        ``tests``: a list of dicts with ``name``, ``type``, ``capability``, ``description``, ``aggregate``, ``expect``,
        ``templates`` and ``cases`` (as in `flipscope.behaviors.checklist.cases.Cases`); ``replaced``: how many texts
        were mended.

    Raises
    ------
    FlipscopeError
        When it is no suite of CheckList's, asks for anything else, or holds too much.
    """
    try:
        loaded = DataUnpickler(io.BytesIO(content)).load()
    except Refused as error:
        raise FlipscopeError(
            f"this file asks for {error}, which no CheckList suite needs; nothing was run",
            do="Open only suites that CheckList saved. One with code of your own can be evaluated from Python",
        ) from None
    except FlipscopeError:
        raise
    except Exception as error:
        raise FlipscopeError(f"not a readable CheckList suite ({type(error).__name__}: {error!s:.200})") from None
    state: dict[Any, Any] = loaded.state if isinstance(loaded, Recorder) and isinstance(loaded.state, dict) else {}
    if isinstance(loaded, TestSuite):
        tests, info = state.get("tests"), state.get("info")
    else:
        tests, info = {state.get("name") or "test": loaded}, {}
    if not isinstance(tests, dict) or not all(isinstance(test, MFT | INV | DIR) for test in tests.values()):
        raise FlipscopeError("this pickle holds no CheckList suite")
    if len(tests) > _MOST_TESTS:
        raise FlipscopeError(f"it has more than {_MOST_TESTS:,} tests", do="Split it")
    functions = _Functions()
    return {
        "tests": [_test(name, test, info, limits, functions) for name, test in tests.items()],
        "replaced": limits.replaced,
    }


def _test(name: Any, test: Recorder, info: Any, limits: Limits, functions: _Functions) -> dict[str, Any]:
    state: dict[Any, Any] = test.state if isinstance(test.state, dict) else {}
    about = info.get(name) if isinstance(info, dict) else None
    about = about if isinstance(about, dict) else {}
    aggregate = state.get("agg_fn", "all")
    try:
        cases = cases_of(state.get("data", []), state.get("labels"), state.get("meta"), state.get("run_idxs"), limits)
    except FlipscopeError as error:
        raise FlipscopeError(f"test {name!s:.100}: {error.what}", do=error.do) from None
    return {
        "name": _text(name)[:_LONG_NAME],
        "type": type(test).__name__,
        "capability": (_text(about.get("capability")) or _text(state.get("capability")))[:_LONG_NAME],
        "description": _text(about.get("description")) or _text(state.get("description")),
        "aggregate": aggregate if isinstance(aggregate, str) else functions.plain(aggregate),
        "expect": functions.plain(state.get("expect")),
        "templates": templates_of(state.get("templates")),
        "cases": vars(cases),
    }


def _text(value: Any) -> str:
    value = plain(value)
    return mended(value[:_LONG_TEXT]) if isinstance(value, str) else ""


def templates_of(templates: Any) -> list[list[str]]:
    """List the texts of every template a test was made of; one that fills several at once has several."""
    templates = plain(templates)
    if not isinstance(templates, list):
        return []
    found = []
    for template in templates[:_MOST_TEMPLATES]:
        settings = template[0] if isinstance(template, tuple) and template and isinstance(template[0], dict) else {}
        texts = list(islice(_leaves(settings.get("templates", template), 4), _MOST_TEMPLATES))
        found += [[text] for text in texts] if settings.get("unroll") is True else [texts]
    return found[:_MOST_TEMPLATES]


def _leaves(value: Any, depth: int) -> Iterator[str]:
    value = plain(value)
    if isinstance(value, str):
        yield value[:_LONG_TEXT]
    elif isinstance(value, dict | list | tuple) and depth:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part, depth - 1)


class _Functions:
    """Turns recorded functions into plain data, as many as a suite can need."""

    def __init__(self) -> None:
        self._left = _MOST_FUNCTIONS

    def plain(self, value: Any, depth: int = 12) -> Any:
        """Describe a recorded function, or a value that a closure holds."""
        self._left -= 1
        if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63):
            return value
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, Function) and depth and self._left > 0:
            with suppress(TypeError, ValueError, IndexError, KeyError, AttributeError):
                return self._function(value, depth)
        return {"other": type(value).__name__}

    def _function(self, function: Function, depth: int) -> dict[str, Any]:
        code, around, _, _, closure = function.args[:5]
        fields = code_fields(code)
        names = [str(name)[:200] for name in fields["names"]]
        cells = [cell.args[0] if isinstance(cell, Cell) and cell.args else None for cell in closure or ()]
        around = around if isinstance(around, dict) else {}
        return {
            "name": _text(fields["name"]),
            "code": hashlib.sha256(fields["code"]).hexdigest()[:12],
            "fingerprint": fingerprint(fields),
            "constants": [self.plain(constant, 0) for constant in fields["constants"][:20]],
            "names": names,
            "closure": {
                str(name): self.plain(cell, depth - 1) for name, cell in zip(fields["free"], cells, strict=True)
            },
            "globals": {
                name: self.plain(around[name], depth - 1) for name in names if isinstance(around.get(name), Function)
            },
        }


def code_fields(code: Any) -> dict[str, Any]:
    """Find the parts of a code object among the arguments it would be made of.

    Python 3.7 and before have 15 of them, 3.8 to 3.10 have 16 and later ones 18; newer versions of dill put the line
    table first.
    """
    args = code.args[-1] if isinstance(code, Called) else code.args
    args = args[1:] if args and isinstance(args[0], bytes) else args
    first = {15: 5, 16: 6, 18: 6}[len(args)]
    fields = dict(zip(("code", "constants", "names", "variables", "file", "name"), args[first:], strict=False))
    fields["free"] = args[-2]
    if isinstance(fields["code"], str):
        fields["code"] = fields["code"].encode("latin-1")
    return fields


def fingerprint(fields: dict[str, Any], depth: int = 4) -> str:
    """Name a function by all it does: SHA-256 of byte code, constants and the names it uses; 12 hex digits."""
    constants = [
        fingerprint(code_fields(constant), depth - 1)
        if isinstance(constant, Called | Code) and depth
        else f"{constant!r:.500}"
        if constant is None or isinstance(constant, bool | int | float | str)
        else type(constant).__name__
        for constant in fields["constants"][:50]
    ]
    content = json.dumps([fields["code"].hex(), constants, [str(name) for name in fields["names"]]])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def main() -> None:
    """Read a pickle from standard input and write what it holds as JSON, or an error."""
    with suppress(ImportError):  # not on Windows, where the clock alone limits it
        import resource

        for kind, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS)):
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, (most, most))
    gc.disable()  # all that is read is kept until the end
    answer: dict[str, Any]
    try:
        limits = Limits(examples=int(sys.argv[2]), characters=int(sys.argv[3]))
        answer = read(sys.stdin.buffer.read(), limits)
        output = json.dumps(answer)
        if len(output) > _MOST_OUTPUT:
            raise FlipscopeError("it holds too much for a suite", do="Split it")
    except FlipscopeError as error:
        output = json.dumps({"error": error.what, "do": error.do})
    except (MemoryError, RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        output = json.dumps({"error": f"not a readable CheckList suite ({type(error).__name__})", "do": None})
    sys.stdout.write(output)
    sys.stdout.flush()
    os._exit(0)  # taking deeply nested content apart again could fail
