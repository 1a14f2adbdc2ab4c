"""Inference tests of Quantifiers and Temporal: how many, and when."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "all-some-no",
        "name": "all, some and no",
        "capability": "Quantifiers",
        "type": "MFT",
        "description": "What is said of all, at least some, or none of a group follows, is open or is contradicted. A failure means that the model does not know what the quantifier covers.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """All the {profession.many} {feat.past}. | Some of the {profession.many} {feat.past}.
                Every {profession} {feat.past}. | At least one {profession} {feat.past}.
                All of the {profession.many} {feat.past}. | None of the {profession.many} failed to {feat.base}.
                None of the {profession.many} {feat.past}. | Not a single {profession} {feat.past}.
                Most of the {profession.many} {feat.past}. | Some of the {profession.many} {feat.past}.""",
            ),
            *pairs(
                "neutral",
                """At least one {profession} {feat.past}. | All the {profession.many} {feat.past}.
                At least some of the {profession.many} {feat.past}. | Every {profession} {feat.past}.
                All the {profession.many} {feat.past}. | All the {profession2.many} {feat.past}.
                None of the {profession.many} {feat.past}. | None of the {profession2.many} {feat.past}.
                At least one {profession} {feat.past}. | More than ten {profession.many} {feat.past}.""",
            ),
            *pairs(
                "contradiction",
                """All the {profession.many} {feat.past}. | None of the {profession.many} {feat.past}.
                None of the {profession.many} {feat.past}. | Some of the {profession.many} {feat.past}.
                Some of the {profession.many} {feat.past}. | No {profession} {feat.past}.
                Every {profession} {feat.past}. | Some of the {profession.many} did not {feat.base}.
                Only some of the {profession.many} {feat.past}. | All the {profession.many} {feat.past}.""",
            ),
        ],
    },
    {
        "id": "more-fewer",
        "name": "more than and fewer than",
        "capability": "Quantifiers",
        "type": "MFT",
        "description": "Two numbers have to be compared to see whether one bound follows from the other. A failure means that the model does not compare them, or mixes up more and fewer.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """More than {amount.middle} people came to the concert in {city}. | More than {amount.low} people came to the concert.
                Exactly {amount.middle} {profession.many} live in the village. | More than {amount.low} {profession.many} live in the village.
                Fewer than {amount.middle} {profession.many} were hired in {city}. | Fewer than {amount.high} {profession.many} were hired in {city}.
                The hotel in {city} has exactly {amount.middle} rooms. | The hotel in {city} has fewer than {amount.high} rooms.
                {person} earned at least {amount.middle} dollars. | {person} earned more than {amount.low} dollars.""",
            ),
            *pairs(
                "neutral",
                """More than {amount.middle} people came to the concert in {city}. | More than {amount.high} people came to the concert.
                At least {amount.middle} {profession.many} live in the village. | Exactly {amount.high} {profession.many} live in the village.
                Fewer than {amount.middle} {profession.many} were hired in {city}. | Fewer than {amount.low} {profession.many} were hired in {city}.
                The hotel in {city} has more than {amount.low} rooms. | The hotel in {city} has more than {amount.middle} rooms.
                {person} earned at least {amount.middle} dollars. | {person} earned more than {amount.high} dollars.""",
            ),
            *pairs(
                "contradiction",
                """More than {amount.middle} people came to the concert in {city}. | Fewer than {amount.low} people came to the concert.
                Exactly {amount.middle} {profession.many} live in the village. | More than {amount.high} {profession.many} live in the village.
                Fewer than {amount.middle} {profession.many} were hired in {city}. | More than {amount.high} {profession.many} were hired in {city}.
                The hotel in {city} has exactly {amount.middle} rooms. | The hotel in {city} has exactly {amount.high} rooms.
                {person} earned at least {amount.middle} dollars. | {person} earned less than {amount.low} dollars.""",
            ),
        ],
    },
    {
        "id": "before-after",
        "name": "before and after",
        "capability": "Temporal",
        "type": "MFT",
        "description": "Who or what came first is said again from the other side, or turned around. A failure means that the model does not follow the order of events.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """{person} left {city} before {person2}. | {person2} left {city} after {person}.
                {person} {task.past} after the {profession} arrived. | The {profession} arrived before {person} {task.past}.
                First {person} {task.past}, then {person2} {task2.past}. | {person2} {task2.past} after {person} {task.past}.
                The {building} in {city} was built in {year.middle}. | The {building} in {city} was built before {year.late}.
                {person} was born in {year.late}. | {person} was born after {year.early}.
                {person} moved to {city} after becoming {a profession}. | {person} became {a profession} before moving to {city}.""",
            ),
            *pairs(
                "contradiction",
                """{person} left {city} before {person2}. | {person} left {city} after {person2}.
                {person} {task.past} after the {profession} arrived. | {person} {task.past} before the {profession} arrived.
                First {person} {task.past}, then {person2} {task2.past}. | {person2} {task2.past} before {person} {task.past}.
                The {building} in {city} was built in {year.middle}. | The {building} in {city} was built after {year.late}.
                {person} was born in {year.late}. | {person} was born before {year.early}.
                {person} moved to {city} after becoming {a profession}. | {person} moved to {city} before becoming {a profession}.""",
            ),
        ],
    },
    {
        "id": "used-to-now",
        "name": "past and present",
        "capability": "Temporal",
        "type": "MFT",
        "description": "The premise says what was and what is now. A failure means that the model mixes them up.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """{person} used to be {a profession} but is {a profession2} now. | {person} is {a profession2}.
                {person} used to be {a profession} but is {a profession2} now. | {person} was once {a profession}.
                {person} no longer lives in {city}. | {person} lived in {city} in the past.
                {person} has just moved from {city} to {city2}. | {person} now lives in {city2}.
                {person} stopped working as {a profession}. | {person} worked as {a profession} in the past.""",
            ),
            *pairs(
                "contradiction",
                """{person} used to be {a profession} but is {a profession2} now. | {person} is still {a profession}.
                {person} has only now become {a profession}. | {person} has been {a profession} for years.
                {person} no longer lives in {city}. | {person} still lives in {city}.
                {person} has just moved from {city} to {city2}. | {person} has never left {city}.
                {person} stopped working as {a profession}. | {person} still works as {a profession}.""",
            ),
            *pairs(
                "neutral",
                """{person} used to be {a profession}. | {person} was once {a profession2}.
                {person} was born in {city}. | {person} still lives in {city}.
                {person} works as {a profession}. | {person} worked as {a profession} ten years ago.""",
            ),
        ],
    },
]
