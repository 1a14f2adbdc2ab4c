"""What commands end with when nobody reads what they write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders import build_comparison

FLIPSCOPE = Path(sys.executable).with_name("flipscope")
COMMANDS = [
    (["show"], 0),
    (["examples", "--format", "jsonl"], 0),
    (["report", "--format", "md"], 0),
    (["budget", "init"], 0),
    (["gate", "--max-nfr", "0.4"], 0),
    (["gate", "--max-nfr", "0.001", "--json"], 1),
]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("streams") / "c").path


@pytest.mark.parametrize(("command", "code"), COMMANDS)
def test_a_reader_who_has_gone_does_not_change_the_code(comparison, command, code):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        found = subprocess.run(
            [FLIPSCOPE, *command, comparison], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writing)
    assert (found.returncode, found.stderr) == (code, "")


@pytest.mark.parametrize(("command", "code"), COMMANDS)
def test_closed_output_does_not_change_the_code(comparison, command, code):
    found = subprocess.run(
        ["bash", "-c", '"$@" >&-', "", FLIPSCOPE, *command, comparison], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stderr, found.stdout) == (code, "", "")


def test_messages_that_nobody_reads_stay_out_of_the_output(comparison, tmp_path):
    command = ["gate", comparison, "--max-nfr", "0.4", "--json", "--junit", tmp_path / "j.xml"]
    found = subprocess.run(
        ["bash", "-c", '"$@" 2>&-', "", FLIPSCOPE, *command], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0
    assert "report in" not in found.stdout
