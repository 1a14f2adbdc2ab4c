"""The fix advisor on the Candidates page: curves, the points chosen, and the advice."""

import json

import pytest

from behavior_samples import behaviors_alone
from builders import build_comparison, simulated_task
from flipscope.mitigate.advice.advise import advise
from flipscope.words import percent
from flipscope_app.candidates.advice import advice_table
from flipscope_app.candidates.advice_charts import advice_chart
from studies import study_comparison


@pytest.fixture(scope="module")
def advice(three_tasks):
    return advise(three_tasks, "sentiment").tasks[0]


def test_the_page_has_advice_chart_and_table(visit, three_tasks, advice):
    page = visit(three_tasks, "candidates")
    assert advice.sentence in page.text
    assert len(page.test.get("plotly_chart")) == 1
    for family in advice.families:
        if family.chosen:
            point = family.points[family.chosen.index]
            assert f"{point.negative_flip} ({percent(point.nfr)})" in page.text
            assert f"{percent(family.chosen.nfr.low, 1)}, {percent(family.chosen.nfr.high, 1)}" in page.text
    assert "there is no capability column" in page.text
    assert "judged on the other" in page.text


def test_another_task_is_chosen_in_the_address(visit, three_tasks):
    page = visit(three_tasks, "candidates", advice_task="paraphrase")
    assert advise(three_tasks, "paraphrase").tasks[0].sentence in page.text


def test_an_unknown_task_in_the_address_is_left_out(visit, three_tasks, advice):
    page = visit(three_tasks, "candidates", advice_task="nope")
    assert any("a task that is not here" in told for told in page.warnings)
    assert advice.sentence in page.text


def test_it_is_about_the_candidate_looked_at(visit, two_candidates):
    small, large = (advise(two_candidates, candidate=name).tasks[0].sentence for name in ("small", "large"))
    assert small != large
    page = visit(two_candidates, "candidates")
    assert small in page.text
    page.test.selectbox(key="candidate").select("large")
    assert "Without training: combine small with the old model" in page.text
    page = page.run()
    assert large in page.text
    assert "Without training: combine large with the old model" in page.text


def test_a_mix_with_the_old_model_is_not_combined_with_it_once_more(visit, tmp_path):
    comparison = study_comparison(tmp_path / "study", n=200, seeds=2, suites=False)
    page = visit(comparison, "candidates")
    assert "Way to combine" in page.text
    page.test.selectbox(key="candidate").select("old_and_new")
    page = page.run()
    assert "old_and_new asks the old model already" in page.text
    assert "Way to combine" not in page.text


def test_too_few_examples_have_no_chart(visit, three_tasks):
    page = visit(three_tasks, "candidates", advice_task="entailment")
    assert "Too few examples to tell" in page.text
    assert not page.test.get("plotly_chart")


def test_behaviors_alone_have_no_advice(visit, tmp_path):
    assert "Without training" not in visit(behaviors_alone(tmp_path), "candidates").text


@pytest.mark.parametrize("dark", [False, True])
def test_the_chart_has_all_points(advice, dark):
    figure = advice_chart(advice, dark=dark)
    curves = [family for family in advice.families if family.points]
    for family, trace in zip(curves, figure.data, strict=False):
        assert list(trace.x) == pytest.approx([100 * point.nfr for point in family.points])
        assert list(trace.y) == pytest.approx([100 * point.accuracy for point in family.points])
    chosen, alone = figure.data[len(curves) :]
    assert list(chosen.x) == pytest.approx([100 * each.chosen.nfr.value for each in curves if each.chosen.index])
    assert list(alone.x) == pytest.approx([0, 100 * advice.new.nfr])
    assert {note.text for note in figure.layout.annotations} == {"old model", "candidate"}
    low, high = figure.layout.yaxis.range
    assert all(low <= y <= high for trace in figure.data for y in trace.y)


def test_hovering_tells_the_setting(advice):
    told = advice_chart(advice, dark=False).data[0].text
    assert told[0].startswith("<b>Mixing</b>: the candidate alone<br>")
    assert "old model&#x27;s weight 0.5" in told[20] or "old model's weight 0.5" in told[20]
    assert f"NFR {percent(advice.families[0].points[20].nfr)}" in told[20]


def test_names_from_data_are_not_markup(tmp_path):
    part = simulated_task("t", 300, ("a", "b"), seed=1)
    kinds = [("<img src=x>", "calm")[i % 2] for i in range(300)]
    table = part.examples.table.append_column("capability", [kinds])
    hostile = type(part)(type(part.examples)(**{**vars(part.examples), "table": table}), part.predictions)
    found = advise(build_comparison(tmp_path / "c", [hostile]), accuracy_margin=0.9).tasks[0]
    assert any(each.value == "<img src=x>" for family in found.families for each in family.order)
    assert "<img" not in advice_table(found)
    assert "<img" not in json.dumps(advice_chart(found, dark=False).to_plotly_json(), default=str)
