"""Texts as token ids: one flat buffer, tokenised once for all models with the same tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Pretrained
from flipscope.predict.inputs import Inputs
from flipscope.predict.messages import first_line, quiet_transformers
from flipscope.progress import Step

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Enough for the Rust tokenizer to use all cores, few enough to keep Python's lists small.
_CHUNK = 4096


@dataclass(frozen=True)
class Tokens:
    """Tokenised inputs.

    Attributes
    ----------
    ids : numpy.ndarray of int32, shape (tokens,)
        Token ids of all inputs, one after the other.
    offsets : numpy.ndarray of int64, shape (inputs + 1,)
        Input ``i`` has the ids ``offsets[i]`` to ``offsets[i + 1]``.
    type_ids : numpy.ndarray of int32 or None
        Which text each token belongs to, for tokenizers that tell.
    truncated : numpy.ndarray of bool, shape (inputs,)
        Whether the input was longer than allowed.
    max_length : int
        How long an input may be.
    pad_id : int or None
        What the tokenizer fills short rows with: its padding token, else its end-of-text token.
    pads_left : bool
        Whether the tokenizer fills on the left.
    """

    ids: np.ndarray
    offsets: np.ndarray
    type_ids: np.ndarray | None
    truncated: np.ndarray
    max_length: int
    pad_id: int | None
    pads_left: bool

    @property
    def lengths(self) -> np.ndarray:
        """Number of tokens of each input (int64)."""
        return np.diff(self.offsets)


def load_tokenizer(checkpoint: Pretrained) -> PreTrainedTokenizerBase:
    """Load a checkpoint's tokenizer, the fast (Rust) one where there is one; no code of its own is run.

    Raises
    ------
    FlipscopeError
        When it can't be loaded, or knows no words.
    """
    from transformers import AutoTokenizer

    with quiet_transformers():
        try:
            tokenizer = AutoTokenizer.from_pretrained(
                str(checkpoint.path), trust_remote_code=False, use_fast=True, local_files_only=True
            )
        # transformers raises all kinds of errors on broken files, and each means the same to people.
        except Exception as error:
            raise FlipscopeError(
                f"the tokenizer cannot be loaded ({first_line(error)})", where=checkpoint.path,
                do="Save it again beside the model with tokenizer.save_pretrained",
            ) from error  # fmt: skip
    # With its vocabulary missing, transformers makes a tokenizer that turns every word into [UNK].
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise FlipscopeError("the tokenizer has no vocabulary", where=checkpoint.path)
    return tokenizer


def tokenise(tokenizer: PreTrainedTokenizerBase, inputs: Inputs, max_length: int, step: Step) -> Tokens:
    """Tokenise all inputs, cut to `max_length` tokens with the special ones, the longer of two texts first.

    Raises
    ------
    FlipscopeError
        When an input has no tokens at all.
    """
    ids: list[np.ndarray] = []
    types: list[np.ndarray] = []
    lengths: list[np.ndarray] = []
    truncated = np.zeros(len(inputs), bool)
    for start in range(0, len(inputs), _CHUNK):
        part = slice(start, start + _CHUNK)
        texts = [column[part].to_pylist() for column in (inputs.text_a, inputs.text_b) if column is not None]
        encoded = _encode(tokenizer, texts, truncation=True, max_length=max_length)
        lengths.append(np.fromiter(map(len, encoded["input_ids"]), np.int64))
        ids.append(_flat(encoded["input_ids"]))
        if "token_type_ids" in encoded:
            types.append(_flat(encoded["token_type_ids"]))
        truncated[part] = _were_longer(tokenizer, texts, lengths[-1], max_length)
        step.advance(len(texts[0]))
    offsets = np.concatenate([[0], *lengths]).cumsum()
    if (np.diff(offsets) == 0).any():
        empty = inputs.text_a[int(np.argmin(np.diff(offsets)))].as_py()
        raise FlipscopeError(f"the text {empty!r} has no tokens for this model", do="Leave such examples out")
    pad_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return Tokens(
        np.concatenate(ids), offsets, np.concatenate(types) if types else None, truncated,
        max_length, pad_id, tokenizer.padding_side == "left",
    )  # fmt: skip


def _encode(tokenizer: PreTrainedTokenizerBase, texts: list[list[str]], **cut: Any) -> Any:
    return tokenizer(*texts, return_attention_mask=False, verbose=False, **cut)


def _flat(lists: list[list[int]]) -> np.ndarray:
    return np.fromiter(chain.from_iterable(lists), np.int32)


def _were_longer(
    tokenizer: PreTrainedTokenizerBase, texts: list[list[str]], lengths: np.ndarray, max_length: int
) -> np.ndarray:
    """Which inputs were cut: among those that fill the whole length, the ones that are longer in full."""
    full = np.flatnonzero(lengths >= max_length)
    longer = np.zeros(len(lengths), bool)
    if len(full):
        whole = _encode(tokenizer, [[column[i] for i in full] for column in texts], truncation=False)
        longer[full] = [len(ids) > max_length for ids in whole["input_ids"]]
    return longer
