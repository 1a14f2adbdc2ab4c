"""The search for slices: where the candidate breaks, or mends, more than elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Literal, get_args

from flipscope.errors import FlipscopeError
from flipscope.progress import Progress, SilentProgress
from flipscope.slices.confirm import Group, Trial, corrected, judge, rate_of
from flipscope.slices.features import MIN_FLIPS, Features, make_features
from flipscope.slices.findings import SliceFindings, SliceSearch
from flipscope.slices.fold import Distinct, distinct_rules
from flipscope.slices.halves import Halves, halve
from flipscope.slices.rule import MOST_CONDITIONS, Rule

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

Outcome = Literal["negative_flip", "positive_flip"]

_UNSURE = 5  # slices to test at least, even if all look like luck
_MIN_ROWS, _MIN_SHARE = 30, 0.001  # of a slice, by default: the larger of the two


@dataclass(frozen=True)
class _Options:
    columns: Sequence[str] | None
    words: bool
    confidence: bool
    conditions: int
    min_rows: int | None
    limit: int


def find_slices(
    comparison: Comparison,
    *,
    task: str | None = None,
    candidate: str | None = None,
    outcome: Outcome = "negative_flip",
    columns: Sequence[str] | None = None,
    words: bool = True,
    confidence: bool = False,
    conditions: int = MOST_CONDITIONS,
    min_rows: int | None = None,
    limit: int = 10,
    progress: Progress | None = None,
) -> SliceFindings:
    """Find slices of the data with a high flip rate, and confirm them on examples that were not searched.

    Parameters
    ----------
    comparison : Comparison
        What is searched.
    task, candidate : str, optional
        Only this task or candidate; by default all.
    outcome : str
        ``negative_flip`` (what broke) or ``positive_flip`` (what got better).
    columns : sequence of str, optional
        Metadata columns to make conditions of; by default all that serve. ``label`` is always searched.
    words : bool
        Whether to search words of the texts.
    confidence : bool
        Whether to search the confidence of the two models. Whatever breaks tends to be what they are unsure of, which
        then stands in the place of what the examples have in common.
    conditions : int
        Conditions of a slice at the most: 1, 2 or 3.
    min_rows : int, optional
        Examples a slice has at least; by default 30, or one in a thousand where that is more.
    limit : int
        Slices listed for each task and candidate at the most.
    progress : Progress, optional
        Told of every search.

    Returns
    -------
    SliceFindings

    Raises
    ------
    FlipscopeError
        When there is no such task, candidate or column, or an option makes no sense.
    """
    options = _Options(columns, words, confidence, conditions, min_rows, limit)
    _check(comparison, outcome, options)
    progress = progress or SilentProgress()
    tasks = [comparison.result(task).task] if task or not comparison.tasks else comparison.tasks
    candidates = [comparison.candidate(candidate).name] if candidate else comparison.candidates
    pairs = [(each, name) for each in tasks for name in candidates]
    searches = []
    with progress.step("Search for slices", len(pairs), "searches") as step:
        for each, name in pairs:
            searches.append(_search(comparison, each, name, outcome, options))
            step.advance(1)
    tested = sum(search.tested for search, _ in searches)
    return SliceFindings(outcome=outcome, tested=tested, searches=corrected(searches, limit))


def _check(comparison: Comparison, outcome: str, options: _Options) -> None:
    if outcome not in get_args(Outcome):
        raise FlipscopeError(f"can't search for {outcome!r}", do=f"Choose from {', '.join(get_args(Outcome))}")
    if not 1 <= options.conditions <= MOST_CONDITIONS:
        raise FlipscopeError(f"a slice has 1 to {MOST_CONDITIONS} conditions, not {options.conditions}")
    for name, value in (("min_rows", options.min_rows), ("limit", options.limit)):
        if value is not None and value < 1:
            raise FlipscopeError(f"{name} is {value}", do="Give a number from 1 up")
    known = comparison.meta_columns
    for column in options.columns or ():
        if column not in known and column != "label":
            raise FlipscopeError(
                f"there is no metadata column {column!r}", where=comparison.path,
                do=f"Choose from {', '.join(known) or 'none: there is none'}",
            )  # fmt: skip


def _search(
    comparison: Comparison, task: str, candidate: str, outcome: str, options: _Options
) -> tuple[SliceSearch, list[Group]]:
    """Search one task of one candidate, and test what is found; nothing is corrected and listed yet."""
    result = comparison.result(task, candidate)
    flips: int = getattr(result, outcome)
    found = SliceSearch(
        task=task, candidate=candidate, n=result.n, flips=flips, rate=rate_of(flips, result.n), conditions=0, tried=0,
        tested=0, slices=[],
    )  # fmt: skip
    if flips < 2 * MIN_FLIPS:
        return found.model_copy(update={"reason": "too_few_flips" if result.n else "no_examples"}), []
    halves = halve(comparison, task, candidate, outcome, _cluster(comparison, candidate))
    if not MIN_FLIPS <= halves.n_flips < flips:
        return found.model_copy(update={"reason": "too_few_flips"}), []
    wanted = options.min_rows or max(_MIN_ROWS, math.ceil(_MIN_SHARE * result.n))
    min_rows = math.ceil(halves.share * wanted)
    columns = [name for name in (options.columns or comparison.meta_columns) if name != "label"]
    features = make_features(
        halves, columns=columns, words=options.words, confidence=options.confidence, min_rows=min_rows,
        clusters=options.columns is None,
    )  # fmt: skip
    groups, tried = _found(halves, features, options, min_rows)
    notes = [*_told(halves, result.n), *features.notes]
    return found.model_copy(
        update={
            "conditions": len(features.conditions), "tried": tried, "tested": sum(map(len, groups)), "notes": notes,
        }
    ), groups  # fmt: skip


def _told(halves: Halves, n: int) -> Iterator[str]:
    """Tell what the search was made on, and what it was confirmed on."""
    yield f"searched on {halves.n:,} examples, confirmed on the other {n - halves.n:,}"
    if len(halves.units):
        yield (
            f"{len(halves.units):,} of these have their texts, or the cluster that the verdict goes by, in common with "
            "others: intervals and tests allow for that"
        )


def _found(halves: Halves, features: Features, options: _Options, min_rows: int) -> tuple[list[Group], int]:
    if not features.conditions:
        return [], 0
    picked, tried = distinct_rules(
        features.rows, conditions=options.conditions, min_rows=min_rows, min_flips=MIN_FLIPS,
        least=_UNSURE, most=2 * options.limit, always=features.values,
    )  # fmt: skip
    groups = [[each, *each.rivals] for each in picked]
    rules = [[_rule(features, each.rule) for each in group] for group in groups]
    conditions = [rule.sql for some in rules for rule in some]
    counts = halves.count(conditions)
    units = halves.by_unit(conditions)
    names = (f"c{i}" for i in count())

    def tested(each: Distinct, rule: Rule) -> Trial:
        also = [_rule(features, other) for other in each.also]
        return Trial(judge(rule, also, counts, next(names), halves.outcome, next(units)), rule, each.flips)

    return [list(map(tested, group, some)) for group, some in zip(groups, rules, strict=True)], tried


def _rule(features: Features, members: Sequence[int]) -> Rule:
    return Rule(tuple(features.conditions[i] for i in members))


def _cluster(comparison: Comparison, candidate: str) -> str | None:
    """Get the column that keeps examples together, as the verdict has it."""
    verdict = comparison.candidate(candidate).verdict
    return verdict.cluster if verdict and verdict.cluster in comparison.meta_columns else None
