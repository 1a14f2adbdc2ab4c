"""A folder of comparisons: all of them listed, one of them open."""

from __future__ import annotations

import pytest

from builders import build_comparison, simulated_task


@pytest.fixture
def folder(tmp_path):
    for name, seed in (("monday", 1), ("tuesday", 2)):
        build_comparison(tmp_path / name, [simulated_task(f"task-{name}", 60, ("a", "b"), seed=seed)])
    (tmp_path / "unfinished").mkdir()
    return tmp_path


def test_all_finished_comparisons_are_listed(visit, folder):
    page = visit(folder)
    assert "monday" in page.text
    assert "tuesday" in page.text
    assert "unfinished" not in page.text
    assert 'href="overview?comparison=monday"' in page.markup


def test_the_comparison_of_the_link_is_open(visit, folder):
    page = visit(folder, "overview", comparison="tuesday")
    assert "task-tuesday" in page.text
    assert "task-monday" not in page.text


def test_an_unknown_comparison_warns_and_opens_the_first(visit, folder):
    page = visit(folder, "overview", comparison="../../etc")
    assert len(page.warnings) == 1
    assert "etc" not in page.warnings[0]
    assert "task-monday" in page.text


def test_a_damaged_comparison_does_not_hide_the_others(visit, folder):
    (folder / "monday" / "comparison.json").write_text("{")
    page = visit(folder)
    assert "tuesday" in page.text
    assert len(page.warnings) == 1


def test_a_single_comparison_needs_no_list(visit, three_tasks):
    page = visit(three_tasks)
    assert "sentiment" in page.text
    assert not [box for box in page.test.selectbox if box.key == "comparison"]


def test_comparisons_that_went_away_leave_the_way_to_a_new_one(visit, folder):
    page = visit(folder, "overview")
    for name in ("monday", "tuesday"):
        (folder / name / "comparison.json").unlink()
    page.run()
    assert "no comparison here yet" in page.text
    assert 'href="new?"' in page.markup


def test_a_comparison_with_a_table_missing_says_which(visit, folder):
    (folder / "monday" / "facts.parquet").unlink()
    assert "facts.parquet: can't be read" in visit(folder, "overview", comparison="monday").text


def test_another_comparison_leaves_the_open_row(visit, folder):
    page = visit(folder, "examples", comparison="monday", outcome="Both right", row="1")
    page.test.selectbox(key="comparison").select("tuesday")
    page.run()
    assert "row" not in page.test.query_params
    assert page.test.selectbox(key="comparison").value == "tuesday"
