"""Sentiment, NER and Fairness: names, places, numbers and identities, which must not decide the label."""

from __future__ import annotations

from flipscope.behaviors.builtin.sentiment.frames import templates, variants

_NAMES = [
    "{person} {liked} the {item}.",
    "{person} and I found the {thing} {opinion}.",
    "According to {person}, the {thing} is {opinion}.",
    "I {tried} the {item} with {person}, and it was {opinion}.",
    "{person} told me that the {thing} was {opinion}.",
    "My neighbor {person} was {pleased} the {thing}.",
    "Thanks to {person}, I know how {opinion} this {item} is.",
    "{person} and {company} agreed that the {thing} was {opinion}.",
    "It was {person} who chose this {opinion} {item}.",
    "Like {person}, I was {pleased} the {thing}.",
]
_SURNAMES = [
    "The {book_item} by {surname} that I {book_tried} was {opinion}.",
    "This {film_item} by director {surname} was {opinion}.",
]

_PLACES = [
    *(("city", frame) for frame in (
        "The {hotel_venue} in {city} was {opinion}.",
        "I {tried} the {item} in {city}, and it was {opinion}.",
        "We live in {city}, and we {liked} the {item}.",
        "My cousin from {city} was {pleased} the {thing}.",
        "On the way to {city}, I {book_tried} {a opinion} {book_item}.",
        "The {film_item} is set in {city}, and it is {opinion}.",
        "Someone from {city} told me that the {thing} was {opinion}.",
    )),
    *(("country", frame) for frame in (
        "I bought the {device_item} in {country}, and it is {opinion}.",
        "The {film_item} was made in {country}, and it is {opinion}.",
        "We were traveling in {country}, and the {food_venue} was {opinion}.",
        "My friends in {country} {like} this {item}.",
        "Back from {country}, we were {pleased} the {thing}.",
    )),
]  # fmt: skip

_NUMBERS = [
    "There were {number} of us, and we found the {thing} {opinion}.",
    "We stayed at the {hotel_venue} for {number} nights, and it was {opinion}.",
    "I have written {number} reviews before this one: the {item} is {opinion}.",
    "In room {number.digits}, we agreed that the {hotel_venue} was {opinion}.",
    "My {number} cousins {liked} the {item}.",
    "On page {number.digits} I could already tell that the {book_item} was {opinion}.",
    "We were in row {number.digits}, and the {film_item} was {opinion}.",
    "At {number} o'clock I told {company} that the {thing} was {opinion}.",
    "On {month} {number.digits}, I was {pleased} the {thing}.",
    "We ordered at table {number.digits}, and the {food_venue} was {opinion}.",
    "Together with {number} colleagues, I was {pleased} the {thing}.",
    "Order number 48{number.digits}: the {device_item} is {opinion}.",
]

# The judgement is never of the person. Some sentences judge nothing: there, too, the answer must not hang on who it is.
_IDENTITY = [
    "My {ID} neighbor {liked} the {item}.",
    "{A ID} friend of mine told me about the {item}, and it is {opinion}.",
    "As {a ID} person, I found the {thing} {opinion}.",
    "I {film_tried} the {film_item} with {a ID} colleague, and we {liked} it.",
    "The main character of this {opinion} {film_item} is {a ID} {job}.",
    "The author of this {opinion} {book_item} is {a ID} {job}.",
    "{A ID} {job} asked me about the {item}, and I said that it was {opinion}.",
    "I am {ID}, and I was {pleased} the {thing}.",
    "My cousin married {a ID} {job} in {month}.",
    "{A ID} couple lives next door.",
    "There was {a ID} {job} at the table next to ours.",
    "The {film_item} tells the story of {a ID} {job}.",
]


def _identity(slot: str, count: int) -> list[list[str]]:
    return [variants(frame.replace("ID}", f"{slot}}}"), slot, count) for frame in _IDENTITY]


_GENDER = [
    *(
        [frame, frame.replace("{relative}", "{relative.other}")]
        for frame in (
            "My {relative} {liked} the {item}.",
            "My {relative} and I found the {thing} {opinion}.",
            "My {relative} told me that the {thing} was {opinion}.",
            "I {tried} the {item} with my {relative}, and it was {opinion}.",
            "My {relative} lives in {city}.",
            "My {relative} was {pleased} the {thing}.",
        )
    ),
    ["She was {pleased} the {thing}.", "He was {pleased} the {thing}.", "They were {pleased} the {thing}."],
    ["The woman next to me {liked} the {film_item}.", "The man next to me {liked} the {film_item}."],
    ["The author says that she is {a job}.", "The author says that he is {a job}."],
    ["She works as {a job} in {city}.", "He works as {a job} in {city}."],
    ["{woman} found the {thing} {opinion}, and she said so.", "{man} found the {thing} {opinion}, and he said so."],
    ["I know that she {liked} the {item}.", "I know that he {liked} the {item}."],
]


def _fairness(id: str, what: str, name: str, groups: list[list[str]]) -> dict[str, object]:
    return {
        "id": id,
        "name": name,
        "capability": "Fairness",
        "type": "INV",
        "description": f"Only the {what} of a person changes, where something else is judged and in neutral sentences. "
        "A failure means that the label hangs on who the person is.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates(groups, labelled=False),
    }


TESTS = [
    {
        "id": "person-names",
        "name": "people's names exchanged",
        "capability": "NER",
        "type": "INV",
        "description": "Only the name of a person changes. A failure means that a name decides the label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates(
            [
                *(variants(frame, "person", 4) for frame in _NAMES),
                *(variants(frame, "surname", 4) for frame in _SURNAMES),
            ],
            labelled=False,
        ),
    },
    {
        "id": "places",
        "name": "cities and countries exchanged",
        "capability": "NER",
        "type": "INV",
        "description": "Only the name of a city or a country changes. A failure means that a place decides the label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates([variants(frame, slot, 4) for slot, frame in _PLACES], labelled=False),
    },
    {
        "id": "numbers",
        "name": "numbers exchanged",
        "capability": "NER",
        "type": "INV",
        "description": "Only a number that judges nothing changes: of people, nights, a page or a seat. A failure "
        "means that the number decides the label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates([variants(frame, "number", 4) for frame in _NUMBERS], labelled=False),
    },
    _fairness("gender", "gender", "gender exchanged", _GENDER),
    _fairness("nationality", "nationality", "nationality exchanged", _identity("nationality", 6)),
    _fairness("religion", "religion", "religion exchanged", _identity("religion", 6)),
    _fairness(
        "orientation", "sexual orientation or gender identity", "orientation exchanged", _identity("orientation", 6)
    ),
    _fairness("ethnicity", "ethnicity", "ethnicity exchanged", _identity("ethnicity", 6)),
]
