"""What a slice is: conditions that must all hold, as SQL for flipscope and as words for people."""

from __future__ import annotations

from dataclasses import dataclass

#: Conditions of a rule at the most: with more, nobody can say what it is about.
MOST_CONDITIONS = 3


@dataclass(frozen=True)
class Condition:
    """One condition on an example.

    Attributes
    ----------
    sql : str
        A DuckDB expression over the columns of ``facts`` and the two texts, true, false or null (which is no).
    words : str
        The same for people, such as ``text_a has 'not'``.
    feature : str
        What it is about: a column, ``words of text_a``, ``length of text_a``. A rule has one condition on each, but
        any number on words, and two on a number (from, up to).
    """

    sql: str
    words: str
    feature: str


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold.

    Attributes
    ----------
    conditions : tuple of Condition
        One to `MOST_CONDITIONS`.
    """

    conditions: tuple[Condition, ...]

    @property
    def sql(self) -> str:
        """The whole as one DuckDB expression: for ``--where``, for links, and for a slice of a budget."""
        return " AND ".join(condition.sql for condition in self.conditions)

    @property
    def words(self) -> str:
        """The whole for people."""
        return " and ".join(condition.words for condition in self.conditions)
