import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import flipscope
from builders import build_comparison, simulated_task
from flipscope.cli import app, main
from flipscope.comparison import open_comparison
from flipscope.errors import FlipscopeError
from flipscope.report import Options, render
from flipscope.store.triage import FILE, Triage

LABELS = ("negative", "positive")


@pytest.fixture
def folder(tmp_path):
    build_comparison(tmp_path / "v1-v2", [simulated_task("t", 120, LABELS), simulated_task("u", 60, LABELS, seed=1)])
    return tmp_path / "v1-v2"


def run(*arguments, code=0, **more):
    result = CliRunner().invoke(app, ["triage", *map(str, arguments)], **more)
    if code == 2:
        assert isinstance(result.exception, FlipscopeError), result.output
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def broken(folder, task="t"):
    return open_comparison(folder).examples("negative_flip", task=task, limit=None)["example_id"].tolist()


def test_flips_are_judged_by_id_and_listed_with_note_and_author(folder):
    first, second, *_ = broken(folder)
    marked = ["mark", folder, first, second, "--as", "wrong_gold_label", "--note", "it is [red]praise", "--author"]
    assert run(*marked, "ann") == "2 examples judged wrong gold label\n"
    assert run(*marked, "ann") == "0 examples judged wrong gold label; 2 were already\n"
    assert run(*marked, "ben") == "2 examples judged wrong gold label\n"
    listed = run("list", folder)
    assert "note: it is [red]praise" in listed
    assert "2 of 2 judgements" in listed
    assert "ben" in run("history", folder, first)
    assert run("mark", folder, first, "--undo") == "1 example not judged any more\n"
    assert first not in run("list", folder)


def test_the_author_is_the_user_unless_named(folder, monkeypatch):
    monkeypatch.setenv("FLIPSCOPE_AUTHOR", "ann of the lab")
    run("mark", folder, broken(folder)[0], "--as", "ambiguous")
    assert Triage(open_comparison(folder)).table()["author"].tolist() == ["ann of the lab"]


def test_many_are_judged_by_a_condition_after_telling_how_many(folder):
    count = open_comparison(folder).count("negative_flip", where="source = 'web'", task="t")
    asked = run("mark", folder, "--where", "source = 'web'", "--task", "t", "--as", "acceptable", code=2)
    assert "nothing was judged" in asked
    assert not (folder / FILE).exists()
    told = run("mark", folder, "--where", "source = 'web'", "--task", "t", "--as", "acceptable", "--yes")
    assert told.splitlines() == [
        f"{count} negative flips will be judged acceptable",
        f"{count} examples judged acceptable",
    ]
    found = Triage(open_comparison(folder)).table()
    assert (len(found), set(found["outcome"]), set(found["task"])) == (count, {"negative_flip"}, {"t"})


def test_a_condition_leaves_what_is_judged_otherwise_unless_told_to_overwrite(folder):
    first, second, *others = broken(folder)
    run("mark", folder, first, "--as", "wrong_gold_label", "--note", "praise", "--author", "ann\x1b[31m")
    run("mark", folder, second, "--as", "acceptable", "--author", "ben")
    count = len(others) + 2
    bulk = ["mark", folder, "--where", "true", "--task", "t", "--as", "acceptable", "--yes"]
    assert run(*bulk).splitlines() == [
        f"{count - 1} of {count} negative flips will be judged acceptable; 1 judged otherwise (1 wrong gold label; by "
        "ann [31m) will be left (--overwrite judges them, too)",
        f"{count - 2} examples judged acceptable; 2 left as they were",
    ]
    found = Triage(open_comparison(folder)).table("t").set_index("example_id")
    assert found.loc[first, ["judgement", "note"]].tolist() == ["wrong_gold_label", "praise"]
    assert found.loc[second, "author"] == "ben"
    told = run(*bulk, "--overwrite").splitlines()
    assert told[0].endswith("1 judged otherwise (1 wrong gold label; by ann [31m) will be replaced")
    found = Triage(open_comparison(folder)).table("t")
    assert set(found["judgement"]) == {"acceptable"}
    undone = run("mark", folder, "--where", "true", "--task", "t", "--undo", "--yes").splitlines()
    assert undone[0].startswith(f"{count} of {count} negative flips, judged by ")
    assert undone[1] == f"{count} examples not judged any more"


def test_outcomes_are_named_as_people_do(folder):
    right = [
        "mark",
        folder,
        "--outcome",
        "both_correct",
        "--where",
        "true",
        "--task",
        "t",
        "--as",
        "ambiguous",
        "--yes",
    ]
    assert " examples that both models answer right will be judged ambiguous" in run(*right)


def test_a_terminal_is_steered_by_no_note_and_no_name(folder):
    first = broken(folder)[0]
    run(
        "mark",
        folder,
        first,
        "--as",
        "wrong_gold_label",
        "--note",
        "x\x1b[31m\u202ey",
        "--author",
        "ann\x1b]0;t\x07\u2066",
    )
    shown = CliRunner().invoke(app, ["show", str(folder)]).output
    for told in (run("list", folder), run("history", folder, first), run("summary", folder), shown):
        assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--as", "acceptable"], "one of ids and --where is needed. Give either"),
        (["t-0", "--where", "true", "--as", "acceptable"], "one of ids and --where is needed"),
        (["t-0"], "one of --as and --undo is needed. Give either"),
        (["t-0", "--as", "acceptable", "--undo"], "one of --as and --undo is needed"),
        (["nope", "--as", "ambiguous"], "there is no example 'nope'"),
        (["--where", "label = 'none'", "--as", "ambiguous", "--yes"], "no negative flip meets this condition"),
        (["--where", "1; DROP TABLE x", "--as", "ambiguous", "--yes"], "is not a condition"),
        (["t-0", "--as", "ambiguous", "--candidate", "x"], "there is no candidate 'x'"),
        (["t-0", "--as", "ambiguous", "--author", "x" * 3000], "the name is longer than 200 characters"),
    ],
)
def test_a_wrong_command_is_told_and_nothing_is_judged(folder, arguments, told):
    assert told in run("mark", folder, *arguments, code=2)
    assert not (folder / FILE).exists()


def test_judged_examples_are_written_with_their_texts(folder, tmp_path):
    first = broken(folder)[0]
    run("mark", folder, first, "--as", "wrong_gold_label", "--note", "see")
    run("list", folder, "--as", "wrong_gold_label", "-o", tmp_path / "labels.csv")
    written = pd.read_csv(tmp_path / "labels.csv")
    assert written[["example_id", "judgement", "note"]].to_numpy().tolist() == [[first, "wrong_gold_label", "see"]]
    assert written["text_a"][0].startswith("t text number")
    assert "key" not in written
    run("list", folder, "--as", "ambiguous", "-o", tmp_path / "none.csv")
    assert pd.read_csv(tmp_path / "none.csv").empty


def test_the_summary_tells_the_figures_both_ways(folder):
    run("mark", folder, broken(folder)[0], "--as", "wrong_gold_label", "--author", "ann")
    found = json.loads(run("summary", folder, "--json"))["summaries"]
    result = open_comparison(folder).result("t")
    assert [each["task"] for each in found] == ["t", "u"]
    assert (found[0]["as_is"]["n"], found[0]["without"]["n"], found[0]["left_out"]) == (120, 119, 1)
    assert found[0]["without"]["negative_flip"] == result.negative_flip - 1
    told = run("summary", folder)
    for way in ("as_is", "without"):  # how lines break depends on the width of the terminal
        assert f"{found[0][way]['nfr']['value']:.2%}" in told
    assert "Quote both." in " ".join(told.split())


def test_show_tells_both_rates_where_there_are_judgements_and_survives_a_damaged_file(folder):
    assert "triage of" not in CliRunner().invoke(app, ["show", str(folder)]).output
    run("mark", folder, broken(folder)[0], "--as", "wrong_gold_label")
    told = " ".join(CliRunner().invoke(app, ["show", str(folder)]).output.split())
    assert "triage of t: 1 wrong gold label" in told
    assert "without 1 example with a wrong gold label" in told
    (folder / FILE).write_text("not a database")
    result = CliRunner().invoke(app, ["show", str(folder)])
    assert result.exit_code == 0
    assert "no readable file of judgements" in result.output


def test_judgements_go_to_a_file_and_to_another_comparison(folder, tmp_path):
    run("mark", folder, *broken(folder)[:3], "--as", "ambiguous")
    assert "3 entries in" in run("export", folder, "-o", tmp_path / "x.jsonl")
    for name, source in (("one", folder), ("two", tmp_path / "x.jsonl")):
        tasks = [simulated_task("t", 120, LABELS), simulated_task("u", 60, LABELS, seed=1)]
        other = build_comparison(tmp_path / name, tasks)
        assert run("import", other.path, source) == "3 of 3 judgements of v1-v2 taken over\n"
    less = build_comparison(tmp_path / "less", [simulated_task("u", 60, LABELS, seed=1)])
    assert "0 of 3 judgements of v1-v2 taken over; 3 fit no example here" in run("import", less.path, folder)


def test_compare_takes_judgements_over_also_of_the_folder_it_replaces(tmp_path, capsys, monkeypatch):
    rows = [{"id": f"e{i}", "text": f"text {i}", "label": "b" if i % 2 else "a"} for i in range(40)]
    for name, wrong in (("v1", ()), ("v2", (0, 1, 2)), ("v3", (1, 2, 3))):
        table = pd.DataFrame(rows).assign(pred=["c" if i in wrong else row["label"] for i, row in enumerate(rows)])
        table.to_csv(tmp_path / f"{name}.csv", index=False)

    def compare(new, out, **more):
        return flipscope.compare(tmp_path / "v1.csv", tmp_path / f"{new}.csv", out=tmp_path / out, **more)

    first = compare("v2", "v1-v2")
    run("mark", first.path, "e1", "e2", "--as", "acceptable", "--author", "ann")
    run("mark", first.path, "e0", "--as", "wrong_gold_label", "--author", "ann")
    assert len(Triage(compare("v2", "v1-v2")).table()) == 3  # written anew
    budget = flipscope.Budget(max_nfr=0.5, exclude=("acceptable",))
    third = compare("v3", "v1-v3", triage=first.path, budget=budget)
    found = Triage(third).table().set_index("example_id")
    assert found["judgement"].to_dict() == {"e0": "wrong_gold_label", "e1": "acceptable", "e2": "acceptable"}
    assert set(found["carried_from"]) == {"v1-v2"}
    assert third.candidate().verdict.excluded.flips == {"acceptable": 2}
    with pytest.raises(FlipscopeError, match="no such file"):
        compare("v3", "never", triage=tmp_path / "nope.jsonl")
    assert not (tmp_path / "never").exists()
    arguments = [
        "--task",
        "task",
        "--old",
        tmp_path / "v1.csv",
        "--new",
        tmp_path / "v3.csv",
        "--out",
        tmp_path / "cli",
    ]
    monkeypatch.setattr("sys.argv", ["flipscope", "compare", *map(str, arguments), "--triage", str(first.path)])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert "3 of 3 judgements of v1-v2 taken over" in capsys.readouterr().err


def test_a_report_tells_both_rates_and_redacts_notes(folder):
    assert "What people judged" not in render(open_comparison(folder), "md").decode()
    run(
        "mark",
        folder,
        broken(folder)[0],
        "--as",
        "wrong_gold_label",
        "--note",
        "<script>quote</script>",
        "--author",
        "ann",
    )
    for format in ("md", "html"):
        whole = render(open_comparison(folder), format, Options(sections=("triage",))).decode()
        assert "without 1 wrong gold label" in whole
        assert "Judged by" in whole
        assert "quote" in whole
        assert format == "md" or "<script>quote" not in whole  # in Markdown it stands in a code span
        hidden = render(open_comparison(folder), format, Options(sections=("triage",), redact=True)).decode()
        assert "quote" not in hidden.replace("Quote both", "")
        assert "redacted" in hidden


def test_a_report_tells_figures_once_where_no_gold_label_is_wrong(folder):
    run("mark", folder, broken(folder)[0], "--as", "real_regression", "--author", "ann")
    whole = render(open_comparison(folder), "md", Options(sections=("triage",))).decode()
    assert "as it is" in whole
    assert "without 0" not in whole


def test_the_public_api_has_it(folder):
    triage = flipscope.Triage(flipscope.open_comparison(folder))
    assert "Triage" in dir(flipscope)
    assert triage.mark([], "ambiguous").changed == 0
