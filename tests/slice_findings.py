"""What a search for slices says, made by hand: the counts are those of a comparison, the halves split them evenly."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.slices.findings import Description, FoundSlice, Half, SliceFindings, SliceSearch


def rate(count: int, n: int) -> Interval:
    """Make a rate with its Wilson interval."""
    low, high = (float(limit) for limit in wilson(count, n))
    return Interval(value=count / n, low=low, high=high)


def found_slice(
    comparison: Comparison, task: str, rule: str, where: str, *, outcome: str = "negative_flip",
    confirmed: bool = True, q: float = 0.004, also: Sequence[Description] = (),
) -> FoundSlice:  # fmt: skip
    """Make a found slice with the counts that its condition has in a comparison."""
    row = comparison.outcomes_where(where, task=task).iloc[0]
    counts = {name: int(row[name]) for name in OUTCOMES}
    n, flips, all_of_them = sum(counts.values()), counts[outcome], comparison.result(task)
    of_task = getattr(all_of_them, outcome) / all_of_them.n

    def half(flips: int, n: int) -> Half:
        return Half(n=n, flips=flips, rate=rate(flips, n), lift=flips / n / of_task)

    return FoundSlice(
        rule=rule, where=where, conditions=1, n=n, **counts, discovery=half(flips - flips // 2, n - n // 2),
        confirmation=half(flips // 2, n // 2), p=q / 4, q=q, confirmed=confirmed, also=list(also),
    )  # fmt: skip


def findings(
    comparison: Comparison, task: str, slices: Sequence[FoundSlice] = (), *, outcome: str = "negative_flip",
    candidate: str | None = None, reason: str | None = None, notes: Sequence[str] = (),
) -> SliceFindings:  # fmt: skip
    """Make the findings on one task of a candidate, the first one when not named."""
    result = comparison.result(task, candidate)
    flips = getattr(result, outcome)
    search = SliceSearch(
        task=task, candidate=candidate or comparison.candidates[0], n=result.n, flips=flips, rate=rate(flips, result.n),
        conditions=3, tried=41_250, tested=20, slices=list(slices), notes=list(notes), reason=reason,
    )  # fmt: skip
    return SliceFindings(outcome=outcome, tested=20, searches=[search])
