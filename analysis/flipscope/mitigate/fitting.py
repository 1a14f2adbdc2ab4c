"""Fine-tuning itself: a `Training` becomes a model. Imports torch and transformers."""

from __future__ import annotations

import gc
import inspect
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from safetensors import SafetensorError
from torch import nn
from transformers import (
    DataCollatorWithPadding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from flipscope.errors import FlipscopeError
from flipscope.mitigate.distill.trainer import TEACHER_COLUMN, DistillationTrainer
from flipscope.mitigate.spec import TrainingSpec
from flipscope.mitigate.start import load_start, own_random_numbers
from flipscope.mitigate.training import Training, training_device
from flipscope.open.labels import class_numbers
from flipscope.predict.inputs import distinct_inputs
from flipscope.predict.length import max_length
from flipscope.predict.messages import first_line, quiet_transformers
from flipscope.predict.model import is_out_of_memory
from flipscope.predict.tokens import Tokens, tokenise
from flipscope.progress import SilentProgress, Step

_LOG_EVERY = 0.05  # of all steps


@dataclass(frozen=True)
class Fitted:
    """A trained model, and how it went; see `TrainingRecord`."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    device: str
    seconds: float
    step_seconds: float
    steps: int
    history: list[tuple[int, float]]
    outcome: dict[str, float]

    def save(self, folder: Path) -> None:
        """Write an ordinary checkpoint.

        Raises
        ------
        OSError
            When the disk takes no more.
        """
        with quiet_transformers():
            try:
                self.model.save_pretrained(folder)
                self.tokenizer.save_pretrained(folder)
            except SafetensorError as error:  # in which safetensors wraps those of the system
                raise OSError(first_line(error)) from error


def fit(training: Training, folder: Path, step: Step, device: str) -> Fitted:
    """Train; parameters and errors as in `flipscope.mitigate.training.trained`. Nothing is written into the folder.

    Random numbers, threads and settings of torch that others depend on are left as they are.
    """
    device = training_device(device, training.spec.precision)
    with own_random_numbers(), quiet_transformers(), _without_launcher():
        try:
            return _fit(training, _arguments(training, folder, device), step)
        except (IndexError, RuntimeError) as error:
            raise _problem(error, training, device) from error
        finally:
            # Trainer and model refer to each other; a GPU would be full of such pairs before Python looks for them.
            gc.collect()


def _fit(training: Training, arguments: TrainingArguments, step: Step) -> Fitted:
    model, tokenizer = load_start(training.start, training.examples.label_names, training.seed)
    rows = _rows(training, model, tokenizer)
    watch = _Watch(step, training.examples_seen)
    trainer = DistillationTrainer(
        model=model,
        args=arguments,
        train_dataset=rows,
        data_collator=DataCollatorWithPadding(tokenizer),
        callbacks=[watch],
        distillation=training.distillation,
    )
    trainer.remove_callback(PrinterCallback)  # standard output is for results
    # Batches of one step are averaged whether the model is distilled or not, so that the learning rate means the same.
    trainer.model_accepts_loss_kwargs = False
    began = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - began
    history = [(entry["step"], entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    device = "cpu" if arguments.use_cpu else torch.cuda.get_device_name()
    steps = len(watch.durations)
    return Fitted(model, tokenizer, device, seconds, median(watch.durations), steps, history, trainer.outcome)


@contextmanager
def _without_launcher() -> Iterator[None]:
    """Hide what ``accelerate launch`` puts into the environment: precision and batches are the spec's alone."""
    hidden = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("ACCELERATE_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _problem(error: Exception, training: Training, device: str) -> FlipscopeError:
    """Say what went wrong in a training, in the reader's words."""
    if isinstance(error, RuntimeError) and is_out_of_memory(error):
        return FlipscopeError(
            f"the training does not fit into the memory of {device}", where=training.name,
            do="Lower batch_size, and raise gradient_accumulation as much",
        )  # fmt: skip
    return FlipscopeError(
        f"the model can't be trained ({first_line(error)})", where=training.name,
        do="Check that model and tokenizer belong together and that the model takes as many texts as a row has; "
        "lower max_length",
    )  # fmt: skip


def _arguments(training: Training, folder: Path, device: str) -> TrainingArguments:
    spec: TrainingSpec = training.spec
    try:
        arguments = TrainingArguments(
            str(folder),  # the Trainer makes it, if it isn't there
            per_device_train_batch_size=spec.batch_size,
            gradient_accumulation_steps=spec.gradient_accumulation,
            num_train_epochs=spec.epochs,
            learning_rate=spec.learning_rate,
            weight_decay=spec.weight_decay,
            warmup_steps=spec.warmup,  # below 1, a share
            lr_scheduler_type="linear",
            bf16=spec.precision == "bf16",
            fp16=spec.precision == "fp16",
            seed=training.seed,
            data_seed=training.seed,
            use_cpu=device == "cpu",
            dataloader_pin_memory=device != "cpu",
            remove_unused_columns=False,
            save_strategy="no",
            logging_steps=_LOG_EVERY,
            report_to="none",
            disable_tqdm=True,
        )
    except ValueError as error:  # such as a GPU that can't compute in this precision
        raise FlipscopeError(first_line(error), where=training.name) from error
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1  # several would each take a batch, so that as many GPUs would decide the result
    return arguments


def _rows(training: Training, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> _Rows:
    """Tokenise the examples as they are when the model answers."""
    examples, checkpoint = training.examples, training.start.checkpoint
    inputs = distinct_inputs(examples)
    with SilentProgress().step("tokenising", len(inputs)) as silent:
        tokens = tokenise(tokenizer, inputs, max_length(checkpoint, training.spec.max_length), silent)
    embedding = model.get_input_embeddings()
    if isinstance(embedding, nn.Embedding) and tokens.ids.max() >= embedding.num_embeddings:
        raise FlipscopeError(
            f"the tokenizer knows tokens that the model does not, which has {embedding.num_embeddings:,}",
            where=checkpoint.path, do="Save the tokenizer that the model was trained with beside it",
        )  # fmt: skip
    gold = class_numbers(examples.table["label"], examples.label_names)
    logits = training.logits.logits if training.logits is not None and training.distils else None
    types = "token_type_ids" in inspect.signature(model.forward).parameters
    return _Rows(tokens, inputs.of_example, gold, logits, types)


@dataclass(frozen=True)
class _Rows:
    """Training rows as the Trainer takes them."""

    tokens: Tokens
    of_example: np.ndarray
    gold: np.ndarray
    logits: np.ndarray | None
    types: bool

    def __len__(self) -> int:
        return len(self.gold)

    def __getitem__(self, row: int) -> dict[str, object]:
        at = self.of_example[row]
        part = slice(self.tokens.offsets[at], self.tokens.offsets[at + 1])
        given: dict[str, object] = {"input_ids": self.tokens.ids[part].tolist(), "labels": int(self.gold[row])}
        if self.types and self.tokens.type_ids is not None:
            given["token_type_ids"] = self.tokens.type_ids[part].tolist()
        if self.logits is not None:
            given[TEACHER_COLUMN] = self.logits[row].tolist()
        return given


class _Watch(TrainerCallback):
    """Tells the examples that are done, and times the steps."""

    def __init__(self, step: Step, examples: int) -> None:
        self._step, self._examples, self._told = step, examples, 0
        self._last = 0.0
        self.durations: list[float] = []

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        self._last = time.perf_counter()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        now = time.perf_counter()
        self.durations.append(now - self._last)
        self._last = now
        done = round(self._examples * state.global_step / state.max_steps)
        self._step.advance(done - self._told)
        self._told = done
