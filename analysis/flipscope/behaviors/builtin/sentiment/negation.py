"""Sentiment, Negation: next to the adjective, far from it, by a subject, of criticism, and twice."""

from __future__ import annotations

from flipscope.behaviors.builtin.sentiment.frames import templates

_ADJACENT = [
    "The {thing} was not {plain}.",
    "The {thing} wasn't {plain}.",
    "This is not {a plain} {thing}.",
    "That was not {a plain} {thing} at all.",
    "I did not find the {thing} {plain}.",
    "The {thing} was never {plain}.",
    "The {thing} was not at all {plain}.",
    "The {thing} was neither {plain} nor {plain2}.",
    "The {item} was not as {plain} as it should have been.",
    "There was nothing {plain} about the {thing}.",
    "{A plain} {thing}? Not this one.",
    "The {thing} isn't {plain}, and that is putting it mildly.",
]

_ADJACENT_CRITICISM = [
    "The {thing} was not {flaw} at all.",
    "The {thing} was not at all {flaw}.",
    "The {thing} was not the least bit {flaw}.",
    "Not once did I find the {thing} {flaw}.",
    "There was nothing {flaw} about the {thing}.",
    "I did not find the {thing} {flaw} at all.",
    "The {thing} was anything but {flaw}.",
    "The {thing} was neither {flaw} nor {flaw2}; I have no complaints.",
    "Nobody had anything bad to say about the {thing}.",
    "I could not find a single fault with the {thing}.",
    "I have no complaints about the {thing}.",
    "The {item} did not disappoint us in the least.",
]

# Each works both ways: "At no point did I find the film good" and "At no point did I find the film boring".
_DISTANT = [
    "At no point did I find the {thing} {not_gradable}.",
    "I never had the feeling that the {thing} was {not_gradable}.",
    "Under no circumstances would I call the {thing} {not_gradable}.",
    "I can't imagine anyone calling the {thing} {not_gradable}.",
    "I do not agree at all with those who say that the {thing} was {not_gradable}.",
    "I don't see how anyone could find the {thing} that we {tried} {not_gradable}.",
    "Not for a moment did I think that the {thing} was {not_gradable}.",
    "In no way was the {thing} that we {tried} last {day} {not_gradable}.",
]
_DISTANT_NEGATIVE = [
    "I do not think that the {thing} was {plain}.",
    "I can't say that I found the {thing} {plain}.",
    "I would not say, after all that I had heard, that the {thing} was {plain}.",
    "I don't believe, whatever the advertisements say, that the {thing} was {plain}.",
]

_SUBJECT = [
    "No one in our group found the {thing} {not_gradable}.",
    "Nobody I know found the {thing} {not_gradable}.",
    "None of us thought that the {thing} was {not_gradable}.",
    "Not one of my friends called the {thing} {not_gradable}.",
    "Nobody in their right mind would call the {thing} {not_gradable}.",
    "No one could seriously claim that the {thing} was {not_gradable}.",
    "It is simply not true that the {thing} was {not_gradable}.",
    "It isn't true that the {thing} was {not_gradable}.",
    "The claim that the {thing} was {not_gradable} is false.",
    "Whoever told you that the {thing} was {not_gradable} was wrong.",
    "It would be wrong to call the {thing} {not_gradable}.",
    "There was no one who thought that the {thing} was {not_gradable}.",
]

_DOUBLE = [
    "Nobody could deny that the {thing} was {gradable}.",
    "There is no denying that the {thing} was {gradable}.",
    "I can't deny that the {thing} was {gradable}.",
    "No one I know disputes that the {thing} was {gradable}.",
    "Nobody disagreed when I called the {thing} {gradable}.",
    "There was not one moment when the {thing} was not {gradable}.",
]
_DOUBLE_POSITIVE = [
    "No one can say that the {thing} was not {plain}.",
    "It is not true that the {thing} was not {plain}.",
    "You will not find anyone who did not think that the {thing} was {plain}.",
    "There is nothing that I did not like about the {thing}.",
    "I don't know anyone who didn't like the {thing}.",
    "It was impossible not to like the {thing}.",
    "The {thing} never failed to impress us.",
    "Not one of us was unhappy with the {thing}.",
    "You can't not love this {item}.",
]

TESTS = [
    {
        "id": "negated-positive",
        "name": "negated positive adjective",
        "capability": "Negation",
        "type": "MFT",
        "description": "'Not' and the like stand right by a positive adjective, which makes the sentence negative. A "
        "failure means that the model sees the adjective and not the negation.",
        "expect": {"kind": "label"},
        "templates": templates(_ADJACENT, "negative"),
    },
    {
        "id": "negated-negative",
        "name": "firmly negated negative adjective",
        "capability": "Negation",
        "type": "MFT",
        "description": "Criticism is firmly denied ('not rude at all'), which makes the sentence positive. A failure "
        "means that the model sees the criticism, or takes every negation for a negative judgement.",
        "expect": {"kind": "label"},
        "templates": templates(_ADJACENT_CRITICISM, "positive"),
    },
    {
        "id": "negation-at-a-distance",
        "name": "negation far from the adjective",
        "capability": "Negation",
        "type": "MFT",
        "description": "The negation stands in another clause than the adjective that it turns round. A failure means "
        "that the model does not carry it that far.",
        "expect": {"kind": "label"},
        "templates": [
            *templates(_DISTANT),
            *({**made, "id": f"far-{made['id']}"} for made in templates(_DISTANT_NEGATIVE, "negative")),
        ],
    },
    {
        "id": "negation-by-subject",
        "name": "no one, and it is not true that",
        "capability": "Negation",
        "type": "MFT",
        "description": "The sentence is turned round by its subject or from outside. A failure means that the model "
        "knows negation only beside the verb.",
        "expect": {"kind": "label"},
        "templates": templates(_SUBJECT),
    },
    {
        "id": "double-negation",
        "name": "double negation",
        "capability": "Negation",
        "type": "MFT",
        "description": "Two negations undo each other. A failure means that the model counts each as a negative "
        "judgement, or only one of the two.",
        "expect": {"kind": "label"},
        "templates": [
            *templates(_DOUBLE),
            *({**made, "id": f"praise-{made['id']}"} for made in templates(_DOUBLE_POSITIVE, "positive")),
        ],
    },
]
