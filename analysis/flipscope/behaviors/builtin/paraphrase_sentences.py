"""Paraphrase tests on how sentences are built: Temporal, Negation, Coref, SRL, Logic."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.lexicons import listed
from flipscope.behaviors.builtin.pairs import forms, orders, pairs, triples

LEXICONS: dict[str, list[Any]] = {
    "step": forms(
        "ing past",
        """buying a house/bought a house
        selling a car/sold a car
        signing a contract/signed a contract
        taking an exam/took an exam
        starting a business/started a business
        renting a flat/rented a flat
        adopting a dog/adopted a dog
        running a marathon/ran a marathon
        painting the house/painted the house
        baking a cake/baked a cake
        changing jobs/changed jobs
        giving a speech/gave a speech""",
    ),
    "deed": forms(
        "base past done",
        """help/helped/helped
        call/called/called
        thank/thanked/thanked
        invite/invited/invited
        hire/hired/hired
        blame/blamed/blamed
        warn/warned/warned
        follow/followed/followed
        recognize/recognized/recognized
        interview/interviewed/interviewed
        criticize/criticized/criticized
        forgive/forgave/forgiven
        choose/chose/chosen
        rescue/rescued/rescued""",
    ),
    "symmetric": listed(
        """married to, engaged to, related to, the same age as, the same height as, a cousin of, a colleague of,
        a classmate of, friends with, sitting next to"""
    ),
    "asymmetric": forms(
        "one other",
        """taller than/shorter than
        older than/younger than
        richer than/poorer than
        stronger than/weaker than
        faster than/slower than
        the host of/a guest of
        a parent of/a child of
        a teacher of/a student of
        the manager of/managed by
        in front of/behind""",
    ),
    "feeling": listed(
        "in love with, afraid of, proud of, jealous of, angry with, disappointed in, a fan of, worried about"
    ),
    "feature": listed("tall, smart, patient, honest, strong, ambitious, funny, generous, shy, well-read"),
    "thing": listed(
        "umbrella, notebook, jacket, bicycle, phone, laptop, guitar, camera, suitcase, wallet, hat, ticket"
    ),
    "quality": listed("cheap, quiet, clean, safe, popular, modern, comfortable, small, central, friendly"),
    "nervous": listed("nervous, excited, tired, late, alone, surprised, happy, sick, hungry, angry"),
}

_TEMPORAL: list[Any] = [
    {
        "id": "before-after",
        "name": "before and after",
        "capability": "Temporal",
        "type": "MFT",
        "description": "Before one thing is after the other: the order of two events is kept or turned around. A failure means that the model does not follow it.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """Is it normal to be nervous before {step.ing}? | Is it normal to be nervous after {step.ing}?
                What should I do after {step.ing}? | What should I do before {step.ing}?
                Did {person} change jobs before moving to {city}? | Did {person} change jobs after moving to {city}?
                {person} called me before {step.ing}. | {person} called me after {step.ing}.
                {person} left {city} after {person2}. | {person} left {city} before {person2}.
                {person} became {a profession} before {step.ing}. | {person} became {a profession} after {step.ing}.""",
            ),
            *pairs(
                "equivalent",
                """What should I do before {step.ing}? | Before {step.ing}, what should I do?
                Did {person} leave {city} before {person2}? | Did {person2} leave {city} after {person}?
                What did {person} do after {step.ing}? | After {step.ing}, what did {person} do?
                {person} left {city} before {person2}. | {person2} left {city} after {person}.
                {person} {step.past} before moving to {city}. | {person} moved to {city} after {step.ing}.
                After {step.ing}, {person} became {a profession}. | {person} became {a profession} after {step.ing}.""",
            ),
        ],
    },
    {
        "id": "used-to-now",
        "name": "used to and now",
        "capability": "Temporal",
        "type": "MFT",
        "description": "What used to be so is not what is so now, but is what once was. A failure means that the model mixes up past and present.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """Did {person} use to be {a profession}? | Is {person} {a profession} now?
                Did {person} use to live in {city}? | Does {person} live in {city} now?
                What do people in {country} eat for breakfast now? | What did people in {country} use to eat for breakfast?
                {person} used to be {a profession}. | {person} is now {a profession}.
                {person} now lives in {city}. | {person} used to live in {city}.
                {person} used to know a lot about {country}. | {person} now knows a lot about {country}.""",
            ),
            *pairs(
                "equivalent",
                """Did {person} use to be {a profession}? | Was {person} once {a profession}?
                Does {person} now live in {city}? | Does {person} currently live in {city}?
                What do people in {country} eat for breakfast now? | What do people in {country} eat for breakfast nowadays?
                {person} used to be {a profession}. | {person} was formerly {a profession}.
                {person} no longer lives in {city}. | {person} does not live in {city} any more.
                {person} used to work in {city}. | {person} formerly worked in {city}.""",
            ),
        ],
    },
]

_NEGATION: list[Any] = [
    {
        "id": "negation-one-side",
        "name": "a negation on one side",
        "capability": "Negation",
        "type": "MFT",
        "description": "One text says or asks the contrary of the other. A failure means that the model overlooks the negation.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """What should I do to become {a profession}? | What should I not do to become {a profession}?
            Why should I move to {city}? | Why should I not move to {city}?
            Why do people want to live in {country}? | Why do people not want to live in {country}?
            Which hotels in {city} are {quality}? | Which hotels in {city} are not {quality}?
            When is it not safe to travel to {country}? | When is it safe to travel to {country}?
            Why didn't {person} {deed.base} {person2}? | Why did {person} {deed.base} {person2}?
            {person} is {a profession}. | {person} is not {a profession}.
            {person} didn't {deed.base} {person2}. | {person} {deed.past} {person2}.
            {person} has been to {country}. | {person} has never been to {country}.
            {person} cannot come to {city} this week. | {person} can come to {city} this week.
            Nobody in {city} knew {person}. | Everybody in {city} knew {person}.
            The rooms in {city} were {quality}. | The rooms in {city} were not {quality}.""",
        ),
    },
    {
        "id": "negated-opposite",
        "name": "a negated opposite",
        "capability": "Negation",
        "type": "MFT",
        "description": "Not one of two opposites, such as present and absent, is the other; it is not the one that is negated. A failure means that the model does not combine the negation and the word.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """Is the museum in {city} not open today? | Is the museum in {city} closed today?
                Why did {person} not pass the test in {city}? | Why did {person} fail the test in {city}?
                Is it true that {person} is not alive? | Is it true that {person} is dead?
                Why was {person} absent from the meeting in {city}? | Why was {person} not present at the meeting in {city}?
                {person} did not pass the test in {city}. | {person} failed the test in {city}.
                {person} did not remember to call the {profession}. | {person} forgot to call the {profession}.
                The shop in {city} is not closed on Sunday. | The shop in {city} is open on Sunday.""",
            ),
            *pairs(
                "not_equivalent",
                """Is the museum in {city} not open today? | Is the museum in {city} not closed today?
                Why did {person} not pass the test in {city}? | Why did {person} not fail the test in {city}?
                Is it true that {person} is not alive? | Is it true that {person} is not dead?
                Why was {person} absent from the meeting in {city}? | Why was {person} not absent from the meeting in {city}?
                {person} did not pass the test in {city}. | {person} did not fail the test in {city}.
                {person} did not remember to call the {profession}. | {person} did not forget to call the {profession}.
                The shop in {city} is not closed on Sunday. | The shop in {city} is not open on Sunday.""",
            ),
        ],
    },
]

_COREF: list[Any] = [
    {
        "id": "he-she",
        "name": "he and she",
        "capability": "Coref",
        "type": "MFT",
        "description": "A woman and a man are named, then one of them is meant by a pronoun. A failure means that the model does not know whom it stands for.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """When {man} met {woman}, was he {nervous}? | When {man} met {woman}, was she {nervous}?
                If {woman} marries {man}, will she move to {city}? | If {woman} marries {man}, will he move to {city}?
                {man} and {woman} live in {city}. Does he like it there? | {man} and {woman} live in {city}. Does she like it there?
                When {woman} saw {man}, she was {nervous}. | When {woman} saw {man}, he was {nervous}.
                {man} worked with {woman} until he became {a profession}. | {man} worked with {woman} until she became {a profession}.
                {woman} and {man} met in {city}, where she was born. | {woman} and {man} met in {city}, where he was born.""",
            ),
            *pairs(
                "equivalent",
                """When {man} met {woman}, was he {nervous}? | Was {man} {nervous} when he met {woman}?
                If {woman} marries {man}, will she move to {city}? | Will {woman} move to {city} if she marries {man}?
                {man} and {woman} live in {city}. Does he like it there? | {man} and {woman} live in {city}. Does {man} like it there?
                When {woman} saw {man}, she was {nervous}. | {woman} was {nervous} when she saw {man}.
                {man} worked with {woman} until she became {a profession}. | {man} worked with {woman} until {woman} became {a profession}.
                {woman} and {man} met in {city}, where he was born. | {woman} and {man} met in {city}, where {man} was born.""",
            ),
        ],
    },
    {
        "id": "his-her",
        "name": "his and her",
        "capability": "Coref",
        "type": "MFT",
        "description": "A woman and a man are named, then something belongs to one of them. A failure means that the model does not know whose it is.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """Did {woman} and {man} use her {thing}? | Did {woman} and {man} use his {thing}?
                When {man} visited {woman}, did he lose his {thing}? | When {man} visited {woman}, did he lose her {thing}?
                If {woman} works with {man}, should she bring her {thing}? | If {woman} works with {man}, should she bring his {thing}?
                {man} and {woman} met at his house in {city}. | {man} and {woman} met at her house in {city}.
                {woman} told {man} about her trip to {city}. | {woman} told {man} about his trip to {city}.
                {man} helped {woman} find her {thing}. | {man} helped {woman} find his {thing}.""",
            ),
            *pairs(
                "equivalent",
                """Did {woman} and {man} use her {thing}? | Did {woman} and {man} use {woman}'s {thing}?
                When {man} visited {woman}, did he lose her {thing}? | When {man} visited {woman}, did he lose {woman}'s {thing}?
                If {woman} works with {man}, should she bring his {thing}? | If {woman} works with {man}, should she bring {man}'s {thing}?
                {man} and {woman} met at his house in {city}. | {man} and {woman} met at {man}'s house in {city}.
                {woman} told {man} about his trip to {city}. | {woman} told {man} about {man}'s trip to {city}.
                {man} helped {woman} find her {thing}. | {man} helped {woman} find {woman}'s {thing}.""",
            ),
        ],
    },
]

_SRL: list[Any] = [
    {
        "id": "active-passive",
        "name": "active and passive",
        "capability": "SRL",
        "type": "MFT",
        "description": "The passive says the same when the roles are kept, and something else when they are swapped. A failure means that the model does not tell who did it from whom it was done to.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """Did {person} {deed.base} {person2}? | Was {person2} {deed.done} by {person}?
                Why did {person} {deed.base} {person2} in {city}? | Why was {person2} {deed.done} by {person} in {city}?
                When was {person} {deed.done} by the {profession}? | When did the {profession} {deed.base} {person}?
                {person} {deed.past} {person2}. | {person2} was {deed.done} by {person}.
                {person} was {deed.done} by the {profession}. | The {profession} {deed.past} {person}.
                In {city}, {person} {deed.past} {a profession}. | In {city}, {a profession} was {deed.done} by {person}.""",
            ),
            *pairs(
                "not_equivalent",
                """Did {person} {deed.base} {person2}? | Was {person} {deed.done} by {person2}?
                Why did {person} {deed.base} {person2} in {city}? | Why was {person} {deed.done} by {person2} in {city}?
                When was {person} {deed.done} by the {profession}? | When did {person} {deed.base} the {profession}?
                {person} {deed.past} {person2}. | {person} was {deed.done} by {person2}.
                {person} was {deed.done} by the {profession}. | {person} {deed.past} the {profession}.
                In {city}, {person} {deed.past} {a profession}. | In {city}, {person} was {deed.done} by {a profession}.""",
            ),
        ],
    },
    {
        "id": "symmetric",
        "name": "symmetric relations, the other way round",
        "capability": "SRL",
        "type": "MFT",
        "description": "If A is married to B, B is married to A: the order does not matter. A failure means that the model takes every change of order for a change of meaning.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {symmetric} {person2}? | Is {person2} {symmetric} {person}?
            How do you know that {person} is {symmetric} {person2}? | How do you know that {person2} is {symmetric} {person}?
            Does everyone know that {person} is {symmetric} {person2}? | Does everyone know that {person2} is {symmetric} {person}?
            How far is it from {city} to {city2}? | How far is it from {city2} to {city}?
            What is the time difference between {city} and {city2}? | What is the time difference between {city2} and {city}?
            Does {country} share a border with {country2}? | Does {country2} share a border with {country}?
            {person} is {symmetric} {person2}. | {person2} is {symmetric} {person}.
            {person} was not {symmetric} {person2}. | {person2} was not {symmetric} {person}.
            {person} shares a flat in {city} with {person2}. | {person2} shares a flat in {city} with {person}.
            {person} played chess with {person2} in {city}. | {person2} played chess with {person} in {city}.
            {person} met {person2} for the first time in {city}. | {person2} met {person} for the first time in {city}.
            {country} signed a treaty with {country2}. | {country2} signed a treaty with {country}.""",
        ),
    },
    {
        "id": "asymmetric",
        "name": "asymmetric relations, the other way round",
        "capability": "SRL",
        "type": "MFT",
        "description": "If A is taller than B, B is not taller than A: the order matters. A failure means that the model only compares which words there are.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """Is {person} {asymmetric.one} {person2}? | Is {person2} {asymmetric.one} {person}?
            Why is {person} {feeling} {person2}? | Why is {person2} {feeling} {person}?
            Did {person} {deed.base} {person2}? | Did {person2} {deed.base} {person}?
            How do I get from {city} to {city2}? | How do I get from {city2} to {city}?
            How much is a flight from {country} to {country2}? | How much is a flight from {country2} to {country}?
            Is {city} larger than {city2}? | Is {city2} larger than {city}?
            {person} is {asymmetric.one} {person2}. | {person2} is {asymmetric.one} {person}.
            {person} was {feeling} {person2}. | {person2} was {feeling} {person}.
            {person} {deed.past} {person2} in {city}. | {person2} {deed.past} {person} in {city}.
            {person} moved from {city} to {city2}. | {person} moved from {city2} to {city}.
            {country} borrowed money from {country2}. | {country2} borrowed money from {country}.
            {person} lent {person2} a car. | {person2} lent {person} a car.""",
        ),
    },
    {
        "id": "converse",
        "name": "converse relations",
        "capability": "SRL",
        "type": "MFT",
        "description": "A is taller than B says the same as B is shorter than A, but not as A is shorter than B. A failure means that the model does not combine the word and the order.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """Is {person} {asymmetric.one} {person2}? | Is {person2} {asymmetric.other} {person}?
                How do you know that {person} is {asymmetric.other} {person2}? | How do you know that {person2} is {asymmetric.one} {person}?
                Did {person} sell the house in {city} to {person2}? | Did {person2} buy the house in {city} from {person}?
                {person} is {asymmetric.one} {person2}. | {person2} is {asymmetric.other} {person}.
                {person} is not {asymmetric.other} {person2}. | {person2} is not {asymmetric.one} {person}.
                {country} borrowed money from {country2}. | {country2} lent money to {country}.""",
            ),
            *pairs(
                "not_equivalent",
                """Is {person} {asymmetric.one} {person2}? | Is {person} {asymmetric.other} {person2}?
                How do you know that {person} is {asymmetric.other} {person2}? | How do you know that {person} is {asymmetric.one} {person2}?
                Did {person} sell the house in {city} to {person2}? | Did {person} buy the house in {city} from {person2}?
                {person} is {asymmetric.one} {person2}. | {person} is {asymmetric.other} {person2}.
                {person} is not {asymmetric.other} {person2}. | {person} is not {asymmetric.one} {person2}.
                {country} borrowed money from {country2}. | {country} lent money to {country2}.""",
            ),
        ],
    },
]

_LOGIC: list[Any] = [
    {
        "id": "reflexive",
        "name": "a text and itself",
        "capability": "Logic",
        "type": "MFT",
        "description": "Both texts are the same, letter for letter. A failure means that the model misses the simplest paraphrase.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {a profession}? | Is {person} {a profession}?
            How can I become {a same.a} {profession}? | How can I become {a same.a} {profession}?
            Why didn't {person} {deed.base} {person2}? | Why didn't {person} {deed.base} {person2}?
            What should I do before {step.ing}? | What should I do before {step.ing}?
            Which hotels in {city} are not {quality}? | Which hotels in {city} are not {quality}?
            Is {person} {asymmetric.one} {person2}? | Is {person} {asymmetric.one} {person2}?
            {person} is no longer {a profession}. | {person} is no longer {a profession}.
            {person} was {deed.done} by {person2} in {city}. | {person} was {deed.done} by {person2} in {city}.
            {person} has lived in {city} for {number} years. | {person} has lived in {city} for {number} years.
            {person} has become less {degree.b}. | {person} has become less {degree.b}.
            Nobody in {city} knew {person}. | Nobody in {city} knew {person}.
            {woman} told {man} about her trip to {city}. | {woman} told {man} about her trip to {city}.""",
        ),
    },
    {
        "id": "pair-order",
        "name": "which text comes first",
        "capability": "Logic",
        "type": "INV",
        "description": "The two texts are given in the other order. Being a paraphrase works both ways: a failure means that the answer depends on which text comes first.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": orders(
            """How can I become {a profession}? | What does it take to be {a profession}?
            What is the best hotel in {city}? | What is the cheapest hotel in {city}?
            Is {person} {a profession}? | Is {person} really {a profession}?
            How far is it from {city} to {city2}? | How long does it take to get from {city} to {city2}?
            Why did {person} {deed.base} {person2}? | Why was {person2} {deed.done} by {person}?
            What should I do before {step.ing}? | Is it a good idea to ask for help before {step.ing}?
            How can I be more {degree.a}? | How can I be less {degree.b}?
            {person} is {a profession} in {city}. | {person} works in {city}.
            {person} {deed.past} {person2} in {city}. | {person} and {person2} met in {city}.
            {person} left {city} before {person2}. | {person2} left {city} after {person}.
            {person} was born in {country} and grew up in {city}. | {person} grew up in {city}.
            {person} has never been to {country}. | {person} has been to {country} only once.
            {person} is {asymmetric.one} {person2}. | {person2} is {asymmetric.other} {person}."""
        ),
    },
    {
        "id": "conjunct-order",
        "name": "the order of two things joined by and",
        "capability": "Logic",
        "type": "MFT",
        "description": "A and B is B and A, but not A and C, nor A or B. A failure means that the model misreads lists.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """Are {person} and {person2} from {city}? | Are {person2} and {person} from {city}?
                What do {city} and {city2} have in common? | What do {city2} and {city} have in common?
                Is {person} {feature} and {feature2}? | Is {person} {feature2} and {feature}?
                {person} is {feature} and {feature2}. | {person} is {feature2} and {feature}.
                {person} has worked in {country} and {country2}. | {person} has worked in {country2} and {country}.
                {person} needs {a thing} or {a thing2}. | {person} needs {a thing2} or {a thing}.""",
            ),
            *pairs(
                "not_equivalent",
                """Are {person} and {person2} from {city}? | Are {person} and {person3} from {city}?
                What do {city} and {city2} have in common? | What do {city} and {city3} have in common?
                Is {person} {feature} and {feature2}? | Is {person} {feature} or {feature2}?
                {person} is {feature} and {feature2}. | {person} is {feature} and {feature3}.
                {person} has worked in {country} and {country2}. | {person} has worked in {country} and {country3}.
                {person} needs {a thing} or {a thing2}. | {person} needs {a thing} and {a thing2}.""",
            ),
        ],
    },
    {
        "id": "implication",
        "name": "paraphrases of paraphrases",
        "capability": "Logic",
        "type": "DIR",
        "description": "If A says the same as B, then both or neither say the same as C. A failure means that the model's answers to the three pairs contradict each other.",
        "expect": {"kind": "implication"},
        "aggregate": "all",
        "templates": triples(
            """How can I become {a profession}? | What should I do to become {a profession}? | What does it take to become {a profession}?
            What is the best way to get from {city} to {city2}? | How should I travel from {city} to {city2}? | How do I get from {city} to {city2}?
            How many people live in {country}? | What is the population of {country}? | What is the number of inhabitants of {country}?
            Why did {person} {deed.base} {person2}? | For what reason did {person} {deed.base} {person2}? | Why was {person2} {deed.done} by {person}?
            Is it expensive to live in {city}? | Is {city} an expensive place to live? | Is it cheap to live in {city}?
            Is {person} {a profession}? | Does {person} work as {a profession}? | Is {person2} {a profession}?
            How old is {person}? | What is the age of {person}? | What is the height of {person}?
            {person} is {asymmetric.one} {person2}. | {person2} is {asymmetric.other} {person}. | {person2} is {asymmetric.one} {person}.
            {person} {deed.past} {person2}. | {person2} was {deed.done} by {person}. | It was {person} who {deed.past} {person2}.
            {person} left {city} before {person2}. | {person2} left {city} after {person}. | {person2} left {city} before {person}.
            {person} has become more {degree.a}. | {person} has become less {degree.b}. | {person} is more {degree.a} than before.
            {person} used to live in {city}. | {person} formerly lived in {city}. | {person} lives in {city}."""
        ),
    },
]

TESTS = [*_TEMPORAL, *_NEGATION, *_COREF, *_SRL, *_LOGIC]
