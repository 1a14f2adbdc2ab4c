"""What a person does who never saw the command line: bring models and data, watch the run, read what broke."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from e2e.conftest import watched_page
from e2e.driving import idle, serve
from flipscope.comparison import open_comparison
from flipscope.jobs.job import jobs
from flipscope.samples import sample_folder
from flipscope.workspace import Workspace

pytestmark = pytest.mark.e2e
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

#: Milliseconds that a run may take; a busy machine is slow.
PATIENCE = 240_000


@pytest.fixture(scope="module")
def workspace(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """An empty workspace, served with a cache of its own."""
    folder = tmp_path_factory.mktemp("workspace")
    log = tmp_path_factory.mktemp("log") / "server.log"
    cache = {"FLIPSCOPE_CACHE": str(tmp_path_factory.mktemp("cache"))}
    with serve(folder, log, env=cache) as url:
        yield SimpleNamespace(url=url, folder=folder)
        for job in jobs(Workspace(folder)):
            job.cancel()  # else it would outlive the tests, as it is made to
        assert "Traceback" not in log.read_text()


@pytest.fixture
def visitor(browser, workspace):
    with watched_page(browser, workspace.url) as page:
        yield page


def upload(page, label: str, *files: Path) -> None:
    page.get_by_label(f"{label}: upload").set_input_files([str(file) for file in files])
    expect(page.get_by_label(label, exact=True)).not_to_have_value("")
    idle(page)


def slow_data(path: Path, rows: int) -> Path:
    """Write evaluation data that keep two sample models busy long enough to be watched; no text twice."""
    with (sample_folder() / "sentiment" / "eval.csv").open(encoding="utf-8", newline="") as file:
        samples = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "label"])
        writer.writeheader()
        for i in range(rows):
            row = samples[i % len(samples)]
            text = " ".join([row["text"], "number", *str(i), row["text"]])
            writer.writerow({"id": i, "text": text, "label": row["label"]})
    return path


def fill_in(page, workspace, name: str, data: Path | None = None) -> None:
    """Fill the form in with the sample checkpoints."""
    page.goto(f"{workspace.url}/new")
    page.get_by_role("button", name="Sentiment").click()
    expect(page.get_by_label("Old model", exact=True)).not_to_have_value("")
    idle(page)
    if data:
        field = page.get_by_label("Evaluation data", exact=True)
        field.fill(str(data))
        field.press("Enter")
        idle(page)
    without_suites(page)
    field = page.get_by_label("Name of the comparison")
    field.fill(name)
    field.press("Enter")
    idle(page)


def without_suites(page) -> None:
    page.get_by_test_id("stCheckbox").filter(has_text="Sentiment").locator("label").click()
    expect(page.get_by_role("checkbox", name="Sentiment")).not_to_be_checked()
    idle(page)


def start(page) -> None:
    button = page.get_by_role("button", name="Start", exact=False).last
    expect(button).to_be_enabled()
    button.click()


def test_two_uploaded_checkpoints_give_the_known_answer(visitor, workspace, real_data, tmp_path):
    old, new = (real_data / "checkpoints" / name for name in ("sst2-old", "sst2-new"))
    packed = Path(shutil.make_archive(str(tmp_path / "sst2-new"), "zip", new))
    visitor.goto(f"{workspace.url}/new")
    upload(visitor, "Old model", *sorted(old.iterdir()))
    upload(visitor, "New model", packed)
    expect(visitor.get_by_role("row").filter(has_text="Parameters")).to_contain_text("17,39")
    upload(visitor, "Evaluation data", real_data / "glue" / "SST-2" / "dev.csv")
    expect(visitor.get_by_label("Task", exact=True)).to_have_value("sst2")
    without_suites(visitor)
    field = visitor.get_by_label("Name of the comparison")
    field.fill("uploaded")
    field.press("Enter")
    idle(visitor)
    start(visitor)
    expect(visitor.get_by_role("progressbar").first).to_be_visible(timeout=60_000)
    visitor.get_by_role("link", name="Open the Overview").click(timeout=PATIENCE)
    expect(visitor.get_by_text("22 of 872 examples broke")).to_be_visible()
    expect(visitor.get_by_text("accuracy 77.4% → 83.8%")).to_be_visible()
    result = open_comparison(workspace.folder / "uploaded").result()
    assert (result.both_correct, result.negative_flip, result.positive_flip, result.both_wrong) == (653, 22, 78, 119)


def test_a_run_survives_a_closed_tab_and_a_second_one_beside_it(browser, workspace, tmp_path):
    data = slow_data(workspace.folder / "slow.csv", 30_000)
    with watched_page(browser, workspace.url) as page:
        fill_in(page, workspace, "first", data)
        start(page)
        expect(page.get_by_text("of 30,000").first).to_be_visible(timeout=60_000)
        address = page.url
        page.reload()
        expect(page.get_by_text("of 30,000").first).to_be_visible(timeout=60_000)
    with watched_page(browser, workspace.url) as page:
        fill_in(page, workspace, "second")
        start(page)
        page.get_by_role("link", name="Open the Overview").click(timeout=PATIENCE)
        expect(page.get_by_role("heading", name="second")).to_be_visible()

        page.goto(address)
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Cancel the comparison").click()
        expect(page.get_by_text("Cancelled").first).to_be_visible(timeout=60_000)
        assert not (workspace.folder / "first" / "comparison.json").exists()


def test_two_visitors_do_not_disturb_each_other(browser, dashboard):
    result = dashboard.sentiment.result("paraphrase")
    with watched_page(browser, dashboard.url) as one, watched_page(browser, dashboard.url) as other:
        one.goto(f"{dashboard.url}/examples?comparison=sentiment&task=paraphrase")
        other.goto(f"{dashboard.url}/examples?comparison=hostile")
        expect(one.get_by_text(f"{result.negative_flip} of {result.n} examples")).to_be_visible()
        expect(other.get_by_text("of 60 examples")).to_be_visible()
        one.get_by_role("radio", name="Positive flips").or_(
            one.get_by_role("button", name="Positive flips")
        ).first.click()
        expect(one.get_by_text(f"{result.positive_flip} of {result.n} examples")).to_be_visible()
        other.reload()
        expect(other.get_by_text("of 60 examples")).to_be_visible()
        idle(other)
        assert "comparison=hostile" in other.url
        assert "outcome=Positive" not in other.url


def test_the_same_old_model_can_be_compared_with_another(browser, dashboard):
    with watched_page(browser, dashboard.url) as page:
        page.goto(dashboard.url)
        page.get_by_role("link", name="Compare sentiment with another candidate").or_(
            page.get_by_role("link", name="Compare the models of sentiment with another candidate")
        ).click()
        expect(page.get_by_label("Old model", exact=True)).to_have_value("old.csv")
        expect(page.get_by_label("Candidate 1", exact=True)).to_have_value("new.csv")
        expect(page.get_by_label("Candidate 2", exact=True)).to_have_value("")
