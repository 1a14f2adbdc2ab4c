"""Changes of form that leave the meaning alone: typos, casing, punctuation, and noise around the text."""

from __future__ import annotations

import random
import re
import string
import unicodedata

from flipscope.behaviors.perturb_words import NEUTRAL, TWINS

_WORD = re.compile(r"[^\W\d_]{4,}")
_ADDRESS = re.compile(r"://|[@#]|\w\.\w")  # in a part without spaces: a web address, a handle, a file
_FINAL_MARKS = ".!?"
_ABBREVIATION = re.compile(r"\w\.\w|\b(Mr|Mrs|Ms|Dr|Prof|St|Inc|Ltd|Co|Corp|Jr|Sr|vs|etc|No)$", re.IGNORECASE)


def add_typo(text: str, rng: random.Random) -> list[str]:
    """Swap two different neighbouring letters within one word, behind its first letter."""
    words = [
        (part.start() + word.start(), part.start() + word.end())
        for part in re.finditer(r"\S+", text)
        if not _ADDRESS.search(part[0])
        for word in _WORD.finditer(part[0])
        if word[0].isalpha()  # ¼ is no letter
    ]
    for start, end in rng.sample(words, len(words)):
        if places := [place for place in range(start + 1, end - 1) if _can_swap(text, start, end, place)]:
            place = rng.choice(places)
            return [_swapped(text, place)]
    return []


def _can_swap(text: str, start: int, end: int, place: int) -> bool:
    if text[place].casefold() == text[place + 1].casefold():
        return False
    # An accent written as a character of its own belongs to the letter before it, so that one stays.
    if place + 2 < len(text) and unicodedata.category(text[place + 2]).startswith("M"):
        return False
    word = text[start:end].lower() if end - start < 20 else ""
    return word not in TWINS or _swapped(word, place - start) not in TWINS


def _swapped(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def change_case(text: str, rng: random.Random) -> list[str]:
    """Write everything in lower case, the first letter in upper case, one word in capitals."""
    changed = [text.lower(), text[:1].upper() + text[1:]]
    words = [match.span() for match in re.finditer(r"[^\W\d_]{2,}", text) if match[0] != match[0].upper()]
    if words:
        start, end = rng.choice(words)
        changed.append(text[:start] + text[start:end].upper() + text[end:])
    # A few letters have no partner of the other case and become other letters.
    return [new for new in changed if new.casefold() == text.casefold()]


def change_punctuation(text: str, _: random.Random) -> list[str]:
    """Drop and double the final mark, or add a full stop where a letter or digit ends the text."""
    whole = text.rstrip()
    space = text[len(whole) :]
    if whole[-1:].isalnum():
        return [whole + "." + space]
    sentence = whole.rstrip(_FINAL_MARKS)
    marks, body = whole[len(sentence) :], sentence.rstrip()
    if not marks or not body[-1:].isalnum() or _ABBREVIATION.search(body.split()[-1]):
        return []
    doubled = [whole + marks + space] if len(marks) == 1 else []
    return [body + space, *doubled]


def add_noise(text: str, rng: random.Random) -> list[str]:
    """Put a web address behind the text and a handle before it."""
    letters = "".join(rng.choices(string.ascii_lowercase, k=6))
    return _around(text, f"@{letters}", f"https://example.com/{letters}")


def add_sentence(text: str, rng: random.Random) -> list[str]:
    """Put an unrelated, neutral sentence before the text and another behind it."""
    return _around(text, *rng.sample(NEUTRAL, 2))


def _around(text: str, before: str, behind: str) -> list[str]:
    gap = "" if not text or text[-1].isspace() else " "
    return [f"{before} {text}", f"{text}{gap}{behind}"] if text.strip() else []
