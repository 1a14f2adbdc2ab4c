"""The Overview page says what the comparison says."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest

from builders import build_comparison, simulated_task
from flipscope.flips.intervals import wilson
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.significance import benjamini_hochberg
from flipscope.words import percent
from flipscope_app.examples.filters import slice_names
from flipscope_app.overview.natural import capability_slices
from flipscope_app.words import OUTCOME_NAMES
from outcomes import compared, task_of
from studies import study_comparison


def test_every_task_shows_its_counts_rates_and_intervals(visit, three_tasks):
    text = visit(three_tasks).text
    for task in three_tasks.tasks:
        result = three_tasks.result(task)
        assert f"{percent(result.accuracy_old, 1)} → {percent(result.accuracy_new, 1)}" in text
        for count, rate in ((result.negative_flip, result.nfr), (result.positive_flip, result.pfr)):
            assert f"{count} {percent(rate.value)} [{percent(rate.low)}, {percent(rate.high)}]" in text


def test_every_square_has_its_count_rate_interval_and_a_way_to_its_examples(visit, three_tasks):
    markup = visit(three_tasks).markup
    for task in three_tasks.tasks:
        grid = re.search(f'aria-label="Flip grid of {task}">(.*?)</div></div>', markup, re.DOTALL)[1]
        result = three_tasks.result(task)
        for outcome in OUTCOMES:
            kind = outcome.replace("_", "-")
            square = re.search(rf'<a href="([^"]*)" class="fs-square fs-{kind}"(.*?)</a>', grid, re.DOTALL)
            count = getattr(result, outcome)
            low, high = wilson(count, result.n)
            assert f'fs-count">{count}<' in square[2]
            assert f"{percent(count / result.n, 1)}<" in square[2]
            assert f"[{percent(low, 1)}, {percent(high, 1)}]" in square[2]
            query = parse_qs(urlsplit(unescape(square[1])).query)
            assert query == {"task": [task], "outcome": [OUTCOME_NAMES[outcome]]}


def test_each_task_leads_to_its_large_grid(visit, three_tasks):
    markup = visit(three_tasks).markup
    assert all(f'href="grid?grid_task={task}"' in markup for task in three_tasks.tasks)


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


def slices_of(page):
    """Read the table of slices: name, examples, broken."""
    table = next(part for part in page.markup.split("<table") if '"col">Slice</th>' in part)
    rows = re.findall(r"<tr>(<th.*?)</tr>", table, re.DOTALL)[1:]
    cells = [[re.sub(r"<[^>]*>", " ", cell).split() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]
    return [(" ".join(name), int(n[0]), int(broke[0])) for name, n, _, broke, *_ in cells]


def test_slices_are_those_of_the_chosen_task_and_column(visit, three_tasks):
    page = visit(three_tasks)
    page.test.selectbox(key="by_task").select("entailment")
    page.test.selectbox(key="by").select("label")
    page.run()
    slices = three_tasks.by("label", task="entailment")
    assert slices_of(page) == list(zip(slices["label"], slices["n"], slices["negative_flip"], strict=True))
    assert f"{slices.attrs['tested']} of {len(slices)} slices tested" in page.text


def test_task_and_column_of_the_link_are_shown(visit, three_tasks):
    page = visit(three_tasks, by_task="paraphrase", by="label")
    assert [name for name, *_ in slices_of(page)] == list(three_tasks.by("label", task="paraphrase")["label"])


def test_an_unknown_task_or_column_is_said(visit, three_tasks):
    page = visit(three_tasks, by_task="nothing", by="nothing")
    assert len(page.warnings) == 2
    assert page.test.selectbox(key="by_task").value == "sentiment"


def test_charts_have_a_text_for_those_who_do_not_see_them(visit, three_tasks):
    charts = visit(three_tasks).test.get("plotly_chart")
    assert len(charts) == 3  # flips by task, gain against damage, slices
    assert all(len(chart.proto.alt) > 40 for chart in charts)


def test_one_task_has_no_charts_over_tasks(visit, tmp_path):
    comparison = build_comparison(tmp_path / "one", [simulated_task("t", 60, ("a", "b"))])
    assert len(visit(comparison).test.get("plotly_chart")) == 1  # the slices


def test_two_candidates_on_one_task_are_weighed_against_each_other(visit, two_candidates):
    charts = visit(two_candidates).test.get("plotly_chart")
    assert len(charts) == 2
    assert "accuracy" in charts[0].proto.alt


def test_many_tasks_and_candidates_show_the_figures_of_the_chosen_one(visit, tmp_path):
    parts = [simulated_task(f"t{i}", 40, ("a", "b"), seed=i, candidates=("small", "large")) for i in range(7)]
    comparison = build_comparison(tmp_path / "many", parts)
    table = re.search("<table.*?</table>", visit(comparison, candidate="large").markup, re.DOTALL)[0]
    assert table.count("<tr>") == 1 + 7
    assert f">{comparison.result('t0', 'large').negative_flip}<" in table


def test_of_very_many_candidates_the_chosen_one_is_named(visit, tmp_path):
    comparison = compared(tmp_path / "c", task_of({f"candidate-{i}": "-=+x" * 5 for i in range(9)}))
    page = visit(comparison, candidate="candidate-4")
    title = re.search("<header.*?</header>", page.markup, re.DOTALL)[0]
    assert "candidate-4" in title
    assert "one of 9" in title
    assert "candidate-5" not in title
    assert "the other 8 candidates" in page.text


def test_capabilities_of_the_data_are_judged_together(visit, tmp_path):
    task = simulated_task("t", 120, ("a", "b"), seed=3)
    names = pa.array(["Negation" if i % 3 else "Coref" for i in range(120)])
    tagged = pa.array([i % 2 == 0 for i in range(120)])
    table = task.examples.table.append_column("capability", names).append_column("has_number", tagged)
    examples = type(task.examples)("t", table, ("a", "b"), "example_id", "t.csv", "d")
    comparison = build_comparison(tmp_path / "c", [type(task)(examples, task.predictions)])

    found = capability_slices(comparison, "new")
    assert sorted(zip(found["column"], found["value"], strict=True)) == [
        ("capability", "Coref"), ("capability", "Negation"), ("has_number", "true"),
    ]  # fmt: skip
    assert list(found["nfr_low"]) == sorted(found["nfr_low"], reverse=True)
    assert list(found["q_value"]) == pytest.approx(list(benjamini_hochberg(found["mcnemar_p"])), nan_ok=True)

    page = visit(comparison)
    assert "Capabilities in the evaluation data" in page.text
    for row in found.to_dict("records"):
        assert f"{row['negative_flip']} {percent(row['nfr'], 1)}" in page.text
        query = f"column={row['column']}&amp;value={row['value']}"
        assert query in page.markup
        asked = visit(comparison, "examples", column=row["column"], value=row["value"], outcome="Negative flips")
        assert (asked.warnings, asked.total) == ([], row["negative_flip"])


def test_no_capability_columns_no_table_of_them(visit, three_tasks):
    assert "Capabilities in the evaluation data" not in visit(three_tasks).text


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
    assert "▼ broke 0 0.0%" in text


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
    written["tasks"][0]["models"]["new"]["source"] = "vote:A/sst2-old+A/sst2-new"
    manifest.write_text(json.dumps(written), "utf-8")
    assert "new (vote of sst2-old + sst2-new)" in visit(comparison).text


def test_a_study_goes_by_its_name_and_leads_to_all_its_candidates(visit, tmp_path):
    comparison = study_comparison(tmp_path / "polarity" / "comparison", n=60, seeds=2, suites=False)
    page = visit(comparison)
    assert "<h1>polarity</h1>" in page.markup
    assert "conventional-1 is one of the 12 candidates of a study: which to take is under Candidates" in page.text
    assert 'href="candidates?candidate=conventional-1"' in page.markup
