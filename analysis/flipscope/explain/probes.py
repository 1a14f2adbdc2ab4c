"""What if a word were not there: every word left out in turn, and the smallest edits found that undo a flip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.explain.models import AS_RECORDED, LoadedModel, Reopening, load_models
from flipscope.explain.subject import Subject, Word, read_subject

if TYPE_CHECKING:
    from flipscope.comparison import Comparison

#: Edits that are given, at most.
MOST_EDITS = 8
#: Words that are left out one by one, at most: the first of a text.
MOST_DROPPED = 200
_MOST_TELLING = 12  # words that pairs and threes are made of: at most 66 pairs, and as many threes again


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
    """What both models answer when words are left out, and the smallest edits found that undo the flip.

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
        The fewest words found without which the candidate answers the goal: single words; else pairs; else three. All
        words of `drops` are tried alone; pairs are made of the most telling ones, and threes of the best pairs, so that
        there may be a pair where three are given, and edits where none is. The surest first, at most `MOST_EDITS`.
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
    """Leave out each word of an example in turn, and search for few words that undo its flip.

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
    subject = read_subject(comparison, row_id, candidate)
    models = load_models(comparison, subject.task, subject.candidate, reopening)
    asker = _Asker(subject, models, tuple(comparison.task_info(subject.task).label_names))
    asker.ask([()], both=True)
    singles = _singles(subject)
    asker.ask([(word,) for word in singles[:MOST_DROPPED]], both=True)
    whole = asker.probe(())
    goal = subject.old_pred if subject.flipped else None
    edits = _edits(asker, singles[:MOST_DROPPED], goal)
    return Probes(
        subject=subject,
        words=subject.words,
        classes=asker.classes,
        whole=whole,
        drops=tuple(asker.probe((word,)) for word in singles[:MOST_DROPPED]),
        untried=len(subject.words) - len(singles[:MOST_DROPPED]),
        goal=goal,
        edits=edits,
        asked=asker.asked,
    )


def without(text: str, words: Sequence[Word]) -> str:
    """Leave words out of a text, and of the spaces around each only what keeps its neighbours apart.

    Parameters
    ----------
    text : str
        One of the texts of an example.
    words : sequence of Word
        Some of its words, in reading order.
    """
    for word in reversed(words):
        before, after = text[: word.start], text[word.end :]
        if not after.strip() or not before.strip():
            text = before.rstrip() + after.lstrip()
        elif before[-1].isspace() and after[0].isspace():
            text = before.rstrip() + after
        else:
            text = before + after
    return text


def _singles(subject: Subject) -> list[int]:
    """Tell which words can be left out: each text keeps at least one."""
    count = Counter(word.field for word in subject.words)
    return [number for number, word in enumerate(subject.words) if count[word.field] > 1]


def _edits(asker: _Asker, singles: list[int], goal: str | None) -> tuple[Probe, ...]:
    """Search for few words without which the candidate answers the goal.

    All single words; then all pairs of the most telling ones; then the best pairs with a third of these.
    """
    if asker.reaches((), goal):  # asked again, the candidate answers so anyway: a tie that went the other way
        return ()
    tried: list[tuple[int, ...]] = [(word,) for word in singles]
    telling = sorted(singles, key=lambda word: -asker.closeness((word,), goal))[:_MOST_TELLING]
    for size in (1, 2, 3):
        if size > 1:
            best = sorted(tried, key=lambda dropped: -asker.closeness(dropped, goal))[:_MOST_TELLING]
            grown = {tuple(sorted({*dropped, word})) for dropped in best for word in telling if word not in dropped}
            tried = sorted(dropped for dropped in grown if asker.leaves_a_word(dropped))
            asker.ask(tried, both=False)
        found = [dropped for dropped in tried if asker.reaches(dropped, goal)]
        if found:
            surest = sorted(found, key=lambda dropped: -asker.closeness(dropped, goal))[:MOST_EDITS]
            asker.ask(surest, both=True)
            return tuple(asker.probe(dropped) for dropped in surest)
    return ()


class _Asker:
    """Asks both models about an example without some of its words, each text once.

    Parameters
    ----------
    subject : Subject
        The example.
    models : tuple of LoadedModel
        Old and candidate.
    classes : tuple of str
        Of the task.
    """

    def __init__(self, subject: Subject, models: tuple[LoadedModel, LoadedModel], classes: tuple[str, ...]) -> None:
        self.subject, self.models, self.classes = subject, models, classes
        self._answers: dict[str, dict[tuple[int, ...], np.ndarray]] = {"old": {}, "new": {}}

    @property
    def asked(self) -> int:
        """Number of texts that the candidate was asked about."""
        return len(self._answers["new"])

    def ask(self, edits: Sequence[tuple[int, ...]], *, both: bool) -> None:
        """Ask the candidate, or both models, about edits not asked about yet."""
        for model, side in zip(self.models, ("old", "new"), strict=True):
            missing = [dropped for dropped in edits if dropped not in self._answers[side]]
            if not missing or (side == "old" and not both):
                continue
            texts_a, texts_b = zip(*map(self.texts, missing), strict=True)
            pairs = None if self.subject.text_b is None else texts_b
            found = model.probabilities(texts_a, pairs, self.classes)
            self._answers[side] |= dict(zip(missing, found, strict=True))

    def texts(self, dropped: tuple[int, ...]) -> tuple[str, str | None]:
        """Write the example without some words."""
        words = [self.subject.words[number] for number in dropped]
        in_a, in_b = ([word for word in words if word.field == field] for field in "ab")
        second = self.subject.text_b
        return without(self.subject.text_a, in_a), None if second is None else without(second, in_b)

    def probe(self, dropped: tuple[int, ...]) -> Probe:
        """Tell what both models answered."""
        old, new = (self._answer(side, dropped) for side in ("old", "new"))
        return Probe(dropped, *self.texts(dropped), old, new)

    def _answer(self, side: str, dropped: tuple[int, ...]) -> Answer:
        found = self._answers[side][dropped]
        return Answer(self.classes[int(found.argmax())], found)

    def reaches(self, dropped: tuple[int, ...], goal: str | None) -> bool:
        """Whether the candidate answers the goal: that class, or with None, any other than for the whole text."""
        pred = self._answer("new", dropped).pred
        return pred != self._answer("new", ()).pred if goal is None else pred == goal

    def closeness(self, dropped: tuple[int, ...], goal: str | None) -> float:
        """How likely the candidate finds the goal."""
        found = self._answers["new"][dropped]
        if goal is None:
            return 1 - float(found[self.classes.index(self._answer("new", ()).pred)])
        return float(found[self.classes.index(goal)])

    def leaves_a_word(self, dropped: tuple[int, ...]) -> bool:
        """Whether a word is left in each text."""
        gone = Counter(self.subject.words[number].field for number in dropped)
        have = Counter(word.field for word in self.subject.words)
        return all(gone[field] < have[field] for field in gone)
