"""The whole of flipscope mitigate on models that train in a second."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commands import run
from flipscope import compare
from flipscope.errors import FlipscopeError
from flipscope.mitigate.choose import SelectScore
from flipscope.mitigate.fitting import Fitted
from flipscope.mitigate.run import mitigate
from flipscope.mitigate.spec import make_mitigation, read_mitigation
from flipscope.mitigate.trainings import Trainings
from flipscope.open.checkpoint import open_checkpoint
from tiny_models import make_checkpoint

pytestmark = pytest.mark.usefixtures("quick_training")

GOOD = ("good", "fine", "lovely", "great")
BAD = ("bad", "poor", "awful", "dull")
THINGS = ("film", "book", "song", "play", "meal", "show")
TEXTS = [
    (f"{first} {thing} and {second} {other}", label)
    for words, label in ((GOOD, "positive"), (BAD, "negative"))
    for first in words
    for second in words
    for thing in THINGS[:3]
    for other in THINGS[3:]
]


class Heard:
    """Progress that keeps what it is told, and may stop the work."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.said: list[str] = []
        self.steps: dict[str, tuple[int, int]] = {}
        self.stop_after = stop_after

    def say(self, message: str) -> None:
        self.said.append(message)

    def step(self, name: str, total: int, unit: str = "rows", done: int = 0):
        heard = self

        class Step:
            def __enter__(self):
                heard.steps[name] = (done, total)
                return self

            def __exit__(self, *_):
                pass

            def advance(self, more):
                heard.steps[name] = (heard.steps[name][0] + more, total)
                if name == "training" and heard.stop_after is not None and heard.steps[name][0] > heard.stop_after:
                    raise KeyboardInterrupt

        return Step()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with an old model, a new one, and data."""
    folder = tmp_path_factory.mktemp("mitigate")
    texts = [text for text, _ in TEXTS]
    make_checkpoint(folder / "old", texts, seed=1)
    make_checkpoint(folder / "new", texts, seed=2)
    lines = [f"{text},{label}" for text, label in TEXTS]
    (folder / "train.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    return folder


def spec_of(place: Path, **content):
    task = {
        "name": "tiny", "old": str(place / "old"), "new": str(place / "new"), "train": str(place / "train.csv"),
        "select_share": 0.3, "report_share": 0.3, "builtin_tags": False,
    }  # fmt: skip
    distils = "distillation" in content.get("methods", ["distillation"])
    usual = {
        "seeds": 2,
        "methods": ["conventional", "distillation", "old_and_new", "lowest_nfr_seed", "centric_seed"],
        "training": {"batch_size": 16, "learning_rate": 1e-3},
        **({"distillation": [{"gate": "all", "alpha": [1, 2]}]} if distils else {}),
    }
    return make_mitigation({**usual, "tasks": [task | content.pop("task", {})], **content})


@pytest.fixture(scope="module")
def study(place, tmp_path_factory):
    """One run of everything."""
    os.environ["FLIPSCOPE_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    out = tmp_path_factory.mktemp("out") / "study"
    methods = [
        "conventional", "distillation", "ensemble", "vote", "old_and_new", "lowest_nfr_seed", "centric_seed",
        "interpolation",
    ]  # fmt: skip
    content = {"methods": methods, "seeds": 3, "interpolation": {"weights": [0.3, 0.6]}}
    heard = Heard()
    comparison = mitigate(spec_of(place, **content), out, progress=heard)
    return comparison, out, heard


def test_all_methods_are_candidates_of_one_comparison(study):
    comparison, _, _ = study
    assert comparison.candidates == [
        *(f"conventional-{seed}" for seed in (1, 2, 3)),
        *(f"distil_all-{seed}" for seed in (1, 2, 3)),
        "ensemble_3",
        "vote_3",
        *(f"old_and_new-{seed}" for seed in (1, 2, 3)),
        "lowest_nfr_seed",
        "centric_seed",
        *(f"interpolation-{seed}" for seed in (1, 2, 3)),
    ]
    assert [method.method for method in comparison.manifest.study.methods] == [
        "conventional", "distil_all", "ensemble_3", "vote_3", "old_and_new", "lowest_nfr_seed", "centric_seed",
        "interpolation",
    ]  # fmt: skip


def test_figures_are_those_of_the_candidates(study):
    comparison, _, _ = study
    for method in comparison.manifest.study.methods:
        rates = [comparison.result("tiny", name).nfr.value for name in method.candidates]
        assert method.nfr.value == pytest.approx(sum(rates) / len(rates))
        assert method.n == comparison.result("tiny").n


def test_a_chosen_seed_is_the_model_of_that_seed(study):
    comparison, _, _ = study
    models = comparison.task_info("tiny").models
    for method in comparison.manifest.study.methods:
        if method.kind in ("lowest_nfr_seed", "centric_seed"):
            chosen = f"conventional-{method.settings['seed']:g}"
            assert models[method.method].fingerprint == models[chosen].fingerprint


def test_costs_count_what_was_tried(study):
    costs = {
        method.method: (method.models_trained, method.models_shipped) for method in study[0].manifest.study.methods
    }
    assert costs["conventional"] == (1, 1)
    assert costs["ensemble_3"] == costs["vote_3"] == (3, 3)
    assert costs["old_and_new"] == (1, 2)
    assert costs["lowest_nfr_seed"] == costs["centric_seed"] == (3, 1)
    assert costs["distil_all"][1] == 1


def test_no_text_is_in_two_splits_and_each_is_kept(study):
    _, out, _ = study
    import pyarrow.parquet as pq

    texts = [set(pq.read_table(out / "splits/tiny" / f"{name}.parquet")["text_a"].to_pylist()) for name in
             ("train", "select", "report")]  # fmt: skip
    assert not (texts[0] & texts[1])
    assert not (texts[0] & texts[2])
    assert not (texts[1] & texts[2])
    assert set.union(*texts) == {text for text, _ in TEXTS}


def test_candidates_are_ordinary_checkpoints(study, place, tmp_path):
    _, out, _ = study
    model = out / "models/tiny/conventional/seed-1"
    assert open_checkpoint(model).label_names == ("negative", "positive")
    again = compare(place / "old", model, out / "splits/tiny/report.parquet", "tiny", text="text_a", out=tmp_path / "c")
    assert again.result().negative_flip == study[0].result("tiny", "conventional-1").negative_flip


def test_the_plan_is_told_as_one_whole(study):
    done, total = study[2].steps["training"]
    assert done == total > 0


def test_asked_again_nothing_is_trained_again(study, place, monkeypatch):
    comparison, out, _ = study

    def never(*_, **__):
        raise AssertionError("trained again")

    monkeypatch.setattr("flipscope.mitigate.trainings.trained", never)
    content = {"methods": ["conventional", "distillation"], "seeds": 3}
    again = mitigate(spec_of(place, **content), out)
    before = {name: comparison.result("tiny", name).negative_flip for name in again.candidates}
    assert {name: again.result("tiny", name).negative_flip for name in again.candidates} == before


def test_stopped_in_the_middle_it_goes_on(place, tmp_path):
    spec = spec_of(place, methods=["conventional", "distillation"])
    sizes = Heard()
    whole = mitigate(spec, tmp_path / "whole", progress=sizes)
    each = sizes.steps["training"][1] // 6  # 2 conventional models, 2 settings, 2 seeds of one
    with pytest.raises(KeyboardInterrupt):
        mitigate(spec, tmp_path / "stopped", progress=Heard(stop_after=2 * each + 1))
    finished = sorted((tmp_path / "stopped/models").rglob("training.json"))
    assert len(finished) == 2
    times = [file.stat().st_mtime_ns for file in finished]
    heard = Heard()
    resumed = mitigate(spec, tmp_path / "stopped", progress=heard)
    assert [file.stat().st_mtime_ns for file in finished] == times
    assert heard.steps["training"][0] == heard.steps["training"][1]
    assert _answers(resumed) == _answers(whole)


def _answers(comparison):
    return comparison.query("SELECT candidate, example_id, new_pred FROM facts ORDER BY ALL").values.tolist()


def test_a_killed_run_loses_no_finished_training(place, tmp_path):
    (tmp_path / "spec.toml").write_text(
        f'seeds = 3\nmethods = ["conventional"]\n[training]\nbatch_size = 4\nepochs = 3\n[[task]]\nname = "tiny"\n'
        f'old = "{place}/old"\nnew = "{place}/new"\ntrain = "{place}/train.csv"\n'
    )
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        "from flipscope.cli import main; main()",
        "mitigate",
        str(tmp_path / "spec.toml"),
        "--out",
        str(out),
    ]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = out / "models/tiny/conventional/seed-1/training.json"
    while not first.exists():
        assert worker.poll() is None
        os.sched_yield()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    weights = first.with_name("model.safetensors")
    before = weights.read_bytes()
    comparison = mitigate(read_mitigation(tmp_path / "spec.toml"), out)
    assert comparison.candidates == ["conventional-1", "conventional-2", "conventional-3"]
    assert weights.read_bytes() == before
    assert not list(out.rglob("*.part"))


def test_a_training_that_fails_is_left_out_and_told(place, tmp_path):
    # A learning rate without bounds makes the loss NaN or infinite after a few steps; only distillation is given it.
    spec = spec_of(place, methods=["conventional", "distillation"], distillation=[{"gate": "all", "alpha": [1, 1e38]}])
    heard = Heard()
    study = mitigate(spec, tmp_path / "out", progress=heard).manifest.study
    failed = [training for training in study.trainings if training.status == "failed"]
    assert [training.settings["alpha"] for training in failed] == [1e38]
    assert "finite" in failed[0].message or "NaN" in failed[0].message
    assert any("failed" in line for line in heard.said)
    assert next(method for method in study.methods if method.method == "distil_all").settings["alpha"] == 1
    assert heard.steps["training"][0] == heard.steps["training"][1]


@pytest.mark.parametrize(("margin", "alpha"), [(0.01, 1), (0.9, 2)])
def test_what_breaks_least_is_chosen_among_the_accurate(place, tmp_path, monkeypatch, margin, alpha):
    scores = {1: SelectScore(nfr=0.05, accuracy=0.9, loss=1.0), 2: SelectScore(nfr=0.0, accuracy=0.5, loss=1.0)}
    monkeypatch.setattr(Trainings, "score", lambda self, unit: scores[unit.distillation.alpha])
    spec = spec_of(place, methods=["conventional", "distillation"], accuracy_margin=margin)
    study = mitigate(spec, tmp_path / "out").manifest.study
    assert next(method for method in study.methods if method.method == "distil_all").settings["alpha"] == alpha


def test_a_method_that_can_not_be_had_costs_only_itself(place, tmp_path):
    texts = [text for text, _ in TEXTS]
    make_checkpoint(tmp_path / "c++" / "old", texts, seed=1)
    task = {"old": str(tmp_path / "c++" / "old")}
    study = mitigate(
        spec_of(place, task=task, methods=["conventional", "old_and_new"]), tmp_path / "out"
    ).manifest.study
    assert [method.method for method in study.methods] == ["conventional"]
    assert any("old_and_new: left out: a +" in warning for warning in study.warnings)


def test_without_a_conventional_model_there_is_nothing_to_compare_with(place, tmp_path):
    spec = spec_of(place, training={"learning_rate": 1e38, "batch_size": 16})
    with pytest.raises(FlipscopeError, match="no conventional model"):
        mitigate(spec, tmp_path / "out")


def test_a_full_disk_stops_the_plan_and_keeps_what_is_finished(place, tmp_path, monkeypatch):
    spec = spec_of(place, methods=["conventional"])
    saved = []
    save = Fitted.save

    def full(fitted, folder):
        if saved:
            raise OSError(28, "No space left on device")
        saved.append(1)
        save(fitted, folder)

    monkeypatch.setattr(Fitted, "save", full)
    with pytest.raises(FlipscopeError, match="same command"):
        mitigate(spec, tmp_path / "out")
    assert [path.parent.name for path in (tmp_path / "out").rglob("training.json")] == ["seed-1"]
    monkeypatch.undo()
    assert mitigate(spec, tmp_path / "out").candidates == ["conventional-1", "conventional-2"]


def test_a_class_that_the_old_model_does_not_know(place, tmp_path):
    texts = [text for text, _ in TEXTS]
    make_checkpoint(tmp_path / "new", texts, labels=("negative", "neutral", "positive"), seed=3)
    lines = [f"{text},{'neutral' if number % 5 == 0 else label}" for number, (text, label) in enumerate(TEXTS)]
    (tmp_path / "train.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    task = {"train": str(tmp_path / "train.csv"), "new": str(tmp_path / "new")}
    heard = Heard()
    comparison = mitigate(
        spec_of(place, task=task, methods=["conventional", "distillation", "old_and_new"]),
        tmp_path / "out",
        progress=heard,
    )
    assert comparison.manifest.study.old[0].new_classes == ["neutral"]
    assert any("neutral" in line for line in heard.said)
    assert not any(method.kind == "old_and_new" for method in comparison.manifest.study.methods)
    assert any("does not know neutral" in warning for warning in comparison.manifest.study.warnings)
    flips = comparison.query("SELECT count(*) AS n FROM facts WHERE outcome = 'negative_flip' AND label = 'neutral'")
    assert flips["n"][0] == 0  # it never had them right


def test_an_old_model_may_be_a_file_of_its_predictions(place, tmp_path):
    lines = ["text,label,prob_positive,prob_negative"]
    lines += [
        f"{text},{label},{0.9 if label == 'positive' else 0.2},{0.1 if label == 'positive' else 0.8}"
        for text, label in TEXTS
    ]
    (tmp_path / "v1.csv").write_text("\n".join(lines) + "\n")
    study = mitigate(
        spec_of(place, task={"old": str(tmp_path / "v1.csv")}, methods=["conventional", "distillation", "old_and_new"]),
        tmp_path / "out",
    ).manifest.study
    assert (study.old[0].accuracy.value, study.old[0].train_accuracy) == (1, 1)
    assert [method.kind for method in study.methods] == ["conventional", "distillation", "old_and_new"]


def test_predictions_for_the_classes_there_were_then(place, tmp_path):
    texts = [text for text, _ in TEXTS]
    make_checkpoint(tmp_path / "new", texts, labels=("negative", "neutral", "positive"), seed=3)
    labels = ["neutral" if number % 5 == 0 else label for number, (_, label) in enumerate(TEXTS)]
    data = ["text,label", *(f"{text},{label}" for text, label in zip(texts, labels, strict=True))]
    (tmp_path / "train.csv").write_text("\n".join(data) + "\n")
    old = ["text,prob_positive,prob_negative", *(f"{text},0.7,0.3" for text in texts)]
    (tmp_path / "v1.csv").write_text("\n".join(old) + "\n")
    task = {name: str(tmp_path / file) for name, file in (("train", "train.csv"), ("new", "new"), ("old", "v1.csv"))}
    comparison = mitigate(spec_of(place, task=task, methods=["conventional", "distillation"]), tmp_path / "out")
    assert comparison.manifest.study.old[0].new_classes == ["neutral"]
    assert comparison.task_info("tiny").models["old"].kind == "predictions"


def test_an_old_model_is_trained_where_there_is_none(place, tmp_path):
    task = {"old": None, "old_from": str(place / "new")}
    comparison = mitigate(spec_of(place, task=task, methods=["conventional"]), tmp_path / "out")
    old = tmp_path / "out/models/tiny/old/seed-0"
    models = comparison.task_info("tiny").models
    assert models["old"].fingerprint == open_checkpoint(old).fingerprint
    assert models["old"].fingerprint != models["conventional-1"].fingerprint  # another seed


def test_a_budget_judges_all_candidates(place, tmp_path):
    spec = spec_of(place, methods=["conventional"], budget={"max_nfr": 0.5})
    comparison = mitigate(spec, tmp_path / "out")
    assert all(candidate.verdict for candidate in comparison.results.candidates)
    assert comparison.manifest.study is not None


@pytest.mark.parametrize("name", ["a+b", "file"])
def test_places_that_do_not_serve_are_refused(place, tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(FlipscopeError, match=r"ensemble|folder"):
        mitigate(spec_of(place), tmp_path / name)


def test_a_folder_with_other_things_is_left_alone(place, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FlipscopeError, match="other files"):
        mitigate(spec_of(place), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.fixture
def spec_file(place, tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(
        'seeds = 2\nmethods = ["conventional", "distillation"]\n[training]\nbatch_size = 16\n'
        f'[[distillation]]\ngate = "all"\nalpha = [1, 2]\n[[task]]\nname = "tiny"\n'
        f'old = "{place}/old"\nnew = "{place}/new"\ntrain = "{place}/train.csv"\nbuiltin_tags = false\n'
    )
    return file


def test_a_dry_run_tells_the_number_of_trainings_and_writes_nothing(spec_file, tmp_path):
    result = run("mitigate", spec_file, "--out", tmp_path / "out", "--dry-run")
    assert result.exit_code == 0
    assert "6 trainings" in result.output
    assert not (tmp_path / "out").exists()


def test_the_command_prints_the_study(spec_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("mitigate", spec_file, "--json")
    study = json.loads(result.stdout)
    assert study["schema_version"] == 1
    assert [method["method"] for method in study["methods"]] == ["conventional", "distil_all"]
    assert (tmp_path / "tiny/comparison/comparison.json").is_file()  # called as the spec is
    table = run("mitigate", spec_file)
    assert "distil_all" in table.output
    assert "flipscope dashboard" in table.output


def test_limit_takes_a_quick_look(spec_file, tmp_path):
    run("mitigate", spec_file, "--out", tmp_path / "out", "--limit", 10)
    info = json.loads((tmp_path / "out/comparison/comparison.json").read_text())["study"]["splits"][0]
    assert max(info["train"], info["select"], info["report"]) <= 10
