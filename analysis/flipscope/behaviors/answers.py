"""What one model answered on every input of a suite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Answers:
    """One model's answers, in the suite's order: tests, then running cases, then examples.

    Attributes
    ----------
    pred : numpy.ndarray of int64, shape (examples,)
        Positions in `vocabulary`.
    vocabulary : tuple of str
        All answers there are: the class names first, in the order of the columns of `confidence`; then free texts.
    confidence : numpy.ndarray of float64, shape (examples, classes) or (examples,)
        A probability per class; or one number, 1 where only the answer is known.
    """

    pred: NDArray[np.int64]
    vocabulary: tuple[str, ...]
    confidence: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.pred)

    @property
    def has_probabilities(self) -> bool:
        """Whether every class has a probability."""
        return self.confidence.ndim == 2
