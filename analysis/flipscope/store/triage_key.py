"""What judgements go by: the content of an example, so that they find it again in another comparison."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from flipscope.store.query import one_of
from flipscope.store.tables import FACT_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: Half of a key as a number, and the row that it belongs to.
_Index = tuple[NDArray[np.uint64], NDArray[np.int64]]
_HALF = 16  # hex digits
_MOST_INDEXES = 8  # of a million examples one takes 16 MB
_INDEXES: OrderedDict[tuple[str, str], _Index] = OrderedDict()


def _part(column: str) -> str:
    """Write a value with its length in bytes before it, so that no two lists of values read the same."""
    return f"CASE WHEN {column} IS NULL THEN '-' ELSE strlen({column}) || ':' || {column} END"


def _digest(kind: str, *columns: str) -> str:
    return f"sha256('{kind}' || {' || '.join(_part(column) for column in columns)})[:{2 * _HALF}]"


# As many hex digits as ids have (docs/formats.md).
_KEY = (
    f"CASE WHEN text_a IS NULL AND text_b IS NULL THEN {_digest('id', 'task', 'example_id', 'label')} "
    f"ELSE {_digest('text', 'task', 'text_a', 'text_b', 'label')} END"
)
_FACTS = (
    "candidate::VARCHAR AS candidate, task::VARCHAR AS task, row_id, example_id, label::VARCHAR AS label, "
    "old_pred::VARCHAR AS old_pred, new_pred::VARCHAR AS new_pred, outcome::VARCHAR AS outcome"
)
# A flip may have copies that are none: a model need not answer the same each time.
_OF_FLIPS = """
    SELECT row_id FROM text SEMI JOIN flips
    ON text.text_a IS NOT DISTINCT FROM flips.text_a AND text.text_b IS NOT DISTINCT FROM flips.text_b"""

_ANSWERS = FACT_COLUMNS.index("outcome") + 1  # columns up to there


def rows_with_keys(comparison: Comparison, row_ids: Iterable[int], candidate: str | None = None) -> pd.DataFrame:
    """Get the key and the answers of some examples.

    Returns
    -------
    DataFrame
        ``candidate``, ``task``, ``row_id``, ``example_id``, ``label``, ``old_pred``, ``new_pred``, ``outcome``,
        ``key``: a row for each that is there, and each candidate if none is named, in order of both.
    """
    import pandas as pd
    import pyarrow as pa

    if not comparison.tasks:
        return pd.DataFrame(columns=[*FACT_COLUMNS[:_ANSWERS], "key"])
    wanted = {"wanted": pa.table({"row_id": pa.array(np.unique(np.fromiter(row_ids, np.int64)))})}
    parts, params = one_of({"candidate": candidate})
    facts = f"SELECT {_FACTS} FROM facts WHERE {' AND '.join(['row_id IN (FROM wanted)', *parts])}"
    return comparison.query(
        f"SELECT found.*, {_KEY} AS key FROM ({facts}) AS found JOIN text USING (row_id) ORDER BY candidate, row_id",
        params, wanted,
    )  # fmt: skip


def rows_of(comparison: Comparison, keys: Iterable[str], candidate: str | None = None) -> pd.DataFrame:
    """Find the examples that have one of the keys; several may have the same.

    Judged examples are flips, nearly always: only where a key is not found among those and their copies, the contents
    of all examples are worked out, once for as long as a program runs.

    Returns
    -------
    DataFrame
        As of `rows_with_keys`.
    """
    wanted = set(keys)
    if not wanted:
        return rows_with_keys(comparison, (), candidate)
    numbers = np.array([int(key[:_HALF], 16) for key in wanted], np.uint64)
    known, row_ids = _index(comparison, "flips")
    if not np.isin(numbers, known).all():
        known, row_ids = _index(comparison, "all")
    found = rows_with_keys(comparison, row_ids[np.isin(known, numbers)], candidate)
    return found[found["key"].isin(wanted)].reset_index(drop=True)


def _index(comparison: Comparison, which: Literal["flips", "all"]) -> _Index:
    """Get the index of a comparison, made once for as long as its content stays the same."""
    name = (comparison.version, which)
    if name not in _INDEXES:
        facts = f"facts WHERE row_id IN ({_OF_FLIPS})" if which == "flips" else "facts"
        once = "SELECT row_id, any_value(task) AS task, any_value(example_id) AS example_id, any_value(label) AS label"
        found = comparison.query(
            f"SELECT row_id, ('0x' || {_KEY}[:{_HALF}])::UBIGINT AS number "
            f"FROM ({once} FROM {facts} GROUP BY row_id) JOIN text USING (row_id)"
        )
        _INDEXES[name] = found["number"].to_numpy(np.uint64), found["row_id"].to_numpy(np.int64)
        while len(_INDEXES) > _MOST_INDEXES:
            _INDEXES.popitem(last=False)
    return _INDEXES[name]
