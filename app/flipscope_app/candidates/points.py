"""What the Candidates page draws: each method, or each candidate, with its accuracy, its NFR and its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.study import MethodKind, MethodResult, Study


@dataclass(frozen=True)
class Candidate:
    """One candidate; over several tasks the rates are means over tasks, and the counts are summed.

    Attributes
    ----------
    name : str
    seed : int or None
        None where there is no study, or another one on each task.
    accuracy, nfr : float
        Fractions of 1.
    broke, n : int
        Negative flips, and examples.
    """

    name: str
    seed: int | None
    accuracy: float
    nfr: float
    broke: int
    n: int


@dataclass(frozen=True)
class Point:
    """A method, or a candidate where there is no study.

    Attributes
    ----------
    name : str
    kind : str or None
        Of the method.
    accuracy, nfr : Interval
        With a value each.
    candidates : tuple of Candidate
        One a seed.
    """

    name: str
    kind: MethodKind | None
    accuracy: Interval
    nfr: Interval
    candidates: tuple[Candidate, ...]


def results_of(study: Study, task: str | None) -> list[MethodResult]:
    """Get what came out on a task, or over all; in the order of the spec."""
    return [result for result in study.methods if result.task == task]


def seeds_of(result: MethodResult) -> dict[str, int]:
    """Get the seed of each candidate; none over tasks that have another one each."""
    return dict(zip(result.candidates, result.seeds, strict=False))


def study_points(comparison: Comparison, study: Study, task: str | None) -> list[Point]:
    """Get a point for each method that has figures on a task, or over all."""
    points = []
    for result in results_of(study, task):
        seeds = seeds_of(result)
        candidates = tuple(_candidate(comparison, name, seeds.get(name), task) for name in result.candidates)
        if result.accuracy.value is not None and result.nfr.value is not None:
            points.append(Point(result.method, result.kind, result.accuracy, result.nfr, candidates))
    return points


def candidate_points(comparison: Comparison, task: str) -> list[Point]:
    """Get a point for each candidate that has examples of a task."""
    points = []
    for name in comparison.candidates:
        result = comparison.result(task, name)
        if result.accuracy_new is not None and result.nfr.value is not None:
            accuracy = Interval(value=result.accuracy_new, low=result.accuracy_new_low, high=result.accuracy_new_high)
            points.append(Point(name, None, accuracy, result.nfr, (_candidate(comparison, name, None, task),)))
    return points


def _candidate(comparison: Comparison, name: str, seed: int | None, task: str | None) -> Candidate:
    results = [comparison.result(each, name) for each in (comparison.tasks if task is None else [task])]
    return Candidate(
        name,
        seed,
        accuracy=sum(result.accuracy_new or 0.0 for result in results) / len(results),
        nfr=sum(result.nfr.value or 0.0 for result in results) / len(results),
        broke=sum(result.negative_flip for result in results),
        n=sum(result.n for result in results),
    )


def old_accuracy(comparison: Comparison, task: str | None) -> float:
    """Get the old model's accuracy on a task, or its mean over all."""
    results = [comparison.result(each) for each in (comparison.tasks if task is None else [task])]
    return sum(result.accuracy_old or 0.0 for result in results) / len(results)


def frontier(places: Sequence[tuple[float, float]]) -> list[int]:
    """Find what nothing else beats: no other has at least its accuracy with a lower NFR, or more with no higher one.

    Parameters
    ----------
    places : sequence of (float, float)
        NFR and accuracy.

    Returns
    -------
    list of int
        Numbers of the places, from the lowest NFR up; the first of equal ones.
    """
    found: list[int] = []
    for index in sorted(range(len(places)), key=lambda each: (places[each][0], -places[each][1])):
        if not found or places[index][1] > places[found[-1]][1]:
            found.append(index)
    return found


def seeds_chosen(study: Study, task: str | None) -> dict[MethodKind, int]:
    """Tell which conventional seed each way of choosing one has taken; over several tasks, where it is the same."""
    choosing = ("lowest_nfr_seed", "centric_seed")
    return {each.kind: each.seeds[0] for each in results_of(study, task) if each.kind in choosing and each.seeds}
