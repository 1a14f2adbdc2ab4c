"""Slices that people save: kept in one file, whoever writes, and judged on every comparison beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from flipscope.comparison import open_comparison
from flipscope.errors import FlipscopeError
from flipscope.flips.slices import judge_slices
from flipscope.slices.saved import LONGEST_NAME, MOST_SLICES, SavedSlices, judge_saved, saved_for
from flipscope.workspace import SLICES, Workspace
from outcomes import compared, task_of
from studies import study_comparison


@pytest.fixture
def comparison(tmp_path):
    """In task a, four examples are from the web and two of them broke; task b has no sources."""
    first = task_of("-=+x--", task="a", source=["web", "web", "web", "mail", "web", "mail"])
    return compared(tmp_path / "workspace" / "one", first, task_of("--=", task="b"))


def names(saved):
    return [each.name for each in saved.all()]


def test_slices_are_kept_in_the_order_they_were_saved_in_and_read_by_others(tmp_path):
    saved = SavedSlices(tmp_path)
    assert saved.all() == []
    assert not saved.file.exists()
    first = saved.save(" sure web ", " source = 'web' AND old_conf > 0.9 ", "read\nthese")
    saved.save("Anfragen „日本“ 🙂", """text_a = 'it''s "x"' OR "so" = 1 -- why""")
    found = SavedSlices(tmp_path).all()
    assert found[0] == first
    assert (first.name, first.where, first.note) == ("sure web", "source = 'web' AND old_conf > 0.9", "read\nthese")
    assert found[1].where == """text_a = 'it''s "x"' OR "so" = 1 -- why"""
    assert saved.get("SURE WEB") == first
    content = json.loads(saved.file.read_text())
    assert content["schema_version"] == 1
    assert [each["name"] for each in content["slices"]] == names(saved)


def test_a_name_is_taken_whatever_its_case(tmp_path):
    saved = SavedSlices(tmp_path)
    saved.save("Straße", "true")
    for name in ("Straße", "STRASSE", " straße "):
        with pytest.raises(FlipscopeError, match="'Straße' already"):
            saved.save(name, "false")
    saved.save("other", "true")
    with pytest.raises(FlipscopeError, match="'other' already"):
        saved.rename("straße", "OTHER")
    assert saved.rename("straße", "STRASSE").name == "STRASSE"
    assert names(saved) == ["STRASSE", "other"]
    saved.delete("Other")
    assert names(saved) == ["STRASSE"]
    for act in (lambda: saved.delete("other"), lambda: saved.rename("other", "x"), lambda: saved.get("other")):
        with pytest.raises(FlipscopeError, match=r"no saved slice 'other'. There are STRASSE"):
            act()


@pytest.mark.parametrize(
    ("name", "where", "note", "message"),
    [
        ("", "true", "", "can't be the name"), (" ", "true", "", "can't be the name"),
        ("a\nb", "true", "", "can't be the name"), ("a\x1b[2J", "true", "", "can't be the name"),
        ("x" * (LONGEST_NAME + 1), "true", "", "81 characters. Use at most 80"), ("\udc00", "true", "", "Unicode"),
        ("x", "", "", "not a"), ("x", "true) OR (true", "", "not a single condition"),
        ("x", "true; DROP TABLE facts", "", "condition"), ("x", "row_id IN (SELECT 1)", "", "has a query in it"),
        ("x", "repeat('a', 1000000000) = ''", "", "uses repeat"), ("x", "old_conf >", "", "not a condition"),
        ("x", "true OR " * 600 + "true", "", "characters"), ("x", "true", "n" * 2001, "2,001 characters"),
        ("x", "1", "", "neither true nor false"), ("x", "'a'", "", "neither true nor false"),
        ("x", "length(text_a) > 3 AND embedding_cluster = 3", "", "other clusters in every comparison"),
        ("x", "label = '\udc00'", "", "Unicode"), ("x", "true", "\udc00", "Unicode"),
    ],
)  # fmt: skip
def test_what_is_no_slice_is_refused_and_nothing_is_written(tmp_path, name, where, note, message):
    with pytest.raises(FlipscopeError, match=message):
        SavedSlices(tmp_path).save(name, where, note)
    assert not (tmp_path / SLICES).exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "JSON"), ('{"schema_version": 1, "slices": [{"name": "x"', "JSON"), ("[]", "the file"),
        ('{"schema_version": 2, "slices": []}', "schema_version"), ('{"slices": []}', "schema_version"),
        ('{"schema_version": 1, "slices": [], "more": 1}', "more"),
        ('{"schema_version": 1, "slices": [{"name": "x", "where": "", "created": ""}]}', "slices.0.where"),
        (
            json.dumps({"schema_version": 1, "slices": [{"name": n, "where": "true", "created": ""} for n in "xX"]}),
            "two slices 'x'",
        ),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_and_never_written_over(tmp_path, comparison, content, message):
    saved = saved_for(comparison)
    saved.file.write_text(content)
    acts = (
        saved.all, lambda: saved.save("x", "true"), lambda: saved.delete("x"), lambda: saved.rename("x", "y"),
        lambda: judge_saved(comparison),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(FlipscopeError, match=message) as raised:
            act()
        assert raised.value.where == str(saved.file)
        assert "nothing is written over it" in str(raised.value)
    assert saved.file.read_text() == content


def test_there_is_an_end_to_how_many(tmp_path):
    saved = SavedSlices(tmp_path)
    parts = [{"name": str(i), "where": "true", "note": "", "created": ""} for i in range(MOST_SLICES)]
    saved.file.write_text(json.dumps({"schema_version": 1, "slices": parts}))
    with pytest.raises(FlipscopeError, match=f"{MOST_SLICES} saved slices already"):
        saved.save("one more", "true")
    saved.delete("7")
    saved.save("one more", "true")
    assert len(names(saved)) == MOST_SLICES


def test_threads_that_write_at_once_lose_nothing(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: SavedSlices(tmp_path).save(f"s{i}", f"row_id = {i}"), range(24)))
    assert sorted(names(SavedSlices(tmp_path))) == sorted(f"s{i}" for i in range(24))
    assert not list(tmp_path.glob("*.part"))


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    code = (
        "import sys; from flipscope.slices.saved import SavedSlices\n"
        "for i in range(5): SavedSlices(sys.argv[1]).save(f'{sys.argv[2]}-{i}', 'true')"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, tmp_path, str(who)]) for who in range(3)]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    assert sorted(names(SavedSlices(tmp_path))) == sorted(f"{who}-{i}" for who in range(3) for i in range(5))


def test_a_folder_that_can_not_be_written_to_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(FlipscopeError, match="can't be written to"):
        SavedSlices(tmp_path).save("x", "true")


def test_slices_of_a_comparison_lie_beside_it_and_those_of_a_study_beside_the_study(tmp_path, comparison, monkeypatch):
    assert saved_for(comparison).file == tmp_path / "workspace" / "slices.json"
    study = study_comparison(tmp_path / "workspace" / "study" / "comparison", n=40, seeds=1, suites=False)
    assert saved_for(study).file == tmp_path / "workspace" / "slices.json"
    monkeypatch.chdir(comparison.path)
    assert saved_for(open_comparison(".")).file == tmp_path / "workspace" / "slices.json"
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "it").symlink_to(comparison.path)
    assert saved_for(open_comparison(tmp_path / "links" / "it")).file == tmp_path / "links" / "slices.json"


def test_a_workspace_takes_the_file_for_no_comparison_and_its_name_is_taken(comparison):
    workspace = Workspace(comparison.path.parent)
    with pytest.raises(FlipscopeError, match="taken"):
        workspace.check_name(SLICES)
    saved = saved_for(comparison)
    saved.save("x", "true")
    assert [entry.name for entry in workspace.entries()] == ["one"]
    workspace.delete("one")
    assert names(saved) == ["x"]


def test_saved_slices_are_judged_as_any_slices_are(comparison):
    saved = saved_for(comparison)
    saved.save("web", "source = 'web'", "mostly complaints")
    saved.save("first words", "has_word(text_a, 'text') AND row_id >= 0")
    judged = judge_saved(comparison)
    assert judged.columns.tolist()[:6] == ["slice", "where", "note", "candidate", "task", "problem"]
    told = judged[["slice", "task", "n", "negative_flip", "positive_flip", "note_"]].to_numpy().tolist()
    assert told == [
        ["web", "a", 4, 2, 1, "too_few_flips"], ["web", "b", 0, 0, 0, "no_examples"],
        ["first words", "a", 6, 3, 1, "too_few_flips"], ["first words", "b", 3, 2, 0, "too_few_flips"],
    ]  # fmt: skip
    alone = judge_slices(comparison.outcomes_where("source = 'web'", task="a"))
    assert judged.iloc[0]["nfr_high"] == alone.iloc[0]["nfr_high"]
    assert judged.iloc[0]["note"] == "mostly complaints"
    assert judged["problem"].tolist() == [None] * 4


def test_q_is_corrected_over_all_that_were_tested(tmp_path):
    comparison = compared(tmp_path / "w" / "c", task_of("-" * 8 + "=" * 8 + "+" * 9, part=["x"] * 16 + ["y"] * 9))
    saved = saved_for(comparison)
    for i in range(4):
        saved.save(f"x{i}", "part = 'x'")
    judged = judge_saved(comparison)
    assert judged.attrs["tested"] == 4
    assert judge_saved(comparison, only="X2")["slice"].tolist() == ["x2"]
    saved.save("y", "part = 'y'")
    more = judge_saved(comparison)
    assert more["q_value"].tolist()[4] == pytest.approx(min(more["mcnemar_p"][4] * 5, more["mcnemar_p"][0]))


@pytest.mark.parametrize("where", ["lenght > 3", "count(*) > 1", "source > 7 AND label", "? = 1"])
def test_a_condition_that_does_not_fit_is_told_and_the_others_are_judged(comparison, where):
    saved = saved_for(comparison)
    saved.save("odd", where)
    saved.save("web", "source = 'web'")
    judged = judge_saved(comparison, task="a")
    assert judged["n"].tolist() == [0, 4]
    assert judged["problem"][0]
    assert judged["problem"][1] is None


def test_only_the_task_and_candidate_that_are_asked_for(tmp_path):
    comparison = compared(
        tmp_path / "w" / "c", task_of({"x": "-=", "y": "=="}, task="a"), task_of({"x": "=", "y": "-"})
    )
    saved_for(comparison).save("all", "true")
    judged = judge_saved(comparison)
    assert judged[["candidate", "task", "negative_flip", "n"]].to_numpy().tolist() == [
        ["x", "a", 1, 2], ["x", "t", 0, 1], ["y", "a", 0, 2], ["y", "t", 1, 1],
    ]  # fmt: skip
    assert judge_saved(comparison, task="t", candidate="y")["negative_flip"].tolist() == [1]
    with pytest.raises(FlipscopeError, match="no candidate 'z'"):
        judge_saved(comparison, candidate="z")


def test_without_saved_slices_there_is_an_empty_table_with_all_columns(comparison):
    judged = judge_saved(comparison)
    assert len(judged) == 0
    assert {"slice", "problem", "note_", "nfr", "q_value"} <= set(judged.columns)
    assert judged.attrs["tested"] == 0


def test_outcomes_are_counted_where_a_condition_holds_and_texts_are_found_case_or_not(comparison):
    counts = comparison.outcomes_where("facts.TEXT_A = 'text 0' OR source IS NULL")
    assert counts.to_numpy().tolist() == [["new", "a", 0, 1, 0, 0], ["new", "b", 1, 2, 0, 0]]
    assert comparison.outcomes_where()["negative_flip"].tolist() == [3, 2]
