"""What is to be checked: every limit of a budget, with what was counted in its scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import BehaviorLimit, Budget, Limits, SliceLimit
from flipscope.judge.fit import check_names, fits, no_such_test
from flipscope.judge.noise_floor import Floor, Repeats
from flipscope.judge.tallies import Tally, case_tallies, example_tallies, largest_cost, together
from flipscope.store.query import one_of, where_all

Kind = Literal["task", "pooled", "capability", "test", "slice", "must_not_break"]
Measure = Literal["nfr", "excess_nfr", "accuracy_delta", "cost", "negative_flip"]


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
        The same for programs: task, capability, type, test, column, value.
    measure : str
        What is limited.
    limit : float
        The budget.
    required : bool
        Whether shipping depends on it; else it gives a note.
    tally : Tally
        What was counted.
    dearest : float
        What a single flip can cost at the most.
    floor : Floor, optional
        The noise floor that is subtracted.
    missing : int
        How much of a list is not in the comparison, and so can't be judged.
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
    missing: int = 0


def checks(comparison: Comparison, candidate: str, budget: Budget, repeats: Repeats | None = None) -> list[Check]:
    """List what a budget asks of a candidate, what is required first.

    Raises
    ------
    FlipscopeError
        When the budget names a task, column, value, capability or test that the comparison does not have.
    """
    infos = comparison.manifest.tasks
    labels = {label for info in infos for label in info.label_names}
    check_names(budget, tasks=[info.task for info in infos], labels=labels, where=comparison.path)
    found = [
        *_task_checks(comparison, candidate, budget, repeats),
        *_lists(comparison, candidate, budget),
        *(check for limit in budget.behaviors for check in _behavior_checks(comparison, candidate, limit)),
        *(check for limit in budget.slices for check in _slice_checks(comparison, candidate, limit, budget)),
    ]
    if not any(check.required for check in found):
        raise FlipscopeError(
            "the budget requires nothing that this comparison has", where=comparison.path, do="See docs/gate.md"
        )
    return sorted(found, key=lambda check: not check.required)


def _task_checks(comparison: Comparison, candidate: str, budget: Budget, repeats: Repeats | None) -> Iterator[Check]:
    """Check all examples of each task, and of all tasks together."""
    tallies: list[Tally] = []
    dearest = largest_cost(comparison, candidate, budget.cost) if budget.cost and comparison.tasks else 1.0
    empty = Tally.of_none()
    for task in comparison.tasks:
        found = example_tallies(comparison, candidate, [], task=task, cluster=budget.cluster, cost=budget.cost)
        tally = found.get((), empty)
        tallies.append(tally)
        for measure, limit in _limits(budget.limits(task)):
            floor = None
            if measure == "nfr" and repeats is not None:
                measure, floor = "excess_nfr", repeats.floor(comparison, candidate, task, budget.cluster)
            yield Check(task, "task", {"task": task}, measure, limit, True, tally, dearest, floor)
    if budget.pooled is not None and tallies:
        yield Check("all tasks", "pooled", {}, "nfr", budget.pooled.max_nfr, True, together(tallies))


def _limits(limits: Limits) -> Iterator[tuple[Measure, float]]:
    """List the limits that are set."""
    named: Sequence[tuple[Measure, float | None]] = (
        ("nfr", limits.max_nfr), ("accuracy_delta", limits.min_accuracy_change), ("cost", limits.max_cost),
    )  # fmt: skip
    yield from ((measure, limit) for measure, limit in named if limit is not None)


def _slice_checks(comparison: Comparison, candidate: str, limit: SliceLimit, budget: Budget) -> Iterator[Check]:
    """Check the slices of one column: each value, or the one that is named, in every task that has it."""
    tallies = example_tallies(comparison, candidate, ["task", limit.column], task=limit.task, cluster=budget.cluster)
    wanted = None if limit.value is None else _as_text(limit.value)
    chosen = {key: tally for key, tally in tallies.items() if wanted in (None, key[1])}
    if not chosen:
        known = ", ".join(sorted({str(value) for _, value in tallies})[:20])
        raise FlipscopeError(
            f"column {limit.column!r} has no value {limit.value!r}", where="[[slice]]", do=f"Values are {known}"
        )
    whole = {task: comparison.result(task, candidate).n for task in comparison.tasks}
    for (task, value), tally in chosen.items():
        if wanted is None and tally.n == whole[task]:
            continue  # the task itself
        told = "(none)" if value is None else value
        where = {"task": task, "column": limit.column, "value": value}
        scope = f"{task}: {limit.column} = {told}"
        yield Check(scope, "slice", where, "nfr", limit.max_nfr, limit.required, tally)


def _as_text(value: object) -> str:
    """Write a value of TOML as DuckDB writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _behavior_checks(comparison: Comparison, candidate: str, limit: BehaviorLimit) -> Iterator[Check]:
    """Check test cases: of the tests or capabilities that fit the limit."""
    if not comparison.behaviors:
        raise FlipscopeError(
            "the budget limits behaviors, and no suite was run", where=comparison.path, do="Compare with --suite"
        )
    by_test = limit.test is not None
    columns = ["task", "capability", "type", *(["suite", "test"] if by_test else [])]
    tallies = case_tallies(comparison, candidate, columns)
    results = comparison.candidate(candidate).behaviors
    keys = dict.fromkeys(tuple(getattr(each, name) for name in columns) for each in results)
    chosen = [key for key in keys if fits(dict(zip(columns, key, strict=True)), limit)]
    if not chosen:
        raise no_such_test(limit)
    for key in chosen:
        where = dict(zip(columns, key, strict=True))
        name = f"test {where['test']}" if by_test else f"{where['capability']} ({where['type']})"
        tally = tallies.get(key, Tally.of_none())
        kind: Kind = "test" if by_test else "capability"
        yield Check(f"{where['task']}: {name}", kind, where, "nfr", limit.max_nfr, limit.required, tally)


def _lists(comparison: Comparison, candidate: str, budget: Budget) -> Iterator[Check]:
    """Check what must not break at all."""
    listed = budget.must_not_break
    if listed.examples or listed.texts:
        yield _listed_examples(comparison, candidate, budget)
    for test in listed.tests:
        limit = BehaviorLimit(max_nfr=0, required=True, test=test, task=listed.task)
        for check in _behavior_checks(comparison, candidate, limit):
            missing = 0 if check.tally.n else 1
            yield Check(check.scope, "must_not_break", check.where, "negative_flip", 0, True, check.tally,
                        missing=missing)  # fmt: skip


def _listed_examples(comparison: Comparison, candidate: str, budget: Budget) -> Check:
    listed = budget.must_not_break
    wanted = {"example_id": listed.examples, "text_a": listed.texts}
    rows: set[int] = set()
    missing = 0
    for column, values in wanted.items():
        found = comparison.query(*_rows_sql(candidate, listed.task, column, values)) if values else None
        if found is not None:
            rows |= set(found["row_id"])
            missing += len(set(values) - set(found["given"]))
    tallies = example_tallies(comparison, candidate, [], rows=sorted(rows))
    total = sum(map(len, wanted.values()))
    scope = f"{total:,} example{'' if total == 1 else 's'} that must not break"
    tally = tallies.get((), Tally.of_none())
    return Check(scope, "must_not_break", {"task": listed.task}, "negative_flip", 0, True, tally, missing=missing)


def _rows_sql(candidate: str, task: str | None, column: str, values: Sequence[str]) -> tuple[str, list[object]]:
    """Write the query for the examples with one of the values, and its parameters."""
    source = "facts" if column == "example_id" else "(SELECT facts.*, text_a FROM facts JOIN text USING (row_id))"
    parts, params = one_of({"candidate": candidate, "task": task, column: list(values)})
    return f"SELECT row_id, {column} AS given FROM {source} {where_all(parts)}", params
