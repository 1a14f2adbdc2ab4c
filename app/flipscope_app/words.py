"""What things are called on the pages."""

from __future__ import annotations

from flipscope.words import OUTCOME_NAMES, OUTCOME_SIGNS, duration, interval, number, points, probability, reason

__all__ = [
    "LEFT_OUT_NAMES", "OUTCOME_NAMES", "OUTCOME_SIGNS", "Q_TOLD", "SORT_NAMES",
    "duration", "interval", "number", "points", "probability", "reason",
]  # fmt: skip

#: How examples can be sorted.
SORT_NAMES = {
    "severity": "Severity",
    "drop": "Drop on the gold label",
    "margin": "Closeness of the call",
    "confidence": "Confidence of the candidate",
    "id": "Example id",
}

#: What q says, for tables that have it.
Q_TOLD = (
    "q: how often chance alone would split what flipped at least this unevenly into broken and mended, "
    "corrected for the number of rows tested."
)

#: Why rows are not in the figures.
LEFT_OUT_NAMES = {
    "no_gold_label": "without a gold label",
    "no_old_prediction": "without an answer of the old model",
    "no_new_prediction": "without an answer of the candidate",
}
