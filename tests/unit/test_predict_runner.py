"""From texts to predictions: as one by one, once each, remembered, and resumed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from flipscope.data import Predictions
from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Checkpoint, open_checkpoint
from flipscope.predict import precision, runner
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import SilentProgress, Step
from tiny_models import make_checkpoint, make_examples

WORDS = [
    "the", "film", "was", "a", "good", "bad", "long", "story", "with", "and", "of", "not", "never", "great",
    "dull", "actors", "plot", "i", "saw", "it", "twice",
]  # fmt: skip
LABELS = ("negative", "positive")
CPU = Settings(device="cpu", token_budget=64)


def sentences(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(1, 20))) for _ in range(count)]


TEXTS = sentences(60, 1)
SECONDS = sentences(60, 2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checkpoint]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "old": make_checkpoint(folder / "old", WORDS, LABELS, seed=1),
        "new": make_checkpoint(folder / "new", WORDS, LABELS, seed=2),
        "reversed": make_checkpoint(folder / "reversed", WORDS, LABELS[::-1], seed=1),
        "three": make_checkpoint(folder / "three", WORDS, ("x", "y", "z"), seed=3),
        "distilbert": make_checkpoint(folder / "distilbert", WORDS, LABELS, seed=1, family="distilbert"),
        "roberta": make_checkpoint(folder / "roberta", WORDS, LABELS, seed=1, family="roberta"),
        "gpt2": make_checkpoint(folder / "gpt2", WORDS, LABELS, seed=1, family="gpt2"),
    }


class Recorder(SilentProgress):
    """Notes what is told, and stops the work after some batches."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.said: list[str] = []
        self.steps: list[tuple[str, int, int]] = []
        self.left = stop_after

    def say(self, message: str) -> None:
        self.said.append(message)

    @contextmanager
    def step(self, name: str, total: int, unit: str = "rows", done: int = 0) -> Iterator[Step]:
        self.steps.append((name, total, done))
        predicting = name.endswith("predicting")
        recorder = self

        class Counted:
            def advance(self, done: int) -> None:
                if predicting and recorder.left is not None:
                    recorder.left -= 1
                    if recorder.left < 0:
                        raise KeyboardInterrupt

        yield Counted()


@pytest.fixture
def rows_run(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of every batch that goes through a model."""
    seen: list[int] = []
    load = precision.load_model

    def counting(*args: str) -> torch.nn.Module:
        model = load(*args)
        model.register_forward_pre_hook(
            lambda module, given, named: seen.append(len(named["input_ids"])), with_kwargs=True
        )
        return model

    monkeypatch.setattr(precision, "load_model", counting)
    return seen


def logits(found: Predictions) -> np.ndarray:
    return np.array(found.table["logits"].to_pylist())


def one_by_one(checkpoint: Checkpoint, texts: list[str], seconds: list[str] | None = None) -> np.ndarray:
    tokenizer = AutoTokenizer.from_pretrained(checkpoint.path)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint.path).eval()
    rows = []
    with torch.no_grad():
        for pair in zip(texts, seconds, strict=True) if seconds else ((text,) for text in texts):
            encoded = tokenizer(*pair, return_tensors="pt", truncation=True, max_length=60)
            if model.config.model_type == "distilbert":
                encoded.pop("token_type_ids")
            rows.append(model(**encoded).logits[0].numpy())
    return np.array(rows)


@pytest.mark.parametrize("family", ["old", "distilbert", "roberta", "gpt2"])
@pytest.mark.parametrize("seconds", [None, SECONDS])
def test_answers_are_those_of_a_plain_loop(made: dict[str, Checkpoint], family: str, seconds: list[str] | None) -> None:
    checkpoint = made[family]
    settings = replace(CPU, max_length=60)
    found = Predictor(make_examples(TEXTS, seconds), settings, Recorder()).predict(checkpoint)
    expected = one_by_one(checkpoint, TEXTS, seconds)
    np.testing.assert_allclose(logits(found), expected, atol=1e-4)
    assert found.table["pred"].to_pylist() == [LABELS[i] for i in expected.argmax(1)]
    assert len(set(found.table["pred"].to_pylist())) == 2  # the model has something to say
    probabilities = torch.softmax(torch.tensor(expected).double(), 1).numpy()
    np.testing.assert_allclose(found.table["probabilities"].to_pylist(), probabilities, atol=1e-5)
    assert found.table["example_id"].to_pylist() == [str(i) for i in range(60)]


def test_shuffling_changes_no_bit(made: dict[str, Checkpoint]) -> None:
    order = random.Random(5).sample(range(60), 60)
    settings = replace(CPU, use_cache=False)
    found = Predictor(make_examples(TEXTS, SECONDS), settings, Recorder()).predict(made["old"])
    examples = make_examples([TEXTS[i] for i in order], [SECONDS[i] for i in order])
    shuffled = Predictor(examples, settings, Recorder()).predict(made["old"])
    assert np.array_equal(logits(shuffled), logits(found)[order])


def test_duplicates_are_run_once(made: dict[str, Checkpoint], rows_run: list[int]) -> None:
    distinct = sorted(set(TEXTS))
    found = Predictor(make_examples(TEXTS * 3 + distinct), CPU, Recorder()).predict(made["old"])
    assert sum(rows_run) == len(distinct)
    assert np.array_equal(logits(found)[:60], logits(found)[60:120])


def test_the_cache_answers_without_the_weights(made: dict[str, Checkpoint], tmp_path: Path) -> None:
    checkpoint = replace(made["old"], path=shutil.copytree(made["old"].path, tmp_path / "copy"), name="new")
    first = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(checkpoint)
    (checkpoint.path / "model.safetensors").unlink()
    progress = Recorder()
    again = Predictor(make_examples(TEXTS), CPU, progress).predict(replace(checkpoint, name="other"))
    assert again.table.equals(first.table)
    assert progress.said == ["other: 60 predictions from the cache"]
    assert progress.steps == []


def test_other_weights_inputs_lengths_or_precision_are_run(
    made: dict[str, Checkpoint], rows_run: list[int], tmp_path: Path
) -> None:
    def rows(checkpoint: Checkpoint, texts: list[str] = TEXTS, **settings: object) -> int:
        before = sum(rows_run)
        Predictor(make_examples(texts), replace(CPU, **settings), Recorder()).predict(checkpoint)
        return sum(rows_run) - before

    assert rows(made["old"]) == 60
    assert rows(made["old"]) == 0
    assert rows(made["new"]) == 60
    assert rows(made["old"], TEXTS[:50]) == 50
    assert rows(made["old"], max_length=12) > 0
    assert rows(made["old"], precision="bf16") >= 120
    assert rows(made["old"], use_cache=False) == 60
    changed = shutil.copytree(made["old"].path, tmp_path / "changed")
    raw = bytearray((changed / "model.safetensors").read_bytes())
    raw[-1] ^= 1
    (changed / "model.safetensors").write_bytes(raw)
    assert rows(open_checkpoint(changed)) == 60


@pytest.mark.parametrize("use_cache", [True, False])
def test_an_interrupted_run_goes_on(
    made: dict[str, Checkpoint],
    rows_run: list[int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    use_cache: bool,
) -> None:
    settings = replace(CPU, use_cache=use_cache, work_dir=tmp_path / "work")
    whole = Predictor(make_examples(TEXTS), replace(CPU, use_cache=False), Recorder()).predict(made["old"])
    monkeypatch.setattr(runner, "FLUSH_SECONDS", 0)  # a shard a batch
    rows_run.clear()
    with pytest.raises(KeyboardInterrupt):
        Predictor(make_examples(TEXTS), settings, Recorder(stop_after=5)).predict(made["old"])
    begun = sum(rows_run)
    rows_run.clear()
    progress = Recorder()
    # The data may have been shuffled meanwhile.
    found = Predictor(make_examples(TEXTS[::-1]), settings, progress).predict(made["old"])
    done = 60 - sum(rows_run)
    assert 0 < done <= begun < 60  # batches that ran side by side with the one that stopped may be lost
    assert progress.said == [f"old: resuming, {done} of 60 rows done earlier"]
    assert progress.steps[-1] == ("old: predicting", 60, done)
    assert np.array_equal(logits(found)[::-1], logits(whole))
    rows_run.clear()
    again = Predictor(make_examples(TEXTS[::-1]), settings, Recorder()).predict(made["old"])
    assert (sum(rows_run), again.table.equals(found.table)) == (0, True)


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from contextlib import contextmanager
from pathlib import Path
from flipscope.open.checkpoint import open_checkpoint
from flipscope.predict import runner
from flipscope.progress import SilentProgress
from tiny_models import make_examples

class Killer(SilentProgress):
    @contextmanager
    def step(self, name, total, unit="rows", done=0):
        class Step:
            batches = 0
            def advance(self, done):
                self.batches += 1
                if name.endswith("predicting") and self.batches == {kill_at}:
                    os.kill(os.getpid(), signal.SIGKILL)
        yield Step()

runner.FLUSH_SECONDS = 0
settings = runner.Settings(device="cpu", token_budget=64)
runner.Predictor(make_examples({texts!r}), settings, Killer()).predict(open_checkpoint(Path({path!r})))
print("torch" in sys.modules, "transformers" in sys.modules)
"""


def run_apart(checkpoint: Checkpoint, kill_at: int) -> subprocess.CompletedProcess[str]:
    code = KILLED.format(tests=str(Path(__file__).parents[1]), texts=TEXTS, path=str(checkpoint.path), kill_at=kill_at)
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)


@pytest.mark.slow
def test_a_killed_run_goes_on_and_a_hit_never_imports_torch(made: dict[str, Checkpoint], rows_run: list[int]) -> None:
    whole = Predictor(make_examples(TEXTS), replace(CPU, use_cache=False), Recorder()).predict(made["old"])
    assert run_apart(made["old"], kill_at=4).returncode == -signal.SIGKILL
    rows_run.clear()
    found = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(made["old"])
    assert 0 < sum(rows_run) < 60
    assert np.array_equal(logits(found), logits(whole))
    finished = run_apart(made["old"], kill_at=-1)
    assert (finished.stdout, finished.returncode) == ("False False\n", 0), finished.stderr


def test_classes_are_in_the_order_of_the_data(made: dict[str, Checkpoint]) -> None:
    straight = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(made["old"])
    swapped = Predictor(make_examples(TEXTS, labels=LABELS[::-1]), CPU, Recorder()).predict(made["old"])
    assert swapped.label_names == ("positive", "negative")
    assert swapped.table["pred"].equals(straight.table["pred"])
    assert np.array_equal(logits(swapped), logits(straight)[:, ::-1])
    # The same weights under reversed names answer the opposite.
    other = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(made["reversed"])
    assert other.table["pred"].to_pylist() == [
        LABELS[1 - LABELS.index(name)] for name in straight.table["pred"].to_pylist()
    ]


def test_labels_that_do_not_fit_are_refused_before_anything_runs(made: dict[str, Checkpoint]) -> None:
    progress = Recorder()
    with pytest.raises(FlipscopeError, match="labels"):
        Predictor(make_examples(TEXTS), CPU, progress).predict(made["three"])
    assert progress.steps == []


def test_three_classes_and_aliases(made: dict[str, Checkpoint]) -> None:
    examples = make_examples(TEXTS, labels=("z", "why", "x"))
    found = Predictor(examples, CPU, Recorder()).predict(made["three"], aliases={"y": "why"})
    expected = one_by_one(made["three"], TEXTS)
    assert found.table["pred"].to_pylist() == [("x", "why", "z")[i] for i in expected.argmax(1)]


def test_two_models_share_their_tokens(made: dict[str, Checkpoint], monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = runner.load_tokenizer
    monkeypatch.setattr(runner, "load_tokenizer", lambda checkpoint: loaded.append(checkpoint.name) or load(checkpoint))
    predictor = Predictor(make_examples(TEXTS), CPU, Recorder())
    for name in ("old", "new", "distilbert"):
        predictor.predict(made[name])
    assert loaded == ["old"]


def test_texts_that_were_cut_are_counted_by_example(made: dict[str, Checkpoint]) -> None:
    long = " ".join(WORDS)
    examples = make_examples(["good film", long, long])
    first = Predictor(examples, replace(CPU, max_length=10), Recorder()).predict(made["old"])
    assert first.notes == ("2 of 3 examples were cut to 10 tokens",)
    cached = Predictor(examples, replace(CPU, max_length=10), Recorder()).predict(made["old"])
    assert cached.notes == first.notes


@pytest.mark.parametrize("low", ["bf16", "fp16"])
def test_lower_precision_changes_no_answer(made: dict[str, Checkpoint], rows_run: list[int], low: str) -> None:
    full = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(made["old"])
    rows_run.clear()
    found = Predictor(make_examples(TEXTS), replace(CPU, precision=low), Recorder()).predict(made["old"])
    assert found.table["pred"].equals(full.table["pred"])
    assert 0 < np.abs(logits(found) - logits(full)).max() < 1
    again = sum(rows_run) - 3 * 60  # the sample in both precisions, and all rows
    assert found.notes == (f"run in {low}; {again} of 60 examples were close to a tie and run again in fp32",)


def test_overflow_in_fp16_is_told_or_avoided(made: dict[str, Checkpoint], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = shutil.copytree(made["old"].path, tmp_path / "large")
    weights = load_file(path / "model.safetensors")
    weights["classifier.weight"] *= 1e6  # beyond fp16's 65,504, within bf16's range
    save_file(weights, path / "model.safetensors", {"format": "pt"})
    large = open_checkpoint(path)
    with pytest.raises(FlipscopeError, match="overflows in fp16"):
        Predictor(make_examples(TEXTS), replace(CPU, precision="fp16"), Recorder()).predict(large)
    tokens = Predictor(make_examples(TEXTS), CPU, Recorder())._tokenised(large, 64)
    assert precision.choose_arithmetic(large, tokens, "cpu", "half", 64).precision == "bf16"


def test_a_tie_is_borderline(made: dict[str, Checkpoint], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = shutil.copytree(made["old"].path, tmp_path / "tied")
    weights = load_file(path / "model.safetensors")
    for name in ("classifier.weight", "classifier.bias"):
        weights[name][1] = weights[name][0]
    save_file(weights, path / "model.safetensors", {"format": "pt"})
    found = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(open_checkpoint(path))
    assert found.table["borderline"].to_pylist() == [True] * 60
    assert found.notes == ("60 of 60 examples are borderline: a tie of the top two classes within rounding",)


def test_a_cuda_device_that_is_not_there_is_told(made: dict[str, Checkpoint]) -> None:
    with pytest.raises(FlipscopeError, match="cannot be used"):
        Predictor(make_examples(TEXTS), replace(CPU, device="cuda:99"), Recorder()).predict(made["old"])


def test_a_driver_that_torch_cannot_use_is_no_hindrance(
    made: dict[str, Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flipscope.predict import device

    monkeypatch.setattr(device, "_cuda_is_likely", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    expected = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(made["old"])
    progress = Recorder()
    found = Predictor(make_examples(TEXTS), replace(CPU, device="auto"), progress).predict(made["old"])
    assert found.table.equals(expected.table)
    assert "running on the CPU" in progress.said[0]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", ["auto", "fp32", "bf16"])
def test_a_gpu_gives_the_same_answers(made: dict[str, Checkpoint], name: str) -> None:
    expected = Predictor(make_examples(TEXTS), CPU, Recorder()).predict(made["old"])
    settings = Settings(device="cuda", precision=name, token_budget=64)
    found = Predictor(make_examples(TEXTS), settings, Recorder()).predict(made["old"])
    assert found.table["pred"].equals(expected.table["pred"])
