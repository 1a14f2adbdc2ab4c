"""Paraphrase tests on words and names: Vocabulary, Taxonomy, Robustness, NER."""

# ruff: noqa: E501  (a template a line)

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.lexicons import listed
from flipscope.behaviors.builtin.pairs import forms, groups, pairs, renamed

LEXICONS: dict[str, list[Any]] = {
    "former": listed("former, retired, aspiring, unemployed"),
    "grade": listed("trainee, part-time, self-employed, senior, freelance"),
    "famous": listed("famous, part-time, self-employed, prize-winning"),
    "guests": listed("pet-friendly, budget, adults-only, airport"),
    "car_kind": listed("electric, used, self-driving, armored, vintage"),
    "really": listed("really, actually, truly"),
    "same": forms(
        "a b",
        """brave/courageous
        wealthy/rich
        smart/intelligent
        polite/courteous
        hardworking/diligent
        stubborn/obstinate
        careful/cautious
        humble/modest
        talkative/chatty
        curious/inquisitive
        truthful/honest
        frugal/thrifty""",
    ),
    "opposite": forms(
        "a b",
        """polite/rude
        patient/impatient
        generous/stingy
        brave/cowardly
        honest/dishonest
        humble/arrogant
        hardworking/lazy
        friendly/unfriendly
        responsible/irresponsible
        talkative/quiet
        tidy/messy
        careful/careless
        strong/weak
        rich/poor
        calm/nervous""",
    ),
    "degree": forms(
        "a b",
        """optimistic/pessimistic
        patient/impatient
        organized/disorganized
        generous/stingy
        responsible/irresponsible
        confident/insecure
        motivated/unmotivated
        honest/dishonest
        careful/careless
        active/passive
        tolerant/intolerant
        polite/impolite""",
    ),
}

_VOCABULARY: list[Any] = [
    {
        "id": "modifier-matters",
        "name": "a modifier that changes the meaning",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "One text has a word more, which makes it ask or say something else. A failure means that the model overlooks the word.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """Is {person} {a profession}? | Is {person} {a former} {profession}?
            Did {person} marry {a profession}? | Did {person} marry {a former} {profession}?
            How do I become {a profession}? | How do I become {a famous} {profession}?
            How much does {a profession} earn in {city}? | How much does {a grade} {profession} earn in {city}?
            What is the best hotel in {city}? | What is the best {guests} hotel in {city}?
            How much does a car cost in {country}? | How much does {a car_kind} car cost in {country}?
            Where can I rent {a car_kind} car in {city}? | Where can I rent a car in {city}?
            {person} is {a profession} from {city}. | {person} is {a former} {profession} from {city}.
            The reporters spoke to {a former} {profession} in {city}. | The reporters spoke to {a profession} in {city}.
            {person} sold the house in {city}. | {person} nearly sold the house in {city}.
            The council of {city} almost approved the plan. | The council of {city} approved the plan.
            {person} was named director of the museum in {city}. | {person} was named deputy director of the museum in {city}.""",
        ),
    },
    {
        "id": "modifier-idle",
        "name": "a modifier that changes nothing",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "One text has a word or phrase more that only adds emphasis. A failure means that the model takes any added word for a change.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {really} {a profession}? | Is {person} {a profession}?
            How do I become {a profession}? | How exactly do I become {a profession}?
            Does {person} live in {city}? | Does {person} {really} live in {city}?
            What exactly is the capital of {country}? | What is the capital of {country}?
            Can you tell me how I get to {city} by train? | How do I get to {city} by train?
            Did {person} {really} move to {city}? | Did {person} move to {city}?
            Where in {city} can I rent a bike? | Where exactly in {city} can I rent a bike?
            {person} is {a profession}. | {person} is in fact {a profession}.
            {person} did indeed move to {city}. | {person} moved to {city}.
            {person} works in {city}. | As it happens, {person} works in {city}.
            The flight from {city} to {city2} was cancelled. | The flight from {city} to {city2} was in fact cancelled.
            As you may know, {person} was born in {country}. | {person} was born in {country}.""",
        ),
    },
]

_TAXONOMY: list[Any] = [
    {
        "id": "synonym",
        "name": "a synonym on one side",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "A word is replaced by one that means the same. A failure means that the model does not know the synonym, or only looks at shared words.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "equivalent",
            """Is {person} {same.a}? | Is {person} {same.b}?
            Why is {person} so {same.b}? | Why is {person} so {same.a}?
            How do I know if I am {same.a}? | How do I know if I am {same.b}?
            Why are people in {city} so {same.a}? | Why are people in {city} so {same.b}?
            Did {person} marry {a same.b} {profession}? | Did {person} marry {a same.a} {profession}?
            {person} has always been {same.a}. | {person} has always been {same.b}.
            Everyone in {city} says that {person} is {same.b}. | Everyone in {city} says that {person} is {same.a}.
            {person} married {a same.a} {profession} from {city}. | {person} married {a same.b} {profession} from {city}.
            How can I buy a house in {country}? | How can I purchase a house in {country}?
            Where can I watch a film in {city}? | Where can I watch a movie in {city}?
            What do children in {country} eat for lunch? | What do kids in {country} eat for lunch?
            {person} bought a sofa in {city}. | {person} purchased a couch in {city}.
            {person} will begin work in {city} on Monday. | {person} will start work in {city} on Monday.""",
        ),
    },
    {
        "id": "antonym",
        "name": "an antonym on one side",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "A word is replaced by its opposite. A failure means that the model takes opposites for the same.",
        "expect": {"kind": "label"},
        "templates": pairs(
            "not_equivalent",
            """Is {person} {opposite.a}? | Is {person} {opposite.b}?
            Why is {person} so {opposite.b}? | Why is {person} so {opposite.a}?
            How do I know if I am {opposite.a}? | How do I know if I am {opposite.b}?
            Why are people in {city} so {opposite.b}? | Why are people in {city} so {opposite.a}?
            Did {person} marry {a opposite.a} {profession}? | Did {person} marry {a opposite.b} {profession}?
            {person} has always been {opposite.b}. | {person} has always been {opposite.a}.
            Everyone in {city} says that {person} is {opposite.a}. | Everyone in {city} says that {person} is {opposite.b}.
            {person} married {a opposite.b} {profession} from {city}. | {person} married {a opposite.a} {profession} from {city}.
            How can I buy a house in {country}? | How can I sell a house in {country}?
            When do the shops in {city} open? | When do the shops in {city} close?
            Is it easy to find work in {country}? | Is it hard to find work in {country}?
            Prices in {city} rose last year. | Prices in {city} fell last year.
            {person} will begin work in {city} on Monday. | {person} will stop work in {city} on Monday.""",
        ),
    },
    {
        "id": "more-less",
        "name": "more of one, less of its opposite",
        "capability": "Taxonomy",
        "type": "MFT",
        "description": "More X and less of X's opposite are the same; more X and less X, or more of the opposite, are not. A failure means that the model does not combine the two words.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "equivalent",
                """How can I become more {degree.a}? | How can I become less {degree.b}?
                What can {a profession} do to be less {degree.b} at work? | What can {a profession} do to be more {degree.a} at work?
                Why have people in {city} become more {degree.a}? | Why have people in {city} become less {degree.b}?
                How did {person} become less {degree.b}? | How did {person} become more {degree.a}?
                {person} has become more {degree.a}. | {person} has become less {degree.b}.
                The people of {country} grew less {degree.b} in those years. | The people of {country} grew more {degree.a} in those years.""",
            ),
            *pairs(
                "not_equivalent",
                """How can I become more {degree.a}? | How can I become less {degree.a}?
                What can {a profession} do to be less {degree.b} at work? | What can {a profession} do to be more {degree.b} at work?
                Why have people in {city} become more {degree.a}? | Why have people in {city} become more {degree.b}?
                How did {person} become less {degree.b}? | How did {person} become less {degree.a}?
                {person} has become more {degree.a}. | {person} has become less {degree.a}.
                The people of {country} grew less {degree.b} in those years. | The people of {country} grew more {degree.b} in those years.""",
            ),
        ],
    },
]

_ROBUSTNESS: list[Any] = [
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

_NER: list[Any] = [
    {
        "id": "person-one-side",
        "name": "another person on one side",
        "capability": "NER",
        "type": "MFT",
        "description": "The two texts are about different people, apart from a few that put the same in other words. A failure means that the model does not compare names.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """Is {person} {surname} {a profession}? | Is {person2} {surname2} {a profession}?
                Where was {person} {surname} born? | Where was {person2} {surname} born?
                How old is {person} {surname}? | How old is {person} {surname2}?
                Why did {person} {surname} leave {city}? | Why did {person2} {surname2} leave {city}?
                What is {person} {surname} known for? | What is {person2} {surname2} known for?
                {person} {surname} was elected mayor of {city}. | {person2} {surname2} was elected mayor of {city}.
                {person} {surname} works as {a profession} in {city}. | {person} {surname2} works as {a profession} in {city}.
                {person} won the race in {city}. | {person2} won the race in {city}.""",
            ),
            *pairs(
                "equivalent",
                """What is the age of {person} {surname}? | How old is {person} {surname}?
                Where was {person} {surname} born? | What is the birthplace of {person} {surname}?
                Why did {person} {surname} leave {city}? | For what reason did {person} {surname} leave {city}?
                The winner of the race in {city} was {person} {surname}. | {person} {surname} won the race in {city}.""",
            ),
        ],
    },
    {
        "id": "place-one-side",
        "name": "another place on one side",
        "capability": "NER",
        "type": "MFT",
        "description": "The two texts are about different places, apart from a few that put the same in other words. A failure means that the model does not compare places.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """What is the best hotel in {city}? | What is the best hotel in {city2}?
                How is the weather in {country} in winter? | How is the weather in {country2} in winter?
                Is it safe to travel to {country}? | Is it safe to travel to {country2}?
                How do I find a job as {a profession} in {city}? | How do I find a job as {a profession} in {city2}?
                What is the population of {country}? | What is the population of {country2}?
                {person} grew up in {city}. | {person} grew up in {city2}.
                The meeting will be held in {country} next spring. | The meeting will be held in {country2} next spring.
                The company has opened a new factory near {city}. | The company has opened a new factory near {city2}.""",
            ),
            *pairs(
                "equivalent",
                """What is the population of {country}? | How many people live in {country}?
                How do I find a job as {a profession} in {city}? | How do I get a job as {a profession} in {city}?
                {person} grew up in {city}. | {person} spent {person.his} childhood in {city}.
                Next spring, the meeting will be held in {country}. | The meeting will be held in {country} next spring.""",
            ),
        ],
    },
    {
        "id": "number-one-side",
        "name": "another number on one side",
        "capability": "NER",
        "type": "MFT",
        "description": "The two texts have different numbers, or the same one as a word and in digits. A failure means that the model does not compare numbers.",
        "expect": {"kind": "label"},
        "templates": [
            *pairs(
                "not_equivalent",
                """How can I learn to cook in {number} weeks? | How can I learn to cook in {number2} weeks?
                What can I see in {city} in {number.digits} days? | What can I see in {city} in {number2.digits} days?
                Is a salary of {number.digits} thousand dollars enough in {city}? | Is a salary of {number2.digits} thousand dollars enough in {city}?
                How can I lose {number.digits} kilos? | How can I lose {number2.digits} kilos?
                {person} has {number} grandchildren. | {person} has {number2} grandchildren.
                The storm in {country} damaged {number} houses. | The storm in {country} damaged {number2} houses.
                {person} lived in {city} for {number} years. | {person} lived in {city} for {number2} years.
                The company from {city} has {number.digits} thousand employees. | The company from {city} has {number2.digits} thousand employees.""",
            ),
            *pairs(
                "equivalent",
                """How can I learn to cook in {number} weeks? | How can I learn to cook in {number.digits} weeks?
                What can I see in {city} in {number.digits} days? | What can I see in {city} in {number} days?
                {person} has {number} grandchildren. | {person} has {number.digits} grandchildren.
                {person} lived in {city} for {number.digits} years. | {person} lived in {city} for {number} years.""",
            ),
        ],
    },
    {
        "id": "person-both-sides",
        "name": "another person on both sides",
        "capability": "NER",
        "type": "INV",
        "description": "The same name is replaced in both texts. A failure means that the answer depends on who somebody is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "person",
            """Is {person} {a profession}? | Does {person} work as {a profession}?
            Where does {person} live? | What is the address of {person}?
            How old is {person}? | How tall is {person}?
            Why did {person} leave {city}? | What made {person} leave {city}?
            Is {person} married? | Does {person} have children?
            How can I help {person} to find a job? | How can I help {person} to keep the job?
            Why is {person} so tired? | Why does {person} feel so tired?
            {person} moved to {city} last year. | Last year, {person} went to live in {city}.
            {person} is looking for {a profession}. | {person} needs {a profession}.
            {person} sold the house in {city}. | {person} bought the house in {city}.
            The {profession} thanked {person}. | {person} was thanked by the {profession}.
            {person} was late because of the snow. | Because of the snow, {person} did not arrive on time.""",
        ),
    },
    {
        "id": "place-both-sides",
        "name": "another place on both sides",
        "capability": "NER",
        "type": "INV",
        "description": "The same city is replaced in both texts. A failure means that the answer depends on which city it is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": renamed(
            "city",
            """What is the best hotel in {city}? | Which hotel in {city} is the best?
            How can I get a job as {a profession} in {city}? | Where can I find work as {a profession} in {city}?
            Is it expensive to live in {city}? | How much does it cost to live in {city}?
            What should I see in {city}? | What should I avoid in {city}?
            How big is {city}? | How old is {city}?
            How cold is {city} in winter? | When does winter begin in {city}?
            Why do so many people move to {city}? | What draws so many people to {city}?
            {person} was born in {city}. | {person} lives in {city}.
            The museum in {city} is closed on Mondays. | On Mondays, you cannot visit the museum in {city}.
            The mayor of {city} met {person}. | {person} met the mayor of {city}.
            It rained in {city} all week. | All week, there was rain in {city}.
            The hospital in {city} is looking for drivers. | The hospital in {city} has enough drivers.""",
        ),
    },
]

TESTS = [*_VOCABULARY, *_TAXONOMY, *_ROBUSTNESS, *_NER]
