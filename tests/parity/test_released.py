"""The released suites on real predictions: the library's result of every case against flipscope's."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from flipscope.behaviors.answer_files import read_answers
from flipscope.behaviors.checklist.suites import read_checklist_suite
from flipscope.behaviors.evaluate import evaluate
from parity import original
from parity.rebuilt import rebuild


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suite", "predictions", "file_format", "cases"),
    [
        ("sentiment", "sentiment_bert", "pred_and_softmax", 17_413),
        ("sentiment", "sentiment_roberta", "pred_and_softmax", 17_413),
        ("qqp", "qqp_synth_old", "binary_conf", 25_377),
        ("qqp", "qqp_synth_new", "binary_conf", 25_377),
    ],
)
def test_every_case(
    suite: str, predictions: str, file_format: str, cases: int, real_data: Path, tmp_path: Path
) -> None:
    ours = read_checklist_suite(real_data / "checklist" / f"{suite}_suite.tar.gz")
    file = tmp_path / "predictions.txt"
    file.write_bytes(gzip.decompress((real_data / "checklist" / f"{predictions}.txt.gz").read_bytes()))
    results = evaluate(ours, read_answers(file, file_format, ours, ours.labels))
    assert [result.reason for result in results] == [None] * len(results)
    assert list(original.differences(original.run(rebuild(ours), file, file_format), results)) == []
    assert sum(len(result.result) for result in results) == cases
