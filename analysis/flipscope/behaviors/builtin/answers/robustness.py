"""Answer tests of Robustness: typing errors and contractions in the question, words more or less in the sentence."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import groups

TESTS: list[Any] = [
    {
        "id": "typo-question",
        "name": "a typing error in the question",
        "capability": "Robustness",
        "type": "INV",
        "description": "Two letters of the question are swapped, or one is missing or doubled. A failure means that a slip of the finger changes the answer.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": groups(
            """When was the bridge in {city} built? | The bridge in {city} was built in {year}.
            When was the brigde in {city} built? | The bridge in {city} was built in {year}.
            Whne was the bridge in {city} built? | The bridge in {city} was built in {year}.

            Who founded the {company} in {city}? | The {company} in {city} was founded in {year}.
            Who fuonded the {company} in {city}? | The {company} in {city} was founded in {year}.
            Who foundd the {company} in {city}? | The {company} in {city} was founded in {year}.

            How many people live on the west side of {city}? | About {amount} thousand people live on the west side of {city}.
            How mnay people live on the west side of {city}? | About {amount} thousand people live on the west side of {city}.
            How many poeple live on the west side of {city}? | About {amount} thousand people live on the west side of {city}.

            Where did {person} {surname} study {field}? | {person} {surname} studied {field} at the University of {city}.
            Where did {person} {surname} stduy {field}? | {person} {surname} studied {field} at the University of {city}.
            Wehre did {person} {surname} study {field}? | {person} {surname} studied {field} at the University of {city}.

            Why did {person} {surname} leave {city}? | {person} {surname} left {city} because {left_because}.
            Why did {person} {surname} leav {city}? | {person} {surname} left {city} because {left_because}.
            Why ddi {person} {surname} leave {city}? | {person} {surname} left {city} because {left_because}.

            Which musical instrument does {person} {surname} play? | {person} {surname} plays the {instrument}.
            Which muscial instrument does {person} {surname} play? | {person} {surname} plays the {instrument}.
            Which musical instrumment does {person} {surname} play? | {person} {surname} plays the {instrument}.

            When did {country} sign the treaty? | {country} signed the treaty in spite of strong protests.
            When did {country} sign the traety? | {country} signed the treaty in spite of strong protests.
            When did {country} sgin the treaty? | {country} signed the treaty in spite of strong protests.

            How tall is the {tower} in {city}? | The {tower} in {city} is {height} meters tall.
            How tlal is the {tower} in {city}? | The {tower} in {city} is {height} meters tall.
            Hwo tall is the {tower} in {city}? | The {tower} in {city} is {height} meters tall.

            Who wrote the novel about {country}? | The novel about {country} was written within {number} months.
            Who wrote the novle about {country}? | The novel about {country} was written within {number} months.
            Who wrtoe the novel about {country}? | The novel about {country} was written within {number} months.

            What did {person} {surname} do before the war? | Before the war, {person} {surname} worked as {a profession}.
            What did {person} {surname} do befor the war? | Before the war, {person} {surname} worked as {a profession}.
            What did {person} {surname} do beefore the war? | Before the war, {person} {surname} worked as {a profession}.

            What is sold at the market in {city}? | At the market in {city}, one can buy {goods} and {goods2}.
            What is sold at the makret in {city}? | At the market in {city}, one can buy {goods} and {goods2}.
            What is slod at the market in {city}? | At the market in {city}, one can buy {goods} and {goods2}.

            Who was elected mayor of {city} in {year}? | In {year}, {person} {surname} was elected mayor of {city}.
            Who was elceted mayor of {city} in {year}? | In {year}, {person} {surname} was elected mayor of {city}.
            Who was elected maoyr of {city} in {year}? | In {year}, {person} {surname} was elected mayor of {city}."""
        ),
    },
    {
        "id": "contraction-question",
        "name": "a contraction in the question",
        "capability": "Robustness",
        "type": "INV",
        "description": "Words of the question such as 'who is' or 'did not' are contracted. A failure means that how the words are written changes the answer.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": groups(
            """Who is the director of the {company} in {city}? | The director of the {company} in {city} is {person} {surname}.
            Who's the director of the {company} in {city}? | The director of the {company} in {city} is {person} {surname}.

            What is the population of the west side of {city}? | The population of the west side of {city} speaks several languages.
            What's the population of the west side of {city}? | The population of the west side of {city} speaks several languages.

            Where is the statue of {person} {surname}? | The statue of {person} {surname} stands in the main square of {city}.
            Where's the statue of {person} {surname}? | The statue of {person} {surname} stands in the main square of {city}.

            When is the museum in {city} not open? | The museum in {city} is closed on {day}.
            When isn't the museum in {city} open? | The museum in {city} is closed on {day}.

            Why did {person} {surname} not stay in {city}? | {person} {surname} left {city} because {left_because}.
            Why didn't {person} {surname} stay in {city}? | {person} {surname} left {city} because {left_because}.

            Which country did not sign the treaty of {city}? | {country} refused to sign the treaty of {city}.
            Which country didn't sign the treaty of {city}? | {country} refused to sign the treaty of {city}.

            Who was not at the meeting in {city}? | {person} {surname} was at the meeting in {city}.
            Who wasn't at the meeting in {city}? | {person} {surname} was at the meeting in {city}.

            What does the market in {city} not sell? | The market in {city} sells {goods} and {goods2}.
            What doesn't the market in {city} sell? | The market in {city} sells {goods} and {goods2}.

            Why could {person} {surname} not go to {country}? | {person} {surname} was too ill to go to {country}.
            Why couldn't {person} {surname} go to {country}? | {person} {surname} was too ill to go to {country}.

            Who has not been paid by the {company}? | The {company} has not paid the {profession.many}.
            Who hasn't been paid by the {company}? | The {company} has not paid the {profession.many}.

            How is the {company} in {city} doing? | The {company} in {city} was founded in {year}.
            How's the {company} in {city} doing? | The {company} in {city} was founded in {year}.

            Why were the {profession.many} of {city} not invited? | The {profession.many} of {city} were not invited in {year}.
            Why weren't the {profession.many} of {city} invited? | The {profession.many} of {city} were not invited in {year}."""
        ),
    },
    {
        "id": "aside",
        "name": "an aside in the sentence",
        "capability": "Robustness",
        "type": "DIR",
        "description": "The sentence answers the question, then does so with an aside that adds nothing. A failure means that the aside makes the answer less likely by more than 0.1.",
        "expect": {"kind": "score_shift", "weights": {"entailment": 1.0}, "direction": "up", "tolerance": 0.1},
        "templates": groups(
            """When was the {building} in {city} built? | The {building} in {city} was built in {year}.
            When was the {building} in {city} built? | The {building} in {city}, {aside}, was built in {year}.

            Who designed the {building} in {city}? | The {building} in {city} was designed by {person} {surname}.
            Who designed the {building} in {city}? | The {building} in {city} was, {aside}, designed by {person} {surname}.

            Where was {person} {surname} born? | {person} {surname} was born in {city}.
            Where was {person} {surname} born? | {person} {surname} was, {aside}, born in {city}.

            How many floors does the {tower} in {city} have? | The {tower} in {city} has {number} floors.
            How many floors does the {tower} in {city} have? | The {tower} in {city} has, {aside}, {number} floors.

            Why did {person} {surname} leave {city}? | {person} {surname} left {city} because {left_because}.
            Why did {person} {surname} leave {city}? | {person} {surname}, {aside}, left {city} because {left_because}.

            Which musical instrument does {person} {surname} play? | {person} {surname} plays the {instrument}.
            Which musical instrument does {person} {surname} play? | {person} {surname}, {aside}, plays the {instrument}.

            Who was the first mayor of {city}? | The first mayor of {city} was {person} {surname}.
            Who was the first mayor of {city}? | The first mayor of {city} was, {aside}, {person} {surname}.

            When did {country} sign the treaty? | {country} signed the treaty in {year}.
            When did {country} sign the treaty? | {country}, {aside}, signed the treaty in {year}.

            Where does the {company} have its head office? | The {company} has its head office in {city}.
            Where does the {company} have its head office? | The {company}, {aside}, has its head office in {city}.

            Why was the match in {city} canceled? | The match in {city} was canceled because of {stopped_by}.
            Why was the match in {city} canceled? | The match in {city} was canceled, {aside}, because of {stopped_by}.

            How many children did {person} {surname} have? | {person} {surname} had {number} children.
            How many children did {person} {surname} have? | {person} {surname} had, {aside}, {number} children.

            What did {person} {surname} study? | {person} {surname} studied {field} at the University of {city}.
            What did {person} {surname} study? | {person} {surname}, {aside}, studied {field} at the University of {city}."""
        ),
    },
    {
        "id": "answer-removed",
        "name": "the answer taken out of the sentence",
        "capability": "Robustness",
        "type": "DIR",
        "description": "The sentence answers the question, then the words that do so are taken out. A failure means that the sentence now counts as an answer more than before, by more than 0.1.",
        "expect": {"kind": "score_shift", "weights": {"entailment": 1.0}, "direction": "down", "tolerance": 0.1},
        "templates": groups(
            """When was the {building} in {city} built? | The {building} in {city} was built in {year} by workers from {country}.
            When was the {building} in {city} built? | The {building} in {city} was built by workers from {country}.

            Who designed the {building} in {city}? | The {building} in {city} was designed by {person} {surname} in {year}.
            Who designed the {building} in {city}? | The {building} in {city} was designed in {year}.

            Where was {person} {surname} born? | {person} {surname} was born in {city} in {year}.
            Where was {person} {surname} born? | {person} {surname} was born in {year}.

            When was {person} {surname} born? | {person} {surname} was born in {city} on {date}.
            When was {person} {surname} born? | {person} {surname} was born in {city}.

            Why did {person} {surname} leave {city}? | {person} {surname} left {city} in {year} because {left_because}.
            Why did {person} {surname} leave {city}? | {person} {surname} left {city} in {year}.

            Why was the match in {city} canceled? | The match in {city} was canceled on {day} because of {stopped_by}.
            Why was the match in {city} canceled? | The match in {city} was canceled on {day}.

            How many books did {person} {surname} write? | {person} {surname} wrote {number} books about {country}.
            How many books did {person} {surname} write? | {person} {surname} wrote books about {country}.

            Which musical instrument does {person} {surname} play? | {person} {surname} plays the {instrument} in an orchestra in {city}.
            Which musical instrument does {person} {surname} play? | {person} {surname} plays in an orchestra in {city}.

            Who hired {person} {surname}? | {person} {surname} was hired by the {company} in {year}.
            Who hired {person} {surname}? | {person} {surname} was hired in {year}.

            What did {person} {surname} study? | {person} {surname} studied {field} at the University of {city}.
            What did {person} {surname} study? | {person} {surname} studied at the University of {city}.

            When did {country} sign the treaty? | {country} signed the treaty in {year} in spite of strong protests.
            When did {country} sign the treaty? | {country} signed the treaty in spite of strong protests.

            Where did {person} {surname} work as {a profession}? | {person} {surname} worked as {a profession} in {city} for {number} years.
            Where did {person} {surname} work as {a profession}? | {person} {surname} worked as {a profession} for {number} years."""
        ),
    },
]
