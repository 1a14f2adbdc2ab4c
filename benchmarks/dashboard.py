"""Claim: at 1,000,000 rows a first view under 3 s, a click to a new table under 1 s; at 10,000,000, twice that.

    python benchmarks/dashboard.py [--rows 1000000] [--rounds 5] [--folder DIR]

Makes a comparison of four tasks, serves it with ``flipscope dashboard`` and drives Chromium: the first view counts
from the navigation (with the page's JavaScript in the browser's cache) to the figures and grids of the Overview, a
click from the click to the new list of examples. Then asks the library alone for the same. Seconds are medians;
`first` is the first time, before anything is remembered.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from large_comparison import TASKS, write_large

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from e2e.driving import idle, open_browser, serve
from flipscope.comparison import Comparison

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SERVER = "flipscope.cli import main"  # in the command line of the server
_LIST = "ul.fs-list"
_WORD = "baker"  # in some texts in a hundred


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the comparison is kept; used again when it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "large"
        if not folder.exists():
            start = time.perf_counter()
            write_large(folder, options.rows)
            print(f"made and written in {time.perf_counter() - start:.0f} s")
        comparison = Comparison(folder)
        print(f"{sum(comparison.result(task).n for task in comparison.tasks):,} rows")
        with serve(folder, Path(scratch) / "log") as url, open_browser() as browser:
            _report("in the browser", in_the_browser(browser.new_page(), url, options.rounds))
            print(f"  peak memory of the server: {_peak_memory():,.0f} MB")
        _report("in the library", in_the_library(comparison, options.rounds))


def _report(where: str, steps: Mapping[str, list[float]]) -> None:
    print(f"{where:<34} median   worst   first")
    for name, seconds in steps.items():
        print(f"  {name:<30} {statistics.median(seconds):6.2f}  {max(seconds):6.2f}  {seconds[0]:6.2f}", flush=True)


def in_the_browser(page: Page, url: str, rounds: int) -> dict[str, list[float]]:
    """Time each step from the act to what it leads to being drawn."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{url}/report")  # JavaScript gets into the cache; nothing of the Overview is made
    page.locator("h1").wait_for()
    steps: dict[str, list[float]] = {}
    for _ in range(rounds):
        steps.setdefault("first view", []).append(_timed(lambda: _open_overview(page, url)))
        for name, act in _CLICKS.items():
            idle(page)
            steps.setdefault(name, []).append(_timed(lambda act=act: act(page, url)))
    return steps


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _open_overview(page: Page, url: str) -> None:
    page.goto(url, wait_until="commit")
    page.locator("table.fs-figures").first.wait_for()
    page.locator(".fs-small-grid").nth(len(TASKS) - 1).wait_for()


def _square(page: Page, url: str) -> None:
    page.locator("a.fs-square").first.click()
    page.locator(_LIST).wait_for()


def _changes(page: Page, act: Callable[[], object]) -> None:
    """Act, and wait for another list than there was: lists carry the name of the selection."""
    before = page.locator(_LIST).get_attribute("data-list")
    act()
    page.wait_for_function(
        "([list, before]) => { const now = document.querySelector(list); return now && now.dataset.list !== before }",
        arg=[_LIST, before],
    )


def _outcome(name: str) -> Callable[[Page, str], None]:
    return lambda page, url: _changes(page, page.get_by_role("radio", name=name).click)


def _next_page(page: Page, url: str) -> None:
    _changes(page, page.get_by_role("button", name="Next page").click)


def _search(page: Page, url: str) -> None:
    page.get_by_label("Search the texts").fill(_WORD)
    _changes(page, lambda: page.keyboard.press("Enter"))


def _link(page: Page, url: str) -> None:
    query = {"task": "topic", "outcome": "Both right", "column": "capability", "value": "Negation"}
    page.goto(f"{url}/examples?{urlencode(query)}", wait_until="commit")
    page.locator(_LIST).wait_for()


_CLICKS = {
    "square of the grid": _square,
    "outcome: negative flips": _outcome("Negative flips"),
    "second page": _next_page,
    "outcome: both right": _outcome("Both right"),
    "search among both right": _search,
    "link to a filtered list, loaded": _link,
}


def in_the_library(comparison: Comparison, rounds: int) -> dict[str, list[float]]:
    """Time what the pages ask for."""

    def ask(outcome: str, **more: object) -> Callable[[], object]:
        asked = {"outcome": outcome, "task": "topic", **more}
        return lambda: (comparison.count(**asked), comparison.examples(**asked, limit=50))

    cell = "coalesce(CAST(capability AS VARCHAR), '(none)') IN ('Negation')"
    asked = {
        "list of negative flips": ask("negative_flip"),
        "search among them": ask("negative_flip", search=_WORD),
        "list of both right": ask("both_correct"),
        "one capability of both right": ask("both_correct", where=cell),
        "search among both right": ask("both_correct", search=_WORD),
        "slices": lambda: comparison.by("capability", task="topic"),
        "probabilities of an example": lambda: comparison.probabilities(0),
    }
    return {name: [_timed(act) for _ in range(rounds)] for name, act in asked.items()}


def _peak_memory() -> float:
    """Find the peak memory of the dashboard's process, in MB."""
    for status in Path("/proc").glob("[0-9]*/status"):
        if _SERVER in (status.parent / "cmdline").read_bytes().decode(errors="replace"):
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            return int(lines["VmHWM"].split()[0]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
