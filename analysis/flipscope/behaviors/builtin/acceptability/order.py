"""Acceptability, Syntax: auxiliaries, missing verbs, the order of words, questions, extraction and comparison."""

from __future__ import annotations

from flipscope.behaviors.builtin.acceptability.pairs import mft

_AUXILIARIES = [
    "The {thing.one} [must have been|must been have] stolen {time}.",
    "{person} [has been|been has] {act.ing} all day.",
    "{person} [will have|have will] {handle.done} the {thing.one} by noon.",
    "{person} [could have|have could] {handle.done} the {thing.one}.",
    "The {thing.one} [is being|being is] repaired in {city}.",
    "The {job.one} [should be|be should] {act.ing} in {city}.",
    "The {thing.many} [have been|been have] sold to {person}.",
    "{person} [may not have|not may have] seen the {animal.one}.",
    "[Has {person}|{person} been] [been|has] to {city}?",
    "By then, {person} [will have been|will been have] {act.ing} for hours.",
    "The {animal.one} [might have|have might] eaten the {food}.",
    "They [had been|been had] waiting for the {job.one}.",
]

_MISSING = [
    "{person}[ is|] very {feeling}.",
    "I think that {person}[ is|] {a job.one}.",
    "The {thing.one}[ is|] too expensive for {person}.",
    "My {kin.one}[ lives|] in {city} and works as {a job.one}.",
    "{person} said that {person2}[ {handle.past}|] the {thing.one} {time}.",
    "Where[ is|] the {thing.one}?",
    "The {job.many}[ are|] not at home.",
    "What[ did|] {person} buy in {city}?",
    "{person} and {person2}[ are|] good friends.",
    "There[ was|] {a animal.one} in the kitchen.",
    "It[ is|] cold in {city} today.",
    "This {thing.one}[ belongs|] to my {kin.one}.",
]

_ORDER = [
    "The [{adjective} {thing.one}|{thing.one} {adjective}] belongs to {person}.",
    "{person} gave [me the {thing.one}|the {thing.one} me] {time}.",
    "The {job.one} lives [in a small house|a small house in].",
    "{person} [reads a book|a book reads] every day.",
    "{person} is [very {feeling}|{feeling} very] today.",
    "The room is [big enough|enough big] for {number} {job.many}.",
    "[All the|The all] {job.many} moved to {city}.",
    "{person} has [such a|a such] beautiful {thing.one}.",
    "{person} put the {thing.one} [near the door|the door near].",
    "The {job.one} {handle.past} [{person}'s {thing.one}|{thing.one} {person}'s].",
    "{person} speaks [{language} very well|very well {language}].",
    "The {job.one} who [lives next door|next door lives] plays the {instrument}.",
]

_QUESTIONS = [
    "Where [did {person} go|{person} went] {time}?",
    "What [is {person}|{person} is] reading?",
    "When [will the {job.one}|the {job.one} will] arrive in {city}?",
    "How [do you|you] know {person}?",
    "Why [are the {job.many}|the {job.many} are] so {feeling}?",
    "I know where [{person} lives|does {person} live].",
    "Tell me why [{person} left|did {person} leave] {city}.",
    "How much [did the {thing.one}|the {thing.one}] cost?",
    "Never [have I|I have] seen such a beautiful {animal.one}.",
    "Who [did {person} invite|{person} invited] to {city}?",
    "Which {thing.one} [did {person} {handle.base}|{person} {handle.past}]?",
    "I wonder what [{person} {handle.past}|did {person} {handle.base}] in {city}.",
]

_EXTRACTION = [
    "What did {person} buy [in {city}|the {thing.one} in {city}]?",
    "Who did {person} see [at the station|{person2} at the station]?",
    "What did {person} hear [that|the rumor that] {person2} bought?",
    "Which {thing.one} did {person} say that {person2} {handle.past}[| it]?",
    "What did {person} eat [with|and] the {food}?",
    "Which {thing.one} did {person} [{handle.base} before|smile before] {person.he} [left|{handle.past}]?",
    "Which {animal.one} did {person} [say that {person2}|meet a man who] saw?",
    "This is the {thing.one} that {person} {handle.past}[| it] {time}.",
    "[Whose {thing.one} did {person}|Whose did {person} {thing.one}] {handle.base}?",
    "[Which {thing.one} did {person}|Which did {person} {thing.one}] {handle.base}?",
    "The {job.one} that {person} met [in {city}|{person2} in {city}] lives next door.",
    "What [did {person} say|did the fact surprise {person}] that the {job.one} {handle.past}?",
]

_COMPARISON = [
    "{person} is [{compared.more}|more {compared.more}] than {person2}.",
    "{person} is {compared.more} [than|as] the {job.one}.",
    "{person} is as {compared.base} [as|than] my {kin.one}.",
    "{person} is as [{compared.base}|{compared.more}] as {person2}.",
    "{person} is the [{compared.most}|most {compared.most}] of the {job.many}.",
    "Of all the {job.many}, {person} is the [{compared.most}|{compared.base}].",
    "This {thing.one} is [more {long}|{long}] than that one.",
    "This is the [most {long}|more {long} most] {thing.one} in {city}.",
    "My {kin.one} is much [{compared.more}|{compared.most}] than {person}.",
    "The {thing.one} is as {long} [as|more] the {thing2.one}.",
    "The {job.one} {handle.past} [more|most] {thing.many} than {person}.",
]

TESTS = [
    mft(
        "auxiliary-order",
        "order of auxiliaries",
        "Syntax",
        "Modals come before 'have', 'have' before 'be', and all of them before the verb.",
        _AUXILIARIES,
    ),
    mft(
        "missing-verb",
        "verb missing",
        "Syntax",
        "A clause without its verb is no sentence.",
        _MISSING,
    ),
    mft(
        "word-order",
        "order within phrases",
        "Syntax",
        "Adjectives, articles, prepositions and objects have their places.",
        _ORDER,
    ),
    mft(
        "questions",
        "inversion in questions",
        "Syntax",
        "Questions have an auxiliary before the subject, and indirect questions do not.",
        _QUESTIONS,
    ),
    mft(
        "extraction",
        "gaps that questions and relative clauses leave",
        "Syntax",
        "What is asked for leaves one gap, in a place that allows it: not inside 'and', an adjunct or a noun phrase.",
        _EXTRACTION,
    ),
    mft(
        "comparison",
        "comparative and superlative",
        "Syntax",
        "Degrees are marked once, and go with 'than', 'as' or 'of'.",
        _COMPARISON,
    ),
]
