import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from builders import build_comparison
from conftest import ROOT
from flipscope import cli

FLIPSCOPE = Path(sys.executable).with_name("flipscope")


@pytest.mark.parametrize("module", ["flipscope", "flipscope.cli"])
def test_modules_run_as_the_command_does(module):
    """One that did nothing would let a gate pass that was never asked."""
    result = subprocess.run(
        [sys.executable, "-m", module, "gate", "nowhere"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "flipscope: nowhere" in result.stderr


def run(*arguments, **options):
    """Run the installed command as people do."""
    return subprocess.run([FLIPSCOPE, *map(str, arguments)], capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("built") / "c").path


@pytest.fixture
def files(tmp_path):
    label = ["pos", "neg"] * 10
    for name, wrong in (("old", {0, 1}), ("new", {1, 2, 3})):
        lines = ["id,text,label,pred,source"]
        for i, gold in enumerate(label):
            pred = {"pos": "neg", "neg": "pos"}[gold] if i in wrong else gold
            lines.append(f"{i},text {i},{gold},{pred},{'web' if i < 4 else 'mail'}")
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_compare_prints_the_json_contract_on_stdout_and_all_else_on_stderr(files):
    out = files / "out"
    result = run(
        "compare",
        "--task",
        "mine",
        "--old",
        files / "old.csv",
        "--new",
        files / "new.csv",
        "--out",
        out,
        "--json",
    )
    assert result.returncode == 0, result.stderr
    content = json.loads(result.stdout)
    task = content["candidates"][0]["tasks"][0]
    assert [task[key] for key in ("n", "both_correct", "negative_flip", "positive_flip", "both_wrong")] == [
        20,
        16,
        2,
        1,
        1,
    ]
    assert task["nfr"]["value"] == 0.1
    assert "mine:" in result.stderr
    shown = run("show", out, "--json")
    assert json.loads(shown.stdout) == content


def test_show_by_column_and_examples(files):
    out = files / "out"
    run("compare", "--task", "mine", "--old", files / "old.csv", "--new", files / "new.csv", "--out", out)
    slices = json.loads(run("show", out, "--by", "source", "--json").stdout)
    assert {row["source"]: row["negative_flip"] for row in slices["slices"]} == {"web": 2, "mail": 0}
    table = run("show", out, "--by", "source").stdout
    assert "few flips" in table
    broken = run("examples", out, "--outcome", "negative_flip", "--sort", "id", "--format", "jsonl").stdout
    assert [json.loads(line)["example_id"] for line in broken.splitlines()] == ["2", "3"]
    exported = run("examples", out, "--where", "source = 'web'", "-o", files / "web.csv")
    assert exported.returncode == 0
    assert len((files / "web.csv").read_text().splitlines()) == 5
    assert "negative flip" in run("examples", out, "--limit", "3").stdout


def test_a_spec_compares_several_candidates(files):
    (files / "spec.toml").write_text(
        'old = "old.csv"\n[candidates]\nfirst = "new.csv"\nsecond = "old.csv"\n[[task]]\nname = "mine"\n'
    )
    result = run("compare", files / "spec.toml", "--out", files / "out", "--json")
    assert result.returncode == 0, result.stderr
    assert [candidate["name"] for candidate in json.loads(result.stdout)["candidates"]] == ["first", "second"]
    assert "first" in run("show", files / "out").stdout


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--old": "missing.csv"}, r"missing\.csv: no such file"),
        ({"--old": "empty.csv"}, r"empty\.csv: .*empty"),
        ({"--old": "binary.csv"}, r"binary\.csv: .*UTF-8"),
        ({"--label": "nope"}, r"no gold labels.*--label"),
        ({"--labels": "up,down"}, r"pos"),
        ({"--pred": "nope"}, r"nope.*[Cc]olumns"),
        ({"--id": "nope"}, r"nope.*[Cc]olumns"),
        ({"--id": "source"}, r"source|web"),
        ({"--old": "twice.csv"}, r"twice\.csv: .*differ"),
        ({"--data": "old.csv", "--new": "nofile/model"}, r"nofile/model"),
        ({"--new": "x=new.csv=y=", "--alias": "broken"}, r"--alias: can't use 'broken'"),
        ({"--new": "checkpoint"}, r"checkpoint"),
        ({"--device": "abacus", "--new": "new.csv"}, r"abacus"),
    ],
)
def test_bad_input_gets_one_message_and_exit_code_2_and_nothing_is_written(files, changes, message):
    (files / "empty.csv").write_text("")
    (files / "binary.csv").write_bytes(b"id,label,pred\n1,\xff\xfe,pos\n")
    (files / "twice.csv").write_text("id,label,pred\n1,pos,pos\n1,pos,neg\n")
    (files / "checkpoint").mkdir()
    options = {"--task": "mine", "--old": "old.csv", "--new": "new.csv", "--out": "out"} | changes
    result = run("compare", *(part for pair in options.items() for part in pair), cwd=files)
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("flipscope: ")
    assert re.search(message, last), last
    assert not (files / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "--out", "o"),
        ("compare", "spec.toml", "--task", "x", "--out", "o"),
        ("compare", "spec.toml", "--label", "x", "--out", "o"),
        ("compare", "--task", "t", "--old", "a", "--new", "b", "--new", "c", "--out", "o"),
        ("show", "nowhere"),
        ("examples", "nowhere"),
        ("dashboard", "nowhere"),
        ("unknown",),
        ("compare", "--precision", "int8", "--out", "o"),
    ],
)
def test_wrong_usage_is_exit_code_2_without_a_traceback(tmp_path, arguments):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()
    assert not list(tmp_path.iterdir())


def test_wrong_filters_say_what_is_possible(comparison):
    for arguments in (
        ("--task", "nope"),
        ("--where", "1=1; DROP VIEW facts"),
        ("--format", "parquet"),
        ("-o", "x.doc"),
    ):
        result = run("examples", comparison, *arguments)
        assert result.returncode == 2
        assert result.stderr.startswith("flipscope: ")


def test_a_full_disk_is_said_plainly_and_leaves_nothing(files, monkeypatch, capsys):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device", "facts.parquet")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    arguments = [
        "--task",
        "mine",
        "--old",
        files / "old.csv",
        "--new",
        files / "new.csv",
        "--out",
        files / "out",
    ]
    monkeypatch.setattr(sys, "argv", ["flipscope", "compare", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "no space left on the disk" in capsys.readouterr().err
    assert not (files / "out").exists()


def test_text_from_data_neither_steers_the_terminal_nor_reads_as_markup(tmp_path):
    for name, pred in (("old", "pos"), ("new", "neg")):
        (tmp_path / f"{name}.csv").write_text(
            f"id,text,label,pred\n1,\x1b[31m[bold]red[/bold] text,pos,{pred}\n2,other,neg,neg\n"
        )
    run("compare", "--task", "t", "--old", "old.csv", "--new", "new.csv", "--out", "out", cwd=tmp_path)
    shown = run("examples", "out", "--outcome", "negative_flip", cwd=tmp_path).stdout
    assert "[bold]red[/bold] text" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_a_terminal_that_can_not_show_a_character_gets_it_spelled_out(tmp_path):
    for name in ("old", "new"):
        (tmp_path / f"{name}.csv").write_text("id,text,label,pred\n1,naïve café,ja,ja\n2,日本,nö,nö\n")
    run("compare", "--task", "t", "--old", "old.csv", "--new", "new.csv", "--out", "out", cwd=tmp_path)
    result = run("examples", "out", cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0, result.stderr
    assert "caf\\xe9" in result.stdout


def test_a_folder_whose_name_is_not_unicode_is_refused(files):
    out = os.fsdecode(os.fsencode(files) + b"/o\xff")
    result = run("compare", "--task", "t", "--old", "old.csv", "--new", "new.csv", "--out", out, cwd=files)
    assert result.returncode == 2
    assert result.stderr.rstrip().endswith("this name is not UTF-8. Choose another --out")


def test_a_mistake_of_ours_is_one_line_and_not_a_failed_gate(comparison, monkeypatch, capsys):
    def broken(*_args):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("flipscope.comparison.Comparison.by", broken)
    monkeypatch.setattr(sys, "argv", ["flipscope", "show", str(comparison), "--by", "source"])
    monkeypatch.delenv("FLIPSCOPE_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "unexpected ZeroDivisionError (oops)" in capsys.readouterr().err


def test_help_and_prediction_files_never_import_torch(files):
    code = (
        "import sys; from flipscope.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'transformers', 'streamlit', 'statsmodels', 'datasets'} & set(sys.modules)), file=sys.stderr)"
    )
    compare = [
        "compare",
        "--task",
        "mine",
        "--old",
        files / "old.csv",
        "--new",
        files / "new.csv",
        "--out",
        files / "out",
    ]
    for arguments in (["--help"], compare, ["show", files / "out"], ["examples", files / "out"]):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        assert result.stderr.strip().splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(comparison):
    command = f"{FLIPSCOPE} examples {comparison} --format jsonl | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert len(result.stdout.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_every_command_has_an_example_and_its_place_in_the_docs():
    written = (ROOT / "docs" / "cli.md").read_text()
    for name in get_command(cli.app).commands:
        text = CliRunner().invoke(cli.app, [name, "--help"], prog_name="flipscope").output
        assert re.search(r"^  Examples:$", text, re.MULTILINE), name
        assert f"flipscope {name}" in text
        assert f"## flipscope {name}" in written


def test_what_is_written_from_the_code_is_current(monkeypatch):
    spec = importlib.util.spec_from_file_location("make_cli", ROOT / "docs" / "make_cli.py")
    make_cli = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_cli)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert make_cli.TARGET.read_text() == make_cli.render(), "run: make docs"
    assert make_cli.SCHEMA.read_text() == make_cli.suite_schema(), "run: make docs"


def test_version():
    assert re.fullmatch(r"flipscope \d+\.\d+\.\d+", run("--version").stdout.strip())
