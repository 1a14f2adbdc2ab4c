"""Examples as points: what a candidate's encoder, or their words, make of what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.explain.embeddings import Embeddings


# Examples that are compared with all others at once.
_ASKED = 256


@dataclass(frozen=True)
class Space:
    """Examples as points; those of the same texts are one example to whoever counts neighbours.

    Attributes
    ----------
    row_ids : numpy.ndarray of int64, shape (n,)
        Which examples, ascending.
    vectors : numpy.ndarray or scipy sparse matrix, shape (n, dimensions)
        Of length 1.
    originals : numpy.ndarray of int64, shape (n,)
        For each the first example here that has the same texts: mostly itself.
    """

    row_ids: np.ndarray
    vectors: Any
    originals: np.ndarray

    @property
    def distinct(self) -> np.ndarray:
        """Which examples are no copies of one before them: bool of shape (n,)."""
        return self.originals == self.row_ids

    def places(self, row_ids: np.ndarray) -> np.ndarray:
        """Find where examples are, all of which are here."""
        return np.searchsorted(self.row_ids, row_ids)

    def nearest(self, row_ids: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """Find the examples nearest to some of them, by exact cosine similarity of dense vectors.

        Parameters
        ----------
        row_ids : numpy.ndarray of int, shape (m,)
            Examples that are here.
        limit : int
            How many to find for each; fewer where fewer are here.

        Returns
        -------
        numpy.ndarray of int64, shape (m, limit)
            Row ids, the nearest first. Never the example itself, nor a copy of it, and of several with the same texts
            the first.
        numpy.ndarray of float32, shape (m, limit)
            Similarities, -1 to 1.
        """
        asked = self.places(row_ids)
        copies = np.flatnonzero(~self.distinct)
        own = self.places(self.originals[asked])
        most = min(limit, len(self.row_ids) - len(copies) - 1)
        found = np.empty((len(asked), most), np.int64)
        nearness = np.empty((len(asked), most), np.float32)
        for start in range(0, len(asked), _ASKED):
            part = slice(start, start + _ASKED)
            likeness = self.vectors[asked[part]] @ self.vectors.T
            likeness[:, copies] = -np.inf
            likeness[np.arange(len(likeness)), own[part]] = -np.inf
            best = np.sort(np.argpartition(likeness, -most, axis=1)[:, len(self.row_ids) - most :], axis=1)
            near = np.take_along_axis(likeness, best, axis=1)
            order = np.argsort(-near, axis=1, kind="stable")
            found[part] = self.row_ids[np.take_along_axis(best, order, axis=1)]
            nearness[part] = np.take_along_axis(near, order, axis=1)
        return found, nearness


def embedding_space(comparison: Comparison, embeddings: Embeddings) -> Space:
    """Take out of embeddings what all have in common, and what tells the candidate's answers apart.

    A fine-tuned encoder spends most of its variance on the classes, so that examples of one answer, and flips, which
    lie between those, would be alike whatever they are about. The mean of all goes, and so do the directions that the
    means of the answers differ in, at most one for every hundred dimensions: of many classes, most tell what texts are
    about.
    """
    answers = comparison.query(
        "SELECT new_pred FROM facts JOIN embedded USING (row_id) WHERE candidate = ? ORDER BY row_id",
        [embeddings.candidate],
        {"embedded": pa.table({"row_id": embeddings.row_ids})},
    )["new_pred"].to_numpy()
    vectors = embeddings.vectors.astype(np.float32)
    vectors -= vectors.mean(axis=0)
    classes, sizes = np.unique(answers, return_counts=True)
    means = np.stack([vectors[answers == name].mean(axis=0) for name in classes])
    apart = min(len(classes) - 1, max(1, vectors.shape[1] // 100))
    directions = np.linalg.svd(np.sqrt(sizes)[:, None] * means, full_matrices=False)[2][:apart]
    vectors -= (vectors @ directions.T) @ directions
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return Space(embeddings.row_ids, vectors, originals(comparison, embeddings.row_ids))


def originals(comparison: Comparison, row_ids: np.ndarray) -> np.ndarray:
    """Find for each of some examples the first of them that has the same texts: row ids, in their order.

    `row_ids` are ascending.
    """
    found = comparison.query(
        "SELECT min(row_id) OVER (PARTITION BY text_a, text_b) AS original FROM text JOIN asked USING (row_id) "
        "ORDER BY row_id",
        tables={"asked": pa.table({"row_id": pa.array(row_ids, pa.int64())})},
    )
    return found["original"].to_numpy()
