"""The one reader of pickles here: it answers every name with something that only keeps what it is given.

A pickle is a program that names what it wants called. The names that CheckList's suites use stand for recorders, which
do nothing; all others are refused. Nothing is imported for a pickle, and nothing it names is called.
"""

from __future__ import annotations

import math
import pickle  # noqa: TID251 (only its reader, which can reach nothing but the recorders below)
import re
import struct
from collections.abc import Callable
from typing import Any

from flipscope.errors import FlipscopeError


class _Fixed(type):
    def __setattr__(cls, name: str, value: object) -> None:
        raise AttributeError(f"{cls.__name__} takes no attributes")


class Recorder(metaclass=_Fixed):
    """Keeps what it was made with and the state it was given; whatever is done to it, it does nothing."""

    __slots__ = ("args", "state")
    args: tuple[Any, ...]
    state: Any

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

    def __call__(self, *args: Any) -> Recorder:  # noqa: D102
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
            _, shape, dtype, by_columns, raw = self.state
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


class Namespace(dict[Any, Any]):
    """A dictionary that can be given state, which is forgotten."""

    def __setstate__(self, state: Any) -> None:
        pass


def _empty(*args: Any) -> dict[Any, Any]:
    return {}


class Named:
    """What a name is answered with: something to call, that can be given nothing."""

    __slots__ = ("_make",)
    _make: Callable[..., Any]

    def __init__(self, make: Callable[..., Any]) -> None:
        object.__setattr__(self, "_make", make)

    def __call__(self, *args: Any) -> Any:  # noqa: D102
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
        raise Refused(f"{name!s:.100}")
    return Token(name)


def _set_attribute(owner: Any = None, name: Any = None, value: Any = None, *rest: Any) -> None:
    """Fill a cell, which newer versions of dill do after making it."""
    if isinstance(owner, Cell) and name == "cell_contents":
        owner.args = (value,)


_SETTER = Named(_set_attribute)


def _get_attr(owner: Any = None, name: Any = None, *rest: Any) -> Any:
    if name == "_setattr":  # dill's own
        return _SETTER
    module = owner.args[0] if isinstance(owner, Token) else None
    if _of_numpy(module) and isinstance(name, str) and name in _ARRAYS:
        return _ARRAYS[name]
    return Token(f"{module!s:.100}.{name!s:.100}")


def _create_array(make: Any = None, args: Any = None, state: Any = None, *rest: Any) -> Array:
    array = Array()
    array.__setstate__(state)
    return array


# What functions of people's own use; only their names are kept.
_BUILTINS = """
    abs all any bool bytes callable dict divmod enumerate filter float frozenset hasattr hash int isinstance issubclass
    iter len list map max min next object ord print property range repr reversed round set slice sorted staticmethod
    str sum super tuple type zip Exception AssertionError IndexError KeyError TypeError ValueError
""".split()  # noqa: SIM905


class Refused(Exception):
    """A name that suites have no use for."""


_CLASSES: dict[str, Any] = {
    "checklist.test_suite.TestSuite": TestSuite,
    "checklist.test_types.MFT": MFT,
    "checklist.test_types.INV": INV,
    "checklist.test_types.DIR": DIR,
}
_NAMES: dict[str, Any] = _CLASSES | {
    **dict.fromkeys((f"builtins.{name}" for name in _BUILTINS), Named(Token)),
    "builtins.getattr": Named(_get_attr),
    "builtins.setattr": _SETTER,
    "collections.OrderedDict": Named(_empty),
    "collections.defaultdict": Named(_empty),
    "munch.Munch": Namespace,
    "numpy.ndarray": Array,
    "numpy.dtype": Named(Dtype),
    "dill._dill": Named(Token),
    "dill._dill._create_array": Named(_create_array),
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
            raise Refused(f"{module}.{name}"[:200]) from None

    def persistent_load(self, pid: Any) -> Any:
        """Refuse what is kept elsewhere."""
        raise pickle.UnpicklingError("it refers to objects kept elsewhere")
