"""Which rows are close to a tie, and what is done about them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from flipscope.errors import FlipscopeError
from flipscope.predict.model import Classifier
from flipscope.predict.precision import Arithmetic, calibrate, margins
from flipscope.predict.tokens import Tokens

ROWS = np.arange(3)


class Table(torch.nn.Module):
    """Answers for row `i`, whose only token is `i`, what a table says."""

    def __init__(self, logits: list[list[float]]) -> None:
        super().__init__()
        self.table, self.shapes = torch.tensor(logits), []

    def forward(self, input_ids: torch.Tensor) -> object:
        self.shapes.append(tuple(input_ids.shape))

        class Output:
            logits = self.table[input_ids[:, 0]]

        return Output


def classifier(logits: list[list[float]]) -> Classifier:
    ids = np.arange(len(logits), dtype=np.int32)
    tokens = Tokens(ids, np.arange(len(ids) + 1), None, np.zeros(len(ids), bool), 16, 0, False)
    return Classifier(Table(logits), tokens, "cpu", "model")


def test_margins_are_between_the_top_two() -> None:
    assert margins(np.array([[1.0, 4.0, 3.5], [2.0, 2.0, -9.0]])).tolist() == [0.5, 0.0]


def test_tau_is_four_times_the_largest_change_of_the_top_two() -> None:
    exact = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 1.5]])
    # Row 1: the gap goes from 2 to 2.25. Row 2: from 0.5 to -0.125, though the sorted gap only to 0.125.
    low = np.array([[3.25, 1.0, 9.0], [0.0, 1.25, 1.125]])
    assert calibrate(exact, low) == pytest.approx(4 * 0.625)


def test_close_rows_are_run_again_in_fp32() -> None:
    fast = np.array([[0.5, 0.4], [2.0, 1.0], [0.3, 0.1]], np.float32)
    exact = classifier([[0.4, 0.5], [9.0, 9.0], [0.2, 0.2]])
    settled = Arithmetic("fp16", exact, exact, tau=0.25).settle(ROWS, fast)
    assert settled.rechecked.tolist() == [True, False, True]
    assert settled.logits.tolist() == np.array([[0.4, 0.5], [2.0, 1.0], [0.2, 0.2]], np.float32).tolist()
    assert settled.borderline.tolist() == [False, False, True]
    assert exact.model.shapes == [(1, 1), (1, 1)]  # one fixed shape


def test_in_fp32_only_rows_within_its_noise_are_run_again() -> None:
    noise = [[0.5, 0.500004], [0.5, 0.5001], [100.0, 100.0004]]
    exact = classifier([[0.5, 0.6], [0.0, 0.0], [100.0, 100.0]])
    settled = Arithmetic("fp32", exact, exact).settle(ROWS, np.array(noise, np.float32))
    assert settled.rechecked.tolist() == [True, False, True]
    assert settled.borderline.tolist() == [False, False, True]


def test_overflow_of_the_lower_precision_is_run_again() -> None:
    exact = classifier([[1.0, 2.0], [0.0, 5.0], [7.0, 1.0]])
    fast = np.array([[np.inf, 2.0], [0.0, 5.0], [np.nan, 1.0]], np.float32)
    settled = Arithmetic("fp16", exact, exact, tau=0.1).settle(ROWS, fast)
    assert settled.rechecked.tolist() == [True, False, True]
    assert settled.logits.tolist() == [[1.0, 2.0], [0.0, 5.0], [7.0, 1.0]]


def test_infinite_logits_in_fp32_are_refused() -> None:
    exact = classifier([[np.inf, 2.0]])
    with pytest.raises(FlipscopeError, match="infinite or undefined"):
        Arithmetic("fp32", exact, exact).settle(ROWS[:1], np.array([[np.inf, 2.0]], np.float32))
