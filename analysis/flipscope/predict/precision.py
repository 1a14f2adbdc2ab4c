"""The recheck that keeps arithmetic from looking like a change of the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Checkpoint
from flipscope.predict.batches import plan_batches
from flipscope.predict.model import Classifier, fetch, load_model
from flipscope.predict.tokens import Tokens

#: Margin of logits that fp32 can't tell from none, relative to the logits where those are above 1: batchings
#: were seen to differ by up to 5e-6.
NOISE = 1e-5
#: Rows run in both precisions to learn how far the lower one strays.
SAMPLE = 256
#: How many times the largest change seen on the sample a margin must have to be trusted.
SAFETY = 4.0
# Rows and width unit of the one shape in which close rows are computed again. A CPU does single rows about as
# fast as anything; a GPU needs several at once, so there the shape is filled up.
_SHAPE = {"cpu": (1, 1), "cuda": (32, 32)}


def margins(logits: np.ndarray) -> np.ndarray:
    """Distance between the top two logits of each row."""
    ordered = np.sort(logits, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def calibrate(exact: np.ndarray, low: np.ndarray) -> float:
    """How large a margin must be for the lower precision to be believed.

    Parameters
    ----------
    exact, low : numpy.ndarray of float, shape (rows, classes)
        Logits of the same rows in fp32 and in the lower precision.

    Returns
    -------
    float
        `SAFETY` times the largest change of the distance between fp32's top two classes.
    """
    top_two = np.argsort(exact, axis=1)[:, -2:]
    gaps = [np.diff(np.take_along_axis(logits, top_two, axis=1), axis=1) for logits in (exact, low)]
    return SAFETY * float(np.abs(gaps[1] - gaps[0]).max(initial=0.0))


@dataclass(frozen=True)
class Settled:
    """Final results of some rows.

    Attributes
    ----------
    logits : numpy.ndarray of float32, shape (rows, classes)
        Logits.
    rechecked : numpy.ndarray of bool, shape (rows,)
        Rows computed a second time, in fp32.
    borderline : numpy.ndarray of bool, shape (rows,)
        Rows that even then are within the noise of fp32.
    """

    logits: np.ndarray
    rechecked: np.ndarray
    borderline: np.ndarray


@dataclass(frozen=True)
class Arithmetic:
    """How rows are computed, and which are close enough to a tie to be computed again.

    Attributes
    ----------
    precision : str
        ``fp32``, ``fp16`` or ``bf16``.
    fast : Classifier
        Runs every row.
    exact : Classifier
        Runs the close ones again, in fp32.
    tau : float
        Margin of logits below which a row is close; 0 in fp32, where only its own noise counts.
    """

    precision: str
    fast: Classifier
    exact: Classifier
    tau: float = 0.0

    def settle(self, rows: np.ndarray, logits: np.ndarray) -> Settled:
        """Compute the close ones among rows again.

        Parameters
        ----------
        rows : numpy.ndarray of int, shape (n,)
            Rows of the tokens.
        logits : numpy.ndarray of float32, shape (n, classes)
            What `fast` gave for them.

        Raises
        ------
        FlipscopeError
            When fp32 gives infinite or undefined logits.
        """
        finite = np.isfinite(logits).all(axis=1)
        close = ~finite
        close[finite] = margins(logits[finite]) < np.maximum(self.tau, _noise(logits[finite]))
        if close.any():
            logits = logits.copy()
            logits[close] = _in_one_shape(self.exact, rows[close])
        if not np.isfinite(logits).all():
            raise FlipscopeError(
                "the model gives infinite or undefined logits in fp32", where=self.exact.name,
                do="Check its weights: its training may have diverged",
            )  # fmt: skip
        return Settled(logits, close, close & (margins(logits) < _noise(logits)))


def choose_arithmetic(checkpoint: Checkpoint, tokens: Tokens, device: str, precision: str, budget: int) -> Arithmetic:
    """Load a model in the precision asked for.

    Parameters
    ----------
    checkpoint : Checkpoint
        The model.
    tokens : Tokens
        The inputs, of which a sample is run in both precisions.
    device : str
        ``cpu``, ``cuda`` or ``cuda:i``.
    precision : {"fp32", "fp16", "bf16", "half"}
        ``half`` is fp16 where the sample stays finite, else bf16.
    budget : int
        Tokens of a batch.

    Raises
    ------
    FlipscopeError
        When the model can't be loaded, or overflows in the precision asked for.
    """

    def classifier(name: str) -> Classifier:
        return Classifier(load_model(checkpoint, device, name), tokens, device, checkpoint.name)

    exact = classifier("fp32")
    if precision == "fp32":
        return Arithmetic("fp32", exact, exact)
    sample = _sample(tokens)
    expected = _run(exact, sample, budget)
    for name in ("fp16", "bf16") if precision == "half" else (precision,):
        fast = classifier(name)
        found = _run(fast, sample, budget)
        if np.isfinite(found).all():
            return Arithmetic(name, fast, exact, calibrate(expected, found))
    raise FlipscopeError(f"the model overflows in {name}", where=checkpoint.name, do="Run with --precision fp32")


def _sample(tokens: Tokens) -> np.ndarray:
    """Rows spread over all lengths, the longest and the shortest among them."""
    by_length = np.argsort(tokens.lengths, kind="stable")
    return by_length[np.linspace(0, len(by_length) - 1, min(SAMPLE, len(by_length))).astype(np.int64)]


def _run(classifier: Classifier, rows: np.ndarray, budget: int) -> np.ndarray:
    plan = plan_batches(classifier.tokens.lengths[rows], budget)
    parts = [classifier.logits(rows[plan.rows(i)]) for i in range(len(plan))]
    return fetch(parts)[np.argsort(plan.order)]


def _noise(logits: np.ndarray) -> np.ndarray:
    return NOISE * np.maximum(1.0, np.abs(logits).max(axis=1))


def _in_one_shape(exact: Classifier, rows: np.ndarray) -> np.ndarray:
    """Run rows so that each result depends on its row alone, whatever else is computed with it."""
    size, unit = _SHAPE[exact.device.partition(":")[0]]
    lengths = exact.tokens.lengths[rows]
    widths = np.minimum(-(-lengths // unit) * unit, exact.tokens.max_length)
    results: list[np.ndarray] = []
    done: list[np.ndarray] = []
    for width in np.unique(widths):
        alike = np.flatnonzero(widths == width)
        for start in range(0, len(alike), size):
            part = alike[start : start + size]
            filled = np.pad(rows[part], (0, size - len(part)), mode="edge")
            results.append(fetch([exact.logits(filled, int(width))])[: len(part)])
            done.append(part)
    return np.concatenate(results)[np.argsort(np.concatenate(done))]
