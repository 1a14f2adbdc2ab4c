"""Slices of a budget by a condition."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from behavior_samples import behaviors_alone
from commands import error, run
from flipscope import report
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import kept_budget, make_budget, read_budget
from flipscope.judge.checks import checks
from flipscope.judge.fit import check_before
from flipscope.judge.verdict import judged
from flipscope.report import Options
from outcomes import compared, task_of

NEGATION = {"where": "has_word(text_a, 'not')", "max_nfr": 0.1}
TEXTS = ["I do not like it", "not bad", "it is bad", "Nothing", "NOT at all", "fine"]


def with_texts(data, texts):
    from dataclasses import replace

    table = data.examples.table
    place = table.column_names.index("text_a")
    return replace(data, examples=replace(data.examples, table=table.set_column(place, "text_a", pa.array(texts))))


@pytest.fixture
def one(tmp_path):
    """Three texts have the word 'not': two of them broke, of six."""
    return compared(tmp_path / "one", with_texts(task_of("-+=x-=", source=["web", "mail"] * 3), TEXTS))


@pytest.fixture
def two(tmp_path):
    data = task_of("-=-=", task="a", source=["web", "web", "mail", None]), task_of("--=", task="b")
    return compared(tmp_path / "two", *data)


def checked(comparison, *slices, **budget):
    return checks(comparison, "new", make_budget({"slice": list(slices), **budget}))


def test_a_condition_on_texts_and_answers_is_counted(one):
    (check,) = checked(one, NEGATION | {"required": True})
    assert (check.scope, check.kind, check.measure, check.limit) == ("t: has_word(text_a, 'not')", "slice", "nfr", 0.1)
    assert (check.tally.n, check.tally.broke, check.tally.mended) == (3, 2, 1)
    assert check.where == {"task": "t", "slice": None, "where": "has_word(text_a, 'not')"}
    (other,) = checked(one, {"where": "source = 'web' -- only web", "max_nfr": 0.1, "required": True, "name": "wéb 🕸"})
    assert (other.scope, other.tally.n, other.tally.broke) == ("t: wéb 🕸", 3, 2)


def test_every_task_that_has_such_examples_is_judged_and_a_named_one_alone(two):
    limit = {"where": "source = 'web'", "max_nfr": 0.1}
    everywhere = {"where": "outcome = 'negative_flip'", "max_nfr": 0.1}
    found = checked(two, limit, everywhere, everywhere | {"task": "b"}, max_nfr=0.9)
    told = [(check.scope.partition(":")[0], check.tally.n) for check in found if check.kind == "slice"]
    assert told == [("a", 2), ("a", 2), ("b", 2), ("b", 2)]


def test_without_such_examples_a_limit_is_undecided(two):
    budget = make_budget({"slice": [{"where": "source = 'tv'", "max_nfr": 0.1, "required": True}]})
    verdict = judged(two, budget).candidate().verdict
    assert verdict.decision == "not_enough_data"
    assert [(reason.n, reason.holds, reason.reason) for reason in verdict.reasons] == [(0, None, "no_examples")] * 2
    assert "a: source = 'tv' has no example to judge" in verdict.sentence


def test_clusters_are_those_of_the_budget(tmp_path):
    template = ["x", "x", "y", "y", None, None]
    comparison = compared(tmp_path, with_texts(task_of("-+=x-=", template=template), TEXTS))
    limit = NEGATION | {"required": True}
    (check,) = checked(comparison, limit, cluster="template")
    assert (check.tally.n, check.tally.clusters, check.tally.broke) == (3, 2, 2)


def test_rows_are_counted_once_however_many_limits_there_are(one, monkeypatch):
    queries = []
    asked = one.query
    monkeypatch.setattr(one, "query", lambda *args, **more: queries.append(args) or asked(*args, **more))
    checked(one, *(NEGATION | {"max_nfr": i / 10, "required": True} for i in range(5)))
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("nothing = 1", "nothing"),
        ("has_word(text_a, 'x'", "not a condition"),
        ("true) OR (true", "not a single condition"),
        ("true; SELECT 1", "not a"),
        ("row_id IN (SELECT row_id FROM facts)", "has a query in it"),
        ("repeat(text_a, 1000000) = ''", "uses repeat"),
    ],
)
def test_what_is_no_condition_is_told_of_the_slice_before_models_run_and_when_judged(one, where, message):
    data = with_texts(task_of("-+=x-=", source=["web", "mail"] * 3), TEXTS)
    budget = make_budget({"slice": [{"where": where, "max_nfr": 0.1, "required": True}]})
    for check in (lambda: checks(one, "new", budget), lambda: check_before(budget, [(data.examples, [])])):
        with pytest.raises(FlipscopeError, match=message) as raised:
            check()
        assert raised.value.where.startswith(f"[[slice]] {where[:20]}")


def test_a_condition_that_is_none_is_told_by_its_name_and_the_file(one, tmp_path):
    file = tmp_path / "b.toml"
    file.write_text("[[slice]]\nname = 'red'\nwhere = \"colour = 'red'\"\nmax_nfr = 0.1\nrequired = true\n")
    told = error("gate", str(one.path), "--budget", str(file))
    assert f"{file}: [[slice]] red: there is no column 'colour'. Columns are " in told.replace("\n", " ")


def test_clusters_of_embeddings_are_no_condition_of_a_budget(one):
    data = with_texts(task_of("-+=x-=", source=["web", "mail"] * 3), TEXTS)
    budget = make_budget({"slice": [{"where": "Embedding_Cluster = 3", "max_nfr": 0.1, "required": True}]})
    for check in (lambda: checks(one, "new", budget), lambda: check_before(budget, [(data.examples, [])])):
        with pytest.raises(FlipscopeError, match="the next one has other clusters"):
            check()


def test_every_column_that_examples_will_have_is_known_before_models_run():
    first = task_of("-=", task="a", source=["web", "mail"], level=[1, 2], label_=["x", "y"])
    second = task_of("-=", task="b", level=[0.5, 2], N=[1, 2])
    fine = [
        "level > 0.7 AND \"N_\" = 1", "source LIKE 'w%' AND text_b IS NULL", "old_conf - new_conf > 0.2",
        "borderline AND row_id > 3", "label_ = 'x' AND label = 'yes' AND facts.severity > 0", "new_gold < old_gold",
        "drop > 0.1 AND candidate = 'new' AND task = 'a' AND example_id = 'e0' AND old_margin > new_margin",
    ]  # fmt: skip
    opened = [(data.examples, []) for data in (first, second)]
    check_before(make_budget({"slice": [{"where": each, "max_nfr": 0.1, "required": True} for each in fine]}), opened)
    with pytest.raises(FlipscopeError, match=r"Columns are .*source, level"):
        check_before(make_budget({"slice": [{"where": "lvl = 1", "max_nfr": 0, "required": True}]}), opened)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "slice.1: give either column or where"),
        ({"column": "source", "where": "true"}, "slice.1: give either column or where"),
        ({"where": "true", "value": "x"}, "slice.1: value belongs to a column"),
        ({"column": "source", "name": "x"}, "slice.1: name belongs to a where"),
        ({"where": ""}, "slice.1.where"),
        ({"where": 7}, "slice.1.where: 7 is not a text in quotes"),
        ({"were": "true"}, "did you mean 'where'"),
    ],
)
def test_a_slice_is_by_a_column_or_by_a_condition(given, message):
    with pytest.raises(FlipscopeError, match=message):
        make_budget({"slice": [given | {"max_nfr": 0.1, "required": True}]})


def test_behaviors_alone_have_no_examples_to_meet_a_condition(tmp_path):
    comparison = behaviors_alone(tmp_path)
    with pytest.raises(FlipscopeError, match="only suites were run"):
        checked(comparison, NEGATION | {"required": True})


def test_quotes_and_letters_of_all_kinds_survive_the_file_the_gate_and_the_folder(one, tmp_path):
    where = """text_a = 'it''s "日本" 🙂' OR "source" = 'web'"""
    file = tmp_path / "budget.toml"
    file.write_text(f'[[slice]]\nwhere = """{where}"""\nname = "zitat „x“"\nmax_nfr = 0.9\nrequired = true\n')
    assert read_budget(file).slices[0].where == where
    done = run("gate", one.path, "--budget", file, "--json", "--save")
    (reason,) = json.loads(done.stdout)["candidates"][0]["verdict"]["reasons"]
    assert reason["where"] == {"task": "t", "slice": "zitat „x“", "where": where}
    assert (reason["n"], reason["negative_flip"]) == (3, 2)
    kept = json.loads((one.path / "comparison.json").read_text())["budget"]
    assert kept_budget(kept).slices[0].where == where
    assert "zitat „x“" in run("gate", one.path).stdout


def test_the_gate_tells_people_which_slice_is_wrong(one, tmp_path):
    file = tmp_path / "budget.toml"
    file.write_text('[[slice]]\nwhere = "lenght > 3"\nmax_nfr = 0.9\nrequired = true\n')
    told = error("gate", one.path, "--budget", file)
    assert "[[slice]]" in told
    assert "lenght" in told


@pytest.mark.parametrize("format", ["html", "md", "json", "xml", "model-card"])
def test_a_redacted_report_tells_no_condition_on_texts(one, format):
    slices = [
        NEGATION, NEGATION | {"name": "negation", "where": "contains(FACTS.Text_A, 'bad')"},
        {"where": "source = 'web'", "max_nfr": 0.1}, {"where": "contains(COLUMNS('text_.')::VARCHAR, 'fine')", "max_nfr": 0.1},
    ]  # fmt: skip
    found = judged(one, make_budget({"max_nfr": 0.9, "slice": slices}))
    assert b"has_word" in report.render(found, "json")
    written = report.render(found, format, Options(redact=True)).decode()
    assert not any(word in written for word in ("has_word(text_a", "'bad'", "'fine'"))
    if format != "model-card":  # it names no limit that is only a note
        assert "negation" in written
        assert "source = " in written
