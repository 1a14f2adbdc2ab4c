"""A large made-up comparison for benchmarks: four tasks, texts of about 20 words, 3 % negative flips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flipscope.data import Examples, Predictions
from flipscope.store.folder import write_comparison
from flipscope.store.tables import TaskData

#: Label names by task; the last two have pairs of texts.
TASKS = {
    "sentiment": ("negative", "positive"),
    "topic": ("business", "science", "sport", "world"),
    "paraphrase": ("not_equivalent", "equivalent"),
    "entailment": ("entailment", "neutral", "contradiction"),
}
_PAIRS = ("paraphrase", "entailment")
_CAPABILITIES = ("Coreference", "Fairness", "Logic", "NER", "Negation", "Robustness", "SRL", "Temporal", "Vocabulary")
_SOURCES = ("forum", "mail", "news", "phone", "web")
# Shares of both right, negative flips, positive flips, both wrong.
_OUTCOMES = (0.78, 0.03, 0.08, 0.11)
_VOCABULARY = 8_000
_BATCH = 100_000


def write_large(out: Path, rows: int) -> None:
    """Write a comparison of `rows` examples through flipscope's own writer."""
    share = rows // len(TASKS)
    write_comparison(out, [make_task(name, share, seed) for seed, name in enumerate(TASKS)])


def make_task(name: str, rows: int, seed: int) -> TaskData:
    """Make one task's evaluation set and both models' answers."""
    random, labels = np.random.default_rng(seed), TASKS[name]
    label = random.integers(len(labels), size=rows)
    ids = pa.array(np.arange(rows)).cast(pa.string())
    capability = random.integers(len(_CAPABILITIES), size=rows)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "example_id": ids,
        "text_a": pa.chunked_array(_texts(random, rows)),
        "text_b": pa.chunked_array(_texts(random, rows)) if name in _PAIRS else pa.nulls(rows, pa.string()),
        "label": pa.array(labels).take(pa.array(label)),
        "capability": pa.array(_CAPABILITIES).take(pa.array(capability)),
        "source": pa.array(_SOURCES).take(pa.array(random.integers(len(_SOURCES), size=rows))),
        "length": pa.array(random.integers(3, 60, size=rows)),
    }
    outcome = random.choice(len(_OUTCOMES), size=rows, p=_OUTCOMES)
    right = {"old": outcome <= 1, "new": outcome % 2 == 0}
    answers = {model: _answers(model, random, ids, label, right[model], labels) for model in right}
    examples = Examples(name, pa.table(columns), labels, "example_id", f"{name}.parquet", f"{seed:064d}")
    return TaskData(examples, answers)


def _texts(random: np.random.Generator, rows: int) -> Iterator[pa.Array]:
    """Write texts of 12 to 28 words, a few words much more often than most."""
    syllables = np.array(["ba", "ker", "lo", "min", "ta", "ri", "son", "du", "vel", "ka", "pre", "ing"])
    parts = syllables[random.integers(len(syllables), size=(_VOCABULARY, 3))]
    words = pa.array(["".join(part[: 1 + number % 3]) for number, part in enumerate(parts)])
    for start in range(0, rows, _BATCH):
        lengths = random.integers(12, 29, size=min(_BATCH, rows - start))
        codes = (_VOCABULARY * random.random(int(lengths.sum())) ** 3).astype(np.int32)
        offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
        yield pc.binary_join(pa.ListArray.from_arrays(offsets, words.take(pa.array(codes))), " ")


def _answers(
    model: str, random: np.random.Generator, ids: pa.Array, label: np.ndarray, right: np.ndarray,
    labels: tuple[str, ...],
) -> Predictions:  # fmt: skip
    """Make a model's answers: right where asked, with some confidence between a tie and certainty."""
    rows, classes = len(label), len(labels)
    pred = np.where(right, label, (label + random.integers(1, classes, size=rows)) % classes)
    confidence = 1 / classes + (1 - 1 / classes) * random.random(rows)
    probabilities = np.repeat(((1 - confidence) / (classes - 1))[:, None], classes, axis=1)
    probabilities[np.arange(rows), pred] = confidence
    columns: Mapping[str, pa.Array] = {
        "example_id": ids,
        "pred": pa.array(labels).take(pa.array(pred)),
        "probabilities": pa.FixedSizeListArray.from_arrays(pa.array(probabilities.ravel()), classes),
    }
    fingerprint = ("a" if model == "old" else "b") * 64
    return Predictions(model, fingerprint, labels, pa.table(columns), "example_id", f"{model}.parquet")
