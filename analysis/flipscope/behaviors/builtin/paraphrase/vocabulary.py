"""Paraphrase tests of Vocabulary and Taxonomy: what single words add, keep or turn around."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "modifier-matters",
        "name": "a modifier that changes the meaning",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "One text has a word more, which makes it ask or say something else. A failure means that the model overlooks the word.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """Is {person} {a profession}? | Is {person} {a former} {profession}?
            Did {person} marry {a profession}? | Did {person} marry {a former} {profession}?
            How do I become {a profession}? | How do I become {a famous} {profession}?
            How much does {a profession} earn in {city}? | How much does {a grade} {profession} earn in {city}?
            What is the best hotel in {city}? | What is the best {guests} hotel in {city}?
            How much does a car cost in {country}? | How much does {a car_kind} car cost in {country}?
            Where can I rent {a car_kind} car in {city}? | Where can I rent a car in {city}?
            {person} is {a profession} from {city}. | {person} is {a former} {profession} from {city}.
            The reporters spoke to {a former} {profession} in {city}. | The reporters spoke to {a profession} in {city}.
            {person} sold the house in {city}. | {person} nearly sold the house in {city}.
            The council of {city} almost approved the plan. | The council of {city} approved the plan.
            {person} was named director of the museum in {city}. | {person} was named deputy director of the museum in {city}.""",
        ),
    },
    {
        "id": "modifier-idle",
        "name": "a modifier that changes nothing",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "One text has a word or phrase more that only adds emphasis. A failure means that the model takes any added word for a change.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {really} {a profession}? | Is {person} {a profession}?
            How do I become {a profession}? | How exactly do I become {a profession}?
            Does {person} live in {city}? | Does {person} {really} live in {city}?
            What exactly is the capital of {country}? | What is the capital of {country}?
            Can you tell me how I get to {city} by train? | How do I get to {city} by train?
            Did {person} {really} move to {city}? | Did {person} move to {city}?
            Where in {city} can I rent a bike? | Where exactly in {city} can I rent a bike?
            {person} is {a profession}. | {person} is in fact {a profession}.
            {person} did indeed move to {city}. | {person} moved to {city}.
            {person} works in {city}. | As it happens, {person} works in {city}.
            The flight from {city} to {city2} was canceled. | The flight from {city} to {city2} was in fact canceled.
            As you may know, {person} was born in {country}. | {person} was born in {country}.""",
        ),
    },
    {
        "id": "synonym",
        "name": "a synonym on one side",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "A word is replaced by one that means the same. A failure means that the model does not know the synonym, or only looks at shared words.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {same.a}? | Is {person} {same.b}?
            Why is {person} so {same.b}? | Why is {person} so {same.a}?
            How do I know if I am {same.a}? | How do I know if I am {same.b}?
            Why was the {profession} so {same.a}? | Why was the {profession} so {same.b}?
            Did {person} marry {a same.b} {profession}? | Did {person} marry {a same.a} {profession}?
            {person} has always been {same.a}. | {person} has always been {same.b}.
            Everyone in {city} says that {person} is {same.b}. | Everyone in {city} says that {person} is {same.a}.
            {person} married {a same.a} {profession} from {city}. | {person} married {a same.b} {profession} from {city}.
            How can I buy a house in {country}? | How can I purchase a house in {country}?
            Where can I watch a film in {city}? | Where can I watch a movie in {city}?
            What do children in {country} eat for lunch? | What do kids in {country} eat for lunch?
            {person} bought a sofa in {city}. | {person} purchased a couch in {city}.
            {person} will begin work in {city} on Monday. | {person} will start work in {city} on Monday.""",
        ),
    },
    {
        "id": "antonym",
        "name": "an antonym on one side",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "A word is replaced by its opposite. A failure means that the model takes opposites for the same.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """How long has {person} been {opposite.a}? | How long has {person} been {opposite.b}?
            Why is {person} so {opposite.b}? | Why is {person} so {opposite.a}?
            What are the advantages of being {opposite.a}? | What are the advantages of being {opposite.b}?
            Why was the {profession} so {opposite.b}? | Why was the {profession} so {opposite.a}?
            Why did {person} marry {a opposite.a} {profession}? | Why did {person} marry {a opposite.b} {profession}?
            {person} has always been {opposite.b}. | {person} has always been {opposite.a}.
            Everyone in {city} says that {person} is {opposite.a}. | Everyone in {city} says that {person} is {opposite.b}.
            {person} married {a opposite.b} {profession} from {city}. | {person} married {a opposite.a} {profession} from {city}.
            How can I buy a house in {country}? | How can I sell a house in {country}?
            When do the shops in {city} open? | When do the shops in {city} close?
            Why is it easy to find work in {country}? | Why is it hard to find work in {country}?
            Prices in {city} rose last year. | Prices in {city} fell last year.
            {person} will begin work in {city} on Monday. | {person} will stop work in {city} on Monday.""",
        ),
    },
    {
        "id": "more-less",
        "name": "more of one, less of its opposite",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "More X and less of X's opposite are the same; more X and less X, or more of the opposite, are not. A failure means that the model does not combine the two words.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """How can I become more {degree.a}? | How can I become less {degree.b}?
                What can {a profession} do to be less {degree.b} at work? | What can {a profession} do to be more {degree.a} at work?
                Why have {person} and {person2} become more {degree.a}? | Why have {person} and {person2} become less {degree.b}?
                How did {person} become less {degree.b}? | How did {person} become more {degree.a}?
                {person} has become more {degree.a}. | {person} has become less {degree.b}.
                {person} and {person2} grew less {degree.b} in those years. | {person} and {person2} grew more {degree.a} in those years.""",
            ),
            *pairs(
                "not_equivalent",
                """How can I become more {degree.a}? | How can I become less {degree.a}?
                What can {a profession} do to be less {degree.b} at work? | What can {a profession} do to be more {degree.b} at work?
                Why have {person} and {person2} become more {degree.a}? | Why have {person} and {person2} become more {degree.b}?
                How did {person} become less {degree.b}? | How did {person} become less {degree.a}?
                {person} has become more {degree.a}. | {person} has become less {degree.a}.
                {person} and {person2} grew less {degree.b} in those years. | {person} and {person2} grew more {degree.b} in those years.""",
            ),
        ],
    },
]
