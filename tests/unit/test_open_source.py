"""What the user typed for a model, and hub ids."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from fake_checkpoint import make_checkpoint
from flipscope.behaviors.resolve import open_suite
from flipscope.detection import table_columns
from flipscope.errors import FlipscopeError
from flipscope.open import hub
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.examples import open_examples
from flipscope.open.predictions import PredictionFile
from flipscope.open.source import Ensemble, open_source
from flipscope.open.table import read_table
from flipscope.tasks import get_task

SST2 = get_task("sst2")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_checkpoint(tmp_path / "model")


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text("key,guess\na,POS\n")
    return path


OPTIONS = {"id_column": "key", "pred_column": "guess", "aliases": {"POS": "positive"}}


def test_folder(model: Path) -> None:
    found = open_source(str(model), SST2)
    assert isinstance(found, Checkpoint)
    assert (found.name, found.source) == ("model", str(model))


def test_archive_is_called_as_its_file(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "v2.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for file in model.iterdir():
            packed.write(file, f"inner/{file.name}")
    found = open_source(str(path), SST2)
    assert isinstance(found, Checkpoint)
    assert (found.name, found.source) == ("v2", str(path))


def test_prediction_file_with_options(predictions: Path) -> None:
    found = open_source(str(predictions), SST2, name="old", **OPTIONS)
    assert isinstance(found, PredictionFile)
    assert found.name == "old"
    assert found.predictions.table["pred"].to_pylist() == ["positive"]


def test_pickled_weights_need_to_be_allowed(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(FlipscopeError, match="--allow-torch-weights"):
        open_source(str(model), SST2)
    assert isinstance(open_source(str(model), SST2, allow_torch_weights=True), Checkpoint)


def test_ensemble(model: Path, predictions: Path) -> None:
    text = f"ensemble:{model}+{predictions}"
    found = open_source(text, SST2, **OPTIONS)
    assert isinstance(found, Ensemble)
    assert [type(member) for member in found.members] == [Checkpoint, PredictionFile]
    assert (found.name, found.source) == ("model + answers", text)
    assert found.rule == "average"
    assert open_source(f"vote:{model}+{model}+{predictions}", SST2, **OPTIONS).rule == "vote"
    for wrong in ("ensemble:", f"ensemble:{model}", f"ensemble:{model}+", "vote:", f"vote:{model}"):
        with pytest.raises(FlipscopeError, match="at least two members"):
            open_source(wrong, SST2)


def test_what_is_not_there(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "fetch", lambda *_, **__: pytest.fail("asked the hub for a path"))
    for text in (f"{tmp_path}/modle", "./model", "preds.csv", "model.tar.gz", "a b", f"{tmp_path.name}/../x.bin"):
        with pytest.raises(FlipscopeError, match="no such file"):
            open_source(text, SST2)
    with pytest.raises(FlipscopeError, match=r"Did you mean model\?"):
        open_source(f"{tmp_path}/modle", SST2)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FlipscopeError, match="neither a checkpoint nor a prediction file"):
        open_source(f"{tmp_path}/notes.txt", SST2)


LONG = "a" * 5000


@pytest.mark.parametrize(
    "name", [LONG, f"{LONG}.csv", f"{LONG}.zip", f"{LONG}:train", f"{LONG}.json", f"x/{LONG}.csv", f"ensemble:{LONG}+b"]
)
@pytest.mark.parametrize(
    "opened",
    [
        lambda name: open_source(name, get_task("sst2")),
        lambda name: open_examples(name.removeprefix("ensemble:"), get_task("sst2")),
        lambda name: open_suite(name),
        lambda name: read_table(name),
        lambda name: table_columns(f"{name}.csv"),
    ],
    ids=["model", "data", "suite", "table", "columns"],
)
def test_a_name_too_long_for_any_file_is_one_short_message(opened: Callable[[str], object], name: str) -> None:
    with pytest.raises(FlipscopeError, match=r"a\.\.\.: this name is too long for a file or folder") as caught:
        opened(name)
    assert len(str(caught.value)) < 200


def test_an_ensemble_may_be_longer_than_any_file_name(predictions: Path) -> None:
    found = open_source("ensemble:" + "+".join([str(predictions)] * 200), SST2, **OPTIONS)
    assert isinstance(found, Ensemble)
    assert len(found.members) == 200


def test_nothing_and_names_too_long() -> None:
    with pytest.raises(FlipscopeError, match="no model is named"):
        open_source(" ", SST2)
    with pytest.raises(FlipscopeError, match="too long for a file"):
        open_source("a" * 5000, SST2)


# Hub ids


@pytest.mark.parametrize("text", ["gpt2", "org/my-model_1.0", "org/model@v1.0", "org/model@refs/pr/1"])
def test_hub_ids(text: str) -> None:
    assert hub.is_hub_id(text)


@pytest.mark.parametrize("text", ["a/b/c", "org/", "/x", "a b", "org/model@", "~/x", ""])
def test_no_hub_ids(text: str) -> None:
    assert not hub.is_hub_id(text)


def hub_cache(home: Path) -> str:
    """Lay a model out as the hub's client does, and return its commit."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = home / "hub" / "models--org--model"
    make_checkpoint(repository / "snapshots" / commit)
    for ref in ("main", "v1"):
        (repository / "refs").mkdir(parents=True, exist_ok=True)
        (repository / "refs" / ref).write_text(commit)
    return commit


def run_offline(home: Path, text: str) -> subprocess.CompletedProcess[str]:
    code = (
        "from flipscope.open.source import open_source; from flipscope.tasks import get_task;"
        f"c = open_source({text!r}, get_task('sst2')); print(c.name, c.source, c.path.name)"
    )
    env = os.environ | {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    env.pop("HF_HUB_CACHE", None)
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)


@pytest.mark.parametrize("text", ["org/model", "org/model@v1"])
def test_model_in_the_local_cache_needs_no_connection(tmp_path: Path, text: str) -> None:
    commit = hub_cache(tmp_path)
    done = run_offline(tmp_path, text)
    assert done.stdout.split() == [text, text, commit], done.stderr


def test_model_that_is_nowhere(tmp_path: Path) -> None:
    done = run_offline(tmp_path, "org/other")
    assert "org/other: no such file or folder here, the hub can't be reached" in done.stderr


def test_only_plain_files_are_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def snapshot(repo: str, **options: object) -> str:
        asked.append((repo, options))
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    hub.fetch("org/model@v1", allow_torch_weights=True)
    patterns = [options["allow_patterns"] for _, options in asked]
    assert [(repo, options["revision"]) for repo, options in asked] == [("org/model", "v1")] * 2
    assert not any(pattern.endswith((".py", ".bin", "*")) for pattern in patterns[0])
    assert "pytorch_model*.bin" in patterns[1]
    (tmp_path / "model.safetensors").write_bytes(b"")
    hub.fetch("org/model", allow_torch_weights=True)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (LocalEntryNotFoundError("x"), "the hub can't be reached"),
        (RuntimeError("boom"), "did not give this model: boom"),
    ],
)
def test_failures_of_the_hub(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    def snapshot(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    with pytest.raises(FlipscopeError, match=message):
        hub.fetch("org/model")


@pytest.mark.parametrize("text", ["bad\udcff.csv", "./bad\udcff", "ensemble:a.csv+bad\udcff.csv"])
def test_names_that_are_not_utf8(text: str) -> None:
    with pytest.raises(FlipscopeError, match="not UTF-8"):
        open_source(text, SST2)
