"""Several models as one: the mean of their probabilities."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Predictions
from flipscope.errors import FlipscopeError
from flipscope.open.labels import align_labels
from flipscope.predict.precision import margins

#: Difference of the top two mean probabilities that arithmetic can make.
_NOISE = 1e-6


def average(name: str, members: Sequence[Predictions]) -> Predictions:
    """Average the probabilities of several models on the same examples.

    Parameters
    ----------
    name : str
        What to call the ensemble.
    members : sequence of Predictions
        At least one; all with probabilities, the same label names in any order and the same example ids in
        any order.

    Returns
    -------
    Predictions
        Rows and label names in the order of the first member; the same numbers whatever the order of the
        others. Where the top two are a tie within rounding, the row is borderline.

    Raises
    ------
    FlipscopeError
        When a member has no probabilities, other labels or other examples.
    """
    first = members[0]
    # Sums depend on the order of what is added, if only in the last bit.
    ordered = sorted(members, key=lambda member: member.fingerprint)
    mean = np.mean([_probabilities(member, first, name) for member in ordered], axis=0)
    table = pa.table(
        {
            "example_id": first.table["example_id"],
            "pred": pa.array(first.label_names, pa.string()).take(pa.array(mean.argmax(axis=1))),
            "probabilities": pa.FixedSizeListArray.from_arrays(pa.array(mean.ravel()), mean.shape[1]),
            "borderline": pa.array(margins(mean) < _NOISE),
        }
    )
    return Predictions(
        name=name,
        fingerprint=hashlib.sha256("\n".join(member.fingerprint for member in ordered).encode()).hexdigest(),
        label_names=first.label_names,
        table=table,
        id_column=first.id_column,
        source="ensemble:" + "+".join(member.source for member in members),
        notes=(
            f"mean of the probabilities of {len(members)} models",
            *(f"{member.name}: {note}" for member in members for note in member.notes),
        ),
    )


def _probabilities(member: Predictions, like: Predictions, ensemble: str) -> np.ndarray:
    """Probabilities of a member, rows and classes in the order of another."""
    who = f"{ensemble}, {member.name}"
    if "probabilities" not in member.table.column_names:
        raise FlipscopeError(
            "these predictions have no probabilities, so they cannot be averaged", where=who,
            do="Give a checkpoint, or a file with a probability for each class",
        )  # fmt: skip
    columns = align_labels(member.label_names, like.label_names, who=who)
    rows = pc.index_in(like.table["example_id"], member.table["example_id"])
    if len(member) != len(like) or rows.null_count:
        raise FlipscopeError(f"these predictions are not for the examples of {like.name}", where=who)
    flat = member.table["probabilities"].combine_chunks().flatten().to_numpy()
    return flat.reshape(len(member), -1)[rows.to_numpy()][:, columns]
