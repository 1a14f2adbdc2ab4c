"""CheckList's released suites and public predictions, read to the last example."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flipscope.behaviors import kinds
from flipscope.behaviors.answer_files import read_answers
from flipscope.behaviors.checklist.suites import read_checklist_suite
from flipscope.behaviors.input_files import write_inputs
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.suite_checks import warnings_of


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "checklist"
    if not folder.is_dir():
        pytest.skip(f"no released suites at {folder}")
    return folder


@pytest.fixture(scope="module")
def sentiment(folder: Path) -> Suite:
    return read_checklist_suite(folder / "sentiment_suite.tar.gz")


@pytest.fixture(scope="module")
def qqp(folder: Path) -> Suite:
    return read_checklist_suite(folder / "qqp_suite.tar.gz")


def counted(suite: Suite) -> dict[str, tuple[int, int, int]]:
    return {
        kind: (len(tests), sum(test.cases for test in tests), sum(test.examples for test in tests))
        for kind in ("MFT", "INV", "DIR")
        if (tests := [test for test in suite.tests if test.type == kind])
    }


def test_the_sentiment_suite(sentiment: Suite) -> None:
    assert counted(sentiment) == {"MFT": (20, 8_582, 8_582), "INV": (13, 6_331, 64_888), "DIR": (5, 2_500, 14_000)}
    assert (sentiment.cases, sentiment.examples) == (17_413, 87_470)
    assert sum(test.sampled_from or test.cases for test in sentiment.tests) == 86_420
    assert sentiment.labels == ("negative", "neutral", "positive")
    assert sentiment.digest.startswith("816d663795d6")
    assert sentiment.notes == ()
    assert not any("not classes" in warning for warning in warnings_of(sentiment))
    rules = Counter(type(test.expect).__name__ for test in sentiment.tests)
    assert rules == {"Label": 16, "NotEquals": 3, "OneOf": 1, "Invariant": 13, "Monotonic": 3, "ScoreShift": 2}
    assert [test.slice for test in sentiment.tests if isinstance(test.expect, kinds.Monotonic)] == [
        kinds.Slice(on="orig_pred", op="ne", value="neutral")
    ] * 3
    first = sentiment.tests[0]
    assert (first.name, first.capability) == ("single positive words", "Vocabulary")
    assert first.case_ids[:3] == ("14", "19", "3")
    assert first.text_a[0] == "adorable"  # the 15th word of its data
    (no,) = [test for test in sentiment.tests if isinstance(test.expect, kinds.OneOf)]
    assert set(zip(no.labels, no.allowed, strict=True)) <= {
        ("negative", ("negative",)), ("neutral", ("neutral", "positive")), ("positive", ("positive",)),
    }  # fmt: skip


def test_the_qqp_suite(qqp: Suite) -> None:
    assert counted(qqp) == {"MFT": (37, 18_500, 19_500), "INV": (9, 3_677, 30_180), "DIR": (7, 3_200, 64_305)}
    assert (qqp.cases, qqp.examples) == (25_377, 113_985)
    assert sum(test.sampled_from or test.cases for test in qqp.tests) == 63_216
    assert qqp.pairs
    assert qqp.notes == ()
    rules = Counter(type(test.expect).__name__ for test in qqp.tests)
    assert rules == {"Label": 37, "Equals": 6, "Invariant": 9, "Implication": 1}
    sliced = [test for test in qqp.tests if test.slice]
    assert {(test.expect, test.slice) for test in sliced} == {
        (kinds.Equals(value="not_duplicate"), kinds.Slice(on="orig_pred", op="eq", value="duplicate"))
    }
    assert len(sliced) == 4
    (paraphrases,) = [test for test in qqp.tests if test.expect == kinds.Equals(value="duplicate")]
    assert paraphrases.aggregate == "all"
    assert [warning for warning in warnings_of(qqp) if "cannot fail" in warning and "replaces synonyms" in warning]


@pytest.mark.parametrize("model", ["bert", "roberta"])
def test_public_predictions_are_read_as_python_reads_them(folder: Path, sentiment: Suite, model: str) -> None:
    path = folder / f"sentiment_{model}.txt.gz"
    answers = read_answers(path, "pred_and_softmax", sentiment, sentiment.labels)
    rows = [line.split() for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    assert answers.pred.tolist() == [int(row[0]) for row in rows]
    assert np.array_equal(answers.confidence, [[float(number) for number in row[1:]] for row in rows])


def test_synthetic_answers_to_the_qqp_suite_are_those_of_its_formula(folder: Path, qqp: Suite) -> None:
    """The answers follow from the texts (section 13 of the reference), so they tell that the order is right."""
    import hashlib
    import math
    import re

    answers = read_answers(folder / "qqp_synth_old.txt.gz", "binary_conf", qqp, qqp.labels)
    firsts = [text for test in qqp.tests for text in test.text_a]
    seconds = [text for test in qqp.tests for text in test.text_b]
    for row in range(0, qqp.examples, 97):
        one, two = (set(re.findall(r"[a-z0-9']+", text.lower())) for text in (firsts[row], seconds[row]))
        overlap = len(one & two) / max(1, len(one | two))
        drawn = int(hashlib.sha256(f"old|{firsts[row]}|{seconds[row]}".encode()).hexdigest()[:8], 16) / 2**32
        expected = 1 / (1 + math.exp(-(12 * (overlap - 0.60) + 4 * (drawn - 0.5))))
        assert answers.confidence[row, 1] == pytest.approx(expected, abs=6e-7)


def test_inputs_can_be_exported(tmp_path: Path, sentiment: Suite, qqp: Suite) -> None:
    write_inputs(sentiment, tmp_path / "sentiment.txt")
    write_inputs(qqp, tmp_path / "qqp.tsv")
    texts = (tmp_path / "sentiment.txt").read_text("utf-8").split("\n")
    assert len(texts) == 87_470 + 1
    lines = (tmp_path / "qqp.tsv").read_text("utf-8").split("\n")
    assert len(lines) == 113_985 + 2
    assert all(line.count("\t") == 2 for line in lines[:-1])
