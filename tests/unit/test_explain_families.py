"""Flip families: planted groups are found under their own words, and flips that have nothing in common stay alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import flipscope.explain.families as module
from builders import build_comparison, examples, predictions, simulated_task
from flipscope.errors import FlipscopeError
from flipscope.explain.embeddings import kept
from flipscope.explain.families import families
from flipscope.store.embeddings import AboutEmbeddings, write_embeddings
from flipscope.store.tables import TaskData

pytest.importorskip("sklearn")
NAMES = ("a", "b")


def planted(seed: int = 0) -> TaskData:
    """200 texts of random words; 8 flips are about a refund, 6 about a broken printer, 6 about nothing in common."""
    random = np.random.default_rng(seed)
    words = [f"word{i}" for i in range(400)]
    subjects = {**dict.fromkeys(range(8), "refund money late"), **dict.fromkeys(range(8, 14), "printer broken paper")}
    rows = [
        {"example_id": f"e{i}", "text_a": " ".join([subjects.get(i, ""), *random.choice(words, 4)]), "label": "a"}
        for i in range(200)
    ]
    ids = [row["example_id"] for row in rows]
    answers = {"old": predictions("old", ids, NAMES, ["a"] * 200)}
    answers["new"] = predictions("new", ids, NAMES, ["b"] * 20 + ["a"] * 180)
    return TaskData(examples("t", rows, NAMES), answers)


def broken(texts, flips: int) -> TaskData:
    """A task whose first examples are flips."""
    rows = [{"example_id": f"e{i}", "text_a": text, "label": "a"} for i, text in enumerate(texts)]
    ids = [row["example_id"] for row in rows]
    answers = {"old": predictions("old", ids, NAMES, ["a"] * len(ids))}
    answers["new"] = predictions("new", ids, NAMES, ["b"] * flips + ["a"] * (len(ids) - flips))
    return TaskData(examples("t", rows, NAMES), answers)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("f") / "c", [planted()])


def ids_of(comparison, row_ids) -> set[str]:
    listed = ", ".join(map(str, row_ids))
    return set(comparison.query(f"SELECT example_id FROM facts WHERE row_id IN ({listed})")["example_id"])


def keep_vectors(comparison, vectors) -> None:
    """Keep embeddings of one's own; `vectors` by row id."""
    count, dimensions = vectors.shape
    values = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float16).ravel()), dimensions)
    clusters = pa.array(np.zeros(count, np.int32))
    table = pa.table({"row_id": np.arange(count), "vector": values, "embedding_cluster": clusters})
    about = AboutEmbeddings(labels=[""], examples=count, notes=[])
    write_embeddings(comparison.path, comparison.manifest, "new", "t", table, about)


def test_planted_families_are_found_under_their_words(comparison):
    found = families(comparison)
    assert found.by == "words"
    assert [ids_of(comparison, family.row_ids) for family in found] == [
        {f"e{i}" for i in range(8)},
        {f"e{i}" for i in range(8, 14)},
    ]
    assert [set(family.words[:3]) for family in found] == [{"refund", "money", "late"}, {"printer", "broken", "paper"}]
    assert ids_of(comparison, found.alone) == {f"e{i}" for i in range(14, 20)}
    assert found.n == 20


def test_a_family_selects_its_flips(comparison):
    family = families(comparison).families[0]
    assert comparison.count("negative_flip", where=family.where) == family.n == 8
    assert "refund" in family.central
    assert family.near is family.near_flips is None


def test_the_same_comes_out_every_time(comparison):
    assert families(comparison) == families(comparison)


def test_random_texts_make_hardly_any_family(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 300, NAMES)])
    rows = comparison.query("SELECT row_id FROM text")["row_id"]
    vectors = np.random.default_rng(0).normal(size=(len(rows), 64))
    keep_vectors(comparison, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    found = families(comparison)
    assert found.by == "embedding"
    assert len(found.alone) > 0.7 * found.n


def test_embeddings_tell_what_lies_around_a_family(tmp_path):
    """Eight flips point one way with 12 other examples, six another way with nobody."""
    comparison = build_comparison(tmp_path / "c", [planted()])
    number = dict(comparison.query("SELECT example_id, row_id FROM facts").itertuples(index=False))
    vectors = 0.1 * np.random.default_rng(0).normal(size=(200, 64))
    vectors[[number[f"e{i}"] for i in (*range(8), *range(20, 32))], 0] += 5
    vectors[[number[f"e{i}"] for i in range(8, 14)], 1] += 5
    vectors[[number[f"e{i}"] for i in range(32, 200)], 2:] *= 10
    vectors[[number[f"e{i}"] for i in range(14, 20)], 2:] *= 10
    keep_vectors(comparison, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    assert kept(comparison) is not None
    found = families(comparison)
    about_refunds = next(family for family in found if "refund" in family.words)
    assert (about_refunds.near, about_refunds.near_flips) == (20, 8)
    assert found.rate == 0.1
    assert families(comparison, by="words").rate is None


def test_the_classes_are_no_family(tmp_path):
    """Flips lie between the classes: the axis that tells those apart says nothing about what flips are about."""
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 300, NAMES)])
    vectors = np.random.default_rng(0).normal(size=(300, 64))
    answers = comparison.query("SELECT new_pred FROM facts ORDER BY row_id")["new_pred"]
    vectors[:, 0] += np.where(answers == "a", 40, -40)
    keep_vectors(comparison, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    found = families(comparison)
    assert len(found.alone) > 0.7 * found.n


def test_copies_are_no_family(tmp_path):
    """Four copies of each of two texts break: whatever the model, copies do so together."""
    random = np.random.default_rng(0)
    texts = [*["refund my money"] * 4, *["printer out of paper"] * 4]
    texts += [" ".join(f"word{i}" for i in random.integers(400, size=4)) for _ in range(60)]
    comparison = build_comparison(tmp_path / "c", [broken(texts, 10)])
    found = families(comparison)
    assert len(found) == 0
    assert (found.n, len(found.alone)) == (10, 10)


def test_copies_go_where_their_original_goes(tmp_path):
    random = np.random.default_rng(0)
    texts = [f"refund my money {word}" for word in ("now", "please", "today", "today", "today")]
    texts += [" ".join(f"word{i}" for i in random.integers(400, size=4)) for _ in range(60)]
    comparison = build_comparison(tmp_path / "c", [broken(texts, 7)])
    (family,) = families(comparison)
    assert ids_of(comparison, family.row_ids) == {f"e{i}" for i in range(5)}
    vectors = 0.1 * np.random.default_rng(0).normal(size=(65, 64))
    number = dict(comparison.query("SELECT example_id, row_id FROM facts").itertuples(index=False))
    vectors[[number[f"e{i}"] for i in range(5)], 0] += 5
    vectors[[number[f"e{i}"] for i in (3, 4)]] = vectors[number["e2"]]
    vectors[[number[f"e{i}"] for i in range(5, 65)], 2:] *= 10
    keep_vectors(comparison, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    found = families(comparison)
    (family,) = found
    assert (family.n, family.near, family.near_flips) == (5, 20, 3)
    assert found.rate == pytest.approx(5 / 63)


def test_the_example_that_stands_for_a_family_has_its_words(comparison):
    for family in families(comparison):
        assert set(family.words[:3]) <= set(family.central.split())
        first = comparison.query(f"SELECT text_a FROM text WHERE row_id = {family.row_ids[0]}")["text_a"][0]
        assert first == family.central


def test_of_very_many_flips_a_sample_is_grouped_and_told(comparison, monkeypatch):
    monkeypatch.setattr(module, "_MOST_FLIPS", 12)
    found = families(comparison)
    assert found.n == 12
    assert found.notes[0] == "a random sample of 12 of 20 flips is grouped"


def test_one_flip_or_none_is_alone(tmp_path):
    task = planted()
    comparison = build_comparison(tmp_path / "c", [task])
    found = families(comparison, outcome="positive_flip")
    assert (found.n, found.families, found.alone) == (0, (), ())


def test_both_texts_of_a_pair_count(tmp_path):
    rows = [
        {
            "example_id": f"e{i}",
            "text_a": f"alpha{i}",
            "text_b": "where is my refund" if i < 5 else f"beta{i} gamma{i}",
            "label": "a",
        }
        for i in range(60)
    ]
    ids = [row["example_id"] for row in rows]
    answers = {"old": predictions("old", ids, NAMES, ["a"] * 60)}
    answers["new"] = predictions("new", ids, NAMES, ["b"] * 10 + ["a"] * 50)
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, NAMES), answers)])
    (family,) = families(comparison)
    assert ids_of(comparison, family.row_ids) == {f"e{i}" for i in range(5)}
    assert " / where is my refund" in family.central


def test_what_cannot_be_grouped_is_told(comparison, tmp_path):
    with pytest.raises(FlipscopeError, match="Run flipscope embed first"):
        families(comparison, by="embedding")
    with pytest.raises(FlipscopeError, match="'both_wrong' is not a flip"):
        families(comparison, outcome="both_wrong")
    without = build_comparison(tmp_path / "c", [simulated_task("t", 50, NAMES, texts=False)])
    with pytest.raises(FlipscopeError, match="no words"):
        families(without)
    signs = build_comparison(tmp_path / "s", [broken(["?!", "...", "--"] * 10, 9)])
    with pytest.raises(FlipscopeError, match="no words"):
        families(signs)
