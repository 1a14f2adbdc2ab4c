"""``flipscope advise``: what it prints and refuses."""

import json

import pytest

from builders import build_comparison, simulated_task
from commands import error, run
from flipscope.mitigate.advice.contract import Advice


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("advise") / "c")


def test_it_prints_a_table_and_a_sentence_per_task(comparison):
    shown = run("advise", comparison.path)
    assert shown.exit_code == 0, shown.output
    advice = Advice.model_validate_json(run("advise", comparison.path, "--json").output)
    for each in advice.tasks:
        assert f"{each.task}  judged on {each.judging} examples" in shown.output
        assert " ".join(each.sentence.split()) in " ".join(shown.output.split())
        for family in each.families:
            if family.chosen:
                point = family.points[family.chosen.index]
                assert f"{point.negative_flip} ({point.nfr:.2%})" in shown.output
    assert "there is no capability column" in shown.output
    assert "chosen on one half of the examples and judged on the other" in " ".join(shown.output.split())


def test_one_task_and_margin(comparison):
    shown = json.loads(
        run("advise", comparison.path, "--task", "paraphrase", "--accuracy-margin", "0.2", "--json").output
    )
    assert [each["task"] for each in shown["tasks"]] == ["paraphrase"]
    assert shown["accuracy_margin"] == 0.2
    assert shown["schema_version"] == 1


def test_one_of_several_candidates(tmp_path):
    part = simulated_task("intent", 200, ("ask", "tell"), seed=4, candidates=("small", "large"))
    folder = build_comparison(tmp_path / "c", [part]).path
    assert "intent, small  judged on" in run("advise", folder).output
    only = run("advise", folder, "--candidate", "large").output
    assert "intent, large  judged on" in only
    assert "small" not in only


def test_without_probabilities_it_says_so(tmp_path):
    folder = build_comparison(tmp_path / "c", [simulated_task("t", 300, ("a", "b"), scores=False)]).path
    shown = run("advise", folder).output
    assert shown.count("no probabilities are stored") == 3  # two rows, and the sentence
    assert "Nothing could be tried: no probabilities are stored and there is no capability column." in shown


def test_names_from_data_are_printed_as_they_are(tmp_path):
    part = simulated_task("t", 300, ("a", "b"), seed=1)
    kinds = [("[red]loud[/red]\x1b[31m", "calm")[i % 2] for i in range(300)]
    table = part.examples.table.append_column("capability", [kinds])
    hostile = type(part)(type(part.examples)(**{**vars(part.examples), "table": table}), part.predictions)
    shown = run("advise", build_comparison(tmp_path / "c", [hostile]).path, "--accuracy-margin", "0.9").output
    assert "\x1b[31m" not in shown
    assert "[red]loud" in shown


def test_what_is_wrong_is_said(comparison, tmp_path):
    assert "no task 'nope'" in error("advise", comparison.path, "--task", "nope")
    assert "no candidate 'nope'" in error("advise", comparison.path, "--candidate", "nope")
    assert "--accuracy-margin" in error("advise", comparison.path, "--accuracy-margin", "1.5")
    assert "no such comparison folder" in error("advise", tmp_path / "nowhere")
