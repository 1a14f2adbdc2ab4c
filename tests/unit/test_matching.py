import pytest

import flipscope
from flipscope.errors import FlipscopeError


def _write(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def data(tmp_path):
    return _write(
        tmp_path / "data.csv",
        ["id,text,label", "1,good one,pos", "2,bad one,neg", "3,fine,pos", "4,good one,pos"],
    )


def _compare(tmp_path, old, new, data=None, **options):
    return flipscope.compare(old=old, new=new, data=data, task="mine", out=tmp_path / "out", **options)


def test_by_id_when_both_sides_have_one(tmp_path, data):
    old = _write(tmp_path / "old.csv", ["id,pred", "4,pos", "3,neg", "2,neg", "1,pos"])
    new = _write(tmp_path / "new.csv", ["id,pred", "2,pos", "1,pos", "3,pos", "4,neg"])
    result = _compare(tmp_path, old, new, data).result()
    assert (result.both_correct, result.negative_flip, result.positive_flip, result.both_wrong) == (
        1,
        2,
        1,
        0,
    )


def test_by_text_when_one_side_has_no_id(tmp_path, data):
    old = _write(tmp_path / "old.csv", ["text,pred", "fine,neg", "good one,pos", "bad one,neg"])
    new = _write(tmp_path / "new.csv", ["id,pred", "1,pos", "2,pos", "3,pos", "4,neg"])
    result = _compare(tmp_path, old, new, data).result()
    # "good one" is there twice, and its one prediction serves both
    assert (result.n, result.both_correct, result.negative_flip, result.positive_flip) == (4, 1, 2, 1)


def test_equal_texts_answered_differently_are_refused(tmp_path, data):
    old = _write(tmp_path / "old.csv", ["text,pred", "fine,neg", "good one,pos", "bad one,neg", "good one,neg"])
    with pytest.raises(FlipscopeError, match=r"old\.csv.*differ in prediction"):
        _compare(tmp_path, old, old, data)


def test_the_same_ids_on_other_texts_are_refused(tmp_path, data):
    old = _write(
        tmp_path / "old.csv",
        ["id,text,pred", "1,good  one,pos", "2,bad one,neg", "3,fine,pos", "4,good one,pos"],
    )
    new = _write(
        tmp_path / "new.csv",
        ["id,text,pred", "1,bad one,neg", "2,good one,pos", "3,fine,pos", "4,good one,pos"],
    )
    with pytest.raises(FlipscopeError, match=r"new\.csv: 2 rows have another text than in .*data\.csv, such as '1'"):
        _compare(tmp_path, old, new, data)


def test_gold_labels_that_disagree_are_refused(tmp_path):
    old = _write(tmp_path / "old.csv", ["id,label,pred", "1,pos,pos", "2,neg,neg"])
    new = _write(tmp_path / "new.csv", ["id,label,pred", "1,pos,pos", "2,pos,neg"])
    with pytest.raises(FlipscopeError, match="another gold label"):
        _compare(tmp_path, old, new)


def test_files_without_texts_or_shared_ids_can_not_be_matched(tmp_path, data):
    other = _write(tmp_path / "other.csv", ["id,pred", "x1,pos", "x2,neg"])
    with pytest.raises(FlipscopeError, match=r"'x1'.*'1'.*--id none"):
        _compare(tmp_path, other, other, data)
    with pytest.raises(FlipscopeError, match="no texts"):
        _compare(tmp_path, other, other, _write(tmp_path / "noid.csv", ["text,label", "good one,pos", "bad one,neg"]))
    elsewhere = _write(tmp_path / "elsewhere.csv", ["text,pred", "never seen,pos", "nor this,neg"])
    with pytest.raises(FlipscopeError, match="none of its texts"):
        _compare(tmp_path, elsewhere, elsewhere, data)


def test_rows_only_one_file_has_are_reported(tmp_path):
    old = _write(tmp_path / "old.csv", ["id,label,pred", "1,pos,pos", "2,neg,neg", "3,neg,pos"])
    new = _write(tmp_path / "new.csv", ["id,label,pred", "2,neg,pos", "3,neg,neg", "9,neg,neg", "8,neg,neg"])
    comparison = _compare(tmp_path, old, new)
    assert comparison.result().n == 2
    assert comparison.manifest.warnings == [
        "mine: 2 predictions of the candidate belong to no example and do not count",
        "mine: 1 of 3 examples have no prediction of the candidate and do not count",
    ]


def test_classes_that_only_one_file_knows_are_classes_all_the_same(tmp_path):
    old = _write(tmp_path / "old.csv", ["id,label,pred", "1,a,a", "2,b,b"])
    new = _write(tmp_path / "new.csv", ["id,label,pred", "1,a,c", "2,b,b"])
    comparison = _compare(tmp_path, old, new)
    assert comparison.task_info("mine").label_names == ["a", "b", "c"]
    assert comparison.result().negative_flip == 1


def test_names_in_one_file_and_numbers_in_the_other_need_their_order(tmp_path):
    old = _write(tmp_path / "old.csv", ["id,label,pred", "1,pos,pos", "2,neg,neg"])
    new = _write(tmp_path / "new.csv", ["id,label,pred", "1,1,1", "2,0,1"])
    with pytest.raises(FlipscopeError, match="--labels"):
        _compare(tmp_path, old, new)
    assert _compare(tmp_path, old, new, labels=("neg", "pos")).result().negative_flip == 1


def test_an_ensemble_of_prediction_files_averages_probabilities(tmp_path):
    lines = ["id,label,prob_neg,prob_pos"]
    one = _write(tmp_path / "one.csv", [*lines, "1,pos,0.1,0.9", "2,neg,0.45,0.55", "3,neg,0.9,0.1"])
    two = _write(tmp_path / "two.csv", [*lines, "1,pos,0.6,0.4", "2,neg,0.8,0.2", "3,neg,0.3,0.7"])
    comparison = _compare(tmp_path, two, f"ensemble:{one}+{two}")
    answers = comparison.examples(sort="id")
    assert answers["new_pred"].tolist() == ["pos", "neg", "neg"]
    assert answers["new_conf"].tolist() == pytest.approx([0.65, 0.625, 0.6])
    assert comparison.manifest.tasks[0].models["new"].kind == "ensemble"


def test_a_vote_of_prediction_files_needs_no_probabilities(tmp_path):
    files = [
        _write(tmp_path / f"{i}.csv", ["id,label,pred", *(f"{row},pos,{pred}" for row, pred in enumerate(preds))])
        for i, preds in enumerate((["pos", "neg", "neg"], ["pos", "pos", "neg"], ["neg", "pos", "neg"]))
    ]
    comparison = _compare(tmp_path, files[0], "vote:" + "+".join(map(str, files)))
    assert comparison.examples(sort="id")["new_pred"].tolist() == ["pos", "pos", "neg"]
    assert comparison.result().severity_reason == "no_probabilities"
    model = comparison.manifest.tasks[0].models["new"]
    assert (model.kind, model.notes[0]) == ("ensemble", "majority of the answers of 3 models")


def test_data_with_only_some_of_the_classes_do_not_limit_the_answers(tmp_path):
    data = _write(tmp_path / "data.csv", ["id,text,label", "1,good,pos", "2,great,pos"])
    old = _write(tmp_path / "old.csv", ["id,pred", "1,pos", "2,neg"])
    new = _write(tmp_path / "new.csv", ["id,pred", "1,neutral", "2,pos"])
    comparison = _compare(tmp_path, old, new, data)
    assert comparison.task_info("mine").label_names == ["neg", "neutral", "pos"]
    assert (comparison.result().negative_flip, comparison.result().positive_flip) == (1, 1)


def test_numbered_data_and_named_answers_need_the_order_of_the_names(tmp_path):
    data = _write(tmp_path / "data.csv", ["id,text,label", "1,good,1", "2,bad,0"])
    answers = _write(tmp_path / "old.csv", ["id,pred", "1,pos", "2,neg"])
    with pytest.raises(FlipscopeError, match="--labels"):
        _compare(tmp_path, answers, answers, data)
    assert _compare(tmp_path, answers, answers, data, labels=("neg", "pos")).result().both_correct == 2


def test_matched_by_text_the_order_of_rows_and_labels_of_repeated_texts_do_not_matter(tmp_path):
    lines = ["x,a,a", "x,b,a", "y,a,b"]
    one = _write(tmp_path / "one.csv", ["text,label,pred", *lines])
    two = _write(tmp_path / "two.csv", ["text,label,pred", *lines[::-1]])
    result = _compare(tmp_path, one, two).result()
    assert (result.n, result.negative_flip, result.positive_flip) == (3, 0, 0)
    other = _write(tmp_path / "other.csv", ["text,label,pred", *lines[:2], "y,b,b"])
    with pytest.raises(FlipscopeError, match="1 rows have another gold label"):
        _compare(tmp_path, one, other)


def test_equal_texts_with_different_probabilities_are_refused(tmp_path):
    rows = ["text,label,prob_neg,prob_pos", "t,pos,0.4,0.6", "t,pos,0.1,0.9", "u,neg,0.7,0.3"]
    answers = _write(tmp_path / "a.csv", rows)
    with pytest.raises(FlipscopeError, match="rows 1 and 2 have the same text and different probabilities"):
        _compare(tmp_path, answers, answers)


def test_unmatched_rows_of_the_old_model_are_reported_too(tmp_path, data):
    old = _write(tmp_path / "old.csv", ["id,pred", "1,pos", "2,neg", "3,pos", "4,pos", "77,pos", "78,neg"])
    new = _write(tmp_path / "new.csv", ["text,pred", "good one,pos", "bad one,neg", "fine,pos", "unheard of,neg"])
    assert _compare(tmp_path, old, new, data).manifest.warnings == [
        "mine: 2 predictions of the old model belong to no example and do not count",
        "mine: 1 predictions of the candidate belong to no example and do not count",
    ]
    assert _compare(tmp_path, old, new, data, limit=2).manifest.warnings == []


def test_an_ensemble_member_may_have_more_rows_than_there_are_examples(tmp_path, data):
    lines = ["id,prob_neg,prob_pos", *(f"{i},0.2,0.8" for i in range(1, 9))]
    member = _write(tmp_path / "m.csv", lines)
    comparison = _compare(tmp_path, member, f"ensemble:{member}+{member}", data, limit=3)
    assert comparison.result().n == 3


def test_an_alias_reaches_the_labels_of_the_data(tmp_path):
    data = _write(tmp_path / "data.csv", ["id,text,label", "1,good,POS", "2,bad,NEG"])
    answers = _write(tmp_path / "a.csv", ["id,pred", "1,positive", "2,positive"])
    alias = {"POS": "positive", "NEG": "negative"}
    comparison = flipscope.compare(old=answers, new=answers, data=data, task="sst2", alias=alias)
    assert comparison.result().both_correct == 1
