"""Metrics of class probabilities, logits and graded scores of an old and a new model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipscope.flips.measures import Measure

#: Keys of `score_metrics`, in its order.
SCORE_METRICS = (
    "soft_nf",
    "soft_pf",
    "kl",
    "logit_disp",
    "severity",
    "drop",
    "boundary_share",
    "large_share",
)

Floats = NDArray[np.floating[Any]]

_ON_FLIPS = ("severity", "drop", "boundary_share", "large_share")

#: A flip with a drop up to the first, either way, is at the boundary; from the second on it is a large change.
NEAR, LARGE = 0.1, 0.5
#: Probabilities that differ by exactly a threshold in a file (0.4 and 0.3) must not miss it by rounding.
ROUNDING = 1e-9


def score_metrics(
    label: NDArray[Any],
    old_pred: NDArray[Any],
    new_pred: NDArray[Any],
    p_old: Floats | None,
    p_new: Floats | None,
    logits_old: Floats | None = None,
    logits_new: Floats | None = None,
    same_classes: bool = True,
    near: float = NEAR,
    large: float = LARGE,
) -> dict[str, Measure]:
    """Compute every metric of the scores; formulae and reason codes are in ``docs/metrics.md``.

    Parameters
    ----------
    label, old_pred, new_pred : int arrays, shape (n,)
        Gold labels and answers, as columns of the probabilities.
    p_old, p_new : float arrays, shape (n, classes), or None
        Probabilities in [0, 1].
    logits_old, logits_new : float arrays, shape (n, classes), or None
        Logits in the same order of classes.
    same_classes : bool
        Whether both models know the same classes; if not, their distributions are not compared.
    near, large : float
        A negative flip with a drop up to `near` is at the boundary, one from `large` on is a large change.

    Returns
    -------
    dict
        One measure for each of `SCORE_METRICS`, in that order.

    Raises
    ------
    ValueError
        If a label or prediction is not a column of the probabilities.
    """
    if len(label) == 0:
        return dict.fromkeys(SCORE_METRICS, Measure(None, "no_examples"))
    found = {"logit_disp": _logit_displacement(logits_old, logits_new, same_classes)}
    if p_old is None or p_new is None:
        found |= dict.fromkeys(("soft_nf", "soft_pf", "kl", *_ON_FLIPS), Measure(None, "no_probabilities"))
    else:
        flips = np.flatnonzero((old_pred == label) & (new_pred != label))
        gold_old, gold_new = pick(p_old, label), pick(p_new, label)
        drop = gold_old - gold_new
        found["soft_nf"] = Measure(float(np.maximum(drop, 0).mean()))
        found["soft_pf"] = Measure(float(np.maximum(-drop, 0).mean()))
        found["kl"] = Measure(_kl(p_old, p_new)) if same_classes else Measure(None, "class_mismatch")
        severity = pick(p_new[flips], new_pred[flips]) - gold_new[flips]
        found |= _on_negative_flips(severity, drop[flips], near, large)
    return {key: found[key] for key in SCORE_METRICS}


def graded_metrics(score_old: Floats, score_new: Floats, dead_band: float) -> dict[str, Measure]:
    """Compare two models on a graded task, such as similarity (continuous version of NFR in MUSCLE).

    Parameters
    ----------
    score_old, score_new : float arrays, shape (n,)
        Score of each example; higher is better.
    dead_band : float
        Changes up to this size, in units of the score, count as none. Must be positive: with 0 about half
        of all examples "regress" by noise.

    Returns
    -------
    dict
        ``regressed`` and ``improved``: shares of all examples; ``mean_loss`` and ``mean_gain``: mean size of
        those changes, null with ``no_negative_flips`` or ``no_positive_flips`` where there are none.

    Raises
    ------
    ValueError
        If `dead_band` is not positive.
    """
    if not dead_band > 0:
        raise ValueError(f"the dead band must be positive, not {dead_band}")
    change = np.asarray(score_new, dtype=float) - np.asarray(score_old, dtype=float)
    if len(change) == 0:
        return dict.fromkeys(("regressed", "improved", "mean_loss", "mean_gain"), Measure(None, "no_examples"))
    losses, gains = -change[change < -dead_band], change[change > dead_band]
    return {
        "regressed": Measure(len(losses) / len(change)),
        "improved": Measure(len(gains) / len(change)),
        "mean_loss": Measure(float(losses.mean())) if len(losses) else Measure(None, "no_negative_flips"),
        "mean_gain": Measure(float(gains.mean())) if len(gains) else Measure(None, "no_positive_flips"),
    }


def pick(values: Floats, column: NDArray[Any]) -> Floats:
    """Take one value a row: `values` has shape (n, classes), `column` and the result (n,)."""
    if column.size and (column.min() < 0 or column.max() >= values.shape[1]):
        raise ValueError(f"class {column.min()} or {column.max()} is not one of {values.shape[1]} columns")
    return values[np.arange(len(values)), column]


def _kl(p_old: Floats, p_new: Floats) -> float:
    """Mean KL divergence in nats from the old to the new distribution."""
    old, new = _positive(p_old), _positive(p_new)
    return float(np.sum(old * np.log(old / new)) / len(old))


def _positive(p: Floats) -> Floats:
    """Probabilities clipped away from 0 that sum to 1."""
    clipped = np.maximum(p, 1e-12, dtype=np.float64)
    # The product is four times as fast as `sum` over short rows.
    return clipped / (clipped @ np.ones(clipped.shape[1]))[:, None]


def _logit_displacement(old: Floats | None, new: Floats | None, same_classes: bool) -> Measure:
    """Mean length of the change of the logits, less what softmax ignores: a constant shift."""
    if old is None or new is None:
        return Measure(None, "no_logits")
    if not same_classes:
        return Measure(None, "class_mismatch")
    change = np.subtract(new, old, dtype=np.float64)
    change -= change.mean(axis=1, keepdims=True)
    return Measure(float(np.linalg.norm(change, axis=1).mean()))


def _on_negative_flips(severity: Floats, drop: Floats, near: float, large: float) -> dict[str, Measure]:
    if len(drop) == 0:
        return dict.fromkeys(_ON_FLIPS, Measure(None, "no_negative_flips"))
    size = np.abs(drop)
    return {
        "severity": Measure(float(severity.mean())),
        "drop": Measure(float(drop.mean())),
        "boundary_share": Measure(float(np.mean(size <= near + ROUNDING))),
        "large_share": Measure(float(np.mean(size >= large - ROUNDING))),
    }
