"""A model's checkpoint, opened safely: validated and fingerprinted without running anything it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.open import tokenizer_files
from flipscope.open.config_file import Classifier, read_classifier
from flipscope.open.weights import Weights, find_weights


@dataclass(frozen=True)
class Checkpoint:
    """A sequence-classification checkpoint on disk, validated and ready to be loaded.

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
    num_labels : int
        Number of classes, at least 2.
    label_names : tuple of str
        Class names in the order of the model's outputs; may be generic (``LABEL_0`` ...).
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
    num_labels: int
    label_names: tuple[str, ...]
    parameters: int | None
    max_positions: int | None
    torch_weights: bool = False


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
    path = Path(path)
    _check_folder(path)
    try:
        classifier = read_classifier(path)
        weights = find_weights(path, allow_torch=allow_torch_weights)
        tokenizer = tokenizer_files.find(path)
        _check_head(classifier, weights, path)
        fingerprint = _fingerprint([path / "config.json", *weights.files, *tokenizer])
        tokenizer_digest = tokenizer_files.digest(path, tokenizer)
    except OSError as error:
        raise FlipscopeError(f"cannot be read: {error.strerror or error}", where=error.filename or path) from error
    return Checkpoint(
        name=name or path.resolve().name,
        path=path,
        source=source or str(path),
        fingerprint=fingerprint,
        tokenizer_digest=tokenizer_digest,
        architecture=classifier.architecture,
        model_type=classifier.model_type,
        num_labels=len(classifier.label_names),
        label_names=classifier.label_names,
        parameters=weights.parameters,
        max_positions=classifier.max_positions,
        torch_weights=weights.torch,
    )


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
