"""The table of methods at a terminal."""

from __future__ import annotations

import json
import re

import pytest

from commands import run
from flipscope.comparison import open_comparison
from flipscope.contract import Interval
from flipscope.judge.gate import judge_by, keep
from flipscope.mitigate.words import lead_parts, scopes
from flipscope.report import Options, render
from flipscope.report.study import study_markdown
from flipscope.schema import StudyResults
from flipscope.terminal_study import print_study
from studies import study_comparison


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return study_comparison(tmp_path_factory.mktemp("made") / "my-study" / "comparison", suites=False).path.parent


@pytest.fixture(scope="module")
def study(folder):
    return open_comparison(folder).manifest.study


@pytest.fixture
def printed(study, capsys, monkeypatch):
    def at(width, shown=study):
        monkeypatch.setenv("COLUMNS", str(width))
        print_study(shown)
        return capsys.readouterr().out

    return at


def of_task(study, task):
    return [each for each in study.methods if each.task == task]


def test_every_task_has_its_methods_and_those_over_all_tasks_come_last(printed, study):
    told = printed(120)
    heads = [told.index(name) for name in ("reviews, judged on 400", "questions, judged on 400", "all tasks")]
    assert heads == sorted(heads)
    for method in {each.method for each in study.methods}:
        assert len(re.findall(rf"^ {method} ", told, re.MULTILINE)) == 3


def test_a_row_has_rates_with_intervals_ratio_q_and_cost(printed, study):
    found = next(each for each in study.methods if (each.task, each.method) == ("reviews", "ensemble_3"))
    lines = printed(120).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" ensemble_3"))
    first, second = lines[at].split(), lines[at + 1]
    assert first[1:4] == [f"{found.accuracy.value:.2%}", f"{found.nfr.value:.2%}", f"{found.nfr_ratio.value:.2f}"]
    assert first[-1] == "3/3"
    assert f"{found.accuracy_gain.value:+.2%}" in second
    gain = found.accuracy_gain
    assert f"[{100 * gain.low:+.1f}, {100 * gain.high:+.1f}]" in lines[at + 2]
    for each, scale, digits in ((found.nfr, 100, 1), (found.nfr_ratio, 1, 2)):
        assert f"[{scale * each.low:.{digits}f}, {scale * each.high:.{digits}f}]" in second
    assert second.split()[-2:] == ["2.9", "min"]  # 54 + 58 + 62 seconds


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_the_terminal_and_no_interval_is_cut(printed, width):
    told = printed(width)
    assert max(map(len, told.splitlines())) <= width
    assert "…" not in told
    tables, _, _ = told.partition("Means over seeds")
    assert len(re.findall(r"\[[-+]?[\d.]+, [-+]?[\d.]+\]", tables)) == 3 * (7 + 8 + 7)  # gain and ratio but of one


def test_show_tells_the_methods_and_each_candidate_in_a_line_a_task(folder):
    told = run("show", folder).stdout
    comparison = open_comparison(folder)
    methods, _, candidates = told.partition("The candidates on reviews")
    assert methods.startswith("reviews, judged on 400 examples")
    for name in comparison.candidates:
        assert len(re.findall(rf"^ {name} ", candidates, re.MULTILINE)) == 2
    result = comparison.result("questions", "ensemble_3")
    row = next(line for line in candidates.split("questions")[1].splitlines() if line.startswith(" ensemble_3"))
    limits = f"[{100 * result.nfr.low:.1f}, {100 * result.nfr.high:.1f}]"
    counts = f"{result.accuracy_new:.2%} {result.negative_flip} {result.nfr.value:.2%} {limits} {result.positive_flip}"
    assert " ".join(row.split()) == f"ensemble_3 {result.n} {counts}"
    assert "may ship" not in told


def test_show_tells_which_candidates_may_ship(tmp_path):
    comparison = study_comparison(tmp_path / "c", n=60, seeds=2, suites=True)
    judged = keep(judge_by(comparison, max_nfr=0.999))
    told = run("show", comparison.path).stdout
    assert f"Ship: {', '.join(judged.candidates)} The candidates" in " ".join(told.split())
    found = [each for each in judged.candidate("centric_seed").capabilities if each.task == "reviews"]
    cases = f"{sum(each.negative_flip for each in found):,}/{sum(each.positive_flip for each in found):,}"
    rows = told.split("The candidates on reviews")[1].splitlines()
    assert next(line for line in rows if line.startswith(" centric_seed")).split()[-1] == cases


def test_json_has_the_study_beside_the_figures(folder, study):
    printed = StudyResults.model_validate_json(run("show", folder, "--json").stdout)
    assert printed.study == study
    assert printed.candidates == open_comparison(folder).results.candidates
    one = json.loads(render(open_comparison(folder), "json", Options(candidate="ensemble_3")))
    assert [each["name"] for each in one["candidates"]] == ["ensemble_3"]
    assert len(one["study"]["methods"]) == len(study.methods)


def test_settings_seeds_failures_and_what_limits_a_task_are_told(printed):
    told = " ".join(printed(200).split())
    for words in (
        "3 seeds, gate all, alpha 1, temperature 2",
        "seed 2",
        "failed: distil_all/all-4-2, seed 1, questions: the loss is not finite at step 12",
        "note: distil_all/all-4-2, seed 1 on questions has failed",
        "91.0% on the examples for training",
        "knows the examples for training by heart",
        "on which it does not teach: maybe",
    ):
        assert words in told
    assert "commonest class: a low NFR" not in told


def test_what_is_to_be_known_of_a_method_is_told_once(printed, study):
    methods = [each.model_copy(update={"notes": ["of one seed"]}) for each in study.methods if each.kind == "ensemble"]
    assert printed(120, study.model_copy(update={"methods": methods})).count("note: ensemble_3: of one seed") == 1


def test_a_degenerate_task_is_flagged(printed, study):
    old = [each.model_copy(update={"degenerate": True}) for each in study.old]
    told = " ".join(printed(200, study.model_copy(update={"old": old})).split())
    assert told.count("no better than always answering the commonest class") == 2


def test_what_a_message_brings_cannot_steer_the_terminal(printed, study):
    failed = study.trainings[-1].model_copy(update={"message": "[bold]\x1b[31mred\x07"})
    told = printed(120, study.model_copy(update={"trainings": [failed]}))
    assert "\x1b" not in told
    assert "[bold]" in told


def with_results(study, **changed):
    """Change results over all tasks, by method."""
    methods = [each.model_copy(update=changed.get(each.method, {})) for each in of_task(study, None)]
    return study.model_copy(update={"methods": methods})


def result(value, q):
    return {"nfr_ratio": Interval(value=value, low=value / 2, high=value * 2), "q_value": q,
            "accuracy_gain": Interval(value=-0.005, low=-0.01, high=0)}  # fmt: skip


def test_the_lead_tells_what_is_more_than_chance(study):
    every = {each.method: result(0.9, 0.5) for each in study.methods if each.kind != "conventional"}
    some = {**every, "distil_all": result(0.5, 0.01), "interpolation": result(1.5, 0.05)}
    assert "".join(lead_parts(with_results(study, **some))) == (
        "Against the conventional update, over all tasks: fewer examples broke with distil_all (NFR ratio 0.50 "
        "[0.25, 1.00], accuracy −0.50 points [−1.00, +0.00] against it); more broke with interpolation (NFR ratio 1.50 "
        "[0.75, 3.00], accuracy −0.50 points [−1.00, +0.00] against it); what the other 5 methods changed may be "
        "chance."
    )
    assert "".join(lead_parts(with_results(study, **every))).endswith("what the 7 methods changed may be chance.")
    one = {name: result(0.5, 0.01) for name in every} | {"distil_all": result(0.9, 0.5)}
    assert "".join(lead_parts(with_results(study, **one))).endswith("; what distil_all changed may be chance.")
    constant = Interval(value=1, low=None, high=None, reason="no_variation")
    unmoved = {"nfr_ratio": constant, "accuracy_gain": constant.model_copy(update={"value": 0}), "q_value": 1}
    two = every | dict.fromkeys(("ensemble_3", "centric_seed"), unmoved)
    assert "".join(lead_parts(with_results(study, **two))).endswith(
        "tasks: neither NFR nor accuracy changed with ensemble_3, centric_seed; what the other 5 methods changed may "
        "be chance."
    )
    worse = every | {"ensemble_3": unmoved | {"nfr_ratio": constant.model_copy(update={"value": 3})}}
    assert "neither" not in "".join(lead_parts(with_results(study, **worse)))


def test_where_nothing_could_be_compared_the_lead_says_why(study):
    def lead(methods):
        return "".join(lead_parts(study.model_copy(update={"methods": methods})))

    one = of_task(study, "reviews")
    nothing = {"q_value": None, "nfr_ratio": Interval(value=None, low=None, high=None, reason="no_negative_flips")}
    start = "No method could be compared with the conventional update: "
    assert lead([each for each in one if each.kind == "conventional"]) == f"{start}no other method was tried."
    unbroken = [each.model_copy(update=nothing) for each in one]
    assert lead(unbroken) == f"{start}no example broke, with it or without it."
    empty = [each.model_copy(update={"n": 0}) for each in unbroken]
    assert lead(empty) == f"{start}there is no example to judge."


@pytest.mark.parametrize(("n", "told"), [(49, True), (50, False)])
def test_few_examples_are_flagged(printed, study, n, told):
    few = study.model_copy(update={"methods": [each.model_copy(update={"n": n}) for each in of_task(study, "reviews")]})
    assert (f"note: Judged on {n} examples only" in printed(200, few)) == told
    assert (f"Judged on {n} examples only" in study_markdown(few)) == told


def test_of_a_single_task_the_lead_is_about_that_task(study):
    single = study.model_copy(update={"methods": of_task(study, "reviews")})
    assert [task for task, _ in scopes(single)] == ["reviews"]
    assert "".join(lead_parts(single)).startswith("Against the conventional update on reviews: ")
