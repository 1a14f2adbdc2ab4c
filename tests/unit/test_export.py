import io
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from builders import build_comparison
from flipscope.errors import FlipscopeError
from flipscope.export import format_of, slices_json, to_bytes, write_examples


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("built") / "c")


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_format_reads_back_as_the_same_rows(comparison, tmp_path, suffix):
    found = comparison.examples("negative_flip", limit=None)
    path = tmp_path / f"flips.{suffix}"
    write_examples(found, format_of(path, None), path)
    read = {
        "csv": lambda: pd.read_csv(path, keep_default_na=False),
        "jsonl": lambda: pd.read_json(path, lines=True),
        "parquet": lambda: pd.read_parquet(path),
    }[suffix]()
    assert read["example_id"].tolist() == found["example_id"].tolist()
    assert read["text_a"].tolist() == found["text_a"].tolist()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_undefined_is_null_in_json_lines(comparison, tmp_path):
    path = tmp_path / "all.jsonl"
    write_examples(comparison.examples("both_correct", task="sentiment", limit=1), "jsonl", path)
    row = json.loads(path.read_text())
    assert row["severity"] is None
    assert row["text_b"] is None


def test_slices_as_json_have_no_nan(comparison):
    content = json.loads(slices_json(comparison.by("source")), parse_constant=pytest.fail)
    assert content["tested"] == sum(row["mcnemar_p"] is not None for row in content["slices"])
    assert all(row["n"] == int(row["n"]) for row in content["slices"])


def test_the_format_follows_the_suffix_and_says_what_it_knows(tmp_path):
    assert format_of(None, None) == "table"
    assert format_of(tmp_path / "x.PARQUET", None) == "parquet"
    assert format_of(tmp_path / "x.txt", "csv") == "csv"
    for output, wanted in ((tmp_path / "x.txt", None), (tmp_path / "x.csv", "table"), (None, "parquet")):
        with pytest.raises(FlipscopeError):
            format_of(output, wanted)


def test_a_failing_write_leaves_the_earlier_file(comparison, tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("earlier")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OSError, match="No space"):
        write_examples(comparison.examples(limit=1), "csv", path)
    assert path.read_text() == "earlier"
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_csv_to_standard_output(comparison, capsysbinary):
    write_examples(comparison.examples("negative_flip", limit=3), "csv", None)
    read = pd.read_csv(io.BytesIO(capsysbinary.readouterr().out))
    assert len(read) == 3


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_in_memory_as_in_a_file(comparison, tmp_path, kind):
    frame = comparison.examples("negative_flip")
    write_examples(frame, kind, tmp_path / "out")
    assert to_bytes(frame, kind) == (tmp_path / "out").read_bytes()


def test_links_stay_links_and_pipes_are_written_to(comparison, tmp_path):
    target, link, pipe = tmp_path / "target.csv", tmp_path / "link.csv", tmp_path / "pipe.csv"
    target.touch()
    link.symlink_to(target)
    found = comparison.examples(limit=2)
    write_examples(found, "csv", link)
    assert link.is_symlink()
    assert len(pd.read_csv(target)) == 2
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text)
        write_examples(found, "csv", pipe)
        assert read.result(timeout=60) == target.read_text()
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_that_is_not_there_is_named(comparison, tmp_path):
    with pytest.raises(FlipscopeError, match=r"nowhere: there is no such folder"):
        write_examples(comparison.examples(limit=1), "csv", tmp_path / "nowhere" / "x.csv")


def test_a_text_that_begins_like_a_formula_stays_text_in_a_spreadsheet():
    texts = ["=1+1", "+cmd", "-cmd", "@sum", "\ttab", "\rreturn", "＝1", "plain = text", "-5 degrees"]
    frame = pd.DataFrame({"text": texts, "=name": texts})
    read = pd.read_csv(io.BytesIO(to_bytes(frame, "csv", spreadsheet=True)), keep_default_na=False, lineterminator="\n")
    assert read.columns.tolist() == ["text", "'=name"]
    assert read["text"].tolist() == [text if text == "plain = text" else f"'{text}" for text in texts]


def test_numbers_stay_as_they_are_in_a_spreadsheet():
    frame = pd.DataFrame({"drop": [-0.5, 1e-20], "n": [-1, 2], "label": ["-1", "+1.5e3"], "flag": [True, False]})
    assert to_bytes(frame, "csv", spreadsheet=True) == b"drop,n,label,flag\n-0.5,-1,-1,True\n1e-20,2,+1.5e3,False\n"


def test_the_guard_is_for_csv_alone():
    frame = pd.DataFrame({"text": ["=1+1"]})
    assert json.loads(to_bytes(frame, "jsonl", spreadsheet=True)) == {"text": "=1+1"}
    parquet = to_bytes(frame, "parquet", spreadsheet=True)
    assert pd.read_parquet(io.BytesIO(parquet))["text"].tolist() == ["=1+1"]


def test_without_the_guard_texts_in_csv_are_as_they_are(tmp_path):
    frame = pd.DataFrame({"=text": ["=1+1", "-5 degrees", "\ttab", "@sum"]})
    write_examples(frame, "csv", tmp_path / "x.csv")
    for content in (to_bytes(frame, "csv"), (tmp_path / "x.csv").read_bytes()):
        pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(content)), frame)
