"""Flip families: flips that are alike, with the words that tell them from all other examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from flipscope.errors import FlipscopeError
from flipscope.explain.clusters import with_scikit_learn
from flipscope.explain.embeddings import kept
from flipscope.explain.space import Space, embedding_space, originals
from flipscope.explain.telling import telling_words
from flipscope.flips.outcome import FLIPS

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

# Flips that are grouped: every pair of them is compared. Of more, a fixed random sample is.
_MOST_FLIPS = 5_000
# Flips are alike when they are nearer to each other than this share of all pairs of examples, found on so many pairs.
_NEARER, _PAIRS = 0.98, 100_000
# Fewer different texts than this are no family: in any set of flips some two are alike by chance.
_LEAST = 3
# Without embeddings: about so many other examples tell how rare words are, and what is kept of a text.
_MOST_READ, _MOST_CHARACTERS = 20_000, 5_000
# Examples around a family's centre that are looked at, at the least.
_LEAST_NEAR = 20
_BY_WORDS = "flips that share words by chance make families, too: read them, and confirm what they suggest as a slice"
_WORD = r"(?u)\w+(?:['’]\w+)*"


@dataclass(frozen=True)
class Family:
    """Flips that are alike.

    Attributes
    ----------
    words : tuple of str
        Its most telling words, the best first: far more frequent in it than in all other examples of the task.
    row_ids : tuple of int
        Its flips: the one of `central`, then the most central first.
    central : str
        The text that stands for it: of its more central half the one that has most of its words.
    near, near_flips : int or None
        The embedded examples nearest to its centre, whatever their outcome: twice as many as it has flips, at least
        20; and how many of them are such flips. None without embeddings. Of all embedded examples `Families.rate` are.
        The place was chosen for its flips, so its share is too high: confirm it as a slice. Copies count once.
    """

    words: tuple[str, ...]
    row_ids: tuple[int, ...]
    central: str
    near: int | None = None
    near_flips: int | None = None

    @property
    def n(self) -> int:
        """How many flips."""
        return len(self.row_ids)

    @property
    def label(self) -> str:
        """The words as one text; the central example where no word tells."""
        return ", ".join(self.words) or self.central

    @property
    def where(self) -> str:
        """The condition that picks its flips out in ``--where`` and links."""
        return f"row_id IN ({', '.join(map(str, self.row_ids))})"


@dataclass(frozen=True)
class Families:
    """The families of the flips of one task and candidate, the largest first; iterate over it for the families.

    Attributes
    ----------
    task, candidate, outcome : str
        Which flips.
    by : {"embedding", "words"}
        What being alike means: the candidate's embedding where kept, else the words (TF-IDF).
    n : int
        Flips that were grouped; the families and those `alone` add up to it.
    families : tuple of Family
        Flips of at least three different texts each.
    alone : tuple of int
        Row ids of flips that are in no family.
    rate : float or None
        Share of the embedded examples that are such flips, copies counted once; None without embeddings.
    notes : tuple of str
        What to know about them; shown to people.
    """

    task: str
    candidate: str
    outcome: str
    by: Literal["embedding", "words"]
    n: int
    families: tuple[Family, ...]
    alone: tuple[int, ...]
    rate: float | None = None
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Family]:
        return iter(self.families)

    def __len__(self) -> int:
        return len(self.families)


def families(
    comparison: Comparison,
    *,
    task: str | None = None,
    candidate: str | None = None,
    outcome: str = "negative_flip",
    by: Literal["embedding", "words"] | None = None,
) -> Families:
    """Group the flips of a task that are alike.

    Parameters
    ----------
    comparison : Comparison
        Its examples have texts.
    task, candidate : str, optional
        The first ones when not named.
    outcome : {"negative_flip", "positive_flip"}
        Which flips.
    by : {"embedding", "words"}, optional
        By the candidate's embedding or by words; the embedding where one is kept, when not named.

    Returns
    -------
    Families

    Raises
    ------
    FlipscopeError
        When there are no words, scikit-learn is not installed, or no embedding is kept where it is asked for.

    Notes
    -----
    Agglomerative clustering with average linkage over cosine distances. It stops where two groups are, on average, no
    nearer than 98 of 100 random pairs of examples, so that most flips that have nothing in common stay alone. Families
    come about by chance, too.
    """
    if outcome not in FLIPS:
        raise FlipscopeError(f"{outcome!r} is not a flip", do=f"Choose from {', '.join(FLIPS)}")
    with_scikit_learn("flip families")
    candidate, task = comparison.candidate(candidate).name, comparison.result(task, candidate).task
    embeddings = None if by == "words" else kept(comparison, candidate, task=task)
    if by == "embedding" and embeddings is None:
        raise FlipscopeError("no embeddings are kept", where=f"{task}, {candidate}", do="Run flipscope embed first")
    flips, notes = _flips(comparison, task, candidate, outcome)
    if embeddings is None:
        space = _word_space(comparison, task, flips)
    else:
        flips = np.intersect1d(flips, embeddings.row_ids)
        space = embedding_space(comparison, embeddings)
        notes += embeddings.notes
    groups, texts = _grouped(space, flips)
    sizes = np.bincount(groups, minlength=1)
    together = [flips[groups == group] for group in np.argsort(-sizes, kind="stable") if texts[group] >= _LEAST]
    flipped = None if embeddings is None else _all_flips(comparison, task, candidate, outcome, space)
    return Families(
        task=task,
        candidate=candidate,
        outcome=outcome,
        by="words" if embeddings is None else "embedding",
        n=len(flips),
        families=tuple(_described(comparison, task, together, space, flipped)),
        alone=tuple(flips[texts[groups] < _LEAST].tolist()),
        rate=None if flipped is None else float(flipped[space.distinct].mean()),
        notes=tuple([*notes, *([_BY_WORDS] if embeddings is None and together else [])]),
    )


def _flips(comparison: Comparison, task: str, candidate: str, outcome: str) -> tuple[np.ndarray, list[str]]:
    """Get the row ids of the flips, ascending; of very many a fixed random sample, which is told."""
    where = "task = ? AND candidate = ? AND outcome = ?"
    found = comparison.query(f"SELECT row_id FROM flips WHERE {where} ORDER BY row_id", [task, candidate, outcome])
    row_ids = found["row_id"].to_numpy()
    if len(row_ids) <= _MOST_FLIPS:
        return row_ids, []
    chosen = np.sort(np.random.default_rng(0).permutation(row_ids)[:_MOST_FLIPS])
    return chosen, [f"a random sample of {_MOST_FLIPS:,} of {len(row_ids):,} flips is grouped"]


def _word_space(comparison: Comparison, task: str, flips: np.ndarray) -> Space:
    """Weigh the words of the flips, and of a sample of all examples, by their rarity (TF-IDF)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = comparison.query(
        f"SELECT row_id, left(concat_ws(' ', text_a, text_b), {_MOST_CHARACTERS}) AS text FROM text JOIN "
        "(SELECT row_id FROM facts WHERE task = ? GROUP BY row_id) USING (row_id) "
        f"WHERE row_id IN (FROM flipped) OR hash(row_id) % greatest(1, ? // {_MOST_READ}) = 0 ORDER BY row_id",
        [task, comparison.result(task).n],
        {"flipped": pa.table({"row_id": pa.array(flips, pa.int64())})},
    )
    if not texts["text"].str.contains(r"\w").any():
        raise FlipscopeError("there are no words, so nothing tells which flips are alike", where=task)
    vectors = TfidfVectorizer(sublinear_tf=True, token_pattern=_WORD).fit_transform(texts["text"])
    row_ids = texts["row_id"].to_numpy()
    return Space(row_ids, vectors, originals(comparison, row_ids))


def _grouped(space: Space, flips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put flips together that are, on average, nearer to each other than `_NEARER` of all pairs of examples.

    Returns
    -------
    numpy.ndarray of int, shape (flips,)
        The group of each.
    numpy.ndarray of int
        How many different texts each group has.
    """
    _, first, text = np.unique(space.originals[space.places(flips)], return_index=True, return_inverse=True)
    if len(first) < 2:
        return text, np.ones(1, int)
    groups = _linked(space, flips[first])
    return groups[text], np.bincount(groups)


def _linked(space: Space, flips: np.ndarray) -> np.ndarray:
    from sklearn.cluster import AgglomerativeClustering

    points = space.vectors[space.places(flips)]
    distances = 1 - _dense(points @ points.T)
    np.fill_diagonal(distances, 0)
    model = AgglomerativeClustering(
        n_clusters=None,
        metric="precomputed",
        linkage="average",
        distance_threshold=_usual_distance(space.vectors[space.distinct]),
    )
    return model.fit_predict(np.maximum(distances, 0))


def _usual_distance(vectors: Any) -> float:
    """Find the distance that all but `_NEARER` of the pairs of examples are beyond."""
    first, second = np.random.default_rng(0).integers(vectors.shape[0], size=(2, _PAIRS))
    apart = first != second
    a, b = vectors[first[apart]], vectors[second[apart]]
    products = np.einsum("ij,ij->i", a, b) if isinstance(a, np.ndarray) else np.asarray(a.multiply(b).sum(axis=1))
    return max(1e-6, float(np.quantile(1 - products, 1 - _NEARER)))


def _dense(products: Any) -> np.ndarray:
    return products if isinstance(products, np.ndarray) else products.toarray()


def _all_flips(comparison: Comparison, task: str, candidate: str, outcome: str, space: Space) -> np.ndarray:
    """Tell which points of a space are such flips."""
    where = "task = ? AND candidate = ? AND outcome = ?"
    found = comparison.query(f"SELECT row_id FROM flips WHERE {where}", [task, candidate, outcome])
    return np.isin(space.row_ids, found["row_id"].to_numpy())


def _described(
    comparison: Comparison, task: str, together: list[np.ndarray], space: Space, flipped: np.ndarray | None
) -> Iterator[Family]:
    """Tell what families are about, and how often examples around each flip."""
    if not together:
        return
    numbers = np.repeat(np.arange(len(together)), [len(rows) for rows in together])
    words = telling_words(comparison, task, np.concatenate(together), numbers)
    for rows, told in zip(together, words, strict=True):
        points = space.vectors[space.places(rows)]
        different = np.unique(space.originals[space.places(rows)])
        centre = np.asarray(space.vectors[space.places(different)].mean(axis=0)).ravel()
        likeness = np.asarray(points @ centre).ravel()
        ordered = rows[np.argsort(-likeness, kind="stable")].tolist()
        shown, text = _shown(comparison, ordered[: max(_LEAST, len(ordered) // 2)], told)
        yield Family(
            words=told,
            row_ids=(shown, *(row_id for row_id in ordered if row_id != shown)),
            central=text,
            **({} if flipped is None else _around(space, centre, flipped, max(_LEAST_NEAR, 2 * len(different)))),
        )


def _around(space: Space, centre: np.ndarray, flipped: np.ndarray, most: int) -> dict[str, int]:
    """Count the flips among the different examples nearest to a centre."""
    others = np.flatnonzero(space.distinct)
    near = others[np.argsort(-(space.vectors[others] @ centre), kind="stable")[:most]]
    return {"near": len(near), "near_flips": int(flipped[near].sum())}


def _shown(comparison: Comparison, central: list[int], told: tuple[str, ...]) -> tuple[int, str]:
    """Choose the example that has most of the telling words, of equals the most central: its row id and its text."""
    found = comparison.query(
        "SELECT row_id, concat_ws(' / ', text_a, text_b) AS text, "
        "len(list_intersect(words(concat_ws(' ', text_a, text_b)), ?::VARCHAR[])) AS has "
        "FROM text JOIN central USING (row_id) ORDER BY has DESC, place LIMIT 1",
        [list(told)],
        {"central": pa.table({"row_id": central, "place": range(len(central))})},
    )
    return int(found["row_id"][0]), str(found["text"][0])
