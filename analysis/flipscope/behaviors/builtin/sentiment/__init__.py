"""The suite **sentiment**: films, books, hotels, food, devices, apps and service, judged positive or negative."""

from __future__ import annotations

from flipscope.behaviors.builtin.sentiment import entities, negation, opinion, robustness, vocabulary
from flipscope.behaviors.builtin.sentiment.frames import LABELS
from flipscope.behaviors.builtin.sentiment.words import LEXICONS

SUITE = {
    "format": "flipscope-suite",
    "version": 1,
    "name": "sentiment",
    "task": ["sst2", "sentiment"],
    "description": "Short English judgements in seven domains, for two-class sentiment models. Every sentence is one "
    "that nearly every reader would call positive or negative.",
    "language": "en",
    "license": "Apache-2.0",
    "seed": 1,
    "labels": sorted(LABELS),
    "lexicons": LEXICONS,
    "tests": [*vocabulary.TESTS, *robustness.TESTS, *entities.TESTS, *negation.TESTS, *opinion.TESTS],
}
