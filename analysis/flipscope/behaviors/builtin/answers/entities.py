"""Answer tests of NER: the one asked about, or somebody and somewhere else."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs, renamed

TESTS: list[Any] = [
    {
        "id": "other-entity",
        "name": "an answer about somebody or somewhere else",
        "capability": "NER",
        "type": "MFT",
        "description": "The sentence answers the question, or would if it were about another person, place or year. A failure means that the model does not compare them.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Where was {person} {surname} born? | {person} {surname} was born in {city}.
                What is the population of the west side of {city}? | The population of the west side of {city} is about {amount} thousand.
                Who won the race in {city} in {year}? | The race in {city} was won by {person} {surname} in {year}.
                When did {country} sign the treaty? | The treaty was signed by {country} in {year}.
                How many rooms does the hotel in {city} have? | The hotel in {city} has {amount} rooms.
                What is the job of {person} {surname}? | {person} {surname} works as {a profession}.""",
            ),
            *pairs(
                "not_entailment",
                """Where was {person} {surname} born? | {person2} {surname2} was born in {city}.
                What is the population of the west side of {city}? | The population of the west side of {city2} is about {amount} thousand.
                Who won the race in {city} in {year}? | The race in {city} was won by {person} {surname} in {year2}.
                When did {country} sign the treaty? | The treaty was signed by {country2} in {year}.
                How many rooms does the hotel in {city} have? | The hotel in {city2} has {amount} rooms.
                What is the job of {person} {surname}? | {person2} {surname} works as {a profession}.""",
            ),
        ],
    },
    {
        "id": "person-both-sides",
        "name": "another person in question and sentence",
        "capability": "NER",
        "type": "INV",
        "description": "The same name is replaced in the question and in the sentence. A failure means that the answer depends on who somebody is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "person",
            """Where was {person} {surname} born? | {person} {surname} was born in {city} in {year}.
            When did {person} {surname} move to {country}? | {person} {surname} moved to {country} in {year}.
            What did {person} {surname} study? | {person} {surname} studied {field} at the University of {city}.
            Who hired {person} {surname}? | The {company} in {city} hired {person} {surname} in {year}.
            How many children did {person} {surname} have? | The children of {person} {surname} grew up in {city}.
            Why did {person} {surname} leave {city}? | {person} {surname} left {city} because {left_because}.
            Why did {person} {surname} become {a profession}? | {person} {surname} became {a profession} in {year}.
            Which musical instrument does {person} {surname} play? | {person} {surname} plays the {instrument}.
            Who designed the {building} in {city}? | {person} {surname} designed the {building} in {city}.
            Who founded the {company} in {city}? | {person} {surname} worked for the {company} in {city}.
            When was {person} {surname} elected mayor of {city}? | {person} {surname} was mayor of {city} for {number} years.
            Where did {person} {surname} live in {year}? | {person} {surname} lived in {country} until {year}.""",
        ),
    },
    {
        "id": "place-both-sides",
        "name": "another place in question and sentence",
        "capability": "NER",
        "type": "INV",
        "description": "The same city is replaced in the question and in the sentence. A failure means that the answer depends on which city it is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "city",
            """When was the {building} in {city} built? | The {building} in {city} was built in {year}.
            Who designed the {building} in {city}? | The {building} in {city} was designed by {person} {surname}.
            How many floors does the {tower} in {city} have? | The {tower} in {city} has {number} floors.
            What is the population of the west side of {city}? | The population of the west side of {city} is about {amount} thousand.
            What is the population of the west side of {city}? | The population of the west side of {city} speaks several languages.
            Who was the first mayor of {city}? | The first mayor of {city} was {person} {surname}.
            Why was the {hall} in {city} closed? | The {hall} in {city} was closed in {year}.
            When did the {company} move to {city}? | The {company} moved to {city} because {moved_because}.
            What is sold at the market in {city}? | At the market in {city}, one can buy {goods} and {goods2}.
            How many members does the {club} of {city} have? | The {club} of {city} meets every {day}.
            Where was the mayor of {city} born? | The mayor of {city} was born in {country}.
            Who won the race in {city} in {year}? | In {year}, {person} {surname} came second in the race in {city}.""",
        ),
    },
]
