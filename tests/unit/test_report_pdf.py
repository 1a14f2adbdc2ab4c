"""The report as a PDF: its text is all there and stays text, nothing is cut off, and it is the same when made again."""

import logging
import os
import re
import shutil
import subprocess
import sys
import zlib
from html import unescape

import pytest

from builders import build_comparison, examples, predictions, simulated_task
from commands import run
from flipscope import report
from flipscope.errors import FlipscopeError
from flipscope.report import Options
from flipscope.report.blocks import Report, Words
from flipscope.report.pdf import as_pdf
from flipscope.store.tables import TaskData

HOSTILE = (
    "<script>alert(1)</script>",
    "</section><img src=http://outside.invalid/a.png onerror=alert(1)>",
    "<style>@import url(http://outside.invalid/a.css)</style>",
    "![x](http://outside.invalid/b.png)",
    '<a href="http://outside.invalid">x</a>',
    "=cmd()",
)
EMPTY = Report("title", (Words("old → new"),), (Words("2 tasks"),), Words("1 January 2026"), Words("0.1"), ())
MARGIN = 12 / 25.4 * 72  # points


def installed():
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


needs_weasyprint = pytest.mark.skipif(not installed(), reason="WeasyPrint or Pango is not installed (make pango)")
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="no pdftotext (apt-get install poppler-utils)"
)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    name = "a-task-with-a-name-" * 4
    parts = [
        simulated_task(name, 300, ("ask", "tell"), candidates=("small", "l" * 60)),
        simulated_task("t", 200, ("a", "b"), seed=5, candidates=("small", "l" * 60)),
    ]
    return build_comparison(tmp_path_factory.mktemp("pdf") / "two", parts)


@pytest.fixture(scope="module")
def written(comparison):
    return report.render(comparison, "pdf")


def unpacked(content):
    """Everything in the file that is not compressed, or could be unpacked."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)
    return content + b"\n".join(zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")


def pdftotext(content, *options):
    command = ["pdftotext", *options, "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


@needs_weasyprint
@needs_poppler
def test_it_says_what_the_page_says(comparison, written):
    told = "".join(pdftotext(written, "-layout").split())
    for candidate in comparison.candidates:
        for task in comparison.tasks:
            result = comparison.result(task, candidate)
            for count in (result.n, result.negative_flip, result.positive_flip):
                assert f"{count:,}" in told
    for title in ("Figures by task", "Flip grids", "Where it broke most", "What was compared", "How to read this"):
        assert "".join(title.split()) in told
    pages = pdftotext(written).split("\f")[:-1]
    assert len(pages) > 3
    assert all(f"{number}/{len(pages)}" in page.replace(" ", "") for number, page in enumerate(pages, 1))
    assert all("two" in page.splitlines()[-4:] or "two" in page for page in pages)  # its title at the foot


@needs_weasyprint
@needs_poppler
def test_nothing_is_cut_off_at_an_edge(written):
    boxes = pdftotext(written, "-bbox")
    width = float(re.search(r'<page width="([\d.]+)"', boxes)[1])
    assert width == pytest.approx(595.3, abs=0.1)  # A4
    words = re.findall(r'xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="[\d.-]+">(.*?)</word>', boxes)
    assert len(words) > 1000
    outside = [word for left, right, word in words if float(left) < MARGIN - 2 or float(right) > width - MARGIN + 2]
    assert outside == []


@needs_weasyprint
@needs_poppler
def test_heads_are_repeated_on_every_page_of_a_table(tmp_path):
    rows = [{"example_id": f"{i}", "text_a": f"text {i}", "label": "yes"} for i in range(120)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), [pred] * 120) for name, pred in (("old", "yes"), ("new", "no"))
    }
    comparison = build_comparison(tmp_path / "long", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    written = report.render(comparison, "pdf", Options(sections=("flips",), examples=120))
    pages = [page for page in pdftotext(written, "-layout").split("\f") if "text " in page]
    assert len(pages) > 2
    assert all(re.search(r"example\s+gold\s+old\s+new", page) for page in pages)


@needs_weasyprint
@needs_poppler
def test_data_stay_text_and_nothing_is_asked_for(tmp_path, caplog):
    rows = [{"example_id": str(i), "text_a": text, "label": "yes"} for i, text in enumerate(HOSTILE)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), [pred] * len(rows))
        for name, pred in (("old", "yes"), ("new", "no"))
    }
    parts = [TaskData(examples(name, rows, ("yes", "no")), answers) for name in (HOSTILE[0], HOSTILE[1])]
    comparison = build_comparison(tmp_path / "<h1>hostile", parts)
    written = report.render(comparison, "pdf")
    told = "".join(unescape(pdftotext(written)).split())
    for text in HOSTILE:
        assert "".join(text.split()) in told
    assert not re.search(rb"/URI|/JavaScript|/JS\b|/Launch|/EmbeddedFile", unpacked(written))
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []  # what was refused


@needs_weasyprint
def test_whatever_would_be_loaded_is_refused(tmp_path, monkeypatch, caplog):
    (tmp_path / "a.css").write_text("p { color: red }")
    asked = ("http://outside.invalid/a.png", (tmp_path / "a.css").as_uri())
    page = f'<html lang="en"><link rel="stylesheet" href="{asked[1]}"><p>x<img src="{asked[0]}"></p>'
    monkeypatch.setattr("flipscope.report.pdf.as_html", lambda *_, **__: page)
    assert as_pdf(EMPTY).startswith(b"%PDF-")
    told = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert len(told) == 2
    assert all(any(f"loads nothing, but {address} was asked for" in each for each in told) for address in asked)


@needs_weasyprint
def test_the_same_report_gives_the_same_bytes(comparison, written, monkeypatch):
    code = (
        "import sys; from flipscope import open_comparison, report;"
        "sys.stdout.buffer.write(report.render(open_comparison(sys.argv[1]), 'pdf'))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    again = subprocess.run([sys.executable, "-c", code, comparison.path], env=env, capture_output=True, check=True)
    assert again.stdout == written
    assert b"CreationDate" not in unpacked(written)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    options = Options(sections=("summary",))
    first = report.render(comparison, "pdf", options)
    assert report.render(comparison, "pdf", options) == first


@needs_weasyprint
def test_the_command_writes_it(comparison, tmp_path):
    target = tmp_path / "r.pdf"
    result = run("report", comparison.path, "-o", target, "--section", "summary", "--candidate", "small")
    assert result.exit_code == 0, result.output
    assert target.read_bytes() == report.render(comparison, "pdf", Options(sections=("summary",), candidate="small"))
    assert target.read_bytes().startswith(b"%PDF-")


@needs_weasyprint
def test_the_name_of_the_comparison_is_the_title(written):
    assert b"/Title (two: flipscope report)" in unpacked(written)


def test_without_weasyprint_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(FlipscopeError) as caught:
        as_pdf(EMPTY)
    assert "pip install 'flipscope[pdf]'" in str(caught.value)


def test_without_pango_it_says_what_to_install(monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FlipscopeError) as caught:
        as_pdf(EMPTY)
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in str(caught.value)
    assert ".html" in str(caught.value)
