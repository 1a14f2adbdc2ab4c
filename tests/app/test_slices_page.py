"""The Slices page says what a search found, and keeps the slices that people save."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from findings import findings_on, found_slice
from flipscope.errors import FlipscopeError
from flipscope.explain.families import Families, Family
from flipscope.flips.outcome import OUTCOMES
from flipscope.slices.findings import Description
from flipscope.slices.saved import saved_for
from flipscope_app.slices.families import families_list
from flipscope_app.slices.found import budget_snippet, found_table
from outcomes import compared, task_of

WEB = "\"source\" = 'web'"
HOSTILE = "<img src=x onerror=alert(1)> ![x](http://outside.invalid/b.png)"


def source_task(name="reviews", hostile="mail"):
    """Make a task of 120 examples: of the 40 from the web 20 broke, of the others 4."""
    web = "--==" * 10
    others = "-=+=x===========+===" * 4
    return task_of(web + others, task=name, source=["web"] * 40 + [hostile, "phone"] * 40, size=list(range(120)))


@pytest.fixture
def workspace(tmp_path):
    """A folder with one comparison of two tasks."""
    return compared(tmp_path / "ws" / "planted", source_task(), task_of("=-+x" * 10, task="questions"))


class Searches:
    """Stands for the search: gives what a test wants found, and notes what was asked."""

    def __init__(self):
        self.asked, self.slices, self.more = [], lambda comparison, task, outcome: [], {}

    def __call__(self, comparison, *, task, candidate, outcome, **asked):
        self.asked.append({"task": task, "candidate": candidate, "outcome": outcome, **asked})
        slices = self.slices(comparison, task, outcome)
        return findings_on(comparison, task, slices, outcome=outcome, candidate=candidate, **self.more)


@pytest.fixture
def search(monkeypatch):
    stand_in = Searches()
    monkeypatch.setattr("flipscope.slices.find.find_slices", stand_in)
    return stand_in


def web_and_long(comparison, task, outcome):
    return [
        found_slice(comparison, task, "source is web", WEB, outcome=outcome,
                    also=[Description(rule="length up to 39", where="\"size\" <= 39")]),
        found_slice(comparison, task, "size from 60", '"size" >= 60', outcome=outcome, confirmed=False, q=0.4),
    ]  # fmt: skip


def text_of(markup):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", str(markup))).split())


def links_to(page, name):
    """Queries of the links to a page, in order."""
    found = re.findall(rf'href="{name}\?([^"]*)"', page.markup)
    return [{key: values[0] for key, values in parse_qs(unescape(query)).items()} for query in found]


def served(comparison):
    return comparison.path.parent


def test_what_was_found_is_told_with_all_that_was_tried(visit, workspace, search):
    search.slices = web_and_long
    text = visit(served(workspace), "slices").text
    assert "1 place where reviews breaks more often than elsewhere." in text
    assert "41,250 slices were tried, 20 of them tested on the other part" in text
    assert "source is web 20 of 40 50.0% 50.0% [29.9%, 70.1%] 10 of 20 2.5× 0.004 Save" in text
    assert "the rate of reviews: 20.0%, 24 of 120" in text
    assert "q is corrected for the 20 tested in this one search" in text


def test_a_found_slice_leads_to_just_the_examples_that_it_counts(visit, workspace, search):
    search.slices = web_and_long
    page = visit(served(workspace), "slices")
    query = next(each for each in links_to(page, "examples") if each["where"] == WEB)
    assert query["outcome"] == "Negative flips"
    assert visit(served(workspace), "examples", **query).total == 20


def test_other_descriptions_lead_to_their_examples(visit, workspace, search):
    search.slices = web_and_long
    page = visit(served(workspace), "slices")
    assert "length up to 39" in page.text
    assert '"size" <= 39' in [each["where"] for each in links_to(page, "examples")]


def test_what_is_not_confirmed_is_apart(visit, workspace, search):
    search.slices = web_and_long
    page = visit(served(workspace), "slices")
    assert next(each.label for each in page.test.expander) == "1 not confirmed on the other part: may be chance"
    confirmed, others = page.markup.split("size from 60")[0], page.markup.split('class="fs-slices"')[2]
    assert "source is web" in confirmed
    assert "source is web" not in others


def test_what_got_better_is_searched_and_told(visit, workspace, search):
    search.slices = lambda comparison, task, outcome: [
        found_slice(comparison, task, "size from 40", '"size" >= 40', outcome=outcome)
    ]
    page = visit(served(workspace), "slices", direction="What got better")
    assert search.asked[-1]["outcome"] == "positive_flip"
    assert "1 place where reviews is mended more often than elsewhere" in page.text
    assert "8 of 80" in page.text
    assert links_to(page, "examples")[0]["outcome"] == "Positive flips"
    assert "[[slice]]" not in page.text  # a budget limits what breaks


def test_settings_are_taken_from_the_address(visit, workspace, search):
    query = {"task": "reviews", "in_columns": "source", "in_words": "false", "in_confidence": "true",
             "conditions": "1"}  # fmt: skip
    visit(served(workspace), "slices", **query)
    assert search.asked[-1] == {
        "task": "reviews", "candidate": "new", "outcome": "negative_flip", "columns": ["source"], "words": False,
        "confidence": True, "conditions": 1,
    }  # fmt: skip


def test_by_default_all_but_confidence_is_searched(visit, workspace, search):
    visit(served(workspace), "slices")
    told = search.asked[-1]
    assert (told["columns"], told["words"], told["confidence"], told["conditions"]) == (None, True, False, 3)


@pytest.mark.parametrize("name", ["task", "direction", "in_columns", "conditions"])
def test_an_unknown_setting_is_said(visit, workspace, search, name):
    page = visit(served(workspace), "slices", **{name: HOSTILE})
    assert len(page.warnings) == 1
    assert "is not here; it is left out" in page.warnings[0]
    assert len(search.asked) >= 1


def test_columns_of_another_task_are_left_out(visit, workspace, search):
    page = visit(served(workspace), "slices", in_columns="source")
    page.test.selectbox(key="task").select("questions")
    page.run()
    assert search.asked[-1]["task"] == "questions"
    assert search.asked[-1]["columns"] is None
    assert page.test.query_params["task"] == "questions"


def test_the_task_of_a_link_is_searched_and_carried_on(visit, workspace, search):
    search.slices = lambda comparison, task, outcome: [found_slice(comparison, task, "odd", "row_id % 2 = 1")]
    page = visit(served(workspace), "slices", task="questions")
    assert search.asked[-1]["task"] == "questions"
    assert {each["task"] for each in links_to(page, "examples")} == {"questions"}


def test_an_unknown_task_of_a_link_is_said_where_there_is_one_task(visit, tmp_path, search):
    page = visit(served(compared(tmp_path / "ws" / "one", source_task())), "slices", task="nope")
    assert "The link asks for a task that is not here" in page.warnings[0]


def test_nothing_confirmed_says_why_and_what_would_help(visit, workspace, search):
    text = visit(served(workspace), "slices").text
    assert "No place is confirmed where reviews breaks more often than elsewhere." in text
    assert "24 of 120 examples broke (20.0%)" in text
    assert "What would help:" in text


def test_of_several_candidates_the_chosen_one_is_searched_and_named(visit, two_candidates, search):
    page = visit(two_candidates, "slices")
    page.test.selectbox(key="candidate").select("large")
    assert "large: No place is confirmed where intent breaks" in page.run().text
    assert search.asked[-1]["candidate"] == "large"


def test_a_search_that_could_not_be_is_said(visit, workspace, search):
    search.more = {"reason": "too_few_flips"}
    text = visit(served(workspace), "slices").text
    assert "24 of 120 examples of reviews broke: too few flips. A search needs 5 on either half" in text


def test_notes_of_a_search_are_shown(visit, workspace, search):
    search.more = {"notes": [f"column {HOSTILE} has too many values"]}
    page = visit(served(workspace), "slices")
    assert f"Of this search: column {HOSTILE} has too many values." in page.text
    assert "<img" not in page.markup


def test_a_refused_search_is_told_and_the_rest_is_shown(visit, workspace, monkeypatch):
    def refuse(*_, **__):
        raise FlipscopeError("this column has no values", do="Choose another")

    monkeypatch.setattr("flipscope.slices.find.find_slices", refuse)
    text = visit(served(workspace), "slices").text
    assert "this column has no values Choose another" in text
    assert "Saved slices" in text


def test_large_data_are_searched_when_asked_for(visit, workspace, search, monkeypatch):
    monkeypatch.setattr("flipscope_app.slices.controls.AT_ONCE", 100)
    search.slices = web_and_long
    page = visit(served(workspace), "slices")
    assert "reviews has 120 examples: searching them for slices takes a while" in page.text
    assert search.asked == []
    page.test.button(key="search").click()
    assert "1 place where reviews" in page.run().text
    page.test.segmented_control(key="direction").set_value("What got better")  # another search, asked for anew
    assert "searching them for slices takes a while" in page.run().text


def test_rules_and_conditions_from_data_are_no_markup(visit, tmp_path, search):
    comparison = compared(tmp_path / "ws" / "c", source_task(hostile=HOSTILE))
    where = f"\"source\" = '{HOSTILE}'"
    search.slices = lambda comparison, task, outcome: [
        found_slice(comparison, task, f"source is {HOSTILE}", where, also=[Description(rule=HOSTILE, where=where)])
    ]
    page = visit(served(comparison), "slices")
    assert "<img" not in page.markup
    assert page.text.count(HOSTILE) >= 4


def test_a_comparison_of_suites_alone_leads_to_its_behaviors(visit, tmp_path):
    from behavior_samples import behaviors_alone

    assert "only behaviors" in visit(behaviors_alone(tmp_path), "slices").text


def test_the_overview_leads_to_the_slices_of_the_task_it_shows(visit, workspace, search):
    page = visit(served(workspace), "overview", by_task="questions")
    assert links_to(page, "slices") == [{"comparison": "planted", "task": "questions"}]


# Saved slices


def test_saved_slices_are_judged_on_this_comparison(visit, workspace, search):
    saved_for(workspace).save("From the web", WEB, f"ask Ada {HOSTILE}")
    saved_for(workspace).save("Nothing", '"size" > 1000')
    saved_for(workspace).save("Elsewhere", "colour = 'red'")
    page = visit(served(workspace), "slices", task="reviews")
    text = page.text
    assert f"From the web {WEB} 40 −50.00" in text
    assert "20 50.0% [35.2%, 64.8%] 0 0.0% [0.0%, 8.8%] < 0.001" in text
    assert f"ask Ada {HOSTILE}" in text
    assert "No example of this task meets the condition." in text
    assert re.search(r"It can't be judged here: .*colour", text)
    assert "1 of 3 tested" in text
    assert "Those of other tasks, which flipscope slices --saved corrects for too, are not among them." in text
    assert "<img" not in page.markup


def test_a_saved_slice_leads_to_its_examples(visit, workspace, search):
    saved_for(workspace).save("From the web", WEB)
    page = visit(served(workspace), "slices")
    queries = [each for each in links_to(page, "examples") if each["where"] == WEB]
    assert [visit(served(workspace), "examples", **query).total for query in queries] == [40, 20]


def test_none_saved_says_so(visit, workspace, search):
    assert "None yet. Save one that was found" in visit(served(workspace), "slices").text


def field(page, kind, label):
    return next(each for each in getattr(page.test, kind) if each.label == label)


def press(page, label):
    next(each for each in page.test.button if each.label == label).click()
    return page.run()


def test_a_found_slice_is_saved(visit, workspace, search):
    search.slices = web_and_long
    page = visit(served(workspace), "slices", save=WEB, named="source is web")
    assert field(page, "text_area", "Condition on any column, in SQL").value == WEB
    field(page, "text_input", "Name").set_value("The web")
    field(page, "text_area", "Note").set_value("since May")
    press(page, "Save")
    assert [(each.name, each.where, each.note) for each in saved_for(workspace).all()] == [
        ("The web", WEB, "since May")
    ]
    text = page.run().text
    assert "The web is saved." in text or "The web" in text
    assert "0.004 saved" in text  # no longer offered


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("colour = 'red'", "there is no column 'colour'"),
        ("size >", "is not a condition"),
        ("", "'' is not a single condition"),
        ("1) OR (true", "is not a single condition"),
    ],
)
def test_what_is_no_condition_here_is_not_saved(visit, workspace, search, where, told):
    page = visit(served(workspace), "slices")
    press(page, "Add a slice")
    field(page, "text_input", "Name").set_value("x")
    field(page, "text_area", "Condition on any column, in SQL").set_value(where)
    assert told in press(page, "Save").text
    assert saved_for(workspace).all() == []


def test_a_name_that_is_taken_is_told(visit, workspace, search):
    saved_for(workspace).save("The web", WEB)
    page = visit(served(workspace), "slices", save=WEB)
    field(page, "text_input", "Name").set_value("the WEB")
    assert "already" in press(page, "Save").text
    assert len(saved_for(workspace).all()) == 1


def test_a_saved_slice_is_renamed(visit, workspace, search):
    saved_for(workspace).save("The web", WEB)
    page = visit(served(workspace), "slices", rename="The web")
    field(page, "text_input", "New name").set_value("All of the web")
    press(page, "Rename")
    assert [each.name for each in saved_for(workspace).all()] == ["All of the web"]


def test_a_saved_slice_is_deleted_after_a_question(visit, workspace, search):
    saved_for(workspace).save("The web", WEB)
    page = visit(served(workspace), "slices", delete="The web")
    assert [each.name for each in saved_for(workspace).all()] == ["The web"]
    assert "forgotten for everybody" in page.text
    press(page, "Delete")
    assert saved_for(workspace).all() == []


def test_one_that_is_gone_meanwhile_is_told(visit, workspace, search):
    page = visit(served(workspace), "slices", delete="Never there")
    assert "no saved slice" in press(page, "Delete").text


def test_a_single_comparison_is_to_look_at_only(visit, workspace, search):
    search.slices = web_and_long
    saved_for(workspace).save("The web", WEB)
    page = visit(workspace, "slices", save=WEB)
    assert "The web" in page.text
    labels = {each.label for each in page.test.button}
    assert not labels & {"Save", "Add a slice", "Delete"}
    assert "data-ask" not in page.markup


def test_a_damaged_file_is_told_and_the_rest_is_shown(visit, workspace, search):
    search.slices = web_and_long
    saved_for(workspace).file.write_text("{")
    text = visit(served(workspace), "slices").text
    assert "slices.json" in text
    assert "source is web" in text


# Markup


def test_the_snippet_is_a_budget_that_toml_reads(workspace):
    searched = findings_on(workspace, "reviews").searches[0]
    where = '"a ""b""" = \'it\'\'s \\ ü\'\n AND x'
    snippet = budget_snippet(Description(rule="a is 'b'\n", where=where), searched)
    assert tomllib.loads(snippet)["slice"] == [
        {"task": "reviews", "where": where, "name": "a is 'b'\n", "max_nfr": 0.2}
    ]


def test_the_interval_is_drawn_against_the_rate_of_the_task(workspace):
    searched = findings_on(workspace, "reviews").searches[0]
    each = found_slice(workspace, "reviews", "source is web", WEB)
    table = str(found_table(searched, [each], "negative_flip", {"task": "reviews"}, None))
    low, high = each.confirmation.rate.low, each.confirmation.rate.high
    assert f'<u style="left:{100 * 0.2 / high:.1f}%">' in table
    assert f'<i style="left:{100 * low / high:.1f}%;width:{100 * (high - low) / high:.1f}%">' in table
    assert f'<b style="left:{100 * 0.5 / high:.1f}%">' in table
    assert "Save" not in table


def family(words, rows, **more):
    return Family(tuple(words), tuple(rows), "the most central text", **more)


def grouped(*families, alone=(), by="words", rate=None):
    n = sum(each.n for each in families) + len(alone)
    return Families("reviews", "new", "negative_flip", by, n, families, alone, rate)


def test_families_have_words_size_and_one_example():
    found = grouped(family(["not", HOSTILE], [7, 3], near=50, near_flips=9), alone=(1,), by="embedding", rate=0.025)
    markup = str(families_list(found, {"task": "reviews"}))
    text = text_of(markup)
    assert f"not {HOSTILE} 2 flips 9 of the 50 nearest examples flipped, of all 2.5%" in text
    assert "the most central text" in text
    assert "2 of 3 flips are like others, going by the candidate's own embedding of their texts" in text
    assert "<img" not in markup


def test_a_family_leads_to_its_flips_and_to_its_central_one():
    markup = str(families_list(grouped(family(["not"], [7, 3])), {"task": "reviews"}))
    first, second = (parse_qs(urlsplit(unescape(each)).query) for each in re.findall(r'href="([^"]*)"', markup))
    assert first["where"] == second["where"] == ["row_id IN (7, 3)"]
    assert first["outcome"] == ["Negative flips"]
    assert "row" not in first
    assert second["row"] == ["7"]


def test_a_family_too_large_for_an_address_leads_to_its_central_flip_alone():
    markup = str(families_list(grouped(family(["not"], range(101))), {}))
    (query,) = (parse_qs(urlsplit(unescape(each)).query) for each in re.findall(r'href="([^"]*)"', markup))
    assert query == {"outcome": ["Negative flips"], "row": ["0"]}


def test_many_families_are_counted():
    found = grouped(*(family([f"w{i}"], [2 * i, 2 * i + 1]) for i in range(25)))
    assert "The 20 largest of 25 families are shown." in text_of(families_list(found, {}))


def test_no_family_says_so():
    told = "None of the 2 flips is alike enough to another one, going by the words of their texts."
    assert text_of(families_list(grouped(alone=(1, 2)), {})) == told


def test_families_wait_until_they_are_asked_for(visit, workspace, search, monkeypatch):
    asked = []

    def group(comparison, **of):
        asked.append(of)
        return grouped(family(["web"], [0, 1]))

    monkeypatch.setattr("flipscope.explain.families.families", group)
    page = visit(served(workspace), "slices")
    assert asked == []
    page.test.session_state["families"] = True
    text = page.run().text
    assert asked == [{"task": "reviews", "candidate": "new", "outcome": "negative_flip"}]
    assert "web 2 flips" in text


def test_families_are_grouped_anew_once_there_are_embeddings(visit, workspace, search, monkeypatch):
    embedded, asked = ["", ""], []

    def group(comparison, **of):
        asked.append(of)
        return grouped(family([f"word{len(asked)}"], [0, 1]))

    monkeypatch.setattr("flipscope.explain.families.families", group)
    monkeypatch.setattr("flipscope.explain.embeddings.version", lambda comparison, candidate, task: embedded[-1])
    page = visit(served(workspace), "slices")
    page.test.session_state["families"] = True
    assert "word1 2 flips" in page.run().text
    assert "word1 2 flips" in page.run().text
    searched = len(search.asked)
    embedded.append("1-2")
    assert "word2 2 flips" in page.run().text
    assert len(search.asked) == searched + 1


def test_clusters_of_embeddings_are_offered_neither_to_save_nor_for_a_budget(workspace):
    each = found_slice(workspace, "reviews", "alike", WEB).model_copy(update={"where": "embedding_cluster = 3"})
    markup = found_table(findings_on(workspace, "reviews", [each]).searches[0], [each], "negative_flip", {}, set())
    assert "Condition, for --where" in text_of(markup)
    assert "[[slice]]" not in markup
    assert "Save this slice" not in markup


def test_counts_of_the_comparison_are_those_of_the_helper(workspace):
    each = found_slice(workspace, "reviews", "source is web", WEB)
    assert [getattr(each, name) for name in OUTCOMES] == [20, 20, 0, 0]
