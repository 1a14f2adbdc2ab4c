"""has_word(text, word) and words(text), which conditions may use."""

from __future__ import annotations

import pytest

from flipscope.store.query import open_tables


@pytest.fixture(scope="module")
def has_word():
    with open_tables({}) as con:
        yield lambda *values: con.execute("SELECT has_word(?, ?)", values).fetchall()[0][0]


@pytest.mark.parametrize(("text", "word", "expected"), [
    ("It is not bad.", "not", True),
    ("It is not bad.", "Not", True),
    ("NOT BAD", "not", True),
    ("A knot, nothing more", "not", False),
    ("I don't know", "don't", True),
    ("I don't know", "don", False),
    ("Un café à midi", "café", True),
    ("They moved to New York.", "new york", True),
    ("They moved to New-York.", "New York", True),
    ("York is new", "new york", False),
    ("anew york", "new york", False),
    ("What?!", "?!", False),
    ("", "not", False),
    (None, "not", False),
])  # fmt: skip
def test_whole_words_are_found_whatever_their_case(has_word, text, word, expected):
    assert bool(has_word(text, word)) == expected


def test_words_are_letters_digits_and_apostrophes_inside():
    with open_tables({}) as con:
        found = con.execute("SELECT words('It''s 5 o’clock, «fin» x_1')").fetchall()[0][0]
    assert found == ["it's", "5", "o’clock", "fin", "x_1"]
