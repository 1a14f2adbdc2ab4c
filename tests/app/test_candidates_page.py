"""The Candidates page says what the study says."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from builders import build_comparison, simulated_task
from flipscope.contract import Interval
from flipscope.study import OldInfo
from flipscope.words import percent
from flipscope_app.candidates.capabilities import (
    Broke,
    by_behaviors,
    by_columns,
    by_method,
    capabilities_table,
    compared,
    does_it_help,
    left_out_told,
)
from flipscope_app.candidates.tables import flags, headline
from flipscope_app.overview.natural import capability_slices
from flipscope_app.words import points
from outcomes import compared as compare_outcomes
from outcomes import task_of
from studies import CAPABILITIES, study_comparison, with_study


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    return study_comparison(tmp_path_factory.mktemp("study") / "study", n=600, seeds=3)


def results(comparison, task=None):
    return [result for result in comparison.manifest.study.methods if result.task == task]


def text_of(markup):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", str(markup))).split())


def rows_of(page, head):
    """Read the table with a column called `head`: the cells of each row as text."""
    heads = f"<tr>(<th[^>]*>[^<]*</th>)*?<th[^>]*>{head}</th>"
    table = next(part for part in page.markup.split("<thead>") if re.match(heads, part))
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    return [[text_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


@pytest.mark.parametrize("task", [None, "questions"])
def test_every_method_shows_its_rates_intervals_and_costs(visit, studied, task):
    page = visit(studied, "candidates", **({"judged_on": task} if task else {}))
    rows = rows_of(page, "Method")
    for row, result in zip(rows, results(studied, task), strict=True):
        name, accuracy, against_old, against_plain, nfr, ratio, p, pfr, cost, _ = row
        assert name.startswith(result.method)
        assert accuracy.startswith(f"{percent(result.accuracy.value, 1)} [{percent(result.accuracy.low, 1)}")
        for shown, rate in ((nfr, result.nfr), (pfr, result.pfr)):
            assert shown == f"{percent(rate.value)} [{percent(rate.low)}, {percent(rate.high)}]"
        assert cost.startswith(f"{result.models_trained} → {result.models_shipped}")
        assert against_old.startswith(points(result.accuracy_delta.value))
        if result.kind == "conventional":
            assert (against_plain, ratio, p) == ("", "1", "")
        else:
            limits = f"[{result.nfr_ratio.low:.2f}, {result.nfr_ratio.high:.2f}]"
            assert ratio == f"{result.nfr_ratio.value:.2f} {limits}"
            gain = result.accuracy_gain
            assert against_plain == f"{points(gain.value)} [{points(gain.low)}, {points(gain.high)}]"
            assert "q " in p


def test_what_was_chosen_is_under_the_name(visit, studied):
    row = next(row for row in rows_of(visit(studied, "candidates"), "Method") if row[0].startswith("distil_all"))
    assert row[0] == "distil_all gate all, alpha 1, temperature 2"


def test_every_candidate_can_be_chosen(visit, studied):
    page = visit(studied, "candidates")
    page.test.selectbox(key="candidate").select("distil_all-2")
    markup = page.run().markup
    found = re.findall(r'<a href="(overview[^"]*)"([^>]*aria-label="Choose ([^"]*)"[^>]*)>', markup)
    assert {name for *_, name in found} == set(studied.candidates)
    assert all(parse_qs(urlsplit(unescape(target)).query) == {"candidate": [name]} for target, _, name in found)
    assert [name for _, told, name in found if "aria-current" in told] == ["distil_all-2"]


def test_the_headline_names_the_methods_that_chance_hardly_explains(studied):
    told = str(headline(studied.manifest.study, results(studied)))
    better = [each.method for each in results(studied) if each.q_value is not None and each.q_value <= 0.05]
    assert better
    assert re.findall("<b>([^<]*)</b>", told) == better
    assert f"{percent(results(studied)[0].nfr.value, 1)}</b> of the examples" in told


def test_the_headline_says_when_nothing_can_be_told_apart(studied):
    nothing = [each if each.kind == "conventional" else each.model_copy(update={"q_value": 0.4})
               for each in results(studied)]  # fmt: skip
    told = str(headline(studied.manifest.study, nothing))
    assert "may be chance" in told
    assert "<b>" not in told


def test_what_limits_the_study_is_said(visit, studied):
    text = visit(studied, "candidates").text
    assert "on training examples 99.8%" in text
    assert "questions: The old model knows the examples for training by heart" in text
    assert "Classes that the old model does not know, on which it does not teach: maybe." in text
    assert "99.8%" not in visit(studied, "candidates", judged_on="reviews").text


def test_a_degenerate_task_is_flagged():
    accuracy = Interval(value=0.6, low=0.5, high=0.7)
    old = OldInfo(task="t", accuracy=accuracy, train_accuracy=0.8, majority=0.6, degenerate=True)
    assert len(flags(old)) == 1
    assert flags(old)[0].startswith("t: ")
    assert flags(old.model_copy(update={"degenerate": False})) == []


def test_an_unknown_task_is_said(visit, studied):
    page = visit(studied, "candidates", judged_on="nothing")
    assert len(page.warnings) >= 1
    assert page.test.selectbox(key="judged_on").value == "All tasks"


def test_another_task_can_be_chosen(visit, studied):
    page = visit(studied, "candidates")
    page.test.selectbox(key="judged_on").select("questions")
    first = results(studied, "questions")[0]
    assert rows_of(page.run(), "Method")[0][4].startswith(percent(first.nfr.value))


def test_charts_have_a_text_for_those_who_do_not_see_them(visit, studied):
    charts = visit(studied, "candidates").test.get("plotly_chart")
    assert len(charts) >= 2
    assert all(len(chart.proto.alt) > 40 for chart in charts)


def test_seeds_that_were_chosen_are_told_for_one_task_only(visit, studied):
    seeds = {result.kind: result.seeds for result in results(studied, "reviews")}
    assert seeds["lowest_nfr_seed"] == [2]
    assert "taken by centric_seed" in visit(studied, "candidates", judged_on="reviews").text
    assert "taken by centric_seed" not in visit(studied, "candidates").text  # another one on each task


def test_capabilities_are_summed_over_seeds_and_compared_with_conventional_ones(visit, studied):
    rows = rows_of(visit(studied, "candidates", judged_on="reviews"), "Capability")
    assert {row[0] for row in rows} == set(CAPABILITIES)
    methods = {result.method: result.candidates for result in results(studied, "reviews")}

    def share(method, capability):
        found = [
            each for name in methods[method] for each in studied.candidate(name).capabilities
            if (each.task, each.capability) == ("reviews", capability)
        ]  # fmt: skip
        return sum(each.negative_flip for each in found), sum(each.both_evaluated for each in found)

    fewer = more = 0
    for capability, plain, distilled, *_ in rows:
        broke, judged = share("conventional", capability)
        assert plain == f"{percent(broke / judged, 1)} {broke} of {judged}"
        mine, of = share("distil_all", capability)
        change = mine / of - broke / judged
        assert distilled.startswith(percent(mine / of, 1))
        assert distilled.endswith(f"{mine} of {of}")
        fewer, more = fewer + (change < 0), more + (change > 0)
    counts = by_method(by_behaviors(studied, "reviews"), methods)
    assert compared(counts, "distil_all") == (fewer, more, len(rows))
    told = f"distil_all breaks less than the conventional update in {fewer} of {len(rows)} capabilities, more in {more}"
    assert told in visit(studied, "candidates", judged_on="reviews").text


def test_the_best_method_over_capabilities_is_named_whatever_its_kind(studied):
    def broke(count):
        return Broke(count, 100)

    of_one = {result.method: broke(5) for result in results(studied)}
    counts = {"NER": of_one | {"old_and_new": broke(1)}, "Logic": of_one | {"old_and_new": broke(2)}}
    told = text_of(does_it_help(counts, results(studied)))
    assert told.startswith("old_and_new breaks less than the conventional update in 2 of 2 capabilities, more in 0. ")
    assert "distil_all breaks less than the conventional update in 0 of 2 capabilities, more in 0." in told


def test_the_last_row_of_the_capabilities_counts_them_for_each_method():
    counts = {
        "NER": {"conventional": Broke(9996, 100_000), "new": Broke(9993, 100_000), "other": Broke(0, 0)},
        "Logic": {"conventional": Broke(5, 100), "new": Broke(9, 100), "other": Broke(1, 100)},
    }
    table = str(capabilities_table(counts, ["conventional", "new", "other"]))
    assert [text_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", table)][-4:] == [
        "Breaks less than conventional in", "", "1 of 2 more in 1", "1 of 1 more in 0",
    ]  # fmt: skip
    assert "10.0% +0.0 9,993 of 100,000" in text_of(table)


def test_capabilities_with_few_examples_are_named():
    slices = pd.DataFrame({"name": ["NER"], "below": [""], "task": ["t"], "candidate": ["c"], "n": [30],
                           "negative_flip": [1]})  # fmt: skip
    slices.attrs["left_out"] = [
        {"task": "t", "name": "Logic", "below": ""}, {"task": "u", "name": "Logic", "below": ""},
        {"task": "u", "name": "NER", "below": ""}, {"task": "u", "name": "name", "below": "tagged"},
    ]  # fmt: skip
    assert "fewer than 20 examples: Logic, NER of u, name (tagged)." in left_out_told(slices, None)
    assert "fewer than 20 examples: Logic." in left_out_told(slices, "t")
    assert left_out_told(slices, "v") == ""


def test_tagged_examples_are_told_from_those_of_a_capability():
    slices = pd.DataFrame({"name": ["NER", "name"], "below": ["", "tagged"], "task": "t", "candidate": "c", "n": 30,
                           "negative_flip": 1})  # fmt: skip
    assert list(by_columns(slices, None)) == ["NER", "name (tagged)"]


def test_without_suites_the_capabilities_of_the_data_are_counted(tmp_path):
    outcomes = {"conventional-1": "--==" * 20, "distil_all-1": "-===" * 20}
    task = task_of(outcomes, labels=["yes"] * 80, capability=["Negation", "NER"] * 40)
    comparison = compare_outcomes(tmp_path / "c", task)
    counts = by_columns(capability_slices(comparison, None), None)
    methods = {"conventional": ["conventional-1"], "distil_all": ["distil_all-1"]}
    found = by_method(counts, methods)
    # Even rows are about negation: conventional breaks every second of them, and so does the distilled one.
    broke = {name: [(of[m].count, of[m].judged) for m in methods] for name, of in found.items()}
    assert broke == {"Negation": [(20, 40), (20, 40)], "NER": [(20, 40), (0, 40)]}
    assert compared(found, "distil_all") == (1, 0, 2)


def test_no_capabilities_no_table_of_them(visit, tmp_path):
    comparison = study_comparison(tmp_path / "c", n=80, seeds=2, suites=False)
    assert "Regressions by capability" not in visit(comparison, "candidates").text


def test_trainings_and_splits_are_listed_with_what_failed(visit, studied):
    page = visit(studied, "candidates")
    study = studied.manifest.study
    rows = rows_of(page, "Training")
    assert len(rows) == len(study.trainings)
    assert "NFR (selection)" in page.text
    assert "–: of these no score was needed" in page.text
    assert rows[0][-1] == "failed the loss is not finite at step 12"
    assert {expander.label for expander in page.test.expander} >= {f"{len(rows)} trainings, 1 failed", "Splits"}
    assert "12 training rows have a text of another split" in page.text
    assert all(warning in page.text for warning in study.warnings)


def test_what_a_study_says_is_no_markup(visit, tmp_path):
    comparison = study_comparison(tmp_path / "c", n=60, seeds=2, suites=False)
    study = comparison.manifest.study
    hostile = "<img src=x onerror=alert(1)>"
    failed = study.trainings[0].model_copy(update={"message": hostile, "recipe": hostile})
    changed = study.model_copy(update={"warnings": [hostile], "trainings": [failed]})
    page = visit(with_study(comparison, changed), "candidates")
    assert "<img" not in page.markup
    assert page.text.count(hostile) >= 3


def test_candidates_without_a_study_are_put_side_by_side(visit, two_candidates):
    page = visit(two_candidates, "candidates")
    for row, name in zip(rows_of(page, "Candidate"), two_candidates.candidates, strict=True):
        result = two_candidates.result("intent", name)
        assert row[0] == name
        assert row[3].startswith(f"{result.negative_flip} {percent(result.nfr.value)}")
    assert 'aria-label="Choose large"' in page.markup
    assert "flipscope mitigate SPEC.toml" in page.text
    assert len(page.test.get("plotly_chart")) >= 1


def test_a_study_in_which_nothing_came_out_is_none(visit, tmp_path):
    comparison = study_comparison(tmp_path / "c", n=60, seeds=2, suites=False)
    empty = comparison.manifest.study.model_copy(update={"methods": []})
    page = visit(with_study(comparison, empty), "candidates")
    assert "flipscope mitigate SPEC.toml" in page.text
    assert len(rows_of(page, "Candidate")) == len(comparison.candidates)


def test_a_single_candidate_leads_to_more(visit, tmp_path):
    page = visit(build_comparison(tmp_path / "c", [simulated_task("t", 60, ("a", "b"))]), "candidates")
    assert "flipscope mitigate SPEC.toml" in page.text
    assert "Choose " not in page.markup


def test_a_comparison_of_suites_alone_has_nothing_to_weigh(visit, tmp_path):
    from behavior_samples import behaviors_alone

    assert "flipscope mitigate SPEC.toml" in visit(behaviors_alone(tmp_path), "candidates").text
