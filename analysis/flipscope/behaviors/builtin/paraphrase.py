"""The paraphrase suite, for models that tell whether two questions (QQP) or two statements (MRPC) say the same."""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin import paraphrase_sentences, paraphrase_words
from flipscope.behaviors.builtin.lexicons import CITIES, COUNTRIES, MEN, NUMBERS, PEOPLE, PROFESSIONS, SURNAMES, WOMEN

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
    "lexicons": {
        "person": PEOPLE,
        "woman": WOMEN,
        "man": MEN,
        "surname": SURNAMES,
        "city": CITIES,
        "country": COUNTRIES,
        "profession": PROFESSIONS,
        "number": NUMBERS,
        **paraphrase_words.LEXICONS,
        **paraphrase_sentences.LEXICONS,
    },
    "tests": [*paraphrase_words.TESTS, *paraphrase_sentences.TESTS],
}
