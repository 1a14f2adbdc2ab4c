"""Inference tests of Vocabulary and Taxonomy: what single words add, take away or turn around."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs, turned

_KINDS = """{person} is drawing {a creature.sub}. | {person} is drawing {a creature.super}.
    There is {a creature.sub} in the picture. | There is {a creature.super} in the picture.
    The children saw {a creature.sub} on their way home. | The children saw {a creature.super} on their way home.
    {person} is playing the {instrument} on the stage. | {person} is playing a musical instrument on the stage.
    The {profession} bought {a instrument} in {city}. | The {profession} bought a musical instrument in {city}.
    {person} is repairing {a vehicle} in the yard. | {person} is repairing a vehicle in the yard.
    The {profession} drove {a vehicle} to {city}. | The {profession} drove a vehicle to {city}.
    {person} bought {a garment} in {city}. | {person} bought a piece of clothing in {city}.
    The {profession} borrowed {a tool} from {person}. | The {profession} borrowed a tool from {person}.
    {person} carried {a furniture} into the house. | {person} carried a piece of furniture into the house.
    {person} is sitting under {a tree} tree. | {person} is sitting under a tree.
    {A profession} is waiting at the bus stop in {city}. | A person is waiting at the bus stop in {city}.
    {person} is talking to {a adult} in the park. | {person} is talking to an adult in the park."""

_MODIFIERS = """{A look} {profession} is walking a dog in the park. | {A profession} is walking a dog in the park.
    {A look} {profession} is waiting for a train. | {A profession} is waiting for a train.
    {person} is carrying {a size} box up the stairs. | {person} is carrying a box up the stairs.
    {person} bought {a size} table in {city}. | {person} bought a table in {city}.
    The {profession} opened the letter {manner}. | The {profession} opened the letter.
    {person} walked {manner} across the bridge. | {person} walked across the bridge.
    {A profession} is reading a newspaper in a café in {city}. | {A profession} is reading a newspaper.
    {person} and {person2} danced at a wedding in {city}. | {person} and {person2} danced.
    {person} repaired the {fit} with the help of {person2}. | {person} repaired the {fit}.
    {A profession} with {a size} umbrella is crossing the street. | {A profession} is crossing the street.
    {A profession} who comes from {city} bought the house next door. | {A profession} bought the house next door.
    {person} baked a cake with apples for {person2}. | {person} baked a cake for {person2}."""

TESTS: list[Any] = [
    {
        "id": "modifier-dropped",
        "name": "a modifier left out",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "The hypothesis says the same with a detail less, so it follows. A failure means that the model wants all of the premise to be repeated.",
        "expect": {"kind": "label"},
        "templates": pairs("entailment", _MODIFIERS),
    },
    {
        "id": "modifier-added",
        "name": "a modifier added",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "The hypothesis says the same with a detail more, which may be so or not. A failure means that the model takes what was not said as said.",
        "expect": {"kind": "label"},
        "templates": turned("neutral", _MODIFIERS),
    },
    {
        "id": "implicative",
        "name": "managed to, forgot to, hoped to",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "The verb tells whether something was done, was not, or is left open. A failure means that the model looks past it at what it is about.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """{person} {managed} {task.base}. | {person} {task.past}.
                {person} regrets {task.ing}. | {person} {task.past}.
                After {task.ing}, {person} went home. | {person} {task.past}.
                The {profession} {failed} {task.base}. | The {profession} did not {task.base}.""",
            ),
            *pairs(
                "neutral",
                """{person} {hoped} {task.base}. | {person} {task.past}.
                The {profession} {hoped} {task.base}. | The {profession} did not {task.base}.
                {person} thought about {task.ing}. | {person} {task.past}.
                The {profession} asked {person} to {task.base}. | {person} {task.past}.""",
            ),
            *pairs(
                "contradiction",
                """{person} {failed} {task.base}. | {person} {task.past}.
                The {profession} {managed} {task.base}. | The {profession} did not {task.base}.
                {person} left without {task.ing}. | {person} {task.past} before leaving.
                {person} avoided {task.ing}. | {person} {task.past}.""",
            ),
        ],
    },
    {
        "id": "hypernym",
        "name": "a more general word",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "A poodle is a dog: the hypothesis has the more general word, so it follows. A failure means that the model does not know that one is a kind of the other.",
        "expect": {"kind": "label"},
        "templates": pairs("entailment", _KINDS),
    },
    {
        "id": "hyponym",
        "name": "a more special word",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "A dog may be a poodle or not: the hypothesis has the more special word, so it is open. A failure means that the model treats related words as the same, or as excluding each other.",
        "expect": {"kind": "label"},
        "templates": turned("neutral", _KINDS),
    },
    {
        "id": "opposite-state",
        "name": "opposite and equal states",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "What is open cannot be closed, and what is closed is not open: opposites contradict, and the same state in other words follows. A failure means that the model does not tell opposites from words that mean the same.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "contradiction",
                """The {opening} is open. | The {opening} is closed.
                {person} found the {opening} closed. | The {opening} was open when {person} came.
                The {container} is empty. | The {container} is full.
                The {laundry} is dry. | The {laundry} is wet.
                The {laundry} is very dirty. | The {laundry} is clean.
                The {drink} is too hot. | The {drink} is cold.
                The {device} is switched on. | The {device} is switched off.
                The {sleeper} is fast asleep. | The {sleeper} is awake.
                {person} is standing at the back of the room. | {person} is sitting at the back of the room.""",
            ),
            *pairs(
                "entailment",
                """The {opening} is closed. | The {opening} is not open.
                The {container} is full. | The {container} is not empty.
                The {laundry} is soaking wet. | The {laundry} is wet.
                The {laundry} is filthy. | The {laundry} is dirty.
                The {drink} is boiling hot. | The {drink} is not cold.
                The {device} is switched off. | The {device} is not on.
                The {sleeper} is fast asleep. | The {sleeper} is sleeping.
                {person} is seated at the back of the room. | {person} is sitting at the back of the room.""",
            ),
        ],
    },
]
