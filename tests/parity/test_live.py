"""Live CheckList suites, rules of one's own included: the library's result of every case against flipscope's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flipscope.behaviors.answer_files import read_answers
from flipscope.behaviors.checklist.live import from_checklist
from flipscope.behaviors.evaluate import evaluate
from flipscope.behaviors.input_files import write_inputs
from flipscope.behaviors.suite_file import file_of, read_suite, write_suite
from parity import original, predictions
from parity.original import DIR, INV, MFT, Expect

CASES, CLASSES = 40, 3
CLASS_NAMES = ("0", "1", "2")


def _whole_test(data, preds, confs, labels=None, meta=None, run_idxs=None):
    """Fail every example that is not answered with the most common answer of the cases that are run."""
    chosen = range(len(data)) if run_idxs is None else run_idxs
    common = np.bincount(np.concatenate([preds[case] for case in chosen]), minlength=CLASSES).argmax()
    return [np.array([pred == common for pred in preds[case]]) for case in chosen]


def _some_none(x, pred, conf, label=None, meta=None):
    return {0: None, 1: 0.0}.get(pred, 1)


def _numbers(x, pred, conf, label=None, meta=None):
    return [float("nan"), -2, 0.5][pred]


def _none_for_the_case(xs, preds, confs, labels=None, meta=None):
    return None if preds[0] == 0 else np.array([None if pred == 1 else pred == 2 for pred in preds])


def _by_meta(x, pred, conf, label=None, meta=None):
    return pred in meta


def _changed(orig_pred, pred, orig_conf, conf, labels=None, meta=None):
    return pred != orig_pred


def _lists(rng: np.random.Generator, sizes: list[int]) -> list[list[int]]:
    return [rng.integers(CLASSES, size=size).tolist() for size in sizes]


def _tests(rng: np.random.Generator) -> dict[str, Any]:
    sizes = rng.integers(1, 5, size=CASES).tolist()
    single = [f"text {case}" for case in range(CASES)]
    pairs = [(f"a {case}", f"b {case}") for case in range(CASES)]
    groups = [[f"text {case} {number}" for number in range(size)] for case, size in enumerate(sizes)]
    per_case = rng.integers(CLASSES, size=CASES).tolist()
    per_example = _lists(rng, sizes)
    inv, up, down = Expect.inv(0.1), Expect.monotonic(tolerance=0.1), Expect.monotonic(increasing=False)
    return {
        "one label for all": MFT(single, labels=1),
        "a label a case": MFT(single, labels=per_case),
        "labels in an array": MFT(single, labels=np.array(per_case)),
        "one label for all groups": MFT(groups, labels=2),
        "a label a group": MFT(groups, labels=per_case),
        "a label an example": MFT(groups, labels=per_example),
        "all except first": MFT(groups, labels=per_example, agg_fn="all_except_first"),
        "default invariance": INV(groups),
        "threshold": INV(groups, threshold=0.05),
        "all of an invariance": INV(groups, agg_fn="all"),
        "own aggregate": INV(groups, agg_fn=lambda results: np.mean(results > 0) > 0.6),
        "own aggregate of what applies": DIR(
            groups, Expect.single(_some_none), agg_fn=lambda results: (results > 0).sum() >= 2
        ),
        "own aggregate, single": MFT(single, Expect.single(_some_none), agg_fn=np.any),
        "whole test": MFT(groups, Expect.test(_whole_test)),
        "None and 0": MFT(single, Expect.single(_some_none)),
        "None and 0 in groups": DIR(groups, Expect.single(_some_none)),
        "NaN and numbers": MFT(groups, Expect.single(_numbers)),
        "None for a case": INV(groups, Expect.testcase(_none_for_the_case)),
        "meta a case": MFT(single, Expect.single(_by_meta), meta=[[label, 0] for label in per_case]),
        "meta an example": MFT(groups, Expect.single(_by_meta), meta=[[[each] for each in case] for case in per_example]),
        "own pairwise": DIR(groups, Expect.pairwise(_changed)),
        "slice pairwise": DIR(groups, Expect.slice_pairwise(inv, _changed)),
        "slice pairwise, all": DIR(groups, Expect.slice_pairwise(inv, _changed, agg_fn="all")),
        "slice orig": DIR(groups, Expect.slice_orig(up, lambda orig, pred: orig != 1)),
        "slice orig and pred": DIR(groups, Expect.slice_orig(down, lambda orig, pred: orig == pred)),
        "slice single": MFT(single, Expect.slice_single(Expect.eq(1), lambda x, pred, *_: pred != 2)),
        "slice testcase": DIR(groups, Expect.slice_testcase(inv, lambda xs, preds, *_: [len(xs) > 1])),
        "slice of a slice": DIR(
            groups,
            Expect.slice_orig(
                Expect.slice_single(up, lambda x, pred, *_: pred != 0), lambda orig, pred: orig != 1
            ),
        ),
        "and": DIR(groups, Expect.combine_and(inv, up)),
        "or": DIR(groups, Expect.combine_or(down, Expect.eq(2))),
        "and of own rules": MFT(groups, Expect.combine_and(Expect.single(_some_none), Expect.single(_numbers))),
        "pairs of texts": MFT(pairs, labels=per_case),
        "groups of pairs": INV([[pair, pair[::-1]] for pair in pairs]),
    }  # fmt: skip


@pytest.mark.parametrize("file_format", [name for name in predictions.FORMATS if name != "binary_conf"])
@pytest.mark.parametrize("sample", [(None, None), (15, 1)], ids=["all cases", "15 of them"])
@pytest.mark.parametrize("seed", range(3))
def test_every_case(file_format: str, sample: tuple[int | None, int | None], seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    theirs = original.suite_of(_tests(rng), *sample)
    ours = from_checklist(theirs)
    file = predictions.write(tmp_path / "predictions.txt", file_format, ours.examples, CLASSES, rng)
    results = evaluate(ours, read_answers(file, file_format, ours, CLASS_NAMES))
    expected = original.run(theirs, file, file_format)
    assert [result.reason for result in results] == [None] * len(results)
    assert list(original.differences(expected, results)) == []
    assert {code for codes in expected.values() for code in codes} == {1, 0, -1}


@pytest.mark.parametrize("names", [(), CLASS_NAMES], ids=["classes without names", "classes with names"])
@pytest.mark.parametrize("labels", [None, [1, 2, 0]], ids=["no labels", "labels"])
@pytest.mark.parametrize("file_format", ["pred_only", "pred_and_conf"])
def test_a_rule_of_ones_own_sees_numbers_as_the_library_reads_them(
    file_format: str, labels: list[int] | None, names: tuple[str, ...], tmp_path: Path
) -> None:
    """Class 0 is never answered, so that positions among the answers and numbers of classes differ."""
    theirs = original.suite_of({"own": MFT(["a", "b", "c"], Expect.single(lambda x, pred, *_: pred == 1), labels)})
    file = tmp_path / "predictions.txt"
    file.write_text("".join(f"{line}\n" if file_format == "pred_only" else f"{line} 0.9\n" for line in (1, 2, 1)))
    ours = from_checklist(theirs)
    (result,) = evaluate(ours, read_answers(file, file_format, ours, names))
    assert original.run(theirs, file, file_format) == {"own": [1, 0, 1]}
    assert result.result.tolist() == [1, 0, 1]


def test_the_inputs_come_in_the_order_of_the_library() -> None:
    theirs = original.suite_of(_tests(np.random.default_rng(0)), n=15, seed=1)
    ours = from_checklist(theirs)
    wanted = theirs.get_raw_examples(format_fn=lambda example: example, new_sample=False)
    found = [
        text if second is None else (text, second)
        for test in ours.tests
        for text, second in zip(test.text_a, test.text_b, strict=True)
    ]
    assert found == wanted


def test_inputs_are_exported_as_the_library_does(tmp_path: Path) -> None:
    single = {"lines": MFT(["a\nb", "c"], labels=0), "groups": INV([["d", "e"], ["f\ng"]])}
    pairs = {"pairs": MFT([("a", "b\nc"), ("d", "e")], labels=0)}
    for tests, file_format in ((single, None), (pairs, "qqp_test")):
        theirs = original.suite_of(tests)
        theirs.to_raw_file(str(tmp_path / "theirs.txt"), file_format=file_format)
        write_inputs(from_checklist(theirs), tmp_path / "ours.txt")
        assert (tmp_path / "ours.txt").read_text() == (tmp_path / "theirs.txt").read_text() + "\n"


def test_nothing_of_the_users_is_changed(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    theirs = original.suite_of(_tests(rng), n=15, seed=1)
    before = {name: (list(test.run_idxs), hasattr(test, "results"), test.expect) for name, test in theirs.tests.items()}
    state = np.random.get_state()[1].tolist()
    ours = from_checklist(theirs)
    file = predictions.write(tmp_path / "predictions.txt", "softmax", ours.examples, CLASSES, rng)
    evaluate(ours, read_answers(file, "softmax", ours, CLASS_NAMES))
    after = {name: (list(test.run_idxs), hasattr(test, "results"), test.expect) for name, test in theirs.tests.items()}
    assert after == before
    assert np.random.get_state()[1].tolist() == state


def _authored() -> original.TestSuite:
    from checklist.editor import Editor
    from checklist.perturb import Perturb

    np.random.seed(1)
    editor, suite = Editor(), original.TestSuite()
    negated = editor.template("The {thing} is not {good}.", thing=["food", "crew"], good=["good", "nice"], labels=0)
    suite.add(MFT(negated.data, labels=negated.labels), "negated adjective", "Negation")
    plain = editor.template("{first_name} liked the {thing}.", thing=["food", "crew"], nsamples=20)
    suite.add(INV(Perturb.perturb(plain.data, Perturb.add_typos).data), "one typo", "Robustness")
    short = Perturb.perturb(["It is not good.", "I don't like it."], Perturb.contractions)
    suite.add(INV(short.data, threshold=0.05), "contractions", "Robustness")
    more = Perturb.perturb(plain.data, lambda text: text + " Great!")
    suite.add(DIR(more.data, Expect.monotonic(label=1, tolerance=0.1)), "praise added", "Vocabulary", "Praise helps")
    return suite


def test_what_the_editor_wrote_comes_back_from_a_file(tmp_path: Path) -> None:
    suite = from_checklist(_authored())
    write_suite(suite, tmp_path / "mine.json")
    again = read_suite(tmp_path / "mine.json")
    assert json.loads(json.dumps(file_of(again))) == json.loads(json.dumps(file_of(suite)))
    kinds = [test.expect.model_dump() for test in again.tests]
    assert [kind["kind"] for kind in kinds] == ["label", "invariant", "invariant", "monotonic"]
    assert [kind.get("tolerance") for kind in kinds] == [None, 0.1, 0.05, 0.1]
    assert (kinds[3]["direction"], kinds[3]["label"]) == ("up", "1")
    assert [test.cases for test in again.tests] == [4, 20, 2, 20]
    assert (again.tests[3].capability, again.tests[3].type) == ("Vocabulary", "DIR")
    assert again.tests[3].description == "Praise helps"
    assert again.tests[0].labels == ("0",) * 4


@pytest.mark.parametrize("file_format", predictions.WITH_VECTOR)
def test_a_suite_from_its_file_has_the_librarys_results(file_format: str, tmp_path: Path) -> None:
    theirs = _authored()
    theirs.get_raw_examples()
    write_suite(from_checklist(theirs), tmp_path / "mine.json")
    ours = read_suite(tmp_path / "mine.json")
    rng = np.random.default_rng(5)
    file = predictions.write(tmp_path / "predictions.txt", file_format, ours.examples, 2, rng)
    results = evaluate(ours, read_answers(file, file_format, ours, CLASS_NAMES[:2]))
    assert list(original.differences(original.run(theirs, file, file_format), results)) == []
