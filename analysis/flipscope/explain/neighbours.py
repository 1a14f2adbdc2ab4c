"""The examples most like one: those that share its rare words, or are near it in the candidate's embedding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa

from flipscope.errors import FlipscopeError
from flipscope.explain.embeddings import kept
from flipscope.explain.space import embedding_space
from flipscope.explain.textdiff import words
from flipscope.flips.outcome import FLIPS

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
# Neighbours flipped as often or more, were they any examples: below this probability they say that a flip is not alone.
_CHANCE = 0.05
_ONE = {"negative_flip": "a negative flip", "positive_flip": "a positive flip"}
_MORE = {"negative_flip": "negative flips", "positive_flip": "positive flips"}


@dataclass(frozen=True)
class Neighbours:
    """The examples most like one.

    Attributes
    ----------
    rows : DataFrame
        As `Comparison.examples` gives them, most similar first, with ``similarity`` (1: the same words; by
        embedding the cosine of what is left without the direction of the classes, -1 to 1). Copies of the example are
        left out, and of several with the same texts all but the first: they are no other examples.
    read : {"all", "flips", "sample"}
        What was searched: all examples of the task; only the flips, when it has very many; or, by embedding, all flips
        and a random sample of the rest.
    by : {"words", "embedding"}
        What similar means.
    outcome : str
        That of the example itself.
    rate : float or None
        Share of the examples searched that have this outcome or, where it is no flip, that flipped; None where only
        flips were searched.
    copies : int
        Other examples of the task with the very same texts.
    """

    rows: pd.DataFrame
    read: str
    by: Literal["words", "embedding"]
    outcome: str
    rate: float | None
    copies: int = 0

    @property
    def alike(self) -> int:
        """How many of `rows` have the outcome of the example or, where that is no flip, how many flipped."""
        return int(self.rows["outcome"].isin(_asked(self.outcome)).sum())

    @property
    def sentence(self) -> str:
        """What the outcomes of the neighbours say, in words: evidence, no proof. Empty without any to compare."""
        copies = f"{self.copies:,} {'copy' if self.copies == 1 else 'copies'} of this one"
        if self.rows.empty and self.copies:
            return f"nothing is like it but {copies}"
        if self.rate is None or self.rows.empty:
            return ""
        flip = self.outcome in FLIPS
        besides = f", not counting {copies}" if self.copies else ""
        counts = f"{self._counted()}{' too' if flip else ''}{besides}; {self.rate:.1%} of all are"
        return f"{counts}: {self._judged()}" if flip else counts

    def _counted(self) -> str:
        one, more = _ONE.get(self.outcome, "a flip"), _MORE.get(self.outcome, "flips")
        are = f"is {one}" if self.alike == 1 else f"are {more}"
        return f"{self.alike} of the {len(self.rows)} nearest {are}"

    def _judged(self) -> str:
        """Say whether a flip is one of many; of those that stand alone, no more than 1 in 20 are said to be."""
        from scipy.special import bdtrc

        as_many = bdtrc(self.alike - 1, len(self.rows), self.rate)  # the probability that chance gives as many or more
        return "one of a family" if self.alike and as_many <= _CHANCE else "no sign of a family"


def neighbours(
    comparison: Comparison,
    row_id: int,
    *,
    candidate: str | None = None,
    limit: int = 8,
    by: Literal["words", "embedding"] = "words",
) -> Neighbours:
    """Find the examples of the same task that are most like one.

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
    by : {"words", "embedding"}
        By the words they share, or by the candidate's own embedding, which `flipscope.explain.embeddings.embed` keeps.

    Returns
    -------
    Neighbours

    Raises
    ------
    FlipscopeError
        When there is no such example or, by embedding, none is kept, or not of this one.

    Notes
    -----
    By words, similarity is the Jaccard index of the two sets of words, each word weighted by its rarity
    log(1 + N / n): N examples read, n of them with the word in it. Others are found by the longest words of the
    example; those that share only short ones with a long text are not found.
    """
    candidate = comparison.candidate(candidate).name
    task, text, outcome = _example(comparison, row_id, candidate)
    copies = _copies(comparison, task, row_id)
    count = len(copies) - 1 if text.strip() else 0  # what has no text is no copy of the others without one
    if by == "embedding":
        return _by_embedding(comparison, task, candidate, row_id, outcome, limit, count)
    asked = frozenset(_vocabulary(text))
    sought = sorted(asked, key=lambda word: (-len(word), word))[:_MOST_WORDS]
    result = comparison.result(task, candidate)
    read = "all" if result.n <= _MOST_READ else "flips"
    found, rarity = _search(comparison, task, candidate, sought, read, len(text.encode()), copies)
    rows = _rows(comparison, candidate, found)
    texts = (rows["text_a"].fillna("") + " " + rows["text_b"].fillna("")).tolist()
    rows.insert(0, "similarity", [_similarity(asked, frozenset(_vocabulary(text)), rarity) for text in texts])
    rows = rows[(rows["similarity"] > 0) & (rows["task"] == task)]
    order = rows.sort_values(["similarity", "row_id"], ascending=[False, True]).drop_duplicates(["text_a", "text_b"])
    rate = sum(getattr(result, name) for name in _asked(outcome)) / result.n if read == "all" else None
    return Neighbours(order.head(limit).reset_index(drop=True), read, "words", outcome, rate, count)


def _asked(outcome: str) -> tuple[str, ...]:
    """Tell which outcomes count as the same: that of a flip; any flip beside one that is none."""
    return (outcome,) if outcome in FLIPS else tuple(FLIPS)


def _by_embedding(
    comparison: Comparison, task: str, candidate: str, row_id: int, outcome: str, limit: int, copies: int
) -> Neighbours:
    embeddings = kept(comparison, candidate, task=task)
    if embeddings is None or row_id not in embeddings.row_ids:
        what = "no embeddings are kept" if embeddings is None else "this example is not among those that are embedded"
        raise FlipscopeError(what, where=f"{task}, {candidate}", do="Run flipscope embed, or ask by words")
    found, likeness = embedding_space(comparison, embeddings).nearest(np.array([row_id]), limit)
    rows = _rows(comparison, candidate, found[0].tolist())
    rows.insert(0, "similarity", rows["row_id"].map(dict(zip(found[0].tolist(), likeness[0].tolist(), strict=True))))
    rows = rows.sort_values(["similarity", "row_id"], ascending=[False, True]).reset_index(drop=True)
    listed = ", ".join(f"'{name}'" for name in _asked(outcome))
    flipped = comparison.query(
        f"SELECT count_if(outcome IN ({listed})) AS n FROM facts JOIN embedded USING (row_id) WHERE candidate = ?",
        [candidate], {"embedded": pa.table({"row_id": embeddings.row_ids})},
    )  # fmt: skip
    read = "all" if len(embeddings) == embeddings.examples else "sample"
    return Neighbours(rows, read, "embedding", outcome, int(flipped["n"][0]) / len(embeddings), copies)


def _example(comparison: Comparison, row_id: int, candidate: str) -> tuple[str, str, str]:
    """Read the task, the texts and the outcome of an example."""
    found = comparison.query(
        "SELECT task, concat_ws(' ', text_a, text_b) AS text, outcome FROM facts JOIN text USING (row_id) "
        "WHERE row_id = ? AND candidate = ?",
        [row_id, candidate],
    )
    if found.empty:
        raise FlipscopeError(f"there is no example with the number {row_id}", where=comparison.path)
    task, text, outcome = found.iloc[0]
    return task, text, outcome


def _copies(comparison: Comparison, task: str, row_id: int) -> pa.Table:
    """Find the examples of the task with the very same texts, this one among them."""
    found = comparison.query(
        "SELECT every.row_id FROM text AS every JOIN text AS this "
        "ON every.text_a IS NOT DISTINCT FROM this.text_a AND every.text_b IS NOT DISTINCT FROM this.text_b "
        "WHERE this.row_id = ? AND every.row_id BETWEEN ? AND ?",
        [row_id, *_range(comparison, task)],
    )
    return pa.table({"row_id": pa.array(found["row_id"], pa.int64())})


def _vocabulary(text: str) -> set[str]:
    """Get the words of a text, without case, spaces and punctuation."""
    return {word for word in words(text[:_MOST_CHARACTERS].lower()) if any(letter.isalnum() for letter in word)}


def _search(
    comparison: Comparison, task: str, candidate: str, sought: Sequence[str], read: str, size: int, copies: pa.Table
) -> tuple[list[int], dict[str, float]]:
    """Look for words in all texts, in one pass.

    Returns
    -------
    list of int
        Examples that may be the most similar ones to a text of `size` bytes: with the rarest words, and little else;
        none of the `copies`.
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
        f"SELECT mask, copy, count(*) AS n, min({{'bytes': bytes, 'row_id': row_id}}, {_MOST_ALIKE}) AS shortest "
        f"FROM (SELECT row_id, row_id IN (SELECT row_id FROM copies) AS copy, strlen(t) AS bytes, {mask} AS mask "
        f"FROM {source}) GROUP BY mask, copy ORDER BY mask, copy",
        [*sought, *params],
        {"copies": copies},
    )
    has = groups["mask"].to_numpy()[:, None] >> np.arange(len(sought)) & 1  # groups x words
    counts = groups["n"].to_numpy()
    weights = np.log1p(counts.sum() / np.maximum(1, counts @ has))
    score = np.where(groups["copy"], 0, has @ weights)
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
