"""What a visitor does: read the overview, open a square, pick an example, share the link."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.driving import HOSTILE, idle

pytestmark = pytest.mark.e2e
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def query_of(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def click_cell(page, *, row, rows, column, columns):
    """Click a field of the page's heatmap; the layer over it takes the clicks, not the marks."""
    chart = page.locator(".stPlotlyChart").first
    chart.locator(".scatterlayer .point").first.wait_for(state="attached")
    layer = chart.locator(".nsewdrag").first
    layer.hover()
    box = layer.bounding_box()
    layer.click(position={"x": box["width"] * (column + 0.5) / columns, "y": box["height"] * (row + 0.5) / rows})
    idle(page)


def open_page(page, dashboard, path):
    page.goto(f"{dashboard.url}/{path}")
    idle(page)


def test_from_the_list_to_a_square_to_an_example_and_back(page, dashboard):
    open_page(page, dashboard, "")
    page.get_by_role("table").get_by_role("link", name="sentiment", exact=True).click()
    expect(page.get_by_role("group", name="Flip grid of paraphrase")).to_be_visible()
    result = dashboard.sentiment.result("paraphrase")

    grid = page.get_by_role("group", name="Flip grid of paraphrase")
    grid.get_by_role("link", name=f"See all {result.positive_flip}").click()
    expect(page.get_by_text(f"{result.positive_flip} of {result.n} examples")).to_be_visible()
    idle(page)
    query = query_of(page)
    assert (query["comparison"], query["task"], query["outcome"]) == ("sentiment", "paraphrase", "Positive flips")

    rows = dashboard.sentiment.examples("positive_flip", task="paraphrase")
    page.locator(".fs-list a").nth(2).click()
    expect(page.locator(".fs-texts")).to_contain_text(rows["text_a"][2])
    expect(page.locator(".fs-texts")).to_contain_text(rows["text_b"][2])
    expect(page.locator(".fs-list a[aria-current=true]")).to_have_count(1)
    idle(page)
    assert query_of(page)["row"] == str(rows["row_id"][2])

    page.reload()
    expect(page.locator(".fs-texts")).to_contain_text(rows["text_a"][2])
    expect(page.get_by_text(f"{result.positive_flip} of {result.n} examples")).to_be_visible()

    page.locator(".st-key-step").get_by_role("button", name="Next").click()
    expect(page.locator(".fs-texts")).to_contain_text(rows["text_a"][3])
    page.go_back()
    expect(page.locator(".fs-texts")).to_contain_text(rows["text_a"][2])


def test_an_example_in_a_square_opens_itself(page, dashboard):
    open_page(page, dashboard, "overview?comparison=sentiment")
    page.get_by_role("heading", name="entailment").get_by_role("link").click()
    expect(page.get_by_role("group", name="Flip grid of entailment").locator(".fs-text").first).to_be_visible()
    worst = dashboard.sentiment.examples("negative_flip", task="entailment", limit=2)
    page.get_by_role("group", name="Flip grid of entailment").locator(".fs-negative-flip li a").nth(1).click()
    expect(page.locator(".fs-texts")).to_contain_text(worst["text_a"][1])
    idle(page)
    page.go_back()
    expect(page.get_by_role("group", name="Flip grid of entailment")).to_be_visible()


def test_a_second_link_forgets_the_filters_of_the_first(page, dashboard):
    open_page(page, dashboard, "overview?comparison=sentiment")
    result = dashboard.sentiment.result("sentiment")
    grid = page.get_by_role("group", name="Flip grid of sentiment")
    grid.get_by_role("link", name=f"See all {result.positive_flip}").click()
    expect(page.get_by_text(f"{result.positive_flip} of {result.n} examples")).to_be_visible()
    page.get_by_label("Search the texts").fill("no text holds this")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No example fits these filters")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    grid.get_by_role("link", name=f"See all {result.negative_flip}").click()
    expect(page.get_by_text(f"{result.negative_flip} of {result.n} examples")).to_be_visible()


def test_a_click_on_the_chart_opens_the_slice(page, dashboard):
    open_page(page, dashboard, "overview?comparison=sentiment")
    slices = dashboard.sentiment.by("source", task="sentiment")
    chart = page.locator(".st-key-where .stPlotlyChart")
    point = chart.locator(".scatterlayer .point").nth(1)
    point.wait_for(state="attached")
    layer = chart.locator(".nsewdrag").first  # takes the clicks, not the marks
    layer.hover()  # waits until the chart has its size, and scrolls to it
    frame, mark = layer.bounding_box(), point.bounding_box()
    x, y = mark["x"] + mark["width"] / 2 - frame["x"], mark["y"] + mark["height"] / 2 - frame["y"]
    layer.click(position={"x": x, "y": y})
    expect(page.get_by_text(f"{slices['negative_flip'][1]} of 300 examples")).to_be_visible()
    idle(page)
    assert (query_of(page)["column"], query_of(page)["value"]) == ("source", slices["source"][1])
    page.go_back()
    expect(page.get_by_role("heading", name="Where it broke")).to_be_visible()
    expect(page.locator(".fs-list")).to_have_count(0)


def test_the_download_is_the_selection(page, dashboard):
    open_page(page, dashboard, "examples?comparison=sentiment&task=entailment")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = dashboard.sentiment.examples("negative_flip", task="entailment", limit=None)
    assert [row["example_id"] for row in rows] == list(expected["example_id"])


def test_the_list_works_by_keyboard(page, dashboard):
    open_page(page, dashboard, "examples?comparison=sentiment")
    expect(page.locator(".fs-list a").first).to_be_visible()
    page.locator(".fs-list a").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".fs-list li:nth-child(2) a[aria-current=true]")).to_be_focused()


@pytest.mark.parametrize("path", ["overview", "grid", "examples"])
def test_hostile_texts_are_shown_as_they_are(page, dashboard, path):
    """The page fixture fails the test on any request to the outside, dialog or console error."""
    open_page(page, dashboard, f"{path}?comparison=hostile")
    expect(page.locator(".fs-root a").first).to_be_visible()
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.locator("img[src*=outside]").count() == 0
    assert page.locator("a[href^='http://outside']").count() == 0
    assert page.locator(".katex").count() == 0


@pytest.mark.parametrize("page", ["dark"], indirect=True)
def test_dark_mode_is_dark_all_over(page, dashboard):
    open_page(page, dashboard, "grid?comparison=sentiment")
    expect(page.locator(".fs-grid").first).to_be_visible()
    for selector in (".stApp", ".fs-square.fs-negative-flip", ".fs-square.fs-positive-flip"):
        colour = page.locator(selector).first.evaluate("element => getComputedStyle(element).backgroundColor")
        assert max(int(part) for part in re.findall(r"\d+", colour)[:3]) < 80, (selector, colour)


def test_from_the_map_of_capabilities_to_a_test_to_a_case(page, dashboard):
    """All of it under names and texts that are markup: the page fixture fails on what they would do."""
    open_page(page, dashboard, "")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="tests", exact=True))
    expect(row).to_contain_text("30 test cases")
    row.get_by_role("link", name="tests", exact=True).click()
    expect(page.get_by_text("2 of 30 test cases broke")).to_be_visible()

    open_page(page, dashboard, "behaviors?comparison=tests")
    click_cell(page, row=0, rows=1, column=0, columns=1)
    page.get_by_role("table").get_by_role("link", name=HOSTILE).first.click()
    expect(page.locator(".fs-case")).to_contain_text(HOSTILE)
    idle(page)
    assert query_of(page)["test"].endswith(HOSTILE)
    page.locator(".fs-list a").nth(1).click()
    expect(page.locator(".fs-list li:nth-child(2) a[aria-current=true]")).to_be_visible()
    idle(page)
    shown = page.locator(".fs-case").inner_text()

    page.goto(page.url)
    expect(page.locator(".fs-case")).to_have_text(shown, use_inner_text=True)
    page.get_by_role("navigation", name="Way back").get_by_role("link").last.click()
    expect(page.get_by_role("table").get_by_role("link", name=HOSTILE).first).to_be_visible()
    assert page.locator("img[src*=outside]").count() == 0


def test_the_way_back_is_one_step_a_page(page, dashboard):
    open_page(page, dashboard, "overview?comparison=sentiment")
    page.get_by_role("group", name="Flip grid of entailment").get_by_role("link").first.click()
    expect(page.locator(".fs-list")).to_be_visible()
    idle(page)
    page.go_back()
    expect(page.get_by_role("group", name="Flip grid of entailment")).to_be_visible()


def test_a_field_of_the_label_map_opens_its_examples_and_back_leads_back(page, dashboard):
    open_page(page, dashboard, "grid?comparison=sentiment&grid_task=entailment")
    flips = dashboard.sentiment.examples("negative_flip", task="entailment", limit=None)
    labels = list(dashboard.sentiment.task_info("entailment").label_names)
    old, new = flips["old_pred"][0], flips["new_pred"][0]
    count = int(((flips["old_pred"] == old) & (flips["new_pred"] == new)).sum())
    click_cell(page, row=labels.index(old), rows=3, column=labels.index(new), columns=3)
    expect(page.get_by_text(f"{count} of 90 examples")).to_be_visible()
    idle(page)
    page.go_back()
    expect(page.get_by_role("group", name="Flip grid of entailment")).to_be_visible()
    assert query_of(page)["grid_task"] == "entailment"


def test_a_report_can_be_taken_along(page, dashboard):
    open_page(page, dashboard, "report?comparison=sentiment")
    with page.expect_download() as download:
        page.get_by_role("button", name="Web page").click()
    report = Path(download.value.path()).read_text(encoding="utf-8")
    result = dashboard.sentiment.result("entailment")
    assert report.startswith("<!doctype html>") or report.startswith("<!DOCTYPE html>")
    assert f"{result.negative_flip}" in report
    assert "entailment" in report


def test_a_budget_gives_a_verdict_that_leads_to_its_flips_and_into_the_report(page, dashboard):
    open_page(page, dashboard, "overview?comparison=sentiment")
    result = dashboard.sentiment.result("entailment")
    field = page.get_by_role("spinbutton", name="Largest NFR")
    field.fill("1")
    field.press("Enter")
    banner = page.get_by_role("region", name="Verdict")
    expect(banner).to_contain_text("Hold")
    idle(page)
    assert query_of(page)["max_nfr_percent"] == "1"

    banner.get_by_role("link", name="entailment").click()
    expect(page.get_by_text(f"{result.negative_flip} of {result.n} examples")).to_be_visible()
    idle(page)
    page.go_back()
    expect(banner).to_contain_text("Hold")
    expect(field).to_have_value("1")

    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("spinbutton", name="Largest NFR")).to_have_value("1")
    expect(page.frame_locator("iframe").get_by_role("heading", name="Verdict")).to_be_visible()
    idle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Web page").click()
    assert ">Hold<" in Path(download.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="JUnit").click()
    assert "<failure" in Path(download.value.path()).read_text(encoding="utf-8")


def test_a_verdict_is_kept_and_the_page_goes_on(page, dashboard):
    open_page(page, dashboard, "overview?comparison=hostile&max_nfr_percent=100")
    banner = page.get_by_role("region", name="Verdict")
    expect(banner).to_contain_text("Ship")
    page.get_by_role("button", name="Keep this verdict").click()
    expect(page.get_by_text("The verdict is kept with the comparison.")).to_be_visible()
    expect(banner).to_contain_text("Ship")
    expect(page.get_by_role("spinbutton", name="Largest NFR")).to_have_value("")
    idle(page)
    assert "max_nfr_percent" not in query_of(page)
    banner.get_by_role("link").first.click()
    expect(page.locator(".fs-list")).to_be_visible()
    page.get_by_role("link", name="Comparisons").click()
    expect(page.get_by_role("table").get_by_text("Ship")).to_be_visible()


def test_the_limit_of_a_link_stays_on_the_way_through_the_menu_and_back(page, dashboard):
    """The first click in a browser that has never been here: nothing but the address knows the limit."""
    open_page(page, dashboard, "overview?comparison=sentiment&max_nfr_percent=2")
    field = page.get_by_role("spinbutton", name="Largest NFR")
    expect(field).to_have_value("2")
    for name in ("Report", "Examples", "Overview"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(re.compile(f"/{name.lower()}[?].*max_nfr_percent=2"))
        idle(page)
        assert query_of(page) == {"comparison": "sentiment", "max_nfr_percent": "2"}
        expect(field).to_have_count(0 if name == "Examples" else 1)
    for name in ("examples", "report", "overview"):
        page.go_back()
        expect(page).to_have_url(re.compile(f"/{name}[?].*max_nfr_percent=2"))
        idle(page)
    expect(field).to_have_value("2")
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("Hold")
