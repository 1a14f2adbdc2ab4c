"""What is to be checked: every limit of a budget, with what was counted in its scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import BehaviorLimit, Budget, Limits, MustNotBreak, SliceLimit
from flipscope.judge.fit import about_slice, check_names, fits, no_such_test, refuse_clusters
from flipscope.judge.listed import look_up
from flipscope.judge.noise_floor import Floor, Repeats
from flipscope.judge.tallies import (
    Tally,
    case_tallies,
    check_column,
    condition_tallies,
    largest_cost,
    slice_tallies,
    task_tally,
)
from flipscope.judge.values import Value, values_of
from flipscope.store.query import check_condition
from flipscope.store.tables import ANSWERS

Kind = Literal["task", "pooled", "capability", "test", "slice", "must_not_break"]
Measure = Literal["nfr", "excess_nfr", "accuracy_delta", "cost", "negative_flip"]
#: Counts cases by some columns.
Cases = Callable[[tuple[str, ...]], dict[tuple[Any, ...], Tally]]
#: Counts examples by a column, in one task or all, of one value or all.
Slices = Callable[[str, str | None, Value], dict[tuple[Any, ...], Tally]]
#: Counts examples that meet a condition, in one task or all.
Conditions = Callable[[str, str | None], dict[tuple[Any, ...], Tally]]

_TEST = ("task", "capability", "type", "test")


@dataclass(frozen=True)
class Check:
    """One limit in one scope.

    Attributes
    ----------
    scope : str
        Where, for people.
    kind : str
        What sort of scope it is.
    where : dict
        The same for programs: task, capability, type, test, column, value; of a condition task, slice, where.
    measure : str
        What is limited.
    limit : float
        The budget.
    required : bool
        Whether shipping depends on it; else it gives a note.
    tally : Tally
        What was counted.
    dearest : float
        What a single example can cost at the most.
    floor : Floor, optional
        The noise floor that is subtracted.
    broke : tuple of str
        Of a list of examples, the ids of those that broke.
    """

    scope: str
    kind: Kind
    where: dict[str, str | None]
    measure: Measure
    limit: float
    required: bool
    tally: Tally
    dearest: float = 1.0
    floor: Floor | None = None
    broke: tuple[str, ...] = ()


def checks(
    comparison: Comparison, candidate: str, budget: Budget, repeats: Repeats | None = None,
    counted: Comparison | None = None,
) -> list[Check]:  # fmt: skip
    """List what a budget asks of a candidate, what is required first.

    In the limits of tasks, pooled and slices, examples count as in `counted`, by default as they are. What must not
    break is what somebody listed by name: it counts whatever it is judged as.

    Raises
    ------
    FlipscopeError
        When the budget names a task, class, column, value, capability or test that the comparison does not have, or
        requires nothing that it has.
    """
    infos = comparison.manifest.tasks
    labels = {label for info in infos for label in info.label_names}
    check_names(budget, tasks=[info.task for info in infos], labels=labels, where=comparison.path)
    _check_data(comparison, budget)
    counted = counted or comparison

    @cache
    def cases(columns: tuple[str, ...]) -> dict[tuple[Any, ...], Tally]:
        return case_tallies(comparison, candidate, columns)

    @lru_cache(maxsize=None, typed=True)  # 1 and true are two values
    def slices(column: str, task: str | None, value: Value) -> dict[tuple[Any, ...], Tally]:
        values = values_of(comparison, candidate, column, task, value)
        return slice_tallies(counted, candidate, column, task=task, cluster=budget.cluster, values=values)

    @cache
    def conditions(where: str, task: str | None) -> dict[tuple[Any, ...], Tally]:
        check_condition(comparison.connection, where)
        refuse_clusters(comparison.connection, where)
        return condition_tallies(counted, candidate, where, task=task, cluster=budget.cluster)

    found = [
        *_task_checks(counted, candidate, budget, repeats),
        *_listed_checks(comparison, candidate, budget.must_not_break, cases),
        *(check for limit in budget.behaviors for check in _behavior_checks(comparison, candidate, limit, cases)),
        *(
            check
            for limit in budget.slices
            for check in (
                _condition_checks(counted, limit, limit.where, conditions)
                if limit.where is not None
                else _slice_checks(counted, candidate, limit, slices)
            )
        ),
    ]
    if not any(check.required for check in found):
        raise FlipscopeError(
            "the budget requires nothing that this comparison has", where=comparison.path, do="See docs/gate.md"
        )
    return sorted(found, key=lambda check: not check.required)


def _check_data(comparison: Comparison, budget: Budget) -> None:
    """Refuse what is about evaluation data where there are none, or not of that task."""
    listed = budget.must_not_break.examples or budget.must_not_break.texts
    if not comparison.tasks and (budget.slices or listed or budget.cluster):
        raise FlipscopeError(
            "the budget limits examples, and only suites were run", where=comparison.path, do="Compare with --data"
        )
    for task in (*budget.tasks, *(limit.task for limit in budget.slices)):
        if task is not None and task not in comparison.tasks:
            raise FlipscopeError(
                f"the budget limits examples of {task!r}, and only suites were run for it",
                where=comparison.path,
                do=f"Tasks with data are {', '.join(comparison.tasks)}",
            )
    if budget.cluster is not None:
        check_column(budget.cluster, comparison.meta_columns, "cluster")
    if budget.must_not_break.files:
        raise FlipscopeError("golden files were not read with the budget", do="Use read_budget, or make_budget")


def _task_checks(comparison: Comparison, candidate: str, budget: Budget, repeats: Repeats | None) -> Iterator[Check]:
    """Check all examples of each task, and of all tasks together."""
    for task in comparison.tasks:
        limits = budget.limits(task)
        yield from _limit_checks(comparison, candidate, task, limits, budget, repeats)
    if budget.pooled is not None and comparison.tasks:
        tally = task_tally(comparison, candidate, None, cluster=budget.cluster)
        yield Check("all tasks", "pooled", {}, "nfr", budget.pooled.max_nfr, True, tally)


def _limit_checks(
    comparison: Comparison, candidate: str, task: str, limits: Limits, budget: Budget, repeats: Repeats | None
) -> Iterator[Check]:
    """Check all examples of one task."""
    cluster = budget.cluster
    where: dict[str, str | None] = {"task": task}
    if limits.max_nfr is not None or limits.min_accuracy_change is not None:
        tally = task_tally(comparison, candidate, task, cluster=cluster)
    if limits.max_nfr is not None:
        floor = repeats.floor(comparison, candidate, task, cluster) if repeats is not None else None
        measure: Measure = "nfr" if floor is None else "excess_nfr"
        yield Check(task, "task", where, measure, limits.max_nfr, True, tally, floor=floor)
    if limits.min_accuracy_change is not None:
        yield Check(task, "task", where, "accuracy_delta", limits.min_accuracy_change, True, tally)
    if limits.max_cost is not None and budget.cost is not None:
        dearest = largest_cost(comparison, candidate, task, budget.cost)
        tally = task_tally(comparison, candidate, task, cluster=cluster, cost=budget.cost)
        yield Check(task, "task", where, "cost", limits.max_cost, True, tally, dearest)


def _slice_checks(comparison: Comparison, candidate: str, limit: SliceLimit, slices: Slices) -> Iterator[Check]:
    """Check the slices of one column: each value, or the one that is named, in every task that has it."""
    column = limit.column or ""
    check_column(column, [*comparison.meta_columns, *ANSWERS], "[[slice]]")
    for (task, value), tally in slices(column, limit.task, limit.value).items():
        if value is None and tally.n == comparison.result(task, candidate).n:
            continue  # the task does not have the column
        told = "(none)" if value is None else value or "(empty)"
        where = {"task": task, "column": column, "value": value}
        yield Check(f"{task}: {column} = {told}", "slice", where, "nfr", limit.max_nfr, limit.required, tally)


def _condition_checks(comparison: Comparison, limit: SliceLimit, where: str, conditions: Conditions) -> Iterator[Check]:
    """Check the examples that meet a condition, in every task that has some.

    Without any the limit is undecided: what a condition is about may depend on the candidate's answers.
    """
    with about_slice(limit):
        found = {task: tally for (task,), tally in conditions(where, limit.task).items()}
    asked = comparison.tasks if limit.task is None else [limit.task]
    for task in [name for name in asked if name in found] or asked:
        told = {"task": task, "slice": limit.name, "where": where}
        scope = f"{task}: {limit.name or where}"
        yield Check(scope, "slice", told, "nfr", limit.max_nfr, limit.required, found.get(task, Tally.of_none()))


def _behavior_checks(comparison: Comparison, candidate: str, limit: BehaviorLimit, cases: Cases) -> Iterator[Check]:
    """Check test cases: of the tests or capabilities that fit the limit."""
    if not comparison.behaviors:
        raise FlipscopeError(
            "the budget limits behaviors, and no suite was run", where=comparison.path, do="Compare with --suite"
        )
    by_test = limit.test is not None
    columns = ("task", "capability", "type", *(("suite", "test") if by_test else ()))
    results = comparison.candidate(candidate).behaviors
    keys = dict.fromkeys(tuple(getattr(each, name) for name in columns) for each in results)
    chosen = [key for key in keys if fits(dict(zip(columns, key, strict=True)), limit)]
    if not chosen:
        raise no_such_test(limit, [each.model_dump(include={*_TEST}) for each in results])
    for key in chosen:
        where = dict(zip(columns, key, strict=True))
        name = f"test {where['test']}" if by_test else f"{where['capability']} ({where['type']})"
        tally = cases(columns).get(key, Tally.of_none())
        kind: Kind = "test" if by_test else "capability"
        yield Check(f"{where['task']}: {name}", kind, where, "nfr", limit.max_nfr, limit.required, tally)


def _listed_checks(comparison: Comparison, candidate: str, listed: MustNotBreak, cases: Cases) -> Iterator[Check]:
    """Check what must not break at all."""
    if listed.examples or listed.texts:
        found = look_up(comparison, candidate, listed)
        count = len(set(listed.examples)) + len(set(listed.texts))
        scope = f"{count:,} example{'' if count == 1 else 's'} that must not break"
        yield _zero_tolerance(scope, {"task": listed.task}, found.tally, tuple(found.broke))
    for test in listed.tests:
        limit = BehaviorLimit(max_nfr=0, required=True, test=test, task=listed.task)
        for check in _behavior_checks(comparison, candidate, limit, cases):
            yield _zero_tolerance(check.scope, check.where, check.tally)


def _zero_tolerance(scope: str, where: dict[str, str | None], tally: Tally, broke: tuple[str, ...] = ()) -> Check:
    return Check(scope, "must_not_break", where, "negative_flip", 0, True, tally, broke=broke)
