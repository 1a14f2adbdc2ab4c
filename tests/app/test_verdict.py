"""May it ship: the verdict on the Overview, by the budget that is kept or the NFR that is asked for."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest

from behavior_samples import behaviors_alone
from builders import build_comparison, examples, predictions, simulated_task
from flipscope.comparison import Comparison, open_comparison
from flipscope.judge.budget import make_budget
from flipscope.judge.gate import judge_by, keep
from flipscope.store.tables import TaskData
from flipscope.store.writing import writing
from flipscope_app.words import OUTCOME_NAMES

HOSTILE = "<script>alert(1)</script> ![x](http://outside.invalid/b.png)"


def banner(page: Any) -> str:
    """Get the verdict's markup."""
    return re.search(r'<section class="fs-verdict fs-verdict-.*?</section>', page.markup, re.DOTALL)[0]


def rows(markup: str) -> list[list[str]]:
    """Get the text of the cells of each reason."""
    found = re.findall(r"<tr>(<td>.*?)</tr>", markup.replace("<thead>", "<!--").replace("</thead>", "-->"), re.DOTALL)
    return [[unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<t[dh].*?</t[dh]>", row)] for row in found]


def linked(page: Any, scope: str) -> tuple[str, dict[str, list[str]]]:
    """Get the page and the query that a reason leads to."""
    targets = dict(re.findall(r'<th scope="row"><a href="([^"]*)"[^>]*>(.*?)</a>', banner(page)))
    parts = urlsplit(unescape(next(target for target, name in targets.items() if unescape(name) == scope)))
    return parts.path, parse_qs(parts.query)


def kept(comparison: Comparison, folder: Path, **budget: Any) -> Comparison:
    """Copy a comparison and keep the verdict by a budget with it."""
    shutil.copytree(comparison.path, folder)
    return keep(judge_by(Comparison(folder), make_budget(budget)))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Of 400 examples in a column of two values 10 broke, 8 of them in the first 100."""
    names = ["new"] * 400
    broken = {0, 1, 2, 3, 4, 5, 6, 7, 200, 300}
    given = [{"example_id": f"e{i}", "text_a": f"text {i}", "label": "yes", "part": "few" if i < 100 else None}
             for i in range(len(names))]  # fmt: skip
    ids = [row["example_id"] for row in given]
    answers = {
        "old": predictions("old", ids, ("yes", "no"), ["yes"] * 400),
        "new": predictions("new", ids, ("yes", "no"), ["no" if i in broken else "yes" for i in range(400)]),
    }
    folder = tmp_path_factory.mktemp("counted") / "counted"
    return build_comparison(folder, [TaskData(examples("polls", given, ("yes", "no")), answers)])


def test_without_a_budget_the_page_asks_for_one(visit, counted):
    page = visit(counted)
    assert "fs-verdict-" not in page.markup.partition("<style>")[2].partition("</style>")[2]
    assert "May it ship?" in page.text
    assert page.test.number_input(key="max_nfr_percent").value is None


# Ten of 400 are 2.5 %; the exact upper bound at 95 % is the p with P(at most 10 of 400 | p) = 0.05: 4.20 %.
@pytest.mark.parametrize(
    ("percent", "decision", "result"),
    [("2.4", "Hold", "✕ broken"), ("2.5", "Not enough data", "? undecided"), ("4.1", "Not enough data", "? undecided"),
     ("4.3", "Ship", "✓ holds"), ("0", "Hold", "✕ broken"), ("100", "Ship", "✓ holds")],
)  # fmt: skip
def test_a_link_carries_the_largest_nfr_and_so_the_verdict(visit, counted, percent, decision, result):
    page = visit(counted, max_nfr_percent=percent)
    assert page.warnings == []
    assert f"<b>{decision}:</b>" in banner(page)
    ((sign, where, measure, observed, worst, budget, _),) = rows(banner(page))
    assert (sign, where, measure) == (result, "polls", "NFR")
    assert (observed, worst) == ("2.50% · 10 of 400 broke", "4.20% at 95%")
    assert budget == f"≤ {float(percent):.2f}%"
    assert linked(page, "polls") == ("examples", {"task": ["polls"], "outcome": [OUTCOME_NAMES["negative_flip"]]})


def test_the_field_judges_at_once_and_tells_the_command(visit, counted):
    page = visit(counted)
    page.test.number_input(key="max_nfr_percent").set_value(2.3)
    page.run()
    assert f"✕ {judge_by(counted, max_nfr=0.023).candidate().verdict.sentence}" in page.text
    assert "flipscope gate counted --max-nfr 0.023 ;" in page.text  # not 0.022999999999999996


def test_what_is_missing_is_told_in_examples(visit, counted):
    page = visit(counted, max_nfr_percent="4")
    needed = judge_by(counted, max_nfr=0.04).candidate().verdict.reasons[0].needed_n
    assert rows(banner(page))[0][-1] == f"about {needed:,} examples would probably tell"
    page = visit(counted, max_nfr_percent="2.5")  # just what was observed
    assert rows(banner(page))[0][-1] == "at this rate no number of examples could tell"


@pytest.mark.parametrize("given", ["two", "-1", "101", "nan", HOSTILE])
@pytest.mark.parametrize("name", ["overview", "report"])
def test_a_largest_nfr_that_is_none_is_told_and_not_repeated(visit, folder, given, name):
    page = visit(folder, name, comparison="polls", max_nfr_percent=given)
    assert page.warnings == ["The link asks for a largest NFR that is no number from 0 to 100; it is left out."]
    assert 'class="fs-verdict ' not in page.markup
    assert "outside.invalid" not in page.markup


def test_what_is_required_comes_first_and_notes_fold_away(visit, counted, tmp_path):
    notes = [{"column": "part", "max_nfr": 0.03}, {"column": "label", "max_nfr": 0.5, "value": "yes"}]
    comparison = kept(counted, tmp_path / "c", max_nfr=0.05, min_accuracy_change=-0.01, slice=notes)
    page = visit(comparison)
    required, folded = banner(page).split("<details>")
    # Accuracy fell by 2.5 points where one was allowed; the flips themselves keep their limit.
    assert [(row[0], row[2], row[5]) for row in rows(required)] == [
        ("✕ broken", "change of accuracy", "≥ −1.00 points"),
        ("✓ holds", "NFR", "≤ 5.00%"),
    ]
    assert "<summary>3 notes: 1 broken (1 beyond chance), 2 hold</summary>" in folded
    assert rows(folded)[0][1] == "polls: part = few"
    assert "in notes at 98.3% each (95% corrected for 3 notes)" in page.text


def test_notes_alone_ship_with_notes(visit, counted, tmp_path):
    comparison = kept(counted, tmp_path / "c", max_nfr=0.05, slice=[{"column": "part", "max_nfr": 0.03}])
    page = visit(comparison)
    assert f"✓ {comparison.candidate().verdict.sentence}" in page.text
    assert "<b>Ship, with notes:</b>" in banner(page)
    assert "This verdict is kept with the comparison" in page.text


def test_hundreds_of_notes_stay_bounded(visit, tmp_path):
    task = simulated_task("t", 400, ("a", "b"))
    table = task.examples.table.append_column("user", pa.array([f"user {i // 2}" for i in range(400)]))
    given = type(task.examples)("t", table, ("a", "b"), "example_id", "t.csv", "d")
    comparison = build_comparison(tmp_path / "plain", [TaskData(given, task.predictions)])
    page = visit(kept(comparison, tmp_path / "c", max_nfr=0.5, slice=[{"column": "user", "max_nfr": 0.1}]))
    assert "<summary>200 notes: " in banner(page)
    assert len(rows(banner(page))) == 1 + 100
    assert "the first 100 of 200" in page.text


def test_many_required_limits_fold_away_and_are_counted(visit, tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task(f"t{i}", 40, ("a", "b"), seed=i) for i in range(9)])
    page = visit(comparison, max_nfr_percent="100")
    assert "<summary>3 more required: 3 hold</summary>" in banner(page)
    assert len(rows(banner(page))) == 9


def test_every_slice_leads_to_just_the_flips_behind_it(visit, counted, tmp_path):
    columns = [{"column": name, "max_nfr": 0.0} for name in ("part", "new_pred", "label")]
    values = [{"column": "label", "max_nfr": 0.0, "value": "yes"}]
    conditions = [{"where": "part = 'few' AND has_word(text_a, 'text')", "max_nfr": 0.0, "name": "a few"}]
    comparison = kept(counted, tmp_path / "c", max_nfr=1.0, slice=columns[:2] + values + conditions)
    page = visit(comparison)
    expected = {"part = few": 8, "part = (none)": 2, "new_pred = no": 10, "label = yes": 10, "a few": 8}
    for slice_, count in expected.items():
        where, query = linked(page, f"polls: {slice_}")
        assert where == "examples"
        asked = visit(comparison, where, **query)
        assert (asked.warnings, asked.total) == ([], count), slice_
    assert "polls: new_pred = yes</th>" in banner(page)  # nothing broke there, so there is nothing to see


def test_examples_that_must_not_break_lead_to_those_that_did(visit, counted, tmp_path):
    listed = {"examples": ["e1", "e2", "e50"], "texts": ["text 300"]}
    comparison = kept(counted, tmp_path / "c", must_not_break=listed)
    page = visit(comparison)
    ((sign, scope, _, observed, worst, budget, remark),) = rows(banner(page))
    assert (sign, observed, worst, budget) == ("✕ broken", "3 of 4", "–", "none")
    assert remark == "e1 text 1e2 text 2e300 text 300"
    assert "<li><span>e1</span> <q>text 1</q></li>" in banner(page)
    where, query = linked(page, scope)
    assert visit(comparison, where, **query).total == 3


def test_only_the_first_of_a_long_list_are_named(visit, tmp_path):
    names = [f"{HOSTILE}{i}" for i in range(30)]
    given = [{"example_id": name, "text_a": name, "label": "yes"} for name in names]
    answers = {
        who: predictions(who, names, ("yes", "no"), [pred] * 30) for who, pred in (("old", "yes"), ("new", "no"))
    }
    comparison = build_comparison(tmp_path / "plain", [TaskData(examples("t", given, ("yes", "no")), answers)])
    page = visit(kept(comparison, tmp_path / "c", must_not_break={"examples": names}))
    ((_, scope, *_, remark),) = rows(banner(page))
    assert remark == "".join([f"{HOSTILE[:40]}… {name}" for name in names[:3]] + ["and 27 more"])
    assert "<q>&lt;script" in banner(page)
    where, query = linked(page, scope)
    assert 0 < visit(comparison, where, **query).total <= 30


def test_long_texts_are_cut(visit, tmp_path):
    given = [{"example_id": "e", "text_a": "word " * 1_000, "label": "yes"}]
    answers = {who: predictions(who, ["e"], ("yes", "no"), [pred]) for who, pred in (("old", "yes"), ("new", "no"))}
    comparison = build_comparison(tmp_path / "plain", [TaskData(examples("t", given, ("yes", "no")), answers)])
    page = visit(kept(comparison, tmp_path / "c", must_not_break={"examples": ["e"]}))
    assert f"<q>{'word ' * 16}…</q>" in banner(page)


def test_what_is_missing_is_told_in_clusters_where_there_are_some(visit, tmp_path):
    task = simulated_task("t", 200, ("a", "b"))
    table = task.examples.table.append_column("from", pa.array([f"s{i // 10}" for i in range(200)]))
    given = type(task.examples)("t", table, ("a", "b"), "example_id", "t.csv", "d")
    plain = build_comparison(tmp_path / "plain", [TaskData(given, task.predictions)])
    limit = round(plain.result("t").nfr.value + 0.02, 3)
    comparison = kept(plain, tmp_path / "c", max_nfr=limit, cluster="from")
    reason = comparison.candidate().verdict.reasons[0]
    assert (reason.holds, reason.clusters) == (None, 20)
    ((*_, remark),) = rows(banner(visit(comparison)))
    assert remark == f"about {reason.needed_clusters:,} clusters would probably tell"


def test_candidates_are_told_side_by_side(visit, two_candidates):
    verdicts = {each.name: each.verdict for each in judge_by(two_candidates, max_nfr=0.13).results.candidates}
    page = visit(two_candidates, candidate="large", max_nfr_percent="13")
    line = re.search(r'<ul class="fs-decisions".*?</ul>', page.markup, re.DOTALL)[0]
    assert 'href="overview?candidate=small&amp;max_nfr_percent=13"' in line
    assert "<b>large</b>" in line
    assert verdicts["large"].sentence in page.text
    assert "at 97.5% confidence each (95% corrected for 2 candidates)" in page.text
    assert rows(banner(page))[0][4].endswith("at 97.5%")
    assert linked(page, "intent")[1]["candidate"] == ["large"]
    other = visit(two_candidates, candidate="small", max_nfr_percent="13")
    assert verdicts["small"].sentence in other.text


def test_suites_alone_have_no_nfr_to_ask_for(visit, tmp_path):
    comparison = behaviors_alone(tmp_path)
    page = visit(comparison, max_nfr_percent="2")
    assert not page.test.number_input
    assert 'class="fs-verdict ' not in page.markup


def test_capabilities_and_tests_lead_to_the_behaviors_page(visit, tmp_path):
    comparison = behaviors_alone(tmp_path)
    test = next(each for each in comparison.candidate("bad").behaviors if each.negative_flip)
    limits = [{"max_nfr": 0.0, "required": True}, {"max_nfr": 0.0, "test": test.test}]
    page = visit(kept(comparison, tmp_path / "c", behavior=limits), candidate="bad")
    assert "<b>Hold:</b>" in banner(page)
    capability = next(row[1] for row in rows(banner(page)) if test.capability in row[1])
    where, query = linked(page, capability)
    assert (where, list(query)) == ("behaviors", ["candidate", "cell"])
    assert visit(comparison, where, candidate="bad", cell=query["cell"]).warnings == []
    where, query = linked(page, f"{test.task}: test {test.test}")
    assert query["test"] == [f"{test.task}/{test.suite}/{test.test}"]


def test_names_stay_text(visit, tmp_path):
    task = simulated_task("t", 90, ("a", "b"))
    table = task.examples.table.append_column("from", pa.array([HOSTILE] * 45 + ["me"] * 45))
    given = type(task.examples)(HOSTILE, table, ("a", "b"), "example_id", "t.csv", "d")
    comparison = build_comparison(tmp_path / "plain", [TaskData(given, task.predictions)])
    limits = [{"column": "from", "max_nfr": 0.0, "required": True}]
    page = visit(kept(comparison, tmp_path / "c", max_nfr=0.0, slice=limits))
    scope = f"{HOSTILE}: from = {HOSTILE}"
    assert scope in [row[1] for row in rows(banner(page))]
    assert "<script" not in page.markup
    where, query = linked(page, scope)
    asked = visit(comparison, where, **query)
    assert (asked.warnings, asked.total) == ([], len(comparison.examples("negative_flip", where="\"from\" <> 'me'")))


def test_long_names_are_cut_and_still_lead_to_their_flips(visit, tmp_path):
    task = simulated_task("t", 60, ("a", "b"))
    table = task.examples.table.append_column("essay", pa.array(["word " * 2_000] * 30 + ["short"] * 30))
    given = type(task.examples)("t", table, ("a", "b"), "example_id", "t.csv", "d")
    comparison = build_comparison(tmp_path / "plain", [TaskData(given, task.predictions)])
    page = visit(kept(comparison, tmp_path / "c", slice=[{"column": "essay", "max_nfr": 0.0, "required": True}]))
    broke = comparison.count("negative_flip", where="essay <> 'short'")
    assert broke
    scope = ("t: essay = " + "word " * 2_000)[:160] + "…"
    where, query = linked(page, scope)
    assert visit(comparison, where, **query).total == broke
    assert len(re.search("fs-verdict-head.*?</p>", banner(page))[0]) < 1_000


@pytest.fixture
def folder(counted, tmp_path):
    root = tmp_path / "workspace"
    shutil.copytree(counted.path, root / "polls")
    return root


def test_a_verdict_that_is_tried_can_be_kept(visit, folder):
    page = visit(folder, "overview", comparison="polls", max_nfr_percent="4.3")
    page.test.button(key="keep verdict").click()
    page.run()
    assert "The verdict is kept with the comparison." in page.text
    assert page.test.number_input(key="max_nfr_percent").value is None
    assert "<b>Ship:</b>" in banner(page)
    comparison = open_comparison(folder / "polls")
    assert comparison.candidate().verdict.decision == "ship"
    assert comparison.manifest.budget == {"max_nfr": 0.043}
    assert "✓ Ship" in visit(folder).text  # in the list, too


def test_another_verdict_is_tried_beside_the_one_that_is_kept(visit, folder):
    keep(judge_by(Comparison(folder / "polls"), max_nfr=0.05))
    page = visit(folder, "overview", comparison="polls", max_nfr_percent="2")
    assert "<b>Hold:</b>" in banner(page)
    assert "Kept with the comparison: ✓ Ship" in page.text
    assert page.test.button(key="keep verdict").label == "Replace the kept verdict"
    same = visit(folder, "overview", comparison="polls", max_nfr_percent="5")
    assert not [button for button in same.test.button if button.key == "keep verdict"]
    assert "This verdict is kept" in same.text
    assert "This verdict is kept" not in page.text


def test_nothing_can_be_kept_where_visitors_only_look(visit, folder, monkeypatch):
    alone = visit(folder / "polls", max_nfr_percent="2")
    monkeypatch.setattr("flipscope_app.budget.os.access", lambda *_: False)
    locked = visit(folder, "overview", comparison="polls", max_nfr_percent="2")
    for page in (alone, locked):
        assert "<b>Hold:</b>" in banner(page)
        assert not [button for button in page.test.button if button.key == "keep verdict"]


def test_a_verdict_that_can_not_be_kept_says_why(visit, folder):
    page = visit(folder, "overview", comparison="polls", max_nfr_percent="2")
    page.test.button(key="keep verdict").click()
    with writing(folder / "polls"):
        page.run()
    assert "this comparison is being made already" in page.text
    assert "<b>Hold:</b>" in banner(page)
    assert open_comparison(folder / "polls").candidate().verdict is None


def test_the_list_has_verdicts_only_where_one_is_kept(visit, tmp_path, two_candidates):
    shutil.copytree(two_candidates.path, tmp_path / "plain")
    assert "Verdict" not in visit(tmp_path).text
    keep(judge_by(Comparison(shutil.copytree(two_candidates.path, tmp_path / "judged")), max_nfr=0.0))
    (tmp_path / "begun" / ".unfinished").mkdir(parents=True)
    page = visit(tmp_path)
    for name in ("small", "large"):
        link = f'<a href="overview?comparison=judged&amp;candidate={name}"><span class="fs-decision fs-decision-hold">'
        assert link in page.markup
    assert page.text.count("✕ Hold") == 2
    cells = [len(re.findall("<t[dh]", row)) for row in re.findall("<tr>.*?</tr>", page.markup)]
    assert max(cells) == 10
