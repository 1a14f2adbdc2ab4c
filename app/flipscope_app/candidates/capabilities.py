"""What each method broke of each capability: counts, the same question for all methods, and the table of both."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.study import MethodResult
from flipscope.words import percent
from flipscope_app.markup import Html, figure_cell, figure_table, join, tag
from flipscope_app.overview.natural import LEAST
from flipscope_app.words import points

#: What the table begins with, and what all others are compared with.
_CONVENTIONAL = "conventional"


@dataclass(frozen=True)
class Broke:
    """Negative flips of test cases, or of examples, summed over the candidates of a method."""

    count: int
    judged: int

    @property
    def rate(self) -> float | None:
        """Share of the judged; None when there was none."""
        return self.count / self.judged if self.judged else None


#: By capability, then by method (or candidate).
Counts = Mapping[str, Mapping[str, Broke]]


def by_behaviors(comparison: Comparison, task: str | None) -> Counts:
    """Count what each candidate broke of the test cases of each capability, on a task or over all."""
    return _counted(
        (each.capability, candidate.name, each.negative_flip, each.both_evaluated)
        for candidate in comparison.results.candidates
        for each in candidate.capabilities
        if task in (None, each.task)
    )


def by_columns(slices: pd.DataFrame, task: str | None) -> Counts:
    """Count what each candidate broke of the examples of each capability, from `capability_slices`."""
    return _counted(
        (_name(row), str(row["candidate"]), int(row["negative_flip"]), int(row["n"]))
        for row in slices.to_dict("records")
        if task in (None, row["task"])
    )


def _name(row: Mapping[Hashable, Any]) -> str:
    return f"{row['name']} ({row['below']})" if row["below"] else str(row["name"])


def left_out_told(slices: pd.DataFrame, task: str | None) -> str:
    """Name the capabilities that are left out of `capability_slices`, on a task or over all; there some on one only."""
    shown = {_name(row) for row in slices.to_dict("records") if task in (None, row["task"])}
    left_out = [row for row in slices.attrs["left_out"] if task in (None, row["task"])]
    names = {f"{_name(row)} of {row['task']}" if _name(row) in shown else _name(row) for row in left_out}
    return f" Left out, as they have fewer than {LEAST} examples: {', '.join(sorted(names))}." if names else ""


def _counted(found: Iterable[tuple[str, str, int, int]]) -> Counts:
    counts: dict[str, dict[str, Broke]] = {}
    for capability, candidate, broke, judged in found:
        of_it = counts.setdefault(capability, {})
        before = of_it.get(candidate, Broke(0, 0))
        of_it[candidate] = Broke(before.count + broke, before.judged + judged)
    return counts


def by_method(counts: Counts, methods: Mapping[str, Sequence[str]]) -> Counts:
    """Sum over the candidates of each method; `methods` has their names by that of the method."""
    return {
        capability: {
            method: Broke(
                sum(of_it[name].count for name in names if name in of_it),
                sum(of_it[name].judged for name in names if name in of_it),
            )
            for method, names in methods.items()
        }
        for capability, of_it in counts.items()
    }


def compared(counts: Counts, method: str) -> tuple[int, int, int]:
    """Count the capabilities in which a method breaks a smaller share than conventional ones do, a larger one, and all.

    Only those that something is judged of for both are counted.
    """
    changes = [_change(of_it, method) for of_it in counts.values()]
    known = [change for change in changes if change is not None]
    return sum(change < 0 for change in known), sum(change > 0 for change in known), len(known)


def _change(of_it: Mapping[str, Broke], method: str) -> float | None:
    mine, theirs = of_it[method].rate, of_it[_CONVENTIONAL].rate
    return None if mine is None or theirs is None else mine - theirs


def does_it_help(counts: Counts, results: Sequence[MethodResult]) -> Html:
    """Tell of the best method, and of each way to distil, in how many capabilities less breaks than conventionally."""
    others = [result for result in results if result.kind != "conventional"]
    best = max(others, key=lambda result: compared(counts, result.method)[0], default=None)
    told = []
    for result in [*([best] if best else []), *(each for each in others if each.kind == "distillation")]:
        fewer, more, known = compared(counts, result.method)
        than = f" breaks less than the conventional update in {fewer} of {known} capabilities, more in {more}. "
        told.append(join(tag("b", result.method), than))
    told = list(dict.fromkeys(told))  # the best one may be a way to distil
    return tag("p", *told, class_="fs-candidates-told") if told else Html("")


def capabilities_table(counts: Counts, methods: Sequence[str]) -> Html:
    """Make the table: share that broke by capability and method, the counts, and the difference to conventional."""
    most = max((each.rate or 0.0 for of_it in counts.values() for each in of_it.values()), default=0.0)
    most = max(most, 0.05)  # one broken case of a thousand is no alarm
    rows = []
    for capability, of_it in counts.items():
        cells = [_cell(of_it[method], None if method == _CONVENTIONAL else _change(of_it, method), most)
                 for method in methods]  # fmt: skip
        rows.append(tag("tr", tag("th", capability, scope="row"), *cells))
    totals = [_total_cell(*compared(counts, method)) if method != _CONVENTIONAL else figure_cell("")
              for method in methods]  # fmt: skip
    rows.append(tag("tr", tag("th", "Breaks less than conventional in", scope="row"), *totals, class_="fs-total"))
    return tag("div", figure_table({"Capability": "", **dict.fromkeys(methods, "")}, rows), class_="fs-by-capability")


def _total_cell(fewer: int, more: int, known: int) -> Html:
    return figure_cell(f"{fewer} of {known}", f"more in {more}")


def _cell(broke: Broke, change: float | None, most: float) -> Html:
    if broke.rate is None:
        return figure_cell("–", "not judged")
    moved = "" if change is None else f" {points(change, 1)}"
    main = join(tag("b", percent(broke.rate, 1)), moved)
    below = tag("span", f"{broke.count:,} of {broke.judged:,}", class_="fs-below")
    return tag("td", main, below, style=f"--fs-share:{100 * broke.rate / most:.0f}%")
