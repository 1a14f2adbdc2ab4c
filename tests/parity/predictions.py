"""Random predictions of the awkward sort: ties, moves of exactly a tolerance and one rounding beside it, certainty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

FORMATS = ("pred_and_softmax", "softmax", "binary_conf", "pred_and_conf", "pred_only")
WITH_VECTOR = FORMATS[:3]


def write(path: Path, file_format: str, rows: int, classes: int, rng: np.random.Generator) -> Path:
    """Write predictions in one of CheckList's formats, each number with all its digits."""
    line = _LINES[file_format]
    path.write_text("".join(line(_vector(classes, rng), rng) + "\n" for _ in range(rows)))
    return path


def _vector(classes: int, rng: np.random.Generator) -> list[float]:
    """Draw probabilities in steps of a twentieth, now and then moved to the next number there is."""
    cuts = np.sort(rng.integers(0, 21, size=classes - 1))
    values = [float(part / 20) for part in np.diff([0, *cuts, 20])]
    if rng.random() < 0.3:
        # 0.30000000000000004 - 0.2 is more than 0.1, 0.3 - 0.2 is less.
        values = [float(np.clip(np.nextafter(value, rng.integers(0, 2)), 0, 1)) for value in values]
    return values


def _numbers(values: list[float]) -> str:
    return " ".join(repr(value) for value in values)


def _label(values: list[float], rng: np.random.Generator) -> int:
    """Answer with the most probable class, or, one time in four, with any: such a file is taken at its word."""
    return int(rng.integers(len(values))) if rng.random() < 0.25 else int(np.argmax(values))


_LINES: dict[str, Callable[[list[float], np.random.Generator], str]] = {
    "pred_and_softmax": lambda values, rng: f"{_label(values, rng)} {_numbers(values)}",
    "softmax": lambda values, rng: _numbers(values),
    "binary_conf": lambda values, rng: repr(values[1]),
    "pred_and_conf": lambda values, rng: f"{_label(values, rng)} {values[0]!r}",
    "pred_only": lambda values, rng: str(_label(values, rng)),
}
