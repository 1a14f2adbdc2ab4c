"""Templates: texts with slots, filled from word lists into the cases of a test. No code, no nesting."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from flipscope.behaviors.suite_file import (
    MAX_EXAMPLES,
    MAX_TEXT,
    CaseFile,
    ExampleFile,
    SuiteFile,
    TemplateFile,
    TestFile,
    Word,
    too_many,
)
from flipscope.errors import FlipscopeError

# {noun}  {noun2} (another one)  {verb.past} (a form of it)  {a noun} (with its article)  {Noun} {A noun} (capitalised)
_SLOT = re.compile(r"\{\{|\}\}|\{(?P<article>[Aa] )?(?P<name>[A-Za-z_]+)(?P<number>\d*)(?:\.(?P<form>[a-z_]+))?\}")
_BRACE = re.compile(r"[{}]")
_FEW = 10_000  # up to so many ways to fill a template, all are shuffled; beyond, they are drawn
_TRIES = 50  # draws per case wanted before giving up on finding another one

_Key = tuple[str, str]  # lexicon, number


def expand(test: TestFile, suite: SuiteFile, *, where: str) -> list[CaseFile]:
    """Fill the templates of a test: at most ``n`` different cases, from all templates in turn.

    The same suite, seed and test give the same cases, whatever other tests there are, and a template is filled alike
    whatever other templates there are. Slots of one name hold one
    word throughout a case; numbers tell slots of one lexicon apart, and these never hold the same word. The cluster
    of a case is its template.

    Raises
    ------
    FlipscopeError
        When a slot has no lexicon, a word no such form, or no case can be made.
    """
    templates = [_template(given) for given in test.templates or []]
    makers = []
    for number, template in enumerate(templates):
        place = f"{where}, test {test.name!r}, template {number + 1}"
        filler = _Filler(template, suite.lexicons, test.label, place)
        rng = random.Random(f"{suite.seed}:{test.id or test.name}:{template.model_dump_json()}")
        makers.append(_cases(filler, template.id or f"t{number + 1}", test, rng))
    cases = _take_in_turn(makers, test.n, where)
    if not cases:
        raise FlipscopeError(f"test {test.name!r}: no case can be made of its templates", where=where)
    return cases


def _template(given: str | ExampleFile | list[str | ExampleFile] | TemplateFile) -> TemplateFile:
    if isinstance(given, TemplateFile):
        return given
    parts = given if isinstance(given, list) else [given]
    return TemplateFile(examples=[ExampleFile(text=part) if isinstance(part, str) else part for part in parts])


def _take_in_turn(makers: list[Iterator[CaseFile]], n: int, where: str) -> list[CaseFile]:
    cases: list[CaseFile] = []
    seen: set[str] = set()
    examples = 0
    while makers and len(cases) < n:
        for maker in list(makers):
            case = next((case for case in maker if case.model_dump_json(include={"examples"}) not in seen), None)
            if case is None:
                makers.remove(maker)
            elif len(cases) < n:
                seen.add(case.model_dump_json(include={"examples"}))
                cases.append(case)
                examples += len(case.examples)
                if examples > MAX_EXAMPLES:
                    raise too_many(where)
    return cases


def _cases(filler: _Filler, cluster: str, test: TestFile, rng: random.Random) -> Iterator[CaseFile]:
    for words in _draws(filler, test.n, rng):
        examples = filler.fill(words)
        if test.perturb:
            from flipscope.behaviors.perturb import with_variants

            examples = with_variants(examples, test.perturb, rng)
        if examples:
            yield CaseFile(cluster=cluster, examples=examples)


def _draws(filler: _Filler, n: int, rng: random.Random) -> Iterator[dict[_Key, Word]]:
    """Different ways to fill the slots, in random order."""
    total = prod(filler.sizes)
    if total <= _FEW:
        for number in rng.sample(range(total), total):
            if (words := filler.words(number)) is not None:
                yield words
        return
    seen: set[int] = set()
    for _ in range(_TRIES * n):
        number = rng.randrange(total)
        if number not in seen and (words := filler.words(number)) is not None:
            seen.add(number)
            yield words


@dataclass(frozen=True)
class _Slot:
    key: _Key
    form: str | None
    article: str | None
    capital: bool


_Parts = list[str | _Slot]  # of one text


class _Filler:
    """A template taken apart: which slots it has, and the words that can go into them."""

    def __init__(self, template: TemplateFile, lexicons: dict[str, list[Word]], label: str | None, where: str) -> None:
        self.where, self._lexicons, self._label = where, lexicons, label
        self._examples = [
            {name: self._parts(value) for name, value in example.model_dump(exclude_none=True).items()}
            for example in template.examples
        ]
        slots = [slot for example in self._examples for value in example.values() for slot in _slots(value)]
        self.keys = list(dict.fromkeys(slot.key for slot in slots))
        for slot in slots:
            self._check(slot)
        self.sizes = [len(lexicons[name]) for name, _ in self.keys]
        longest = {name: max(map(_length, lexicons[name])) for name, _ in self.keys}
        for parts in (parts for example in self._examples for value in example.values() for parts in _texts(value)):
            self._check_length(parts, longest)

    def _parts(self, value: str | tuple[str, ...]) -> _Parts | tuple[_Parts, ...]:
        """Take a text, or each of several, apart into plain pieces and slots."""
        if isinstance(value, tuple):
            return tuple(self._text_parts(text) for text in value)
        return self._text_parts(value)

    def _text_parts(self, value: str) -> _Parts:
        parts: _Parts = []
        end = 0
        for match in _SLOT.finditer(value):
            parts.append(self._plain(value[end : match.start()]))
            parts.append(match[0][0] if match["name"] is None else self._slot(match))
            end = match.end()
        return [*parts, self._plain(value[end:])]

    def _plain(self, text: str) -> str:
        if _BRACE.search(text):
            raise FlipscopeError(
                f"{text!r} has a brace that belongs to no slot",
                where=self.where,
                do="Slots are like {noun}, {noun2}, {verb.past}, {a noun} or {Noun}; write {{ for a brace",
            )
        return text

    def _slot(self, match: re.Match[str]) -> _Slot:
        name, article = match["name"], match["article"]
        capital = article == "A " or (article is None and name[0].isupper())
        key = (name[0].lower() + name[1:], match["number"])
        return _Slot(key, match["form"], article.strip().lower() if article else None, capital)

    def _check(self, slot: _Slot) -> None:
        name = slot.key[0]
        words = self._lexicons.get(name)
        if words is None:
            known = ", ".join(sorted(self._lexicons)) or "none"
            raise FlipscopeError(f"there is no lexicon {name!r}", where=self.where, do=f"The lexicons are: {known}")
        if not words or not all(words):
            empty = "holds an empty word" if words else "has no words"
            raise FlipscopeError(f"lexicon {name!r} {empty}", where=self.where, do="Give it words")
        for word in words:
            if slot.form and (isinstance(word, str) or slot.form not in word):
                told = word if isinstance(word, str) else " / ".join(word.values())
                raise FlipscopeError(
                    f"{told!r} in lexicon {name!r} has no form {slot.form!r}", where=self.where,
                    do=f'Write it as a table of its forms, such as {{base = "go", {slot.form} = "..."}}',
                )  # fmt: skip
        slots = sum(lexicon == name for lexicon, _ in self.keys)
        different = len({str(word) for word in words})
        if slots > different:
            raise FlipscopeError(
                f"{slots} different words are asked of lexicon {name!r}, which has {different}", where=self.where,
                do="Slots with numbers hold different words: give the lexicon more, or use fewer numbers",
            )  # fmt: skip

    def _check_length(self, parts: _Parts, longest: dict[str, int]) -> None:
        """Refuse a text that would be too long, before it is made."""
        length = sum(len(part) if isinstance(part, str) else longest[part.key[0]] for part in parts)
        if length > MAX_TEXT:
            raise FlipscopeError(
                f"a text would have {length:,} characters, more than {MAX_TEXT:,}",
                where=self.where,
                do="Use fewer slots, or shorter words",
            )

    def words(self, number: int) -> dict[_Key, Word] | None:
        """Return the words of the draw with this number; None when two slots of a lexicon would hold the same."""
        chosen: dict[_Key, Word] = {}
        for key, size in zip(self.keys, self.sizes, strict=True):
            number, position = divmod(number, size)
            word = self._lexicons[key[0]][position]
            if any(lexicon == key[0] and word == other for (lexicon, _), other in chosen.items()):
                return None
            chosen[key] = word
        return chosen

    def fill(self, words: dict[_Key, Word]) -> list[ExampleFile]:
        """Make the examples of one case."""
        filled = []
        for example in self._examples:
            values = {name: _filled(value, words) for name, value in example.items()}
            filled.append(ExampleFile.model_validate({"label": self._label} | values))
        return filled


def _slots(value: _Parts | tuple[_Parts, ...]) -> Iterator[_Slot]:
    return (part for parts in _texts(value) for part in parts if isinstance(part, _Slot))


def _texts(value: _Parts | tuple[_Parts, ...]) -> tuple[_Parts, ...]:
    return value if isinstance(value, tuple) else (value,)


def _length(word: Word) -> int:
    """Count the characters of a word's longest form, with an article."""
    return len("an ") + (len(word) if isinstance(word, str) else max(map(len, word.values()), default=0))


def _filled(value: _Parts | tuple[_Parts, ...], words: dict[_Key, Word]) -> str | tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(_join(parts, words) for parts in value)
    return _join(value, words)


def _join(parts: _Parts, words: dict[_Key, Word]) -> str:
    return "".join(part if isinstance(part, str) else _word(part, words[part.key]) for part in parts)


def _word(slot: _Slot, word: Word) -> str:
    text = word if isinstance(word, str) else word[slot.form] if slot.form else next(iter(word.values()))
    if slot.article:
        text = f"{article(text)} {text}"
    return text[:1].upper() + text[1:] if slot.capital else text


# Spoken with a vowel first, whatever the letter: "an hour", "an 8". And with a consonant: "a unit", "a user", "a euro".
_AN = re.compile(r"hour|honest|honou?r|heir|8|1[18](?!\d)")
_A = re.compile(r"uni(?!n|m|dent|ron)|unanim|us(?!h)|u[gkrt][aeiou]|ubiq|uk\b|ukr|eu|ew|one\b|once\b")


def article(word: str) -> str:
    """Choose ``a`` or ``an`` by how the word is spoken, as far as its spelling tells."""
    low = word.lower()
    if _AN.match(low):
        return "an"
    return "an" if low[:1] in set("aeiou") and not _A.match(low) else "a"
