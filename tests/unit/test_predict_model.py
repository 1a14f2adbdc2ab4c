"""Loading a model, and running it where memory is short."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Checkpoint, open_checkpoint
from flipscope.predict.batches import plan_batches
from flipscope.predict.inputs import distinct_inputs
from flipscope.predict.model import Classifier, load_model
from flipscope.predict.tokens import Tokens, load_tokenizer, tokenise
from flipscope.progress import SilentProgress
from tiny_models import make_checkpoint, make_examples


class Small(torch.nn.Module):
    """Sums token ids, and fails as a full device does on more than `room` tokens."""

    def __init__(self, room: int, error: Callable[[str], RuntimeError]) -> None:
        super().__init__()
        self.room, self.error, self.tried = room, error, []

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None) -> object:
        self.tried.append(input_ids.numel())
        if input_ids.numel() > self.room:
            raise self.error("CUDA out of memory. Tried to allocate 2.00 GiB")
        total = input_ids.sum(1, keepdim=True).float()

        class Output:
            logits = torch.cat([total, -total], 1)

        return Output


def small(room: int, error: Callable[[str], RuntimeError] = torch.OutOfMemoryError) -> Classifier:
    lengths = np.array([5, 4, 4, 3, 2, 2, 1, 1])
    ids = np.arange(lengths.sum(), dtype=np.int32)
    tokens = Tokens(ids, np.append(0, lengths.cumsum()), None, np.zeros(8, bool), 16, 0, False)
    return Classifier(Small(room, error), tokens, "cpu", "small")


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, RuntimeError])
def test_a_batch_too_large_is_halved_until_it_fits(error: type[RuntimeError]) -> None:
    rows = np.arange(8)
    expected = small(1000).logits(rows)
    classifier = small(12, error)
    assert torch.equal(classifier.logits(rows), expected)
    assert classifier.model.tried[0] == 40  # all at once, in vain
    before = len(classifier.model.tried)
    assert torch.equal(classifier.logits(rows), expected)
    # What fits is remembered: the second time nothing fails.
    assert max(classifier.model.tried[before:]) <= 12


def test_one_row_that_does_not_fit_is_told() -> None:
    with pytest.raises(FlipscopeError, match="one input of 5 tokens does not fit"):
        small(4).logits(np.arange(8))


def test_other_errors_are_not_taken_for_a_full_memory() -> None:
    classifier = small(0, lambda message: RuntimeError("sizes differ"))
    with pytest.raises(FlipscopeError, match="sizes differ"):
        classifier.logits(np.arange(8))
    assert classifier.model.tried == [40]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return make_checkpoint(tmp_path / "tiny", ["a good film", "a bad film"])


def test_loading_prints_nothing(checkpoint: Checkpoint, capfd: pytest.CaptureFixture[str]) -> None:
    path = checkpoint.path / "model.safetensors"
    save_file(load_file(path) | {"not.a.weight": torch.zeros(1)}, path, {"format": "pt"})
    load_model(checkpoint, "cpu", "fp32")
    load_tokenizer(checkpoint)
    assert capfd.readouterr() == ("", "")


def test_precision_is_that_of_the_weights(checkpoint: Checkpoint) -> None:
    model = load_model(checkpoint, "cpu", "bf16")
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
    assert not model.training


def test_a_missing_head_is_refused(checkpoint: Checkpoint) -> None:
    path = checkpoint.path / "model.safetensors"
    body = {name: weight for name, weight in load_file(path).items() if "classifier" not in name}
    save_file(body, path, {"format": "pt"})
    with pytest.raises(FlipscopeError, match="classifier") as error:
        load_model(checkpoint, "cpu", "fp32")
    assert "random" in str(error.value)


def test_a_truncated_weights_file_is_told(checkpoint: Checkpoint) -> None:
    path = checkpoint.path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(FlipscopeError, match="cannot be loaded"):
        load_model(checkpoint, "cpu", "fp32")


def test_a_tokenizer_without_words_is_refused(checkpoint: Checkpoint) -> None:
    for name in ("tokenizer.json", "vocab.txt"):
        (checkpoint.path / name).unlink()
    with pytest.raises(FlipscopeError, match="vocabulary"):
        load_tokenizer(checkpoint)


def test_torch_weights_are_loaded_as_weights_only(checkpoint: Checkpoint) -> None:
    weights = checkpoint.path / "model.safetensors"
    expected = load_file(weights)["classifier.weight"]
    torch.save(load_file(weights), checkpoint.path / "pytorch_model.bin")
    weights.unlink()
    opened = open_checkpoint(checkpoint.path, allow_torch_weights=True)
    assert torch.equal(load_model(opened, "cpu", "fp32").classifier.weight, expected)


def test_texts_longer_than_the_model_are_told(checkpoint: Checkpoint) -> None:
    tokens = Tokens(np.ones(65, np.int32), np.array([0, 65]), None, np.zeros(1, bool), 65, 0, False)
    classifier = Classifier(load_model(checkpoint, "cpu", "fp32"), tokens, "cpu", "tiny")
    with pytest.raises(FlipscopeError, match="65 tokens"):
        classifier.logits(np.array([0]))


def test_a_model_without_padding_uses_the_tokenizers(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "gpt2", ["a good film"], family="gpt2")
    path = checkpoint.path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"pad_token_id": None}))
    tokens = Tokens(np.array([5, 6, 7, 8, 9], np.int32), np.array([0, 3, 5]), None, np.zeros(2, bool), 64, 0, False)
    classifier = Classifier(load_model(checkpoint, "cpu", "fp32"), tokens, "cpu", "gpt2")
    together = classifier.logits(np.array([0, 1]))
    alone = torch.cat([classifier.logits(np.array([row])) for row in (0, 1)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)


@pytest.mark.parametrize("threads", [1, 3])
def test_batches_side_by_side_give_what_one_after_the_other_does(checkpoint: Checkpoint, threads: int) -> None:
    texts = [f"a {'good ' * (i % 7)}film" for i in range(40)]
    inputs = distinct_inputs(make_examples(texts))
    with SilentProgress().step("", len(inputs)) as step:
        tokens = tokenise(load_tokenizer(checkpoint), inputs, 64, step)
    classifier = Classifier(load_model(checkpoint, "cpu", "fp32"), tokens, "cpu", "tiny")
    plan = plan_batches(tokens.lengths, 16)
    rows = [plan.rows(i) for i in range(len(plan))]
    assert len(rows) > 3
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    expected = [classifier.logits(part) for part in rows]
    torch.set_num_threads(threads)
    try:
        found = list(classifier.batches(rows))
        assert torch.get_num_threads() == threads  # the caller's setting is his own
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


def test_an_error_in_one_of_several_batches_comes_out() -> None:
    classifier = small(0, lambda message: RuntimeError("sizes differ"))
    with pytest.raises(FlipscopeError, match="sizes differ"):
        list(classifier.batches([np.arange(4), np.arange(4, 8)]))
