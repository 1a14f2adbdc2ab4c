"""All figures of one candidate on one task, from the paired answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from flipscope.flips.intervals import wilson
from flipscope.flips.metrics import Cells, Estimate, Measure, cell_metrics
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.pairing import Paired
from flipscope.flips.scores import score_metrics
from flipscope.schema import TaskResult

# These are objects in the JSON contract; every other figure is a plain number with its limits beside it.
_OBJECTS = ("accuracy_delta", "nfr", "pfr")


def task_result(paired: Paired) -> TaskResult:
    """Compute every count, metric, interval and test of docs/metrics.md."""
    both_correct, negative, positive, both_wrong = paired.counts()
    differs = paired.old.pred != paired.new.pred
    wrong = paired.outcome == OUTCOMES.index("both_wrong")
    cells = Cells(both_correct, negative, positive, both_wrong, int(np.count_nonzero(wrong & differs)))
    scores = score_metrics(
        paired.label, paired.old.pred, paired.new.pred, paired.old.probabilities, paired.new.probabilities,
        paired.old.logits, paired.new.logits, same_classes=paired.old.new_classes == paired.new.new_classes,
    )  # fmt: skip
    figures: dict[str, Any] = {}
    for name, metric in (cell_metrics(cells) | scores).items():
        figures |= _fields(name, metric)
    figures |= _accuracy_limits(cells)
    is_negative = paired.outcome == OUTCOMES.index("negative_flip")
    return TaskResult(
        task=paired.examples.task,
        n=cells.n,
        both_correct=both_correct,
        negative_flip=negative,
        positive_flip=positive,
        both_wrong=both_wrong,
        borderline=int(np.count_nonzero(paired.borderline)),
        borderline_negative_flip=int(np.count_nonzero(paired.borderline & is_negative)),
        left_out={cause: count for cause, count in paired.left_out.items() if count},
        **figures,
    )


def _fields(name: str, metric: Measure | Estimate) -> dict[str, Any]:
    if name in _OBJECTS:
        assert isinstance(metric, Estimate)
        return {name: {"value": metric.value, "low": metric.low, "high": metric.high, "reason": metric.reason}}
    fields = {name: metric.value, f"{name}_reason": metric.reason}
    if isinstance(metric, Estimate):
        fields |= {f"{name}_low": metric.low, f"{name}_high": metric.high}
    return fields


def _accuracy_limits(cells: Cells) -> dict[str, float | None]:
    if cells.n == 0:
        return dict.fromkeys(("accuracy_old_low", "accuracy_old_high", "accuracy_new_low", "accuracy_new_high"), None)
    right = {"old": cells.both_correct + cells.negative_flip, "new": cells.both_correct + cells.positive_flip}
    limits: dict[str, float | None] = {}
    for side, count in right.items():
        low, high = wilson(count, cells.n)
        limits |= {f"accuracy_{side}_low": float(low), f"accuracy_{side}_high": float(high)}
    return limits
