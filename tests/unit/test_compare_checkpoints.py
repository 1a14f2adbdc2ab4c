"""The main job on checkpoints that run, in this process: what comes out, and what bad input is told."""

import json
import re
import shutil
import sys

import numpy as np
import pandas as pd
import pytest

import flipscope
from flipscope import cli
from tiny_models import make_checkpoint

TEXTS = [
    f"the {noun} was {word}"
    for noun in ("plot", "cast", "score", "ending")
    for word in ("fine", "dull", "great", "bad")
]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Two checkpoints on the same vocabulary; the second lists its labels the other way round."""
    folder = tmp_path_factory.mktemp("models")
    make_checkpoint(folder / "v1", TEXTS, ("negative", "positive"), seed=1)
    make_checkpoint(folder / "v2", TEXTS, ("positive", "negative"), seed=2)
    return folder


@pytest.fixture
def here(tmp_path, models, monkeypatch):
    """A folder of its own with both models, data, and nothing else; we stand in it."""
    for name in ("v1", "v2"):
        shutil.copytree(models / name, tmp_path / name)
    rows = [
        {"text": text, "label": ("negative", "positive")[i % 2], "noun": text.split()[1]}
        for i, text in enumerate(TEXTS)
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "data.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch, capsys, *arguments):
    """Run the command line in this process, where torch is imported only once."""
    monkeypatch.setattr(sys, "argv", ["flipscope", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    said = capsys.readouterr()
    return stop.value.code or 0, said.out, said.err


COMPARE = ("compare", "--task", "mine", "--old", "v1", "--new", "v2", "--data", "data.csv", "--out", "out")


def test_answers_are_aligned_by_the_names_of_the_labels(here):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    comparison = flipscope.compare(old="v1", new="v2", data="data.csv", task="mine", out="out")
    examples = comparison.examples(sort="id", limit=None)
    for side, folder in (("old", "v1"), ("new", "v2")):
        model = AutoModelForSequenceClassification.from_pretrained(folder)
        encoded = AutoTokenizer.from_pretrained(folder)(examples["text_a"].tolist(), padding=True, return_tensors="pt")
        logits = model(**encoded).logits.detach().numpy()
        assert examples[f"{side}_pred"].tolist() == [model.config.id2label[i] for i in logits.argmax(1)]
    assert comparison.task_info("mine").label_names == ["negative", "positive"]
    assert {model.kind for model in comparison.task_info("mine").models.values()} == {"checkpoint"}


def test_the_same_model_twice_has_no_flips_and_no_difference_at_all(here):
    comparison = flipscope.compare(old="v1", new="v1", data="data.csv", task="mine", out="out")
    assert comparison.result().negative_flip == comparison.result().positive_flip == 0
    old, new = (pd.read_parquet(here / "out" / "predictions" / f"{side}.parquet") for side in ("old", "new"))
    assert (np.stack(old["probabilities"]) == np.stack(new["probabilities"])).all()


def test_predictions_are_taken_from_the_cache_and_a_changed_model_is_run_again(here, monkeypatch, capsys):
    assert "from the cache" not in run(monkeypatch, capsys, *COMPARE)[2]
    said = run(monkeypatch, capsys, *COMPARE)[2]
    assert "old: 16 predictions from the cache" in said
    assert "new: 16 predictions from the cache" in said
    make_checkpoint(here / "v2", TEXTS, ("positive", "negative"), seed=3)
    said = run(monkeypatch, capsys, *COMPARE)[2]
    assert "old: 16 predictions from the cache" in said
    assert "new: 16 predictions from the cache" not in said
    assert "from the cache" not in run(monkeypatch, capsys, *COMPARE, "--no-cache")[2]


def test_without_a_cache_nothing_is_left_beside_the_comparison(here, monkeypatch, capsys):
    run(monkeypatch, capsys, *COMPARE)
    code, _, err = run(monkeypatch, capsys, *COMPARE, "--no-cache")
    assert code == 0
    assert "out: the comparison in it will be replaced when" in err
    assert not (here / "out" / ".unfinished").exists()
    assert (here / "out" / "comparison.json").is_file()


def test_archives_ensembles_and_prediction_files_mix(here):
    shutil.make_archive("v2", "zip", "v2")
    answers = flipscope.compare(old="v1", new="v2", data="data.csv", task="mine", out="out").examples(limit=None)
    answers[["text_a", "new_pred"]].rename(columns={"text_a": "text", "new_pred": "pred"}).to_csv("v2.csv", index=False)
    comparison = flipscope.compare(
        old="v1",
        new={"zip": "v2.zip", "file": "v2.csv", "both": "ensemble:v1+v2.zip"},
        data="data.csv",
        task="mine",
        out="many",
    )
    assert comparison.result("mine", "zip").negative_flip == comparison.result("mine", "file").negative_flip
    old, new, both = (
        pd.read_parquet(here / "many" / "predictions" / f"{name}.parquet").set_index("row_id")["probabilities"]
        for name in ("old", "zip", "both")
    )
    np.testing.assert_allclose(np.stack(both), (np.stack(old) + np.stack(new[both.index])) / 2)


def test_in_memory_data_and_a_temporary_folder(here):
    frame = pd.read_csv("data.csv")
    comparison = flipscope.compare(old="v1", new="v2", data=frame, task="mine")
    folder = comparison.path
    assert comparison.by("noun")["n"].sum() == 16
    assert folder.exists()
    del comparison
    assert not folder.exists()


def test_a_limit_takes_the_first_examples(here, monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, *COMPARE, "--limit", "5", "--json")
    assert code == 0
    assert json.loads(out)["candidates"][0]["tasks"][0]["n"] == 5


def _no_weights(folder):
    (folder / "v2" / "model.safetensors").unlink()


def _truncated(folder):
    path = folder / "v2" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def _pickle_only(folder):
    _no_weights(folder)
    (folder / "v2" / "pytorch_model.bin").write_bytes(b"\x80\x04.")


def _no_tokenizer(folder):
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (folder / "v2" / name).unlink(missing_ok=True)


def _own_code(folder):
    path = folder / "v2" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"auto_map": {"AutoModel": "evil.Model"}}))


def _other_labels(folder):
    path = folder / "v2" / "config.json"
    changed = {"id2label": {"0": "happy", "1": "sad"}, "label2id": {"happy": 0, "sad": 1}}
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def _null_text(folder):
    pd.DataFrame({"text": ["fine", None, "dull"], "label": ["positive"] * 3}).to_parquet(folder / "data.parquet")
    shutil.move(folder / "data.parquet", folder / "data.csv")
    (folder / "data.csv").rename(folder / "data.parquet")


def _bad_bytes(folder):
    (folder / "data.csv").write_bytes(b"text,label\nfine,positive\ncaf\xe9,negative\n")


def _empty(folder):
    (folder / "data.csv").write_text("")


def _disagreeing_ids(folder):
    (folder / "data.csv").write_text("id,text,label\n1,fine,positive\n1,dull,negative\n")


@pytest.mark.parametrize(
    ("breaks", "message", "options"),
    [
        (_no_weights, "v2.*weights", ()),
        (_truncated, "v2.*(truncated|bytes|short|end)", ()),
        (_pickle_only, "v2.*allow-torch-weights", ()),
        (_no_tokenizer, "v2.*tokenizer", ()),
        (_own_code, "v2.*code", ()),
        (_other_labels, "happy, sad.*--alias", ()),
        (_null_text, "data.parquet.*row 2", ("--data", "data.parquet")),
        (_bad_bytes, "data.csv.*UTF-8", ()),
        (_empty, "data.csv.*empty", ()),
        (_disagreeing_ids, "data.csv.*'1'.*differ", ()),
        (None, "nope.*text, label, noun", ("--text", "nope")),
        (None, "v3", ("--new", "./v3")),
        (None, "no evaluation set", ("--data", "")),
    ],
)
def test_bad_input_is_told_in_one_message_and_leaves_nothing(here, monkeypatch, capsys, breaks, message, options):
    if breaks:
        breaks(here)
    code, out, err = run(monkeypatch, capsys, *COMPARE, *options)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    last = err.strip().splitlines()[-1]
    assert last.startswith("flipscope: ")
    assert re.search(message, last), last
    assert not (here / "out").exists()


def _relabel(folder, *labels):
    path = folder / "config.json"
    names = {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}
    path.write_text(json.dumps(json.loads(path.read_text()) | names))


def test_models_that_number_their_classes_do_not_guess_the_names_of_the_data(here, monkeypatch, capsys):
    for name in ("v1", "v2"):
        _relabel(here / name, "LABEL_0", "LABEL_1")
    code, _, err = run(monkeypatch, capsys, *COMPARE)
    assert code == 2
    assert "--labels" in err.splitlines()[-1]
    named = flipscope.compare(
        old="v1", new="v2", data="data.csv", task="mine", out="a", labels=("negative", "positive")
    )
    other = flipscope.compare(
        old="v1", new="v2", data="data.csv", task="mine", out="b", labels=("positive", "negative")
    )
    assert named.result().both_correct == other.result().both_wrong


def test_models_that_order_their_classes_differently_need_names_in_the_data(here, monkeypatch, capsys):
    pd.DataFrame({"text": TEXTS, "label": [i % 2 for i in range(16)]}).to_csv("data.csv", index=False)
    code, _, err = run(monkeypatch, capsys, *COMPARE)
    assert code == 2
    assert "--labels" in err.splitlines()[-1]
    assert flipscope.compare(old="v1", new="v1", data="data.csv", task="mine").task_info("mine").label_names == [
        "negative",
        "positive",
    ]


def test_labels_that_do_not_fit_are_told_before_any_model_runs(here, monkeypatch, capsys):
    _other_labels(here)
    code, _, err = run(monkeypatch, capsys, *COMPARE, "--no-cache")
    assert code == 2
    assert "predicting" not in err
    assert not (here / "out").exists()


def test_another_name_for_a_label_can_be_said(here, monkeypatch, capsys):
    _other_labels(here)
    code, _, err = run(monkeypatch, capsys, *COMPARE, "--alias", "happy=positive", "--alias", "sad=negative")
    assert code == 0, err


def test_a_disk_that_fills_while_predicting_is_said_plainly(here, monkeypatch, capsys):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", full)
    code, _, err = run(monkeypatch, capsys, *COMPARE)
    assert code == 2
    assert "No space left" in err.strip().splitlines()[-1]
    assert not (here / "out").exists()


def test_stopped_by_hand_it_says_how_to_go_on(here, monkeypatch, capsys):
    def stop(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("flipscope.store.folder.write_tables", stop)
    code, _, err = run(monkeypatch, capsys, *COMPARE)
    assert code == 130
    assert "goes on from here" in err
    assert not (here / "out").exists()


def test_an_alias_gives_the_models_classes_the_names_of_the_data(here, monkeypatch, capsys):
    rows = [{"body": text, "team": ("complaint", "praise")[i % 2]} for i, text in enumerate(TEXTS)]
    pd.DataFrame(rows).to_csv("data.csv", index=False)
    columns = ("--text", "body", "--label", "team")
    code, _, err = run(monkeypatch, capsys, *COMPARE, *columns)
    assert code == 2, err
    code, _, err = run(
        monkeypatch, capsys, *COMPARE, *columns, "--alias", "negative=complaint", "--alias", "positive=praise"
    )
    assert code == 0, err
    comparison = flipscope.open_comparison("out")
    assert comparison.task_info("mine").label_names == ["complaint", "praise"]
    assert set(comparison.examples(limit=None)["new_pred"]) <= {"complaint", "praise"}
