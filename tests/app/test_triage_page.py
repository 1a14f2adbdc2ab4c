"""The Triage page: a queue, judgements that are saved at once, both rates, suspects, files."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from app.conftest import MAIN, Page
from builders import build_comparison, simulated_task
from flipscope.comparison import Comparison
from flipscope.store.triage import Triage
from flipscope.words import percent
from flipscope_app.settings import Settings
from flipscope_app.triage.judgements import Judged, ago, badge, judged_line, judged_meanwhile
from flipscope_app.uploads.route import ROUTES

HOSTILE = "<img src=x onerror=alert(1)> **bold** \u202eRTL"


@pytest.fixture
def served(tmp_path, three_tasks):
    """A folder with a comparison that may be judged."""
    shutil.copytree(three_tasks.path, tmp_path / "served" / "three")
    return tmp_path / "served"


def kept(folder, task="sentiment"):
    """Read what is judged, by row id, most severe first."""
    comparison = Comparison(folder / "three")
    table = Triage(comparison).table(task, "new").set_index("row_id")
    return {int(row): (table["judgement"][row], table["note"][row], table["author"][row]) for row in table.index}


def flips(comparison, task="sentiment"):
    return [int(row) for row in comparison.examples("negative_flip", task=task, limit=None)["row_id"]]


def press(page, label):
    next(each for each in page.test.button if each.label == label).click()
    return page.run()


def labels(page):
    return [button.label for button in page.test.button]


def set_name(page, name):
    next(each for each in page.test.text_input if each.label == "Judged by").set_value(name)
    return page.run()


def note_field(page):
    return next(each for each in page.test.text_input if each.label == "Note")


def test_the_most_severe_unjudged_flip_opens_first(visit, served, three_tasks):
    page = visit(served, "triage")
    assert page.listed == flips(three_tasks)[:50]
    assert page.opened == page.listed[0]
    assert f"0 of {len(flips(three_tasks))} negative flips judged" in page.text


def test_a_judgement_is_saved_at_once_and_leads_to_the_next(visit, served, three_tasks):
    page = set_name(visit(served, "triage"), "Ada")
    first, second = page.listed[:2]
    note_field(page).set_value(f"note {HOSTILE}")
    press(page, "Ambiguous")
    assert kept(served) == {first: ("ambiguous", f"note {HOSTILE}", "Ada")}
    assert page.opened == second
    assert first not in page.listed
    assert f"1 of {len(flips(three_tasks))} negative flips judged" in page.text


def test_the_last_of_the_queue_leads_back_to_those_passed_over(visit, served, three_tasks):
    rows = flips(three_tasks)
    page = visit(served, "triage", row=str(rows[-1]))
    press(page, "Acceptable")
    assert page.opened == rows[0]


def test_all_judged_is_said(visit, served, three_tasks):
    rows = flips(three_tasks)
    Triage(Comparison(served / "three")).mark(rows[1:], "acceptable", candidate="new")
    page = visit(served, "triage")
    press(page, "Real regression")
    assert "All negative flips are judged" in page.text
    assert f"{len(rows)} of {len(rows)} negative flips judged" in page.text


def test_the_last_of_all_can_be_taken_back(visit, served, three_tasks):
    rows = flips(three_tasks)
    Triage(Comparison(served / "three")).mark(rows[1:], "acceptable", candidate="new")
    page = press(visit(served, "triage"), "Real regression")
    press(page, "Undo")
    assert set(kept(served)) == set(rows[1:])
    assert page.opened == rows[0]


def test_one_step_after_the_other_is_taken_back_on_the_same_example(visit, served):
    page = visit(served, "examples")
    first = page.opened
    for name in ("Ambiguous", "Acceptable", "Wrong gold label"):
        press(page, name)
    press(page, "Undo")
    assert kept(served)[first][0] == "acceptable"
    press(page, "Undo")
    assert kept(served)[first][0] == "ambiguous"
    press(page, "Undo")
    assert kept(served) == {}
    assert "judged this" not in page.text


def test_a_judgement_can_be_taken_back_and_changed(visit, served):
    page = visit(served, "triage", judged="All")
    first = page.opened
    press(page, "Ambiguous")
    assert page.opened != first
    press(page, "Undo")
    assert page.opened == first
    assert kept(served) == {}
    press(page, "Ambiguous")
    page = visit(served, "triage", judged="All", row=str(first))
    press(page, "Acceptable")
    press(page, "Undo")
    assert kept(served)[first][0] == "ambiguous"
    assert next(each for each in page.test.button if each.label == "Undo").disabled


def test_a_note_typed_later_is_saved_with_the_judgement(visit, served):
    page = visit(served, "triage", judged="All")
    first = page.opened
    press(page, "Ambiguous")
    page = visit(served, "triage", judged="All", row=str(first))
    note_field(page).set_value("see the ticket")
    page.run()
    assert kept(served)[first][:2] == ("ambiguous", "see the ticket")


def test_a_note_and_another_judgement_in_one_go_are_no_conflict(visit, served):
    page = visit(served, "triage", judged="All")
    first = page.opened
    press(page, "Acceptable")
    page = visit(served, "triage", judged="All", row=str(first))
    note_field(page).set_value("see the ticket")  # the browser saves it when the click takes the focus from it
    press(page, "Ambiguous")
    assert kept(served)[first][:2] == ("ambiguous", "see the ticket")
    assert "not kept" not in page.text


def test_the_note_alone_leads_nowhere_else(visit, served):
    page = visit(served, "triage", judged="All")
    first = page.opened
    press(page, "Ambiguous")
    page = visit(served, "triage", judged="All", row=str(first))
    note_field(page).set_value("see the ticket")
    page.run()
    assert page.opened == first


def test_a_note_on_an_example_not_yet_judged_waits_for_the_judgement(visit, served):
    page = visit(served, "triage")
    first = page.opened
    note_field(page).set_value("precious")
    page.run()
    press(page, "Next")
    assert not note_field(page).value
    press(page, "Previous")
    assert note_field(page).value == "precious"
    press(page, "Ambiguous")
    assert kept(served)[first][:2] == ("ambiguous", "precious")


def test_somebody_elses_judgement_is_shown_and_not_overwritten(visit, served):
    page = visit(served, "triage")
    first = page.opened
    Triage(Comparison(served / "three")).mark([first], "acceptable", candidate="new", author="Ann <b>", note=HOSTILE)
    press(page, "Real regression")
    assert kept(served)[first] == ("acceptable", HOSTILE, "Ann <b>")
    assert "Ann <b> judged this just now: acceptable. Yours was not kept" in page.text
    assert "gold label" in page.text  # the example stays open
    assert "<b> judged" not in page.markup
    press(page, "Real regression")  # now that it was seen
    assert kept(served)[first][0] == "real_regression"


def test_undo_gives_back_what_somebody_else_had_said(visit, served, three_tasks):
    first = flips(three_tasks)[0]
    Triage(Comparison(served / "three")).mark([first], "ambiguous", candidate="new", author="Ann", note="both fit")
    page = press(visit(served, "triage", judged="All", row=str(first)), "Acceptable")
    press(page, "Undo")
    assert kept(served)[first] == ("ambiguous", "both fit", "Ann")


def test_undo_leaves_what_somebody_else_said_since(visit, served):
    page = visit(served, "triage")
    first = page.opened
    press(page, "Ambiguous")
    Triage(Comparison(served / "three")).mark([first], "acceptable", candidate="new", author="Ann")
    press(page, "Undo")
    assert kept(served)[first][0] == "acceptable"
    assert "Ann judged this" in page.text


def test_what_can_not_be_kept_is_told_without_a_place_on_the_server(visit, served):
    page = visit(served, "triage")
    (served / "three" / "triage.sqlite").write_bytes(b"no database" * 100)
    press(page, "Ambiguous")
    assert "this is no readable file of judgements" in page.text
    assert str(served) not in page.text


def test_both_rates_are_always_shown(visit, served, three_tasks):
    page = visit(served, "triage")
    result = three_tasks.result("sentiment", "new")
    shown = f"{percent(result.nfr.value)} [{percent(result.nfr.low)}, {percent(result.nfr.high)}]"
    assert page.text.count(shown) == 2
    press(page, "Wrong gold label")
    broke, n = result.negative_flip, result.n
    assert f"NFR as it is {shown} {broke} of {n} examples broke" in page.text
    assert f"NFR without 1 wrong gold label {percent((broke - 1) / (n - 1))}" in page.text
    assert f"{broke - 1} of {n - 1} examples broke" in page.text


@pytest.mark.parametrize(("shown", "count"), [("Unjudged", -3), ("All", 0), ("Ambiguous", 2), ("Acceptable", 1)])
def test_the_queue_is_filtered_by_judgement(visit, served, three_tasks, shown, count):
    rows = flips(three_tasks)
    triage = Triage(Comparison(served / "three"))
    triage.mark(rows[3:5], "ambiguous", candidate="new")
    triage.mark(rows[7:8], "acceptable", candidate="new")
    page = visit(served, "triage", judged=shown)
    assert len(page.listed) == (count if count > 0 else len(rows) + count)
    assert page.list_markup.count("fs-judged-ambiguous") == (2 if shown in ("All", "Ambiguous") else 0)


def test_a_search_and_a_condition_narrow_the_queue(visit, served, three_tasks):
    page = visit(served, "triage", q="number 1", where="length > 10")
    rows = three_tasks.examples("negative_flip", task="sentiment", search="number 1", where="length > 10")
    assert page.listed == list(rows["row_id"])
    assert "is not a condition" in visit(served, "triage", where="length >").text


@pytest.mark.parametrize("typed", ["foo(((", "1=1) OR (1=1 --", "label = 'positive'; SELECT 1", "row_id IN (SELECT 1)"])
def test_what_is_no_condition_of_its_own_is_told_alone(visit, served, three_tasks, typed):
    Triage(Comparison(served / "three")).mark(flips(three_tasks)[:5], "ambiguous", candidate="new")
    page = visit(served, "triage", where=typed)
    assert 'fs-error"' in page.markup
    assert "list_contains" not in page.text
    assert page.test.text_input(key="where").value == typed


def test_judging_leaves_the_list_where_it_was_scrolled_to(visit, served):
    page = visit(served, "triage")
    before = re.search(r'data-list="([^"]*)"', page.list_markup)[1]
    press(page, "Ambiguous")
    assert re.search(r'data-list="([^"]*)"', page.list_markup)[1] == before


def test_nothing_that_fits_is_said(visit, served):
    assert "No negative flip fits these filters" in visit(served, "triage", q="no text holds this").text
    assert "None is judged “acceptable”" in visit(served, "triage", judged="Acceptable").text


@pytest.mark.parametrize("parameter", ["task", "part", "judged", "page"])
def test_a_link_with_an_unknown_value_warns_without_repeating_it(visit, served, parameter):
    page = visit(served, "triage", **{parameter: HOSTILE})
    assert len(page.warnings) == 1
    assert HOSTILE not in page.text


def test_a_single_comparison_is_there_to_look_at_only(visit, three_tasks):
    page = visit(three_tasks, "triage")
    assert "A single comparison is served here, to look at only" in page.text
    assert not {"Real regression", "Undo"} & set(labels(page))
    assert not [each for each in page.test.text_input if each.label == "Note"]
    several = visit(three_tasks, "triage", part="Several at once")
    assert not [label for label in labels(several) if label.startswith("Mark")]
    exchange = visit(three_tasks, "triage", part="Import and export")
    assert "exported here or with" not in exchange.markup
    assert not [each for each in exchange.test.get("bidi_component") if "ticket" in each.proto.json]


def test_all_of_a_filter_are_marked_after_a_question(visit, served, three_tasks):
    rows = flips(three_tasks)
    Triage(Comparison(served / "three")).mark(rows[:2], "ambiguous", candidate="new")
    page = visit(served, "triage", part="Several at once", judged="All", where="source = 'web'")
    asked = list(three_tasks.examples("negative_flip", task="sentiment", where="source = 'web'")["row_id"])
    page.test.selectbox(key="mark as").select("Acceptable")
    press(page, f"Mark all {len(asked)}")
    wanted = set(asked) - set(rows[:2])
    assert f"Mark {len(wanted)} negative flips of sentiment as acceptable ?" in page.text
    assert len(kept(served)) == 2  # nothing before the answer
    press(page, f"Mark {len(wanted)}")
    assert {row for row, judged in kept(served).items() if judged[0] == "acceptable"} == wanted
    assert f"{len(wanted)} negative flips marked as acceptable" in page.text


@pytest.mark.parametrize("replace", [False, True])
def test_what_is_judged_already_stays_unless_it_is_asked_for(visit, served, three_tasks, replace):
    rows = flips(three_tasks)
    Triage(Comparison(served / "three")).mark(rows[:2], "ambiguous", candidate="new", note="both fit", author="Ann")
    page = visit(served, "triage", part="Several at once", judged="All")
    page.test.selectbox(key="mark as").select("Acceptable")
    press(page, f"Mark all {len(rows)}")
    assert f"Mark {len(rows) - 2} negative flips of sentiment" in page.text
    box = next(each for each in page.test.checkbox if each.label == "Also replace 2 that are judged already")
    if replace:
        box.check()
        press(page, f"Mark all {len(rows)}")  # AppTest makes the whole page again, which closes the question
    press(page, f"Mark {len(rows) if replace else len(rows) - 2}")
    judged = kept(served)
    assert judged[rows[2]][0] == "acceptable"
    assert [judged[row][:2] for row in rows[:2]] == [("acceptable", "") if replace else ("ambiguous", "both fit")] * 2


def test_several_are_taken_back_in_one_step(visit, served, three_tasks):
    rows = flips(three_tasks)
    Triage(Comparison(served / "three")).mark(rows[:1], "ambiguous", candidate="new", author="Ann", note="both fit")
    page = visit(served, "triage", part="Several at once")
    press(page, f"Mark all {len(rows) - 1}")
    press(page, f"Mark {len(rows) - 1}")
    Triage(Comparison(served / "three")).mark(rows[1:2], "acceptable", candidate="new", author="Ann")
    assert "All negative flips are judged" in page.text
    press(page, "Undo")
    assert {row: judged[::2] for row, judged in kept(served).items()} == {
        rows[0]: ("ambiguous", "Ann"), rows[1]: ("acceptable", "Ann"),
    }  # fmt: skip
    assert f"{len(rows) - 2} negative flips judged as before again. 1 left alone" in page.text


def test_judgements_of_earlier_can_be_taken_back_in_bulk(visit, served, three_tasks):
    rows = flips(three_tasks)
    Triage(Comparison(served / "three")).mark(rows[:3], "ambiguous", candidate="new", author="Ann", note="both fit")
    page = visit(served, "triage", part="Several at once", judged="All")
    page.test.selectbox(key="mark as").select("Not judged")
    press(page, f"Mark all {len(rows)}")
    assert "Take back 3 judgements of negative flips of sentiment?" in page.text
    press(page, "Take back 3")
    assert kept(served) == {}
    assert "3 negative flips not judged any more." in page.text
    press(page, "Undo")
    assert {judged[:2] for judged in kept(served).values()} == {("ambiguous", "both fit")}


def test_what_others_judged_while_the_question_was_open_is_left_alone(visit, served, three_tasks):
    rows = flips(three_tasks)
    page = visit(served, "triage", part="Several at once")
    page.test.selectbox(key="mark as").select("Acceptable")
    press(page, f"Mark all {len(rows)}")
    Triage(Comparison(served / "three")).mark(rows[:1], "real_regression", candidate="new", author="Ann")
    press(page, f"Mark {len(rows)}")
    assert kept(served)[rows[0]][0] == "real_regression"
    assert f"{len(rows) - 1} negative flips marked as acceptable. 1 left alone" in page.text


def test_judgements_are_taken_over_from_another_comparison_of_the_folder(visit, served, three_tasks):
    shutil.copytree(three_tasks.path, served / "earlier")
    rows = flips(three_tasks)
    Triage(Comparison(served / "earlier")).mark(rows[:3], "wrong_gold_label", candidate="new", author="Ann")
    page = visit(served, "triage", comparison="three", part="Import and export")
    assert "3 judgements from earlier" in page.text
    press(page, "Take over")
    assert set(kept(served)) == set(rows[:3])
    assert "3 of 3 judgements of earlier taken over." in page.text
    assert "judgements from earlier" not in page.text
    assert "taken over from earlier" in visit(served, "triage", comparison="three", row=str(rows[0])).text


def test_a_file_brings_judgements_and_a_damaged_one_is_told(visit, served, three_tasks, tmp_path):
    comparison = Comparison(served / "three")
    rows = flips(three_tasks)
    Triage(comparison).mark(rows[:2], "ambiguous", candidate="new", author="Ann")
    Triage(comparison).export(tmp_path / "out.jsonl")
    Triage(comparison).mark(rows[:2], None, candidate="new")
    (served / "three" / "triage.sqlite").unlink()
    page = bring(
        visit(served, "triage", part="Import and export"), served, "out.jsonl", (tmp_path / "out.jsonl").read_bytes()
    )
    assert "2 of 2 judgements of three taken over." in page.text
    assert set(kept(served)) == set(rows[:2])
    page = bring(visit(served, "triage", part="Import and export"), served, "bad.jsonl", b"{not json\n")
    assert "line 1" in page.text
    assert 'fs-error"' in page.markup
    assert str(served) not in page.text
    assert not [path for path in (served / ".flipscope").rglob("*") if path.suffix == ".jsonl"]  # read, and removed


def test_a_file_that_is_no_export_is_not_taken(visit, served):
    page = visit(served, "triage", part="Import and export")
    data = uploader(page)
    assert (data["suffixes"], data["most"]) == ([".jsonl"], 20_000_000)
    assert put(data["ticket"], "model.zip", b"x").status_code == 415
    assert not page.test.get("file_uploader")  # its route is shut


def uploader(page):
    sent = [json.loads(element.proto.json) for element in page.test.get("bidi_component")]
    return next(data for data in sent if isinstance(data, dict) and "ticket" in data)


def put(ticket, name, content):
    server = TestClient(Starlette(routes=ROUTES), base_url="http://127.0.0.1")
    return server.put(f"/api/upload/{ticket}?name={name}", content=content)


def bring(page, folder, name, content):
    """Upload a file, and say so as the page's script does; AppTest can't send an event of a component."""
    assert put(uploader(page)["ticket"], name, content).status_code == 200
    place = page.test.session_state[f"triage file {hash(folder / 'three')}: uploads"]
    place.uploaded, place.fresh = place.fresh, None
    return page.run()


def test_who_is_logged_in_need_not_give_a_name(served, monkeypatch):
    monkeypatch.setattr("flipscope_app.settings._settings", Settings(served, people=("ada@example.com",)))
    test = AppTest.from_file(MAIN, default_timeout=30)
    test.user = {"is_logged_in": True, "email": "ada@example.com", "email_verified": True}
    test.run()
    test.switch_page("app_pages/triage.py")
    page = Page(test).run()
    assert not [each for each in page.test.text_input if each.label == "Judged by"]
    press(page, "Ambiguous")
    assert [author for _, _, author in kept(served).values()] == ["ada@example.com"]


def test_without_evaluation_data_the_page_says_so(visit, tmp_path, suites_only):
    assert "only behaviors" in visit(suites_only, "triage").text


@pytest.fixture(scope="module")
def suites_only(tmp_path_factory):
    import flipscope
    from suites import make_suite, make_test

    folder = tmp_path_factory.mktemp("suites")
    for name in ("old", "new"):
        (folder / f"{name}.txt").write_text("1\n" * 4)
    suite = make_suite(make_test({"kind": "label"}, [[{"label": "positive", "text": str(i)}] for i in range(4)]))
    out = folder / "out"
    flipscope.compare_behaviors(folder / "old.txt", folder / "new.txt", suite, answer_format="pred_only", out=out)
    return out


def test_the_answers_of_each_candidate_are_judged_apart(visit, tmp_path):
    task = simulated_task("intent", 200, ("ask", "tell"), seed=4, candidates=("small", "large"))
    comparison = build_comparison(tmp_path / "served" / "two", [task])
    page = visit(tmp_path / "served", "triage", candidate="large")
    first = page.opened
    press(page, "Real regression")
    assert list(Triage(comparison).table("intent", "large")["row_id"]) == [first]


NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-30), "just now"),  # clocks of two machines differ
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "on 22 November 2026"),
    ],
)
def test_times_are_told_as_people_do(before, told):
    assert ago((NOW - before).isoformat(), NOW) == told


def test_a_time_without_a_zone_is_utc():
    assert ago("2026-11-23T11:58:00", NOW) == "2 minutes ago"


def test_names_and_notes_stay_text():
    judged = Judged("acceptable", HOSTILE, HOSTILE, NOW.isoformat(), HOSTILE)
    for markup in (judged_line(judged, NOW), judged_meanwhile(judged, NOW)):
        assert "<img" not in markup
        assert re.search(r"<bdi>&lt;img src=x", markup)
    assert 'dir="auto"' in judged_line(judged, NOW)


def test_every_judgement_has_a_sign_beside_its_colour():
    signs = {re.search(r'aria-hidden="true">(.)<', badge(name))[1]
             for name in ("real_regression", "wrong_gold_label", "ambiguous", "acceptable")}  # fmt: skip
    assert len(signs) == 4


def test_the_overview_tells_both_rates_once_anybody_judged(visit, served):
    comparison = Comparison(served / "three")
    assert "Triage of" not in visit(served, "overview").text
    Triage(comparison).mark(flips(comparison)[:2], "wrong_gold_label", candidate="new", author="ann")
    page = visit(served, "overview")
    result = comparison.result("sentiment")
    assert "Triage of sentiment : 2 wrong gold label" in page.text.replace("sentiment:", "sentiment :")
    assert f"{result.negative_flip:,} of {result.n:,}" in page.text
    assert f"{result.negative_flip - 2:,} of {result.n - 2:,}" in page.text
    assert "Triage of paraphrase" not in page.text


def test_the_overview_stands_without_judgements_that_can_be_read(visit, served):
    (served / "three" / "triage.sqlite").write_bytes(b"this is no database" * 100)
    page = visit(served, "overview")
    assert "judgements" in page.text
    assert "examples broke" in page.text
