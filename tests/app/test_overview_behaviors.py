"""The Overview says what behavior suites found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import flipscope
from flipscope.comparison import Comparison, percent
from suites import make_suite, make_test

POSITIVE = {"label": "positive"}
SUITE = make_suite(
    make_test({"kind": "label"}, [[POSITIVE]] * 30, name="<b>praise</b>", capability="<i>Negation</i>"),
    make_test({"kind": "invariant"}, [[{}, {}]] * 8, name="swaps", type="INV", capability="Robustness"),
    make_test({"kind": "unknown", "name": "my_rule"}, [[{}]], name="own rule"),
)


@pytest.fixture(scope="module")
def behaviors(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("behaviors")
    answers = {
        "old": [0.9] * 30 + [0.9, 0.9] * 8 + [0.5],
        "good": [0.9] * 28 + [0.2] * 2 + [0.9, 0.9] * 8 + [0.5],
        "bad": [0.2] * 9 + [0.9] * 21 + [0.9, 0.2] * 7 + [0.9, 0.9] + [0.5],
    }
    for name, positive in answers.items():
        lines = "".join(f"{int(p > 0.5)} {1 - p:.6f} {p:.6f}\n" for p in positive)
        (folder / f"{name}.txt").write_text(lines)
    candidates: dict[str, str | Path] = {name: folder / f"{name}.txt" for name in ("good", "bad")}
    return flipscope.compare_behaviors(folder / "old.txt", candidates, SUITE, out=folder / "comparison")


def test_every_capability_shows_its_counts_rates_and_intervals(visit, behaviors: Comparison) -> None:
    page = visit(behaviors, candidate="bad")
    for result in behaviors.results.candidates[1].capabilities:
        assert result.capability in page.text
        assert f"{percent(result.old_fail_rate, 1)} → {percent(result.new_fail_rate, 1)}" in page.text
        assert f"{result.negative_flip} {percent(result.nfr.value, 1)}" in page.text
    assert "16 of 38 test cases broke, 0 were mended" in page.text
    assert "Most broke in <i>Negation</i> MFT (30.0%)" in page.text  # the eight pairs are too few for that
    assert "<i>" not in page.markup  # names are text, not markup


def test_the_other_candidate_has_its_own_figures(visit, behaviors: Comparison) -> None:
    assert "2 of 38 test cases broke" in visit(behaviors, candidate="good").text


def test_all_tests_are_in_a_table_with_the_reason_they_were_not_evaluated(visit, behaviors: Comparison) -> None:
    table = visit(behaviors, candidate="bad").test.dataframe[0].value

    assert table["test"].tolist() == [test.name for test in SUITE.tests]
    assert table["broke"].tolist() == [9, 7, 0]
    assert "my_rule" in table["not evaluated"].iloc[2]


def test_suites_are_among_what_the_comparison_is_made_of(visit, behaviors: Comparison) -> None:
    text = visit(behaviors, candidate="bad").text

    assert "Suites: by-hand (3 tests, 39 cases)" in text
    assert "my_rule" in text  # the warning


def test_there_are_no_examples_to_show(visit, behaviors: Comparison) -> None:
    assert "no evaluation data, only behaviors" in visit(behaviors, "examples").text


def test_it_is_listed_among_other_comparisons(visit, behaviors: Comparison, three_tasks: Comparison, tmp_path) -> None:
    (tmp_path / "a").symlink_to(behaviors.path)
    (tmp_path / "b").symlink_to(three_tasks.path)

    page = visit(tmp_path)
    assert "<td>behaviors</td>" in page.markup
    assert "38 test cases" in page.text
    assert re.search(r"38 test cases\s+16\s+42.1%", page.text)  # not "0 broke"
