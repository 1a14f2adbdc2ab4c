"""Pairing: the answers of both models on the same example, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import OUTCOMES, outcome_codes
from flipscope.flips.scores import pick


@dataclass(frozen=True)
class Side:
    """One model's answers in the order of the kept examples; `m` rows, `k` classes.

    Attributes
    ----------
    pred : ndarray of int32, shape (m,)
        Index into the label names.
    probabilities, logits : ndarray of float64, shape (m, k), or None
        ``None`` when the source has none.
    borderline : ndarray of bool, shape (m,)
        True where the top two classes are closer than the arithmetic can tell apart.
    new_classes : tuple of str
        Classes that the model does not know.
    """

    pred: np.ndarray
    probabilities: np.ndarray | None
    logits: np.ndarray | None
    borderline: np.ndarray
    new_classes: tuple[str, ...] = ()

    def gold_probability(self, label: np.ndarray) -> np.ndarray | None:
        """P(gold label), shape (m,); ``None`` without probabilities."""
        return None if self.probabilities is None else pick(self.probabilities, label)

    def confidence(self) -> np.ndarray | None:
        """P(predicted label), shape (m,); ``None`` without probabilities."""
        return None if self.probabilities is None else pick(self.probabilities, self.pred)

    def margin(self) -> np.ndarray | None:
        """P(first) - P(second), shape (m,), in [0, 1]; ``None`` without probabilities."""
        if self.probabilities is None:
            return None
        top = np.partition(self.probabilities, -2, axis=1)[:, -2:]
        return top[:, 1] - top[:, 0]


@dataclass(frozen=True)
class Paired:
    """Both models' answers on the examples that both answered and that have a gold label; `m` rows.

    Attributes
    ----------
    examples : Examples
        The whole evaluation set.
    rows : ndarray of int64, shape (m,)
        Which of its rows were kept, ascending.
    label : ndarray of int32, shape (m,)
        Gold label, as index into ``examples.label_names``.
    old, new : Side
        The answers.
    outcome : ndarray of int8, shape (m,)
        Index into ``OUTCOMES``.
    left_out : dict
        How many examples were left out, by cause. The first cause that holds counts.
    """

    examples: Examples
    rows: np.ndarray
    label: np.ndarray
    old: Side
    new: Side
    outcome: np.ndarray
    left_out: dict[str, int]

    def counts(self) -> tuple[int, int, int, int]:
        """How many rows have each outcome, in the order of ``OUTCOMES``."""
        return tuple(np.bincount(self.outcome, minlength=len(OUTCOMES)).tolist())

    @property
    def borderline(self) -> np.ndarray:
        """Rows where either answer hangs on the arithmetic, shape (m,)."""
        return self.old.borderline | self.new.borderline

    def severity(self) -> np.ndarray | None:
        """How strongly the wrong answer is preferred to the gold label, shape (m,), in [0, 1].

        The wrong model's P(its answer) - P(gold): the candidate's on negative flips and where both are
        wrong, the old model's on positive flips, NaN where both are right. ``None`` without probabilities.
        """
        old, new = self.old, self.new
        if old.probabilities is None or new.probabilities is None:
            return None
        lead = {
            side: pick(p, pred) - pick(p, self.label)
            for side, p, pred in (("old", old.probabilities, old.pred), ("new", new.probabilities, new.pred))
        }
        severity = np.where(self.outcome == OUTCOMES.index("positive_flip"), lead["old"], lead["new"])
        return np.where(self.outcome == OUTCOMES.index("both_correct"), np.nan, severity)


def pair(examples: Examples, old: Predictions, new: Predictions) -> Paired:
    """Pair two models' predictions on an evaluation set.

    Parameters
    ----------
    examples : Examples
        The evaluation set; its order is kept.
    old, new : Predictions
        Keyed by the same ids as `examples`, over the same label names.

    Returns
    -------
    Paired

    Raises
    ------
    FlipscopeError
        When no example is answered by both models.
    """
    where_old, where_new = positions(examples, old), positions(examples, new)
    label = _codes(examples.table["label"], examples.label_names)
    causes = {
        "no_gold_label": label < 0,
        "no_old_prediction": where_old < 0,
        "no_new_prediction": where_new < 0,
    }
    kept, left_out = np.ones(len(examples), dtype=bool), {}
    for cause, hit in causes.items():
        left_out[cause] = int(np.count_nonzero(kept & hit))
        kept &= ~hit
    if not kept.any():
        raise _nothing_in_common(examples, old, new, left_out)
    rows = np.flatnonzero(kept)
    sides = [
        _side(predictions, where[rows], examples.label_names)
        for predictions, where in ((old, where_old), (new, where_new))
    ]
    outcome = outcome_codes(label[rows], sides[0].pred, sides[1].pred)
    return Paired(examples, rows, label[rows], sides[0], sides[1], outcome, left_out)


def positions(examples: Examples, predictions: Predictions) -> np.ndarray:
    """Find for each example the row of its prediction, or -1; shape (examples,)."""
    return find_rows(examples.table["example_id"], predictions.table["example_id"])


def find_rows(want: pa.ChunkedArray | pa.Array, have: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Find for each of `want` its first row in `have`, or -1; int64 of the length of `want`."""
    if want.equals(have):  # the same order, as is usual: no need to look anything up
        return np.arange(len(want))
    values = have.combine_chunks() if isinstance(have, pa.ChunkedArray) else have
    return pc.index_in(want, value_set=values).fill_null(-1).to_numpy().astype(np.int64)


def _side(predictions: Predictions, where: np.ndarray, label_names: tuple[str, ...]) -> Side:
    table = predictions.table
    whole = len(where) == len(table) and bool(np.array_equal(where, np.arange(len(where))))

    def picked(values: np.ndarray) -> np.ndarray:
        return values if whole else values[where]

    names = table.column_names
    borderline = table["borderline"].to_numpy() if "borderline" in names else np.zeros(len(table), dtype=bool)
    return Side(
        pred=picked(_codes(table["pred"], label_names)),
        probabilities=picked(matrix(table["probabilities"])) if "probabilities" in names else None,
        logits=picked(matrix(table["logits"])) if "logits" in names else None,
        borderline=picked(borderline),
        new_classes=predictions.new_classes,
    )


def matrix(column: pa.ChunkedArray) -> np.ndarray:
    """Turn a column of equally long lists into an array, shape (rows, length)."""
    array = column.combine_chunks()
    width = array.type.list_size
    return array.flatten().to_numpy(zero_copy_only=False).reshape(-1, width).astype(np.float64, copy=False)


def _codes(names: pa.ChunkedArray, label_names: tuple[str, ...]) -> np.ndarray:
    """Map names to their index in `label_names`; -1 for null."""
    codes = pc.index_in(names, value_set=pa.array(label_names, pa.string()), skip_nulls=True)
    return codes.fill_null(-1).to_numpy().astype(np.int32, copy=False)


def _nothing_in_common(
    examples: Examples, old: Predictions, new: Predictions, left_out: dict[str, int]
) -> FlipscopeError:
    if left_out["no_gold_label"] == len(examples):
        return FlipscopeError(
            "no example has a gold label, so there is nothing to judge",
            where=examples.source,
            do="Name the column with --label",
        )
    side, name = (old, "old") if left_out["no_old_prediction"] else (new, "new")
    theirs, ours = side.table["example_id"][0], examples.table["example_id"][0]
    return FlipscopeError(
        f"none of the {len(examples):,} examples has a prediction of the {name} model "
        f"(ids here look like {str(ours)!r}, there like {str(theirs)!r})",
        where=side.source,
        do="Name the id column with --id, or match rows by their text with --id none",
    )
