"""``flipscope gate``: exit codes, what it prints and writes, and what it refuses."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from builders import build_comparison, examples, predictions
from commands import error, run
from flipscope.comparison import open_comparison
from flipscope.schema import Verdicts
from flipscope.store.tables import TaskData

FLIPSCOPE = Path(sys.executable).with_name("flipscope")
LABELS = ("negative", "positive")
NAMES = ("few", "many")


def built(folder, n=1000, broken=None, values=("web", "mail"), old="old"):
    """Make a comparison whose candidates break the first so many of `n` examples, and mend none."""
    broken = broken or {"new": 5}
    rows = [
        {"example_id": f"e{i}", "text_a": f"text {i}", "label": LABELS[i % 2], "source": values[i % len(values)]}
        for i in range(n)
    ]
    ids, right = [row["example_id"] for row in rows], [row["label"] for row in rows]
    answers = {"old": predictions(old, ids, LABELS, right)}
    for name, count in broken.items():
        given = [LABELS[1 - LABELS.index(label)] if i < count else label for i, label in enumerate(right)]
        answers[name] = predictions(name, ids, LABELS, given)
    return build_comparison(folder, [TaskData(examples("mine", rows, LABELS), answers)]).path


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """5 of 1,000 broke: an NFR of 0.5 %, at worst 1.0483 % (Clopper-Pearson, one-sided, 95 %)."""
    return built(tmp_path_factory.mktemp("gate") / "c")


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    return built(tmp_path_factory.mktemp("gate") / "c", broken={"few": 5, "many": 30})


def content(folder):
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(
    ("max_nfr", "code", "words"),
    [
        (
            "0.02",
            0,
            "Ship: on mine, 5 of 1,000 examples broke, 0.50%, and at worst 1.05%, where at most 2.00% is allowed.",
        ),
        ("0.0105", 0, "Ship: "),
        ("0.0104", 3, "Not enough data: "),
        ("0.005", 3, "Not enough data: "),
        ("0.004", 1, "Hold: on mine, 5 of 1,000 examples broke, 0.50%, where at most 0.40% is allowed."),
    ],
)
def test_the_exit_code_tells_the_decision_and_nothing_is_written(comparison, max_nfr, code, words):
    before = content(comparison)
    result = run("gate", comparison, "--max-nfr", max_nfr)
    assert result.exit_code == code
    assert words in result.stdout
    assert result.stderr == ""
    assert content(comparison) == before


def test_the_installed_command_ends_with_the_same_codes_and_no_traceback(comparison):
    for arguments, code in ((["--max-nfr", "0.02"], 0), (["--max-nfr", "0.004"], 1), (["--max-nfr", "2"], 2)):
        found = subprocess.run([FLIPSCOPE, "gate", comparison, *arguments], capture_output=True, text=True, check=False)
        assert found.returncode == code, found.stderr
        assert ("flipscope: max_nfr: 2 is not a number from 0 to 1" in found.stderr) == (code == 2)
        assert "Traceback" not in found.stderr


def test_json_is_the_contract_with_the_same_code(several):
    result = run("gate", several, "--max-nfr", "0.02", "--json")
    assert result.exit_code == 1
    found = Verdicts.model_validate_json(result.stdout)
    assert [each.name for each in found.candidates] == list(NAMES)
    assert [each.verdict.decision for each in found.candidates] == ["ship", "hold"]
    raw = json.loads(result.stdout)
    assert set(raw) == {"schema_version", "old", "candidates"}
    assert set(raw["candidates"][0]) == {"name", "fingerprint", "verdict"}
    assert raw["candidates"][0]["verdict"]["reasons"][0]["observed"] == 0.005


def test_who_of_several_may_ship_comes_first(several):
    told = run("gate", several, "--max-nfr", "0.02").stdout
    assert told.startswith("1 of 2 candidates may ship\nShip: few\nHold: many\n")
    assert told.count("required") == 2
    assert run("gate", several, "--max-nfr", "0.001").stdout.startswith(
        "None of 2 candidates may ship\nHold: few, many"
    )
    assert "may ship\n" not in run("gate", several, "--max-nfr", "0.02", "--candidate", "few").stdout


def test_of_many_candidates_only_those_that_may_ship_have_all_their_limits(tmp_path):
    path = built(tmp_path / "c", broken={f"c{i}": i for i in (0, 1, *range(40, 46))})
    result = run("gate", path, "--max-nfr", "0.02")
    assert result.exit_code == 1
    assert result.stdout.startswith("2 of 8 candidates may ship\nShip: c0, c1\nHold: c40, ")
    assert result.stdout.count("required") == 2
    assert "c45  Hold: on mine, 45 of 1,000 examples broke" in result.stdout
    assert "--candidate NAME" in result.stdout
    assert run("gate", path, "--max-nfr", "0.02", "--candidate", "c45").stdout.count("required") == 1


def test_the_worst_candidate_decides_unless_one_is_named(several):
    assert run("gate", several, "--max-nfr", "0.02").exit_code == 1
    only = run("gate", several, "--max-nfr", "0.02", "--candidate", "few")
    assert only.exit_code == 0
    assert "many" not in only.stdout
    assert "at 97.5% confidence each (95% corrected for 2 candidates)." in " ".join(only.stdout.split())
    assert "no candidate 'fewer'" in error("gate", several, "--max-nfr", "0.02", "--candidate", "fewer")


def test_not_enough_data_of_one_candidate_does_not_hide_that_another_is_held_back(tmp_path):
    folder = built(tmp_path / "c", n=100, broken={"a": 0, "b": 10})
    assert run("gate", folder, "--max-nfr", "0.02").exit_code == 1
    assert run("gate", folder, "--max-nfr", "0.02", "--candidate", "a").exit_code == 3


def test_the_table_tells_each_limit_the_worst_first(comparison, tmp_path):
    (tmp_path / "b.toml").write_text(
        """
        max_nfr = 0.02
        min_accuracy_change = 0.0
        [[slice]]
        column = "source"
        max_nfr = 0.011
        """
    )
    result = run("gate", comparison, "--budget", tmp_path / "b.toml")
    assert result.exit_code == 1
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    order = [line for line in lines if line.startswith(("required", "notes", "mine"))]
    assert [line.split()[0] for line in order] == ["required", "mine", "mine", "notes", "mine:", "mine:"]
    assert order[1].endswith("broken")
    assert order[2].endswith("holds")
    assert "5 of 1,000" in result.stdout
    # e0, e2 and e4 are of the web: 3 of 500, and 2 of 500 came by mail. Half of 5 % to either note.
    assert {"mine: source = web 0.60% 1.74% 1.10% undecided", "mine: source = mail 0.40% 1.44% 1.10% undecided"} < {
        *lines
    }


def test_notes_that_hold_are_counted_when_they_are_many(tmp_path):
    folder = built(tmp_path / "c", n=4000, broken={"new": 1}, values=[f"place {i}" for i in range(20)])
    (tmp_path / "b.toml").write_text('max_nfr = 0.02\n[[slice]]\ncolumn = "source"\nmax_nfr = 0.2\n')
    result = run("gate", folder, "--budget", tmp_path / "b.toml")
    assert result.exit_code == 0
    assert "place" not in result.stdout
    assert "20 notes hold (--json has all)" in result.stdout
    raw = json.loads(run("gate", folder, "--budget", tmp_path / "b.toml", "--json").stdout)
    assert len(raw["candidates"][0]["verdict"]["reasons"]) == 21


@pytest.mark.parametrize("width", [80, 120, 160])
def test_the_table_fits_the_terminal_with_nothing_cut(comparison, tmp_path, width):
    (tmp_path / "b.toml").write_text(
        'max_nfr = 0.02\nmin_accuracy_change = -0.006\n[[slice]]\ncolumn = "source"\nmax_nfr = 0.1\n'
    )
    found = subprocess.run(
        [FLIPSCOPE, "gate", comparison, "--budget", tmp_path / "b.toml"],
        capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": str(width)},
    )  # fmt: skip
    assert max(map(len, found.stdout.splitlines())) <= width
    assert "…" not in found.stdout
    words = " ".join(found.stdout.split())
    for part in ("5 of 1,000", "−0.50 points", "source = web", "at least", "holds", "undecided"):
        assert part in words


def test_junit_and_markdown_are_written_whether_it_passes_or_not(comparison, tmp_path):
    for max_nfr, code, failures in (("0.02", 0, "0"), ("0.004", 1, "1")):
        junit, markdown = tmp_path / f"{code}.out", tmp_path / f"{code}.txt"
        result = run("gate", comparison, "--max-nfr", max_nfr, "--junit", junit, "--markdown", markdown)
        assert result.exit_code == code
        assert str(junit) in result.stderr.replace("\n", "")
        assert ElementTree.parse(junit).getroot().get("failures") == failures
        assert ("**Hold**" in markdown.read_text()) == (code == 1)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".out", ".out", ".txt", ".txt"]


def test_a_place_that_can_not_be_written_is_told_before_anything_is_judged_or_written(comparison, tmp_path):
    markdown = tmp_path / "m.md"
    gate = ("gate", comparison, "--max-nfr", "0.02", "--markdown", markdown)
    assert "no such folder" in error(*gate, "--junit", tmp_path / "no" / "j.xml")
    assert "this is a folder" in error(*gate, "--junit", tmp_path)
    assert not markdown.exists()


def test_the_step_summary_is_appended(comparison, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert run("gate", comparison, "--max-nfr", "0.004", "--github-step-summary").exit_code == 1
    assert summary.read_text().startswith("before\n\n# ")
    assert "**Hold**" in summary.read_text()


def test_the_step_summary_stays_below_what_github_takes(comparison, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * ((1 << 20) - 300))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    gate = ("gate", comparison, "--max-nfr", "0.02", "--github-step-summary")
    run(*gate)
    assert summary.stat().st_size <= 1 << 20
    assert summary.read_text().endswith("writes all.\n")
    with summary.open("ab") as stream:
        stream.write(b"x" * ((1 << 20) - summary.stat().st_size - 80))
    size = summary.stat().st_size
    assert "no room left" in run(*gate, "--github-step-summary").stderr
    assert summary.stat().st_size == size


def test_the_step_summary_needs_its_variable(comparison, monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    assert "GITHUB_STEP_SUMMARY is not set" in error("gate", comparison, "--max-nfr", "0.02", "--github-step-summary")


def test_saved_verdicts_are_shown_and_judged_by_again(comparison, tmp_path):
    folder = shutil.copytree(comparison, tmp_path / "c")
    assert "no budget to judge by" in error("gate", folder)
    saved = run("gate", folder, "--max-nfr", "0.004", "--save")
    assert saved.exit_code == 1
    assert "verdict kept in" in saved.stderr
    sentence = "Hold: on mine, 5 of 1,000 examples broke, 0.50%, where at most 0.40% is allowed."
    assert sentence in run("show", folder).stdout
    assert sentence in repr(open_comparison(folder))
    assert json.loads(run("show", folder, "--json").stdout)["candidates"][0]["verdict"]["decision"] == "hold"
    assert run("gate", folder).exit_code == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in comparison.iterdir())


def test_another_verdict_than_the_one_that_is_kept_says_so(comparison, tmp_path):
    folder = shutil.copytree(comparison, tmp_path / "c")
    told = (
        "The verdict kept with the comparison is Hold: on mine, 5 of 1,000 examples broke, 0.50%, where at most 0.40%"
    )
    saved = run("gate", folder, "--max-nfr", "0.004", "--save", "--markdown", tmp_path / "m.md").stdout
    assert "kept with" not in saved
    for same in ([], ["--max-nfr", "0.004"]):
        assert "kept with" not in run("gate", folder, *same).stdout
    another = run("gate", folder, "--max-nfr", "0.02")
    assert another.exit_code == 0
    assert told in " ".join(another.stdout.split())
    assert "kept with" not in run("gate", folder, "--max-nfr", "0.02", "--save").stdout


def test_a_verdict_is_not_kept_with_a_comparison_that_was_made_anew_meanwhile(comparison, tmp_path, monkeypatch):
    from flipscope import judge
    from flipscope.judge import gate

    folder = shutil.copytree(comparison, tmp_path / "c")
    judge_by = gate.judge_by

    def slow(*arguments, **options):
        result = judge_by(*arguments, **options)
        (folder / "comparison.json").write_bytes((folder / "comparison.json").read_bytes() + b"\n")
        return result

    monkeypatch.setattr(judge.gate, "judge_by", slow)
    assert "written anew" in error("gate", folder, "--max-nfr", "0.02", "--save")
    assert open_comparison(folder).candidate().verdict is None


def test_a_verdict_is_not_kept_while_somebody_else_writes_the_folder(comparison, tmp_path):
    folder = shutil.copytree(comparison, tmp_path / "c")
    holder = (
        "import sys, pathlib; from flipscope.store.writing import writing\n"
        "with writing(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        assert "being made already" in error("gate", folder, "--max-nfr", "0.02", "--save")
        other.stdin.close()
    assert open_comparison(folder).candidate().verdict is None


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ("", "requires nothing"),
        ("max_nfr = ", "not a readable TOML file"),
        ("max_nfr = 2", "max_nfr: .*1"),
        ("max_nfr = nan", "max_nfr"),
        ("max_nrf = 0.1", "unknown key 'max_nrf'"),
        ("[task.yours]\nmax_nfr = 0.1", "'yours'.*Tasks are mine"),
        ('max_nfr = 0.1\ncluster = "nope"', "no column 'nope'.*source"),
        ('[[slice]]\ncolumn = "nope"\nmax_nfr = 0.1\nrequired = true', "no column 'nope'"),
        ('[[slice]]\ncolumn = "source"\nvalue = "x"\nmax_nfr = 0.1\nrequired = true', "no value 'x'.*mail, web"),
        ('max_nfr = 0.1\n[[behavior]]\ncapability = "NER"\nmax_nfr = 0.1', "no suite was run"),
        ('[must_not_break]\ntests = ["x"]', "no suite was run"),
        ('[must_not_break]\nfiles = ["golden.csv"]', "golden.csv"),
        ('max_cost = 0.1\n[cost]\n[[cost.pair]]\nlabel = "neutral"\ncost = 2', "no class 'neutral'"),
        ('max_cost = 0.1\n[cost]\ncolumn = "weight"', "no column 'weight'"),
        ("max_cost = 0.1", "needs \\[cost\\]"),
    ],
)
def test_a_budget_that_does_not_fit_is_refused(comparison, tmp_path, budget, message):
    (tmp_path / "b.toml").write_text(budget)
    said = error("gate", comparison, "--budget", tmp_path / "b.toml", "--save")
    assert "\n" not in said
    assert re.search(message, said), said


def test_places_of_budgets_and_comparisons_that_are_none_are_refused(comparison, tmp_path):
    assert "no such file" in error("gate", comparison, "--budget", tmp_path / "no.toml")
    assert "cannot be read" in error("gate", comparison, "--budget", tmp_path)
    (tmp_path / "unfinished").mkdir()
    assert "not finished" in error("gate", tmp_path / "unfinished", "--max-nfr", "0.1")
    assert "no such comparison folder" in error("gate", tmp_path / "no", "--max-nfr", "0.1")


@pytest.mark.parametrize("given", ["2", "-0.1", "nan", "inf"])
def test_a_limit_that_is_no_rate_is_refused(comparison, given):
    assert "is not a number from 0 to 1" in error("gate", comparison, f"--max-nfr={given}")


def test_a_limit_on_the_command_line_takes_the_place_of_that_at_the_top_of_the_budget(comparison, tmp_path):
    (tmp_path / "b.toml").write_text("max_nfr = 0.004\nmin_accuracy_change = -0.1\n")
    assert run("gate", comparison, "--budget", tmp_path / "b.toml").exit_code == 1
    result = run("gate", comparison, "--budget", tmp_path / "b.toml", "--max-nfr", "0.02")
    assert result.exit_code == 0
    assert "accuracy" in result.stdout


def test_the_noise_floor_is_of_the_same_old_model_and_examples(comparison, tmp_path):
    seeds = [built(tmp_path / f"seed{i}", broken={f"seed{i}": 5}) for i in range(2)]
    gate = ("gate", comparison, "--max-nfr", "0.004")
    result = run(*gate, "--noise-floor", seeds[0], "--noise-floor", seeds[1], "--json")
    verdict = json.loads(result.stdout)["candidates"][0]["verdict"]
    assert verdict["noise_floor"] == ["seed0/seed0", "seed1/seed1"]
    assert verdict["reasons"][0]["observed"] == 0.0  # the same 5 break whichever the seed
    assert verdict["reasons"][0]["noise_floor"] == 0.005
    assert "takes several repeats" in error(*gate, "--noise-floor", seeds[0])
    other = build_comparison(tmp_path / "other").path
    assert "has no task 'mine'" in error(*gate, "--noise-floor", other, "--noise-floor", other)
    short = built(tmp_path / "short", n=999, broken={"a": 5, "b": 5})
    assert "examples of mine are others" in error(*gate, "--noise-floor", short)
    another = built(tmp_path / "another", broken={"a": 5, "b": 5}, old="another model")
    assert "old model on mine is another one" in error(*gate, "--noise-floor", another)
    assert "is the candidate" in error(*gate, "--noise-floor", comparison, "--noise-floor", seeds[0])


def test_a_verdict_without_the_noise_floor_of_the_one_that_is_kept_says_so(comparison, tmp_path):
    folder = shutil.copytree(comparison, tmp_path / "c")
    seeds = [built(tmp_path / f"seed{i}", broken={f"seed{i}": 5}) for i in range(2)]
    floors = ("--noise-floor", seeds[0], "--noise-floor", seeds[1])
    saved = run("gate", folder, "--max-nfr", "0.004", *floors, "--save")
    assert "beyond the noise floor" not in saved.stderr
    for given in ([], ["--max-nfr", "0.02"]):
        said = run("gate", folder, *given).stderr
        assert said.count("beyond the noise floor of seed0/seed0, seed1/seed1; this one is without") == 1
    assert "beyond the noise floor" not in run("gate", folder, *floors).stderr


HOSTILE = "\x1b[31mred\x1b[0m\n# **bold** | `x` <script>\u202e"


def test_names_from_data_reach_no_terminal_and_no_markdown_as_more_than_text(tmp_path):
    folder = built(tmp_path / "c", values=(HOSTILE, "plain"))
    (tmp_path / "b.toml").write_text('max_nfr = 0.02\n[[slice]]\ncolumn = "source"\nmax_nfr = 0.001\n')
    gate = ("gate", folder, "--budget", tmp_path / "b.toml")
    result = run(*gate, "--markdown", tmp_path / "m.md", "--junit", tmp_path / "j.xml", "--save")
    assert result.exit_code == 0
    for text in (result.stdout, result.stderr, run("show", folder).stdout, (tmp_path / "m.md").read_text()):
        assert not {"\x1b", "\u202e"} & {*text}
    assert "[31mred" in result.stdout
    assert not [line for line in (tmp_path / "m.md").read_text().splitlines() if line.startswith("# **bold**")]
    assert "<script>" in (tmp_path / "m.md").read_text()
    assert "<script>" not in re.sub("(`+).*?\\1(?!`)", "", (tmp_path / "m.md").read_text())  # outside of code spans
    ElementTree.parse(tmp_path / "j.xml")
    reasons = json.loads(run(*gate, "--json").stdout)["candidates"][0]["verdict"]["reasons"]
    assert HOSTILE in {reason["where"].get("value") for reason in reasons}


def test_hostile_ids_that_must_not_break_are_only_text(comparison, tmp_path):
    (tmp_path / "b.toml").write_text('[must_not_break]\nexamples = ["\\u001b[2J\\n# x", "e999"]\n')
    said = error("gate", comparison, "--budget", tmp_path / "b.toml")
    assert "examples that are not there (1 of 2)" in said
    assert "\x1b" not in said


def test_which_examples_broke_that_must_not_is_told(comparison, tmp_path):
    (tmp_path / "golden.csv").write_text("example_id\n" + "".join(f"e{i}\n" for i in range(2, 20)))
    (tmp_path / "b.toml").write_text('[must_not_break]\nfiles = ["golden.csv"]\n')
    result = run("gate", comparison, "--budget", tmp_path / "b.toml")
    assert result.exit_code == 1
    for i in (2, 3, 4):
        assert f"e{i}  text {i}" in result.stdout
    assert "e5" not in result.stdout


def test_clusters_are_told_by_their_column_and_how_many_it_takes(tmp_path):
    folder = built(tmp_path / "c", n=400, broken={"new": 1}, values=[f"t{i}" for i in range(40)])
    (tmp_path / "b.toml").write_text('max_nfr = 0.02\ncluster = "source"\n')
    result = run("gate", folder, "--budget", tmp_path / "b.toml")
    verdict = json.loads(run("gate", folder, "--budget", tmp_path / "b.toml", "--json").stdout)["candidates"][0][
        "verdict"
    ]
    needed = verdict["reasons"][0]["needed_clusters"]
    assert result.exit_code == 3
    words = " ".join(result.stdout.split())
    assert f"about {needed:,} of them would probably tell" in words
    assert "40 clusters (source)" in words
    assert f"takes {needed:,}" in words
