"""Train, store and run the tiny models of the sample data (BERT, from scratch, one thread)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save
from sample_texts.common import Row, Shape
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertTokenizerFast,
)

MAX_LENGTH = 128
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tokenizer_of(folder: Path, rows: Sequence[Row], vocabulary: int) -> BertTokenizerFast:
    """Take the tokenizer a checkpoint already has, else train one.

    The trainer of the tokenizers library breaks ties at random, so a model is only made a second time alike
    with the vocabulary of the first.
    """
    if (folder / "tokenizer.json").is_file():
        return BertTokenizerFast.from_pretrained(folder)
    return train_tokenizer(rows, vocabulary)


def train_tokenizer(rows: Sequence[Row], vocabulary: int) -> BertTokenizerFast:
    """Learn a lower-case WordPiece vocabulary from the texts of these rows."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary, min_frequency=2, special_tokens=_SPECIAL, show_progress=False
    )
    tokenizer.train_from_iterator((text for row in rows for text in row.texts), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    return BertTokenizerFast(tokenizer_object=tokenizer, do_lower_case=True, model_max_length=MAX_LENGTH)


def train_model(
    rows: Sequence[Row], tokenizer: BertTokenizerFast, label_names: Sequence[str], shape: Shape
) -> BertForSequenceClassification:
    """Train a classifier from scratch with AdamW and a rate that rises for a while, then falls to zero."""
    torch.manual_seed(shape.seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=2 * shape.hidden,
        max_position_embeddings=MAX_LENGTH,
        hidden_dropout_prob=shape.dropout,
        attention_probs_dropout_prob=shape.dropout,
        id2label=dict(enumerate(label_names)),
        label2id={name: index for index, name in enumerate(label_names)},
        initializer_range=shape.hidden**-0.5,
        dtype="float32",
    )
    model = BertForSequenceClassification(config).train()
    _look_for_repeats(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=shape.rate, weight_decay=0.01)
    steps = shape.epochs * -(-len(rows) // shape.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, shape.rate, total_steps=steps, pct_start=0.1)
    order = random.Random(shape.seed)
    for _ in range(shape.epochs):
        for batch in _batches(rows, shape.batch, order):
            labels = torch.tensor([config.label2id[row.label] for row in batch])
            loss = model(**_encode(tokenizer, batch), labels=labels).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return model.eval()


@torch.no_grad()
def _look_for_repeats(model: BertForSequenceClassification) -> None:
    """Start attention on tokens like the one that asks, so that pairs of texts are learnt without pretraining."""
    model.bert.embeddings.position_embeddings.weight.mul_(0.2)
    for layer in model.bert.encoder.layer[:1]:
        attention = layer.attention.self
        attention.key.weight.copy_(attention.query.weight)


def _batches(rows: Sequence[Row], size: int, order: random.Random) -> list[list[Row]]:
    """Return shuffled batches of rows of like length, so that little is padded."""
    shuffled = sorted(order.sample(rows, len(rows)), key=lambda row: sum(map(len, row.texts)) // 16)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    order.shuffle(batches)
    return batches


def _encode(tokenizer: BertTokenizerFast, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
    columns = [list(column) for column in zip(*(row.texts for row in rows), strict=True)]
    return dict(tokenizer(*columns, padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt"))


def save_checkpoint(model: BertForSequenceClassification, tokenizer: BertTokenizerFast, folder: Path) -> None:
    """Write a checkpoint whose weights are stored in half precision and load in single."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(folder)
    weights = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
    (folder / "model.safetensors").write_bytes(save(weights, metadata={"format": "pt"}))


@torch.inference_mode()
def predict(folder: Path, rows: Sequence[Row]) -> tuple[tuple[str, ...], list[list[float]]]:
    """Load a checkpoint and run it over rows, in single precision.

    Returns
    -------
    label_names : tuple of str
        In the order of the model's outputs.
    probabilities : list of list of float
        A row per example, in the order of ``label_names``; each sums to 1.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    names = tuple(name for _, name in sorted(model.config.id2label.items()))
    probabilities: list[list[float]] = []
    for start in range(0, len(rows), 64):
        logits = model(**_encode(tokenizer, rows[start : start + 64])).logits
        probabilities += logits.double().softmax(-1).tolist()
    return names, probabilities
