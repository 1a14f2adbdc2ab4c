"""Slices by values that are missing, empty, or written like the names of these; figures that belong to one comparison."""

from __future__ import annotations

import shutil

import pytest

from builders import build_comparison, examples, predictions, simulated_task
from flipscope.store.tables import TaskData
from flipscope_app.examples.filters import Filters, column_values, slice_names

ODD = (None, "", "(none)", "(empty)", '"(none)"', "plain")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """Forty examples of each odd value; of the n-th value, n + 1 break."""
    rows = [
        {"example_id": f"{v}-{i}", "text_a": f"text {v} {i}", "label": "a", "src": value}
        for v, value in enumerate(ODD)
        for i in range(40)
    ]
    ids = [row["example_id"] for row in rows]
    broken = [i <= v for v in range(len(ODD)) for i in range(40)]
    answers = {
        "old": predictions("old", ids, ("a", "b"), ["a"] * len(ids)),
        "new": predictions("new", ids, ("a", "b"), ["b" if each else "a" for each in broken]),
    }
    task = TaskData(examples("odd", rows, ("a", "b")), answers)
    return build_comparison(tmp_path_factory.mktemp("odd") / "odd", [task])


def test_every_value_has_a_name_of_its_own(comparison):
    names = column_values(comparison, "odd", "src")
    assert len(set(names)) == len(names) == len(ODD)
    assert {"(none)", "(empty)", "plain"} <= set(names)


def test_a_name_asks_for_just_its_value(comparison):
    slices = comparison.by("src")
    names = slice_names(comparison, "odd", "src", slices["src"])
    assert sorted(names) == sorted(column_values(comparison, "odd", "src"))
    for name, broke, n in zip(names, slices["negative_flip"], slices["n"], strict=True):
        asked = Filters("odd", "new", column="src", values=(name,))
        assert comparison.count(**asked.query()) == n == 40
        assert comparison.count("negative_flip", where=asked.where()) == broke


@pytest.mark.parametrize("value", ["(none)", "(empty)", "plain"])
def test_the_flip_grid_of_an_odd_value_is_that_of_its_slice(visit, comparison, value):
    slices = comparison.by("src")
    names = slice_names(comparison, "odd", "src", slices["src"])
    broke = int(slices["negative_flip"][names.index(value)])
    page = visit(comparison, "grid", slice_by="src", slice=value)
    assert f"See all {broke}" in page.text or (broke == 1 and "See it" in page.text)


def test_the_examples_of_the_empty_value_are_listed(visit, comparison):
    page = visit(comparison, "examples", column="src", value="(empty)", outcome="All")
    assert page.total == 40


def test_figures_are_of_the_comparison_that_has_the_name_now(visit, tmp_path):
    """Two comparisons made within one second: one is deleted, and the other takes its name."""
    first = build_comparison(tmp_path / "a", [simulated_task("t", 300, ("x", "y"), seed=1)])
    second = build_comparison(tmp_path / "b", [simulated_task("t", 100, ("x", "y"), seed=2)])
    for folder in ("a", "b"):
        manifest = tmp_path / folder / "comparison.json"
        manifest.write_text(manifest.read_text().replace(second.manifest.created, first.manifest.created))
    assert f"See all {first.result().both_correct}" in visit(tmp_path, "grid", comparison="a").text
    shutil.rmtree(tmp_path / "a")
    (tmp_path / "b").rename(tmp_path / "a")
    assert f"See all {second.result().both_correct}" in visit(tmp_path, "grid", comparison="a").text
