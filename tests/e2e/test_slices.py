"""From a slice that was found to its examples and back, and one that is saved, renamed and deleted."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.driving import HOSTILE, idle

pytestmark = pytest.mark.e2e
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def open_slices(page, dashboard):
    page.goto(f"{dashboard.url}/slices?comparison=sliced")
    expect(page.get_by_text("where reviews breaks more often than elsewhere")).to_be_visible()
    idle(page)


def first_slice(page):
    """Get the row of the slice that was found first, and the part of the page that it leads to."""
    return page.locator(".fs-slice").first


def test_a_found_slice_opens_just_the_examples_that_it_counts(page, dashboard):
    open_slices(page, dashboard)
    link = first_slice(page).get_by_role("link").first
    count = link.inner_text()
    assert int(count) > 20
    link.click()
    expect(page.get_by_text(f"{count} of 1,200 examples")).to_be_visible()
    idle(page)
    asked = parse_qs(urlsplit(page.url).query)
    assert dashboard.sliced.count("negative_flip", where=asked["where"][0]) == int(count)
    page.go_back()
    expect(first_slice(page)).to_be_visible()


def test_the_task_of_a_link_stays_on_the_way_to_the_examples_and_back(page, dashboard):
    page.goto(f"{dashboard.url}/slices?comparison=sentiment&task=entailment")
    headline = page.get_by_text(re.compile("entailment breaks more often than elsewhere"))
    expect(headline).to_be_visible()
    idle(page)
    page.evaluate(  # as the dashboard's links do
        "history.pushState({}, '', 'examples?comparison=sentiment&task=entailment');"
        "window.dispatchEvent(new PopStateEvent('popstate', { state: {} }))"
    )
    expect(page.locator(".fs-example")).to_be_visible()
    idle(page)
    page.go_back()
    expect(headline).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["task"] == ["entailment"]


def test_a_slice_is_saved_renamed_and_deleted(page, dashboard):
    open_slices(page, dashboard)
    first_slice(page).get_by_role("link", name="Save this slice").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(f"Web {HOSTILE}"[:60])
    dialog.get_by_role("textbox", name="Note").fill(HOSTILE)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("is saved.")).to_be_visible()
    saved = page.locator(".st-key-saved")
    expect(saved.get_by_text(HOSTILE, exact=True)).to_be_visible()
    expect(first_slice(page).get_by_text("saved", exact=True)).to_be_visible()

    saved.get_by_role("link", name="Rename").click()
    dialog.get_by_role("textbox", name="New name").fill("From the web")
    dialog.get_by_role("button", name="Rename").click()
    expect(saved.get_by_role("link", name="From the web", exact=True)).to_be_visible()

    saved.get_by_role("link", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(saved.get_by_text("None yet.")).to_be_visible()


def test_a_condition_is_copied_by_keyboard(page, dashboard):
    open_slices(page, dashboard)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".fs-slice-more summary").first.focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Copy condition").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert dashboard.sliced.count("negative_flip", where=copied) > 20


def test_families_open_when_asked_for(page, dashboard):
    open_slices(page, dashboard)
    page.locator(".st-key-families").get_by_text("Families of flips").click()
    family = page.locator(".fs-families li").first
    expect(family).to_be_visible()
    family.locator(".fs-family-text").click()
    expect(page.locator(".fs-example")).to_be_visible()


def test_the_overview_leads_to_the_slices(page, dashboard):
    page.goto(f"{dashboard.url}/overview?comparison=sliced")
    page.get_by_role("link", name="Find slices").click()
    expect(first_slice(page)).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"comparison": ["sliced"]}
