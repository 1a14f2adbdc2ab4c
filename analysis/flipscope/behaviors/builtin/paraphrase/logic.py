"""Paraphrase tests of Logic: identity, order, and what follows from two answers for a third."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import orders, pairs, triples

TESTS: list[Any] = [
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
