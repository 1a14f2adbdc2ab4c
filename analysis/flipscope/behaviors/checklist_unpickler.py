"""Reads CheckList's pickles as data, in a process of its own (started by checklist_pickle.py).

A pickle is a program that names what it wants called. Here every name is answered with something that only keeps what
it is given; a name that suites have no use for is refused. Nothing but the standard library is needed, or importable.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import math
import os
import pickle  # noqa: TID251 (only its reader, which can reach nothing but the recorders below)
import re
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from flipscope.behaviors.checklist_cases import Limits, cases_of, plain
from flipscope.errors import FlipscopeError

#: What the reading may take.
MEMORY_BYTES = 4 << 30
CPU_SECONDS = 30

_MOST_FUNCTIONS = 20_000  # functions of all tests, counted as often as they are used
_MOST_TEMPLATES = 500
_LONG_TEXT = 2_000


class _Fixed(type):
    def __setattr__(cls, name: str, value: object) -> None:
        raise AttributeError(f"{cls.__name__} takes no attributes")


class Recorder(metaclass=_Fixed):
    """Keeps what it was made with and the state it was given; whatever is done to it, it does nothing."""

    __slots__ = ("args", "state")

    def __init__(self, *args: Any) -> None:
        self.args, self.state = args, None

    def __new__(cls, *args: Any, **named: Any) -> Recorder:  # noqa: D102
        made = object.__new__(cls)
        made.args, made.state = args, None
        return made

    def __setstate__(self, state: Any) -> None:
        object.__setattr__(self, "state", state)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in ("args", "state"):
            raise AttributeError(f"{type(self).__name__} takes no attributes")
        object.__setattr__(self, name, value)

    def __call__(self, *args: Any) -> Recorder:
        return Called(self, args)

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def update(self, *args: Any) -> None:
        """Ignore it."""

    def append(self, item: Any) -> None:
        """Ignore it."""

    def extend(self, items: Any) -> None:
        """Ignore it."""


class Called(Recorder):
    """A token that was called."""


class Token(Recorder):
    """Stands for a thing by its name."""


class TestSuite(Recorder):
    """A suite."""

    __test__ = False


class MFT(Recorder):
    """A minimum functionality test."""


class INV(Recorder):
    """An invariance test."""


class DIR(Recorder):
    """A directional expectation test."""


class Function(Recorder):
    """A function: code, globals, name, defaults, closure."""


class Code(Recorder):
    """The arguments a code object would be made of."""


class Cell(Recorder):
    """A variable of a closure."""


class Dtype(Recorder):
    """The type of an array's elements: a code, and a state whose second entry is the byte order."""

    def read(self, raw: bytes, count: int) -> list[Any]:
        """Read so many numbers or texts."""
        spec = re.fullmatch(r"[<>=|]?([biufU])(\d{1,6})", self.args[0] if isinstance(self.args[0], str) else "")
        kind, size = (spec[1], int(spec[2])) if spec else ("", 0)
        order = ">" if isinstance(self.state, tuple) and self.state[1:2] == (">",) else "<"
        if kind == "U" and size and len(raw) == 4 * size * count:
            texts = (raw[start : start + 4 * size] for start in range(0, len(raw), 4 * size))
            return [text.decode(f"utf-32-{'be' if order == '>' else 'le'}", "replace").rstrip("\0") for text in texts]
        code = _NUMBERS.get((kind, size))
        if code is None or len(raw) != size * count:
            raise FlipscopeError(f"it holds an array of {self.args[0]!r:.40}, which is neither numbers nor texts")
        return list(struct.unpack(f"{order}{count}{code}", raw))


_NUMBERS = {
    ("b", 1): "?", ("i", 1): "b", ("i", 2): "h", ("i", 4): "i", ("i", 8): "q",
    ("u", 1): "B", ("u", 2): "H", ("u", 4): "I", ("u", 8): "Q", ("f", 2): "e", ("f", 4): "f", ("f", 8): "d",
}  # fmt: skip


class Array(Recorder):
    """An array: its state is version, shape, element type, column order, and bytes or a list."""

    def tolist(self) -> Any:
        """Return its elements as nested lists."""
        try:
            _, shape, dtype, by_columns, raw = self.state  # type: ignore[misc]
        except (TypeError, ValueError) as error:
            raise FlipscopeError("it holds an array without content") from error
        if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
            raise FlipscopeError("it holds an array without a shape")
        count = math.prod(shape)
        if count == 0:
            return []
        if by_columns and len(shape) > 1:
            raise FlipscopeError("it holds an array stored by columns", do="Save it with lists instead")
        if isinstance(raw, list) and len(raw) == count:
            values = raw
        elif isinstance(raw, bytes) and isinstance(dtype, Dtype):
            values = dtype.read(raw, count)
        else:
            raise FlipscopeError("it holds an array whose shape and content do not fit")
        for size in reversed(shape[1:]):
            values = [values[start : start + size] for start in range(0, len(values), size)]
        return values if shape else values[0]


def _scalar(dtype: Any = None, raw: Any = b"", *rest: Any) -> Any:
    return dtype.read(raw, 1)[0] if isinstance(dtype, Dtype) and isinstance(raw, bytes) else None


class Namespace(dict):  # type: ignore[type-arg]
    """A dictionary that can be given state, which is forgotten."""

    def __setstate__(self, state: Any) -> None:
        pass


def _empty(*args: Any) -> dict[Any, Any]:
    return {}


class Named:
    """What a name is answered with: something to call, that can be given nothing."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., Any]) -> None:
        object.__setattr__(self, "_make", make)

    def __call__(self, *args: Any) -> Any:
        return self._make(*args)

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("a name was given state")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a name takes no attributes")


_ARRAYS = {"_reconstruct": Named(Array), "scalar": Named(_scalar)}
_MODULES = ("builtins", "itertools", "re", "numpy", "math", "string", "random", "collections", "functools", "operator")


def _of_numpy(module: Any) -> bool:
    return isinstance(module, str) and re.match(r"numpy\.(_?core)\.", module) is not None


def _import_module(name: Any = None, *rest: Any) -> Recorder:
    if name not in _MODULES and not _of_numpy(name):
        raise _Refused(f"{name!s:.100}")
    return Token(name)


def _get_attr(owner: Any = None, name: Any = None, *rest: Any) -> Any:
    module = owner.args[0] if isinstance(owner, Token) else None
    if _of_numpy(module) and isinstance(name, str) and name in _ARRAYS:
        return _ARRAYS[name]
    return Token(f"{module!s:.100}.{name!s:.100}")


class _Refused(Exception):
    """A name that suites have no use for."""


_CLASSES: dict[str, Any] = {
    "checklist.test_suite.TestSuite": TestSuite,
    "checklist.test_types.MFT": MFT,
    "checklist.test_types.INV": INV,
    "checklist.test_types.DIR": DIR,
}
_NAMES: dict[str, Any] = _CLASSES | {
    "collections.OrderedDict": Named(_empty),
    "collections.defaultdict": Named(_empty),
    "munch.Munch": Namespace,
    "numpy.ndarray": Array,
    "numpy.dtype": Named(Dtype),
    "dill._dill._create_function": Named(Function),
    "dill._dill._create_code": Named(Code),
    "dill._dill._create_cell": Named(Cell),
    "dill._dill._load_type": Named(Token),
    "dill._dill._import_module": Named(_import_module),
    "dill._dill._get_attr": Named(_get_attr),
    "checklist.expect.Expect": Named(Token),
    "checklist.expect.iter_with_optional": Named(Token),
}


class DataUnpickler(pickle.Unpickler):
    """Answers the names that suites use with recorders, and refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        """Answer a name; nothing is imported."""
        if _of_numpy(module) and name in _ARRAYS:
            return _ARRAYS[name]
        try:
            return _NAMES[f"{module}.{name}"]
        except KeyError:
            raise _Refused(f"{module}.{name}"[:200]) from None

    def persistent_load(self, pid: Any) -> Any:
        """Refuse what is kept elsewhere."""
        raise pickle.UnpicklingError("it refers to objects kept elsewhere")


def read(content: bytes, limits: Limits) -> dict[str, Any]:
    """Read a suite, or a single test, into plain data.

    Returns
    -------
    dict
        ``tests``: a list of dicts with ``name``, ``type``, ``capability``, ``description``, ``aggregate``, ``expect``,
        ``templates`` and ``cases`` (as in `flipscope.behaviors.checklist_cases.Cases`); ``replaced``: how many texts
        were mended.

    Raises
    ------
    FlipscopeError
        When it is no suite of CheckList's, asks for anything else, or holds too much.
    """
    try:
        loaded = DataUnpickler(io.BytesIO(content)).load()
    except _Refused as error:
        raise FlipscopeError(
            f"this file asks for {error}, which no CheckList suite needs; nothing was run",
            do="Open only suites that CheckList saved. One with code of your own can be evaluated from Python",
        ) from None
    except FlipscopeError:
        raise
    except Exception as error:
        raise FlipscopeError(f"not a readable CheckList suite ({type(error).__name__}: {error!s:.200})") from None
    state = loaded.state if isinstance(loaded, Recorder) and isinstance(loaded.state, dict) else {}
    if isinstance(loaded, TestSuite):
        tests, info = state.get("tests"), state.get("info")
    else:
        tests, info = {state.get("name") or "test": loaded}, {}
    if not isinstance(tests, dict) or not all(isinstance(test, MFT | INV | DIR) for test in tests.values()):
        raise FlipscopeError("this pickle holds no CheckList suite")
    functions = _Functions()
    return {
        "tests": [_test(name, test, info, limits, functions) for name, test in tests.items()],
        "replaced": limits.replaced,
    }


def _test(name: Any, test: Recorder, info: Any, limits: Limits, functions: _Functions) -> dict[str, Any]:
    state = test.state if isinstance(test.state, dict) else {}
    about = info.get(name) if isinstance(info, dict) else None
    about = about if isinstance(about, dict) else {}
    aggregate = state.get("agg_fn", "all")
    try:
        cases = cases_of(
            state.get("data", []), state.get("labels"), state.get("meta"), state.get("run_idxs"), limits
        )
    except FlipscopeError as error:
        raise FlipscopeError(f"test {name!s:.100}: {error.what}", do=error.do) from None
    return {
        "name": _text(name),
        "type": type(test).__name__,
        "capability": _text(about.get("capability")) or _text(state.get("capability")),
        "description": _text(about.get("description")) or _text(state.get("description")),
        "aggregate": aggregate if isinstance(aggregate, str) else functions.plain(aggregate),
        "expect": functions.plain(state.get("expect")),
        "templates": templates_of(state.get("templates")),
        "cases": vars(cases),
    }


def _text(value: Any) -> str:
    value = plain(value)
    return value[:_LONG_TEXT] if isinstance(value, str) else ""


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
            return value[:_LONG_TEXT]
        if isinstance(value, Function) and depth and self._left > 0:
            with suppress(TypeError, ValueError, IndexError, KeyError):
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
    except FlipscopeError as error:
        output = json.dumps({"error": error.what, "do": error.do})
    except (MemoryError, RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        output = json.dumps({"error": f"not a readable CheckList suite ({type(error).__name__})", "do": None})
    sys.stdout.write(output)
    sys.stdout.flush()
    os._exit(0)  # taking deeply nested content apart again could fail
