"""What ``auto`` means, and how long inputs may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Checkpoint
from flipscope.predict import device
from flipscope.predict.device import problem_with, resolve
from flipscope.predict.length import max_length


@pytest.mark.parametrize(
    ("likely", "asked", "expected"),
    [
        (False, ("auto", "auto"), ("cpu", "fp32")),
        (True, ("auto", "auto"), ("cuda", "half")),
        (True, ("cpu", "auto"), ("cpu", "fp32")),
        (True, ("auto", "fp32"), ("cuda", "fp32")),
        (False, ("cuda:1", "auto"), ("cuda:1", "half")),
        (False, ("cpu", "bf16"), ("cpu", "bf16")),
    ],
)
def test_auto(monkeypatch: pytest.MonkeyPatch, likely: bool, asked: tuple[str, str], expected: tuple[str, str]) -> None:
    monkeypatch.setattr(device, "_cuda_is_likely", lambda: likely)
    assert resolve(*asked) == expected


@pytest.mark.parametrize(
    ("likely", "visible", "expected"),
    [
        (False, None, ["cpu"]),
        (True, "0,3", ["cuda:0", "cuda:1", "cpu"]),
        (True, None, ["cuda:0", "cpu"]),
    ],
)
def test_devices_that_are_there(monkeypatch, likely, visible, expected) -> None:
    monkeypatch.setattr(device, "_cuda_is_likely", lambda: likely)
    monkeypatch.setattr(device.Path, "glob", lambda *_: iter(["one"]))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert device.devices() == expected


@pytest.mark.parametrize("asked", [("tpu", "auto"), ("cuda:x", "auto"), ("cpu", "int8")])
def test_unknown_names_are_refused(asked: tuple[str, str]) -> None:
    with pytest.raises(FlipscopeError, match="there is no"):
        resolve(*asked)


def test_a_device_that_is_not_there_is_a_problem() -> None:
    assert problem_with("cpu") is None
    assert "cuda:99" in (problem_with("cuda:99") or "")


def checkpoint(
    folder: Path, model_type: str, positions: int | None, pad_id: int = 1, tokenizer: float = 1e30
) -> Checkpoint:
    (folder / "config.json").write_text(json.dumps({"pad_token_id": pad_id}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": tokenizer}))
    return Checkpoint(
        name="m", path=folder, source="m", fingerprint="", tokenizer_digest="", architecture="",
        model_type=model_type, label_names=("a", "b"), parameters=None, max_positions=positions,
    )  # fmt: skip


def test_length_is_what_model_and_tokenizer_allow(tmp_path: Path) -> None:
    assert max_length(checkpoint(tmp_path, "bert", 512), None) == 512
    assert max_length(checkpoint(tmp_path, "bert", 40), None) == 40
    assert max_length(checkpoint(tmp_path, "bert", 8192), None) == 512
    assert max_length(checkpoint(tmp_path, "xlnet", None), None) == 512
    assert max_length(checkpoint(tmp_path, "bert", 512, tokenizer=256), None) == 256
    # Positions of RoBERTa are counted from after the padding token's: 514 hold 512 tokens.
    assert max_length(checkpoint(tmp_path, "roberta", 514), None) == 512
    assert max_length(checkpoint(tmp_path, "roberta", 66), None) == 64


def test_length_asked_for(tmp_path: Path) -> None:
    assert max_length(checkpoint(tmp_path, "bert", 2048), 1024) == 1024
    assert max_length(checkpoint(tmp_path, "bert", 512, tokenizer=128), 512) == 512
    with pytest.raises(FlipscopeError, match="longer than the 512"):
        max_length(checkpoint(tmp_path, "bert", 512), 513)
    with pytest.raises(FlipscopeError, match="no room"):
        max_length(checkpoint(tmp_path, "bert", 512), 2)
