"""Two models on suites, from the command line and in Python: what is printed, kept, queried and refused."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import flipscope
from commands import error, run
from flipscope import FlipscopeError, cli
from flipscope.behaviors.suite_file import write_suite
from flipscope.schema import Results
from suites import SUITE, make_suite, make_test


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    write_suite(SUITE, tmp_path / "suite.json")
    return tmp_path / "suite.json"


def answer_file(path: Path, positive: list[float]) -> Path:
    """Write answers in CheckList's default format: the answer, then a probability per class."""
    path.write_text("".join(f"{int(p > 0.5)} {1 - p:.6f} {p:.6f}\n" for p in positive))
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return answer_file(tmp_path / "old.txt", [0.9] * 30 + [0.1] * 10 + [0.9, 0.9] * 8 + [0.5] * 2)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Breaks 9 of 30, mends none, and moves 7 of 8 pairs."""
    moved = [0.9, 0.2] * 7 + [0.9, 0.9]
    return answer_file(tmp_path / "new.txt", [0.3] * 9 + [0.8] * 21 + [0.1] * 10 + moved + [0.5] * 2)


@pytest.fixture
def comparison(suite: Path, old: Path, new: Path, tmp_path: Path) -> flipscope.Comparison:
    return flipscope.compare_behaviors(old, new, suite, out=tmp_path / "comparison")


def test_figures_by_test(comparison: flipscope.Comparison) -> None:
    tests = comparison.behaviors.tests().set_index("test")

    assert tests.index.tolist() == ["praise", "blame", "swaps", "own rule"]
    assert tests["negative_flip"].tolist() == [9, 0, 7, 0]
    assert tests["both_evaluated"].tolist() == [30, 10, 8, 0]
    assert "my_rule" in tests["not_evaluated"]["own rule"]
    assert tests["consistency_new"]["swaps"] == 1 / 8


def test_json_keeps_the_contract(suite: Path, old: Path, new: Path, tmp_path: Path) -> None:
    printed = run("behaviors", "--suite", suite, "--old", old, "--new", new, "--out", tmp_path / "c", "--json")
    content = json.loads(printed.stdout)
    (candidate,) = content["candidates"]
    row = next(row for row in candidate["behaviors"] if row["test"] == "praise")
    wanted = {
        "suite": "by-hand", "capability": "Negation", "type": "MFT", "cases": 30, "old_evaluated": 30, "old_fails": 0,
        "new_evaluated": 30, "new_fails": 9, "both_evaluated": 30, "negative_flip": 9, "positive_flip": 0,
        "both_pass": 21, "both_fail": 0,
    }  # fmt: skip

    assert {name: row[name] for name in wanted} == wanted
    assert row["mcnemar_p"] == pytest.approx(2**-9)
    assert row["q_value"] == pytest.approx(2 * 2**-9)  # praise and swaps were tested
    assert candidate["tasks"] == []
    assert [(each["capability"], each["type"]) for each in candidate["capabilities"]] == [
        ("Vocabulary", "MFT"), ("Robustness", "INV"), ("Negation", "MFT"),
    ]  # fmt: skip
    Results.model_validate(content)
    assert run("show", tmp_path / "c", "--json").stdout == printed.stdout


def test_the_summary_names_what_broke_most(comparison: flipscope.Comparison) -> None:
    printed = run("show", comparison.path).stdout
    worst = comparison.behaviors.worst()

    assert worst is not None
    assert worst.capability == "Negation"  # 8 pairs are too few to be called the worst
    assert "Broke most: Negation (MFT), 9 of 30 cases" in printed
    assert "my_rule" in printed
    every = run("show", comparison.path, "--tests").stdout
    assert all(test.name in every for test in SUITE.tests)


def test_cases_show_all_inputs_and_both_answers(comparison: flipscope.Comparison) -> None:
    cases = comparison.behaviors.cases("negative_flip", test="swaps")
    first = cases["inputs"][0]

    assert len(cases) == 7
    assert (cases["old_result"][0], cases["new_result"][0], cases["outcome"][0]) == ("pass", "fail", "negative_flip")
    assert [each["text_a"] for each in first] == ["case 0 example 0", "case 0 example 1"]
    assert [each["new_pred"] for each in first] == ["positive", "negative"]
    assert [each["new_conf"] for each in first] == pytest.approx([0.9, 0.8])
    assert [each["old_pass"] for each in first] == [True, True]
    printed = run("examples", comparison.path, "--test", "swaps", "--limit", 1).stdout
    assert "case 0 example 1" in printed
    assert "new negative (80.0%)" in printed
    assert "1 of the 8 cases that fit" in printed


def test_what_failed_and_what_was_expected_stands_beside_each_input(comparison: flipscope.Comparison) -> None:
    lines = run("examples", comparison.path, "--test", "swaps", "--limit", 1).stdout.splitlines()

    assert "expected: the answer stays the same, or its probability moves by at most 0.1" in lines[1]
    assert [line.count("fails") for line in lines if "old positive" in line] == [0, 1]


def test_the_most_confident_mistakes_come_first(suite: Path, old: Path, tmp_path: Path) -> None:
    sure = [0.4, 0.1, 0.3] + [0.9] * 27
    new = answer_file(tmp_path / "sure.txt", sure + [0.1] * 10 + [0.9] * 16 + [0.5] * 2)
    comparison = flipscope.compare_behaviors(old, new, suite)

    assert comparison.behaviors.cases("negative_flip")["case_row"].tolist() == [1, 2, 0]
    everything = comparison.behaviors.cases(sort="id")
    assert len(everything) == SUITE.cases
    with pytest.raises(FlipscopeError, match="can't sort cases by 'margin'"):
        comparison.behaviors.cases(sort="margin")


def test_fail_rates_have_their_own_denominators(tmp_path: Path) -> None:
    """Old answers leave 3 cases with room to rise, new ones 2; both together 1."""
    test = make_test(
        {"kind": "monotonic", "direction": "down", "label": "positive", "tolerance": 0.1}, [[{}, {}]] * 4, type="DIR"
    )
    write_suite(make_suite(test), tmp_path / "suite.json")
    old = answer_file(tmp_path / "old.txt", [0.5, 0.9, 0.5, 0.5, 0.5, 0.5, 0.95, 0.5])
    new = answer_file(tmp_path / "new.txt", [0.5, 0.9, 0.95, 0.5, 0.95, 0.5, 0.5, 0.5])
    comparison = flipscope.compare_behaviors(old, new, tmp_path / "suite.json", out=tmp_path / "c")
    (row,) = comparison.behaviors.tests().to_dict("records")
    printed = run("show", tmp_path / "c").stdout

    assert (row["old_evaluated"], row["new_evaluated"], row["both_evaluated"]) == (3, 2, 1)
    assert "33.3% of 3" in printed
    assert "50.0% of 2" in printed
    assert "1 judged" in printed


def test_a_test_no_case_of_which_applies_is_no_clean_pass(tmp_path: Path) -> None:
    test = make_test({"kind": "monotonic", "direction": "down", "tolerance": 0.1}, [[{}, {}]] * 4, type="DIR")
    write_suite(make_suite(test), tmp_path / "suite.json")
    answers = answer_file(tmp_path / "a.txt", [0.99] * 8)
    flipscope.compare_behaviors(answers, answers, tmp_path / "suite.json", out=tmp_path / "c")
    printed = run("show", tmp_path / "c", "--tests").stdout

    assert "no case applies to both models" in printed
    assert "few flips" not in printed


def test_templates_are_shown_by_one_of_their_cases(comparison: flipscope.Comparison) -> None:
    assert comparison.behaviors.by(["test", "cluster"])["sample"].str.startswith("case ").all()


def test_objects_tell_what_they_are(comparison: flipscope.Comparison) -> None:
    assert "new, 4 behavior tests: 16 of 48 cases broke, 0 mended" in repr(comparison)
    assert repr(SUITE) == "Suite('by-hand', 4 tests, 50 cases, 58 inputs)"


def test_cases_are_chosen_by_any_key_text_or_condition(comparison: flipscope.Comparison) -> None:
    behaviors = comparison.behaviors

    assert behaviors.count() == SUITE.cases
    assert behaviors.count(capability="Robustness", type="INV") == 8
    assert behaviors.count(search="CASE 7 example 1") == 1
    assert behaviors.count(where="old_result = 'not_applicable'") == 2
    assert behaviors.cases(limit=1)["outcome"][0] == "negative_flip"
    assert behaviors.cases("both_correct", limit=5, offset=20)["case_row"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--test", "swap"], "there is no test 'swap'"),
        (["--capability", "Negatoin"], "there is no capability 'Negatoin'"),
        (["--test", "all", "--where", "nonsense ="], "is not a condition"),
        (["--test", "all", "--where", "nothere = 1"], "old_result"),
    ],
)
def test_a_slip_of_the_pen_is_told(comparison: flipscope.Comparison, arguments: list[str], told: str) -> None:
    assert told in error("examples", comparison.path, *arguments)


def test_exports(comparison: flipscope.Comparison, tmp_path: Path) -> None:
    for suffix in ("jsonl", "csv", "parquet"):
        run("examples", comparison.path, "--test", "swaps", "-o", tmp_path / f"cases.{suffix}")
    lines = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text().splitlines()]
    flat = pd.read_csv(tmp_path / "cases.csv")

    assert len(lines) == len(pd.read_parquet(tmp_path / "cases.parquet")) == 8
    assert lines[0]["inputs"][1]["new_pred"] == "negative"
    assert len(flat) == 16  # an input a row
    assert flat["position"].tolist() == [0, 1] * 8
    assert flat["text_a"][1] == "case 0 example 1"


def test_groups_of_cases(comparison: flipscope.Comparison) -> None:
    broken = comparison.behaviors.by("test").set_index("test")["negative_flip"].to_dict()

    assert broken == {"praise": 9, "swaps": 7, "blame": 0}
    assert comparison.behaviors.groups("type").set_index("type")["negative_flip"].to_dict() == {"MFT": 9, "INV": 7}
    assert "praise" in run("show", comparison.path, "--by", "test").stdout
    for groups, wrong in ((comparison.behaviors.groups, "test"), (comparison.behaviors.by, "colour")):
        with pytest.raises(FlipscopeError, match=f"no column '{wrong}'"):
            groups(["suite", wrong])


def test_there_is_no_evaluation_data_to_ask_for(comparison: flipscope.Comparison) -> None:
    assert comparison.tasks == []
    for arguments in (["examples"], ["show", "--by", "label"]):
        assert "no evaluation data" in error(arguments[0], comparison.path, *arguments[1:])


def test_a_table_of_predictions_answers_as_well_as_checklist_s_format(
    comparison: flipscope.Comparison, suite: Path, new: Path, tmp_path: Path
) -> None:
    run("suites", "inputs", suite, tmp_path / "inputs.txt")
    texts = (tmp_path / "inputs.txt").read_text().splitlines()
    rows = [line.split() for line in new.read_text().splitlines()]
    table = pd.DataFrame({
        "id": range(len(texts)), "text": texts, "prob_negative": [row[1] for row in rows],
        "prob_positive": [row[2] for row in rows],
    })  # fmt: skip
    table.sample(frac=1, random_state=1).to_csv(tmp_path / "new.csv", index=False)  # in any order
    again = flipscope.compare_behaviors(comparison.manifest.tasks[0].models["old"].source, tmp_path / "new.csv", suite)

    columns = ["test", "negative_flip", "positive_flip", "both_evaluated"]
    assert again.behaviors.tests()[columns].equals(comparison.behaviors.tests()[columns])

    table.iloc[:-3].to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(FlipscopeError, match="3 of the 58 inputs"):
        flipscope.compare_behaviors(tmp_path / "new.csv", tmp_path / "new.csv", suite)


def test_checkpoints_on_suites_beside_the_data(sample_data: Path, tmp_path: Path) -> None:
    sentiment = sample_data / "sentiment"
    result = run(
        "compare", "--task", "sentiment", "--old", sentiment / "old", "--new", sentiment / "new", "--data", sentiment / "eval.csv",
        "--suite", "auto", "--suite", sentiment / "suite.toml", "--limit", 3, "--out", tmp_path / "both", "--json",
    )  # fmt: skip
    (candidate,) = json.loads(result.stdout)["candidates"]
    comparison = flipscope.open_comparison(tmp_path / "both")

    assert candidate["tasks"][0]["n"] == 3
    assert {row["suite"] for row in candidate["behaviors"]} == {"sentiment", "refunds"}
    assert {row["cases"] for row in candidate["behaviors"]} == {3}
    assert comparison.query("SELECT count(*) AS n FROM behaviors")["n"][0] == 3 * len(candidate["behaviors"])
    assert any("only the first 3 cases" in warning for warning in comparison.manifest.warnings)

    old, new, data = sentiment / "old", sentiment / "new", sentiment / "eval.csv"
    flipscope.compare(old, new, data, "sentiment", limit=3, out=tmp_path / "both")
    assert not (tmp_path / "both" / "behaviors.parquet").exists()  # nothing is left of what was replaced


def test_perturbed_data_become_invariance_tests(sample_data: Path, tmp_path: Path) -> None:
    sentiment = sample_data / "sentiment"
    result = run(
        "behaviors", "--perturb", "typos,punctuation", "--data", sentiment / "eval.csv", "--task", "sentiment",
        "--old", sentiment / "old", "--new", sentiment / "new", "--limit", 20, "--out", tmp_path / "c",
    )  # fmt: skip
    comparison = flipscope.open_comparison(tmp_path / "c")
    tests = comparison.behaviors.tests()

    assert result.exit_code == 0, result.exception
    assert tests["type"].tolist() == ["INV", "INV"]
    assert tests["cases"].tolist() == [20, 20]
    ids = set(pd.read_csv(sentiment / "eval.csv", dtype=str)["id"])
    assert set(comparison.behaviors.cases(limit=None)["cluster"]) <= ids


def test_tags_split_the_data(sample_data: Path, tmp_path: Path) -> None:
    sentiment = sample_data / "sentiment"
    models = [
        "--task",
        "sentiment",
        "--old",
        sentiment / "predictions_old.csv",
        "--new",
        sentiment / "predictions_new.csv",
    ]
    assert (sentiment / "predictions_old.csv").is_file()
    run(
        "compare",
        *models,
        "--data",
        sentiment / "eval.csv",
        "--tag",
        "short=length(text_a) < 40",
        "--out",
        tmp_path / "c",
    )
    comparison = flipscope.open_comparison(tmp_path / "c")
    slices = comparison.by("short").set_index("short")["n"]
    lengths = pd.read_csv(sentiment / "eval.csv")["text"].str.len()

    assert slices[True] == (lengths < 40).sum()
    assert "has_negation" in comparison.slice_columns
    run("compare", *models, "--data", sentiment / "eval.csv", "--no-tags", "--out", tmp_path / "c")
    assert "has_negation" not in flipscope.open_comparison(tmp_path / "c").columns


def test_inputs_are_written_in_formats_there_are(suite: Path, tmp_path: Path) -> None:
    assert ".txt, .tsv, .jsonl" in error("suites", "inputs", suite, tmp_path / "inputs.csv")


def test_a_file_in_another_format_is_told_how_it_is_read(suite: Path, old: Path, tmp_path: Path) -> None:
    given = ["--suite", suite, "--old", old, "--new", old, "--out", tmp_path / "c"]
    told = error("behaviors", "--format", "binary_conf", *given)
    assert "read as binary_conf (--format)" in told
    assert "as in: 0.7" in told


def test_probabilities_that_are_none_are_warned_of(suite: Path, old: Path, tmp_path: Path) -> None:
    """An answer before two probabilities, read as three of them: they add up to 2, and to 1 where the answer is 0."""
    given = ["--suite", suite, "--old", old, "--new", old, "--out", tmp_path / "c"]
    run("behaviors", "--format", "softmax", *given)
    warnings = " ".join(flipscope.open_comparison(tmp_path / "c").manifest.warnings)
    assert "old: the probabilities of 46 answers do not add up to 1 (2 in line 1)" in warnings

    run("behaviors", *given)
    assert "add up" not in " ".join(flipscope.open_comparison(tmp_path / "c").manifest.warnings)


def test_suites_are_listed_shown_and_converted(suite: Path, tmp_path: Path) -> None:
    listed = json.loads(run("suites", "--json").stdout)["suites"]
    assert {each["name"] for each in listed} >= {"sentiment", "paraphrase", "inference", "acceptability"}
    assert "builtin:sentiment" in run("suites").stdout

    shown = run("suites", "show", suite, "--test", "swaps", "--limit", 1).stdout
    assert "case 0 example 1" in shown
    assert "praise" not in shown
    assert "there is no test 'swap'" in error("suites", "show", suite, "--test", "swap")

    run("suites", "convert", suite, tmp_path / "again.json.gz")
    content = json.loads(gzip.decompress((tmp_path / "again.json.gz").read_bytes()))
    assert content == json.loads(suite.read_text())
    assert ".json" in error("suites", "convert", suite, tmp_path / "again.yaml")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no suite is named"),
        (["--suite", "nothere.json"], "no such suite file"),
        (["--suite", "sentiment"], "builtin:sentiment"),
        (["--suite", "builtin:nothing"], "no built-in suite 'nothing'"),
        (["--suite", "suite.json", "--suite", "suite.json"], "answers one suite"),
        (["--suite", "suite.json", "--limit", "5"], "can't be cut"),
        (["--suite", "suite.json", "--perturb", "typos"], "nothing to perturb"),
        (["--suite", "suite.yaml"], "what kind of suite"),
        (["--suite", "builtin:paraphrase"], "58"),
    ],
)
def test_what_can_not_work_is_told_and_nothing_is_written(
    suite: Path, old: Path, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("suite.yaml").write_text("tests: []")

    assert told in error("behaviors", *arguments, "--old", old, "--new", new, "--out", "c")
    assert not Path("c").exists()


def test_models_that_do_not_fit_are_refused_before_they_are_run(sample_data: Path, suite: Path, tmp_path: Path) -> None:
    sentiment, paraphrase = sample_data / "sentiment", sample_data / "paraphrase"
    models = ["--old", paraphrase / "old", "--new", paraphrase / "new", "--out", tmp_path / "c"]
    assert "its classes are negative, positive" in error("behaviors", "--suite", suite, *models)

    data = ["--task", "sentiment", "--data", sentiment / "eval.csv", "--out", tmp_path / "c"]
    files = ["--old", sentiment / "predictions_old.csv", "--new", sentiment / "predictions_new.csv"]
    assert "needs models to run" in error("compare", *files, *data, "--suite", "auto")

    models = ["--old", sentiment / "old", "--new", sentiment / "new"]
    told = error("compare", *models, *data, "--suite", "builtin:paraphrase")
    assert "pairs of texts" in told
    assert not (tmp_path / "c").exists()


def test_tests_without_cases_or_that_can_not_fail_are_warned_of(tmp_path: Path, old: Path) -> None:
    suite = make_suite(
        make_test({"kind": "label"}, [], name="empty"),
        make_test({"kind": "invariant"}, [[{}]] * 5, name="alone", type="INV"),
        make_test({"kind": "label"}, [[{"label": "neutral"}]], name="unknown class"),
        labels=("negative", "neutral", "positive"),
    )
    write_suite(suite, tmp_path / "suite.json")
    answers = answer_file(tmp_path / "answers.txt", [0.9] * 6)
    comparison = flipscope.compare_behaviors(answers, answers, tmp_path / "suite.json", labels=["negative", "positive"])
    warnings = " ".join(comparison.manifest.warnings)

    assert "'empty'" in warnings
    assert "'alone'" in warnings
    assert "neutral" in warnings
    assert comparison.behaviors.tests()["not_evaluated"].notna().tolist() == [False, False, True]


def test_a_suite_in_memory_will_do(old: Path, new: Path) -> None:
    comparison = flipscope.compare_behaviors(old, {"small": new, "same": old}, SUITE, task="mine")

    assert comparison.candidates == ["small", "same"]
    assert comparison.behaviors.tests().groupby("candidate", sort=False)["negative_flip"].sum().tolist() == [16, 0]
    assert comparison.behaviors.cases(candidate="small", limit=1)["task"][0] == "mine"
    assert np.array_equal(
        *(
            comparison.behaviors.cases(candidate=name, limit=None)["case_row"].sort_values()
            for name in comparison.candidates
        )
    )


def test_one_suite_needs_no_list(sample_data: Path) -> None:
    sentiment = sample_data / "sentiment"
    data = sentiment / "eval.csv"
    one = flipscope.compare(sentiment / "old", sentiment / "new", data, "sentiment", suites="auto", limit=1)

    assert {row.suite for row in one.results.candidates[0].behaviors} == {"sentiment"}


def test_no_suite_was_run(sample_data: Path, tmp_path: Path) -> None:
    sentiment = sample_data / "sentiment"
    comparison = flipscope.compare(
        sentiment / "predictions_old.csv", sentiment / "predictions_new.csv", sentiment / "eval.csv", "sentiment"
    )

    assert not comparison.behaviors
    for question in (comparison.behaviors.cases, comparison.behaviors.count):
        with pytest.raises(FlipscopeError, match="no suite was run"):
            question()
    for groups in (comparison.behaviors.by, comparison.behaviors.groups):
        with pytest.raises(FlipscopeError, match="no suite was run"):
            groups("suite")


def test_groups_where_nothing_was_judged(old: Path) -> None:
    suite = make_suite(make_test({"kind": "unknown", "name": "mine"}, [[{}]] * 58))
    (row,) = flipscope.compare_behaviors(old, old, suite).behaviors.groups(["suite", "type"]).to_dict("records")

    assert (row["tests"], row["cases"], row["both_evaluated"]) == (1, 58, 0)
    assert all(np.isnan(row[name]) for name in ("old_fail_rate", "macro_new_fail_rate", "nfr"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"suites": replace(SUITE, tests=())}, "no tests"),
        ({"new": {}}, "no candidate"),
        ({"limit": 0}, "at least 1"),
        ({"txt": "body"}, "no option 'txt'"),
    ],
)
def test_slips_in_python_are_told(sample_data: Path, options: dict, told: str) -> None:
    models = {side: sample_data / "sentiment" / side for side in ("old", "new")}

    with pytest.raises(FlipscopeError, match=told):
        flipscope.compare_behaviors(**{**models, "suites": SUITE, **options})


def test_names_in_a_suite_do_not_steer_the_terminal(
    tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "\x1b]0;title\x07"
    test = make_test({"kind": "unknown", "name": code}, [[{}]] * 58, name=f"a{code}", capability=f"b{code}")
    write_suite(make_suite(test, task=f"c{code}", license=code, description=code), tmp_path / "suite.json")
    folder = tmp_path / "c"
    sides = ["--suite", tmp_path / "suite.json", "--old", old, "--new", old]

    for arguments in (
        ["behaviors", *sides, "--out", folder],
        ["show", folder],
        ["show", folder, "--tests"],
        ["examples", folder, "--test", "all"],
        ["examples", folder, "--test", "none"],
        ["suites", "show", tmp_path / "suite.json"],
        ["suites", "show", tmp_path / "suite.json", "--test", "none"],
        ["suites", "convert", tmp_path / "suite.json", tmp_path / "copy.json"],
    ):
        monkeypatch.setattr("sys.argv", ["flipscope", *map(str, arguments)])
        with pytest.raises(SystemExit):
            cli.main()
        printed = "".join(capfd.readouterr())
        assert printed
        assert "\x1b" not in printed
        assert "\x07" not in printed
