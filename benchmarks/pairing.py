"""Claim: pairing and all task metrics of 1,000,000 rows take under 1 s and under 1 GB.

    python benchmarks/pairing.py [--rows 1000000] [--rounds 5]

Measured beside pandas doing the pairing, the outcomes and the plain rates (it has no intervals and tests), in turn
within one run, each in a process of its own so that peak memory can be told. Quote the ratios: machines differ.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa

LABELS = ("negative", "positive")


def make_tables(rows: int, shuffled: bool) -> tuple[pa.Table, pa.Table, pa.Table]:
    random = np.random.default_rng(0)
    label = random.integers(2, size=rows)
    ids = pa.array([f"ex{i}" for i in range(rows)])
    names = pa.array(LABELS)

    def model(accuracy: float, order: np.ndarray) -> pa.Table:
        right = random.random(rows) < accuracy
        confidence = 0.5 + random.random(rows) / 2
        pred = np.where(right, label, 1 - label)
        probabilities = np.where(pred[:, None] == np.arange(2), confidence[:, None], 1 - confidence[:, None])
        columns = {
            "example_id": ids,
            "pred": names.take(pa.array(pred)),
            "probabilities": pa.FixedSizeListArray.from_arrays(pa.array(probabilities.ravel()), 2),
        }
        return pa.table(columns).take(pa.array(order))

    examples = pa.table(
        {
            "example_id": ids,
            "text_a": pa.nulls(rows, pa.string()),
            "text_b": pa.nulls(rows, pa.string()),
            "label": names.take(pa.array(label)),
        }
    )
    straight = np.arange(rows)
    return examples, model(0.8, straight), model(0.85, random.permutation(rows) if shuffled else straight)


def with_flipscope(examples: pa.Table, old: pa.Table, new: pa.Table) -> list[int]:
    from flipscope.data import Examples, Predictions
    from flipscope.flips.pairing import pair
    from flipscope.flips.results import task_result

    data = Examples("t", examples, LABELS, "id", "memory", "")
    sides = [Predictions(name, "", LABELS, table, "id", "memory") for name, table in (("old", old), ("new", new))]
    result = task_result(pair(data, *sides))
    return [result.both_correct, result.negative_flip, result.positive_flip, result.both_wrong]


def with_pandas(examples: pa.Table, old: pa.Table, new: pa.Table) -> list[int]:
    sides = [table.select(["example_id", "pred"]).to_pandas() for table in (old, new)]
    frame = examples.select(["example_id", "label"]).to_pandas()
    for name, side in zip(("old", "new"), sides, strict=True):
        frame = frame.merge(side.rename(columns={"pred": name}), on="example_id", validate="one_to_one")
    old_right, new_right = frame["old"] == frame["label"], frame["new"] == frame["label"]
    counts = frame.groupby([old_right, new_right]).size()
    _ = counts / len(frame), old_right.mean(), new_right.mean(), (frame["old"] != frame["new"]).mean()
    return [int(counts[key]) for key in ((True, True), (True, False), (False, True), (False, False))]


def measure(way: str, rows: int, shuffled: bool) -> dict[str, object]:
    import pandas  # noqa: F401  (both pay for imports before the clock starts)

    import flipscope.flips.results  # noqa: F401

    tables = make_tables(rows, shuffled)
    run = {"flipscope": with_flipscope, "pandas": with_pandas}[way]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    counts = run(*tables)
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": took, "peak_mb": peak, "grown_mb": peak - before, "counts": counts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", choices=("flipscope", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--shuffled", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.rows, options.shuffled)))
        return
    for shuffled in (False, True):
        runs: dict[str, list[dict]] = {"flipscope": [], "pandas": []}
        for _ in range(options.rounds):
            for way, done in runs.items():
                command = [sys.executable, __file__, "--one", way, "--rows", str(options.rows)]
                output = subprocess.run(command + ["--shuffled"] * shuffled, check=True, capture_output=True, text=True)
                done.append(json.loads(output.stdout))
        assert len({tuple(run["counts"]) for done in runs.values() for run in done}) == 1, "counts differ"
        print(f"{options.rows:,} rows, the candidate's rows {'shuffled' if shuffled else 'in the same order'}")
        for way, done in runs.items():
            seconds, peak = (np.median([run[key] for run in done]) for key in ("seconds", "peak_mb"))
            print(f"  {way:<10} {seconds:6.2f} s   peak {peak:6,.0f} MB (tables and imports included)")
        ratios = [a["seconds"] / b["seconds"] for a, b in zip(*runs.values(), strict=True)]
        print(f"  flipscope / pandas, time: median {np.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
