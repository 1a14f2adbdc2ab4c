"""A served folder of comparisons and a browser page that notes what it should not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import flipscope
from builders import build_comparison, examples, simulated_task
from e2e.driving import HOSTILE, find_browser, open_browser, serve
from flipscope.comparison import Comparison
from outcomes import task_of
from studies import study_comparison
from suites import make_suite, make_test


@dataclass
class Dashboard:
    """What is served, and where."""

    url: str
    sentiment: Comparison
    sliced: Comparison


@pytest.fixture(scope="session")
def browser():
    if find_browser() is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)  # milliseconds; two cores may have other things to do
    with open_browser() as started:
        yield started


@pytest.fixture(scope="session")
def dashboard(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("served")
    sentiment = build_comparison(folder / "sentiment")
    study_comparison(folder / "study", n=120, seeds=2)
    build_comparison(folder / "hostile", [_hostile_task()])
    sliced = build_comparison(folder / "sliced", [_sliced_task()])
    _hostile_behaviors(folder / "tests", tmp_path_factory.mktemp("answers"))
    log = tmp_path_factory.mktemp("log") / "server.log"
    with serve(folder, log) as url:
        yield Dashboard(url, sentiment, sliced)
        assert "Traceback" not in log.read_text()


def _hostile_behaviors(out: Path, answers: Path) -> None:
    """Compare two models on a suite alone: of 30 cases two break, under names that are markup."""
    cases = [[{"label": "positive", "text": HOSTILE + str(i)}] for i in range(30)]
    suite = make_suite(make_test({"kind": "label"}, cases, name=HOSTILE, capability=HOSTILE))
    for name, wrong in (("old", 0), ("new", 2)):
        (answers / f"{name}.txt").write_text("0\n" * wrong + "1\n" * (30 - wrong))
    files = (answers / "old.txt", answers / "new.txt")
    flipscope.compare_behaviors(*files, suite, answer_format="pred_only", out=out)


def _sliced_task():
    """Make 1,200 examples of which every third broke in one place, and every fortieth elsewhere; names are markup."""
    topics = [("food", "travel", HOSTILE)[i % 3] for i in range(1200)]
    sources = [("web", "mail")[i // 3 % 2] for i in range(1200)]
    places = [topic == HOSTILE and source == "web" for topic, source in zip(topics, sources, strict=True)]
    outcomes = "".join("-" if (i % 9 == 2 and here) or i % 40 == 7 else "=" for i, here in enumerate(places))
    return task_of(outcomes, task="reviews", topic=topics, source=sources)


def _hostile_task():
    task = simulated_task("t", 60, ("a", "b"))
    labels = {"a": "<b>a</b>", "b": f"b {HOSTILE}"}
    rows = [
        {**row, "text_a": HOSTILE, "source": f"{HOSTILE} {i % 2}", "label": labels[row["label"]]}
        for i, row in enumerate(task.examples.table.to_pylist())
    ]
    answers = {}
    for name, given in task.predictions.items():
        preds = [labels[pred] for pred in given.table["pred"].to_pylist()]
        table = given.table.set_column(given.table.column_names.index("pred"), "pred", [preds])
        answers[name] = type(given)(given.name, given.fingerprint, tuple(labels.values()), table, "example_id", HOSTILE)
    return type(task)(examples(f"task {HOSTILE}", rows, tuple(labels.values())), answers)


@pytest.fixture(params=["light"])
def page(request: pytest.FixtureRequest, browser, dashboard: Dashboard):
    """A page whose requests to the outside and console errors fail the test."""
    with watched_page(browser, dashboard.url, request.param) as page:
        yield page


@contextmanager
def watched_page(browser, url: str, theme: str = "light"):
    """Open a page in a browser profile of its own; requests to the outside, dialogs and console errors fail."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme=theme,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    page = context.new_page()
    outside, errors = [], []

    def check(route):
        if route.request.url.startswith((url, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    page.route("**/*", check)
    page.on(
        "websocket",
        lambda socket: socket.url.startswith(url.replace("http", "ws")) or outside.append(socket.url),
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and errors.append(f"{message.text} {message.location}"))
    page.on("dialog", lambda dialog: (errors.append("dialog"), dialog.dismiss()))
    yield page
    context.close()
    assert outside == []
    # Streamlit itself looks for two addresses under the path of a page that is opened directly, and on a busy machine
    # asks for the page's icon just when it is given another address.
    assert [error for error in errors if "_stcore/" not in error and "/media/" not in error] == []
