"""Whatever the data hold stays text, in every format of a report."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builders import build_comparison, examples, predictions
from flipscope import report
from flipscope.report import Options
from flipscope.report.content import make_report
from flipscope.report.html import as_html
from flipscope.report.markdown import code
from flipscope.store.tables import TaskData

HOSTILE = (
    "<script>alert(1)</script>",
    "</style></section><img src=http://outside.invalid/a.png onerror=alert(1)>",
    "![x](http://outside.invalid/b.png) [y](javascript:alert(1)) <http://outside.invalid>",
    "@maintainer fixes #1, see http://outside.invalid and www.outside.invalid",
    "``` ` `` | a \\| b | c |",
    "first\n\n# heading\n\n- item\n\n    code\n```\nfence",
    "<!-- {{ 7 * 7 }} {% raw %} -->",
    "=HYPERLINK(\"http://outside.invalid\", \"x\")",
    "&lt;b&gt; &amp; \x00\x07\x1b[31m \u202etxet",
    "|---|",
)  # fmt: skip
_LABELS = ("<b>yes</b>", "no | `no` |")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    rows = [
        {
            "example_id": f"{i} <i>{text[:12]}",
            "text_a": text,
            "text_b": text,
            "label": _LABELS[0],
            "<u>column</u>": text[:20],
        }
        for i, text in enumerate(HOSTILE * 8 + HOSTILE[:1] * 8)  # slices with enough flips to be listed
    ]
    ids = [row["example_id"] for row in rows]
    sure = np.tile([0.9, 0.1], (len(rows), 1))
    broke = [_LABELS[1]] * (len(rows) - 8) + [_LABELS[0]] * 8
    answers = {
        "old": predictions("old", ids, _LABELS, [_LABELS[0]] * len(rows), sure),
        "new": predictions(
            "new", ids, _LABELS, broke, np.where(np.array(broke)[:, None] == _LABELS[0], sure, 1 - sure)
        ),
    }
    data = examples("<s>task</s> | x", rows, _LABELS)
    return build_comparison(tmp_path_factory.mktemp("hostile") / "<h1>name", [TaskData(data, answers)])


class Elements(HTMLParser):
    """All elements and attributes of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes, self.words, self.open = set(), set(), [], []
        self.ids = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in ("meta", "line", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)


def test_a_page_has_only_its_own_elements_and_all_of_the_data_as_text(comparison):
    page = report.render(comparison, "html").decode()
    found = Elements(page)
    assert found.open == []
    assert found.names.isdisjoint({"img", "iframe", "object", "link", "base", "form", "b>", "u", "s", "i"})
    assert found.attributes <= {
        "type", "role", "hidden", "width", "height", "d", "transform", "x", "y", "fill", "stroke", "stroke-width",
        "stroke-dasharray", "text-anchor", "font-family", "font-size",
        "lang", "charset", "http-equiv", "content", "name", "href", "id", "class", "scope", "aria-label", "aria-hidden",
        "viewbox", "x1", "x2", "y1", "y2", "cx", "cy", "r",
    }  # fmt: skip
    assert len(found.ids) == len(set(found.ids))
    assert set(re.findall(r'href="([^"]*)"', page)) == {f"#{name}" for name in found.ids}
    words = " ".join("".join(found.words).split())
    for text in HOSTILE:
        assert " ".join(re.sub(r"[\x00-\x1f]", " ", text).split()) in words
    assert _LABELS[0] in words
    assert "<!-- 49" not in words
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page)


def test_a_page_without_live_charts_may_load_nothing_and_run_nothing(comparison):
    page = as_html(make_report(comparison, Options()), live=False)
    assert "<script" not in page
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "url(" not in style
    assert "@import" not in style


def test_markdown_has_data_in_code_spans_alone(comparison):
    written = report.render(comparison, "md").decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(written)
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens}.isdisjoint({"html_block", "fence", "code_block", "hr"})
    assert {token.type for token in inline} <= {
        "text",
        "code_inline",
        "strong_open",
        "strong_close",
        "hardbreak",
        "softbreak",
    }
    words = " ".join(token.content for token in inline if token.type == "text")
    for sign in ("@", "http", "#1", "www", "<", "{{", "`", "~", "HYPERLINK", "outside"):
        assert sign not in words.replace("< 0.001", "")
    spans = {token.content for token in inline if token.type == "code_inline"}
    for text in HOSTILE:
        shown = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        assert shown in spans
    tables = [token for token in tokens if token.type == "tr_open"]
    assert len(tables) == sum(line.startswith("|") and not line.startswith("| --") for line in written.splitlines())


def test_no_table_row_of_markdown_has_a_cell_too_many(comparison):
    tokens = MarkdownIt("commonmark").enable("table").parse(report.render(comparison, "md").decode())
    cells, rows = 0, []
    for token in tokens:
        cells = 0 if token.type == "tr_open" else cells + (token.type in ("td_open", "th_open"))
        if token.type == "tr_close":
            rows.append(cells)
    written = [token for token in tokens if token.type == "inline" and "<u>column</u>" in token.content]
    assert written
    assert set(rows) <= {3, 4, 6, 8}  # grids, provenance, likeness, figures and slices: one more would be cut


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_one_code_span(text):
    tokens = MarkdownIt("commonmark").parse(f"- {code(text)}\n")
    inline = next(token for token in tokens if token.type == "inline")
    assert [child.type for child in inline.children] == ["code_inline"]
    shown = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    assert inline.children[0].content.strip() == shown


def test_tables_for_spreadsheets_begin_no_formula(comparison):
    read = pd.read_csv(io.BytesIO(report.render(comparison, "csv")), dtype=str, keep_default_na=False)
    assert '\'=HYPERLINK("http://outside.invalid", "x")' in set(read["text_a"])
    for value in read.select_dtypes("string").to_numpy().ravel():
        assert not str(value).startswith(("=", "@"))
    for format in ("jsonl", "parquet"):  # are read by programs: the data as they are
        content = report.render(comparison, format)
        table = (
            pd.read_parquet(io.BytesIO(content))
            if format == "parquet"
            else pd.read_json(io.BytesIO(content), lines=True)
        )
        assert set(HOSTILE) == set(table["text_a"])
