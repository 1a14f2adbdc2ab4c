"""The report in a real browser, opened from a disk with no network: charts answer to the mouse, and print as drawings."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import flipscope
from builders import build_comparison, simulated_task
from e2e.driving import HOSTILE
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.words import percent
from suites import make_suite, make_test

pytestmark = pytest.mark.e2e

MARKUP = '</script><!--<script> <a href="http://outside.invalid">task</a><br>'


@dataclass
class Written:
    comparison: Comparison
    path: Path


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Written:
    """A report of two candidates on tasks whose names are markup."""
    tasks = [
        simulated_task(name, 240, ("ask", "tell"), seed=i, candidates=("small", "large"))
        for i, name in enumerate(("intent", HOSTILE, MARKUP))
    ]
    comparison = build_comparison(tmp_path_factory.mktemp("report") / "two", tasks)
    path = tmp_path_factory.mktemp("page") / "two.html"
    report.write(comparison, path)
    return Written(comparison, path)


@pytest.fixture(scope="module")
def behaviors(tmp_path_factory) -> Path:
    """A report of behaviors alone: of two capabilities one became worse, and one better."""
    folder = tmp_path_factory.mktemp("behaviors")
    tests = [
        make_test({"kind": "label"}, [[{"label": "positive", "text": f"{name} {i}"}] for i in range(20)], name=name, capability=name)
        for name in ("Negation", MARKUP)
    ]  # fmt: skip
    for name, right in (
        ("old", "1" * 16 + "0" * 4 + "1" * 2 + "0" * 18),
        ("new", "1" * 9 + "0" * 11 + "1" * 12 + "0" * 8),
    ):
        (folder / f"{name}.txt").write_text("\n".join(right) + "\n")
    files = (folder / "old.txt", folder / "new.txt")
    comparison = flipscope.compare_behaviors(*files, make_suite(*tests), answer_format="pred_only", out=folder / "c")
    report.write(comparison, folder / "behaviors.html")
    return folder / "behaviors.html"


@contextmanager
def opened(browser, path: Path, script: str = "", **options) -> Iterator:
    """Open a file with the network off; a request, a console message, a broken policy or a dialog fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True, **options)
    context.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective))")
    context.add_init_script(script)
    page = context.new_page()
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.append(message.text))
    page.on("dialog", lambda dialog: (told.append("dialog"), dialog.dismiss()))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert asked == [path.as_uri()]
    assert told == []


def draw(page):
    """Wait until all charts are drawn."""
    charts = page.locator("figure.chart")
    page.wait_for_function("() => document.querySelectorAll('figure.chart:not(.drawn)').length === 0")
    assert charts.count() > 0
    return charts


def marks(chart, series: int):
    return chart.locator(".scatterlayer .trace").nth(series).locator(".point")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_is_drawn_in_the_colours_of_the_page(browser, written, theme):
    with opened(browser, written.path, color_scheme=theme) as page:
        charts = draw(page)
        assert charts.count() == 3  # tasks, and the slices of both candidates
        for chart in charts.all():
            assert chart.locator(".js-plotly-plot .main-svg").first.is_visible()
            assert chart.locator(".live").get_attribute("role") == "img"
            assert not chart.locator(".still").is_visible()
        red = {"light": "rgb(184, 40, 63)", "dark": "rgb(255, 130, 145)"}
        colour = "node => getComputedStyle(node).fill"
        assert marks(charts.first, 1).first.evaluate(colour) == red[theme]
        other = "dark" if theme == "light" else "light"
        page.emulate_media(color_scheme=other)
        page.wait_for_function(
            "([node, fill]) => getComputedStyle(document.querySelectorAll('.scatterlayer .trace')[1].querySelector('.point')).fill === fill",
            arg=[None, red[other]],
        )


def test_the_mouse_shows_the_numbers_of_a_mark(browser, written):
    with opened(browser, written.path) as page:
        chart = draw(page).first
        assert marks(chart, 1).count() == marks(chart, 2).count() == 6  # three tasks with two candidates
        for row, (task, candidate) in enumerate([("intent", "small"), ("intent", "large"), (HOSTILE, "small")]):
            marks(chart, 1).nth(row).hover(force=True)  # plotly lays its own area over the marks
            result = written.comparison.result(task, candidate)
            told = chart.locator(".hoverlayer .hovertext")
            told.filter(has_text=f"Broke (NFR): {result.negative_flip}, {percent(result.nfr.value)}").wait_for()
            shown = told.text_content().replace("\u2068", "").replace("\u2069", "")
            assert shown.startswith(task[:60])  # as it is, not as markup
            assert candidate in shown
        assert page.locator(".js-plotly-plot a").count() == 0


def test_the_legend_hides_marks_and_a_drag_zooms_until_a_double_click(browser, written):
    with opened(browser, written.path) as page:
        chart = draw(page).first
        chart.locator(".legendtoggle").first.click()
        page.wait_for_function("() => document.querySelectorAll('figure.chart')[0].querySelectorAll('.scatterlayer .point').length === 12")  # fmt: skip
        chart.locator(".legendtoggle").first.click()
        page.wait_for_function("() => document.querySelectorAll('figure.chart')[0].querySelectorAll('.scatterlayer .point').length === 18")  # fmt: skip
        reach = "() => document.querySelector('.js-plotly-plot')._fullLayout.xaxis2.range[1]"
        whole = page.evaluate(reach)
        box = chart.locator(".draglayer .x2y .nsewdrag").bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=5)
        page.mouse.up()
        page.wait_for_function(f"whole => ({reach})() < whole * 0.8", arg=whole)
        page.mouse.dblclick(box["x"] + 20, box["y"] + 40)
        page.wait_for_function(f"whole => ({reach})() === whole", arg=whole)


def test_fail_rates_are_joined_red_where_they_rose_and_blue_where_they_fell(browser, behaviors):
    with opened(browser, behaviors) as page:
        chart = draw(page).first
        colours = chart.locator(".scatterlayer .lines path").evaluate_all(
            "nodes => nodes.map(node => getComputedStyle(node).stroke)"
        )
        assert colours == ["rgb(184, 40, 63)", "rgb(36, 88, 197)"]
        joins = chart.locator(".still line.span.negative, .still line.span.positive").evaluate_all(
            "nodes => nodes.map(node => [node.classList[1], Math.sign(node.x2.baseVal.value - node.x1.baseVal.value)])"
        )
        assert ["negative", 1] in joins
        assert ["positive", -1] in joins


@pytest.mark.parametrize(
    "options",
    [{"java_script_enabled": False}, {"script": "delete window.DecompressionStream"}],
    ids=["no script", "old"],
)
def test_the_drawings_stay_where_charts_can_not_be(browser, written, options):
    with opened(browser, written.path, **options) as page:
        figures = page.locator("figure.chart").all()
        assert len(figures) == 3
        for figure in figures:
            assert figure.locator(".still .row").last.is_visible()
            assert not figure.locator(".live").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_paper_the_charts_are_drawings_and_no_table_is_cut_off(browser, written, theme, tmp_path):
    with opened(browser, written.path, color_scheme=theme) as page:
        draw(page)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 703, "height": 1000})  # A4 within its margins, in CSS pixels
        for figure in page.locator("figure.chart").all():
            assert figure.locator(".still").is_visible()
            assert not figure.locator(".live").is_visible()
        too_wide = "nodes => nodes.filter(node => node.scrollWidth > node.clientWidth).length"
        assert page.locator("html, body, section, figure").evaluate_all(too_wide) == 0
        outside = "nodes => nodes.filter(node => node.getBoundingClientRect().right > innerWidth + 1).length"
        assert page.locator("table, td, th, svg").evaluate_all(outside) == 0
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.emulate_media(media=None)
        printed = page.pdf(prefer_css_page_size=True)
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext to read what was printed (apt-get install poppler-utils)")
    told = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=printed, capture_output=True, check=True
    ).stdout.decode()
    for column in (
        "Accuracy",
        "Change, points",
        "Broke (NFR)",
        "Mended (PFR)",
        "NFR / gain",
        "McNemar p",
        "BEC",
        "gold",
    ):
        assert column in told
    assert len(re.findall("▼", told)) > 10  # in the drawings
