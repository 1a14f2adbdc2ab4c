"""Sentences a second of flipscope's runner, `transformers.pipeline` and a plain loop, in one run.

Everything starts from texts and a loaded model and ends with logits on the host; models have random weights of a
real shape. All ways take turns, so that a busy machine slows all of them; on a CPU compare cpu-seconds.

    python benchmarks/inference.py                                    BERT-base shape, one thread
    python benchmarks/inference.py --shape minilm --rows 800
    python benchmarks/inference.py --device cuda --rows 20000 --batch 32 128 512
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from transformers import BertConfig, BertForSequenceClassification, pipeline
from transformers.utils import logging

from flipscope.data import Examples
from flipscope.open.checkpoint import open_checkpoint
from flipscope.open.table import read_table
from flipscope.predict.batches import plan_batches
from flipscope.predict.cache import Entry, Scores, Shards
from flipscope.predict.inputs import distinct_inputs
from flipscope.predict.model import Classifier
from flipscope.predict.precision import Arithmetic, choose_arithmetic
from flipscope.predict.runner import BUDGET, run_batches
from flipscope.predict.tokens import load_tokenizer, tokenise
from flipscope.progress import SilentProgress

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("FLIPSCOPE_REAL_DATA", ROOT.parent / "shared" / "data"))
SAMPLE = ROOT / "sample_data" / "sentiment"
MAX_LENGTH = 128
SHAPES = {
    "base": {"hidden_size": 768, "num_hidden_layers": 12, "intermediate_size": 3072},
    "minilm": {"hidden_size": 384, "num_hidden_layers": 6, "intermediate_size": 1536},
}
Way = Callable[[], np.ndarray]


def sentences(count: int) -> list[str]:
    """Real sentences in random order: the development set while it lasts, else the training set."""
    folder = REAL / "glue" / "SST-2"
    if not folder.is_dir():
        found = read_table(SAMPLE / "eval.csv")["text"].to_pylist()
    elif count <= 872:
        with (folder / "dev.csv").open(newline="") as file:
            found = [row["sentence"] for row in csv.DictReader(file)]
    else:
        with gzip.open(folder / "train.csv.gz", "rt", newline="") as file:
            found = [row["sentence"] for row in csv.DictReader(file)]
    return random.Random(0).sample(sorted(set(found)), count)


def save_model(folder: Path, shape: str) -> None:
    """Save a random model with a real tokenizer."""
    source = REAL / "checkpoints" / "sst2-old" if REAL.is_dir() else SAMPLE / "old"
    tokenizer = load_tokenizer(open_checkpoint(source))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    # Weights larger than usual, so that answers differ between sentences.
    config = BertConfig(vocab_size=len(tokenizer), num_attention_heads=12, initializer_range=0.1, **SHAPES[shape])
    BertForSequenceClassification(config).save_pretrained(folder)


def flipscope_way(examples: Examples, tokenizer: object, arithmetic: Arithmetic, budget: int) -> np.ndarray:
    inputs = distinct_inputs(examples)
    with SilentProgress().step("", len(inputs)) as step:
        tokens = tokenise(tokenizer, inputs, MAX_LENGTH, step)  # type: ignore[arg-type]
        fast, exact = (
            Classifier(old.model, tokens, old.device, old.name) for old in (arithmetic.fast, arithmetic.exact)
        )
        shards = Shards(Entry(None), plan_batches(tokens.lengths, budget), arithmetic.precision)
        scores = Scores.empty(tokens.truncated, 2)
        run_batches(replace(arithmetic, fast=fast, exact=exact), shards, np.arange(len(shards.plan)), scores, step)
    return scores.logits[inputs.of_example]


def loop_way(texts: list[str], tokenizer: object, model: torch.nn.Module, device: str, size: int) -> np.ndarray:
    results = []
    with torch.inference_mode():
        for start in range(0, len(texts), size):
            encoded = tokenizer(  # type: ignore[operator]
                texts[start : start + size],
                padding=True,
                truncation=True,
                max_length=MAX_LENGTH,
                return_tensors="pt",
            )
            results.append(model(**encoded.to(device)).logits.float().cpu().numpy())
    return np.concatenate(results)


def pipeline_way(pipe: object, texts: list[str], size: int) -> np.ndarray:
    found = pipe(  # type: ignore[operator]
        texts, batch_size=size, top_k=None, function_to_apply="none", truncation=True, max_length=MAX_LENGTH
    )
    by_label = [{answer["label"]: answer["score"] for answer in row} for row in found]
    return np.array([[row["LABEL_0"], row["LABEL_1"]] for row in by_label])


def measure(ways: dict[str, Way], rounds: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Wall and cpu seconds of every way, the best of all rounds, and what it answered."""
    seconds = {name: np.full(2, np.inf) for name in ways}
    answers = {}
    for _ in range(rounds):
        for name, way in ways.items():
            before = time.perf_counter(), time.process_time()
            answers[name] = way()
            took = time.perf_counter() - before[0], time.process_time() - before[1]
            seconds[name] = np.minimum(seconds[name], took)
    return seconds, answers


def show(seconds: dict[str, np.ndarray], answers: dict[str, np.ndarray], exact: np.ndarray, rows: int, by: int) -> None:
    """Print a line a way; ratios are of wall seconds (by = 0) or cpu-seconds (by = 1)."""
    best = min(took[by] for name, took in seconds.items() if name.startswith("pipeline"))
    print(f"{'way':28}{'sentences/s':>12}{'/cpu-s':>9}{'ratio':>8}{'argmax changed':>16}{'logits off by':>15}")
    for name, took in seconds.items():
        changed = int((answers[name].argmax(1) != exact.argmax(1)).sum())
        off = np.abs(answers[name] - exact).max()
        ratio = best / took[by]
        print(f"{name:28}{rows / took[0]:12.1f}{rows / took[1]:9.1f}{ratio:8.2f}{changed:16}{off:15.0e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="base")
    parser.add_argument("--rows", type=int, default=160)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 32], help="batch sizes of the others")
    parser.add_argument("--budget", type=int, nargs="+", help="token budgets of flipscope")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    kind = chosen.device.partition(":")[0]
    budgets = chosen.budget or [BUDGET[kind]]
    texts = sentences(chosen.rows)
    missing = pa.nulls(len(texts), pa.string())
    table = pa.table(
        {"example_id": list(map(str, range(len(texts)))), "text_a": texts, "text_b": missing, "label": missing}
    )
    examples = Examples("sst2", table, ("LABEL_0", "LABEL_1"), None, "", "")
    with tempfile.TemporaryDirectory() as folder:
        save_model(Path(folder), chosen.shape)
        checkpoint = open_checkpoint(Path(folder))
        tokenizer = load_tokenizer(checkpoint)
        inputs = distinct_inputs(examples)
        with SilentProgress().step("", len(inputs)) as step:
            tokens = tokenise(tokenizer, inputs, MAX_LENGTH, step)
        precision = "fp32" if kind == "cpu" else "half"
        arithmetic = choose_arithmetic(checkpoint, tokens, chosen.device, precision, budgets[0])
    model = arithmetic.fast.model
    pipe = pipeline("text-classification", model=model, tokenizer=tokenizer, device=chosen.device)
    largest = max(chosen.batch)
    ways: dict[str, Way] = {
        f"pipeline, batch {size}": lambda size=size: pipeline_way(pipe, texts, size) for size in chosen.batch
    }
    ways[f"loop, batch {largest}"] = lambda: loop_way(texts, tokenizer, model, chosen.device, largest)
    for budget in budgets:
        ways[f"flipscope, {budget:,} tokens"] = lambda budget=budget: flipscope_way(
            examples, tokenizer, arithmetic, budget
        )
    exact = loop_way(texts, tokenizer, arithmetic.exact.model, chosen.device, 1)
    seconds, answers = measure(ways, chosen.rounds)
    lengths = tokens.lengths[inputs.of_example]
    print(
        f"{chosen.shape} shape, {len(texts)} sentences of {lengths.mean():.1f} tokens ({lengths.max()} at most), "
        f"{chosen.device} in {arithmetic.precision}, {chosen.threads} threads; {exact.argmax(1).mean():.0%} in class 1"
    )
    show(seconds, answers, exact, len(texts), by=int(kind == "cpu"))


if __name__ == "__main__":
    main()
