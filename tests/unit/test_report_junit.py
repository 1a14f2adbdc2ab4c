"""JUnit: what continuous integration reads of a verdict."""

import io
import xml.etree.ElementTree as ElementTree
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped

from builders import build_comparison, simulated_task
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import make_budget
from flipscope.judge.verdict import judged
from flipscope.report import Options
from flipscope.schema import Reason, Verdict

HOSTILE = "a]]>&<b> \"quoted\" 'too' \x00\x07\x1b[31m\ufffe\u202e\ud7ff\r\n\tend"


def reason(scope="intent", holds=True, required=True, **more):
    figures = {
        "kind": "task", "where": {"task": "intent"}, "measure": "nfr", "observed": 0.03, "low": 0.01, "high": 0.08,
        "bound": 0.08, "budget": 0.05, "beyond_chance": False, "confidence": 0.95, "n": 100, "negative_flip": 3,
        "positive_flip": 0,
    }  # fmt: skip
    return Reason(**figures | {"scope": scope, "holds": holds, "required": required} | more)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    task = simulated_task("intent", 60, ("ask", "tell"), candidates=("small", "large"))
    return build_comparison(tmp_path_factory.mktemp("two") / "two", [task])


def junit(comparison, reasons, sentence="Hold: told.", **options):
    """Write a verdict on the first candidate, read by junitparser and by the standard library."""
    opened = Comparison(comparison.path)
    opened.candidate("small").verdict = Verdict(
        decision="hold", sentence=sentence, confidence=0.95, correction="none", candidates=1, reasons=reasons
    )
    content = report.render(opened, "xml", Options(candidate="small", **options))
    ElementTree.fromstring(content)
    (suite,) = JUnitXml.fromfile(io.BytesIO(content))
    return suite


def properties(case):
    return {each.get("name"): each.get("value") for each in case._elem.iter("property")}


def test_every_limit_is_a_test_case(comparison):
    suite = junit(
        comparison,
        [
            reason("kept"),
            reason("broken", False),
            reason("open", None, needed_n=1234),
            reason("a note", False, required=False),
            reason("an open note", None, required=False),
            reason("a kept note", True, required=False),
        ],
    )
    found = [(case.name, [(type(each), each.type) for each in case.result]) for case in suite]
    assert found == [
        ("kept: NFR", []),
        ("broken: NFR", [(Failure, "broken")]),
        ("open: NFR", [(Error, "not_enough_data")]),
        ("a note: NFR", [(Skipped, "broken")]),
        ("an open note: NFR", [(Skipped, "not_enough_data")]),
        ("a kept note: NFR", []),
    ]
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) == ("small", 6, 1, 1, 2)
    assert {case.classname for case in suite} == {"intent/task"}
    about = {each.name: each.value for each in suite.properties()}
    assert about["old"] == "old (old.csv)"
    assert about["new"] == "small (small.csv)"
    assert about["data"].endswith(", 60 examples")
    assert properties(next(iter(suite)))["positive_flip"] == "0"
    broken = list(suite)[1].result[0]
    assert broken.message == broken.text == "on broken, 3 of 100 examples broke, 3.00%, where at most 5.00% is allowed"
    assert "about 1,234 would probably tell" in list(suite)[2].result[0].message


def test_examples_that_must_not_break_are_named(comparison):
    listed = reason("3 examples", False, measure="negative_flip", kind="must_not_break", examples=["a-1", "b\0-2"])
    (case,) = junit(comparison, [listed])
    assert case.result[0].text.splitlines()[1:] == ["broke: a-1", "broke: b -2"]


def test_figures_are_properties_and_rates_fractions_of_1(comparison):
    suite = junit(comparison, [reason("open", None, needed_n=1234, clusters=7)])
    assert properties(next(iter(suite))) == {
        "observed": "0.03", "bound": "0.08", "budget": "0.05", "confidence": "0.95", "n": "100", "negative_flip": "3",
        "positive_flip": "0", "clusters": "7", "needed_n": "1234",
    }  # fmt: skip
    assert next(iter(suite.properties())).value == "hold"


def test_the_sentence_is_the_output_of_the_suite(comparison):
    assert junit(comparison, [reason()], sentence="Hold: too much.")._elem.find("system-out").text == "Hold: too much."


def test_cases_of_the_same_name_stay_apart(comparison):
    suite = junit(comparison, [reason(), reason(), reason(kind="slice"), reason()])
    assert [case.name for case in suite] == ["intent: NFR", "intent: NFR (2)", "intent: NFR", "intent: NFR (3)"]


def test_a_limit_of_no_task_has_a_class_too(comparison):
    suite = junit(comparison, [reason("all tasks", kind="pooled", where={})])
    assert [case.classname for case in suite] == ["all tasks/pooled"]


def test_hostile_names_are_text(comparison):
    suite = junit(comparison, [reason(HOSTILE, False, where={"task": HOSTILE})], sentence=HOSTILE)
    (case,) = suite
    shown = "".join(char if char.isprintable() else " " for char in HOSTILE)
    assert "]]>&<b>" in shown
    assert (case.name, case.classname) == (f"{shown}: NFR", f"{shown}/task")
    assert shown in case.result[0].message
    assert suite._elem.find("system-out").text == shown
    assert {element.tag for element in suite._elem.iter()} == {
        "testsuite", "properties", "property", "testcase", "failure", "system-out",
    }  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_any_name_can_be_read_back(comparison, text):
    (case,) = junit(comparison, [reason(text, False, reason=text)], sentence=text)
    shown = "".join(char if char.isprintable() else " " for char in text)
    assert case.name == f"{shown}: NFR"


def test_every_candidate_is_a_suite(comparison):
    content = report.render(judged(comparison, make_budget({"max_nfr": 0.9})), "xml")
    whole = JUnitXml.fromfile(io.BytesIO(content))
    assert [suite.name for suite in whole] == ["small", "large"]
    assert (whole.name, whole.tests, whole.failures) == ("two", 2, 0)


def test_the_same_verdict_gives_the_same_bytes_at_any_time(comparison, monkeypatch):
    first = report.render(judged(comparison, make_budget({"max_nfr": 0.1})), "xml")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    again = report.render(judged(Comparison(comparison.path), make_budget({"max_nfr": 0.1})), "xml")
    assert sha256(first).hexdigest() == sha256(again).hexdigest()
    assert b"timestamp" not in first


def test_without_a_verdict_there_is_nothing_to_write(comparison):
    with pytest.raises(FlipscopeError, match=r"no verdict to write. Give --max-nfr 0.02, or --budget FILE"):
        report.render(comparison, "xml")
