"""A suite of behavior tests in memory: columns, ready to be predicted and evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from flipscope.behaviors.kinds import Slice

#: The library's order of capabilities; others come after these, by name.
CAPABILITIES = (
    "Vocabulary", "Taxonomy", "Robustness", "NER", "Fairness", "Temporal", "Negation", "Coref", "SRL", "Logic",
)  # fmt: skip
TYPES = ("MFT", "INV", "DIR")

TestType = Literal["MFT", "INV", "DIR"]
Aggregate = Literal["all", "all_except_first"]


@dataclass(frozen=True, repr=False)
class Test:
    """One behavior test: cases that share an expectation. Cases are in running order.

    Attributes
    ----------
    name : str
        Unique within the suite.
    capability : str
        One of `CAPABILITIES`, or another.
    type : {"MFT", "INV", "DIR"}
        Minimum functionality, invariance or directional expectation test.
    description : str
        What it checks, for people.
    expect : flipscope.behaviors.kinds.Expectation
        When an example passes.
    slice : Slice or None
        Which cases count.
    aggregate : {"all", "all_except_first"}
        Which examples of a case must pass.
    starts : numpy.ndarray of int64, shape (cases + 1,)
        Case ``i`` has the examples ``starts[i]`` to ``starts[i + 1] - 1``.
    case_ids : tuple of str, length cases
        Stable from version to version, unique within the test.
    clusters : tuple of str or None, length cases
        What made the case: a template, or the sentence that was perturbed. Cases of one cluster are not independent.
    text_a, text_b : tuple of str or None, length examples
        The inputs; ``text_b`` is None for single texts.
    labels : tuple of str or None, length examples
        The class (or text) expected, where there is one.
    allowed : tuple of (tuple of str or None), or None
        Per example, the classes that ``one_of`` without values allows.
    substitutions : tuple of ((str, str) or None), or None
        Per example, the word replaced and what replaced it, for ``text_substituted``.
    sampled_from : int or None
        How many cases the test has in all, where these are a sample.
    """

    __test__ = False  # not a test of pytest's

    name: str
    capability: str
    type: TestType
    description: str
    expect: Any  # an Expectation, or the rule of a live CheckList test
    slice: Slice | None
    aggregate: Aggregate
    starts: NDArray[np.int64]
    case_ids: tuple[str, ...]
    clusters: tuple[str | None, ...]
    text_a: tuple[str, ...]
    text_b: tuple[str | None, ...]
    labels: tuple[str | None, ...]
    allowed: tuple[tuple[str, ...] | None, ...] | None = None
    substitutions: tuple[tuple[str, str] | None, ...] | None = None
    sampled_from: int | None = None

    def __repr__(self) -> str:
        return f"Test({self.name!r}, {self.capability} {self.type}, {self.cases:,} cases)"

    @property
    def cases(self) -> int:
        """How many cases it has."""
        return len(self.case_ids)

    @property
    def examples(self) -> int:
        """How many examples all its cases have together."""
        return len(self.text_a)

    @cached_property
    def single(self) -> bool:
        """Whether every case is one example."""
        return bool((np.diff(self.starts) == 1).all())

    @cached_property
    def case_of(self) -> NDArray[np.int64]:
        """The number of each example's case, shape (examples,)."""
        return np.repeat(np.arange(self.cases), np.diff(self.starts))

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """The position of the first example of each example's case, shape (examples,)."""
        return self.starts[self.case_of]

    @cached_property
    def label_values(self) -> tuple[str | None, ...]:
        """The distinct labels."""
        return tuple(dict.fromkeys(self.labels))

    @cached_property
    def label_index(self) -> NDArray[np.int64]:
        """Each example's label as a position in `label_values`, shape (examples,)."""
        positions = {label: position for position, label in enumerate(self.label_values)}
        return np.array([positions[label] for label in self.labels], dtype=np.int64)


@dataclass(frozen=True, repr=False)
class Suite:
    """An ordered list of tests for one kind of task.

    Attributes
    ----------
    name : str
        What people call it.
    tasks : tuple of str
        Tasks it is made for; may be empty.
    labels : tuple of str
        Class names in the order of their ids; empty when answers are free text.
    tests : tuple of Test
        At least one; names are unique.
    label_aliases : mapping of str to str
        A class of the suite to the name it has with models that do not tell it apart (``neutral`` to
        ``not_entailment``).
    source : str
        Where it came from: what the user typed.
    digest : str
        SHA-256 (hex) of the file, or of the content.
    description, license, language : str
        For people.
    notes : tuple of str
        What to know before trusting it: tests that cannot fail, rules that could not be read, ...
    """

    name: str
    tasks: tuple[str, ...]
    labels: tuple[str, ...]
    tests: tuple[Test, ...]
    label_aliases: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    digest: str = ""
    description: str = ""
    license: str = ""
    language: str = "en"
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Suite({self.name!r}, {len(self.tests)} tests, {self.cases:,} cases, {self.examples:,} inputs)"

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """Where each test's examples begin in the suite's order, shape (tests + 1,)."""
        return starts_of(test.examples for test in self.tests)

    @property
    def examples(self) -> int:
        """How many examples all its tests have together."""
        return int(self.offsets[-1])

    @property
    def cases(self) -> int:
        """How many cases all its tests have together."""
        return sum(test.cases for test in self.tests)

    @property
    def pairs(self) -> bool:
        """Whether its inputs are pairs of texts."""
        return any(text is not None for test in self.tests for text in test.text_b[:1])


def capability_order(capability: str) -> tuple[int, str]:
    """Sort key: the library's order first, then by name."""
    known = CAPABILITIES.index(capability) if capability in CAPABILITIES else len(CAPABILITIES)
    return known, capability


def starts_of(sizes: Iterable[int]) -> NDArray[np.int64]:
    """Tell where each of several runs of rows begins, and where the last one ends, shape (sizes + 1,)."""
    return np.cumsum([0, *sizes], dtype=np.int64)


def tell_apart(names: Iterable[str]) -> Iterator[str]:
    """Put a number behind a name from its second time on: ``a``, ``b``, ``a#2``."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}#{seen[name]}"
