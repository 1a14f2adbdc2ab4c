"""Gold label suspects on SST-2: labels that were turned round are found far more often than by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from builders import build_comparison, examples, predictions
from flipscope.explain.suspects import suspects
from flipscope.store.tables import TaskData

pytest.importorskip("cleanlab")
NAMES = ("negative", "positive")
TURNED = 26  # 3 % of 872


@pytest.fixture(scope="module")
def dev(real_data):
    """Sentences with their labels, and the probability of "positive" that both real checkpoints gave them."""
    return pd.read_csv(real_data / "checkpoints" / "sst2_dev_reference_predictions.csv", keep_default_na=False)


def corrupted(folder, dev, seed):
    turned = np.random.default_rng(seed).choice(len(dev), TURNED, replace=False)
    labels = dev["label"].to_numpy().copy()
    labels[turned] = 1 - labels[turned]
    ids = [f"e{number}" for number in range(len(dev))]
    rows = [
        {"example_id": name, "text_a": text, "label": NAMES[label]}
        for name, text, label in zip(ids, dev["text"], labels, strict=True)
    ]
    answers = {}
    for side in ("old", "new"):
        positive = dev[f"{side}_p1"].to_numpy()
        preds = [NAMES[int(p > 0.5)] for p in positive]
        answers[side] = predictions(side, ids, NAMES, preds, np.column_stack([1 - positive, positive]))
    comparison = build_comparison(folder, [TaskData(examples("sst2", rows, NAMES), answers)])
    return comparison, {ids[place] for place in turned}


def test_turned_labels_are_listed_and_lead(dev, tmp_path):
    """By chance 3 % of any list are turned; the models themselves are wrong on a fifth of all sentences."""
    recall, precision, at_top = [], [], []
    for seed in range(5):
        comparison, turned = corrupted(tmp_path / str(seed), dev, seed)
        listed = suspects(comparison, limit=None)["example_id"].tolist()
        hits = len(turned & set(listed))
        recall.append(hits / TURNED)
        precision.append(hits / len(listed))
        at_top.append(len(turned & set(listed[:TURNED])) / TURNED)
    print(
        f"recall {np.mean(recall):.2f}, precision {np.mean(precision):.2f}, of the first {TURNED} {np.mean(at_top):.2f}"
    )
    assert np.mean(recall) > 0.5
    assert np.mean(precision) > 4 * TURNED / len(dev)
    assert np.mean(at_top) > 8 * TURNED / len(dev)
