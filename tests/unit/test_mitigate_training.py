from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from safetensors.numpy import load_file, save_file

from flipscope.data import Examples
from flipscope.errors import FlipscopeError, StopsAll
from flipscope.mitigate.distill.distillation import Distillation
from flipscope.mitigate.old_answers import OldLogits
from flipscope.mitigate.spec import TrainingSpec
from flipscope.mitigate.start import Start, open_start
from flipscope.mitigate.training import Training, kept, trained, training_device
from flipscope.open.checkpoint import open_checkpoint
from flipscope.predict.cache import versions
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import SilentProgress
from tiny_models import make_checkpoint, make_examples

NAMES = ("negative", "positive")
TEXTS = [f"{word} film number {letter}" for letter in "abcdefghij" for word in ("fine", "dull")]
SPEC = TrainingSpec(epochs=1, batch_size=4, learning_rate=1e-3)
ALL = Distillation(gate="all", alpha=1.0, temperature=1.0)


class Steps:
    """A step that remembers what it was told, and may stop the work."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.told: list[int] = []
        self.stop_after = stop_after

    def advance(self, done: int) -> None:
        self.told.append(done)
        if len(self.told) == self.stop_after:
            raise KeyboardInterrupt


def labelled(texts: list[str], names: tuple[str, ...] = NAMES) -> Examples:
    """Examples that are positive when they are fine."""
    examples = make_examples(texts, labels=names)
    labels = pa.array(["positive" if "fine" in text else "negative" for text in texts])
    return replace(examples, table=examples.table.set_column(3, "label", labels))


# Six words each, and with six more.
SHORT = labelled([f"{text} {text[0]} {text[1]}" for text in TEXTS])
LONG = labelled([f"{text} {text[0]} {text[1]} film number film number film number" for text in TEXTS])


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """A model with weights as small as those of real ones, so that it learns in a few steps."""
    folder = make_checkpoint(tmp_path_factory.mktemp("models") / "new", TEXTS).path
    small = {name: values * np.float32(1 if "LayerNorm" in name else 0.1) for name, values in weights(folder).items()}
    save_file(small, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"initializer_range": 0.05}))
    return open_start(str(folder), NAMES)


@pytest.fixture
def plain(start: Start) -> Training:
    return Training("plain", start, labelled(TEXTS), None, SPEC, None, 1)


@pytest.fixture
def distilled(plain: Training) -> Training:
    return replace(plain, name="distilled", logits=old([2.0, -1.0]), distillation=ALL)


def old(row: list[float], fingerprint: str = "of the old model", precision: str = "fp32") -> OldLogits:
    """Logits of an old model that answers all texts alike."""
    logits = np.tile(np.array([row], np.float32), (len(TEXTS), 1))
    decided_by = {"fingerprint": fingerprint, "aliases": {}, "max_length": None, "precision": precision}
    return OldLogits(logits, logits.argmax(axis=1), decided_by)


def weights(folder: Path) -> dict[str, np.ndarray]:
    return load_file(folder / "model.safetensors")


def same(one: Path, other: Path) -> bool:
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    return all(np.array_equal(ours[name], theirs[name]) for name in ours)


def answers(folder: Path) -> list[str]:
    predictor = Predictor(labelled(TEXTS), Settings(device="cpu"), SilentProgress())
    return predictor.predict(open_checkpoint(folder)).table["pred"].to_pylist()


def test_it_learns_and_saves_an_ordinary_checkpoint(plain: Training, tmp_path: Path) -> None:
    training = replace(plain, spec=SPEC.model_copy(update={"epochs": 8, "learning_rate": 5e-3}))
    record = trained(training, tmp_path / "m" / "seed-1", Steps(), device="cpu")
    assert open_checkpoint(tmp_path / "m" / "seed-1").label_names == NAMES
    assert answers(tmp_path / "m" / "seed-1") == training.examples.table["label"].to_pylist()
    assert record.steps == 40
    assert [step for step, _ in record.history] == list(range(2, 41, 2))
    assert record.loss == record.history[-1][1] < record.history[0][1] / 2
    assert 0 < record.step_seconds < record.seconds
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == ["seed-1"]
    told = json.loads((tmp_path / "m" / "seed-1" / "training.json").read_text())
    assert told["digest"] == training.digest
    assert told["decides"]["spec"]["learning_rate"] == 5e-3
    assert told["decides"]["seed"] == 1
    assert (told["device"], told["versions"]) == ("cpu", versions())


def test_the_record_of_a_distilled_model_tells_how_and_by_whom(distilled: Training, tmp_path: Path) -> None:
    decides = trained(distilled, tmp_path / "m", Steps(), device="cpu").decides
    assert decides["old"]["fingerprint"] == "of the old model"
    assert (decides["distillation"]["gate"], decides["distillation"]["alpha"]) == ("all", 1)


def test_one_seed_gives_the_same_weights_and_another_gives_others(plain: Training, tmp_path: Path) -> None:
    import torch

    for name, training in (("a", plain), ("b", plain), ("c", replace(plain, seed=2))):
        torch.rand(7)  # nothing from outside matters
        trained(training, tmp_path / name, Steps(), device="cpu")
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")


def test_the_old_models_logits_pull_answers_towards_them(distilled: Training, tmp_path: Path) -> None:
    training = replace(
        distilled,
        spec=SPEC.model_copy(update={"epochs": 8, "learning_rate": 5e-3}),
        distillation=replace(ALL, alpha=50),
    )
    trained(training, tmp_path / "m", Steps(), device="cpu")
    assert set(answers(tmp_path / "m")) == {"negative"}


@pytest.mark.parametrize("off", [Distillation(alpha=0), Distillation(gate="none")])
def test_distillation_that_is_off_is_plain_fine_tuning_to_the_bit(
    plain: Training, distilled: Training, tmp_path: Path, off: Distillation
) -> None:
    spec = SPEC.model_copy(update={"gradient_accumulation": 2})
    trained(replace(plain, spec=spec), tmp_path / "plain", Steps(), device="cpu")
    trained(replace(distilled, spec=spec, distillation=off), tmp_path / "off", Steps(), device="cpu")
    trained(replace(distilled, spec=spec), tmp_path / "on", Steps(), device="cpu")
    assert same(tmp_path / "plain", tmp_path / "off")
    assert not same(tmp_path / "plain", tmp_path / "on")


def test_accumulating_batches_is_like_larger_ones(plain: Training, tmp_path: Path, start: Start) -> None:
    def weight(batch_size: int, accumulated: int) -> np.ndarray:
        # Plain examples of one length and a model without dropout, so that nothing else differs.
        spec = SPEC.model_copy(update={"batch_size": batch_size, "gradient_accumulation": accumulated})
        folder = tmp_path / f"{batch_size}x{accumulated}"
        trained(replace(plain, spec=spec, start=still), folder, Steps(), device="cpu")
        return weights(folder)["classifier.weight"]

    config = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    still = open_start(str(make_checkpoint(tmp_path / "still", TEXTS, **config).path), NAMES)
    np.testing.assert_allclose(weight(2, 2), weight(4, 1), atol=2e-4)


def test_progress_is_told_for_every_step_and_comes_to_all_examples(plain: Training, tmp_path: Path) -> None:
    steps = Steps()
    training = replace(plain, spec=SPEC.model_copy(update={"epochs": 1.5, "batch_size": 6}))
    trained(training, tmp_path / "m", steps, device="cpu")
    assert sum(steps.told) == training.examples_seen == 30
    assert len(steps.told) == 6
    assert min(steps.told) > 0


def test_a_finished_one_is_kept(plain: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(plain, tmp_path / "m") is None
    first = trained(plain, tmp_path / "m", Steps(), device="cpu")
    monkeypatch.setattr("flipscope.mitigate.fitting.fit", None)
    steps = Steps()
    assert trained(plain, tmp_path / "m", steps, device="cpu") == kept(plain, tmp_path / "m") == first
    assert steps.told == []


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"spec": SPEC.model_copy(update={"learning_rate": 1e-4})},
        {"examples": replace(labelled(TEXTS), digest="1" * 64)},
        {"examples": replace(labelled(TEXTS), label_names=NAMES[::-1])},
        {"distillation": replace(ALL, alpha=2.0)},
        {"distillation": None},
        {"logits": old([2.0, -1.0], fingerprint="of another")},
        {"logits": old([2.0, -1.0], precision="bf16")},
    ],
)
def test_whatever_decides_the_result_makes_it_another_training(distilled: Training, change: dict[str, object]) -> None:
    assert replace(distilled, **change).digest != distilled.digest
    assert replace(distilled, name="called otherwise").digest == distilled.digest


def test_rounding_of_the_old_models_logits_makes_it_no_other_training(distilled: Training) -> None:
    assert replace(distilled, logits=old([2.000001, -1.0])).digest == distilled.digest


def test_the_start_decides_too_and_logits_that_are_not_used_do_not(plain: Training, tmp_path: Path) -> None:
    other = open_start(str(make_checkpoint(tmp_path / "other", TEXTS, seed=9).path), NAMES)
    keeping = open_start(plain.start.checkpoint.source, NAMES, head="keep")
    assert len({plain.digest, replace(plain, start=other).digest, replace(plain, start=keeping).digest}) == 3
    unused = replace(plain, logits=old([0.0, 0.0]), distillation=Distillation(alpha=0))
    assert unused.digest == plain.digest


def test_another_training_takes_its_place_once_it_is_finished(plain: Training, tmp_path: Path) -> None:
    trained(plain, tmp_path / "m", Steps(), device="cpu")
    (tmp_path / "m" / "notes.txt").write_text("left over")
    other = replace(plain, seed=2)
    with pytest.raises(KeyboardInterrupt):
        trained(other, tmp_path / "m", Steps(stop_after=2), device="cpu")
    assert kept(plain, tmp_path / "m")
    trained(other, tmp_path / "m", Steps(), device="cpu")
    assert kept(other, tmp_path / "m")
    assert not (tmp_path / "m" / "notes.txt").exists()


def test_what_stops_it_gets_through_and_leaves_nothing(plain: Training, tmp_path: Path) -> None:
    steps = Steps(stop_after=3)
    with pytest.raises(KeyboardInterrupt):
        trained(plain, tmp_path / "models" / "m", steps, device="cpu")
    assert len(steps.told) == 3
    assert list((tmp_path / "models").iterdir()) == []


def test_what_a_killed_run_left_is_no_model_and_goes(plain: Training, tmp_path: Path) -> None:
    for name in ("m.part", "m"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_text("half of it")
    (tmp_path / "m" / "training.json").write_text('{"digest": "')
    assert kept(plain, tmp_path / "m") is None
    trained(plain, tmp_path / "m", Steps(), device="cpu")
    assert kept(plain, tmp_path / "m")
    assert not (tmp_path / "m.part").exists()
    open_checkpoint(tmp_path / "m")


def test_a_loss_that_is_no_number_leaves_nothing(plain: Training, tmp_path: Path) -> None:
    spec = SPEC.model_copy(update={"learning_rate": 1e30, "warmup": 0.0, "epochs": 4})
    with pytest.raises(FlipscopeError, match=r"finite|NaN") as caught:
        trained(replace(plain, spec=spec), tmp_path / "m", Steps(), device="cpu")
    assert not isinstance(caught.value, StopsAll)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_is_told_and_leaves_nothing(plain: Training, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))  # bytes a file; the weights are larger
    try:
        with pytest.raises(StopsAll, match="can't be kept") as caught:
            trained(plain, tmp_path / "m", Steps(), device="cpu")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "the same command goes on" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_told(plain: Training, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(StopsAll, match="can't be kept"):
        trained(plain, tmp_path / "models" / "m", Steps(), device="cpu")


@pytest.mark.parametrize(
    ("device", "precision", "what"),
    [("cpu", "bf16", "takes a GPU"), ("cpu", "fp16", "takes a GPU"), ("tpu", "fp32", "there is no device")],
)
def test_a_device_that_will_not_do_is_refused(
    plain: Training, tmp_path: Path, device: str, precision: str, what: str
) -> None:
    spec = SPEC.model_copy(update={"precision": precision})
    with pytest.raises(FlipscopeError, match=what):
        training_device(device, precision)
    with pytest.raises(FlipscopeError, match=what):
        trained(replace(plain, spec=spec), tmp_path / "m", Steps(), device=device)
    assert list(tmp_path.iterdir()) == []


def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "new", ["a"])
    richer = make_checkpoint(tmp_path / "richer", TEXTS)
    for name in ("tokenizer.json", "vocab.txt"):
        (checkpoint.path / name).write_bytes((richer.path / name).read_bytes())
    examples = labelled([*TEXTS, "zz"])  # ##z is the last word of a vocabulary
    training = Training("t", open_start(str(checkpoint.path), NAMES), examples, None, SPEC, None, 1)
    with pytest.raises(FlipscopeError, match="the tokenizer knows tokens that the model does not"):
        trained(training, tmp_path / "m", Steps(), device="cpu")


def test_inputs_that_the_model_can_not_take_are_told(tmp_path: Path) -> None:
    one_text = make_checkpoint(tmp_path / "new", TEXTS, type_vocab_size=1)
    pairs = make_examples(TEXTS, TEXTS[::-1])
    examples = replace(pairs, table=pairs.table.set_column(3, "label", labelled(TEXTS).table["label"]))
    training = Training("tiny: seed 1", open_start(str(one_text.path), NAMES), examples, None, SPEC, None, 1)
    with pytest.raises(FlipscopeError, match=r"tiny: seed 1: the model can't be trained \(index out of range"):
        trained(training, tmp_path / "m", Steps(), device="cpu")


def test_what_torch_fails_with_is_told(plain: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flipscope.mitigate.distill.trainer import DistillationTrainer

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(DistillationTrainer, "train", fails)
    with pytest.raises(FlipscopeError, match=r"plain: .*device-side assert") as caught:
        trained(plain, tmp_path / "m", Steps(), device="cpu")
    assert not isinstance(caught.value, StopsAll)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 2.0}, {"learning_rate": 1e-2}, {"batch_size": 8}, {"weight_decay": 0.5}, {"warmup": 0.9},
        {"gradient_accumulation": 2}, {"max_length": 8},
    ],
)  # fmt: skip
def test_every_key_of_the_spec_changes_the_weights(
    usual: Path, plain: Training, tmp_path: Path, change: dict[str, float]
) -> None:
    trained(replace(plain, spec=SPEC.model_copy(update=change), examples=LONG), tmp_path / "m", Steps(), device="cpu")
    assert not same(usual, tmp_path / "m")


@pytest.fixture(scope="module")
def usual(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is trained as the spec says when nothing in it is changed."""
    folder = tmp_path_factory.mktemp("usual") / "m"
    trained(Training("usual", start, LONG, None, SPEC, None, 1), folder, Steps(), device="cpu")
    return folder


def test_texts_are_cut_to_the_maximal_length(usual: Path, plain: Training, tmp_path: Path) -> None:
    # With [CLS] and [SEP] 8 tokens are the first 6 words, which are all that the short texts have.
    spec = SPEC.model_copy(update={"max_length": 8})
    trained(replace(plain, spec=spec, examples=LONG), tmp_path / "cut", Steps(), device="cpu")
    trained(replace(plain, examples=SHORT), tmp_path / "short", Steps(), device="cpu")
    assert same(tmp_path / "cut", tmp_path / "short")


def test_what_a_launcher_left_in_the_environment_changes_nothing(
    usual: Path, plain: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    monkeypatch.setenv("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "4")
    trained(replace(plain, examples=LONG), tmp_path / "m", Steps(), device="cpu")
    assert same(usual, tmp_path / "m")
    assert os.environ["ACCELERATE_MIXED_PRECISION"] == "bf16"


def test_memory_that_is_too_small_is_told(plain: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from flipscope.mitigate.distill.trainer import DistillationTrainer

    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(DistillationTrainer, "train", full)
    with pytest.raises(FlipscopeError, match="does not fit into the memory of cpu"):
        trained(plain, tmp_path / "m", Steps(), device="cpu")


@pytest.mark.parametrize("family", ["distilbert", "roberta", "gpt2"])
def test_other_families_are_trained_alike(distilled: Training, tmp_path: Path, family: str) -> None:
    checkpoint = make_checkpoint(tmp_path / family, TEXTS, family=family)
    training = replace(distilled, start=open_start(str(checkpoint.path), NAMES))
    trained(training, tmp_path / "m", Steps(), device="cpu")
    assert len(answers(tmp_path / "m")) == len(TEXTS)


def test_three_classes_pairs_and_a_class_the_old_model_does_not_know(start: Start, tmp_path: Path) -> None:
    names = ("negative", "mixed", "positive")
    examples = make_examples(TEXTS, TEXTS[::-1], labels=names)
    labels = pa.array([names[i % 3] for i in range(len(TEXTS))])
    examples = replace(examples, table=examples.table.set_column(3, "label", labels))
    begin = open_start(start.checkpoint.source, names)
    training = Training("t", begin, examples, old([2.0, -np.inf, -1.0]), SPEC, ALL, 1)
    record = trained(training, tmp_path / "m", Steps(), device="cpu")
    assert np.isfinite(record.loss)
    assert open_checkpoint(tmp_path / "m").label_names == names


def test_it_says_nothing_and_leaves_the_settings_of_torch_alone(
    plain: Training, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import random

    import torch

    def settings() -> tuple[object, ...]:
        return (
            torch.get_num_threads(), torch.are_deterministic_algorithms_enabled(), torch.is_grad_enabled(),
            torch.get_default_dtype(), torch.get_float32_matmul_precision(), random.getstate(),
            torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(),
        )  # fmt: skip

    monkeypatch.chdir(tmp_path)
    before = settings()
    capfd.readouterr()
    trained(plain, tmp_path / "m", Steps(), device="cpu")
    assert settings() == before
    assert capfd.readouterr() == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_logits_of_these_examples_are_needed_to_distil(plain: Training, distilled: Training) -> None:
    with pytest.raises(ValueError, match="takes the old model's logits"):
        replace(plain, distillation=ALL)
    with pytest.raises(ValueError, match="not the logits for 19 examples"):
        replace(distilled, examples=labelled(TEXTS[1:]))


def test_a_record_without_its_weights_is_no_finished_training(plain: Training, tmp_path: Path) -> None:
    trained(plain, tmp_path / "m", Steps(), device="cpu")
    (tmp_path / "m" / "model.safetensors").unlink()
    assert kept(plain, tmp_path / "m") is None


def test_finding_a_finished_one_imports_no_torch() -> None:
    code = "import sys, flipscope.mitigate.training as t; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
