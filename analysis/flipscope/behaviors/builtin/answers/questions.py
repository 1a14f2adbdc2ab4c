"""Answer tests by kind of question: who, where, why (SRL), when (Temporal), how many (Quantifiers)."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "who",
        "name": "who",
        "capability": "SRL",
        "type": "MFT",
        "description": "The sentence names who did it, or repeats the question's words and says something else. A failure means that the model does not look for a person.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Who designed the {building} in {city}? | The {building} in {city} was designed by {person} {surname}.
                Who founded the {company} in {city}? | {person} {surname} founded the {company} in {city} in {year}.
                Who wrote the novel about {city}? | The novel about {city} was written by the {profession} {person} {surname}.
                Who taught {field} at the University of {city}? | For many years, {person} {surname} taught {field} at the University of {city}.
                Who led the delegation to {country}? | The delegation to {country} was led by the {profession} {person} {surname}.
                Who won the race in {city} in {year}? | In {year}, {person} {surname} won the race in {city}.""",
            ),
            *pairs(
                "not_entailment",
                """Who designed the {building} in {city}? | The {building} in {city} was designed in {year} and opened two years later.
                Who founded the {company} in {city}? | The {company} in {city} was founded in {year} and soon had more than {amount} workers.
                Who wrote the novel about {city}? | The novel about {city} was written within {number} months and sold very well.
                Who taught {field} at the University of {city}? | At the University of {city}, {field} was taught in small groups.
                Who led the delegation to {country}? | The delegation to {country} left in {year} and was away for {number} months.
                Who won the race in {city} in {year}? | In {year}, the race in {city} was held in heavy rain.""",
            ),
        ],
    },
    {
        "id": "where",
        "name": "where",
        "capability": "SRL",
        "type": "MFT",
        "description": "The sentence names the place, or repeats the question's words and says something else. A failure means that the model does not look for a place.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Where was {person} {surname} born? | {person} {surname} was born in {city} as the youngest of {number} children.
                Where does the {company} have its head office? | The {company} has its head office in {city}.
                Where did the {profession} {person} {surname} grow up? | The {profession} {person} {surname} grew up in a suburb of {city}.
                Where was the first meeting of the {club} held? | In {year}, the first meeting of the {club} was held in {city}.
                Where did {person} {surname} study {field}? | {person} {surname} studied {field} at the University of {city}.
                Where does the statue of {person} {surname} stand? | The statue of {person} {surname} stands in the main square of {city}.""",
            ),
            *pairs(
                "not_entailment",
                """Where was {person} {surname} born? | {person} {surname} was born in {year} as the youngest of {number} children.
                Where does the {company} have its head office? | The head office of the {company} has {number} floors and a large garden.
                Where did the {profession} {person} {surname} grow up? | The {profession} {person} {surname} grew up with {number} brothers.
                Where was the first meeting of the {club} held? | The first meeting of the {club} was held in {year} and lasted all night.
                Where did {person} {surname} study {field}? | {person} {surname} studied {field} for {number} years and became {a profession}.
                Where does the statue of {person} {surname} stand? | The statue of {person} {surname} is made of bronze and weighs {number} tons.""",
            ),
        ],
    },
    {
        "id": "why",
        "name": "why",
        "capability": "SRL",
        "type": "MFT",
        "description": "The sentence gives the reason, or repeats the question's words and says something else. A failure means that the model does not look for a reason.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Why did {person} {surname} leave {city}? | {person} {surname} left {city} because {left_because}.
                Why was the {hall} in {city} closed? | The {hall} in {city} was closed because {closed_because}.
                Why did the {company} move to {city}? | The {company} moved to {city} because {moved_because}.
                Why was the match between {city} and {city2} canceled? | The match between {city} and {city2} was canceled because of {stopped_by}.
                Why did {person} {surname} become {a profession}? | {person} {surname} became {a profession} in order to help the people of {city}.
                Why did thousands of people demonstrate in {city}? | In {city}, thousands of people demonstrated against {against}.""",
            ),
            *pairs(
                "not_entailment",
                """Why did {person} {surname} leave {city}? | {person} {surname} left {city} in {year} and never came back.
                Why was the {hall} in {city} closed? | The {hall} in {city} was closed in {year} and opened again two years later.
                Why did the {company} move to {city}? | In {year}, the {company} moved to {city} within a single week.
                Why was the match between {city} and {city2} canceled? | The match between {city} and {city2} was canceled an hour before it was due to begin.
                Why did {person} {surname} become {a profession}? | {person} {surname} became {a profession} at the age of forty.
                Why did thousands of people demonstrate in {city}? | In {city}, thousands of people demonstrated for {number} days.""",
            ),
        ],
    },
    {
        "id": "when",
        "name": "when",
        "capability": "Temporal",
        "type": "MFT",
        "description": "The sentence gives the time, or repeats the question's words and says something else. A failure means that the model does not look for a time.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """When was the {building} in {city} built? | The {building} in {city} was built in {year}.
                When did {person} {surname} move to {country}? | In {year}, {person} {surname} moved to {country} to work as {a profession}.
                When was the {company} in {city} founded? | The {company} in {city} was founded on {date}, {year}.
                When was {person} {surname} born? | {person} {surname} was born in {city} on {date}, {year}.
                When did the fire in the {tower} of {city} break out? | The fire in the {tower} of {city} broke out on the night of {date}.
                In what year did {country} sign the treaty? | {country} signed the treaty in {year}.""",
            ),
            *pairs(
                "not_entailment",
                """When was the {building} in {city} built? | The {building} in {city} was built by workers from {country}.
                When did {person} {surname} move to {country}? | {person} {surname} moved to {country} to work as {a profession}.
                When was the {company} in {city} founded? | The {company} in {city} was founded by two brothers from {country}.
                When was {person} {surname} born? | {person} {surname} was born in {city} as the youngest of {number} children.
                When did the fire in the {tower} of {city} break out? | The fire in the {tower} of {city} broke out in the cellar and spread quickly.
                In what year did {country} sign the treaty? | {country} signed the treaty in spite of strong protests.""",
            ),
        ],
    },
    {
        "id": "how-many",
        "name": "how many",
        "capability": "Quantifiers",
        "type": "MFT",
        "description": "The sentence gives the number, or repeats the question's words and says something else. A failure means that the model does not look for a number.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """How many rooms does the hotel in {city} have? | The hotel in {city} has {amount} rooms.
                How many people work for the {company} in {city}? | In all, {amount} people work for the {company} in {city}.
                How many children did {person} {surname} have? | {person} {surname} had {number} children.
                How many floors does the {tower} in {city} have? | The {tower} in {city} has {number} floors.
                How many books did {person} {surname} write about {country}? | {person} {surname} wrote {number} books about {country}.
                How many members does the {club} of {city} have? | The {club} of {city} has {amount} members.""",
            ),
            *pairs(
                "not_entailment",
                """How many rooms does the hotel in {city} have? | The rooms of the hotel in {city} are large and quiet.
                How many people work for the {company} in {city}? | The people who work for the {company} in {city} are well paid.
                How many children did {person} {surname} have? | The children of {person} {surname} grew up in {city}.
                How many floors does the {tower} in {city} have? | The floors of the {tower} in {city} are made of marble.
                How many books did {person} {surname} write about {country}? | The books that {person} {surname} wrote about {country} sold very well.
                How many members does the {club} of {city} have? | The members of the {club} of {city} meet every {day}.""",
            ),
        ],
    },
]
