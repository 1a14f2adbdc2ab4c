"""Tables: every row survives, every value stays as written, every bad file gets one clear message."""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flipscope.errors import FlipscopeError
from flipscope.open import table as table_module
from flipscope.open.table import read_table


def write(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def rows(path: Path) -> list[dict]:
    return read_table(path).to_pylist()


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_csv_values_stay_strings_exactly(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "a,b\n,NA\nNone,null\n 1 ,007\nnan,true\n")
    assert rows(path) == [
        {"a": "", "b": "NA"},
        {"a": "None", "b": "null"},
        {"a": " 1 ", "b": "007"},
        {"a": "nan", "b": "true"},
    ]


def test_csv_with_quotes_delimiters_and_line_ends_in_values(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", 'a,b\n"one\ntwo, ""three""",1\r\n"x",2\r\n')
    assert rows(path) == [{"a": 'one\ntwo, "three"', "b": "1"}, {"a": "x", "b": "2"}]


def test_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    assert read_table(write(tmp_path / "t.csv", "\ufeffa,b\n1,2\n")).column_names == ["a", "b"]
    assert rows(write(tmp_path / "t.jsonl", '\ufeff{"a": 1}\n')) == [{"a": 1}]


def test_published_tsv_keeps_rows_with_stray_quotes(tmp_path: Path) -> None:
    path = write(tmp_path / "t.tsv", 's\tl\n" he said .\t0\nthe 6" gun\t1\nshe left . "\t0\nend\t1\n')
    assert [row["s"] for row in rows(path)] == ['" he said .', 'the 6" gun', 'she left . "', "end"]


def test_unquoted_tsv_whose_quotes_happen_to_pair_up_stays_unquoted(tmp_path: Path) -> None:
    path = write(tmp_path / "t.tsv", 's\tl\n"Hello"\t0\n"a\t1\nb"\t0\n')
    assert [row["s"] for row in rows(path)] == ['"Hello"', '"a', 'b"']


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ('s\tl\n"said ""hi"""\t0\nplain\t1\n', 'said "hi"'),
        ('s\tl\n"two\nlines"\t0\nplain\t1\n', "two\nlines"),
        ('s\tl\n"a\ttab"\t0\nplain\t1\n', "a\ttab"),
        ('"s"\t"l"\n"hello"\t"0"\n"plain"\t"1"\n', "hello"),
    ],
)
def test_evidently_quoted_tsv_is_read_quoted(tmp_path: Path, text: str, first: str) -> None:
    assert rows(write(tmp_path / "t.tsv", text)) == [{"s": first, "l": "0"}, {"s": "plain", "l": "1"}]


def test_column_without_a_name_is_called_unnamed(tmp_path: Path) -> None:
    assert rows(write(tmp_path / "t.csv", ",a\n0,x\n")) == [{"unnamed": "0", "a": "x"}]


def test_column_without_a_name_in_other_formats(tmp_path: Path) -> None:
    pq.write_table(pa.table({"": [1], "a": ["x"]}), tmp_path / "t.parquet")
    assert rows(tmp_path / "t.parquet") == [{"unnamed": 1, "a": "x"}]
    assert rows(write(tmp_path / "t.jsonl", '{"": 1, "a": "x"}\n')) == [{"unnamed": 1, "a": "x"}]
    pq.write_table(pa.table({"": [1], "unnamed": ["x"]}), tmp_path / "t.parquet")
    with pytest.raises(FlipscopeError, match="two columns are named 'unnamed'"):
        read_table(tmp_path / "t.parquet")


def test_no_thread_holds_on_to_memory_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "t.csv", "a,b\n1,2\n")
    data = path.read_bytes()
    monkeypatch.setattr(Path, "read_bytes", lambda _: data)
    held = sys.getrefcount(data)
    for _ in range(1000):
        read_table(path)
        assert sys.getrefcount(data) == held


def test_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"bad\xff.csv")
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FlipscopeError, match=r"bad.udcff.csv: this name is not UTF-8") as caught:
        read_table(path)
    str(caught.value).encode()


def test_json_lines_keep_types_and_strings_that_look_like_dates(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", '{"a": "2020-01-01", "n": 1}\n\n{"a": "2020-01-02", "n": null}\n')
    assert rows(path) == [{"a": "2020-01-01", "n": 1}, {"a": "2020-01-02", "n": None}]


def test_json_columns_of_mixed_kinds_become_strings(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", '{"a": 1, "b": "x"}\n{"a": "y"}\n{"a": null, "b": "z"}\n')
    assert rows(path) == [{"a": "1", "b": "x"}, {"a": "y", "b": None}, {"a": None, "b": "z"}]


def test_json_list_of_objects(tmp_path: Path) -> None:
    assert rows(write(tmp_path / "t.json", json.dumps([{"a": "x"}, {"a": "y"}]))) == [{"a": "x"}, {"a": "y"}]


def test_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x", None]}), tmp_path / "t.parquet")
    assert rows(tmp_path / "t.parquet") == [{"a": "x"}, {"a": None}]


def test_parquet_gets_no_columns_from_its_folders(tmp_path: Path) -> None:
    (tmp_path / "split=dev").mkdir()
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "split=dev" / "t.parquet")
    assert rows(tmp_path / "split=dev" / "t.parquet") == [{"a": "x"}]


def test_header_that_spans_lines_or_follows_blank_ones(tmp_path: Path) -> None:
    assert rows(write(tmp_path / "a.csv", '\n\n"a\nb",c\n1,2\n')) == [{"a\nb": "1", "c": "2"}]


def test_value_longer_than_a_block(tmp_path: Path) -> None:
    long = "word " * 400_000
    assert rows(write(tmp_path / "t.csv", f"a,b\n{long},1\n")) == [{"a": long, "b": "1"}]
    assert rows(write(tmp_path / "t.jsonl", json.dumps({"a": long}))) == [{"a": long}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "", "the file is empty"),
        ("t.csv", "\n \n", "the file is empty"),
        ("t.csv", "a,b\n", "no rows, only a header"),
        ("t.json", "[]", "no rows"),
        ("t.csv", "a,b\n1,2\n\n1,2,3\n", "line 4 has 3 values, the header 2"),
        ("t.tsv", "a\tb\nx\ty\nx\n", "line 3 has 1 values, the header 2"),
        ("t.csv", 'a,b\n"x\ny",2\n3\n', "line 4 has 1 values, the header 2"),
        ("t.csv", 'a,b\n1,2\n3,"never closed\n4,5\n', "quoted value that starts on line 3"),
        ("t.csv", b"a,b\n1,caf\xe9\n", "byte 0xe9 on line 2 (byte 9) is not UTF-8"),
        ("t.tsv", b"a\tb\n1\t\xff\n", "byte 0xff on line 2"),
        ("t.jsonl", b'{"a": "\xe9"}\n', "byte 0xe9 on line 1"),
        ("t.csv.gz", b"a,b\n1,caf\xe9\n", "not UTF-8"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16-le"), "NUL byte on line 1"),
        ("t.csv", "a,b,a\n1,2,3\n", "two columns are named 'a'"),
        ("t.jsonl", '{"a": 1}\n{"a": \n', "line 2 is not JSON"),
        ("t.jsonl", '{"a": 1}\n[1]\n', "line 2 is not a JSON object"),
        ("t.jsonl", "3\n", "line 1 is not a JSON object"),
        ("t.json", '[{"a": 1}, 2]', "item 2 of the list is not a JSON object"),
        ("t.json", "[1", "this is not JSON"),
        ("t.jsonl", '{"a": "\\ud800"}\n', "not valid Unicode"),
        ("t.jsonl", '{"a": "\\ud800"}\n{"a": 1}\n', "not valid Unicode"),
        ("t.jsonl", '{"\\ud800": "a"}\n', "not valid Unicode"),
        ("t.json", '[{"a": ["\\ud800"]}, {"a": {"b": 1}}]', "not valid Unicode"),
        ("t.parquet", "", "the file is empty"),
        ("t.parquet", "no parquet", "not a readable Parquet file"),
        ("t.txt", "a,b\n1,2\n", "the suffix does not say"),
        ("t.xlsx", "PK", ".csv, .tsv, .jsonl"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(FlipscopeError) as caught:
        read_table(path)
    assert message in str(caught.value)
    assert name in str(caught.value)


def test_missing_file_names_its_likely_neighbour(tmp_path: Path) -> None:
    write(tmp_path / "dev.csv", "a\n1\n")
    with pytest.raises(FlipscopeError, match=r"no such file. Did you mean dev.csv\?"):
        read_table(tmp_path / "dve.csv")
    with pytest.raises(FlipscopeError, match=r"The folder .* does not exist either"):
        read_table(tmp_path / "nowhere" / "dev.csv")


def test_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match="this is a folder"):
        read_table(tmp_path)


def test_truncated_gzip(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-20])
    with pytest.raises(FlipscopeError, match="damaged or incomplete"):
        read_table(path)
    path.write_bytes(b"plain text")
    with pytest.raises(FlipscopeError, match="damaged or incomplete"):
        read_table(path)


def test_gzip_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MAX_UNPACKED_BYTES", 1 << 20)
    with pytest.raises(FlipscopeError, match="unpacks to more than"):
        read_table(write(tmp_path / "t.csv.gz", b"a\n" + b"1\n" * 2_000_000))


# The head of a file


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".csv.gz", ".jsonl.gz", ".parquet"])
def test_the_head_of_a_file_is_its_first_rows(tmp_path: Path, suffix: str) -> None:
    rows = [{"text": f'line {i}\nof "quotes", é', "label": str(i % 2)} for i in range(20_000)]
    frame, path = pd.DataFrame(rows), tmp_path / f"x{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif "json" in suffix:
        frame.to_json(path, orient="records", lines=True, force_ascii=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if "tsv" in suffix else ",")
    for head in (50_000, 50_001, 50_007, 50_011):
        found = read_table(path, head=head)
        assert 500 < len(found) < 5_000
        assert found.to_pylist() == rows[: len(found)]
    assert read_table(path, head=1 << 30).to_pylist() == rows


def test_what_has_no_head_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[" + ",\n".join('{"text": "a"}' for _ in range(1000)) + "]")
    assert len(read_table(path, head=100)) == 1000
