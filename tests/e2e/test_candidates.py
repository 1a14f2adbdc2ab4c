"""From the table of methods, and from a chart, to the Overview of one candidate, and back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.driving import idle

pytestmark = pytest.mark.e2e
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def open_candidates(page, dashboard):
    page.goto(f"{dashboard.url}/candidates?comparison=study&judged_on=reviews")
    expect(page.locator(".fs-by-capability")).to_be_visible()
    idle(page)


def opened(page, candidate):
    expect(page.locator(".fs-title")).to_contain_text(f"→ {candidate}")
    idle(page)
    asked = parse_qs(urlsplit(page.url).query)
    assert urlsplit(page.url).path == "/overview"
    return asked["candidate"] == [candidate] and asked["comparison"] == ["study"]


def test_a_seed_is_chosen_and_back_leads_back(page, dashboard):
    open_candidates(page, dashboard)
    page.get_by_role("link", name="Choose distil_all-2").click()
    assert opened(page, "distil_all-2")
    page.go_back()
    expect(page.get_by_role("heading", name="Regressions of each seed")).to_be_visible()


def test_a_click_on_a_mark_opens_its_candidate(page, dashboard):
    open_candidates(page, dashboard)
    chart = page.locator(".st-key-seeds .stPlotlyChart")
    marks = chart.locator(".scatterlayer .trace").nth(1).locator(".point")
    marks.first.wait_for(state="attached")
    layer = chart.locator(".nsewdrag").first  # takes the clicks, not the marks
    layer.hover()  # waits until the chart has its size, and scrolls to it
    frame, mark = layer.bounding_box(), marks.nth(2).bounding_box()  # after two conventional ones
    x, y = mark["x"] + mark["width"] / 2 - frame["x"], mark["y"] + mark["height"] / 2 - frame["y"]
    layer.click(position={"x": x, "y": y})
    assert opened(page, "distil_all-1")
