"""The tests of a comparison by capability and task: what the map on the Behaviors page shows."""

from __future__ import annotations

from dataclasses import dataclass

from flipscope.comparison import Comparison
from flipscope.schema import BehaviorResult


@dataclass(frozen=True)
class Cell:
    """The tests of one capability in one column of the map, their cases summed."""

    capability: str
    column: str
    tests: tuple[BehaviorResult, ...]

    @property
    def name(self) -> str:
        """What links call it."""
        return f"{self.capability} / {self.column}"

    @property
    def judged(self) -> int:
        """Cases that both models have a result on."""
        return self._sum("both_evaluated")

    @property
    def broke(self) -> int:
        """Cases the old model passes and the candidate fails."""
        return self._sum("negative_flip")

    @property
    def nfr(self) -> float | None:
        """Share of the judged cases that broke; None when none was judged."""
        return self.broke / self.judged if self.judged else None

    @property
    def change(self) -> float | None:
        """Failure rate of the candidate minus that of the old model, each over the cases it has a result on."""
        old, new = self._sum("old_evaluated"), self._sum("new_evaluated")
        return self._sum("new_fails") / new - self._sum("old_fails") / old if old and new else None

    @property
    def fails(self) -> tuple[int, int]:
        """Cases that the old model and the candidate fail."""
        return self._sum("old_fails"), self._sum("new_fails")

    def _sum(self, field: str) -> int:
        return sum(getattr(test, field) for test in self.tests)


@dataclass(frozen=True)
class HeatMap:
    """Capabilities by tasks; where there is one task, by test types, or by suites.

    Attributes
    ----------
    across : str
        ``task``, ``type`` or ``suite``: what the columns are.
    rows, columns : list of str
        In the order of the suites.
    cells : dict
        By row and column; one that no test belongs to is missing.
    """

    across: str
    rows: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], Cell]


def heat_map(comparison: Comparison, candidate: str) -> HeatMap:
    """Lay the tests of a candidate out by capability and task."""
    tests = comparison.candidate(candidate).behaviors
    across = next((key for key in ("task", "type", "suite") if len({getattr(each, key) for each in tests}) > 1), "type")
    grouped: dict[tuple[str, str], list[BehaviorResult]] = {}
    for test in tests:
        grouped.setdefault((test.capability, getattr(test, across)), []).append(test)
    cells = {place: Cell(*place, tuple(found)) for place, found in grouped.items()}
    rows, columns = (list(dict.fromkeys(place[axis] for place in cells)) for axis in (0, 1))
    return HeatMap(across, rows, columns, cells)
