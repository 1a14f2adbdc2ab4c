"""Budgets in which percent were probably meant: legal, but told."""

import pytest

from commands import run
from flipscope.judge.budget import make_budget
from flipscope.judge.slips import slips
from outcomes import compared, task_of


@pytest.mark.parametrize(
    ("budget", "lines"),
    [
        ({"max_nfr": 0.02, "min_accuracy_change": -0.005}, []),
        ({"max_nfr": 0.49, "min_accuracy_change": -0.19}, []),
        ({"min_accuracy_change": 0.5}, []),
        ({"max_nfr": 1}, ["b: max_nfr = 1 allows everything to break; 1 % is written 0.01"]),
        ({"max_nfr": 0.5}, ["b: max_nfr = 0.5 allows 50% of all to break; 0.5 % is written 0.005"]),
        (
            {"min_accuracy_change": -0.5},
            ["b: min_accuracy_change = -0.5 lets accuracy fall by 50 points; -0.5 points are written -0.005"],
        ),
        (
            {
                "task": {"sst2": {"max_nfr": 1}}, "pooled": {"max_nfr": 1}, "behavior": [{"max_nfr": 1}],
                "slice": [{"column": "a", "max_nfr": 0}, {"column": "b", "max_nfr": 1}],
            },
            [
                f"b: {key}.max_nfr = 1 allows everything to break; 1 % is written 0.01"
                for key in ("task.sst2", "pooled", "behavior.1", "slice.2")
            ],
        ),
    ],
)  # fmt: skip
def test_slips(budget, lines):
    assert list(slips(make_budget(budget), "b")) == lines


def test_without_a_budget_there_is_nothing_to_tell():
    assert list(slips(None, "b")) == []


def test_the_commands_tell_them(tmp_path):
    folder = compared(tmp_path / "c", task_of("=" * 20)).path
    (tmp_path / "b.toml").write_text("max_nfr = 1\n")
    told = "b.toml: max_nfr = 1 allows everything to break; 1 % is written 0.01"
    for command in (["gate"], ["report", "--format", "md"]):
        by_file = run(*command, folder, "--budget", tmp_path / "b.toml")
        assert by_file.exit_code == 0
        assert told in by_file.stderr.replace("\n", "")
        assert "--max-nfr: max_nfr = 0.7 allows" in run(*command, folder, "--max-nfr", "0.7").stderr
        assert "allows" not in run(*command, folder, "--max-nfr", "0.2").stderr


def test_compare_tells_them_too(tmp_path):
    for name in ("old", "new"):
        (tmp_path / f"{name}.csv").write_text("text,label,pred\na,x,x\nb,y,y\n")
    (tmp_path / "b.toml").write_text("max_nfr = 1\n")
    result = run(
        "compare", "--task", "t", "--old", tmp_path / "old.csv", "--new", tmp_path / "new.csv", "--budget",
        tmp_path / "b.toml", "--out", tmp_path / "c",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "b.toml: max_nfr = 1 allows everything to break" in result.stderr.replace("\n", "")
