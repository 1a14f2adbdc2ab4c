"""The JSON contract of ``flipscope explain --json``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from flipscope.contract import STRICT
from flipscope.explain.attribution import Attribution, Method, ModelAttribution
from flipscope.explain.explanation import Explanation
from flipscope.explain.neighbours import Neighbours
from flipscope.explain.probes import Answer, Probe, Probes
from flipscope.explain.subject import Subject, Word


class _Contract(BaseModel):
    model_config = STRICT


class WordJson(_Contract):
    """A word and its place: characters ``start`` to ``end`` of ``text_a`` or ``text_b``."""

    text: str
    field: Literal["a", "b"]
    start: int
    end: int


class ModelAttributionJson(_Contract):
    """Scores of one model, in the order of ``words``, in log-odds of ``answer`` against ``against``.

    ``error`` is the gap between the scores' sum and what they explain, as a share of that; null where there is no
    baseline (gradient x input), or nothing to explain.
    """

    scores: list[float]
    read: list[bool]
    rest: float
    value: float
    baseline: float | None
    steps: int | None
    error: float | None
    complete: bool
    probabilities: list[float]


class AttributionJson(_Contract):
    """What each word counts for in both models; ``difference`` is new - old."""

    method: Method
    answer: str
    against: str
    old: ModelAttributionJson
    new: ModelAttributionJson
    difference: list[float]


class AnswerJson(_Contract):
    """What a model answers; probabilities in the order of ``classes``."""

    pred: str
    probabilities: list[float]


class ProbeJson(_Contract):
    """The example without the words whose numbers are in ``dropped``."""

    dropped: list[int]
    text_a: str
    text_b: str | None
    old: AnswerJson
    new: AnswerJson


class ProbesJson(_Contract):
    """The example as it is, without each word, and the smallest edits found after which the candidate answers ``goal``.

    All single words of ``drops`` are tried, but not all pairs and threes: there may be smaller edits than these.
    ``goal`` is null where both models answer the same; then edits are those that change the candidate's answer.
    """

    whole: ProbeJson
    drops: list[ProbeJson]
    untried: int
    goal: str | None
    edits: list[ProbeJson]
    asked: int


class NeighbourJson(_Contract):
    """A similar example."""

    example_id: str
    similarity: float
    outcome: str
    label: str
    old_pred: str
    new_pred: str
    text_a: str
    text_b: str | None


class NeighboursJson(_Contract):
    """The most similar examples; ``rate`` is the share of all examples that have the outcome of this one."""

    by: Literal["words", "embedding"]
    read: str
    rate: float | None
    sentence: str
    examples: list[NeighbourJson]


class ExplanationJson(_Contract):
    """Why the two models answer as they do to one example. What was not asked for is null."""

    schema_version: Literal[1] = 1
    task: str
    candidate: str
    example_id: str
    row_id: int
    label: str
    outcome: str
    old_pred: str
    new_pred: str
    text_a: str
    text_b: str | None
    classes: list[str]
    words: list[WordJson]
    attribution: AttributionJson | None
    probes: ProbesJson | None
    neighbours: NeighboursJson | None


def as_contract(found: Explanation, classes: list[str]) -> ExplanationJson:
    """Write an explanation as the contract has it.

    Parameters
    ----------
    found : Explanation
        What was found.
    classes : list of str
        The classes of its task, in their order.
    """
    subject: Subject = found.subject
    return ExplanationJson(
        task=subject.task,
        candidate=subject.candidate,
        example_id=subject.example_id,
        row_id=subject.row_id,
        label=subject.label,
        outcome=subject.outcome,
        old_pred=subject.old_pred,
        new_pred=subject.new_pred,
        text_a=subject.text_a,
        text_b=subject.text_b,
        classes=classes,
        words=[_word(word) for word in subject.words],
        attribution=None if found.attribution is None else _attribution(found.attribution),
        probes=None if found.probes is None else _probes(found.probes),
        neighbours=None if found.neighbours is None else _neighbours(found.neighbours),
    )


def _word(word: Word) -> WordJson:
    return WordJson(text=word.text, field=word.field, start=word.start, end=word.end)


def _attribution(found: Attribution) -> AttributionJson:
    return AttributionJson(
        method=found.method,
        answer=found.answer,
        against=found.against,
        old=_side(found.old),
        new=_side(found.new),
        difference=found.difference.tolist(),
    )


def _side(found: ModelAttribution) -> ModelAttributionJson:
    return ModelAttributionJson(
        scores=found.scores.tolist(),
        read=found.read.tolist(),
        rest=found.rest,
        value=found.value,
        baseline=found.baseline,
        steps=found.steps,
        error=found.error,
        complete=found.complete,
        probabilities=found.probabilities.tolist(),
    )


def _probes(found: Probes) -> ProbesJson:
    return ProbesJson(
        whole=_probe(found.whole),
        drops=[_probe(each) for each in found.drops],
        untried=found.untried,
        goal=found.goal,
        edits=[_probe(each) for each in found.edits],
        asked=found.asked,
    )


def _probe(found: Probe) -> ProbeJson:
    return ProbeJson(
        dropped=list(found.dropped),
        text_a=found.text_a,
        text_b=found.text_b,
        old=_answer(found.old),
        new=_answer(found.new),
    )


def _answer(found: Answer) -> AnswerJson:
    return AnswerJson(pred=found.pred, probabilities=found.probabilities.tolist())


def _neighbours(found: Neighbours) -> NeighboursJson:
    columns = list(NeighbourJson.model_fields)
    rows = found.rows[columns].to_dict("records")
    for row in rows:
        row["text_b"] = row["text_b"] if isinstance(row["text_b"], str) else None
    return NeighboursJson(
        by=found.by,
        read=found.read,
        rate=found.rate,
        sentence=found.sentence,
        examples=[NeighbourJson(**row) for row in rows],
    )
