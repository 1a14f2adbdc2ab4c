"""Inference tests of Robustness: typing errors, contractions, and a sentence that has nothing to do with it."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import groups

TESTS: list[Any] = [
    {
        "id": "typo-premise",
        "name": "a typing error in the premise",
        "capability": "Robustness",
        "type": "INV",
        "description": "Two letters of the premise are swapped, or one is missing or doubled. A failure means that a slip of the finger changes the answer.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": groups(
            """{person} bought a ticket for the concert in {city}. | {person} bought a ticket.
            {person} bought a tikcet for the concert in {city}. | {person} bought a ticket.
            {person} bought a ticket for the concrt in {city}. | {person} bought a ticket.

            The {profession} is repairing the roof of the school. | The {profession} is sleeping.
            The {profession} is reparing the roof of the school. | The {profession} is sleeping.
            The {profession} is repairing the roof of the shcool. | The {profession} is sleeping.

            All the {profession.many} went to the meeting in {city}. | Some of the {profession.many} went to the meeting.
            All the {profession.many} went to the meetting in {city}. | Some of the {profession.many} went to the meeting.
            All the {profession.many} wnet to the meeting in {city}. | Some of the {profession.many} went to the meeting.

            {person} did not like the food in {city}. | {person} enjoyed the food in {city}.
            {person} did not like the fodo in {city}. | {person} enjoyed the food in {city}.
            {person} did not lkie the food in {city}. | {person} enjoyed the food in {city}.

            {A profession} is reading a newspaper on the train. | Somebody is reading.
            {A profession} is reading a newspapper on the train. | Somebody is reading.
            {A profession} is reading a newspaper on the trian. | Somebody is reading.

            {person} grew up in {city} and studied music. | {person} plays the piano.
            {person} grew up in {city} and studied muisc. | {person} plays the piano.
            {person} grew up in {city} and studeid music. | {person} plays the piano.

            The restaurant in {city} closes before midnight. | The restaurant is open all night.
            The restaurnat in {city} closes before midnight. | The restaurant is open all night.
            The restaurant in {city} closes before midnigth. | The restaurant is open all night.

            {person} married {a profession} from {country}. | {person} has never been married.
            {person} marired {a profession} from {country}. | {person} has never been married.
            {person} maried {a profession} from {country}. | {person} has never been married.

            More than half of the {profession.many} live in {city}. | Many {profession.many} are unhappy.
            More than half of the {profession.many} lvie in {city}. | Many {profession.many} are unhappy.
            Moer than half of the {profession.many} live in {city}. | Many {profession.many} are unhappy.

            After the storm, {person} stayed at a hotel in {city}. | {person} stayed at a hotel.
            After the strom, {person} stayed at a hotel in {city}. | {person} stayed at a hotel.
            After the storm, {person} styaed at a hotel in {city}. | {person} stayed at a hotel.

            {person} was late because the train was delayed. | The train was on time.
            {person} was late becuase the train was delayed. | The train was on time.
            {person} was late because the train was dealyed. | The train was on time.

            {person} and {person2} are building a castle in the sand. | {person} is on vacation.
            {person} and {person2} are buidling a castle in the sand. | {person} is on vacation.
            {person} and {person2} are building a castle in teh sand. | {person} is on vacation."""
        ),
    },
    {
        "id": "contraction-premise",
        "name": "a contraction in the premise",
        "capability": "Robustness",
        "type": "INV",
        "description": "Words of the premise such as 'is not' are contracted. A failure means that how the words are written changes the answer.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": groups(
            """{person} is not {a profession}. | {person} works as {a profession}.
            {person} isn't {a profession}. | {person} works as {a profession}.

            {person} does not live in {city} anymore. | {person} used to live in {city}.
            {person} doesn't live in {city} anymore. | {person} used to live in {city}.

            {person} did not call the {profession}. | {person} spoke to the {profession} on the phone.
            {person} didn't call the {profession}. | {person} spoke to the {profession} on the phone.

            {person} has not been to {country}. | {person} knows {country} well.
            {person} hasn't been to {country}. | {person} knows {country} well.

            We are waiting for the {profession} from {city}. | We are waiting for somebody.
            We're waiting for the {profession} from {city}. | We are waiting for somebody.

            They have sold the house in {city}. | They own a house in {country}.
            They've sold the house in {city}. | They own a house in {country}.

            I am {a profession} and I work in {city}. | I have a job.
            I'm {a profession} and I work in {city}. | I have a job.

            {person} cannot swim, but {person2} can. | {person2} can swim.
            {person} can't swim, but {person2} can. | {person2} can swim.

            The {profession} will not come to {city} today. | The {profession} is ill.
            The {profession} won't come to {city} today. | The {profession} is ill.

            It is raining in {city}, so {person} is staying at home. | {person} is at home.
            It's raining in {city}, so {person} is staying at home. | {person} is at home.

            There is {a profession} at the door, and {person} is not at home. | Somebody is at the door.
            There's {a profession} at the door, and {person} isn't at home. | Somebody is at the door.

            The {profession.many} were not paid last month. | The {profession.many} are on strike.
            The {profession.many} weren't paid last month. | The {profession.many} are on strike."""
        ),
    },
    {
        "id": "unrelated-sentence",
        "name": "an unrelated sentence more in the premise",
        "capability": "Robustness",
        "type": "DIR",
        "description": "A sentence about something else is added to the premise. What followed still follows: a failure means that it makes entailment less likely by more than 0.1.",
        "expect": {"kind": "score_shift", "weights": {"entailment": 1.0}, "direction": "up", "tolerance": 0.1},
        "templates": groups(
            """{person} bought a ticket in {city}. | {person} bought a ticket.
            {person} bought a ticket in {city}. {unrelated} | {person} bought a ticket.
            {unrelated} {person} bought a ticket in {city}. | {person} bought a ticket.

            {A profession} is sleeping on the sofa. | Somebody is sleeping.
            {A profession} is sleeping on the sofa. {unrelated} | Somebody is sleeping.
            {unrelated} {A profession} is sleeping on the sofa. | Somebody is sleeping.

            All the {profession.many} came to {city}. | Some of the {profession.many} came to {city}.
            All the {profession.many} came to {city}. {unrelated} | Some of the {profession.many} came to {city}.
            {unrelated} All the {profession.many} came to {city}. | Some of the {profession.many} came to {city}.

            {person} was born in {city}. | The birthplace of {person} is {city}.
            {person} was born in {city}. {unrelated} | The birthplace of {person} is {city}.
            {unrelated} {person} was born in {city}. | The birthplace of {person} is {city}.

            The {profession} helped {person}. | {person} was helped by the {profession}.
            The {profession} helped {person}. {unrelated} | {person} was helped by the {profession}.
            {unrelated} The {profession} helped {person}. | {person} was helped by the {profession}.

            {person} and {person2} went to {city}. | {person} went to {city}.
            {person} and {person2} went to {city}. {unrelated} | {person} went to {city}.
            {unrelated} {person} and {person2} went to {city}. | {person} went to {city}.

            {person} left {city} before {person2}. | {person2} left {city} after {person}.
            {person} left {city} before {person2}. {unrelated} | {person2} left {city} after {person}.
            {unrelated} {person} left {city} before {person2}. | {person2} left {city} after {person}.

            {person} is drawing {a creature.sub}. | {person} is drawing {a creature.super}.
            {person} is drawing {a creature.sub}. {unrelated} | {person} is drawing {a creature.super}.
            {unrelated} {person} is drawing {a creature.sub}. | {person} is drawing {a creature.super}.

            {person} forgot to {task.base}. | {person} did not {task.base}.
            {person} forgot to {task.base}. {unrelated} | {person} did not {task.base}.
            {unrelated} {person} forgot to {task.base}. | {person} did not {task.base}.

            {person} has worked as {a profession} for {number} years. | {person} has worked as {a profession}.
            {person} has worked as {a profession} for {number} years. {unrelated} | {person} has worked as {a profession}.
            {unrelated} {person} has worked as {a profession} for {number} years. | {person} has worked as {a profession}.

            The {sleeper} is fast asleep. | The {sleeper} is not awake.
            The {sleeper} is fast asleep. {unrelated} | The {sleeper} is not awake.
            {unrelated} The {sleeper} is fast asleep. | The {sleeper} is not awake.

            {person} used to live in {city}. | {person} lived in {city} in the past.
            {person} used to live in {city}. {unrelated} | {person} lived in {city} in the past.
            {unrelated} {person} used to live in {city}. | {person} lived in {city} in the past."""
        ),
    },
]
