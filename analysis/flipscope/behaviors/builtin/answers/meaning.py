"""Answer tests on what the words mean: Vocabulary, Taxonomy, Temporal, Negation, Coref, SRL, Logic."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.pairs import pairs

TESTS: list[Any] = [
    {
        "id": "other-words",
        "name": "an answer in other words",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "The sentence shares few words with the question and answers it all the same, or is about the same thing without answering. A failure means that the model counts shared words.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """What is the population of the west side of {city}? | About {amount} thousand people live on the west side of {city}.
                How tall is the {tower} in {city}? | The {tower} in {city} rises to a height of {height} meters.
                What did {person} {surname} do for a living? | {person} {surname} worked as {a profession}.
                How old is the {sight} in {city}? | The {sight} in {city} has existed for {age} years.
                Who runs the {company} in {city}? | The director of the {company} in {city} is {person} {surname}.
                What does a ticket for the {sight} in {city} cost? | At the {sight} in {city}, visitors pay {number} dollars for a ticket.""",
            ),
            *pairs(
                "not_entailment",
                """What is the population of the west side of {city}? | The population of the west side of {city} speaks several languages.
                How tall is the {tower} in {city}? | The {tower} in {city} can be seen from far away.
                What did {person} {surname} do for a living? | {person} {surname} was living in {city} at that time.
                How old is the {sight} in {city}? | The {sight} in {city} is open every day.
                Who runs the {company} in {city}? | The {company} in {city} has been well run for many years.
                What does a ticket for the {sight} in {city} cost? | A ticket for the {sight} in {city} can be bought at the entrance.""",
            ),
        ],
    },
    {
        "id": "synonym",
        "name": "a synonym in the question",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "The sentence has a word that means the same as the question's or is a kind of it, or one that only looks related. A failure means that the model does not tell them apart.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Where did {person} {surname} pass away? | {person} {surname} died in {city}.
                When was the {building} in {city} constructed? | The {building} in {city} was built in {year}.
                Who is the spouse of {person} {surname}? | {person} {surname} is married to {person2} {surname2}.
                Which musical instrument does {person} {surname} play? | {person} {surname} plays the {instrument} in the orchestra of {city}.
                What kind of vehicle does {person} {surname} drive? | {person} {surname} drives {a vehicle} in {city}.
                When did the {company} purchase the building in {city}? | The {company} bought the building in {city} in {year}.""",
            ),
            *pairs(
                "not_entailment",
                """Where did {person} {surname} pass away? | {person} {surname} was raised in {city}.
                When was the {building} in {city} constructed? | The {building} in {city} was torn down in {year}.
                Who is the spouse of {person} {surname}? | {person} {surname} is a colleague of {person2} {surname2}.
                Which musical instrument does {person} {surname} play? | {person} {surname} plays in the orchestra of {city}.
                What kind of vehicle does {person} {surname} drive? | {person} {surname} drives to {city} every day.
                When did the {company} purchase the building in {city}? | The {company} sold the building in {city} in {year}.""",
            ),
        ],
    },
    {
        "id": "before-after",
        "name": "before and after",
        "capability": "Temporal",
        "type": "MFT",
        "description": "The question asks what came before or after, and the sentence tells of one of the two. A failure means that the model does not follow the order of events.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Who was mayor of {city} before {person} {surname}? | {person} {surname} followed {person2} {surname2} as mayor of {city}.
                What did {person} {surname} do before becoming {a profession}? | Before becoming {a profession}, {person} {surname} worked as {a profession2}.
                Where did {person} {surname} live before {year}? | Until {year}, {person} {surname} lived in {city}.
                What stood on the site before the {hall} was built? | An old market hall stood on the site until the {hall} of {city} was built.
                Who won the race in {city} a year before {person} {surname}? | A year before {person} {surname}, {person2} {surname2} won the race in {city}.
                Where did {person} {surname} work after leaving {city}? | After leaving {city}, {person} {surname} worked in {city2}.""",
            ),
            *pairs(
                "not_entailment",
                """Who was mayor of {city} after {person} {surname}? | {person} {surname} followed {person2} {surname2} as mayor of {city}.
                What did {person} {surname} do before becoming {a profession}? | After becoming {a profession}, {person} {surname} also worked as {a profession2}.
                Where did {person} {surname} live before {year}? | From {year} on, {person} {surname} lived in {city}.
                What stood on the site before the {hall} was built? | After the {hall} of {city} had been torn down, a market hall was built on the site.
                Who won the race in {city} a year before {person} {surname}? | A year after {person} {surname}, {person2} {surname2} won the race in {city}.
                Where did {person} {surname} work after leaving {city}? | Before coming to {city}, {person} {surname} worked in {city2}.""",
            ),
        ],
    },
    {
        "id": "negated-question",
        "name": "a question with not",
        "capability": "Negation",
        "type": "MFT",
        "description": "The question asks who or what does not; the sentence tells that, or who or what does. A failure means that the model overlooks the negation.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Which country did not sign the treaty of {city}? | {country} was the only country that refused to sign the treaty of {city}.
                Who did not come to the meeting in {city}? | {person} {surname} did not come to the meeting in {city}.
                What is not sold at the market in {city}? | At the market in {city}, one can buy everything but {goods}.
                On which day is the museum in {city} not open? | The museum in {city} is closed on {day}.
                Why did {person} {surname} not stay in {city}? | {person} {surname} did not stay in {city} because {left_because}.
                Which member of the {club} never went to {country}? | {person} {surname} was the only member of the {club} who never went to {country}.""",
            ),
            *pairs(
                "not_entailment",
                """Which country did not sign the treaty of {city}? | {country} was the first country that signed the treaty of {city}.
                Who did not come to the meeting in {city}? | {person} {surname} came to the meeting in {city}.
                What is not sold at the market in {city}? | At the market in {city}, one can buy {goods}.
                On which day is the museum in {city} not open? | The museum in {city} is open on {day}.
                Why did {person} {surname} not stay in {city}? | {person} {surname} stayed in {city} for {number} years.
                Which member of the {club} never went to {country}? | {person} {surname} was the first member of the {club} who went to {country}.""",
            ),
        ],
    },
    {
        "id": "not-known",
        "name": "the answer is not known",
        "capability": "Negation",
        "type": "MFT",
        "description": "The sentence gives the answer, or says that it is not known or was not so. A failure means that the model takes the question's words, said again, for an answer.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """When was the {building} in {city} built? | It is known that the {building} in {city} was built in {year}.
                Who designed the {building} in {city}? | Everybody knows that {person} {surname} designed the {building} in {city}.
                Where was {person} {surname} born? | As far as is known, {person} {surname} was born in {city}.
                Why was the airport in {city} closed? | It is clear that the airport in {city} was closed because of {stopped_by}.
                Who wrote the letter to the {company}? | The letter to the {company} was written by {person} {surname}.
                How many children did {person} {surname} have? | The archive of {city} shows that {person} {surname} had {number} children.""",
            ),
            *pairs(
                "not_entailment",
                """When was the {building} in {city} built? | It is not known when the {building} in {city} was built.
                Who designed the {building} in {city}? | Nobody knows who designed the {building} in {city}.
                Where was {person} {surname} born? | It has never been found out where {person} {surname} was born.
                Why was the airport in {city} closed? | Nobody could explain why the airport in {city} was closed.
                Who wrote the letter to the {company}? | The letter to the {company} was not written by {person} {surname}.
                How many children did {person} {surname} have? | The archive of {city} does not tell how many children {person} {surname} had.""",
            ),
        ],
    },
    {
        "id": "he-she",
        "name": "he and she",
        "capability": "Coref",
        "type": "MFT",
        "description": "The sentence names a woman and a man and goes on with a pronoun; the question asks about one of them. A failure means that the model does not know which of the two it stands for.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Where was {woman} born? | {woman} and {man} met in {city}, where she was born.
                Where did {man} grow up? | {woman} visited {man} in {city}, where he grew up.
                What was the job of {woman}? | {man} married {woman} when she was working as {a profession}.
                When did {man} move to {country}? | {man} and {woman} stayed in touch after he moved to {country} in {year}.
                In which city did {woman} buy a house? | {man} met {woman} after she had bought a house in {city}.
                What did {man} study? | {woman} knew {man} from the time when he was studying {field}.""",
            ),
            *pairs(
                "not_entailment",
                """Where was {man} born? | {woman} and {man} met in {city}, where she was born.
                Where did {woman} grow up? | {woman} visited {man} in {city}, where he grew up.
                What was the job of {man}? | {man} married {woman} when she was working as {a profession}.
                When did {woman} move to {country}? | {man} and {woman} stayed in touch after he moved to {country} in {year}.
                In which city did {man} buy a house? | {man} met {woman} after she had bought a house in {city}.
                What did {woman} study? | {woman} knew {man} from the time when he was studying {field}.""",
            ),
        ],
    },
    {
        "id": "roles",
        "name": "who did it and to whom",
        "capability": "SRL",
        "type": "MFT",
        "description": "The question asks for one side of what happened, in the active or the passive, and the sentence tells that side or the other. A failure means that the model does not tell who did it from whom it was done to.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Who {deed.past} {person} {surname}? | {person2} {surname2} {deed.past} {person} {surname} in {year}.
                Who was {deed.done} by {person} {surname}? | In {city}, {person} {surname} {deed.past} {person2} {surname2}.
                Whom did {person} {surname} {deed.base}? | {person2} {surname2} was {deed.done} by {person} {surname}.
                By whom was {person} {surname} {deed.done}? | In {year}, {person2} {surname2} {deed.past} {person} {surname}.
                Who sold the {tower} in {city}? | {person} {surname} sold the {tower} in {city} to {person2} {surname2}.
                To whom did {person} {surname} give the letter? | {person2} {surname2} was given the letter by {person} {surname}.""",
            ),
            *pairs(
                "not_entailment",
                """Who {deed.past} {person} {surname}? | {person} {surname} {deed.past} {person2} {surname2} in {year}.
                Who was {deed.done} by {person} {surname}? | In {city}, {person2} {surname2} {deed.past} {person} {surname}.
                Whom did {person} {surname} {deed.base}? | {person} {surname} was {deed.done} by {person2} {surname2}.
                By whom was {person} {surname} {deed.done}? | In {year}, {person} {surname} {deed.past} {person2} {surname2}.
                Who sold the {tower} in {city}? | The {tower} in {city} was sold to {person} {surname} in {year}.
                To whom did {person} {surname} give the letter? | {person} {surname} was given the letter by {person2} {surname2}.""",
            ),
        ],
    },
    {
        "id": "comparison",
        "name": "which of two",
        "capability": "Logic",
        "type": "MFT",
        "description": "The question asks which of two is more, and the sentence tells, sometimes from the other side, or compares something else. A failure means that the model does not follow the comparison.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "entailment",
                """Who is {comparison.one}, {person} or {person2}? | {person2} is {comparison.one} than {person}.
                Who is {comparison.one}, {person} or {person2}? | {person} is {comparison.other} than {person2}.
                Which of the two is {comparison.other}, {person} or {person2}? | Of the two, {person} is the {comparison.other} one and {person2} the {comparison.one} one.
                Is {person}'s or {person2}'s house larger? | The house of {person2} is not as large as that of {person}.
                Which is cheaper, the hotel in {city} or the one in {city2}? | The hotel in {city} costs less than the one in {city2}.
                Is the bank or the library in {city} older? | The library in {city} is {age} years older than the bank.""",
            ),
            *pairs(
                "not_entailment",
                """Who is {comparison.one}, {person} or {person2}? | {person2} is {comparison.third} than {person}.
                Who is {comparison.one}, {person} or {person2}? | {person} and {person2} both live in {city}.
                Which of the two is {comparison.other}, {person} or {person2}? | {person} is {comparison.other} than {person3}.
                Is {person}'s or {person2}'s house larger? | The house of {person2} is not as expensive as that of {person}.
                Which is cheaper, the hotel in {city} or the one in {city2}? | The hotel in {city} has more rooms than the one in {city2}.
                Is the bank or the library in {city} older? | The library in {city} is {amount} meters away from the bank.""",
            ),
        ],
    },
]
