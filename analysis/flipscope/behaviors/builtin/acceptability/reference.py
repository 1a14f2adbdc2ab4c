"""Acceptability, Coref: reflexives and what they refer to, and the case of pronouns."""

from __future__ import annotations

from flipscope.behaviors.builtin.acceptability.pairs import mft

_REFLEXIVE = [
    "{woman} hurt [herself|himself] {time}.",
    "{man} introduced [himself|herself] to the {job.many}.",
    "My {mother} taught [herself|himself] {language}.",
    "My {father} looked at [himself|herself] in the mirror.",
    "The {job.many} blamed [themselves|himself] for the accident.",
    "I cut [myself|yourself] with a knife {time}.",
    "You should buy [yourself|myself] {a thing.one}.",
    "We enjoyed [ourselves|themselves] in {city}.",
    "{woman} thinks that {man} hurt [himself|herself].",
    "{man} said that {woman} had burnt [herself|himself].",
    "{woman}, whom {man} admires, often talks about [herself|himself].",
    "The {animal.many} were washing [themselves|ourselves].",
]

# A reflexive cannot stand where nothing in its clause comes before it.
_BOUND = [
    "[He|Himself] moved to {city} {time}.",
    "[She|Herself] {handle.past} the {thing.one}.",
    "[They|Themselves] met the {job.one} in {city}.",
    "{woman} said that [she|herself] lives in {city}.",
    "{man} thinks that [he|himself] will win.",
    "{woman} met {man} after [she|herself] had left {city}.",
    "I believe that [you|yourself] are right.",
    "{woman}'s {father} hurt [himself|herself] in {city}.",
    "{man}'s {mother} admires [herself|himself].",
    "[We|Ourselves] will visit {person} in {city}.",
    "{man} wonders why [he|himself] is always {feeling}.",
    "If [you|yourselves] come to {city}, call {person}.",
]

_CASE = [
    "[He|Him] lives in {city}.",
    "[She|Her] works as {a job.one}.",
    "[They|Them] {handle.past} the {thing.one} {time}.",
    "[We|Us] will visit {person} tomorrow.",
    "{person} invited [them|they] to dinner.",
    "{person} met [him|he] in {city}.",
    "{person} sold the {thing.one} to [us|we].",
    "This {thing.one} belongs to [me|I].",
    "Is [she|her] {a job.one}?",
    "[Her|She] {kin.one} lives in {city}.",
    "{person} repaired [our|we] {thing.one}.",
    "The {job.one} gave [him|his] the {thing.one}.",
]

TESTS = [
    mft(
        "reflexives",
        "reflexive agrees with what it refers to",
        "Coref",
        "'Herself' and the like agree in person, number and gender with the subject of their own clause.",
        _REFLEXIVE,
    ),
    mft(
        "reflexives-bound",
        "reflexive has something to refer to",
        "Coref",
        "A reflexive is no subject, and does not refer to the owner of what its clause is about.",
        _BOUND,
    ),
    mft(
        "pronoun-case",
        "case of pronouns",
        "Coref",
        "'He' is a subject, 'him' an object and 'his' a possessive; none stands in the place of another.",
        _CASE,
    ),
]
