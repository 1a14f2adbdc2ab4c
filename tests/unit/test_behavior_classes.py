"""Whose classes a comparison of behaviors speaks of: the same answers give the same results, however they are written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import flipscope
from flipscope import FlipscopeError
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.suite_file import write_suite
from suites import make_suite, make_test
from tiny_models import make_checkpoint

# The first class in the order of the ids is the last by name.
WORDS = ("unacceptable", "acceptable")
SUITE = make_suite(
    make_test({"kind": "label"}, [[{"label": "unacceptable"}], [{"label": "acceptable"}]] * 2), labels=WORDS
)
BY_NUMBER = make_suite(make_test({"kind": "label"}, [[{"label": "0"}], [{"label": "1"}]] * 2), labels=("0", "1"))

RIGHT = {
    "table.csv": "id,pred\n0,unacceptable\n1,acceptable\n2,unacceptable\n3,acceptable\n",
    "capitals.csv": "id,pred\n0,UNACCEPTABLE\n1,ACCEPTABLE\n2,UNACCEPTABLE\n3,ACCEPTABLE\n",
    "probabilities.csv": "id,prob_acceptable,prob_unacceptable\n0,.1,.9\n1,.9,.1\n2,.1,.9\n3,.9,.1\n",
    "digits.txt": "0\n1\n0\n1\n",
    "names.txt": "unacceptable\nacceptable\nunacceptable\nacceptable\n",
    "capitals.txt": "UNACCEPTABLE\nAcceptable\nunacceptable\nacceptable\n",
    "generic.txt": "LABEL_0\nLABEL_1\nLABEL_0\nLABEL_1\n",
}


def write(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content)
    return folder / name


def fails(comparison: flipscope.Comparison) -> tuple[int, int]:
    """Count the cases each model fails, when all were judged."""
    tests = comparison.behaviors.tests()
    assert tests["not_evaluated"].isna().all()
    return int(tests["old_fails"].sum()), int(tests["new_fails"].sum())


@pytest.mark.parametrize("new", RIGHT)
@pytest.mark.parametrize("old", RIGHT)
def test_right_answers_are_right_however_they_are_written(tmp_path: Path, old: str, new: str) -> None:
    sides = [write(tmp_path, name, RIGHT[name]) for name in (old, new)]

    comparison = flipscope.compare_behaviors(*sides, SUITE, answer_format="pred_only")

    assert fails(comparison) == (0, 0)


@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_a_model_that_always_gives_one_class_is_judged_on_all(tmp_path: Path, suffix: str) -> None:
    lines = {"csv": "id,pred\n" + "".join(f"{row},acceptable\n" for row in range(4)), "txt": "acceptable\n" * 4}
    old = write(tmp_path, "old.csv", RIGHT["table.csv"])
    new = write(tmp_path, f"new.{suffix}", lines[suffix])

    comparison = flipscope.compare_behaviors(old, new, SUITE, answer_format="pred_only")

    assert fails(comparison) == (0, 2)
    assert fails(flipscope.compare_behaviors(new, new, SUITE, answer_format="pred_only")) == (2, 2)


@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_aliases_name_classes_in_files_of_answers(tmp_path: Path, suffix: str) -> None:
    lines = ["bad", "Good", "bad", "good"]
    table = "id,pred\n" + "".join(f"{row},{line}\n" for row, line in enumerate(lines))
    side = write(tmp_path, f"new.{suffix}", table if suffix == "csv" else "\n".join(lines))
    alias = {"bad": "unacceptable", "good": "acceptable"}

    comparison = flipscope.compare_behaviors(side, side, SUITE, answer_format="pred_only", alias=alias)

    assert fails(comparison) == (0, 0)


@pytest.mark.parametrize("name", ["table.csv", "names.txt"])
def test_an_answer_that_is_no_class_is_told(tmp_path: Path, name: str) -> None:
    new = write(tmp_path, name, RIGHT[name].replace("una", "ina", 1))

    with pytest.raises(FlipscopeError, match="inacceptable"):
        flipscope.compare_behaviors(new, new, SUITE, answer_format="pred_only", labels=WORDS)


def test_names_do_not_say_which_number_a_class_of_the_suite_is(tmp_path: Path) -> None:
    table = write(tmp_path, "old.csv", RIGHT["table.csv"])

    with pytest.raises(FlipscopeError, match="--labels"):
        flipscope.compare_behaviors(table, table, BY_NUMBER)
    comparison = flipscope.compare_behaviors(table, table, BY_NUMBER, labels=WORDS)
    assert fails(comparison) == (0, 0)
    assert any("0 is unacceptable, 1 is acceptable" in warning for warning in comparison.manifest.warnings)


def test_tables_of_numbers_answer_suites_of_numbers(tmp_path: Path) -> None:
    old = write(tmp_path, "old.csv", "id,pred\n0,0\n1,1\n2,0\n3,1\n")
    new = write(tmp_path, "new.csv", "id,pred\n0,1\n1,1\n2,1\n3,1\n")

    assert fails(flipscope.compare_behaviors(old, new, BY_NUMBER)) == (0, 2)
    with pytest.raises(FlipscopeError, match="--labels"):
        flipscope.compare_behaviors(old, new, SUITE)


def folded() -> Suite:
    cases = [[{"label": "entailment"}], [{"label": "neutral"}], [{"label": "contradiction"}]]
    return make_suite(
        make_test({"kind": "label"}, cases),
        labels=("entailment", "neutral", "contradiction"),
        label_aliases={"neutral": "not_entailment", "contradiction": "not_entailment"},
    )


def test_models_that_fold_classes_of_the_suite(tmp_path: Path) -> None:
    old = write(tmp_path, "old.csv", "id,pred\n0,entailment\n1,not_entailment\n2,not_entailment\n")
    new = write(tmp_path, "new.csv", "id,pred\n0,not_entailment\n1,not_entailment\n2,not_entailment\n")

    assert fails(flipscope.compare_behaviors(old, new, folded())) == (0, 1)
    digits = write(tmp_path, "new.txt", "1\n1\n1\n")
    assert fails(flipscope.compare_behaviors(old, digits, folded(), answer_format="pred_only")) == (0, 1)


def test_classes_of_a_suite_have_names_that_differ(tmp_path: Path) -> None:
    suite = make_suite(make_test({"kind": "label"}, [[{"label": "good"}]]), labels=("Good", "good"))
    side = write(tmp_path, "side.txt", "0\n")

    with pytest.raises(FlipscopeError, match="can't be told apart"):
        flipscope.compare_behaviors(side, side, suite, answer_format="pred_only")


def test_a_suite_of_numbers_beside_data_needs_an_order_that_models_agree_on(tmp_path: Path) -> None:
    texts = ["all is well", "nothing works"]
    old = make_checkpoint(tmp_path / "old", texts, labels=("bad", "good")).path
    new = make_checkpoint(tmp_path / "new", texts, labels=("good", "bad"), seed=1).path
    data = pd.DataFrame({"text": texts, "label": ["good", "bad"]})
    suite = make_suite(make_test({"kind": "label"}, [[{"label": "1"}]]), labels=("0", "1"))
    write_suite(suite, tmp_path / "numbers.json")

    with pytest.raises(FlipscopeError, match=r"order theirs differently.*--labels"):
        flipscope.compare(old, new, data, "mine", suites=str(tmp_path / "numbers.json"))
    known = flipscope.compare(old, new, data, "mine", suites=str(tmp_path / "numbers.json"), labels=("bad", "good"))
    assert known.behaviors.tests()["both_evaluated"].tolist() == [1]
