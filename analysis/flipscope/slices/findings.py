"""What a search for slices says (JSON contract): ``flipscope slices --json``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from flipscope.contract import STRICT, Interval


class _Contract(BaseModel):
    model_config = STRICT


class Half(_Contract):
    """A slice on one half of the examples: those it has, how many flipped, and the rate with its Wilson interval.

    ``lift`` is the rate over that of the task on the same half; null where none of the task's flipped.
    """

    n: int
    flips: int
    rate: Interval
    lift: float | None
    lift_reason: str | None = None


class Description(_Contract):
    """A slice as words and as a DuckDB expression for ``--where``, links and budgets."""

    rule: str
    where: str


class FoundSlice(Description):
    """One slice that was found.

    ``discovery`` is the half it was found on: its rate is too high, the highest of many by luck. ``confirmation`` is
    the other half, which played no part in the search: its rate is to be quoted. ``p`` is of Fisher's exact test on
    that half, one-sided, slice against the rest of the task; ``q`` is corrected (Benjamini-Hochberg) over all slices
    tested, and ``confirmed`` says that it is at most 0.05. The four outcomes count all examples, of both halves.
    ``also`` has other descriptions of nearly the same examples, and confirmed slices that share most of its flips.
    Intervals and tests allow for examples with the same texts, or of the same cluster.
    """

    conditions: int
    n: int
    both_correct: int
    negative_flip: int
    positive_flip: int
    both_wrong: int
    discovery: Half
    confirmation: Half
    p: float
    q: float
    confirmed: bool
    also: list[Description] = []


class SliceSearch(_Contract):
    """What was found on one task for one candidate: confirmed slices first, then by the rate that counts.

    ``n``, ``flips`` and ``rate`` are the task's. ``conditions`` is how many single conditions were put together,
    ``tried`` how many slices of one, two or three of them the search looked at on the first half, ``tested`` how many
    of these were tested on the other. Null ``reason``: it was searched.
    """

    task: str
    candidate: str
    n: int
    flips: int
    rate: Interval
    conditions: int
    tried: int
    tested: int
    slices: list[FoundSlice]
    notes: list[str] = []
    reason: str | None = None


class SliceFindings(_Contract):
    """What ``flipscope slices --json`` prints; ``tested`` slices, of all searches, are what ``q`` is corrected over."""

    schema_version: Literal[1] = 1
    outcome: Literal["negative_flip", "positive_flip"]
    tested: int
    searches: list[SliceSearch]
