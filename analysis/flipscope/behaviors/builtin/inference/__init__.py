"""The inference suite, for models that tell whether a hypothesis follows from a premise (MNLI, RTE).

Where a hypothesis does not follow but people would differ over "neutral" and "contradiction", the test allows both.
"""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.inference import entities, logic, negation, quantifiers, robustness, roles, vocabulary
from flipscope.behaviors.builtin.inference.words import LEXICONS

SUITE: dict[str, Any] = {
    "format": "flipscope-suite",
    "version": 1,
    "name": "inference",
    "task": ["mnli", "rte", "inference", "entailment"],
    "description": "Whether a hypothesis follows from a premise, contradicts it, or is left open by it.",
    "language": "en",
    "license": "Apache-2.0",
    "seed": 1,
    "labels": ["entailment", "neutral", "contradiction"],
    "label_aliases": {"neutral": "not_entailment", "contradiction": "not_entailment"},
    "lexicons": LEXICONS,
    "tests": [
        *vocabulary.TESTS,
        *robustness.TESTS,
        *entities.TESTS,
        *quantifiers.TESTS,
        *negation.TESTS,
        *roles.TESTS,
        *logic.TESTS,
    ],
}
