"""The how-to: its programs run, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from flipscope.behaviors.suite_file import read_suite
from parity import original, predictions

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "checklist.md"


def test_its_programs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    author, judge = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    names: dict = {}
    exec(author, names)
    suite = read_suite(Path("mine.json"))
    assert [test.name for test in suite.tests] == ["negated adjective", "one typo", "praise added"]
    file = predictions.write(Path("roberta.txt"), "pred_and_softmax", suite.examples, 2, np.random.default_rng(0))
    exec(judge, names)
    names["suite"].get_raw_examples()
    expected = original.run(names["suite"], file, "pred_and_softmax")
    assert capsys.readouterr().out.splitlines() == [
        f"{name} {codes.count(0)} of {len(codes) - codes.count(-1)} cases fail" for name, codes in expected.items()
    ]
