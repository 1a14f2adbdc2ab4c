"""Several models as one: the mean of their probabilities, or the majority of their answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.pairing import matrix
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
    mean = _mean(name, members)
    rows = {"pred": mean.argmax(axis=1), "probabilities": mean, "borderline": margins(mean) < _NOISE}
    notes = [f"mean of the probabilities of {len(members)} models"]
    return _together(name, members, "ensemble:", rows, notes)


def vote(name: str, members: Sequence[Predictions]) -> Predictions:
    """Take the answer that most of several models give to the same example.

    Parameters
    ----------
    name : str
        What to call them together.
    members : sequence of Predictions
        At least one; all with the same label names in any order and the same example ids in any order.

    Returns
    -------
    Predictions
        Rows and label names in the order of the first member. A tie goes to the class with the highest summed
        probability, then to the first in the order of the label names; that alone decides where a member has no
        probabilities. Probabilities are the mean of the members', not the share of votes, which says little of how
        sure they are; there are none where a member has none. A row is borderline where a tie is one of summed
        probabilities, too, within rounding, or where other answers of borderline members could turn the vote.

    Raises
    ------
    FlipscopeError
        When a member has other labels or other examples.
    """
    classes = np.arange(len(members[0].label_names))
    preds = np.stack([_pred(member, members[0], name) for member in members])
    close = np.stack([_borderline(member, members[0], name) for member in members])
    cast = preds[:, :, None] == classes
    votes, doubtful = cast.sum(axis=0), (cast & close[:, :, None]).sum(axis=0)
    known = all("probabilities" in member.table.column_names for member in members)
    mean = _mean(name, members) if known else None
    preference = np.broadcast_to(-classes, votes.shape) if mean is None else mean
    winner = _winner(votes, preference)
    rows = {"pred": winner, "borderline": _hanging(votes, doubtful, preference, winner)}
    if mean is not None:
        rows["probabilities"] = mean
    return _together(name, members, "vote:", rows, list(_vote_notes(len(members), votes, mean, winner)))


def _winner(votes: np.ndarray, preference: np.ndarray) -> np.ndarray:
    """Return the class with the most votes; of several, the first of those preferred most, within rounding."""
    most = votes == votes.max(axis=1, keepdims=True)
    best = np.where(most, preference, -np.inf).max(axis=1, keepdims=True)
    return (most & (preference >= best - _NOISE)).argmax(axis=1)


def _hanging(votes: np.ndarray, doubtful: np.ndarray, preference: np.ndarray, winner: np.ndarray) -> np.ndarray:
    """Tell which rows another class would win if all doubtful votes went to it; or already has, within rounding."""
    rows = np.arange(len(winner))
    others = votes - doubtful + doubtful.sum(axis=1, keepdims=True)
    left = (votes - doubtful)[rows, winner][:, None]
    preferred = preference > preference[rows, winner][:, None] - _NOISE
    overtaken = (others > left) | ((others == left) & preferred)
    overtaken[rows, winner] = False
    return overtaken.any(axis=1)


def _vote_notes(count: int, votes: np.ndarray, mean: np.ndarray | None, winner: np.ndarray) -> Iterator[str]:
    yield f"majority of the answers of {count} models"
    total = len(votes)
    if ties := int(((votes == votes.max(axis=1, keepdims=True)).sum(axis=1) > 1).sum()):
        decided = "the order of the classes" if mean is None else "their summed probabilities"
        yield f"{ties:,} of {total:,} votes were a tie, decided by {decided}"
    if mean is None:
        yield "without probabilities, as not all members have them"
        return
    yield "probabilities are the mean of the members', not the share of votes"
    if other := int((winner != mean.argmax(axis=1)).sum()):
        yield f"in {other:,} of {total:,} examples the majority is not for the likeliest class"


def _together(
    name: str, members: Sequence[Predictions], prefix: str, rows: Mapping[str, np.ndarray], notes: Sequence[str]
) -> Predictions:
    """Write what they answer together as one model's predictions."""
    first = members[0]
    columns = {
        "example_id": first.table["example_id"],
        "pred": pa.array(first.label_names, pa.string()).take(pa.array(rows["pred"])),
        "borderline": pa.array(rows["borderline"]),
    }
    if "probabilities" in rows:
        mean = rows["probabilities"]
        columns["probabilities"] = pa.FixedSizeListArray.from_arrays(pa.array(mean.ravel()), mean.shape[1])
    # The fingerprint of an average has no prefix, as there was none but the average once.
    parts = [] if prefix == "ensemble:" else [prefix]
    parts += sorted(member.fingerprint for member in members)
    return Predictions(
        name=name,
        fingerprint=hashlib.sha256("\n".join(parts).encode()).hexdigest(),
        label_names=first.label_names,
        table=pa.table(columns),
        id_column=first.id_column,
        source=prefix + "+".join(member.source for member in members),
        notes=(*notes, *(f"{member.name}: {note}" for member in members for note in member.notes)),
        new_classes=tuple(name for name in first.new_classes if all(name in each.new_classes for each in members)),
    )


def _mean(name: str, members: Sequence[Predictions]) -> np.ndarray:
    """Average the probabilities, rows and classes in the order of the first member."""
    # Sums depend on the order of what is added, if only in the last bit.
    ordered = sorted(members, key=lambda member: member.fingerprint)
    return np.mean([_probabilities(member, members[0], name) for member in ordered], axis=0)


def _probabilities(member: Predictions, like: Predictions, ensemble: str) -> np.ndarray:
    """Probabilities of a member, rows and classes in the order of another."""
    who = f"{ensemble}, {member.name}"
    if "probabilities" not in member.table.column_names:
        raise FlipscopeError(
            "these predictions have no probabilities, so they cannot be averaged", where=who,
            do="Give a checkpoint, or a file with a probability for each class",
        )  # fmt: skip
    columns = align_labels(member.label_names, like.label_names, who=who)
    return matrix(member.table["probabilities"])[_rows(member, like, who)][:, columns]


def _pred(member: Predictions, like: Predictions, ensemble: str) -> np.ndarray:
    """Answers of a member as positions in the label names of another, rows in its order."""
    who = f"{ensemble}, {member.name}"
    columns = align_labels(member.label_names, like.label_names, who=who)
    own = pa.array([member.label_names[column] for column in columns], pa.string())
    return pc.index_in(member.table["pred"], own).to_numpy()[_rows(member, like, who)]


def _borderline(member: Predictions, like: Predictions, ensemble: str) -> np.ndarray:
    """Tell which answers of a member hang on the arithmetic, rows in the order of another."""
    if "borderline" not in member.table.column_names:
        return np.zeros(len(like), dtype=bool)
    rows = _rows(member, like, f"{ensemble}, {member.name}")
    return member.table["borderline"].to_numpy()[rows]


def _rows(member: Predictions, like: Predictions, who: str) -> np.ndarray:
    rows = pc.index_in(like.table["example_id"], member.table["example_id"])
    if len(member) != len(like) or rows.null_count:
        raise FlipscopeError(f"these predictions are not for the examples of {like.name}", where=who)
    return rows.to_numpy()
