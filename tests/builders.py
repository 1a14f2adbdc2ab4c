"""Comparisons built from tables in memory, for tests that need one but not how it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from flipscope.comparison import Comparison
from flipscope.data import Examples, Predictions
from flipscope.store.folder import write_comparison
from flipscope.store.tables import TaskData

Rows = Sequence[Mapping[str, object]]


def examples(task: str, rows: Rows, label_names: Sequence[str]) -> Examples:
    """Make an evaluation set from rows with example_id, text_a, text_b, label and metadata."""
    columns = {"example_id": None, "text_a": None, "text_b": None, "label": None} | dict.fromkeys(rows[0])
    table = pa.table({name: [row.get(name) for row in rows] for name in columns})
    for name in ("example_id", "text_a", "text_b", "label"):
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return Examples(task, table, tuple(label_names), "example_id", f"{task}.csv", digest, (f"{len(rows)} rows",))


def predictions(
    name: str,
    ids: Sequence[str],
    label_names: Sequence[str],
    preds: Sequence[str],
    probabilities: object = None,
) -> Predictions:
    """Make a model's answers; `probabilities` is an array of shape (rows, classes) or None."""
    columns: dict[str, object] = {"example_id": list(ids), "pred": list(preds)}
    if probabilities is not None:
        values = np.asarray(probabilities, dtype=np.float64)
        columns["probabilities"] = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
    fingerprint = hashlib.sha256(name.encode()).hexdigest()
    return Predictions(name, fingerprint, tuple(label_names), pa.table(columns), "example_id", f"{name}.csv")


def simulated_task(
    task: str, n: int, label_names: Sequence[str], *, seed: int = 0, candidates: Sequence[str] = ("new",),
    pair: bool = False, texts: bool = True, scores: bool = True,
) -> TaskData:  # fmt: skip
    """Make a task whose models are right more often than not, on plain numbered texts."""
    random = np.random.default_rng(seed)
    labels = random.integers(len(label_names), size=n)
    rows = [
        {
            "example_id": f"{task}-{i}",
            "text_a": f"{task} text number {i}" if texts else None,
            "text_b": f"second text number {i}" if pair and texts else None,
            "label": label_names[labels[i]],
            "source": ("web", "mail", "phone")[i % 3],
            "length": int(random.integers(3, 40)),
        }
        for i in range(n)
    ]
    answers = {}
    for name, accuracy in zip(("old", *candidates), (0.75, 0.85, 0.9, 0.95), strict=False):
        scored = random.dirichlet(np.ones(len(label_names)), size=n)
        right = random.random(n) < accuracy
        top = scored.argmax(1)
        swap = np.where(right, labels, (labels + 1) % len(label_names))
        index = np.arange(n)
        scored[index, top], scored[index, swap] = scored[index, swap], scored[index, top].copy()
        names = [label_names[code] for code in scored.argmax(1)]
        ids = [str(row["example_id"]) for row in rows]
        answers[name] = predictions(name, ids, label_names, names, scored if scores else None)
    return TaskData(examples(task, rows, label_names), answers)


def build_comparison(folder: Path, parts: Sequence[TaskData] | None = None) -> Comparison:
    """Write and open a comparison: of `parts`, or of a small one with three tasks."""
    write_comparison(
        folder,
        parts
        or [
            simulated_task("sentiment", 300, ("negative", "positive"), seed=1),
            simulated_task("paraphrase", 120, ("not_equivalent", "equivalent"), seed=2, pair=True),
            simulated_task("entailment", 90, ("entailment", "neutral", "contradiction"), seed=3, pair=True),
        ],
    )
    return Comparison(folder)
