"""What a report tells of slices that were saved, and of those that a search finds."""

from __future__ import annotations

import re

import pytest

from builders import build_comparison, examples, predictions
from commands import error, run
from findings import findings, found, searched
from flipscope import report
from flipscope.report import Options
from flipscope.slices.saved import saved_for
from flipscope.store.tables import TaskData

REFUND = found("text_a has 'refund'", "has_word(text_a, 'refund')", 24, 40, q=0.0004)
WEB = found("source is 'web'", "source = 'web'", 9, 40, q=0.3)


@pytest.fixture
def comparison(tmp_path):
    """300 examples; of the 150 from the web 30 broke, of the others none. Each has a note of its own."""
    rows = [
        {
            "example_id": str(i),
            "text_a": f"my refund {i:03}",
            "label": "yes",
            "note": f"private {i}",
            "source": "web" if i < 150 else "mail",
        }
        for i in range(300)
    ]
    ids = [row["example_id"] for row in rows]
    answers = {
        "old": predictions("old", ids, ("yes", "no"), ["yes"] * 300),
        "new": predictions("new", ids, ("yes", "no"), ["no"] * 30 + ["yes"] * 270),
    }
    return build_comparison(tmp_path / "w" / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])


@pytest.fixture
def search(monkeypatch):
    """Have the search find what it is told to, and give what it was asked."""
    asked = []

    def find(result):
        monkeypatch.setattr("flipscope.slices.find.find_slices", lambda _, **options: asked.append(options) or result)
        return asked

    return find


def written(comparison, format="md", **options):
    return re.sub(" +", " ", report.render(comparison, format, Options(**options)).decode())


def test_saved_slices_are_judged_and_told_with_what_they_are(comparison):
    assert "Saved slices" not in written(comparison)
    saved = saved_for(comparison)
    saved.save("wéb <b>", "source = 'web' AND text_a <> '<i>'", "see | these")
    saved.save("odd", "nowhere = 1")
    saved.save("none", "source = 'tv'")
    told = written(comparison, sections=("saved",))
    row = next(line for line in told.splitlines() if line.startswith("| `wéb <b>`"))
    assert "| 150 |" in row
    assert "**30** 20.00% [14.38%, 27.11%]" in row
    assert "`none`: `source = 'tv'` – no example meets it" in told
    assert "`odd`: `nowhere = 1` – can't be judged here" in told
    assert told.count("\n| `") == 1
    page = written(comparison, "html")
    assert "wéb &lt;b&gt;" in page
    assert "<i>" not in page


def test_a_damaged_file_of_slices_does_not_stop_the_report(comparison):
    saved_for(comparison).file.write_text("{")
    told = written(comparison)
    assert "The saved slices can't be read" in told
    assert "Figures by task" in told


@pytest.mark.parametrize("format", ["md", "html"])
def test_a_redacted_report_tells_names_of_saved_slices_but_neither_notes_nor_conditions_on_texts(comparison, format):
    saved = saved_for(comparison)
    saved.save("claims", "has_word(text_a, 'refund')", "like: my money")
    saved.save("one", "note = 'private 7'")
    saved.save("unknown", "nowhere = 'refund'")
    saved.save("web", "source = 'web'")
    told = written(comparison, format, sections=("saved",), redact=True)
    assert all(name in told for name in ("claims", "one", "unknown", "web"))
    assert not any(text in told for text in ("refund", "money", "private"))
    assert "source = " in told


def test_slices_are_searched_only_when_they_are_asked_for(comparison, search):
    asked = search(findings(searched(REFUND, WEB)))
    assert "Slices that a search found" not in written(comparison)
    assert asked == []
    for options in ({"find_slices": True}, {"sections": ("found",)}):
        told = written(comparison, **options)
        assert "`text_a has 'refund'` `has_word(text_a, 'refund')` | **24** of 40 | **12** of 20, 60.0%" in told
        assert told.index("has_word") < told.index("Not confirmed; these may be chance:") < told.index("source is")
        assert "corrected for 40 slices tested" in told
    assert "Figures by task" in written(comparison, find_slices=True)
    assert asked[0] == {"candidate": None, "columns": None, "words": True, "limit": 10}


@pytest.mark.parametrize("format", ["md", "html"])
def test_a_redacted_report_searches_no_texts_and_tells_no_rule_on_them(comparison, search, format):
    private = found("note is 'private 7'", "note = 'private 7'", 24, 40, q=0.0004)
    asked = search(findings(searched(REFUND, private, WEB)))
    told = written(comparison, format, redact=True, sections=("found",))
    assert asked[0]["words"] is False
    assert "note" not in asked[0]["columns"]
    assert "refund" not in told
    assert "private" not in told
    assert "source is " in told
    assert "Left out: 2 that are about the texts." in told


def test_without_a_column_to_split_by_a_redacted_report_searches_labels_alone(tmp_path, search):
    asked = search(findings(searched(reason="too_few_flips", tested=0)))
    rows = [{"example_id": "a", "text_a": "x", "label": "yes"}]
    answers = {name: predictions(name, ["a"], ("yes", "no"), ["yes"]) for name in ("old", "new")}
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    told = written(comparison, redact=True, sections=("found",))
    assert asked[0]["columns"] == ["label"]
    assert "`t` was not searched: too few flips." in told
    assert "No slice was found." in told


def test_a_real_search_in_a_redacted_report_finds_the_column(comparison):
    told = written(comparison, redact=True, find_slices=True)
    assert "source is 'web'" in told
    assert "refund" not in told


def test_q_allows_for_all_candidates_that_the_report_is_about(tmp_path, search):
    asked = search(findings(searched(candidate="x"), searched(WEB, candidate="y")))
    rows = [{"example_id": "a", "text_a": "x", "label": "yes"}]
    answers = {name: predictions(name, ["a"], ("yes", "no"), ["yes"]) for name in ("old", "x", "y")}
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    written(comparison, find_slices=True)
    written(comparison, find_slices=True, candidate="y")
    assert [each["candidate"] for each in asked] == [None, "y"]


def test_the_option_reaches_the_command_line_and_is_refused_for_data(comparison, tmp_path):
    done = run("report", comparison.path, "-o", tmp_path / "r.md", "--find-slices")
    assert done.exit_code == 0
    assert "Slices that a search found" in (tmp_path / "r.md").read_text()
    assert "--find-slices: a report as json has no sections" in error(
        "report", comparison.path, "--format", "json", "--find-slices"
    )
