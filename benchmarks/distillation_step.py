"""How much longer a training step takes when it distils: with the old model's logits cached, and with it run along.

All ways train the same model with the same optimizer, from rows to the optimizer's step. On each batch they take turns
in random order, so that a busy machine slows all of them; a ratio is the median over batches of a way's time over that
of `transformers.Trainer` on the same batch. On a CPU time is processor time. Quote ratios.

    python benchmarks/distillation_step.py                            one thread, batches of 32
    python benchmarks/distillation_step.py --steps 40 --batch 16
    python benchmarks/distillation_step.py --device cuda --steps 200
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
)
from transformers.utils import logging

from flipscope.mitigate import Distillation, DistillationTrainer
from flipscope.mitigate.distill.distillation import GATES

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("FLIPSCOPE_REAL_DATA", ROOT.parent / "shared" / "data"))
GOAL = 1.15
CONVENTIONAL, LIVE = "conventional", "all, old model run along"
Rows = list[dict[str, Any]]
Step = Callable[[Rows], None]


def random_rows(count: int) -> Rows:
    """Sentences of about the lengths of SST-2's."""
    draw = random.Random(0)
    return [
        {"input_ids": [draw.randrange(1000, 30_000) for _ in range(draw.randint(5, 45))], "label": draw.randrange(2)}
        for _ in range(count)
    ]


def real_rows(count: int) -> Rows:
    tokenizer = AutoTokenizer.from_pretrained(REAL / "checkpoints" / "sst2-new")
    with (REAL / "glue" / "SST-2" / "dev.csv").open(newline="") as file:
        found = random.Random(0).sample([*csv.DictReader(file)], count)
    ids = tokenizer([row["sentence"] for row in found], truncation=True, max_length=128)["input_ids"]
    return [{"input_ids": each, "label": int(row["label"])} for each, row in zip(ids, found, strict=True)]


def collate(rows: Rows) -> dict[str, torch.Tensor]:
    """Pad a batch; the same work for all but the column of the old model."""
    ids = [torch.tensor(row["input_ids"]) for row in rows]
    padded = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True)
    batch = {"input_ids": padded, "attention_mask": (padded != 0).long()}
    batch["labels"] = torch.tensor([row["label"] for row in rows])
    if "teacher_logits" in rows[0]:
        batch["teacher_logits"] = torch.tensor([row["teacher_logits"] for row in rows])
    return batch


def ways(student: torch.nn.Module, teacher: torch.nn.Module, folder: str, device: str) -> dict[str, Step]:
    """All ways to take a step, on one model and one optimizer."""
    args = TrainingArguments(folder, report_to=[], use_cpu=device == "cpu")
    optimizer = torch.optim.AdamW(student.parameters(), lr=1e-5)

    def take(trainer: Trainer, rows: Rows, live: bool = False) -> None:
        batch = collate(rows)
        if live:
            with torch.no_grad():
                inputs = {name: batch[name].to(device) for name in ("input_ids", "attention_mask")}
                batch["teacher_logits"] = teacher(**inputs).logits
        trainer.current_gradient_accumulation_steps = 1  # as the training loop does
        trainer.training_step(student, batch)
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    plain = Trainer(student, args)
    found: dict[str, Step] = {
        CONVENTIONAL: lambda rows: take(plain, [{"input_ids": r["input_ids"], "label": r["label"]} for r in rows])
    }
    distillations = {gate: Distillation(gate=gate) for gate in GATES if gate != "none"}
    distillations["all, logits"] = Distillation(gate="all", distance="logits")
    distillations["old_correct, max_nfr"] = Distillation(max_nfr=0.02)
    for name, distillation in distillations.items():
        trainer = DistillationTrainer(student, args, distillation=distillation)
        found[name] = lambda rows, trainer=trainer: take(trainer, rows)  # type: ignore[misc]
    running = DistillationTrainer(student, args, distillation=distillations["all"])
    found[LIVE] = lambda rows: take(running, rows, live=True)
    return found


def measure(steps: dict[str, Step], batches: list[Rows], device: str) -> dict[str, np.ndarray]:
    """Seconds of each way on each batch; the first batch warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    order = random.Random(1)
    clock = time.process_time if device == "cpu" else time.perf_counter
    for rows in batches:
        for name in order.sample([*steps], len(steps)):
            before = clock()
            steps[name](rows)
            if device != "cpu":
                torch.cuda.synchronize()
            seconds[name].append(clock() - before)
    return {name: np.array(took[1:]) for name, took in seconds.items()}


def report(what: str, student: torch.nn.Module, teacher: torch.nn.Module, rows: Rows, chosen: Any) -> None:
    student.to(chosen.device)
    teacher.to(chosen.device).eval()
    generator = torch.Generator().manual_seed(0)
    rows = [{**row, "teacher_logits": torch.randn(2, generator=generator).tolist()} for row in rows]
    batches = [rows[start : start + chosen.batch] for start in range(0, len(rows), chosen.batch)]
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(ways(student, teacher, folder, chosen.device), batches, chosen.device)
    print(f"{what}: {len(batches) - 1} batches of {chosen.batch}, {chosen.device}, {chosen.threads} threads")
    print(f"{'step':28}{'median ms':>11}{'ratio':>8}{'middle half':>16}")
    for name, took in seconds.items():
        low, middle, high = np.quantile(took / seconds[CONVENTIONAL], (0.25, 0.5, 0.75))
        print(f"{name:28}{1000 * np.median(took):11.1f}{middle:8.3f}{low:9.3f} to{high:6.3f}")
    cached = max(
        float(np.median(took / seconds[CONVENTIONAL]))
        for name, took in seconds.items()
        if name not in (CONVENTIONAL, LIVE)
    )
    print(f"cached, at most: {cached:.3f} (goal: {GOAL})\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20, help="batches that are measured, at most 26 real ones")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    count = (chosen.steps + 1) * chosen.batch
    shape = BertConfig(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)
    student, teacher = (BertForSequenceClassification(shape) for _ in range(2))
    report("6 layers of 384, random weights; old model of the same shape", student, teacher, random_rows(count), chosen)
    if REAL.is_dir():
        checkpoints = [REAL / "checkpoints" / name for name in ("sst2-new", "sst2-old")]
        student, teacher = (
            AutoModelForSequenceClassification.from_pretrained(each, dtype=torch.float32) for each in checkpoints
        )
        report("sst2-new, old model sst2-old, real sentences", student, teacher, real_rows(min(count, 872)), chosen)


if __name__ == "__main__":
    main()
