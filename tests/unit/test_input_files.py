"""Files of a suite's inputs: what other tools read, and what comes back with their answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flipscope
from flipscope.behaviors.input_files import check_inputs, write_inputs
from flipscope.behaviors.suite import Suite
from flipscope.errors import FlipscopeError
from suites import make_suite, make_test


def suite_of(*texts: str | tuple[str, str]) -> Suite:
    examples = [
        {"text": text} if isinstance(text, str) else {"text": None, "text_a": text[0], "text_b": text[1]}
        for text in texts
    ]
    return make_suite(make_test({"kind": "label"}, [[example] for example in examples]))


def test_single_texts_are_written_a_line_each(tmp_path: Path) -> None:
    write_inputs(suite_of("one\ntwo", "a\ttab", "c\r\nd", ""), tmp_path / "in.txt")
    assert (tmp_path / "in.txt").read_bytes() == b"one two\na\ttab\nc  d\n\n"


def test_pairs_are_written_with_a_header(tmp_path: Path) -> None:
    write_inputs(suite_of(("a\tb", "c\nd"), ("é", "f")), tmp_path / "in.tsv")
    assert (tmp_path / "in.tsv").read_text("utf-8") == "id\tquestion1\tquestion2\n0\ta b\tc d\n1\té\tf\n"


def test_json_lines_keep_texts_as_they_are(tmp_path: Path) -> None:
    write_inputs(suite_of("one\ntwo", "é"), tmp_path / "in.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "in.jsonl").read_text("utf-8").splitlines()]
    assert lines == [{"id": 0, "text": "one\ntwo"}, {"id": 1, "text": "é"}]
    write_inputs(suite_of(("a", "b")), tmp_path / "in.jsonl")
    assert json.loads((tmp_path / "in.jsonl").read_text()) == {"id": 0, "text_a": "a", "text_b": "b"}


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("old")
    suite = suite_of("fine", "no Unicode")
    broken = replace(suite, tests=(replace(suite.tests[0], text_a=("fine", "\ud800")),))
    with pytest.raises(UnicodeEncodeError):
        write_inputs(broken, tmp_path / "in.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["in.txt"]
    assert (tmp_path / "in.txt").read_text() == "old"


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=5),
    kind=st.sampled_from(["txt", "jsonl"]),
)
def test_what_is_written_is_the_suite_s(tmp_path_factory: pytest.TempPathFactory, texts: list[str], kind: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"in.{kind}"
    write_inputs(suite_of(*texts), path)
    check_inputs(suite_of(*texts), path)


def test_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "in.tsv").write_bytes(b"id\tquestion1\tquestion2\r\n0\ta\tb\r\n")
    check_inputs(suite_of(("a", "b")), tmp_path / "in.tsv")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("b\na\n", "line 1 is 'b', and the suite's is 'a'"),
        ("a\n", "1 lines, and the suite's inputs are 2"),
        ("a\nb\nc\n", "3 lines"),
    ],
)
def test_another_sample_is_refused_with_its_first_line(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "in.txt").write_text(content)
    with pytest.raises(FlipscopeError, match=told):
        check_inputs(suite_of("a", "b"), tmp_path / "in.txt")


def test_answers_to_other_inputs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("b\na\n")
    (tmp_path / "answers.txt").write_text("0\n1\n")
    suite = make_suite(make_test({"kind": "label"}, [[{"text": text, "label": "positive"}] for text in "ab"]))
    given_files = {"answer_format": "pred_only", "inputs": tmp_path / "in.txt"}

    with pytest.raises(FlipscopeError, match="another sample"):
        flipscope.compare_behaviors(tmp_path / "answers.txt", tmp_path / "answers.txt", suite, **given_files)
    (tmp_path / "in.txt").write_text("a\nb\n")
    comparison = flipscope.compare_behaviors(tmp_path / "answers.txt", tmp_path / "answers.txt", suite, **given_files)
    assert comparison.behaviors.tests()["both_fail"].tolist() == [1]
