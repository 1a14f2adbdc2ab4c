"""Where the dashboard shows the flips that a reason of a verdict rests on."""

from __future__ import annotations

from typing import Any

from flipscope.comparison import Comparison
from flipscope.schema import Reason
from flipscope_app.behaviors.capability_map import heat_map
from flipscope_app.behaviors.tables import link_name
from flipscope_app.examples.filters import name_of, one_of, slice_query
from flipscope_app.markup import Query
from flipscope_app.state import base_query
from flipscope_app.words import OUTCOME_NAMES

#: Characters of a condition: a longer one would not be looked at, and addresses have an end.
_LONGEST_CONDITION = 2_000


def flips_behind(comparison: Comparison, candidate: str, reason: Reason) -> tuple[str, dict[str, Query]] | None:
    """Find the page and the query that show the negative flips of a reason; None if there are none, or no such page."""
    if not reason.negative_flip:
        return None
    page = "behaviors" if reason.where.get("capability") else "examples"
    asked = _tests(comparison, candidate, reason) if page == "behaviors" else _examples(comparison, candidate, reason)
    return None if asked is None else (page, {**base_query(comparison, candidate), **asked})


def _tests(comparison: Comparison, candidate: str, reason: Reason) -> dict[str, str] | None:
    """Get what the Behaviors page is asked for: a test, or a field of its map."""
    wanted = {name: value for name, value in reason.where.items() if value is not None}
    for cell in heat_map(comparison, candidate).cells.values():
        for test in cell.tests:
            if all(getattr(test, name) == value for name, value in wanted.items()):
                return {"test": link_name(test)} if "test" in wanted else {"cell": cell.name}
    return None


def _examples(comparison: Comparison, candidate: str, reason: Reason) -> dict[str, str] | None:
    """Get what the Examples page is asked for: one task, and which of its examples; None if these are of several."""
    more: dict[str, str] = {}
    tasks = [task for task in comparison.tasks if reason.where.get("task") in (None, task)]
    if reason.kind == "slice":
        more = slice_query(comparison, tasks[0], str(reason.where["column"]), reason.where["value"])
    elif reason.kind == "must_not_break":
        condition = _listed(comparison.manifest.budget or {})
        if not 0 < len(condition) <= _LONGEST_CONDITION:
            return None
        more = {"where": condition}
        broke = comparison.examples("negative_flip", candidate=candidate, where=condition, limit=None)
        tasks = [task for task in tasks if task in set(broke["task"])]
    return {"task": tasks[0], "outcome": OUTCOME_NAMES["negative_flip"], **more} if len(tasks) == 1 else None


def _listed(budget: dict[str, Any]) -> str:
    """Write the condition for the examples that a budget lists."""
    listed = budget.get("must_not_break", {})
    names = {"example_id": listed.get("examples", ()), "text_a": listed.get("texts", ())}
    parts = [one_of(column, tuple(map(name_of, values))) for column, values in names.items() if values]
    return " OR ".join(parts)
