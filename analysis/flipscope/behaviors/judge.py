"""Figures of paired tests: counts, rates with intervals by cluster, significance; by test and by capability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.behaviors.evaluate import FAIL, NOT_APPLICABLE
from flipscope.behaviors.paired import PairedTest
from flipscope.behaviors.suite import TYPES, Suite, Test, capability_order
from flipscope.behaviors.words import expectation
from flipscope.flips.bootstrap import MIN_CLUSTERS, cluster_bootstrap
from flipscope.flips.intervals import wilson
from flipscope.flips.significance import benjamini_hochberg, mcnemar_midp
from flipscope.flips.slices import MIN_FLIPS
from flipscope.schema import BehaviorResult, CapabilityResult

Pairs = Sequence[tuple[str, Suite, Sequence[PairedTest]]]  # task, suite, its tests under both models


def behavior_results(pairs: Pairs) -> list[BehaviorResult]:
    """Judge every test, in the suites' order.

    Parameters
    ----------
    pairs : sequence of (str, Suite, sequence of PairedTest)
        Task, suite and its tests, for one candidate.

    Returns
    -------
    list of BehaviorResult
        q-values correct for all tests of the candidate that were tested: those with `MIN_FLIPS` flips or more.
    """
    rows = []
    for task, suite, tests in pairs:
        for paired in tests:
            test = paired.test
            rows.append({
                "suite": suite.name, "task": task, "capability": test.capability, "type": test.type,
                "test": test.name, "description": test.description, "expectation": expectation(test),
                "sampled_from": test.sampled_from, "not_evaluated": paired.reason,
                **_judgement([paired]), **paired.movement(),
            })  # fmt: skip
    return [BehaviorResult.model_validate(row) for row in _with_q_values(rows)]


def capability_results(pairs: Pairs) -> list[CapabilityResult]:
    """Judge each task x capability x type: summed counts, and the mean of the tests' own fail rates."""
    groups: dict[tuple[str, str, str], list[PairedTest]] = {}
    for task, _, tests in pairs:
        for paired in tests:
            groups.setdefault((task, paired.test.capability, paired.test.type), []).append(paired)
    tasks = list(dict.fromkeys(task for task, _, _ in pairs))
    order = sorted(groups, key=lambda key: (tasks.index(key[0]), capability_order(key[1]), TYPES.index(key[2])))
    rows = []
    for task, capability, kind in order:
        members = groups[task, capability, kind]
        each = [_counts([member]) for member in members]
        rows.append({
            "task": task, "capability": capability, "type": kind, "tests": len(members), **_judgement(members),
            "macro_old_fail_rate": _mean(row["old_fail_rate"] for row in each),
            "macro_new_fail_rate": _mean(row["new_fail_rate"] for row in each),
        })  # fmt: skip
    return [CapabilityResult.model_validate(row) for row in _with_q_values(rows)]


def _mean(rates: Iterable[float | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return float(np.mean(known)) if known else None


def _counts(tests: Sequence[PairedTest]) -> dict[str, Any]:
    """Sum what tests count, with each model's fail rate over the cases it has a result on."""
    totals: dict[str, Any] = {"cases": sum(paired.test.cases for paired in tests)}
    for side in ("old", "new"):
        results = [getattr(paired, side).result for paired in tests]
        evaluated = int(sum((result != NOT_APPLICABLE).sum() for result in results))
        fails = int(sum((result == FAIL).sum() for result in results))
        totals |= {
            f"{side}_evaluated": evaluated,
            f"{side}_fails": fails,
            f"{side}_fail_rate": fails / evaluated if evaluated else None,
            f"{side}_fail_rate_reason": None if evaluated else "no_examples",
        }
    totals["both_evaluated"] = int(sum(paired.both.sum() for paired in tests))
    for paired in tests:
        for name, count in (paired.cells() | paired.example_counts()).items():
            totals[name] = totals.get(name, 0) + count
    return totals


def _judgement(tests: Sequence[PairedTest]) -> dict[str, Any]:
    counts = _counts(tests)
    n, broke, mended = counts["both_evaluated"], counts["negative_flip"], counts["positive_flip"]
    clusters, sizes, flips = _clusters(tests)
    enough = broke + mended >= MIN_FLIPS
    reason = None if enough else "no_examples" if n == 0 else "too_few_flips"
    return counts | {
        "nfr": _rate(broke, n, flips[0], sizes, clusters),
        "pfr": _rate(mended, n, flips[1], sizes, clusters),
        "clusters": clusters,
        "mcnemar_p": float(mcnemar_midp(broke, mended)) if enough else None,
        "mcnemar_p_reason": reason,
        "q_value_reason": reason,
    }


def _clusters(tests: Sequence[PairedTest]) -> tuple[int | None, NDArray[Any], tuple[NDArray[Any], NDArray[Any]]]:
    """Count clusters, and for each the cases both models have a result on and their flips; None without any."""
    names = [name for paired in tests for name in _cluster_names(paired.test)]
    both = np.concatenate([paired.both for paired in tests])
    outcome = np.concatenate([paired.outcome for paired in tests])
    if None in names:
        return None, both, (outcome == 1, outcome == 2)
    codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
    of_case = np.array([codes[name] for name in names], dtype=np.int64)

    def per_cluster(which: NDArray[Any]) -> NDArray[Any]:
        return np.bincount(of_case[which], minlength=len(codes))

    sizes = per_cluster(both)
    return int((sizes > 0).sum()), sizes, (per_cluster(outcome == 1), per_cluster(outcome == 2))


def _cluster_names(test: Test) -> Iterator[tuple[object, ...] | None]:
    """Name each case's cluster for several tests at once.

    Clusters of two tests are one only when they begin with the same input, too: a sentence that both perturb, and not
    a template that happens to have the same number.
    """
    full: dict[str, tuple[object, ...]] = {}
    for name, start in zip(test.clusters, test.starts[:-1].tolist(), strict=True):
        first = slice(start, start + 1)
        yield None if name is None else full.setdefault(name, (name, test.text_a[first], test.text_b[first]))


def _rate(
    flips: int, n: int, by_cluster: NDArray[Any], sizes: NDArray[Any], clusters: int | None
) -> dict[str, float | str | None]:
    """Tell a flip rate with its interval; without clusters Wilson's, which is too narrow for cases of one template."""
    if n == 0:
        return {"value": None, "low": None, "high": None, "reason": "no_examples"}
    if clusters is not None and clusters < MIN_CLUSTERS:
        return {"value": flips / n, "low": None, "high": None, "reason": "too_few_clusters"}
    if clusters is None or clusters == n:
        low, high = map(float, wilson(flips, n))
    else:
        low, high = cluster_bootstrap(by_cluster, sizes)
    if low != low:
        return {"value": flips / n, "low": None, "high": None, "reason": "no_variation"}
    return {"value": flips / n, "low": low, "high": high, "reason": None}


def _with_q_values(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    p = np.array([np.nan if row["mcnemar_p"] is None else row["mcnemar_p"] for row in rows], dtype=float)
    q = benjamini_hochberg(p)
    return [row | {"q_value": None if value != value else float(value)} for row, value in zip(rows, q, strict=True)]
