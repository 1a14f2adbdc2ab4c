"""The Overview page says what the comparison says."""

from __future__ import annotations

import json
import re

import pyarrow as pa
import pytest

from builders import build_comparison, simulated_task
from flipscope.comparison import percent
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope_app.filters import slice_names


def test_every_task_shows_its_counts_rates_and_intervals(visit, three_tasks):
    text = visit(three_tasks).text
    for task in three_tasks.tasks:
        result = three_tasks.result(task)
        assert f"{percent(result.accuracy_old, 1)} → {percent(result.accuracy_new, 1)}" in text
        for count, rate in ((result.negative_flip, result.nfr), (result.positive_flip, result.pfr)):
            assert f"{count} {percent(rate.value)} [{percent(rate.low)}, {percent(rate.high)}]" in text


def test_every_square_has_its_count_rate_interval_and_a_way_to_all_its_examples(visit, three_tasks):
    markup = visit(three_tasks).markup
    for task in three_tasks.tasks:
        grid = re.search(f'aria-label="Flip grid of {task}">(.*?)</div></div>$', markup, re.DOTALL | re.MULTILINE)[1]
        result = three_tasks.result(task)
        for outcome in OUTCOMES:
            square = re.search(f'fs-square fs-{outcome.replace("_", "-")}">(.*?)(?=fs-square|$)', grid, re.DOTALL)[1]
            count = getattr(result, outcome)
            low, high = wilson(count, result.n)
            assert f'fs-count">{count}<' in square
            assert percent(count / result.n, 1) in square
            assert f"[{percent(low, 1)}, {percent(high, 1)}]" in square
            assert (f"See all {count}" if count > 1 else "See it") in square
            assert 1 <= square.count("<li>") <= 3


def test_squares_show_the_most_severe_flips_first(visit, three_tasks):
    markup = visit(three_tasks).markup
    worst = three_tasks.examples("negative_flip", task="sentiment", limit=3)
    square = re.search('fs-square fs-negative-flip">(.*?)</ul>', markup, re.DOTALL)[1]
    assert re.findall(r"row=(\d+)", square) == [str(row) for row in worst["row_id"]]


def test_headline_sums_the_tasks(visit, three_tasks):
    results = [three_tasks.result(task) for task in three_tasks.tasks]
    broke, n = sum(result.negative_flip for result in results), sum(result.n for result in results)
    assert f"{broke} of {n} examples broke" in visit(three_tasks).text


def test_one_task_gets_the_plain_sentence(visit, two_candidates):
    result = two_candidates.result("intent", "small")
    text = visit(two_candidates).text
    assert (
        f"{result.negative_flip} of 200 examples broke, {result.positive_flip} were mended; "
        f"accuracy {percent(result.accuracy_old, 1)} → {percent(result.accuracy_new, 1)}."
    ) in text


def test_the_candidate_of_the_link_is_shown(visit, two_candidates):
    page = visit(two_candidates, candidate="large")
    assert page.test.selectbox(key="candidate").value == "large"
    assert f"{two_candidates.result('intent', 'large').negative_flip} of 200 examples broke" in page.text


def test_choosing_another_candidate_changes_the_figures(visit, two_candidates):
    page = visit(two_candidates)
    page.test.selectbox(key="candidate").select("large")
    assert f"{two_candidates.result('intent', 'large').negative_flip} of 200 examples broke" in page.run().text


def test_slices_are_those_of_the_chosen_column(visit, three_tasks):
    page = visit(three_tasks)
    page.test.selectbox(key="by sentiment").select("label")
    table = page.run().test.dataframe[0].value
    slices = three_tasks.by("label", task="sentiment")
    assert list(table["slice"]) == list(slices["label"])
    assert list(table["broke"]) == list(slices["negative_flip"])
    assert list(table["NFR %"]) == pytest.approx(list(100 * slices["nfr"]))
    assert f"{slices.attrs['tested']} of {len(slices)} slices tested" in page.text


def test_charts_have_a_text_for_those_who_do_not_see_them(visit, three_tasks):
    charts = visit(three_tasks).test.get("plotly_chart")
    assert len(charts) == 3
    assert all("Negative flip rate" in chart.proto.alt for chart in charts)


def test_warnings_of_the_comparison_are_shown(visit, tmp_path):
    # The same answers on both sides: the comparison says so itself.
    task = simulated_task("same", 40, ("a", "b"))
    same = type(task)(task.examples, {"old": task.predictions["old"], "new": task.predictions["old"]})
    comparison = build_comparison(tmp_path / "same", [same])
    assert comparison.manifest.warnings
    text = visit(comparison).text
    assert all(" ".join(warning.split()) in text for warning in comparison.manifest.warnings)


def test_no_negative_flips_reads_as_zero_not_as_an_error(visit, tmp_path):
    task = simulated_task("easy", 40, ("a", "b"))
    gold = task.examples.table["label"]
    old = task.predictions["old"]
    perfect = type(old)("new", "f", old.label_names, old.table.select(["example_id"]).append_column("pred", gold),
                        "example_id", "new.csv")  # fmt: skip
    comparison = build_comparison(tmp_path / "zero", [type(task)(task.examples, {"old": old, "new": perfect})])
    text = visit(comparison).text
    assert "0 of 40 examples broke" in text
    assert "No example." in text


def test_provenance_names_fingerprints_and_digests(visit, three_tasks):
    text = visit(three_tasks).text
    for info in three_tasks.manifest.tasks:
        assert info.data.digest in text
        assert all(model.fingerprint in text for model in info.models.values())


def test_slices_of_any_type_are_called_as_the_filter_calls_them(visit, tmp_path):
    task = simulated_task("t", 60, ("a", "b"))
    typed = {
        "flag": pa.array([i % 2 == 0 for i in range(60)]),
        "year": pa.array([None if i % 5 == 0 else 2020 + i % 3 for i in range(60)]),
        "score": pa.array([float(i % 4) for i in range(60)]),
    }
    table = task.examples.table
    for name, values in typed.items():
        table = table.append_column(name, values)
    examples = type(task.examples)("t", table, ("a", "b"), "example_id", "t.csv", "d")
    comparison = build_comparison(tmp_path / "typed", [type(task)(examples, task.predictions)])
    for name in typed:
        slices = comparison.by(name, task="t")
        for value, n in zip(slice_names(comparison, "t", name, slices[name]), slices["n"], strict=True):
            page = visit(comparison, "examples", outcome="All", column=name, value=value)
            assert (page.warnings, page.total) == ([], n)


def test_an_ensemble_is_called_by_all_its_members(visit, tmp_path):
    task = simulated_task("t", 40, ("a", "b"))
    comparison = build_comparison(tmp_path / "c", [task])
    manifest = comparison.path / "comparison.json"
    written = json.loads(manifest.read_text("utf-8"))
    written["tasks"][0]["models"]["new"] |= {"kind": "ensemble", "source": "ensemble:A/sst2-old+A/sst2-new"}
    manifest.write_text(json.dumps(written), "utf-8")
    assert "new (sst2-old + sst2-new)" in visit(comparison).text
