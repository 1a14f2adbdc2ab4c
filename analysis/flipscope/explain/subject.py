"""One example of a comparison that is to be explained: its texts, their words, and both answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from flipscope.errors import FlipscopeError
from flipscope.explain.textdiff import words

if TYPE_CHECKING:
    from flipscope.comparison import Comparison


@dataclass(frozen=True)
class Word:
    """One word, or sign of punctuation, of an example.

    Attributes
    ----------
    text : str
        As it is written there.
    field : {"a", "b"}
        Which of the two texts it is in; ``a`` for single texts.
    start, end : int
        ``text == text_a[start:end]``, or ``text_b[start:end]``: characters of the whole text.
    """

    text: str
    field: Literal["a", "b"]
    start: int
    end: int


@dataclass(frozen=True)
class Subject:
    """One example of a comparison, with the answers of the old model and of one candidate.

    Attributes
    ----------
    row_id : int
        Its number in this comparison.
    example_id, task, candidate : str
        What people call them.
    text_a, text_b : str, and str or None
        ``text_b`` is None for single texts.
    label, old_pred, new_pred : str
        Gold label, and both answers as the comparison has them.
    outcome : str
        One of the four.
    """

    row_id: int
    example_id: str
    task: str
    candidate: str
    text_a: str
    text_b: str | None
    label: str
    old_pred: str
    new_pred: str
    outcome: str

    @property
    def flipped(self) -> bool:
        """Whether the two models answer differently."""
        return self.old_pred != self.new_pred

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words in reading order, those of the second text after those of the first; spaces are none."""
        return words_of(self.text_a, self.text_b)


def words_of(text_a: str, text_b: str | None) -> tuple[Word, ...]:
    """Split the texts of an example into words and signs of punctuation, each with its place."""
    found: list[Word] = []
    texts: tuple[tuple[Literal["a", "b"], str], ...] = (("a", text_a), ("b", text_b or ""))
    for field, text in texts:
        start = 0
        for word in words(text):
            end = start + len(word)
            if not word.isspace():
                found.append(Word(word, field, start, end))
            start = end
    return tuple(found)


def read_subject(comparison: Comparison, row_id: int, candidate: str | None = None) -> Subject:
    """Read one example.

    Parameters
    ----------
    comparison : Comparison
        Its examples have texts.
    row_id : int
        The example's number in this comparison.
    candidate : str, optional
        Whose answer to explain; the first candidate's when not named.

    Raises
    ------
    FlipscopeError
        When there is no such example or candidate, or it has no text.
    """
    candidate = comparison.candidate(candidate).name
    found = comparison.query(
        "SELECT task, example_id, label, old_pred, new_pred, outcome, text_a, text_b FROM facts JOIN text USING "
        "(row_id) WHERE row_id = ? AND candidate = ?",
        [row_id, candidate],
    ).to_dict("records")
    if not found:
        raise FlipscopeError(f"there is no example with the number {row_id}", where=comparison.path)
    row = found[0]
    if not isinstance(row["text_a"], str):
        raise FlipscopeError(
            "the examples of this comparison have no texts, and without its text no answer can be explained",
            where=comparison.path,
            do="Compare again with an evaluation set that has them (--data)",
        )
    second = row.pop("text_b")
    return Subject(row_id=row_id, candidate=candidate, text_b=second if isinstance(second, str) else None, **row)


def find_row(comparison: Comparison, example_id: str, task: str | None = None) -> int:
    """Find the number of an example by what people call it.

    Parameters
    ----------
    comparison : Comparison
        Where to look.
    example_id : str
        Its id.
    task : str, optional
        Its task; needed where several tasks have an example of this id.

    Raises
    ------
    FlipscopeError
        When there is none, or several.
    """
    comparison.result(task)  # refuses a task that is not there
    rows = comparison.query(
        "SELECT DISTINCT task, row_id FROM facts WHERE example_id = ? AND coalesce(task = ?, true) ORDER BY task",
        [example_id, task],
    )
    if rows.empty:
        place = f" in {task}" if task else ""
        raise FlipscopeError(
            f"there is no example {example_id!r}{place}",
            where=comparison.path,
            do="flipscope examples prints their ids",
        )
    if len(rows) > 1:
        raise FlipscopeError(
            f"{len(rows)} tasks have an example {example_id!r}",
            where=comparison.path,
            do=f"Say which one with --task: {', '.join(rows['task'])}",
        )
    return int(rows["row_id"][0])
