"""Inference tests of NER: people, places and numbers, in one text or in both."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs, renamed

TESTS: list[Any] = [
    {
        "id": "person-both-sides",
        "name": "another person in both texts",
        "capability": "NER",
        "type": "INV",
        "description": "The same name is replaced in premise and hypothesis. A failure means that the answer depends on who somebody is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "person",
            """{person} moved to {city} last year. | {person} lived in {city} two years ago.
            {person} works as {a profession} in {city}. | {person} has a job.
            {person} sold the car to a neighbor. | {person} no longer has a car.
            {person} bought bread and cheese. | {person} bought cheese.
            {person} has never been to {country}. | {person} visited {country} last summer.
            {person} is older than the {profession}. | {person} is younger than the {profession}.
            The {profession} thanked {person}. | {person} was thanked by the {profession}.
            The {profession} invited {person} to {city}. | {person} went to {city}.
            {person} wants to become {a profession}. | {person} is {a profession}.
            {person} did not pay the bill. | {person} paid the bill.
            {person} is cooking dinner. | {person} is at home.
            If it rains, {person} will stay at home. | {person} will stay at home.""",
        ),
    },
    {
        "id": "place-both-sides",
        "name": "another place in both texts",
        "capability": "NER",
        "type": "INV",
        "description": "The same city is replaced in premise and hypothesis. A failure means that the answer depends on which city it is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "city",
            """{person} was born in {city}. | {person} has never been to {city}.
            {person} flew to {city} on Monday. | {person} traveled to {city} by plane.
            The museum in {city} is closed on Mondays. | The museum in {city} is open every day.
            The train to {city} was late. | The train to {city} was full.
            The mayor of {city} met {a profession}. | {A profession} met the mayor of {city}.
            {person} loves the food in {city}. | {person} lives in {city}.
            It has not rained in {city} for weeks. | It rained in {city} yesterday.
            The factory in {city} makes furniture. | The factory in {city} makes chairs.
            All the hotels in {city} are full. | Some hotels in {city} have free rooms.
            {person} works as {a profession} in {city}. | {person} works in {city}.
            {person} was in {city} before the war. | {person} was in {city} after the war.
            {person} bought a house near {city}. | {person} owns a house near {city}.""",
        ),
    },
    {
        "id": "one-side",
        "name": "a name, place or number in only one text",
        "capability": "NER",
        "type": "MFT",
        "description": "There is one answer to where somebody was born or what something costs: another name, place or number contradicts it, and the same one in other words follows. A failure means that the model does not compare them.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "contradiction",
                """{person} was born in {city}. | {person} was born in {city2}.
                The winner of the race was {person}. | The winner of the race was {person2}.
                The new director of the museum is called {person} {surname}. | The new director of the museum is called {person2} {surname2}.
                The ticket costs exactly {number} dollars. | The ticket costs exactly {number2} dollars.
                {person} has exactly {number} children. | {person} has exactly {number2} children.
                The capital of the island is named after {person} {surname}. | The capital of the island is named after {person} {surname2}.""",
            ),
            *pairs(
                "entailment",
                """{person} was born in {city}. | The birthplace of {person} is {city}.
                The winner of the race was {person}. | {person} won the race.
                The new director of the museum is called {person} {surname}. | The name of the new museum director is {person} {surname}.
                The ticket costs exactly {number} dollars. | The price of the ticket is {number.digits} dollars.
                {person} has exactly {number} children. | {person} is the parent of {number} children.
                The capital of the island is named after {person} {surname}. | The island's capital bears the name of {person} {surname}.""",
            ),
        ],
    },
]
