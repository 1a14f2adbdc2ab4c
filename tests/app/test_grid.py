"""The Flip grid page: any slice's four outcomes, and which labels turned into which."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from builders import build_comparison, simulated_task
from flipscope_app.examples.filters import Filters
from flipscope_app.grids.label_changes import CHANGES, MOST_LABELS, change_map, count_changes
from flipscope_app.grids.label_charts import change_heatmap

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://outside.invalid/p.png)"


def squares(page) -> list[int]:
    """The four counts, in the order of the grid."""
    return [int(found.replace(",", "")) for found in re.findall(r'fs-count">([\d,]+)<', page.markup)]


def links_of(page, inside: str) -> list[dict[str, list[str]]]:
    part = re.search(rf'class="{inside}".*', page.markup, re.DOTALL)[0]
    return [parse_qs(urlsplit(unescape(href)).query) for href in re.findall(r'href="([^"]*)"', part)]


def charted(page) -> dict:
    [chart] = page.test.get("plotly_chart")
    return json.loads(chart.proto.spec)


def test_the_first_task_opens_with_all_its_examples(visit, three_tasks):
    result = three_tasks.result("sentiment")
    page = visit(three_tasks, "grid")
    assert squares(page) == [result.both_correct, result.negative_flip, result.positive_flip, result.both_wrong]
    worst = three_tasks.examples("negative_flip", task="sentiment", limit=4)
    assert all(text in page.text for text in worst["text_a"])


def test_a_slice_has_its_own_counts_and_links(visit, three_tasks):
    page = visit(three_tasks, "grid", grid_task="entailment", slice_by="source", slice="mail")
    counts = [three_tasks.count(outcome, task="entailment", where="source = 'mail'")
              for outcome in ("both_correct", "negative_flip", "positive_flip", "both_wrong")]  # fmt: skip
    assert squares(page) == counts
    for query in links_of(page, "fs-grid"):
        assert (query.get("column"), query.get("value"), query["task"]) == (["source"], ["mail"], ["entailment"])


def test_a_label_is_a_slice_too(visit, three_tasks):
    page = visit(three_tasks, "grid", slice_by="label", slice="positive")
    assert sum(squares(page)) == three_tasks.count(task="sentiment", where="label = 'positive'")


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_in_the_list_leads_to_exactly_those_examples(visit, three_tasks, name):
    page = visit(three_tasks, "grid", grid_task="entailment", changes=name)
    found = links_of(page, "fs-changes")
    assert found
    numbers = re.findall(r"<b>([\d,]+)</b>", re.search(r'<ol class="fs-changes".*', page.markup, re.DOTALL)[0])
    for number, query in list(zip(numbers, found, strict=True))[:2]:
        names = {"label": "label", "old_answer": "old_pred", "new_answer": "new_pred"}
        parts = " AND ".join(f"{names[key]} = '{query[key][0]}'" for key in names if key in query)
        outcome = {"Negative flips": "negative_flip", "Positive flips": "positive_flip"}.get(query["outcome"][0])
        assert int(number) == three_tasks.count(outcome, task="entailment", where=parts)
        opened = visit(three_tasks, "examples", **query)
        assert opened.total == int(number)


def test_the_map_counts_what_the_examples_say(three_tasks):
    counts = count_changes(three_tasks, "entailment", "new", "source", "web")
    table, left_out = change_map(counts, CHANGES["All changed"], three_tasks.task_info("entailment").label_names)
    rows = three_tasks.examples(task="entailment", where="source = 'web' AND old_pred <> new_pred", limit=None)
    expected = pd.crosstab(rows["old_pred"].astype(str), rows["new_pred"].astype(str))
    assert left_out == 0
    for old in table.index:
        for new in table.columns:
            in_rows = old in expected.index and new in expected.columns
            assert table.at[old, new] == (expected.at[old, new] if in_rows else 0)


def test_of_many_labels_the_most_frequent_are_shown_and_the_rest_told(visit, tmp_path):
    names = [f"intent_{i:02}" for i in range(30)]
    comparison = build_comparison(tmp_path / "many", [simulated_task("t", 400, names)])
    page = visit(comparison, "grid", changes="Errors")
    errors = comparison.examples(where="new_pred <> label", limit=None)
    more = len({*errors["label"], *errors["new_pred"]}) - MOST_LABELS
    assert more > 0
    assert f"The {MOST_LABELS} labels that change most are shown; {more} more are left out." in page.text
    assert len(charted(page)["data"][0]["z"]) == MOST_LABELS


def test_a_slice_without_an_example_says_so(visit, tmp_path):
    task = simulated_task("t", 40, ("a", "b", "never"))
    rows = [{**row, "label": "a" if row["label"] == "never" else row["label"]}
            for row in task.examples.table.to_pylist()]  # fmt: skip
    from builders import examples

    comparison = build_comparison(
        tmp_path / "c", [type(task)(examples("t", rows, ("a", "b", "never")), task.predictions)]
    )
    page = visit(comparison, "grid", slice_by="label", slice="never")
    assert "This slice has no example to judge" in page.text


def test_a_candidate_has_its_own_grid(visit, two_candidates):
    page = visit(two_candidates, "grid")
    page.test.selectbox(key="candidate").select("large")
    page.run()
    result = two_candidates.result("intent", "large")
    assert squares(page)[1:3] == [result.negative_flip, result.positive_flip]
    assert all(query["candidate"] == ["large"] for query in links_of(page, "fs-grid"))


@pytest.mark.parametrize("parameter", ["grid_task", "slice_by", "slice", "changes"])
def test_an_unknown_value_is_told_and_not_repeated(visit, three_tasks, parameter):
    page = visit(three_tasks, "grid", **{"slice_by": "source", parameter: HOSTILE})
    assert len(page.warnings) == 1
    assert HOSTILE not in page.text


def test_labels_are_text_in_the_chart():
    names = [f"{HOSTILE}{i}" for i in range(2)]
    table = pd.DataFrame([[0, 3], [1, 0]], index=names, columns=names)
    figure = change_heatmap(table, "negative_flip", ("Old answer", "Candidate's answer"), dark=False)
    assert "<img" not in figure.to_json().replace("\\u003c", "<")


def test_a_filter_writes_values_as_text():
    filters = Filters("t", "new", labels=("it's", "b"), new_conf=(90, 100))
    assert filters.where() == """(CAST("label" AS VARCHAR) IN ('it''s', 'b')) AND new_conf >= 0.9"""
