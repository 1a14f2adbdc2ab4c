"""Comparisons whose outcomes are written by hand, for tests of the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from builders import build_comparison, examples, predictions
from flipscope.comparison import Comparison
from flipscope.store.tables import TaskData

LABELS = ("no", "yes")
KEPT, BROKE, MENDED, WRONG = "=", "-", "+", "x"


def task_of(
    outcomes: str | Mapping[str, str], *, task: str = "t", labels: Sequence[str] | None = None, old: str = "old",
    **columns: Sequence[object],
) -> TaskData:  # fmt: skip
    """Make a task from the outcome of each example, by candidate: ``=`` kept, ``-`` broke, ``+`` mended, ``x`` wrong.

    Ids are ``e0``, ``e1`` and so on, texts ``text 0``, ``text 1``; labels are all "yes" unless they are given. `old` is
    what the fingerprint of the old model is made of.
    """
    by_name = {"new": outcomes} if isinstance(outcomes, str) else outcomes
    first = next(iter(by_name.values()))
    labels = labels or ["yes"] * len(first)
    rows = [
        {"example_id": f"e{i}", "text_a": f"text {i}", "label": label}
        | {name: values[i] for name, values in columns.items()}
        for i, label in enumerate(labels)
    ]
    ids = [str(row["example_id"]) for row in rows]
    known = tuple(dict.fromkeys((*LABELS, *labels)))

    def answers(name: str, right: Sequence[bool]) -> object:
        wrong = {label: known[(known.index(label) + 1) % len(known)] for label in known}
        given = [label if good else wrong[label] for label, good in zip(labels, right, strict=True)]
        return predictions(name, ids, known, given)

    models = {"old": answers(old, [each in (KEPT, BROKE) for each in first])}
    for name, each in by_name.items():
        models[name] = answers(name, [outcome in (KEPT, MENDED) for outcome in each])
    return TaskData(examples(task, rows, known), models)


def compared(folder: Path, *tasks: TaskData) -> Comparison:
    """Write and open a comparison of these tasks."""
    return build_comparison(folder, tasks)
