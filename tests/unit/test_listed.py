"""Texts of the examples that a verdict names."""

import pytest

from builders import build_comparison, examples, predictions
from flipscope.judge.budget import make_budget
from flipscope.judge.listed import texts_of
from flipscope.judge.verdict import judged
from flipscope.store.tables import TaskData

LABELS = ("yes", "no")


def task(name, broken, texts=("text_a",)):
    """Make a task of examples a, b and c, of which some broke."""
    ids = ("a", "b", "c")
    rows = [{"example_id": id, "label": "yes"} | {column: f"{name} {id} {column}" for column in texts} for id in ids]
    answers = {"old": ["yes"] * 3, "new": ["no" if id in broken else "yes" for id in ids]}
    return TaskData(
        examples(name, rows, LABELS),
        {side: predictions(side, ids, LABELS, given) for side, given in answers.items()},
    )


def listed(folder, parts, **more):
    comparison = judged(
        build_comparison(folder, parts), make_budget({"must_not_break": {"examples": ["a", "b"]} | more})
    )
    (reason,) = comparison.candidate().verdict.reasons
    return texts_of(comparison, "new", reason)


def test_every_broken_example_has_its_texts(tmp_path):
    pair = task("t", "abc", ("text_a", "text_b"))
    assert listed(tmp_path / "c", [pair]) == {"a": ["t a text_a", "t a text_b"], "b": ["t b text_a", "t b text_b"]}


def test_an_id_of_several_tasks_has_the_text_of_the_example_that_broke(tmp_path):
    assert listed(tmp_path / "c", [task("t", "b"), task("u", "ac")]) == {"a": ["u a text_a"], "b": ["t b text_a"]}


@pytest.mark.parametrize(("broken", "texts"), [("c", ("text_a",)), ("ab", ())])
def test_nothing_broke_or_only_ids_are_known(tmp_path, broken, texts):
    assert listed(tmp_path / "c", [task("t", broken, texts)]) == {}
