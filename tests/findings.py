"""What a search for slices could have found, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.slices.findings import Description, FoundSlice, Half, SliceFindings, SliceSearch


def rate(flips: int, n: int) -> Interval:
    low, high = wilson(flips, n)
    return Interval(value=flips / n, low=float(low), high=float(high))


def found(rule: str, where: str, flips: int, n: int, *, q: float, also: tuple[str, ...] = ()) -> FoundSlice:
    """Make a slice of `n` examples, half of them and of the `flips` on either half; the task's rate is 5 %."""
    half = Half(n=n // 2, flips=flips // 2, rate=rate(flips // 2, n // 2), lift=(flips // 2) / (n // 2) / 0.05)
    return FoundSlice(
        rule=rule, where=where, conditions=1 + where.count(" AND "), n=n, both_correct=n - flips, negative_flip=flips,
        positive_flip=0, both_wrong=0, discovery=half, confirmation=half, p=q / 10, q=q, confirmed=q <= 0.05,
        also=[Description(rule=f"text_a has '{word}'", where=f"has_word(text_a, '{word}')") for word in also],
    )  # fmt: skip


def searched(*slices: FoundSlice, task: str = "t", candidate: str = "new", **more: object) -> SliceSearch:
    """Make a search of 1,000 examples, 50 of which broke."""
    known = {"n": 1000, "flips": 50, "rate": rate(50, 1000), "conditions": 3, "tried": 12345, "tested": 40}
    return SliceSearch(task=task, candidate=candidate, slices=list(slices), **known | more)  # type: ignore[arg-type]


def findings(*searches: SliceSearch, outcome: str = "negative_flip") -> SliceFindings:
    """Put searches together."""
    return SliceFindings(outcome=outcome, tested=sum(each.tested for each in searches), searches=list(searches))  # type: ignore[arg-type]


# With the counts of a comparison, which the halves split evenly


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


def findings_on(
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
