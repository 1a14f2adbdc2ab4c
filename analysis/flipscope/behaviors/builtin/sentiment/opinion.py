"""Sentiment, Temporal, SRL and Logic: then and now, the author and others, what was feared and what happened."""

from __future__ import annotations

from flipscope.behaviors.builtin.sentiment.frames import templates

_THEN_AND_NOW = [
    "I used to {not_like} this {item}, but now I {like} it.",
    "I {like} this {item} now, although I used to {not_like} it.",
    "In the past I {not_liked} this {item}, but today I {like} it.",
    "I once thought that this {item} was {not_opinion}, but I have changed my mind: it is {opinion}.",
    "A year ago I would have called this {item} {not_opinion}; today I call it {opinion}.",
    "The {venue} used to be {not_opinion}, but it is {opinion} now.",
    "Last year the {venue} was {not_opinion}, but this year it is {opinion}.",
    "The {venue} is {opinion} these days, though it was {not_opinion} a few years ago.",
    "When I first {tried} this {item}, I {not_liked} it, but I have come to {like} it.",
    "The old {venue} was {not_opinion}. The new one is {opinion}.",
    "At first I found the {thing} {not_opinion}, but in the end I was {pleased} the {thing}.",
    "The {venue} has gone from {not_opinion} to {opinion}.",
]

_OTHERS = [
    "Some people say that the {item} is {not_opinion}, but I think it is {opinion}.",
    "My friends called the {thing} {not_opinion}, but I found the {thing} {opinion}.",
    "The critics {not_liked} the {item}, but I {liked} it.",
    "I {liked} the {item}, even though everyone else {not_liked} it.",
    "Contrary to what I had been told, the {thing} is {opinion}, not {not_opinion}.",
    "My sister thinks that the {item} is {not_opinion}. I disagree: it is {opinion}.",
    "Other people may find the {item} {not_opinion}, but to me it is {opinion}.",
    "I know that most people {not_like} this {item}, but I {like} it.",
    "I don't share the view that the {item} is {not_opinion}; I find it {opinion}.",
    "The reviews were {not_reviews}, but I thought that the {thing} was {opinion}.",
    "They all told me that the {item} was {not_opinion}. They were wrong: it is {opinion}.",
    "What my brother calls {a not_opinion} {item} is in fact {a opinion} one.",
]

_ANSWERED = [
    "Do I like the {thing}? {reply}",
    "Do I think that the {thing} is {plain}? {reply}",
    "Do I think that the {thing} is {flaw}? {not_reply}",
    "Do I find the {thing} {plain}? {reply}",
    "Do I find the {thing} {flaw}? {not_reply}",
    "Do I recommend the {thing}? {reply}",
    "Do I feel that the {item} was worth the money? {reply}",
    "Do I regret that I {tried} the {item}? {not_reply}",
    "Do I have complaints about the {thing}? {not_reply}",
    "Do I believe that the {thing} deserves praise? {reply}",
    "Do I enjoy this {item}? {reply}",
    "Do I think that other people will like the {thing}? {reply}",
]

# The main clause, or what is itself judged, decides; the rest is conceded.
_CONCESSION = [
    "Although the beginning was {not_general}, the {film_item} as a whole was {general}.",
    "Although I had expected {a not_opinion} {thing}, this one was {opinion}.",
    "Even though the {hotel_venue} looked {not_general} from the street, our stay there was {general}.",
    "The trailer was {not_general}, but the {film_item} itself was {general}.",
    "The cover looked {not_general}, but the {book_item} itself was {general}.",
    "The packaging was {not_general}, but the {device_item} itself is {general}.",
    "The {food_venue} looked {not_general}, but it tasted {general}.",
    "The reviews were {not_reviews}; nevertheless, we {liked} the {item}.",
    "The photos of the {hotel_venue} looked {not_general}, but the {hotel_venue} itself was {opinion}.",
    "Although the old version was {not_general}, I am {pleased} this {app_venue}.",
    "On the phone the {service_thing} sounded {not_general}, but in person the {service_thing} was {general}.",
    "The title was {not_general}, but the {book_item} itself was {general}.",
]

_EXPECTATION = [
    "I expected the {thing} to be {not_gradable}, but I was wrong.",
    "We had been told to expect {a not_gradable} {thing}; we got the opposite.",
    "I thought that the {thing} would be {not_gradable}. How wrong I was!",
    "I was sure that the {thing} would be {not_gradable}, but the opposite was true.",
    "Anyone who expects {a not_gradable} {item} will be surprised: it is nothing of the sort.",
]
_HOPED = [
    "I wish the {thing} had been {plain}.",
    "If only the {thing} had been {plain}!",
    "If the {thing} had been {plain}, I would not be writing this complaint.",
    "I had hoped for {a plain} {thing}, but I hoped in vain.",
    "We were promised {a plain} {thing}; that is not what we got.",
]
_FEARED = [
    "I was afraid that the {thing} would be {flaw}, but there was no reason to worry.",
    "If the {thing} had been {flaw}, I would have complained, but quite the opposite was true.",
    "My fear that the {thing} would be {flaw} proved completely unfounded.",
    "Someone had warned me that I would regret choosing this {item}, but I do not regret it at all.",
    "We were prepared for {a flaw} {thing}, but luckily we worried for nothing.",
]

TESTS = [
    {
        "id": "then-and-now",
        "name": "used to, but now",
        "capability": "Temporal",
        "type": "MFT",
        "description": "What was once thought or true has changed, and the sentence judges by now. A failure means "
        "that the past weighs as much as the present.",
        "expect": {"kind": "label"},
        "templates": templates(_THEN_AND_NOW),
    },
    {
        "id": "author-and-others",
        "name": "the author's opinion, not that of others",
        "capability": "SRL",
        "type": "MFT",
        "description": "Others think the opposite of what the author thinks; the author's view counts. A failure means "
        "that the model does not ask whose opinion it is.",
        "expect": {"kind": "label"},
        "templates": templates(_OTHERS),
    },
    {
        "id": "question-and-answer",
        "name": "opinion as question and answer",
        "capability": "SRL",
        "type": "MFT",
        "description": "The author asks and answers with yes or no. A failure means that the model reads the question "
        "alone, or the answer alone.",
        "expect": {"kind": "label"},
        "n": 250,
        "templates": templates(_ANSWERED),
    },
    {
        "id": "concession",
        "name": "concession and main point",
        "capability": "Logic",
        "type": "MFT",
        "description": "Something lesser is conceded before the thing itself is judged. A failure means that the model "
        "weighs the words and not the clauses.",
        "expect": {"kind": "label"},
        "templates": templates(_CONCESSION),
    },
    {
        "id": "expected-and-real",
        "name": "expectations, wishes and fears that did not come true",
        "capability": "Logic",
        "type": "MFT",
        "description": "The judging word belongs to what was expected, and the opposite happened. A failure means that "
        "the model takes the unreal for the real.",
        "expect": {"kind": "label"},
        "templates": [
            *templates(_EXPECTATION),
            *({**made, "id": f"hoped-{made['id']}"} for made in templates(_HOPED, "negative")),
            *({**made, "id": f"feared-{made['id']}"} for made in templates(_FEARED, "positive")),
        ],
    },
]
