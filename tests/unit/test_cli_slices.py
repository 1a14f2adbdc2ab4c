"""What flipscope slices prints and refuses."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from commands import error, run
from findings import findings, found, searched
from flipscope.slices.findings import SliceFindings
from flipscope.slices.saved import saved_for
from outcomes import compared, task_of

NOT = found("text_a has 'not' and source is 'web'", "has_word(text_a, 'not') AND source = 'web'", 24, 40, q=0.0004)
CHANCE = found("year up to 2019", "year <= 2019", 8, 60, q=0.21)


@pytest.fixture
def comparison(tmp_path):
    return compared(tmp_path / "w" / "c", task_of("-=+x", source=["web", "web", "mail", "mail"]))


@pytest.fixture
def search(monkeypatch):
    """Have the search find what it is told to, and give what it was asked."""
    asked = {}

    def find(result):
        def search(comparison, **options):
            asked.update(options)
            return result

        monkeypatch.setattr("flipscope.slices.find.find_slices", search)
        return asked

    return find


def narrow(*arguments, columns):
    from typer.testing import CliRunner

    from flipscope import cli

    return CliRunner(env={"COLUMNS": str(columns)}).invoke(cli.app, [str(each) for each in arguments]).stdout


def test_what_q_is_corrected_over_is_told(comparison, search):
    search(findings(searched(NOT), searched(NOT)))
    assert "tested in all 2 searches (confirmed: at most 0.05)" in re.sub(
        r"\s+", " ", narrow("slices", comparison.path, columns=100)
    )
    search(findings(searched(NOT)))
    assert "tested (confirmed: at most 0.05)" in re.sub(r"\s+", " ", narrow("slices", comparison.path, columns=100))


@pytest.mark.parametrize("columns", [80, 120])
def test_confirmed_slices_come_first_and_others_are_called_chance(comparison, search, columns):
    search(findings(searched(NOT, CHANCE)))
    printed = narrow("slices", comparison.path, columns=columns)
    lines = printed.splitlines()
    place = {
        each: next(i for i, line in enumerate(lines) if each in line) for each in (" 1  ", "may be chance", " 2  ")
    }
    assert sorted(place, key=place.get) == [" 1  ", "may be chance", " 2  "]
    joined = re.sub(r"\s+", " ", printed)
    assert "text_a has 'not' and source is" in joined
    assert "12,345 slices tried on one half, 40 tested on the other" in joined
    assert re.search(r"1 text_a.* 24 60\.0% of 20 12\.0x < 0\.001", joined)
    assert "of 40 [38.7, 78.1]" in joined
    tables = [line for line in lines if not line.startswith(("1  flipscope", "2  flipscope"))]
    assert max(map(len, tables)) <= columns


def test_the_command_to_see_a_slice_is_one_line_that_a_shell_takes(comparison, search):
    quotes = found("odd", """source = 'it''s "$HOME" `x` \\!'""", 9, 30, q=0.001)
    search(findings(searched(NOT, quotes)))
    printed = narrow("slices", comparison.path, columns=80)
    commands = [line.split("  ", 1)[1] for line in printed.splitlines() if "flipscope examples" in line]
    for command, each in zip(commands, (NOT, quotes), strict=True):
        parts = shlex.split(command)
        assert parts == [
            "flipscope", "examples", str(comparison.path), "--outcome", "negative_flip", "--where", each.where,
        ]  # fmt: skip
    assert f'--where "{NOT.where}"' in commands[0]
    assert run(*shlex.split(commands[1])[1:]).exit_code == 0


def test_tasks_and_candidates_are_named_in_the_command_where_there_are_several(tmp_path, search):
    comparison = compared(
        tmp_path / "c", task_of({"x": "-=", "y": "=="}, task="a"), task_of({"x": "=", "y": "-"}, task="b")
    )
    search(findings(searched(NOT, task="b", candidate="y")))
    printed = run("slices", comparison.path).stdout
    assert "b, y" in printed
    assert "--task b --candidate y --outcome negative_flip" in printed


def test_a_task_that_was_not_searched_says_why_and_what_mended_is_called_so(comparison, search):
    search(findings(searched(reason="too_few_flips", tested=0), outcome="negative_flip"))
    assert "not searched: too few flips" in run("slices", comparison.path).stdout
    search(findings(searched(notes=["words of a sample"]), outcome="positive_flip"))
    printed = run("slices", comparison.path, "--outcome", "positive_flip").stdout
    assert "50 of 1,000 mended, PFR 5.00%" in printed
    assert "no slice was found" in printed
    assert "note: words of a sample" in printed


def test_text_from_data_does_not_steer_the_terminal(comparison, search):
    odd = found("text_a has '\x1b[2J[red]x'", "has_word(text_a, '\x1b[2J')", 9, 30, q=0.001)
    search(findings(searched(odd, notes=["\x1b[2J"], task="\x1b[2J")))
    printed = run("slices", comparison.path).stdout
    assert "\x1b" not in printed
    assert "[red]x" in printed
    assert "flipscope examples" not in printed


def test_other_rules_are_told_unless_only_a_number_differs(comparison, search):
    also = found("text_a has 'not'", "has_word(text_a, 'not')", 9, 30, q=0.001, also=("never", "no"))
    search(findings(searched(also)))
    assert "also: text_a has 'never'" in run("slices", comparison.path).stdout
    numbers = found("old_conf at most 0.91", "old_conf <= 0.91", 9, 30, q=0.001)
    close = numbers.model_copy(update={"also": [numbers.model_copy(update={"rule": "old_conf at most 0.9"})]})
    search(findings(searched(close)))
    assert "also:" not in run("slices", comparison.path).stdout


def test_all_options_reach_the_search_and_json_is_the_findings(comparison, search):
    told = findings(searched(NOT, CHANCE))
    asked = search(told)
    options = [
        "--task", "t", "--candidate", "new", "--outcome", "positive_flip", "--columns", "source, year", "--no-words",
        "--confidence", "--conditions", "2", "--min-rows", "7", "--limit", "3",
    ]  # fmt: skip
    printed = run("slices", comparison.path, *options, "--json").stdout
    assert SliceFindings.model_validate_json(printed) == told
    asked.pop("progress")
    assert asked == {
        "task": "t", "candidate": "new", "outcome": "positive_flip", "columns": ("source", "year"), "words": False,
        "confidence": True, "conditions": 2, "min_rows": 7, "limit": 3,
    }  # fmt: skip
    run("slices", comparison.path)
    asked.pop("progress")
    assert asked == {
        "task": None, "candidate": None, "outcome": "negative_flip", "columns": None, "words": True,
        "confidence": False, "conditions": 3, "min_rows": None, "limit": 10,
    }  # fmt: skip


def test_a_real_search_runs_from_the_command_line(tmp_path):
    comparison = compared(tmp_path / "c", task_of(("-" * 5 + "=" * 35 + "=" * 60) * 10, part=["x"] * 1000))
    printed = json.loads(run("slices", comparison.path, "--no-words", "--json").stdout)
    (only,) = printed["searches"]
    assert (only["n"], only["flips"]) == (1000, 50)


def test_a_slice_is_saved_judged_and_forgotten(comparison):
    where = """source = 'web' AND text_a <> 'it''s "日本" 🙂'"""
    done = run("slices", comparison.path, "--save", "Wéb", "--where", where, "--note", "see these")
    assert done.exit_code == 0
    assert str(saved_for(comparison).file) in done.stderr
    assert re.search(r"t\s+Wéb\s+2\s+100\.0%\s+1\s+50\.00%", done.stdout)
    printed = run("slices", comparison.path, "--saved").stdout
    assert "see these" in printed
    assert f"Wéb  {where}" in printed
    content = json.loads(run("slices", comparison.path, "--saved", "--json").stdout)
    assert (content["tested"], content["slices"][0]["slice"], content["slices"][0]["nfr"]) == (0, "Wéb", 0.5)
    assert content["slices"][0]["q_value"] is None
    run("slices", comparison.path, "--forget", "WÉB")
    assert "no slice is saved here" in run("slices", comparison.path, "--saved").stdout


def test_saved_slices_that_do_not_fit_or_have_no_example_say_so_beside_the_others(comparison):
    for name, where in (("odd", "nowhere = 1"), ("none", "source = 'tv'"), ("web", "source = 'web'")):
        saved_for(comparison).save(name, where)
    printed = run("slices", comparison.path, "--saved").stdout
    assert re.search(r"odd  nowhere = 1\n  can't be judged here: .*nowhere", printed)
    assert "none  source = 'tv'\n  no example meets it" in printed
    assert re.search(r"t\s+web\s+2 ", printed)
    assert "nan" not in printed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--save", "x"], "go together"), (["--where", "true"], "go together"), (["--note", "x"], "go together"),
        (["--saved", "--note", "x"], "go together"), (["--saved", "--forget", "x"], "--saved and --forget"),
        (["--save", "x", "--where", "true", "--saved"], "--saved and --save can't"),
        (["--saved", "--conditions", "2"], "--conditions can't be given with --saved"),
        (["--forget", "x", "--no-words", "--min-rows", "3"], "--words, --min-rows can't be given with --forget"),
        (["--save", "x", "--where", "lenght > 1"], "lenght"), (["--save", " ", "--where", "true"], "name of a slice"),
        (["--save", "x", "--where", "true; DROP TABLE facts"], "condition"), (["--forget", "x"], "no saved slice 'x'"),
        (["--saved", "--task", "b"], "no task 'b'"), (["--task", "b"], "no task 'b'"),
        (["--columns", "nowhere"], "column 'nowhere'"), (["--columns", " ,"], "--columns: no column is named"),
        (["--save", "x", "--where", "1"], "--where: '1' is neither true nor false of an example. Compare it"),
        (["--save", "x", "--where", "'a'"], "neither true nor false"),
        (["--save", "x", "--where", "source"], "neither true nor false"),
        (["--save", "x", "--where", "colour = 1"], "--where: there is no column 'colour'"),
        (["--save", "x", "--where", "embedding_cluster = 1"], "embedding_cluster"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_saved(comparison, options, message):
    assert message in error("slices", comparison.path, *options)
    assert not saved_for(comparison).file.exists()
