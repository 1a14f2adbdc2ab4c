"""Charts of a report: where marks are, what the page carries to draw them, and that data in them stay text."""

import base64
import gzip
import hashlib
import json
import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import build_comparison, simulated_task
from flipscope import report
from flipscope.report import Options
from flipscope.report.blocks import Chart, Mark, Panel, Row, Words
from flipscope.report.charts import MOST_ROWS, as_json, drawing, heading, tick
from flipscope.report.content import make_report
from flipscope.report.html import as_html
from flipscope.schema import Reason, Verdict
from flipscope.words import interval, percent, points

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "![x](http://outside.invalid/b.png)",
    '<a href="javascript:alert(1)">x</a><br><b>y</b> &lt;b&gt;',
    '=HYPERLINK("http://outside.invalid")',
    "\u202etxet \u2028\u2029 {{ 7 }}",
)
ROLES = (Words("Broke", "negative"), Words("Mended", "positive"))


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("three") / "three")


@pytest.fixture(scope="module")
def page(comparison):
    return report.render(comparison, "html").decode()


def charts_in(page):
    return [json.loads(found) for found in re.findall(r'<script type="application/json">(.*?)</script>', page)]


def drawings_in(page):
    return re.findall(r'<div class="still".*?(?=<div class="live"|</figure>)', page, re.DOTALL)


def words_of(drawing):
    return [unescape(text).strip() for text in re.findall(r">([^<]+)<", drawing)]


def panel(*values, **more):
    """A panel with a mark a row, each a value or (low, value, high)."""
    rows = [value if isinstance(value, tuple) else (None, value, None) for value in values]
    marks = tuple((Mark(value, low, high, Words("told")),) for low, value, high in rows)
    return Panel(Words("Share"), (ROLES[0],), marks, **more)


def chart(*panels, label="name", below=""):
    rows = tuple(Row(label, below, (Words("1"),)) for _ in panels[0].marks)
    return Chart(Words("Title"), rows, panels)


def test_axes_hold_zero_and_all_intervals_and_end_on_ticks():
    rates, changes = panel((0.0167, 0.0252, 0.0379), 0.01), panel((-0.013, 0.004, 0.028), 0.0, change=True)
    drawn = drawing(chart(rates, changes))
    assert drawn.axes[0].ticks == pytest.approx((0.0, 0.01, 0.02, 0.03, 0.04))
    assert [tick(rates, value) for value in drawn.axes[0].ticks] == ["0%", "1%", "2%", "3%", "4%"]
    assert [tick(changes, value) for value in drawn.axes[1].ticks] == ["−2", "−1", "0", "1", "2", "3"]
    first, second = drawn.axes
    assert float(first.x(0.04)) == pytest.approx(first.left + first.width, abs=0.1)
    assert float(first.x(0.02)) == pytest.approx(first.left + first.width / 2, abs=0.1)
    assert second.left > first.left + first.width


def test_an_axis_of_nothing_but_zeros_still_has_a_length():
    axis = drawing(chart(panel(0.0, 0.0))).axes[0]
    assert axis.low == 0.0 < axis.high


def intervals(least):
    value = st.floats(least, 1)
    return st.lists(st.tuples(value, value, value).map(sorted).map(tuple), min_size=1, max_size=5)


@given(intervals(0) | intervals(-1), st.none() | st.floats(0, 1))
@example([(-0.0222, 0.15, 0.317)], None)
def test_every_mark_is_within_its_panel(values, budget):
    axis = drawing(chart(panel(*values, budget=budget), panel(*values))).axes[0]
    assert 2 <= len(axis.ticks) <= 7
    assert all(low < high for low, high in zip(axis.ticks, axis.ticks[1:], strict=False))
    for value in (*(each for row in values for each in row), 0.0, budget or 0.0):
        assert axis.left - 0.1 <= float(axis.x(value)) <= axis.left + axis.width + 0.1


def test_intervals_of_one_row_do_not_cover_each_other():
    marks = ((Mark(0.1, 0.05, 0.2, Words("")), Mark(0.1, 0.05, 0.2, Words(""))),)
    both = Panel(Words("Share"), ROLES, marks)
    drawn = drawing(chart(both))
    assert drawn.shift(both, 0) == -drawn.shift(both, 1) < -3
    assert drawing(chart(panel(0.1))).shift(panel(0.1), 0) == 0


def test_the_data_of_a_chart_are_the_figures_of_the_comparison(comparison, page):
    found = charts_in(page)[0]
    results = [comparison.result(task) for task in comparison.tasks]
    assert [row["label"] for row in found["rows"]] == list(comparison.tasks)
    assert [row["counts"][0] for row in found["rows"]] == [[f"▼ {each.negative_flip}", "negative"] for each in results]
    change, flips = found["panels"]
    for at, each in enumerate(results):
        delta, nfr, pfr = each.accuracy_delta, each.nfr, each.pfr
        told = f"{points(delta.value)} [{points(delta.low)}, {points(delta.high)}]"
        assert change["series"][0]["marks"][at] == {
            "value": delta.value,
            "low": delta.low,
            "high": delta.high,
            "told": told,
        }
        for series, count, rate in zip(
            flips["series"], (each.negative_flip, each.positive_flip), (nfr, pfr), strict=True
        ):
            told = f"{count}, {percent(rate.value)} {interval(rate.low, rate.high)}"
            assert series["marks"][at] == {"value": rate.value, "low": rate.low, "high": rate.high, "told": told}
    assert [series["role"] for series in flips["series"]] == ["negative", "positive"]


def test_every_chart_is_also_drawn_without_a_script(comparison, page):
    still = as_html(make_report(comparison, Options()), live=False)
    assert "<script" not in still
    assert drawings_in(still) == drawings_in(page)
    assert len(drawings_in(page)) == len(charts_in(page)) == 2  # tasks and slices
    words = words_of(drawings_in(page)[0])
    for task in comparison.tasks:
        result = comparison.result(task)
        assert {task, f"▼ {result.negative_flip}", f"▲ {result.positive_flip}"} <= set(words)
    assert drawings_in(page)[0].count('class="dot negative"') == len(comparison.tasks) + 1  # one in the legend


def test_the_slices_are_drawn_beside_their_task(comparison, page):
    found = charts_in(page)[1]
    whole, slices = found["panels"][0]["series"]
    for row, mark in zip(found["rows"], whole["marks"], strict=True):
        assert mark["value"] == comparison.result(row["below"]).nfr.value
    assert [mark["low"] for mark in slices["marks"]] == sorted((mark["low"] for mark in slices["marks"]), reverse=True)


def test_markdown_has_the_tables_alone(comparison):
    assert "and what it hides" not in report.render(comparison, "md").decode()


def test_the_policy_allows_the_scripts_of_the_page_and_no_other(page):
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    packed = re.search(r'<script type="application/octet-stream" class="plotly">(.*?)</script>', page)[1]
    sources = [*re.findall(r"<script>(.*?)</script>", page, re.DOTALL), gzip.decompress(base64.b64decode(packed))]
    codes = [source if isinstance(source, bytes) else source.encode() for source in sources]
    assert len(codes) == 2
    assert rules["script-src"].split() == [
        f"'sha256-{base64.b64encode(hashlib.sha256(code).digest()).decode()}'" for code in codes
    ]
    assert rules["default-src"] == "'none'"
    assert set(rules) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    kinds = re.findall(r"<script([^>]*)>", page.replace(packed, ""))
    assert set(kinds) == {"", ' type="application/json"', ' type="application/octet-stream" class="plotly"'}


def test_a_page_with_charts_has_less_than_3_mb_and_refers_to_nothing_outside(page):
    assert len(page.encode()) < 3_000_000
    assert not re.search(r"""(src|href|action|data)\s*=\s*["']?\s*(https?:)?//""", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))  # fmt: skip


def test_without_a_chart_nothing_is_carried(tmp_path):
    one = build_comparison(tmp_path / "one", [simulated_task("intent", 80, ("ask", "tell"))])
    page = report.render(one, "html", Options(sections=("summary", "figures", "grids"))).decode()
    assert "<script" not in page
    assert "script-src" not in page
    assert len(page) < 40_000


def test_candidates_are_told_apart_and_long_charts_are_cut(tmp_path):
    tasks = [simulated_task(f"t{i}", 24, ("a", "b"), seed=i, candidates=("small", "large")) for i in range(13)]
    page = report.render(build_comparison(tmp_path / "many", tasks), "html", Options(sections=("figures",))).decode()
    (found,) = charts_in(page)
    assert len(found["rows"]) == MOST_ROWS == 25
    assert "The 25 of 26 where most broke." in page
    assert {row["below"] for row in found["rows"]} == {"small", "large"}
    order = [(row["label"], row["below"]) for row in found["rows"]]
    every = [(f"t{i}", name) for i in range(13) for name in ("small", "large")]
    assert order == [pair for pair in every if pair in order]  # in the order of the table


def test_a_budget_that_holds_for_all_tasks_is_drawn(comparison, monkeypatch):
    def verdict(*budgets):
        reasons = [
            Reason(
                scope=task, kind="task", where={}, measure="nfr", required=True, observed=0.1, low=0.05, high=0.2,
                bound=0.2, budget=budget, holds=False, beyond_chance=True, confidence=0.95, n=90, negative_flip=9,
                positive_flip=9,
            )
            for task, budget in zip(comparison.tasks, budgets, strict=False)
        ]  # fmt: skip
        return Verdict(
            decision="hold", sentence="Hold.", confidence=0.95, correction="none", candidates=1, reasons=reasons
        )

    def drawn():
        page = report.render(comparison, "html", Options(sections=("figures",))).decode()
        return charts_in(page)[0]["panels"], page.count('class="budget"')

    candidate = comparison.candidate("new")
    monkeypatch.setattr(candidate, "verdict", verdict(0.02, 0.02, 0.02))
    panels, lines = drawn()
    assert [panel["budget"] for panel in panels] == [None, 0.02]
    assert panels[1]["heading"] == "Share of all examples; dashed: NFR budget 2%"
    assert lines == len(comparison.tasks)
    for budgets in ((0.02, 0.02, 0.03), (0.02,)):  # not the same, or not for all
        monkeypatch.setattr(candidate, "verdict", verdict(*budgets))
        assert [panel["budget"] for panel in drawn()[0]] == [None, None]


def test_a_heading_tells_of_the_budget():
    assert heading(panel(0.1)) == "Share"
    assert heading(panel(0.1, budget=0.025)) == "Share; dashed: NFR budget 2.5%"


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_nothing_in_the_data_of_a_chart_ends_their_element(text):
    written = as_json(chart(panel(0.1), label=text))
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written)["rows"][0]["label"] == " ".join(text.split())


def test_hostile_names_stay_text_in_drawing_and_data(tmp_path):
    tasks = [simulated_task(name, 60, ("a", "b"), seed=i) for i, name in enumerate(HOSTILE)]
    page = report.render(build_comparison(tmp_path / "hostile", tasks), "html", Options(sections=("figures",))).decode()
    (found,) = charts_in(page)
    assert [row["label"] for row in found["rows"]] == [" ".join(name.split()) for name in HOSTILE]
    (drawn,) = drawings_in(page)
    assert set(re.findall(r"<(\w+)", drawn)) == {
        "div",
        "p",
        "span",
        "bdi",
        "svg",
        "text",
        "line",
        "g",
        "path",
        "circle",
    }
    words = words_of(drawn)
    for name in HOSTILE:
        assert " ".join(name.split()) in [" ".join(word.split()) for word in words]
    assert set(re.findall(r"<script([^>]*)>", page)) == {
        "",
        ' type="application/json"',
        ' type="application/octet-stream" class="plotly"',
    }
    assert "<!--" not in page
