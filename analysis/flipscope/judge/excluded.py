"""A comparison as it counts when people's judgements do: without what a budget excludes (docs/triage.md)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flipscope.schema import Excluded, Reason, TaskResult, Verdict
from flipscope.store.query import open_folder

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

# An accepted answer counts as right; an example with a wrong gold label does not count. No column of the data is called
# __judgement.
_FACTS = """
    CREATE VIEW facts AS
    SELECT * EXCLUDE (__judgement) REPLACE (
        CASE WHEN __judgement = 'acceptable' THEN 'both_correct' ELSE outcome::VARCHAR END AS outcome)
    FROM all_facts LEFT JOIN excluded USING (candidate, row_id)
    WHERE __judgement IS NULL OR __judgement = 'acceptable'"""


def without_excluded(comparison: Comparison, exclude: Sequence[str]) -> tuple[Comparison, pd.DataFrame]:
    """Get a comparison whose examples are counted without what people judged to be so.

    Parameters
    ----------
    comparison : Comparison
        It is left as it is.
    exclude : sequence of str
        ``acceptable``: such negative flips count as right. ``wrong_gold_label``: such examples do not count.

    Returns
    -------
    counted : Comparison
        The same folder, with other outcomes in ``facts``, and other counts of ``n``.
    excluded : DataFrame
        The judged examples that are counted otherwise: ``candidate``, ``task``, ``row_id``, ``outcome``,
        ``judgement``, ``author``.

    Raises
    ------
    FlipscopeError
        When the judgements can't be read.
    """
    import pyarrow as pa

    from flipscope.store.triage import Triage

    judged = Triage(comparison).table()
    flips = judged["outcome"] == "negative_flip"
    excluded = judged[judged["judgement"].isin(list(exclude)) & (flips | (judged["judgement"] != "acceptable"))]
    if excluded.empty:
        return comparison, excluded
    con = open_folder(comparison.path)
    columns = {"candidate": "candidate", "row_id": "row_id", "__judgement": "judgement"}
    con.register("given", pa.table({name: pa.array(excluded[column].tolist()) for name, column in columns.items()}))
    con.execute("CREATE TABLE excluded AS FROM given")
    con.execute("ALTER VIEW facts RENAME TO all_facts")
    con.execute(_FACTS)
    counted = copy.copy(_with_fewer(comparison, excluded[excluded["judgement"] == "wrong_gold_label"]))
    counted.__dict__["connection"] = con
    return counted, excluded


def _with_fewer(comparison: Comparison, left_out: pd.DataFrame) -> Comparison:
    """Get the comparison with the number of examples that are left."""
    counts = left_out.groupby(["candidate", "task"]).size().to_dict()

    def fewer(candidate: str, result: TaskResult) -> TaskResult:
        return result.model_copy(update={"n": result.n - int(counts.get((candidate, result.task), 0))})

    results = comparison.results
    candidates = [
        each.model_copy(update={"tasks": [fewer(each.name, result) for result in each.tasks]})
        for each in results.candidates
    ]
    return comparison.with_manifest(
        comparison.manifest.model_copy(update={"results": results.model_copy(update={"candidates": candidates})})
    )


def told_apart(reasons: Sequence[Reason], of_all: Sequence[Reason]) -> list[Reason]:
    """Put beside each limit what it says when everything counts."""
    whole = {(reason.scope, reason.measure): reason for reason in of_all}

    def told(reason: Reason) -> Reason:
        other = whole.get((reason.scope, reason.measure))
        if other is None:
            return reason
        update = {"excluded": other.negative_flip - reason.negative_flip, "observed_all": other.observed}
        return reason.model_copy(update=update)

    return [told(reason) for reason in reasons]


def summed(exclude: Sequence[str], excluded: pd.DataFrame, candidate: str, whole: Verdict) -> Excluded:
    """Sum up what did not count, and what the verdict is when it does."""
    rows = excluded[excluded["candidate"] == candidate]
    flips = rows[rows["outcome"] == "negative_flip"]["judgement"].value_counts()
    return Excluded(
        judgements=list(exclude),
        flips={name: int(flips.get(name, 0)) for name in exclude},
        left_out=int((rows["judgement"] == "wrong_gold_label").sum()),
        authors=sorted(set(rows["author"])),
        decision=whole.decision,
        sentence=whole.sentence,
    )
