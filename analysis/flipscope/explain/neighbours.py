"""The examples most like one: those that share its rare words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.explain.textdiff import words

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: Examples of a task that are all read; of more, only the flips are, which keeps the answer under a second.
_MOST_READ = 1_000_000
#: Words of the example that the others are searched for, the longest ones: those are the rarest on the whole.
_MOST_WORDS = 12
#: Examples whose words are compared one by one, after the search; and of those that share the very same words.
_MOST_COMPARED, _MOST_ALIKE = 40, 20
#: What is kept of a text: a similarity of whole books tells nothing.
_MOST_CHARACTERS = 5_000


@dataclass(frozen=True)
class Neighbours:
    """The examples most like one.

    Attributes
    ----------
    rows : DataFrame
        As `Comparison.examples` gives them, most similar first, with ``similarity`` (0 to 1; 1: the same words).
    read : {"all", "flips"}
        What was searched: all examples of the task, or only the flips, when it has very many.
    """

    rows: pd.DataFrame
    read: str


def neighbours(comparison: Comparison, row_id: int, *, candidate: str | None = None, limit: int = 8) -> Neighbours:
    """Find the examples of the same task that share most, and the rarest, words with one.

    Parameters
    ----------
    comparison : Comparison
        Its examples have texts.
    row_id : int
        The example's number in this comparison.
    candidate : str, optional
        Whose answers to give beside them; the first candidate when not named.
    limit : int
        How many at most.

    Returns
    -------
    Neighbours

    Raises
    ------
    FlipscopeError
        When there is no such example.

    Notes
    -----
    Similarity is the Jaccard index of the two sets of words, each word weighted by its rarity log(1 + N / n): N
    examples read, n of them with the word in it. Others are found by the longest words of the example; those that
    share only short ones with a long text are not found.
    """
    candidate = candidate or comparison.candidates[0]
    task, text = _example(comparison, row_id)
    asked = frozenset(_vocabulary(text))
    sought = sorted(asked, key=lambda word: (-len(word), word))[:_MOST_WORDS]
    size = comparison.result(task, candidate).n
    read = "all" if size <= _MOST_READ else "flips"
    found, rarity = _search(comparison, task, candidate, sought, read, len(text.encode()))
    found = [number for number in found if number != row_id]
    rows = _rows(comparison, candidate, found)
    texts = (rows["text_a"].fillna("") + " " + rows["text_b"].fillna("")).tolist()
    rows.insert(0, "similarity", [_similarity(asked, frozenset(_vocabulary(text)), rarity) for text in texts])
    rows = rows[(rows["similarity"] > 0) & (rows["task"] == task)]
    order = rows.sort_values(["similarity", "row_id"], ascending=[False, True])
    return Neighbours(order.head(limit).reset_index(drop=True), read)


def _example(comparison: Comparison, row_id: int) -> tuple[str, str]:
    where = "SELECT task FROM facts WHERE row_id = ? LIMIT 1"
    tasks = comparison.query(where, [row_id])["task"]
    if tasks.empty:
        raise FlipscopeError(f"there is no example with the number {row_id}", where=comparison.path)
    texts = comparison.query("SELECT concat_ws(' ', text_a, text_b) AS text FROM text WHERE row_id = ?", [row_id])
    return str(tasks[0]), str(texts["text"][0])


def _vocabulary(text: str) -> set[str]:
    """Get the words of a text, without case, spaces and punctuation."""
    return {word for word in words(text[:_MOST_CHARACTERS].lower()) if any(letter.isalnum() for letter in word)}


def _search(
    comparison: Comparison, task: str, candidate: str, sought: Sequence[str], read: str, size: int
) -> tuple[list[int], dict[str, float]]:
    """Look for words in all texts, in one pass.

    Returns
    -------
    list of int
        Examples that may be the most similar ones to a text of `size` bytes: with the rarest words, and little else.
    dict of str to float
        The rarity of each word.
    """
    if not sought:
        return [], {}
    mask = " | ".join(f"(contains(t, ?)::INTEGER << {bit})" for bit in range(len(sought)))
    text = "lower(concat_ws(' ', text_a, text_b)) AS t"
    if read == "all":
        source, params = f"(SELECT row_id, {text} FROM text WHERE row_id BETWEEN ? AND ?)", _range(comparison, task)
    else:
        source = f"(SELECT row_id, {text} FROM flips WHERE task = ? AND candidate = ?)"
        params = [task, candidate]
    groups = comparison.query(
        f"SELECT mask, count(*) AS n, min({{'bytes': bytes, 'row_id': row_id}}, {_MOST_ALIKE}) AS shortest "
        f"FROM (SELECT row_id, strlen(t) AS bytes, {mask} AS mask FROM {source}) GROUP BY mask",
        [*sought, *params],
    )
    has = groups["mask"].to_numpy()[:, None] >> np.arange(len(sought)) & 1  # groups x words
    counts = groups["n"].to_numpy()
    weights = np.log1p(counts.sum() / np.maximum(1, counts @ has))
    score = has @ weights
    per_byte = weights.sum() / size
    likely = [
        (score[i] / (weights.sum() + per_byte * each["bytes"] - score[i]), each["row_id"])
        for i in np.argsort(-score, kind="stable")[:_MOST_COMPARED]
        if score[i] > 0
        for each in groups["shortest"][i]
    ]
    best = sorted(likely, key=lambda pair: (-pair[0], pair[1]))[:_MOST_COMPARED]
    return [int(number) for _, number in best], dict(zip(sought, weights.tolist(), strict=True))


def _range(comparison: Comparison, task: str) -> list[object]:
    """Find the first and last number of a task's examples: they lie together."""
    span = comparison.query("SELECT min(row_id) AS low, max(row_id) AS high FROM facts WHERE task = ?", [task])
    return [int(span["low"][0]), int(span["high"][0])]


def _rows(comparison: Comparison, candidate: str, found: Sequence[int]) -> pd.DataFrame:
    listed = ", ".join(str(number) for number in found) or "NULL"
    sql = f"SELECT * FROM facts JOIN text USING (row_id) WHERE candidate = ? AND row_id IN ({listed})"
    return comparison.query(sql, [candidate])


def _similarity(a: frozenset[str], b: frozenset[str], rarity: dict[str, float]) -> float:
    """Compare two sets of words; a word whose rarity was not looked up counts as much as the others on average."""
    usual = sum(rarity.values()) / len(rarity) if rarity else 1.0
    shared, either = (sum(rarity.get(word, usual) for word in found) for found in (a & b, a | b))
    return shared / either if either else 0.0
