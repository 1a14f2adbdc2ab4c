"""Triage by keyboard, with somebody else at work, and the words that made a flip."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import flipscope
from builders import build_comparison, simulated_task
from e2e.conftest import watched_page
from e2e.driving import HOSTILE, idle, serve
from flipscope.comparison import Comparison
from flipscope.store.triage import Triage
from tiny_models import make_checkpoint

pytestmark = pytest.mark.e2e
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

TEXTS = ("not a good film", "a good film", "a bad film", "not a bad film", "film of the year", "a long bad year")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three comparisons: one to be judged, one whose judgements move, and one of models that can be asked why."""
    folder = tmp_path_factory.mktemp("triage")
    build_comparison(folder / "judged", [simulated_task("sentiment", 200, ("negative", "positive"), seed=1)])
    build_comparison(folder / "moved", [simulated_task("mood", 200, ("negative", "positive"), seed=3)])
    _explained(folder / "explained", tmp_path_factory.mktemp("models"))
    return folder


def _explained(out: Path, models: Path) -> None:
    data = models / "data.csv"
    with data.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows((text, ("negative", "positive")[i % 2]) for i, text in enumerate(TEXTS))
    for seed, name in enumerate(("old", "new")):
        make_checkpoint(models / name, TEXTS, seed=seed)
    flipscope.compare(models / "old", models / "new", data, task="sentiment", out=out)


@pytest.fixture(scope="module")
def url(browser, folder, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "server.log"
    with serve(folder, log) as url:
        yield url
        assert "Traceback" not in log.read_text()


@pytest.fixture
def page(browser, url):
    with watched_page(browser, url) as page:
        yield page


def kept(folder):
    table = Triage(Comparison(folder / "judged")).table("sentiment", "new")
    return {int(row): judged for row, judged in zip(table["row_id"], table["judgement"], strict=True)}


def open_queue(page, url, query=""):
    page.goto(f"{url}/triage?comparison=judged{query}")
    expect(page.locator(".fs-example")).to_be_visible()
    idle(page)


def test_flips_are_judged_by_keyboard_and_are_there_after_a_reload(page, url, folder):
    rows = [int(row) for row in Comparison(folder / "judged").examples("negative_flip")["row_id"]]
    open_queue(page, url)
    for key, judged in (("1", 1), ("4", 2)):
        page.keyboard.press(key)
        expect(page.locator(".fs-triage-head")).to_contain_text(f"{judged} of {len(rows)}")
        idle(page)
    assert kept(folder) == {rows[0]: "real_regression", rows[1]: "acceptable"}
    page.keyboard.press("n")
    expect(page.get_by_text(f"2 of {len(rows) - 2}")).to_be_visible()
    idle(page)
    page.keyboard.press("u")
    expect(page.locator(".fs-triage-head")).to_contain_text(f"1 of {len(rows)}")
    idle(page)
    assert kept(folder) == {rows[0]: "real_regression"}
    page.reload()
    expect(page.locator(".fs-triage-head")).to_contain_text(f"1 of {len(rows)}")
    open_queue(page, url, f"&judged=All&row={rows[0]}")
    expect(page.locator(".fs-judged .fs-judged-real-regression")).to_be_visible()


def test_digits_typed_into_a_note_judge_nothing(page, url, folder):
    before = kept(folder)
    open_queue(page, url)
    page.get_by_label("Note", exact=True).click()
    page.keyboard.type("1 of 2, see 34 u")
    idle(page)
    assert kept(folder) == before
    page.get_by_role("button", name="Ambiguous").click()
    expect(page.locator(".fs-triage-head")).to_contain_text(f"{len(before) + 1} of")
    idle(page)
    table = Triage(Comparison(folder / "judged")).table("sentiment", "new")
    assert table["note"][0] == "1 of 2, see 34 u"


def test_two_people_do_not_overwrite_each_other(browser, page, url, folder):
    open_queue(page, url)
    with watched_page(browser, url) as other:
        open_queue(other, url)
        name = other.get_by_label("Judged by")
        name.fill(HOSTILE[:60])
        name.press("Tab")
        idle(other)
        other.locator(".fs-title, .fs-triage").first.click()  # out of the field
        other.get_by_role("button", name="Wrong gold label").click()
        expect(other.locator(".fs-triage-head")).to_contain_text(f"{len(kept(folder))} of")
        idle(other)
    before = kept(folder)
    page.keyboard.press("1")
    expect(page.get_by_text("Yours was not kept")).to_be_visible()
    expect(page.locator(".fs-warning")).to_contain_text("judged this just now: wrong gold label")
    assert kept(folder) == before


def test_words_are_coloured_when_asked_why(page, url, folder):
    row = int(Comparison(folder / "explained").examples(limit=1)["row_id"][0])
    page.goto(f"{url}/examples?comparison=explained&outcome=All&row={row}")
    expect(page.locator(".fs-example")).to_be_visible()
    idle(page)
    page.locator("summary", has_text="Why").click()
    expect(page.locator(".fs-why .fs-w").first).to_be_visible(timeout=120_000)  # torch is loaded first
    expect(page.locator(".fs-why-legend li")).to_have_count(2)
    expect(page.locator(".fs-why").last).to_contain_text("What if words were left out?", timeout=60_000)
    idle(page)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    page.get_by_role("radio", name="Quick sketch").or_(page.get_by_role("button", name="Quick sketch")).first.click()
    expect(page.locator(".fs-why").first).to_contain_text("one pass, a sketch")


def test_a_note_typed_before_another_judgement_is_kept_with_it(page, url, folder):
    rows = [int(row) for row in Comparison(folder / "judged").examples("negative_flip")["row_id"]]
    Triage(Comparison(folder / "judged")).mark(rows[3:4], "acceptable", candidate="new")
    open_queue(page, url, f"&judged=All&row={rows[3]}")
    page.get_by_label("Note", exact=True).fill("both can be argued for")
    page.get_by_role("button", name="Ambiguous").click()  # takes the focus from the note, which is saved by that
    expect(page.locator(".fs-list .fs-judged-ambiguous").first).to_be_visible()
    idle(page)
    assert page.get_by_text("Yours was not kept").count() == 0
    found = Triage(Comparison(folder / "judged")).of(rows[3:4], "new")
    assert list(found[["judgement", "note"]].iloc[0]) == ["ambiguous", "both can be argued for"]


def test_examples_are_compared_by_meaning_once_they_are_embedded(page, url, folder):
    page.goto(f"{url}/examples?comparison=explained&outcome=All")
    expect(page.locator(".fs-example")).to_be_visible()
    idle(page)
    page.locator("summary", has_text="Similar").click()
    page.get_by_role("button", name="Also compare by meaning: embed the 6 examples").click()
    expect(page.get_by_text("By the candidate's own embedding")).to_be_visible(timeout=120_000)  # torch is loaded first
    expect(page.get_by_text("By the words they share")).to_be_visible()
    idle(page)
    assert (folder / "explained" / "embeddings").is_dir()


def test_several_are_marked_after_a_question(page, url, folder):
    Triage(Comparison(folder / "judged")).mark(list(kept(folder)), None, candidate="new")
    rows = [int(row) for row in Comparison(folder / "judged").examples("negative_flip")["row_id"]]
    page.goto(f"{url}/triage?comparison=judged&part=Several+at+once&judged=All")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    idle(page)
    for row in (1, 2):
        table.click(position={"x": 15, "y": 35 * row + 17})
        idle(page)
    page.get_by_role("button", name="Mark 2 selected").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Mark 2 negative flips of sentiment as real regression?")
    dialog.get_by_role("button", name="Mark 2").click()
    expect(page.get_by_text("2 negative flips marked as real regression.")).to_be_visible()
    assert kept(folder) == dict.fromkeys(rows[:2], "real_regression")
    idle(page)
    page.keyboard.press("u")
    expect(page.get_by_text("2 negative flips judged as before again.")).to_be_visible()
    assert kept(folder) == {}


def test_judgements_are_exported_and_imported(page, url, folder, tmp_path):
    rows = [int(row) for row in Comparison(folder / "moved").examples("negative_flip")["row_id"]]
    Triage(Comparison(folder / "moved")).mark(rows[:2], "ambiguous", candidate="new", author="Ann", note=HOSTILE[:80])
    page.goto(f"{url}/triage?comparison=moved&part=Import+and+export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export all judgements").click()
    download.value.save_as(tmp_path / "triage.jsonl")
    (folder / "moved" / "triage.sqlite").unlink()
    page.reload()
    expect(page.locator(".fs-triage-head")).to_contain_text("0 of")
    idle(page)
    chooser = page.get_by_label("A file that was exported here or with flipscope triage export")
    (tmp_path / "bad.jsonl").write_text("{not json\n")
    chooser.set_input_files(tmp_path / "bad.jsonl")
    expect(page.locator(".fs-error")).to_contain_text("line 1")
    idle(page)
    chooser.set_input_files(tmp_path / "triage.jsonl")
    expect(page.get_by_text("2 of 2 judgements of moved taken over.")).to_be_visible()
    expect(page.locator(".fs-triage-head")).to_contain_text("2 of")
    assert set(Triage(Comparison(folder / "moved")).table("mood", "new")["row_id"]) == set(rows[:2])
