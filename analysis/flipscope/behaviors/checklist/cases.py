"""The cases of a CheckList test: what its `data`, `labels`, `meta` and `run_idxs` say, as columns.

The standard library is all that is needed here: this runs in the process that reads pickles, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flipscope.errors import FlipscopeError

#: An integer label beyond this is no class.
MAX_CLASSES = 1_000

_LISTS = (list, tuple)
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")  # what text files, tables and tokenizers can't hold


@dataclass
class Limits:
    """What all tests of a suite may hold together; counted down as cases are read.

    Attributes
    ----------
    examples, characters : int
        How many more there may be.
    replaced : int
        How many texts had a character replaced that can't stand in a text.
    """

    examples: int
    characters: int
    replaced: int = 0

    def take(self, texts: list[Any]) -> list[Any]:
        """Count texts, and replace what can't stand in one; what is no text is left as it is."""
        only = [text for text in texts if isinstance(text, str)]
        self.characters -= sum(map(len, only))
        if self.characters < 0:
            raise FlipscopeError("its texts are too long for a suite", do="Split it")
        joined = "".join(only)
        if "\0" not in joined and _is_unicode(joined):
            return texts
        self.replaced += sum(_NOT_TEXT.search(text) is not None for text in only)
        return [mended(text) if isinstance(text, str) else text for text in texts]


def mended(text: str) -> str:
    """Replace what can't stand in a text: NUL, and halves of characters."""
    return _NOT_TEXT.sub("\ufffd", text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass
class Cases:
    """Cases in running order.

    Attributes
    ----------
    total : int
        How many the test has, run or not.
    numbers : list of int, length cases
        Their positions in the test's data.
    sizes : list of int, length cases
        How many examples each has.
    text_a, text_b : list of str or None, length examples
        The inputs; ``text_b`` is None for single texts.
    labels : list of int, str or None, length examples
        What is expected.
    meta : list of (str, str) or None, length examples
        Pairs of words kept with an example: one replaced, and what replaced it. Empty where the test has no meta.
    """

    total: int = 0
    numbers: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    text_a: list[str] = field(default_factory=list)
    text_b: list[str | None] = field(default_factory=list)
    labels: list[int | str | None] = field(default_factory=list)
    meta: list[tuple[str, str] | None] = field(default_factory=list)


def cases_of(data: Any, labels: Any, meta: Any, run_idxs: Any, limits: Limits) -> Cases:
    """Lay out the cases of one test.

    If the first element of `data` is a list, every case is a list of examples; else each case is one. `labels` and
    `meta` are nothing, one value for all cases, or a list with an entry per case; the entry of a case of several
    examples is one value for all of them, or a list of one each. Arrays count as lists.

    Raises
    ------
    FlipscopeError
        When an example is neither a text nor a pair of texts, lengths do not fit, or there is too much.
    """
    data = plain(data)
    if not isinstance(data, _LISTS):
        raise FlipscopeError(f"its data are {_kind(data)}, not a list of cases")
    grouped = bool(data) and isinstance(plain(data[0]), list)
    cases = Cases(total=len(data), numbers=_running_order(plain(run_idxs), len(data)))
    for number in cases.numbers:
        case = plain(data[number]) if grouped else [data[number]]
        if not isinstance(case, list):
            raise FlipscopeError(f"case {number} is {_kind(case)}, not a list of examples as the first case is")
        limits.examples -= len(case)
        if limits.examples < 0:
            raise FlipscopeError("it has too many examples for a suite", do="Split it")
        cases.sizes.append(len(case))
        for example in case:
            first, second = _texts(example, number)
            cases.text_a.append(first)
            cases.text_b.append(second)
    cases.text_a, cases.text_b = limits.take(cases.text_a), limits.take(cases.text_b)
    if labels is None:
        cases.labels = [None] * len(cases.text_a)
    else:
        cases.labels = limits.take([_label(value) for value in _spread(labels, cases, grouped, "labels")])
    if meta is not None:
        cases.meta = _pairs(_spread(meta, cases, grouped, "meta"), limits)
    return cases


def plain(value: Any) -> Any:
    """Turn an array into lists and numbers; anything else stays as it is."""
    return value.tolist() if hasattr(value, "tolist") else value


def _running_order(run_idxs: Any, total: int) -> list[int]:
    if run_idxs is None:
        return list(range(total))
    if not isinstance(run_idxs, _LISTS) or not all(type(number) is int for number in run_idxs):
        raise FlipscopeError("its run_idxs are not a list of case numbers")
    if any(not 0 <= number < total for number in run_idxs):
        raise FlipscopeError(f"its run_idxs name a case beyond its {total:,}")
    return list(run_idxs)


def _spread(values: Any, cases: Cases, grouped: bool, what: str) -> list[Any]:
    """Give every example its value of those that the test, a case or an example has."""
    values = plain(values)
    if not isinstance(values, list):
        return [values] * sum(cases.sizes)
    if len(values) != cases.total:
        raise FlipscopeError(f"it has {cases.total:,} cases, but {len(values):,} {what}")
    spread: list[Any] = []
    for number, size in zip(cases.numbers, cases.sizes, strict=True):
        value = plain(values[number])
        if not grouped or not isinstance(value, list):
            spread += [value] * size
        elif len(value) == size:
            spread += value
        else:
            raise FlipscopeError(f"case {number} has {size} examples, but {len(value)} {what}")
    return spread


def _texts(example: Any, number: int) -> tuple[str, str | None]:
    if type(example) is str:
        return example, None
    example = plain(example)
    if isinstance(example, str):
        return str(example), None
    if isinstance(example, _LISTS) and len(example) == 2:
        first, second = example
        if type(first) is str and type(second) is str:
            return first, second
        first, second = plain(first), plain(second)
        if isinstance(first, str) and isinstance(second, str):
            return str(first), str(second)
    raise FlipscopeError(f"an example of case {number} is neither a text nor a pair of texts, but {_kind(example)}")


def _label(value: Any) -> int | str | None:
    """Classes are numbers, answers are texts; other labels are for rules of one's own, and left out."""
    value = plain(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int):
        return None
    if abs(value) > MAX_CLASSES:
        raise FlipscopeError(f"a label is beyond {MAX_CLASSES:,}, which can't be a class")
    return int(value)


def _pairs(values: list[Any], limits: Limits) -> list[tuple[str, str] | None]:
    pairs = [
        (str(value[0]), str(value[1]))
        if isinstance(value, _LISTS) and len(value) == 2 and all(isinstance(word, str) for word in value)
        else None
        for value in map(plain, values)
    ]
    olds = limits.take([pair and pair[0] for pair in pairs])
    news = limits.take([pair and pair[1] for pair in pairs])
    return [None if old is None else (old, new) for old, new in zip(olds, news, strict=True)]


def _kind(value: Any) -> str:
    return f"{type(value).__name__} of {len(value)}" if hasattr(value, "__len__") else type(value).__name__
