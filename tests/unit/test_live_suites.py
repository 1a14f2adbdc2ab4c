"""Suites of a program that has imported checklist: known by what they have, asked by what they are."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from flipscope.behaviors import kinds
from flipscope.behaviors.answers import Answers
from flipscope.behaviors.checklist.live import LiveRule, from_checklist
from flipscope.behaviors.evaluate import FAIL, NOT_APPLICABLE, PASS, evaluate
from flipscope.behaviors.rules import NotEvaluable
from flipscope.behaviors.suite_file import write_suite
from flipscope.errors import FlipscopeError


class MFT:
    def __init__(self, data, expect, **content) -> None:
        self.data, self.expect = data, expect
        self.labels = self.meta = self.run_idxs = self.templates = None
        self.agg_fn = "all" if type(self).__name__ == "MFT" else "all_except_first"
        self.name, self.capability, self.description = "alone", "NER", None
        self.__dict__.update(content)


class INV(MFT):
    pass


class DIR(MFT):
    pass


def suite(**tests) -> SimpleNamespace:
    info = {name: {"capability": "Logic", "type": type(test).__name__} for name, test in tests.items()}
    return SimpleNamespace(tests=tests, info=info)


def librarys(qualname: str, **closure):
    """Make a function that looks like one of checklist.expect, with these values in its closure."""
    names = sorted(closure)
    source = "def outer({0}):\n def inner(self):\n  return [{0}]\n return inner".format(", ".join(names))
    space: dict = {}
    exec(source, space)
    made = space["outer"](**closure)
    made.__module__, made.__qualname__, made.__name__ = (
        "checklist.expect",
        f"Expect.{qualname}",
        qualname.split(".")[-1],
    )
    return made


def wrapped(kind: str, rule):
    return librarys("testcase.<locals>.expect", fn=librarys(f"{kind}.<locals>.expect_fn", fn=rule))


def per_example(fn):
    """An expectation of one's own, as a function of the test: a result per example of each case that runs."""

    def expect(self):
        numbers = range(len(self.data)) if self.run_idxs is None else self.run_idxs
        return [
            np.array([fn(p, c) for p, c in zip(self.results.preds[i], self.results.confs[i], strict=True)])
            for i in numbers
        ]

    return expect


def answers(preds: list[int], vocabulary=("no", "yes"), confidence=None) -> Answers:
    if confidence is None:
        confidence = np.eye(len(vocabulary))[preds]
    return Answers(np.array(preds), tuple(vocabulary), np.array(confidence, dtype=float))


def results(taken, given: Answers) -> list[int]:
    return [code for result in evaluate(taken, given) for code in result.result.tolist()]


def test_checklist_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "checklist"]:
        monkeypatch.delitem(sys.modules, name)  # another test may have imported it
    from_checklist(suite(a=MFT(["x"], lambda self: [1])))
    assert not any(name.partition(".")[0] == "checklist" for name in sys.modules)


def test_the_librarys_own_expectations_become_kinds() -> None:
    eq = librarys("eq.<locals>.ret_fn", val=None)
    inv = librarys("inv.<locals>.expect", tolerance=0.2)
    rises = librarys("monotonic.<locals>.expect", keep_label=1, increasing=True, tolerance=np.float64(0.1))
    both = librarys(
        "combine.<locals>.tmp_fn",
        expect_fn1=wrapped("single", eq),
        expect_fn2=wrapped("pairwise", inv),
        ignore_none=True,
        combine_fn=librarys("combine_or.<locals>.combine_fn"),
    )
    taken = from_checklist(
        suite(
            a=MFT(["x", "y"], wrapped("single", eq), labels=np.array([0, 1])),
            b=INV([["p", "q"]], wrapped("pairwise", inv)),
            c=DIR([["p", "q"]], wrapped("pairwise", rises)),
            d=DIR([["p", "q"]], both),
        )
    )
    assert [test.expect for test in taken.tests] == [
        kinds.Label(),
        kinds.Invariant(tolerance=0.2),
        kinds.Monotonic(direction="up", label="1", tolerance=0.1),
        kinds.AnyOf(of=(kinds.Label(), kinds.Invariant(tolerance=0.2))),
    ]
    assert taken.labels == ("0", "1")
    assert [test.type for test in taken.tests] == ["MFT", "INV", "DIR", "DIR"]
    assert taken.tests[0].capability == "Logic"
    assert results(taken, answers([0, 0, 1, 1, 0, 1, 0, 0]))[:2] == [PASS, FAIL]


def test_names_alone_prove_nothing() -> None:
    ret_fn = librarys("eq.<locals>.ret_fn", val=None)
    ret_fn.__module__ = "mine"
    taken = from_checklist(suite(a=MFT(["x"], wrapped("single", ret_fn))))
    assert isinstance(taken.tests[0].expect, LiveRule)


def test_a_single_test_is_a_suite() -> None:
    taken = from_checklist(MFT(["x"], lambda self: [1]))
    assert [test.name for test in taken.tests] == ["alone"]
    assert taken.digest != from_checklist(MFT(["y"], lambda self: [1])).digest


def test_ones_own_rule_is_asked_with_the_answers() -> None:
    rule = per_example(lambda pred, conf: pred == 1 and conf[1] > 0.8)
    taken = from_checklist(suite(a=MFT([["p", "q"], ["r"], ["s", "t"]], rule)))
    confidence = [[0.1, 0.9], [0.1, 0.9], [0.3, 0.7], [0.1, 0.9], [0.9, 0.1]]
    assert results(taken, answers([1, 1, 1, 1, 0], confidence=confidence)) == [PASS, FAIL, FAIL]


def test_the_rule_sees_what_the_test_holds_and_only_the_cases_that_run() -> None:
    seen = {}

    def expect(self):
        seen.update(data=self.data, labels=self.labels, meta=self.meta, preds=self.results.preds, mine=self.mine)
        return [self.results.preds[i] == self.labels[i] for i in self.run_idxs]

    test = MFT(
        np.array(["x", "y", "z"]), expect, labels=[1, 0, 1], meta={"a": 1}, run_idxs=np.array([2, 0]), mine="kept"
    )
    taken = from_checklist(suite(a=test))
    assert taken.tests[0].case_ids == ("2", "0")
    assert results(taken, answers([1, 0])) == [PASS, FAIL]
    assert seen["data"] == ["x", "y", "z"]
    assert (seen["labels"], seen["meta"], seen["mine"]) == ([1, 0, 1], {"a": 1}, "kept")
    assert seen["preds"] == [0, None, 1]
    assert not hasattr(test, "results")


def test_none_means_not_applicable_for_examples_and_cases() -> None:
    taken = from_checklist(
        suite(a=MFT([["p", "q"], ["r", "s"], ["t", "u"]], lambda self: [None, np.array([None, 1.0]), [None, -2]]))
    )
    assert results(taken, answers([0] * 6)) == [NOT_APPLICABLE, PASS, FAIL]


@pytest.mark.parametrize(
    ("result", "code"), [(True, PASS), (0.0, FAIL), (float("nan"), FAIL), (0.01, PASS), (-1, FAIL)]
)
def test_what_is_above_nought_passes(result: float, code: int) -> None:
    assert results(from_checklist(suite(a=MFT(["x"], lambda self: [result]))), answers([0])) == [code]


def test_texts_are_seen_as_texts() -> None:
    expect = per_example(lambda pred, conf: pred == "Paris" and conf == 1)
    taken = from_checklist(suite(a=MFT([["p", "q"]], expect, labels="Paris", agg_fn="all")))
    given = answers([1, 1], ("London", "Paris"), [1, 1])
    assert results(taken, given) == [PASS]
    assert taken.labels == ()
    unlabelled = from_checklist(suite(a=MFT([["p", "q"]], expect)))
    assert results(unlabelled, given) == [PASS]


def test_labels_that_are_numbers_are_seen_as_numbers() -> None:
    taken = from_checklist(suite(a=MFT(["p"], lambda self: [self.results.preds[0] == 1], labels=1)))
    assert results(taken, answers([1], ("no", "yes"), [0.7])) == [PASS]


def test_aggregation_of_ones_own_is_done_here() -> None:
    rule = per_example(lambda pred, conf: None if pred == 2 else pred)
    taken = from_checklist(suite(a=MFT([["p", "q"], ["r", "s"], ["t"]], rule, agg_fn=lambda kept: kept.max() > 0)))
    assert results(taken, answers([0, 1, 0, 0, 2], "abc")) == [PASS, FAIL, NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (lambda self: 1 / 0, "ZeroDivisionError"),
        (lambda self: [1], "1 results for 2 cases"),
        (lambda self: [[1, 1, 1], [1]], "3 results for a case of 1"),
        (lambda self: None, "TypeError"),
    ],
)
def test_a_rule_that_fails_leaves_its_test_unevaluated(expect, said: str) -> None:
    taken = from_checklist(suite(a=MFT([["p"], ["q"]], expect)))
    with pytest.raises(NotEvaluable, match=said):
        taken.tests[0].expect.results(np.array([0, 0]), np.ones((2, 1)), ("a",))
    (result,) = evaluate(taken, answers([0, 0]))
    assert result.result.tolist() == [NOT_APPLICABLE] * 2
    assert said in result.reason


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (3, "int is no CheckList suite"),
        (SimpleNamespace(tests={}), "is no CheckList suite"),
        (suite(a=MFT([1], lambda self: [1])), "test 'a': an example of case 0"),
        (
            SimpleNamespace(tests={"a": SimpleNamespace(data=["x"], labels=None, meta=None, expect=None)}),
            "neither an MFT",
        ),
    ],
)
def test_what_is_no_suite_is_an_error(thing, said: str) -> None:
    with pytest.raises(FlipscopeError, match=said):
        from_checklist(thing)


def test_a_rule_of_ones_own_is_in_no_file(tmp_path) -> None:
    with pytest.raises(FlipscopeError, match="no file holds code"):
        write_suite(from_checklist(suite(a=MFT(["x"], lambda self: [1]))), tmp_path / "s.json")
    assert list(tmp_path.iterdir()) == []
