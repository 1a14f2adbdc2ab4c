"""How a new model is taught to answer like the old one: which loss, where, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flipscope.errors import FlipscopeError

#: Where the old model is imitated; formulae in `flipscope.mitigate.distill.gates`.
GATES = ("none", "all", "old_correct", "old_better", "old_better_conf", "focal", "student_wrong")
#: What is made small between the two models; formulae in `flipscope.mitigate.distill.losses`.
DISTANCES = ("kl", "logits")


@dataclass(frozen=True)
class Distillation:
    """The objective ``mean CE + alpha * mean g(x) * distance(old, new)``.

    Attributes
    ----------
    gate : str
        One of `GATES`.
    alpha : float
        Weight of the distance, at least 0; where `max_nfr` is given, what it begins with.
    temperature : float
        Divides the logits of both, above 0; the KL term is multiplied by its square. Not used by ``logits``.
    distance : {"kl", "logits"}
        KL(old || new) between class probabilities, or half the squared difference of the logits.
    focal : tuple of float
        Base weight everywhere, and what is added where the old model is right; of the gate ``focal`` alone.
    max_nfr : float, optional
        The constrained form: `alpha` is adapted during training so that this share of training examples, or
        fewer, are ones the old model has right and the new one wrong.

    Raises
    ------
    FlipscopeError
        When a value is none of these, outside its range, or (`focal`) given without effect.
    """

    gate: str = "old_correct"
    alpha: float = 1.0
    temperature: float = 2.0
    distance: Literal["kl", "logits"] = "kl"
    focal: tuple[float, float] = (1.0, 5.0)
    max_nfr: float | None = None

    def __post_init__(self) -> None:
        _check(self.gate in GATES, f"there is no gate {self.gate!r}", f"Choose from {', '.join(GATES)}")
        _check(
            self.distance in DISTANCES, f"there is no distance {self.distance!r}", f"Choose from {', '.join(DISTANCES)}"
        )
        _check(0 <= self.alpha < float("inf"), f"alpha is {self.alpha}", "Give 0 or more; 1 is usual")
        _check(
            0 < self.temperature < float("inf"),
            f"temperature is {self.temperature}",
            "Give more than 0; 1 to 3 are usual",
        )
        fine = len(self.focal) == 2 and all(0 <= weight < float("inf") for weight in self.focal)
        _check(fine, f"focal is {self.focal}", "Give two weights of 0 or more, such as [1, 5]")
        _check(
            self.gate == "focal" or tuple(self.focal) == Distillation.focal,
            f"focal has no effect with the gate {self.gate}",
            'Leave it out, or use gate = "focal"',
        )
        if self.max_nfr is not None:
            _check(self.gate != "none", "max_nfr takes a gate other than none", "Use old_correct, say")
            _check(0 <= self.max_nfr < 1, f"max_nfr is {self.max_nfr}", "Give a fraction of 1, such as 0.02")

    @property
    def active(self) -> bool:
        """Whether there is anything beside the cross entropy."""
        return self.gate != "none" and (self.alpha > 0 or self.max_nfr is not None)


def _check(holds: bool, what: str, do: str) -> None:
    if not holds:
        raise FlipscopeError(what, where="distillation", do=do)
