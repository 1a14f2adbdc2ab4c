"""What if a word were not there: every word left out in turn, and the smallest edits that undo a flip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.explain.models import AS_RECORDED, Reopening
from flipscope.explain.subject import Subject, Word

if TYPE_CHECKING:
    from flipscope.comparison import Comparison


@dataclass(frozen=True)
class Answer:
    """What one model answers to one text.

    Attributes
    ----------
    pred : str
        The class with the highest probability.
    probabilities : numpy.ndarray of float64, shape (classes,)
        In the order of `Probes.classes`; 0 for classes that the model does not know.
    """

    pred: str
    probabilities: np.ndarray


@dataclass(frozen=True)
class Probe:
    """The example without some of its words, and what both models answer then.

    Attributes
    ----------
    dropped : tuple of int
        Which of `Probes.words` were left out.
    text_a, text_b : str, and str or None
        What is left.
    old, new : Answer
        Of the old model, and of the candidate.
    """

    dropped: tuple[int, ...]
    text_a: str
    text_b: str | None
    old: Answer
    new: Answer


@dataclass(frozen=True)
class Probes:
    """What both models answer when words are left out, and the smallest edits that undo the flip.

    Attributes
    ----------
    subject : Subject
        The example, with both answers as the comparison has them.
    words : tuple of Word
        Its words, in reading order.
    classes : tuple of str
        The classes of the task.
    whole : Probe
        The example as it is, nothing dropped, answered anew: `subject` has the answers of the comparison, which may
        differ from these where it ran in another precision and the example is a tie.
    drops : tuple of Probe
        The example without one word, for each word in reading order (`Probe.dropped` says which). Texts keep at least
        one word each, and of very long texts only the first words are tried: `untried` counts the others.
    untried : int
        Words that were not left out in turn.
    goal : str or None
        What undoes the flip: the candidate answering this, which the old model answers. None where both answer the
        same: then what is looked for is any other answer of the candidate.
    edits : tuple of Probe
        The fewest words without which the candidate answers the goal: all that one word does; else pairs; else three.
        The surest first, at most `MOST_EDITS`. Empty when none was found.
    asked : int
        Different texts that the candidate was asked about.
    """

    subject: Subject
    words: tuple[Word, ...]
    classes: tuple[str, ...]
    whole: Probe
    drops: tuple[Probe, ...]
    untried: int
    goal: str | None
    edits: tuple[Probe, ...]
    asked: int


def probe(
    comparison: Comparison, row_id: int, *, candidate: str | None = None, reopening: Reopening = AS_RECORDED
) -> Probes:
    """Leave out each word of an example in turn, and search for the fewest words that undo its flip.

    Parameters
    ----------
    comparison : Comparison
        Of models that can be run: checkpoints.
    row_id : int
        The example's number in this comparison.
    candidate : str, optional
        The first candidate when not named.
    reopening : Reopening, optional
        Where the models are now, and how they are loaded.

    Returns
    -------
    Probes

    Raises
    ------
    FlipscopeError
        When there is no such example, it has no text, or the models can't be had or run.
    """
    raise NotImplementedError
