"""Checkpoints between two others, against NumPy on the tensors of the files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from flipscope.errors import FlipscopeError
from flipscope.mitigate.interpolation import interpolate
from flipscope.open.checkpoint import open_checkpoint
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import SilentProgress
from tiny_models import make_checkpoint, make_examples

TEXTS = ["a fine film", "no fun at all", "it was what it was", "fine fun"]
Tensors = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_checkpoint(folder / "old", TEXTS, ("negative", "positive"), seed=1)
    make_checkpoint(folder / "new", TEXTS, ("negative", "positive"), seed=2)
    make_checkpoint(folder / "turned", TEXTS, ("Positive", "neutral", "Negative"), seed=3)
    return folder


@pytest.fixture
def models(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "models"))


def tensors(folder: Path) -> Tensors:
    return load_file(folder / "model.safetensors")


def change(folder: Path, edit: Callable[[Tensors], object]) -> None:
    found = tensors(folder)
    edit(found)
    save_file(found, folder / "model.safetensors", metadata={"format": "pt"})


def configure(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_every_tensor_is_the_weighted_mean(models: Path) -> None:
    interpolate(models / "old", models / "new", 0.3, models / "out")
    old, new, out = (tensors(models / name) for name in ("old", "new", "out"))
    assert out.keys() == new.keys()
    for name in new:
        np.testing.assert_allclose(out[name], 0.3 * old[name] + 0.7 * new[name], rtol=1e-5, atol=1e-7, err_msg=name)
        assert not np.array_equal(out[name], new[name]) or np.array_equal(old[name], new[name])


def test_weights_of_0_and_1_give_the_models_themselves(models: Path) -> None:
    for weight, name in ((0, "new"), (1, "old")):
        interpolate(models / "old", models / "new", weight, models / "out")
        out, same = tensors(models / "out"), tensors(models / name)
        assert all(np.array_equal(out[key], same[key]) for key in same)
    interpolate(models / "old", models / "new", 0, models / "out")
    assert open_checkpoint(models / "out").fingerprint == open_checkpoint(models / "new").fingerprint


def test_the_result_opens_and_predicts(models: Path) -> None:
    (models / "new" / "evil.py").write_text("raise SystemExit")
    (models / "new" / "training.json").write_text("{}")
    interpolate(str(models / "old"), str(models / "new"), 0.5, str(models / "deep" / "out"))
    found = open_checkpoint(models / "deep" / "out")
    assert sorted(path.name for path in found.path.iterdir()) == [
        "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
    ]  # fmt: skip
    predictor = Predictor(make_examples(TEXTS), Settings(device="cpu", use_cache=False), SilentProgress())
    assert np.isfinite(predictor.predict(found).table["logits"].to_pylist()).all()


def test_rows_of_the_head_follow_their_class(models: Path) -> None:
    interpolate(models / "old", models / "turned", 0.25, models / "out")
    old, new, out = (tensors(models / name) for name in ("old", "turned", "out"))
    for name in ("classifier.weight", "classifier.bias"):
        expected = np.stack(
            [0.25 * old[name][1] + 0.75 * new[name][0], new[name][1], 0.25 * old[name][0] + 0.75 * new[name][2]]
        )
        np.testing.assert_allclose(out[name], expected, rtol=1e-5, atol=1e-7)
        assert np.array_equal(out[name][1], new[name][1])  # to the bit: the old model has none
    assert open_checkpoint(models / "out").label_names == ("Positive", "neutral", "Negative")


def test_dtypes_and_whole_numbers_are_those_of_the_new_model(models: Path) -> None:
    def add(number: int) -> Callable[[Tensors], object]:
        return lambda found: found.update({"bert.embeddings.position_ids": np.full((1, 64), number)})

    def half(found: Tensors) -> None:
        for name in found:
            found[name] = found[name].astype(np.float16)

    change(models / "new", half)
    change(models / "new", add(7))
    change(models / "old", add(8))
    interpolate(models / "old", models / "new", 0.5, models / "out")
    old, new, out = (tensors(models / name) for name in ("old", "new", "out"))
    assert (out["bert.embeddings.position_ids"] == 7).all()
    name = "bert.pooler.dense.weight"
    expected = (0.5 * old[name] + 0.5 * new[name].astype(np.float32)).astype(np.float16)
    assert out[name].dtype == np.float16
    assert np.array_equal(out[name], expected)


def test_bfloat16_and_shards(models: Path) -> None:
    import torch
    from safetensors.torch import load_file as load
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(models / "new", dtype=torch.bfloat16)
    (models / "new" / "model.safetensors").unlink()
    model.save_pretrained(models / "new", max_shard_size="20KB")
    assert len(list((models / "new").glob("model-*.safetensors"))) > 1
    interpolate(models / "old", models / "new", 1, models / "out")
    out, old = load(models / "out" / "model.safetensors"), load(models / "old" / "model.safetensors")
    assert out.keys() == old.keys()
    assert all(torch.equal(out[name], old[name].to(torch.bfloat16)) for name in old)
    assert not (models / "out" / "model.safetensors.index.json").exists()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda old, new: change(new, lambda found: found.pop("bert.pooler.dense.bias")),
            "only the old model has a tensor bert.pooler.dense.bias",
        ),
        (
            lambda old, new: change(old, lambda found: found.pop("bert.pooler.dense.bias")),
            "1 of the model's weights are not in the file, bert.pooler.dense.bias among them",
        ),
        (
            lambda old, new: change(new, lambda found: found.update({"odd.bias": np.zeros(2, np.float32)})),
            "only this model has a tensor odd.bias",
        ),
        (
            lambda old, new: make_checkpoint(old, TEXTS, positions=32),
            "tensor bert.embeddings.position_embeddings.weight has another shape: 32 x 32 and 64 x 32",
        ),
        (
            lambda old, new: change(new, lambda found: found.update({"classifier.bias": np.zeros(3, np.float32)})),
            "tensor classifier.bias has another shape: 2 and 3",
        ),
        (lambda old, new: configure(old, model_type="roberta"), "(bert), and the old model a BertFor"),
        (
            lambda old, new: configure(old, id2label={"0": "negative", "1": "odd"}),
            "the old model knows negative, odd, and this one negative, positive",
        ),
        (lambda old, new: configure(new, quantization_config={"bits": 8}), "its weights are quantised"),
        (lambda old, new: (new / "model.safetensors").unlink(), "no weights"),
        (lambda old, new: shutil.rmtree(old), "no such checkpoint"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    models: Path, spoil: Callable[[Path, Path], object], told: str
) -> None:
    spoil(models / "old", models / "new")
    with pytest.raises(FlipscopeError) as caught:
        interpolate(models / "old", models / "new", 0.5, models / "out")
    assert told in str(caught.value)
    assert not list(models.glob("out*"))


def test_other_orders_need_a_head_that_is_known(tmp_path: Path) -> None:
    for name, seed in (("old", 1), ("new", 2)):
        make_checkpoint(tmp_path / name, TEXTS, seed=seed, family="xlm")
    interpolate(tmp_path / "old", tmp_path / "new", 0.5, tmp_path / "out")
    configure(tmp_path / "old", id2label={"0": "positive", "1": "negative"})
    with pytest.raises(FlipscopeError, match="which tensors have a row for each is not known"):
        interpolate(tmp_path / "old", tmp_path / "new", 0.5, tmp_path / "out")


@pytest.mark.parametrize(
    ("classes", "aliases", "turned"),
    [
        (("LABEL_0", "LABEL_1"), None, False),
        (("LABEL_1", "LABEL_0"), None, True),
        (("neg", "Positive"), {"neg": "negative"}, False),
        (("good", "bad"), {"bad": "negative", "good": "positive"}, True),
    ],
)
def test_classes_that_the_old_model_calls_otherwise_are_matched_as_everywhere(
    models: Path, classes: tuple[str, str], aliases: dict[str, str] | None, turned: bool
) -> None:
    configure(models / "old", id2label=dict(enumerate(classes)))
    interpolate(models / "old", models / "new", 0.5, models / "out", aliases=aliases)
    old, new, out = (tensors(models / name)["classifier.weight"] for name in ("old", "new", "out"))
    np.testing.assert_allclose(out, (old[::-1] if turned else old) / 2 + new / 2, rtol=1e-5, atol=1e-7)


def test_an_old_model_of_the_days_before_safetensors(models: Path) -> None:
    import torch

    interpolate(models / "old", models / "new", 0.3, models / "expected")
    legacy = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"):
        torch.from_numpy(tensor)
        for name, tensor in tensors(models / "old").items()
    }  # fmt: skip
    torch.save(legacy, models / "old" / "pytorch_model.bin")
    (models / "old" / "model.safetensors").unlink()
    with pytest.raises(FlipscopeError, match="--allow-torch-weights"):
        interpolate(models / "old", models / "new", 0.3, models / "out")
    interpolate(models / "old", models / "new", 0.3, models / "out", allow_torch_weights=True)
    out, expected = tensors(models / "out"), tensors(models / "expected")
    assert all(np.array_equal(out[name], expected[name]) for name in expected)


def test_tensors_that_are_one_and_the_same_are_mixed_once(tmp_path: Path) -> None:
    for name, seed in (("old", 1), ("new", 2)):
        make_checkpoint(tmp_path / name, TEXTS, seed=seed, family="bart")
    assert "model.encoder.embed_tokens.weight" not in tensors(tmp_path / "new")
    interpolate(tmp_path / "old", tmp_path / "new", 1, tmp_path / "out")
    out, old = tensors(tmp_path / "out"), tensors(tmp_path / "old")
    assert out.keys() == old.keys()
    assert all(np.array_equal(out[name], old[name]) for name in old)


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_weights_that_are_no_share_are_refused(models: Path, weight: float) -> None:
    with pytest.raises(FlipscopeError, match="not between 0 and 1"):
        interpolate(models / "old", models / "new", weight, models / "out")


def test_nothing_but_a_checkpoint_is_replaced(models: Path) -> None:
    (models / "out").mkdir()
    (models / "out" / "notes.txt").write_text("mine")
    with pytest.raises(FlipscopeError, match="something else"):
        interpolate(models / "old", models / "new", 0.5, models / "out")
    assert (models / "out" / "notes.txt").read_text() == "mine"
    for name in ("old", "new", "."):
        with pytest.raises(FlipscopeError, match="one of the models themselves"):
            interpolate(models / "old", models / "new", 0.5, models / name)
    (models / "out" / "notes.txt").unlink()
    (models / "out.part").mkdir()
    (models / "out.part" / "left").write_text("by a run that was killed")
    for weight in (0.5, 0):
        interpolate(models / "old", models / "new", weight, models / "out")
    assert np.array_equal(tensors(models / "out")["classifier.bias"], tensors(models / "new")["classifier.bias"])
    assert not (models / "out.part").exists()
    assert not (models / "out" / "left").exists()


def test_a_full_disk_leaves_what_was_there(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpolate(models / "old", models / "new", 0, models / "out")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(FlipscopeError, match="No space left"):
        interpolate(models / "old", models / "new", 1, models / "out")
    assert np.array_equal(tensors(models / "out")["classifier.weight"], tensors(models / "new")["classifier.weight"])
    assert not (models / "out.part").exists()
