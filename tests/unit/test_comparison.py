import json

import duckdb
import numpy as np
import pandas as pd
import pytest

from builders import build_comparison, examples, predictions, simulated_task
from flipscope.comparison import comparison_folder, open_comparison
from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import OUTCOMES
from flipscope.store.folder import write_comparison
from flipscope.store.tables import TaskData
from studies import study_comparison

LABELS = ("negative", "positive")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("built") / "c")


@pytest.fixture(scope="module")
def two_candidates(tmp_path_factory):
    task = simulated_task("t", 200, LABELS, seed=5, candidates=("new", "large"))
    return build_comparison(tmp_path_factory.mktemp("built") / "c", [task])


def _tiny(tmp_path, **meta):
    """Four examples, one of each outcome."""
    rows = [
        {"example_id": name, "text_a": f"text of {name}", "label": label}
        | {key: values[i] for key, values in meta.items()}
        for i, (name, label) in enumerate(zip("abcd", ("positive", "positive", "negative", "negative"), strict=True))
    ]
    old = predictions("old", "abcd", LABELS, ["positive"] * 4, [[0.2, 0.8], [0.1, 0.9], [0.3, 0.7], [0.4, 0.6]])
    preds = ["positive", "negative", "negative", "positive"]
    new = predictions("new", "abcd", LABELS, preds, [[0.1, 0.9], [0.7, 0.3], [0.6, 0.4], [0.2, 0.8]])
    return build_comparison(tmp_path / "c", [TaskData(examples("tiny", rows, LABELS), {"old": old, "new": new})])


def test_the_figures_of_a_comparison_worked_out_by_hand(tmp_path):
    result = _tiny(tmp_path).result("tiny")
    assert [getattr(result, outcome) for outcome in OUTCOMES] == [1, 1, 1, 1]
    assert (result.n, result.accuracy_old, result.accuracy_new) == (4, 0.5, 0.5)
    assert (result.nfr.value, result.pfr.value, result.accuracy_delta.value) == (0.25, 0.25, 0.0)
    assert (result.nfr_over_gain, result.nfr_over_gain_reason) == (None, "no_accuracy_change")
    # P(gold) fell from .9 to .3 on the negative flip, and the new model prefers the wrong answer by .4
    assert result.drop == pytest.approx(0.6)
    assert result.severity == pytest.approx(0.4)
    # P(gold), old: .8 .9 .3 .4; new: .9 .3 .6 .2
    assert result.soft_nf == pytest.approx((0.6 + 0.2) / 4)
    assert result.soft_pf == pytest.approx((0.1 + 0.3) / 4)


def test_the_tables_tell_the_same_as_the_figures(comparison):
    for task in comparison.tasks:
        result = comparison.result(task)
        facts = comparison.query("SELECT outcome, count(*) AS n FROM facts WHERE task = ? GROUP BY ALL", [task])
        counts = dict(zip(facts["outcome"], facts["n"], strict=True))
        assert {outcome: counts.get(outcome, 0) for outcome in OUTCOMES} == {
            outcome: getattr(result, outcome) for outcome in OUTCOMES
        }
        cube = comparison.query("SELECT sum(n)::BIGINT AS n FROM cube WHERE task = ?", [task])
        assert cube["n"][0] == result.n
        assert comparison.flip_grid(task).to_numpy().sum() == result.n
    flips = comparison.query("SELECT count(*) AS n FROM flips")["n"][0]
    summary = comparison.summary()
    assert flips == summary["negative_flip"].sum() + summary["positive_flip"].sum()


def test_facts_lie_sorted_and_without_text(comparison):
    facts = comparison.query("SELECT candidate, task, outcome, row_id FROM facts")
    assert not {"text_a", "text_b"} & set(comparison.columns)
    assert facts["row_id"].is_monotonic_increasing  # with one candidate, rows with one outcome lie together
    assert facts["row_id"].is_unique
    runs = (facts[["task", "outcome"]] != facts[["task", "outcome"]].shift()).any(axis=1).sum()
    assert runs == len(facts.drop_duplicates(["task", "outcome"]))


def test_predictions_are_kept_for_every_model(comparison):
    folder = comparison.path / "predictions"
    assert sorted(path.name for path in folder.iterdir()) == ["new.parquet", "old.parquet"]
    con = duckdb.connect()
    joined = con.execute(
        f"SELECT f.new_conf, list_max(p.probabilities) AS top, f.new_pred = p.pred AS same "
        f"FROM '{comparison.path}/facts.parquet' f JOIN '{folder}/new.parquet' p USING (row_id)"
    ).df()
    assert len(joined) == 510
    assert joined["same"].all()
    np.testing.assert_allclose(joined["new_conf"], joined["top"])


def test_slices_partition_each_task_and_columns_combine(comparison):
    by = comparison.by("source")
    assert set(by["source"]) == {"web", "mail", "phone"}
    totals = by.groupby("task")[[*OUTCOMES, "n"]].sum()
    for task in comparison.tasks:
        assert totals.loc[task, "n"] == comparison.result(task).n
        assert totals.loc[task, "negative_flip"] == comparison.result(task).negative_flip
    both = comparison.by(["source", "label"], task="sentiment")
    assert len(both) == 6
    assert both["n"].sum() == 300
    assert by["negative_flip"].is_monotonic_decreasing


def test_slices_of_a_column_too_fine_for_the_cube_come_from_the_facts(tmp_path):
    random = np.random.default_rng(0)
    rows = [
        {"example_id": str(i), "text_a": f"t{i}", "label": LABELS[i % 2], "page": f"p{random.integers(150)}"}
        for i in range(600)
    ]
    answers = {
        name: predictions(
            name,
            [str(i) for i in range(600)],
            LABELS,
            [LABELS[code] for code in random.integers(2, size=600)],
        )
        for name in ("old", "new")
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, LABELS), answers)])
    assert comparison.slice_columns == []  # too many values to offer
    assert comparison.by("page")["n"].sum() == 600


def test_examples_filter_search_sort_and_page(comparison):
    worst = comparison.examples("negative_flip", task="sentiment")
    assert set(worst["outcome"]) == {"negative_flip"}
    assert worst["severity"].is_monotonic_decreasing
    assert (
        len(worst)
        == comparison.count("negative_flip", task="sentiment")
        == comparison.result("sentiment").negative_flip
    )
    both = comparison.examples(["positive_flip", "negative_flip"], task="sentiment", limit=None)
    first, last = both[: len(worst)], both[len(worst) :]
    assert first["row_id"].tolist() == worst["row_id"].tolist()
    assert set(last["outcome"]) == {"positive_flip"}
    assert last["severity"].is_monotonic_decreasing
    assert comparison.examples(["positive_flip", "negative_flip"], limit=4)["outcome"].tolist() == ["negative_flip"] * 4
    found = comparison.examples(search="TEXT NUMBER 17", task="paraphrase", limit=None)
    assert set(found["example_id"]) == {"paraphrase-17"}
    picked = comparison.examples(where="length > 20 AND source = 'web'", limit=None)
    assert (picked["length"] > 20).all()
    assert set(picked["source"]) == {"web"}
    pages = [comparison.examples(sort="id", limit=100, offset=start) for start in range(0, 600, 100)]
    assert pd.concat(pages)["row_id"].is_unique
    assert sum(map(len, pages)) == comparison.count() == 510


def test_without_an_outcome_regressions_come_first(comparison):
    order = comparison.examples(limit=None)["outcome"].drop_duplicates().tolist()
    assert order == ["negative_flip", "positive_flip", "both_wrong", "both_correct"]


@pytest.mark.parametrize(
    "where",
    [
        "1) OR (1=1",
        "1=1; DROP VIEW facts",
        "(SELECT 1",
        "1) UNION ALL SELECT * FROM flips WHERE (1=1",
        "EXISTS (SELECT 1 FROM read_text('/etc/passwd'))",
        "no_such_column = 1",
        "source = '\ud800'",
        "",
    ],
)
def test_a_condition_can_only_be_a_condition(comparison, where):
    if where == "":
        assert comparison.count(where=where) == comparison.count()
        return
    with pytest.raises(FlipscopeError):
        comparison.count(where=where)
    assert comparison.count() == 510


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("length(repeat('a', 4000000000)) > 1", "repeat"),
        ("length(main.LPAD('a', 4000000000, 'b')) > 1", "lpad"),
        ("'a'.rpad(4000000000, 'b') = ''", "rpad"),
        ("length(range(4000000000)) > 1", "range"),
        ("[x for x in generate_series(1, 4000000000)] = []", "generate_series"),
        ("format('{:4000000000}', 1) = ''", "format"),
        ("printf('%4000000000d', 1) = ''", "printf"),
        ("replace(replace('aa', 'a', 'aa'), 'a', 'aa') = ''", "replace"),
        ("list_transform(list_transform(['a'], lambda x: x || x), lambda x: x || x) = []", "list_transform"),
        ("list_reduce([1, 2], lambda x, y: x + y) = 1", "list_reduce"),
        ("sleep_ms(1000000) IS NULL", "sleep_ms"),
        ("row_id IN (SELECT row_id FROM facts)", "a query in it"),
        ("EXISTS (FROM facts)", "a query in it"),
    ],
)
def test_a_condition_cannot_take_any_time_and_memory(comparison, where, what):
    with pytest.raises(FlipscopeError, match=rf"{what}.*could take any time and memory"):
        comparison.count(where=where)


@pytest.mark.parametrize("where", ["(" * 5000 + "1=1" + ")" * 5000, "abs(" * 400 + "1" + ")" * 400 + " = 1"])
def test_a_condition_that_is_nested_too_deeply_is_told_in_plain_words(comparison, where):
    with pytest.raises(FlipscopeError, match="--where: "):
        comparison.count(where=where)


@pytest.mark.parametrize(
    "where",
    [
        "length(new_pred) - length(replace(new_pred, 'e', '')) >= 0",
        "source IN ('web', 'mail') OR regexp_matches(new_pred, 'x|y') OR old_conf BETWEEN 0 AND 1",
        "CASE WHEN label = old_pred THEN true ELSE lower(label) <> 'repeat(1)' END",
        "len(list_filter([old_conf, new_conf], lambda x: x >= 0)) = 2",
    ],
)
def test_usual_conditions_are_taken(comparison, where):
    assert comparison.count(where=where) == comparison.count()


def test_what_a_query_puts_aside_on_disk_is_limited(comparison):
    limit = comparison.query("SELECT current_setting('max_temp_directory_size') AS size")["size"][0]
    assert limit == "4.6 GiB"


def test_a_condition_may_hold_a_comment_and_quotes(comparison):
    assert comparison.count(where="source = 'it''s' -- nothing") == 0


def test_the_folder_alone_can_be_read(comparison, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")
    for sql in (
        f"SELECT * FROM read_csv('{outside}')",
        f"COPY facts TO '{tmp_path / 'x.csv'}'",
        "INSTALL httpfs",
        "SET threads = 1",
    ):
        with pytest.raises(FlipscopeError):
            comparison.query(sql)


def test_probabilities_of_an_example_by_model_and_class(tmp_path):
    rows = [{"example_id": "1", "text_a": "x", "label": "yes"}, {"example_id": "2", "text_a": "y", "label": "no"}]
    answers = {
        "old": predictions("old", ["1", "2"], ("no", "yes"), ["yes", "no"], [[0.25, 0.75], [0.9, 0.1]]),
        "new": predictions("new", ["1", "2"], ("no", "yes"), ["yes", "yes"]),
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("no", "yes")), answers)])
    row_id = comparison.examples(where="example_id = '1'")["row_id"][0]
    found = comparison.probabilities(int(row_id))
    assert found.to_numpy().tolist() == [["old", "no", 0.25], ["old", "yes", 0.75]]
    assert comparison.probabilities(999).empty


@pytest.mark.parametrize("damage", ["absent", "cut short"])
def test_a_table_that_cannot_be_read_is_named(tmp_path, damage):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 20, LABELS)])
    file = comparison.path / "facts.parquet"
    content = file.read_bytes()
    file.unlink() if damage == "absent" else file.write_bytes(content[: len(content) // 2])
    with pytest.raises(FlipscopeError, match="can't be read") as caught:
        open_comparison(comparison.path).examples()
    assert "facts.parquet" in str(caught.value)


def test_several_candidates_share_examples_and_have_their_own_results(two_candidates):
    assert two_candidates.candidates == ["new", "large"]
    assert set(two_candidates.summary()["candidate"]) == {"new", "large"}
    assert two_candidates.count(candidate="large") == two_candidates.count(candidate="new") == 200
    large = two_candidates.result("t", "large")
    assert large.accuracy_new > two_candidates.result("t", "new").accuracy_new
    assert two_candidates.query("SELECT count(*) AS n FROM text")["n"][0] == 200


def test_metadata_never_hides_a_column_of_ours(tmp_path):
    comparison = _tiny(tmp_path, outcome=["w", "x", "y", "z"], Task=[1, 2, 3, 4], Kind=list("aabb"), kind=list("cdcd"))
    assert comparison.meta_columns == ["outcome_", "Task_", "Kind", "kind_"]
    assert comparison.count("negative_flip", where="outcome_ = 'x' AND kind_ = 'd'") == 1
    assert comparison.by("Kind")["n"].sum() == 4


def test_tasks_may_have_different_columns_and_types(tmp_path):
    one = simulated_task("one", 20, LABELS, seed=1)
    two = simulated_task("two", 20, LABELS, seed=2)
    changed = two.examples.table.drop_columns(["source"])
    changed = changed.set_column(changed.column_names.index("length"), "length", [[f"{i} words" for i in range(20)]])
    two = TaskData(type(two.examples)(**{**two.examples.__dict__, "table": changed}), two.predictions)
    comparison = build_comparison(tmp_path / "c", [one, two])
    assert comparison.count(where="source IS NULL") == 20
    assert comparison.count(where="length = '3 words'") == 1


def test_large_integers_of_one_task_beside_floats_of_another(tmp_path):
    tasks = []
    for name, values in (("one", [2**60 + i for i in range(10)]), ("two", [i / 3 for i in range(10)])):
        task = simulated_task(name, 10, LABELS)
        changed = task.examples.table.set_column(5, "length", [values])
        tasks.append(TaskData(type(task.examples)(**{**task.examples.__dict__, "table": changed}), task.predictions))
    assert build_comparison(tmp_path / "c", tasks).count(where="length > 1e18") == 10


def test_models_without_probabilities_and_examples_without_text(tmp_path):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 50, LABELS, texts=False, scores=False)])
    result = comparison.result("t")
    assert (result.soft_nf, result.soft_nf_reason) == (None, "no_probabilities")
    assert len(comparison.examples("negative_flip")) == result.negative_flip
    assert comparison.count(search="anything") == 0


def test_what_a_reader_must_know_is_among_the_warnings(tmp_path):
    task = simulated_task("t", 30, LABELS)
    old = task.predictions["old"]
    fewer = type(old)(**{**task.predictions["new"].__dict__, "table": task.predictions["new"].table.slice(0, 25)})
    comparison = build_comparison(tmp_path / "a", [TaskData(task.examples, {"old": old, "new": fewer})])
    assert comparison.manifest.warnings == ["t: 5 of 30 examples have no prediction of the candidate and do not count"]
    same = build_comparison(tmp_path / "b", [TaskData(task.examples, {"old": old, "new": old})])
    assert same.manifest.warnings == ["t: the old model and the candidate are the same"]
    assert same.result("t").negative_flip == same.result("t").positive_flip == 0


def test_the_json_contract(comparison):
    content = json.loads(comparison.results.model_dump_json())
    assert content["schema_version"] == 1
    assert set(content["old"]) == {"name", "fingerprint"}
    candidate = content["candidates"][0]
    assert (candidate["name"], candidate["behaviors"], candidate["capabilities"]) == ("new", [], [])
    for task in candidate["tasks"]:
        assert set(task["nfr"]) == {"value", "low", "high", "reason"}
        assert task["nfr"]["value"] == pytest.approx(task["negative_flip"] / task["n"])
        for name in ("relative_nfr", "nfi", "btc", "bec", "nfr_over_gain", "mcnemar_p", "label_churn"):
            assert (task[name] is None) == (task[f"{name}_reason"] is not None) or name == "mcnemar_p"


def test_a_folder_that_is_not_a_finished_comparison_is_refused(tmp_path):
    with pytest.raises(FlipscopeError, match="no such comparison folder"):
        open_comparison(tmp_path / "nowhere")
    with pytest.raises(FlipscopeError, match="not finished"):
        open_comparison(tmp_path)
    (tmp_path / "comparison.json").write_text('{"schema_version": 99}')
    with pytest.raises(FlipscopeError, match="schema_version"):
        open_comparison(tmp_path)


def test_the_folder_of_a_study_stands_for_its_comparison(tmp_path):
    study = tmp_path / "sst2-study"
    study_comparison(study / "comparison", n=40, seeds=1, suites=False)
    for path in (study, str(study), study / "comparison"):
        opened = open_comparison(path)
        assert opened.path == study / "comparison"
        assert opened.title == "sst2-study"
    moved = (study / "comparison").rename(tmp_path / "moved")
    assert open_comparison(moved).title == "moved"


def test_a_folder_of_comparisons_is_no_study(tmp_path):
    opened = build_comparison(tmp_path / "all" / "comparison")
    assert opened.title == "comparison"
    assert comparison_folder(tmp_path / "all") == tmp_path / "all"
    (opened.path / "comparison.json").write_text("{")
    assert comparison_folder(tmp_path / "all") == tmp_path / "all"
    with pytest.raises(FlipscopeError, match="not finished"):
        open_comparison(tmp_path / "all")


def _damage(comparison, folder, change):
    """Copy a comparison's manifest with a change in it."""
    content = json.loads((comparison.path / "comparison.json").read_text())
    change(content)
    folder.mkdir(exist_ok=True)
    (folder / "comparison.json").write_text(json.dumps(content))


HOLD = {
    "decision": "hold", "sentence": "Hold: 3 of 9 broke.", "confidence": 0.95, "correction": "none", "candidates": 1,
    "reasons": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda content: content.update(created="yesterday"), "created: .*yesterday"),
        (lambda content: content.update(created=""), "created: "),
        (lambda content: content["results"].update(candidates=[]), "results.candidates: "),
        *(
            (lambda content, verdict=verdict: content["results"]["candidates"][0].update(verdict=verdict), place)
            for verdict, place in (
                ({}, "verdict.decision: Field required"),
                (HOLD | {"decision": ["hold"]}, "verdict.decision: Input should be 'ship', "),
                (HOLD | {"decision": "perhaps"}, "verdict.decision: Input should be 'ship', "),
                (HOLD | {"reasons": "abc"}, "verdict.reasons: Input should be a valid array"),
                (HOLD | {"reasons": ["abc"]}, "verdict.reasons.0: "),
                (HOLD | {"reasons": [{"scope": "t"}]}, "verdict.reasons.0.kind: Field required"),
                (HOLD | {"confidence": float("nan")}, "verdict.confidence: Input should be a finite number"),
                (HOLD | {"more": 1}, "verdict.more: Extra inputs"),
            )
        ),
    ],
)
def test_a_damaged_manifest_is_told_when_it_is_opened(comparison, tmp_path, change, place):
    _damage(comparison, tmp_path, change)
    with pytest.raises(FlipscopeError, match=rf"comparison.json: \S*{place}"):
        open_comparison(tmp_path)


def test_a_verdict_is_kept_as_it_is(comparison, tmp_path):
    reason = {
        "scope": "sentiment", "kind": "task", "where": {"task": "sentiment"}, "measure": "nfr", "required": True,
        "observed": 1 / 3, "low": 0.1, "high": 0.6, "bound": 0.6, "budget": 0.02, "holds": False,
        "beyond_chance": True, "confidence": 0.95, "n": 9, "negative_flip": 3, "positive_flip": 0,
    }  # fmt: skip
    verdict = HOLD | {"reasons": [reason]}
    _damage(comparison, tmp_path, lambda content: content["results"]["candidates"][0].update(verdict=verdict))
    kept = open_comparison(tmp_path).candidate().verdict
    assert kept.model_dump(exclude_unset=True) == verdict
    assert kept.reasons[0].needed_n is None


def test_unknown_names_list_the_known_ones(comparison):
    for call in (
        lambda: comparison.result("nope"),
        lambda: comparison.by("nope"),
        lambda: comparison.examples("nope"),
        lambda: comparison.examples(sort="nope"),
    ):
        with pytest.raises(FlipscopeError, match="Choose from"):
            call()


def test_other_peoples_files_are_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("dear")
    with pytest.raises(FlipscopeError, match="holds other files"):
        write_comparison(tmp_path, [simulated_task("t", 10, LABELS)])
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(FlipscopeError, match="a file, not a folder"):
        write_comparison(tmp_path / "thesis.tex", [simulated_task("t", 10, LABELS)])


@pytest.mark.parametrize("finished_before", [False, True])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch, finished_before):
    folder = tmp_path / "c"
    if finished_before:
        before = build_comparison(folder, [simulated_task("first", 10, LABELS)])
        assert before.tasks == ["first"]

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    with pytest.raises(OSError, match="No space"):
        write_comparison(folder, [simulated_task("second", 10, LABELS)])
    assert folder.exists() == finished_before
    if finished_before:
        assert open_comparison(folder).tasks == ["first"]
        assert not list(folder.rglob("*.part"))


def test_writing_again_replaces_the_whole_comparison(tmp_path):
    build_comparison(tmp_path / "c", [simulated_task("t", 30, LABELS, candidates=("new", "large"))])
    again = build_comparison(tmp_path / "c", [simulated_task("t", 20, LABELS)])
    assert again.candidates == ["new"]
    assert again.count() == 20
    assert sorted(path.name for path in (tmp_path / "c" / "predictions").iterdir()) == [
        "new.parquet",
        "old.parquet",
    ]


def test_shown_in_a_notebook_names_are_text_not_markup(tmp_path):
    task = simulated_task("<script>alert(1)</script>", 10, LABELS)
    shown = build_comparison(tmp_path / "c", [task])._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_an_unknown_column_in_a_condition_lists_those_there_are(comparison):
    for where in ("chanel = 'mail'", 'source = "mail"'):
        with pytest.raises(FlipscopeError, match=r"Columns are candidate, .*source.*; text goes in single quotes"):
            comparison.count(where=where)


@pytest.mark.parametrize("where", ["sorce = 'web'", "facts.sorce = 'web'"])
def test_an_unknown_column_is_named_with_the_one_probably_meant(comparison, where):
    with pytest.raises(FlipscopeError) as raised:
        comparison.count(where=where)
    assert str(raised.value).startswith("query: there is no column 'sorce'. Did you mean source? Columns are candidate")


@pytest.mark.parametrize(
    ("where", "told"), [("'a'", "Could not convert string 'a'"), ("sqrtt(2) = 1", "name sqrtt does not exist")]
)
def test_what_a_condition_can_not_be_is_told_without_names_of_errors(comparison, where, told):
    with pytest.raises(FlipscopeError, match=told) as raised:
        comparison.count(where=where)
    assert "Error" not in str(raised.value)
    assert not raised.value.what.endswith("!")
