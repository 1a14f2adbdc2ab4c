"""The search for slices: where the candidate breaks, or mends, more than elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from flipscope.progress import Progress
from flipscope.slices.findings import SliceFindings
from flipscope.slices.rule import MOST_CONDITIONS

if TYPE_CHECKING:
    from flipscope.comparison import Comparison


def find_slices(
    comparison: Comparison,
    *,
    task: str | None = None,
    candidate: str | None = None,
    outcome: Literal["negative_flip", "positive_flip"] = "negative_flip",
    columns: Sequence[str] | None = None,
    words: bool = True,
    confidence: bool = True,
    conditions: int = MOST_CONDITIONS,
    min_rows: int | None = None,
    limit: int = 10,
    progress: Progress | None = None,
) -> SliceFindings:
    """Find slices of the data with a high flip rate, and confirm them on examples that were not searched.

    Parameters
    ----------
    comparison : Comparison
        What is searched.
    task, candidate : str, optional
        Only this task or candidate; by default all.
    outcome : str
        ``negative_flip`` (what broke) or ``positive_flip`` (what got better).
    columns : sequence of str, optional
        Metadata columns to make conditions of; by default all that serve. ``label`` is always searched.
    words, confidence : bool
        Whether to search words of the texts, and the confidence of the two models.
    conditions : int
        Conditions of a slice at the most: 1, 2 or 3.
    min_rows : int, optional
        Examples a slice has at least; by default 30, or one in a thousand where that is more.
    limit : int
        Slices listed for each task and candidate at the most.
    progress : Progress, optional
        Told of every search.

    Returns
    -------
    SliceFindings

    Raises
    ------
    FlipscopeError
        When there is no such task, candidate or column, or an option makes no sense.
    """
    raise NotImplementedError
