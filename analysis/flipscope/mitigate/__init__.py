"""How to get the gain of a new model without the damage: train, choose or combine, and judge all of it alike.

This is the whole public API; nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flipscope.mitigate.advice.advise import advise
    from flipscope.mitigate.distill.callback import FlipCallback
    from flipscope.mitigate.distill.distillation import Distillation
    from flipscope.mitigate.distill.trainer import DistillationTrainer
    from flipscope.mitigate.old_answers import old_logits, teacher_logits
    from flipscope.mitigate.run import mitigate
    from flipscope.mitigate.spec import read_mitigation

_HOME = {
    "Distillation": "flipscope.mitigate.distill.distillation",
    "DistillationTrainer": "flipscope.mitigate.distill.trainer",
    "FlipCallback": "flipscope.mitigate.distill.callback",
    "advise": "flipscope.mitigate.advice.advise",
    "mitigate": "flipscope.mitigate.run",
    "old_logits": "flipscope.mitigate.old_answers",
    "read_mitigation": "flipscope.mitigate.spec",
    "teacher_logits": "flipscope.mitigate.old_answers",
}

__all__ = [
    "Distillation",
    "DistillationTrainer",
    "FlipCallback",
    "advise",
    "mitigate",
    "old_logits",
    "read_mitigation",
    "teacher_logits",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flipscope.mitigate' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
