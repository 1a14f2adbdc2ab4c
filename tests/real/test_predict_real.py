"""The real SST-2 checkpoints give the answers that are known of them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from flipscope.open.checkpoint import open_checkpoint
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import SilentProgress
from tiny_models import make_examples


@pytest.fixture(scope="module")
def known(real_data: Path) -> list[dict[str, str]]:
    """Text, and P(positive) of both models, computed one sentence at a time."""
    with (real_data / "checkpoints" / "sst2_dev_reference_predictions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_probabilities_and_answers_are_the_known_ones(
    real_data: Path, known: list[dict[str, str]], side: str, device: str
) -> None:
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    examples = make_examples([row["text"] for row in known])
    checkpoint = open_checkpoint(real_data / "checkpoints" / f"sst2-{side}")
    settings = Settings(device=device, max_length=128)
    found = Predictor(examples, settings, SilentProgress()).predict(checkpoint)
    expected = np.array([float(row[f"{side}_p1"]) for row in known])
    probabilities = np.array(found.table["probabilities"].to_pylist())[:, 1]
    # On a GPU in fp16, where rows near a tie are run again in fp32.
    np.testing.assert_allclose(probabilities, expected, atol=1e-4 if device == "cpu" else 5e-3)
    assert found.table["pred"].to_pylist() == ["positive" if p > 0.5 else "negative" for p in expected]
    assert not any(found.table["borderline"].to_pylist())
