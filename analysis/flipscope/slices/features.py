"""What slices are described by: conditions on columns, label, length, confidence and words, and who meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flipscope.slices.rule import Condition
from flipscope.slices.search import Bits, Rows, count, pack
from flipscope.store.embeddings import CLUSTER
from flipscope.store.query import quote

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.slices.halves import Halves

#: Flips of the searched part that meet a condition at least.
MIN_FLIPS = 5
#: Words of a text that are searched at the most: those that most flips have.
MOST_WORDS = 2_000

_MOST_VALUES = 100  # of a column that are searched, those that most flips have
_FEW_NUMBERS = 12  # with so many values at the most, numbers are looked at one by one
# Finer towards the ends, where a step is more of what is left; a condition that most rows meet says little.
_QUANTILES = np.array([0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
_AT_ONCE = 64  # conditions a query


@dataclass(frozen=True)
class Features:
    """All conditions that a search puts together, and who meets them.

    Attributes
    ----------
    conditions : tuple of Condition
        As `rows` has them.
    rows : Rows
        Of the part to search.
    values : tuple of int
        Those that are one value of a column.
    notes : tuple of str
        What is left out; for people.
    """

    conditions: tuple[Condition, ...]
    rows: Rows
    values: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Some:
    """Conditions with the rows that meet them; a rule has at most one of each `group`."""

    conditions: Sequence[Condition]
    groups: Sequence[str]
    flips: Bits
    others: Bits


def make_features(
    halves: Halves, *, columns: Sequence[str], words: bool, confidence: bool, min_rows: int, clusters: bool = True
) -> Features:  # fmt: skip
    """Make all conditions that serve: `MIN_FLIPS` flips and `min_rows` rows of the part to search meet them.

    Parameters
    ----------
    halves : Halves
        The rows of one task and candidate.
    columns : sequence of str
        Metadata columns.
    words, confidence : bool
        Whether to make conditions on words, and on the confidence of both models.
    min_rows : int
        Rows at least.
    clusters : bool
        Whether to make conditions on clusters of embeddings, where all examples are embedded.

    Returns
    -------
    Features
    """
    parts = list(_on_columns(halves, columns, confidence))
    parts += _evaluated(halves, _on_lengths(halves), texts=True)
    if clusters:
        parts += _evaluated(halves, list(_on_clusters(halves)), texts=False)
    notes = []
    if words:
        for text in halves.texts:
            part, cut = _on_words(halves, text)
            parts.append(part)
            notes += [f"{text}: only the {MOST_WORDS:,} words that most flips have"] if cut else []
    conditions: list[Condition] = []
    groups: list[str] = []
    kept: list[tuple[Bits, Bits]] = []
    for part in parts:
        flips = count(part.flips)
        n = flips + count(part.others)
        useful = np.flatnonzero((flips >= MIN_FLIPS) & (n >= min_rows) & (n < halves.n)).tolist()
        conditions += [part.conditions[i] for i in useful]
        groups += [part.groups[i] for i in useful]
        kept.append((part.flips[useful], part.others[useful]))
    exclusive = np.unique(np.array(groups, dtype=object), return_inverse=True)[1].astype(np.int64)
    none = np.zeros((0, 0), dtype=np.uint64)
    flip_bits, other_bits = (np.concatenate(side) for side in zip(*kept, strict=True)) if kept else (none, none)
    rows = Rows(flip_bits, other_bits, halves.n_flips, halves.n - halves.n_flips, exclusive)
    # Whatever goes together with others has a group of its own.
    values = tuple(i for i, group in enumerate(groups) if group == conditions[i].feature)
    return Features(tuple(conditions), rows, values, tuple(notes))


def _split(halves: Halves, met: NDArray[np.bool_]) -> tuple[Bits, Bits]:
    return pack(met[:, : halves.n_flips]), pack(met[:, halves.n_flips :])


def _evaluated(halves: Halves, made: Sequence[tuple[Condition, str]], *, texts: bool) -> Iterator[_Some]:
    """Ask DuckDB itself who meets a condition, so that a slice has the very rows that its expression selects."""
    for start in range(0, len(made), _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        met = halves.meets([condition.sql for condition, _ in some], texts=texts)
        yield _Some([condition for condition, _ in some], [group for _, group in some], *_split(halves, met))


# Columns, label, confidence and length


def _on_columns(halves: Halves, columns: Sequence[str], confidence: bool) -> Iterator[_Some]:
    taken = ["label", *columns, *(("old_conf", "new_conf") if confidence else ())]
    keywords = _keywords(halves)
    names = ", ".join(quote(name) for name in taken)
    frame = halves.read(f"SELECT {names} FROM rows ORDER BY __place")
    made: list[tuple[Condition, str]] = []
    for name in taken:
        sql = name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in keywords else quote(name)
        values = frame[name]
        if _is_ordered(name, values):
            made += _thresholds(sql, name, values, name)
        else:
            made += _values(sql, name, values, halves.n_flips)
    yield from _evaluated(halves, made, texts=False)


def _on_clusters(halves: Halves) -> Iterator[tuple[Condition, str]]:
    """Make a condition for each cluster of embeddings that enough flips are in, with its most telling words."""
    if not halves.clusters:
        return
    values = halves.read(f"SELECT {CLUSTER} FROM rows ORDER BY __place")[CLUSTER]
    for condition, group in _values(CLUSTER, CLUSTER, values, halves.n_flips):
        words = halves.clusters[int(condition.sql.rpartition(" ")[2])]
        yield replace(condition, words=f"{condition.words} ({words})" if words else condition.words), group


def _keywords(halves: Halves) -> set[str]:
    """Names that mean something to DuckDB, so that a column of such a name stands in quotes."""
    found = halves.comparison.query("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'")
    return set(found["keyword_name"])


def _is_ordered(name: str, values: pd.Series) -> bool:
    from pandas.api import types

    numeric = types.is_numeric_dtype(values) and not types.is_bool_dtype(values)
    return name != CLUSTER and numeric and values.nunique() > _FEW_NUMBERS


def _values(sql: str, name: str, values: pd.Series, n_flips: int) -> Iterator[tuple[Condition, str]]:
    """Make a condition for each value that enough flips have, and one for none."""
    flipped = values.iloc[:n_flips]
    if int(flipped.isna().sum()) >= MIN_FLIPS:
        # Of floats, what is no number is missing, too, as everywhere in pandas.
        missing = f"({sql} IS NULL OR isnan({sql}))" if values.dtype.kind == "f" else f"{sql} IS NULL"
        yield Condition(missing, f"{name} is missing", name), name
    counts = flipped.dropna().value_counts()
    for value in sorted(counts[counts >= MIN_FLIPS].index, key=lambda each: (-counts[each], str(each)))[:_MOST_VALUES]:
        literal, word = _literal(value)
        yield Condition(f"{sql} = {literal}", f"{name} is {word}", name), name


def _literal(value: Any) -> tuple[str, str]:
    """Write a value in SQL and for people."""
    if isinstance(value, bool | np.bool_):
        return ("true", "true") if value else ("false", "false")
    if isinstance(value, int | float | np.number) and np.isfinite(value):
        number = repr(int(value) if float(value).is_integer() else float(value))
        return number, number
    quoted = "'" + str(value).replace("'", "''") + "'"
    return quoted, f"'{value}'"


def _thresholds(sql: str, name: str, values: pd.Series, feature: str) -> Iterator[tuple[Condition, str]]:
    """Make conditions at quantiles, in both directions; two of them are a range."""
    known = values.dropna().to_numpy(dtype=float)
    known = np.sort(known[np.isfinite(known)])
    if not len(known):
        return
    for sign, word, quantiles in (("<=", "at most", _QUANTILES), (">", "above", 1 - _QUANTILES)):
        cuts = np.quantile(known, quantiles, method="inverted_cdf")
        for cut in dict.fromkeys(_shortly(cut, known) for cut in cuts):
            yield Condition(f"{sql} {sign} {cut}", f"{name} {word} {cut}", feature), f"{feature} {sign}"


def _shortly(cut: float, known: NDArray[np.float64]) -> str:
    """Write a threshold with as few digits, 4 or more, as divide the sorted values in nearly the same place."""
    if cut.is_integer():
        return f"{cut:.0f}"
    place = np.searchsorted(known, cut, "right")
    for digits in range(4, 17):
        text = f"{cut:.{digits}g}"
        if abs(np.searchsorted(known, float(text), "right") - place) <= 0.01 * len(known):
            return text
    return repr(float(cut))


def _on_lengths(halves: Halves) -> list[tuple[Condition, str]]:
    if not halves.texts:
        return []
    lengths = ", ".join(f"length({text}) AS {text}" for text in halves.texts)
    frame = halves.read(f"SELECT {lengths} FROM rows", texts=True)
    return [
        each
        for text in halves.texts
        for each in _thresholds(f"length({text})", f"characters of {text}", frame[text], f"length of {text}")
    ]


# Words


def _on_words(halves: Halves, text: str) -> tuple[_Some, bool]:
    """Make a condition of each word that enough flips have, and tell whether there were too many."""
    frame = halves.read(
        f"SELECT word, count(*) AS n FROM (SELECT DISTINCT __place, unnest(words({text})) AS word FROM rows "
        f"WHERE __place < {halves.n_flips}) GROUP BY word HAVING n >= {MIN_FLIPS} ORDER BY n DESC, word "
        f"LIMIT {MOST_WORDS + 1}",
        texts=True,
    )
    words = frame["word"].tolist()[:MOST_WORDS]
    met = np.zeros((len(words), halves.n), dtype=bool)
    wanted = pa.table({"word": pa.array(words, pa.string()), "number": np.arange(len(words))})
    found = halves.read(
        f"SELECT number, __place FROM (SELECT __place, unnest(words({text})) AS word FROM rows) "
        "JOIN wanted USING (word)",
        texts=True, tables={"wanted": wanted},
    )  # fmt: skip
    met[found["number"].to_numpy(), found["__place"].to_numpy()] = True
    conditions = []
    for word in words:
        quoted = "'" + word.replace("'", "''") + "'"
        conditions.append(Condition(f"has_word({text}, {quoted})", f"{text} has {quoted}", f"words of {text}"))
    groups = [f"{text} has {word}" for word in words]
    return _Some(conditions, groups, *_split(halves, met)), len(frame) > MOST_WORDS
