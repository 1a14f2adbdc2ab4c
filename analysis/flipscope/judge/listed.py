"""What a budget lists that must not break: looked up in a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.comparison import Comparison
from flipscope.judge.budget import MustNotBreak
from flipscope.judge.fit import check_there, plain
from flipscope.judge.tallies import Tally
from flipscope.schema import Reason
from flipscope.store.query import one_of, where_all

if TYPE_CHECKING:
    import pandas as pd

# The text as `plain` writes it.
_PLAIN = r"trim(regexp_replace(text_a, '[\s\pZ\x0b\x1c-\x1f\x85]+', ' ', 'g'))"
_TEXTS = f"(SELECT facts.*, {_PLAIN} AS plain FROM facts JOIN text USING (row_id))"


@dataclass(frozen=True)
class Listed:
    """What became of listed examples.

    Attributes
    ----------
    tally : Tally
        Their outcomes; an id or text may be that of several examples.
    broke : list of str
        Ids of those that broke.
    """

    tally: Tally
    broke: list[str]


def look_up(comparison: Comparison, candidate: str, listed: MustNotBreak) -> Listed:
    """Find the listed examples, by id and by text, and what a candidate did to them.

    Texts are the same when they differ in nothing but white space.

    Raises
    ------
    FlipscopeError
        When an id or text is that of no example that could be judged.
    """
    import pandas as pd

    by_id = _having(comparison, candidate, listed.task, "facts", "example_id", listed.examples)
    by_text = _having(comparison, candidate, listed.task, _TEXTS, "plain", listed.texts)
    check_there(listed, set(by_id["given"]), set(by_text["given"]), where=comparison.path)
    rows = pd.concat([by_id, by_text]).drop_duplicates("row_id").sort_values("row_id")
    broke = rows.loc[rows["outcome"] == "negative_flip", "example_id"].tolist()
    kept, negative, positive = (
        (rows["outcome"] == name).to_numpy(np.int64) for name in ("both_correct", "negative_flip", "positive_flip")
    )
    one = np.ones_like(kept)
    return Listed(Tally(one, kept, negative, positive, np.zeros(len(one)), one, clustered=False), broke)


def texts_of(comparison: Comparison, candidate: str, reason: Reason) -> dict[str, list[str]]:
    """Get the texts of the examples that a reason names by id, one or two each; nothing where only ids are known."""
    if not reason.examples:
        return {}
    parts, params = one_of({"candidate": candidate, "task": reason.where.get("task"), "example_id": reason.examples})
    found = comparison.query(
        "SELECT example_id, text_a, text_b FROM (SELECT facts.*, text_a, text_b FROM facts JOIN text USING (row_id)) "
        f"{where_all(parts)} AND outcome = 'negative_flip' ORDER BY row_id",
        params,
    ).drop_duplicates("example_id")
    rows = zip(found["example_id"], found["text_a"], found["text_b"], strict=True)
    texts = {name: [text for text in pair if isinstance(text, str)] for name, *pair in rows}
    return {name: shown for name, shown in texts.items() if shown}


def _having(
    comparison: Comparison, candidate: str, task: str | None, source: str, column: str, values: Sequence[str]
) -> pd.DataFrame:
    """Get the examples that have one of the values in a column."""
    import pyarrow as pa

    parts, params = one_of({"candidate": candidate, "task": task})
    given = list(dict.fromkeys(values))
    wanted = given if column == "example_id" else [plain(value) for value in given]
    return comparison.query(
        "SELECT facts.row_id, facts.example_id, facts.outcome::VARCHAR AS outcome, wanted.given "
        f"FROM {source} AS facts JOIN wanted ON facts.{column} = wanted.value {where_all(parts)}",
        params,
        {"wanted": pa.table({"given": pa.array(given, pa.string()), "value": pa.array(wanted, pa.string())})},
    )
