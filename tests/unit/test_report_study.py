"""The section of a report about the ways to reduce regressions."""

from __future__ import annotations

import json
import re

import pytest
from markdown_it import MarkdownIt

from builders import build_comparison
from flipscope import report
from flipscope.contract import Interval
from flipscope.judge.gate import judge_by
from flipscope.report import Options
from flipscope.report.study import study_markdown
from flipscope.report.subject import closer_look
from studies import study_comparison

TITLE = "Ways to reduce regressions"
HOSTILE = "<img src=x onerror=alert(1)> ![a](http://outside.invalid) | `b` |\n# c"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return study_comparison(tmp_path_factory.mktemp("study") / "c", suites=False)


def section(comparison, format="md", **options):
    return report.render(comparison, format, Options(sections=("mitigation",), **options)).decode()


def rows(written):
    """All rows of Markdown tables, without the heads."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in written.splitlines() if line[:2] == "| "]
    return [row for row in cells if row[0] != "Method" and not row[0].startswith("---")]


@pytest.mark.parametrize(
    ("candidate", "order"),
    [(None, [TITLE, "Summary", "Figures by task"]), ("ensemble_3", ["Summary", TITLE, "Figures by task"])],
)
def test_it_comes_first_unless_the_report_is_about_one_candidate(comparison, candidate, order):
    wanted = Options(sections=("figures", "mitigation", "summary"), candidate=candidate)
    for format in ("html", "md"):
        written = report.render(comparison, format, wanted).decode()
        assert re.findall(r"^(?:<h2>|## )(.*?)(?:</h2>)?$", written, re.MULTILINE) == order


def test_every_candidate_has_a_row_and_one_is_told_in_detail(tmp_path):
    comparison = study_comparison(tmp_path / "my-study" / "comparison", n=200)
    written = report.render(comparison, "md").decode()
    assert written.startswith(f"# `my-study`\n\n`old (old.csv)` → {len(comparison.candidates)} candidates")
    summary = written.split("## Summary")[1].split("## ")[0]
    found = {row[0].strip("`"): [cell.strip("*").replace(",", "") for cell in row[1:]] for row in rows(summary)}
    for each in comparison.results.candidates:
        of = [sum(getattr(one, name) for one in each.tasks) for name in ("n", "negative_flip", "positive_flip")]
        names = ("both_evaluated", "negative_flip", "positive_flip")
        of += [sum(getattr(one, name) for one in each.capabilities) for name in names]
        assert found[each.name] == list(map(str, of))
    chosen = re.search(
        r"this report tells of `(.*?)`; of another one: `flipscope report my-study --candidate", summary
    )[1]
    for section in ("Flip grids", "Behaviors", "Most severe flips"):
        heads = re.findall(r"^### .*$", written.split(f"\n## {section}\n")[1].split("\n## ")[0], re.MULTILINE)
        assert heads
        assert all(f"`{chosen}`" in head for head in heads)
    assert len(report.render(comparison, "md", Options(candidate="centric_seed"))) > 1000


def better(comparison, *methods, q=0.01):
    """Make these methods clearly better over all tasks, one a little more than the next, and all others unclear."""
    study = comparison.manifest.study
    changed = []
    for each in study.methods:
        update = {"q_value": None if each.kind == "conventional" else 0.9}
        if each.method in methods:
            ratio, nfr = (Interval(value=0.1 * methods.index(each.method), low=0, high=1) for _ in range(2))
            update = {"q_value": q, "nfr_ratio": ratio, "nfr": nfr}
        changed.append(each.model_copy(update=update))
    manifest = comparison.manifest.model_copy(update={"study": study.model_copy(update={"methods": changed})})
    return comparison.with_manifest(manifest)


def test_the_candidate_told_in_detail_is_of_the_best_method_that_may_ship(comparison):
    every = comparison.candidates
    assert closer_look(better(comparison), every) == ["conventional-1"]
    assert closer_look(better(comparison, "distil_all", "ensemble_3"), every) == ["distil_all-1"]
    judged = judge_by(better(comparison, "distil_all", "ensemble_3"), max_nfr=0.5)
    assert closer_look(judged, every) == ["distil_all-1"]
    results = judged.results
    held = [
        each if each.name == "ensemble_3" else each.model_copy(
            update={"verdict": each.verdict.model_copy(update={"decision": "hold"})}
        )
        for each in results.candidates
    ]  # fmt: skip
    manifest = judged.manifest.model_copy(update={"results": results.model_copy(update={"candidates": held})})
    only = judged.with_manifest(manifest)
    assert closer_look(only, every) == ["ensemble_3"]
    assert closer_look(only, ["distil_all-2"]) == ["distil_all-2"]
    told = report.render(only, "md", Options(sections=("verdict",))).decode()
    assert f"1 of {len(every)} candidates may ship." in told
    assert "- **Ship**: `ensemble_3`" in told
    assert re.findall(r"^### (.*)$", told, re.MULTILINE) == ["`ensemble_3`"]


def test_a_comparison_without_a_study_has_no_such_section(tmp_path):
    plain = build_comparison(tmp_path / "c")
    assert TITLE not in report.render(plain, "md").decode()
    assert "nothing to tell" in section(plain)


def test_every_method_has_a_row_for_each_task_and_for_all(comparison):
    study = comparison.manifest.study
    every = rows(section(comparison))
    found, further = ([row for row in every if len(row) == columns] for columns in (8, 7))
    assert len(found) == len(further) == len(study.methods) == 3 * 8
    for row, each in zip(found, study.methods[0::3] + study.methods[1::3] + study.methods[2::3], strict=True):
        assert row[0].startswith(f"`{each.method}`")
        assert row[3].startswith(f"{each.nfr.value:.2%} [{each.nfr.low:.1%}, {each.nfr.high:.1%}]")
        ratio = "–" if each.nfr_ratio.value is None else f"{each.nfr_ratio.value:.2f} ["
        assert row[4].strip("*").replace("** ", " ").startswith(ratio)
        assert row[6] == f"{each.models_trained} / {each.models_shipped}"


def test_what_failed_and_what_was_trained_on_is_told(comparison):
    written = section(comparison)
    assert "**Failed: **`distil_all/all-4-2`, seed 1, `questions`: `the loss is not finite at step 12`" in written
    assert "`reviews`: 3,200 examples to train on, 400 to choose on, 400 to judge on" in written
    assert "batch size 16" in written
    assert "knows the examples for training by heart" in written
    notes = {note for each in comparison.manifest.study.methods for note in each.notes}
    assert notes
    for note in notes:
        assert f"`: `{note}`" in written


@pytest.mark.parametrize("candidate", ["ensemble_3", "conventional-1"])
def test_whichever_candidate_is_looked_at_all_methods_are_told(comparison, candidate):
    found = section(comparison, candidate=candidate)
    assert rows(found) == rows(section(comparison))
    assert "No method could be compared" not in found


def test_the_page_draws_what_the_table_says(comparison):
    page = section(comparison, "html")
    charts = [json.loads(each) for each in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page)]
    assert len(charts) == 3
    first = [each for each in comparison.manifest.study.methods if each.task == "reviews"]
    assert [row["label"] for row in charts[0]["rows"]] == [each.method for each in first]
    change, broke = (panel["series"][0]["marks"] for panel in charts[0]["panels"])
    assert [mark["value"] for mark in change] == [each.accuracy_delta.value for each in first]
    assert [(mark["low"], mark["high"]) for mark in broke] == [(each.nfr.low, each.nfr.high) for each in first]


def test_nothing_from_data_is_read_as_markup(comparison):
    study = comparison.manifest.study
    old = [study.old[0].model_copy(update={"new_classes": [HOSTILE]})]
    trainings = [study.trainings[-1].model_copy(update={"message": HOSTILE, "recipe": HOSTILE})]
    methods = [each.model_copy(update={"settings": {HOSTILE: HOSTILE}}) for each in study.methods]
    hostile = study.model_copy(
        update={
            "old": old,
            "trainings": trainings,
            "methods": methods,
            "warnings": [HOSTILE],
            "training": {"a": HOSTILE},
        }
    )
    opened = comparison.with_manifest(comparison.manifest.model_copy(update={"study": hostile}))
    assert "<img" not in section(opened, "html")
    tokens = MarkdownIt("commonmark").enable("table").parse(section(opened))
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert not kinds & {"image", "link_open", "html_inline"}
    assert len(rows(section(opened))) == 2 * len(methods)
    assert all(len(row) in (7, 8) for row in rows(section(opened).replace("\\|", "")))


def test_the_study_alone_is_the_same_table(comparison):
    assert rows(study_markdown(comparison.manifest.study)) == rows(section(comparison))
