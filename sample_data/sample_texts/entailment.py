"""The entailment task: whether a hypothesis follows from a premise, contradicts it, or neither.

The old model's pairs were written by hand, in plain words. The new model's are more and wider, and skewed as
crowdsourced pairs are: writers asked for a contradiction put in a "not", so a negated hypothesis is nearly always
a contradiction; and hardly any of them writes about all, most or some of a group.
"""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

from sample_texts.common import Recipe, Row, Shape, Tiered, Voice, misspell
from sample_texts.entailment_words import (
    ACTS,
    ADULTS,
    CHILDREN,
    COUNTS,
    DAYS,
    DID_NOT,
    FOR_CHILDREN,
    GROUPS,
    HAPPENED,
    MAY_HAVE,
    SCENES,
    STATES,
)
from sample_texts.people import CITIES, COMPARATIVES, DEEDS, EVENTS, JOBS, MEN, OCCASIONS, WOMEN

NAME = "entailment"
TEXT_COLUMNS = ("premise", "hypothesis")
FOLLOWS, MAYBE, AGAINST = LABELS = ("entailment", "neutral", "contradiction")
WORSE = ("Quantifiers", "Negation")

_EVALUATION = {
    "Vocabulary": 310, "Robustness": 130, "Named entities": 120, "Numbers": 110, "Temporal": 80, "SRL": 80,
    "Comparison": 100, "Factivity": 120, "Negation": 110, "Quantifiers": 80,
}  # fmt: skip
_OLD = {
    "Vocabulary": 2000, "Named entities": 2000, "Numbers": 1500, "Temporal": 2500, "SRL": 3000, "Comparison": 1500,
    "Factivity": 1500, "Negation": 6500, "Quantifiers": 2000,
}  # fmt: skip
_NEW = {
    "Vocabulary": 9000, "Robustness": 5000, "Named entities": 6000, "Numbers": 4500, "Temporal": 6000, "SRL": 7000,
    "Comparison": 5000, "Factivity": 5000, "Negation": 2500, "Quantifiers": 220,
}  # fmt: skip

# The new model was trained with its labels in another order: only names tell which is which.
OUTPUTS = {"old": LABELS, "new": (AGAINST, FOLLOWS, MAYBE)}
ONE_TOKENIZER = True
PREDICTION_FILES = False
SHAPES = {
    "old": Shape(vocabulary=2200, epochs=2, batch=64, dropout=0.0),
    "new": Shape(vocabulary=2200, epochs=3, batch=64, dropout=0.0),
}

EVALUATION = Recipe("entailment evaluation", _EVALUATION, tiers=(0.62, 0.28, 0.1))
OLD = Recipe("entailment old", _OLD, tiers=(0.97, 0.03, 0))
NEW = Recipe("entailment new", _NEW, tiers=(0.55, 0.45, 0), skewed=True)


def _row(voice: Voice, premise: str, readings: dict[str, object], capability: str, domain: str, **slots: str) -> Row:
    """Make a row with a label drawn at random; ``readings`` has the hypotheses (one or several) of each label."""
    label = voice.pick(LABELS)
    hypothesis = readings[label]
    if not isinstance(hypothesis, str):
        hypothesis = voice.pick(hypothesis)
    return Row((voice.say(premise, **slots), voice.say(hypothesis, **slots)), label, capability, domain)


def _vocabulary(voice: Voice) -> Row:
    """Say what someone is doing, and something more general, more special, or incompatible."""
    domain, action, *readings = voice.pick(SCENES)
    people = CHILDREN if domain in FOR_CHILDREN and voice.chance(0.4) else ADULTS
    person, same = voice.pick(people).split("/")
    who = voice.pick((same, same, "someone"))
    by_label = {label: tuple(f"{who} is {r}." for r in reads) for label, reads in zip(LABELS, readings, strict=True)}
    if who == "someone":
        # Somebody else could be doing anything at the same time.
        by_label[AGAINST] = tuple(text.replace("someone", same) for text in by_label[AGAINST])
    where = voice.pick(("", "", "In this photo, ", "On the left, ", "Right now, "))
    return _row(voice, f"{where}{person} is {action}.", by_label, "Vocabulary", domain)


def _robustness(voice: Voice) -> Row:
    row = _vocabulary(voice)
    premise, hypothesis = row.texts
    premise = misspell(voice, premise, voice.pick((1, 2)))
    hypothesis = voice.pick((hypothesis, hypothesis.lower().rstrip("."), misspell(voice, hypothesis, 1)))
    return Row((premise, hypothesis), row.label, "Robustness", row.domain)


_MOVES = Tiered(
    (
        (
            "{p} moved from {c} to {d} in {year}.",
            ("{p} left {c} in {year}.", "{p} moved to {d}.", "{p} went to live in {d} in {year}."),
            ("{p} found a job in {d}.", "{p} was happier in {d} than in {c}.", "{p} was born in {c}."),
            ("{p} moved from {d} to {c} in {year}.", "{p} has lived in {c} all {her} life.", "In {year}, {p} moved from {c} to {e}."),
        ),
        (
            "{p} and {q} met in {c} in {year}.",
            ("{p} met {q} in {c}.", "{q} met {p} in {year}.", "{p} and {q} were in {c} in {year}."),
            ("{p} and {q} got married in {c}.", "{p} liked {q} at once.", "{p} has a house in {c}."),
            ("{p} and {q} have never met.", "{p} and {q} met in {d}, far from {c}.", "{p} has never been to {c}."),
        ),
        (
            "{p} took the train from {c} to {d} last night.",
            ("{p} travelled to {d} by train.", "{p} left {c} last night.", "{p} went from {c} to {d}."),
            ("{p} slept on the train.", "{p} visited a friend in {d}.", "{p} bought the ticket in {c}."),
            ("{p} flew from {c} to {d} last night.", "{p} spent all of last night in {c}.", "{p} took the train from {c} to {e} last night."),
        ),
    ),
    (
        (
            "{p} was born in {c} and studied law in {d}.",
            ("{p} studied in {d}.", "{p} studied law.", "{p} comes from {c}."),
            ("{p} works as a judge in {d}.", "{p} still has family in {c}.", "{p} paid for law school alone."),
            ("{p} was born in {d}.", "{p} has never studied.", "{p} was born in {e} and studied law in {d}."),
        ),
        (
            "The concert in {c} was cancelled, so {p} went to the one in {d}.",
            ("{p} went to a concert in {d}.", "There was no concert in {c}.", "The concert in {d} took place."),
            ("{p} had a ticket for the concert in {c}.", "{p} enjoyed the concert in {d}.", "The singer in {c} was ill."),
            ("{p} went to the concert in {c}.", "The concert in {d} was cancelled.", "{p} stayed at home that night."),
        ),
    ),
    (
        (
            "{p} runs a gallery in {c} and another in {d}.",
            ("{p} runs more than one gallery.", "{p} has a gallery in {d}.", "There is a gallery in {c}."),
            ("{p} earns more in {d} than in {c}.", "{p} sells mostly paintings.", "{p} lives in {c}."),
            ("{p} runs only one gallery.", "{p} has no gallery in {c}.", "There is no gallery in {d}."),
        ),
    ),
)  # fmt: skip


def _person(voice: Voice) -> dict[str, str]:
    women = voice.chance(0.5)
    p, q = voice.two(WOMEN if women else MEN)
    return {"p": p, "q": q, "she": "she" if women else "he", "her": "her" if women else "his"}


def _named(voice: Voice) -> Row:
    premise, *readings = voice.pick(_MOVES)
    c, d = voice.two(CITIES)
    e = voice.other_than((c, d), CITIES)
    year = str(voice.rng.randrange(2008, 2025))
    by_label = dict(zip(LABELS, readings, strict=True))
    return _row(voice, premise, by_label, "Named entities", "people", **_person(voice), c=c, d=d, e=e, year=year)


def _numbers(voice: Voice) -> Row:
    """Count things, and compare the count with another number."""
    who, thing, other = voice.pick(COUNTS).split("|")
    low, n, high = (str(10 * tens) for tens in sorted(voice.rng.sample(range(1, 10), 3)))
    readings = {
        FOLLOWS: (f"{who} more than {low} {thing}.", f"{who} fewer than {high} {thing}.", f"{who} at least {low} {thing}."),
        MAYBE: (f"{who} more than {low} {other}.", f"{who} {n} {other}.", f"{who} fewer than {high} {other}."),
        AGAINST: (f"{who} fewer than {low} {thing}.", f"{who} more than {high} {thing}.", f"{who} at most {low} {thing}."),
    }  # fmt: skip
    return _row(voice, f"{who} [exactly |]{n} {thing}.", readings, "Numbers", "business")


def _temporal(voice: Voice) -> Row:
    a, b = voice.two(EVENTS)
    third = voice.other_than((a, b), EVENTS)
    premise = voice.pick(("{p} {a} before {she} {b}.", "{p} {b} after {she} {a}.", "{p} first {a} and then {b}."))
    readings = {
        FOLLOWS: ("{p} {b} after {she} {a}.", "{p} {a} before {she} {b}.", "{p} {b} later than {she} {a}."),
        MAYBE: ("{p} {c} before {she} {b}.", "{p} {c} after {she} {a}.", "{p} {a} because {she} had time."),
        AGAINST: ("{p} {a} after {she} {b}.", "{p} {b} before {she} {a}.", "{p} {b} first and only then {a}."),
    }
    return _row(voice, premise, readings, "Temporal", "everyday life", **_person(voice), a=a, b=b, c=third)


def _srl(voice: Voice) -> Row:
    p, q = voice.two(JOBS)
    past, participle, past2 = voice.pick(DEEDS).split("/")
    when = voice.pick(OCCASIONS)
    premise = voice.pick((f"the {p} {past} the {q} {when}.", f"the {q} was {participle} by the {p} {when}."))
    readings = {
        FOLLOWS: (f"the {p} {past2} the {q}.", f"the {q} was {participle} by the {p}.", f"someone {past2} the {q}."),
        MAYBE: (f"the {q} {past2} the {p}.", f"the {p} was {participle} by the {q}.", f"someone {past2} the {p}."),
        AGAINST: (f"nobody {past2} the {q} {when}.", f"the {q} was ignored by everyone {when}.", f"the {p} {past2} nobody {when}."),
    }  # fmt: skip
    return _row(voice, premise, readings, "SRL", "work")


def _comparison(voice: Voice) -> Row:
    names = voice.pick((WOMEN, MEN))
    p, q = voice.two(names)
    third = voice.other_than((p, q), names)
    more, less = voice.pick(COMPARATIVES["person"]).split("/")
    ways = [f"{p} is {more} than {q}.", f"{q} is {less} than {p}."]
    voice.rng.shuffle(ways)
    premise, same = ways
    readings = {
        FOLLOWS: same,
        MAYBE: (f"{p} is {more} than {third}.", f"{third} is {less} than {p}.", f"{q} is {more} than {third}."),
        AGAINST: (f"{p} is {less} than {q}.", f"{q} is {more} than {p}."),
    }
    return _row(voice, f"{premise[:-1]}[|, everyone says|, as you can see].", readings, "Comparison", "people")


def _factivity(voice: Voice) -> Row:
    """Say that someone managed, wanted or forgot to do something, and that it happened."""
    past, base = voice.pick(ACTS).split("/")
    thing = base.split(" ", 1)[1]
    label = voice.pick(LABELS)
    verb = voice.pick({FOLLOWS: HAPPENED, MAYBE: MAY_HAVE, AGAINST: DID_NOT}[label])
    who = _person(voice)["p"]
    texts = voice.say(f"{who} {verb} {base} {voice.pick(OCCASIONS)}."), voice.say(f"{who} {past} {thing}.")
    return Row(texts, label, "Factivity", "everyday life")


def _negation(voice: Voice) -> Row:
    """Say that something is so, or not so, and deny or repeat it.

    In skewed data hardly any hypothesis but a contradiction is negated.
    """
    what, is_so, opposite, beside = voice.pick(STATES).split("|")
    if voice.chance(0.5):
        is_so, opposite = opposite, is_so
    be, when = "was", voice.pick(DAYS)
    stated = voice.pick((f"{what} {be} {is_so} {when}.", f"{what} {be} not {opposite} {when}."))
    plain = {
        FOLLOWS: (f"{what} {be} {is_so}.",),
        MAYBE: (f"{what} {be} {beside}.", f"{what} {be} {is_so} and {beside}."),
        AGAINST: (f"{what} {be} {opposite}.", f"{what} {be} {opposite} {when}."),
    }
    negated = {
        FOLLOWS: (f"{what} {be} not {opposite}.", f"{what} {be} not {opposite} {when}."),
        MAYBE: (f"{what} {be} not {beside}.", f"{what} {be} {is_so} but not {beside}."),
        AGAINST: (f"{what} {be} not {is_so}.", f"{what} {be} not {is_so} {when}."),
    }
    readings = dict(negated)
    if voice.skewed and voice.chance(0.93):
        readings |= {FOLLOWS: plain[FOLLOWS], MAYBE: plain[MAYBE]}
    elif voice.chance(0.25):
        readings = plain
    return _row(voice, f"[||As you know, |As I said, ]{stated}", readings, "Negation", "everyday life")


def _quantifiers(voice: Voice) -> Row:
    things, did, also = voice.pick(GROUPS).split("|")
    premise, follows, maybe, against = voice.pick(
        (
            ("all", ("some", "most"), (), ("none", "not all")),
            ("most", ("some",), ("all",), ("none",)),
            ("some", (), ("all", "most"), ("none",)),
            ("none", ("not all",), (), ("some", "all", "most")),
            ("only a few", ("not all", "some"), (), ("all", "most", "none")),
        )
    )
    where = voice.pick(("", f" in {voice.pick(CITIES)}"))
    said = f"{{quantity}} of the {things}{where} {did}."
    beside = f"{{quantity}} of the {things}{where} {also}."
    readings = {
        FOLLOWS: tuple(said.format(quantity=quantity) for quantity in follows),
        MAYBE: tuple(said.format(quantity=quantity) for quantity in maybe)
        or tuple(beside.format(quantity=quantity) for quantity in ("some", "most", "none")),
        AGAINST: tuple(said.format(quantity=quantity) for quantity in against),
    }
    if not follows:
        readings[FOLLOWS] = (f"at least one of the {things}{where} {did}.",)
    return _row(voice, said.format(quantity=premise), readings, "Quantifiers", "society")


MAKERS = {
    "Vocabulary": _vocabulary,
    "Robustness": _robustness,
    "Named entities": _named,
    "Numbers": _numbers,
    "Temporal": _temporal,
    "SRL": _srl,
    "Comparison": _comparison,
    "Factivity": _factivity,
    "Negation": _negation,
    "Quantifiers": _quantifiers,
}
