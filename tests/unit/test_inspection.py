"""What is told of models before they run, what differs between two, and how data are previewed."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from fake_checkpoint import TENSORS, make_checkpoint, shard
from flipscope.errors import FlipscopeError
from flipscope.inspection import differences, inspect_model, open_fitting_suite, preview
from flipscope.spec import TaskSpec


def told(old, new):
    return {found.what: found for found in differences(old, new)}


@pytest.fixture
def folder(tmp_path):
    make_checkpoint(tmp_path / "old")
    make_checkpoint(tmp_path / "new", TENSORS | {"bert.more": np.ones((3,), dtype=np.float16)})
    pd.DataFrame(
        {"id": [1, 2, 3], "text": ["it is fine", "it is dull", "so so"], "label": ["positive", "negative", "negative"]}
    ).to_csv(tmp_path / "data.csv", index=False)
    return tmp_path


def spec(folder, **more):
    given = {"name": "mine", "old": str(folder / "old"), "candidates": {"new": str(folder / "new")}}
    return TaskSpec(**{**given, "data": str(folder / "data.csv"), **more})


def test_a_checkpoint_is_described_from_its_headers(folder):
    card = inspect_model(str(folder / "new"))
    assert (card.name, card.kind, card.architecture) == ("new", "checkpoint", "BertForSequenceClassification")
    assert (card.parameters, card.dtypes, card.max_positions) == (12 + 4 + 2 + 3, ("F32", "F16"), 64)
    assert card.tensors["bert.embeddings.weight"] == (6, 2)
    assert card.size_bytes == (folder / "new" / "model.safetensors").stat().st_size
    assert card.runs


def test_shards_and_archives_are_the_model_in_them(folder):
    whole = inspect_model(str(folder / "old"))
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        for file in (folder / "old").iterdir():
            archive.write(file, f"old/{file.name}")
    packed = inspect_model(str(folder / "old.zip"))
    assert packed.fingerprint == whole.fingerprint
    assert packed.tensors == whole.tensors
    split = inspect_model(str(shard(folder / "old")))
    assert (split.parameters, split.tensors) == (whole.parameters, whole.tensors)


def test_the_same_files_twice_can_not_flip(folder):
    card = inspect_model(str(folder / "old"))
    assert [found.what for found in differences(card, card)] == ["files"]


def test_what_differs_is_told_and_what_it_means(folder):
    old = inspect_model(str(folder / "old"))
    other = make_checkpoint(
        folder / "other",
        TENSORS | {"bert.embeddings.weight": np.ones((9, 2), dtype=np.float32)},
        id2label={"0": "Positive", "1": "negative"},
        max_position_embeddings=32,
    )
    (other / "tokenizer.json").write_text('{"version": "1.0", "model": {"vocab": {"c": 0}}}')
    found = told(old, inspect_model(str(other)))
    assert set(found) == {"parameters", "weight tensors", "labels", "tokenizer", "longest input"}
    assert found["labels"].note == "in another order: matched by name"
    assert found["tokenizer"].note == "the candidate has another tokenizer"
    assert found["weight tensors"].note == "1 of another shape, such as bert.embeddings.weight (6 × 2 → 9 × 2)"
    assert "the candidate sees less" in found["longest input"].note
    assert "1.3 times" in found["parameters"].note


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        ({"0": "joy", "1": "anger"}, "the labels differ"),
        ({"0": "negative", "1": "neutral", "2": "positive"}, "the labels differ"),
        ({"0": "LABEL_0", "1": "LABEL_1"}, "say which number is which"),
    ],
)
def test_labels_that_differ(folder, labels, note):
    tensors = TENSORS | {"classifier.weight": np.ones((len(labels), 2), dtype=np.float32)}
    other = make_checkpoint(folder / "other", tensors, id2label=labels)
    assert note in told(inspect_model(str(folder / "old")), inspect_model(str(other)))["labels"].note


def test_another_family_is_another_kind_of_model(folder):
    other = make_checkpoint(folder / "other", architectures=["RobertaForSequenceClassification"], model_type="roberta")
    found = told(inspect_model(str(folder / "old")), inspect_model(str(other)))
    assert "another kind of model" in found["architecture"].note
    assert "weight tensors" not in found


def test_predictions_and_ensembles(folder, sample_data):
    table = inspect_model(str(sample_data / "sentiment" / "predictions_old.csv"))
    assert (table.kind, table.rows, table.label_names) == ("predictions", 1270, ("negative", "positive"))
    assert not table.runs
    both = inspect_model(f"ensemble:{folder / 'old'}+{folder / 'new'}")
    assert (both.kind, both.parameters, len(both.members)) == ("ensemble", 18 + 21, 2)
    assert both.runs
    assert "elsewhere" in told(both, table)["kind"].note


def test_what_is_no_model_says_why(folder):
    with pytest.raises(FlipscopeError, match=r"no such file"):
        inspect_model(str(folder / "none"))
    weights = folder / "old" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(FlipscopeError, match="truncated"):
        inspect_model(str(folder / "old"))


def test_a_preview_tells_how_data_will_be_read(folder):
    found = preview(spec(folder))
    assert (found.rows, found.pairs) == (3, False)
    assert found.label_counts == {"negative": 2, "positive": 1}
    assert preview(spec(folder), limit=1).rows == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"label": "id"}, "is not one of the labels"),
        ({"label": "gone"}, "no label column"),
        ({"text": "gone"}, "no text column"),
        ({"labels": ("a", "b")}, "'positive' is not one of the labels"),
    ],
)
def test_data_that_do_not_fit_say_so(folder, more, message):
    with pytest.raises(FlipscopeError, match=message):
        preview(spec(folder, **more))


def test_data_without_gold_labels_are_refused(folder):
    pd.DataFrame({"text": ["a", "b"]}).to_csv(folder / "data.csv", index=False)
    with pytest.raises(FlipscopeError, match="gold label"):
        preview(spec(folder))


def test_rows_of_prediction_files_are_matched_before_anything_runs(folder, sample_data):
    sample = sample_data / "sentiment"
    files = {"old": str(sample / "predictions_old.csv"), "candidates": {"new": str(sample / "predictions_new.csv")}}
    found = preview(spec(folder, **files, data=None))
    assert found.rows == 1270
    assert "new: answers for 1,270 of 1,270 examples" in found.notes
    with pytest.raises(FlipscopeError):
        preview(spec(folder, **files))  # ids 1, 2, 3


def test_suites_that_fit_are_told_from_those_that_do_not(folder, sample_data):
    cards = [inspect_model(str(folder / name)) for name in ("old", "new")]
    data = preview(spec(folder))
    assert open_fitting_suite("auto", spec(folder), data, cards).name == "sentiment"
    for name in ("paraphrase", "acceptability"):
        with pytest.raises(FlipscopeError):
            open_fitting_suite(f"builtin:{name}", spec(folder), data, cards)
    table = inspect_model(str(sample_data / "sentiment" / "predictions_old.csv"))
    with pytest.raises(FlipscopeError, match="file of predictions"):
        open_fitting_suite("auto", spec(folder), data, [cards[0], table])


def test_inspecting_imports_no_torch(folder):
    code = (
        "import sys; from flipscope.inspection import inspect_model, preview; from flipscope.spec import TaskSpec\n"
        f"folder = {str(folder)!r}\n"
        "inspect_model(folder + '/old')\n"
        "preview(TaskSpec(name='m', old=folder + '/old', candidates={'new': folder + '/new'}, data=folder + '/data.csv'))\n"
        "print(sorted({'torch', 'transformers', 'streamlit', 'datasets'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
