"""From sentence frames to the sentiment suite's templates: one for each domain and judgement a frame is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

from flipscope.behaviors.builtin.sentiment.words import DOMAINS, POLAR

LABELS = ("positive", "negative")
Frame = str | list[str]

_SLOT = re.compile(r"(?<=[{ ])(?P<other>not_)?(?P<name>[a-z_]+)(?=\d*(\.[a-z]+)?\})")
# What is judged, by what can be said of it: whatever has a venue is an item, and every item is a thing.
_NOUNS = {"thing": ("thing", "item", "venue"), "item": ("item", "venue"), "venue": ("venue",)}


def templates(frames: Sequence[Frame], label: str | None = None, *, labelled: bool = True) -> list[dict[str, Any]]:
    """Make the templates of a test.

    Parameters
    ----------
    frames : sequence of str or list of str
        Texts with slots; a list is one case with several examples. {thing}, {item} and {venue} are nouns of a domain,
        {tried}, {plain} and {flaw} words of the same domain; {opinion} and the others in `POLAR` are positive or
        negative words by the label, and {not_opinion} the opposite. Other slots are lexicons.
    label : {"positive", "negative"}, optional
        What the frames express; without it, each expresses both in turn.
    labelled : bool
        Whether the examples carry their label, as MFT cases do.

    Returns
    -------
    list of dict
        Templates as a suite file has them. Those of one frame have one id, so that their cases make one cluster.
    """
    made: dict[str, dict[str, Any]] = {}
    for domain, (number, frame), judgement in product(
        DOMAINS, enumerate(frames, start=1), (label,) if label else LABELS
    ):
        texts = [frame] if isinstance(frame, str) else frame
        if not all(_fits(text, domain) for text in texts):
            continue
        name = partial(_lexicon, domain=domain, judgement=judgement)
        examples = [{"text": _SLOT.sub(name, text)} | ({"label": judgement} if labelled else {}) for text in texts]
        made.setdefault(str(examples), {"id": f"frame{number}", "examples": examples})
    return list(made.values())


def variants(text: str, slot: str, count: int) -> list[str]:
    """Make a frame of one text `count` times, with a different word in this slot each time."""
    pattern = re.compile(rf"(?<=[{{ ]){slot}(?=[.}}])")
    return [pattern.sub(f"{slot}{number or ''}", text) for number in range(count)]


def _fits(text: str, domain: str) -> bool:
    """Whether the domain has what the text speaks of; a slot such as {film_item} speaks of its own domain only."""
    for slot in _SLOT.finditer(text):
        name = slot["name"]
        if name in _NOUNS and _noun(name, domain) is None:
            return False
        if name.split("_")[0] in DOMAINS.keys() - {domain}:
            return False
    return True


def _noun(name: str, domain: str) -> str | None:
    return next((kind for kind in _NOUNS[name] if kind in DOMAINS[domain]), None)


def _lexicon(slot: re.Match[str], domain: str, judgement: str) -> str:
    """Name the lexicon that a slot stands for in this domain and judgement."""
    name = slot["name"]
    if name in POLAR:
        positive = (judgement == "positive") != bool(slot["other"])
        name = POLAR[name][0 if positive else 1]
    if name in _NOUNS:
        name = _noun(name, domain) or name
    return f"{domain}_{name}" if name in DOMAINS[domain] else name
