"""How bad flips are: confident ones and those with tiny margins, counted apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import FLIPS
from flipscope.flips.scores import LARGE, NEAR, ROUNDING

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

Kind = Literal["confident", "middling", "tiny", "unknown"]

#: Conditions in SQL over the columns of facts: every flip meets exactly one of them. The gold label's probability fell
#: (or, of positive flips, rose) by so much; the thresholds are those of ``large_share`` and ``boundary_share``.
CONDITIONS: dict[Kind, str] = {
    "confident": f'abs("drop") >= {LARGE - ROUNDING!r}',
    "middling": f'abs("drop") > {NEAR + ROUNDING!r} AND abs("drop") < {LARGE - ROUNDING!r}',
    "tiny": f'abs("drop") <= {NEAR + ROUNDING!r}',
    "unknown": '"drop" IS NULL',
}
#: What they are called before people.
WORDS: dict[Kind, str] = {
    "confident": f"large change: the gold label's probability moved by {LARGE:g} or more",
    "middling": "in between",
    "tiny": f"tiny margin: it moved by {NEAR:g} or less, which a reseeded training may undo",
    "unknown": "unknown: a model gave no probabilities",
}


@dataclass(frozen=True)
class Part:
    """Flips of one kind: how many, and the condition that picks them out in ``--where`` and links."""

    kind: Kind
    n: int
    where: str
    words: str


@dataclass(frozen=True)
class SeveritySplit:
    """The flips of one task and candidate by how much the probability of the gold label moved.

    Attributes
    ----------
    task, candidate, outcome : str
        Which flips.
    n : int
        How many; the parts add up to it.
    parts : tuple of Part
        ``confident``, ``middling``, ``tiny`` and ``unknown``, always in this order.
    """

    task: str
    candidate: str
    outcome: str
    n: int
    parts: tuple[Part, ...]

    def __getitem__(self, kind: Kind) -> Part:
        return next(part for part in self.parts if part.kind == kind)


def kind_of(drop: float | None) -> Kind:
    """Tell the kind of one flip from its ``drop``: the old less the new probability of the gold label, -1 to 1."""
    if drop is None or drop != drop:  # NaN, as pandas has it
        return "unknown"
    if abs(drop) <= NEAR + ROUNDING:
        return "tiny"
    return "confident" if abs(drop) >= LARGE - ROUNDING else "middling"


def split(
    comparison: Comparison, task: str | None = None, candidate: str | None = None, outcome: str = "negative_flip"
) -> SeveritySplit:
    """Count the flips of a task and candidate by how much the probability of the gold label moved.

    Parameters
    ----------
    comparison : Comparison
        It may have no probabilities: then all are unknown.
    task, candidate : str, optional
        The first ones when not named.
    outcome : {"negative_flip", "positive_flip"}
        Which flips.

    Returns
    -------
    SeveritySplit
        Of negative flips, ``tiny`` and ``confident`` over those that are not ``unknown`` are ``boundary_share`` and
        ``large_share`` of the task's figures.

    Raises
    ------
    FlipscopeError
        When there is no such task, candidate or outcome.

    Notes
    -----
    With two classes the drop is the mean of both models' margins, so that a tiny drop is a tiny margin on either side.
    With more classes it may also be a gold label that neither model thought likely.
    """
    if outcome not in FLIPS:
        raise FlipscopeError(f"{outcome!r} is not a flip", do=f"Choose from {', '.join(FLIPS)}")
    result = comparison.result(task, candidate)
    name = comparison.candidate(candidate).name
    counts = ", ".join(f"coalesce(count_if({condition}), 0) AS {kind}" for kind, condition in CONDITIONS.items())
    row = comparison.query(
        f"SELECT {counts} FROM flips WHERE task = ? AND candidate = ? AND outcome = ?", [result.task, name, outcome]
    ).iloc[0]
    parts = tuple(Part(kind, int(row[kind]), CONDITIONS[kind], WORDS[kind]) for kind in CONDITIONS)
    return SeveritySplit(result.task, name, outcome, sum(part.n for part in parts), parts)
