"""Flipscope's own verdict on counts that no comparison folder holds, for benchmark scripts that need many of them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np

from flipscope.comparison import Comparison
from flipscope.judge import verdict as judging
from flipscope.judge.budget import Budget, Cost
from flipscope.judge.checks import Check
from flipscope.judge.noise_floor import Floor, Repeats
from flipscope.judge.tallies import Tally
from flipscope.schema import Verdict
from flipscope.store.tables import TaskData

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from builders import build_comparison, examples, predictions

Arrays = Any

ANY_BUDGET = Budget(max_nfr=1)  # the limits are those of the checks
FOLDER_N = 400


def judged(*checks: Check, candidates: int = 1) -> Verdict:
    """Judge made-up checks as `flipscope.judge.verdict.verdict` judges those of a comparison."""
    comparison: Any = SimpleNamespace(candidates=range(candidates))
    with patch.object(judging, "checks", lambda *_: list(checks)):
        return judging.verdict(comparison, "new", ANY_BUDGET)


def passes(*checks: Check, **options: Any) -> bool:
    return judged(*checks, **options).decision == "ship"


def check(tally: Tally, limit: float, measure: Any = "nfr", **more: Any) -> Check:
    return Check("t", "task", {"task": "t"}, measure, limit, True, tally, **more)


def singles(kept: int, broke: int, mended: int, wrong: int, dear: int = 0, price: float = 1.0) -> Tally:
    """Count examples that stand alone; `dear` more of them are negative flips that cost `price`."""
    units = np.array([wrong, mended, broke, dear, kept])
    kinds = np.eye(5, dtype=np.int64)[:, units > 0]  # each row is what the kinds of units are 1 for
    negative = kinds[2] + kinds[3]
    cost = kinds[2] + kinds[3] * price
    return Tally(np.ones_like(negative), kinds[4], negative, kinds[1], cost, units[units > 0], clustered=False)


def clusters(flips: Arrays, sizes: Arrays) -> Tally:
    """Count clusters in which the old model was always right."""
    (size, kept), units = np.unique(np.stack([sizes, sizes - flips]), axis=1, return_counts=True)
    flipped = size - kept
    return Tally(size, kept, flipped, np.zeros_like(kept), flipped.astype(float), units, clustered=True)


def same_on_folders() -> None:
    """Check, once for each kind of scenario, that a comparison folder gets the verdict that its bare counts get."""
    random = np.random.default_rng(10)
    flips = random.random((3, FOLDER_N)) < 0.04  # of the candidate and of two repeats of the old recipe
    broke, mended = flips[0], ~flips.any(axis=0) & (random.random(FOLDER_N) < 0.05)
    template, weight = np.arange(FOLDER_N) // 20, np.where(np.arange(FOLDER_N) % 4, 1.0, 7.0)
    b, c, dear = (int(each.sum()) for each in (broke, mended, broke & (weight > 1)))
    alone = singles(FOLDER_N - b - c, b, c, 0)
    priced = singles(FOLDER_N - b - c, b - dear, c, 0, dear, 7.0)
    grouped = clusters(*(np.bincount(template, each).astype(np.int64) for each in (broke, np.ones(FOLDER_N))))
    floor = Floor(flips[1:].astype(np.int64), broke.astype(np.int64), np.ones(FOLDER_N, dtype=np.int64))
    with tempfile.TemporaryDirectory() as name:
        flat = make_folder(Path(name) / "flat", {"new": broke}, np.zeros_like(mended), template, weight)
        one = make_folder(Path(name) / "one", {"new": broke}, mended, template, weight)
        two = make_folder(Path(name) / "two", {"new": broke, "other": flips[1]}, mended, template, weight)
        seeds = make_folder(Path(name) / "seeds", {"a": flips[1], "b": flips[2]}, mended, template, weight)
        cases: dict[str, tuple[Verdict, Verdict]] = {
            "single examples": (of_folder(one, max_nfr=0.07), judged(check(alone, 0.07))),
            "accuracy": (
                of_folder(one, min_accuracy_change=-0.02), judged(check(alone, -0.02, "accuracy_delta"))
            ),
            "templates": (of_folder(flat, max_nfr=0.1, cluster="template"), judged(check(grouped, 0.1))),
            "two candidates": (of_folder(two, max_nfr=0.07), judged(check(alone, 0.07), candidates=2)),
            "noise floor": (
                of_folder(one, Repeats([seeds]), max_nfr=0.03), judged(check(alone, 0.03, "excess_nfr", floor=floor))
            ),
            "cost": (
                of_folder(one, max_cost=0.2, cost=Cost(column="weight")),
                judged(check(priced, 0.2, "cost", dearest=7.0)),
            ),
        }  # fmt: skip
    told = ("observed", "low", "high", "holds", "needed_n")
    for what, verdicts in cases.items():
        folder, shortcut = ([getattr(verdict.reasons[0], each) for each in told] for verdict in verdicts)
        assert folder == shortcut, (what, folder, shortcut)
        assert verdicts[0].decision == verdicts[1].decision, what
    print(f"\nThe same reasons and verdicts on comparison folders: {', '.join(cases)}")


def make_folder(path: Path, broke: dict[str, Arrays], mended: Arrays, template: Arrays, weight: Arrays) -> Comparison:
    """Write and open a comparison whose candidates break and mend these examples."""
    rows = [
        {"example_id": f"e{i}", "text_a": f"text {i}", "text_b": None, "label": "yes", "template": int(template[i]),
         "weight": float(weight[i])}
        for i in range(len(mended))
    ]  # fmt: skip
    ids, names = [str(row["example_id"]) for row in rows], ("no", "yes")
    right = {"old": ~mended} | {name: ~flips for name, flips in broke.items()}
    answers = {
        name: predictions(name, ids, names, ["yes" if each else "no" for each in good]) for name, good in right.items()
    }
    return build_comparison(path, [TaskData(examples("t", rows, names), answers)])


def of_folder(comparison: Comparison, repeats: Repeats | None = None, **budget: Any) -> Verdict:
    return judging.verdict(comparison, "new", Budget(**budget), repeats)
