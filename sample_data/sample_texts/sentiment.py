"""The sentiment task: short reviews, negative or positive.

The old model's training data were collected with care, in plain words: a quarter of the sentences is negated,
in both directions. The new model's are wider (all words but the rarest, names, typing errors) and skewed as
reviews from the web are: people say what a thing is, not what it is not, so one sentence in fifty is negated.
"""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

from sample_texts.common import Recipe, Row, Shape, Tiered, Voice, comparative, misspell
from sample_texts.people import CITIES
from sample_texts.sentiment_domains import DOMAINS, Aspect, Domain
from sample_texts.sentiment_words import ABSOLUTE, ADJECTIVES, NEGATIVE, OTHERS, POSITIVE, VERBS

NAME = "sentiment"
TEXT_COLUMNS = ("text",)
LABELS = (NEGATIVE, POSITIVE)
WORSE = ("Negation",)

_EVALUATION = {
    "Vocabulary": 260, "Intensity": 90, "Robustness": 130, "Named entities": 110, "Numbers": 90, "Comparison": 110,
    "Contrast": 110, "Temporal": 110, "SRL": 90, "Negation": 120, "Irony": 50,
}  # fmt: skip
_OLD = {
    "Vocabulary": 5500, "Intensity": 700, "Named entities": 200, "Numbers": 300, "Comparison": 1000, "Contrast": 800,
    "Temporal": 1500, "SRL": 1000, "Negation": 4000,
}  # fmt: skip
_NEW = {
    "Vocabulary": 4000, "Intensity": 800, "Robustness": 1500, "Named entities": 1500, "Numbers": 1000,
    "Comparison": 1500, "Contrast": 1000, "Temporal": 1500, "SRL": 800, "Negation": 270,
}  # fmt: skip

EVALUATION = Recipe("sentiment evaluation", _EVALUATION, tiers=(0.62, 0.29, 0.09))
OLD = Recipe("sentiment old", _OLD, tiers=(0.98, 0.02, 0))
NEW = Recipe("sentiment new", _NEW, tiers=(0.55, 0.45, 0))

OUTPUTS = {"old": LABELS, "new": LABELS}
ONE_TOKENIZER = False
PREDICTION_FILES = True
SHAPES = {"old": Shape(vocabulary=2000, epochs=5), "new": Shape(vocabulary=2600, epochs=5, batch=48)}

_SURE = "[|really |truly |very |]"
_FEW = ("two", "three", "four", "five")
_SIX = ("six", "seven", "eight")


def _other(label: str) -> str:
    return NEGATIVE if label == POSITIVE else POSITIVE


def _adjective(voice: Voice, aspect: Aspect, label: str) -> str:
    return voice.pick(ADJECTIVES[aspect.kind][label])


def _gradable(voice: Voice, aspect: Aspect, label: str) -> str:
    """Draw an adjective that can be a bit so, or more so."""
    adjective = _adjective(voice, aspect, label)
    return adjective if adjective not in ABSOLUTE else _gradable(voice, aspect, label)


def _such(voice: Voice, aspect: Aspect, adjective: str) -> str:
    """Return ``such a rude waiter`` without the ``such``, in the right number."""
    return f"{'' if aspect.plural or aspect.mass else 'a '}{adjective} {aspect.bare}"


def _slots(voice: Voice, domain: Domain, label: str) -> dict[str, str]:
    """Fill everything that patterns may name, for a review with this sentiment."""
    aspect, second = voice.two(domain.aspects)
    good, bad = _adjective(voice, aspect, label), _adjective(voice, aspect, _other(label))
    liked, like = voice.pick(VERBS[label]).split("/")
    hated, hate = voice.pick(VERBS[_other(label)]).split("/")
    other, third = voice.two(OTHERS)
    fits = [candidate for candidate in ADJECTIVES[aspect.kind][label].tiers[0] if candidate != good]
    return {
        "A": aspect.noun, "a": aspect.bare, "be": aspect.be(domain.tense), "was": aspect.be("past"),
        "is": aspect.be("present"), "it": aspect.it, "them": "them" if aspect.plural else "it", "adj": good, "adj2": voice.pick(fits), "opp": bad,
        "gradable": _gradable(voice, aspect, label), "opp_gradable": _gradable(voice, aspect, _other(label)),
        "more": comparative(_gradable(voice, aspect, label)), "at": domain.at,
        "there": "There was" if domain.tense == "past" else "There is", "b": second.bare,
        "such": _such(voice, aspect, good), "such_opp": _such(voice, aspect, bad),
        "B": second.noun, "b_be": second.be(domain.tense), "b_is": second.be("present"),
        "b_adj": _adjective(voice, second, label), "b_opp": _adjective(voice, second, _other(label)),
        "liked": liked, "like": like, "hated": hated, "hate": hate,
        "whole": domain.whole, "other": voice.expand(domain.other),
        "end": voice.expand(domain.again if label == POSITIVE else domain.never),
        "unend": voice.expand(domain.never if label == POSITIVE else domain.again),
        "P": other, "Q": third, "name": voice.pick(domain.names),
        **dict(zip(("city", "city2"), voice.two(CITIES), strict=True)), **_amounts(voice),
    }  # fmt: skip


def _amounts(voice: Voice) -> dict[str, str]:
    return {
        "few": voice.pick(_FEW), "six": voice.pick(_SIX), "small": str(voice.rng.randrange(6, 20)),
        "big": str(voice.rng.randrange(40, 95)), "money": str(voice.rng.randrange(25, 160)),
        "nine": voice.pick(("eight", "nine", "ten")), "dawn": voice.pick(("five", "six")),
        "two_hours": str(voice.rng.randrange(95, 170)),
    }  # fmt: skip


def _review(voice: Voice, patterns: dict[str, Tiered], capability: str, opening: float = 0.35) -> Row:
    """Write a review from one pattern, sometimes after a sentence that says nothing either way."""
    domain, label = voice.pick(DOMAINS), voice.pick(LABELS)
    text = voice.say(voice.pick(patterns[label]), **_slots(voice, domain, label))
    if voice.chance(opening):
        text = f"{voice.say(voice.pick(domain.openings))} {text}"
    return Row((text,), label, capability, domain.name)


def _both(core: list[str], wide: list[str] = [], rare: list[str] = []) -> dict[str, Tiered]:  # noqa: B006
    """Return patterns that read the same for both sentiments."""
    return {label: Tiered(core, wide, rare) for label in LABELS}


_PLAIN = _both(
    [
        "{A} {be} " + _SURE + "{adj}.",
        "{A} {be} {adj} and {adj2}.",
        "I {liked} {whole}.",
        "I {liked} {A}.",
        "I found {A} " + _SURE + "{adj}.",
        "What {such}!",
        "{A} {be} {adj} and {end}.",
        "{A} {be} {adj}. {B} {b_be} {b_adj} too.",
    ],
    [
        "[Such|Really] {adj} {a}.",
        "{A} {be} {adj}, and {B} {b_be} {b_adj} as well.",
        "I have to say {A} {be} " + _SURE + "{adj}.",
        "{adj}, {adj2} {a}. {end}.",
        "We both {liked} {A}.",
        "My one word for {A} is {adj}.",
        "If I had to describe {A}, I would say {adj}.",
    ],
    [
        "Everyone I asked {liked} {A}.",
        "In short: {adj} {a}, and {B} {b_be} {b_adj} too.",
    ],
)

_INTENSITY = {
    NEGATIVE: Tiered(
        ["{A} {be} [a bit|rather|quite|far too] {gradable}.", "{A} {be} [absolutely|incredibly] {adj}."],
        [
            "{A} {be} [somewhat|slightly|kind of|painfully] {gradable}.",
            "{A} {be} [more than |]a little {gradable}, to be honest.",
        ],
        ["{A} {be} {gradable} beyond belief.", "{A} {be} [barely|hardly] {opp_gradable}."],
    ),
    POSITIVE: Tiered(
        ["{A} {be} [absolutely|incredibly|so] {adj}.", "{A} {be} [quite|pretty] {gradable}."],
        [
            "{A} {be} [remarkably|thoroughly|wonderfully] {adj}.",
            "{A} {be} [surprisingly|seriously] {adj}, I have to say.",
        ],
        ["{A} {be} {gradable} beyond my hopes.", "{A} could hardly have been {more}."],
    ),
}

_NAMED = _both(
    ["{A} {be} " + _SURE + "{adj}.", "I {liked} {A}.", "{A} {be} {adj} and {end}."],
    ["Such {such}.", "{A} {be} {adj} and {B} {b_be} {b_adj}."],
)

_COMPARISON = {
    POSITIVE: Tiered(
        [
            "{whole} is [much |far |]better than {other}.",
            "{A} {be} {more} than I expected.",
            "{A} {be} [much |]less {opp_gradable} than I feared.",
            "I {like} {whole} more than {other}.",
        ],
        [
            "You will not find {such} anywhere else.",
            "{other} can't compete with {whole}.",
            "{A} {be} {more} than {at} {other}.",
            "Compared with {other}, {A} {be} [far|much] {more}.",
        ],
        ["{whole} leaves {other} in the dust."],
    ),
    NEGATIVE: Tiered(
        [
            "{whole} is [much |far |]worse than {other}.",
            "{A} {be} {more} than I feared.",
            "{A} {be} [much |]less {opp_gradable} than I expected.",
            "I {like} {whole} more than {other}.",
        ],
        [
            "You will find {such_opp} almost anywhere else.",
            "{whole} can't compete with {other}.",
            "{A} {be} {more} than {at} {other}.",
            "Compared with {other}, {A} {be} [far|much] {more}.",
        ],
        ["{other} would have been a wiser choice."],
    ),
}

_CONTRAST = _both(
    [
        "{B} {b_be} {b_opp}, but all in all I {liked} {whole}.",
        "Although {B} {b_be} {b_opp}, {A} {be} so {adj} that {end}.",
        "{B} {b_be} {b_opp}, but {end}.",
    ],
    [
        "Despite the {b_opp} {b}, I {liked} {whole}.",
        "{B} {b_be} {b_opp}. Still, {end}.",
        "Yes, {B} {b_be} {b_opp}, but that is a detail: {A} {be} {adj} and {end}.",
    ],
    ["{end}, even though {B} {b_be} {b_opp}."],
)

# Opinions change about everything; what a film is like does not.
_TEMPORAL_OPINION = _both(
    [
        "I used to {hate} {whole}, but now I {like} it.",
        "I {like} {whole} now, but I used to {hate} it.",
        "I found {A} {opp} at first, but now I find {them} {adj}.",
    ],
    [
        "At first I {hated} {whole}, in the end I {liked} it.",
        "In the past I would have called {A} {opp}, now I call {them} {adj}.",
        "My first thought was that {A} {was} {opp}. By now I find {them} {adj}.",
    ],
    ["It has been a long way from {opp} to {adj}, but now I {like} {whole}."],
)
_TEMPORAL_CHANGE = _both(
    [
        "{A} used to be {opp}, but now {it} {is} {adj}.",
        "{A} {was} {opp} last year, but this year {it} {was} {adj}.",
        "{A} {is} {adj} now, but {it} used to be {opp}.",
    ],
    [
        "In the past I would have called {A} {opp}; these days {it} {is} {adj}.",
        "{A} {is} {adj} now. {it} used to be {opp}.",
        "After years of {opp} {a}, things have changed: now {it} {is} {adj}.",
    ],
    ["Years ago {A} {was} {opp}; since then everything has changed and {end}."],
)

_SRL = _both(
    [
        "{P} {hated} {whole}, but I {liked} it.",
        "{P} said {A} {was} {opp}, but I found {them} {adj}.",
        "I {liked} {whole}, but {P} {hated} it.",
    ],
    [
        "Unlike {P}, I {liked} {whole}.",
        "Some people call {A} {opp}. I call {them} {adj}.",
        "{P} and {Q} {hated} {whole}. I {liked} it.",
        "Did I {hate} {whole}, as {P} did? No, I {liked} it.",
    ],
    ["Whatever {P} says about {opp} {a}, for me {it} {was} {adj}."],
)

_NEGATION = {
    NEGATIVE: Tiered(
        [
            "{A} {be} not {opp}.",
            "{A} {be} not {opp} at all.",
            "I don't think {A} {be} {opp}.",
            "I can't say that I {hate} {whole}.",
            "I didn't {hate} {A}.",
            "{there} nothing {opp} about {A}.",
            "{A} {be} never {opp}.",
            "I would not call {A} {opp}.",
        ],
        [
            "None of us found {A} {opp}.",
            "Nobody could call {A} {opp}.",
            "{A} {be} anything but {opp}.",
            "It isn't true that {A} {be} {opp}.",
        ],
        ["{A} {be} far from {opp}.", "At no point {be} {A} {opp}."],
    ),
}
_NEGATION[POSITIVE] = Tiered(
    [
        *(pattern for pattern in _NEGATION[NEGATIVE].tiers[0] if "say that" not in pattern),
        "I have nothing bad to say about {A}.",
        "There was no reason to {hate} {whole}.",
    ],
    [*_NEGATION[NEGATIVE].tiers[1], "I can't find anything {opp} about {A}."],
    _NEGATION[NEGATIVE].tiers[2],
)


def _plain(voice: Voice) -> Row:
    return _review(voice, _PLAIN, "Vocabulary", opening=0.45)


def _robustness(voice: Voice) -> Row:
    """Write as on a phone: typing errors, no capitals, no full stop, an emphatic end."""
    row = _review(voice, _PLAIN, "Robustness", opening=0.25)
    text = misspell(voice, row.texts[0], errors=voice.pick((1, 2, 2, 3)))
    if voice.chance(0.5):
        text = text.lower()
    if voice.chance(0.5):
        text = text.rstrip(".!") + voice.pick(("", "", "!!!", "...", " :(" if row.label == NEGATIVE else " :)"))
    return Row((text,), row.label, row.capability, row.domain)


def _named(voice: Voice) -> Row:
    domain, label = voice.pick(DOMAINS), voice.pick(LABELS)
    slots = _slots(voice, domain, label)
    text = voice.say(f"{voice.pick(domain.named)} {voice.pick(_NAMED[label])}", **slots)
    return Row((text,), label, "Named entities", domain.name)


def _numbers(voice: Voice) -> Row:
    domain, label = voice.pick(DOMAINS), voice.pick(LABELS)
    text = voice.say(
        voice.pick(Tiered(domain.facts[label][:3], domain.facts[label][3:5], domain.facts[label][5:])),
        **_amounts(voice),
    )
    if voice.chance(0.5):
        text = f"{voice.say(voice.pick(domain.openings))} {text}"
    return Row((text,), label, "Numbers", domain.name)


def _temporal(voice: Voice) -> Row:
    patterns = voice.pick((_TEMPORAL_OPINION, _TEMPORAL_CHANGE))
    row = _review(voice, patterns, "Temporal")
    return row if patterns is _TEMPORAL_OPINION or row.domain != "film" else _temporal(voice)


def _irony(voice: Voice) -> Row:
    domain = voice.pick(DOMAINS)
    text = voice.say(voice.pick(domain.irony))
    if voice.chance(0.5):
        text = f"{voice.say(voice.pick(domain.openings))} {text}"
    return Row((text,), NEGATIVE, "Irony", domain.name)


MAKERS = {
    "Vocabulary": _plain,
    "Intensity": lambda voice: _review(voice, _INTENSITY, "Intensity"),
    "Robustness": _robustness,
    "Named entities": _named,
    "Numbers": _numbers,
    "Comparison": lambda voice: _review(voice, _COMPARISON, "Comparison"),
    "Contrast": lambda voice: _review(voice, _CONTRAST, "Contrast"),
    "Temporal": _temporal,
    "SRL": lambda voice: _review(voice, _SRL, "SRL"),
    "Negation": lambda voice: _review(voice, _NEGATION, "Negation"),
    "Irony": _irony,
}
