import pytest
from typer.testing import CliRunner

from builders import build_comparison, examples, predictions
from flipscope.cli import app
from flipscope.errors import FlipscopeError
from flipscope.flips.intervals import clopper_pearson_upper
from flipscope.judge.budget import make_budget
from flipscope.judge.excluded import without_excluded
from flipscope.judge.gate import keep
from flipscope.judge.verdict import judged
from flipscope.report import Options, render
from flipscope.store.tables import TaskData
from flipscope.store.triage import Triage

LABELS = ("bad", "good")
N, BROKEN, MENDED, WRONG = 400, 10, 6, 4


@pytest.fixture
def comparison(tmp_path):
    """400 examples: the first 10 break, six more are mended, four are wrong in both; the first is from the web."""
    gold = ["good"] * N
    old = ["good"] * BROKEN + ["bad"] * (MENDED + WRONG) + ["good"] * (N - BROKEN - MENDED - WRONG)
    new = ["bad"] * BROKEN + ["good"] * MENDED + ["bad"] * WRONG + ["good"] * (N - BROKEN - MENDED - WRONG)
    rows = [
        {
            "example_id": f"e{i}", "text_a": f"text {i}", "label": gold[i], "group": f"g{i // 4}",
            "source": "web" if i == 0 else "mail", "secret": f"secret {i}",
        }
        for i in range(N)
    ]  # fmt: skip
    ids = [row["example_id"] for row in rows]
    made = {"old": predictions("old", ids, LABELS, old), "new": predictions("new", ids, LABELS, new)}
    return build_comparison(tmp_path / "c", [TaskData(examples("t", rows, LABELS), made)])


def mark(comparison, names, judgement, author="ann"):
    rows = comparison.query("SELECT DISTINCT example_id, row_id FROM facts").set_index("example_id")["row_id"]
    Triage(comparison).mark([int(rows[name]) for name in names], judgement, author=author)


def budget(**more):
    return make_budget({"max_nfr": 0.02, "exclude": ["acceptable", "wrong_gold_label"]} | more)


def verdict(comparison, **more):
    return judged(comparison, budget(**more)).candidate().verdict


def test_an_accepted_flip_counts_as_right_and_a_wrong_gold_label_not_at_all(comparison):
    mark(comparison, ["e0", "e1", "e2"], "acceptable", "ann")
    mark(comparison, ["e3", "e4", "e399"], "wrong_gold_label", "ben")  # the last one is right in both
    mark(comparison, ["e5"], "real_regression", "eve")
    mark(comparison, ["e6", "e10"], "ambiguous", "eve")
    found = verdict(comparison)
    (reason,) = found.reasons
    assert (reason.n, reason.negative_flip, reason.excluded) == (397, 5, 5)
    assert (reason.observed, reason.observed_all) == (5 / 397, 10 / 400)
    assert reason.high == pytest.approx(float(clopper_pearson_upper(5, 397, 0.05)))
    assert found.excluded.flips == {"acceptable": 3, "wrong_gold_label": 2}
    assert (found.excluded.left_out, found.excluded.authors) == (3, ["ann", "ben"])
    assert (found.decision, found.excluded.decision) == ("not_enough_data", "hold")
    assert found.sentence.endswith(
        " 5 negative flips excluded (3 judged acceptable, 2 judged wrong gold label, 1 other example judged wrong gold "
        "label), by ann, ben. With everything counted: Hold: on t, 10 of 400 examples broke, 2.50%, where at most 2.00% "
        "is allowed."
    )


def test_a_candidate_that_accepted_flips_let_pass_says_so_everywhere(comparison):
    mark(comparison, [f"e{i}" for i in range(10)], "acceptable", "ann <b>")
    result = judged(comparison, budget())
    told = "10 negative flips excluded (10 judged acceptable), by ann"
    assert result.candidate().verdict.decision == "ship"
    assert told in result.candidate().verdict.sentence
    assert told in repr(result)
    for format in ("md", "html", "xml", "json"):
        for redact in (False, True):
            assert told in render(result, format, Options(redact=redact)).decode()
    assert told in keep(result).candidate().verdict.sentence


def test_without_exclude_or_without_judgements_nothing_is_otherwise(comparison):
    plain = judged(comparison, make_budget({"max_nfr": 0.02})).candidate().verdict
    mark(comparison, ["e0", "e1"], "real_regression")
    found = verdict(comparison)
    assert (plain.excluded, plain.reasons[0].excluded) == (None, None)
    assert (found.excluded.flips, found.reasons[0].excluded) == ({"acceptable": 0, "wrong_gold_label": 0}, 0)
    assert found.sentence == f"{plain.sentence} Nothing that the budget excludes was judged so."
    mark(comparison, ["e0", "e1"], "acceptable")
    assert judged(comparison, make_budget({"max_nfr": 0.02})).candidate().verdict == plain
    assert verdict(comparison, exclude=["wrong_gold_label"]).reasons[0].excluded == 0


def test_every_limit_of_examples_counts_without_them_and_lists_count_all(comparison):
    mark(comparison, ["e0", "e1", "e2", "e3"], "acceptable")  # all of the first group
    mark(comparison, ["e4"], "wrong_gold_label")
    found = verdict(
        comparison, cluster="group", min_accuracy_change=-0.5, max_cost=1.0, cost={"default": 2.0}, pooled={"max_nfr": 0.5},
        slice=[{"column": "source", "max_nfr": 0.1}, {"where": "has_word(text_a, '7')", "max_nfr": 0.9}],
        must_not_break={"examples": ["e0", "e4", "e9"]},
    )  # fmt: skip
    seen = {
        (reason.scope, reason.measure): (reason.n, reason.negative_flip, reason.excluded) for reason in found.reasons
    }
    assert seen == {
        ("t", "nfr"): (399, 5, 5),
        ("t", "accuracy_delta"): (399, 5, 5),
        ("t", "cost"): (399, 5, 5),
        ("all tasks", "nfr"): (399, 5, 5),
        ("3 examples that must not break", "negative_flip"): (3, 3, 0),
        ("t: source = web", "nfr"): (1, 0, 1),
        ("t: source = mail", "nfr"): (398, 5, 4),
        ("t: has_word(text_a, '7')", "nfr"): (1, 1, 0),
    }
    observed = {reason.measure: reason.observed for reason in found.reasons if reason.kind == "task"}
    assert observed["accuracy_delta"] == (6 - 5) / 399
    assert observed["cost"] == pytest.approx(2 * 5 / 399)


def test_a_required_slice_of_which_nothing_is_left_is_undecided_and_does_not_pass(comparison):
    mark(comparison, ["e0"], "wrong_gold_label")
    for limit in ({"column": "source", "value": "web"}, {"where": "source = 'web'"}):
        found = verdict(comparison, max_nfr=0.9, slice=[{**limit, "max_nfr": 0.9, "required": True}])
        assert [(reason.n, reason.holds) for reason in found.reasons] == [(399, True), (0, None)]
        assert found.decision == "not_enough_data"


def test_each_candidate_is_judged_by_the_judgements_on_its_own_answers(tmp_path):
    rows = [{"example_id": f"e{i}", "text_a": f"text {i}", "label": "a"} for i in range(20)]
    ids, labels = [row["example_id"] for row in rows], ("a", "b", "c")
    made = {
        "old": predictions("old", ids, labels, ["a"] * 20),
        "one": predictions("one", ids, labels, ["b", "b", *["a"] * 18]),
        "two": predictions("two", ids, labels, ["b", "c", *["a"] * 18]),
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, labels), made)])
    mark(comparison, ["e0", "e1"], "acceptable")  # answers of the first candidate
    excluded = [each.verdict.reasons[0].excluded for each in judged(comparison, budget()).results.candidates]
    assert excluded == [2, 1]


def test_a_comparison_without_what_is_excluded_leaves_the_comparison_as_it_is(comparison):
    mark(comparison, ["e0"], "wrong_gold_label")
    counted, rows = without_excluded(comparison, ["wrong_gold_label"])
    assert rows["example_id"].tolist() == ["e0"]
    assert (counted.result().n, comparison.result().n) == (399, 400)
    counts = [int(each.query("SELECT count(*) AS n FROM facts")["n"][0]) for each in (counted, comparison)]
    assert counts == [399, 400]


def test_columns_of_the_data_may_be_called_like_those_of_judgements(tmp_path):
    names = ("judgement", "note", "author", "key", "time", "excluded")
    rows = [{"example_id": f"e{i}", "text_a": f"text {i}", "label": "a"} | dict.fromkeys(names, "x") for i in range(20)]
    ids = [row["example_id"] for row in rows]
    answers = {"old": ["a"] * 20, "new": ["b", "b", "b", *["a"] * 17]}
    made = {name: predictions(name, ids, ("a", "b"), given) for name, given in answers.items()}
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("a", "b")), made)])
    mark(comparison, ["e0"], "wrong_gold_label")
    mark(comparison, ["e1"], "acceptable")
    counted, _ = without_excluded(comparison, ["wrong_gold_label", "acceptable"])
    assert counted.meta_columns == comparison.meta_columns
    broke = "FROM facts WHERE outcome = 'negative_flip' AND judgement = 'x' AND excluded = 'x'"
    assert [len(each.query(broke)) for each in (counted, comparison)] == [1, 3]
    assert counted.query("FROM facts").columns.tolist() == comparison.query("FROM facts").columns.tolist()
    found = verdict(comparison, slice=[{"column": "judgement", "value": "x", "max_nfr": 0.5}])
    assert {(reason.n, reason.negative_flip, reason.excluded) for reason in found.reasons} == {(19, 1, 2)}


def test_exclude_does_not_go_with_a_noise_floor(comparison):
    with pytest.raises(FlipscopeError, match="can't be combined with a noise floor"):
        judged(comparison, budget(), [comparison, comparison])


def test_other_judgements_can_not_be_excluded():
    with pytest.raises(FlipscopeError, match=r'exclude\.1: "ambiguous" is not "acceptable" or "wrong_gold_label"'):
        budget(exclude=["ambiguous"])


def test_a_redacted_report_does_not_quote_a_condition_in_the_verdict_on_all(comparison):
    mark(comparison, ["e0"], "acceptable")
    limit = {"where": "secret = 'secret 1'", "max_nfr": 0.0, "required": True}
    result = judged(comparison, budget(slice=[limit], max_nfr=0.9))
    assert "secret 1" in result.candidate().verdict.excluded.sentence
    for format in ("md", "xml", "json"):
        written = render(result, format, Options(redact=True)).decode()
        assert "secret 1'" not in written
        assert "1 negative flip excluded" in written


def test_the_gate_tells_both_ways(comparison, tmp_path):
    mark(comparison, [f"e{i}" for i in range(10)], "acceptable")
    (tmp_path / "budget.toml").write_text('max_nfr = 0.02\nexclude = ["acceptable"]\n')
    result = CliRunner().invoke(app, ["gate", str(comparison.path), "--budget", str(tmp_path / "budget.toml")])
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    assert "10 negative flips excluded (10 judged acceptable), by ann. With everything counted: Hold:" in told
    assert "10 excluded" in told
