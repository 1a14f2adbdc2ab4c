"""The noise floor: comparisons of the old model with other seeds of its own recipe, on the same examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.flips.noise import ExcessNfr, excess_nfr
from flipscope.judge.tallies import unit_of

#: With fewer repeats it doesn't show how much seeds differ.
MIN_REPEATS = 2


@dataclass(frozen=True)
class Floor:
    """Negative flips of the repeats and of the candidate on one task, by unit.

    Attributes
    ----------
    repeat_flips : int array, shape (repeats, units)
        Negative flips against the old model of each repeat of its recipe.
    new_flips : int array, shape (units,)
        The same of the candidate.
    sizes : int array, shape (units,)
        Examples of each unit: 1, or those of a cluster.
    """

    repeat_flips: NDArray[np.int64]
    new_flips: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def excess(self, alpha: float) -> ExcessNfr:
        """Compute the candidate's NFR beyond the floor, with one-sided bounds of error probability `alpha`."""
        return excess_nfr(self.repeat_flips, self.new_flips[None], sizes=self.sizes, level=1 - 2 * alpha)


class Repeats:
    """Comparisons of the old model with repeats of its recipe: their candidates are the repeats.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Each with the same old model.

    Raises
    ------
    FlipscopeError
        When they hold fewer than `MIN_REPEATS` repeats.
    """

    def __init__(self, comparisons: Sequence[Comparison]) -> None:
        self._runs = [(each, name) for each in comparisons for name in each.candidates]
        if len(self._runs) < MIN_REPEATS:
            raise FlipscopeError(
                "a noise floor takes several repeats of the old recipe, and this is one",
                where="--noise-floor",
                do="Compare the old model with two or more other seeds of its recipe; three are better",
            )

    @property
    def names(self) -> list[str]:
        """Where each repeat comes from."""
        return [f"{comparison.title}/{name}" for comparison, name in self._runs]

    def floor(self, comparison: Comparison, candidate: str, task: str, cluster: str | None) -> Floor:
        """Line a candidate's flips up with those of the repeats.

        Raises
        ------
        FlipscopeError
            When a repeat is of another old model, on other examples, or no repeat at all.
        """
        self._check_models(comparison, candidate, task)
        rows = _flips(comparison, candidate, task, cluster)
        repeats = np.array([self._repeat(each, name, task, rows) for each, name in self._runs])
        new = rows["flip"].to_numpy(np.int64)
        if cluster is None:
            return Floor(repeats, new, np.ones_like(new))
        codes, units = _codes(rows["unit"])
        by_unit = np.array([np.bincount(codes, weights=flips, minlength=units) for flips in (*repeats, new)])
        by_unit = by_unit.astype(np.int64)
        return Floor(by_unit[:-1], by_unit[-1], np.bincount(codes, minlength=units))

    def _check_models(self, comparison: Comparison, candidate: str, task: str) -> None:
        """Refuse what would make the floor too high or too low: other old models, the candidate, a model twice."""
        models = comparison.task_info(task).models
        seen = {models["old"].fingerprint: "the old model itself", models[candidate].fingerprint: "the candidate"}
        for repeat, name in self._runs:
            if task not in repeat.tasks:
                raise FlipscopeError(
                    f"it has no task {task!r}", where=repeat.path, do="Compare the repeat on the same data"
                )
            theirs = repeat.task_info(task).models
            if theirs["old"].fingerprint != models["old"].fingerprint:
                raise FlipscopeError(
                    f"its old model on {task} is another one", where=repeat.path, do="Repeat the recipe of this one"
                )
            if what := seen.get(theirs[name].fingerprint):
                raise FlipscopeError(
                    f"on {task}, {name!r} is {what}", where=repeat.path, do="Give other seeds of the old recipe"
                )
            seen[theirs[name].fingerprint] = "another repeat, too"

    def _repeat(self, repeat: Comparison, name: str, task: str, rows: Any) -> Any:
        import pandas as pd

        theirs = _flips(repeat, name, task, None)
        # Plain strings: pandas looks up its own a hundred times as slowly.
        where = pd.Index(theirs["example_id"].astype(object)).get_indexer(rows["example_id"].astype(object))
        if len(theirs) != len(rows) or (where < 0).any():
            raise FlipscopeError(
                f"its examples of {task} are others", where=repeat.path, do="Compare the repeat on the same data"
            )
        return theirs["flip"].to_numpy(np.int64)[where]


def _flips(comparison: Comparison, candidate: str, task: str, cluster: str | None) -> Any:
    unit = "NULL" if cluster is None else unit_of(cluster)
    return comparison.query(
        f"SELECT example_id, outcome = 'negative_flip' AS flip, {unit} AS unit FROM facts "
        "WHERE candidate = ? AND task = ? ORDER BY row_id",
        [candidate, task],
    )


def _codes(units: Any) -> tuple[Any, int]:
    import pandas as pd

    codes, names = pd.factorize(units)
    return codes, len(names)
