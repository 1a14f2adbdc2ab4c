"""What came of each method: its rates over seeds and examples, against the conventional update, and its cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.flips.crossed import Runs, crossed
from flipscope.flips.measures import Estimate, Measure
from flipscope.flips.metrics import cell_fractions
from flipscope.flips.significance import benjamini_hochberg
from flipscope.mitigate.plan import CONVENTIONAL, Made, Method
from flipscope.study import MethodResult, OldInfo

#: A model that is no more than this above always answering the commonest class has learnt next to nothing.
DEGENERATE_MARGIN = 0.01
_SEVERAL = ("conventional", "distillation", "old_and_new", "interpolation")  # there is one of each seed

Bools = NDArray[np.bool_]


def method_results(
    comparison: Comparison, made: Mapping[str, Sequence[Made]], seconds: Mapping[tuple[str, str], float | None]
) -> list[MethodResult]:
    """Judge every method on every task and, when there are several tasks, over all of them.

    Parameters
    ----------
    comparison : Comparison
        Of all candidates, on the report splits.
    made : mapping of str to sequence of Made
        By task, the candidates: the same names on every task, with a conventional one among them.
    seconds : mapping of (str, str) to float or None
        How long trainings took, by task and folder of the unit.

    Returns
    -------
    list of MethodResult
        Method by method, in the order of `made`; formulae are in ``docs/metrics.md``. Over several tasks, all but
        counts of examples are means over tasks; of seeds and settings, what is alike on all.
    """
    answers = {task: _read_answers(comparison, task) for task in made}
    judge = _Judge(made, answers, seconds)
    methods = dict.fromkeys(each.method for each in next(iter(made.values())))
    scopes = [(task,) for task in made] + ([tuple(made)] if len(made) > 1 else [])
    return _with_q_values([judge.result(method, tasks) for method in methods for tasks in scopes])


def old_info(comparison: Comparison, task: str, train_accuracy: float | None, new_classes: Sequence[str]) -> OldInfo:
    """Tell how good the old model is, and whether there is anything to lose on this task.

    Parameters
    ----------
    comparison : Comparison
        Of all candidates, on the report splits.
    task : str
        The task.
    train_accuracy : float or None
        Of the old model on the examples for training.
    new_classes : sequence of str
        Classes that the old model does not know.
    """
    results = {name: comparison.result(task, name) for name in comparison.candidates}
    any_result = next(iter(results.values()))
    labels = comparison.query(
        "SELECT label, count(*) AS n FROM facts WHERE task = ? AND candidate = ? GROUP BY label",
        [task, comparison.candidates[0]],
    )["n"]
    majority = None if labels.empty else float(labels.max() / labels.sum())
    plain = [each.accuracy_new for name, each in results.items() if re.fullmatch(rf"{CONVENTIONAL}-\d+", name)]
    accuracies = [value for value in (any_result.accuracy_old, *plain) if value is not None]
    return OldInfo(
        task=task,
        accuracy=Interval(
            value=any_result.accuracy_old, low=any_result.accuracy_old_low, high=any_result.accuracy_old_high,
            reason=any_result.accuracy_old_reason,
        ),
        train_accuracy=train_accuracy,
        majority=majority,
        degenerate=majority is not None and any(value <= majority + DEGENERATE_MARGIN for value in accuracies),
        new_classes=list(new_classes),
    )  # fmt: skip


@dataclass(frozen=True)
class _Answers:
    """What all models did with the examples of one task that all of them answered.

    Attributes
    ----------
    old_right : bool array, shape (n,)
    right : dict of str to bool array, shape (n,)
        By candidate.
    changed : dict of str to bool array, shape (n,)
        Whether the answer is another one than the old model's.
    """

    old_right: Bools
    right: dict[str, Bools]
    changed: dict[str, Bools]


def _read_answers(comparison: Comparison, task: str) -> _Answers:
    frame = comparison.query(
        "SELECT candidate, outcome IN ('both_correct', 'negative_flip') AS old_right, "
        "outcome IN ('both_correct', 'positive_flip') AS new_right, old_pred <> new_pred AS changed "
        "FROM facts WHERE task = ? QUALIFY count(*) OVER (PARTITION BY row_id) = ? ORDER BY candidate, row_id",
        [task, len(comparison.candidates)],
    )
    names = sorted(comparison.candidates)  # as the query does: by code point
    shape = len(names), len(frame) // len(names)
    old, new, changed = (frame[name].to_numpy(bool).reshape(shape) for name in ("old_right", "new_right", "changed"))
    return _Answers(old[0], dict(zip(names, new, strict=True)), dict(zip(names, changed, strict=True)))


@dataclass(frozen=True)
class _Judge:
    made: Mapping[str, Sequence[Made]]
    answers: Mapping[str, _Answers]
    seconds: Mapping[tuple[str, str], float | None]

    def result(self, method: Method, tasks: tuple[str, ...]) -> MethodResult:
        """Judge a method on one task, or on several together."""
        candidates = {task: [each for each in self.made[task] if each.method == method] for task in tasks}
        names = [each.name for each in candidates[tasks[0]]]
        found = asdict(crossed([self._runs(task, names) for task in tasks]))
        if method.kind == "conventional":
            found |= {key: _is_conventional() for key in ("nfr_ratio", "accuracy_gain")}
            found["p_value"] = asdict(Measure(None, "is_conventional"))
        p_value = found.pop("p_value")
        relative_nfr, nfi = (self._mean(key, tasks, names) for key in ("relative_nfr", "nfi"))
        costs = [self._cost(task, candidates[task][0]) for task in tasks]
        spent = [cost for _, cost in costs if cost is not None]
        return MethodResult(
            task=tasks[0] if len(tasks) == 1 else None,
            method=method.name,
            kind=method.kind,
            candidates=names,
            seeds=_common([[each.seed for each in made] for made in candidates.values()]) or [],
            settings=_common_settings([made[0].settings for made in candidates.values()]),
            n=sum(len(self.answers[task].old_right) for task in tasks),
            **found,
            churn=self._churn(tasks, names),
            relative_nfr=relative_nfr.value,
            relative_nfr_reason=relative_nfr.reason,
            nfi=nfi.value,
            nfi_reason=nfi.reason,
            p_value=p_value["value"],
            p_value_reason=p_value["reason"],
            q_value=None,
            models_trained=max(trained for trained, _ in costs),
            models_shipped=method.models_shipped,
            training_seconds=float(np.mean(spent)) if len(spent) == len(costs) else None,
            notes=_notes(method, names),
        )

    def _runs(self, task: str, names: Sequence[str]) -> Runs:
        base = [each.name for each in self.made[task] if each.method.kind == "conventional"]
        answers = self.answers[task]
        right, base_right = (np.stack([answers.right[name] for name in side]) for side in (names, base))
        return Runs(answers.old_right, right, base_right)

    def _churn(self, tasks: Iterable[str], names: Sequence[str]) -> float | None:
        if any(len(self.answers[task].old_right) == 0 for task in tasks):
            return None
        return float(np.mean([np.mean([self.answers[task].changed[name] for name in names]) for task in tasks]))

    def _mean(self, key: str, tasks: Iterable[str], names: Sequence[str]) -> Measure:
        """Average a fraction of the outcome counts over candidates, then over tasks, where it is defined."""
        if any(len(self.answers[task].old_right) == 0 for task in tasks):
            return Measure(None, "no_examples")
        means, reason = [], ""
        for task in tasks:
            defined = []
            for name in names:
                top, bottom, reason = cell_fractions(*self._counts(task, name))[key]
                defined += [top / bottom] if bottom else []
            means += [np.mean(defined)] if defined else []
        return Measure(float(np.mean(means))) if means else Measure(None, reason)

    def _counts(self, task: str, name: str) -> tuple[int, ...]:
        old, new = self.answers[task].old_right, self.answers[task].right[name]
        return tuple(int(np.count_nonzero(each)) for each in (old & new, old & ~new, ~old & new, ~old & ~new))

    def _cost(self, task: str, made: Made) -> tuple[int, float | None]:
        """Count the trainings behind one candidate, and add up how long they took."""
        units = {unit.folder for unit in made.units}
        took = [self.seconds.get((task, folder)) for folder in units]
        known = [value for value in took if value is not None]
        return len(units), sum(known) if len(known) == len(took) else None


def _is_conventional() -> dict[str, float | str | None]:
    return asdict(Estimate(None, None, None, "is_conventional"))


def _common(values: Sequence[list[int]]) -> list[int] | None:
    return values[0] if all(value == values[0] for value in values) else None


def _common_settings(settings: Sequence[dict[str, float | str | None]]) -> dict[str, float | str | None]:
    """Keep what was chosen alike on all tasks."""
    shared = set.intersection(*(set(each.items()) for each in settings))
    return {key: value for key, value in settings[0].items() if (key, value) in shared}


def _notes(method: Method, names: Sequence[str]) -> list[str]:
    alone = method.kind in _SEVERAL and len(names) == 1
    return ["of one seed: how much others would differ is not allowed for"] if alone else []


def _with_q_values(results: list[MethodResult]) -> list[MethodResult]:
    """Correct for the number of methods and tasks that were tried; rows over all tasks only among themselves."""
    corrected = dict(_corrected([i for i, each in enumerate(results) if each.task is not None], results))
    corrected |= dict(_corrected([i for i, each in enumerate(results) if each.task is None], results))
    return [
        each.model_copy(update={"q_value": corrected[i], "q_value_reason": each.p_value_reason})
        for i, each in enumerate(results)
    ]


def _corrected(family: Sequence[int], results: Sequence[MethodResult]) -> Iterator[tuple[int, float | None]]:
    p_values = [np.nan if results[i].p_value is None else results[i].p_value for i in family]
    for i, q in zip(family, benjamini_hochberg(np.array(p_values, dtype=float)), strict=True):
        yield i, None if np.isnan(q) else float(q)
