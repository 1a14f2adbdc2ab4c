"""Tiny checkpoints that look real to everything but a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

CONFIG: dict[str, Any] = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "id2label": {"0": "negative", "1": "positive"},
    "max_position_embeddings": 64,
}
TENSORS = {
    "bert.embeddings.weight": np.arange(12, dtype=np.float32).reshape(6, 2),
    "classifier.weight": np.ones((2, 2), dtype=np.float32),
    "classifier.bias": np.zeros(2, dtype=np.float32),
}
TOKENIZER = {"version": "1.0", "truncation": None, "padding": None, "model": {"vocab": {"a": 0, "b": 1}}}


def make_checkpoint(folder: Path, tensors: dict[str, np.ndarray] | None = None, **config: Any) -> Path:
    """Write a checkpoint of 18 parameters; keywords change its config (None takes a key out)."""
    folder.mkdir(parents=True, exist_ok=True)
    merged = {key: value for key, value in (CONFIG | config).items() if value is not None}
    (folder / "config.json").write_text(json.dumps(merged))
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    save_file(TENSORS if tensors is None else tensors, folder / "model.safetensors")
    return folder


def shard(folder: Path) -> Path:
    """Split the weights of a checkpoint into two shards with an index."""
    (folder / "model.safetensors").unlink()
    names = list(TENSORS)
    files = {names[0]: "model-00001-of-00002.safetensors"}
    files |= dict.fromkeys(names[1:], "model-00002-of-00002.safetensors")
    for file in set(files.values()):
        save_file({name: TENSORS[name] for name in names if files[name] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": files}))
    return folder
