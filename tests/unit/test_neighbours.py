"""Similar examples: worked out by hand on a few texts."""

from __future__ import annotations

from math import log

import pytest

import flipscope.explain.neighbours as module
from builders import build_comparison, examples, predictions, simulated_task
from flipscope.errors import FlipscopeError
from flipscope.explain.neighbours import neighbours
from flipscope.store.tables import TaskData

TEXTS = (
    "the plumber repaired the boiler",
    "the plumber broke the boiler",
    "the weather is nice",
    "PLUMBER! Boiler repaired?",
    "sunshine",
    None,
)


def numbered(comparison) -> dict[str, int]:
    """Row ids by example id."""
    rows = comparison.query("SELECT example_id, row_id FROM facts")
    return dict(zip(rows["example_id"], rows["row_id"], strict=True))


def small(texts=TEXTS, seconds=None) -> TaskData:
    rows = [
        {"example_id": f"e{i}", "text_a": text, "text_b": seconds and seconds[i], "label": "a"}
        for i, text in enumerate(texts)
    ]
    ids = [row["example_id"] for row in rows]
    right, wrong = ["a"] * len(ids), ["a", "b"] * len(ids)
    answers = {"old": predictions("old", ids, ("a", "b"), right)}
    answers["new"] = predictions("new", ids, ("a", "b"), wrong[: len(ids)])
    return TaskData(examples("t", rows, ("a", "b")), answers)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("n") / "c", [small()])


def test_the_most_similar_come_first_and_not_itself(comparison):
    found = neighbours(comparison, numbered(comparison)["e0"])
    assert found.rows["example_id"].tolist() == ["e3", "e1", "e2"]
    assert found.rows["similarity"].is_monotonic_decreasing
    assert found.read == "all"


def test_similarity_is_what_the_formula_says(comparison):
    """e0 shares plumber (3 of 6 texts), repaired (2) and boiler (3) with e3, which lacks only "the" (3)."""
    shared = log(1 + 6 / 3) + log(1 + 6 / 2) + log(1 + 6 / 3)
    found = neighbours(comparison, numbered(comparison)["e0"])
    assert found.rows["similarity"][0] == pytest.approx(shared / (shared + log(1 + 6 / 3)))


def test_outcomes_and_answers_come_along(comparison):
    row = neighbours(comparison, numbered(comparison)["e0"]).rows.iloc[0]
    assert (row["outcome"], row["old_pred"], row["new_pred"]) == ("negative_flip", "a", "b")


def test_nothing_in_common_is_no_neighbour(comparison):
    assert neighbours(comparison, numbered(comparison)["e4"]).rows.empty


def test_an_example_without_text_has_none(comparison):
    assert neighbours(comparison, numbered(comparison)["e5"]).rows.empty


def test_an_unknown_number_is_told(comparison):
    with pytest.raises(FlipscopeError, match="no example with the number 999"):
        neighbours(comparison, 999)


def test_both_texts_of_a_pair_count(tmp_path):
    firsts, seconds = ["one apple", "two pears", "three plums"], ["orange juice", "orange juice", "milk"]
    comparison = build_comparison(tmp_path / "c", [small(firsts, seconds)])
    assert neighbours(comparison, numbered(comparison)["e0"]).rows["example_id"].tolist() == ["e1"]


def test_other_tasks_stay_out(tmp_path):
    tasks = [simulated_task(name, 30, ("a", "b"), seed=i) for i, name in enumerate(("first", "second"))]
    comparison = build_comparison(tmp_path / "c", tasks)
    row = int(comparison.query("SELECT row_id FROM facts WHERE task = 'second' LIMIT 1")["row_id"][0])
    assert set(neighbours(comparison, row).rows["task"]) == {"second"}


def test_of_very_many_examples_only_the_flips_are_read(comparison, monkeypatch):
    monkeypatch.setattr(module, "_MOST_READ", 3)
    found = neighbours(comparison, numbered(comparison)["e0"])
    assert found.read == "flips"
    assert found.rows["example_id"].tolist() == ["e3", "e1"]


def test_no_more_than_asked_for(comparison):
    assert len(neighbours(comparison, numbered(comparison)["e0"], limit=1).rows) == 1


def test_quotes_and_wildcards_are_words_like_others(tmp_path):
    comparison = build_comparison(tmp_path / "c", [small(["it's 100%_sure", "it's not", "100 percent"])])
    assert set(neighbours(comparison, numbered(comparison)["e0"]).rows["example_id"]) == {"e1", "e2"}


def test_copies_of_an_example_are_no_family(tmp_path):
    """Five copies flip with it, as any model lets them, and nothing else does."""
    texts = ["the boiler leaks"] * 6 + [f"the boiler number {i} works" for i in range(20)]
    rows = [{"example_id": f"e{i}", "text_a": text, "label": "a"} for i, text in enumerate(texts)]
    ids = [row["example_id"] for row in rows]
    answers = {"old": predictions("old", ids, ("a", "b"), ["a"] * 26)}
    answers["new"] = predictions("new", ids, ("a", "b"), ["b"] * 6 + ["a"] * 20)
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("a", "b")), answers)])
    found = neighbours(comparison, numbered(comparison)["e0"], limit=5)
    assert found.rows["example_id"].str.removeprefix("e").astype(int).min() >= 6
    assert (found.alike, found.copies) == (0, 5)
    assert found.sentence == (
        "0 of the 5 nearest are negative flips too, not counting 5 copies of this one; 23.1% of all are: "
        "no sign of a family"
    )


def test_of_neighbours_with_the_same_text_the_first_stands_for_all(tmp_path):
    texts = ["the boiler leaks", *["the boiler works"] * 3, "a boiler"]
    comparison = build_comparison(tmp_path / "c", [small(texts)])
    found = neighbours(comparison, numbered(comparison)["e0"])
    assert found.rows["text_a"].tolist() == ["the boiler works", "a boiler"]
    assert found.copies == 0


def test_examples_without_text_are_no_copies_of_each_other(tmp_path):
    comparison = build_comparison(tmp_path / "c", [small(["a boiler", None, None])])
    found = neighbours(comparison, numbered(comparison)["e1"])
    assert (found.copies, len(found.rows), found.sentence) == (0, 0, "")


def test_more_copies_than_are_compared_hide_nothing(tmp_path):
    comparison = build_comparison(tmp_path / "c", [small(["the boiler leaks"] * 90 + ["a boiler"])])
    found = neighbours(comparison, numbered(comparison)["e0"])
    assert found.rows["example_id"].tolist() == ["e90"]
    alone = build_comparison(tmp_path / "d", [small(["the boiler leaks"] * 3 + ["something else"])])
    assert neighbours(alone, numbered(alone)["e0"]).sentence == "nothing is like it but 2 copies of this one"
