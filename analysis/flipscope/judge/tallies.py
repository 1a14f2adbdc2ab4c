"""What is counted for a verdict: flips and examples by unit, which is an example or a cluster of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flipscope.errors import FlipscopeError
from flipscope.store.query import one_of, quote, where_all

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison
    from flipscope.judge.budget import Cost

_COUNTS = ("size", "kept", "negative", "positive", "cost")


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


def example_tallies(
    comparison: Comparison,
    candidate: str,
    columns: Sequence[str],
    *,
    task: str | None = None,
    cluster: str | None = None,
    cost: Cost | None = None,
    rows: Sequence[int] | None = None,
) -> dict[tuple[Any, ...], Tally]:
    """Count the examples of a candidate, or only some `rows`, by the values of `columns` as text; None if missing.

    Raises
    ------
    FlipscopeError
        When there is no such column.
    """
    for name in (*columns, *([cluster] if cluster else [])):
        if name not in comparison.columns:
            known = ", ".join(comparison.meta_columns) or "there is none besides task and label"
            raise FlipscopeError(f"there is no column {name!r}", where="the budget", do=f"Choose from {known}")
    parts, params = one_of({"candidate": candidate, "task": task, "row_id": None if rows is None else list(rows)})
    keys = [f"CAST({quote(name)} AS VARCHAR)" for name in columns]
    source = f"(SELECT *, {'0.0' if cost is None else _cost_sql(cost)} AS price FROM facts {where_all(parts)})"
    found = _count(comparison, source, keys, params, None if cluster is None else unit_of(cluster))
    return _tallies(found, len(columns), clustered=cluster is not None)


def unit_of(cluster: str) -> str:
    """Write which unit a row of the facts belongs to; without a value in the column it stands alone."""
    return f"coalesce('=' || CAST({quote(cluster)} AS VARCHAR), '#' || row_id)"


def case_tallies(comparison: Comparison, candidate: str, columns: Sequence[str]) -> dict[tuple[Any, ...], Tally]:
    """Count the test cases of a candidate that both models have a result on, by the values of `columns`.

    Cases of one template or perturbed sentence are one unit, over several tests too where they begin with the same
    input.
    """
    first = "first_value({0}) OVER (PARTITION BY task, suite, test, cluster ORDER BY case_row)"
    start = " || chr(31) || ".join(f"coalesce({first.format(f'inputs[1].text_{side}')}, '')" for side in "ab")
    source = (
        f"(SELECT * FROM (SELECT *, {start} AS start, 0.0 AS price FROM behaviors WHERE candidate = ?) "
        "WHERE outcome IS NOT NULL)"
    )
    unit = "CASE WHEN cluster IS NULL THEN '#' || case_row ELSE '=' || cluster || chr(31) || start END"
    found = _count(comparison, source, [quote(name) for name in columns], [candidate], unit)
    return _tallies(found, len(columns), clustered=True)


def _cost_sql(cost: Cost) -> str:
    """Write what a row costs when it is a negative flip."""
    cases = "".join(
        f" WHEN {' AND '.join(condition) or 'true'} THEN {pair.cost!r}"
        for pair in cost.pairs
        for condition in [
            [f"{name} = {_literal(value)}" for name, value in (("label", pair.label), ("new_pred", pair.prediction))
             if value is not None]
        ]
    )  # fmt: skip
    price = f"CASE{cases} ELSE {cost.default!r} END" if cases else repr(cost.default)
    weight = "" if cost.column is None else f" * CAST({quote(cost.column)} AS DOUBLE)"
    return f"CASE WHEN outcome = 'negative_flip' THEN ({price}){weight} ELSE 0.0 END"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def largest_cost(comparison: Comparison, candidate: str, cost: Cost) -> float:
    """Find what a single example could cost at the most.

    Raises
    ------
    FlipscopeError
        When the column of weights is not there, or has a value that is no number of 0 or more.
    """
    dearest = max([cost.default, *(pair.cost for pair in cost.pairs)])
    if cost.column is None:
        return dearest
    if cost.column not in comparison.meta_columns:
        known = ", ".join(comparison.meta_columns) or "none"
        raise FlipscopeError(f"there is no column {cost.column!r}", where="[cost]", do=f"Columns are {known}")
    value = f"TRY_CAST({quote(cost.column)} AS DOUBLE)"
    found = comparison.query(
        f"SELECT max({value}) AS most, count(*) FILTER (({value} >= 0 AND isfinite({value})) IS NOT true) AS bad "
        "FROM facts WHERE candidate = ?",
        [candidate],
    ).iloc[0]
    if found["bad"]:
        raise FlipscopeError(
            f"{int(found['bad']):,} rows have a {cost.column!r} that is no number of 0 or more",
            where="[cost]",
            do="Give every example a weight",
        )
    return dearest * float(found["most"])


def _count(comparison: Comparison, source: str, keys: Sequence[str], params: Sequence[object], unit: str | None) -> Any:
    """Count the units of each kind by `keys`. Without an expression for the unit every row is one."""
    named = [f"{key} AS key{i}" for i, key in enumerate(keys)]
    outcomes = ("both_correct", "negative_flip", "positive_flip")
    values = ["1::BIGINT", *(f"(outcome = '{outcome}')::BIGINT" for outcome in outcomes), "price"]
    if unit is not None:
        values = [f"sum({value})::{'DOUBLE' if value == 'price' else 'BIGINT'}" for value in values]
        named.append(f"{unit} AS unit")
    counts = [f"{value} AS {name}" for value, name in zip(values, _COUNTS, strict=True)]
    units = f"SELECT {', '.join([*named, *counts])} FROM {source}{'' if unit is None else ' GROUP BY ALL'}"
    kinds = ", ".join([*(f"key{i}" for i in range(len(keys))), *_COUNTS])
    # In a fixed order: draws go to kinds of units one after the other.
    return comparison.query(f"SELECT {kinds}, count(*) AS units FROM ({units}) GROUP BY ALL ORDER BY ALL", params)


def _tallies(found: pd.DataFrame, keys: int, *, clustered: bool) -> dict[tuple[Any, ...], Tally]:
    names = [f"key{i}" for i in range(keys)]
    groups = found.groupby(names, dropna=False, sort=False) if names else [((), found)]
    return {
        tuple(None if value != value else value for value in key): _tally(rows, clustered)  # NaN is no value
        for key, rows in groups
    }


def _tally(rows: pd.DataFrame, clustered: bool) -> Tally:
    counts = {name: rows[name].to_numpy(np.float64 if name == "cost" else np.int64) for name in (*_COUNTS, "units")}
    return Tally(**counts, clustered=clustered)


def together(tallies: Sequence[Tally]) -> Tally:
    """Put the units of several tallies into one."""
    counts = {name: np.concatenate([getattr(tally, name) for tally in tallies]) for name in (*_COUNTS, "units")}
    return Tally(**counts, clustered=any(tally.clustered for tally in tallies))
