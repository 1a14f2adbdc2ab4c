"""Inference tests of Logic: identity, and, or, if."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "identity",
        "name": "a sentence and itself",
        "capability": "Logic",
        "type": "MFT",
        "description": "Premise and hypothesis are the same, letter for letter. A failure means that the model misses the simplest entailment.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "entailment",
            """{person} {task.past} yesterday. | {person} {task.past} yesterday.
            {person} did not {task.base}. | {person} did not {task.base}.
            {person} is no longer {a profession}. | {person} is no longer {a profession}.
            None of the {profession.many} {feat.past}. | None of the {profession.many} {feat.past}.
            Only some of the {profession.many} {feat.past}. | Only some of the {profession.many} {feat.past}.
            {person} has never been to {country}. | {person} has never been to {country}.
            The {profession} was {deed.done} by {person}. | The {profession} was {deed.done} by {person}.
            {person} left {city} before {person2}. | {person} left {city} before {person2}.
            Fewer than {amount.low} people live in the village. | Fewer than {amount.low} people live in the village.
            If it rains, {person} will stay in {city}. | If it rains, {person} will stay in {city}.
            {person} plays {skill} or {skill2}. | {person} plays {skill} or {skill2}.
            The {profession} {near} {person} {move}. | The {profession} {near} {person} {move}.""",
        ),
    },
    {
        "id": "and",
        "name": "and",
        "capability": "Logic",
        "type": "MFT",
        "description": "Each part follows from A and B, but not A and B from one part. A failure means that the model does not take the two apart.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """{person} {task.past} and {task2.past}. | {person} {task2.past}.
                {person} and {person2} live in {city}. | {person2} lives in {city}.
                {person} plays {skill} and {skill2}. | {person} plays {skill}.
                {person} has been to {country} and {country2}. | {person} has been to {country2}.
                {person} is {a profession} and {person2} is {a profession2}. | {person} is {a profession}.
                {person} {deed.past} the {profession} and {task.past}. | {person} {deed.past} the {profession}.""",
            ),
            *pairs(
                "neutral",
                """{person} {task.past}. | {person} {task.past} and {task2.past}.
                {person} lives in {city}. | {person} and {person2} live in {city}.
                {person} plays {skill}. | {person} plays {skill} and {skill2}.
                {person} has been to {country}. | {person} has been to {country} and {country2}.
                {person} is {a profession}. | {person} is {a profession} and {person2} is {a profession2}.
                {person} {deed.past} the {profession}. | {person} {deed.past} the {profession} and {task.past}.""",
            ),
        ],
    },
    {
        "id": "or",
        "name": "or",
        "capability": "Logic",
        "type": "MFT",
        "description": "A or B follows from A, but not A from A or B. A failure means that the model takes 'or' for 'and', or the other way round.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """{person} {task.past}. | {person} {task.past} or {task2.past}, or did both.
                {person} plays {skill}. | {person} plays {skill} or {skill2}, or both.
                {person} is in {city} now. | {person} is now either in {city} or in {city2}.
                {person} is {a profession}. | {person} is {a profession} or {a profession2}, or both.
                {person} is either in {city} or in {city2}. {person} is not in {city}. | {person} is in {city2}.
                Either {person} or {person2} {task.past}, and it was not {person}. | {person2} {task.past}.""",
            ),
            *pairs(
                "neutral",
                """{person} {task.past} or {task2.past}. | {person} {task.past}.
                {person} plays {skill} or {skill2}. | {person} plays {skill2}.
                {person} lives in {city} or {city2}. | {person} lives in {city}.
                {person} is {a profession} or {a profession2}. | {person} is {a profession2}.
                {person} is either in {city} or in {city2}. | {person} is in {city2}.
                Either {person} or {person2} {task.past}. | {person2} {task.past}.""",
            ),
        ],
    },
    {
        "id": "if",
        "name": "if",
        "capability": "Logic",
        "type": "MFT",
        "description": "What is said under a condition follows once the condition is met, and is open while it is not known. A failure means that the model overlooks the condition.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """If it rains, {person} stays at home. It is raining. | {person} stays at home.
                If {person} wins, the {profession} will be happy. {person} has won. | The {profession} will be happy.
                Whoever {feat.past} got a prize. {person} {feat.past}. | {person} got a prize.
                If the {profession} {feat.past}, so did {person}. The {profession} {feat.past}. | {person} {feat.past}.
                Everyone from {city} likes {person}. The {profession} is from {city}. | The {profession} likes {person}.
                {person} is in {city} whenever {person2} is there. {person2} is in {city}. | {person} is in {city}.""",
            ),
            *pairs(
                "neutral",
                """If it rains tomorrow, {person} will stay at home. | {person} will stay at home tomorrow.
                If {person} wins, the {profession} will be happy. | {person} will win.
                Whoever {feat.past} got a prize. | {person} got a prize.
                If the {profession} {feat.past}, so did {person}. | {person} {feat.past}.
                Everyone from {city} likes {person}. | The {profession} likes {person}.
                {person} is in {city} whenever {person2} is there. | {person2} is in {city} today.""",
            ),
        ],
    },
]
