"""Runs models over an evaluation set: every distinct input once, remembered, and resumed when interrupted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.special import softmax

from flipscope.data import Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.open import cache_root
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.labels import align_labels
from flipscope.predict.batches import plan_batches
from flipscope.predict.cache import Entry, Scores, Shards, versions
from flipscope.predict.device import problem_with, resolve
from flipscope.predict.inputs import Inputs, distinct_inputs
from flipscope.predict.length import max_length
from flipscope.predict.model import exact_products, fetch
from flipscope.predict.precision import Arithmetic, choose_arithmetic
from flipscope.predict.tokens import Tokens, load_tokenizer, tokenise
from flipscope.progress import Progress, Step

if TYPE_CHECKING:
    import torch

#: Tokens of a batch, padding included. On a CPU larger batches leave its caches (benchmarks/inference.py).
BUDGET = {"cpu": 1024, "cuda": 32768}
#: Results are kept on disk after so many seconds or rows, whichever comes first.
FLUSH_SECONDS = 2.0
FLUSH_ROWS = 20_000


@dataclass(frozen=True)
class Settings:
    """How models are run.

    Attributes
    ----------
    device : {"auto", "cpu", "cuda", "cuda:i"}
        Where to run; ``auto`` is a CUDA device when there is one.
    precision : {"auto", "fp32", "bf16", "fp16"}
        ``auto`` is fp32 on a CPU, else fp16, or bf16 where fp16 overflows.
    max_length : int or None
        Tokens an input is cut to; ``None`` for what the model allows, at most 512.
    token_budget : int or None
        Tokens of a batch, padding included; ``None`` for what suits the device.
    use_cache : bool
        Answer from, and add to, the cache of all comparisons.
    work_dir : Path or None
        Keeps results when the cache is off, so that an interrupted run resumes; the caller removes it when
        its work is finished. With neither, nothing is kept.
    """

    device: str = "auto"
    precision: str = "auto"
    max_length: int | None = None
    token_budget: int | None = None
    use_cache: bool = True
    work_dir: Path | None = None


class Predictor:
    """Runs models over the same examples and holds what they share: the distinct inputs and their tokens.

    Parameters
    ----------
    examples : Examples
        What to predict.
    settings : Settings
        How.
    progress : Progress
        Where to report to.

    Raises
    ------
    FlipscopeError
        When examples have no text, or a setting is none of those there are.
    """

    def __init__(self, examples: Examples, settings: Settings, progress: Progress) -> None:
        self.examples, self.settings, self.progress = examples, settings, progress
        resolve(settings.device, settings.precision)
        if settings.token_budget is not None and settings.token_budget < 1:
            raise FlipscopeError(f"a token budget of {settings.token_budget} holds no text")
        self._tokens: dict[tuple[str, int], Tokens] = {}

    @cached_property
    def inputs(self) -> Inputs:
        """The distinct inputs; examples without texts have none, and need none as long as no model is run."""
        return distinct_inputs(self.examples)

    def predict(
        self,
        checkpoint: Checkpoint,
        *,
        aliases: Mapping[str, str] | None = None,
        label_names: tuple[str, ...] | None = None,
    ) -> Predictions:
        """Run a model, or answer from what an earlier run has kept.

        Parameters
        ----------
        checkpoint : Checkpoint
            The model.
        aliases : mapping of str to str, optional
            The model's label names to the data's, where they differ.
        label_names : tuple of str, optional
            The classes that it knows, where these are not all of the examples'.

        Returns
        -------
        Predictions
            One row an example in the examples' order, classes in the order of the label names:
            ``example_id``, ``pred``, ``probabilities``, ``logits`` and ``borderline``.

        Raises
        ------
        FlipscopeError
            When the labels do not fit, or the model can't be loaded or run.
        """
        names = label_names or self.examples.label_names
        columns = align_labels(checkpoint.label_names, names, who=checkpoint.name, aliases=aliases)
        length = max_length(checkpoint, self.settings.max_length)
        return self._predictions(checkpoint, self._scores(checkpoint, length), names, columns, length)

    def _scores(self, checkpoint: Checkpoint, length: int) -> Scores:
        device, precision = resolve(self.settings.device, self.settings.precision)
        entry, scores = self._kept(checkpoint, length, precision)
        if scores is None and (problem := problem_with(device)):
            if self.settings.device != "auto":
                raise FlipscopeError(problem, do="Use --device cpu, or a torch and driver that fit the GPU")
            self.progress.say(f"{problem}; running on the CPU")
            device, precision = resolve("cpu", self.settings.precision)
            entry, scores = self._kept(checkpoint, length, precision)
        return scores or self._run(checkpoint, length, device, precision, entry)

    def _kept(self, checkpoint: Checkpoint, length: int, precision: str) -> tuple[Entry, Scores | None]:
        root = cache_root() / "predictions" if self.settings.use_cache else self.settings.work_dir
        entry = Entry(root, checkpoint.fingerprint, self.inputs.digest, str(length), precision)
        scores = entry.read(len(self.inputs), checkpoint.num_labels)
        if scores is not None:
            place = "the cache" if self.settings.use_cache else "the interrupted run"
            self.progress.say(f"{checkpoint.name}: {len(self.examples):,} predictions from {place}")
        return entry, scores

    @exact_products()
    def _run(self, checkpoint: Checkpoint, length: int, device: str, precision: str, entry: Entry) -> Scores:
        tokens = self._tokenised(checkpoint, length)
        budget = self.settings.token_budget or BUDGET[device.partition(":")[0]]
        arithmetic = choose_arithmetic(checkpoint, tokens, device, precision, budget)
        shards = Shards(entry, plan_batches(tokens.lengths, budget), arithmetic.precision)
        scores = Scores.empty(tokens.truncated, checkpoint.num_labels)
        scores.how = {
            "model": checkpoint.name, "device": device, "precision": arithmetic.precision,
            "tau": arithmetic.tau, "max_length": length, "versions": versions(),
        }  # fmt: skip
        done = shards.restore(scores)
        finished = len(shards.plan.rows_of(np.flatnonzero(done)))
        if finished:
            self.progress.say(f"{checkpoint.name}: resuming, {finished:,} of {len(self.inputs):,} rows done earlier")
        with self.progress.step(f"{checkpoint.name}: predicting", len(self.inputs), done=finished) as step:
            run_batches(arithmetic, shards, np.flatnonzero(~done), scores, step)
        entry.finish(scores)
        return scores

    def _tokenised(self, checkpoint: Checkpoint, length: int) -> Tokens:
        key = checkpoint.tokenizer_digest, length
        if key not in self._tokens:
            tokenizer = load_tokenizer(checkpoint)
            with self.progress.step(f"{checkpoint.name}: tokenising", len(self.inputs)) as step:
                self._tokens[key] = tokenise(tokenizer, self.inputs, length, step)
        return self._tokens[key]

    def _predictions(
        self, checkpoint: Checkpoint, scores: Scores, names: tuple[str, ...], columns: list[int], length: int
    ) -> Predictions:
        """Spread the inputs' results over the examples, classes in the order of `names`."""
        of_example = self.inputs.of_example
        logits = scores.logits[of_example][:, columns].astype(np.float64)
        table = pa.table(
            {
                "example_id": self.examples.table["example_id"],
                "pred": pa.array(names, pa.string()).take(pa.array(logits.argmax(axis=1))),
                "probabilities": _fixed_size_list(softmax(logits, axis=1)),
                "logits": _fixed_size_list(logits),
                "borderline": pa.array(scores.borderline[of_example]),
            }
        )
        return Predictions(
            name=checkpoint.name,
            fingerprint=checkpoint.fingerprint,
            label_names=names,
            table=table,
            id_column=self.examples.id_column,
            source=checkpoint.source,
            notes=tuple(_notes(scores, of_example, length)),
        )


def run_batches(arithmetic: Arithmetic, shards: Shards, batches: np.ndarray, scores: Scores, step: Step) -> None:
    """Run batches and fill in their results, kept in shards on the way.

    Parameters
    ----------
    arithmetic : Arithmetic
        What to run them with.
    shards : Shards
        Their plan, and where results are kept.
    batches : numpy.ndarray of int
        Numbers of the batches to run.
    scores : Scores
        Where the results go; changed in place.
    step : Step
        Told the rows of every batch.
    """
    # Results stay on the device until some are worth fetching: every fetch waits for the device.
    waiting: list[int] = []
    pieces: list[torch.Tensor] = []

    def flush() -> None:
        rows = shards.plan.rows_of(np.array(waiting))
        settled = arithmetic.settle(rows, fetch(pieces))
        scores.logits[rows] = settled.logits
        scores.rechecked[rows], scores.borderline[rows] = settled.rechecked, settled.borderline
        shards.write(waiting, scores)
        waiting.clear()
        pieces.clear()

    due = time.monotonic() + FLUSH_SECONDS
    rows_of = [shards.plan.rows(batch) for batch in batches.tolist()]
    with closing(arithmetic.fast.batches(rows_of)) as results:
        for batch, rows, logits in zip(batches.tolist(), rows_of, results, strict=True):
            pieces.append(logits)
            waiting.append(batch)
            if sum(map(len, pieces)) >= FLUSH_ROWS or time.monotonic() >= due:
                flush()
                due = time.monotonic() + FLUSH_SECONDS
            step.advance(len(rows))
    if waiting:
        flush()


def _fixed_size_list(values: np.ndarray) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])


def _notes(scores: Scores, of_example: np.ndarray, length: int) -> Iterator[str]:
    total = len(of_example)
    if cut := int(scores.truncated[of_example].sum()):
        yield f"{cut:,} of {total:,} examples were cut to {length} tokens"
    if scores.how["precision"] != "fp32":
        again = int(scores.rechecked[of_example].sum())
        low = scores.how["precision"]
        yield f"run in {low}; {again:,} of {total:,} examples were close to a tie and run again in fp32"
    if close := int(scores.borderline[of_example].sum()):
        yield f"{close:,} of {total:,} examples are borderline: a tie of the top two classes within rounding"
