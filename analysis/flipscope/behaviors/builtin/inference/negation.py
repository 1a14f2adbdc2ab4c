"""Inference tests of Negation: in the hypothesis, in the premise, twice, and about somebody else."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "negated-hypothesis",
        "name": "a negated hypothesis",
        "capability": "Negation",
        "type": "MFT",
        "description": "The hypothesis denies what the premise says. A failure means that the model overlooks the negation.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "contradiction",
            """{person} {task.past} yesterday. | {person} did not {task.base} yesterday.
            {person} is {task.ing} right now. | {person} is not {task.ing} right now.
            {person} is {a profession} in {city}. | {person} is not {a profession}.
            {person} {task.past} before dinner. | {person} never {task.past}.
            It was {person} who {task.past}. | It was not {person} who {task.past}.
            Everybody knows that {person} {task.past}. | {person} did not {task.base}.
            There is {a profession} waiting at the door. | There is no {profession} at the door.
            {person} speaks with the {profession} every day. | {person} never speaks with the {profession}.
            {person} has been to {country} several times. | {person} has never been to {country}.
            Everyone in {city} knows {person}. | Nobody in {city} knows {person}.
            {person} plays {skill} very well. | {person} does not play {skill}.
            The train to {city} is late. | The train to {city} is not late.""",
        ),
    },
    {
        "id": "negation-follows",
        "name": "a negated hypothesis that follows",
        "capability": "Negation",
        "type": "MFT",
        "description": "The hypothesis is negated, and so is the premise in other words. A failure means that the model takes every 'not' for a contradiction.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "entailment",
            """{person} did not {task.base} yesterday. | {person} didn't {task.base} yesterday.
            It is not true that {person} {task.past}. | {person} did not {task.base}.
            {person} forgot to {task.base}. | {person} did not {task.base}.
            {person} is anything but {a profession}. | {person} is not {a profession}.
            Nobody {task.past}. | {person} did not {task.base}.
            There are no {profession.many} in the village. | Nobody in the village is {a profession}.
            {person} has never been to {country}. | {person} was not in {country} last year.
            The {profession} is absent. | The {profession} is not here.
            {person} refused to speak with the {profession}. | {person} did not speak with the {profession}.
            No one in {city} knows {person}. | {person} is not known in {city}.
            {person} has never learned to play {skill}. | {person} does not play {skill}.
            The train to {city} is on time. | The train to {city} is not late.""",
        ),
    },
    {
        "id": "double-negation",
        "name": "a double negation",
        "capability": "Negation",
        "type": "MFT",
        "description": "Two negations cancel out. A failure means that the model counts only one of them, or none.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """It is not true that {person} did not {task.base}. | {person} {task.past}.
                {person} did not forget to {task.base}. | {person} {task.past}.
                {person} did not fail to {task.base}. | {person} {task.past}.
                None of the {profession.many} failed to {feat.base}. | All of the {profession.many} {feat.past}.
                There was no {profession} who did not {feat.base}. | Every {profession} {feat.past}.
                It is not the case that {person} is not {a profession}. | {person} is {a profession}.""",
            ),
            *pairs(
                "contradiction",
                """It is not true that {person} did not {task.base}. | {person} did not {task.base}.
                {person} did not forget to {task.base}. | {person} forgot to {task.base}.
                {person} did not fail to {task.base}. | {person} did not {task.base}.
                None of the {profession.many} failed to {feat.base}. | Some of the {profession.many} did not {feat.base}.
                There was no {profession} who did not {feat.base}. | Not a single {profession} {feat.past}.
                It is not the case that {person} is not {a profession}. | {person} is not {a profession}.""",
            ),
        ],
    },
    {
        "id": "negation-scope",
        "name": "a negation about somebody else",
        "capability": "Negation",
        "type": "MFT",
        "description": "One did and the other did not. A failure means that the model does not see what the negation is about.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """{person} did not {task.base}, but {person2} did. | {person2} {task.past}.
                Unlike {person}, {person2} is not {a profession}. | {person} is {a profession}.
                {person} {task.past}, but did not {task2.base}. | {person} {task.past}.
                Nobody but {person} {task.past}. | {person} {task.past}.
                It was not {person} but {person2} who {task.past}. | {person2} {task.past}.
                {person}, who does not live in {city}, is {a profession}. | {person} is {a profession}.""",
            ),
            *pairs(
                "contradiction",
                """{person} did not {task.base}, but {person2} did. | {person} {task.past}.
                Unlike {person}, {person2} is not {a profession}. | {person2} is {a profession}.
                {person} {task.past}, but did not {task2.base}. | {person} {task2.past}.
                Nobody but {person} {task.past}. | {person2} {task.past}.
                It was not {person} but {person2} who {task.past}. | {person} {task.past}.
                {person}, who does not live in {city}, is {a profession}. | {person} lives in {city}.""",
            ),
        ],
    },
]
