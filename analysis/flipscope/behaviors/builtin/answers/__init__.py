"""The answers suite, for models that tell whether a sentence holds the answer to a question (QNLI)."""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.answers import entities, meaning, questions, robustness
from flipscope.behaviors.builtin.answers.words import LEXICONS

SUITE: dict[str, Any] = {
    "format": "flipscope-suite",
    "version": 1,
    "name": "answers",
    "task": ["qnli", "answers"],
    "description": "Whether a sentence holds the answer to a question.",
    "language": "en",
    "license": "Apache-2.0",
    "seed": 1,
    "labels": ["entailment", "not_entailment"],
    "lexicons": LEXICONS,
    "tests": [*questions.TESTS, *meaning.TESTS, *entities.TESTS, *robustness.TESTS],
}
