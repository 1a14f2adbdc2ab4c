"""Which values of a column a limit on slices is about."""

from __future__ import annotations

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.tallies import as_text
from flipscope.store.query import one_of, quote, where_all

#: A column with more values than this tells examples apart, and does not split the data.
_MOST_VALUES = 1_000


Value = str | int | float | bool | None


def values_of(comparison: Comparison, candidate: str, column: str, task: str | None, value: Value) -> list[str] | None:
    """Find the value that is named, as it is written in the column; None for every value, where none is named.

    Raises
    ------
    FlipscopeError
        When there is no such value, or none is named and there are a great many.
    """
    if value is None:
        _check_splits(comparison, candidate, column, task)
        return None
    return _named_values(comparison, candidate, column, task, value)


def _named_values(comparison: Comparison, candidate: str, column: str, task: str | None, value: Value) -> list[str]:
    """Find the value that is named as it is written in the column."""
    text = as_text(column)
    parts, params = one_of({"candidate": candidate, "task": task})
    parts.append(f"{text} IS NOT NULL")
    found = comparison.query(f"SELECT DISTINCT {text} AS value FROM facts {where_all(parts)} ORDER BY ALL", params)
    known: list[str] = found["value"].tolist()
    named = [each for each in known if each == _written(value)]
    named = named or [each for each in known if _is_number(each, value)]
    if not named:
        more = ", ..." if len(known) > 20 else ""
        raise FlipscopeError(
            f"column {column!r} has no value {value!r}",
            where="[[slice]]",
            do=f"Values are {', '.join(known[:20])}{more}" if known else "It has no values here",
        )
    return named


def _written(value: object) -> str:
    """Write a value of TOML as DuckDB writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_number(text: str, value: object) -> bool:
    """Tell whether a text is a number in another spelling, such as 3.0 for 3."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return float(text) == value
    except ValueError:
        return False


def _check_splits(comparison: Comparison, candidate: str, column: str, task: str | None) -> None:
    """Refuse to give a note on each value of a column that has a great many."""
    parts, params = one_of({"candidate": candidate, "task": task})
    sql = f"SELECT count(DISTINCT {quote(column)}) AS n FROM facts {where_all(parts)}"
    values = int(comparison.query(sql, params)["n"].iloc[0])
    if values > _MOST_VALUES:
        raise FlipscopeError(
            f"column {column!r} has {values:,} values, too many to judge each",
            where="[[slice]]",
            do='Name one with value = "...", or choose a column with fewer',
        )
