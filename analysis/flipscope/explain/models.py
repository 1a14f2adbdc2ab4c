"""The models of a comparison, found again by what it says of them, loaded, and kept for the next question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reopening:
    """How the models of a comparison are found and loaded again.

    Attributes
    ----------
    sources : mapping of str to str
        Where models are now, by name (``old``, or a candidate's), when not where the comparison was made from.
    aliases : mapping of str to str
        What the models call classes, to their names in the data, as for the comparison.
    allow_torch_weights : bool
        Also load checkpoints that have only PyTorch's own weight files.
    device : {"cpu", "cuda", "cuda:i", "auto"}
        Where to run them, in fp32.
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    allow_torch_weights: bool = False
    device: str = "cpu"


#: From where the comparison was made, on the CPU.
AS_RECORDED = Reopening()
