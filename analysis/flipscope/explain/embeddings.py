"""Sentence embeddings by a candidate's own encoder, kept in the comparison folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.predict.runner import Settings
from flipscope.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

#: Examples of a task that are embedded unless the user says otherwise: all flips, then a sample of the rest.
MOST = 100_000


@dataclass(frozen=True)
class Embeddings:
    """What a candidate's encoder makes of the examples of a task.

    Attributes
    ----------
    task, candidate : str
        Whose.
    row_ids : numpy.ndarray of int64, shape (n,)
        The examples that were embedded, ascending.
    vectors : numpy.ndarray of float16, shape (n, dimensions)
        Mean over the tokens of the last hidden state, of length 1.
    clusters : numpy.ndarray of int32, shape (n,)
        Which cluster of all embedded examples each belongs to: the column ``embedding_cluster`` in conditions.
    labels : tuple of str
        The most telling words of each cluster.
    examples : int
        How many the task has; with more than `n`, all flips and a fixed random sample of the rest are embedded.
    notes : tuple of str
        What to know about them; shown to people.
    """

    task: str
    candidate: str
    row_ids: np.ndarray
    vectors: np.ndarray
    clusters: np.ndarray
    labels: tuple[str, ...]
    examples: int
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.row_ids)


def embed(
    comparison: Comparison,
    candidate: str | None = None,
    *,
    task: str | None = None,
    most: int = MOST,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Embeddings:
    """Embed the examples of a task with the candidate's own encoder, or get what an earlier call kept.

    Parameters
    ----------
    comparison : Comparison
        Its candidate is a checkpoint that is still where it was.
    candidate, task : str, optional
        The first ones when not named.
    most : int
        Examples to embed at the most: all flips first, then a fixed random sample of the rest.
    progress : Progress, optional
        Where to report to; a step that raises stops the work, and nothing is kept of it.
    settings : Settings, optional
        Where to run: ``device`` and ``token_budget``.

    Returns
    -------
    Embeddings

    Raises
    ------
    FlipscopeError
        When the candidate is a file of predictions, or its checkpoint is gone or has changed.
    """
    raise NotImplementedError


def kept(comparison: Comparison, candidate: str | None = None, *, task: str | None = None) -> Embeddings | None:
    """Get the embeddings that `embed` kept; None where there are none, or they are not of this comparison."""
    raise NotImplementedError
