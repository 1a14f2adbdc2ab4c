"""Report: what is chosen is in the preview, in the URL and in what is downloaded."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from builders import build_comparison, examples, predictions, simulated_task
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.judge.gate import judge_by, keep
from flipscope.report import Options
from flipscope.report.content import make_report
from flipscope.report.html import as_html
from flipscope.report.pdf import can_write_pdf
from flipscope.store.tables import TaskData

HOSTILE = "<script>alert(1)</script> ![x](http://outside.invalid/b.png)"


def preview(page: Any) -> str:
    """Get the page that the frame shows."""
    found = re.search(r'<iframe srcdoc="([^"]*)" sandbox="" title="Preview of the report"', page.markup)
    assert found, page.markup
    return unescape(found[1])


def sections(page: Any) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", preview(page))


def text_of(page: str) -> str:
    """Get what is read after the head of the page."""
    main = page.partition("<main>")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<script.*?</script>|<[^>]*>", " ", main, flags=re.DOTALL).split())


def downloads(page: Any) -> dict[str, Any]:
    return {button.proto.id.rsplit(" ", 1)[-1]: button.proto for button in page.test.get("download_button")}


def test_the_preview_is_the_report_without_links(visit: Callable[..., Any], three_tasks: Comparison) -> None:
    page = visit(three_tasks, "report")
    whole = report.render(three_tasks, "html").decode()
    drawn = as_html(make_report(three_tasks, Options()), live=False)
    assert preview(page) == re.sub(r"<nav.*?</nav>\n", "", drawn, flags=re.DOTALL)
    assert text_of(preview(page)) in text_of(whole)
    assert "<nav" in whole
    assert "<script" not in preview(page)  # would not run in the frame
    assert "<a " not in preview(page)  # would open the dashboard in the frame


def with_max_nfr(page: Any, percent: float | None) -> Any:
    page.test.number_input(key="max_nfr_percent").set_value(percent)
    return page.run()


def disabled(page: Any) -> set[str]:
    return {name for name, button in downloads(page).items() if button.disabled}


#: What can't be made here, whatever is chosen.
UNAVAILABLE = set() if can_write_pdf() else {"pdf"}


def test_every_format_of_the_library_can_be_downloaded(visit: Callable[..., Any], three_tasks: Comparison) -> None:
    page = with_max_nfr(visit(three_tasks, "report"), 2.0)
    assert set(downloads(page)) == set(report.FORMATS)
    assert disabled(page) == UNAVAILABLE


def test_junit_needs_a_verdict_and_a_model_card_one_candidate(
    visit: Callable[..., Any], two_candidates: Comparison
) -> None:
    assert disabled(visit(two_candidates, "report")) == UNAVAILABLE | {"xml"}
    page = with_max_nfr(visit(two_candidates, "report", all="true"), 2.0)
    assert disabled(page) == UNAVAILABLE | {"model-card"}
    assert "about one candidate" in downloads(page)["model-card"].help


def test_a_pdf_needs_weasyprint(
    visit: Callable[..., Any], three_tasks: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flipscope.report.pdf.can_write_pdf", lambda: False)
    button = downloads(visit(three_tasks, "report"))["pdf"]
    assert button.disabled
    assert "flipscope[pdf]" in button.help


def test_the_report_has_the_verdict_that_is_asked_for(visit: Callable[..., Any], two_candidates: Comparison) -> None:
    verdict = judge_by(two_candidates, max_nfr=0.0).candidate("large").verdict
    page = visit(two_candidates, "report")
    page.test.selectbox(key="candidate").select("large")
    page = with_max_nfr(page, 0.0)
    assert verdict.sentence.partition(" 18 ")[2] in text_of(preview(page))
    assert "No budget was given" in preview(with_max_nfr(page, None))


def test_a_link_holds_the_largest_nfr(visit: Callable[..., Any], two_candidates: Comparison, tmp_path: Path) -> None:
    shutil.copytree(two_candidates.path, tmp_path / "two")
    page = visit(tmp_path, "report", comparison="two", max_nfr_percent="2.5")
    assert page.test.number_input(key="max_nfr_percent").value == 2.5
    assert "≤ 2.50%" in text_of(preview(page))


def test_the_report_has_the_verdict_that_is_kept(
    visit: Callable[..., Any], three_tasks: Comparison, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(three_tasks.path, tmp_path / "kept"))
    keep(judge_by(Comparison(folder), max_nfr=1.0))
    page = visit(folder, "report")
    assert "Ship" in text_of(preview(page))
    assert "xml" not in disabled(page)


def test_a_verdict_that_is_kept_is_told_beside_the_limit_that_is_tried(
    visit: Callable[..., Any], three_tasks: Comparison, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(three_tasks.path, tmp_path / "kept"))
    keep(judge_by(Comparison(folder), max_nfr=0.0))
    assert "Kept: ✕ Hold" in visit(folder, "report", max_nfr_percent="100").text
    for same in ({}, {"max_nfr_percent": "0"}):
        assert "Kept:" not in visit(folder, "report", **same).text


def test_what_is_chosen_is_in_the_preview(visit: Callable[..., Any], three_tasks: Comparison) -> None:
    page = visit(three_tasks, "report")
    everything = sections(page)
    page.test.pills(key="section").set_value(["Summary", "Most severe flips"])
    page.test.number_input(key="examples").set_value(5)
    page.test.toggle(key="redact").set_value(True)
    page.run()
    assert len(everything) > 5
    assert sections(page) == ["Summary", "Most severe flips"]
    assert "5 of " in preview(page)
    assert "text number" not in preview(page)


def test_a_link_holds_all_choices(visit: Callable[..., Any], three_tasks: Comparison) -> None:
    page = visit(three_tasks, "report", section=["Most severe flips"], examples="3", redact="true")
    wanted = Options(sections=("flips",), examples=3, redact=True)
    assert preview(page) == report.render(three_tasks, "html", wanted).decode()
    assert page.warnings == []


def test_an_unknown_section_in_a_link_is_told_and_not_repeated(
    visit: Callable[..., Any], three_tasks: Comparison
) -> None:
    page = visit(three_tasks, "report", section=[HOSTILE])
    assert page.warnings == ["The link asks for a section that is not here; it is left out."]
    assert "outside.invalid" not in page.markup


def test_no_section_says_what_to_do(visit: Callable[..., Any], three_tasks: Comparison) -> None:
    page = visit(three_tasks, "report")
    page.test.pills(key="section").set_value([])
    page.run()
    assert "Choose a section, and the report appears here." in page.text
    assert disabled(page) == {*report.DOCUMENTS, "xml"}  # there is no verdict, either


def test_one_candidate_or_all(visit: Callable[..., Any], two_candidates: Comparison) -> None:
    page = visit(two_candidates, "report")
    page.test.selectbox(key="candidate").select("large")
    page.run()
    assert "large: " in re.sub(r"</?bdi>", "", preview(page))
    assert "small" not in preview(page)
    page.test.toggle(key="all").set_value(True)
    page.run()
    assert "small" in preview(page)


def test_one_task_with_one_candidate(visit: Callable[..., Any], tmp_path: Path) -> None:
    page = visit(build_comparison(tmp_path / "one", [simulated_task("intent", 80, ("ask", "tell"))]), "report")
    assert "Negative flip rate" in preview(page)
    assert [toggle.key for toggle in page.test.toggle] == ["redact"]  # there are no candidates to choose from


def test_texts_and_labels_stay_text(visit: Callable[..., Any], tmp_path: Path) -> None:
    labels = (HOSTILE, "no")
    rows = [{"example_id": f"{HOSTILE}{i}", "text_a": HOSTILE, "label": HOSTILE} for i in range(3)]
    ids = [str(row["example_id"]) for row in rows]
    answers = {name: predictions(name, ids, labels, [pred] * 3) for name, pred in (("old", HOSTILE), ("new", "no"))}
    page = visit(build_comparison(tmp_path / "hostile", [TaskData(examples("t", rows, labels), answers)]), "report")
    assert HOSTILE in unescape(preview(page))
    assert "<script" not in preview(page)
    assert "<script" not in page.markup
    assert not any("outside.invalid" in element.value for element in page.test.markdown)


def test_a_damaged_comparison_is_told(visit: Callable[..., Any], three_tasks: Comparison, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(three_tasks.path, tmp_path / "damaged"))
    (folder / "flips.parquet").write_bytes(b"no table")
    page = visit(folder, "report")
    assert 'class="fs-note fs-error"' in page.markup
    assert "iframe" not in page.markup
