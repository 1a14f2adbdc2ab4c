"""Checkpoints small enough to make and run in a test: random weights, a real WordPiece tokenizer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from flipscope.data import Examples
from flipscope.open.checkpoint import Checkpoint, open_checkpoint

# What each family calls its sizes, and the limits of positions and types that it needs.
_SIZES: dict[str, dict[str, Any]] = {
    "bert": {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64},
    "distilbert": {"n_layers": 2, "dim": 32, "n_heads": 2, "hidden_dim": 64},
    "roberta": {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64},
    "gpt2": {"n_layer": 2, "n_embd": 32, "n_head": 2},
    "xlm": {"n_layers": 2, "emb_dim": 32, "n_heads": 2},
    "bart": {
        "encoder_layers": 2,
        "decoder_layers": 2,
        "d_model": 32,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 64,
        "decoder_ffn_dim": 64,
    },
}
_POSITIONS = {"gpt2": "n_positions"}


def make_checkpoint(
    folder: Path,
    texts: Sequence[str],
    labels: Sequence[str] = ("negative", "positive"),
    seed: int = 0,
    *,
    family: str = "bert",
    positions: int = 64,
    **config: Any,
) -> Checkpoint:
    """Save a random classifier of any family, with a tokenizer that knows the words of `texts`."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    make_tokenizer(folder, texts)
    torch.manual_seed(seed)
    known = AutoConfig.for_model(
        family,
        vocab_size=len((folder / "vocab.txt").read_text().splitlines()),
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        # Large enough that rows get answers of their own, not all the same.
        initializer_range=0.5,
        **{"pad_token_id": 0, _POSITIONS.get(family, "max_position_embeddings"): positions},
        **_SIZES[family],
        **config,
    )
    model = AutoModelForSequenceClassification.from_config(known)
    model.save_pretrained(folder)
    return open_checkpoint(folder)


def make_tokenizer(folder: Path, texts: Sequence[str]) -> None:
    """Save a lower-casing WordPiece tokenizer: the words of `texts`, and letters for all others."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = sorted({word for text in texts for word in text.lower().split()})
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = [*dict.fromkeys([*special, *words, *letters, *(f"##{letter}" for letter in letters)])]
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.decoder = decoders.WordPiece()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    settings = {
        "tokenizer_class": "BertTokenizer", "model_max_length": 512, "pad_token": "[PAD]",
        "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def make_examples(
    texts: Sequence[str],
    seconds: Sequence[str] | None = None,
    labels: Sequence[str] = ("negative", "positive"),
) -> Examples:
    """Make an evaluation set without gold labels; ids are the positions."""
    missing = pa.nulls(len(texts), pa.string())
    table = pa.table(
        {
            "example_id": [str(i) for i in range(len(texts))],
            "text_a": pa.array(texts, pa.string()),
            "text_b": missing if seconds is None else pa.array(seconds, pa.string()),
            "label": missing,
        }
    )
    return Examples("tiny", table, tuple(labels), "example_id", "tiny.csv", "0" * 64)
