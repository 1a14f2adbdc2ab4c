"""Batches by token budget: a plan that depends on the inputs alone, and the padded arrays of a batch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from flipscope.predict.tokens import Tokens


@dataclass(frozen=True)
class Plan:
    """Which rows run together, and in which order.

    Attributes
    ----------
    order : numpy.ndarray of int64, shape (rows,)
        Rows from the longest to the shortest; the same lengths in canonical order.
    bounds : numpy.ndarray of int64, shape (batches + 1,)
        Batch ``i`` is ``order[bounds[i]:bounds[i + 1]]``.
    """

    order: np.ndarray
    bounds: np.ndarray

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def rows(self, batch: int) -> np.ndarray:
        """Rows of one batch, the longest first."""
        return self.order[self.bounds[batch] : self.bounds[batch + 1]]

    def rows_of(self, batches: np.ndarray) -> np.ndarray:
        """Rows of several batches, one after the other."""
        return np.concatenate([self.order[:0], *(self.rows(int(batch)) for batch in batches)])

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the plan: what finished batches of an interrupted run are kept under."""
        return hashlib.sha256(self.order.tobytes() + self.bounds.tobytes()).hexdigest()


def plan_batches(lengths: np.ndarray, budget: int) -> Plan:
    """Sort rows by length and cut them into batches of at most `budget` tokens, padding included.

    The longest come first: memory is tried at once, and the time left is over-, not underestimated.

    Parameters
    ----------
    lengths : numpy.ndarray of int, shape (rows,)
        Tokens of each row, at least 1.
    budget : int
        Tokens of a batch; a row longer than that is a batch of its own.

    Returns
    -------
    Plan
    """
    order = np.argsort(-lengths, kind="stable")
    bounds = [0]
    while bounds[-1] < len(order):
        widest = int(lengths[order[bounds[-1]]])
        bounds.append(min(len(order), bounds[-1] + max(1, budget // widest)))
    return Plan(order, np.array(bounds))


@dataclass(frozen=True)
class Batch:
    """Arrays of shape (rows, width), as a model takes them.

    Attributes
    ----------
    ids : numpy.ndarray of int64
        Token ids.
    mask : numpy.ndarray of int64 or None
        1 for tokens, 0 for padding; ``None`` where nothing is padded.
    type_ids : numpy.ndarray of int64 or None
        Token types, for tokenizers that tell.
    """

    ids: np.ndarray
    mask: np.ndarray | None
    type_ids: np.ndarray | None


def pad(tokens: Tokens, rows: np.ndarray, pad_id: int, width: int | None = None) -> Batch:
    """Lay rows out as a rectangle, as wide as the longest of them or as `width`.

    Parameters
    ----------
    tokens : Tokens
        All rows.
    rows : numpy.ndarray of int
        Rows to take.
    pad_id : int
        What to fill with.
    width : int, optional
        Tokens a row; at least the longest.

    Returns
    -------
    Batch
    """
    starts, lengths = tokens.offsets[rows], tokens.offsets[rows + 1] - tokens.offsets[rows]
    position = np.arange(width or lengths.max())
    first = (len(position) - lengths if tokens.pads_left else np.zeros_like(lengths))[:, None]
    filled = (position >= first) & (position < first + lengths[:, None])
    source = (starts[:, None] + position - first)[filled]

    def rectangle(flat: np.ndarray, fill: int) -> np.ndarray:
        values = np.full(filled.shape, fill, np.int64)
        values[filled] = flat[source]
        return values

    return Batch(
        rectangle(tokens.ids, pad_id),
        None if filled.all() else filled.astype(np.int64),
        None if tokens.type_ids is None else rectangle(tokens.type_ids, 0),
    )
