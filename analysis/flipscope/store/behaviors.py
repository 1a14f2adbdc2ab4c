"""Writes ``behaviors.parquet``: a row per candidate and test case, with its inputs and what both models answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flipscope.behaviors.answers import Answers
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
            "inputs": _inputs(paired),
        }
    )


def _inputs(paired: PairedTest) -> pa.ListArray:
    """List each case's examples with what both models answered, and whether that passes."""
    test = paired.test
    columns: dict[str, pa.Array] = {
        "text_a": pa.array(test.text_a, pa.string()),
        "text_b": pa.array(test.text_b, pa.string()),
        "label": pa.array(test.labels, pa.string()),
    }
    for side, result in (("old", paired.old), ("new", paired.new)):
        answers, examples = result.answers, result.example_result
        columns[f"{side}_pred"] = pa.array(answers.vocabulary, pa.string()).take(pa.array(answers.pred))
        columns[f"{side}_conf"] = _confidence(answers)
        columns[f"{side}_pass"] = pa.array(examples == PASS, mask=examples == NOT_APPLICABLE)
    struct = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
    return pa.ListArray.from_arrays(pa.array(test.starts.astype(np.int32)), struct)


def _confidence(answers: Answers) -> pa.Array:
    """Get the probability of each answer; null where there is none."""
    if not answers.has_probabilities:
        return pa.nulls(len(answers), pa.float64())
    known = answers.pred < answers.confidence.shape[1]
    columns = np.where(known, answers.pred, 0)
    return pa.array(answers.confidence[np.arange(len(answers)), columns], mask=~known)
