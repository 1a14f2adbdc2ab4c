"""Suite files: what is read and written again, and what is wrong with one told in a sentence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from commands import error, run
from flipscope.behaviors.suite_file import MAX_EXAMPLES, file_of, read_suite, suite_text, write_suite
from suites import POSITIVE, SUITE, make_suite, make_test


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_suite(SUITE, tmp_path / "suite.json")
    again = read_suite(tmp_path / "suite.json")
    assert file_of(again) == file_of(SUITE)
    assert again.tests[0].case_ids == SUITE.tests[0].case_ids


BROKEN = {
    "not json": b"{",
    "not a suite": b'{"tests": []}',
    "no tests": b'{"format": "flipscope-suite", "version": 1, "name": "x", "tests": []}',
    "nested": b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not unicode": b'{"format": "\xff"}',
    "nan": b'{"format": "flipscope-suite", "version": 1, "name": "x", "seed": NaN, "tests": []}',
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("suffix", ["json", "toml", "json.gz"])
def test_a_broken_suite_file_is_one_clear_message(tmp_path: Path, kind: str, suffix: str) -> None:
    path = tmp_path / f"suite.{suffix}"
    path.write_bytes(BROKEN[kind])

    told = error("suites", "show", path)
    assert str(path) in told
    assert len(told) < 600


def changed(**fields: object) -> dict:
    content = file_of(SUITE)
    return content | {"tests": [content["tests"][0] | fields]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (changed(expect={"kind": "guess"}), "guess"),
        (changed(expect={"kind": "label", "code": "import os"}), "code"),
        (changed(type="XYZ"), "type"),
        (changed(extra=1), "extra"),
        (changed(templates=["x"]), "either cases or templates"),
        (changed(cases=[{"examples": []}]), "examples"),
        (changed(cases=[{"examples": [{"label": "positive"}]}]), "no text"),
        (changed(cases=[{"examples": [{"text": "a", "text_a": "b"}]}]), "text"),
        (changed(cases=[{"id": "1", "examples": [{"text": "a"}]}] * 2), "same case id twice"),
        (file_of(SUITE) | {"tests": [file_of(SUITE)["tests"][0]] * 2}, "two tests are called"),
    ],
)
def test_what_is_wrong_in_a_suite_is_named(tmp_path: Path, content: dict, told: str) -> None:
    (tmp_path / "suite.json").write_text(json.dumps(content))

    assert told in error("suites", "show", tmp_path / "suite.json")


def test_misspelt_keys_are_told_with_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(changed(capabilty="Negation")))
    assert "test 1: unknown key 'capabilty'; is it 'capability'?" in error("suites", "show", path)

    path.write_text(json.dumps(file_of(SUITE) | {"label": ["a"], "later": 1}))
    shown = run("suites", "show", path).stdout
    assert "Unknown key 'label' is ignored; is it 'labels'?" in shown
    assert "Unknown key 'later' is ignored." in shown


def test_classes_that_a_suite_does_not_have_are_warned_of(tmp_path: Path) -> None:
    tests = [
        make_test({"kind": "monotonic", "direction": "up", "label": "pos"}, [[{}, {}]], name="watched", type="DIR"),
        make_test({"kind": "all_of", "of": [{"kind": "not_equals", "value": "neg"}]}, [[{}]], name="within"),
        make_test({"kind": "label"}, [[{}], [POSITIVE]], name="without"),
    ]
    write_suite(make_suite(*tests), tmp_path / "suite.json")
    shown = " ".join(run("suites", "show", tmp_path / "suite.json").stdout.split())

    assert "Test 'watched' has labels that are not classes of the suite: pos." in shown
    assert "Test 'within' has labels that are not classes of the suite: neg." in shown
    assert "Test 'without' expects labels, and some of its inputs have none." in shown


def test_nine_million_cases_are_too_many(tmp_path: Path) -> None:
    case = '{"examples":[{"text":"a"}]},'
    head = suite_text(changed(cases=[])).partition('"cases": [')[0] + '"cases": ['
    with gzip.open(tmp_path / "suite.json.gz", "wt", compresslevel=1) as file:
        file.write(head)
        for _ in range(9):
            file.write(case * 1_000_000)
        file.write(case.rstrip(",") + "]}]}")

    assert f"more than {MAX_EXAMPLES:,}" in error("suites", "show", tmp_path / "suite.json.gz")


def test_a_case_of_ten_million_inputs_is_too_much(tmp_path: Path) -> None:
    content = suite_text(changed(cases=[{"examples": [{"text": "HERE"}]}]))
    head, tail = content.split('{"text": "HERE"}')
    with gzip.open(tmp_path / "suite.json.gz", "wt", compresslevel=1) as file:
        file.write(head)
        for _ in range(10):
            file.write('{"text":"a"},' * 1_000_000)
        file.write('{"text":"a"}' + tail)

    assert f"more than {MAX_EXAMPLES:,}" in error("suites", "show", tmp_path / "suite.json.gz")


def test_a_suite_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "suite.json.gz", "wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(b" " * (1 << 20))

    assert "larger than 256 MiB" in error("suites", "show", tmp_path / "suite.json.gz")
