"""How long an input of a model may be."""

from __future__ import annotations

import json
from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Pretrained

#: Inputs are cut here unless the user says otherwise, even where a model takes more.
DEFAULT = 512
# Fewer tokens leave no room for words beside the special ones.
_LEAST = 8
# Families whose positions are counted from after the padding token's id, so that as many places are lost.
_OFFSET = {
    "camembert", "data2vec-text", "esm", "ibert", "longformer", "luke", "mpnet", "roberta",
    "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod",
}  # fmt: skip


def max_length(checkpoint: Pretrained, wanted: int | None) -> int:
    """Tokens an input is cut to, told without importing transformers.

    Parameters
    ----------
    checkpoint : Pretrained
        The model.
    wanted : int or None
        What the user asks for; ``None`` for what model and tokenizer allow, at most `DEFAULT`.

    Returns
    -------
    int
        Special tokens included.

    Raises
    ------
    FlipscopeError
        When `wanted` is more than the model has positions for, or either is too few to hold words.
    """
    positions = _positions(checkpoint)
    if positions is not None and positions < _LEAST:
        raise FlipscopeError("config.json leaves no position for a text", where=checkpoint.path)
    if wanted is None:
        return min(DEFAULT, positions or DEFAULT, _tokenizer_length(checkpoint.path))
    if positions is not None and wanted > positions:
        raise FlipscopeError(
            f"inputs of {wanted} tokens are longer than the {positions} this model takes",
            where=checkpoint.name, do=f"Use --max-length {positions} or less",
        )  # fmt: skip
    if wanted < _LEAST:
        raise FlipscopeError(f"a maximal length of {wanted} tokens leaves no room for a text")
    return wanted


def _positions(checkpoint: Pretrained) -> int | None:
    if checkpoint.max_positions is None or checkpoint.model_type not in _OFFSET:
        return checkpoint.max_positions
    pad_id = _read(checkpoint.path / "config.json").get("pad_token_id")
    return checkpoint.max_positions - 1 - (pad_id if type(pad_id) is int and pad_id >= 0 else 1)


def _tokenizer_length(folder: Path) -> int:
    """Return what the tokenizer allows, at most `DEFAULT`, which also stands for anything that makes no sense."""
    path = folder / "tokenizer_config.json"
    length = _read(path).get("model_max_length") if path.is_file() else None
    # transformers writes 1e30 for "no limit"; JSON of Python may also say Infinity or NaN.
    return int(min(length, DEFAULT)) if isinstance(length, int | float) and length >= _LEAST else DEFAULT


def _read(path: Path) -> dict[str, object]:
    return json.loads(path.read_bytes())
