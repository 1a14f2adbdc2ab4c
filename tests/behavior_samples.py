"""Small comparisons with behavior tests, for the pages that show them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import flipscope
from builders import build_comparison, simulated_task
from flipscope.behaviors.run import BehaviorData
from flipscope.comparison import Comparison
from suites import make_suite, make_test, positives

POSITIVE, NEGATIVE = {"label": "positive"}, {"label": "negative"}
#: What suites may hold, and the pages must show as it is.
IMAGE = "![x](http://outside.invalid/a.png) <b>bold</b>"

ALONE = make_suite(
    make_test({"kind": "label"}, [[POSITIVE]] * 30, name="<b>praise</b>", capability="<i>Negation</i>"),
    make_test({"kind": "invariant"}, [[{}, {}]] * 8, name="swaps", type="INV", capability="Robustness"),
    make_test({"kind": "unknown", "name": "my_rule"}, [[{}]], name="own rule"),
)


def behaviors_alone(folder: Path) -> Comparison:
    """Compare two candidates on one suite and nothing else: three tests, of which one can't be evaluated."""
    answers = {
        "old": [0.9] * 30 + [0.9, 0.9] * 8 + [0.5],
        "good": [0.9] * 28 + [0.2] * 2 + [0.9, 0.9] * 8 + [0.5],
        "bad": [0.2] * 9 + [0.9] * 21 + [0.9, 0.2] * 7 + [0.9, 0.9] + [0.5],
    }
    for name, given in answers.items():
        lines = "".join(f"{int(p > 0.5)} {1 - p:.6f} {p:.6f}\n" for p in given)
        (folder / f"{name}.txt").write_text(lines)
    candidates: dict[str, str | Path] = {name: folder / f"{name}.txt" for name in ("good", "bad")}
    return flipscope.compare_behaviors(folder / "old.txt", candidates, ALONE, out=folder / "comparison")


def two_tasks(folder: Path) -> Comparison:
    """Compare on two tasks with data and suites. One name of a test is that of two; there are two templates in one.

    Of ``praise`` in reviews cases 0 and 1 broke, case 2 was mended, and the rest pass.
    """
    cases = [[POSITIVE]] * 12
    praise = make_test({"kind": "label"}, cases, name="praise")
    for number, case in enumerate(praise["cases"]):
        case["cluster"] = "short" if number < 8 else "long"
    pairs = [[{"text": f"A fine {thing}."}, {"text": f"A fnie {thing}."}] for thing in ("film", "book", IMAGE)]
    typos = make_test({"kind": "invariant"}, pairs, name="typos", type="INV", capability="Robustness")
    blame = make_test({"kind": "label"}, [[NEGATIVE]] * 4, name="praise", capability="Vocabulary")
    reviews = BehaviorData(
        make_suite(praise, typos, name="reviews"),
        {
            "old": positives(*[0.9, 0.8, 0.3, *[0.9] * 9], *[0.9, 0.9] * 3),
            "new": positives(*[0.1, 0.2, 0.7, *[0.9] * 9], *[0.9, 0.2], *[0.9, 0.9], *[0.9, 0.1]),
        },
    )
    tweets = BehaviorData(
        make_suite(blame, name="tweets"), {"old": positives(*[0.1] * 4), "new": positives(*[0.1] * 4)}
    )
    parts = [
        replace(simulated_task(name, 60, ("negative", "positive"), seed=seed), behaviors=[data])
        for seed, (name, data) in enumerate((("reviews", reviews), ("tweets", tweets)))
    ]
    return build_comparison(folder / "two", parts)
