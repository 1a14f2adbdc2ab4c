"""Acceptability, changes that leave a sentence as acceptable as it was (INV), and damage to a sentence (DIR)."""

from __future__ import annotations

import re
from typing import Any

from flipscope.behaviors.builtin.acceptability.pairs import split


def _exchanged(frames: list[str], slot: str, count: int) -> list[list[str]]:
    """Both members of each pair, each as one case of `count` texts with other words in this slot."""
    number_of = re.compile(rf"(?<=[{{ ]){slot}(?=[.}}])", re.IGNORECASE)
    return [
        [number_of.sub(rf"\g<0>{number or ''}", text) for number in range(count)]
        for frame in frames
        for text in dict.fromkeys(split(frame))
    ]


_NAMES = [
    "{person} [likes|like] {food}.",
    "I met {person} in {city} [yesterday|tomorrow].",
    "{person} and the {job.one} [are|is] friends.",
    "Where [does {person} live|{person} lives]?",
    "{person} gave [me|I] the {thing.one}.",
    "The {job.one} [has|have] called {person}.",
    "{person} {handle.past} [these|this] {thing.many}.",
    "I know that {person}[ is|] at home.",
    "{person} [must have been|must been have] {act.ing}.",
    "What did {person} buy [in {city}|the {thing.one} in {city}]?",
]

_NOUNS = [
    ("thing", "The {thing.one} [is|are] very old."),
    ("thing", "{person} {handle.past} [those|that] {thing.many}."),
    ("animal", "The {job.one} has {number} [{animal.many}|{animal.one}]."),
    ("animal", "There [is|are] {a animal.one} in the garden."),
    ("job", "{person} works as {a job.one}[| in]."),
    ("job", "The {job.many} [have|has] met {person}."),
    ("city", "{person} [has|have] lived in {city} for years."),
    ("food", "My {kin.one} [eats|eat] {food} every day."),
    ("language", "{person} [can speak|can speaks] {language}."),
    ("adjective", "The [{adjective} {thing.one}|{thing.one} {adjective}] belongs to my {kin.one}."),
]

_CONTRACTIONS = [
    ("The {thing.one} is not [expensive|expensively].", "is not", "isn't"),
    ("{person} does not [like|likes] {food}.", "does not", "doesn't"),
    ("I have never [been|be] to {city}.", "I have", "I've"),
    ("They are [waiting|wait] for {person}.", "They are", "They're"),
    ("I do not know [{person}|of whom {person}].", "do not", "don't"),
    ("We will [visit|visited] {person} in {city}.", "We will", "We'll"),
    ("{person} cannot [swim|swims].", "cannot", "can't"),
    ("It is a very [old|older] {animal.one}.", "It is", "It's"),
    ("The {job.many} were not [in|at in] {city}.", "were not", "weren't"),
    ("I am [sure|surely] that {person} {handle.past} the {thing.one}.", "I am", "I'm"),
    ("You should not [{handle.base}|{handle.past}] the {thing.one}.", "should not", "shouldn't"),
    ("{person} could not [{handle.base}|{handle.ing}] the {thing.one}.", "could not", "couldn't"),
]

_NUMBERS = [
    "{person} has {number} [{animal.many}|{animal.one}].",
    "There [are|is] {number} {job.many} in the room.",
    "{person} lived in {city} for {number} [years|year].",
    "The {number} {thing.many} [were|was] sold.",
    "{person} {handle.past} {number} [old {thing.many}|{thing.many} old].",
    "At {number} o'clock, {person} [left|leave] {city}.",
    "{person} has been here [for|since] {number} hours.",
    "We need {number} more [{thing.many}|{thing.one}].",
    "The {job.one} [spoke|speak] to {number} {job2.many}.",
    "{number.digits} of the {job.many} [live|lives] in {city}.",
]

_ADVERBS = [
    "{person} {manner} {chore.past} [the {thing.one}|{thing.one} the].",
    "The {job.one} [has|have] {manner} {chore.done} the {thing.one}.",
    "{person} {chore.past} the {thing.one} {manner}[| the].",
    "The {animal.one} {manner} left [the garden|garden the].",
    "{person} and {person2} [were|was] {manner} eating {food}.",
    "{Manner}, the {job.one} opened [the {lock.one}|{lock.one} the].",
    "{person} {manner} gave [me|I] the {thing.one}.",
    "Did {person} {manner} [{chore.base}|{chore.past}] the {thing.one}?",
    "{person} will {manner} [move|moves] to {city}.",
    "The {job.many} {manner} {chore.past} [these|this] {thing.many}.",
]

_DOUBLED = [
    "The {job.one} lives in[| in] {city}.",
    "{person} {handle.past} the[| the] {thing.one} {time}.",
    "{person} is[| is] {a job.one}.",
    "My {kin.one} and[| and] {person} like {food}.",
    "There are {number}[| {number}] {animal.many} in the garden.",
    "{person} has never been[| been] to {city}.",
    "The {thing.one}[| {thing.one}] belongs to {person}.",
    "{person} told me that[| that] the {job.one} was {feeling}.",
    "Where did[| did] {person} buy the {thing.one}?",
    "I[| I] met {person} in {city} {time}.",
]

_DROPPED = [
    "The {job.one} lives [in |]{city}.",
    "{person} {handle.past} [the |]{thing.one} {time}.",
    "{person} is [{a job.one}|{job.one}].",
    "The {thing.one} belongs [to |]my {kin.one}.",
    "{person} wants [to |]{handle.base} {a thing.one}.",
    "{person} has never been [to |]{city}.",
    "The key to [the |]{lock.one} is lost.",
    "{person} is {compared.more} [than |]{person2}.",
    "One of [the |]{job.many} {handle.past} the {thing.one}.",
    "{person} was looking [for |]the {thing.one}.",
]

_SWAPPED = [
    "The {job.one} [lives in|in lives] {city}.",
    "{person} {handle.past} [the {thing.one}|{thing.one} the] {time}.",
    "{person} [is {a job.one}|{a job.one} is].",
    "My {kin.one} [likes {food}|{food} likes] very much.",
    "There are {number} {animal.many} [in the|the in] garden.",
    "{person} has never [been to|to been] {city}.",
    "[The {thing.one}|{Thing.one} the] belongs to {person}.",
    "{person} told me [that the|the that] {job.one} was {feeling}.",
    "{person} wants [to {handle.base}|{handle.base} to] the {thing.one}.",
    "I [met {person}|{person} met] in {city} {time}.",
]


def _inv(id: str, name: str, capability: str, description: str, templates: list[list[str]]) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "capability": capability,
        "type": "INV",
        "description": f"{description} Half of the sentences are unacceptable. A failure means that the model judges "
        "the words and not how they are put together.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates,
    }


def _dir(id: str, name: str, description: str, frames: list[str]) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "capability": "Robustness",
        "type": "DIR",
        "description": f"{description} A failure means that P(acceptable) is higher after it than before.",
        "expect": {"kind": "score_shift", "weights": {"acceptable": 1}, "direction": "down", "tolerance": 0},
        "n": 150,
        "templates": [list(split(frame)) for frame in frames],
    }


TESTS = [
    _inv(
        "content-words",
        "nouns and adjectives exchanged",
        "Vocabulary",
        "A noun or an adjective is exchanged for another one of its kind.",
        [texts for slot, frame in _NOUNS for texts in _exchanged([frame], slot, 3)],
    ),
    _inv(
        "adverbs",
        "adverbs exchanged",
        "Vocabulary",
        "An adverb of manner is exchanged for another one.",
        _exchanged(_ADVERBS, "manner", 3),
    ),
    _inv(
        "contractions",
        "contractions",
        "Robustness",
        "'Is not' becomes 'isn't', and so on.",
        [[text, text.replace(full, short)] for frame, full, short in _CONTRACTIONS for text in split(frame)],
    ),
    _inv(
        "names", "people's names exchanged", "NER", "A name is exchanged for another.", _exchanged(_NAMES, "person", 4)
    ),
    _inv("numbers", "numbers exchanged", "NER", "A number above one is exchanged.", _exchanged(_NUMBERS, "number", 4)),
    _dir("doubled-word", "one word doubled", "A word is written twice.", _DOUBLED),
    _dir("dropped-word", "one word dropped", "A small word that the sentence needs is left out.", _DROPPED),
    _dir("swapped-words", "neighbouring words swapped", "Two neighbours change places.", _SWAPPED),
]
