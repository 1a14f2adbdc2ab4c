"""What a search for slices could have found, written by hand."""

from __future__ import annotations

from flipscope.contract import Interval
from flipscope.flips.intervals import wilson
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
