from __future__ import annotations

import csv
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipscope.errors import FlipscopeError
from flipscope.mitigate.spec import MitigationTask
from flipscope.mitigate.splits import Splits, make_splits, write_splits
from flipscope.open.examples import open_examples
from flipscope.tasks import get_task

ROLES = ("train", "select", "report")


def write(path: Path, rows: list[dict[str, object]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def numbered(n: int, start: int = 0) -> list[dict[str, object]]:
    return [{"text": f"text number {i}", "label": ("no", "yes")[i % 2], "year": 2000 + i} for i in range(start, n)]


def split(train: str, **more: object) -> Splits:
    return make_splits(MitigationTask(name="mine", old="old", new="new", train=train, **more))


def texts(splits: Splits, role: str) -> list[str]:
    return getattr(splits, role).table["text_a"].to_pylist()


def test_all_rows_go_somewhere_once_in_about_the_shares_asked_for(tmp_path: Path) -> None:
    splits = split(write(tmp_path / "a.csv", numbered(2000)), select_share=0.2, report_share=0.3)
    together = [text for role in ROLES for text in texts(splits, role)]
    assert sorted(together) == sorted(str(row["text"]) for row in numbered(2000))
    assert len(splits.select) == pytest.approx(400, abs=80)
    assert len(splits.report) == pytest.approx(600, abs=80)
    info = splits.info
    assert (info.train, info.select, info.report) == tuple(len(getattr(splits, role)) for role in ROLES)
    assert info.left_out == 0


def test_copies_of_a_text_stay_together_whatever_their_case_and_spacing(tmp_path: Path) -> None:
    copies = [
        {"text": form, "label": "yes", "year": 1}
        for i in range(200)
        for form in (f"Text Number {i}", f"  text   number {i}", f"TEXT\tNUMBER {i} ")
    ]
    splits = split(write(tmp_path / "a.csv", [*numbered(10, 9), *copies]), select_share=0.3, report_share=0.3)
    seen = {role: {" ".join(text.lower().split()) for text in texts(splits, role)} for role in ROLES}
    assert not seen["train"] & seen["select"]
    assert not seen["train"] & seen["report"]
    assert not seen["select"] & seen["report"]
    assert splits.info.left_out == 0


def test_neither_order_nor_further_rows_move_a_row(tmp_path: Path) -> None:
    rows = numbered(300)
    first = split(write(tmp_path / "a.csv", rows))
    shuffled = random.Random(1).sample([*rows, *numbered(400, 300)], 400)
    more = split(write(tmp_path / "b.csv", shuffled))
    for role in ROLES:
        assert set(texts(first, role)) <= set(texts(more, role))


def test_models_are_trained_on_the_same_rows_in_the_same_order_however_the_file_is_sorted(tmp_path: Path) -> None:
    rows = numbered(60)
    one = split(write(tmp_path / "a.csv", rows), train_limit=20)
    other = split(write(tmp_path / "b.csv", rows[::-1]), train_limit=20)
    assert texts(one, "train") == texts(other, "train")
    assert len(one.train) == 20
    assert set(texts(one, "train")) != {row["text"] for row in rows[:20]}
    assert any("20 of" in note for note in one.info.notes)


def test_a_limit_takes_no_row_from_the_other_splits(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", numbered(100))
    limited, whole = split(source, train_limit=5), split(source)
    assert texts(limited, "report") == texts(whole, "report")
    assert texts(limited, "select") == texts(whole, "select")
    assert texts(limited, "train") == texts(whole, "train")[:5]


def test_what_is_given_is_kept_and_its_texts_are_left_out_of_what_comes_before(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", numbered(50))
    select = write(tmp_path / "select.csv", [*numbered(10), *numbered(60, 50)])  # 10 texts of train, 10 new ones
    report = write(tmp_path / "report.csv", [*numbered(20, 5), *numbered(70, 60)])  # 5 of select, 15 of train
    splits = split(train, select=select, report=report)
    assert texts(splits, "report") == [f"text number {i}" for i in [*range(5, 20), *range(60, 70)]]
    assert texts(splits, "select") == [f"text number {i}" for i in [*range(5), *range(50, 60)]]
    assert set(texts(splits, "train")) == {f"text number {i}" for i in range(20, 50)}
    assert splits.info.left_out == 20
    notes = " ".join(splits.info.notes)
    assert "select: rows whose text is in report, left out: 5" in notes
    assert "train: rows whose text is in select or report, left out: 20" in notes


def test_giving_the_report_split_does_not_move_what_selection_is_cut_to(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", numbered(200))
    report = write(tmp_path / "report.csv", numbered(250, 200))
    assert texts(split(train, report=report), "select") == texts(split(train), "select")


def test_pairs_are_the_same_only_when_both_texts_are(tmp_path: Path) -> None:
    rows = [{"text_a": f"first {i // 10}", "text_b": f"second {i % 10}", "label": i % 2} for i in range(100)]
    swapped = [{"text_a": row["text_b"], "text_b": row["text_a"], "label": row["label"]} for row in rows]
    splits = split(write(tmp_path / "a.csv", rows), report=write(tmp_path / "b.csv", swapped))
    assert splits.info.left_out == 0
    assert splits.report.table["text_b"].to_pylist() == [row["text_b"] for row in swapped]


def test_rows_without_a_label_are_left_out_and_said(tmp_path: Path) -> None:
    rows = numbered(100)
    for row in rows[:7]:
        row["label"] = ""
    splits = split(write(tmp_path / "a.csv", rows))
    assert splits.info.train + splits.info.select + splits.info.report == 93
    assert "train: rows without a gold label, left out: 7" in splits.info.notes
    assert all(getattr(splits, role).table["label"].null_count == 0 for role in ROLES)


def test_metadata_and_ids_come_along(tmp_path: Path) -> None:
    rows = [{"key": f"k{i}", **row} for i, row in enumerate(numbered(50))]
    splits = split(write(tmp_path / "a.csv", rows), id="key")
    assert splits.report.meta == ("year",)
    for row in splits.train.table.to_pylist():
        number = int(row["example_id"].removeprefix("k"))
        assert (row["text_a"], row["year"]) == (f"text number {number}", 2000 + number)


def test_classes_are_those_of_train_for_all_splits(tmp_path: Path) -> None:
    train = write(tmp_path / "a.csv", [{"text": f"t{i}", "label": "abc"[i % 3]} for i in range(30)])
    select = write(tmp_path / "b.csv", [{"text": f"s{i}", "label": "c"} for i in range(3)])
    splits = split(train, select=select)
    assert all(getattr(splits, role).label_names == ("a", "b", "c") for role in ROLES)
    other = write(tmp_path / "c.csv", [{"text": "s", "label": "d"}])
    with pytest.raises(FlipscopeError, match="'d' is not one of the labels"):
        split(train, select=other)


def test_names_of_numbered_classes_can_be_passed_on(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", [{"text": f"t{i}", "label": i % 2} for i in range(40)])
    task = MitigationTask(name="mine", old="old", new="new", train=source)
    splits = make_splits(task, label_names=("bad", "good"))
    row = splits.train.table.to_pylist()[0]
    assert row["label"] == ("bad", "good")[int(row["text_a"][1:]) % 2]
    assert splits.report.label_names == ("bad", "good")


def test_a_task_of_glue_needs_no_columns(tmp_path: Path) -> None:
    rows = [{"sentence": f"sentence {i}", "label": i % 2} for i in range(40)]
    source = write(tmp_path / "a.tsv.csv", rows)
    splits = make_splits(MitigationTask(name="SST-2", old="old", new="new", train=source))
    assert splits.train.task == splits.info.task == "sst2"
    assert splits.train.label_names == ("negative", "positive")


def test_a_class_without_training_examples_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", [{"text": f"t{i}", "label": "a"} for i in range(40)])
    splits = split(source, labels=("a", "b"))
    assert any("no example of b" in note for note in splits.info.notes)


@pytest.mark.parametrize(
    ("more", "rows", "what"),
    [
        ({"select_share": 0.5, "report_share": 0.5}, 50, "nothing to train on"),
        ({"select_share": 1e-6}, 50, "no row is left for select"),
        ({"report_share": 1e-6}, 50, "no row is left for report"),
    ],
)
def test_an_empty_split_is_refused(tmp_path: Path, more: dict[str, float], rows: int, what: str) -> None:
    with pytest.raises(FlipscopeError, match=what) as caught:
        split(write(tmp_path / "a.csv", numbered(rows)), **more)
    assert caught.value.do


def test_train_that_is_all_in_report_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", numbered(20))
    with pytest.raises(FlipscopeError, match="no row is left for train"):
        split(source, report=source, select=write(tmp_path / "b.csv", numbered(30, 20)))


def test_data_without_labels_are_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", [{"text": "a"}, {"text": "b"}])
    with pytest.raises(FlipscopeError, match="no row of the data for train has a gold label"):
        split(source)


def test_pairs_and_single_texts_do_not_mix(tmp_path: Path) -> None:
    pairs = write(tmp_path / "a.csv", [{"text_a": f"a{i}", "text_b": "b", "label": i % 2} for i in range(40)])
    single = write(tmp_path / "b.csv", [{"text_a": f"a{i}", "label": i % 2} for i in range(40)])
    with pytest.raises(FlipscopeError, match="same number of texts"):
        split(pairs, report=single)


@pytest.mark.parametrize("ids", [False, True])
@pytest.mark.parametrize("pairs", [False, True])
def test_written_splits_read_back_as_the_very_same_examples(tmp_path: Path, pairs: bool, ids: bool) -> None:
    table = pa.table(
        {
            **({"guid": [f"g{i}" for i in range(60)]} if ids else {}),
            "premise": [f'text {i}, with\n"quotes"' for i in range(60)],
            **({"hypothesis": [f"second {i % 5}" for i in range(60)]} if pairs else {}),
            "label": [i % 3 for i in range(60)],
            "id_": [None if i % 7 == 0 else i for i in range(60)],
            "Label_": [f"{i:03}" for i in range(60)],
            "share": [i / 7 for i in range(60)],
            "flag": [i % 2 == 0 for i in range(60)],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    task = MitigationTask(name="mine", old="old", new="new", train=str(tmp_path / "a.parquet"))
    splits = make_splits(task)
    write_splits(splits, task, tmp_path / "splits" / "mine")
    for role in ROLES:
        before = getattr(splits, role)
        named = get_task("mine", labels=before.label_names)
        after = open_examples(tmp_path / "splits" / "mine" / f"{role}.parquet", named)
        assert after.table.equals(before.table)
        assert after.id_column == before.id_column
        assert (after.digest, after.label_names, after.meta) == (before.digest, before.label_names, before.meta)
    assert sorted(path.name for path in (tmp_path / "splits" / "mine").iterdir()) == [
        "report.parquet", "select.parquet", "train.parquet",
    ]  # fmt: skip


@settings(max_examples=25)  # each reads and hashes a file
@given(st.lists(st.text("ab \u00df", min_size=1, max_size=3), min_size=30, max_size=60))
def test_no_text_is_ever_in_two_splits(tmp_path_factory: pytest.TempPathFactory, given_texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("splits") / "a.parquet"
    labels = [("no", "yes")[i % 2] for i in range(len(given_texts))]
    pq.write_table(pa.table({"text": given_texts, "label": labels}), path)
    try:
        splits = split(str(path), select_share=0.3, report_share=0.3)
    except FlipscopeError as error:
        if "no row is left" not in error.what:
            raise
        return
    found = [{" ".join(text.casefold().split()) for text in texts(splits, role)} for role in ROLES]
    assert sum(map(len, found)) == len(set().union(*found))
    assert sum(len(getattr(splits, role)) for role in ROLES) == len(given_texts)
