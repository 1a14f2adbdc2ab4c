"""The Examples page: filters change the rows, the URL says what is open, and bad links are survived."""

from __future__ import annotations

import re

import pytest

from builders import build_comparison, simulated_task
from flipscope.words import percent

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://outside.invalid/p.png) $latex$ **bold**"


def test_negative_flips_of_the_first_task_open_worst_first(visit, three_tasks):
    page = visit(three_tasks, "examples")
    expected = three_tasks.examples("negative_flip", task="sentiment", limit=50)
    assert page.total == three_tasks.result("sentiment").negative_flip
    assert page.listed == list(expected["row_id"])
    assert page.opened == page.listed[0]


def test_the_number_in_the_list_is_named(visit, three_tasks):
    worst = three_tasks.examples("negative_flip", task="sentiment", limit=1)["severity"][0]
    assert f">severity {worst:.2f}<" in visit(three_tasks, "examples").list_markup


def test_filters_change_the_rows(visit, three_tasks):
    page = visit(three_tasks, "examples")
    page.test.selectbox(key="task").select("entailment")
    assert page.run().total == three_tasks.result("entailment").negative_flip
    page.test.get_by_key("outcome").set_value("Positive flips")
    assert page.run().total == three_tasks.result("entailment").positive_flip
    page.test.text_input(key="q").set_value("number 1")
    assert page.run().total == three_tasks.count("positive_flip", task="entailment", search="number 1")
    page.test.selectbox(key="sort").select("Example id")
    rows = three_tasks.examples("positive_flip", task="entailment", search="number 1", sort="id")
    assert page.run().listed == list(rows["row_id"])


def test_any_column_filters_by_value_and_by_condition(visit, three_tasks):
    page = visit(three_tasks, "examples", outcome="All")
    page.test.selectbox(key="column").select("source")
    page.run().test.multiselect(key="value").select("web").select("mail")
    assert page.run().total == three_tasks.count(task="sentiment", where="source IN ('web', 'mail')")
    page.test.text_input(key="where").set_value("length > 20")
    expected = three_tasks.count(task="sentiment", where="source IN ('web', 'mail') AND length > 20")
    assert page.run().total == expected > 0


def test_a_missing_value_can_be_asked_for(visit, tmp_path):
    task = simulated_task("t", 60, ("a", "b"))
    table = task.examples.table
    sources = [None if i % 3 == 0 else value for i, value in enumerate(table["source"].to_pylist())]
    table = table.set_column(table.column_names.index("source"), "source", [sources])
    examples = type(task.examples)("t", table, ("a", "b"), "example_id", "t.csv", "d")
    comparison = build_comparison(tmp_path / "c", [type(task)(examples, task.predictions)])
    page = visit(comparison, "examples", outcome="All", column="source", value="(none)")
    assert page.total == 20


def test_a_link_presets_every_filter(visit, three_tasks):
    rows = three_tasks.examples("positive_flip", task="sentiment", where="source = 'web'", sort="drop")
    query = {"task": "sentiment", "outcome": "Positive flips", "sort": "Drop on the gold label", "column": "source",
             "value": "web", "row": str(rows["row_id"][3])}  # fmt: skip
    page = visit(three_tasks, "examples", **query)
    assert page.listed == list(rows["row_id"][:50])
    assert page.opened == rows["row_id"][3]
    assert page.warnings == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, None),
        ({"where": "length > 20"}, "Only where length > 20"),
        ({"column": "source", "value": "web"}, "Only where source is web"),
        ({"column": "source", "value": "web", "where": "length > 20"}, "Only where source is web, and length > 20"),
        ({"column": "source"}, None),
        ({"value": "web"}, None),
    ],
)
def test_a_link_with_filters_behind_the_button_says_so(visit, three_tasks, query, told):
    page = visit(three_tasks, "examples", **query)
    for _ in range(2):  # a rerun reads the widgets, not the link
        assert told in page.text if told else "Only where" not in page.text
        page.run()


@pytest.mark.parametrize("parameter", ["task", "outcome", "sort", "column", "page"], ids=lambda name: f"unknown {name}")
def test_a_link_with_an_unknown_value_warns_without_repeating_it(visit, three_tasks, parameter):
    page = visit(three_tasks, "examples", **{parameter: HOSTILE})
    assert len(page.warnings) == 1
    assert "left out" in page.warnings[0]
    assert HOSTILE not in page.text
    assert "<img" not in page.markup
    assert page.total == three_tasks.result("sentiment").negative_flip


def test_a_row_that_is_not_there_opens_the_first(visit, three_tasks):
    for row in ("999999", "-1", "x", HOSTILE):
        page = visit(three_tasks, "examples", row=row)
        assert page.opened == page.listed[0]
        assert len(page.warnings) == 1


def test_a_linked_row_outside_the_filters_opens_and_is_said_so(visit, three_tasks):
    positive = three_tasks.examples("positive_flip", task="sentiment").iloc[0]
    for query in ({}, {"where": "length > 5"}):
        page = visit(three_tasks, "examples", row=str(positive["row_id"]), **query)
        assert f"sentiment · {positive['example_id']}" in page.text
        assert positive["row_id"] not in page.listed
        assert "This example is outside the filters; the list keeps to them." in page.text
        assert page.warnings == []


def test_a_linked_row_on_another_page_is_no_matter(visit, three_tasks):
    row = three_tasks.examples(task="sentiment", limit=None)["row_id"][60]
    assert visit(three_tasks, "examples", outcome="All", row=str(row)).warnings == []


def test_another_candidate_leaves_the_open_row(visit, two_candidates):
    row = two_candidates.examples("negative_flip", task="intent", candidate="small")["row_id"].iloc[-1]
    page = visit(two_candidates, "examples", row=str(row))
    assert page.opened == row
    page.test.selectbox(key="candidate").select("large")
    assert page.run().warnings == []
    assert "row" not in page.test.query_params


def test_an_open_row_does_not_outlive_a_filter_that_hides_it(visit, three_tasks):
    rows = three_tasks.examples("negative_flip", task="sentiment")
    page = visit(three_tasks, "examples", row=str(rows["row_id"].iloc[-1]))
    page.test.text_input(key="q").set_value(rows["text_a"][0])
    page.run()
    assert page.total == len(page.listed) < len(rows)
    assert page.opened == page.listed[0]
    assert page.warnings == []
    page.test.get_by_key("outcome").set_value("Positive flips")
    page.run()
    assert page.warnings == []
    assert "row" not in page.test.query_params


def test_nothing_found_is_said_so(visit, three_tasks):
    page = visit(three_tasks, "examples", q="no text holds this")
    assert page.total == 0
    assert "No example fits these filters" in page.text


def test_a_bad_condition_is_told_and_not_repeated_as_markup(visit, three_tasks):
    page = visit(three_tasks, "examples", where="length >")
    assert "is not a condition" in page.text
    [popover] = page.test.get("popover")
    assert "is not a condition" in popover.get("html")[0].proto.body
    page = visit(three_tasks, "examples", where=f"{HOSTILE}")
    assert "<img" not in page.markup


def test_pages_hold_all_rows_once(visit, three_tasks):
    page = visit(three_tasks, "examples", outcome="All")
    seen = list(page.listed)
    for number in range(2, -(-page.total // 50) + 1):
        page.test.get_by_key("page").set_value(number)
        seen += page.run().listed
    assert len(seen) == len(set(seen)) == page.total == 300


def test_another_filter_goes_back_to_the_first_page(visit, three_tasks):
    page = visit(three_tasks, "examples", outcome="All", page="3")
    page.test.text_input(key="q").set_value("number 1")
    assert page.run().listed == list(three_tasks.examples(task="sentiment", search="number 1", limit=50)["row_id"])


def test_fewer_pages_after_another_choice_show_the_first(visit, tmp_path):
    task = simulated_task("t", 600, ("a", "b"), seed=7, candidates=("weak", "strong"))
    comparison = build_comparison(tmp_path / "c", [task])
    page = visit(comparison, "examples", page="2")
    weak, strong = (comparison.count("negative_flip", candidate=name) for name in comparison.candidates)
    assert weak > 50 >= strong
    page.test.selectbox(key="candidate").select("strong")
    assert len(page.run().listed) == page.total == strong


def test_a_column_filter_goes_when_the_other_task_lacks_the_column(visit, tmp_path):
    first, second = simulated_task("first", 60, ("a", "b")), simulated_task("second", 60, ("a", "b"), seed=1)
    bare = second.examples.table.drop_columns(["source", "length"])
    bare = type(second.examples)("second", bare, ("a", "b"), "example_id", "second.csv", "d")
    comparison = build_comparison(tmp_path / "c", [first, type(second)(bare, second.predictions)])
    page = visit(comparison, "examples", outcome="All", column="source", value="web")
    assert page.total == 20
    page.test.selectbox(key="task").select("second")
    assert page.run().total == 60


def test_next_and_previous_step_through_the_selection_and_over_the_page_end(visit, three_tasks):
    rows = three_tasks.examples(task="sentiment", limit=None)["row_id"]
    page = visit(three_tasks, "examples", outcome="All", row=str(rows[49]))
    step = {button.label: button for button in page.test.button}
    step["Next"].click()
    assert page.run().opened == rows[50]
    assert page.listed[0] == rows[50]
    next(button for button in page.test.button if button.label == "Previous").click()
    assert page.run().opened == rows[49]


def test_side_by_side_shows_both_answers_with_all_probabilities(visit, three_tasks):
    page = visit(three_tasks, "examples", task="entailment")
    row = three_tasks.examples("negative_flip", task="entailment").iloc[0]
    for text in (row["text_a"], row["text_b"], row["example_id"], f"gold label {row['label']}", "old", row["old_pred"]):
        assert text in page.text
    for value in three_tasks.probabilities(int(row["row_id"]))["probability"]:
        assert percent(value, 1) in page.text
    assert page.markup.count('class="fs-class-row"') == 3
    assert row["source"] in page.text


def test_models_without_probabilities_and_data_without_texts_still_open(visit, tmp_path):
    task = simulated_task("bare", 80, ("a", "b"), texts=False, scores=False)
    page = visit(build_comparison(tmp_path / "bare", [task]), "examples")
    assert "Neither model gave probabilities" in page.text
    assert "The texts are not in this comparison" in page.text
    assert page.listed


def test_many_classes_lead_with_those_that_matter(visit, tmp_path):
    names = [f"intent_{i}" for i in range(20)]
    page = visit(build_comparison(tmp_path / "many", [simulated_task("t", 60, names)]), "examples")
    assert "12 more classes" in page.text
    shown = page.markup[: page.markup.index("<details>")]
    assert 'class="fs-tag">gold<' in shown
    assert shown.count("fs-answered") == 2


def test_the_download_holds_the_whole_selection(visit, three_tasks):
    page = visit(three_tasks, "examples", outcome="All", q="number 1")
    assert page.test.get("download_button")[0].proto.label == "Export as CSV"


def hostile_task():
    task = simulated_task("t", 40, ("a", "b"))
    rows = [{**row, "text_a": HOSTILE, "source": f"{HOSTILE}{i % 2}"}
            for i, row in enumerate(task.examples.table.to_pylist())]  # fmt: skip
    from builders import examples

    return type(task)(examples(f"task {HOSTILE}", rows, ("a", "b")), task.predictions)


@pytest.mark.parametrize("name", ["overview", "examples", "grid"])
def test_hostile_texts_stay_texts(visit, tmp_path, name):
    page = visit(build_comparison(tmp_path / "hostile", [hostile_task()]), name)
    assert HOSTILE in page.text
    assert not re.search(r"<(img|script|a href=\"http)", page.markup)
    # Nothing of it goes through what Streamlit reads as Markdown.
    for kind in (
        "markdown",
        "caption",
        "metric",
        "title",
        "header",
        "subheader",
        "warning",
        "error",
        "info",
        "expander",
    ):
        for element in page.test.get(kind):
            assert "onerror" not in f"{getattr(element, 'value', '')}{getattr(element, 'label', '')}"
    for widget in (*page.test.selectbox, *page.test.multiselect, *page.test.text_input, *page.test.button):
        assert "onerror" not in f"{widget.label}{widget.help}"


def test_labels_answers_and_ranges_filter_the_rows(visit, three_tasks):
    query = {"task": "entailment", "outcome": "All", "label": ["neutral", "entailment"], "old_answer": "neutral",
             "new_answer": ["neutral", "contradiction"], "new_conf": ["50", "90"], "margin": ["10", "100"]}  # fmt: skip
    page = visit(three_tasks, "examples", **query)
    where = (
        "label IN ('neutral', 'entailment') AND old_pred = 'neutral' AND new_pred IN ('neutral', 'contradiction') "
        "AND new_conf BETWEEN 0.5 AND 0.9 AND least(old_margin, new_margin) >= 0.1"
    )
    expected = three_tasks.count(task="entailment", where=where)
    assert page.total == expected
    assert 0 < expected < three_tasks.count(task="entailment")
    assert "old answer is neutral, and candidate's answer is neutral or contradiction" in page.text
    assert "candidate's confidence is 50–90 %, and margin is 10–100 %" in page.text


@pytest.mark.parametrize("parameter", ["label", "old_answer", "new_answer", "value"])
def test_a_link_with_an_unknown_label_warns(visit, three_tasks, parameter):
    page = visit(three_tasks, "examples", **{parameter: HOSTILE, "column": "source"})
    assert len(page.warnings) == 1
    assert page.total == three_tasks.result("sentiment").negative_flip


def test_clearing_keeps_task_outcome_and_order_alone(visit, three_tasks):
    query = {"task": "entailment", "outcome": "All", "sort": "Example id", "label": "neutral", "q": "number"}
    page = visit(three_tasks, "examples", **query)
    address = re.search(r'href="([^"]*)"[^>]*>Clear filters', page.markup)[1].replace("&amp;", "&")
    assert address == "examples?task=entailment&outcome=All&sort=Example+id"
    assert "Clear filters" not in visit(three_tasks, "examples", outcome="All").text


def test_another_search_starts_at_the_first_page_and_example(visit, three_tasks):
    row = three_tasks.examples(task="sentiment", limit=None)["row_id"][60]
    page = visit(three_tasks, "examples", outcome="All", page="2", row=str(row))
    assert page.opened == row
    page.test.text_input(key="q").set_value("text")
    page.run()
    assert page.test.session_state["page"] == 1
    assert "row" not in page.test.query_params
    assert page.opened == page.listed[0]


def test_a_linked_row_on_another_page_opens(visit, three_tasks):
    row = three_tasks.examples(task="sentiment", limit=None).iloc[120]
    page = visit(three_tasks, "examples", outcome="All", row=str(row["row_id"]))
    assert f"sentiment · {row['example_id']}" in page.text
    assert "aria-current" not in page.list_markup


def test_the_table_has_the_same_rows_and_up_to_200(visit, three_tasks):
    page = visit(three_tasks, "examples", outcome="All", view="Table")
    [table] = page.test.dataframe
    rows = three_tasks.examples(task="sentiment", limit=200)
    assert table.value["example_id"].tolist() == rows["example_id"].tolist()
    assert {"outcome", "text_a", "label", "old_pred", "new_pred", "severity", "source", "length"} <= set(table.value)
    assert "text_b" not in table.value
    assert f"sentiment · {rows['example_id'][0]}" in page.text


def test_another_view_goes_back_to_the_first_page(visit, three_tasks):
    page = visit(three_tasks, "examples", outcome="All", page="6")
    page.test.get_by_key("view").set_value("Table")
    page.run()
    assert page.test.session_state["page"] == 1
    assert len(page.test.dataframe[0].value) == 200


def test_differences_are_marked_in_pairs_when_asked_for(visit, three_tasks):
    page = visit(three_tasks, "examples", task="entailment")
    assert "<mark" not in page.markup
    page.test.toggle(key="diff").set_value(True)
    assert re.findall(r"<mark.*?</span>(\w+)<", page.run().markup)[:2] == ["entailment", "second"]
    assert not visit(three_tasks, "examples", task="sentiment").test.toggle


def test_the_link_to_copy_names_the_example_and_the_filters(visit, three_tasks):
    page = visit(three_tasks, "examples", task="entailment", outcome="All")
    address = re.search(r'data-copy="([^"]*)"', page.markup)[1].replace("&amp;", "&")
    assert address == f"?task=entailment&outcome=All&row={page.opened}"


def test_similar_examples_come_before_the_metadata(visit, three_tasks):
    page = visit(three_tasks, "examples", task="entailment")
    similar = next(each for each in page.test.expander if each.label == "Similar examples")
    [known] = [each for each in page.test.get("html") if 'class="fs-known"' in each.proto.body]
    order = {id(each): place for place, each in enumerate(page.test.main)}
    assert order[id(similar)] < order[id(known)]


def test_similar_examples_are_links_with_their_outcomes(three_tasks):
    from flipscope.explain.neighbours import neighbours
    from flipscope_app.examples.neighbours import neighbours_table

    row = int(three_tasks.examples("negative_flip", task="entailment")["row_id"][0])
    found = neighbours(three_tasks, row, candidate="new")
    markup = neighbours_table(found, {"comparison": "c", "task": ["entailment"], "q": ["x"]})
    links = re.findall(r'href="examples\?comparison=c&amp;task=entailment&amp;q=x&amp;row=(\d+)" data-top', markup)
    assert len(links) == 8
    assert str(row) not in links
    assert re.search(r"<p>\d of the 8 nearest are negative flips too; [\d.]+% of all are: ", markup)
