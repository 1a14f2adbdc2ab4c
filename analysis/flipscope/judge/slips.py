"""Limits that allow so much that percent were probably meant; they are legal all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flipscope.judge.budget import Budget

_MANY = 0.5  # an NFR that nobody allows
_STEEP = -0.2  # a fall of accuracy that nobody allows


def slips(budget: Budget | None, where: str | Path) -> Iterator[str]:
    """Tell of limits that look like a percentage which was not divided by 100, a line each."""
    for key, value in _rates(budget) if budget is not None else ():
        if key.endswith("max_nfr") and value >= _MANY:
            what = "everything" if value == 1 else f"{100 * value:.4g}% of all"
            yield f"{where}: {key} = {value:g} allows {what} to break; {value:g} % is written {value / 100:g}"
        elif key.endswith("min_accuracy_change") and value <= _STEEP:
            meant = f"{value:g} points are written {value / 100:g}"
            yield f"{where}: {key} = {value:g} lets accuracy fall by {-100 * value:.4g} points; {meant}"


def _rates(budget: Budget) -> Iterator[tuple[str, float]]:
    """List the limits of rates, by their keys in the file."""
    parts = [
        ("", budget),
        *((f"task.{name}.", limits) for name, limits in budget.tasks.items()),
        *([("pooled.", budget.pooled)] if budget.pooled else []),
        *((f"behavior.{i}.", limit) for i, limit in enumerate(budget.behaviors, 1)),
        *((f"slice.{i}.", limit) for i, limit in enumerate(budget.slices, 1)),
    ]
    for start, part in parts:
        for name in ("max_nfr", "min_accuracy_change"):
            value = getattr(part, name, None)
            if value is not None:
                yield f"{start}{name}", value
