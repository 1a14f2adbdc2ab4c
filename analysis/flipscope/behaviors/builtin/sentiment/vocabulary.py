"""Sentiment, Vocabulary: words that judge, words that do not, and words that strengthen or weaken."""

from __future__ import annotations

from flipscope.behaviors.builtin.sentiment.frames import templates, variants

_ADJECTIVES = [
    "The {thing} was {opinion}.",
    "It was {a opinion} {item}.",
    "What {a opinion} {thing}!",
    "I found the {thing} {opinion}.",
    "In my opinion, the {thing} is {opinion}.",
    "The {thing} turned out to be {opinion}.",
    "Everyone agreed that the {thing} was {opinion}.",
    "We all thought that the {thing} was {opinion}.",
    "This is {a opinion} {item}.",
    "Simply {a opinion} {thing}.",
    "I have to say that the {thing} was {opinion}.",
    "The {thing} that we {tried} was {opinion}.",
]

_VERBS = [
    "I {liked} the {item}.",
    "We {liked} the {item}.",
    "I {liked} this {item} from the first moment.",
    "Everyone in our group {liked} the {item}.",
    "I am {pleased} the {thing}.",
    "We were {pleased} the {thing}.",
    "My parents were {pleased} the {thing}.",
    "I {like} this {item}.",
    "My friends and I {like} this {item}.",
    "Both of us {liked} the {item} that you chose.",
    "I was {pleased} the {thing}, and so were my colleagues.",
    "All of us {like} this {item}.",
]

_PRAISE = [
    "I would happily stay at this {hotel_venue} again.",
    "I could not put this {book_item} down.",
    "This {film_item} moved me to tears of joy.",
    "I would gladly order the {food_venue} again tomorrow.",
    "This {device_item} has made my life so much easier.",
    "This {app_venue} saves me hours every week.",
    "The {service_thing} did everything possible to help us.",
    "The {service_thing} solved my problem with a smile.",
    "I recommend this {item} to everyone.",
    "If only every {thing} were like this one!",
    "I wish I could give this {item} more than five stars.",
    "This {item} exceeded all my expectations.",
    "This {item} really made my day.",
    "This {item} is worth every penny.",
]
_CRITICISM = [
    "I will never stay at this {hotel_venue} again.",
    "I gave up on this {book_item} after ten pages.",
    "I walked out of this {film_item} after half an hour.",
    "I sent the {food_venue} back to the kitchen after one bite.",
    "This {device_item} broke after two days.",
    "This {app_venue} crashes every few minutes and loses my data.",
    "The {service_thing} ignored us and then shouted at us.",
    "The {service_thing} lied to us and kept our money.",
    "I would not recommend this {item} to anyone.",
    "I regret that I ever {tried} this {item}.",
    "I wish I could give this {item} zero stars.",
    "This {item} fell far short of my expectations.",
    "This {item} is a complete waste of money.",
    "I want my money back for this {item}.",
]

# The words that change say nothing about what is judged: when, with whom, which.
_NEUTRAL = [
    variants("On {day}, I {tried} the {item}, and it was {opinion}.", "day", 3),
    variants("The {thing} that we {tried} last {day} was {opinion}.", "day", 3),
    variants("I {tried} the {item} with {company}, and it was {opinion}.", "company", 3),
    variants("The {thing} that I {tried} in {month} was {opinion}.", "month", 3),
    ["The {thing} was {opinion}.", "That {thing} was {opinion}.", "This {thing} was {opinion}."],
    [
        "I think that the {thing} is {opinion}.",
        "I think the {thing} is {opinion}.",
        "I think this {thing} is {opinion}.",
    ],
    variants("It was {company} who told me about this {opinion} {item}.", "company", 3),
    ["We {liked} the {item}.", "I {liked} the {item}.", "They {liked} the {item}."],
    ["The {thing} was {opinion}.", "Overall, the {thing} was {opinion}.", "All in all, the {thing} was {opinion}."],
    variants("Last {month}, I was {pleased} the {thing}.", "month", 3),
    ["I am {pleased} the {thing}.", "I am {pleased} that {thing}.", "I am {pleased} this {thing}."],
    variants("We wrote this review on a {day}: the {thing} was {opinion}.", "day", 3),
]

_STRONGER = [
    ["The {thing} was {gradable}.", "The {thing} was {intensifier} {gradable}."],
    ["The {thing} is {gradable}.", "The {thing} is {intensifier} {gradable}."],
    ["I found the {thing} {gradable}.", "I found the {thing} {intensifier} {gradable}."],
    ["It was {a gradable} {item}.", "It was {a intensifier} {gradable} {item}."],
    ["We thought the {thing} was {gradable}.", "We thought the {thing} was {intensifier} {gradable}."],
    ["The {thing} that we {tried} was {gradable}.", "The {thing} that we {tried} was {intensifier} {gradable}."],
    ["In my opinion, the {thing} is {gradable}.", "In my opinion, the {thing} is {intensifier} {gradable}."],
    ["The {thing} turned out to be {gradable}.", "The {thing} turned out to be {intensifier} {gradable}."],
    ["We {tried} {a gradable} {thing}.", "We {tried} {a intensifier} {gradable} {thing}."],
    ["To me, the {thing} seemed {gradable}.", "To me, the {thing} seemed {intensifier} {gradable}."],
]
_WEAKER = [
    [text.replace("{intensifier}", "{reducer}").replace("{a intensifier}", "{a reducer}") for text in pair]
    for pair in _STRONGER
    if "{a intensifier}" not in pair[1]  # "a a bit slow camera"
] + [
    ["Everyone found the {thing} {gradable}.", "Everyone found the {thing} {reducer} {gradable}."],
    ["They say that the {thing} is {gradable}.", "They say that the {thing} is {reducer} {gradable}."],
]

_ADDED = [
    ["The {thing} was {opinion}.", "The {thing} was {opinion}. {remark}"],
    ["It was {a opinion} {item}.", "It was {a opinion} {item}. {remark}"],
    ["I {tried} the {item} on {day}.", "I {tried} the {item} on {day}. {remark}"],
    ["I {tried} the {item} with {company}.", "I {tried} the {item} with {company}. {remark}"],
    ["My friends {like} this {item}.", "My friends {like} this {item}. {remark}"],
    ["My friends {not_like} this {item}.", "My friends {not_like} this {item}. {remark}"],
    ["We {liked} the {item}.", "We {liked} the {item}. {remark}"],
    ["This review is about {a item}.", "This review is about {a item}. {remark}"],
    ["We {tried} the {item} in {month}.", "We {tried} the {item} in {month}. {remark}"],
    ["I found the {item} {opinion}.", "{remark} I found the {item} {opinion}."],
    ["This is what I think of the {item}.", "This is what I think of the {item}. {remark}"],
]

TESTS = [
    {
        "id": "adjectives",
        "name": "positive and negative adjectives",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "One adjective judges one thing. A failure means that the model does not know the adjective in "
        "this domain, or lets the noun decide.",
        "expect": {"kind": "label"},
        "n": 300,
        "templates": templates(_ADJECTIVES),
    },
    {
        "id": "verbs-of-liking",
        "name": "verbs of liking and disliking",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "A verb or a feeling judges, with no adjective of the thing itself. A failure means that the "
        "model does not know the verb.",
        "expect": {"kind": "label"},
        "templates": templates(_VERBS),
    },
    {
        "id": "without-judging-words",
        "name": "praise and criticism told by what happened",
        "capability": "Vocabulary",
        "type": "MFT",
        "description": "What someone did or would do says what they think. A failure means that the model needs an "
        "outright judging word.",
        "expect": {"kind": "label"},
        "templates": [
            template
            for label, frames in {"positive": _PRAISE, "negative": _CRITICISM}.items()
            for template in templates(frames, label)
        ],
    },
    {
        "id": "neutral-words",
        "name": "neutral words exchanged",
        "capability": "Vocabulary",
        "type": "INV",
        "description": "Only a word that judges nothing changes: a weekday, a month, the company, a pronoun or an "
        "article. A failure means that such words decide the label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": templates(_NEUTRAL, labelled=False),
    },
    {
        "id": "intensifiers",
        "name": "adjective strengthened",
        "capability": "Vocabulary",
        "type": "DIR",
        "description": "With 'very' or the like before the adjective, the model should not become less sure by more "
        "than 0.1. A failure means that it takes the intensifier for the opposite.",
        "expect": {"kind": "monotonic", "direction": "up", "tolerance": 0.1},
        "templates": templates(_STRONGER, labelled=False),
    },
    {
        "id": "reducers",
        "name": "adjective weakened",
        "capability": "Vocabulary",
        "type": "DIR",
        "description": "With 'somewhat' or the like before the adjective, the model should not become surer by more "
        "than 0.1. A failure means that it takes the reducer for an intensifier. Cases where it is nearly certain "
        "already have no room and do not count.",
        "expect": {"kind": "monotonic", "direction": "down", "tolerance": 0.1},
        "templates": templates(_WEAKER, labelled=False),
    },
    {
        "id": "praise-added",
        "name": "words of praise added",
        "capability": "Vocabulary",
        "type": "DIR",
        "description": "The author adds a plain word of praise. A failure means that P(positive) falls by more than "
        "0.1 because of it.",
        "expect": {"kind": "score_shift", "weights": {"positive": 1}, "direction": "up", "tolerance": 0.1},
        "templates": templates(_ADDED, "positive", labelled=False),
    },
    {
        "id": "criticism-added",
        "name": "words of criticism added",
        "capability": "Vocabulary",
        "type": "DIR",
        "description": "The author adds a plain word of criticism. A failure means that P(positive) rises by more "
        "than 0.1 because of it.",
        "expect": {"kind": "score_shift", "weights": {"positive": 1}, "direction": "down", "tolerance": 0.1},
        "templates": templates(_ADDED, "negative", labelled=False),
    },
]
