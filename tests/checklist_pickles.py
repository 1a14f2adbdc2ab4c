"""Pickles like those that CheckList saves, made without it."""

from __future__ import annotations

import pickle  # noqa: TID251 (written here, never read)
import sys
import types
from collections import OrderedDict
from contextlib import contextmanager
from typing import Any

CLASSES = {"TestSuite": "checklist.test_suite"} | dict.fromkeys(("MFT", "INV", "DIR"), "checklist.test_types")


@contextmanager
def checklist_modules():
    """Pretend, while pickling, that there is a module checklist with these classes."""
    made = {name: types.ModuleType(name) for name in ("checklist", *CLASSES.values())}
    for name, module in CLASSES.items():
        kind = type(name, (), {"__module__": module})
        setattr(made[module], name, kind)
    before = {name: sys.modules.get(name) for name in made}
    sys.modules.update(made)
    try:
        yield {name: getattr(made[module], name) for name, module in CLASSES.items()}
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


class Called:
    """Pickles as a call of a thing."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.function, self.args = function, args

    def __call__(self) -> None:
        """Only so that pickle takes it for something to call."""

    def __reduce__(self):
        return self.function, self.args


def function(name: str, code: bytes, constants=(None,), names=(), closure=None, uses=None, *, free=None) -> Called:
    """Make a function as dill records one of Python 3.7."""
    from dill import _dill

    closure = closure or {}
    free = tuple(closure) if free is None else free
    code_type = Called(_dill._load_type, "CodeType")
    code_object = Called(code_type, 1, 0, 2, 3, 19, code, constants, names, ("x",), "<file>", name, 1, b"", free, ())
    cells = tuple(Called(_dill._create_cell, value) for value in closure.values()) or None
    return Called(_dill._create_function, code_object, uses or {}, name, None, cells, {}, None)


def suite_pickle(tests: dict[str, dict[str, Any]], info: dict[str, Any] | None = None, protocol: int = 3) -> bytes:
    """Pickle a suite: tests by name, each with its ``type`` and what it holds."""
    with checklist_modules() as classes:
        suite = classes["TestSuite"]()
        suite.tests = OrderedDict((name, _test(classes, name, content)) for name, content in tests.items())
        suite.info = info or {}
        return pickle.dumps(suite, protocol=protocol)


def single_pickle(content: dict[str, Any], name: str = "alone") -> bytes:
    """Pickle a single test."""
    with checklist_modules() as classes:
        return pickle.dumps(_test(classes, name, content), protocol=3)


def _test(classes: dict[str, type], name: str, content: dict[str, Any]) -> Any:
    test = classes[content.get("type", "MFT")]()
    test.__dict__.update(
        {"labels": None, "meta": None, "agg_fn": "all", "run_idxs": None, "templates": None, "expect": None}
        | {"name": name, "capability": "Vocabulary", "description": None}
        | {key: value for key, value in content.items() if key != "type"}
    )
    return test
