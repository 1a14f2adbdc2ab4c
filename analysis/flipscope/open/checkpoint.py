"""A model's checkpoint, opened safely: validated and fingerprinted without running anything it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
