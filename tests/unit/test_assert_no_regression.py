"""``assert_no_regression``, and verdicts that come with a comparison (``compare --budget``)."""

import json
import re
import subprocess
import sys

import pytest

import flipscope
from commands import error, run
from flipscope import FlipscopeError, assert_no_regression


@pytest.fixture
def files(tmp_path):
    """The old model is right on 400 examples, the new one breaks 4: an NFR of 1 %, at worst 2.27 %."""
    for name, broken in (("old", 0), ("new", 4), ("worse", 40)):
        lines = ["id,text,label,pred,source"]
        for i in range(400):
            gold, other = ("pos", "neg")[:: 1 if i % 2 else -1]
            lines.append(f"{i},text {i},{gold},{other if i < broken else gold},{'web' if i < 100 else 'mail'}")
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "budget.toml").write_text("max_nfr = 0.025\n")
    return tmp_path


@pytest.fixture
def comparison(files):
    return flipscope.compare(files / "old.csv", files / "new.csv", task="mine", out=files / "c")


def test_it_returns_the_judged_comparison_when_it_passes(comparison, files):
    for given in (comparison, files / "c", str(files / "c")):
        result = assert_no_regression(given, max_nfr=0.025)
        assert result.candidate().verdict.decision == "ship"
    assert flipscope.open_comparison(files / "c").candidate().verdict is None
    assert_no_regression(comparison, budget=files / "budget.toml")
    assert_no_regression(comparison, budget=flipscope.Budget(max_nfr=0.025))


@pytest.mark.parametrize(
    ("max_nfr", "decision", "result"), [(0.005, "Hold", "broken"), (0.02, "Not enough data", "undecided")]
)
def test_it_fails_with_the_sentence_and_the_reasons(comparison, max_nfr, decision, result):
    with pytest.raises(AssertionError) as raised:
        assert_no_regression(comparison, max_nfr=max_nfr)
    lines = str(raised.value).splitlines()
    assert lines[0].startswith(f"{decision}: on mine, 4 of 400 examples broke, 1.00%, where at most {max_nfr:.2%} is")
    assert lines[0].endswith(".")  # not broken into lines
    assert any(line.split()[:1] == ["mine"] and line.endswith(result) for line in lines)
    assert "\x1b" not in str(raised.value)


def test_it_compares_what_is_given(files):
    given = {"old": files / "old.csv", "new": files / "new.csv", "task": "mine"}
    assert assert_no_regression(**given, max_nfr=0.025).result().negative_flip == 4
    assert assert_no_regression(**given, budget=files / "budget.toml", out=files / "out").path == files / "out"
    several = given | {"new": {"good": files / "new.csv", "bad": files / "worse.csv"}}
    with pytest.raises(AssertionError) as raised:
        assert_no_regression(**several, max_nfr=0.03)
    assert str(raised.value).startswith("bad  Hold: on mine, 40 of 400")
    assert "good" not in str(raised.value)
    assert_no_regression(**several, max_nfr=0.03, candidate="good")


def test_it_judges_by_the_kept_budget(files):
    flipscope.compare(
        files / "old.csv", files / "worse.csv", task="mine", out=files / "c", budget=files / "budget.toml"
    )
    with pytest.raises(AssertionError, match="40 of 400"):
        assert_no_regression(files / "c")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "old and new missing"),
        ({"old": "a"}, "new missing"),
        ({"old": "a", "new": "b"}, "no budget to judge by"),
        ({"comparison": "c", "max_nfr": 2}, "max_nfr: 2 is not a number from 0 to 1"),
        ({"comparison": "c", "task": "mine", "max_nfr": 0.1}, "task can't be given with a comparison"),
        ({"comparison": "c", "max_nfr": 0.1}, "no such comparison folder"),
        ({"comparison": "c", "budget": "no.toml"}, "no such file"),
        ({"old": "a.csv", "new": "b.csv", "budget": "no.toml"}, "no such file"),
        ({"old": "a.csv", "new": "b.csv", "max_nfr": 0.1, "colour": "red"}, "colour"),
    ],
)
def test_bad_input_is_an_error_and_not_a_failure(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FlipscopeError, match=message):
        assert_no_regression(**arguments)


def test_an_unknown_candidate_is_an_error(comparison):
    with pytest.raises(FlipscopeError, match="no candidate 'x'"):
        assert_no_regression(comparison, max_nfr=0.1, candidate="x")


def test_the_noise_floor_takes_comparisons_and_folders(comparison, files):
    for seed in ("a", "b"):  # the same answers as the candidate's, from files of their own
        (files / f"{seed}.csv").write_text((files / "new.csv").read_text().replace("source", f"source_{seed}"))
    given = {"old": files / "old.csv", "task": "mine"}
    floor = [flipscope.compare(**given, new=files / "a.csv"), files / "floor"]
    flipscope.compare(**given, new=files / "b.csv", out=files / "floor")
    result = assert_no_regression(comparison, max_nfr=0.05, noise_floor=floor)
    assert result.candidate().verdict.reasons[0].observed == 0


def test_a_failing_test_shows_the_sentence_and_no_frame_of_flipscope(comparison, files):
    (files / "test_gate.py").write_text(
        "import flipscope\ndef test_it():\n    flipscope.assert_no_regression('c', max_nfr=0.005)\n"
    )
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_gate.py"],
        cwd=files, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 1
    assert "AssertionError: Hold: on mine, 4 of 400 examples broke" in found.stdout
    assert "judge/gate.py" not in found.stdout


def test_compare_keeps_the_verdict_and_its_exit_code_tells_only_that_it_worked(files):
    arguments = ("--task", "mine", "--old", files / "old.csv", "--out", files / "c")
    result = run("compare", *arguments, "--new", files / "worse.csv", "--budget", files / "budget.toml")
    assert result.exit_code == 0
    assert result.stdout.startswith("Hold: on mine, 40 of 400 examples broke")
    assert run("gate", files / "c").exit_code == 1
    result = run("compare", *arguments, "--new", files / "new.csv", "--budget", files / "budget.toml", "--json")
    assert json.loads(result.stdout)["candidates"][0]["verdict"]["decision"] == "ship"
    assert run("gate", files / "c").exit_code == 0
    run("compare", *arguments, "--new", files / "new.csv")
    assert "no budget" in error("gate", files / "c")


def spec(files, budget):
    (files / "spec.toml").write_text(f'{budget}\nold = "old.csv"\nnew = "new.csv"\n[[task]]\nname = "mine"\n')
    return files / "spec.toml"


def test_a_spec_names_a_budget_beside_it(files, monkeypatch, tmp_path_factory):
    path = spec(files, 'budget = "budget.toml"')
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    result = run("compare", path, "--out", files / "c")
    assert result.stdout.startswith("Ship: on mine")
    (files / "strict.toml").write_text("max_nfr = 0.001\n")
    result = run("compare", path, "--out", files / "c", "--budget", files / "strict.toml")
    assert result.stdout.startswith("Hold: on mine")


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ('budget = "no.toml"', "no.toml: no such file"),
        ('budget = "broken.toml"', "broken.toml: not a readable TOML file"),
        ('budget = "empty.toml"', "requires nothing"),
        ("budget = 1", "budget is not the name of a file"),
        ('budget = "column.toml"', "no column 'nope'.*source"),
        ('budget = "task.toml"', "task 'other'.*Tasks are mine"),
        ('budget = "class.toml"', "no class 'neutral'"),
        ('budget = "test.toml"', "no suite to run"),
        ('budget = "listed.toml"', r'examples that are not there \(1 of 2\): "gone"'),
    ],
)
def test_a_budget_that_does_not_fit_is_told_before_anything_is_run_or_written(files, budget, message):
    for name, text in (
        ("broken", "max_nfr ="), ("empty", ""), ("column", 'max_nfr = 0.1\ncluster = "nope"'),
        ("task", "max_nfr = 0.1\n[task.other]"), ("class", 'max_nfr = 0.1\n[cost]\n[[cost.pair]]\nlabel = "neutral"\ncost = 1'),
        ("test", 'max_nfr = 0.1\n[must_not_break]\ntests = ["x"]'),
        ("listed", '[must_not_break]\nexamples = ["gone"]\ntexts = [" text  1\\n"]'),
    ):  # fmt: skip
        (files / f"{name}.toml").write_text(text)
    said = error("compare", spec(files, budget), "--out", files / "c")
    assert re.search(message, said), said
    assert not (files / "c").exists()


def test_a_budget_that_turns_out_not_to_fit_leaves_the_comparison(files):
    (files / "budget.toml").write_text('max_nfr = 0.1\n[[slice]]\ncolumn = "source"\nvalue = "phone"\nmax_nfr = 0.1\n')
    said = error("compare", spec(files, 'budget = "budget.toml"'), "--out", files / "c")
    assert "no value 'phone'" in said
    assert flipscope.open_comparison(files / "c").candidate().verdict is None
