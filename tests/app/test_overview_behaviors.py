"""The Overview says what behavior suites found, and leads to the page about them."""

from __future__ import annotations

import re

import pytest

from behavior_samples import behaviors_alone
from flipscope.comparison import Comparison
from flipscope.words import percent


@pytest.fixture(scope="module")
def behaviors(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return behaviors_alone(tmp_path_factory.mktemp("behaviors"))


def test_the_worst_capabilities_show_their_counts_rates_and_intervals(visit, behaviors: Comparison) -> None:
    page = visit(behaviors, candidate="bad")
    for result in behaviors.results.candidates[1].capabilities:
        assert result.capability in page.text
        assert f"{percent(result.old_fail_rate, 1)} → {percent(result.new_fail_rate, 1)}" in page.text
        assert f"{result.negative_flip} {percent(result.nfr.value, 1)}" in page.text
    assert "16 of 38 test cases broke, 0 were mended" in page.text
    assert "Most broke in <i>Negation</i> MFT (30.0%)" in page.text  # the eight pairs are too few for that
    assert "<i>" not in page.markup  # names are text, not markup


def test_a_capability_leads_to_its_cell_of_the_map(visit, behaviors: Comparison) -> None:
    page = visit(behaviors, candidate="bad")
    assert 'href="behaviors?candidate=bad&amp;cell=Robustness+%2F+INV"' in page.markup


def test_the_other_candidate_has_its_own_figures(visit, behaviors: Comparison) -> None:
    assert "2 of 38 test cases broke" in visit(behaviors, candidate="good").text


def test_suites_are_among_what_the_comparison_is_made_of(visit, behaviors: Comparison) -> None:
    text = visit(behaviors, candidate="bad").text

    assert "Suites: by-hand (3 tests, 39 cases)" in text
    assert "my_rule" in text  # the warning


def test_there_are_no_charts_of_tasks_that_are_not_there(visit, behaviors: Comparison) -> None:
    assert not visit(behaviors).test.get("plotly_chart")


def test_there_are_no_examples_to_show(visit, behaviors: Comparison) -> None:
    assert "no evaluation data, only behaviors" in visit(behaviors, "examples").text


def test_it_is_listed_among_other_comparisons(visit, behaviors: Comparison, three_tasks: Comparison, tmp_path) -> None:
    (tmp_path / "a").symlink_to(behaviors.path)
    (tmp_path / "b").symlink_to(three_tasks.path)

    page = visit(tmp_path)
    assert "38 test cases" in page.text
    assert re.search(r"16\s+42.1%", page.text)  # not "0 broke"
