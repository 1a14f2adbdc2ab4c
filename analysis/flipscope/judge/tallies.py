"""What is counted for a verdict: flips and examples by unit, which is an example or a cluster of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flipscope.errors import FlipscopeError
from flipscope.judge.budget import DEAREST
from flipscope.store.query import one_of, quote, where_all

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison
    from flipscope.judge.budget import Cost

_COUNTS = ("size", "kept", "negative", "positive", "cost")
_PLAIN_COUNTS = ("1", *(f"(outcome = '{name}')::BIGINT" for name in ("both_correct", "negative_flip", "positive_flip")))


@dataclass(frozen=True)
class Tally:
    """What was counted in one scope; arrays have one entry for each kind of unit.

    Attributes
    ----------
    size, kept, negative, positive : int arrays, shape (kinds,)
        Examples of a unit; those that both models get right, the negative flips, the positive ones.
    cost : float array, shape (kinds,)
        What the unit's negative flips cost together.
    units : int array, shape (kinds,)
        How many units are of this kind.
    clustered : bool
        Whether units are clusters; if not, each is one example.
    """

    size: NDArray[np.int64]
    kept: NDArray[np.int64]
    negative: NDArray[np.int64]
    positive: NDArray[np.int64]
    cost: NDArray[np.float64]
    units: NDArray[np.int64]
    clustered: bool

    @classmethod
    def of_none(cls) -> Tally:
        """Make the tally of nothing."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none, none, none.astype(float), none, clustered=False)

    def total(self, name: str) -> float:
        """Sum one of the counts over all units."""
        return float((getattr(self, name) * self.units).sum())

    @cached_property
    def n(self) -> int:
        """Examples."""
        return int(self.total("size"))

    @property
    def broke(self) -> int:
        """Negative flips."""
        return int(self.total("negative"))

    @property
    def mended(self) -> int:
        """Positive flips."""
        return int(self.total("positive"))

    @property
    def clusters(self) -> int | None:
        """Clusters; None where examples stand alone."""
        return int(self.units.sum()) if self.clustered else None


def task_tally(
    comparison: Comparison, candidate: str, task: str | None, *, cluster: str | None = None, cost: Cost | None = None
) -> Tally:
    """Count the examples of a candidate on one task, or on all together."""
    parts, params = one_of({"candidate": candidate, "task": task})
    price = "0.0" if cost is None else _price(cost)
    return _count(comparison, f"facts {where_all(parts)}", [], params, price, cluster and unit_of(cluster)).get(
        (), Tally.of_none()
    )


def slice_tallies(
    comparison: Comparison, candidate: str, column: str, *, task: str | None = None, cluster: str | None = None,
    values: Sequence[str] | None = None,
) -> dict[tuple[Any, ...], Tally]:  # fmt: skip
    """Count the examples of a candidate by task and by a column's value as text, None where it is missing.

    Only `values`, if any are given.
    """
    text = as_text(column)
    parts, params = one_of({"candidate": candidate, "task": task})
    if values is not None:
        parts.append(f"{text} IN ({', '.join('?' * len(values))})")
        params += values
    return _count(comparison, f"facts {where_all(parts)}", ["task", text], params, unit=cluster and unit_of(cluster))


def condition_tallies(
    comparison: Comparison, candidate: str, where: str, *, task: str | None = None, cluster: str | None = None
) -> dict[tuple[Any, ...], Tally]:
    """Count the examples of a candidate that meet a condition, by task; those without any are left out."""
    table, condition = comparison.rows_where(where)
    parts, params = one_of({"candidate": candidate, "task": task})
    source = f"{table} AS facts {where_all([*parts, *condition])}"
    return _count(comparison, source, ["task"], params, unit=cluster and unit_of(cluster))


def case_tallies(comparison: Comparison, candidate: str, columns: Sequence[str]) -> dict[tuple[Any, ...], Tally]:
    """Count the test cases of a candidate that both models have a result on, by the values of `columns`.

    Cases of one template or perturbed sentence are one unit, over several tests too where they begin with the same
    input.
    """
    first = "first_value({0}) OVER (PARTITION BY task, suite, test, cluster ORDER BY case_row)"
    start = " || chr(31) || ".join(f"coalesce({first.format(f'inputs[1].text_{side}')}, '')" for side in "ab")
    source = (
        f"(SELECT * FROM (SELECT *, {start} AS start FROM behaviors WHERE candidate = ?) WHERE outcome IS NOT NULL)"
    )
    unit = "CASE WHEN cluster IS NULL THEN '#' || case_row ELSE '=' || cluster || chr(31) || start END"
    return _count(comparison, source, [quote(name) for name in columns], [candidate], unit=unit)


def as_text(column: str) -> str:
    """Write a column's values as text, in SQL."""
    return f"CAST({quote(column)} AS VARCHAR)"


def unit_of(cluster: str) -> str:
    """Write which unit a row of the facts belongs to; without a value in the column it stands alone."""
    return f"coalesce('=' || {as_text(cluster)}, '#' || row_id)"


def largest_cost(comparison: Comparison, candidate: str, task: str, cost: Cost) -> float:
    """Find what a single example of a task could cost at the most.

    Raises
    ------
    FlipscopeError
        When the column of weights is not there, or has a value that is no number of 0 or more, or far too large.
    """
    dearest = max([cost.default, *(pair.cost for pair in cost.pairs)])
    if cost.column is None:
        return dearest
    check_column(cost.column, comparison.meta_columns, "[cost]")
    value = f"TRY_CAST({quote(cost.column)} AS DOUBLE)"
    found = comparison.query(
        f"SELECT max({value}) AS most, count(*) FILTER (({value} BETWEEN 0 AND {DEAREST}) IS NOT true) AS bad "
        "FROM facts WHERE candidate = ? AND task = ?",
        [candidate, task],
    ).iloc[0]
    if found["bad"]:
        raise FlipscopeError(
            f"{int(found['bad']):,} rows of {task} have a {cost.column!r} that is no number from 0 to {DEAREST:g}",
            where="[cost]",
            do="Give every example a weight",
        )
    return dearest * float(found["most"])


def check_column(name: str, known: Sequence[str], where: str) -> None:
    """Refuse a column that is not there.

    Raises
    ------
    FlipscopeError
        With those that are.
    """
    if name not in known:
        columns = ", ".join(known) or "there is none besides task and label"
        raise FlipscopeError(f"there is no column {name!r}", where=where, do=f"Choose from {columns}")


def _price(cost: Cost) -> str:
    """Write what a row costs, in SQL: something only when it is a negative flip."""
    cases = ""
    for pair in cost.pairs:
        wanted = {"label": pair.label, "new_pred": pair.prediction}
        conditions = [f"{name} = {_literal(value)}" for name, value in wanted.items() if value is not None]
        cases += f" WHEN {' AND '.join(conditions) or 'true'} THEN {pair.cost!r}"
    price = f"CASE{cases} ELSE {cost.default!r} END" if cases else repr(cost.default)
    weight = "" if cost.column is None else f" * CAST({quote(cost.column)} AS DOUBLE)"
    return f"CASE WHEN outcome = 'negative_flip' THEN ({price})::DOUBLE{weight} ELSE 0.0 END"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _count(
    comparison: Comparison, source: str, keys: Sequence[str], params: Sequence[object], price: str = "0.0",
    unit: str | None = None,
) -> dict[tuple[Any, ...], Tally]:  # fmt: skip
    """Count the units of each kind, by expressions for the keys. Without one for the unit every row is one."""
    counts = [*_PLAIN_COUNTS, f"({price})::DOUBLE"]
    named = [f"{key} AS key{i}" for i, key in enumerate(keys)]
    if unit is not None:
        # Sums of fractions depend on their order.
        order = " ORDER BY row_id" if price != "0.0" else ""
        counts = [*(f"sum({count})::BIGINT" for count in _PLAIN_COUNTS), f"sum(({price})::DOUBLE{order})"]
        named.append(f"{unit} AS unit")
    named += [f"{count} AS {name}" for count, name in zip(counts, _COUNTS, strict=True)]
    units = f"SELECT {', '.join(named)} FROM {source}{'' if unit is None else ' GROUP BY ALL'}"
    kinds = ", ".join([*(f"key{i}" for i in range(len(keys))), *_COUNTS])
    found = comparison.query(f"SELECT {kinds}, count(*) AS units FROM ({units}) GROUP BY ALL ORDER BY ALL", params)
    return _tallies(found, len(keys), clustered=unit is not None)


def _tallies(found: pd.DataFrame, keys: int, *, clustered: bool) -> dict[tuple[Any, ...], Tally]:
    names = [f"key{i}" for i in range(keys)]
    groups = found.groupby(names, dropna=False, sort=False) if names else [((), found)] if len(found) else []
    return {
        tuple(None if value != value else value for value in key): _tally(rows, clustered)  # NaN is no value
        for key, rows in groups
    }


def _tally(rows: pd.DataFrame, clustered: bool) -> Tally:
    counts = {name: rows[name].to_numpy(np.float64 if name == "cost" else np.int64) for name in (*_COUNTS, "units")}
    return Tally(**counts, clustered=clustered)
