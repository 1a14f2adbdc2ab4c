"""Budgets: reading them, and writing a first one for a comparison."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavior_samples import two_tasks
from builders import build_comparison, examples, predictions, simulated_task
from commands import error, run
from conftest import ROOT
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import Budget, kept_budget, only_nfr, read_budget
from flipscope.judge.draft import draft, quoted
from flipscope.judge.verdict import judged
from flipscope.store.tables import TaskData

NASTY = 'a "quoted" \\ name\nmax_nfr = 1 # \x7f\x85\u2028 Zoë 🙂'


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("budget") / "c")


def read(folder, text):
    (folder / "budget.toml").write_text(text, encoding="utf-8")
    return read_budget(folder / "budget.toml")


def test_every_key_is_read(tmp_path):
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "ids.csv").write_text("example_id,note\n7,first\n9,second\n7,again\n")
    (tmp_path / "golden" / "texts.jsonl").write_text('{"sentence": "a fine film"}\n{"sentence": null}\n')
    budget = read(
        tmp_path,
        """
        version = 1
        confidence = 0.99
        correction = "none"
        cluster = "template"
        max_nfr = 0.02
        min_accuracy_change = -0.005
        max_cost = 0.1
        [task.sst2]
        max_nfr = 0.01
        [pooled]
        max_nfr = 0.015
        [[behavior]]
        task = "sst2"
        capability = "Negation"
        type = "MFT"
        max_nfr = 0.05
        required = true
        [[behavior]]
        test = "negated praise"
        max_nfr = 0.1
        [[slice]]
        column = "year"
        value = 2024
        task = "sst2"
        max_nfr = 0.03
        required = true
        [must_not_break]
        examples = ["3"]
        texts = ["good"]
        files = ["golden/ids.csv", "golden/texts.jsonl"]
        tests = ["negated praise"]
        task = "sst2"
        [cost]
        column = "weight"
        default = 2.0
        [[cost.pair]]
        label = "positive"
        prediction = "negative"
        cost = 5
        """,
    )
    assert budget == Budget(
        confidence=0.99, correction="none", cluster="template", max_nfr=0.02, min_accuracy_change=-0.005, max_cost=0.1,
        tasks={"sst2": {"max_nfr": 0.01}},
        pooled={"max_nfr": 0.015},
        behaviors=[
            {"task": "sst2", "capability": "Negation", "type": "MFT", "max_nfr": 0.05, "required": True},
            {"test": "negated praise", "max_nfr": 0.1},
        ],
        slices=[{"column": "year", "value": 2024, "task": "sst2", "max_nfr": 0.03, "required": True}],
        must_not_break={
            "examples": ["3", "7", "9"], "texts": ["good", "a fine film"], "tests": ["negated praise"], "task": "sst2",
        },
        cost={
            "column": "weight", "default": 2.0,
            "pairs": [{"label": "positive", "prediction": "negative", "cost": 5}],
        },
    )  # fmt: skip
    # A task keeps what it does not say itself.
    assert budget.limits("sst2").model_dump() == {"max_nfr": 0.01, "min_accuracy_change": -0.005, "max_cost": 0.1}
    assert budget.limits("mrpc").max_nfr == 0.02


def test_the_example_of_the_documentation_is_read_and_has_every_key(tmp_path):
    text = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
    (tmp_path / "golden.csv").write_text("text\nfine\n")
    example = re.search("```toml\n(.*?)```", text, re.DOTALL)[1]
    given = tomllib.loads(example)
    budget = read(tmp_path, example)
    assert len(given) == len(Budget.model_fields)
    for name in ("behaviors", "slices"):
        parts = getattr(budget, name)
        assert all(any(getattr(part, key) for part in parts) for key in type(parts[0]).model_fields)
    for part in (budget.must_not_break, budget.cost, budget.cost.pairs[0]):
        assert part.model_fields_set | {"files"} >= set(type(part).model_fields)


def test_what_a_budget_does_not_say(tmp_path):
    budget = read(tmp_path, "\ufeffmax_nfr = 0.02\n")
    assert budget == only_nfr(0.02)
    assert (budget.confidence, budget.correction, budget.cluster) == (0.95, "bonferroni", None)
    assert (budget.pooled, budget.behaviors, budget.slices, budget.cost) == (None, (), (), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_nfr = 0.1\nversion = 2", "version: 2 is not 1, the only version there is"),
        ("max_nfr = 0.1\nversion = true", "version: true is not 1"),
        ("max_nfr = 0.1\nconfidence = 0.5", "confidence: 0.5 is not a number above 0.5 and at most 0.99999[.] See"),
        ("max_nfr = 0.1\nconfidence = 0.9999999999999999", "confidence: 0.9999999999999999 is not a number above"),
        ("max_nfr = 0.1\nconfidence = 95", "confidence: 95 is not a number .*; 95 % is written 0.95"),
        ('max_nfr = 0.1\nconfidence = "0.9"', 'confidence: "0.9" is not a number .*; write 0.9 without quotes'),
        ('max_nfr = 0.1\ncorrection = "holm"', 'correction: "holm" is not "bonferroni" or "none"'),
        ("max_nfr = inf", "max_nfr: inf is not a number from 0 to 1[.] See"),
        ("max_nfr = nan", "max_nfr: nan is not a number from 0 to 1[.] See"),
        ("max_nfr = true", "max_nfr: true is not a number from 0 to 1[.] See"),
        ("max_nfr = 4", "max_nfr: 4 is not a number from 0 to 1; 4 % is written 0.04"),
        ('max_nfr = "2 %"', 'max_nfr: "2 %" is not a number from 0 to 1; 2 % is written 0.02'),
        ('max_nfr = "0.02"', 'max_nfr: "0.02" is not a number from 0 to 1; write 0.02 without quotes'),
        ("min_accuracy_change = -2", "min_accuracy_change: -2 is not a number from -1 to 1; -2 % is written -0.02"),
        ('max_nfr = 0.1\n[[behavior]]\nmax_nfr = 0.1\nrequired = "yes"', 'required: "yes" is not true or false'),
        ('max_nfr = 0.1\n[[slice]]\ncolumn = "x"\nmax_nfr = 0.1\nrequired = 1', "slice.1.required: 1 is not true or"),
        ('max_nfr = 0.1\n[[slice]]\ncolumn = "x"\nmax_nfr = 0.1\nvalue = nan', "slice.1.value: nan is not a text in"),
        (
            'max_nfr = 0.1\n[[slice]]\ncolumn = "x"\nmax_nfr = 0.1\nvalue = 2024-01-31',
            "slice.1.value: 2024-01-31 is not a text in quotes, a finite number, true or false",
        ),
        ("max_nfr = 0.1\n[cost]\ndefault = 1e160", r"cost.default: 1e\+160 is not a number from 0 to 1e\+12"),
        ("max_nfr = 0.1\n[[cost.pair]]\ncost = 1e160", r"cost.pair.1.cost: 1e\+160 is not a number from 0 to"),
        ("max_nfr = 0.1\ncost = 5", "cost: 5 is not a table"),
        ("max_nfr = 0.1\n[must_not_break]\ntexts = 5", "must_not_break.texts: 5 is not a list in brackets"),
        ("max_nfr = 0.1\nzzz = " + "[" * 5000 + "]" * 5000, "not a readable TOML file"),
        ("max_nfr = " + "1" * 5000, "not a readable TOML file"),
        ('max_nfr = 0.1\n[[slice]]\ncolumn = "x"', "slice.1.max_nfr' is missing"),
        ("max_nfr = 0.1\n[[slice]]\nmax_nfr = 0.1", "slice.1: give either column or where"),
        ('max_nfr = 0.1\n[[behavior]]\nmax_nfr = 0.1\ntype = "mft"', "behavior.1.type: "),
        ("max_nfr = 0.1\n[pooled]", "pooled.max_nfr' is missing"),
        ("max_nfr = 0.1\n[cost]\ndefault = -1", "cost.default: "),
        ("max_nfr = 0.1\n[cost]\ndefault = inf", "cost.default: "),
        ("max_nfr = 0.1\n[must_not_break]\nexamples = [3]", "must_not_break.examples.1: 3 is not a text in quotes"),
        ('[[slice]]\ncolumn = "x"\nmax_nfr = 0.1', "requires nothing"),
        ("[task.x]\nmax_nrf = 0.1", "unknown key 'task.x.max_nrf' .did you mean 'max_nfr'"),
        ("max_nfr = 0.1\nmax_nfr = 0.2", "not a readable TOML file"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_key(tmp_path, text, message):
    with pytest.raises(FlipscopeError, match=message) as raised:
        read(tmp_path, text)
    assert raised.value.where == str(tmp_path / "budget.toml")
    assert raised.value.do


def test_whole_numbers_are_numbers(tmp_path):
    budget = read(tmp_path, "max_nfr = 0\nmin_accuracy_change = -1\nmax_cost = 3\n[cost]\ndefault = 2\n")
    assert (budget.max_nfr, budget.min_accuracy_change, budget.max_cost, budget.cost.default) == (0, -1, 3, 2)


@pytest.mark.parametrize("rate", [2, -0.1, float("nan"), True, "0.02"])
def test_a_limit_of_its_own_is_as_strict_as_a_file(rate):
    with pytest.raises(FlipscopeError, match="is not a number from 0 to 1"):
        only_nfr(rate)


def test_golden_files_that_do_not_tell_their_examples_are_refused(tmp_path):
    (tmp_path / "golden.csv").write_text("number\n1\n")
    with pytest.raises(FlipscopeError, match="no column that tells"):
        read(tmp_path, '[must_not_break]\nfiles = ["golden.csv"]')
    with pytest.raises(FlipscopeError, match="no such file"):
        read(tmp_path, '[must_not_break]\nfiles = ["no.csv"]')


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "budget.toml").write_bytes(b"max_nfr = 0.1 # \xff\n")
    with pytest.raises(FlipscopeError, match="not a readable TOML file"):
        read_budget(tmp_path / "budget.toml")


@given(st.text())
def test_any_name_survives_as_a_string_on_one_line(text):
    written = quoted(text.encode("utf-8", "ignore").decode())
    assert written.isprintable()
    assert tomllib.loads(f"name = {written}")["name"] == text.encode("utf-8", "ignore").decode()


def settings_on(text):
    """Set what a draft leaves off: take away each # with no blank behind it."""
    return re.sub("^#(?=[^ \n])", "", text, flags=re.MULTILINE)


def test_a_first_budget_can_be_used_as_it_is(comparison, tmp_path):
    budget = read(tmp_path, draft(comparison))
    assert (budget.max_nfr, budget.min_accuracy_change) == (0.02, -0.005)
    assert set(budget.tasks) == {"sentiment", "paraphrase", "entailment"}
    assert judged(comparison, budget).candidate().verdict is not None


def test_a_first_budget_shows_every_section_with_the_names_of_the_comparison(comparison, tmp_path):
    (tmp_path / "golden.csv").write_text("example_id\nsentiment-1\n")
    budget = read(tmp_path, settings_on(draft(comparison)).replace('column = "weight"', 'column = "length"'))
    shown = {name for name in Budget.model_fields if getattr(budget, name) != Budget.model_fields[name].get_default()}
    assert set(Budget.model_fields) - shown == {"behaviors", "confidence", "correction", "version"}
    assert [limit.column for limit in budget.slices] == ["source", "source", None]
    assert budget.must_not_break.examples == ("sentiment-1",)
    assert judged(comparison, budget.model_copy(update={"cluster": "source"})).candidate().verdict is not None


def test_a_first_budget_does_not_depend_on_what_the_candidate_did(tmp_path):
    parts = [build_comparison(tmp_path / f"{broken}", [one_task(broken=broken)]) for broken in (0, 40)]
    assert draft(parts[0]) == draft(parts[1])


def test_a_slice_in_a_first_budget_is_one_of_the_task_it_is_shown_for(tmp_path):
    parts = [one_task(values=("web", "mail")), one_task(300, name="other", values=("letter", "phone"))]
    comparison = build_comparison(tmp_path / "c", parts)
    budget = read(tmp_path, re.sub("(files|column = .weight).*", "", settings_on(draft(comparison))))
    assert (budget.slices[1].task, budget.slices[1].value) == ("other", "letter")
    assert judged(comparison, budget.model_copy(update={"cluster": None})).candidate().verdict is not None


def one_task(
    n=200, broken=0, names=("source", "domain"), values=("web", "mail"), labels=("negative", "positive"), name="mine"
):
    rows = [
        {"example_id": f"{i}", "text_a": f"text {i}", "label": labels[i % 2]}
        | {name: values[i % len(values)] for name in names}
        for i in range(n)
    ]
    ids, right = [row["example_id"] for row in rows], [row["label"] for row in rows]
    new = [labels[1 - labels.index(label)] if i < broken else label for i, label in enumerate(right)]
    answers = {"old": predictions("old", ids, labels, right), "new": predictions("new", ids, labels, new)}
    return TaskData(examples(name, rows, labels), answers)


@pytest.mark.parametrize(
    ("n", "told"),
    [
        # 0 of n hold below 2 % when 0.98^n is at most 5 %: from 149 on, as ln 0.05 / ln 0.98 is 148.3.
        (148, "148 examples: too few for a limit of 0.02, even if none breaks; it takes 149."),
        (149, "149 examples: for a limit of 0.02 to hold, at most 0 may break"),
        # 12 of 1,000 are 1.9370 % at worst, 13 are 2.0589 % (scipy.stats.beta.ppf(0.95, k + 1, n - k)).
        (1000, "1,000 examples: for a limit of 0.02 to hold, at most 12 may break"),
    ],
)
def test_a_first_budget_tells_what_so_many_examples_can_show(tmp_path, n, told):
    assert told in draft(build_comparison(tmp_path / "c", [one_task(n)]))


@pytest.mark.parametrize("name", ["template", "Template_ID", "doc-id", "user", "source_id", "group"])
def test_a_column_that_looks_like_a_cluster_is_suggested(tmp_path, name):
    comparison = build_comparison(tmp_path / "c", [one_task(names=("source", name))])
    assert read(tmp_path, draft(comparison)).cluster == name


def test_other_columns_are_not(comparison, tmp_path):
    assert read(tmp_path, draft(comparison)).cluster is None


def test_names_with_quotes_and_line_ends_stay_names(tmp_path):
    task = one_task(names=(NASTY, "template"), values=(NASTY, "b"), labels=(NASTY, "other"))
    comparison = build_comparison(tmp_path / "c", [task])
    text = draft(comparison)
    plain, full = read(tmp_path, text), settings_on(text).replace('files = ["golden.csv"]', "")
    assert plain.max_nfr == 0.02
    budget = read(tmp_path, full.replace('column = "weight"', ""))
    assert [limit.column for limit in budget.slices] == [NASTY, NASTY, None]
    assert budget.slices[1].value in (NASTY, "b")
    assert budget.cost.pairs[0].label == NASTY
    assert judged(comparison, budget).candidate().verdict is not None


def test_a_comparison_of_behaviors_alone_gets_a_budget_that_requires_them(tmp_path, behaviors_comparison):
    text = draft(behaviors_comparison)
    budget = read(tmp_path, text)
    assert budget.behaviors[0].required
    assert budget.max_nfr is None
    assert judged(behaviors_comparison, budget).candidate().verdict is not None
    full = read(tmp_path, settings_on(text).replace('files = ["golden.csv"]', ""))
    assert len(full.behaviors) == 3
    assert full.must_not_break.tests


def test_capabilities_are_left_off_where_there_are_examples_and_told_what_a_limit_takes(tmp_path):
    # 0.95^59 = 4.85 %, 0.95^58 = 5.10 %: ln 0.05 / ln 0.95 = 58.4.
    text = draft(two_tasks(tmp_path / "c"))
    assert "59 templates for a single note" in " ".join(text.replace("\n# ", " ").split())
    assert read(tmp_path, text).behaviors == ()
    first, *_ = read(
        tmp_path, settings_on(text).replace('files = ["golden.csv"]', "").replace('column = "weight"', "")
    ).behaviors
    assert (first.max_nfr, first.required, first.capability) == (0.05, False, None)


def test_a_list_that_is_cut_says_where_the_rest_is(tmp_path):
    names = tuple(f"column_{i}" for i in range(25))
    text = draft(build_comparison(tmp_path / "c", [one_task(names=names)]))
    assert "and 5 more (see the data)." in " ".join(text.replace("\n# ", " ").split())


@pytest.fixture(scope="module")
def behaviors_comparison(tmp_path_factory):
    from flipscope import compare_behaviors

    folder = tmp_path_factory.mktemp("behaviors")
    (folder / "suite.toml").write_text(
        """
        format = "flipscope-suite"
        version = 1
        name = "s"
        labels = ["negative", "positive"]
        [[tests]]
        name = 'a "test"'
        capability = "Negation"
        type = "MFT"
        expect = { kind = "label" }
        label = "positive"
        templates = ["good one", "good two", "good three"]
        """
    )
    for name, answers in (("old", "111"), ("new", "110")):
        (folder / f"{name}.txt").write_text("".join(f"{a} {1 - int(a)} {a}\n" for a in answers))
    return compare_behaviors(folder / "old.txt", folder / "new.txt", folder / "suite.toml", out=folder / "c")


def test_the_command_prints_it_or_writes_a_file_that_it_does_not_replace_unasked(comparison, tmp_path):
    printed = run("budget", "init", comparison.path)
    assert printed.exit_code == 0
    assert printed.stdout == draft(comparison)
    assert printed.stderr == ""
    file = tmp_path / "budget.toml"
    written = run("budget", "init", comparison.path, "-o", file)
    assert written.stdout == ""
    assert "budget in" in written.stderr
    assert file.read_text(encoding="utf-8") == draft(comparison)
    file.write_text("mine")
    assert "there already" in error("budget", "init", comparison.path, "-o", file)
    assert file.read_text() == "mine"
    assert run("budget", "init", comparison.path, "-o", file, "--force").exit_code == 0
    assert file.read_text(encoding="utf-8") == draft(comparison)
    assert "this is a folder" in error("budget", "init", comparison.path, "-o", tmp_path)
    assert "no such folder" in error("budget", "init", comparison.path, "-o", tmp_path / "no" / "b.toml")
    assert "no such comparison folder" in error("budget", "init", tmp_path / "no")


def test_several_candidates_leave_less_room(tmp_path):
    task = simulated_task("t", 1000, ("a", "b"), candidates=("x", "y"))
    # At 97.5 %: 11 of 1,000 are 1.9597 % at worst, 12 are 2.0868 %.
    assert "at most 11 may break" in draft(build_comparison(tmp_path / "c", [task]))


def test_a_budget_that_came_with_a_comparison_opens_no_file(tmp_path, monkeypatch):
    # Whoever hands a comparison on must not choose which files of this machine are read.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "private.csv").write_text("text\nsecret\n")
    given = {"max_nfr": 0.1, "must_not_break": {"files": ["private.csv"]}}
    with pytest.raises(FlipscopeError, match="names files") as raised:
        kept_budget(given, where="comparison")
    assert "secret" not in str(raised.value)
    assert kept_budget({"max_nfr": 0.1}) == only_nfr(0.1)
