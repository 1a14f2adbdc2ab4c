"""What a budget lists that must not break: looked up in a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.comparison import Comparison
from flipscope.judge.budget import MustNotBreak
from flipscope.judge.tallies import Tally
from flipscope.store.query import one_of, where_all

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = "(SELECT facts.*, text_a FROM facts JOIN text USING (row_id))"


@dataclass(frozen=True)
class Listed:
    """What became of listed examples.

    Attributes
    ----------
    tally : Tally
        Their outcomes; an id or text may be that of several examples.
    broke : list of str
        Ids of those that broke.
    missing : int
        How many ids and texts are those of no example that could be judged.
    """

    tally: Tally
    broke: list[str]
    missing: int


def look_up(comparison: Comparison, candidate: str, listed: MustNotBreak) -> Listed:
    """Find the listed examples, by id and by text, and what a candidate did to them."""
    import pandas as pd

    parts = [
        _having(comparison, candidate, listed.task, "facts", "example_id", listed.examples),
        _having(comparison, candidate, listed.task, _TEXTS, "text_a", listed.texts),
    ]
    missing = len(set(listed.examples)) + len(set(listed.texts)) - sum(part["given"].nunique() for part in parts)
    rows = pd.concat(parts).drop_duplicates("row_id").sort_values("row_id")
    broke = rows.loc[rows["outcome"] == "negative_flip", "example_id"].tolist()
    kept, negative, positive = (
        (rows["outcome"] == name).to_numpy(np.int64) for name in ("both_correct", "negative_flip", "positive_flip")
    )
    one = np.ones_like(kept)
    return Listed(Tally(one, kept, negative, positive, np.zeros(len(one)), one, clustered=False), broke, missing)


def _having(
    comparison: Comparison, candidate: str, task: str | None, source: str, column: str, values: Sequence[str]
) -> pd.DataFrame:
    """Get the examples that have one of the values in a column."""
    import pyarrow as pa

    parts, params = one_of({"candidate": candidate, "task": task})
    wanted = pa.table({"given": pa.array(list(dict.fromkeys(values)), pa.string())})
    return comparison.query(
        "SELECT facts.row_id, facts.example_id, facts.outcome::VARCHAR AS outcome, wanted.given "
        f"FROM {source} AS facts JOIN wanted ON facts.{column} = wanted.given {where_all(parts)}",
        params,
        {"wanted": wanted},
    )
