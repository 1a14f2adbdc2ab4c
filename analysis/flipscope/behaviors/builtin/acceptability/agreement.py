"""Acceptability, Agreement and Vocabulary: subjects and verbs, determiners and nouns, what can be counted."""

from __future__ import annotations

from flipscope.behaviors.builtin.acceptability.pairs import mft

_SUBJECT = [
    "The {job.one} [works|work] in {city}.",
    "The {job.many} [work|works] in {city}.",
    "My {kin.one} [likes|like] {food}.",
    "My {kin.many} [like|likes] {food}.",
    "The {animal.one} [is|are] {feeling}.",
    "The {animal.many} [are|is] {feeling}.",
    "{person} [has|have] {number} {animal.many}.",
    "{person} and {person2} [have|has] {a animal.one}.",
    "Every {job.one} in {city} [speaks|speak] {language}.",
    "Both {job.many} [play|plays] the {instrument}.",
    "I [was|were] in {city} {time}.",
    "These {thing.many} [belong|belongs] to {person}.",
]

_DISTRACTOR = [
    "The {job.one} near the {job2.many} [is|are] {feeling}.",
    "The {job.many} near the {job2.one} [are|is] {feeling}.",
    "The {thing.one} behind the {thing2.many} [belongs|belong] to {person}.",
    "The {thing.many} behind the {thing2.one} [belong|belongs] to {person}.",
    "The {job.one} who helped the {job2.many} [lives|live] in {city}.",
    "The {job.many} who helped the {job2.one} [live|lives] in {city}.",
    "The {job.one} that the {job2.many} admire [lives|live] in {city}.",
    "The {job.many} that the {job2.one} admires [live|lives] in {city}.",
    "The key to the {lock.many} [is|are] in the kitchen.",
    "The keys to the {lock.one} [are|is] in the kitchen.",
    "The letters from my {kin.one} in {city} [were|was] very long.",
    "{A job.one}, unlike most {job2.many}, [works|work] at night.",
]

_QUESTION = [
    "[Is|Are] the {job.one} at home?",
    "[Are|Is] the {job.many} at home?",
    "[Does|Do] your {kin.one} like {food}?",
    "[Do|Does] your {kin.many} like {food}?",
    "[Has|Have] the {job.one} called {person}?",
    "Where [is|are] the {thing.one} that {person} {handle.past}?",
    "Where [are|is] the {thing.many} that {person} {handle.past}?",
    "What [does|do] {person} want from the {job.one}?",
    "Why [were|was] the {animal.many} in the house?",
    "[Was|Were] {person} in {city} {time}?",
    "There [is|are] {a animal.one} in the garden.",
    "There [are|is] {number} {animal.many} in the garden.",
]

_DETERMINER = [
    "{person} {handle.past} [this|these] {thing.one} in {city}.",
    "{person} {handle.past} [these|this] {thing.many} in {city}.",
    "{person} {handle.past} [that|those] {thing.one} {time}.",
    "{person} {handle.past} [those|that] {thing.many} {time}.",
    "Every [{job.one}|{job.many}] was invited to {city}.",
    "There was [{a thing.one}|several {thing.one}] in the room.",
    "{person} met [a few|each] {job.many} in {city}.",
    "Both [{job.many}|{job.one}] came from {city}.",
    "{Number} [{animal.many}|{animal.one}] slept in the barn.",
    "Another [{job.one}|{job.many}] arrived from {city}.",
    "All the [{thing.many}|{thing.one}] were sold {time}.",
    "One of the [{job.many}|{job.one}] lives in {city}.",
]

_MASS = [
    "{person} does not have [much|many] {goods}.",
    "How [much|many] {goods} does {person} need?",
    "There was too [much|many] {goods} in the room.",
    "{person} {handle.past} all the [{goods}|{goods.plural}] {time}.",
    "The {goods} [was|were] very expensive.",
    "{person} gave me some useful [{counsel}|{counsel.plural}].",
    "There is not [much|many] {counsel} in this book.",
    "The {counsel} that {person} gave us [was|were] useful.",
    "How [many|much] {thing.many} did {person} buy?",
    "{person} has too [many|much] {thing.many}.",
    "We need a [little|few] more {goods}.",
    "Only a [few|little] {job.many} live in {city}.",
]

TESTS = [
    mft(
        "determiner-number",
        "number of determiner and noun",
        "Vocabulary",
        "A determiner such as 'these' or 'every' asks for a plural or a singular noun.",
        _DETERMINER,
    ),
    mft(
        "mass-and-count",
        "nouns that can be counted and nouns that cannot",
        "Vocabulary",
        "'Much' and 'a little' go with nouns such as 'luggage', which have no plural; 'many' and 'few' with others.",
        _MASS,
    ),
    mft(
        "subject-verb",
        "subject and verb agree",
        "Agreement",
        "The verb agrees in number with the subject beside it.",
        _SUBJECT,
    ),
    mft(
        "subject-verb-distractor",
        "subject and verb agree across another noun",
        "Agreement",
        "Between subject and verb stands a noun of the other number, which must not decide the verb.",
        _DISTRACTOR,
    ),
    mft(
        "verb-before-subject",
        "verb agrees with the subject that follows",
        "Agreement",
        "In questions and after 'there' the subject comes later, and the verb agrees with it all the same.",
        _QUESTION,
    ),
]
