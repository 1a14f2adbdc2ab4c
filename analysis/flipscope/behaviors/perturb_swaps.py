"""Names, places and numbers put in place of others: the same on both sides of a pair, or not at all."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flipscope.behaviors.perturb_words import FIRST_NAMES, OPENING, PLACES, TITLES

#: How many changed inputs a swap gives.
SWAPS = 3

_WINDOW = 60  # characters looked at before a word
_CAPITALISED = re.compile(r"[A-Z][a-z]+")
# No part of a longer word, a handle, an address or a file name; "John's" is John, "James'" is left alone.
_WHOLE_WORD = re.compile(r"(?<![\w@#&./'’-])[A-Z][a-z]+(?![\w@/-]|\.\w|['’](?!s\b))")
_BEFORE = re.compile(r"(?P<word>\w+)(?P<marks>[^\w\s]*)\s+['\"“(]*$")
_NEXT_CAPITAL = re.compile(r"(?:['’]s)?\s+(?!I\b)[A-Z]")
_PLACE_TOO = re.compile(r",\s+[A-Z]")  # Athens, Georgia

_ANY_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Standing by itself: no date, time, fraction, score, version, ordinal, "5-star" or "#5".
_COUNT = re.compile(r"(?<![\w.,:/#@&=?+'’-])(?<!/ )[1-9][0-9]{0,5}(?!\w|[-'’:]|\s?/|[.,][0-9])")
_YEARS = range(1000, 2200)


@dataclass(frozen=True)
class _Mention:
    """A word that could be swapped; `clean` when it surely means what its list says."""

    word: str
    start: int
    end: int
    clean: bool


def swap_names(texts: tuple[str, ...], rng: random.Random) -> list[tuple[str, ...]]:
    """Put other first names of the same gender in place of one."""
    return _swap(texts, _mentions_of(_GENDER, _is_name), _others(FIRST_NAMES, _GENDER), rng)


def swap_places(texts: tuple[str, ...], rng: random.Random) -> list[tuple[str, ...]]:
    """Put other cities in place of a city, or other countries in place of a country."""
    return _swap(texts, _mentions_of(_PLACE_KIND, _is_place), _others(PLACES, _PLACE_KIND), rng)


def swap_numbers(texts: tuple[str, ...], rng: random.Random) -> list[tuple[str, ...]]:
    """Change a count by one, or up to a tenth but at most 9, without passing another number of the texts."""
    values = {_value(match[0]) for text in texts for match in _ANY_NUMBER.finditer(text)}
    return _swap(texts, _counts, lambda word, _: _near(int(word), values), rng)


def _swap(
    texts: tuple[str, ...],
    mentions: Callable[[str], Iterable[_Mention]],
    others: Callable[[str, set[str]], Iterable[str]],
    rng: random.Random,
) -> list[tuple[str, ...]]:
    """Replace every mention of one word in all texts; words that are doubtful anywhere stay as they are."""
    found = [list(mentions(text)) for text in texts]
    if not all(found):
        return []
    doubtful = {mention.word for side in found for mention in side if not mention.clean}
    sides = [{mention.word for mention in side} for side in found]
    there, everywhere = set.union(*sides), set.intersection(*sides) - doubtful
    shared = [word for word in dict.fromkeys(mention.word for mention in found[0]) if word in everywhere]
    choices = [(word, other) for word in shared for other in others(word, there)]
    chosen = rng.sample(choices, min(SWAPS, len(choices)))
    return [
        tuple(_replace(text, side, word, other) for text, side in zip(texts, found, strict=True))
        for word, other in chosen
    ]


def _replace(text: str, mentions: list[_Mention], word: str, other: str) -> str:
    parts, end = [], 0
    for mention in mentions:
        if mention.word == word:
            parts += [text[end : mention.start], other]
            end = mention.end
    return "".join([*parts, text[end:]])


def _kinds(lists: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: kind for kind, words in lists.items() for word in words}


_GENDER = _kinds(FIRST_NAMES)
_PLACE_KIND = _kinds(PLACES)


def _others(lists: Mapping[str, tuple[str, ...]], kinds: Mapping[str, str]) -> Callable[[str, set[str]], Iterable[str]]:
    return lambda word, there: (other for other in lists[kinds[word]] if other not in there)


def _mentions_of(
    kinds: Mapping[str, str], clean: Callable[[str, int, int], bool]
) -> Callable[[str], Iterator[_Mention]]:
    """Find the words of a list; those inside longer words count as doubtful."""

    def mentions(text: str) -> Iterator[_Mention]:
        for match in _CAPITALISED.finditer(text):
            if match[0] in kinds:
                stands = _stands_alone(_WHOLE_WORD, match) and clean(text, match.start(), match.end())
                yield _Mention(match[0], match.start(), match.end(), stands)

    return mentions


def _stands_alone(whole: re.Pattern[str], match: re.Match[str]) -> bool:
    found = whole.match(match.string, match.start())
    return found is not None and found.end() == match.end()


def _is_name(text: str, start: int, end: int) -> bool:
    return not _leads(text, start) and not _NEXT_CAPITAL.match(text, end)


def _is_place(text: str, start: int, end: int) -> bool:
    return _is_name(text, start, end) and not _PLACE_TOO.match(text, end)


def _leads(text: str, start: int) -> bool:
    """Tell whether the word before belongs to this one: "King John", "Dr. John", "J. John", "a John"."""
    before = _BEFORE.search(text[max(0, start - _WINDOW) : start])
    if before is None:
        return False
    word, marks = before["word"], before["marks"]
    if not word[0].isupper():
        return word in ("a", "an") and not marks
    return word in TITLES or (len(word) == 1 and marks == ".") or (not marks and word not in OPENING and word != "I")


def _counts(text: str) -> Iterator[_Mention]:
    for match in _ANY_NUMBER.finditer(text):
        value = _value(match[0])
        if value == int(value):
            clean = _stands_alone(_COUNT, match) and value >= 2 and int(value) not in _YEARS
            yield _Mention(str(int(value)), match.start(), match.end(), clean)


def _value(digits: str) -> float:
    return float(digits.replace(",", "")) if digits.count(".") <= 1 and len(digits) <= 15 else 0.0


def _near(number: int, values: set[float]) -> list[str]:
    """Numbers close by, from 2 on, with no other number of the texts on the way there."""
    near = []
    for sign in (1, -1):
        for step in range(1, min(9, max(1, number // 10)) + 1):
            other = number + sign * step
            if other in values or other < 2 or other in _YEARS:
                break
            near.append(str(other))
    return near
