"""Taggers: simple, visible rules that say which capability a natural example is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.behaviors.own_tags import OwnTag, check_own_names, own_tag
from flipscope.behaviors.perturb_words import FIRST_NAMES, PLACES
from flipscope.data import Examples

#: More words than this make a text long.
LONG_WORDS = 30
#: A word of so many letters is rarely a frequent one.
RARE_LETTERS = 13
#: Words two texts share, of all they have, from which on the overlap is high.
HIGH_OVERLAP = 0.75

_CHUNK = 100_000  # rows looked at together: keeps joined texts below Arrow's 2 GiB, and memory small


@dataclass(frozen=True)
class _Rows:
    """Some rows of an evaluation set, as the rules look at them."""

    text_a: pa.Array
    text_b: pa.Array

    @cached_property
    def text(self) -> pa.Array:
        """Both texts, a line each, without web addresses and handles."""
        text_b = pc.fill_null(self.text_b, "")
        return pc.replace_substring_regex(
            pc.binary_join_element_wise(self.text_a, text_b, "\n"), r"(?:https?://|www\.|[@#])\S+", " "
        )

    @cached_property
    def lower(self) -> pa.Array:
        """The same in lower case."""
        return pc.utf8_lower(self.text)


@dataclass(frozen=True)
class Tagger:
    """A rule that is true or false of an example.

    Attributes
    ----------
    column : str
        The name of the metadata column it makes.
    capability : str
        The capability it is about.
    rule : str
        The rule in words, for people.
    mark : callable
        Rows to a boolean array.
    pairs_only : bool
        Whether it needs two texts.
    """

    column: str
    capability: str
    rule: str
    mark: Callable[[_Rows], pa.Array]
    pairs_only: bool = False


def _word(*words: str) -> str:
    """Match one of the words where no letter, digit or underscore touches it, in any script."""
    return rf"(?:^|[^\pL\pN_])(?:{'|'.join(words)})(?:$|[^\pL\pN_])"


_NEGATIONS = (
    _word(
        *"no not never none nobody nothing nowhere neither nor cannot".split(),  # noqa: SIM905
        "(?:do|does|did|is|was|are|were|have|has|had|would|could|should)nt",
    )
    + r"|n['’]t(?:$|[^\pL\pN_])"
)

_NUMBERS = r"(?:^|[^\pL\pN_])\p{Nd}|" + _word(
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen",
    "(?:twen|thir|for|fif|six|seven|eigh|nine)ty",
    "(?:hundred|thousand|million|billion)s?",
)

_COMPARISONS = _word("more|less|fewer|better|worse|than|versus|vs|compared")

_MONTHS = "january|february|july|september|october|november|december"
_MONTHS_TOO = "march|april|may|june|august"  # words or names of people as well
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_TIMES = _word(
    _MONTHS,
    f"(?:{_DAYS})s?",
    rf"(?:in|by|of|since|until|last|next|early|mid|late)[ -](?:{_MONTHS_TOO})",
    rf"(?:{_MONTHS_TOO}) \d{{1,4}}|\d{{1,2}} (?:{_MONTHS_TOO})",
    r"(?:18|19|20)\d\d",
    "yesterday|today|tonight|tomorrow|ago|now|nowadays|currently|formerly|previously|recently|lately|soon|used to",
    "before|after|afterwards?|earlier|later|until|till|during|already",
    "(?:minute|hour|day|week|month|year|decade)s?|century|centuries",
)

# Behind a lower-case letter, a digit or a comma no sentence starts, but on the next line.
# Names of days and months are taken out before.
_NAMES = r"[\p{Ll}\p{Nd},;][ \t]+[\"“'‘(]*\p{Lu}\p{Ll}|" + _word(
    *(word for lists in (FIRST_NAMES, PLACES) for words in lists.values() for word in words)
)
_CALENDAR = rf"\b(?i:{_MONTHS}|{_MONTHS_TOO}|{_DAYS})\b"

_MISSPELLED = _word(
    "accomodate|acheive|adress|agressive|alot|arguement|athiest|basicly|becuase|begining|beleive|buisness|calender",
    "catagory|cemetary|collegue|comming|commitee|concious|definat?ly|definately|dissapoint(?:ed|ing)?|embarass(?:ed|ing)?",
    "enviroment|existance|familar|finaly|foriegn|freind|goverment|grammer|happend|harrass|immediatly|independant",
    "intresting|knowlege|libary|millenium|neccess?ary|noticable|occassion|occured|occurence|peice|persistant|posession",
    "prefered|privelege|probaly|pronounciation|publically|realy|recieved?|recomend|refered|relevent|religous|rythm",
    "seperate|shoud|sucess(?:ful)?|succesful|suprised?|suprising|teh|thier|tommorow|tounge|truely|unforseen|untill",
    "usualy|wich|wierd|writting",
)
_STRETCHED = "|".join(letter * 3 for letter in "abcdefghjklmnopqrstuvyz")  # iii is a number, www and xxx are common


def _matches(pattern: str) -> Callable[[_Rows], pa.Array]:
    return lambda rows: pc.match_substring_regex(rows.lower, pattern)


def _has_name(rows: _Rows) -> pa.Array:
    return pc.match_substring_regex(pc.replace_substring_regex(rows.text, _CALENDAR, "x"), _NAMES)


def _has_typo(rows: _Rows) -> pa.Array:
    return pc.or_(pc.match_substring_regex(rows.text, _STRETCHED), pc.match_substring_regex(rows.lower, _MISSPELLED))


def _is_long(rows: _Rows) -> pa.Array:
    pattern = rf"(?:\S+\s+){{{LONG_WORDS}}}\S"
    long_a, long_b = (pc.match_substring_regex(text, pattern) for text in (rows.text_a, rows.text_b))
    return pc.or_(long_a, pc.fill_null(long_b, False))


def _has_high_overlap(rows: _Rows) -> pa.Array:
    """Jaccard index of the sets of words: those in both texts by those in either."""
    sides = [pc.utf8_split_whitespace(pc.fill_null(text, "")) for text in (rows.text_a, rows.text_b)]
    words, count = _word_codes(pa.concat_arrays([side.flatten() for side in sides]))
    lengths = [pc.list_value_length(side).to_numpy() for side in sides]
    keys = np.concatenate([np.repeat(np.arange(len(side)), side) for side in lengths]) * count + words
    found = np.split(np.where(words > 0, keys, -1), [lengths[0].sum()])
    every = np.sort(np.concatenate([_distinct(side[side >= 0]) for side in found]))
    shared = np.bincount(every[1:][every[1:] == every[:-1]] // count, minlength=len(rows.text_a))
    either = np.bincount(every // count, minlength=len(rows.text_a)) - shared
    return pa.array(shared >= HIGH_OVERLAP * np.maximum(either, 1))


def _word_codes(tokens: pa.Array) -> tuple[np.ndarray, int]:
    """Give each word a number: lower case, no punctuation around it; 0 where nothing is left of a token."""
    encoded = tokens.dictionary_encode()  # so that each different token is looked at once
    trimmed = pc.replace_substring_regex(pc.utf8_lower(encoded.dictionary), r"^[^\pL\pN]+|[^\pL\pN]+$", "")
    words = pa.concat_arrays([pa.array([""]), trimmed]).dictionary_encode()
    return words.indices.to_numpy()[1:].astype(np.int64)[encoded.indices.to_numpy()], len(words.dictionary)


def _distinct(keys: np.ndarray) -> np.ndarray:
    """Sort and drop repetitions; the keys come nearly sorted, which makes this five times as fast as `np.unique`."""
    keys = np.sort(keys)
    return keys[np.diff(keys, prepend=-1) != 0]


TAGGERS = (
    Tagger(
        "has_negation",
        "Negation",
        "no, not, never, none, nobody, nothing, nowhere, neither, nor, cannot or a word with n't",
        _matches(_NEGATIONS),
    ),
    Tagger(
        "has_number",
        "NER",
        "a digit that is not within a word (2nd, but not B12), or a number word from two on",
        _matches(_NUMBERS),
    ),
    Tagger(
        "has_comparison",
        "Taxonomy",
        "more, less, fewer, better, worse, than, versus, vs or compared",
        _matches(_COMPARISONS),
    ),
    Tagger(
        "has_name",
        "NER",
        "a capitalised word where no sentence starts, or a common first name or place; not days and months",
        _has_name,
    ),
    Tagger(
        "has_temporal",
        "Temporal",
        "a day, month or year, or a word such as before, after, ago, now, yesterday, used to, weeks",
        _matches(_TIMES),
    ),
    Tagger("has_question", "SRL", "a question mark", _matches("[?？؟]")),
    Tagger("is_long", "Robustness", f"more than {LONG_WORDS} words in one text", _is_long),
    Tagger(
        "has_high_overlap",
        "SRL",
        f"the two texts share at least {HIGH_OVERLAP:.0%} of all their different words",
        _has_high_overlap,
        pairs_only=True,
    ),
    Tagger(
        "has_rare_word",
        "Vocabulary",
        f"a word of {RARE_LETTERS} letters or more, which is seldom a frequent one",
        _matches(rf"\pL{{{RARE_LETTERS}}}"),
    ),
    Tagger(
        "has_typo",
        "Robustness",
        "a common misspelling (teh, recieve, ...), or a small letter three times in a row (sooo)",
        _has_typo,
    ),
)


def tag(examples: Examples, own: Mapping[str, OwnTag] | None = None, *, builtin: bool = True) -> Examples:
    """Add boolean columns that say what each example is about.

    Parameters
    ----------
    examples : flipscope.data.Examples
        The evaluation set.
    own : mapping of str to (str or callable), optional
        Tags of your own by name: a DuckDB expression over ``text_a``, ``text_b`` and the other columns, or a
        function of both texts (the second is None for single texts) that returns True or False. One named like a
        built-in tag replaces it.
    builtin : bool
        Whether to add those of `TAGGERS`.

    Returns
    -------
    flipscope.data.Examples
        The same examples and digest with more metadata columns. Rows without a text have null tags. A tag that is
        the same for all rows is left out, as is a built-in one whose name is taken by a column already.

    Raises
    ------
    FlipscopeError
        When a tag of your own has a name that is taken, is no single expression, fails, or gives anything but
        true and false.
    """
    own = own or {}
    check_own_names(own, examples)
    taken = {name.casefold() for name in (*examples.table.column_names, *own)}
    columns = _builtin_tags(examples, taken) if builtin else {}
    columns |= {name: own_tag(examples, name, rule) for name, rule in own.items()}
    table, notes = examples.table, list(examples.notes)
    for name, values in columns.items():
        if pc.count_distinct(values).as_py() == 2:
            table = table.append_column(name, values)
        elif name in own:
            notes.append(f"tag {name!r} left out: it is the same for all rows")
    return replace(examples, table=table, notes=tuple(notes))


def _builtin_tags(examples: Examples, taken: set[str]) -> dict[str, pa.ChunkedArray]:
    texts = examples.table.select(["text_a", "text_b"])
    paired = texts["text_b"].null_count < len(texts)
    taggers = [each for each in TAGGERS if each.column not in taken and (paired or not each.pairs_only)]
    parts: dict[str, list[pa.Array]] = {each.column: [] for each in taggers}
    for start in range(0, len(texts), _CHUNK):
        rows = _Rows(*(column.combine_chunks() for column in texts.slice(start, _CHUNK).columns))
        there = rows.text_a.is_valid()
        for each in taggers:
            parts[each.column].append(pc.if_else(there, each.mark(rows), None))
    return {name: pa.chunked_array(found, pa.bool_()) for name, found in parts.items()}
