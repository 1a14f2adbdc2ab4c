"""Where the dashboard shows the flips that a reason of a verdict rests on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from flipscope.comparison import Comparison
from flipscope.schema import Reason
from flipscope_app.behaviors.capability_map import Cell, heat_map
from flipscope_app.behaviors.tables import link_name
from flipscope_app.examples.filters import name_of, one_of, slice_query
from flipscope_app.markup import Query
from flipscope_app.state import base_query
from flipscope_app.words import OUTCOME_NAMES


class FlipsBehind:
    """Finds the page with the flips behind a reason.

    Parameters
    ----------
    comparison : Comparison
        What was judged.
    candidate : str
        Whose verdict it is.
    """

    def __init__(self, comparison: Comparison, candidate: str) -> None:
        self._comparison = comparison
        self._candidate = candidate

    def __call__(self, reason: Reason) -> tuple[str, Mapping[str, Query]] | None:
        """Get the page and query that show the negative flips of a reason; None if there are none, or no such page."""
        if not reason.negative_flip:
            return None
        page = "behaviors" if reason.where.get("capability") else "examples"
        asked = self._tests(reason) if page == "behaviors" else self._examples(reason)
        return None if asked is None else (page, {**base_query(self._comparison, self._candidate), **asked})

    @cached_property
    def _cells(self) -> list[Cell]:
        return list(heat_map(self._comparison, self._candidate).cells.values())

    def _tests(self, reason: Reason) -> dict[str, str] | None:
        """Get what the Behaviors page is asked for: a test, or a field of its map."""
        wanted = {name: value for name, value in reason.where.items() if value is not None}
        for cell in self._cells:
            for test in cell.tests:
                if all(getattr(test, name) == value for name, value in wanted.items()):
                    return {"test": link_name(test)} if "test" in wanted else {"cell": cell.name}
        return None

    def _examples(self, reason: Reason) -> dict[str, str] | None:
        """Get what the Examples page is asked for: a task, and which of its examples; None if these are of several."""
        more: dict[str, str] = {}
        tasks = [task for task in self._comparison.tasks if reason.where.get("task") in (None, task)]
        if reason.kind == "slice" and "where" in reason.where:
            more = {"where": str(reason.where["where"])}
        elif reason.kind == "slice" and tasks:
            more = slice_query(self._comparison, tasks[0], str(reason.where["column"]), reason.where["value"])
        elif reason.kind == "must_not_break":
            more = {"where": one_of("example_id", tuple(map(name_of, reason.examples)))} if reason.examples else {}
            tasks = self._tasks_of(more["where"]) if more else []
        return {"task": tasks[0], "outcome": OUTCOME_NAMES["negative_flip"], **more} if len(tasks) == 1 else None

    def _tasks_of(self, condition: str) -> list[str]:
        """Get the tasks that have negative flips which meet a condition."""
        broke = self._comparison.examples("negative_flip", candidate=self._candidate, where=condition)
        return list(broke["task"].unique())
