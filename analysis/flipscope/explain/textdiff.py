"""Which words differ between two texts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, groupby
from operator import itemgetter
from typing import Literal

Kind = Literal["same", "removed", "added"]
Piece = tuple[Kind, Sequence[str]]

#: Pairs of equal words (of both texts) up to which they are aligned; about 2,000 English words each.
#: Beyond, difflib takes seconds, and only what the texts begin and end with alike counts as the same.
_MOST_PAIRS = 40_000

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
    start, end = _common_ends(first, second)
    middle = _align(first[start : len(first) - end], second[start : len(second) - end])
    return _joined([("same", first[:start]), *middle, ("same", first[len(first) - end :])])


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


def _common_ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """Count the tokens that both begin with, and those that both end with after that."""
    start = _common(a, b)
    return start, _common(a[start:][::-1], b[start:][::-1])


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _align(a: Sequence[str], b: Sequence[str]) -> list[Piece]:
    """Align the words, and then what is between them: spaces are everywhere, and would align with any."""
    at_a, at_b = ([i for i, token in enumerate(tokens) if not token.isspace()] for tokens in (a, b))
    words_a, words_b = [a[i] for i in at_a], [b[i] for i in at_b]
    counts = Counter(words_b)
    if sum(counts[word] for word in words_a) > _MOST_PAIRS:
        return [("removed", a), ("added", b)]
    pieces: list[Piece] = []
    i = j = 0
    for block in SequenceMatcher(None, words_a, words_b, autojunk=False).get_matching_blocks():
        for k in range(block.size):
            next_i, next_j = at_a[block.a + k], at_b[block.b + k]
            pieces += [*_between(a[i:next_i], b[j:next_j]), ("same", [a[next_i]])]
            i, j = next_i + 1, next_j + 1
    return pieces + _between(a[i:], b[j:])


def _between(a: Sequence[str], b: Sequence[str]) -> list[Piece]:
    start, end = _common_ends(a, b)
    changed_a, changed_b = a[start : len(a) - end], b[start : len(b) - end]
    return [("same", a[:start]), ("removed", changed_a), ("added", changed_b), ("same", a[len(a) - end :])]


def _joined(pieces: Sequence[Piece]) -> list[Span]:
    """Put neighbouring changes together, with the mere spaces between them: a phrase reads better than its words."""
    written = [piece for piece in pieces if piece[1]]
    texts = [(kind, "".join(chain(*(tokens for _, tokens in run)))) for kind, run in groupby(written, itemgetter(0))]
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
