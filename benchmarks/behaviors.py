"""Claim: reading and evaluating 87,470 predictions of a suite takes under 0.5 s, evaluating alone is 100x the library.

    make checklist
    python benchmarks/behaviors.py [--rounds 7]

The sentiment suite released with CheckList and real predictions where they are (FLIPSCOPE_REAL_DATA), else a suite of
the same size. The library runs the same tests, rebuilt with its own functions, on the same predictions, read
beforehand; the two take turns within one run. Every case's result is compared. Quote the ratios: machines differ.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from flipscope.behaviors.answer_files import read_answers
from flipscope.behaviors.checklist import library
from flipscope.behaviors.checklist.suites import read_checklist_suite
from flipscope.behaviors.evaluate import evaluate
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.suite_file import SuiteFile, suite_of
from flipscope.errors import FlipscopeError

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("FLIPSCOPE_REAL_DATA", ROOT.parent / "shared" / "data")) / "checklist"
FORMAT = "pred_and_softmax"
# type, tests, cases of each, examples of each case, expectation: about what the released suite has
SHAPE = (
    ("MFT", 20, 429, 1, {"kind": "label"}),
    ("INV", 13, 487, 10, {"kind": "invariant", "tolerance": 0.1}),
    ("DIR", 5, 500, 6, {"kind": "monotonic", "direction": "up", "tolerance": 0.1}),
)


def real(folder: Path) -> tuple[Suite, Path]:
    file = folder / "predictions.txt"
    file.write_bytes(gzip.decompress((DATA / "sentiment_bert.txt.gz").read_bytes()))
    return read_checklist_suite(DATA / "sentiment_suite.tar.gz"), file


def made_up(folder: Path) -> tuple[Suite, Path]:
    random = np.random.default_rng(0)
    tests = [
        {
            "name": f"{type_} {test}",
            "capability": "Vocabulary",
            "type": type_,
            "expect": expect,
            "cases": [
                {
                    "examples": [
                        {"text": f"text {case} {example}", "label": str(case % 3)} for example in range(examples)
                    ]
                }
                for case in range(cases)
            ],
        }
        for type_, count, cases, examples, expect in SHAPE
        for test in range(count)
    ]
    content = {"format": "flipscope-suite", "version": 1, "name": "made-up", "labels": list("012"), "tests": tests}
    suite = suite_of(SuiteFile.model_validate(content))
    rows = random.dirichlet([0.3] * 3, size=suite.examples)
    file = folder / "predictions.txt"
    file.write_text("".join(f"{row.argmax()} {row[0]:.6f} {row[1]:.6f} {row[2]:.6f}\n" for row in rows))
    return suite, file


def fresh(suite: Suite) -> Suite:
    """Copy a suite without what earlier evaluations left in its caches."""
    return replace(suite, tests=tuple(replace(test) for test in suite.tests))


def seconds(run: Callable[[], Any]) -> float:
    """Time it without garbage collection, as timeit does: the library makes many small objects, and is slower with."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start
    finally:
        gc.enable()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    try:
        library.prepare()
    except FlipscopeError as error:
        sys.exit(f"error: {error}")
    sys.path.insert(0, str(ROOT / "tests"))
    from checklist.abstract_test import read_pred_file

    from parity import original
    from parity.rebuilt import rebuild

    with tempfile.TemporaryDirectory() as name:
        suite, file = (real if DATA.is_dir() else made_up)(Path(name))
        theirs, answers = rebuild(suite), read_answers(file, FORMAT, suite, suite.labels)
        preds, confs = read_pred_file(str(file), file_format=FORMAT)
        copies = [fresh(suite) for _ in range(options.rounds)]
        others = [fresh(suite) for _ in range(options.rounds)]
        took: dict[str, list[float]] = {
            "flipscope, reading and evaluating": [],
            "flipscope, evaluating (first model)": [],
            "flipscope, evaluating (another model)": [],
            "CheckList, reading": [],
            "CheckList, evaluating": [],
        }
        for first, again in zip(copies, others, strict=True):
            runs: tuple[Callable[[], Any], ...] = (
                lambda suite=again: evaluate(suite, read_answers(file, FORMAT, suite, suite.labels)),
                lambda suite=first: evaluate(suite, answers),
                lambda suite=first: evaluate(suite, answers),
                lambda: read_pred_file(str(file), file_format=FORMAT),
                lambda: theirs.run_from_preds_confs(preds, confs, overwrite=True),
            )
            for done, run in zip(took.values(), runs, strict=True):
                done.append(seconds(run))
        expected = original.run(theirs, file, FORMAT)
        different = list(original.differences(expected, evaluate(suite, answers)))
    print(f"{suite.name}: {len(suite.tests)} tests, {suite.cases:,} cases, {suite.examples:,} predictions, {FORMAT}")
    for way, done in took.items():
        print(f"  {way:<38} {np.median(done) * 1000:8.1f} ms  ({min(done) * 1000:.1f} to {max(done) * 1000:.1f})")
    for way in list(took)[1:3]:
        ratios = np.array(took["CheckList, evaluating"]) / np.array(took[way])
        print(f"  CheckList / {way}: median {np.median(ratios):.0f}x ({ratios.min():.0f}x to {ratios.max():.0f}x)")
    print(f"  cases with another result: {len(different)}")


if __name__ == "__main__":
    main()
