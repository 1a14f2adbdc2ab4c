"""Matching: which prediction of a file belongs to which example. By id when both have one, else by their texts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.pairing import find_rows, matrix
from flipscope.open.ids import content_hashes
from flipscope.open.predictions import PredictionFile

_SAME_ROWS = "The ids don't name the same examples: name other ones with --id, or match by text with --id none"
# Equal texts may get probabilities that differ by rounding, but not by more than a reader would see.
_SAME_PROBABILITY = 1e-3


def match_to(file: PredictionFile, examples: Examples) -> Predictions:
    """Give a file's predictions the ids of the examples they belong to.

    Parameters
    ----------
    file : PredictionFile
        Its label names are those of `examples`.
    examples : Examples
        The evaluation set.

    Returns
    -------
    Predictions
        In the order of the examples; rows that belong to none are left out and counted.

    Raises
    ------
    FlipscopeError
        When rows can't be matched, or matched rows disagree on texts or gold labels.
    """
    by_id = examples.id_column is not None and file.predictions.id_column is not None
    if by_id:
        want, have = examples.table["example_id"], file.table["example_id"]
        where = find_rows(want, have)
        _refuse_disagreement(file, examples, where, ("text_a", "text_b", "label"))
    else:
        want, have = _keys_by_text(file, examples)
        # Equal texts have equal answers, so any of them will do; the first, whatever the order of the examples.
        where = pc.index_in(want, value_set=have).fill_null(-1).to_numpy().astype(np.int64)
        # A text that is there twice may have two labels; where it is there once, both sides must agree.
        once = _are_single(want) & _are_single(have)[where]
        _refuse_disagreement(file, examples, np.where(once, where, -1), ("label",))
    if (where < 0).all():
        raise _nothing_matches(file, examples, by_id)
    asked = np.flatnonzero(where >= 0)
    table = file.predictions.table.take(pa.array(where[asked]))
    ids = examples.table["example_id"].take(pa.array(asked))
    table = table.set_column(table.column_names.index("example_id"), "example_id", ids)
    notes = file.predictions.notes if by_id else (*file.predictions.notes, "rows are matched by their text")
    unused = len(have) - (len(np.unique(where[asked])) if by_id else pc.sum(pc.is_in(have, value_set=want)).as_py())
    return replace(file.predictions, table=table, notes=notes, unused=unused)


def _keys_by_text(file: PredictionFile, examples: Examples) -> tuple[pa.Array, pa.Array]:
    """Make keys of the texts of the examples and of the file; equal texts must have equal answers."""
    for table, source in ((examples.table, examples.source), (file.table, file.predictions.source)):
        if table["text_a"].null_count:
            raise FlipscopeError(
                "rows have to be matched by their text, since not both sides have an id, but here are no texts",
                where=source,
                do="Name a column of ids with --id, in both",
            )
    keys = _text_keys(file.table)
    _refuse_unequal_answers(file, keys)
    return _text_keys(examples.table), keys


def _text_keys(table: pa.Table) -> pa.Array:
    text_b = None if table["text_b"].null_count else table["text_b"].combine_chunks()
    return content_hashes(table["text_a"].combine_chunks(), text_b)


def _are_single(keys: pa.Array) -> np.ndarray:
    """Tell which keys are there once; bool of the length of `keys`."""
    codes = keys.dictionary_encode().indices.to_numpy()
    return np.bincount(codes)[codes] == 1


def _refuse_unequal_answers(file: PredictionFile, keys: pa.Array) -> None:
    table = file.predictions.table
    if "probabilities" not in table.column_names:
        return
    probabilities = matrix(table["probabilities"])
    first = pc.index_in(keys, value_set=keys).to_numpy()
    differs = np.flatnonzero(np.abs(probabilities - probabilities[first]).max(axis=1, initial=0.0) > _SAME_PROBABILITY)
    if len(differs):
        row = int(differs[0])
        raise FlipscopeError(
            f"rows {int(first[row]) + 1} and {row + 1} have the same text and different probabilities",
            where=file.predictions.source,
            do="Add ids, so that equal texts can be told apart",
        )


def _nothing_matches(file: PredictionFile, examples: Examples, by_id: bool) -> FlipscopeError:
    theirs, ours = file.table["example_id"][0], examples.table["example_id"][0]
    what = f"ids (they look like {str(theirs)!r} here and {str(ours)!r} there)" if by_id else "texts"
    other = "match rows by their text with --id none" if by_id else "name a column of ids with --id, in both"
    return FlipscopeError(
        f"none of its {what} is among the {len(examples):,} examples of {examples.source}",
        where=file.predictions.source,
        do=f"Compare predictions on the same evaluation set, or {other}",
    )


def _refuse_disagreement(file: PredictionFile, examples: Examples, where: np.ndarray, columns: tuple[str, ...]) -> None:
    """Refuse rows that have the same id and are not the same example."""
    asked = pa.array(np.flatnonzero(where >= 0))
    rows = pa.array(where[where >= 0])
    words = {"text_a": "text", "text_b": "second text", "label": "gold label"}
    for column in columns:
        ours, theirs = examples.table[column].take(asked), file.table[column].take(rows)
        if column != "label":
            ours, theirs = _spaced_alike(ours), _spaced_alike(theirs)
        differs = pc.fill_null(pc.not_equal(ours, theirs), False)
        if count := pc.sum(differs).as_py():
            first = examples.table["example_id"].take(asked).filter(differs)[0].as_py()
            raise FlipscopeError(
                f"{count:,} rows have another {words[column]} than in {examples.source}, such as {first!r}",
                where=file.predictions.source,
                do=_SAME_ROWS if column != "label" else "Both must be judged by the same labels: mend one of them",
            )


def _spaced_alike(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))
