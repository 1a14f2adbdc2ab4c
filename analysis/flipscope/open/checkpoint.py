"""A model's checkpoint, opened safely: validated and fingerprinted without running anything it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError
from flipscope.open import tokenizer_files
from flipscope.open.config_file import Architecture, Classifier, read_architecture, read_classifier
from flipscope.open.weights import Weights, find_weights


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """A checkpoint of any architecture on disk, with or without a classification head, validated.

    Attributes
    ----------
    name : str
        Folder name, archive stem or hub id.
    path : Path
        A folder with ``config.json``, the weights and the tokenizer's files.
    source : str
        What the user typed.
    fingerprint : str
        SHA-256 (hex) over the names and contents of the weights, tokenizer and config files.
    tokenizer_digest : str
        SHA-256 (hex) of what decides tokenisation. Two checkpoints with the same digest tokenise alike, so
        that texts need to be tokenised only once.
    architecture : str
        Class name out of ``config.json``, such as ``BertForSequenceClassification``.
    model_type : str
        Such as ``bert``.
    parameters : int or None
        Number of weights as the safetensors headers count them.
    max_positions : int or None
        ``max_position_embeddings``, where the config tells.
    torch_weights : bool
        Whether the weights are a ``pytorch_model.bin`` that the user allowed.
    """

    name: str
    path: Path
    source: str
    fingerprint: str
    tokenizer_digest: str
    architecture: str
    model_type: str
    parameters: int | None
    max_positions: int | None
    torch_weights: bool = False


@dataclass(frozen=True, kw_only=True)
class Checkpoint(Pretrained):
    """A sequence-classification checkpoint on disk, validated and ready to be loaded.

    Attributes
    ----------
    label_names : tuple of str
        Class names in the order of the model's outputs, at least two; may be generic (``LABEL_0`` ...).
    """

    label_names: tuple[str, ...]

    @property
    def num_labels(self) -> int:
        """Number of classes, at least 2."""
        return len(self.label_names)


def open_checkpoint(
    path: Path, *, source: str | None = None, name: str | None = None, allow_torch_weights: bool = False
) -> Checkpoint:
    """Validate and fingerprint a checkpoint folder. Neither torch nor transformers is imported.

    Parameters
    ----------
    path : Path
        The folder.
    source : str, optional
        What the user typed; the path by default.
    name : str, optional
        What to call the model; the folder's name by default.
    allow_torch_weights : bool
        Accept ``pytorch_model.bin`` where there are no safetensors.

    Returns
    -------
    Checkpoint

    Raises
    ------
    FlipscopeError
        When it is not a complete, safe checkpoint of a classifier.
    """
    with _opened(path):
        classifier = read_classifier(path)
        weights = find_weights(path, allow_torch=allow_torch_weights)
        tokenizer = tokenizer_files.find(path)
        _check_head(classifier, weights, path)
        found = _described(path, classifier, weights, tokenizer)
    return Checkpoint(
        **found, name=name or path.resolve().name, source=source or str(path), label_names=classifier.label_names
    )


def open_pretrained(
    path: Path, *, source: str | None = None, name: str | None = None, allow_torch_weights: bool = False
) -> Pretrained:
    """Validate and fingerprint a checkpoint folder of any architecture; its head, if it has one, does not matter.

    Parameters as in `open_checkpoint`.

    Raises
    ------
    FlipscopeError
        When it is not a complete, safe checkpoint.
    """
    with _opened(path):
        architecture = read_architecture(path)
        weights = find_weights(path, allow_torch=allow_torch_weights)
        found = _described(path, architecture, weights, tokenizer_files.find(path))
    return Pretrained(**found, name=name or path.resolve().name, source=source or str(path))


@contextmanager
def _opened(path: Path) -> Iterator[None]:
    """Check that this is a folder of one checkpoint, and tell what can't be read in it."""
    _check_folder(path)
    try:
        yield
    except OSError as error:
        raise FlipscopeError(f"cannot be read: {error.strerror or error}", where=error.filename or path) from error


def _described(path: Path, model: Architecture, weights: Weights, tokenizer: list[Path]) -> dict[str, Any]:
    return {
        "path": path,
        "fingerprint": _fingerprint([path / "config.json", *weights.files, *tokenizer]),
        "tokenizer_digest": tokenizer_files.digest(path, tokenizer),
        "architecture": model.architecture,
        "model_type": model.model_type,
        "parameters": weights.parameters,
        "max_positions": model.max_positions,
        "torch_weights": weights.torch,
    }


def _check_folder(path: Path) -> None:
    if not path.is_dir():
        raise FlipscopeError("there is no such checkpoint folder", where=path)
    # Where PEFT is installed, transformers puts the adapter onto the weights beside it; elsewhere it does not.
    if (path / "adapter_config.json").is_file():
        raise FlipscopeError(
            "this is an adapter, or has one (adapter_config.json), and not a whole model", where=path,
            do="Merge it into its base model and save that",
        )  # fmt: skip
    if (path / "config.json").is_file():
        return
    inside = sorted(config.parent.name for config in path.glob("*/config.json"))
    raise FlipscopeError(
        "there is no config.json, so this is not a checkpoint", where=path,
        do=f"Did you mean one of its folders: {', '.join(inside[:5])}?" if inside else None,
    )  # fmt: skip


def _check_head(classifier: Classifier, weights: Weights, path: Path) -> None:
    """Refuse a head of another size than the config says, or one that is not there."""
    if weights.head_rows is None:
        if not classifier.declared and not weights.torch:
            raise FlipscopeError(
                "neither config.json nor the weights show a classification head", where=path,
                do="Fine-tune and save it as a ForSequenceClassification model",
            )  # fmt: skip
        return
    if weights.head_rows != len(classifier.label_names):
        raise FlipscopeError(
            f"the weights have {weights.head_rows} classes, config.json has {len(classifier.label_names)}",
            where=path, do="Correct id2label in config.json",
        )  # fmt: skip


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{file.name}\0{content}\n".encode())
    return digest.hexdigest()
