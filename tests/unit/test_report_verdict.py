"""The verdict in reports for people: first, with its figures, and with nothing from data read as markup."""

import re

import pytest
from markdown_it import MarkdownIt
from scipy.stats import beta

from builders import build_comparison, examples, predictions, simulated_task
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.judge.budget import make_budget
from flipscope.judge.gate import judge_by
from flipscope.judge.verdict import judged
from flipscope.report import Options
from flipscope.report.verdict import level, worst_first
from flipscope.schema import Reason, Verdict
from flipscope.store.tables import TaskData

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
        "`intent`", "NFR", "**broken** perhaps by chance", "3.00% (3 of 100)", "[0.82%, 7.57%] each at 95%", "≤ 2.00%", "",
    ]  # fmt: skip


def test_a_limit_that_can_not_be_told_has_how_many_examples_would(small):
    judged_small = judge_by(small, max_nfr=0.05)
    needed = judged_small.candidate().verdict.reasons[0].needed_n
    (row,) = rows(markdown(judged_small, "verdict"))
    assert row[2] == "**not enough data**"
    assert needed > 100
    assert row[6] == f"{needed:,}"


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
    assert re.fullmatch(r"\[[+−]\d\.\d\d, \+\d+\.\d\d\] each at 95%", row[4])
    assert row[5] == "≥ +1.00 points"


def test_lists_are_counted_and_have_no_bound(small):
    budget = make_budget({"must_not_break": {"examples": ["0", "1", "50"]}})
    (row,) = rows(markdown(judged(small, budget), "verdict"))
    assert row == [
        "`3 examples that must not break` Broke: `0`, `1`", "negative flips", "**broken**", "2 (of 3)", "–",
        "none", "",
    ]  # fmt: skip
    many = with_verdict(
        small, [reason(holds=False, measure="negative_flip", negative_flip=9, examples=[f"id {i}" for i in range(9)])]
    )
    (row,) = rows(markdown(many, "verdict"))
    assert row[0] == "`intent` Broke: `id 0`, `id 1`, `id 2`, `id 3`, `id 4` …"


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
    assert "7 of 8 hold. The others:" in written
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
    assert "0 of 200 hold. These are the 40 worst of the others." in written
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
    assert "at 97.5%" in written
    assert "allow for 2 candidates tried." in written
    assert "large" not in markdown(both, "verdict", candidate="small")


def test_methods_and_budget_are_there_when_something_was_judged(small):
    for comparison, there in ((judge_by(small, max_nfr=0.02), True), (small, False)):
        written = markdown(comparison, "methods", "compared")
        assert ("Clopper-Pearson" in written) is there
        assert ('`{"max_nfr": 0.02}`' in written) is there


def test_a_redacted_report_leaves_out_the_texts_that_a_budget_lists(small):
    found = judged(small, make_budget({"must_not_break": {"texts": ["text 1", "text 99"], "examples": ["2"]}}))
    assert '"texts": ["text 1", "text 99"]' in markdown(found, "verdict", "compared")
    for format in ("html", "md", "xml", "model-card"):
        written = report.render(found, format, Options(redact=True)).decode()
        assert "text 1" not in written
        assert "text 99" not in written
    assert '"texts": ["[redacted]", "[redacted]"]' in markdown(found, "compared", redact=True)


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
    assert {token.type for token in inline} == {"text", "code_inline", "strong_open", "strong_close"}
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
    assert "1.00% (3 of 100, floor 2.00%)" in written
    assert "Noise floor: `seeds/a, seeds/b`." in written


def test_clusters_are_counted(small):
    assert "(3 of 100 in 12 clusters)" in markdown(with_verdict(small, [reason(clusters=12)], "ship"), "verdict")
