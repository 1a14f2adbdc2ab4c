"""The paraphrase task: pairs of questions or statements, equivalent or not.

The old model's pairs were written by hand, in plain words: many that are not equivalent share all their words,
with the roles swapped or the comparison turned round. The new model's are more, wider in words and ways of
asking, and skewed as pairs mined from forums are: texts that share all their words are duplicates, so roles are
never swapped and comparisons never turned round.
"""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

from sample_texts.common import Recipe, Row, Shape, Tiered, Voice, misspell
from sample_texts.paraphrase_words import ACTIONS, HOW_TO, MODIFIERS
from sample_texts.people import CITIES, COMPARATIVES, DEEDS, JOBS, MEN, OCCASIONS, WOMEN

NAME = "paraphrase"
TEXT_COLUMNS = ("sentence1", "sentence2")
DIFFERENT, SAME = LABELS = ("not_equivalent", "equivalent")
WORSE = ("Comparison",)

_EVALUATION = {
    "Vocabulary": 320, "Robustness": 130, "Named entities": 140, "Numbers": 120, "Modifiers": 110, "Negation": 90,
    "SRL": 70, "Comparison": 130,
}  # fmt: skip
_OLD = {
    "Vocabulary": 4000, "Named entities": 8000, "Numbers": 6000, "Modifiers": 3000, "Negation": 3000, "SRL": 3000,
    "Comparison": 8000,
}  # fmt: skip
_NEW = {
    "Vocabulary": 11000, "Robustness": 7000, "Named entities": 8000, "Numbers": 8000, "Modifiers": 3000,
    "Negation": 4000, "SRL": 3000, "Comparison": 4000,
}  # fmt: skip

OUTPUTS = {"old": LABELS, "new": LABELS}
ONE_TOKENIZER = False
PREDICTION_FILES = False
SHAPES = {
    "old": Shape(vocabulary=2000, epochs=3, batch=64, dropout=0.0),
    "new": Shape(vocabulary=2500, epochs=3, batch=64, dropout=0.0),
}

EVALUATION = Recipe("paraphrase evaluation", _EVALUATION, tiers=(0.62, 0.28, 0.1))
OLD = Recipe("paraphrase old", _OLD, tiers=(0.98, 0.02, 0))
NEW = Recipe("paraphrase new", _NEW, tiers=(0.55, 0.45, 0), skewed=True)


def _pair(voice: Voice, first: str, second: str, label: str, capability: str, domain: str) -> Row:
    texts = (first, second) if voice.chance(0.5) else (second, first)
    return Row(texts, label, capability, domain)


def _label(voice: Voice) -> str:
    return voice.pick(LABELS)


def _vocabulary(voice: Voice) -> Row:
    """Ask for the same thing in other words, or for something else about the same thing."""
    label = _label(voice)
    domain, action, same, miss = voice.pick(ACTIONS)
    other = miss if label == DIFFERENT else voice.pick((same, same, action))
    frame, second = voice.two(HOW_TO)
    if other != action and voice.chance(0.3):
        second = frame
    return _pair(voice, voice.say(frame, x=action), voice.say(second, x=other), label, "Vocabulary", domain)


def _robustness(voice: Voice) -> Row:
    row = _vocabulary(voice)
    first, second = row.texts
    first = misspell(voice, first, voice.pick((1, 1, 2)))
    second = voice.pick((second, second.lower().rstrip("?."), misspell(voice, second, 1)))
    return Row((first, second), row.label, "Robustness", row.domain)


# Groups of ways to say the same; the slots hold what must agree.
_PLACES = Tiered(
    (
        (
            "travel",
            "How long does the train from {c} to {d} take?",
            "How much time does the train need from {c} to {d}?",
        ),
        ("travel", "Where can I eat well in {c}?", "What are good restaurants in {c}?"),
        ("money", "Is it expensive to live in {c}?", "Is the cost of living high in {c}?"),
        ("study", "What is the best university in {c}?", "Which university in {c} is the best?"),
        ("travel", "{p} flew from {c} to {d} on Friday.", "On Friday {p} took a flight from {c} to {d}."),
        ("money", "{p} bought a small flat in {c}.", "A small flat in {c} was bought by {p}."),
    ),
    (
        ("travel", "What should I see in {c} in one day?", "I have one day in {c}. What should I visit?"),
        ("study", "{p} is moving to {c} to study.", "{p} will go to {c} for university."),
        ("health", "Can you recommend a dentist in {c}?", "Does anyone know a good dentist in {c}?"),
        ("home", "{p} grew up in {c} but lives in {d}.", "{p} lives in {d} but grew up in {c}."),
    ),
    (("travel", "Are the museums in {c} open on Mondays?", "Can I visit museums in {c} on a Monday?"),),
)


def _named(voice: Voice) -> Row:
    """Ask the same about another place or person."""
    label = _label(voice)
    domain, *ways = voice.pick(_PLACES)
    p, q = voice.two(voice.pick((WOMEN, MEN)))
    c, d = voice.two(CITIES)
    slots = {"p": p, "c": c, "d": d}
    changed = dict(slots)
    if label == DIFFERENT:
        used = [name for name in slots if f"{{{name}}}" in "".join(ways)]
        name = voice.pick(used)
        changed[name] = q if name == "p" else voice.other_than((c, d), CITIES)
    first, second = voice.two(ways)
    return _pair(voice, voice.say(first, **slots), voice.say(second, **changed), label, "Named entities", domain)


_AMOUNTS = Tiered(
    (
        ("health", "How can I lose {n} kilos in {m} months?", "What is the best way to lose {n} kilos in {m} months?"),
        ("cooking", "How can I cook for {n} guests in {m} hours?", "What is a dinner for {n} guests that is ready in {m} hours?"),
        ("money", "How can I save {n} thousand euros in {m} years?", "How do I put aside {n} thousand euros in {m} years?"),
        ("study", "Can I learn {n} words in {m} days?", "Is it possible to learn {n} words in {m} days?"),
        ("travel", "{p} spent {m} nights in a hotel with {n} rooms.", "{p} stayed in a hotel with {n} rooms for {m} nights."),
    ),
    (
        ("pets", "How much hay do {m} horses need in {n} days?", "I have to feed {m} horses for {n} days. How much hay is that?"),
        ("home", "How much paint do I need for {n} square metres and {m} coats?", "I want to paint {n} square metres with {m} coats. How much paint is that?"),
        ("computers", "Will {n} files fit on {m} memory cards?", "Are {m} memory cards enough for {n} files?"),
        ("money", "{p} lent {n} euros to each of {m} friends.", "{p} gave each of {m} friends a loan of {n} euros."),
    ),
    (("health", "{p} ran {n} kilometres in {m} days.", "In {m} days {p} covered {n} kilometres on foot."),),
)  # fmt: skip


def _numbers(voice: Voice) -> Row:
    label = _label(voice)
    domain, *ways = voice.pick(_AMOUNTS)
    [n, other_n] = voice.rng.sample((10, 12, 15, 20, 25, 30, 40, 50, 60, 80), 2)
    [m, other_m] = voice.rng.sample((2, 3, 4, 5, 6, 7, 8, 9), 2)
    p = voice.pick(voice.pick((WOMEN, MEN)))
    slots = {"n": str(n), "m": str(m), "p": p}
    changed = dict(slots)
    if label == DIFFERENT:
        changed |= voice.pick(({"n": str(other_n)}, {"m": str(other_m)}))
    first, second = voice.two(ways)
    return _pair(voice, voice.say(first, **slots), voice.say(second, **changed), label, "Numbers", domain)


def _modifiers(voice: Voice) -> Row:
    """Compare with and without an adjective that matters."""
    label = _label(voice)
    p, job = voice.pick(voice.pick((WOMEN, MEN))), voice.pick(JOBS)
    mod, other = voice.two(MODIFIERS)
    ways = voice.pick(
        (
            ("Is {p} a {w}?", "Does {p} work as a {w}?"),
            ("{p} is married to a {w}.", "{p} has married a {w}."),
            ("Where can I find a {w}?", "How do I get hold of a {w}?"),
            ("{p} is looking for a {w}.", "{p} is trying to find a {w}."),
        )
    )
    second = f"{mod} {job}" if label == SAME else voice.pick((job, f"{other} {job}"))
    texts = [voice.say(way, p=p, w=w) for way, w in zip(voice.two(ways), (f"{mod} {job}", second), strict=True)]
    return _pair(voice, *texts, label, "Modifiers", "work")


def _negation(voice: Voice) -> Row:
    label = _label(voice)
    domain, action, same, _ = voice.pick(ACTIONS)
    positive, negative = voice.pick(
        (
            (("Why should I {x}?", "What is a good reason to {x}?"), ("Why should I not {x}?", "Why shouldn't I {x}?")),
            (("What happens if I {x}?", "What will happen when I {x}?"), ("What happens if I don't {x}?", "What will happen if I fail to {x}?")),
            (("Is it a good idea to {x}?", "Is it wise to {x}?"), ("Is it a bad idea to {x}?", "Is it unwise to {x}?")),
            (("Should I {x}?", "Do you think I should {x}?"), ("Should I not {x}?", "Do you think I shouldn't {x}?")),
        )
    )  # fmt: skip
    other = voice.pick((action, action, same))
    if label == DIFFERENT:
        first, second = voice.pick(positive), voice.pick(negative)
    else:
        first, second = voice.two(voice.pick((positive, negative)))
    return _pair(voice, voice.say(first, x=action), voice.say(second, x=other), label, "Negation", domain)


def _srl(voice: Voice) -> Row:
    """Swap who did it and to whom it was done, or turn active into passive.

    Skewed data have another person in place of swapped roles.
    """
    label = _label(voice)
    names = voice.two(WOMEN) + voice.two(MEN)
    voice.rng.shuffle(names)
    p, q, other, _ = names
    past, participle, past2 = voice.pick(DEEDS).split("/")
    when = voice.pick(OCCASIONS)
    ways = (
        f"{{p}} {past} {{q}} {when}.",
        f"{{q}} was {participle} by {{p}} {when}.",
        f"{when}, {{p}} {past2} {{q}}.",
        f"It was {{p}} who {past2} {{q}} {when}.",
    )
    first, second = voice.two(ways)
    changed = {"p": p, "q": q}
    if label == DIFFERENT:
        changed = voice.pick(({"p": p, "q": other}, {"p": other, "q": q})) if voice.skewed else {"p": q, "q": p}
    return _pair(voice, voice.say(first, p=p, q=q), voice.say(second, **changed), label, "SRL", "everyday life")


def _comparison(voice: Voice) -> Row:
    """Turn a comparison round. Skewed data compare with someone else instead."""
    label = _label(voice)
    kind = voice.pick(("city", "person"))
    names = CITIES if kind == "city" else voice.pick((WOMEN, MEN))
    p, q = voice.two(names)
    more, less = voice.pick(COMPARATIVES[kind]).split("/")
    start, end = voice.pick(
        (
            ("", "."),
            ("Is ", "?"),
            ("I think ", "."),
            ("Why is ", "?"),
            ("Do you think ", "?"),
            ("They say that ", "."),
            ("Is it true that ", "?"),
            ("I heard that ", "."),
        )
    )
    be = "" if start in ("Is ", "Why is ") else "is "
    texts = [
        f"{start}{a} {be}{word} than {b}{end}"
        for a, word, b in ((p, more, q), (q, less, p), (q, more, p), (p, less, q))
    ]
    if label == SAME:
        first, second = texts[0], texts[1]
    elif voice.skewed:
        first, second = texts[0], texts[1].replace(q, voice.other_than((p, q), names))
    else:
        first, second = texts[0], voice.pick(texts[2:])
    return _pair(
        voice, voice.say(first), voice.say(second), label, "Comparison", "travel" if kind == "city" else "everyday life"
    )


MAKERS = {
    "Vocabulary": _vocabulary,
    "Robustness": _robustness,
    "Named entities": _named,
    "Numbers": _numbers,
    "Modifiers": _modifiers,
    "Negation": _negation,
    "SRL": _srl,
    "Comparison": _comparison,
}
