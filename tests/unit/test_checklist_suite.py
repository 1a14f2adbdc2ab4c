"""CheckList's suites become suites: cases in running order, known rules recognised, others left alone."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest

from checklist_pickles import function, suite_pickle
from flipscope.behaviors import kinds
from flipscope.behaviors.checklist import suites
from flipscope.behaviors.checklist.cases import Limits, cases_of
from flipscope.behaviors.checklist.pickles import read_pickle
from flipscope.behaviors.checklist.recognise import innermost_name, recognise
from flipscope.behaviors.checklist.suites import read_checklist_suite
from flipscope.behaviors.suite import Suite, Test
from flipscope.behaviors.suite_checks import warnings_of
from flipscope.behaviors.suite_file import read_suite, write_suite
from flipscope.errors import FlipscopeError

# ---- functions as plain data, wrapped as the library wraps them; what they are is said by fingerprint


def fn(
    fingerprint: str, name: str = "f", constants=(None,), names=("n",), code: str = "", uses=None, **closure
) -> dict:
    return {
        "name": name, "code": code, "fingerprint": fingerprint, "constants": list(constants), "names": list(names),
        "closure": closure, "globals": uses or {},
    }  # fmt: skip


def testcase(inner: dict) -> dict:
    return fn("8bdf35bc7131", "expect", fn=inner)


testcase.__test__ = False


def single(rule: dict) -> dict:
    return testcase(fn("3c4e1994c9bd", "expect_fn", fn=rule))


def pairwise(rule: dict) -> dict:
    return testcase(fn("9fbaafa7020f", "expect_fn", fn=rule))


def eq(value) -> dict:
    return fn("eb0a7e3d71f4", "ret_fn", val=value)


def first_is(value, code: str = "69587e73fc51") -> dict:
    return fn("?", "<lambda>", (None, value), (), code)


def sliced(expect: dict, slice_fn: dict, agg_fn: str = "all") -> dict:
    return fn("3b31ff5db2d7", "wrapped", agg_fn=agg_fn, expect_fn=expect, slice_fn=slice_fn)


def name_of(label: int | str) -> str:
    if not isinstance(label, int | str):
        raise TypeError
    return label if isinstance(label, str) else f"L{label}"


def found(function: dict):
    rule = recognise(function, name_of)
    return None if rule is None else (rule.expect, rule.slice)


def test_the_librarys_own_expectations_are_recognised() -> None:
    inv = fn("e8de639179ee", tolerance=0.25)
    falls = fn("1305a703cc30", increasing=False, keep_label=None, tolerance=0.1)
    rises = fn("1305a703cc30", increasing=True, keep_label=1, tolerance=0.0)
    assert found(single(eq(None))) == (kinds.Label(), None)
    assert found(single(eq(0))) == (kinds.Equals(value="L0"), None)
    assert found(single(eq("Paris"))) == (kinds.Equals(value="Paris"), None)
    assert found(pairwise(inv)) == (kinds.Invariant(tolerance=0.25), None)
    assert found(pairwise(falls)) == (kinds.Monotonic(direction="down", tolerance=0.1), None)
    assert found(pairwise(rises)) == (kinds.Monotonic(direction="up", label="L1"), None)


def test_slices_by_the_first_answer_are_recognised() -> None:
    by_orig = pairwise(fn("3fe56b45d745", "<lambda>", names=(), slice_fn=first_is(1)))
    by_pair = pairwise(first_is(1, "b94ec5b336ba"))
    assert found(sliced(single(eq(0)), by_orig)) == (
        kinds.Equals(value="L0"),
        kinds.Slice(on="orig_pred", op="eq", value="L1"),
    )
    assert found(sliced(single(eq(0)), by_pair, "all_except_first")) == (
        kinds.Equals(value="L0"),
        kinds.Slice(on="orig_pred", op="ne", value="L1"),
    )
    assert found(sliced(sliced(single(eq(0)), by_orig), by_orig)) is None
    assert found(sliced(single(eq(0)), single(first_is(1)))) is None  # of each example, not of the first


def test_two_expectations_together_are_recognised_by_how() -> None:
    def both(how: str, ignore_none: bool = True) -> dict:
        return fn(
            "67eac3100675", "tmp_fn", combine_fn=fn(how), expect_fn1=single(eq(1)), expect_fn2=single(eq(None)),
            ignore_none=ignore_none,
        )  # fmt: skip

    parts = (kinds.Equals(value="L1"), kinds.Label())
    assert found(both("33c60ec467e7")) == (kinds.AllOf(of=parts), None)
    assert found(both("a85f70f4b0e5")) == (kinds.AnyOf(of=parts), None)
    assert found(both("33c60ec467e7", ignore_none=False)) is None
    assert found(both("something else")) is None


def test_rules_of_the_released_suites_are_recognised() -> None:
    change = {"positive_change": fn("50f429f4b9e9")}
    assert found(single(first_is(0, "9fce4aefd36c"))) == (kinds.NotEquals(value="L0"), None)
    assert found(single(first_is(2, "9fce4aefd36c"))) == (kinds.NotEquals(value="L2"), None)
    assert found(testcase(fn("c9f80df9e59b"))) == (kinds.Implication(rule="released"), None)
    for fingerprint, direction in (("14df8be1d774", "up"), ("27c160042f7d", "down")):
        assert found(pairwise(fn(fingerprint, uses=change))) == (
            kinds.ScoreShift(weights={"L0": -1, "L2": 1}, direction=direction, tolerance=0.1),
            None,
        )
    rule = recognise(single(fn("2e0156f8e115")), name_of)
    assert rule.expect == kinds.OneOf()
    assert rule.neutral_allowed


@pytest.mark.parametrize(
    "function",
    [
        None,
        "text",
        {"other": "Called"},
        fn("unknown", "eq"),
        single(fn("unknown", "ret_fn", val=None)),
        pairwise(eq(None)),
        single(fn("e8de639179ee", tolerance=0.1)),
        single(eq({"other": "list"})),
        single(fn("eb0a7e3d71f4", "ret_fn")),
        pairwise(fn("e8de639179ee", tolerance="much")),
        pairwise(fn("e8de639179ee", tolerance=-1)),
        pairwise(fn("e8de639179ee", tolerance=float("nan"))),
        pairwise(fn("14df8be1d774", uses={"positive_change": fn("other")})),
        pairwise(fn("14df8be1d774")),
        single(fn("3a0d742879ba", "expect_squad", uses={"clean": fn("other")})),
        single(fn("?", "<lambda>", (None, 0), ("secret",), "9fce4aefd36c")),
        single(fn("?", "<lambda>", (None, 0, 1), (), "9fce4aefd36c")),
    ],
)
def test_what_is_not_known_in_every_part_is_not_recognised(function) -> None:
    assert recognise(function, name_of) is None


def test_a_function_is_named_by_the_rule_inside() -> None:
    assert innermost_name(sliced(single(fn("unknown", "my_rule")), {})) == "my_rule"
    assert innermost_name({"other": "list"}) == "no function"


# ---- the released SQuAD suite: its functions as Python 3.6 compiled them, assembled from what they do

LOAD_FAST, LOAD_GLOBAL, LOAD_CONST, LOAD_ATTR, CALL, COMPARE, RETURN = 124, 116, 100, 106, 131, 107, 83
JUMP_IF_TRUE, MODULO, SUBSCRIPT = 115, 22, 25


def assembled(*steps: int | tuple[int, int]) -> bytes:
    return b"".join(struct.pack("BB", *(step if isinstance(step, tuple) else (step, 0))) for step in steps)


CLEAN = function(
    "clean",
    assembled(
        (LOAD_FAST, 0), (LOAD_ATTR, 0), (LOAD_CONST, 1), (CALL, 1), (LOAD_ATTR, 1), (LOAD_CONST, 2), (CALL, 1), RETURN
    ),
    (None, "[a,the,an,in,at] ", "."),
    ("lstrip", "rstrip"),
)  # fmt: skip
EXPECT_SQUAD = function(
    "expect_squad",
    assembled(
        (LOAD_GLOBAL, 0), (LOAD_FAST, 1), (CALL, 1), (LOAD_GLOBAL, 0), (LOAD_FAST, 3), (CALL, 1), (COMPARE, 2), RETURN
    ),
    (None,),
    ("clean",),
    uses={"clean": CLEAN},
)  # fmt: skip
EXPECT_SAME = function(
    "expect_same",
    assembled(
        (LOAD_FAST, 5), (JUMP_IF_TRUE, 12), (LOAD_FAST, 1), (LOAD_FAST, 0), (COMPARE, 2), RETURN,
        (LOAD_FAST, 1), (LOAD_GLOBAL, 0), (LOAD_ATTR, 1), (LOAD_CONST, 1), (LOAD_GLOBAL, 0), (LOAD_ATTR, 2),
        (LOAD_FAST, 5), (LOAD_CONST, 2), SUBSCRIPT, (CALL, 1), MODULO, (LOAD_FAST, 5), (LOAD_CONST, 3), SUBSCRIPT,
        (LOAD_FAST, 0), (CALL, 3), (COMPARE, 2), RETURN,
    ),
    (None, "\\b%s\\b", 0, 1),
    ("re", "sub", "escape"),
)  # fmt: skip


def test_the_functions_of_the_squad_suite_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    content = suite_pickle(
        {
            "squad": {"data": ["x"], "expect": EXPECT_SQUAD},
            "same": {"data": ["x"], "expect": EXPECT_SAME},
        }
    )
    squad, same = (test["expect"] for test in read_pickle(content, where="x")["tests"])
    assert squad["code"] == "c0649035956f"
    assert squad["globals"]["clean"]["code"] == "0619f8572dc5"
    assert same["code"] == "576b69a33a6b"
    assert found(single(squad)) == (kinds.TextEquals(clean="released"), None)
    assert found(pairwise(same)) == (kinds.TextSubstituted(), None)


# ---- whole suites. Functions are stand-ins here: their fingerprints are taken for those of the library


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch):
    """Functions that count as the library's own, for suites made here."""
    from flipscope.behaviors.checklist import recognise

    wrappers = {
        "testcase": lambda inner: function("expect", b"\x01", closure={"fn": inner}),
        "single": lambda rule: function("expect_fn", b"\x02", closure={"fn": rule}),
        "pairwise": lambda rule: function("expect_fn", b"\x03", closure={"fn": rule}),
        "wrap_slice": lambda expect, slice_fn, agg: function(
            "wrapped", b"\x04", closure={"agg_fn": agg, "expect_fn": expect, "slice_fn": slice_fn}
        ),
        "eq": lambda value: function("ret_fn", b"\x05", closure={"val": value}),
        "inv": lambda tolerance: function("expect", b"\x06", closure={"tolerance": tolerance}),
        "neutral_allowed": lambda: function("<lambda>", b"\x07"),
        "slice_orig": lambda slice_fn: function("<lambda>", b"\x08", closure={"slice_fn": slice_fn}),
    }
    arguments = {"wrap_slice": (None, None, None), "neutral_allowed": ()}
    for role, make in wrappers.items():
        content = suite_pickle({"t": {"data": ["x"], "expect": make(*arguments.get(role, (None,)))}})
        printed = read_pickle(content, where="x")["tests"][0]["expect"]["fingerprint"]
        monkeypatch.setitem(recognise._ROLES, printed, role)
    return wrappers


def opened(tmp_path: Path, tests: dict, info: dict | None = None, name: str = "my suite.pkl") -> Suite:
    path = tmp_path / name
    path.write_bytes(suite_pickle(tests, info))
    return read_checklist_suite(path)


def label_rule(library) -> object:
    return library["testcase"](library["single"](library["eq"](None)))


def test_a_sample_runs_in_the_order_it_was_drawn(tmp_path: Path, library) -> None:
    suite = opened(
        tmp_path,
        {
            "t": {
                "data": ["a", "b", "c"],
                "labels": [0, 1, 2],
                "run_idxs": np.array([2, 0]),
                "expect": label_rule(library),
            }
        },
    )
    (test,) = suite.tests
    assert test.text_a == ("c", "a")
    assert test.case_ids == ("2", "0")
    assert test.labels == ("2", "0")
    assert test.sampled_from == 3
    assert test.expect == kinds.Label()
    assert suite.labels == ("0", "1", "2")
    assert suite.name == "my suite"
    assert suite.digest == hashlib.sha256((tmp_path / "my suite.pkl").read_bytes()).hexdigest()


def test_all_cases_in_another_order_are_no_sample(tmp_path: Path) -> None:
    (test,) = opened(tmp_path, {"t": {"data": ["a", "b"], "run_idxs": [1, 0]}}).tests
    assert (test.text_a, test.sampled_from) == (("b", "a"), None)


def test_cases_that_run_twice_have_ids_of_their_own(tmp_path: Path) -> None:
    (test,) = opened(tmp_path, {"t": {"data": ["a", "b"], "run_idxs": [1, 1, 0]}}).tests
    assert test.case_ids == ("1", "1#2", "0")


def test_groups_pairs_and_labels_of_all_shapes(tmp_path: Path) -> None:
    pair = ("p", "q")
    tests = {
        "pairs": {"data": [pair, ["r", "s"]], "labels": 1},
        "groups of pairs": {"data": [[pair, ("r", "s")], [pair]], "labels": [[0, 1], 1]},
        "text labels": {"data": [["a", "b"]], "labels": [["yes", "no"]]},
        "odd labels": {"data": ["a", "b", "c"], "labels": [True, 2.0, {"x": 1}]},
    }
    pairs, groups, texts, odd = opened(tmp_path, tests).tests
    assert pairs.text_a == ("p", "r")
    assert pairs.text_b == ("q", "s")
    assert pairs.labels == ("1", "1")
    assert groups.starts.tolist() == [0, 2, 3]
    assert groups.labels == ("0", "1", "1")
    assert texts.labels == ("yes", "no")
    assert odd.labels == ("1", "2", None)


def test_rules_name_classes_as_labels_do(tmp_path: Path, library, monkeypatch: pytest.MonkeyPatch) -> None:
    equals = library["testcase"](library["single"](library["eq"](2)))
    neutral = library["testcase"](library["single"](library["neutral_allowed"]()))
    tests = {
        "equals": {"data": ["a"], "expect": equals},
        "neutral": {"data": ["a", "b", "c"], "labels": [0, 1, 2], "expect": neutral},
    }
    suite = opened(tmp_path, tests)
    assert suite.labels == ("0", "1", "2")  # no label is 2, but a rule asks for it
    assert suite.tests[0].expect == kinds.Equals(value="2")
    assert suite.tests[1].expect == kinds.OneOf()
    assert suite.tests[1].allowed == (("0",), ("1", "2"), ("2",))
    released = suites._Released("sentiment", ("sentiment",), ("negative", "neutral", "positive"), "")
    monkeypatch.setitem(suites._RELEASED, suite.digest[:12], released)
    suite = opened(tmp_path, tests)
    assert suite.labels == ("negative", "neutral", "positive")
    assert suite.tests[1].labels == suite.labels
    assert suite.tests[0].expect == kinds.Equals(value="positive")
    assert suite.tests[1].allowed[1] == ("neutral", "positive")


def test_words_replaced_are_kept_for_the_rule_that_needs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = {
        "same": {
            "type": "INV",
            "data": [[("c", "q"), ("c2", "q2")]],
            "meta": [[None, ("Ann", "Bea")]],
            "expect": EXPECT_SAME,
        },
        "other": {"data": ["a"], "meta": [("man", "doctor")], "labels": "x"},
    }
    # the rule alone, without the library's wrappers
    monkeypatch.setattr(
        suites, "recognise",
        lambda function, names: suites.Rule(kinds.TextSubstituted()) if function else None,
    )  # fmt: skip
    same, other = opened(tmp_path, tests).tests
    assert same.substitutions == (None, ("Ann", "Bea"))
    assert other.substitutions is None


def test_a_rule_that_is_not_known_is_shown_and_not_evaluated(tmp_path: Path) -> None:
    rule = function("expect", b"\x63", closure={"fn": function("my_rule", b"\x64")})
    suite = opened(tmp_path, {"mine": {"data": ["a"], "expect": rule}})
    assert suite.tests[0].expect == kinds.Unknown(name="my_rule")
    (note,) = suite.notes
    assert "'mine'" in note
    assert "my_rule" in note


def test_aggregation_of_ones_own_is_not_known(tmp_path: Path, library) -> None:
    suite = opened(
        tmp_path, {"t": {"data": [["a", "b"]], "agg_fn": function("some", b"\x70"), "expect": label_rule(library)}}
    )
    assert suite.tests[0].expect == kinds.Unknown(name="some")


def test_a_slice_of_pairs_is_known_only_where_there_are_pairs(tmp_path: Path, library) -> None:
    from flipscope.behaviors.checklist import recognise

    first = function("<lambda>", b"\x71", (None, 1))
    printed = hashlib.sha256(b"\x71").hexdigest()[:12]
    recognise._COMPARISONS[printed] = "first_ne"
    try:
        expect = library["wrap_slice"](
            label_rule(library), library["testcase"](library["pairwise"](first)), "all_except_first"
        )
        pairs, alone = opened(
            tmp_path, {"pairs": {"data": [["a", "b"]], "expect": expect}, "alone": {"data": [["a"]], "expect": expect}}
        ).tests
    finally:
        del recognise._COMPARISONS[printed]
    assert pairs.slice == kinds.Slice(on="orig_pred", op="ne", value="1")
    assert isinstance(alone.expect, kinds.Unknown)


def test_clusters_are_templates_or_the_text_that_was_perturbed(tmp_path: Path) -> None:
    settings = {"unroll": False, "templates": "{it} is {adj}."}
    tests = {
        "templates": {
            "data": ["This is good.", "I love this.", "That is bad.", "Something else"],
            "templates": [(settings, {"adj": ["good"]}), "I {verb} {it}.", "{it} is {other}."],
        },
        "unrolled": {
            "data": ["It was bad", "It is good"],
            "templates": [({"unroll": True, "templates": ["It was {adj}", "It is {adj}"]}, {})],
        },
        "perturbed": {"type": "INV", "data": [["a", "b"], ["c", "d"], ["a", "x"]]},
        "neither": {"data": ["a"]},
    }
    templates, unrolled, perturbed, neither = opened(tmp_path, tests).tests
    assert templates.clusters == ("t1", "t2", "t1", None)
    assert len(set(unrolled.clusters)) == 2
    assert perturbed.clusters[0] == perturbed.clusters[2] != perturbed.clusters[1]
    assert neither.clusters == (None,)


def test_texts_that_are_no_texts_are_mended_with_a_note(tmp_path: Path) -> None:
    suite = opened(tmp_path, {"t": {"data": ["a\0b", "c\ud800", "fine"], "labels": ["x", "\udfff", "y"]}})
    assert suite.tests[0].text_a == ("a\ufffdb", "c\ufffd", "fine")
    assert suite.tests[0].labels == ("x", "\ufffd", "y")
    assert any("3 texts" in note for note in suite.notes)
    write_suite(suite, tmp_path / "mended.json")
    assert read_suite(tmp_path / "mended.json").tests[0].text_a == suite.tests[0].text_a


def test_names_are_mended_and_of_a_length_that_files_can_hold(tmp_path: Path) -> None:
    suite = opened(tmp_path, {"a\ud800": {"data": ["x"], "capability": "b\0"}, "n" * 500: {"data": ["x"]}})
    assert [test.name for test in suite.tests] == ["a\ufffd", "n" * 300]
    assert suite.tests[0].capability == "b\ufffd"


def test_a_rule_about_a_class_that_can_be_none_is_not_known(tmp_path: Path, library) -> None:
    rule = library["testcase"](library["single"](library["eq"](10**9)))
    suite = opened(tmp_path, {"t": {"data": ["x"], "labels": 1, "expect": rule}})
    assert isinstance(suite.tests[0].expect, kinds.Unknown)
    assert suite.labels == ("0", "1")


def test_what_was_read_can_be_written_and_read_as_a_suite_file(tmp_path: Path, library) -> None:
    suite = opened(
        tmp_path,
        {
            "t": {"data": [["a", "b"], ["c"]], "labels": [[0, 1], 1], "expect": label_rule(library), "run_idxs": [1]},
            "u": {"type": "INV", "data": [[("a", "b"), ("c", "d")]], "agg_fn": "all_except_first"},
        },
        info={"t": {"capability": "NER", "description": "TODO_DESCRIPTION"}},
    )
    write_suite(suite, tmp_path / "again.json.gz")
    again = read_suite(tmp_path / "again.json.gz")
    for before, after in zip(suite.tests, again.tests, strict=True):
        for name in ("name", "type", "capability", "expect", "aggregate", "case_ids", "text_a", "text_b", "labels"):
            assert getattr(before, name) == getattr(after, name), name
        assert before.starts.tolist() == after.starts.tolist()
    assert suite.tests[0].description == ""


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ({"data": ["a", "b"], "labels": [1]}, "2 cases, but 1 labels"),
        ({"data": [["a", "b"]], "labels": [[1, 2, 3]]}, "2 examples, but 3 labels"),
        ({"data": ["a"], "meta": [1, 2]}, "1 cases, but 2 meta"),
        ({"data": ["a"], "run_idxs": [1]}, "beyond its 1"),
        ({"data": ["a"], "run_idxs": [-1]}, "beyond its 1"),
        ({"data": ["a"], "run_idxs": ["0"]}, "not a list of case numbers"),
        ({"data": "text"}, "not a list of cases"),
        ({"data": [("a", "b", "c")]}, "neither a text nor a pair of texts"),
        ({"data": [{"text": "a"}]}, "neither a text nor a pair of texts"),
        ({"data": [["a"], "b"]}, "not a list of examples"),
        ({"data": ["a"], "labels": [10**6]}, "can't be a class"),
        ({"data": ["a"], "labels": 10**5000}, "can't be a class"),
    ],
)
def test_what_does_not_fit_together_is_an_error_that_names_the_test(tmp_path: Path, test: dict, message: str) -> None:
    with pytest.raises(FlipscopeError, match="test my test") as caught:
        opened(tmp_path, {"my test": test})
    assert message in str(caught.value)


def test_a_test_without_cases_is_kept_with_a_warning(tmp_path: Path) -> None:
    suite = opened(tmp_path, {"t": {"data": []}})
    assert suite.tests[0].starts.tolist() == [0]
    assert "has no cases" in warnings_of(suite)[0]


def test_a_suite_without_tests_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match="no tests"):
        opened(tmp_path, {})


# ---- archives


def packed(path: Path, members: dict[str, bytes], link: str = "") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return path


PICKLE = suite_pickle({"t": {"data": ["a"]}})


@pytest.mark.parametrize("name", ["s.tar.gz", "s.tgz"])
def test_a_suite_is_read_from_its_archive(tmp_path: Path, name: str) -> None:
    suite = read_checklist_suite(packed(tmp_path / name, {"._s.pkl": b"x", "folder/s.pkl": PICKLE, "README": b"x"}))
    assert suite.tests[0].text_a == ("a",)
    assert suite.digest == hashlib.sha256(PICKLE).hexdigest()
    assert suite.name == "s"


def test_a_gzipped_pickle_is_read(tmp_path: Path) -> None:
    path = tmp_path / "s.pkl.gz"
    path.write_bytes(gzip.compress(PICKLE))
    assert read_checklist_suite(path).name == "s"


@pytest.mark.parametrize(
    ("members", "link", "message"),
    [
        ({"a.pkl": PICKLE, "b.pkl": PICKLE}, "", "more than one"),
        ({"a.txt": b"x"}, "", "no file"),
        ({"../a.pkl": PICKLE}, "", "leads out"),
        ({"a.pkl": PICKLE}, "b.pkl", "link"),
        ({"a.pkl": bytes(120 << 20)}, "", "more than its size allows"),
    ],
)
def test_unsafe_archives_are_not_read(tmp_path: Path, members: dict, link: str, message: str) -> None:
    with pytest.raises(FlipscopeError, match=message):
        read_checklist_suite(packed(tmp_path / "s.tar.gz", members, link))


def test_damaged_and_missing_files_are_errors(tmp_path: Path) -> None:
    whole = packed(tmp_path / "s.tar.gz", {"a.pkl": PICKLE}).read_bytes()
    for name, content in (("s.tar.gz", whole[:100]), ("t.tgz", b"nothing"), ("u.pkl.gz", b"nothing")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FlipscopeError, match=name):
            read_checklist_suite(tmp_path / name)
    for name in ("none.pkl", "none.tar.gz"):
        with pytest.raises(FlipscopeError):
            read_checklist_suite(tmp_path / name)


# ---- cases and warnings on their own


def test_limits_count_over_all_tests() -> None:
    limits = Limits(examples=3, characters=100)
    cases_of(["a", "b"], None, None, None, limits)
    with pytest.raises(FlipscopeError, match="too many examples"):
        cases_of(["a", "b"], None, None, None, limits)


def a_test(cases: list[list[str]], **content) -> Test:
    texts = [text for case in cases for text in case]
    defaults = {
        "name": "t", "capability": "c", "type": "INV", "description": "", "expect": kinds.Invariant(), "slice": None,
        "aggregate": "all_except_first", "starts": np.cumsum([0, *map(len, cases)]),
        "case_ids": tuple(map(str, range(len(cases)))), "clusters": (None,) * len(cases), "text_a": tuple(texts),
        "text_b": (None,) * len(texts), "labels": (None,) * len(texts),
    }  # fmt: skip
    return Test(**(defaults | content))


def warned(*tests: Test, labels: tuple[str, ...] = ()) -> tuple[str, ...]:
    return warnings_of(Suite(name="s", tasks=(), labels=labels, tests=tests))


def test_warnings() -> None:
    assert warned(a_test([["a", "b"], ["c"]])) == ()
    assert "cannot fail" in warned(a_test([["a"], ["b"]]))[0]
    assert warned(a_test([["a"], ["b"]], aggregate="all")) == ()
    same, repeated = warned(a_test([["a", "b"], ["a", "b"]]))
    assert "are the same" in same
    assert "1 in all" in repeated
    assert "2 in all" in warned(a_test([["a", "b"], ["a", "b"], ["a", "b"], ["c", "d"]]))[0]
    assert "no, what" in warned(a_test([["a", "b"]], labels=("what", "no")), labels=("yes",))[0]
    assert warned(a_test([["a", "b"]], labels=("yes", None)), labels=("yes",)) == ()
    assert warned(a_test([["a", "b"]], labels=("any", "text"))) == ()
