"""What the user typed for a model, opened: checkpoint, archive, hub id, prediction file or ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from flipscope.errors import FlipscopeError
from flipscope.open import archive, hub
from flipscope.open.checkpoint import Checkpoint, open_checkpoint
from flipscope.open.predictions import PredictionFile, open_predictions
from flipscope.open.table import SUFFIXES, check_path, check_utf8_name, no_such_file, table_suffix
from flipscope.tasks import Task

#: What several models that answer together begin with, and how they do.
RULES: dict[str, Literal["average", "vote"]] = {"ensemble:": "average", "vote:": "vote"}


@dataclass(frozen=True)
class Ensemble:
    """Several models that answer together.

    Attributes
    ----------
    name : str
        What to call it.
    members : tuple of Checkpoint or PredictionFile
        At least two.
    source : str
        What the user typed.
    rule : {"average", "vote"}
        By the average of their probabilities, or by the majority of their answers.
    """

    name: str
    members: tuple[Checkpoint | PredictionFile, ...]
    source: str
    rule: Literal["average", "vote"] = "average"


def members_of(source: str) -> tuple[str, list[str]]:
    """Take what the user typed for a model apart.

    Returns
    -------
    prefix : str
        ``ensemble:``, ``vote:``, or nothing for a single model.
    members : list of str
        Its members, which may be empty texts; the source itself for a single model.
    """
    prefix = next((prefix for prefix in RULES if source.startswith(prefix)), "")
    if not prefix:
        return "", [source]
    return prefix, [part.strip() for part in source.removeprefix(prefix).split("+")]


def open_source(
    text: str, task: Task, *, name: str | None = None, allow_torch_weights: bool = False, **columns: Any
) -> Checkpoint | PredictionFile | Ensemble:
    """Open what the user typed for a model.

    Parameters
    ----------
    text : str
        A checkpoint folder; a .zip, .tar.gz or .tgz of one; a hub id ``name[@revision]``; a prediction file;
        or ``ensemble:A+B[+C...]`` or ``vote:A+B+C`` of these.
    task : Task
        What texts and labels of a prediction file are called.
    name : str, optional
        What to call the model.
    allow_torch_weights : bool
        Accept pickled PyTorch weights where a checkpoint has no safetensors.
    **columns
        How to understand a prediction file: as in `flipscope.open.predictions.open_predictions`.

    Raises
    ------
    FlipscopeError
        When it is none of these, or can't be opened.
    """
    if not text.strip():
        raise FlipscopeError("no model is named")
    check_utf8_name(text)
    try:
        return _open(text, task, name, allow_torch_weights, columns)
    except OSError as error:
        raise FlipscopeError(f"cannot be read: {error.strerror or error}", where=text) from error


def _open(
    text: str, task: Task, name: str | None, torch: bool, columns: dict[str, Any]
) -> Checkpoint | PredictionFile | Ensemble:
    prefix, parts = members_of(text)
    if not prefix:
        return _open_one(text, task, name, torch, columns)
    if len(parts) < 2 or not all(parts):
        what = "an ensemble" if RULES[prefix] == "average" else "a vote"
        raise FlipscopeError(f"{what} has at least two members", where=text, do=f"Write {prefix}A+B")
    members = tuple(_open_one(part, task, None, torch, columns) for part in parts)
    return Ensemble(name or " + ".join(member.name for member in members), members, text, RULES[prefix])


def _open_one(
    text: str, task: Task, name: str | None, torch: bool, columns: dict[str, Any]
) -> Checkpoint | PredictionFile:
    if found := checkpoint_folder(text, allow_torch_weights=torch):
        folder, called = found
        return open_checkpoint(folder, source=text, name=name or called, allow_torch_weights=torch)
    path = Path(text)
    if table_suffix(path):
        return open_predictions(path, task, name=name, **columns)
    raise FlipscopeError(
        "this is neither a checkpoint nor a prediction file", where=text,
        do=f"A model is a folder, a hub id, or one of {', '.join(archive.SUFFIXES + SUFFIXES)}",
    )  # fmt: skip


def checkpoint_folder(
    text: str, *, allow_torch_weights: bool = False, local_only: bool = False
) -> tuple[Path, str] | None:
    """Find, unpack or download the folder of a checkpoint.

    Parameters
    ----------
    text : str
        What the user typed for one model.
    allow_torch_weights : bool
        Fetch pickled PyTorch weights where there are no safetensors.
    local_only : bool
        Download nothing: a hub id is looked for in the hub's local cache.

    Returns
    -------
    folder : Path
        Not yet checked.
    name : str
        What to call the model.

    None for a file that is no archive.

    Raises
    ------
    FlipscopeError
        When nothing has this name, or the archive can't be unpacked.
    """
    check_path(text)
    path = Path(text)
    if path.is_dir():
        return path, path.resolve().name
    if not path.is_file():
        if _looks_like_path(text) or not hub.is_hub_id(text):
            raise no_such_file(path)
        return hub.fetch(text, allow_torch_weights=allow_torch_weights, local_only=local_only), text
    return (archive.unpack(path), archive.archive_stem(path)) if archive.is_archive(path) else None


def _looks_like_path(text: str) -> bool:
    path = Path(text)
    known_suffix = table_suffix(path) is not None or archive.is_archive(path)
    in_a_folder = path.parent != Path() and path.parent.is_dir()
    return text.startswith((".", "/", "~")) or known_suffix or in_a_folder
