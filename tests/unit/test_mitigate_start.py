from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from flipscope.errors import FlipscopeError
from flipscope.mitigate.start import load_start, open_start
from flipscope.open.checkpoint import open_checkpoint
from flipscope.predict.model import load_model
from tiny_models import make_checkpoint

TEXTS = ["a fine film", "a dull film"]
NAMES = ("negative", "positive")
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("models") / "bert", TEXTS).path


def without_head(classifier: Path, folder: Path, kind: str) -> Path:
    """Save the encoder of a classifier as a model of another kind."""
    import transformers

    getattr(transformers, kind).from_pretrained(classifier).save_pretrained(folder)
    for name in TOKENIZER:
        shutil.copy(classifier / name, folder / name)
    return folder


def weights(model: object) -> dict[str, np.ndarray]:
    return {name: values.detach().numpy().copy() for name, values in model.state_dict().items()}  # type: ignore[attr-defined]


def same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray], part: str = "") -> bool:
    assert one.keys() == other.keys()
    names = [name for name in one if name.startswith(part)]
    assert names
    return all(np.array_equal(one[name], other[name]) for name in names)


def test_a_new_head_is_random_by_the_seed_and_the_encoder_is_the_checkpoints(classifier: Path) -> None:
    start = open_start(str(classifier), NAMES)
    assert not start.keeps_head
    first, again, other = (weights(load_start(start, NAMES, seed)[0]) for seed in (1, 1, 2))
    assert same(first, again)
    assert not same(first, other, "classifier.weight")
    before = weights(load_model(open_checkpoint(classifier), "cpu", "fp32"))
    assert same(first, before, "bert.")
    assert same(other, before, "bert.")
    assert not same(first, before, "classifier.weight")


def test_a_new_head_has_the_classes_of_the_task_whatever_the_old_one_had(classifier: Path, tmp_path: Path) -> None:
    names = ("c", "a", "b")
    model, tokenizer = load_start(open_start(str(classifier), names), names, 1)
    model.save_pretrained(tmp_path / "new")
    tokenizer.save_pretrained(tmp_path / "new")
    saved = open_checkpoint(tmp_path / "new")
    assert saved.label_names == names
    config = json.loads((tmp_path / "new" / "config.json").read_text())
    assert config["problem_type"] == "single_label_classification"
    assert config["dtype"] == "float32"
    assert str(classifier) not in json.dumps(config)
    load_model(saved, "cpu", "fp32")


@pytest.mark.parametrize("kind", ["BertModel", "BertForMaskedLM", "BertForPreTraining"])
def test_a_checkpoint_needs_no_head(classifier: Path, tmp_path: Path, kind: str) -> None:
    folder = without_head(classifier, tmp_path / "plain", kind)
    start = open_start(str(folder), NAMES)
    assert start.checkpoint.architecture == kind
    assert start.checkpoint.parameters
    found, again = (weights(load_start(start, NAMES, 1)[0]) for _ in range(2))
    before = weights(load_model(open_checkpoint(classifier), "cpu", "fp32"))
    assert same(found, before, "bert.encoder.")
    assert same(found, before, "bert.pooler.") == (kind != "BertForMaskedLM")  # which has no pooler
    assert same(found, again)


@pytest.mark.parametrize("family", ["distilbert", "roberta", "gpt2"])
def test_other_families_begin_alike(tmp_path: Path, family: str) -> None:
    checkpoint = make_checkpoint(tmp_path / family, TEXTS, family=family)
    before = weights(load_model(checkpoint, "cpu", "fp32"))
    for head, kept in (("new", False), ("keep", True)):
        found = weights(load_start(open_start(str(checkpoint.path), NAMES, head=head), NAMES, 5)[0])
        encoder = "transformer." if family == "gpt2" else f"{family}."
        assert same(found, before, encoder)
        assert same(found, before, "score" if family == "gpt2" else "classifier") == kept


def test_a_kept_head_goes_by_the_names_of_classes(classifier: Path) -> None:
    before = weights(load_model(open_checkpoint(classifier), "cpu", "fp32"))
    start = open_start(str(classifier), NAMES, head="keep")
    assert start.keeps_head
    assert same(weights(load_start(start, NAMES, 1)[0]), before)
    turned = NAMES[::-1]
    model, _ = load_start(open_start(str(classifier), turned, head="keep"), turned, 1)
    assert model.config.id2label == {0: "positive", 1: "negative"}
    found = weights(model)
    np.testing.assert_array_equal(found["classifier.weight"], before["classifier.weight"][::-1])
    np.testing.assert_array_equal(found["classifier.bias"], before["classifier.bias"][::-1])
    assert same(found, before, "bert.")


def test_a_kept_head_gets_new_rows_for_classes_it_does_not_know(classifier: Path) -> None:
    names = ("positive", "mixed", "negative")
    start = open_start(str(classifier), names, head="keep")
    assert any("mixed" in note for note in start.notes)
    before = weights(load_model(open_checkpoint(classifier), "cpu", "fp32"))
    first, other = (weights(load_start(start, names, seed)[0])["classifier.weight"] for seed in (1, 2))
    for found in (first, other):
        np.testing.assert_array_equal(found[[2, 0]], before["classifier.weight"])
    assert not np.array_equal(first[1], other[1])


def test_a_kept_head_may_call_classes_by_other_names_that_the_user_tells(classifier: Path) -> None:
    names, aliases = ("good", "bad"), {"negative": "bad", "positive": "good"}
    model, _ = load_start(open_start(str(classifier), names, head="keep", aliases=aliases), names, 1)
    before = weights(load_model(open_checkpoint(classifier), "cpu", "fp32"))
    np.testing.assert_array_equal(weights(model)["classifier.weight"], before["classifier.weight"][::-1])
    with pytest.raises(FlipscopeError, match="the labels are negative, positive"):
        open_start(str(classifier), names, head="keep")


def test_a_numbered_head_is_kept_by_its_numbers(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "old", TEXTS, labels=("LABEL_0", "LABEL_1"))
    model, _ = load_start(open_start(str(checkpoint.path), NAMES, head="keep"), NAMES, 1)
    assert same(weights(model), weights(load_model(checkpoint, "cpu", "fp32")))
    assert model.config.id2label == dict(enumerate(NAMES))


def test_a_head_that_is_not_there_can_not_be_kept(classifier: Path, tmp_path: Path) -> None:
    folder = without_head(classifier, tmp_path / "plain", "BertModel")
    with pytest.raises(FlipscopeError, match="not a classifier"):
        open_start(str(folder), NAMES, head="keep")


def test_an_archive_will_do(classifier: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bert.zip", "w") as archive:
        for file in classifier.iterdir():
            archive.write(file, file.name)
    start = open_start(str(tmp_path / "bert.zip"), NAMES)
    assert start.checkpoint.name == "bert"
    assert start.checkpoint.fingerprint == open_checkpoint(classifier).fingerprint


def test_what_holds_no_weights_is_refused(classifier: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("id,pred\n1,positive\n")
    for source in (str(file), f"ensemble:{classifier}+{classifier}", f"vote:{classifier}+{classifier}"):
        with pytest.raises(FlipscopeError, match="no weights to begin with"):
            open_start(source, NAMES)
    with pytest.raises(FlipscopeError):
        open_start(str(tmp_path / "nowhere"), NAMES)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"auto_map": {"AutoModel": "mine.Model"}}, "its own Python code"),
        ({"transformers_weights": "other.bin"}, "not checked"),
        ({"model_type": None}, "model_type is missing"),
    ],
)
def test_a_checkpoint_without_a_head_is_checked_like_one_that_has_it(
    classifier: Path, tmp_path: Path, change: dict[str, object], what: str
) -> None:
    folder = without_head(classifier, tmp_path / "plain", "BertModel")
    config = json.loads((folder / "config.json").read_text()) | change
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(FlipscopeError, match=what):
        open_start(str(folder), NAMES)


def test_pickled_weights_are_refused_unless_allowed(classifier: Path, tmp_path: Path) -> None:
    import torch

    folder = without_head(classifier, tmp_path / "plain", "BertModel")
    model = load_model(open_checkpoint(classifier), "cpu", "fp32")
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(FlipscopeError, match="pickle"):
        open_start(str(folder), NAMES)
    found, _ = load_start(open_start(str(folder), NAMES, allow_torch_weights=True), NAMES, 1)
    assert same(weights(found), weights(model), "bert.")


@pytest.mark.parametrize("head", ["new", "keep"])
def test_weights_that_are_missing_in_the_encoder_are_refused(classifier: Path, tmp_path: Path, head: str) -> None:
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(classifier, tmp_path / "broken")
    tensors = load_file(folder / "model.safetensors")
    del tensors["bert.encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    start = open_start(str(folder), NAMES, head=head)
    with pytest.raises(FlipscopeError, match=r"bert\.encoder\.layer\.1\.output\.dense\.weight"):
        load_start(start, NAMES, 1)


def test_a_tokenizer_that_fills_up_no_rows_learns_to(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "gpt2", TEXTS, family="gpt2")
    config = json.loads((checkpoint.path / "config.json").read_text())
    (checkpoint.path / "config.json").write_text(json.dumps(config | {"pad_token_id": None}))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "[SEP]"}
    (checkpoint.path / "tokenizer_config.json").write_text(json.dumps(settings))
    model, tokenizer = load_start(open_start(str(checkpoint.path), NAMES), NAMES, 1)
    assert tokenizer.pad_token is not None
    assert model.config.pad_token_id == tokenizer.pad_token_id
    assert tokenizer(["a film", "a"], padding=True)["input_ids"][1][-1] == tokenizer.pad_token_id


def test_nobody_elses_random_numbers_change_and_nothing_is_said(
    classifier: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import random

    import torch

    def numbers() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(1))

    start = open_start(str(classifier), NAMES)
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    expected = numbers()
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
    capfd.readouterr()
    load_start(start, NAMES, 1)
    assert numbers() == expected
    assert capfd.readouterr() == ("", "")
