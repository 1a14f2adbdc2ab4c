"""The model card: metadata that the hub's own library reads back, and a section that stays text."""

import re
import subprocess
import sys

import pytest
import yaml
from huggingface_hub import ModelCard
from huggingface_hub.repocard_data import model_index_to_eval_results
from markdown_it import MarkdownIt

import flipscope
from builders import build_comparison, examples, predictions, simulated_task
from flipscope import report
from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.gate import judge_by
from flipscope.report import Options
from flipscope.report.model_card import _name
from flipscope.store.tables import TaskData
from flipscope.words import interval, percent
from suites import SUITE

HOSTILE = "x: [1, 2]\n---\n# no\n![a](http://outside.invalid/b.png) | `c` | <script>alert(1)</script> & *d* !!python/object 'e' \"f\""


def card(comparison, **options):
    return report.render(comparison, "model-card", Options(**options)).decode()


def results_of(written):
    """Read the metadata back, by YAML alone and by the hub's library; both have to agree."""
    read = ModelCard(written)
    (block,) = re.findall(r"\A---\n(.*?)\n---\n", written, re.DOTALL)
    name, results = model_index_to_eval_results(yaml.safe_load(block)["model-index"])
    assert (read.data.model_name, read.data.eval_results) == (name, results)
    return name, results


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return build_comparison(tmp_path_factory.mktemp("three") / "three")


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


def test_the_metadata_have_the_figures_of_every_task_as_fractions_of_1(comparison):
    name, results = results_of(card(comparison))
    assert name == "new.csv"
    found = {(each.dataset_name, each.metric_type): each for each in results}
    assert len(found) == len(results) == 9
    for task in comparison.tasks:
        result = comparison.result(task)
        assert found[task, "accuracy"].metric_value == result.accuracy_new
        assert found[task, "negative_flip_rate"].metric_value == result.negative_flip / result.n
        assert found[task, "positive_flip_rate"].metric_value == result.positive_flip / result.n
        info = comparison.task_info(task)
        assert found[task, "accuracy"].dataset_args == {"rows": result.n, "sha256": info.data.digest}
        old = {"old": "old.csv", "old_sha256": info.models["old"].fingerprint}
        assert found[task, "negative_flip_rate"].metric_args == old
        assert found[task, "accuracy"].task_type == "text-classification"


def test_the_section_has_every_rate_with_its_count_and_interval(comparison):
    written = card(comparison)
    assert "## Regressions against `old.csv`" in written
    assert "`old (old.csv)` → `new (new.csv)` on 3 tasks, " in written
    for task in comparison.tasks:
        result = comparison.result(task)
        (row,) = (line for line in written.splitlines() if line.startswith(f"| `{task}`") and "→" in line)
        cells = [cell.strip().replace("*", "") for cell in row.strip("|").split("|")]
        assert cells[1] == f"{result.n:,}"
        for rate, low, high in (
            (result.accuracy_old, result.accuracy_old_low, result.accuracy_old_high),
            (result.accuracy_new, result.accuracy_new_low, result.accuracy_new_high),
        ):
            assert f"{percent(rate, 1)} {interval(low, high, 1)}" in cells[2]
        for cell, count, flips in (
            (cells[3], result.negative_flip, result.nfr),
            (cells[4], result.positive_flip, result.pfr),
        ):
            assert cell == f"{count:,} {percent(flips.value)} {interval(flips.low, flips.high)}"


def test_the_section_tells_what_was_compared_and_what_nfr_means(comparison):
    written = card(comparison)
    for info in comparison.manifest.tasks:
        for digest in (info.data.digest, info.models["old"].fingerprint, info.models["new"].fingerprint):
            assert digest in written
    assert comparison.manifest.versions["flipscope"] in written
    assert "NFR, the negative flip rate, is their share of all examples" in written


def test_the_sentence_of_the_verdict_is_first_if_there_is_one(comparison):
    judged = card(judge_by(comparison, max_nfr=0.5))
    section = judged.partition("## Regressions")[2]
    assert section.splitlines()[4].startswith("**Ship**: on `")
    assert "Ship" not in card(comparison)


def test_one_card_is_about_one_model(tmp_path):
    task = simulated_task("intent", 60, ("ask", "tell"), candidates=("small", "large"))
    two = build_comparison(tmp_path / "two", [task])
    with pytest.raises(FlipscopeError, match=r"about one model\. Give --candidate, one of small, large"):
        card(two)
    written = card(two, candidate="large")
    name, results = results_of(written)
    assert name == "large.csv"
    assert results[0].metric_value == two.result(candidate="large").accuracy_new
    assert two.task_info("intent").models["small"].fingerprint not in written


def test_behaviors_alone_make_a_section_without_metadata(behaviors_only):
    written = card(behaviors_only)
    assert written.startswith("## Regressions against `old.txt`")
    (row,) = (line for line in written.splitlines() if "`Negation`" in line and "MFT" in line)
    assert "**9** 30.00%" in row
    assert behaviors_only.manifest.tasks[0].suites[0].digest in written


def test_undefined_figures_are_left_out_of_the_metadata_and_dashes_in_the_table(comparison):
    opened = Comparison(comparison.path)
    empty = opened.result("entailment")
    for name in ("accuracy_old", "accuracy_new"):
        for each in (name, f"{name}_low", f"{name}_high"):
            setattr(empty, each, None)
    for rate in (empty.nfr, empty.pfr):
        rate.value = rate.low = rate.high = None
        rate.reason = "no_examples"
    written = card(opened)
    _, results = results_of(written)
    assert {each.dataset_name for each in results} == {"sentiment", "paraphrase"}
    assert "nan" not in written
    assert "None" not in written


def test_data_of_the_hub_are_named_as_there_and_two_of_one_stay_apart(comparison):
    opened = Comparison(comparison.path)
    sentiment, paraphrase, entailment = (opened.task_info(task) for task in opened.tasks)
    sentiment.data.source = "nyu-mll/glue:sst2:validation"
    paraphrase.data.source = entailment.data.source = "org/pairs:test"
    _, results = results_of(card(opened))
    where = {(each.dataset_name, each.dataset_type, each.dataset_config, each.dataset_split) for each in results}
    assert where == {
        ("sentiment", "nyu-mll/glue", "sst2", "validation"),
        ("paraphrase", "paraphrase", None, None),
        ("entailment", "entailment", None, None),
    }


def test_hostile_names_stay_text(tmp_path):
    labels = (HOSTILE, "no")
    rows = [{"example_id": f"{i}", "text_a": "a", "label": HOSTILE} for i in range(20)]
    ids = [row["example_id"] for row in rows]
    answers = {
        name: predictions(name, ids, labels, given) for name, given in (("old", [HOSTILE] * 20), ("new", ["no"] * 20))
    }
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, labels), answers)])
    comparison.manifest.tasks[0].task = comparison.candidate().tasks[0].task = HOSTILE
    comparison.results.old.name = comparison.candidate().name = HOSTILE
    models = comparison.manifest.tasks[0].models
    models[HOSTILE] = models.pop("new")
    source = HOSTILE.replace("/", "")
    models["old"].source = models[HOSTILE].source = source
    comparison.manifest.command = ["flipscope", HOSTILE]
    written = card(judge_by_name(comparison))
    name, results = results_of(written)
    shown = HOSTILE.replace("\n", " ")
    named = source.replace("\n", " ")
    assert name == named
    assert {each.dataset_name for each in results} == {shown}
    assert results[1].metric_args["old"] == named
    tokens = MarkdownIt("commonmark").enable("table").parse(ModelCard(written).text)
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens}.isdisjoint({"html_block", "hr", "fence", "code_block"})
    assert {token.type for token in inline} <= {"text", "code_inline", "strong_open", "strong_close"}
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2", "h3"]
    cells = [token.content for token in inline if token.type == "code_inline"]
    assert {shown, named} <= set(cells)


def judge_by_name(comparison):
    """Give a verdict whose scope is the name of the task."""
    from flipscope.schema import Reason, Verdict

    reason = Reason(
        scope=HOSTILE, kind="task", where={"task": HOSTILE}, measure="nfr", required=True, observed=1.0, low=0.86,
        high=1.0, bound=1.0, budget=0.02, holds=False, beyond_chance=True, confidence=0.95, n=20, negative_flip=20,
        positive_flip=0,
    )  # fmt: skip
    comparison.candidate().verdict = Verdict(
        decision="hold",
        sentence=f"Hold: on {HOSTILE}",
        confidence=0.95,
        correction="none",
        candidates=1,
        reasons=[reason],
    )
    return comparison


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/ada/models/v1", "v1"),
        ("--new=base=/home/ada/v2.zip", "--new=base=v2.zip"),
        ("ensemble:/home/ada/a+/home/ada/b", "ensemble:a+b"),
        ("vote:/home/ada/a+/home/ada/b", "vote:a+b"),
        ("C:\\Users\\ada\\v1", "v1"),
        ("models/v1", "models/v1"),
        ("nyu-mll/glue:sst2:validation", "nyu-mll/glue:sst2:validation"),
        ("/", "/"),
        ("a / b", "a / b"),
    ],
)
def test_a_card_does_not_tell_whose_machine_it_was(path, shown):
    assert _name(path) == shown


def test_reports_do_not_load_the_hub_before_a_card_is_made():
    code = "import sys, flipscope.report, flipscope.cli_report; print('huggingface_hub' in sys.modules, 'junitparser' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
