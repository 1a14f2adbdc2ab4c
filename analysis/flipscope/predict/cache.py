"""Predictions on disk: what is finished, and the shards of what is not yet.

An entry is a folder named by what decides its content::

    done.json            written last: rows, classes, and how they were computed
    predictions.npz      logits and flags of every distinct input, in canonical order
    shards-<plan>/       finished batches of a run that is under way or was interrupted
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.predict.batches import Plan

# Counted up when what an entry holds changes its meaning.
_FORMAT = 1
_SHARDED = ("logits", "rechecked", "borderline")
_ARRAYS = (*_SHARDED, "truncated")


@dataclass
class Scores:
    """What a model gives for every distinct input.

    Attributes
    ----------
    logits : numpy.ndarray of float32, shape (inputs, classes)
        In the model's own order of classes.
    rechecked, borderline, truncated : numpy.ndarray of bool, shape (inputs,)
        Computed a second time in fp32; within the noise of fp32; longer than the maximal length.
    how : dict
        Device, precision, tau and versions, as told in ``done.json``.
    """

    logits: np.ndarray
    rechecked: np.ndarray
    borderline: np.ndarray
    truncated: np.ndarray
    how: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def empty(cls, truncated: np.ndarray, classes: int) -> Scores:
        """Make room for the results of inputs not yet run."""
        rows = len(truncated)
        return cls(np.empty((rows, classes), np.float32), np.zeros(rows, bool), np.zeros(rows, bool), truncated)


class Entry:
    """One model's predictions on one set of inputs.

    Parameters
    ----------
    root : Path or None
        Folder of all entries; with ``None`` nothing is kept.
    *decides : str
        Everything the results depend on.
    """

    def __init__(self, root: Path | None, *decides: str) -> None:
        key = hashlib.sha256(json.dumps([_FORMAT, *decides]).encode()).hexdigest()
        self.folder = None if root is None else root / key

    def read(self, rows: int, classes: int) -> Scores | None:
        """Return finished predictions; ``None`` where there are none, or they are damaged."""
        if self.folder is None:
            return None
        try:
            done = json.loads((self.folder / "done.json").read_bytes())
            arrays = _load(self.folder / "predictions.npz", _ARRAYS)
            scores = Scores(**dict(zip(_ARRAYS, arrays, strict=True)), how=done["how"])
        except Exception:  # whatever is wrong with it, it is computed again
            return None
        whole = scores.logits.shape == (rows, classes) and len(scores.truncated) == rows
        return scores if whole else None

    def finish(self, scores: Scores) -> None:
        """Keep finished predictions, and drop the shards.

        Raises
        ------
        FlipscopeError
            When the disk does not take them.
        """
        if self.folder is None:
            return
        _save(self.folder / "predictions.npz", **{name: getattr(scores, name) for name in _ARRAYS})
        _write(self.folder / "done.json", lambda file: file.write(json.dumps({"how": scores.how}).encode()))
        for shards in self.folder.glob("shards-*"):
            shutil.rmtree(shards, ignore_errors=True)


class Shards:
    """Finished batches of one plan, each file a few of them, so that an interrupted run goes on.

    Parameters
    ----------
    entry : Entry
        Where they belong.
    plan : Plan
        What the batches are; shards of another plan are never looked at.
    precision : str
        What the batches are computed in.
    """

    def __init__(self, entry: Entry, plan: Plan, precision: str) -> None:
        self.plan = plan
        name = f"shards-{plan.digest[:16]}-{precision}"
        self.folder = None if entry.folder is None else entry.folder / name

    def restore(self, scores: Scores) -> np.ndarray:
        """Fill in what earlier runs finished.

        Parameters
        ----------
        scores : Scores
            Where to; changed in place.

        Returns
        -------
        numpy.ndarray of bool, shape (batches,)
            Which batches are done; those in damaged shards are not.
        """
        done = np.zeros(len(self.plan), bool)
        for path in sorted(self.folder.glob("*.npz")) if self.folder else ():
            try:
                batches, *found = _load(path, ("batches", *_SHARDED))
                rows = self.plan.rows_of(batches)
            except Exception:  # whatever is wrong with it, its batches are computed again
                continue
            arrays = [getattr(scores, name) for name in _SHARDED]
            if all(part.shape == (len(rows), *whole.shape[1:]) for part, whole in zip(found, arrays, strict=True)):
                for part, whole in zip(found, arrays, strict=True):
                    whole[rows] = part
                done[batches] = True
        return done

    def write(self, batches: list[int], scores: Scores) -> None:
        """Keep the results of some batches.

        Raises
        ------
        FlipscopeError
            When the disk does not take them.
        """
        if self.folder is None:
            return
        rows = self.plan.rows_of(np.array(batches))
        _save(
            self.folder / f"{batches[0]:08d}-{batches[-1]:08d}.npz",
            batches=np.array(batches),
            **{name: getattr(scores, name)[rows] for name in _SHARDED},
        )


def _load(path: Path, names: tuple[str, ...]) -> list[np.ndarray]:
    # The zip format's checksums tell damaged arrays.
    with np.load(path, allow_pickle=False) as arrays:
        return [arrays[name] for name in names]


def _save(path: Path, **arrays: np.ndarray) -> None:
    _write(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def _write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file under a name of its own and rename it, so that no reader meets half of it."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            fill(file)
        part.replace(path)
    except FileNotFoundError:
        # Another process has finished the same entry and swept its shards: nothing of this is needed.
        return
    except OSError as error:
        raise FlipscopeError(
            f"predictions cannot be written ({error.strerror or error})", where=path.parent,
            do="Free some space, or choose another folder with FLIPSCOPE_CACHE",
        ) from error  # fmt: skip
    finally:
        part.unlink(missing_ok=True)


def versions() -> dict[str, str]:
    """Versions of what computes predictions."""
    found = {}
    for package in ("flipscope", "torch", "transformers", "tokenizers"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
