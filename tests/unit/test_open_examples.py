"""Evaluation data: columns found by name, rows kept, the same rows the same digest whatever the format."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipscope.errors import FlipscopeError
from flipscope.open.examples import open_examples
from flipscope.open.ids import content_ids, number_repeats
from flipscope.tasks import get_task

SST2 = get_task("sst2")
MINE = get_task("mine")


def table(**columns: list) -> pa.Table:
    return pa.table(columns)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_glue_columns_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.csv", "idx,Sentence,label,length,genre\n7,good,1,4,film\n8,bad,0,3,book\n")
    examples = open_examples(path, SST2)
    assert examples.table.to_pylist() == [
        {"example_id": "7", "text_a": "good", "text_b": None, "label": "positive", "length": 4, "genre": "film"},
        {"example_id": "8", "text_a": "bad", "text_b": None, "label": "negative", "length": 3, "genre": "book"},
    ]
    assert examples.label_names == ("negative", "positive")
    assert examples.id_column == "idx"
    assert examples.meta == ("length", "genre")
    assert any("negative 1, positive 1" in note for note in examples.notes)
    assert any("'Sentence'" in note and "'label'" in note and "'idx'" in note for note in examples.notes)


def test_aliases_reach_the_labels_of_the_data() -> None:
    aliases = {"POS": "positive", "NEG": "negative"}
    rows = table(sentence=["x", "y", "z"], label=["POS", "NEG", "-"])
    for task, names in ((SST2, ("negative", "positive")), (MINE, ("negative", "positive"))):
        examples = open_examples(rows, task, aliases=aliases)
        assert examples.label_names == names
        assert examples.table["label"].to_pylist() == ["positive", "negative", None]
    signs = open_examples(table(sentence=["x"], label=["-"]), SST2, aliases={"+": "positive", "-": "negative"})
    assert signs.table["label"].to_pylist() == ["negative"]


def test_column_without_a_name_and_texts_that_are_not_unicode() -> None:
    frame = pd.DataFrame({"": [5], "sentence": ["x"], "label": [1]})
    assert open_examples(frame, SST2).meta == ("unnamed",)
    assert open_examples(table(**{"": [5], "sentence": ["x"]}), SST2).meta == ("unnamed",)
    for bad in (pd.DataFrame({"sentence": ["\ud800"]}, dtype=object), "bad\udcff.csv"):
        with pytest.raises(FlipscopeError):
            open_examples(bad, SST2)


def test_aliases_reach_class_labels() -> None:
    features = datasets.Features(
        {"sentence": datasets.Value("string"), "label": datasets.ClassLabel(names=["POS", "NEG"])}
    )
    data = datasets.Dataset.from_dict({"sentence": ["x", "y"], "label": [0, 1]}, features=features)
    for task in (SST2, MINE):
        examples = open_examples(data, task, aliases={"pos": "positive", "neg": "negative"})
        assert examples.table["label"].to_pylist() == ["positive", "negative"]


def test_qnli_takes_question_and_sentence() -> None:
    examples = open_examples(table(sentence=["s"], question=["q"], label=["not_entailment"]), get_task("qnli"))
    assert examples.table.select(["text_a", "text_b"]).to_pylist() == [{"text_a": "q", "text_b": "s"}]


def test_users_own_task_finds_a_second_text_and_says_so() -> None:
    examples = open_examples(table(premise=["p"], hypothesis=["h"], label=["x"]), MINE)
    assert examples.table["text_b"].to_pylist() == ["h"]
    assert any("'premise' and 'hypothesis'" in note for note in examples.notes)


def test_columns_named_by_the_user() -> None:
    task = get_task("mine", text="body", label="verdict")
    examples = open_examples(table(body=["b"], verdict=["ham"], text_b=["meta"], label=[3]), task)
    assert examples.table.to_pylist()[0] == {
        **{"text_a": "b", "text_b": None, "label": "ham"}, "text_b_": "meta", "label_": 3,
        "example_id": examples.table["example_id"][0].as_py(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (get_task("mine", text="bdoy"), r"no text column \(looked for bdoy\).*Columns are body, verdict.*--text"),
        (get_task("mine", text="body", text_b="other"), r"no second text column \(looked for other\)"),
        (get_task("mine", text="body", label="gold"), r"no label column \(looked for gold\)"),
        (get_task("rte", text="body"), r"no second text column.*--text-b"),
        (SST2, r"no text column \(looked for sentence, text\)"),
    ],
)
def test_missing_columns_are_refused_with_those_there_are(task: object, message: str) -> None:
    with pytest.raises(FlipscopeError, match=message):
        open_examples(table(body=["b"], verdict=["ham"]), task)


def test_unknown_id_column() -> None:
    with pytest.raises(FlipscopeError, match=r"no column 'idd' \(--id\).*Did you mean 'id'\?"):
        open_examples(table(id=[1], text=["a"]), MINE, id_column="idd")


def test_rows_without_label_are_kept_and_counted() -> None:
    values = ["1", None, "", "-1", "0"]
    examples = open_examples(table(sentence=list("abcde"), label=values), SST2)
    assert examples.table["label"].to_pylist() == ["positive", None, None, None, "negative"]
    assert any(note.startswith("rows without a gold label") and note.endswith(": 3") for note in examples.notes)
    unlabelled = open_examples(table(sentence=["a"]), SST2)
    assert unlabelled.table["label"].to_pylist() == [None]
    assert "no row has a gold label" in unlabelled.notes


def test_label_names_come_from_the_data_when_nobody_tells() -> None:
    assert open_examples(table(text=list("abc"), label=[10, 9, 10]), MINE).label_names == ("9", "10")
    assert open_examples(table(text=list("ab"), label=["spam", "ham"]), MINE).label_names == ("ham", "spam")
    floats = pa.table({"text": ["a", "b", "c"], "label": pa.array([1.0, None, 0.0])})
    assert open_examples(floats, MINE).table["label"].to_pylist() == ["1", None, "0"]
    assert open_examples(table(text=["a"], label=[True]), MINE).table["label"].to_pylist() == ["true"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["good", "bad"], "row 1: 'good' is not one of the labels.*negative, positive"),
        ([0, 2], "row 2: '2' is not one of the labels"),
        ([0.5, 1.0], "fractions, not classes"),
        ([float("inf"), 1.0], "fractions, not classes"),
        (["9" * 5000, "1"], "row 1: '9+' is not one of the labels"),
        ([[0], [1]], "labels can't be of type list"),
    ],
)
def test_labels_that_do_not_fit(column: list, message: str) -> None:
    with pytest.raises(FlipscopeError, match=message):
        open_examples(table(sentence=["a", "b"], label=column), SST2)


def test_texts_with_nulls_are_refused() -> None:
    with pytest.raises(FlipscopeError, match="column 'sentence' has no text in 2 rows, first in row 2"):
        open_examples(table(sentence=["a", None, None], label=[0, 1, 1]), SST2)
    with pytest.raises(FlipscopeError, match="column 'hypothesis' has no text in 1 rows"):
        open_examples(table(premise=["a"], hypothesis=pa.array([None], pa.string())), get_task("rte"))
    with pytest.raises(FlipscopeError, match="can't hold texts"):
        open_examples(table(sentence=[["a"]]), SST2)


def test_empty_texts_are_noted() -> None:
    assert "empty texts: 1" in open_examples(table(sentence=["", "a"], label=[0, 1]), SST2).notes


def test_repeated_ids_that_agree_are_kept_once() -> None:
    examples = open_examples(table(id=[1, 2, 1], sentence=["a", "b", "a"], label=[0, 1, 0]), SST2)
    assert examples.table["example_id"].to_pylist() == ["1", "2"]
    assert any(note.startswith("rows that repeat") and note.endswith(": 1") for note in examples.notes)


@pytest.mark.parametrize(
    ("texts", "gold", "part"), [(["a", "b", "c"], [0, 1, 0], "text_a"), (["a", "b", "a"], [0, 1, 1], "label")]
)
def test_repeated_ids_that_disagree_are_refused(texts: list[str], gold: list[int], part: str) -> None:
    with pytest.raises(FlipscopeError, match=f"id '1' stands in rows 1 and 3, which differ in {part}.*--id none"):
        open_examples(table(id=[1, 2, 1], sentence=texts, label=gold), SST2)


def test_id_none_makes_ids_of_the_content_and_keeps_the_column() -> None:
    examples = open_examples(table(id=[1, 1], sentence=["a", "b"], label=[0, 1]), SST2, id_column="none")
    assert examples.id_column is None
    assert examples.meta == ("id",)


def test_missing_ids_are_refused() -> None:
    with pytest.raises(FlipscopeError, match="column 'id' has no id in 1 rows, first in row 2"):
        open_examples(table(id=["a", ""], sentence=["a", "b"]), SST2)


def test_whole_float_ids_are_the_integers_they_were() -> None:
    assert open_examples(table(id=[1.0, 2.0], sentence=["a", "b"]), SST2).table["example_id"].to_pylist() == ["1", "2"]
    with pytest.raises(FlipscopeError, match="too large"):
        open_examples(table(id=[1e17, 2.0], sentence=["a", "b"]), SST2)


def test_content_ids_are_the_documented_hash() -> None:
    ids = content_ids(pa.table({"text_a": ["café", "b", "café"], "text_b": pa.nulls(3, pa.string())})).to_pylist()
    first = hashlib.sha256("Scafé".encode()).hexdigest()[:32]
    assert ids == [first, hashlib.sha256(b"Sb").hexdigest()[:32], f"{first}#2"]
    pair = content_ids(pa.table({"text_a": ["café"], "text_b": ["x"]})).to_pylist()
    assert pair == [hashlib.sha256("P5:caféx".encode()).hexdigest()[:32]]


def test_content_ids_tell_where_the_first_text_ends() -> None:
    ids = content_ids(pa.table({"text_a": ["ab", "a"], "text_b": ["c", "bc"]}))
    assert ids[0] != ids[1]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30))
def test_repeats_are_numbered_in_order(values: list[str]) -> None:
    seen: dict[str, int] = {}
    expected = []
    for value in values:
        seen[value] = seen.get(value, 0) + 1
        expected.append(value if seen[value] == 1 else f"{value}#{seen[value]}")
    assert number_repeats(pa.array(values)).to_pylist() == expected


def test_metadata_of_a_csv_gets_sensible_types(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        "text,i,f,zip,big,gap,word\na,1,1.5,007,99999999999999999999,3,x\nb,-2,2e3,123,1,,\n",
    )
    examples = open_examples(path, MINE)
    assert examples.table.select(list(examples.meta)).to_pylist() == [
        {"i": 1, "f": 1.5, "zip": "007", "big": "99999999999999999999", "gap": 3, "word": "x"},
        {"i": -2, "f": 2000.0, "zip": "123", "big": "1", "gap": None, "word": ""},
    ]


def test_nested_metadata_is_left_out_with_a_note() -> None:
    examples = open_examples(table(text=["a"], tokens=[["a"]], label=["x"]), MINE)
    assert examples.meta == ()
    assert any("'tokens' left out" in note for note in examples.notes)


def test_metadata_names_never_collide() -> None:
    examples = open_examples(table(sentence=["a"], text_a=["m"], Tag=[1], tag=[2]), SST2)
    assert examples.meta == ("text_a_", "Tag", "tag_")


def test_limit(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "text,label\na,0\nb,1\nc,broken\n")
    assert len(open_examples(path, get_task("mine", labels=("no", "yes")), limit=2)) == 2
    with pytest.raises(FlipscopeError, match="at least 1"):
        open_examples(path, MINE, limit=0)


def test_headerless_cola_is_read_as_published(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.tsv", "gj04\t1\t\tThe sailors rode.\ngj04\t0\t*\tThe rode sailors.\n")
    examples = open_examples(path, get_task("cola"))
    assert examples.table["text_a"].to_pylist() == ["The sailors rode.", "The rode sailors."]
    assert examples.table["label"].to_pylist() == ["acceptable", "unacceptable"]


# Memory and the datasets library


def test_data_frames(tmp_path: Path) -> None:
    frame = pd.DataFrame({"sentence": ["a", "b"], "label": [0, 1], 5: [1, 2]})
    examples = open_examples(frame, SST2)
    assert examples.table["label"].to_pylist() == ["negative", "positive"]
    assert examples.meta == ("5",)


def test_tables_and_frames_with_columns_that_clash() -> None:
    with pytest.raises(FlipscopeError, match="two columns are named 'text'"):
        open_examples(pd.DataFrame([["a", "b"]], columns=["text", "text"]), MINE)
    with pytest.raises(FlipscopeError, match="two columns are named 'text'"):
        open_examples(pa.Table.from_arrays([pa.array(["a"])] * 2, names=["text", "text"]), MINE)
    with pytest.raises(FlipscopeError, match="values of several kinds"):
        open_examples(pd.DataFrame({"text": ["a", 1]}), MINE)


def test_unknown_kinds_of_data_are_refused() -> None:
    with pytest.raises(FlipscopeError, match="can't be a list"):
        open_examples([1], SST2)  # type: ignore[arg-type]


def dataset(names: list[str], labels: list[int]) -> datasets.Dataset:
    features = datasets.Features({"sentence": datasets.Value("string"), "label": datasets.ClassLabel(names=names)})
    texts = [f"text {i}" for i in range(len(labels))]
    return datasets.Dataset.from_dict({"sentence": texts, "label": labels}, features=features)


def test_dataset_classes_are_matched_by_name_not_by_index() -> None:
    examples = open_examples(dataset(["positive", "negative"], [0, 1, -1]), SST2)
    assert examples.table["label"].to_pylist() == ["positive", "negative", None]
    assert examples.label_names == ("negative", "positive")
    assert open_examples(dataset(["ham", "spam"], [1]), MINE).label_names == ("ham", "spam")
    with pytest.raises(FlipscopeError, match=r"ham, spam.*negative, positive"):
        open_examples(dataset(["ham", "spam"], [1]), SST2)


def test_selected_rows_of_a_dataset_are_those_selected() -> None:
    chosen = dataset(["negative", "positive"], [0, 1, 0]).select([2, 1])
    assert open_examples(chosen, SST2).table["text_a"].to_pylist() == ["text 2", "text 1"]


def test_saved_dataset_and_its_splits(tmp_path: Path) -> None:
    one = dataset(["negative", "positive"], [0, 1])
    one.save_to_disk(tmp_path / "one")
    both = datasets.DatasetDict({"train": one, "dev": one.select([1])})
    both.save_to_disk(tmp_path / "both")
    assert len(open_examples(tmp_path / "one", SST2)) == 2
    assert len(open_examples(f"{tmp_path}/both:dev", SST2)) == 1
    with pytest.raises(FlipscopeError, match=r"several splits. Choose one: .*both:train or .*both:dev"):
        open_examples(tmp_path / "both", SST2)
    with pytest.raises(FlipscopeError, match="no split 'test'"):
        open_examples(f"{tmp_path}/both:test", SST2)
    with pytest.raises(FlipscopeError, match="several splits"):
        open_examples(both, SST2)


def test_folder_without_a_dataset(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match="this folder holds no dataset"):
        open_examples(tmp_path, SST2)


def test_damaged_saved_dataset(tmp_path: Path) -> None:
    dataset(["negative", "positive"], [0]).save_to_disk(tmp_path / "d")
    next((tmp_path / "d").glob("*.arrow")).write_bytes(b"no arrow")
    with pytest.raises(FlipscopeError, match="cannot open this folder"):
        open_examples(tmp_path / "d", SST2)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Save a dataset that another one has no business to read."""
    dataset(["negative", "positive"], [0, 1]).save_to_disk(tmp_path / "private")
    return tmp_path / "private"


@pytest.mark.parametrize("way", ["absolute", "relative", "link"])
def test_a_saved_dataset_reads_no_file_outside_its_folder(tmp_path: Path, private: Path, way: str) -> None:
    folder, outside = tmp_path / "deep" / "d", next(private.glob("*.arrow"))
    dataset(["negative", "positive"], [0]).save_to_disk(folder)
    (own,) = folder.glob("*.arrow")
    if way == "link":
        own.unlink()
        own.symlink_to(outside)
    else:
        name = str(outside) if way == "absolute" else f"../../private/{outside.name}"
        state = json.loads((folder / "state.json").read_text()) | {"_data_files": [{"filename": name}]}
        (folder / "state.json").write_text(json.dumps(state))
    with pytest.raises(FlipscopeError, match=r"not a plain name|link leads out of"):
        open_examples(folder, SST2)


@pytest.mark.parametrize("way", ["name", "link"])
def test_a_saved_dataset_has_no_split_outside_its_folder(tmp_path: Path, private: Path, way: str) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    split = "../private" if way == "name" else "dev"
    if way == "link":
        (folder / split).symlink_to(private)
    (folder / "dataset_dict.json").write_text(json.dumps({"splits": [split]}))
    with pytest.raises(FlipscopeError, match=r"not a plain name|link leads out of"):
        open_examples(f"{folder}:{split}", SST2)


@pytest.mark.parametrize("content", [{"splits": "dev"}, {"splits": [1]}, {"splits": [{}]}, {}])
def test_damaged_list_of_splits(tmp_path: Path, content: dict) -> None:
    (tmp_path / "dataset_dict.json").write_text(json.dumps(content))
    with pytest.raises(FlipscopeError, match=r"dataset_dict.json: .*(not a list|not a plain name)"):
        open_examples(tmp_path, SST2)


@pytest.mark.parametrize(
    "text", ["text:train", "csv:train", "json:default:train", "org/data:c:train", "here:c:train", "..:c:train"]
)
def test_hub_names_never_read_what_lies_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for folder in (tmp_path / "here", tmp_path / "org" / "data"):
        folder.mkdir(parents=True)
        write(folder / "train.csv", "sentence,label\nprivate,1\n")
    write(tmp_path / "train.txt", "private\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: pytest.fail("it was loaded"))
    with pytest.raises(FlipscopeError, match=r"not (to )?a dataset on the hub"):
        open_examples(text, MINE)


def test_what_datasets_cannot_build_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object, **__: object) -> None:
        raise datasets.exceptions.DatasetGenerationError("An error occurred\nwhile generating")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(FlipscopeError, match="the hub did not give it: An error occurred while generating"):
        open_examples("someone/data:train", MINE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("glue:sst2:validation", ("nyu-mll/glue", "sst2", "validation")),
        ("sst2:validation[:10]", ("nyu-mll/glue", "sst2", "validation[:10]")),
        ("stanfordnlp/imdb:test", ("stanfordnlp/imdb", None, "test")),
    ],
)
def test_hub_names(monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple) -> None:
    asked = []

    def load(name: str, config: str | None, *, split: str) -> datasets.Dataset:
        asked.append((name, config, split))
        return dataset(["negative", "positive"], [0, 1])

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert len(open_examples(text, SST2)) == 2
    assert asked == [expected]


def test_hub_failure_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object, **__: object) -> None:
        raise ConnectionError("no network")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(FlipscopeError, match="no file here, and the hub did not give it: no network"):
        open_examples("glue:sst2:validation", SST2)
    with pytest.raises(FlipscopeError, match="no such file"):
        open_examples("nowhere/dev.csv", SST2)
    with pytest.raises(FlipscopeError, match="no such file"):
        open_examples("nothing", SST2)
    with pytest.raises(FlipscopeError, match="no evaluation set is named"):
        open_examples("", SST2)
    with pytest.raises(FlipscopeError, match="too long for a file"):
        open_examples("a" * 5000, SST2)


# The same rows in every format

TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).map(lambda text: text.replace('"', "'"))
ROWS = st.lists(st.tuples(TEXT, st.sampled_from(["ham", "spam"]), st.integers(-9, 9)), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_format_does_not_matter(tmp_path: Path, rows: list[tuple[str, str, int]]) -> None:
    records = [{"id": str(i), "text": text, "label": label, "n": n} for i, (text, label, n) in enumerate(rows)]
    for name, dialect in (("t.csv", "excel"), ("t.tsv", "excel-tab")):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["id", "text", "label", "n"], dialect=dialect)
            writer.writeheader()
            writer.writerows(records)
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, records)))
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "t.parquet")
    opened = [open_examples(tmp_path / f"t.{kind}", MINE) for kind in ("csv", "tsv", "jsonl", "parquet")]
    for examples in opened:
        assert examples.table.to_pylist() == opened[0].table.to_pylist()
        assert examples.digest == opened[0].digest
    assert [row["text_a"] for row in opened[0].table.to_pylist()] == [text for text, _, _ in rows]


def test_digest_ignores_order_and_metadata_and_nothing_else() -> None:
    base = {"id": ["1", "2"], "text": ["a", "b"], "label": ["x", "y"]}

    def digest(**changes: list) -> str:
        return open_examples(pa.table(base | changes), MINE).digest

    assert digest() == digest(id=["2", "1"], text=["b", "a"], label=["y", "x"])
    assert digest() == digest(meta=[1, 2])
    different = [
        digest(),
        digest(id=["1", "3"]),
        digest(text=["a", "c"]),
        digest(label=["x", "x"]),
        digest(label=["x", ""]),
    ]
    assert len(set(different)) == 5
