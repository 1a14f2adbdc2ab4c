"""Acceptability, SRL and Temporal: what verbs ask for, and their forms after auxiliaries and with times."""

from __future__ import annotations

from flipscope.behaviors.builtin.acceptability.pairs import mft

_OBJECT = [
    "{person} devoured[ the {dish.one}|].",
    "{person} put the {thing.one}[ near the door|].",
    "{Time}, {person} purchased[ {a thing.one}|].",
    "The {job.one} repaired[ the {thing.one}|] {time}.",
    "{person} mentioned[ the {job.one}|] at dinner.",
    "{person} slept[| the {thing.one}].",
    "The {job.one} smiled[| the {animal.one}].",
    "The {animal.one} vanished[| the {job.one}] {time}.",
    "{person} arrived[| the {job.one}] in {city} {time}.",
    "The accident happened[| the {job.one}] in {city}.",
    "The {job.one} resembles[ {person}|].",
    "The {animal.one} died[| the {job.one}] {time}.",
]

_PREPOSITION = [
    "{person} is waiting[ for|] the {job.one}.",
    "{person} listened[ to|] the {job.one} for an hour.",
    "The {animal.one} looked[ at|] the {job.one}.",
    "{person} laughed[ at|] the {job.one}.",
    "This {thing.one} belongs[ to|] {person}.",
    "The {job.one} depends [on|of] {person}.",
    "{person} is interested [in|at] {language}.",
    "{person} is afraid [of|to] {animal.many}.",
    "{person} is married [to|of] {a job.one}.",
    "The {job.one} reminds me [of|at] {person}.",
    "{person} apologized[ to|] the {job.one}.",
    "{person} reached[| to] {city} {time}.",
]

_RECIPIENT = [
    "{person} explained [the rules to {person2}|{person2} the rules].",
    "{person} described [the {thing.one} to me|me the {thing.one}].",
    "{person} mentioned [the problem to the {job.one}|the {job.one} the problem].",
    "{person} reported [the accident to the {job.one}|the {job.one} the accident].",
    "{person} announced [the news to the {job.many}|the {job.many} the news].",
    "The {job.one} demonstrated [the new method to {person}|{person} the new method].",
    "{person} confessed [everything to {person2}|{person2} everything].",
    "The {job.one} said [something to {person}|{person} something].",
    "{person} donated [the {thing.one} to the museum|the museum the {thing.one}].",
    "The {job.one} suggested [a hotel in {city} to us|us a hotel in {city}].",
]

_COMPLEMENT = [
    "{person} enjoys [{act.ing}|to {act.base}].",
    "{person} wants [to {handle.base}|{handle.ing}] the {thing.one}.",
    "{person} decided [to {handle.base}|{handle.ing}] the {thing.one}.",
    "{person} avoided [talking|to talk] to the {job.one}.",
    "{person} hopes [to visit|visiting] {city}.",
    "The {job.one} finished [{chore.ing}|to {chore.base}] the {thing.one}.",
    "The {job.one} let {person} [{act.base}|to {act.base}].",
    "The {job.one} made {person} [{act.base}|{act.ing}].",
    "{person} refused [to {handle.base}|{handle.ing}] the {thing.one}.",
    "{person} promised [to come|coming] to {city}.",
    "{person} told {person2} [to {handle.base}|{handle.ing}] the {thing.one}.",
    "{person} kept [{act.ing}|to {act.base}].",
]

_AUXILIARY = [
    "{person} can [{act.base}|{act.s}].",
    "{person} will [{act.base}|{act.past}] in {city} tomorrow.",
    "The {job.many} should [{act.base}|{act.ing}] more often.",
    "{person} did not [{handle.base}|{handle.past}] the {thing.one}.",
    "{person} has [{handle.done}|{handle.ing}] the {thing.one}.",
    "{person} is [{handle.ing}|{handle.base}] the {thing.one}.",
    "Did {person} [{handle.base}|{handle.past}] the {thing.one}?",
    "{person} wants to [{handle.base}|{handle.s}] {a thing.one}.",
    "The {thing.one} was [{handle.done}|{handle.s}] by {person}.",
    "The {job.one} could have [{handle.done}|{handle.ing}] the {thing.one}.",
    "{person} might [{handle.base}|{handle.past}] the {thing.many}.",
    "Does {person} [{act.base}|{act.s}] every day?",
]

_TIME = [
    "{person} [{handle.past}|will {handle.base}] the {thing.one} yesterday.",
    "{person} [will {handle.base}|{handle.past}] the {thing.one} tomorrow.",
    "Last year, {person} [moved|will move] to {city}.",
    "Next year, {person} [will move|moved] to {city}.",
    "{person} [has lived|lives] in {city} since {year}.",
    "{person} has lived in {city} [for|since] {number} years.",
    "{person} has been {a job.one} [since|for] {year}.",
    "{person} [owns|is owning] {a thing.one}.",
    "This {thing.one} [belongs|is belonging] to {person}.",
    "While {person} [was|will be] sleeping, the {job.one} {handle.past} the {thing.one}.",
    "It [rained|will rain] in {city} last night.",
    "{person} [knows|is knowing] the {job.one} very well.",
]

TESTS = [
    mft(
        "auxiliary-and-form",
        "form of the verb after an auxiliary",
        "Temporal",
        "Modals, 'do', 'have' and 'be' each ask for one form of the verb that follows.",
        _AUXILIARY,
    ),
    mft(
        "tense-and-time",
        "tense fits the time",
        "Temporal",
        "The tense goes with the time that the sentence names, and states are not in progress.",
        _TIME,
    ),
    mft(
        "objects",
        "verb with and without an object",
        "SRL",
        "Some verbs need an object and others allow none.",
        _OBJECT,
    ),
    mft(
        "prepositions",
        "word and its preposition",
        "SRL",
        "A verb or an adjective asks for a certain preposition, or for none.",
        _PREPOSITION,
    ),
    mft(
        "recipients",
        "recipient with 'to'",
        "SRL",
        "Verbs such as 'explain' take the recipient with 'to', and not as a first object as 'give' does.",
        _RECIPIENT,
    ),
    mft(
        "complements",
        "infinitive or -ing form after a verb",
        "SRL",
        "Each verb asks for an infinitive, an infinitive without 'to', or an -ing form.",
        _COMPLEMENT,
    ),
]
