"""Whether a budget fits what is compared: found out before any model is run, and again when it is judged."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.judge.budget import BehaviorLimit, Budget, MustNotBreak, SliceLimit
from flipscope.printable import printable
from flipscope.store.embeddings import CLUSTER

if TYPE_CHECKING:
    import duckdb

    from flipscope.behaviors.suite import Suite
    from flipscope.data import Examples


_MOST_NAMES = 20  # of capabilities or tests in a message
_NAMED, _LONGEST = 3, 60  # how many examples a message names, and how much of each


def check_names(
    budget: Budget, *, tasks: Collection[str], labels: Collection[str], where: str | PathLike[str] | None = None
) -> None:
    """Refuse a budget with a task or class that is not there.

    Raises
    ------
    FlipscopeError
        When there is one.
    """
    parts: list[BehaviorLimit | SliceLimit | MustNotBreak] = [*budget.behaviors, *budget.slices, budget.must_not_break]
    for task in (*budget.tasks, *(part.task for part in parts)):
        if task is not None and task not in tasks:
            raise FlipscopeError(f"the budget has a task {task!r}", where=where, do=f"Tasks are {', '.join(tasks)}")
    for pair in budget.cost.pairs if budget.cost else ():
        for label in (pair.label, pair.prediction):
            if label is not None and label not in labels:
                raise FlipscopeError(f"there is no class {label!r}", where="[[cost.pair]]", do="Use names of the data")


def check_before(budget: Budget, opened: Sequence[tuple[Examples, Sequence[Suite]]]) -> None:
    """Refuse a budget that does not fit the evaluation sets and suites that models are about to be run on.

    Raises
    ------
    FlipscopeError
        When it has a task, class, column, capability or test that they do not have.
    """
    labels = {label for examples, _ in opened for label in examples.label_names}
    check_names(budget, tasks=[examples.task for examples, _ in opened], labels=labels)
    _check_columns(budget, [name for examples, _ in opened for name in examples.meta])
    _check_conditions(budget.slices, [examples for examples, _ in opened])
    _check_listed(budget.must_not_break, [examples for examples, _ in opened])
    tests = [
        {"task": examples.task, "capability": test.capability, "type": test.type, "test": test.name}
        for examples, suites in opened
        for suite in suites
        for test in suite.tests
    ]
    limited = [
        BehaviorLimit(max_nfr=0, test=test, task=budget.must_not_break.task) for test in budget.must_not_break.tests
    ]
    for limit in (*budget.behaviors, *limited):
        if not tests:
            raise FlipscopeError("the budget limits behaviors, and there is no suite to run", do="Give --suite")
        if not any(fits(test, limit) for test in tests):
            raise no_such_test(limit, tests)


def _check_listed(listed: MustNotBreak, opened: Sequence[Examples]) -> None:
    tables = [each.table for each in opened if listed.task in (None, each.task)]
    ids = {name for table in tables for name in table["example_id"].to_pylist()} if listed.examples else set()
    texts = (
        {plain(text) for table in tables for text in table["text_a"].to_pylist() if text is not None}
        if listed.texts
        else set()
    )
    check_there(listed, ids, {text for text in listed.texts if plain(text) in texts})


def plain(text: str) -> str:
    """Write a text with single blanks, as it is copied from a page or a terminal."""
    return " ".join(text.split())


def check_there(
    listed: MustNotBreak, ids: Collection[str], texts: Collection[str], where: str | PathLike[str] | None = None
) -> None:
    """Refuse examples that must not break and are not among those found.

    Raises
    ------
    FlipscopeError
        With the first few of them.
    """
    examples, asked = dict.fromkeys(listed.examples), dict.fromkeys(listed.texts)
    absent = [*(name for name in examples if name not in ids), *(text for text in asked if text not in texts)]
    if not absent:
        return
    named = ", ".join(f'"{_clipped(each)}"' for each in absent[:_NAMED])
    more = f" and {len(absent) - _NAMED:,} more" if len(absent) > _NAMED else ""
    there = f"in {listed.task!r}" if listed.task else "there"
    raise FlipscopeError(
        f"[must_not_break] lists examples that are not {there}"
        f" ({len(absent):,} of {len(examples) + len(asked):,}): {named}{more}",
        where=where,
        do="Correct them, or take them out; texts have to be whole",
    )


def _clipped(text: str) -> str:
    shown = plain(printable(text))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST].rstrip()}…"


@contextmanager
def about_slice(limit: SliceLimit) -> Iterator[None]:
    """Say of what is wrong with a condition which slice of the budget it is."""
    try:
        yield
    except FlipscopeError as error:
        where = f"[[slice]] {_clipped(limit.name or limit.where or '')}"
        raise FlipscopeError(error.what, where=where, do=error.do) from error


def refuse_clusters(con: duckdb.DuckDBPyConnection, where: str) -> None:
    """Refuse a condition on clusters of embeddings: no two candidates have the same ones.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Any connection; it parses.
    where : str
        A checked condition.

    Raises
    ------
    FlipscopeError
        When it is about them.
    """
    from flipscope.store.cost import columns_of

    if CLUSTER in columns_of(con, where):
        raise FlipscopeError(
            f"the number in {CLUSTER} means something for this candidate only; the next one has other clusters",
            do="Limit what its examples have in common: a word, or a column of yours",
        )


def _check_conditions(limits: Sequence[SliceLimit], opened: Sequence[Examples]) -> None:
    """Ask for the examples that meet each condition, of a table that has all their columns and no row."""
    from flipscope.store.query import check_condition, open_tables, query
    from flipscope.store.tables import empty_facts

    conditions = [(limit, limit.where) for limit in limits if limit.where is not None]
    if not conditions:
        return
    with open_tables({"facts": empty_facts(opened)}) as con:
        for limit, where in conditions:
            with about_slice(limit):
                condition = check_condition(con, where)
                refuse_clusters(con, where)
                query(con, f"SELECT 1 FROM facts WHERE {condition}")


def _check_columns(budget: Budget, meta: Sequence[str]) -> None:
    from flipscope.store.tables import FACT_COLUMNS

    known = {name.rstrip("_") for name in meta}  # one called like a column of flipscope's gets an underscore
    asked = [budget.cluster, budget.cost.column if budget.cost else None, *(limit.column for limit in budget.slices)]
    for name in asked:
        if name is not None and name not in FACT_COLUMNS and name.rstrip("_") not in known:
            columns = ", ".join(dict.fromkeys(meta)) or "there is none besides task and label"
            raise FlipscopeError(f"there is no column {name!r}", where="the budget", do=f"Choose from {columns}")


def fits(test: Mapping[str, str], limit: BehaviorLimit) -> bool:
    """Tell whether a limit is about a test, or a capability and type of tests."""
    return all(test[name] == value for name, value in _named(limit).items())


def no_such_test(limit: BehaviorLimit, tests: Iterable[Mapping[str, str]]) -> FlipscopeError:
    """Tell that no test is what a limit is about, and what there is."""
    named, known = _named(limit), list(tests)
    told = ", ".join(f"{name} {value!r}" for name, value in named.items())
    values = {name: list(dict.fromkeys(test[name] for test in known)) for name in named}
    # What is nowhere is the mistake; else each is there, and only not together.
    wrong = next((name for name, value in named.items() if value not in values[name]), None)
    do = "See flipscope show --tests"
    if wrong is not None:
        close = difflib.get_close_matches(named[wrong], values[wrong], 1, 0.6)
        few = ", ".join(values[wrong][:_MOST_NAMES]) + (", …" if len(values[wrong]) > _MOST_NAMES else "")
        do = f"Did you mean {close[0]!r}? " if close else ""
        do += f"There {'is' if len(values[wrong]) == 1 else 'are'} {few}"
    return FlipscopeError(f"no behavior test has {told}", where="[[behavior]]", do=do)


def _named(limit: BehaviorLimit) -> dict[str, str]:
    given = {"task": limit.task, "capability": limit.capability, "type": limit.type, "test": limit.test}
    return {name: value for name, value in given.items() if value is not None}
