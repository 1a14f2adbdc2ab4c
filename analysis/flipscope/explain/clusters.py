"""Clusters of sentence embeddings: where in its own space a model breaks."""

from __future__ import annotations

import warnings

import numpy as np

from flipscope.errors import FlipscopeError

# Clusters grow in number and size alike, up to as many as a person can look through.
_MOST_CLUSTERS = 64
# Examples that clusters are learnt from; all others go to the nearest.
_MOST_LEARNT = 20_000


def cluster(vectors: np.ndarray) -> np.ndarray:
    """Divide embeddings into clusters by k-means, always in the same way.

    Parameters
    ----------
    vectors : numpy.ndarray of float, shape (n, dimensions)
        Embeddings of length 1.

    Returns
    -------
    numpy.ndarray of int32, shape (n,)
        The cluster of each, from 0 on: the square root of n / 2 of them, at most 64.

    Raises
    ------
    FlipscopeError
        When scikit-learn is not installed.
    """
    k = min(_MOST_CLUSTERS, int(np.sqrt(len(vectors) / 2)))
    if k < 2:
        return np.zeros(len(vectors), np.int32)
    with_scikit_learn("clusters")
    from sklearn.cluster import KMeans

    values = vectors.astype(np.float32)
    learnt = np.sort(np.random.default_rng(0).permutation(len(values))[:_MOST_LEARNT])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that equal texts make fewer clusters than asked for
        found = KMeans(k, random_state=0, n_init=3).fit(values[learnt]).predict(values)
    return np.unique(found, return_inverse=True)[1].astype(np.int32)  # a cluster may have come out empty


def with_scikit_learn(what: str) -> None:
    """Make sure that scikit-learn is there.

    Raises
    ------
    FlipscopeError
        When it is not; `what` is for the message.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise FlipscopeError(
            f"{what} need scikit-learn, which is not installed", do="Run: pip install 'flipscope[explain]'"
        ) from error
