"""Paraphrase tests of Temporal and Negation: before and after, then and now, not."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
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
                {person} no longer lives in {city}. | {person} does not live in {city} anymore.
                {person} used to work in {city}. | {person} formerly worked in {city}.""",
            ),
        ],
    },
    {
        "id": "negation-one-side",
        "name": "a negation on one side",
        "capability": "Negation",
        "type": "MFT",
        "description": "One text says or asks the contrary of the other, apart from a few pairs in which both are negated. A failure means that the model overlooks the negation.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
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
            *pairs(
                "equivalent",
                """{person} is not {a profession}. | It is not true that {person} is {a profession}.
                {person} has never been to {country}. | {person} has not been to {country} even once.
                Why didn't {person} {deed.base} {person2}? | What was the reason that {person} did not {deed.base} {person2}?
                Why should I not move to {city}? | What are the reasons not to move to {city}?
                When is it not safe to travel to {country}? | When is it unsafe to travel to {country}?""",
            ),
        ],
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
                """Why is the museum in {city} not open today? | Why is the museum in {city} closed today?
                Why did {person} not pass the test in {city}? | Why did {person} fail the test in {city}?
                How do you know that {person} is not alive? | How do you know that {person} is dead?
                Why was {person} absent from the meeting in {city}? | Why was {person} not present at the meeting in {city}?
                {person} did not pass the test in {city}. | {person} failed the test in {city}.
                {person} did not remember to call the {profession}. | {person} forgot to call the {profession}.
                The shop in {city} is not closed on Sunday. | The shop in {city} is open on Sunday.""",
            ),
            *pairs(
                "not_equivalent",
                """Why is the museum in {city} not open today? | Why is the museum in {city} not closed today?
                Why did {person} not pass the test in {city}? | Why did {person} not fail the test in {city}?
                How do you know that {person} is not alive? | How do you know that {person} is not dead?
                Why was {person} absent from the meeting in {city}? | Why was {person} not absent from the meeting in {city}?
                {person} did not pass the test in {city}. | {person} did not fail the test in {city}.
                {person} did not remember to call the {profession}. | {person} did not forget to call the {profession}.
                The shop in {city} is not closed on Sunday. | The shop in {city} is not open on Sunday.""",
            ),
        ],
    },
]
