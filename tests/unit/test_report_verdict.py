"""The verdict in reports for people: first, with its figures, and with nothing from data read as markup."""

import re

import pytest
from markdown_it import MarkdownIt
from scipy.stats import beta

from builders import build_comparison, examples, predictions, simulated_task
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import make_budget
from flipscope.judge.gate import judge_by, keep
from flipscope.judge.verdict import judged
from flipscope.report import Options
from flipscope.report.verdict import level, worst_first
from flipscope.schema import Reason, Verdict
from flipscope.store.tables import TaskData
from flipscope.terminal_verdict import verdict_text

HOSTILE = "<img src=x onerror=alert(1)> ![a](http://outside.invalid) | `b` |\n# c"


def compared(folder, n, broke, mended=0, column="web"):
    """Compare on `n` examples: the first `broke` broke, the last `mended` were mended."""
    rows = [{"example_id": f"{i}", "text_a": f"text {i}", "label": "yes", "source": column} for i in range(n)]
    ids = [row["example_id"] for row in rows]
    old = ["yes"] * (n - mended) + ["no"] * mended
    new = ["no"] * broke + ["yes"] * (n - broke)
    answers = {name: predictions(name, ids, ("yes", "no"), given) for name, given in (("old", old), ("new", new))}
    return build_comparison(folder, [TaskData(examples("intent", rows, ("yes", "no")), answers)])


def reason(scope="intent", holds=True, required=True, **more):
    figures = {
        "kind": "task", "where": {"task": "intent"}, "measure": "nfr", "observed": 0.03, "low": 0.01, "high": 0.08,
        "bound": 0.08, "budget": 0.02, "beyond_chance": False, "confidence": 0.95, "n": 100, "negative_flip": 3,
        "positive_flip": 0,
    }  # fmt: skip
    return Reason(**figures | {"scope": scope, "holds": holds, "required": required} | more)


def with_verdict(comparison, reasons, decision="hold", **more):
    """Give a comparison a verdict, which is not kept."""
    verdict = Verdict(
        decision=decision, sentence="told", confidence=0.95, correction="bonferroni", candidates=1, reasons=reasons,
        **more,
    )  # fmt: skip
    opened = Comparison(comparison.path)
    opened.candidate().verdict = verdict
    return opened


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return compared(tmp_path_factory.mktemp("small") / "small", 100, 3, 10)


def markdown(comparison, *sections, **options):
    return report.render(comparison, "md", Options(sections=sections or None, **options)).decode()


def rows(written):
    """All rows of Markdown tables, without the heads."""
    lines = [line.replace("\xa0", " ") for line in written.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "Where" and not row[0].startswith("---")]


def test_the_verdict_comes_before_everything_else(small):
    for format in ("html", "md"):
        written = report.render(judge_by(small, max_nfr=0.02), format).decode()
        sections = re.findall(r"^(?:<h2>|## )(.*?)(?:</h2>)?$", written, re.MULTILINE)
        assert sections[:3] == ["Verdict", "Summary", "Figures by task"]
        assert written.index("Hold") < written.index(" of 100 examples broke, ")


def test_a_broken_limit_has_its_counts_bound_and_budget(small):
    # 3 of 100 are 3 %; the one-sided Clopper-Pearson bounds are quantiles of beta distributions.
    low, high = beta.ppf(0.05, 3, 98), beta.ppf(0.95, 4, 97)
    assert f"[{low:.2%}, {high:.2%}]" == "[0.82%, 7.57%]"
    (row,) = rows(markdown(judge_by(small, max_nfr=0.02), "verdict"))
    assert row == [
        "`intent`", "NFR", "**broken** perhaps by chance", "3.00% (3 of 100)", "[0.82%, 7.57%] 95% each", "≤ 2.00%", "",
    ]  # fmt: skip


def test_a_limit_that_can_not_be_told_has_how_many_examples_would(small):
    judged_small = judge_by(small, max_nfr=0.05)
    needed = judged_small.candidate().verdict.reasons[0].needed_n
    (row,) = rows(markdown(judged_small, "verdict"))
    assert row[2] == "**undecided**"
    assert needed > 100
    assert row[6] == f"{needed:,}"
    assert f"takes {needed:,} examples" in verdict_text(judged_small, "new", judged_small.candidate().verdict)


def test_more_examples_than_anybody_has_are_not_counted_out(small):
    judged_small = judge_by(small, max_nfr=0.03001)
    verdict = judged_small.candidate().verdict
    assert verdict.reasons[0].needed_n > 10_000_000
    (row,) = rows(markdown(judged_small, "verdict"))
    assert row[6] == "> 10 million"
    assert "takes > 10 million" in verdict_text(judged_small, "new", verdict)
    assert "only more than 10 million would probably tell" in verdict.sentence


def test_what_holds_is_told_plainly(small):
    written = markdown(judge_by(small, max_nfr=0.08), "verdict")
    (row,) = rows(written)
    assert row[2] == "holds"
    assert (
        "**Ship**: on `intent`, 3 of 100 examples broke, 3.00%, and at worst 7.57%, where at most 8.00% is allowed."
        in written
    )


def test_changes_of_accuracy_are_bounded_from_below(small):
    budget = make_budget({"min_accuracy_change": 0.01})
    (row,) = rows(markdown(judged(small, budget), "verdict"))
    assert row[1] == "change of accuracy"
    assert row[3] == "+7.00 points (3 broke, 10 mended, of 100)"
    assert re.fullmatch(r"\[[+−]\d\.\d\d, \+\d+\.\d\d\] 95% each", row[4])
    assert row[5] == "≥ +1.00 points"


def test_lists_are_counted_and_have_no_bound(small):
    budget = make_budget({"must_not_break": {"examples": ["0", "1", "50"]}})
    (row,) = rows(markdown(judged(small, budget), "verdict"))
    assert row == [
        "`3 examples that must not break`", "negative flips", "**broken**", "2 (of 3)", "–",
        "none", "",
    ]  # fmt: skip


def test_required_limits_come_first_and_the_broken_ones_before_them(small):
    reasons = [
        reason("holding", True),
        reason("open", None),
        reason("little", False, observed=0.03),
        reason("much", False, observed=0.3),
        reason("a note", False, required=False, observed=0.9),
    ]
    written = markdown(with_verdict(small, reasons), "verdict")
    assert [row[0] for row in rows(written)] == ["`much`", "`little`", "`open`", "`holding`", "`a note`"]
    assert [each.scope for each in worst_first(reasons)] == ["a note", "much", "little", "open", "holding"]


def test_notes_that_hold_are_counted_and_not_listed(small):
    reasons = [reason(), *(reason(f"note {i}", True, required=False) for i in range(7))]
    written = markdown(with_verdict(small, reasons, "ship"), "verdict")
    assert "Shipping does not depend on notes: 7 of 7 hold." in written
    assert len(rows(written)) == 1
    some = [*reasons, reason("bad", False, required=False)]
    written = markdown(with_verdict(small, some, "ship_with_notes"), "verdict")
    assert "7 of 8 hold, 1 is broken:" in written
    assert [row[0] for row in rows(written)] == ["`intent`", "`bad`"]


def test_long_tables_are_cut_after_the_worst(small):
    reasons = [
        *(reason(f"limit {i}") for i in range(200)),
        reason("broken", False),
        *(reason(f"note {i}", False, required=False, observed=0.1 + i / 1000) for i in range(200)),
    ]
    written = markdown(with_verdict(small, reasons), "verdict")
    assert len(rows(written)) == 80
    assert rows(written)[0][0] == "`broken`"
    assert "161 more, all of which hold." in written
    assert "0 of 200 hold, 200 are broken. These are the 40 worst:" in written
    assert rows(written)[40][0] == "`note 199`"


def test_a_report_without_a_verdict_tells_how_to_get_one(small, tmp_path):
    written = markdown(small)
    assert "## Verdict" not in written
    assert "No budget was given, so there is no verdict. `flipscope gate small --max-nfr 0.02` gives one." in written
    assert "No budget" not in markdown(judge_by(small, max_nfr=0.02))
    odd = compared(tmp_path / "a b; rm x", 10, 1)
    assert "`flipscope gate 'a b; rm x' --max-nfr 0.02`" in markdown(odd, "summary")


def test_every_candidate_has_its_verdict_and_bounds_allow_for_all(tmp_path):
    task = simulated_task("intent", 200, ("ask", "tell"), seed=4, candidates=("small", "large"))
    both = judge_by(build_comparison(tmp_path / "two", [task]), max_nfr=0.5)
    written = markdown(both, "verdict")
    assert re.findall("^### (.*)$", written, re.MULTILINE) == ["`small`", "`large`"]
    assert "] 97.5% each" in written
    assert "Bounds are one-sided, at 97.5% confidence each (95% corrected for 2 candidates)." in written
    assert "large" not in markdown(both, "verdict", candidate="small")


def test_methods_and_budget_are_there_when_something_was_judged(small):
    for comparison, there in ((judge_by(small, max_nfr=0.02), True), (small, False)):
        written = markdown(comparison, "methods", "compared")
        assert ("Clopper-Pearson" in written) is there
        assert ('`{"max_nfr": 0.02}`' in written) is there


@pytest.mark.parametrize("redact", [True, False])
@pytest.mark.parametrize("listed", [5, {"texts": 5}])
def test_a_kept_budget_that_is_none_is_told(small, listed, redact):
    found = small.with_manifest(small.manifest.model_copy(update={"budget": {"must_not_break": listed}}))
    with pytest.raises(FlipscopeError, match=r"must_not_break.*: 5 is not a "):
        markdown(found, "compared", redact=redact)


def test_a_redacted_report_leaves_out_the_texts_that_a_budget_lists(small):
    found = judged(small, make_budget({"must_not_break": {"texts": ["text 1", "text 99"], "examples": ["2"]}}))
    assert "- `1` · `text 1`" in markdown(found, "verdict")
    for format in ("html", "md", "xml", "model-card"):
        written = report.render(found, format, Options(redact=True)).decode()
        assert "text 1" not in written
        assert "text 99" not in written
        assert "text 2" not in written
        assert "- `1`\n" in written or format in ("html", "xml")
    for redact in (True, False):
        written = markdown(found, "compared", redact=redact)
        assert '"must_not_break": {"examples": "1 listed", "texts": "2 listed"}' in written
        assert "text 1" not in written


@pytest.mark.parametrize(
    ("confidence", "told"),
    [(0.95, "95%"), (0.99, "99%"), (0.9, "90%"), (1 - 0.05 / 2, "97.5%"), (1 - 0.05 / 3, "98.3%"),
     (1 - 0.05 / 60, "99.917%"), (1 - 0.05 / 5000, "99.9990%"), (1.0, "100%"), (0.51, "51%")],
)  # fmt: skip
def test_a_confidence_keeps_two_digits_of_what_it_leaves_out(confidence, told):
    assert level(confidence) == told.replace("99.9990", "99.999")


def test_names_from_data_are_text_in_the_sentence_and_in_the_table(tmp_path):
    comparison = compared(tmp_path / "c", 100, 30, column=HOSTILE)
    budget = make_budget(
        {"max_nfr": 0.5, "slice": [{"column": "source", "value": HOSTILE, "max_nfr": 0.01, "required": True}]}
    )
    found = judged(comparison, budget)
    shown = " ".join(HOSTILE.split())
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(found, "verdict"))
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inline} == {"text", "code_inline", "strong_open", "strong_close", "hardbreak"}
    spans = [token.content for token in inline if token.type == "code_inline"]
    assert spans.count(f"intent: source = {shown}") == 2
    lead = next(token for token in tokens if token.content.startswith("**Hold**"))
    assert "".join(child.content for child in lead.children) == (
        f"Hold: on intent: source = {shown}, 30 of 100 examples broke, 30.00%, where at most 1.00% is allowed."
    )
    page = report.render(found, "html", Options(sections=("verdict",))).decode()
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_a_sentence_that_does_not_fit_its_reasons_is_text_too(small):
    odd = with_verdict(small, [], "hold")
    odd.candidate().verdict.sentence = "Hold: <b>anything</b> ![x](y)"
    assert "**Hold**: `<b>anything</b> ![x](y)`" in markdown(odd, "verdict")
    empty = [
        reason(observed=None, low=None, high=None, bound=None, holds=None, n=0, negative_flip=0, reason="no_examples")
    ]
    (row,) = rows(markdown(with_verdict(small, empty, "not_enough_data"), "verdict"))
    assert row[3:] == ["– (no examples)", "–", "≤ 2.00%", "–"]


def test_the_noise_floor_is_named_and_beside_what_was_observed(small):
    found = with_verdict(
        small,
        [reason(measure="excess_nfr", observed=0.01, noise_floor=0.02)],
        "ship",
        noise_floor=["seeds/a", "seeds/b"],
    )
    written = markdown(found, "verdict")
    assert "+1.00 points (3 of 100: 3.00%, floor 2.00%)" in written
    assert "Noise floor: `seeds/a, seeds/b`." in written


def test_clusters_are_counted_and_named_and_told_why_bounds_are_wider(small):
    odd = [reason(clusters=12, holds=None, needed_n=1000, needed_clusters=120), reason("a", True, clusters=1)]
    written = markdown(with_verdict(small, odd, "not_enough_data", cluster="source"), "verdict")
    assert "(3 of 100 in 12 clusters by `source`)" in written
    assert "in 1 cluster by `source`)" in written
    assert "| 120 clusters |" in written
    assert "1,000" not in written
    assert "Examples with the same `source` are not independent: bounds go by these clusters, and are wider" in written
    alone = markdown(with_verdict(small, [reason()], "ship"), "verdict")
    assert "not independent" not in alone


def test_undecided_notes_are_told_by_name_in_a_sentence(small):
    names = [f"note {i}" for i in range(25)]
    notes = [reason(name, None, required=False) for name in names]
    written = markdown(with_verdict(small, [reason(), *notes[:2]], "ship_with_notes"), "verdict")
    assert "0 of 2 hold.\n\n2 notes are undecided for lack of data: `note 0`, `note 1`.\n" in written
    assert [row[0] for row in rows(written)] == ["`intent`"]
    written = markdown(with_verdict(small, [reason(), *notes, reason("bad", False, required=False)]), "verdict")
    assert "0 of 26 hold, 1 is broken:" in written
    assert "`note 11` and 13 more.\n" in written
    assert [row[0] for row in rows(written)] == ["`intent`", "`bad`"]


def test_examples_that_broke_and_must_not_are_quoted(small):
    found = judged(small, make_budget({"must_not_break": {"examples": ["0", "2", "50"]}}))
    for format in ("md", "model-card"):
        written = report.render(found, format, Options()).decode()
        assert "These must not break, and did:\n\n- `0` · `text 0`\n- `2` · `text 2`\n" in written
        hidden = report.render(found, format, Options(redact=True)).decode()
        assert "These must not break, and did:\n\n- `0`\n- `2`\n" in hidden
        assert "text 0" not in hidden
    assert "broke: 0 · text 0" in report.render(found, "xml").decode()
    assert "text 0" not in report.render(found, "xml", Options(redact=True)).decode()
    many = with_verdict(
        small, [reason(holds=False, measure="negative_flip", negative_flip=9, examples=[f"id {i}" for i in range(3)])]
    )
    assert "- `id 2`\n- and 6 more\n" in markdown(many, "verdict")


def test_a_report_by_other_limits_tells_the_verdict_that_is_kept(tmp_path):
    kept = keep(judge_by(compared(tmp_path / "c", 100, 3), max_nfr=0.01))
    trial = judge_by(kept, max_nfr=0.5)
    told = "Judged by limits given for this report. The verdict kept with the comparison is **Hold**: on `intent`, 3 of"
    for format in ("md", "model-card"):
        written = report.render(trial, format).decode()
        assert "**Ship**: on `intent`" in written
        assert told in written
        for same in (kept, judge_by(kept, max_nfr=0.01)):
            assert "Judged by limits" not in report.render(same, format).decode()
    assert "The verdict kept with the comparison is" in report.render(trial, "html").decode()


def test_the_kept_verdict_is_redacted_too(tmp_path):
    rows = [{"example_id": f"{i}", "text_a": "a", "label": "yes", "note": f"secret {i}"} for i in range(200)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, ("yes", "no"), given)
        for name, given in (("old", ["yes"] * 200), ("new", ["no"] * 30 + ["yes"] * 170))
    }
    built = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])
    slices = [{"column": "note", "value": "secret 7", "max_nfr": 0.1, "required": True}]
    kept = keep(judged(built, make_budget({"max_nfr": 0.5, "slice": slices})))
    assert "Judged by limits" not in markdown(kept, redact=True)
    trial = markdown(judge_by(kept, max_nfr=0.5), redact=True)
    assert "The verdict kept with the comparison is **Hold**" in trial
    assert "secret" not in trial


def test_settings_that_go_without_saying_are_left_out(small):
    opened = Comparison(small.path)
    opened.manifest.settings.update({"device": "auto", "limit": None, "max_length": 64})
    written = markdown(opened, "compared")
    assert "max_length 64" in written
    assert "device" not in written
    assert "limit" not in written


def test_the_noise_floor_is_only_defined_where_it_was_used(small):
    floor = with_verdict(small, [reason()], "ship", noise_floor=["seeds/a", "seeds/b"])
    assert "Student's t" in markdown(floor, "methods")
    assert "noise floor" not in markdown(judge_by(small, max_nfr=0.02), "methods")
