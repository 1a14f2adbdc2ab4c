"""Differences as markup: each side its own words, everything escaped, nothing told by colour alone."""

from __future__ import annotations

import re

from flipscope_app.examples.differences import two_sides

HIDDEN = re.compile(r'<span class="fs-hidden[^"]*" dir="ltr">.*?</span>')


def plain(markup: str) -> str:
    """What is seen."""
    return re.sub(r"</?mark[^>]*>", "", HIDDEN.sub("", markup))


def test_each_side_has_its_own_words_marked():
    a, b = two_sides("the old cat sat", "the young cat sat here")
    assert plain(a) == "the old cat sat"
    assert plain(b) == "the young cat sat here"
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", HIDDEN.sub("", a)) == ["old"]
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", HIDDEN.sub("", b)) == ["young", "here"]


def test_screen_readers_hear_what_differs():
    a, _ = two_sides("one", "two")
    assert re.sub(r"<[^>]*>", "", a) == "[differs: one]"


def test_texts_stay_texts():
    a, b = two_sides("<img src=x> fine", "<b>bad</b> fine")
    assert "<img" not in a
    assert "<b>" not in b
    assert "&lt;" in a


def test_equal_texts_have_no_mark():
    assert two_sides("same <", "same <") == ("same &lt;", "same &lt;")


def test_spaces_are_not_marked():
    _, b = two_sides("It is good", "It is not good")
    assert ">not<" in HIDDEN.sub("", b)
