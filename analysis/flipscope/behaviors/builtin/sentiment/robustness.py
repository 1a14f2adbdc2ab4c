"""Sentiment, Robustness: ways to write the same judgement that change nothing about it."""

from __future__ import annotations

from flipscope.behaviors.builtin.sentiment.frames import templates

_MISSPELT = [
    ["I definitely found the {thing} {opinion}.", "I definately found the {thing} {opinion}."],
    ["The {food_venue} in this restaurant was {opinion}.", "The {food_venue} in this restaurent was {opinion}."],
    [
        "I am telling you this because the {thing} was {opinion}.",
        "I am telling you this becuase the {thing} was {opinion}.",
    ],
    ["This is the {item} that {company} found {opinion}.", "This is teh {item} that {company} found {opinion}."],
    ["I believe that the {thing} was {opinion}.", "I beleive that the {thing} was {opinion}."],
    ["A friend and I found the {thing} {opinion}.", "A freind and I found the {thing} {opinion}."],
    ["We thought that the {thing} was {opinion}.", "We thougth that the {thing} was {opinion}."],
    [
        "Everyone who came with me found the {thing} {opinion}.",
        "Everyone who came wiht me found the {thing} {opinion}.",
    ],
    ["In my opinion, the {thing} was {opinion}.", "In my opinoin, the {thing} was {opinion}."],
    ["Yesterday I was {pleased} the {thing}.", "Yesteday I was {pleased} the {thing}."],
    ["My colleagues said their {thing} was {opinion} too.", "My collegues said thier {thing} was {opinion} too."],
    ["Apparently, everyone found the {thing} {opinion}.", "Apparantly, everyone found the {thing} {opinion}."],
    ["I {liked} the {item} immediately.", "I {liked} the {item} immediatly."],
    [
        "I wrote a separate review: the {thing} is {opinion}.",
        "I wrote a seperate review: the {thing} is {opinion}.",
    ],
]

_CONTRACTED = [
    ["It is {a opinion} {item}.", "It's {a opinion} {item}."],
    ["That is {a opinion} {thing}.", "That's {a opinion} {thing}."],
    ["I have never {tried} such {a opinion} {item}.", "I've never {tried} such {a opinion} {item}."],
    ["I would say that the {thing} was {opinion}.", "I'd say that the {thing} was {opinion}."],
    ["You will find the {thing} {opinion}.", "You'll find the {thing} {opinion}."],
    ["They are right that the {thing} is {opinion}.", "They're right that the {thing} is {opinion}."],
    ["Let us be honest: the {thing} was {opinion}.", "Let's be honest: the {thing} was {opinion}."],
    ["There is no doubt that the {thing} was {opinion}.", "There's no doubt that the {thing} was {opinion}."],
    ["I cannot believe how {opinion} the {thing} was.", "I can't believe how {opinion} the {thing} was."],
    ["I am {pleased} the {thing}.", "I'm {pleased} the {thing}."],
    ["We are {pleased} the {thing}.", "We're {pleased} the {thing}."],
    ["The {thing} was not {gradable} at all.", "The {thing} wasn't {gradable} at all."],
    ["I do not think that the {thing} was {gradable}.", "I don't think that the {thing} was {gradable}."],
    ["Here is what I think: the {thing} was {opinion}.", "Here's what I think: the {thing} was {opinion}."],
]

_PUNCTUATION = [
    [
        "The {thing} was {opinion}.",
        "The {thing} was {opinion}",
        "The {thing} was {opinion} .",
        "The {thing} was {opinion}!",
    ],
    [
        "What {a opinion} {thing}!",
        "What {a opinion} {thing}",
        "What {a opinion} {thing}.",
        "What {a opinion} {thing} !",
    ],
    [
        "In my view, the {thing} is {opinion}.",
        "In my view the {thing} is {opinion}.",
        "In my view: the {thing} is {opinion}.",
    ],
    ["I {liked} the {item}.", "I {liked} the {item}", "I {liked} the {item}!"],
    [
        "I {tried} the {item}, and it was {opinion}.",
        "I {tried} the {item} and it was {opinion}.",
        "I {tried} the {item} - it was {opinion}.",
    ],
    [
        "I {tried} the {item} (on {day}), and it was {opinion}.",
        "I {tried} the {item}, on {day}, and it was {opinion}.",
        "I {tried} the {item} on {day} and it was {opinion}.",
    ],
    [
        "On {day} I was {pleased} the {thing}.",
        "On {day}, I was {pleased} the {thing}.",
        "On {day} I was {pleased} the {thing}",
    ],
    [
        "Honestly, I found the {thing} {opinion}.",
        "Honestly I found the {thing} {opinion}.",
        "Honestly: I found the {thing} {opinion}.",
    ],
    [
        "It was {a opinion} {item}.",
        "It was {a opinion} {item}",
        "- It was {a opinion} {item}.",
        '"It was {a opinion} {item}."',
    ],
    [
        "This is what I think: the {thing} is {opinion}.",
        "This is what I think. The {thing} is {opinion}.",
        "This is what I think; the {thing} is {opinion}.",
    ],
    ["Yes, we {liked} the {item}.", "Yes - we {liked} the {item}.", "Yes; we {liked} the {item}."],
    ["All in all, {a opinion} {thing}.", "All in all: {a opinion} {thing}.", "All in all {a opinion} {thing}"],
]

# What is changed letter by letter.
_PLAIN = [
    "The {thing} was {opinion}.",
    "It was {a opinion} {item}.",
    "I {liked} the {item} that we {tried} on {day}.",
    "I found the {thing} {opinion}, and so did {company}.",
    "We were {pleased} the {thing}.",
    "What {a opinion} {thing}!",
    "In my opinion, the {thing} is {opinion}.",
    "The {thing} that I {tried} in {city} was {opinion}.",
    "If you ask me, this {item} is {opinion}.",
    "I am {pleased} the {thing}, and I told everyone.",
    "Everyone said that the {thing} was {opinion}.",
    "My friends {like} this {item} as much as we do.",
]

_LINKED = [
    [
        "The {thing} was {opinion}.",
        "The {thing} was {opinion}. https://example.com/r/{number.digits}",
        "@{handle} The {thing} was {opinion}.",
    ],
    [
        "It was {a opinion} {item}.",
        "It was {a opinion} {item}. http://example.org/{handle}",
        "@{handle} It was {a opinion} {item}.",
    ],
    [
        "I {liked} the {item}.",
        "I {liked} the {item}. https://t.example.com/{handle}",
        "I {liked} the {item}. @{handle}",
    ],
    [
        "We were {pleased} the {thing}.",
        "We were {pleased} the {thing}. #review",
        "#{day} We were {pleased} the {thing}.",
    ],
    [
        "What {a opinion} {thing}!",
        "What {a opinion} {thing}! https://example.com/{day}",
        "What {a opinion} {thing}! #{city}",
    ],
    [
        "I found the {thing} {opinion}.",
        "I found the {thing} {opinion}. www.example.com",
        "@{handle} @{handle2} I found the {thing} {opinion}.",
    ],
    [
        "The {thing} that we {tried} was {opinion}.",
        "The {thing} that we {tried} was {opinion}. #{city} #{day}",
        "RT @{handle}: The {thing} that we {tried} was {opinion}.",
    ],
    [
        "This {item} is {opinion}.",
        "This {item} is {opinion}. https://example.org/item?id={number.digits}",
        "This {item} is {opinion}. cc @{handle}",
    ],
    [
        "In my opinion, the {thing} is {opinion}.",
        "In my opinion, the {thing} is {opinion}. (via @{handle})",
        "https://example.com In my opinion, the {thing} is {opinion}.",
    ],
    [
        "Everyone said that the {thing} was {opinion}.",
        "Everyone said that the {thing} was {opinion}. More: https://example.com/{handle}",
        "@{handle} Everyone said that the {thing} was {opinion}.",
    ],
]

TESTS = [
    {
        "id": "typos",
        "name": "one typing error",
        "capability": "Robustness",
        "type": "INV",
        "description": "Two letters of one word change places. A failure means that one slip of the finger changes the "
        "label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": templates(_PLAIN, labelled=False),
        "perturb": ["typos"],
    },
    {
        "id": "misspellings",
        "name": "common misspellings",
        "capability": "Robustness",
        "type": "INV",
        "description": "A word that judges nothing is misspelt as people often do. A failure means that the typing "
        "error changes the label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": templates(_MISSPELT, labelled=False),
    },
    {
        "id": "contractions",
        "name": "contractions",
        "capability": "Robustness",
        "type": "INV",
        "description": "'It is' becomes 'it's', and so on. A failure means that the model reads the two differently.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": templates(_CONTRACTED, labelled=False),
    },
    {
        "id": "punctuation",
        "name": "punctuation",
        "capability": "Robustness",
        "type": "INV",
        "description": "Full stops, commas, dashes and quotation marks come and go. A failure means that the label "
        "hangs on them.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates(_PUNCTUATION, labelled=False),
    },
    {
        "id": "casing",
        "name": "capital and small letters",
        "capability": "Robustness",
        "type": "INV",
        "description": "The sentence is written in small letters, or a word of it in capitals. A failure means that "
        "the label hangs on the case.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "n": 150,
        "templates": templates(_PLAIN, labelled=False),
        "perturb": ["casing"],
    },
    {
        "id": "links-and-handles",
        "name": "links, handles and hashtags added",
        "capability": "Robustness",
        "type": "INV",
        "description": "A link, a user's handle or a neutral hashtag is added. A failure means that such noise changes "
        "the label.",
        "expect": {"kind": "invariant", "tolerance": 0.1},
        "templates": templates(_LINKED, labelled=False),
    },
]
