"""Prediction files of any model: what is what is found out, and nothing is matched by luck."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flipscope.errors import FlipscopeError
from flipscope.open.predictions import PredictionFile, open_predictions, to_examples
from flipscope.tasks import get_task

SST2 = get_task("sst2")
MINE = get_task("mine")
RTE = get_task("rte")


def csv(folder: Path, *lines: str, name: str = "model.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def preds(file: PredictionFile) -> list[str]:
    return file.predictions.table["pred"].to_pylist()


def probabilities(file: PredictionFile) -> np.ndarray:
    return np.array(file.predictions.table["probabilities"].to_pylist())


def test_names_and_indices_are_the_same_predictions(tmp_path: Path) -> None:
    names = open_predictions(csv(tmp_path, "id,label,pred", "a,1,Positive", "b,0,positive"), SST2)
    indices = open_predictions(csv(tmp_path, "id,gold,Prediction", "a,positive,1", "b,negative,1"), SST2)
    assert preds(names) == preds(indices) == ["positive", "positive"]
    assert names.table["label"].to_pylist() == indices.table["label"].to_pylist() == ["positive", "negative"]
    assert names.predictions.label_names == ("negative", "positive")
    assert "column 'pred' -> prediction (names)" in names.predictions.notes
    assert "column 'Prediction' -> prediction (indices)" in indices.predictions.notes


def test_what_a_file_is_called_and_which_it_is(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,pred", "a,1")
    file = open_predictions(path, SST2)
    assert file.name == "model"
    assert file.predictions.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.predictions.id_column == "id"
    assert open_predictions(path, SST2, name="old").name == "old"


def test_file_without_texts(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "pairID,heuristic,label,pred",
        "ex0,lexical,non-entailment,entailment",
        "ex1,sub,entailment,entailment",
    )
    file = open_predictions(path, get_task("hans"))
    assert file.predictions.label_names == ("entailment", "non-entailment")
    assert file.table.to_pylist()[0] == {
        "example_id": "ex0", "text_a": None, "text_b": None, "label": "non-entailment", "heuristic": "lexical",
    }  # fmt: skip
    assert open_predictions(path, RTE).table["label"].to_pylist() == ["not_entailment", "entailment"]


def test_evaluation_set_from_a_prediction_file(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "id,sentence,label,pred,n", "a,x,1,0,5", "b,y,,1,6"), SST2)
    examples = to_examples(file, SST2)
    assert examples.table["label"].to_pylist() == ["positive", None]
    assert examples.table["text_a"].to_pylist() == ["x", "y"]
    assert examples.meta == ("n",)
    assert examples.label_names == ("negative", "positive")
    with pytest.raises(FlipscopeError, match=r"no gold labels.*--data"):
        to_examples(open_predictions(csv(tmp_path, "id,pred", "a,1"), SST2), SST2)


def test_rows_are_known_by_their_text_when_there_is_no_id(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "sentence,pred", "x,1", "y,0", "x,1"), SST2)
    first = hashlib.sha256(b"Sx").hexdigest()[:32]
    assert file.predictions.id_column is None
    assert file.predictions.table["example_id"].to_pylist()[::2] == [first, f"{first}#2"]
    with pytest.raises(FlipscopeError, match=r"rows 1 and 3, which differ in prediction.*Add ids"):
        open_predictions(csv(tmp_path, "sentence,pred", "x,1", "y,0", "x,0"), SST2)


# Probabilities and logits


def test_one_column_a_class_in_any_order(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "id,prob_positive,prob_negative", "a,0.9,0.1", "b,0.25,0.75"), SST2)
    assert preds(file) == ["positive", "negative"]
    np.testing.assert_allclose(probabilities(file), [[0.1, 0.9], [0.75, 0.25]])
    by_index = open_predictions(csv(tmp_path, "id,p_1,p_0", "a,0.9,0.1", "b,0.25,0.75"), SST2)
    np.testing.assert_array_equal(probabilities(by_index), probabilities(file))


@pytest.mark.parametrize("text", ["[0.1, 0.9]", "[0.1 0.9]", "[ 0.1\n 0.9 ]"])
def test_lists_written_into_a_csv(tmp_path: Path, text: str) -> None:
    file = open_predictions(csv(tmp_path, "id,probs", f'a,"{text}"'), SST2)
    np.testing.assert_allclose(probabilities(file), [[0.1, 0.9]])


def test_lists_of_json_and_parquet(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, "probabilities": [0.2, 0.8]}) for i in range(3)))
    np.testing.assert_allclose(probabilities(open_predictions(path, SST2)), [[0.2, 0.8]] * 3)
    pq.write_table(pa.table({"id": [1], "softmax": [[0.6, 0.4]]}), tmp_path / "m.parquet")
    assert preds(open_predictions(tmp_path / "m.parquet", SST2)) == ["negative"]


def test_logits_become_probabilities(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,logit_negative,logit_positive", "a,0,0", f"b,{np.log(3)},0", "c,1000,-1000")
    file = open_predictions(path, SST2)
    np.testing.assert_allclose(probabilities(file), [[0.5, 0.5], [0.75, 0.25], [1, 0]], atol=1e-12)
    np.testing.assert_allclose(file.predictions.table["logits"].to_pylist()[2], [1000, -1000])


def test_one_number_is_the_probability_of_the_second_class_when_named(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,pred,p1", "a,1,0.9", "b,0,0.2")
    assert "probabilities" not in open_predictions(path, SST2).predictions.table.column_names
    assert open_predictions(path, SST2).table["p1"].to_pylist() == [0.9, 0.2]
    named = open_predictions(path, SST2, prob_columns=["p1"])
    np.testing.assert_allclose(probabilities(named), [[0.1, 0.9], [0.8, 0.2]])


@pytest.mark.parametrize(
    ("columns", "aliases"),
    [
        (("positive", "negative"), {}),
        (("p_positive", "Negative"), {}),
        (("p_pos", "p_neg"), {"pos": "positive", "NEG": "negative"}),
        (("pos", "neg"), {"pos": "positive", "neg": "negative"}),
        (("1", "0"), {}),
        (("second", "first"), {"first": "negative", "second": "positive"}),
    ],
)
def test_named_columns_that_name_labels_are_in_no_order(
    tmp_path: Path, columns: tuple[str, ...], aliases: dict[str, str]
) -> None:
    path = csv(tmp_path, f"id,label,{','.join(columns)}", "a,1,0.9,0.1")
    for named in (columns, columns[::-1]):
        file = open_predictions(path, SST2, prob_columns=named, aliases=aliases)
        np.testing.assert_allclose(probabilities(file), [[0.1, 0.9]])


def test_named_columns_that_name_no_label_are_in_the_labels_order(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,pred,x,y", "a,0,0.9,0.1")
    np.testing.assert_allclose(probabilities(open_predictions(path, SST2, prob_columns=["x", "y"])), [[0.9, 0.1]])
    with pytest.raises(FlipscopeError, match=r"do not say which number belongs to which of bad, good.*--labels"):
        open_predictions(csv(tmp_path, "id,pred,x,y", "a,good,1,0", "b,bad,0,1"), MINE, prob_columns=["x", "y"])


def test_named_columns_tell_labels_that_nothing_else_tells(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,label,spam,ham", "a,ham,0.1,0.9")
    file = open_predictions(path, MINE, prob_columns=["spam", "ham"])
    assert file.predictions.label_names == ("spam", "ham")
    assert preds(file) == ["ham"]


@pytest.mark.parametrize("others", ["p_value", "p_value,p_rank", "P_0"])
def test_other_columns_do_not_spoil_those_of_the_labels(tmp_path: Path, others: str) -> None:
    values = ",".join("7" for _ in others.split(","))
    for task in (SST2, MINE):
        path = csv(tmp_path, f"id,pred,{others},prob_positive,prob_negative", f"a,negative,{values},0.1,0.9")
        file = open_predictions(path, task)
        assert set(others.split(",")) <= set(file.table.column_names)
        at = file.predictions.label_names.index("positive")
        np.testing.assert_allclose(probabilities(file)[:, at], [0.1])


def test_minus_is_a_class_where_the_file_uses_it_as_one(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,label,pred", "a,+,-", "b,-,-")
    for task in (MINE, get_task("mine", labels=("+", "-"))):
        assert open_predictions(path, task).table["label"].to_pylist() == ["+", "-"]
    mnli = csv(tmp_path, "id,label,pred", "a,-,neutral", "b,neutral,entailment")
    assert open_predictions(mnli, MINE).table["label"].to_pylist() == [None, "neutral"]


def test_prediction_that_is_not_the_likeliest_is_kept_and_counted(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,pred,prob_0,prob_1", "a,1,0.9,0.1", "b,0,0.9,0.1", "c,1,0.5,0.5")
    file = open_predictions(path, SST2)
    assert preds(file) == ["positive", "negative", "positive"]
    assert any("in 1 rows the prediction is not the class of the largest" in note for note in file.predictions.notes)


def test_probabilities_are_made_to_sum_to_one(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "id,prob_0,prob_1", "a,0.3333,0.6663"), SST2)
    assert probabilities(file).sum() == pytest.approx(1, abs=1e-15)


def test_columns_that_only_look_like_probabilities_stay_metadata(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "id,pred,p_value,p_rank", "a,1,0.05,3"), SST2)
    assert file.table.column_names[-2:] == ["p_value", "p_rank"]
    assert any("p_value, p_rank kept as metadata" in note for note in file.predictions.notes)


def test_label_names_from_the_columns_of_probabilities(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "id,pred,prob_spam,prob_ham", "a,ham,0.1,0.9"), MINE)
    assert file.predictions.label_names == ("spam", "ham")
    np.testing.assert_allclose(probabilities(file), [[0.1, 0.9]])
    digits = open_predictions(csv(tmp_path, "id,pred,probs", 'a,2,"[0.1, 0.1, 0.8]"'), MINE)
    assert digits.predictions.label_names == ("0", "1", "2")


# Label names of the file and of the task


def test_own_label_names_and_aliases(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,pred,probs", 'a,0,"[0.9, 0.1]"', 'b,1,"[0.2, 0.8]"')
    aliases = {"POS": "positive", "NEG": "negative"}
    file = open_predictions(path, SST2, label_names=("POS", "NEG"), aliases=aliases)
    assert file.predictions.label_names == ("positive", "negative")
    assert preds(file) == ["positive", "negative"]
    np.testing.assert_allclose(probabilities(file), [[0.9, 0.1], [0.2, 0.8]])


def test_aliases_without_known_names(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,label,pred", "a,good,POS", "b,bad,bad")
    assert open_predictions(path, MINE, aliases={"pos": "good"}).predictions.label_names == ("bad", "good")


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (["id,label", "a,1"], {}, "no column of predictions.*Columns are id, label.*--pred"),
        (["id,pred", "a,1"], {"pred_column": "prde"}, r"no column 'prde' \(--pred\).*Did you mean 'pred'"),
        (["id,pred", "a,1"], {"prob_columns": ["p1"]}, r"no column 'p1' \(--probs\)"),
        (["id,pred", "a,1"], {"id_column": "key"}, r"no column 'key' \(--id\)"),
        (["pred,label", "1,1"], {}, "neither an id nor a text.*can't be matched"),
        (["id,pred", "a,1", "b,"], {}, "no prediction in 1 rows, first in row 2|1 rows.*first in row 2"),
        (["id,pred", "a,1", "b,maybe"], {}, "row 2: 'maybe' is not one of the labels"),
        (["id,pred", "a,1", "a,0"], {}, "id 'a' stands in rows 1 and 2, which differ in prediction"),
        (["id,pred,label", "a,1,0", "a,1,1"], {}, "differ in label"),
        (["id,prob_0,prob_1", "a,0.5,0.5", "b,0.7,0.7"], {}, r"row 2: 0.7, 0.7 are not probabilities \(sum 1.4\)"),
        (["id,prob_0,prob_1", "a,-0.5,1.5"], {}, "row 1: -0.5, 1.5 are not probabilities"),
        (["id,prob_0,prob_1", "a,1,0", "b,nan,1"], {}, "row 2 of column 'prob_0' has no finite number"),
        (["id,prob_0,prob_1", "a,1,0", "b,,1"], {}, "column 'prob_0' does not hold numbers only"),
        (["id,probs", 'a,"[0.1, 0.9]"', 'b,"[1.0]"'], {}, "row 2 of column 'probs' has not 2 numbers"),
        (["id,probs", 'a,"[0.1, 0.2, 0.7]"'], {}, "column 'probs' has 3 numbers a row for the 2 labels"),
        (["id,pred,x,y,z", "a,1,0,1,0"], {"prob_columns": ["x", "y", "z"]}, "do not fit the labels"),
        (["id,p_neg,p_pos", "a,1,0"], {"prob_columns": ["p_neg", "p_pos"]}, r"do not fit.*--alias neg=negative"),
        (["id,p_neg,p_pos", "a,1,0"], {}, r"do not fit.*--alias neg=negative"),
        (["id,positive,p2", "a,1,0"], {"prob_columns": ["positive", "p2"]}, r"do not fit.*--alias p2=negative"),
        (["id,1,2", "a,1,0"], {"prob_columns": ["1", "2"]}, "do not fit the labels"),
        (["id,positive", "a,1"], {"prob_columns": ["positive", "positive"]}, "do not fit the labels"),
        (["id,pred", "a,1", "b,positive"], {}, "'positive' is the name of a label, but '1' could only be an index"),
        (["id,pred,p1", "a,1,1.5"], {"prob_columns": ["p1"]}, "are not probabilities"),
        (["id,p_value,p_rank", "a,1,2"], {}, "do not fit the labels"),
        (["id,pred", "a,1"], {"label_names": ("ham", "spam")}, "ham, spam.*negative, positive"),
    ],
)  # fmt: skip
def test_bad_files_are_refused(tmp_path: Path, lines: list[str], options: dict, message: str) -> None:
    with pytest.raises(FlipscopeError, match=message) as caught:
        open_predictions(csv(tmp_path, *lines), SST2, **options)
    assert "model.csv" in str(caught.value)


def test_unknown_order_of_classes_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match=r"do not say which number belongs to which of bad, good.*--labels"):
        open_predictions(csv(tmp_path, "id,pred,label,probs", 'a,good,bad,"[0.1, 0.9]"'), MINE)
    with pytest.raises(FlipscopeError, match=r"predictions are 0, 1, gold labels bad, good.*--labels"):
        open_predictions(csv(tmp_path, "id,pred,label", "a,0,good", "b,1,bad"), MINE)


def test_identical_rows_are_kept_once(tmp_path: Path) -> None:
    file = open_predictions(csv(tmp_path, "id,label,pred", "a,1,1", "b,0,0", "a,1,1"), SST2)
    assert file.predictions.table["example_id"].to_pylist() == file.table["example_id"].to_pylist() == ["a", "b"]
    assert any(note.startswith("rows that repeat") for note in file.predictions.notes)


def test_half_a_pair_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match="neither an id nor a text"):
        open_predictions(csv(tmp_path, "premise,pred", "p,1"), RTE)
    file = open_predictions(csv(tmp_path, "id,premise,pred", "a,p,1"), RTE)
    assert file.table["text_a"].to_pylist() == [None]


def test_torch_is_not_imported(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,label,pred", "a,1,1")
    code = (
        "import sys; from flipscope.open.source import open_source; from flipscope.tasks import get_task;"
        f"open_source({str(path)!r}, get_task('sst2'));"
        "sys.exit(', '.join({'torch', 'transformers', 'datasets', 'scipy'} & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
