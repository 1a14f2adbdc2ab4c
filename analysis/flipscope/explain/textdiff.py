"""Which words differ between two texts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

#: Pairs of equal words (of both texts) up to which they are aligned; about 2,500 English words each.
#: Beyond, difflib takes seconds, and only what the texts begin and end with alike counts as the same.
_MOST_PAIRS = 100_000

_APOSTROPHES = "'’"
_JOINER = "\u200d"
# First and last character of scripts that put no spaces between words: there, every character counts as a word.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF),
             (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A piece of text.

    Attributes
    ----------
    kind : {"same", "removed", "added"}
        Whether both texts have it here, only the first, or only the second.
    text : str
        As it is written, spaces included; never empty.
    """

    kind: Kind
    text: str


def diff_words(a: str, b: str) -> list[Span]:
    """Tell what two texts have in common and what only one of them has, by words.

    Parameters
    ----------
    a, b : str
        Compared as they are: case and accents count.

    Returns
    -------
    list of Span
        In reading order; what is removed comes before what is added in its place. ``same`` and ``removed`` pieces
        put together are `a`, ``same`` and ``added`` ones `b`.

    Notes
    -----
    Words are aligned by `difflib.SequenceMatcher` (Ratcliff and Obershelp), which prefers long common runs. Texts of
    thousands of words that differ all over are not aligned: all between their common beginning and end differs.
    """
    first, second = words(a), words(b)
    start = _common(first, second)
    end = _common(first[start:][::-1], second[start:][::-1])
    middle_a, middle_b = first[start : len(first) - end], second[start : len(second) - end]
    pieces = [("same", first[:start]), *_align(middle_a, middle_b), ("same", first[len(first) - end :])]
    return _joined(pieces)


def words(text: str) -> list[str]:
    """Split a text into words, runs of spaces, and single other characters; put together, they are the text.

    A word keeps its accents and apostrophes. Scripts without spaces between words split into characters.
    """
    found: list[str] = []
    before = ""
    for character in text:
        kind = _kind(character)
        if found and _continues(found[-1], before, character, kind):
            found[-1] += character
        else:
            found.append(character)
        before = kind if kind != "attached" else before
    return _with_apostrophes(found)


def _continues(token: str, before: str, character: str, kind: str) -> bool:
    if kind == "attached":
        return before != "space"
    return (kind == before and kind in ("word", "space")) or (token[-1] == _JOINER and kind != "space")


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace():
        return "space"
    if category[0] == "M" or category == "Cf" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return "attached"  # accents, joiners, skin tones: part of the character before
    if category[0] in "LN" or character == "_":
        return "character" if any(low <= ord(character) <= high for low, high in _UNSPACED) else "word"
    return "other"


def _with_apostrophes(tokens: list[str]) -> list[str]:
    """Join what an apostrophe splits: don't is one word."""
    found: list[str] = []
    for token in tokens:
        inside = len(found) > 1 and found[-1] in _APOSTROPHES and found[-2][0].isalpha() and token[0].isalpha()
        if inside:
            mark = found.pop()
            found[-1] += mark + token
        else:
            found.append(token)
    return found


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the words that both begin with."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _align(a: Sequence[str], b: Sequence[str]) -> list[tuple[Kind, Sequence[str]]]:
    counts = Counter(b)
    if sum(counts[word] for word in a if not word.isspace()) > _MOST_PAIRS:
        return [("removed", a), ("added", b)]
    pieces: list[tuple[Kind, Sequence[str]]] = []
    matcher = SequenceMatcher(str.isspace, a, b, autojunk=False)  # spaces match, but no alignment starts from one
    for operation, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(("same", a[a_from:a_to]))
        else:
            pieces += [("removed", a[a_from:a_to]), ("added", b[b_from:b_to])]
    return pieces


def _joined(pieces: Sequence[tuple[str, Sequence[str]]]) -> list[Span]:
    """Put neighbouring changes together, with the mere spaces between them: a phrase reads better than its words."""
    texts = [(kind, "".join(tokens)) for kind, tokens in pieces if tokens]
    spans: list[Span] = []
    removed = added = ""
    for i, (kind, text) in enumerate(texts):
        between_changes = text.isspace() and (removed or added) and i + 1 < len(texts)
        if kind == "same" and not between_changes:
            spans += _changed(removed, added)
            removed = added = ""
            spans.append(Span("same", text))
        else:
            removed += text if kind != "added" else ""
            added += text if kind != "removed" else ""
    return spans + _changed(removed, added)


def _changed(removed: str, added: str) -> list[Span]:
    spans = (Span("removed", removed), Span("added", added))
    return [span for span in spans if span.text]
