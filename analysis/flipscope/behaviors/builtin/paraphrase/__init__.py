"""The paraphrase suite, for models that tell whether two questions (QQP) or two statements (MRPC) say the same."""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.paraphrase import entities, logic, negation, robustness, roles, vocabulary
from flipscope.behaviors.builtin.paraphrase.words import LEXICONS

SUITE: dict[str, Any] = {
    "format": "flipscope-suite",
    "version": 1,
    "name": "paraphrase",
    "task": ["mrpc", "qqp", "paraphrase"],
    "description": "Whether two questions, or two statements, say the same.",
    "language": "en",
    "license": "Apache-2.0",
    "seed": 1,
    "labels": ["not_equivalent", "equivalent"],
    "label_aliases": {"not_equivalent": "not_duplicate", "equivalent": "duplicate"},
    "lexicons": LEXICONS,
    "tests": [*vocabulary.TESTS, *robustness.TESTS, *entities.TESTS, *negation.TESTS, *roles.TESTS, *logic.TESTS],
}
