"""Embeddings by a candidate's own encoder: against transformers itself, and what is kept of them."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import flipscope
from builders import build_comparison
from flipscope.errors import FlipscopeError
from flipscope.explain.embeddings import embed, kept, version
from flipscope.explain.models import Reopening
from flipscope.explain.neighbours import neighbours
from flipscope.progress import SilentProgress
from tiny_models import make_checkpoint

pytest.importorskip("sklearn")
TEXTS = [
    f"the {noun} was {word} {'and long ' * (i % 3)}"
    for i, noun in enumerate(("plot", "cast", "score", "ending", "music"))
    for word in ("fine", "dull", "great", "bad", "good", "slow", "new", "old")
]


def compared(folder, family="bert", **options):
    """Compare two random classifiers of a family on `TEXTS`."""
    for seed, name in enumerate(("v1", "v2")):
        make_checkpoint(folder / name, TEXTS, seed=seed, family=family, **options)
    labels = [("negative", "positive")[i % 2] for i in range(len(TEXTS))]
    pd.DataFrame({"text": TEXTS, "label": labels}).to_csv(folder / "data.csv", index=False)
    return again(folder)


def again(folder):
    places = {"old": str(folder / "v1"), "new": str(folder / "v2"), "data": str(folder / "data.csv")}
    return flipscope.compare(task="mine", **places, out=folder / "out")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("embeddings")
    comparison = compared(folder)
    embed(comparison)
    return comparison


@pytest.fixture
def own(tmp_path, made):
    """A copy of the comparison with nothing embedded."""
    folder = shutil.copytree(made.path, tmp_path / "out")
    shutil.rmtree(folder / "embeddings")
    return flipscope.open_comparison(folder)


def by_transformers(folder, text):
    """Mean of the last hidden state, one text at a time and without padding."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    with torch.inference_mode():
        given = tokenizer(text, return_tensors="pt", return_token_type_ids=model.config.model_type != "bart")
        output = model(**given)
    hidden = output.get("encoder_last_hidden_state")
    mean = (output.last_hidden_state if hidden is None else hidden)[0].mean(dim=0).numpy()
    return mean / np.linalg.norm(mean)


@pytest.mark.parametrize("family", ["bert", "gpt2", "bart"])
def test_vectors_are_the_means_of_the_candidates_own_last_hidden_states(family, tmp_path):
    comparison = compared(tmp_path, family)
    found = embed(comparison)
    texts = comparison.query("SELECT row_id, text_a FROM text").set_index("row_id")["text_a"]
    for place in (0, 7, 23, 39):
        expected = by_transformers(tmp_path / "v2", texts[found.row_ids[place]])
        np.testing.assert_allclose(found.vectors[place], expected, atol=2e-3)


def test_all_examples_are_embedded_in_order_and_kept(made):
    found = kept(made)
    assert found.row_ids.tolist() == sorted(made.query("SELECT row_id FROM facts")["row_id"])
    assert found.vectors.dtype == np.float16
    np.testing.assert_allclose(np.linalg.norm(found.vectors.astype(float), axis=1), 1, atol=1e-2)
    assert found.examples == len(found) == len(TEXTS)
    assert set(found.clusters) == set(range(len(found.labels)))
    assert not list(made.path.rglob("*.part"))


def test_what_is_kept_is_not_made_again(made):
    found = embed(made, reopening=Reopening({"new": "nowhere"}))
    np.testing.assert_array_equal(found.vectors, kept(made).vectors)


def without_classes(comparison):
    """Vectors less their mean and the direction from one answer's mean to the other's, by hand: there are two."""
    found = kept(comparison)
    vectors = found.vectors.astype(float)
    vectors -= vectors.mean(axis=0)
    answers = comparison.query("SELECT new_pred FROM facts ORDER BY row_id")["new_pred"].to_numpy()
    apart = vectors[answers == "positive"].mean(axis=0) - vectors[answers == "negative"].mean(axis=0)
    apart /= np.linalg.norm(apart)
    vectors -= np.outer(vectors @ apart, apart)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_neighbours_by_embedding_are_the_nearest_whatever_the_answers(made):
    likeness = without_classes(made) @ without_classes(made).T
    np.fill_diagonal(likeness, -9)
    for place in (0, 11):
        found = neighbours(made, place, by="embedding", limit=6)
        expected = np.argsort(-likeness[place])[:6]
        assert set(found.rows["row_id"]) == set(expected.tolist())
        np.testing.assert_allclose(found.rows["similarity"], likeness[place][expected], atol=2e-3)
        assert (found.by, found.read) == ("embedding", "all")
        assert found.sentence.startswith(f"{found.alike} of the 6 nearest")


def test_clusters_select_examples(made):
    found = kept(made)
    for number in range(len(found.labels)):
        where = f"embedding_cluster = {number}"
        members = set(found.row_ids[found.clusters == number].tolist())
        assert set(made.examples(where=where, limit=None)["row_id"]) == members
        assert set(made.examples(where=f"{where} AND text_a IS NOT NULL")["row_id"]) == members
        assert made.count(where=where) == len(members)
        flipped = made.examples(("negative_flip", "positive_flip"), where=where)
        assert set(flipped["row_id"]) == members & set(made.query("SELECT row_id FROM flips")["row_id"])
        assert list(flipped.columns) == list(made.examples(limit=1).columns)
    assert len(found.labels) > 1


def test_clusters_need_embeddings(own):
    with pytest.raises(FlipscopeError, match="Run flipscope embed first"):
        own.count(where="embedding_cluster = 1")
    with pytest.raises(FlipscopeError, match="no embeddings are kept"):
        neighbours(own, 0, by="embedding")


def test_a_comparison_made_anew_has_none(tmp_path):
    comparison = compared(tmp_path)
    embed(comparison)
    made_anew = again(tmp_path)
    assert kept(made_anew) is None
    assert not (made_anew.path / "embeddings").exists()


def test_those_of_another_comparison_are_not_used(own, made):
    shutil.copytree(made.path / "embeddings", own.path / "embeddings")
    assert kept(own) is not None
    other = own.with_manifest(own.manifest.model_copy(update={"created": "2020-01-01T00:00:00+00:00"}))
    assert kept(other) is None


def test_a_damaged_file_counts_as_none(own):
    (own.path / "embeddings").mkdir()
    (own.path / "embeddings" / "new@mine.parquet").write_bytes(b"PAR1 and nothing more")
    assert kept(own) is None


def tampered(own, made, change_table=lambda table: table, change_about=lambda kept: kept):
    """Put a changed copy of good embeddings into a comparison."""
    good = pq.read_table(made.path / "embeddings" / "new@mine.parquet")
    told = change_about(json.loads(good.schema.metadata[b"flipscope"]))
    (own.path / "embeddings").mkdir()
    changed = change_table(good).replace_schema_metadata({b"flipscope": json.dumps(told)})
    pq.write_table(changed, own.path / "embeddings" / "new@mine.parquet")
    return own


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: [kept],
        lambda kept: {"about": kept["about"]},
        lambda kept: {"of": kept["of"]},
        lambda kept: kept | {"about": None},
        lambda kept: kept | {"about": kept["about"] | {"labels": 3}},
        lambda kept: kept | {"about": kept["about"] | {"more": 1}},
        lambda kept: kept | {"about": kept["about"] | {"labels": kept["about"]["labels"][1:]}},
    ],
)
def test_a_file_that_tells_nonsense_of_itself_counts_as_none(change, own, made):
    assert kept(tampered(own, made, change_about=change)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.drop_columns("vector"),
        lambda table: table.set_column(1, "vector", pa.array(["a"] * len(table))),
        lambda table: table.set_column(0, "row_id", pa.array(["a"] * len(table))),
        lambda table: table.slice(0, 0),
        lambda table: table.set_column(0, "row_id", pa.array(range(len(table), 0, -1), pa.int64())),
        lambda table: table.set_column(2, "embedding_cluster", pa.array([900] * len(table), pa.int32())),
    ],
)
def test_a_file_with_other_rows_counts_as_none(change, own, made):
    assert kept(tampered(own, made, change_table=change)) is None


def test_the_version_changes_with_what_is_kept(own, made):
    assert version(own) == ""
    shutil.copytree(made.path / "embeddings", own.path / "embeddings")
    first = version(own, "new", "mine")
    assert first != ""
    assert version(own) == first
    (own.path / "embeddings" / "new@mine.parquet").unlink()
    assert version(own) == ""
    embed(own)
    assert version(own) not in ("", first)


def test_of_many_examples_all_flips_come_first(own):
    flips = set(own.query("SELECT row_id FROM flips")["row_id"])
    found = embed(own, most=len(flips) + 3)
    assert flips < set(found.row_ids.tolist())
    assert len(found) == len(flips) + 3
    assert f"{len(flips) + 3} of 40 examples are embedded: all flips and" in found.notes[0]
    assert kept(own).notes == found.notes
    assert neighbours(own, min(flips), by="embedding").read == "sample"
    np.testing.assert_array_equal(embed(own, most=4).row_ids, found.row_ids)
    assert len(embed(own)) == 40


def test_stopped_work_leaves_nothing(own):
    class Stops(SilentProgress):
        @contextmanager
        def step(self, name, total, unit="rows", done=0):
            class Step:
                def advance(self, done):
                    if "embedding" in name:
                        raise KeyboardInterrupt

            yield Step()

    with pytest.raises(KeyboardInterrupt):
        embed(own, progress=Stops())
    assert not (own.path / "embeddings").exists()
    assert kept(own) is None


def test_what_a_killed_run_left_goes_once_it_is_old(own):
    folder = own.path / "embeddings"
    folder.mkdir()
    for name, age in (("old.parquet.1.part", 90_000), ("new.parquet.2.part", 60)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age,) * 2)
    embed(own)
    assert sorted(each.name for each in folder.iterdir()) == ["new.parquet.2.part", "new@mine.parquet"]


def test_predictions_from_a_file_have_no_encoder(tmp_path):
    with pytest.raises(FlipscopeError, match="only predictions") as raised:
        embed(build_comparison(tmp_path / "c"))
    assert "shared words" in str(raised.value)


def test_another_model_in_its_place_is_refused(own):
    with pytest.raises(FlipscopeError, match="another model than the one compared"):
        embed(own, reopening=Reopening({"new": own.task_info("mine").models["old"].source}))
