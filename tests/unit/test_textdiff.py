"""Which words differ: by hand on small texts, and what must hold for any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.explain.textdiff import Span, diff_words, words


def told(a: str, b: str) -> list[tuple[str, str]]:
    return [(span.kind, span.text) for span in diff_words(a, b)]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the cat sat", "the dog sat",
         [("same", "the "), ("removed", "cat"), ("added", "dog"), ("same", " sat")]),
        ("good", "good", [("same", "good")]),
        ("", "", []),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        ("It is good.", "It is not good.", [("same", "It is "), ("added", "not "), ("same", "good.")]),
        ("It is good", "It is good!", [("same", "It is good"), ("added", "!")]),
        ("one two", "Three four", [("removed", "one two"), ("added", "Three four")]),
        ("Cats purr", "cats purr", [("removed", "Cats"), ("added", "cats"), ("same", " purr")]),
        ("a  b", "a b", [("same", "a"), ("removed", "  "), ("added", " "), ("same", "b")]),
    ],
)  # fmt: skip
def test_small_texts_by_hand(a, b, expected):
    assert told(a, b) == expected


def test_changed_neighbours_are_one_phrase():
    assert told("He said the food was great", "She thinks that the food was great") == [
        ("removed", "He said"), ("added", "She thinks that"), ("same", " the food was great"),
    ]  # fmt: skip


def test_the_longest_run_in_common_stays():
    assert told("They say that Felix is calmer than Paul.", "They say that Paul is calmer than Felix.") == [
        ("same", "They say that "), ("removed", "Felix"), ("added", "Paul"), ("same", " is calmer than "),
        ("removed", "Paul"), ("added", "Felix"), ("same", "."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't, no.", ["I", " ", "don't", ",", " ", "no", "."]),
        ("l’été", ["l’été"]),
        ("'quoted'", ["'", "quoted", "'"]),
        ("cafe\u0301 noir", ["cafe\u0301", " ", "noir"]),
        ("हिन्दी है", ["हिन्दी", " ", "है"]),
        ("كِتاب جديد", ["كِتاب", " ", "جديد"]),
        ("我喜欢猫", ["我", "喜", "欢", "猫"]),
        ("👩‍👧 👍🏽", ["👩‍👧", " ", "👍🏽"]),
        ("a\t\n b", ["a", "\t\n ", "b"]),
        ("3.5%", ["3", ".", "5", "%"]),
    ],
)
def test_words_of_many_scripts(text, expected):
    assert words(text) == expected


def test_accents_and_directions_are_kept_whole():
    assert told("كتاب قديم جدا", "كتاب جديد جدا") == [
        ("same", "كتاب "), ("removed", "قديم"), ("added", "جديد"), ("same", " جدا"),
    ]  # fmt: skip
    assert told("我喜欢猫", "我喜欢狗") == [("same", "我喜欢"), ("removed", "猫"), ("added", "狗")]


# Few letters, so that the texts have much in common.
_texts = st.one_of(st.text(alphabet="ab' \n.é\u0301猫", max_size=60), st.text(max_size=40))


@given(_texts, _texts)
def test_the_pieces_make_both_texts(a, b):
    spans = diff_words(a, b)
    assert "".join(span.text for span in spans if span.kind != "added") == a
    assert "".join(span.text for span in spans if span.kind != "removed") == b
    assert all(span.text for span in spans)


@given(_texts)
def test_words_put_together_are_the_text(text):
    assert "".join(words(text)) == text
    assert diff_words(text, text) == ([Span("same", text)] if text else [])


def test_long_texts_without_an_order_in_common_are_not_aligned():
    """Aligning these would take minutes; what they begin and end with alike is still told."""
    a, b = (" ".join(["x", *words_between, "z"]) for words_between in (["a", "b"] * 3000, ["b", "a", "c"] * 3000))
    assert told(a, b) == [
        ("same", "x "), ("removed", a[2:-2]), ("added", b[2:-2]), ("same", " z"),
    ]  # fmt: skip
