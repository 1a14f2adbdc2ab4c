"""The Behaviors page: from the map of capabilities to a test, to one of its cases."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO

import pytest

from behavior_samples import IMAGE, behaviors_alone, two_tasks
from flipscope.comparison import Comparison
from flipscope.words import percent
from flipscope_app.behaviors.cases import PAGE_SIZE
from flipscope_app.behaviors.tables import link_name
from suites import make_suite, make_test


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return behaviors_alone(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return two_tasks(tmp_path_factory.mktemp("tasks"))


def cases_listed(page) -> list[int]:
    return [int(row) for row in re.findall(r'href="[^"]*case=(\d+)[^"]*"', page.list_markup)]


def opened_case(page) -> int:
    return int(re.search(r'case=(\d+)[^"]*" aria-current="true"', page.list_markup)[1])


def chart(page, number: int) -> dict:
    return json.loads(page.test.get("plotly_chart")[number].proto.spec)


def test_without_suites_the_page_says_how_to_run_some(visit, three_tasks):
    page = visit(three_tasks, "behaviors")
    assert "No behavior tests were run" in page.text
    assert "--suite auto" in page.text
    assert 'href="new' not in page.markup  # there is no such page for a single comparison


def test_in_a_workspace_the_way_to_new_suites_is_a_link(visit, three_tasks, tmp_path):
    (tmp_path / "a").symlink_to(three_tasks.path)
    assert 'href="new?"' in visit(tmp_path, "behaviors").markup


def test_the_map_is_by_task_where_there_are_several(visit, tasks):
    page = visit(tasks, "behaviors")
    assert "Capability by task" in page.text
    assert page.test.selectbox(key="cell").options == [
        "Negation / reviews", "Robustness / reviews", "Vocabulary / tweets",
    ]  # fmt: skip


def test_the_map_of_one_task_is_by_type(visit, alone):
    page = visit(alone, "behaviors")
    assert "Capability by type" in page.text
    assert "Robustness / INV" in page.test.selectbox(key="cell").options


def test_without_a_choice_every_judged_test_is_in_the_table_worst_first(visit, tasks):
    page = visit(tasks, "behaviors")
    links = re.findall(r'href="behaviors\?test=([^"]*)"', page.markup)
    assert links == ["reviews%2Freviews%2Ftypos", "reviews%2Freviews%2Fpraise", "tweets%2Ftweets%2Fpraise"]
    assert page.test.get("toggle") == []  # three are not too many to show


def test_types_and_q_are_explained_where_they_first_stand(visit, tasks):
    for name in ("behaviors", "overview"):
        told = visit(tasks, name).text
        types = told.index("MFT: the answer is known. INV: the answer must not change.")
        assert "test cases broke" in told[:types][-120:]
        assert "q: how often chance alone would" in told


def test_the_cell_of_the_link_chooses_the_tests(visit, tasks):
    page = visit(tasks, "behaviors", cell="Robustness / reviews")
    assert re.findall(r'href="behaviors\?test=([^"]*)"', page.markup) == ["reviews%2Freviews%2Ftypos"]
    assert len(chart(page, 0)["layout"]["shapes"]) == 1  # the frame around it


def test_an_unknown_cell_is_said_and_not_repeated(visit, tasks):
    page = visit(tasks, "behaviors", cell="![x](http://outside.invalid)")
    assert len(page.warnings) == 1
    assert "outside" not in page.markup
    assert len(re.findall(r'href="behaviors\?test=', page.markup)) == 3


def test_tests_are_sorted_by_name_when_asked(visit, tasks):
    page = visit(tasks, "behaviors", order="Name")
    assert re.findall(r'href="behaviors\?test=([^"]*)"', page.markup)[-1] == "reviews%2Freviews%2Ftypos"


def test_figures_of_the_table_are_those_of_the_comparison(visit, alone):
    page = visit(alone, "behaviors")
    page.test.selectbox(key="candidate").select("bad")
    text = page.run().text
    for test in alone.candidate("bad").behaviors[:2]:
        assert f"{percent(test.old_fail_rate, 1)} → {percent(test.new_fail_rate, 1)}" in text
        assert f"{test.negative_flip} {percent(test.nfr.value, 1)}" in text
        assert f"[{percent(test.nfr.low, 1)}, {percent(test.nfr.high, 1)}]" in text


def test_what_was_not_evaluated_is_told_with_its_reason(visit, alone):
    page = visit(alone, "behaviors")
    assert any("Not evaluated: 1 of 3 tests" in each.label for each in page.test.expander)
    assert "my_rule" in page.text


def test_candidates_stand_side_by_side(visit, alone):
    page = visit(alone, "behaviors")
    table = re.search(r"<table[^>]*>(?:(?!</table>).)*good</th>.*?</table>", page.markup, re.DOTALL)[0]
    row = re.search(r"Robustness</th>(.*?)</tr>", table, re.DOTALL)[1]
    assert re.sub(r"<[^>]*>", "|", row).count("0.0% of 8") == 1  # good
    assert "87.5% of 8" in row  # bad: seven of eight


def test_many_tests_are_shown_fifteen_at_first(visit, tmp_path):
    suite = make_suite(*(make_test({"kind": "label"}, [[{"label": "positive"}]], name=f"t{i}") for i in range(20)))
    import flipscope

    (tmp_path / "a.txt").write_text("1 0.1 0.9\n" * 20)
    comparison = flipscope.compare_behaviors(tmp_path / "a.txt", tmp_path / "a.txt", suite, out=tmp_path / "c")
    page = visit(comparison, "behaviors")
    assert page.markup.count('href="behaviors?test=') == 15
    assert visit(comparison, "behaviors", all_tests="true").markup.count('href="behaviors?test=') == 20


def test_a_test_of_the_link_shows_its_figures_and_all_its_cases(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise")
    assert "12 of 12 cases" in page.text
    assert "Expected: the answer is the label" in page.text
    assert cases_listed(page)[:3] == [0, 1, 2]  # broken ones first, then what was mended
    assert opened_case(page) == 0
    assert "positive → negative" in page.text


def test_the_same_name_in_another_task_is_another_test(visit, tasks):
    assert "4 of 4 cases" in visit(tasks, "behaviors", test="tweets/tweets/praise").text


def test_an_unknown_test_leads_to_all_tests_with_a_warning(visit, tasks):
    page = visit(tasks, "behaviors", test="no/such/test")
    assert len(page.warnings) == 1
    assert "Capability by task" in page.text


@pytest.mark.parametrize(
    ("result", "expected"), [("Broke", [0, 1]), ("Mended", [2]), ("Both fail", []), ("Both pass", range(3, 12))]
)
def test_cases_are_chosen_by_their_outcome(visit, tasks, result, expected):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", result=result)
    assert f"{len(expected)} of 12 cases" in page.text
    if expected:
        assert sorted(cases_listed(page)) == list(expected)
    else:
        assert "No case fits these filters." in page.text


def test_cases_without_a_result_of_both_are_not_judged(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", result="Not judged")
    assert "0 of 12 cases" in page.text


def test_cases_are_searched(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/typos", q="FNIE BOOK")
    assert "1 of 3 cases" in page.text
    assert "A fine book." in page.list_markup  # it passes, so its first text stands for it


def test_a_template_breaks_down_and_chooses(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise")
    assert re.search(r"short\s+case \d+ example 0\s+8\s+2\s+1", page.text)
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", template="long")
    assert "4 of 12 cases" in page.text


def test_the_case_of_the_link_is_open(visit, tasks):
    assert opened_case(visit(tasks, "behaviors", test="reviews/reviews/praise", case="2")) == 2


def test_a_case_shows_every_input_with_both_answers_and_what_differs(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/typos", result="Broke")
    article = re.search(r"<article.*?</article>", page.markup, re.DOTALL)[0]
    assert article.count("<blockquote") == 2
    assert re.search(r"<mark[^>]*>.*?fnie.*?</mark>", article, re.DOTALL)
    assert article.count("<mark") == 1  # the original is not marked
    for told in ("90.0%", "original", "changed", "✓ passes", "✕ fails"):
        assert told in article
    assert "the answer stays the same" in article


def test_texts_of_cases_are_text(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/typos", q="outside")
    assert IMAGE in page.text
    assert "<b>bold" not in page.markup
    assert not page.test.markdown


def test_a_case_outside_the_filters_is_shown_all_the_same(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", result="Mended", case="7")
    assert "not on this page of the list" in page.text
    assert "case 7 example 0" in page.text


@pytest.mark.parametrize("case", ["99999", "13", "x", "9" * 50, "'"])
def test_a_case_that_the_test_does_not_have_is_said(visit, tasks, case):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", case=case)
    assert len(page.warnings) == 1
    assert opened_case(page) == 0


def test_the_link_to_copy_names_the_case_and_the_filters(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", result="Broke")
    address = re.search(r'data-copy="([^"]*)"', page.markup)[1].replace("&amp;", "&")
    assert address == f"?test=reviews%2Freviews%2Fpraise&result=Broke&case={opened_case(page)}"


def test_next_and_previous_go_through_the_cases(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", result="Broke")
    previous, following = (next(b for b in page.test.button if b.label == name) for name in ("Previous", "Next"))
    assert (previous.disabled, following.disabled) == (True, False)
    following.click()
    assert opened_case(page.run()) == 1
    assert next(b for b in page.test.button if b.label == "Next").disabled


def test_the_way_back_leads_to_the_cell_and_to_all(visit, tasks):
    markup = visit(tasks, "behaviors", test="reviews/reviews/typos").markup
    assert 'href="behaviors?cell=Robustness+%2F+reviews"' in markup
    assert 'href="behaviors?"' in markup


def test_another_candidate_keeps_the_test(visit, alone):
    page = visit(alone, "behaviors", test=link_name(alone.candidate().behaviors[1]))
    assert re.search(r"8 0\.0% → 0\.0%", page.text)
    page.test.selectbox(key="candidate").select("bad")
    assert "0.0% → 87.5%" in page.run().text


def test_a_test_without_results_says_why(visit, alone):
    page = visit(alone, "behaviors", test=link_name(alone.candidate().behaviors[2]))
    assert "Not evaluated:" in page.text
    assert "my_rule" in page.text


def test_exports_hold_the_selection(visit, tasks):
    page = visit(tasks, "behaviors", test="reviews/reviews/praise", result="Broke")
    labels = [button.proto.label for button in page.test.get("download_button")]
    assert labels == ["Export as CSV", "Export as JSON Lines"]

    from flipscope_app.behaviors.cases import export

    asked = {"outcome": "negative_flip", "task": "reviews", "test": "praise"}
    rows = list(csv.DictReader(StringIO(export(tasks, asked, "csv").decode())))
    assert [row["case_row"] for row in rows] == ["0", "1"]
    lines = [json.loads(line) for line in export(tasks, asked, "jsonl").splitlines()]
    assert [line["inputs"][0]["new_pred"] for line in lines] == ["negative", "negative"]


def test_exports_as_csv_are_safe_to_open_in_a_spreadsheet(tmp_path):
    import flipscope
    from flipscope_app.behaviors.cases import export

    suite = make_suite(make_test({"kind": "label"}, [[{"text": "=1+1", "label": "positive"}]]))
    (tmp_path / "a.txt").write_text("1 0.1 0.9\n")
    comparison = flipscope.compare_behaviors(tmp_path / "a.txt", tmp_path / "a.txt", suite, out=tmp_path / "c")
    assert "'=1+1" in export(comparison, {}, "csv").decode()
    assert "'=1+1" not in export(comparison, {}, "jsonl").decode()


def test_long_lists_have_pages(visit, tmp_path):
    import flipscope

    count = 2 * PAGE_SIZE + 1
    suite = make_suite(make_test({"kind": "label"}, [[{"label": "positive"}]] * count, name="many"))
    (tmp_path / "a.txt").write_text("1 0.1 0.9\n" * count)
    comparison = flipscope.compare_behaviors(tmp_path / "a.txt", tmp_path / "a.txt", suite, out=tmp_path / "c")
    name = link_name(comparison.candidate().behaviors[0])
    assert len(cases_listed(visit(comparison, "behaviors", test=name))) == PAGE_SIZE
    assert len(cases_listed(visit(comparison, "behaviors", test=name, page="3"))) == 1


def test_inputs_that_belong_together_are_not_changes_of_the_first(visit, tmp_path):
    import flipscope

    suite = make_suite(make_test({"kind": "label"}, [[{"label": "positive"}, {"label": "positive"}]], name="group"))
    (tmp_path / "a.txt").write_text("1 0.1 0.9\n" * 2)
    comparison = flipscope.compare_behaviors(tmp_path / "a.txt", tmp_path / "a.txt", suite, out=tmp_path / "c")
    markup = visit(comparison, "behaviors", test=link_name(comparison.candidate().behaviors[0])).markup
    assert ">input 2<" in markup
    assert "<mark" not in markup
