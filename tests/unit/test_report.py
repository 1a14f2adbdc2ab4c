import io
import json
import re
import shutil
import subprocess
import sys
from html import unescape

import pandas as pd
import pytest

import flipscope
from builders import build_comparison, examples, predictions, simulated_task
from commands import error, run
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.flips.slices import judge_slices
from flipscope.judge.budget import make_budget
from flipscope.judge.gate import judge_by
from flipscope.judge.verdict import judged
from flipscope.report import Options
from flipscope.store.tables import TaskData
from flipscope.words import interval, percent, points
from suites import SUITE

LONG = "so long a text " * 500
#: Written as text or data; the PDF has tests of its own.
FORMATS = tuple(format for format in report.FORMATS if format != "pdf")
#: Those that hold the texts of examples.
WITH_TEXTS = ("html", "md", *report.FLIPS)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("three") / "three")


@pytest.fixture(scope="module")
def two_candidates(tmp_path_factory):
    task = simulated_task("intent", 200, ("ask", "tell"), seed=4, candidates=("small", "large"))
    return build_comparison(tmp_path_factory.mktemp("two") / "two", [task])


@pytest.fixture(scope="module")
def behaviors_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("behaviors")
    answers = {
        "old": [0.9] * 30 + [0.1] * 10 + [0.9, 0.9] * 8 + [0.5] * 2,
        "new": [0.2] * 9 + [0.9] * 21 + [0.1] * 10 + [0.9, 0.2] * 3 + [0.9, 0.9] * 5 + [0.5] * 2,
    }
    for name, positive in answers.items():
        (folder / f"{name}.txt").write_text("".join(f"{int(p > 0.5)} {1 - p} {p}\n" for p in positive))
    return flipscope.compare_behaviors(
        folder / "old.txt", {"new": folder / "new.txt"}, SUITE, out=folder / "comparison"
    )


def html(comparison, **options):
    return report.render(comparison, "html", Options(**options)).decode()


def markdown(comparison, **options):
    return report.render(comparison, "md", Options(**options)).decode()


def text_of(page):
    body = re.sub(r"<script.*?</script>", " ", page.partition("<body>")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def plain(written):
    """Markdown without the padding of its tables and its signs."""
    return " ".join(re.sub(r"[`*|]", " ", written).split())


def headings(written):
    return re.findall(r"^## (.*)$", written, re.MULTILINE)


@pytest.fixture(params=["html", "md"])
def read(request):
    """Read a report the way a person does, in either format."""
    return (
        (lambda *args, **kw: text_of(html(*args, **kw)))
        if request.param == "html"
        else (lambda *args, **kw: plain(markdown(*args, **kw)))
    )


def test_every_figure_is_that_of_the_comparison(comparison, read):
    told = read(comparison, sections=("figures",))
    for task in comparison.tasks:
        result = comparison.result(task)
        assert f"{task} {result.n:,} {percent(result.accuracy_old, 1)} → {percent(result.accuracy_new, 1)}" in told
        for count, rate in ((result.negative_flip, result.nfr), (result.positive_flip, result.pfr)):
            assert f"{count:,} {percent(rate.value)} {interval(rate.low, rate.high)}" in told
        delta = result.accuracy_delta
        assert f"{points(delta.value)} [{points(delta.low)}, {points(delta.high)}]" in told
        assert f"{percent(result.nfi, 1)} {interval(result.nfi_low, result.nfi_high, 1)}" in told


def test_the_summary_tells_what_broke_over_all_tasks_and_where_most_did(comparison, read):
    results = [comparison.result(task) for task in comparison.tasks]
    broke, n = (sum(getattr(each, name) for each in results) for name in ("negative_flip", "n"))
    worst = max(results, key=lambda each: each.nfr.value)
    told = read(comparison, sections=("summary",))
    assert f"{broke} of {n} examples broke" in told
    assert f"Most broke in {worst.task} ({percent(worst.nfr.value, 1)})" in told
    assert "over 3 tasks; accuracy rose on" in told


def test_the_summary_names_the_slice_where_surely_more_broke_than_on_the_whole(tmp_path, read):
    styles = ["irony"] * 50 + ["plain"] * 150
    rows = [
        {"example_id": f"{i}", "text_a": f"text {i}", "label": "yes", "style": style} for i, style in enumerate(styles)
    ]
    ids = [row["example_id"] for row in rows]

    def summary(broke: set[int]) -> str:
        new = ["no" if place in broke else "yes" for place in range(200)]
        answers = {
            name: predictions(name, ids, ("yes", "no"), given) for name, given in (("old", ["yes"] * 200), ("new", new))
        }
        data = examples("t", rows, ("yes", "no"))
        return read(build_comparison(tmp_path / f"{len(broke)}", [TaskData(data, answers)]), sections=("summary",))

    told = summary({*range(14), *range(50, 56)})
    assert "most surely broke in style = irony of t (14 of 50, 28.0%)" in told
    assert "the old model got it right, and the candidate gets it wrong" in told
    assert "surely" not in summary(set(range(0, 200, 8)))


def test_one_task_has_its_rate_and_accuracy_in_the_summary(two_candidates, read):
    result = two_candidates.result(candidate="large")
    told = read(two_candidates, sections=("summary",), candidate="large")
    assert f"Negative flip rate {percent(result.nfr.value)} {interval(result.nfr.low, result.nfr.high)}" in told
    assert told.count("examples broke") == 1


def test_a_report_has_all_candidates_or_the_one_asked_for(two_candidates, read):
    both, one = read(two_candidates), read(two_candidates, candidate="small")
    assert "small : " in both
    assert "large : " in both
    assert "large" not in one
    figures = json.loads(report.render(two_candidates, "json", Options(candidate="small")))
    assert [each["name"] for each in figures["candidates"]] == ["small"]
    flips = pd.read_json(io.BytesIO(report.render(two_candidates, "jsonl", Options(candidate="small"))), lines=True)
    assert set(flips["candidate"]) == {"small"}
    with pytest.raises(FlipscopeError, match="no candidate 'huge'"):
        report.render(two_candidates, "json", Options(candidate="huge"))


def test_a_grid_counts_the_four_outcomes(comparison):
    written = markdown(comparison, sections=("grids",))
    for task in comparison.tasks:
        result = comparison.result(task)
        grid = written.partition(f"### `{task}`")[2].partition("###")[0]
        old_right, old_wrong = (
            re.findall(r"([\d,]+) [\d.]+% \[", line) for line in grid.splitlines() if line.startswith("| old ")
        )
        assert old_right == [f"{result.both_correct:,}", f"{result.negative_flip:,}"]
        assert old_wrong == [f"{result.positive_flip:,}", f"{result.both_wrong:,}"]
    page = html(comparison, sections=("grids",))
    assert page.count('class="square negative_flip"') == len(comparison.tasks)


def test_the_most_severe_flips_come_first_with_both_answers(comparison, read):
    told = read(comparison, sections=("flips",), examples=7)
    found = comparison.examples("negative_flip", limit=8)
    places = [told.find(text) for text in found["text_a"]]
    assert all(place >= 0 for place in places[:7])
    assert places[:7] == sorted(places[:7])
    assert places[7] == -1
    first = found.iloc[0]
    assert f"{first['old_pred']} {percent(first['old_conf'], 1)}" in told
    assert f"{first['new_pred']} {percent(first['new_conf'], 1)}" in told
    total = sum(comparison.result(task).negative_flip for task in comparison.tasks)
    assert f"7 of {total} negative flips" in told


def test_no_examples_leaves_the_list_of_flips_out(comparison):
    assert "Most severe flips" not in headings(markdown(comparison, examples=0))
    assert len(pd.read_csv(io.BytesIO(report.render(comparison, "csv", Options(examples=3))))) == 3


def test_the_head_tells_models_data_and_how_many_examples(comparison, two_candidates, behaviors_only, read):
    assert "old (old.csv) → new (new.csv) 3 tasks, " in read(comparison, sections=("summary",))
    assert "old (old.csv) → small (small.csv), large (large.csv)" in read(two_candidates, sections=("summary",))
    assert "intent (intent.csv) , 200 examples · " in read(two_candidates, sections=("summary",))
    assert "old (old.csv) → large (large.csv)" in read(two_candidates, sections=("summary",), candidate="large")
    cases = behaviors_only.manifest.tasks[0].suites[0].cases
    told = read(behaviors_only, sections=("summary",))
    assert "old (old.txt) → new (new.txt)" in told
    assert f", {cases} test cases" in told


def test_slices_are_corrected_for_all_columns_together(comparison, read):
    told = read(comparison, sections=("slices",))
    columns = [*comparison.slice_columns, "label"]
    parts = [
        comparison.by(column)[["both_correct", "negative_flip", "positive_flip", "both_wrong"]] for column in columns
    ]
    judged = judge_slices(pd.concat(parts, ignore_index=True))
    tested = judged.attrs["tested"]
    assert f"{len(judged)} slices were tried, {tested} of them have 6 flips or more" in told
    assert f"and allows for {tested} tests" in told
    worst = judged[judged["note"].isna()].sort_values("nfr_low", ascending=False).iloc[0]
    assert f"{worst['negative_flip']} {percent(worst['nfr'])} {interval(worst['nfr_low'], worst['nfr_high'])}" in told


def of_groups(folder, groups):
    """Compare on groups of examples, each with how many broke and were mended; all others are right."""
    rows, old, new = [], [], []
    for name, (n, broke, mended) in groups.items():
        rows += [
            {"example_id": f"{name} {i}", "text_a": f"{name} {i}", "label": "yes", "group": name} for i in range(n)
        ]
        old += ["no"] * mended + ["yes"] * (n - mended)
        new += ["yes"] * mended + ["no"] * broke + ["yes"] * (n - mended - broke)
    ids = [row["example_id"] for row in rows]
    answers = {name: predictions(name, ids, ("yes", "no"), given) for name, given in (("old", old), ("new", new))}
    return build_comparison(folder, [TaskData(examples("t", rows, ("yes", "no")), answers)])


def test_slices_are_told_where_more_broke_than_in_the_whole_task(tmp_path, read):
    # 40 of 400 broke, 10 %: in `worse` 20 %, in `better` 5 %, which is improved beyond chance.
    groups = {"worse": (100, 20, 0), "same": (100, 10, 0), "better": (200, 10, 60)}
    told = read(of_groups(tmp_path / "c", groups), sections=("slices",))
    assert "worse" in told
    assert "better" not in told
    assert "same" not in told
    assert (
        "3 slices were tried, 3 of them have 6 flips or more and were tested. Here is the one where more broke" in told
    )
    assert "q of the change" in told


def test_slices_that_are_nearly_their_whole_task_are_not_told(tmp_path, read):
    # The rate of the large slice is above that of the task only because nothing broke in the few others.
    for large, told in ((81, False), (80, True)):
        groups = {"large": (large, 20, 0), "rest": (100 - large, 0, 7)}
        comparison = of_groups(tmp_path / f"c{large}", groups)
        written = read(comparison, sections=("slices", "summary"))
        assert ("large" in written) is told
        assert "2 slices were tried, 2 of them have 6 flips or more and were tested." in written


def test_slices_with_few_flips_are_counted_and_not_listed(tmp_path, read):
    rows = [{"example_id": f"{i}", "text_a": f"a {i}", "label": "yes", "note": f"own {i % 50}"} for i in range(100)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), preds)
        for name, preds in (("old", ["yes"] * 100), ("new", ["no"] * 30 + ["yes"] * 70))
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    told = read(comparison, sections=("slices",))
    assert "50 slices were tried, 0 of them have 6 flips or more and were tested." in told
    assert "own" not in told


def test_what_was_compared_stands_there_in_full(comparison, read):
    told = read(comparison, sections=("compared",))
    for info in comparison.manifest.tasks:
        for known in (info.data.digest, info.data.source, *(model.fingerprint for model in info.models.values())):
            assert known in told
    for version in comparison.manifest.versions.values():
        assert version in told
    assert comparison.manifest.created in told


def test_sections_can_be_left_out_and_keep_their_order(comparison):
    assert headings(markdown(comparison, sections=("flips", "summary"))) == ["Summary", "Most severe flips"]
    every = headings(markdown(comparison))
    assert every == [title for title in report.SECTIONS.values() if title in every]
    assert "Behaviors" not in every  # no suite was run
    only = html(comparison, sections=("behaviors",))
    assert "This comparison has nothing to tell here." in text_of(only)


def test_behaviors_alone_make_a_report(behaviors_only, read):
    told = read(behaviors_only)
    assert "12 of 48 behavior test cases broke, 0 were mended." in told
    worst = next(each for each in behaviors_only.results.candidates[0].behaviors if each.test == "praise")
    assert f"9 {percent(9 / 30)} {interval(worst.nfr.low, worst.nfr.high)}" in told
    assert "0.0% → 30.0%" in told
    assert headings(markdown(behaviors_only)) == [
        "Summary",
        "Behaviors",
        "What limits this comparison",
        "What was compared",
        "How to read this",
    ]
    assert "Relative NFR" not in told  # is about examples


@pytest.mark.parametrize("format", FORMATS)
def test_behaviors_alone_can_be_judged_in_every_format(behaviors_only, format):
    budget = make_budget({"behavior": [{"max_nfr": 0.1, "required": True}]})
    written = report.render(judged(behaviors_only, budget), format)
    if format in ("html", "md", "xml", "model-card"):
        told = plain(re.sub("</?bdi>", "", written.decode()))
        assert "Robustness (INV)" in told
        assert "3 of 8 test cases broke, 37.50%, where at most 10.00% is allowed" in re.sub(" +,", ",", told)
    assert report.render(judged(Comparison(behaviors_only.path), budget), format) == written


def test_the_flips_of_behaviors_are_test_cases(behaviors_only):
    for redact in (False, True):
        options = Options(redact=redact)
        flips = pd.read_csv(io.BytesIO(report.render(behaviors_only, "csv", options)))
        assert set(flips["outcome"]) == {"negative_flip"}
        assert flips["case_row"].nunique() == 12
        assert flips["text_a"].eq("[redacted]").all() == redact
        cases = pd.read_parquet(io.BytesIO(report.render(behaviors_only, "parquet", options)))
        assert [each["text_a"] for case in cases["inputs"] for each in case] == flips["text_a"].tolist()


def test_answers_without_texts_or_probabilities_make_a_report(tmp_path, read):
    task = simulated_task("intent", 60, ("ask", "tell"), texts=False, scores=False)
    comparison = build_comparison(tmp_path / "bare", [task])
    told = read(comparison)
    assert "None" not in told.replace("max_length None", "")
    assert "nan" not in told
    first = comparison.examples("negative_flip", limit=1).iloc[0]
    assert f"intent · {first['example_id']}" in told
    assert "in the order of the data" in told


def test_nothing_broke(tmp_path, read):
    rows = [{"example_id": str(i), "text_a": f"text {i}", "label": "yes"} for i in range(4)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), preds)
        for name, preds in {"old": ["yes", "yes", "no", "no"], "new": ["yes", "yes", "yes", "no"]}.items()
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    told = read(comparison)
    assert "0 of 4 examples broke, 1 was mended" in told
    assert "Nothing broke." in told


def test_a_long_text_is_cut_and_a_report_stays_small(tmp_path):
    rows = [{"example_id": f"{i}", "text_a": f"{i} {LONG}", "label": "yes"} for i in range(400)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), [pred] * 400) for name, pred in (("old", "yes"), ("new", "no"))
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    for format in ("html", "md"):
        written = report.render(comparison, format)
        assert len(written) < 100_000
        assert "…" in written.decode()
        assert "so long a text " * 45 not in written.decode()


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_comparison_gives_the_same_bytes(comparison, format, tmp_path, monkeypatch):
    first = report.render(judge_by(comparison, max_nfr=0.1), format)
    again = Comparison(shutil.copytree(comparison.path, tmp_path / comparison.path.name))
    assert report.render(judge_by(again, max_nfr=0.1), format) == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    if format in (*report.DOCUMENTS, report.MODEL_CARD):
        assert b"1 January 1970, 00:00" in report.render(comparison, format)
    else:
        assert report.render(judge_by(comparison, max_nfr=0.1), format) == first


@pytest.mark.parametrize("format", FORMATS)
def test_redacted_reports_hold_no_text(comparison, format):
    options = Options(redact=True)
    written = report.render(judge_by(comparison, max_nfr=0.1), format, options)
    if format == "parquet":
        written = pd.read_parquet(io.BytesIO(written)).to_csv().encode()
    assert b"text number" not in written
    if format in WITH_TEXTS:
        assert b"[redacted]" in written
        assert b"text number" in report.render(comparison, "csv")


def test_redacted_tables_leave_out_columns_that_may_hold_texts(tmp_path):
    rows = [
        {
            "example_id": f"{i}",
            "text_a": f"a {i}",
            "label": "yes",
            "note": f"secret {i}",
            "source": ("web", "mail")[i % 2],
        }
        for i in range(150)
    ]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), [pred] * 150) for name, pred in (("old", "yes"), ("new", "no"))
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    columns = pd.read_csv(io.BytesIO(report.render(comparison, "csv", Options(redact=True)))).columns
    assert "note" not in columns
    assert {"source", "text_a", "label", "example_id"} <= set(columns)


def test_json_is_the_contract(comparison):
    assert report.render(comparison, "json").decode() == comparison.results.model_dump_json(indent=2) + "\n"


def test_json_has_the_verdict_too(comparison):
    judged = judge_by(comparison, max_nfr=0.1)
    verdict = json.loads(report.render(judged, "json"))["candidates"][0]["verdict"]
    assert verdict == judged.candidate().verdict.model_dump(mode="json")
    assert comparison.candidate().verdict is None


def test_files_appear_whole_or_not_at_all(comparison, tmp_path, monkeypatch):
    target = tmp_path / "r.html"
    report.write(comparison, target)
    assert target.read_bytes() == report.render(comparison, "html")
    monkeypatch.setattr(
        "pathlib.Path.write_bytes", lambda *_: (_ for _ in ()).throw(OSError("No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        report.write(comparison, target, Options(redact=True))
    assert [file.name for file in tmp_path.iterdir()] == ["r.html"]
    assert "[redacted]" not in target.read_text()


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("r.docx", Options(), "can't write a report as .docx. End the name in .html, .pdf, .md"),
        ("r.xml", Options(), "there is no verdict to write. Give --max-nfr 0.02, or --budget FILE"),
        ("r.model-card", Options(), "can't write a report as .model-card. End the name in .html, "),
        ("r.xml", Options(sections=("verdict",)), "a report as xml has no sections"),
        ("r", Options(), "a file without a suffix. End the name in .html, .pdf, .md"),
        ("r.csv", Options(sections=("flips",)), "a report as csv has no sections"),
        (
            "r.md",
            Options(sections=("nonsense",)),
            "there is no section 'nonsense'. Choose from verdict, summary, mitigation",
        ),
        ("r.md", Options(examples=-1), "fewer than 0"),
        ("nowhere/r.md", Options(), "there is no such folder"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_message(comparison, tmp_path, name, options, told):
    with pytest.raises(FlipscopeError) as caught:
        report.write(comparison, tmp_path / name, options)
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_what_the_options_ask_for(two_candidates, tmp_path):
    target = tmp_path / "r.md"
    result = run(
        "report", two_candidates.path, "-o", target, "--section", "flips", "--section", "summary", "--examples", 2,
        "--redact", "--candidate", "large",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert target.read_text() == markdown(
        two_candidates, sections=("flips", "summary"), examples=2, redact=True, candidate="large"
    )
    assert "can't write a report as .docx" in error("report", two_candidates.path, "-o", tmp_path / "r.docx")


@pytest.mark.parametrize("format", [format for format in report.FORMATS if format not in report.BINARY])
def test_texts_are_printed_where_there_is_no_file(comparison, format):
    result = run("report", comparison.path, "--format", format, "--max-nfr", 0.1)
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == report.render(judge_by(comparison, max_nfr=0.1), format)


def test_what_can_not_be_printed_is_told(comparison):
    assert "there is no file to write. Name it with -o FILE, or print" in error("report", comparison.path)
    for format in report.BINARY:
        assert f"a report as {format} can't be printed" in error("report", comparison.path, "--format", format)


def test_an_unknown_format_is_told_with_those_there_are(comparison, tmp_path):
    for output in ((), ("-o", tmp_path / "r.md")):
        assert "no report format 'docx'. Choose from html, pdf" in error(
            "report", comparison.path, "--format", "docx", *output
        )
    assert list(tmp_path.iterdir()) == []


def test_the_format_goes_before_the_suffix(comparison, tmp_path):
    card = tmp_path / "README.md"
    assert run("report", comparison.path, "-o", card, "--format", "model-card").exit_code == 0
    assert card.read_bytes() == report.render(comparison, "model-card")


def test_the_command_judges_on_the_way_and_leaves_the_comparison_alone(comparison, tmp_path):
    before = {file: file.read_bytes() for file in comparison.path.rglob("*") if file.is_file()}
    budget = tmp_path / "budget.toml"
    budget.write_text("max_nfr = 0.5\nmin_accuracy_change = -0.5\n")
    by_file = run("report", comparison.path, "--format", "md", "--section", "verdict", "--budget", budget)
    assert "**Ship**" in by_file.stdout
    assert "change of accuracy" in by_file.stdout
    stricter = run(
        "report", comparison.path, "--format", "md", "--section", "verdict", "--budget", budget, "--max-nfr", 0
    )
    assert "**Hold**" in stricter.stdout
    assert {file: file.read_bytes() for file in comparison.path.rglob("*") if file.is_file()} == before
    assert "this is one" in error(
        "report", comparison.path, "--format", "md", "--max-nfr", 0.1, "--noise-floor", comparison.path
    )
    assert "no budget to judge by" in error(
        "report", comparison.path, "--format", "md", "--noise-floor", comparison.path
    )


def test_importing_reports_loads_neither_templates_nor_tables():
    code = "import sys, flipscope.report; print(sorted({'jinja2', 'pandas', 'duckdb'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
