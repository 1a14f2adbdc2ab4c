"""What the class names of a suite are called in a model's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from flipscope.open.labels import is_generic, normalise


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

    def codes(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Find several classes, as `code` does."""
        return np.array([self.code(name) for name in names], dtype=np.int64)
