"""From tokens to words: what a model reads are tokens, and those of two models need not be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.explain.subject import Word

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from flipscope.predict.tokens import Tokens


@dataclass(frozen=True)
class PlacedTokens:
    """The tokens of one example, and where each stands in its texts.

    Attributes
    ----------
    ids : numpy.ndarray of int32, shape (tokens,)
        Token ids, special ones included.
    type_ids : numpy.ndarray of int32 or None
        Which text each belongs to, for tokenizers that tell.
    field : numpy.ndarray of int, shape (tokens,)
        0 for tokens of the first text, 1 for those of the second, -1 for special tokens ([CLS], </s>).
    places : numpy.ndarray of int, shape (tokens, 2)
        First character in its text, and the one after the last; spaces around may be included.
    """

    ids: np.ndarray
    type_ids: np.ndarray | None
    field: np.ndarray
    places: np.ndarray

    def as_tokens(self, tokenizer: PreTrainedTokenizerBase, max_length: int) -> Tokens:
        """Give them as one input of a model."""
        from flipscope.predict.tokens import Tokens

        pad_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        return Tokens(
            self.ids, np.array([0, len(self.ids)]), self.type_ids, np.zeros(1, bool), max_length, pad_id, False
        )


@dataclass(frozen=True)
class Alignment:
    """Which tokens make up which words.

    Attributes
    ----------
    token, word : numpy.ndarray of int, shape (links,)
        A token and a word that it is part of; a token that spans several words has several links.
    share : numpy.ndarray of float64, shape (links,)
        The part of the token that goes to the word: by the characters of each; 1 in all for each linked token.
    tokens, words : int
        How many there are of each.
    """

    token: np.ndarray
    word: np.ndarray
    share: np.ndarray
    tokens: int
    words: int

    @property
    def read(self) -> np.ndarray:
        """Whether a word has any token, bool of shape (words,): not when the text was cut before it."""
        return np.bincount(self.word, minlength=self.words) > 0

    def merge(self, scores: np.ndarray) -> tuple[np.ndarray, float]:
        """Sum scores of tokens over words.

        Parameters
        ----------
        scores : numpy.ndarray of float, shape (tokens,)
            One a token.

        Returns
        -------
        words : numpy.ndarray of float64, shape (words,)
            0 for words without a token.
        rest : float
            The scores of tokens that are part of no word: special ones, and mere spaces. With it, the sum is that
            over the tokens.
        """
        linked = np.bincount(self.token, minlength=self.tokens) > 0
        merged = np.bincount(self.word, weights=scores[self.token] * self.share, minlength=self.words)
        return merged, float(scores[~linked].sum())


def place_tokens(tokenizer: PreTrainedTokenizerBase, text_a: str, text_b: str | None, max_length: int) -> PlacedTokens:
    """Tokenise one example just as for predictions, and keep where each token stands.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerBase
        A fast one.
    text_a, text_b : str, and str or None
        The texts.
    max_length : int
        Tokens that it is cut to.

    Raises
    ------
    FlipscopeError
        When the tokenizer can't tell where tokens stand, or the text has none.
    """
    if not tokenizer.is_fast:
        raise FlipscopeError(
            f"{type(tokenizer).__name__} can't tell where its tokens stand in the text", where=tokenizer.name_or_path,
            do="Save it with a fast tokenizer (tokenizer.json), or look at the probes alone (--method none)",
        )  # fmt: skip
    texts = [text_a] if text_b is None else [text_a, text_b]
    encoded = tokenizer(
        *texts, truncation=True, max_length=max_length, return_offsets_mapping=True, return_attention_mask=False,
        verbose=False,
    )  # fmt: skip
    if not encoded["input_ids"]:
        raise FlipscopeError(f"the text {text_a!r} has no tokens for this model")
    types = encoded.get("token_type_ids")
    return PlacedTokens(
        ids=np.array(encoded["input_ids"], np.int32),
        type_ids=None if types is None else np.array(types, np.int32),
        field=np.array([-1 if field is None else field for field in encoded.sequence_ids(0)]),
        places=np.array(encoded["offset_mapping"]).reshape(-1, 2),
    )


def align(tokens: PlacedTokens, words: Sequence[Word]) -> Alignment:
    """Find which tokens make up which words.

    Parameters
    ----------
    tokens : PlacedTokens
        All tokens of an example.
    words : sequence of Word
        All its words, in reading order.

    Notes
    -----
    A token belongs to the words that it shares characters with, so that it does not matter which of its spaces a
    tokenizer counts in, nor whether it changes case or accents. One of mere spaces, as SentencePiece puts before a word
    that it has no piece for, belongs to the word right after it.
    """
    links: list[tuple[int, int, float]] = []
    for field, name in enumerate("ab"):
        numbers = [number for number, word in enumerate(words) if word.field == name]
        starts = np.array([words[number].start for number in numbers], int)
        ends = np.array([words[number].end for number in numbers], int)
        for token in np.flatnonzero(tokens.field == field).tolist():
            start, end = tokens.places[token].tolist()
            first, after = np.searchsorted(ends, start, "right"), np.searchsorted(starts, end, "left")
            shared = np.minimum(ends[first:after], end) - np.maximum(starts[first:after], start)
            if shared.sum() > 0:
                shares = (shared / shared.sum()).tolist()
                links += [(token, numbers[first + i], share) for i, share in enumerate(shares)]
            elif start < end and end in starts[first : first + 1]:
                links.append((token, numbers[first], 1.0))
    table = np.array(links, float).reshape(-1, 3)
    token, word = table[:, :2].astype(int).T
    return Alignment(token, word, table[:, 2], len(tokens.ids), len(words))
