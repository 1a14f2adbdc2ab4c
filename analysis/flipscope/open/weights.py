"""A checkpoint's weight files: found, complete, and safe to load."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError
from flipscope.open.config_file import is_plain_name, read_object

_SAFE, _TORCH = "model.safetensors", "pytorch_model.bin"
_HEADER_LIMIT = 100_000_000  # bytes; the format's own limit
_MOST = 1 << 63  # no size, and no offset, reaches it
_AGAIN = "Copy or download it again"
# The last layer of the heads of transformers' ForSequenceClassification models.
_OUTPUT = re.compile(
    r"(?:classifier|score|classifier\.out_proj|classification_head\.out_proj|logits_proj)\.(?:weight|bias)"
)


@dataclass(frozen=True)
class Weights:
    """The weight files of a checkpoint.

    Attributes
    ----------
    files : tuple of Path
        All files that hold weights, and the index of shards where there is one.
    parameters : int or None
        Number of values, as the safetensors headers count them.
    head_rows : int or None
        Number of outputs of the classification head, where it is one that is known.
    torch : bool
        Whether the files are PyTorch's pickles.
    """

    files: tuple[Path, ...]
    parameters: int | None
    head_rows: int | None
    torch: bool = False


def find_weights(folder: Path, *, allow_torch: bool) -> Weights:
    """Find the weights of a checkpoint and check that they are complete.

    Parameters
    ----------
    folder : Path
        The checkpoint.
    allow_torch : bool
        Accept PyTorch's pickled weights where there are no safetensors.

    Raises
    ------
    FlipscopeError
        When there are none, some are missing or truncated, or they are pickles that were not allowed.
    """
    if files := _listed(folder, _SAFE):
        return _read_headers(files)
    if not (files := _listed(folder, _TORCH)):
        raise FlipscopeError(
            "there are no weights (model.safetensors)", where=folder, do="Save the model with save_pretrained"
        )
    if not allow_torch:
        raise FlipscopeError(
            f"the weights are a pickle ({files[0].name}), which can hold code", where=folder,
            do="Convert them to safetensors, or, if you trust their author, pass --allow-torch-weights",
        )  # fmt: skip
    return Weights(tuple(files), None, None, torch=True)


def _listed(folder: Path, name: str) -> list[Path]:
    """Return the single file of weights, else the index and the shards it lists, else nothing."""
    if (folder / name).is_file():
        return [folder / name]
    index = folder / f"{name}.index.json"
    if not index.is_file():
        return []
    shards = read_object(index).get("weight_map")
    if not isinstance(shards, dict) or not shards:
        raise FlipscopeError("weight_map is missing, so the shards are unknown", where=index)
    names = sorted({str(shard) for shard in shards.values()})
    for shard in names:
        if not is_plain_name(shard):
            raise FlipscopeError(f"the shard {shard!r} is not a plain file name", where=index)
    if missing := [shard for shard in names if not (folder / shard).is_file()]:
        raise FlipscopeError(
            f"{len(missing)} of {len(names)} files of weights are missing, first {missing[0]}",
            where=folder,
            do=_AGAIN,
        )
    return [index, *(folder / shard for shard in names)]


def _read_headers(files: list[Path]) -> Weights:
    parameters, head_rows = 0, None
    for file in files:
        if file.suffix != ".safetensors":
            continue
        for name, tensor in read_header(file).items():
            parameters += math.prod(tensor["shape"])
            if is_output_layer(name) and len(tensor["shape"]) == 2:
                head_rows = tensor["shape"][0]
    return Weights(tuple(files), parameters, head_rows)


def is_output_layer(name: str) -> bool:
    """Whether a tensor of this name has a row for each class, in any of the heads that are known."""
    return _OUTPUT.fullmatch(name) is not None


def read_header(path: Path) -> dict[str, dict[str, Any]]:
    """Read what a safetensors file says about itself: 8 bytes of length, JSON, then the values.

    Returns
    -------
    dict of str to dict
        By tensor name: ``dtype``, ``shape`` and ``data_offsets``, checked against the size of the file.

    Raises
    ------
    FlipscopeError
        When it is no whole safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if start == b"version ":
            raise FlipscopeError("this is a Git LFS pointer, not the weights", where=path, do="Run git lfs pull")
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > min(_HEADER_LIMIT, size - 8):
            raise FlipscopeError("this is not a safetensors file, or it is truncated", where=path, do=_AGAIN)
        header = file.read(length)
    try:
        tensors = {name: tensor for name, tensor in json.loads(header).items() if name != "__metadata__"}
        ends = [_tensor_end(tensor) for tensor in tensors.values()]
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError) as error:
        raise FlipscopeError("the header of this safetensors file is damaged", where=path, do=_AGAIN) from error
    wanted = 8 + length + max(ends, default=0)
    if size != wanted:
        what = "is truncated" if size < wanted else "has bytes that belong to no tensor"
        raise FlipscopeError(f"the file {what}: it has {size:,} bytes of {wanted:,}", where=path, do=_AGAIN)
    return tensors


def _tensor_end(tensor: dict[str, Any]) -> int:
    """Return where a tensor's values end; raise where its description makes no sense."""
    begin, end = tensor["data_offsets"]
    dims = [*tensor["shape"], begin, end]
    if not all(type(number) is int and 0 <= number < _MOST for number in dims):
        raise ValueError("bad shape or offsets")
    if 8 * (end - begin) != math.prod(tensor["shape"]) * _bits(tensor["dtype"]):
        raise ValueError("shape and offsets differ")
    return end


def _bits(dtype: str) -> int:
    """Return the size of a value: a type's name says its bits, as in F32, BF16, F8_E4M3 or F4."""
    if dtype == "BOOL":
        return 8
    if (match := re.match(r"[A-Z]+(\d{1,2})", dtype)) is None:
        raise ValueError("bad dtype")
    return int(match[1])
