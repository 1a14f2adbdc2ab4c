"""Searches the texts of all examples, and remembers what it found."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flipscope.store.query import query

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Holds for rows with a text in one of their texts, given twice; case does not matter.
CONTAINS = "(contains(lower(text_a), lower(?)) OR contains(lower(text_b), lower(?)))"

# A search is asked for again by every count, page and change of order that follows it; 8 bytes a row found.
_REMEMBERED = 8


class TextSearch:
    """Finds texts in an opened comparison folder.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        As `flipscope.store.query.open_folder` gives it.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find)

    def find(self, text: str, first: int, last: int) -> pa.Table:
        """Find the examples with `text` in one of their texts among the rows from `first` to `last`.

        Returns
        -------
        Table
            Their ``row_id``.

        Raises
        ------
        FlipscopeError
            When it takes too long.
        """
        return self._remembered(text, first, last)

    def _find(self, text: str, first: int, last: int) -> pa.Table:
        import pyarrow as pa

        # The texts lie in the order of the rows, so that only the part between the two is read.
        sql = f"SELECT row_id FROM text WHERE row_id BETWEEN ? AND ? AND {CONTAINS}"
        return pa.table({"row_id": query(self._con, sql, [first, last, text, text])["row_id"]})
