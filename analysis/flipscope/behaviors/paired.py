"""Two models on the same test cases: which cases broke, which were mended, and where one of them has no result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flipscope.behaviors.evaluate import NOT_APPLICABLE, PASS, TestResult
from flipscope.behaviors.suite import Test
from flipscope.flips.outcome import outcome_codes

#: The nine cells of a paired evaluation, by the old model's result and the new one's; they add up to the cases.
CELLS = (
    "both_pass", "negative_flip", "positive_flip", "both_fail", "old_filtered_new_pass", "old_filtered_new_fail",
    "old_pass_new_filtered", "old_fail_new_filtered", "both_filtered",
)  # fmt: skip
NO_OUTCOME = -1  # of a case that one of the models has no result on


@dataclass(frozen=True)
class PairedTest:
    """One test under both models.

    Attributes
    ----------
    old, new : TestResult
        What each model answered and got.
    """

    old: TestResult
    new: TestResult

    @property
    def test(self) -> Test:
        """The test."""
        return self.old.test

    @property
    def reason(self) -> str | None:
        """Why the test was not evaluated, or None."""
        return self.old.reason or self.new.reason

    @cached_property
    def both(self) -> NDArray[np.bool_]:
        """Which cases both models have a result on, shape (cases,)."""
        return (self.old.result != NOT_APPLICABLE) & (self.new.result != NOT_APPLICABLE)

    @cached_property
    def outcome(self) -> NDArray[np.int8]:
        """Each case's position in ``OUTCOMES``, or `NO_OUTCOME`; a passing case counts as right, shape (cases,)."""
        codes = outcome_codes(np.full(self.test.cases, PASS), self.old.result, self.new.result)
        return np.where(self.both, codes, NO_OUTCOME).astype(np.int8)

    def cells(self) -> dict[str, int]:
        """Count the cases of each of the nine `CELLS`."""
        # Pass, fail and not applicable are 0, 1 and 2 here: rows of a table for the old model, columns for the new.
        counts = np.bincount(3 * (PASS - self.old.result) + (PASS - self.new.result), minlength=9).tolist()
        in_table = (0, 1, 3, 4, 6, 7, 2, 5, 8)
        return {name: counts[position] for name, position in zip(CELLS, in_table, strict=True)}

    def example_counts(self) -> dict[str, int]:
        """Count single examples, in the cases that both models have a result on; secondary to the cases.

        The first example of a case of an INV or DIR test is what the others are compared with, and is left out. So
        is an example the rule does not apply to, under either model.
        """
        old, new = self.old.example_result, self.new.example_result
        counted = self.both[self.test.case_of] & (old != NOT_APPLICABLE) & (new != NOT_APPLICABLE)
        if self.test.aggregate == "all_except_first":
            counted &= np.arange(len(counted)) != self.test.first
        old_pass, new_pass = old[counted] == PASS, new[counted] == PASS
        return {
            "example_evaluated": int(counted.sum()),
            "example_old_fails": int((~old_pass).sum()),
            "example_new_fails": int((~new_pass).sum()),
            "example_negative_flip": int((old_pass & ~new_pass).sum()),
            "example_positive_flip": int((~old_pass & new_pass).sum()),
        }

    def movement(self) -> dict[str, float | int | None]:
        """Tell how labels move, for tests of cases with several examples: passing is not being right there.

        Returns
        -------
        dict
            ``consistency_old`` and ``consistency_new``: the share of pairs of a first and another example with the
            same answer. ``churn_original`` and ``churn_perturbed``: the share of first and of other examples the
            two models answer differently. ``changed_broke``, ``changed_held``, ``same_broke``, ``same_held``: cases
            both have a result on, by whether the models answer the first example differently, and whether the
            case is a negative flip. All None for MFTs.
        """
        keys = ("consistency_old", "consistency_new", "churn_original", "churn_perturbed",
                "changed_broke", "changed_held", "same_broke", "same_held")  # fmt: skip
        if self.test.type == "MFT" or self.reason is not None:
            return dict.fromkeys(keys)
        first = self.test.first
        others = np.arange(len(first)) != first
        heads = ~others
        old, new = self.old.answers, self.new.answers
        differs = np.array(old.vocabulary, dtype=object)[old.pred] != np.array(new.vocabulary, dtype=object)[new.pred]
        both, broke = self.both, self.outcome == 1
        changed = np.zeros(self.test.cases, dtype=bool)
        changed[self.test.case_of[heads]] = differs[heads]
        cells = (changed & broke, changed & ~broke, ~changed & broke, ~changed & ~broke)
        values: list[float | int | None] = [
            _share((old.pred == old.pred[first])[others]),
            _share((new.pred == new.pred[first])[others]),
            _share(differs[heads]),
            _share(differs[others]),
            *(int((cell & both).sum()) for cell in cells),
        ]
        return dict(zip(keys, values, strict=True))


def _share(which: NDArray[np.bool_]) -> float | None:
    return float(which.mean()) if which.size else None


def pair_tests(old: list[TestResult], new: list[TestResult]) -> list[PairedTest]:
    """Put the results of both models side by side, test by test."""
    return [PairedTest(*results) for results in zip(old, new, strict=True)]
