"""Prediction files: five formats, read exactly or refused with the line that is wrong."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.behaviors import kinds
from flipscope.behaviors.answer_files import FORMATS, read_answers
from flipscope.behaviors.answers import Answers
from flipscope.behaviors.suite import Suite, Test
from flipscope.errors import FlipscopeError

NAMES = ("negative", "neutral", "positive")


def suite_of(*texts: str | tuple[str, str]) -> Suite:
    pairs = [(text, None) if isinstance(text, str) else text for text in texts]
    test = Test(
        name="t",
        capability="c",
        type="MFT",
        description="",
        expect=kinds.Label(),
        slice=None,
        aggregate="all",
        starts=np.arange(len(pairs) + 1),
        case_ids=tuple(map(str, range(len(pairs)))),
        clusters=(None,) * len(pairs),
        text_a=tuple(first for first, _ in pairs),
        text_b=tuple(second for _, second in pairs),
        labels=(None,) * len(pairs),
    )
    return Suite(name="s", tasks=(), labels=(), tests=(test,))


def read(
    tmp_path: Path,
    format: str,
    content: str | bytes,
    examples: int,
    names: tuple[str, ...] = NAMES,
    labels: tuple[str, ...] = (),
) -> Answers:
    path = tmp_path / "answers.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_answers(path, format, replace(suite_of(*["x"] * examples), labels=labels), names)


def wrong(tmp_path: Path, format: str, content: str | bytes, examples: int, names: tuple[str, ...] = NAMES) -> str:
    with pytest.raises(FlipscopeError) as caught:
        read(tmp_path, format, content, examples, names)
    assert caught.value.where == str(tmp_path / "answers.txt")
    return str(caught.value)


def test_label_and_probabilities(tmp_path: Path) -> None:
    answers = read(tmp_path, "pred_and_softmax", "2 0.1 0.2 0.7\n0 0.3 0.6 0.1\n", 2)
    assert answers.pred.tolist() == [2, 0]  # the label as written, though it is not the most probable
    assert answers.vocabulary == NAMES
    assert answers.confidence.tolist() == [[0.1, 0.2, 0.7], [0.3, 0.6, 0.1]]
    assert answers.pred.dtype == np.int64


def test_labels_may_be_names(tmp_path: Path) -> None:
    answers = read(tmp_path, "pred_and_softmax", "positive 0 0 1\n1 0 1 0", 2)
    assert answers.pred.tolist() == [2, 1]


@pytest.mark.parametrize(
    "content", ["1\t0.5\t0.25\t0.25\n", "1  0.5 0.25\t0.25 \n", "1 0.5 0.25 0.25\r\n", "﻿1 0.5 0.25 0.25"]
)
def test_any_blanks_stand_between_columns(tmp_path: Path, content: str) -> None:
    answers = read(tmp_path, "pred_and_softmax", content, 1)
    assert (answers.pred.tolist(), answers.confidence.tolist()) == ([1], [[0.5, 0.25, 0.25]])


def test_probabilities_only_take_the_first_of_the_most_probable(tmp_path: Path) -> None:
    answers = read(tmp_path, "softmax", "0.4 0.4 0.2\n0.1 0.2 0.7\n", 2)
    assert answers.pred.tolist() == [0, 2]


def test_probability_of_class_1(tmp_path: Path) -> None:
    answers = read(tmp_path, "binary_conf", "0.5\n0.500001\n0.3\n", 3, ("no", "yes"))
    assert answers.pred.tolist() == [0, 1, 0]  # a tie is class 0
    assert answers.confidence.tolist() == [[0.5, 0.5], [1 - 0.500001, 0.500001], [0.7, 0.3]]
    assert answers.vocabulary == ("no", "yes")
    assert read(tmp_path, "binary_conf", "1\n", 1, ()).vocabulary == ("0", "1")


def test_label_and_its_probability(tmp_path: Path) -> None:
    answers = read(tmp_path, "pred_and_conf", "2 0.9\nnegative 1\nmixed 0.5\n", 3)
    assert answers.vocabulary == (*NAMES, "mixed")
    assert answers.pred.tolist() == [2, 0, 3]
    assert answers.confidence.tolist() == [0.9, 1.0, 0.5]
    assert not answers.has_probabilities


@pytest.mark.parametrize(("format", "line"), [("pred_and_conf", "mixed 0.5"), ("pred_only", "mixed")])
def test_answers_to_a_suite_of_classes_are_classes(tmp_path: Path, format: str, line: str) -> None:
    first = line.replace("mixed", "Negative")
    assert read(tmp_path, format, f"{first}\n", 1, labels=NAMES).vocabulary == NAMES
    with pytest.raises(FlipscopeError, match="line 2: 'mixed' is not one of the classes"):
        read(tmp_path, format, f"{first}\n{line}\n", 2, labels=NAMES)


def test_answers_are_whole_lines(tmp_path: Path) -> None:
    answers = read(tmp_path, "pred_only", " the flight, late \nBoston\n\n the flight, late \na\u2028b\tc\n", 5, ())
    assert answers.vocabulary == ("", " the flight, late ", "Boston", "a\u2028b\tc")
    assert [answers.vocabulary[code] for code in answers.pred][1] == "Boston"
    assert answers.pred.tolist() == [1, 2, 0, 1, 3]
    assert answers.confidence.tolist() == [1.0] * 5


def test_answers_are_classes_only_if_all_are_digits(tmp_path: Path) -> None:
    assert read(tmp_path, "pred_only", "2\n0\n", 2).pred.tolist() == [2, 0]
    assert read(tmp_path, "pred_only", "2\nnegative\n", 2).vocabulary == (*NAMES, "2")
    assert read(tmp_path, "pred_only", "12\n007\n", 2, ()).vocabulary == ("12", "7")
    assert read(tmp_path, "pred_only", "²\n1\n", 2).vocabulary == (*NAMES, "1", "²")


def test_numbers_name_classes_where_there_are_no_names(tmp_path: Path) -> None:
    for names in ((), ("only", "two")):
        answers = read(tmp_path, "pred_and_softmax", "1 0.1 0.2 0.7\n", 1, names)
        assert answers.vocabulary == ("0", "1", "2")


def test_gzipped_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"1\n0\n"))
    assert read_answers(path, "pred_only", suite_of("a", "b"), ("no", "yes")).pred.tolist() == [1, 0]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FlipscopeError, match="cannot be read"):
        read_answers(path, "pred_only", suite_of("a", "b"), ())
    with pytest.raises(FlipscopeError, match="no such file"):
        read_answers(tmp_path / "none.txt", "pred_only", suite_of("a"), ())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("lines", "said"), [(1, "1 lines"), (3, "3 lines"), (0, "0 lines")])
def test_the_number_of_lines_has_to_fit(tmp_path: Path, format: str, lines: int, said: str) -> None:
    line = {"pred_and_softmax": "0 1 0 0", "softmax": "1 0 0", "binary_conf": "1", "pred_and_conf": "0 1"}.get(
        format, "0"
    )
    message = wrong(tmp_path, format, f"{line}\n" * lines, 2)
    assert said in message
    assert "2 examples" in message
    assert "3 lines" in wrong(tmp_path, format, f"{line}\n" * 2 + "\n", 2)


@pytest.mark.parametrize(
    ("format", "content", "said"),
    [
        ("pred_and_softmax", "0 1 0 0\n0 1 0\n", "line 2: 2 numbers, but line 1 has 3"),
        ("pred_and_softmax", "0 1 0 0\n0 1 0 0 0\n", "line 2: 4 numbers, but line 1 has 3"),
        ("pred_and_softmax", "0 1 0 0\n3 1 0 0\n", "line 2: class 3, but there are 3 probabilities"),
        ("pred_and_softmax", "0 1 0 0\nbad 1 0 0\n", "line 2: 'bad' is not one of the classes"),
        ("pred_and_softmax", "0 1 0 0\n0 1 0 x\n", "line 2: '0 1 0 x' does not have numbers"),
        ("pred_and_softmax", "0 1 0 0\n\n", "line 2: a label and a number"),
        ("pred_and_softmax", "0\n0\n", "line 1: a label and a number"),
        ("pred_and_softmax", "0 1 0\n0 1 0\n", "2 probabilities a line, but there are 3 classes"),
        ("softmax", "1 0 0\n0.5 nan 0.5\n", "line 2: nan is not a probability"),
        ("softmax", "1 0 0\n0.5 inf 0.5\n", "line 2: inf is not a probability"),
        ("softmax", "1 0 0\n0.5 0.6 -0.1\n", "line 2: -0.1 is not a probability"),
        ("softmax", "1.01 0 0\n1 0 0\n", "line 1: 1.01 is not a probability"),
        ("softmax", "1 0 0\n\n", "line 2: there is no number"),
        ("softmax", "1 0 0\n1, 0, 0\n", "line 2: '1, 0, 0' does not have numbers"),
        ("binary_conf", "0.5\n0.5 0.5\n", "line 2: 2 numbers"),
        ("binary_conf", "0.5 0.5\n0.5 0.5\n", "line 1: 2 numbers, but this format has one"),
        ("binary_conf", "0.5\n0.5\n", "2 probabilities a line, but there are 3 classes"),
        ("pred_and_conf", "0 1\n0 1 1\n", "line 2: 2 numbers"),
        ("pred_and_conf", "0 1 0\n0 1 1\n", "line 1: 2 numbers behind the label"),
        ("pred_and_conf", "0 1\n7 1\n", "line 2: class 7, but there are 3"),
        ("pred_only", "0\n7\n", "line 2: class 7, but there are 3"),
    ],
)
def test_the_line_that_is_wrong_is_named(tmp_path: Path, format: str, content: str, said: str) -> None:
    assert said in wrong(tmp_path, format, content, 2)


@pytest.mark.parametrize("format", FORMATS)
def test_files_that_are_not_utf_8(tmp_path: Path, format: str) -> None:
    assert "line 2" in wrong(tmp_path, format, b"0 1 0 0\n\xff 1 0 0\n", 2)


def test_names_of_classes_are_needed_beside_probabilities(tmp_path: Path) -> None:
    assert "'positive' is not one of the classes (0, 1, 2)" in wrong(
        tmp_path, "pred_and_softmax", "positive 0 0 1", 1, ()
    )


def test_formats_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match=r"no format 'csv'.*pred_only"):
        read_answers(tmp_path / "x", "csv", suite_of("a"), ())


_numbers = (
    st.floats(0, 1).map(repr) | st.decimals(0, 1, places=6).map(str) | st.from_regex(r"0\.[0-9]{1,25}", fullmatch=True)
)


@given(rows=st.lists(st.lists(_numbers, min_size=2, max_size=2), min_size=1, max_size=5), odd=st.booleans())
def test_numbers_are_what_python_reads(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], odd: bool
) -> None:
    folder = tmp_path_factory.getbasetemp()
    content = "\n".join(("  " if odd else " ").join(row) for row in rows)
    answers = read(folder, "softmax", content, len(rows), ("a", "b"))
    assert answers.confidence.tolist() == [[float(number) for number in row] for row in rows]
