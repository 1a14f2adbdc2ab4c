"""Matching: which prediction of a file belongs to which example. By id when both have one, else by their texts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.open.ids import content_hashes
from flipscope.open.predictions import PredictionFile

_SAME_ROWS = "The ids don't name the same examples: name other ones with --id, or match by text with --id none"


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
        Predictions that belong to no example keep a place in it when rows are matched by id, and are left
        out with a note when rows are matched by text.

    Raises
    ------
    FlipscopeError
        When rows can't be matched, or matched rows disagree on texts or gold labels.
    """
    by_id = examples.id_column is not None and file.predictions.id_column is not None
    where = _find(examples.table["example_id"], file.table["example_id"]) if by_id else _find_by_text(file, examples)
    _refuse_disagreement(file, examples, where)
    if by_id:
        return file.predictions
    asked = np.flatnonzero(where >= 0)
    table = file.predictions.table.take(pa.array(where[asked]))
    ids = examples.table["example_id"].take(pa.array(asked))
    table = table.set_column(table.column_names.index("example_id"), "example_id", ids)
    unused = len(file.predictions) - len(np.unique(where[asked]))
    notes = ("rows are matched by their text", *([f"{unused:,} rows match no example"] if unused else []))
    return replace(file.predictions, table=table, notes=(*file.predictions.notes, *notes))


def _find_by_text(file: PredictionFile, examples: Examples) -> np.ndarray:
    keys = []
    for table, source in ((examples.table, examples.source), (file.table, file.predictions.source)):
        if table["text_a"].null_count:
            raise FlipscopeError(
                "rows have to be matched by their text, since not both sides have an id, but here are no texts",
                where=source,
                do="Name a column of ids with --id, in both",
            )
        text_b = None if table["text_b"].null_count else table["text_b"].combine_chunks()
        keys.append(content_hashes(table["text_a"].combine_chunks(), text_b))
    # Equal texts have equal predictions (a file where they differ is refused), so any of them will do.
    found = _find(*keys)
    if (found < 0).all():
        raise FlipscopeError(
            f"none of its texts is among the {len(examples):,} examples of {examples.source}",
            where=file.predictions.source,
            do="Compare predictions on the same evaluation set, or name a column of ids with --id, in both",
        )
    return found


def _find(want: pa.ChunkedArray, have: pa.ChunkedArray) -> np.ndarray:
    """Find for each of `want` its first place in `have`, or -1."""
    if want.equals(have):  # the same order, as is usual: no need to look anything up
        return np.arange(len(want))
    values = have.combine_chunks() if isinstance(have, pa.ChunkedArray) else have
    return pc.index_in(want, value_set=values).fill_null(-1).to_numpy().astype(np.int64)


def _refuse_disagreement(file: PredictionFile, examples: Examples, where: np.ndarray) -> None:
    asked = pa.array(np.flatnonzero(where >= 0))
    rows = pa.array(where[where >= 0])
    for column, what in (("text_a", "text"), ("text_b", "second text"), ("label", "gold label")):
        ours, theirs = examples.table[column].take(asked), file.table[column].take(rows)
        if column != "label":
            ours, theirs = _spaced_alike(ours), _spaced_alike(theirs)
        differs = pc.fill_null(pc.not_equal(ours, theirs), False)
        if count := pc.sum(differs).as_py():
            first = examples.table["example_id"].take(asked).filter(differs)[0].as_py()
            raise FlipscopeError(
                f"{count:,} rows have another {what} than in {examples.source}, such as {first!r}",
                where=file.predictions.source,
                do=_SAME_ROWS if column != "label" else "Both must be judged by the same labels: mend one of them",
            )


def _spaced_alike(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))
