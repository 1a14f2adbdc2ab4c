"""flipscope: compare two versions of an NLP model: what broke, what was mended, with evidence.

This is the whole public API; nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flipscope.behavior_pipeline import compare_behaviors
    from flipscope.comparison import Comparison, open_comparison
    from flipscope.errors import FlipscopeError
    from flipscope.explain.embeddings import embed
    from flipscope.explain.explanation import explain_example
    from flipscope.explain.families import families
    from flipscope.explain.neighbours import neighbours
    from flipscope.explain.suspects import suspects
    from flipscope.judge.budget import Budget, read_budget
    from flipscope.judge.gate import assert_no_regression
    from flipscope.judge.verdict import judged
    from flipscope.pipeline import compare, compare_spec
    from flipscope.predict.runner import Settings
    from flipscope.slices.find import find_slices
    from flipscope.spec import Spec, TaskSpec, read_spec
    from flipscope.store.triage import Triage

_HOME = {
    "Budget": "flipscope.judge.budget",
    "Comparison": "flipscope.comparison",
    "FlipscopeError": "flipscope.errors",
    "Settings": "flipscope.predict.runner",
    "Spec": "flipscope.spec",
    "TaskSpec": "flipscope.spec",
    "Triage": "flipscope.store.triage",
    "assert_no_regression": "flipscope.judge.gate",
    "compare": "flipscope.pipeline",
    "compare_behaviors": "flipscope.behavior_pipeline",
    "compare_spec": "flipscope.pipeline",
    "embed": "flipscope.explain.embeddings",
    "explain_example": "flipscope.explain.explanation",
    "families": "flipscope.explain.families",
    "find_slices": "flipscope.slices.find",
    "judged": "flipscope.judge.verdict",
    "neighbours": "flipscope.explain.neighbours",
    "open_comparison": "flipscope.comparison",
    "read_budget": "flipscope.judge.budget",
    "read_spec": "flipscope.spec",
    "suspects": "flipscope.explain.suspects",
}

__all__ = [
    "Budget",
    "Comparison",
    "FlipscopeError",
    "Settings",
    "Spec",
    "TaskSpec",
    "Triage",
    "assert_no_regression",
    "compare",
    "compare_behaviors",
    "compare_spec",
    "embed",
    "explain_example",
    "families",
    "find_slices",
    "judged",
    "neighbours",
    "open_comparison",
    "read_budget",
    "read_spec",
    "suspects",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flipscope' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
