from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from behavior_samples import behaviors_alone, two_tasks
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import make_budget
from flipscope.judge.checks import checks
from flipscope.judge.fit import check_before
from flipscope.judge.noise_floor import Repeats
from outcomes import compared, task_of


def checked(comparison, candidate="new", repeats=None, **budget):
    return checks(comparison, candidate, make_budget(budget), repeats)


def told(found):
    """Scope, measure, limit, whether required, and what was counted."""
    return [(each.scope, each.measure, each.limit, each.required, each.tally.broke, each.tally.n) for each in found]


@pytest.fixture
def two(tmp_path):
    """Task a: 1 of 4 broke, b: 2 of 3."""
    return compared(
        tmp_path / "two",
        task_of("=-+x", task="a", source=["web", "web", "mail", None], level=[1, 1, 2, 2]),
        task_of("--=", task="b"),
    )


def test_an_nfr_alone_is_of_every_task_and_nothing_else(two):
    assert told(checked(two, max_nfr=0.02)) == [("a", "nfr", 0.02, True, 1, 4), ("b", "nfr", 0.02, True, 2, 3)]


def test_a_task_may_have_limits_of_its_own(two):
    found = checked(two, max_nfr=0.02, min_accuracy_change=0, task={"b": {"max_nfr": 0.5}})
    assert [(each.scope, each.measure, each.limit) for each in found] == [
        ("a", "nfr", 0.02), ("a", "accuracy_delta", 0), ("b", "nfr", 0.5), ("b", "accuracy_delta", 0),
    ]  # fmt: skip


def test_all_tasks_together(two):
    (check,) = checked(two, pooled={"max_nfr": 0.02})
    assert (check.scope, check.kind, check.tally.broke, check.tally.n) == ("all tasks", "pooled", 3, 7)


def test_costs_are_counted_only_where_they_are_limited(tmp_path):
    comparison = compared(tmp_path, task_of("=-", task="a", weight=[1, 3]), task_of("=-", task="b"))
    (check,) = checked(comparison, task={"a": {"max_cost": 2}}, cost={"column": "weight"})
    assert (check.measure, check.tally.total("cost"), check.dearest) == ("cost", 3, 3)
    with pytest.raises(FlipscopeError, match="2 rows of b"):
        checked(comparison, max_cost=2, cost={"column": "weight"})


@pytest.mark.parametrize(
    ("values", "value", "n"),
    [
        ([1, 1, 2, None], 1, 2), ([1.0, 1.0, 2.5, None], 1, 2), ([1.0, 1.0, 2.5, None], 2.5, 1), ([1, 1, 2, 2], 2.0, 2),
        ([True, True, False, None], True, 2), ([True, True, False, None], False, 1),
        (["7", "007", "x", "true"], 7, 1), (["7", "007", "x", "true"], "007", 1), (["7", "7", "x", "true"], True, 1),
        (["日本", "it's", 'a"b', ""], "日本", 1), (["日本", "it's", 'a"b', ""], "it's", 1),
        (["日本", "it's", 'a"b', ""], 'a"b', 1), (["日本", "it's", 'a"b', ""], "", 1),
    ],
)  # fmt: skip
def test_a_slice_by_a_value_of_any_type(tmp_path, values, value, n):
    comparison = compared(tmp_path, task_of("=--x", column=values))
    (check,) = checked(comparison, slice=[{"column": "column", "value": value, "max_nfr": 0.1, "required": True}])
    assert check.tally.n == n
    assert check.kind == "slice"


def test_a_slice_of_each_value_says_where_there_is_none_and_leaves_out_tasks_without_the_column(two):
    found = checked(two, max_nfr=0.5, slice=[{"column": "source", "max_nfr": 0.1}])
    assert told(found)[2:] == [
        ("a: source = mail", "nfr", 0.1, False, 0, 1),
        ("a: source = web", "nfr", 0.1, False, 1, 2),
        ("a: source = (none)", "nfr", 0.1, False, 0, 1),
    ]
    assert found[2].where == {"task": "a", "column": "source", "value": "mail"}
    assert found[4].where["value"] is None


def test_rows_are_counted_once_however_many_limits_there_are_on_a_slice(tmp_path, monkeypatch):
    comparison = compared(tmp_path, task_of("-===", flag=[True, True, False, False]))
    asked = []
    query = type(comparison).query
    monkeypatch.setattr(type(comparison), "query", lambda *given: asked.append(given) or query(*given))
    limit = {"column": "flag", "required": True}
    counts = []
    for n in (1, 50):
        slices = [limit | {"max_nfr": i / 100, "value": value} for i in range(n) for value in (True, "false", None)]
        asked.clear()
        found = checked(comparison, slices=slices)
        counts.append(len(asked))
        assert [(check.tally.broke, check.tally.n) for check in found[:4]] == [(1, 2), (0, 2), (0, 2), (1, 2)]
        assert [check.limit for check in found] == [i / 100 for i in range(n) for _ in range(4)]
    assert counts[1] <= counts[0]


def test_true_is_not_1(tmp_path):
    comparison = compared(tmp_path, task_of("-===", flag=[True, True, False, False]))
    limit = {"column": "flag", "max_nfr": 0.1, "required": True}
    with pytest.raises(FlipscopeError, match="column 'flag' has no value 1"):
        checked(comparison, slices=[limit | {"value": True}, limit | {"value": 1}])


def test_a_slice_of_all_rows_is_judged_all_the_same(tmp_path):
    comparison = compared(tmp_path, task_of("=-", source=["web", "web"]))
    found = checked(comparison, max_nfr=0.1, slice=[{"column": "source", "max_nfr": 0.1, "required": True}])
    assert [each.tally.broke for each in found] == [1, 1]


def test_slices_by_label_and_answer(two):
    found = checked(two, slice=[{"column": "new_pred", "task": "b", "max_nfr": 0.1, "required": True}])
    assert told(found) == [
        ("b: new_pred = no", "nfr", 0.1, True, 2, 2),
        ("b: new_pred = yes", "nfr", 0.1, True, 0, 1),
    ]


def test_a_column_that_tells_rows_apart_gives_no_notes(tmp_path):
    comparison = compared(tmp_path, task_of("=" * 1001, number=list(range(1001))))
    with pytest.raises(FlipscopeError, match="1,001 values, too many to judge each"):
        checked(comparison, max_nfr=0.1, slice=[{"column": "number", "max_nfr": 0.1}])
    found = checked(comparison, max_nfr=0.1, slice=[{"column": "number", "value": 77, "max_nfr": 0.1}])
    assert found[1].tally.n == 1


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        ({"max_nfr": 0.1, "task": {"c": {"max_nfr": 0}}}, "a task 'c'. Tasks are a, b"),
        ({"max_nfr": 0.1, "cluster": "user"}, "no column 'user'. Choose from source, level"),
        ({"max_nfr": 0.1, "cluster": "outcome"}, "no column 'outcome'"),
        ({"slice": [{"column": "x", "max_nfr": 0, "required": True}]}, "no column 'x'. Choose from source, level, label"),
        ({"slice": [{"column": "severity", "max_nfr": 0, "required": True}]}, "no column 'severity'"),
        ({"slice": [{"column": "source", "value": "tv", "max_nfr": 0, "required": True}]}, "Values are mail, web"),
        ({"slice": [{"column": "level", "value": 3, "max_nfr": 0, "required": True}]}, "no value 3. Values are 1, 2"),
        ({"slice": [{"column": "source", "task": "c", "max_nfr": 0, "required": True}]}, "a task 'c'"),
        ({"behavior": [{"max_nfr": 0, "required": True}]}, "no suite was run"),
        ({"must_not_break": {"tests": ["negation"]}}, "no suite was run"),
        ({"max_cost": 1, "cost": {"pair": [{"label": "maybe", "cost": 1}]}}, "no class 'maybe'"),
        ({"max_cost": 1, "cost": {"column": "weight"}}, "no column 'weight'. Choose from source, level"),
        ({"task": {"a": {}}, "slice": [], "max_nfr": None, "pooled": None}, "requires nothing"),
    ],
)  # fmt: skip
def test_what_the_comparison_does_not_have_is_an_error_that_lists_what_there_is(two, budget, words):
    with pytest.raises(FlipscopeError) as error:
        checked(two, **budget)
    assert words in str(error.value)


def test_a_budget_about_examples_needs_some(tmp_path):
    alone = behaviors_alone(tmp_path)
    required = {"behavior": [{"max_nfr": 0.1, "required": True}]}
    for more in (
        {"slice": [{"column": "label", "max_nfr": 0}]},
        {"must_not_break": {"examples": ["1"]}},
        {"cluster": "x"},
    ):
        with pytest.raises(FlipscopeError, match="only suites were run"):
            checked(alone, "good", **required, **more)
    with pytest.raises(FlipscopeError, match="only suites were run for it"):
        checked(alone, "good", **required, task={alone.manifest.tasks[0].task: {"max_nfr": 0.1}})
    with pytest.raises(FlipscopeError, match="requires nothing that this comparison has"):
        checked(alone, "good", max_nfr=0.1)
    assert all(each.kind == "capability" for each in checked(alone, "good", **required))


# Behaviors


def test_behaviors_by_capability_and_by_test(tmp_path):
    comparison = two_tasks(tmp_path)
    every = checked(comparison, max_nfr=0.1, behavior=[{"max_nfr": 0.2}])
    assert told(every)[2:] == [
        ("reviews: Negation (MFT)", "nfr", 0.2, False, 2, 12),
        ("reviews: Robustness (INV)", "nfr", 0.2, False, 2, 3),
        ("tweets: Vocabulary (MFT)", "nfr", 0.2, False, 0, 4),
    ]
    by_test = checked(comparison, behavior=[{"test": "praise", "max_nfr": 0.2, "required": True}])
    assert [(each.scope, each.kind, each.tally.n) for each in by_test] == [
        ("reviews: test praise", "test", 12), ("tweets: test praise", "test", 4),
    ]  # fmt: skip
    one = checked(comparison, behavior=[{"task": "tweets", "test": "praise", "max_nfr": 0.2, "required": True}])
    assert [each.scope for each in one] == ["tweets: test praise"]
    typed = checked(comparison, behavior=[{"type": "INV", "max_nfr": 0.2, "required": True}])
    assert [each.scope for each in typed] == ["reviews: Robustness (INV)"]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (
            {"capability": "Logic"},
            "no behavior test has capability 'Logic'. There are Negation, Robustness, Vocabulary",
        ),
        ({"capability": "negation"}, "Did you mean 'Negation'? There are Negation, Robustness, Vocabulary"),
        ({"test": "prais"}, "no behavior test has test 'prais'. Did you mean 'praise'? There are praise"),
        ({"type": "DIR"}, "no behavior test has type 'DIR'. There are MFT, INV"),
        (
            {"task": "tweets", "capability": "Negation"},
            "no behavior test has task 'tweets', capability 'Negation'. See flipscope show --tests",
        ),
    ],
)
def test_a_behavior_that_is_not_there_is_told_with_those_that_are(tmp_path, limit, words):
    with pytest.raises(FlipscopeError) as error:
        checked(two_tasks(tmp_path), behavior=[limit | {"max_nfr": 0.2, "required": True}])
    assert words in str(error.value)


def test_what_is_required_comes_first(two):
    found = checked(
        two, pooled={"max_nfr": 0.5},
        slice=[{"column": "label", "max_nfr": 0.1}, {"column": "source", "max_nfr": 0.2, "required": True}],
    )  # fmt: skip
    required = [each.required for each in found]
    assert required == sorted(required, reverse=True)
    assert {each.limit for each in found if each.required} == {0.5, 0.2}


# What must not break


def test_examples_that_must_not_break_by_id_and_text(two):
    """e0 is kept in a and broke in b; e1 broke in both; the text of number 2 was mended in a and kept in b."""
    (check,) = checked(two, must_not_break={"examples": ["e0", "e1", "e1"], "texts": ["text 2", "text 1"]})
    assert check.scope == "4 examples that must not break"
    assert (check.tally.n, check.tally.broke, check.tally.mended) == (6, 3, 1)
    assert sorted(check.broke) == ["e0", "e1", "e1"]
    (in_a,) = checked(two, must_not_break={"examples": ["e0", "e3"], "task": "a"})
    assert (in_a.tally.n, in_a.broke, in_a.scope) == (2, (), "2 examples that must not break")


def test_listed_examples_that_are_not_there_are_named(two):
    listed = {
        "examples": ["e0", "gone", "'; DROP TABLE facts; --"],
        "texts": ["text 1", "no\x1b such text", "t" * 99, "x"],
    }
    with pytest.raises(FlipscopeError) as error:
        checked(two, must_not_break=listed)
    assert str(error.value) == (
        f"{two.path}: [must_not_break] lists examples that are not there (5 of 7): "
        '"gone", "\'; DROP TABLE facts; --", "no such text" and 2 more. '
        "Correct them, or take them out; texts have to be whole"
    )
    with pytest.raises(FlipscopeError, match=r"that are not in 'b' \(1 of 1\): \"e3\""):
        checked(two, must_not_break={"examples": ["e3"], "task": "b"})
    with pytest.raises(FlipscopeError, match=r'"t{60}…"'):
        checked(two, must_not_break={"texts": ["t" * 99]})


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("a fine film . ", "a fine film ."), ("a  fine\tfilm", "a fine film"), ("a fine film", " a fine\n film\r\n"),
        ("ein\xa0guter\u2003Film", "ein guter Film"), ("日本\u3000語", "日本 語"), ("a\x0bb\x1cc\x85d", "a b c d"),
        ("", "  "),
    ],
)  # fmt: skip
def test_texts_are_the_same_whatever_their_white_space(tmp_path, text, given):
    data = task_of("-=")
    column = data.examples.table.column_names.index("text_a")
    table = data.examples.table.set_column(column, "text_a", pa.array([text, "another"]))
    data = replace(data, examples=replace(data.examples, table=table))
    comparison, budget = compared(tmp_path, data), make_budget({"must_not_break": {"texts": [given]}})
    (check,) = checks(comparison, "new", budget)
    assert (check.tally.n, check.broke) == (1, ("e0",))
    check_before(budget, [(data.examples, [])])  # must find it, too
    with pytest.raises(FlipscopeError, match="1 of 1"):
        checked(comparison, must_not_break={"texts": ["anoth er"]})


def test_examples_are_found_in_the_candidate_that_is_judged(tmp_path):
    comparison = compared(tmp_path, task_of({"good": "==", "bad": "-="}, given=["x", "y"]))
    found = {name: checked(comparison, name, must_not_break={"texts": ["text 0"]})[0] for name in ("good", "bad")}
    assert (found["good"].broke, found["bad"].broke) == ((), ("e0",))


def test_golden_files_are_ids_or_texts_relative_to_the_budget(two, tmp_path):
    (tmp_path / "ids.csv").write_text("example_id,note\ne0,first\n")
    (tmp_path / "texts.csv").write_text("text\ntext 1\n")
    budget = make_budget({"must_not_break": {"files": ["ids.csv", "texts.csv"]}}, folder=tmp_path)
    (check,) = checks(two, "new", budget)
    assert (check.scope, sorted(check.broke)) == ("2 examples that must not break", ["e0", "e1", "e1"])
    (tmp_path / "none.csv").write_text("example_id,note\n")
    with pytest.raises(FlipscopeError):
        make_budget({"must_not_break": {"files": ["none.csv"]}}, folder=tmp_path)
    unread = budget.model_copy(update={"must_not_break": budget.must_not_break.model_copy(update={"files": ("a",)})})
    with pytest.raises(FlipscopeError, match="golden files were not read"):
        checks(two, "new", unread)


def test_many_examples_that_must_not_break(tmp_path):
    comparison = compared(tmp_path, task_of("=" * 20_000))
    many = [f"e{i}" for i in range(20_000)]
    (check,) = checked(comparison, must_not_break={"examples": many, "texts": [f"text {i}" for i in range(20_000)]})
    assert check.tally.n == 20_000


def test_tests_that_must_not_break(tmp_path):
    comparison = two_tasks(tmp_path)
    found = checked(comparison, must_not_break={"tests": ["praise", "typos"]})
    assert [(each.scope, each.kind, each.measure, each.limit, each.tally.broke) for each in found] == [
        ("reviews: test praise", "must_not_break", "negative_flip", 0, 2),
        ("tweets: test praise", "must_not_break", "negative_flip", 0, 0),
        ("reviews: test typos", "must_not_break", "negative_flip", 0, 2),
    ]
    (folder := tmp_path / "alone").mkdir()
    (own,) = checked(behaviors_alone(folder), "good", must_not_break={"tests": ["own rule"]})
    assert own.tally.n == 0


# The noise floor


def seeds(folder, *outcomes, **task):
    """One comparison with a repeat of the old recipe for each."""
    return compared(folder, task_of({f"seed{i}": each for i, each in enumerate(outcomes)}, **task))


def test_flips_of_repeats_are_lined_up_by_id_and_cluster(tmp_path):
    group = ["a", "a", "b", None]
    comparison = compared(tmp_path / "c", task_of("--==", group=group))
    repeats = Repeats([seeds(tmp_path / "s", "=-==", "-=-=")])
    plain = checked(comparison, repeats=repeats, max_nfr=0.1)[0].floor
    order = comparison.query("SELECT example_id FROM facts ORDER BY row_id")["example_id"].tolist()
    assert dict(zip(order, plain.new_flips.tolist(), strict=True)) == {"e0": 1, "e1": 1, "e2": 0, "e3": 0}
    assert dict(zip(order, plain.repeat_flips.T.tolist(), strict=True)) == {
        "e0": [0, 1], "e1": [1, 0], "e2": [0, 1], "e3": [0, 0],
    }  # fmt: skip
    whole = checked(comparison, repeats=repeats, max_nfr=0.1, cluster="group")[0].floor
    found = sorted(zip(whole.sizes.tolist(), whole.new_flips.tolist(), whole.repeat_flips.T.tolist(), strict=True))
    assert found == [(1, 0, [0, 0]), (1, 0, [0, 1]), (2, 2, [1, 1])]


def test_only_the_nfr_of_a_task_is_beyond_the_floor(tmp_path):
    comparison = compared(tmp_path / "c", task_of("--=="))
    found = checked(
        comparison, repeats=Repeats([seeds(tmp_path / "s", "====", "-===")]), max_nfr=0.1, min_accuracy_change=-0.1,
        pooled={"max_nfr": 0.2},
    )  # fmt: skip
    assert [each.measure for each in found] == ["excess_nfr", "accuracy_delta", "nfr"]


@pytest.mark.parametrize(
    ("outcomes", "task", "words"),
    [
        (("====", "-==="), {"old": "another"}, "its old model on t is another one"),
        (("===", "-=="), {}, "its examples of t are others"),
        (("====", "-==="), {"task": "other"}, "it has no task 't'"),
        (("====",), {}, "takes several repeats"),
    ],
)
def test_what_is_no_repeat_is_refused(tmp_path, outcomes, task, words):
    comparison = compared(tmp_path / "c", task_of("--=="))
    with pytest.raises(FlipscopeError, match=words):
        checked(comparison, repeats=Repeats([seeds(tmp_path / "s", *outcomes, **task)]), max_nfr=0.1)


def test_the_candidate_is_no_repeat_and_a_repeat_counts_once(tmp_path):
    comparison = compared(tmp_path / "c", task_of("--=="))
    once = seeds(tmp_path / "s", "====", "-===")
    with pytest.raises(FlipscopeError, match="'new' is the candidate"):
        checked(comparison, repeats=Repeats([once, comparison]), max_nfr=0.1)
    with pytest.raises(FlipscopeError, match="'seed0' is another repeat, too"):
        checked(comparison, repeats=Repeats([once, once]), max_nfr=0.1)
