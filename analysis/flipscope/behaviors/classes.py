"""What the class names of a suite are called in a model's answers, and which classes all sides speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from flipscope.behaviors.suite import Suite
from flipscope.errors import FlipscopeError
from flipscope.open.labels import NAMES_IN_ORDER, is_generic, names_in, normalise, rename


class UnknownClass(Exception):
    """A class of the suite that the model does not have."""


class Classes:
    """Finds the classes of a suite among a model's answers, by name.

    Parameters
    ----------
    labels : tuple of str
        The suite's classes in the order of their ids; empty when answers are free text.
    vocabulary : tuple of str
        What the model answers, see `Answers`.
    aliases : mapping of str to str
        Other names for the suite's classes, used where the model does not have a class of its own name.
    """

    def __init__(self, labels: tuple[str, ...], vocabulary: tuple[str, ...], aliases: Mapping[str, str]) -> None:
        self.labels = labels
        self._vocabulary = vocabulary
        if not labels:
            self._codes = {text: code for code, text in enumerate(vocabulary)}
            return
        self._codes = {normalise(name): code for code, name in reversed(list(enumerate(vocabulary)))}
        for name, other in aliases.items():
            if normalise(other) in self._codes:
                self._codes.setdefault(normalise(name), self._codes[normalise(other)])
        if is_generic(labels) and not any(normalise(name) in self._codes for name in labels):
            # CheckList's own suites name classes by their ids.
            self._codes |= {normalise(name): code for code, name in enumerate(labels) if code < len(vocabulary)}

    def code(self, name: str) -> int:
        """Find a class; -1 for a free text that was never answered.

        Raises
        ------
        UnknownClass
            When the model has no such class.
        """
        if not self.labels:
            return self._codes.get(name, -1)
        found = self._codes.get(normalise(name))
        if found is None:
            raise UnknownClass(f"{name!r} is not one of the model's classes ({', '.join(self._vocabulary[:20])})")
        return found

    def own_code(self, name: str) -> int:
        """Find a class that the model tells apart from the suite's others: what is said of one must hold for it alone.

        Raises
        ------
        UnknownClass
            When the model has no such class, or it is folded with another one.
        """
        found = self.code(name)
        others = [
            other
            for other in self.labels
            if normalise(other) != normalise(name) and self._codes.get(normalise(other)) == found
        ]
        if others:
            raise UnknownClass(f"the model does not tell {name!r} from {others[0]!r}")
        return found

    def codes(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Find several classes, as `code` does."""
        return np.array([self.code(name) for name in names], dtype=np.int64)


def agree_on_classes(
    models: Sequence[tuple[str, ...]],
    tables: Sequence[tuple[str, ...]],
    suites: Sequence[Suite],
    aliases: Mapping[str, str],
) -> tuple[str, ...]:
    """Find the classes that models and suites speak of, in the order of their ids.

    Parameters
    ----------
    models : sequence of tuple of str
        The classes of every model to run, in the order of its ids.
    tables : sequence of tuple of str
        The classes that every table of predictions names, in any order; there may be more.
    suites : sequence of Suite
        What is to be answered.
    aliases : mapping of str to str
        Other names for classes.

    Returns
    -------
    tuple of str
        The suite's own classes where the models have these, or have them folded; else those of the models. Empty
        when nobody names any.

    Raises
    ------
    FlipscopeError
        When names have to be matched with numbers, and nothing says which is which.
    """
    suites = [suite for suite in suites if suite.labels]
    orders = [_renamed(suite.labels, aliases) for suite in suites]
    known = [_renamed(names, aliases) for names in (*models, *tables)]
    if not known:
        return next(iter(orders), ())
    by_number = is_generic(known[0])
    if any(is_generic(names) != by_number for names in known):
        raise _unordered("one model's classes have names and another's are numbers")
    if by_number and not all(map(is_generic, orders)):
        raise _unordered("the suite's classes have names and the model's are numbers")
    if not by_number and any(map(is_generic, orders)) and len(set(known[: len(models)])) != 1:
        raise _unordered("the suite's classes are numbers and the models' have names")
    orders += [_renamed((suite.label_aliases.get(name, name) for name in suite.labels), aliases) for suite in suites]
    wanted = _forms(name for names in known for name in names)
    for names in orders:
        if wanted == _forms(names) or (wanted < _forms(names) and not models):
            return names
    return known[0] if models else names_in(name for names in known for name in names)


def _renamed(names: Iterable[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in rename(names, aliases) if name is not None))


def _forms(names: Iterable[str]) -> set[str]:
    return {normalise(name) for name in names}


def _unordered(what: str) -> FlipscopeError:
    return FlipscopeError(
        f"{what}, which say nothing about their order",
        do=NAMES_IN_ORDER,
    )
