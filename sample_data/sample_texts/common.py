"""What the three tasks share: tiered word lists, patterns, tidying of sentences, typing errors, rows."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

CORE, WIDE, RARE = 0, 1, 2


class Tiered:
    """Alternatives in three tiers: everyone knows the core, wider data also the wide, no training data the rare.

    Parameters
    ----------
    core, wide, rare : iterable of str, or one str
        The alternatives; a single string is split at commas.
    """

    def __init__(
        self, core: str | Iterable[str], wide: str | Iterable[str] = (), rare: str | Iterable[str] = ()
    ) -> None:
        self.tiers = tuple(
            [part.strip() for part in tier.split(",")] if isinstance(tier, str) and tier else list(tier)
            for tier in (core, wide, rare)
        )


@dataclass(frozen=True)
class Row:
    """One example before it has an id: its texts, its label's name and what people slice by."""

    texts: tuple[str, ...]
    label: str
    capability: str
    domain: str


@dataclass(frozen=True)
class Recipe:
    """How a set of rows is drawn.

    Attributes
    ----------
    seed : str
        Seed of the set.
    mix : mapping of str to int
        Rows wanted per capability.
    tiers : sequence of float
        Weights of the core, wide and rare alternatives.
    skewed : bool
        Whether the set has the shortcut that the task's module describes.
    """

    seed: str
    mix: Mapping[str, int]
    tiers: Sequence[float]
    skewed: bool = False


@dataclass(frozen=True)
class Shape:
    """Size and schedule of one model."""

    layers: int = 2
    hidden: int = 96
    heads: int = 4
    vocabulary: int = 2500
    epochs: int = 10
    batch: int = 32
    rate: float = 1e-3
    dropout: float = 0.1
    seed: int = 0


@dataclass
class Voice:
    """A source of random choices that knows which tiers it may draw from."""

    rng: random.Random
    tiers: Sequence[float]
    skewed: bool = False

    def pick(self, options: Tiered | Sequence):
        """Draw one alternative: from a tier first, if there are tiers."""
        if not isinstance(options, Tiered):
            return self.rng.choice(options)
        filled = [tier for tier in (CORE, WIDE, RARE) if options.tiers[tier] and self.tiers[tier]]
        [tier] = self.rng.choices(filled, [self.tiers[tier] for tier in filled])
        return self.rng.choice(options.tiers[tier])

    def other_than(self, used: Sequence, options: Tiered | Sequence):
        """Draw an alternative that is not among the used."""
        drawn = self.pick(options)
        return drawn if drawn not in used else self.other_than(used, options)

    def two(self, options: Tiered | Sequence) -> list:
        """Draw two alternatives that differ."""
        first = self.pick(options)
        return [first, self.other_than([first], options)]

    def chance(self, probability: float) -> bool:
        """Toss a coin that comes up with this probability."""
        return self.rng.random() < probability

    def say(self, pattern: str, **slots: str) -> str:
        """Resolve ``[this|that]`` alternatives and ``{slots}``, and tidy the sentence."""
        return tidy(self.expand(pattern).format(**slots))

    def expand(self, pattern: str) -> str:
        """Choose one of each innermost ``[this|that]`` until none is left."""
        while "[" in pattern:
            pattern = re.sub(r"\[([^\[\]]*)\]", lambda found: self.pick(found[1].split("|")), pattern)
        return pattern


_VOWEL_SOUND = re.compile(
    r"\b([Aa]) (?=(?!uni|use|usu|eur|one\b|once)[aeiou]|hour|honest|8\b|8\d\b|11\b|18\b)", re.IGNORECASE
)


def tidy(text: str) -> str:
    """Mend a/an, spaces and the capitals that start sentences."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.;:?!])", r"\1", text)
    text = _VOWEL_SOUND.sub(r"\1n ", text)
    return re.sub(r"(^|[.?!] )([a-z])", lambda found: found[1] + found[2].upper(), text)


def comparative(adjective: str) -> str:
    """Return ``cheaper`` or ``more expensive``."""
    if adjective in ("quiet", "simple"):
        return adjective.rstrip("e") + "er"
    syllables = len(re.findall(r"[aeiouy]+", adjective.removesuffix("e")))
    if syllables <= 2 and re.search(r"[^aeiou]y$", adjective):
        return adjective[:-1] + "ier"
    return adjective.removesuffix("e") + "er" if syllables == 1 else f"more {adjective}"


def misspell(voice: Voice, text: str, errors: int = 2) -> str:
    """Make typing errors in longer words: a letter swapped, left out or doubled."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word.strip(".,?!")) >= 5 and word.isascii()]
    for place in voice.rng.sample(places, min(errors, len(places))):
        word, at = words[place], voice.rng.randrange(1, len(words[place].strip(".,?!")) - 2)
        words[place] = voice.pick(
            [
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            ]
        )
    return " ".join(words)


Maker = Callable[[Voice], Row]


def draw(recipe: Recipe, makers: Mapping[str, Maker], avoid: frozenset[tuple[str, ...]] = frozenset()) -> list[Row]:
    """Draw rows that differ from each other (letter case aside) and from the texts to avoid, and whose texts differ.

    Parameters
    ----------
    recipe : Recipe
        What to draw.
    makers : mapping of str to callable
        By capability, what makes one row.
    avoid : frozenset of tuple of str
        Texts that must not come back, as `key` gives them.

    Returns
    -------
    list of Row
        In random order.
    """
    voice = Voice(random.Random(recipe.seed), recipe.tiers, recipe.skewed)
    seen = set(avoid)
    rows: list[Row] = []
    for capability, wanted in recipe.mix.items():
        made = tries = 0
        while made < wanted:
            tries += 1
            if tries > 20 * wanted + 1000:
                raise ValueError(f"the templates of {capability} give only {made} different rows, not {wanted}")
            row = makers[capability](voice)
            if key(row) not in seen and len(set(key(row))) == len(row.texts):
                seen.add(key(row))
                rows.append(row)
                made += 1
    voice.rng.shuffle(rows)
    return rows


def key(row: Row) -> tuple[str, ...]:
    """Return what makes two rows the same example: their texts, in either order."""
    return tuple(sorted(text.lower() for text in row.texts))


def length_bucket(texts: Sequence[str]) -> str:
    """Name the length of an example by the number of words in a text: short, medium or long."""
    words = sum(len(text.split()) for text in texts) / len(texts)
    return "short" if words < 7 else "medium" if words < 11 else "long"
