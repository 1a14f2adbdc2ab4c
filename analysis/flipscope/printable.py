"""Text from data on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Drop control characters: text from data must not steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
