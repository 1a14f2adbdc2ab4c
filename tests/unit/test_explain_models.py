"""The models of a comparison are found again, or it is said why not and what to do."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import flipscope
from flipscope import FlipscopeError, Settings
from flipscope.explain import models
from flipscope.explain.models import Reopening, load_models
from tiny_models import make_checkpoint

TEXTS = ["good film", "bad film", "a good plot", "a bad plot"]


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Two models, and their comparison made from within the folder, so that their names are relative."""
    folder = tmp_path_factory.mktemp("originals")
    make_checkpoint(folder / "v1", TEXTS, seed=1)
    make_checkpoint(folder / "v2", TEXTS, ("positive", "negative"), seed=2)
    data(folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        flipscope.compare(
            "v1", "v2", "data.csv", "mine", out="made/c", settings=Settings(use_cache=False, max_length=9)
        )
    finally:
        os.chdir(before)
    return folder


def data(folder):
    rows = pd.DataFrame({"text": TEXTS, "label": ["positive", "negative"] * 2, "id": list("abcd")})
    rows.to_csv(folder / "data.csv", index=False)


@pytest.fixture
def here(originals, tmp_path, monkeypatch):
    """A copy to spoil; nothing is kept in memory, and we stand elsewhere."""
    shutil.copytree(originals, tmp_path / "work")
    monkeypatch.setattr(models, "_KEPT", models._Kept())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "work"


def load(here, **how):
    return load_models(flipscope.open_comparison(here / "made" / "c"), "mine", "new", Reopening(**how))


def test_they_answer_as_in_the_comparison(here):
    comparison = flipscope.open_comparison(here / "made" / "c")
    old, new = load(here)
    assert (old.name, new.name) == ("old", "new")
    assert new.classes == ("positive", "negative")
    assert old.max_length == new.max_length == 9
    for model in (old, new):
        tables = [comparison.probabilities(i) for i in range(len(TEXTS))]
        stored = [table.loc[table["model"] == model.name, "probability"].tolist() for table in tables]
        texts = comparison.query("SELECT text_a FROM text ORDER BY row_id")["text_a"].tolist()
        asked = model.probabilities(texts, None, comparison.task_info("mine").label_names)
        assert asked == pytest.approx(np.array(stored), abs=1e-6)


def test_relative_names_are_found_from_where_the_comparison_lies(here, tmp_path):
    assert not Path("v1").exists()
    assert load(here)[0].checkpoint.path == here / "v1"


def test_a_model_that_moved_can_be_pointed_to(here):
    (here / "v1").rename(here / "archived")
    with pytest.raises(FlipscopeError, match=r"the model 'old' can't be had: .* with --old SRC"):
        load(here)
    assert load(here, sources={"old": str(here / "archived")})[0].checkpoint.path == here / "archived"


def test_a_changed_model_is_refused(here):
    config = here / "v2" / "config.json"
    config.write_text(config.read_text() + "\n")
    with pytest.raises(FlipscopeError, match=r"changed since it was compared as 'new' \(fingerprint .* with --new SRC"):
        load(here)


def test_another_model_is_refused(here):
    with pytest.raises(FlipscopeError, match="another model than the one compared as 'old'"):
        load(here, sources={"old": str(here / "v2")})
    with pytest.raises(FlipscopeError, match="no checkpoint of a single model"):
        load(here, sources={"old": f"ensemble:{here / 'v1'}+{here / 'v2'}"})
    with pytest.raises(FlipscopeError, match="no model 'newest'"):
        load(here, sources={"newest": str(here / "v2")})


def test_a_loaded_model_is_kept_and_few_are(here, monkeypatch):
    first = load(here)
    shutil.rmtree(here / "v1")
    assert load(here)[0].model is first[0].model
    monkeypatch.setattr(models, "_MOST_KEPT", 1)
    models._KEPT.put("another", ())
    models._KEPT.put("and another", ())
    with pytest.raises(FlipscopeError, match="can't be had"):
        load(here)


def test_several_at_once_load_each_model_once(here):
    with ThreadPoolExecutor(6) as pool:
        pairs = list(pool.map(lambda _: load(here), range(12)))
    assert len({id(old.model) for old, _ in pairs}) == 1
    assert len({id(new.model) for _, new in pairs}) == 1


def test_names_of_classes_may_need_aliases(here):
    for name in ("v1", "v2"):
        config = here / name / "config.json"
        changed = config.read_text().replace('"label2id"', '"other"')
        changed = changed.replace('"0": "negative"', '"0": "NEG"').replace('"1": "positive"', '"1": "POS"')
        changed = changed.replace('"0": "positive"', '"0": "POS"').replace('"1": "negative"', '"1": "NEG"')
        config.write_text(changed)
    alias = {"NEG": "negative", "POS": "positive"}
    flipscope.compare(
        here / "v1", here / "v2", here / "data.csv", "mine", out=here / "made" / "c", alias=alias,
        settings=Settings(use_cache=False),
    )  # fmt: skip
    assert load(here)[1].classes == ("positive", "negative")  # the comparison tells
    folder = here / "made" / "c"
    manifest = flipscope.open_comparison(folder).manifest
    older = manifest.model_copy(update={"settings": manifest.settings | {"aliases": ["of an older comparison"]}})
    (folder / "comparison.json").write_text(older.model_dump_json())
    with pytest.raises(FlipscopeError, match="NEG"):
        load(here)
    assert load(here, aliases=alias)[1].classes == ("positive", "negative")


@pytest.mark.parametrize("source", ["evil/model", "evil/model@main", "ensemble:evil/a+evil/b", "v" * 5_000, "v\0"])
def test_a_comparison_makes_nobody_download(here, monkeypatch, source):
    """It may be anybody's, and what it names any model of the hub."""
    import huggingface_hub

    asked = []

    def snapshot(repo, local_files_only=False, **options):
        asked.append(local_files_only)
        raise huggingface_hub.errors.LocalEntryNotFoundError("not in the cache")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    comparison = flipscope.open_comparison(here / "made" / "c")
    manifest = comparison.manifest.model_copy(deep=True)
    manifest.tasks[0].models["old"].source = source
    other = comparison.with_manifest(manifest)
    with pytest.raises(FlipscopeError, match="with --old SRC") as raised:
        load_models(other, "mine", "new")
    assert all(asked)
    assert bool(asked) == source.startswith("evil")
    if asked:
        assert "no such model in the hub's local cache" in str(raised.value)
        with pytest.raises(FlipscopeError):
            load_models(other, "mine", "new", Reopening(sources={"old": source}))
        assert asked[-1] is False


def test_advice_is_told_in_whole_sentences(here):
    (here / "v1").rename(here / "v1-archived")
    comparison = flipscope.open_comparison(here / "made" / "c")
    for source in ("v1", str(here / "v1")):
        with pytest.raises(FlipscopeError) as raised:
            load_models(comparison, "mine", "new", Reopening(sources={"old": source}))
        assert "?." not in str(raised.value)
        assert ".." not in str(raised.value)


def test_predictions_and_ensembles_can_not_be_asked(here):
    rows = pd.read_csv(here / "data.csv").assign(pred=["positive"] * 4)
    rows.to_csv(here / "old.csv", index=False)
    both = f"ensemble:{here / 'v1'}+{here / 'v2'}"
    flipscope.compare(here / "old.csv", both, here / "data.csv", "mine", out=here / "p", id="id",
                      settings=Settings(use_cache=False))  # fmt: skip
    flipscope.compare(here / "v1", both, here / "data.csv", "mine", out=here / "e", id="id",
                      settings=Settings(use_cache=False))  # fmt: skip
    with pytest.raises(FlipscopeError, match=r"old, .*old\.csv: of this model there are only predictions"):
        load_models(flipscope.open_comparison(here / "p"), "mine", "new")
    with pytest.raises(FlipscopeError, match="several models that answer together"):
        load_models(flipscope.open_comparison(here / "e"), "mine", "new")


def test_pickled_weights_are_not_loaded_unasked(here):
    import torch

    model = load(here)[0].model
    models._KEPT._models.clear()
    folder = here / "pickled"
    shutil.copytree(here / "v1", folder)
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    comparison = flipscope.compare(
        folder, here / "v2", here / "data.csv", "mine", out=here / "t", allow_torch_weights=True,
        settings=Settings(use_cache=False),
    )  # fmt: skip
    with pytest.raises(FlipscopeError, match=r"pickle.*--allow-torch-weights"):
        load_models(comparison, "mine", "new")
    assert load_models(comparison, "mine", "new", Reopening(allow_torch_weights=True))[0].checkpoint.torch_weights
