"""The four outcomes of an example under an old and a new model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: The outcomes in their fixed order: what position `i` means as an outcome code.
OUTCOMES = ("both_correct", "negative_flip", "positive_flip", "both_wrong")
#: Those in which one model is right and the other wrong.
FLIPS = ("negative_flip", "positive_flip")


def outcome_codes(label: ArrayLike, old_pred: ArrayLike, new_pred: ArrayLike) -> NDArray[np.int8]:
    """Say for each example which of the four outcomes it is.

    Parameters
    ----------
    label, old_pred, new_pred : int arrays, shape (n,)
        Gold labels and both models' answers, in one numbering of the classes.

    Returns
    -------
    int8 array, shape (n,)
        Positions in `OUTCOMES`.

    Raises
    ------
    ValueError
        If the shapes differ: rows that are not paired have no outcome.
    """
    gold, old, new = np.asarray(label), np.asarray(old_pred), np.asarray(new_pred)
    if not gold.shape == old.shape == new.shape:
        raise ValueError(f"labels and predictions differ in shape: {gold.shape}, {old.shape}, {new.shape}")
    # The code is a two-bit number: old wrong, new wrong.
    return 2 * (old != gold).view(np.int8) + (new != gold).view(np.int8)
