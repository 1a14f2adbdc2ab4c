"""Paraphrase tests of Coref and SRL: who is meant, who did it, and how relations turn around."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "he-she",
        "name": "he and she",
        "capability": "Coref",
        "type": "MFT",
        "description": "A woman and a man are named, then one of them is meant by a pronoun. A failure means that the model does not know whom it stands for.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """When {man} met {woman}, was he {nervous}? | When {man} met {woman}, was she {nervous}?
                If {woman} marries {man}, will she move to {city}? | If {woman} marries {man}, will he move to {city}?
                {man} and {woman} live in {city}. Does he like it there? | {man} and {woman} live in {city}. Does she like it there?
                When {woman} saw {man}, she was {nervous}. | When {woman} saw {man}, he was {nervous}.
                {man} worked with {woman} until he became {a profession}. | {man} worked with {woman} until she became {a profession}.
                {woman} and {man} met in {city}, where she was born. | {woman} and {man} met in {city}, where he was born.""",
            ),
            *pairs(
                "equivalent",
                """When {man} met {woman}, was he {nervous}? | Was {man} {nervous} when he met {woman}?
                If {woman} marries {man}, will she move to {city}? | Will {woman} move to {city} if she marries {man}?
                {man} and {woman} live in {city}. Does he like it there? | {man} and {woman} live in {city}. Does {man} like it there?
                When {woman} saw {man}, she was {nervous}. | {woman} was {nervous} when she saw {man}.
                {man} worked with {woman} until she became {a profession}. | {man} worked with {woman} until {woman} became {a profession}.
                {woman} and {man} met in {city}, where he was born. | {woman} and {man} met in {city}, where {man} was born.""",
            ),
        ],
    },
    {
        "id": "his-her",
        "name": "his and her",
        "capability": "Coref",
        "type": "MFT",
        "description": "A woman and a man are named, then something belongs to one of them. A failure means that the model does not know whose it is.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """Did {woman} and {man} use her {thing}? | Did {woman} and {man} use his {thing}?
                When {man} visited {woman}, did he lose his {thing}? | When {man} visited {woman}, did he lose her {thing}?
                If {woman} works with {man}, should she bring her {thing}? | If {woman} works with {man}, should she bring his {thing}?
                {man} and {woman} met at his house in {city}. | {man} and {woman} met at her house in {city}.
                {woman} told {man} about her trip to {city}. | {woman} told {man} about his trip to {city}.
                {man} helped {woman} find her {thing}. | {man} helped {woman} find his {thing}.""",
            ),
            *pairs(
                "equivalent",
                """Did {woman} and {man} use her {thing}? | Did {woman} and {man} use {woman}'s {thing}?
                When {man} visited {woman}, did he lose her {thing}? | When {man} visited {woman}, did he lose {woman}'s {thing}?
                If {woman} works with {man}, should she bring his {thing}? | If {woman} works with {man}, should she bring {man}'s {thing}?
                {man} and {woman} met at his house in {city}. | {man} and {woman} met at {man}'s house in {city}.
                {woman} told {man} about his trip to {city}. | {woman} told {man} about {man}'s trip to {city}.
                {man} helped {woman} find her {thing}. | {man} helped {woman} find {woman}'s {thing}.""",
            ),
        ],
    },
    {
        "id": "active-passive",
        "name": "active and passive",
        "capability": "SRL",
        "type": "MFT",
        "description": "The passive says the same when the roles are kept, and something else when they are swapped. A failure means that the model does not tell who did it from whom it was done to.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """Did {person} {deed.base} {person2}? | Was {person2} {deed.done} by {person}?
                Why did {person} {deed.base} {person2} in {city}? | Why was {person2} {deed.done} by {person} in {city}?
                When was {person} {deed.done} by the {profession}? | When did the {profession} {deed.base} {person}?
                {person} {deed.past} {person2}. | {person2} was {deed.done} by {person}.
                {person} was {deed.done} by the {profession}. | The {profession} {deed.past} {person}.
                In {city}, {person} {deed.past} {a profession}. | In {city}, {a profession} was {deed.done} by {person}.""",
            ),
            *pairs(
                "not_equivalent",
                """Did {person} {deed.base} {person2}? | Was {person} {deed.done} by {person2}?
                Why did {person} {deed.base} {person2} in {city}? | Why was {person} {deed.done} by {person2} in {city}?
                When was {person} {deed.done} by the {profession}? | When did {person} {deed.base} the {profession}?
                {person} {deed.past} {person2}. | {person} was {deed.done} by {person2}.
                {person} was {deed.done} by the {profession}. | {person} {deed.past} the {profession}.
                In {city}, {person} {deed.past} {a profession}. | In {city}, {person} was {deed.done} by {a profession}.""",
            ),
        ],
    },
    {
        "id": "symmetric",
        "name": "symmetric relations, the other way round",
        "capability": "SRL",
        "type": "MFT",
        "description": "If A is married to B, B is married to A: the order does not matter. A failure means that the model takes every change of order for a change of meaning.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {symmetric} {person2}? | Is {person2} {symmetric} {person}?
            How do you know that {person} is {symmetric} {person2}? | How do you know that {person2} is {symmetric} {person}?
            Does everyone know that {person} is {symmetric} {person2}? | Does everyone know that {person2} is {symmetric} {person}?
            How far is it from {city} to {city2}? | How far is it from {city2} to {city}?
            What is the time difference between {city} and {city2}? | What is the time difference between {city2} and {city}?
            Does {country} share a border with {country2}? | Does {country2} share a border with {country}?
            {person} is {symmetric} {person2}. | {person2} is {symmetric} {person}.
            {person} was not {symmetric} {person2}. | {person2} was not {symmetric} {person}.
            {person} shares an apartment in {city} with {person2}. | {person2} shares an apartment in {city} with {person}.
            {person} played chess with {person2} in {city}. | {person2} played chess with {person} in {city}.
            {person} met {person2} for the first time in {city}. | {person2} met {person} for the first time in {city}.
            {country} signed a treaty with {country2}. | {country2} signed a treaty with {country}.""",
        ),
    },
    {
        "id": "asymmetric",
        "name": "asymmetric relations, the other way round",
        "capability": "SRL",
        "type": "MFT",
        "description": "If A is taller than B, B is not taller than A: the order matters. A failure means that the model only compares which words there are.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """Who told you that {person} is {asymmetric.one} {person2}? | Who told you that {person2} is {asymmetric.one} {person}?
            Why is {person} {feeling} {person2}? | Why is {person2} {feeling} {person}?
            Did {person} {deed.base} {person2}? | Did {person2} {deed.base} {person}?
            How do I get from {city} to {city2}? | How do I get from {city2} to {city}?
            How much is a flight from {country} to {country2}? | How much is a flight from {country2} to {country}?
            Why does {person} trust {person2}? | Why does {person2} trust {person}?
            {person} is {asymmetric.one} {person2}. | {person2} is {asymmetric.one} {person}.
            {person} was {feeling} {person2}. | {person2} was {feeling} {person}.
            {person} {deed.past} {person2} in {city}. | {person2} {deed.past} {person} in {city}.
            {person} moved from {city} to {city2}. | {person} moved from {city2} to {city}.
            {country} borrowed money from {country2}. | {country2} borrowed money from {country}.
            {person} lent {person2} a car. | {person2} lent {person} a car.""",
        ),
    },
    {
        "id": "converse",
        "name": "converse relations",
        "capability": "SRL",
        "type": "MFT",
        "description": "A is taller than B says the same as B is shorter than A, but not as A is shorter than B. A failure means that the model does not combine the word and the order.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """Who told you that {person} is {asymmetric.one} {person2}? | Who told you that {person2} is {asymmetric.other} {person}?
                How do you know that {person} is {asymmetric.other} {person2}? | How do you know that {person2} is {asymmetric.one} {person}?
                Did {person} sell the house in {city} to {person2}? | Did {person2} buy the house in {city} from {person}?
                {person} is {asymmetric.one} {person2}. | {person2} is {asymmetric.other} {person}.
                {person} is not {asymmetric.other} {person2}. | {person2} is not {asymmetric.one} {person}.
                {country} borrowed money from {country2}. | {country2} lent money to {country}.""",
            ),
            *pairs(
                "not_equivalent",
                """Who told you that {person} is {asymmetric.one} {person2}? | Who told you that {person} is {asymmetric.other} {person2}?
                How do you know that {person} is {asymmetric.other} {person2}? | How do you know that {person} is {asymmetric.one} {person2}?
                Did {person} sell the house in {city} to {person2}? | Did {person} buy the house in {city} from {person2}?
                {person} is {asymmetric.one} {person2}. | {person} is {asymmetric.other} {person2}.
                {person} is not {asymmetric.other} {person2}. | {person} is not {asymmetric.one} {person2}.
                {country} borrowed money from {country2}. | {country} lent money to {country2}.""",
            ),
        ],
    },
]
