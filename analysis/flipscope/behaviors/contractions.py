"""English contractions, written out and drawn together, and the negation of a simple sentence.

Only where the rules are certain: forms with two readings ('d, ain't) and possessives are left alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

#: Contractions and what they stand for.
NEGATED = {
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not",
    "don't": "do not", "doesn't": "does not", "didn't": "did not",
    "haven't": "have not", "hasn't": "has not", "hadn't": "had not",
    "won't": "will not", "wouldn't": "would not", "can't": "cannot", "couldn't": "could not",
    "shouldn't": "should not", "mustn't": "must not", "needn't": "need not",
}  # fmt: skip
JOINED = {
    "I'm": "I am", "you're": "you are", "we're": "we are", "they're": "they are",
    "it's": "it is", "he's": "he is", "she's": "she is", "that's": "that is", "there's": "there is",
    "I've": "I have", "you've": "you have", "we've": "we have", "they've": "they have",
    "I'll": "I will", "you'll": "you will", "he'll": "he will", "she'll": "she will",
    "it'll": "it will", "we'll": "we will", "they'll": "they will",
}  # fmt: skip

_LONG = {short.lower(): long.lower() for short, long in (NEGATED | JOINED).items()}
_SHORT = {long: short for short, long in _LONG.items()} | {"can not": "can't"}
_WINDOW = 100  # characters looked at before a form


def _pattern(forms: Iterable[str], then: str) -> re.Pattern[str]:
    """Match forms as whole words, with either apostrophe, and as treebanks write them: ``do n't``, ``it 's``."""
    parts = "|".join(re.sub(r"(n?)'", r" ?\1['’]", form) for form in forms)
    return re.compile(rf"(?<![\w'’-])(?P<form>{parts})(?![\w'’-]){then}", re.IGNORECASE)


_SUBJECT = r"(?:I|you|he|she|it|we|they|there|this|that|these|those)\b"
_PARTICIPLE = (
    r"(?:(?:not|never|always|also|already|just|ever|only|really) )?(?:\w+ed|been|become|begun|come|done|found|given"
    r"|gone|got|gotten|had|heard|known|left|lost|made|read|said|seen|shown|taken|tried|used|written)\b"
)
# Isn't it good? It's gone (it has).
_NEGATED_SHORT = _pattern(NEGATED, rf"(?!\s+{_SUBJECT})")
_JOINED_SHORT = _pattern(JOINED, rf"(?!(?<=s)\s+{_PARTICIPLE})")
# It is not only good, but ... Yes, it is. I think it is and ... I have a car.
_NEGATED_LONG = _pattern([*NEGATED.values(), "can not"], r"(?! (?:only|just|merely|simply)\b)")
_JOINED_LONG = _pattern(
    JOINED.values(),
    r"(?= [^\W\d_])(?! (?:n['’]t|and|or|but|too|either|though|indeed|if|when|since|as)\b)"
    rf"(?:(?<!have)|(?= {_PARTICIPLE}))",
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"“(])\s*$")
_ASKING = re.compile(r"\b(?:why|how)\s*$", re.IGNORECASE)
_CLAUSE_START = re.compile(
    r"(?:^|[.!?:;,\"“(]|\b(?:and|but|so|because|although|though|think|believe|hope|says?|said|while|unless))\s*$",
    re.IGNORECASE,
)
_LEAVES_GAP = re.compile(
    r"\b(?:wh(?:at|om?|ich|ere|en|y|atever|oever)|how(?:ever)?|than|as)\b[^.!?:;,]*$", re.IGNORECASE
)


def change_contractions(text: str, _: random.Random) -> list[str]:
    """Draw together every form that can be; write out every form that can be."""
    return [contract(text), expand(text)]


def contract(text: str) -> str:
    """Draw forms together: "do not" becomes "don't", "it is" becomes "it's"."""

    def joined(match: re.Match[str]) -> str:
        before = _before(match)
        starts = _CLAUSE_START.search(before) and not _LEAVES_GAP.search(before)
        return _written(match, _SHORT) if starts else match[0]

    return _JOINED_LONG.sub(joined, _NEGATED_LONG.sub(lambda match: _written(match, _SHORT), text))


def expand(text: str) -> str:
    """Write contractions out: "don't" becomes "do not", "it's" becomes "it is"."""

    def negated(match: re.Match[str]) -> str:
        return match[0] if _asks(match) else _written(match, _LONG)

    return _JOINED_SHORT.sub(lambda match: _written(match, _LONG), _NEGATED_SHORT.sub(negated, text))


def _asks(match: re.Match[str]) -> bool:
    """Tell whether the form opens a question, in which "not" would come after the subject."""
    before = _before(match)
    if _ASKING.search(before):
        return True
    command = match["form"].lower().startswith(("don", "do ")) and "?" not in match.string
    return _SENTENCE_START.search(before) is not None and not command


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _WINDOW) : match.start()]


def _written(match: re.Match[str], table: dict[str, str]) -> str:
    """Return the other form with the first letter as it was; what is written in capitals stays."""
    form = match["form"]
    if form[1:] != form[1:].lower():
        return form
    key = form.lower().replace("’", "'")
    new = table[key.replace(" ", "") if "'" in key else key]
    return form[0] + new[1:] if form[0].lower() == new[0] else new


_NEGATABLE = re.compile(
    r"^(?P<subject>[A-Z][\w'’]*(?: [\w'’]+){0,3}) (?P<verb>is|are|was|were|will|would|can|could|should) "
    r"(?P<rest>[^\W\d_].*)$"
)
# Words with which "not" would say something else, or that say it already.
_UNCERTAIN = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|nowhere|neither|nor|cannot|hardly|all|every|everyone|everybody|everything"
    r"|each|both|any|anyone|anything|some|someone|something|most|many|few|several|always|often|sometimes|usually|only"
    r"|still|already|also|too|and|or|but|because|if|unless|who|which|that|when|while|although|must|may|might)\b"
    r"|n['’]t\b|[,;:()\"“”]|[.!?].",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|am|be|has|have|had|do|does|did|will|would|can|could|should)\b|['’](?:re|ll|ve|m|d)\b"
)


def negate(sentence: str) -> str | None:
    """Negate a simple sentence with one auxiliary: "The food is good." becomes "The food is not good.".

    Returns
    -------
    str or None
        None where it is not certain: questions, several clauses, quantifiers, sentences with a negation.
    """
    found = _NEGATABLE.match(sentence)
    if found is None or sentence.endswith("?") or _UNCERTAIN.search(sentence):
        return None
    others = [word for word in _AUXILIARY.findall(sentence) if word != "be"]
    if len(others) != 1:
        return None
    negated = "cannot" if found["verb"] == "can" else f"{found['verb']} not"
    return f"{found['subject']} {negated} {found['rest']}"
