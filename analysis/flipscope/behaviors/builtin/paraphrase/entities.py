"""Paraphrase tests of NER: people, places and numbers, in one text or in both."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs, renamed

TESTS: list[Any] = [
    {
        "id": "person-one-side",
        "name": "another person on one side",
        "capability": "NER",
        "type": "MFT",
        "description": "The two texts are about different people, apart from a few that put the same in other words. A failure means that the model does not compare names.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """Is {person} {surname} {a profession}? | Is {person2} {surname2} {a profession}?
                Where was {person} {surname} born? | Where was {person2} {surname} born?
                How old is {person} {surname}? | How old is {person} {surname2}?
                Why did {person} {surname} leave {city}? | Why did {person2} {surname2} leave {city}?
                What is {person} {surname} known for? | What is {person2} {surname2} known for?
                {person} {surname} was elected mayor of {city}. | {person2} {surname2} was elected mayor of {city}.
                {person} {surname} works as {a profession} in {city}. | {person} {surname2} works as {a profession} in {city}.
                {person} won the race in {city}. | {person2} won the race in {city}.""",
            ),
            *pairs(
                "equivalent",
                """What is the age of {person} {surname}? | How old is {person} {surname}?
                Where was {person} {surname} born? | What is the birthplace of {person} {surname}?
                Why did {person} {surname} leave {city}? | For what reason did {person} {surname} leave {city}?
                The winner of the race in {city} was {person} {surname}. | {person} {surname} won the race in {city}.""",
            ),
        ],
    },
    {
        "id": "place-one-side",
        "name": "another place on one side",
        "capability": "NER",
        "type": "MFT",
        "description": "The two texts are about different places, apart from a few that put the same in other words. A failure means that the model does not compare places.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """What is the best hotel in {city}? | What is the best hotel in {city2}?
                How is the weather in {country} in winter? | How is the weather in {country2} in winter?
                Is it safe to travel to {country}? | Is it safe to travel to {country2}?
                How do I find a job as {a profession} in {city}? | How do I find a job as {a profession} in {city2}?
                What is the population of {country}? | What is the population of {country2}?
                {person} grew up in {city}. | {person} grew up in {city2}.
                The meeting will be held in {country} next spring. | The meeting will be held in {country2} next spring.
                The company has opened a new factory near {city}. | The company has opened a new factory near {city2}.""",
            ),
            *pairs(
                "equivalent",
                """What is the population of {country}? | How many people live in {country}?
                How do I find a job as {a profession} in {city}? | How do I get a job as {a profession} in {city}?
                {person} grew up in {city}. | {person} spent {person.his} childhood in {city}.
                Next spring, the meeting will be held in {country}. | The meeting will be held in {country} next spring.""",
            ),
        ],
    },
    {
        "id": "number-one-side",
        "name": "another number on one side",
        "capability": "NER",
        "type": "MFT",
        "description": "The two texts have different numbers, or the same one as a word and in digits. A failure means that the model does not compare numbers.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """What happens in chapter {number} of the novel? | What happens in chapter {number2} of the novel?
                Where does bus number {number.digits} stop in {city}? | Where does bus number {number2.digits} stop in {city}?
                Is a salary of {number.digits} thousand dollars enough in {city}? | Is a salary of {number2.digits} thousand dollars enough in {city}?
                How many feet are there in {number.digits} meters? | How many feet are there in {number2.digits} meters?
                {person} has {number} grandchildren. | {person} has {number2} grandchildren.
                The storm in {country} damaged {number} houses. | The storm in {country} damaged {number2} houses.
                {person} lived in {city} for {number} years. | {person} lived in {city} for {number2} years.
                The company from {city} has {number.digits} thousand employees. | The company from {city} has {number2.digits} thousand employees.""",
            ),
            *pairs(
                "equivalent",
                """How can I learn to cook in {number} weeks? | How can I learn to cook in {number.digits} weeks?
                What can I see in {city} in {number.digits} days? | What can I see in {city} in {number} days?
                {person} has {number} grandchildren. | {person} has {number.digits} grandchildren.
                {person} lived in {city} for {number.digits} years. | {person} lived in {city} for {number} years.""",
            ),
        ],
    },
    {
        "id": "person-both-sides",
        "name": "another person on both sides",
        "capability": "NER",
        "type": "INV",
        "description": "The same name is replaced in both texts. A failure means that the answer depends on who somebody is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "person",
            """Is {person} {a profession}? | Does {person} work as {a profession}?
            Where does {person} live? | What is the address of {person}?
            How old is {person}? | How tall is {person}?
            Why did {person} leave {city}? | What made {person} leave {city}?
            Is {person} married? | Does {person} have children?
            How can I help {person} to find a job? | How can I help {person} to keep the job?
            Why is {person} so tired? | Why does {person} feel so tired?
            {person} moved to {city} last year. | Last year, {person} went to live in {city}.
            {person} is looking for {a profession}. | {person} needs {a profession}.
            {person} sold the house in {city}. | {person} bought the house in {city}.
            The {profession} thanked {person}. | {person} was thanked by the {profession}.
            {person} was late because of the snow. | Because of the snow, {person} did not arrive on time.""",
        ),
    },
    {
        "id": "place-both-sides",
        "name": "another place on both sides",
        "capability": "NER",
        "type": "INV",
        "description": "The same city is replaced in both texts. A failure means that the answer depends on which city it is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "city",
            """What is the best hotel in {city}? | Which hotel in {city} is the best?
            How can I get a job as {a profession} in {city}? | Where can I find work as {a profession} in {city}?
            Is it expensive to live in {city}? | How much does it cost to live in {city}?
            What should I see in {city}? | What should I avoid in {city}?
            How big is {city}? | How old is {city}?
            How cold is {city} in winter? | When does winter begin in {city}?
            Why do so many people move to {city}? | What draws so many people to {city}?
            {person} was born in {city}. | {person} lives in {city}.
            The museum in {city} is closed on Mondays. | On Mondays, you cannot visit the museum in {city}.
            The mayor of {city} met {person}. | {person} met the mayor of {city}.
            It rained in {city} all week. | All week, there was rain in {city}.
            The hospital in {city} is looking for drivers. | The hospital in {city} has enough drivers.""",
        ),
    },
]
