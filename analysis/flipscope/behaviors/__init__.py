"""CheckList behaviors: suites of tests, evaluated for both models and paired test case by test case."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flipscope.behaviors.checklist.live import from_checklist
    from flipscope.behaviors.perturb import perturbation_suite
    from flipscope.behaviors.resolve import open_suite
    from flipscope.behaviors.suite import Suite
    from flipscope.behaviors.suite_file import write_suite

_HOME = {
    "Suite": "flipscope.behaviors.suite",
    "from_checklist": "flipscope.behaviors.checklist.live",
    "open_suite": "flipscope.behaviors.resolve",
    "perturbation_suite": "flipscope.behaviors.perturb",
    "write_suite": "flipscope.behaviors.suite_file",
}

__all__ = ["Suite", "from_checklist", "open_suite", "perturbation_suite", "write_suite"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flipscope.behaviors' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
