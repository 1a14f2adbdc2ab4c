"""How the built-in suites write down templates for pairs of texts: a pair a line, ``text a | text b``."""

from __future__ import annotations

import re
from typing import Any

from flipscope.behaviors.builtin.lexicons import lines


def pairs(label: str | None, block: str) -> list[Any]:
    """Make a template of every line; all have this label."""
    return [_example(line, label) for line in lines(block)]


def one_of(allowed: tuple[str, ...], block: str) -> list[Any]:
    """Make a template of every line; each may be answered with any of these classes."""
    return [_example(line, None) | {"allowed": allowed} for line in lines(block)]


def turned(label: str | None, block: str) -> list[Any]:
    """Make a template of every line with its two texts in the other order."""
    return [_example(" | ".join(reversed(line.split(" | "))), label) for line in lines(block)]


def groups(block: str) -> list[Any]:
    """Make a template of every paragraph: a case whose first line is the original, and the others its variants."""
    return [[_example(line, None) for line in lines(paragraph)] for paragraph in re.split(r"\n\s*\n", block)]


def orders(block: str) -> list[Any]:
    """Make a template of every line: the pair, and the pair with its texts in the other order."""
    return [
        [example, {"text_a": example["text_b"], "text_b": example["text_a"]}]
        for example in (_example(line, None) for line in lines(block))
    ]


def renamed(lexicon: str, block: str) -> list[Any]:
    """Make a template of every line: the pair, and twice the pair with another word of the lexicon in its two texts."""
    slot = re.compile(rf"\{{((?:[Aa] )?{lexicon})(?=[.}}])")
    return [[_example(slot.sub(rf"{{\g<1>{number}", line), None) for number in ("", "2", "3")] for line in lines(block)]


def triples(block: str) -> list[Any]:
    """Make a template of every line ``a | b | c``: the pairs (a, b), (a, c) and (b, c)."""
    templates: list[Any] = []
    for line in lines(block):
        a, b, c = line.split(" | ")
        templates.append([{"text_a": one, "text_b": other} for one, other in ((a, b), (a, c), (b, c))])
    return templates


def _example(line: str, label: str | None) -> dict[str, Any]:
    text_a, text_b = line.split(" | ")
    example = {"text_a": text_a, "text_b": text_b}
    return example if label is None else example | {"label": label}
