"""How to get the gain of a new model without the damage: train, choose or combine, and judge all of it alike.

This is the whole public API; nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flipscope.mitigate.advice.advise import advise
    from flipscope.mitigate.choose import SelectScore, lowest_nfr, most_centric, select_score
    from flipscope.mitigate.distill.callback import FlipCallback
    from flipscope.mitigate.distill.distillation import Distillation
    from flipscope.mitigate.distill.trainer import DistillationTrainer
    from flipscope.mitigate.interpolation import interpolate
    from flipscope.mitigate.old_answers import teacher_logits
    from flipscope.mitigate.run import mitigate
    from flipscope.mitigate.spec import MitigationSpec, read_mitigation
    from flipscope.mitigate.splits import Splits, make_splits
    from flipscope.study import Study

_HOME = {
    "Distillation": "flipscope.mitigate.distill.distillation",
    "DistillationTrainer": "flipscope.mitigate.distill.trainer",
    "FlipCallback": "flipscope.mitigate.distill.callback",
    "MitigationSpec": "flipscope.mitigate.spec",
    "SelectScore": "flipscope.mitigate.choose",
    "Splits": "flipscope.mitigate.splits",
    "Study": "flipscope.study",
    "advise": "flipscope.mitigate.advice.advise",
    "interpolate": "flipscope.mitigate.interpolation",
    "lowest_nfr": "flipscope.mitigate.choose",
    "make_splits": "flipscope.mitigate.splits",
    "mitigate": "flipscope.mitigate.run",
    "most_centric": "flipscope.mitigate.choose",
    "read_mitigation": "flipscope.mitigate.spec",
    "select_score": "flipscope.mitigate.choose",
    "teacher_logits": "flipscope.mitigate.old_answers",
}

__all__ = [
    "Distillation",
    "DistillationTrainer",
    "FlipCallback",
    "MitigationSpec",
    "SelectScore",
    "Splits",
    "Study",
    "advise",
    "interpolate",
    "lowest_nfr",
    "make_splits",
    "mitigate",
    "most_centric",
    "read_mitigation",
    "select_score",
    "teacher_logits",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flipscope.mitigate' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
