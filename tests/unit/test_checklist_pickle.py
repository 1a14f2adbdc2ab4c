"""What pickles may ask for: nothing is ever run, and whatever is wrong ends in one clear error."""

from __future__ import annotations

import copyreg
import hashlib
import os
import pickle  # noqa: TID251 (written here, never read)
import subprocess
import sys
from collections import OrderedDict, defaultdict
from pathlib import Path

import numpy as np
import pytest

from checklist_pickles import Called, checklist_modules, function, single_pickle, suite_pickle
from flipscope.behaviors.checklist import pickles
from flipscope.behaviors.checklist.pickles import read_pickle
from flipscope.errors import FlipscopeError


def read(content: bytes) -> dict:
    return read_pickle(content, where="suite.pkl")


def only(content: bytes) -> dict:
    (test,) = read(content)["tests"]
    return test


def refused(content: bytes) -> str:
    with pytest.raises(FlipscopeError) as caught:
        read(content)
    assert caught.value.where == "suite.pkl"
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_reads_tests_in_order_with_what_they_hold() -> None:
    content = suite_pickle(
        {
            "b": {"data": ["x", "y"], "labels": [0, 1], "capability": "NER", "description": "why"},
            "a": {"type": "INV", "data": [["p", "q"]], "agg_fn": "all_except_first"},
        },
        info={"a": {"capability": "Robustness", "description]": "stray"}},
    )
    first, second = read(content)["tests"]
    assert (first["name"], first["type"], first["capability"], first["description"]) == ("b", "MFT", "NER", "why")
    assert first["cases"]["labels"] == [0, 1]
    assert (second["name"], second["type"], second["aggregate"]) == ("a", "INV", "all_except_first")
    assert second["capability"] == "Robustness"
    assert second["cases"]["sizes"] == [2]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_reads_every_protocol_since_python_3(protocol: int) -> None:
    assert only(suite_pickle({"t": {"data": ["x"]}}, protocol=protocol))["cases"]["text_a"] == ["x"]


def test_reads_a_test_saved_alone() -> None:
    assert only(single_pickle({"type": "DIR", "data": [["a", "b"]]}, name="mine"))["name"] == "mine"


def test_numpy_arrays_become_lists() -> None:
    test = only(
        suite_pickle(
            {
                "t": {
                    "data": np.array(["a", "bb", "c"]),
                    "labels": np.array([2, 0, 1]),
                    "run_idxs": np.array([2, 0], dtype=">i4"),
                }
            }
        )
    )
    assert test["cases"]["text_a"] == ["c", "a"]
    assert test["cases"]["labels"] == [1, 2]
    assert test["cases"]["numbers"] == [2, 0]


def test_arrays_of_objects_and_numpy_scalars_are_read() -> None:
    grouped = np.empty(2, dtype=object)
    grouped[:] = [["a", "b"], ["c"]]
    test = only(suite_pickle({"t": {"data": grouped, "labels": [np.int64(1), np.array([0])]}}))
    assert test["cases"]["sizes"] == [2, 1]
    assert test["cases"]["labels"] == [1, 1, 0]
    assert only(suite_pickle({"t": {"data": [np.str_("x")]}}))["cases"]["text_a"] == ["x"]


@pytest.mark.parametrize(
    "array",
    [
        np.asfortranarray(np.array([["a", "b"], ["c", "d"]])),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    ],
)
def test_arrays_of_other_kinds_are_refused(array: np.ndarray) -> None:
    assert "array" in refused(suite_pickle({"t": {"data": array}}))


class Evil:
    """Asks for something to be called when it is unpickled."""

    def __init__(self, function, *args) -> None:
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


def test_what_a_pickle_asks_to_run_is_named_and_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    for evil in (
        Evil(os.system, f"touch {canary}"),
        Evil(subprocess.Popen, ["touch", str(canary)]),
        Evil(eval, f"open({str(canary)!r}, 'w')"),
        Evil(os.mkdir, str(canary)),
    ):
        name = f"{evil.function.__module__}.{evil.function.__qualname__}"
        for content in (pickle.dumps(evil, 3), suite_pickle({"t": {"data": [evil]}}), pickle.dumps(evil, 4)):
            message = refused(content)
            assert name in message
            assert "nothing was run" in message
    assert not canary.exists()


def test_names_cannot_be_reached_through_what_is_allowed(tmp_path: Path) -> None:
    from dill import _dill

    canary = tmp_path / "canary"
    module = Called(_dill._import_module, "os")
    assert "os" in refused(pickle.dumps(module, 3))
    # attributes of what stands for a module are recorded, never looked up
    system = Called(_dill._get_attr, Called(_dill._import_module, "re"), "enum.sys.modules")
    test = only(suite_pickle({"t": {"data": ["x"], "expect": Called(system, f"touch {canary}")}}))
    assert test["expect"] == {"other": "Called"}
    assert not canary.exists()


def test_recorded_functions_are_not_built() -> None:
    code = b"\x64\x00\x53\x00"
    rule = function("rule", code, (None, 3), ("np",), {"val": 2, "fn": function("inner", b"\x01")})
    test = only(suite_pickle({"t": {"data": ["x"], "expect": rule}}))
    expect = test["expect"]
    assert expect["name"] == "rule"
    assert expect["code"] == hashlib.sha256(code).hexdigest()[:12]
    assert expect["constants"] == [None, 3]
    assert expect["closure"]["val"] == 2
    assert expect["closure"]["fn"]["name"] == "inner"


def test_functions_differ_by_the_names_and_constants_they_use() -> None:
    def printed(*args) -> str:
        return only(suite_pickle({"t": {"data": ["x"], "expect": function("f", b"\x74\x00", *args)}}))["expect"][
            "fingerprint"
        ]

    assert len({printed((None,), ("min",)), printed((None,), ("max",)), printed((None, 1), ("min",))}) == 3


def test_recorders_take_no_attributes_from_a_pickle() -> None:
    # GLOBAL, then BUILD with state for the class itself, and with slots to set on an object
    on_class = b"cchecklist.test_types\nMFT\n(N}(S'__setstate__'\nS'x'\nutb."
    assert "not a readable CheckList suite" in refused(on_class)
    on_name = b"ccollections\nOrderedDict\n(N}(S'_make'\nS'x'\nutb."
    assert "not a readable CheckList suite" in refused(on_name)
    on_object = b"cchecklist.test_types\nMFT\n)R(N}(S'tolist'\nS'x'\nutb."
    assert only(on_object)["cases"]["sizes"] == []


def test_instances_made_by_old_opcodes_are_recorders_too() -> None:
    assert "nothing was run" in refused(b"(S'true'\nios\nsystem\n.")
    assert "nothing was run" in refused(b"(cos\nsystem\nS'true'\no.")
    assert only(b"(ichecklist.test_types\nINV\n.")["type"] == "INV"


def test_extension_codes_and_persistent_ids_are_refused() -> None:
    copyreg.add_extension("posix", "system", 77)
    try:
        assert "not a readable CheckList suite" in refused(b"\x80\x02\x82\x4d.")
    finally:
        copyreg.remove_extension("posix", "system", 77)
    assert "not a readable CheckList suite" in refused(b"Pabc\n.")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        b"\x80\x03.",
        b"\x80\x63.",
        pickle.dumps({"tests": {}}),
        pickle.dumps([1, 2]),
        pickle.dumps("text"),
        b"I" + b"9" * 100_000 + b"\n.",
        b"\x80\x04\x8d" + (2**62).to_bytes(8, "little") + b".",
        b"\x80\x05\x96" + (2**62).to_bytes(8, "little") + b".",
        b"\x80\x03Nr\xff\xff\xff\xff.",
        b"]" * 200_000 + b"a" * 199_999 + b".",
    ],
    ids=[
        "empty",
        "text",
        "nothing",
        "protocol",
        "dict",
        "list",
        "str",
        "digits",
        "long text",
        "long bytes",
        "memo",
        "deep",
    ],
)
def test_what_is_no_suite_is_an_error(content: bytes) -> None:
    message = refused(content)
    assert "CheckList suite" in message or "within the limits" in message


def test_a_suite_cut_short_anywhere_is_an_error() -> None:
    content = suite_pickle({"t": {"data": ["x", "y"], "labels": np.array([1, 0])}})
    for length in range(0, len(content) - 1, 37):
        assert refused(content[:length])


def test_a_few_bytes_that_stand_for_too_much_are_an_error() -> None:
    wide = ["x"] * 1000
    cases = [wide] * 2000  # two million examples
    assert "too many examples" in refused(suite_pickle({"t": {"data": cases}}))
    long = "x" * (1 << 20)
    assert "too long" in refused(suite_pickle({"t": {"data": [long] * 200}}))
    assert "too long" in refused(suite_pickle({"t": {"data": ["a"] * 200, "labels": long}}))
    laughs: list = ["x"]
    for _ in range(60):
        laughs = [laughs, laughs]
    assert "neither a text nor a pair" in refused(suite_pickle({"t": {"data": [laughs]}}))


@pytest.mark.parametrize("dtype", ["U0", "i8", "O8", "U999999", "V8"])
@pytest.mark.parametrize("shape", ["I1000000000\n", "I1000000000\nI1000000000\n", "I-1\n", "L" + "9" * 4000 + "L\n"])
def test_arrays_do_not_make_much_of_nothing(dtype: str, shape: str) -> None:
    array = f"cnumpy\nndarray\n)R(I1\n({shape}tcnumpy\ndtype\n(S'{dtype}'\nI0\nI1\ntRI00\n".encode() + b"C\x00tb"
    message = refused(b"cchecklist.test_types\nMFT\n)R}(S'data'\n" + array + b"ub.")
    assert "array" in message


def test_an_array_without_elements_is_empty() -> None:
    array = b"cnumpy\nndarray\n)R(I1\n(I1000000000\nI0\ntcnumpy\ndtype\n(S'i8'\nI0\nI1\ntRI00\nC\x00tb"
    assert only(b"cchecklist.test_types\nMFT\n)R}(S'data'\n" + array + b"ub.")["cases"]["sizes"] == []


def test_templates_and_functions_that_share_parts_do_not_explode() -> None:
    texts: list = ["{a} text"]
    for _ in range(60):
        texts = [texts, texts]
    rule = function("f", b"\x00")
    for _ in range(10):
        rule = function("f", b"\x00", closure={"a": rule, "b": rule, "c": rule, "d": rule})
    test = only(suite_pickle({"t": {"data": ["x"], "templates": [texts] * 3, "expect": rule}}))
    assert len(test["templates"]) == 3
    assert test["expect"]["name"] == "f"


def test_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    key: tuple = ("x",)
    for _ in range(200):
        key = (key, key)  # its hash takes 2^200 steps
    content = _dict_with_key(key)
    monkeypatch.setattr(pickles, "SECONDS", 1.0)
    assert "limits of memory and time" in refused(content)


def _dict_with_key(key: tuple) -> bytes:
    opcodes = [b"}(", b"S'x'\n\x85q\x00"]
    for number in range(200):
        opcodes.append(b"h" + bytes([number]) + b"\x86q" + bytes([number + 1]))
    return b"\x80\x02" + b"".join(opcodes) + b"Nu."


def test_the_reader_can_reach_no_installed_package() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            pickles._READER.replace("main()", "import numpy"),
            pickles._PACKAGE,
        ],
        capture_output=True,
        text=True,
    )
    assert "No module named 'numpy'" in done.stderr


def test_other_dictionaries_are_read_as_dictionaries() -> None:
    info = defaultdict(dict)
    info["t"] = OrderedDict(capability="Logic")
    assert only(suite_pickle({"t": {"data": ["x"]}}, info=info))["capability"] == "Logic"


def test_the_class_names_are_not_enough() -> None:
    with checklist_modules() as classes:
        content = pickle.dumps(classes["TestSuite"], protocol=3)
    assert "holds no CheckList suite" in refused(content)
