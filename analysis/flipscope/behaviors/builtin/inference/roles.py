"""Inference tests of Coref and SRL: who is meant, who did it, and of whom it was said."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import one_of, pairs

_NOT_ENTAILED = ("neutral", "contradiction")

TESTS: list[Any] = [
    {
        "id": "he-she",
        "name": "he and she",
        "capability": "Coref",
        "type": "MFT",
        "description": "The premise names a woman and a man and goes on with a pronoun. A failure means that the model does not know which of the two it stands for.",
        "expect": {"kind": "one_of"},
        "templates": [
            *one_of(
                ("entailment",),
                """{woman} called {man} after she {task.past}. | {woman} {task.past}.
                {man} saw {woman} when he was {task.ing}. | {man} was {task.ing}.
                {woman} and {man} met in {city}, where he worked as {a profession}. | {man} worked in {city}.
                {man} asked {woman} for help because she is {a profession}. | {woman} is {a profession}.
                {woman} waited for {man} while he {task.past}. | {man} {task.past}.
                {man} traveled with {woman} until she fell ill. | {woman} fell ill.""",
            ),
            *one_of(
                _NOT_ENTAILED,
                """{woman} called {man} after she {task.past}. | {man} {task.past}.
                {man} saw {woman} when he was {task.ing}. | {woman} was {task.ing}.
                {woman} and {man} met in {city}, where he worked as {a profession}. | {woman} worked in {city}.
                {man} asked {woman} for help because she is {a profession}. | {man} is {a profession}.
                {woman} waited for {man} while he {task.past}. | {woman} {task.past}.
                {man} traveled with {woman} until she fell ill. | {man} fell ill.""",
            ),
        ],
    },
    {
        "id": "his-her",
        "name": "his and her",
        "capability": "Coref",
        "type": "MFT",
        "description": "The premise names a woman and a man and something that belongs to one of them. A failure means that the model does not know whose it is.",
        "expect": {"kind": "one_of"},
        "templates": [
            *one_of(
                ("entailment",),
                """{woman} and {man} drove to {city} in her car. | {woman} and {man} drove to {city} in {woman}'s car.
                {man} gave {woman} his {belonging}. | {woman} received {man}'s {belonging}.
                {man} helped {woman} look for her {belonging}. | {man} helped {woman} look for {woman}'s {belonging}.
                {woman} told {man} about his brother. | {man} has a brother.
                {man} met {woman} at her house in {city}. | {man} was at {woman}'s house.
                {woman} found his {belonging} and gave it back to {man}. | {woman} found {man}'s {belonging}.""",
            ),
            *one_of(
                _NOT_ENTAILED,
                """{woman} and {man} drove to {city} in her car. | {woman} and {man} drove to {city} in {man}'s car.
                {man} gave {woman} his {belonging}. | {man} received {woman}'s {belonging}.
                {man} helped {woman} look for her {belonging}. | {man} helped {woman} look for {man}'s {belonging}.
                {woman} told {man} about his brother. | {woman} has a brother.
                {man} met {woman} at her house in {city}. | {woman} was at {man}'s house.
                {woman} found his {belonging} and gave it back to {man}. | {man} found {woman}'s {belonging}.""",
            ),
        ],
    },
    {
        "id": "active-passive",
        "name": "active and passive",
        "capability": "SRL",
        "type": "MFT",
        "description": "The hypothesis says the same in the passive, or the active. A failure means that the model does not recognize the roles in the other form.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "entailment",
            """The {profession} {deed.past} the {profession2}. | The {profession2} was {deed.done} by the {profession}.
            {person} {deed.past} {person2} yesterday. | {person2} was {deed.done} by {person} yesterday.
            {person} was {deed.done} by {a profession} in {city}. | {A profession} {deed.past} {person} in {city}.
            After the meeting, the {profession} {deed.past} {person}. | {person} was {deed.done} by the {profession} after the meeting.
            {person} has been {deed.done} by the {profession}. | The {profession} has {deed.done} {person}.
            The {profession.many} {deed.past} {person}. | {person} was {deed.done} by the {profession.many}.
            It was {person} who {deed.past} the {profession}. | The {profession} was {deed.done} by {person}.
            {person} will {deed.base} the {profession}. | The {profession} will be {deed.done} by {person}.
            {person} gave {person2} a book. | {person2} was given a book by {person}.
            {person} sold the house in {city} to {person2}. | The house in {city} was sold by {person}.
            The report was written by {person} and {person2}. | {person} and {person2} wrote the report.
            {person} lost a game of chess to {person2}. | {person} was beaten at chess by {person2}.""",
        ),
    },
    {
        "id": "roles-swapped",
        "name": "swapped roles",
        "capability": "SRL",
        "type": "MFT",
        "description": "The hypothesis turns around who did it and whom it was done to, so it does not follow. A failure means that the model only compares which words there are.",
        "expect": {"kind": "not_equals", "value": "entailment"},
        "templates": pairs(
            None,
            """The {profession} {deed.past} the {profession2}. | The {profession2} {deed.past} the {profession}.
            {person} {deed.past} {person2} yesterday. | {person} was {deed.done} by {person2} yesterday.
            {person} was {deed.done} by {a profession} in {city}. | {person} {deed.past} {a profession} in {city}.
            After the meeting, the {profession} {deed.past} {person}. | After the meeting, {person} {deed.past} the {profession}.
            {person} has been {deed.done} by the {profession}. | {person} has {deed.done} the {profession}.
            The {profession.many} {deed.past} {person}. | {person} {deed.past} the {profession.many}.
            It was {person} who {deed.past} the {profession}. | It was the {profession} who {deed.past} {person}.
            {person} will {deed.base} the {profession}. | The {profession} will {deed.base} {person}.
            {person} gave {person2} a book. | {person2} gave {person} a book.
            {person} sold the house in {city} to {person2}. | {person2} sold the house in {city} to {person}.
            The report about {person} was written by {person2}. | The report about {person2} was written by {person}.
            {person} lost a game of chess to {person2}. | {person2} lost a game of chess to {person}.""",
        ),
    },
    {
        "id": "word-overlap",
        "name": "all the words are there",
        "capability": "SRL",
        "type": "MFT",
        "description": "The hypothesis has only words of the premise; in some cases it follows, in others they were said of somebody else, or not as a fact. A failure means that the model takes shared words for entailment.",
        "expect": {"kind": "one_of"},
        "templates": [
            *one_of(
                ("entailment",),
                """The {profession} {near} the {profession2} {move}. | The {profession} {move}.
                The {profession} who {deed.past} the {profession2} {move}. | The {profession} {move}.
                The {profession} {move} because the {profession2} {move2}. | The {profession2} {move2}.
                {person} knows that the {profession} {move}. | The {profession} {move}.
                The {profession} {deed.past} the {profession2} and the {profession3}. | The {profession} {deed.past} the {profession3}.
                When the {profession} {move}, {person} {move2}. | {person} {move2}.""",
            ),
            *one_of(
                _NOT_ENTAILED,
                """The {profession} {near} the {profession2} {move}. | The {profession2} {move}.
                The {profession} who {deed.past} the {profession2} {move}. | The {profession2} {move}.
                If the {profession} {move}, the {profession2} {move2}. | The {profession} {move}.
                {person} believed that the {profession} {move}. | The {profession} {move}.
                The {profession} or the {profession2} {move}. | The {profession2} {move}.
                Perhaps the {profession} {move}, but {person} {move2}. | The {profession} {move}.
                {person} believed the {profession} {move}. | {person} believed the {profession}.""",
            ),
        ],
    },
]
