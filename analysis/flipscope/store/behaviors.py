"""Writes ``behaviors.parquet``: a row per candidate and test case, with its inputs and what both models answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.classes import Classes, UnknownClass
from flipscope.behaviors.evaluate import FAIL, NOT_APPLICABLE, PASS
from flipscope.behaviors.paired import NO_OUTCOME, PairedTest
from flipscope.behaviors.suite import Suite
from flipscope.flips.outcome import OUTCOMES
from flipscope.store.tables import TaskData

FILE = "behaviors.parquet"
RESULTS = {PASS: "pass", FAIL: "fail", NOT_APPLICABLE: "not_applicable"}
_GROUP = 8_192  # rows a row group: a case's inputs are looked up, its result is scanned


def write_behaviors(folder: Path, tasks: Sequence[TaskData]) -> None:
    """Write the test cases of all suites; nothing when there are none."""
    parts = list(_parts(tasks))
    if parts:
        table = pa.concat_tables(parts).unify_dictionaries()
        pq.write_table(table, folder / FILE, compression="zstd", row_group_size=_GROUP)


def _parts(tasks: Sequence[TaskData]) -> Iterator[pa.Table]:
    candidates = dict.fromkeys(name for task in tasks for data in task.behaviors for name in data.pairs)
    for candidate in candidates:
        first_row = 0  # a case has the same number for all candidates
        for task in tasks:
            for data in task.behaviors:
                for paired in data.pairs[candidate]:
                    yield _cases(candidate, task.examples.task, data.suite, paired, first_row)
                    first_row += paired.test.cases


def _cases(candidate: str, task: str, suite: Suite, paired: PairedTest, first_row: int) -> pa.Table:
    test, count = paired.test, paired.test.cases

    def constant(value: str) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([value], pa.string()))

    def results(codes: NDArray[np.int8]) -> pa.DictionaryArray:
        order = list(RESULTS)
        index = np.select([codes == code for code in order], range(len(order)))
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(RESULTS.values(), pa.string()))

    outcome = pa.array(paired.outcome.astype(np.int32), mask=paired.outcome == NO_OUTCOME)
    return pa.table(
        {
            "candidate": constant(candidate),
            "suite": constant(suite.name),
            "task": constant(task),
            "capability": constant(test.capability),
            "type": constant(test.type),
            "test": constant(test.name),
            "case_row": pa.array(np.arange(first_row, first_row + count)),
            "case_id": pa.array(test.case_ids, pa.string()),
            "cluster": pa.array(test.clusters, pa.string()),
            "old_result": results(paired.old.result),
            "new_result": results(paired.new.result),
            "outcome": pa.DictionaryArray.from_arrays(outcome, pa.array(OUTCOMES, pa.string())),
            "inputs": _inputs(suite, paired),
        }
    )


def _inputs(suite: Suite, paired: PairedTest) -> pa.ListArray:
    """List each case's examples with what both models answered, and whether that passes."""
    test = paired.test
    watched = _watched(suite, paired)
    columns: dict[str, pa.Array] = {
        "text_a": pa.array(test.text_a, pa.string()),
        "text_b": pa.array(test.text_b, pa.string()),
        "label": pa.array(test.labels, pa.string()),
    }
    for side, answers in (("old", paired.old_answers), ("new", paired.new_answers)):
        examples = getattr(paired, side).example_result
        columns[f"{side}_pred"] = pa.array(answers.vocabulary, pa.string()).take(pa.array(answers.pred))
        columns[f"{side}_conf"] = _probability(answers, answers.pred)
        columns[f"{side}_watched"] = _probability(answers, watched[side])
        columns[f"{side}_pass"] = pa.array(examples == PASS, mask=examples == NOT_APPLICABLE)
    struct = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
    return pa.ListArray.from_arrays(pa.array(test.starts.astype(np.int32)), struct)


def _watched(suite: Suite, paired: PairedTest) -> dict[str, NDArray[np.int64]]:
    """Find the class whose probability tells most about each example; -1 for none.

    That is the class expected, or the one the rule names; where there is none of these, what the model answered to
    the first example of the case.
    """
    test, watched = paired.test, {}
    named = getattr(test.expect, "label", None) or getattr(test.expect, "value", None)
    for side, answers in (("old", paired.old_answers), ("new", paired.new_answers)):
        classes = Classes(suite.labels, answers.vocabulary, suite.label_aliases)
        labels = [named or label for label in test.label_values]
        codes = np.array([-1 if label is None else _code(classes, label) for label in labels], dtype=np.int64)
        expected = codes[test.label_index] if len(codes) else np.zeros(0, np.int64)
        watched[side] = np.where(expected < 0, answers.pred[test.first], expected)
    return watched


def _code(classes: Classes, name: str) -> int:
    try:
        return classes.code(name)
    except UnknownClass:
        return -1


def _probability(answers: Answers, of: NDArray[np.int64]) -> pa.Array:
    """Get the probability of a class per example; null where there is none."""
    if not answers.has_probabilities:
        return pa.nulls(len(of), pa.float64())
    width = answers.confidence.shape[1]
    known = of < width
    return pa.array(answers.confidence[np.arange(len(of)), np.where(known, of, 0)], mask=~known)
