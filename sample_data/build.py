"""Make the sample data again: evaluation sets, an old and a new checkpoint per task, prediction files.

    python sample_data/build.py             everything, about twelve minutes on one core
    python sample_data/build.py sentiment   one task

Ends with exit code 1, and says why, when a new model is not better on average or not worse where README.md says it is.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

from sample_texts import entailment, paraphrase, sentiment
from sample_texts.common import Row, draw, key, length_bucket

HERE = Path(__file__).resolve().parent
TASKS: tuple[ModuleType, ...] = (sentiment, paraphrase, entailment)
META = ("domain", "capability", "length", "source", "year")
SOURCES = ("app", "web form", "forum", "email")
OUTCOMES = ((True, True), (True, False), (False, True), (False, False))
YEARS = range(2019, 2026)


@cache
def evaluation_rows(task: ModuleType) -> list[Row]:
    """Draw the evaluation set of a task."""
    return draw(task.EVALUATION, task.MAKERS)


def training_rows(task: ModuleType, side: str) -> list[Row]:
    """Draw the training set of the old or the new model; it shares no text with the evaluation set."""
    avoid = frozenset(key(row) for row in evaluation_rows(task))
    return draw({"old": task.OLD, "new": task.NEW}[side], task.MAKERS, avoid)


def evaluation_table(task: ModuleType) -> list[dict[str, object]]:
    """Return the evaluation set as it is written: ids, texts, label and meta columns."""
    chance = random.Random(f"{task.NAME} meta")
    return [
        {
            "id": f"{task.NAME[0]}{number:04d}",
            **dict(zip(task.TEXT_COLUMNS, row.texts, strict=True)),
            "label": row.label,
            "domain": row.domain,
            "capability": row.capability,
            "length": length_bucket(row.texts),
            "source": chance.choice(SOURCES),
            "year": chance.choice(YEARS),
        }
        for number, row in enumerate(evaluation_rows(task), start=1)
    ]


def write_csv(path: Path, rows: Sequence[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def build(task: ModuleType) -> list[str]:
    """Make one task; return what keeps it from being as the README says, if anything does."""
    from sample_models import predict, save_checkpoint, tokenizer_of, train_model

    table, rows = evaluation_table(task), evaluation_rows(task)
    folder = HERE / task.NAME
    write_csv(folder / "eval.csv", table)
    tokenizer = None
    answers: dict[str, list[str]] = {}
    for side, shape in task.SHAPES.items():
        training = training_rows(task, side)
        if tokenizer is None or not task.ONE_TOKENIZER:
            tokenizer = tokenizer_of(folder / side, training, shape.vocabulary)
        model = train_model(training, tokenizer, task.OUTPUTS[side], shape)
        save_checkpoint(model, tokenizer, folder / side)
        names, probabilities = predict(folder / side, rows)
        answers[side] = [names[row.index(max(row))] for row in probabilities]
        if task.PREDICTION_FILES:
            write_csv(folder / f"predictions_{side}.csv", prediction_table(table, names, probabilities))
        print(f"{task.NAME} {side}: {len(training)} training rows", flush=True)
    return report(task, rows, answers)


def prediction_table(
    table: Sequence[dict[str, object]], names: Sequence[str], probabilities: Sequence[Sequence[float]]
) -> list[dict[str, object]]:
    """Return predictions as people keep them: id, label and prediction by name, a column per probability."""
    return [
        {"id": row["id"], "label": row["label"], "pred": names[values.index(max(values))]}
        | {f"prob_{name}": f"{value:.6f}" for name, value in zip(names, values, strict=True)}
        for row, values in zip(table, probabilities, strict=True)
    ]


def report(task: ModuleType, rows: Sequence[Row], answers: dict[str, list[str]]) -> list[str]:
    """Print the outcomes of a task, by capability too, and check what the README promises."""
    right = [
        (old == row.label, new == row.label) for row, old, new in zip(rows, answers["old"], answers["new"], strict=True)
    ]
    print(f"\n{task.NAME:16} rows  old   new   both negative positive wrong   NFR")
    by_capability = {
        name: [pair for row, pair in zip(rows, right, strict=True) if row.capability == name]
        for name in task.EVALUATION.mix
    }
    for name, pairs in {"all": right, **by_capability}.items():
        old, new = accuracies(pairs)
        both, negative, positive, wrong = map(pairs.count, OUTCOMES)
        nfr = negative / len(pairs)
        print(f"{name:16} {len(pairs):4} {old:.3f} {new:.3f} {both:5} {negative:8} {positive:8} {wrong:5} {nfr:.3f}")
    return broken_promises(task, accuracies(right), {name: accuracies(pairs) for name, pairs in by_capability.items()})


def accuracies(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    old, new = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    return old, new


def broken_promises(
    task: ModuleType, overall: tuple[float, float], by_capability: dict[str, tuple[float, float]]
) -> list[str]:
    """Say where the models are not as the README describes them."""
    old, new = overall
    broken = [] if new - old >= 0.02 else [f"{task.NAME}: the new model is not better ({old:.3f} -> {new:.3f})"]
    for name in task.WORSE:
        old, new = by_capability[name]
        if old - new < 0.1:
            broken.append(f"{task.NAME}: the new model is not clearly worse at {name} ({old:.3f} -> {new:.3f})")
    return broken


def main(names: Iterable[str]) -> int:
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    wanted = set(names) or {task.NAME for task in TASKS}
    broken = [message for task in TASKS if task.NAME in wanted for message in build(task)]
    for message in broken:
        print(message, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
