"""Clusters of embeddings as slices: found where flips are in one, and left alone where they would mislead."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from builders import build_comparison, simulated_task
from flipscope.slices.find import find_slices
from flipscope.store.embeddings import AboutEmbeddings, write_embeddings

N = 1_000


@pytest.fixture
def comparison(tmp_path):
    return build_comparison(tmp_path / "c", [simulated_task("t", N, ("a", "b"))])


def keep_clusters(comparison, row_ids, clusters, examples) -> None:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.ones(len(row_ids), np.float16)), 1)
    table = pa.table({"row_id": row_ids, "vector": vectors, "embedding_cluster": pa.array(clusters, pa.int32())})
    about = AboutEmbeddings(labels=["refund, late", "weather"], examples=examples, notes=[])
    write_embeddings(comparison.path, comparison.manifest, "new", "t", table, about)


def found(comparison, **options) -> list:
    (search,) = find_slices(comparison, words=False, confidence=False, conditions=1, **options).searches
    return search.slices


def test_a_cluster_that_flips_lie_in_is_found(comparison):
    rows = comparison.query("SELECT row_id, outcome FROM facts ORDER BY row_id")
    flips = (rows["outcome"] == "negative_flip").to_numpy()
    by_chance = np.random.default_rng(0).random(N) < 0.05
    keep_clusters(comparison, rows["row_id"].to_numpy(), np.where(flips | by_chance, 0, 1), N)
    first = found(comparison)[0]
    assert first.where == "embedding_cluster = 0"
    assert first.rule == "embedding_cluster is 0 (refund, late)"
    assert first.confirmed
    assert first.negative_flip == flips.sum() == comparison.count("negative_flip", where=first.where)
    assert first.n == comparison.count(where=first.where)


def test_only_the_columns_asked_for_are_searched(comparison):
    rows = comparison.query("SELECT row_id, outcome FROM facts ORDER BY row_id")
    flips = (rows["outcome"] == "negative_flip").to_numpy()
    keep_clusters(comparison, rows["row_id"].to_numpy(), np.where(flips, 0, 1), N)
    assert not [each for each in found(comparison, columns=["source"]) if "embedding_cluster" in each.where]


def test_clusters_of_a_sample_with_all_flips_are_no_slices(comparison):
    rows = comparison.query("SELECT row_id, outcome FROM facts ORDER BY outcome <> 'negative_flip', row_id LIMIT 400")
    clusters = (rows["outcome"] != "negative_flip").to_numpy().astype(int)
    keep_clusters(comparison, rows["row_id"].to_numpy(), clusters, N)
    assert not [each for each in found(comparison) if "embedding_cluster" in each.where]
