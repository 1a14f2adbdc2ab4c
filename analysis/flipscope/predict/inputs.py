"""The distinct inputs of an evaluation set: each is run once, whatever the order and number of its rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples
from flipscope.errors import FlipscopeError


@dataclass(frozen=True)
class Inputs:
    """Distinct texts, or pairs of texts, in canonical (byte) order.

    Attributes
    ----------
    text_a : pyarrow.LargeStringArray
        First texts.
    text_b : pyarrow.LargeStringArray or None
        Second texts; ``None`` for single texts.
    of_example : numpy.ndarray of int64, shape (examples,)
        Which input each example is.
    digest : str
        SHA-256 (hex) of the texts: equal for equal sets of inputs, however the examples are ordered.
    """

    text_a: pa.LargeStringArray
    text_b: pa.LargeStringArray | None
    of_example: np.ndarray
    digest: str

    def __len__(self) -> int:
        return len(self.text_a)


def distinct_inputs(examples: Examples) -> Inputs:
    """Find the distinct inputs of an evaluation set.

    Raises
    ------
    FlipscopeError
        When an example has no text, or only some have a second one.
    """
    text_a, text_b = _texts(examples, "text_a"), _texts(examples, "text_b")
    if text_a.null_count:
        raise FlipscopeError(
            "there are examples without a text, which a model cannot be run on", where=examples.source,
            do="Give the data with their texts, or compare files of predictions only",
        )  # fmt: skip
    if 0 < text_b.null_count < len(text_b):
        raise FlipscopeError("some examples have a second text and some have none", where=examples.source)
    pairs = text_b.null_count == 0 and len(text_b) > 0
    codes, _ = _ranks(text_a)
    if pairs:
        second, count = _ranks(text_b)
        codes = codes * count + second
    _, first, of_example = np.unique(codes, return_index=True, return_inverse=True)
    text_a, text_b = text_a.take(pa.array(first)), text_b.take(pa.array(first)) if pairs else None
    return Inputs(text_a, text_b, of_example, _digest(text_a, text_b))


def _texts(examples: Examples, column: str) -> pa.LargeStringArray:
    # Large strings hold more than 2 GiB of text in one array.
    chunks = examples.table[column].cast(pa.large_string())
    return pa.concat_arrays(chunks.chunks) if chunks.num_chunks else pa.array([], pa.large_string())


def _ranks(texts: pa.LargeStringArray) -> tuple[np.ndarray, int]:
    """Each text's rank among the distinct ones, in byte order, and how many distinct ones there are."""
    encoded = texts.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[encoded.indices.to_numpy()], len(order)


def _digest(*columns: pa.LargeStringArray | None) -> str:
    digest = hashlib.sha256()
    for texts in columns:
        if texts is None:
            digest.update(b"none")
            continue
        # The lengths say where each text ends, so that no two lists of texts give the same bytes.
        digest.update(pc.binary_length(texts).to_numpy().astype("<i8").tobytes())
        digest.update("".join(texts.to_pylist()).encode())
    return digest.hexdigest()
