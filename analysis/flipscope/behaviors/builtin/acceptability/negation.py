"""Acceptability, Negation: where 'not' and 'never' stand, and words such as 'ever' that need a negation."""

from __future__ import annotations

from flipscope.behaviors.builtin.acceptability.pairs import mft

_PLACE = [
    "{person} [does not like|likes not] {food}.",
    "{person} has [never been|been never] to {city}.",
    "The {job.one} [did not answer|not answered] {person}.",
    "{person} does not [eat|eats] {food}.",
    "{person} [is not|not is] {a job.one}.",
    "[Do not|Not] {handle.base} the {thing.one}!",
    "{person} [will not|not will] move to {city}.",
    "{person} [never eats|eats never] {food}.",
    "The {job.many} [have not|not have] {handle.done} the {thing.one}.",
    "Why [didn't {person}|{person} didn't] {handle.base} the {thing.one}?",
    "{person} asked me [not to|to don't] {handle.base} the {thing.one}.",
    "I [do not|not] know where {person} lives.",
]

_EVER = [
    "[Nobody|Somebody] in {city} has ever met {person}.",
    "[No|Some] {job.one} has ever been to {city}.",
    "{person} [doesn't have|has] any {animal.many}.",
    "{person} [didn't {handle.base}|{handle.past}] any {thing.many} {time}.",
    "[None|Some] of the {job.many} have ever met {person}.",
    "{person} [hasn't|has] visited {city} yet, but {person2} will.",
    "{person} [hasn't|has] been to {city} in years.",
    "I [don't think|think] that {person} will ever leave {city}.",
    "[Few|Many] {job.many} have ever seen {a animal.one}.",
    "{person} [can't|can] play the {instrument} at all.",
    "{person} [doesn't eat|eats] {food}, and {person2} doesn't either.",
    "[Hardly anyone|Almost everyone] in {city} has ever spoken to the {job.one}.",
]

TESTS = [
    mft(
        "not-and-never",
        "place of 'not' and 'never'",
        "Negation",
        "'Not' follows an auxiliary, if need be 'do', and 'never' comes before the verb.",
        _PLACE,
    ),
    mft(
        "polarity-items",
        "words that need a negation",
        "Negation",
        "'Ever', 'any', 'yet' and the like need a negation or something like it in the sentence.",
        _EVER,
    ),
]
