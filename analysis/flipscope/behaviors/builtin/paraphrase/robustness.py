"""Paraphrase tests of Robustness: typing errors and contractions."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import groups

TESTS: list[Any] = [
    {
        "id": "typo",
        "name": "a typing error on one side",
        "capability": "Robustness",
        "type": "INV",
        "description": "Two letters are swapped, or one is missing or doubled, in the first text, then in the second. A failure means that a slip of the finger changes the answer.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": groups(
            """How can I become {a profession}? | What should I do to become {a profession}?
            How can I beocme {a profession}? | What should I do to become {a profession}?
            How can I become {a profession}? | What shoud I do to become {a profession}?

            What is the best way to travel from {city} to {city2}? | How should I travel from {city} to {city2}?
            What is the bset way to travel from {city} to {city2}? | How should I travel from {city} to {city2}?
            What is the best way to travel from {city} to {city2}? | How should I trravel from {city} to {city2}?

            Where can I learn to swim in {city}? | Where in {city} are there swimming lessons?
            Where can I laern to swim in {city}? | Where in {city} are there swimming lessons?
            Where can I learn to swim in {city}? | Where in {city} are ther swimming lessons?

            Is it safe to drink the water in {country}? | Can you drink the water in {country}?
            Is it safe to dirnk the water in {country}? | Can you drink the water in {country}?
            Is it safe to drink the water in {country}? | Can you drink teh water in {country}?

            How much does {a profession} earn in {country}? | What is the salary of {a profession} in {country}?
            How mcuh does {a profession} earn in {country}? | What is the salary of {a profession} in {country}?
            How much does {a profession} earn in {country}? | What is the slary of {a profession} in {country}?

            When is the best time to visit {city}? | In which month should I visit {city}?
            When is the best tmie to visit {city}? | In which month should I visit {city}?
            When is the best time to visit {city}? | In which month shuold I visit {city}?

            How do I open a bank account in {country}? | How do I close a bank account in {country}?
            How do I open a bank acount in {country}? | How do I close a bank account in {country}?
            How do I open a bank account in {country}? | How do I close a bnak account in {country}?

            What do people in {country} eat for breakfast? | What do people in {country} eat for dinner?
            What do poeple in {country} eat for breakfast? | What do people in {country} eat for dinner?
            What do people in {country} eat for breakfast? | What do peopel in {country} eat for dinner?

            {person} has moved from {city} to {city2}. | {person} has left {city} and now lives in {city2}.
            {person} has mvoed from {city} to {city2}. | {person} has left {city} and now lives in {city2}.
            {person} has moved from {city} to {city2}. | {person} has left {city} and now livves in {city2}.

            {person} opened a small restaurant in {city}. | In {city}, {person} opened a small restaurant.
            {person} opened a small restaurnat in {city}. | In {city}, {person} opened a small restaurant.
            {person} opened a small restaurant in {city}. | In {city}, {person} opeend a small restaurant.

            The company will close its office in {city}. | The company is going to shut down its {city} office.
            The comapny will close its office in {city}. | The company is going to shut down its {city} office.
            The company will close its office in {city}. | The company is gong to shut down its {city} office.

            The train from {city} arrived an hour late. | The train from {city} arrived on time.
            The train from {city} arrvied an hour late. | The train from {city} arrived on time.
            The train from {city} arrived an hour late. | The train from {city} arrivd on time."""
        ),
    },
    {
        "id": "contraction",
        "name": "a contraction on one side",
        "capability": "Robustness",
        "type": "INV",
        "description": "Words such as 'is not' are contracted, in the first text, then in the second. A failure means that how the words are written changes the answer.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": groups(
            """What is the best way to become {a profession}? | What is the easiest way to become {a profession}?
            What's the best way to become {a profession}? | What is the easiest way to become {a profession}?
            What is the best way to become {a profession}? | What's the easiest way to become {a profession}?

            What is it like to live in {city}? | How is life in {city}?
            What's it like to live in {city}? | How is life in {city}?
            What is it like to live in {city}? | How's life in {city}?

            Who is the richest {profession} in {country}? | Who is the best {profession} in {country}?
            Who's the richest {profession} in {country}? | Who is the best {profession} in {country}?
            Who is the richest {profession} in {country}? | Who's the best {profession} in {country}?

            Where is the airport of {city}? | Where is the port of {city}?
            Where's the airport of {city}? | Where is the port of {city}?
            Where is the airport of {city}? | Where's the port of {city}?

            Why does {person} not like {city}? | What is it that {person} does not like about {city}?
            Why doesn't {person} like {city}? | What is it that {person} does not like about {city}?
            Why does {person} not like {city}? | What is it that {person} doesn't like about {city}?

            Why did {person} not become {a profession}? | For what reason did {person} not become {a profession}?
            Why didn't {person} become {a profession}? | For what reason did {person} not become {a profession}?
            Why did {person} not become {a profession}? | For what reason didn't {person} become {a profession}?

            Why have they not finished the bridge in {city}? | Why is the bridge in {city} not finished yet?
            Why haven't they finished the bridge in {city}? | Why is the bridge in {city} not finished yet?
            Why have they not finished the bridge in {city}? | Why isn't the bridge in {city} finished yet?

            {person} is not {a profession}. | It is not true that {person} is {a profession}.
            {person} isn't {a profession}. | It is not true that {person} is {a profession}.
            {person} is not {a profession}. | It's not true that {person} is {a profession}.

            {person} did not go to {city}. | {person} did not want to go to {city}.
            {person} didn't go to {city}. | {person} did not want to go to {city}.
            {person} did not go to {city}. | {person} didn't want to go to {city}.

            {person} cannot come to {city} today. | {person} will not come to {city} today.
            {person} can't come to {city} today. | {person} will not come to {city} today.
            {person} cannot come to {city} today. | {person} won't come to {city} today.

            They are looking for {a profession} in {city}. | In {city}, they are looking for {a profession}.
            They're looking for {a profession} in {city}. | In {city}, they are looking for {a profession}.
            They are looking for {a profession} in {city}. | In {city}, they're looking for {a profession}.

            We have never been to {country}. | Until now, we have not been to {country}.
            We've never been to {country}. | Until now, we have not been to {country}.
            We have never been to {country}. | Until now, we haven't been to {country}."""
        ),
    },
]
