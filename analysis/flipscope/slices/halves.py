"""The examples of one task and candidate in two parts: one to search, one to confirm on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flipscope.explain.embeddings import kept
from flipscope.store.query import quote

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: Examples that are searched at the most: with so many, more would find no more that is worth reading.
MOST_SEARCHED = 50_000

_PLACE = "__place"
_CHOSEN = "task = ? AND candidate = ?"
_AT_ONCE = 8  # conditions that units are counted by in one query
# Copies that differ in case or spaces are copies.
_PLAIN = "replace(lower({text}), ' ', '')"


@dataclass(frozen=True)
class Halves:
    """The examples of one task and candidate, divided by content.

    Copies of a text are in the same part, and neither the order of the rows nor further rows move one; texts that are
    missing make the id decide, a cluster column in their place.

    Attributes
    ----------
    comparison : Comparison
        Where they are.
    task, candidate, outcome : str
        Which; `outcome` is the one that is searched for.
    texts : tuple of str
        The texts that examples have: none, ``text_a``, or both.
    share : float
        The share of examples in the part to search: a half, or less where that were more than `MOST_SEARCHED`.
    row_ids : array of int
        The examples of that part, those that flipped first.
    n_flips : int
        How many of these flipped.
    units : pyarrow.Table
        Examples of the other part that are not alone: ``row_id``, and the ``unit`` of those with the same texts or the
        same cluster, which tell less than as many independent ones.
    clusters : tuple of str
        The most telling words of each cluster of embeddings; none where not all examples are embedded: of a sample,
        which has all flips, the rates are too high.
    """

    comparison: Comparison
    task: str
    candidate: str
    outcome: str
    texts: tuple[str, ...]
    share: float
    row_ids: NDArray[np.int64]
    n_flips: int
    units: pa.Table
    clusters: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Examples to search."""
        return len(self.row_ids)

    def read(self, select: str, *, texts: bool = False, tables: Mapping[str, pa.Table] | None = None) -> pd.DataFrame:
        """Run a query over ``rows``: the part to search, each with its ``__place`` in `row_ids`, its texts if asked."""
        searched = pa.table({"row_id": self.row_ids, _PLACE: np.arange(self.n)})
        joined = "JOIN text USING (row_id)" if texts else ""
        source = self.comparison.with_clusters() if self.clusters else "facts"
        rows = f"SELECT * FROM {source} AS facts JOIN searched USING (row_id) {joined} WHERE {_CHOSEN}"
        # Copied: DuckDB 2.0.0 fails on words of texts that it reads from a dictionary and joins at the same time.
        return self.comparison.query(
            f"WITH rows AS MATERIALIZED ({rows}) {select}",
            [self.task, self.candidate],
            {"searched": searched, **(tables or {})},
        )

    def meets(self, conditions: Sequence[str], *, texts: bool) -> NDArray[np.bool_]:
        """Tell who meets which condition.

        Returns
        -------
        array of bool, shape (conditions, n)
        """
        tests = ", ".join(f"coalesce(({sql}), false) AS c{i}" for i, sql in enumerate(conditions))
        frame = self.read(f"SELECT {_PLACE}, {tests} FROM rows", texts=texts)
        found = np.zeros((len(conditions), self.n), dtype=bool)
        found[:, frame[_PLACE].to_numpy()] = frame.drop(columns=_PLACE).to_numpy(dtype=bool).T
        return found

    def count(self, conditions: Sequence[str]) -> pd.DataFrame:
        """Count the examples that meet each condition.

        Returns
        -------
        DataFrame
            A row for each part and outcome: ``in_search``, ``outcome``, ``n``; for each condition ``c0``, ``c1`` ...
        """
        counts = "".join(f", count_if({sql})::BIGINT AS c{i}" for i, sql in enumerate(conditions))
        return self._grouped(
            f"row_id IN (SELECT row_id FROM searched) AS in_search, outcome, count(*)::BIGINT AS n{counts}",
            tables={"searched": pa.table({"row_id": self.row_ids})},
        )

    def by_unit(self, conditions: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Count, for each condition, the flips and the examples of each of `units` that meet it."""
        if not len(self.units):
            yield from repeat((np.zeros(0, np.int64), np.zeros(0, np.int64)), len(conditions))
            return
        for start in range(0, len(conditions), _AT_ONCE):
            some = conditions[start : start + _AT_ONCE]
            counts = ", ".join(
                f"count_if({sql} AND outcome = '{self.outcome}')::BIGINT AS k{i}, count_if({sql})::BIGINT AS n{i}"
                for i, sql in enumerate(some)
            )
            found = self._grouped(f"unit, {counts}", joined="JOIN units USING (row_id)", tables={"units": self.units})
            for i in range(len(some)):
                yield found[f"k{i}"].to_numpy(), found[f"n{i}"].to_numpy()

    def _grouped(self, select: str, tables: Mapping[str, pa.Table], joined: str = "") -> pd.DataFrame:
        texts = "JOIN text USING (row_id)" if self.texts else ""
        source = self.comparison.with_clusters() if self.clusters else "facts"
        return self.comparison.query(
            f"SELECT {select} FROM {source} AS facts {texts} {joined} WHERE {_CHOSEN} GROUP BY ALL",
            [self.task, self.candidate],
            tables,
        )


def halve(comparison: Comparison, task: str, candidate: str, outcome: str, cluster: str | None = None) -> Halves:
    """Divide the examples of a task.

    Parameters
    ----------
    comparison : Comparison
        Where they are.
    task, candidate, outcome : str
        Which, and what to search for.
    cluster : str, optional
        A column; examples with the same value are kept together.

    Returns
    -------
    Halves
    """
    chosen = [task, candidate]
    shown = comparison.query(
        "SELECT count(*) AS n, count(text_a) AS a, count(text_b) AS b "
        f"FROM facts JOIN text USING (row_id) WHERE {_CHOSEN}",
        chosen,
    ).iloc[0]
    texts = tuple(name for name, there in (("text_a", shown.a), ("text_b", shown.b)) if there == shown.n > 0)
    share = min(0.5, MOST_SEARCHED / max(shown.n, 1))
    key = _key(texts, cluster)
    in_search = f"md5_number_lower({key}) < {int(share * 2**64)}::UBIGINT"
    joined = "JOIN text USING (row_id)" if texts else ""
    rows = comparison.query(
        f"SELECT row_id, outcome = ? AS flipped FROM facts {joined} WHERE {_CHOSEN} AND {in_search} "
        "ORDER BY flipped DESC, row_id",
        [outcome, *chosen],
    )
    row_ids, n_flips = rows["row_id"].to_numpy(dtype=np.int64), int(rows["flipped"].sum())
    embeddings = kept(comparison, candidate, task=task)
    clusters = embeddings.labels if embeddings is not None and len(embeddings) == embeddings.examples else ()
    together = comparison.query(
        f"SELECT row_id, unit FROM (SELECT row_id, md5_number_lower({key}) AS unit FROM facts {joined} "
        f"WHERE {_CHOSEN} AND NOT {in_search}) QUALIFY count(*) OVER (PARTITION BY unit) > 1",
        chosen,
    )
    units = pa.table({name: together[name].to_numpy() for name in ("row_id", "unit")})
    return Halves(comparison, task, candidate, outcome, texts, share, row_ids, n_flips, units, clusters)


def _key(texts: Sequence[str], cluster: str | None) -> str:
    by_text = " || chr(31) || ".join(_PLAIN.format(text=text) for text in texts) or "example_id"
    return f"coalesce({quote(cluster)}::VARCHAR, {by_text})" if cluster else by_text
