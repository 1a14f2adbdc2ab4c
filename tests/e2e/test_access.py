"""Every page, light and dark, held against axe-core's rules for accessibility."""

from __future__ import annotations

import pytest

from e2e.driving import idle

pytestmark = pytest.mark.e2e
sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

# Address, what must be there before the page is judged.
PAGES = {
    "comparisons": ("", "table a"),
    "new": ("new", "h1"),
    "overview": ("overview?comparison=sentiment", ".fs-figures"),
    "verdict": ("overview?comparison=sentiment&max_nfr_percent=10", ".fs-verdict"),
    "grid": ("grid?comparison=sentiment", ".fs-grid"),
    "behaviors": ("behaviors?comparison=tests", ".js-plotly-plot"),
    "slices": ("slices?comparison=sliced", ".fs-slices"),
    "candidates": ("candidates?comparison=study", ".fs-by-capability"),
    "examples": ("examples?comparison=sentiment", ".fs-example"),
    "triage": ("triage?comparison=sentiment", ".fs-example"),
    "triage of several": ("triage?comparison=sentiment&part=Several+at+once", "[data-testid=stDataFrame]"),
    "judgements in and out": ("triage?comparison=sentiment&part=Import+and+export", "h2"),
    "report": ("report?comparison=sentiment", "iframe"),
}


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(page, dashboard, name):
    path, ready = PAGES[name]
    page.goto(f"{dashboard.url}/{path}")
    page.locator(ready).first.wait_for(state="attached")
    idle(page)
    found = sync_playwright.Axe().run(page).response["violations"]
    serious = [
        f"{each['id']}: {node['html'][:200]} {node['target']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
    assert serious == []
