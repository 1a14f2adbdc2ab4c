"""An error reads as whole sentences."""

from __future__ import annotations

import pytest

from flipscope.errors import FlipscopeError


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("the file is empty", "a.csv: the file is empty. Give another"),
        ("which examples?", "a.csv: which examples? Give another"),
        ("classes are 0, 1, 2 ...", "a.csv: classes are 0, 1, 2 ... Give another"),
    ],
)
def test_advice_follows_as_a_sentence_of_its_own(what, told):
    assert str(FlipscopeError(what, where="a.csv", do="Give another")) == told


def test_without_advice_nothing_is_added():
    assert str(FlipscopeError("the file is empty")) == "the file is empty"
