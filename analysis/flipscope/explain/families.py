"""Flip families: flips that are alike, with the words that tell them from all other examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flipscope.comparison import Comparison


@dataclass(frozen=True)
class Family:
    """Flips that are alike.

    Attributes
    ----------
    words : tuple of str
        Its most telling words, the best first: far more frequent in it than in all other examples of the task.
    row_ids : tuple of int
        Its flips, the most central first.
    central : str
        The text of the most central one.
    near, near_flips : int or None
        Examples of the task nearest to its centre, whatever their outcome, and how many of them are such flips; None
        without embeddings. The share of all examples that are is `Families.rate`.
    """

    words: tuple[str, ...]
    row_ids: tuple[int, ...]
    central: str
    near: int | None = None
    near_flips: int | None = None

    @property
    def n(self) -> int:
        """How many flips."""
        return len(self.row_ids)

    @property
    def label(self) -> str:
        """The words as one text; the central example where no word tells."""
        return ", ".join(self.words) or self.central

    @property
    def where(self) -> str:
        """The condition that picks its flips out in ``--where`` and links."""
        return f"row_id IN ({', '.join(map(str, self.row_ids))})"


@dataclass(frozen=True)
class Families:
    """The families of the flips of one task and candidate, the largest first; iterate over it for the families.

    Attributes
    ----------
    task, candidate, outcome : str
        Which flips.
    by : {"embedding", "words"}
        What being alike means: the candidate's embedding where kept, else the words (TF-IDF).
    n : int
        Flips that were grouped; the families and those `alone` add up to it.
    families : tuple of Family
        At least two flips each.
    alone : tuple of int
        Row ids of flips that are like no other.
    rate : float or None
        Share of the embedded examples that are such flips; None without embeddings.
    notes : tuple of str
        What to know about them; shown to people.
    """

    task: str
    candidate: str
    outcome: str
    by: Literal["embedding", "words"]
    n: int
    families: tuple[Family, ...]
    alone: tuple[int, ...]
    rate: float | None = None
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Family]:
        return iter(self.families)

    def __len__(self) -> int:
        return len(self.families)


def families(
    comparison: Comparison,
    *,
    task: str | None = None,
    candidate: str | None = None,
    outcome: str = "negative_flip",
    by: Literal["embedding", "words"] | None = None,
) -> Families:
    """Group the flips of a task that are alike.

    Parameters
    ----------
    comparison : Comparison
        Its examples have texts.
    task, candidate : str, optional
        The first ones when not named.
    outcome : {"negative_flip", "positive_flip"}
        Which flips.
    by : {"embedding", "words"}, optional
        By the candidate's embedding or by words; the embedding where one is kept, when not named.

    Returns
    -------
    Families

    Raises
    ------
    FlipscopeError
        When there are no texts, scikit-learn is not installed, or no embedding is kept where it is asked for.
    """
    raise NotImplementedError
