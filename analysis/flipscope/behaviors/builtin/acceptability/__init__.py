"""The suite **acceptability**: English sentences, each beside one that differs in one point and is not English."""

from __future__ import annotations

from flipscope.behaviors.builtin.acceptability import agreement, changes, negation, order, reference, verbs
from flipscope.behaviors.builtin.acceptability.words import LEXICONS

SUITE = {
    "format": "flipscope-suite",
    "version": 1,
    "name": "acceptability",
    "task": ["cola", "acceptability"],
    "description": "Minimal pairs of English sentences for two-class acceptability models. In MFT tests a case holds "
    "both members and passes only when both are judged right, so that a model with one answer for everything fails "
    "every case.",
    "language": "en",
    "license": "Apache-2.0",
    "seed": 1,
    "labels": ["unacceptable", "acceptable"],
    "lexicons": LEXICONS,
    "tests": [
        *agreement.TESTS,
        *reference.TESTS,
        *verbs.TESTS,
        *negation.TESTS,
        *order.TESTS,
        *changes.TESTS,
    ],
}
