"""Minimal pairs in one line: ``The cat [is|are] asleep.`` is the acceptable sentence and the unacceptable one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_CHOICE = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


def split(frame: str) -> tuple[str, str]:
    """Write out both members: with what stands first in each pair of brackets, and with what stands second."""
    return _CHOICE.sub(r"\1", frame), _CHOICE.sub(r"\2", frame)


def minimal_pairs(frames: Sequence[str]) -> list[list[dict[str, str]]]:
    """Make templates whose cases hold the acceptable and the unacceptable member, with their labels."""
    return [
        [
            {"text": text, "label": label}
            for text, label in zip(split(frame), ("acceptable", "unacceptable"), strict=True)
        ]
        for frame in frames
    ]


def mft(id: str, name: str, capability: str, description: str, frames: Sequence[str], n: int = 150) -> dict[str, Any]:
    """Describe a test of minimal pairs."""
    return {
        "id": id,
        "name": name,
        "capability": capability,
        "type": "MFT",
        "description": f"{description} A case is a pair, and fails when either member is judged wrong.",
        "expect": {"kind": "label"},
        "n": n,
        "templates": minimal_pairs(frames),
    }
