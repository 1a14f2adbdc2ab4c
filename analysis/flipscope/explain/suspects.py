"""Gold label suspects: examples whose gold label both models speak against."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flipscope.data import OLD
from flipscope.errors import FlipscopeError
from flipscope.explain.embeddings import kept
from flipscope.explain.space import embedding_space
from flipscope.open.known_classes import with_zeros

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: Columns of `suspects`.
COLUMNS = (
    "candidate", "task", "row_id", "example_id", "outcome", "label", "suggested", "score", "old_pred", "new_pred",
    "near", "near_agree", "why", "text_a", "text_b",
)  # fmt: skip
# Embedded neighbours that are asked for their gold label.
_NEIGHBOURS = 10
# What a class needs before its usual probability can be told.
_FEW = 10
_HELD_OUT = (
    "The models must not have been trained on these examples: one that was repeats their labels, wrong ones included, "
    "and they stay hidden"
)


def suspects(
    comparison: Comparison, *, task: str | None = None, candidate: str | None = None, limit: int | None = 100
) -> pd.DataFrame:
    """List the examples whose gold label is likely to be wrong, the most suspicious first.

    Parameters
    ----------
    comparison : Comparison
        With probabilities of both models, best; without, all there is is that both agree against the gold label.
    task, candidate : str, optional
        The first ones when not named.
    limit : int, optional
        How many at most; None for all.

    Returns
    -------
    DataFrame
        ``candidate``, ``task``, ``row_id``, ``example_id``, ``outcome`` (always ``both_wrong``), ``label``,
        ``suggested`` (what both models answer), ``score`` (0 to 1, 1: most suspicious; NaN without probabilities),
        ``old_pred``, ``new_pred``, ``near`` and ``near_agree`` (how many embedded neighbours were asked, copies left
        out, and how many of them have the suggested label as gold; NA without embeddings), ``why`` (a sentence),
        ``text_a``, ``text_b``.
        ``attrs["total"]`` is how many there are without a limit; ``attrs["notes"]`` what to know about them.

    Raises
    ------
    FlipscopeError
        When there is no such task or candidate, or cleanlab is not installed.

    Notes
    -----
    Both models give the same answer, another one than the gold label, and each of them by confident learning
    (Northcutt, Jiang and Chuang 2021, "Confident Learning"): it gives that answer at least the probability that it
    gives it, on average, where it is the gold label. The score is 1 less the label quality of the ensemble of both
    (`cleanlab.rank.get_label_quality_ensemble_scores`).
    """
    candidate, task = comparison.candidate(candidate).name, comparison.result(task, candidate).task
    rows = comparison.query(
        "SELECT row_id, label, old_pred, new_pred FROM facts WHERE task = ? AND candidate = ? ORDER BY row_id",
        [task, candidate],
    )
    names = tuple(comparison.task_info(task).label_names)
    row_ids, labels, old, new = (_codes(rows[name], names) for name in rows)
    found = [_probabilities(comparison, task, model, row_ids, names) for model in (OLD, candidate)]
    known = [each for each in found if each is not None]
    chosen, score = _confident(labels, known, (old == new) & (new != labels))
    order = np.lexsort((row_ids[chosen], -score[chosen]))[:limit]
    listed = _details(comparison, candidate, row_ids[chosen][order], score[chosen][order])
    listed = _with_neighbours(comparison, task, candidate, listed)
    listed["why"] = [_why(row) for row in listed.to_dict("records")]
    result = listed[list(COLUMNS)]
    notes = _notes(np.bincount(labels, minlength=len(names)), names, known)
    result.attrs = {"task": task, "candidate": candidate, "total": int(chosen.sum()), "notes": notes}
    return result


def _codes(column: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Turn labels into their numbers; leave numbers as they are."""
    if column.name == "row_id":
        return column.to_numpy()
    return pc.index_in(pa.array(column, pa.string()), pa.array(names)).to_numpy()


def _probabilities(
    comparison: Comparison, task: str, model: str, row_ids: np.ndarray, names: tuple[str, ...]
) -> np.ndarray | None:
    """Read a model's probabilities: shape (examples, classes), in the order of `names`; None when it gave none."""
    file = comparison.path / "predictions" / f"{model}.parquet"
    inside = [("row_id", ">=", int(row_ids.min())), ("row_id", "<=", int(row_ids.max()))]
    table = pq.read_table(file, columns=["row_id", "probabilities"], filters=inside)
    table = table.take(pc.index_in(pa.array(row_ids), table["row_id"].combine_chunks()))
    lists = table["probabilities"].combine_chunks()
    if lists.null_count:
        return None
    values = lists.flatten().to_numpy().reshape(len(lists), -1)
    return with_zeros(values, tuple(comparison.task_info(task).models[model].label_names), names)


def _confident(labels: np.ndarray, known: list[np.ndarray], against: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Choose those of the examples that models speak `against` that each of them is sure of, and score all."""
    if not known or not against.any():
        return against, np.full(len(labels), np.nan)
    if _one_class(labels):  # nothing tells how sure models are of the others where those are right
        return np.zeros_like(against), np.full(len(labels), np.nan)
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_ensemble_scores, get_label_quality_scores
    except ImportError as error:
        raise FlipscopeError(
            "gold label suspects need cleanlab, which is not installed", do="Run: pip install 'flipscope[explain]'"
        ) from error

    chosen = against.copy()
    for each in known:
        chosen &= find_label_issues(labels, each, filter_by="confident_learning", n_jobs=1)
    if len(known) == 1:
        return chosen, 1 - get_label_quality_scores(labels, known[0])
    return chosen, 1 - get_label_quality_ensemble_scores(labels, known, verbose=False)


def _one_class(labels: np.ndarray) -> bool:
    return bool((labels == labels[0]).all())


def _details(comparison: Comparison, candidate: str, row_ids: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    """Look the listed examples up, in their order."""
    listed = pa.table({"row_id": pa.array(row_ids, pa.int64()), "score": score, "place": np.arange(len(score))})
    return comparison.query(
        "SELECT candidate, task, row_id, example_id, outcome, label, new_pred AS suggested, score, old_pred, new_pred, "
        "old_conf, new_conf, text_a, text_b FROM facts JOIN listed USING (row_id) JOIN text USING (row_id) "
        "WHERE candidate = ? ORDER BY place",
        [candidate],
        {"listed": listed},
    )


def _with_neighbours(comparison: Comparison, task: str, candidate: str, listed: pd.DataFrame) -> pd.DataFrame:
    """Count the embedded neighbours whose gold label is the suggested one."""
    import pandas as pd

    embeddings = kept(comparison, candidate, task=task)
    near, agree = (pd.array([pd.NA] * len(listed), "Int64") for _ in range(2))
    if embeddings is not None and len(listed):
        embedded = np.flatnonzero(np.isin(listed["row_id"], embeddings.row_ids))
        space = embedding_space(comparison, embeddings)
        found, _ = space.nearest(listed["row_id"].to_numpy()[embedded], _NEIGHBOURS)
        gold = comparison.query(
            "SELECT row_id, label FROM facts JOIN asked USING (row_id) WHERE candidate = ?",
            [candidate],
            {"asked": pa.table({"row_id": np.unique(found)})},
        ).set_index("row_id")["label"]
        same = gold[found.ravel()].to_numpy().reshape(found.shape) == listed["suggested"].to_numpy()[embedded, None]
        near[embedded], agree[embedded] = found.shape[1], same.sum(axis=1)
    return listed.assign(near=near, near_agree=agree)


def _why(row: dict[Hashable, Any]) -> str:
    """Say what speaks against a gold label."""
    sure = [f"{row[name]:.2f}" for name in ("old_conf", "new_conf") if row[name] == row[name]]
    models = f"both models say {row['suggested']}" + (f" ({' and '.join(sure)})" if sure else "")
    if not isinstance(row["near"], int):
        return models
    return f"{models}; {row['near_agree']} of the {row['near']} nearest examples are labelled so"


def _notes(counts: np.ndarray, names: tuple[str, ...], known: list[np.ndarray]) -> list[str]:
    """Tell what to know about the list."""
    if not known:
        return ["Without probabilities there is no score: these are all examples where both models agree against gold"]
    notes = [_HELD_OUT]
    if np.count_nonzero(counts) == 1:
        name = names[int(counts.argmax())]
        notes.append(f"All gold labels are {name}: how sure models are of others can't be told, so none is suspect")
        return notes
    if len(known) == 1:
        notes.append("Only one model gave probabilities; the score is by those alone")
    if few := [name for name, count in zip(names, counts, strict=True) if count < _FEW]:
        notes.append(f"Fewer than {_FEW} examples have the gold label {', '.join(few)}: suspects there are guesses")
    return notes
