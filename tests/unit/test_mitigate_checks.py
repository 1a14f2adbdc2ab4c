"""What flipscope mitigate checks and tells before anything is run, and whole runs in which single things go wrong."""

import json
from pathlib import Path

import pytest

from commands import error, run
from flipscope.errors import FlipscopeError, StopsAll
from flipscope.mitigate import fitting
from flipscope.mitigate.plan import conventional_units, interpolation_units
from flipscope.mitigate.run import mitigate, open_tasks
from flipscope.mitigate.spec import make_mitigation
from flipscope.mitigate.trainings import Trainings
from flipscope.predict.runner import Settings
from flipscope.progress import SilentProgress
from tiny_models import make_checkpoint

WORDS = {"positive": ("good", "fine", "lovely", "great"), "negative": ("bad", "poor", "awful", "dull")}
TEXTS = [
    (f"{first} {thing} and {second} {thing}", label)
    for label, words in WORDS.items()
    for first in words
    for second in words
    for thing in ("film", "book", "song")
]
NEVER = "run before all was checked"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with an old model that reads 64 tokens, a new one that reads 32, and data."""
    folder = tmp_path_factory.mktemp("checks")
    texts = [text for text, _ in TEXTS]
    make_checkpoint(folder / "old", texts, seed=1)
    make_checkpoint(folder / "new", texts, seed=2, positions=32)
    (folder / "train.csv").write_text("\n".join(["text,label", *(f"{text},{label}" for text, label in TEXTS)]) + "\n")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("FLIPSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))


def content_of(place: Path, **changes: object) -> dict:
    task = {
        "name": "tiny", "old": str(place / "old"), "new": str(place / "new"), "train": str(place / "train.csv"),
        "select_share": 0.3, "report_share": 0.3, "builtin_tags": False,
    }  # fmt: skip
    usual = {"seeds": 1, "methods": ["conventional"], "training": {"batch_size": 16, "learning_rate": 1e-3}}
    return {**usual, **changes, "tasks": [task | each for each in changes.get("tasks", [{}])]}


def spec_of(place: Path, **changes: object):
    return make_mitigation(content_of(place, **changes))


def opened(spec):
    return open_tasks(spec, None, Settings(device="cpu"), False, SilentProgress())


def written(content: dict, path: Path) -> Path:
    """Write a spec as TOML; JSON's values are TOML's, too."""
    tasks = content.pop("tasks")
    sections = {key: content.pop(key) for key in [*content] if isinstance(content[key], dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in content.items()]
    for name, section in [*((f"[{key}]", value) for key, value in sections.items()), *(("[[task]]", t) for t in tasks)]:
        lines += [name, *(f"{key} = {json.dumps(value)}" for key, value in section.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def nothing_runs(monkeypatch):
    def never(*_, **__):
        raise AssertionError(NEVER)

    monkeypatch.setattr("flipscope.mitigate.task.old_logits", never)
    monkeypatch.setattr("flipscope.mitigate.trainings.trained", never)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"training": {"max_length": 48}}, "48 tokens are longer than the 32 this model takes. Lower max_length"),
        ({"training": {"max_length": 48}, "tasks": [{"new": "{place}/old", "old": "{place}/new"}]}, "48 tokens"),
        ({"training": {"max_length": 5}}, "5 tokens leaves no room for a text"),
        (
            {"tasks": [{"old": None, "old_from": "{place}/new", "new": "{place}/old"}], "old_training": {"max_length": 48}},
            "48 tokens",
        ),
    ],
)  # fmt: skip
def test_a_length_that_a_model_can_not_read_is_found_when_tasks_are_opened(place, changes, what):
    changes = json.loads(json.dumps(changes).replace("{place}", str(place)))
    with pytest.raises(FlipscopeError, match=what):
        opened(spec_of(place, **changes))


@pytest.mark.parametrize("olds", [{}, {"old": None, "old_from": "{place}/new"}])
@pytest.mark.parametrize(
    ("precision", "device", "what"),
    [("bf16", "cpu", "training in bf16 takes a GPU"), ("fp32", "cuda:1", "cuda:1")],
)
def test_a_device_that_will_not_do_stops_the_run_before_the_old_model_is_asked(
    place, tmp_path, nothing_runs, olds, precision, device, what
):
    olds = json.loads(json.dumps(olds).replace("{place}", str(place)))
    spec = spec_of(place, training={"precision": precision}, tasks=[olds])
    with pytest.raises(StopsAll, match=what):
        mitigate(spec, tmp_path / "out", settings=Settings(device=device))


def test_what_was_trained_on_a_gpu_can_be_compared_without_one(place, tmp_path, monkeypatch):
    spec = spec_of(place)
    before = mitigate(spec, tmp_path / "out")

    def no_gpu(*_):
        raise AssertionError("asked for a device, though nothing is to be trained")

    monkeypatch.setattr("flipscope.mitigate.trainings.training_device", no_gpu)
    assert mitigate(spec, tmp_path / "out").candidates == before.candidates


def test_a_dry_run_finds_a_device_that_will_not_do(place, tmp_path):
    spec = written(content_of(place, training={"precision": "bf16"}), tmp_path / "spec.toml")
    assert "takes a GPU" in error("mitigate", spec, "--dry-run", "--device", "cpu")


def test_a_dry_run_as_json(place, tmp_path):
    content = content_of(
        place,
        seeds=2,
        methods=["conventional", "distillation", "interpolation"],
        training={"epochs": 2, "batch_size": 16},
        old_training={"epochs": 1},
        tasks=[{}, {"name": "other", "old_from": str(place / "old"), "train_limit": 10}],
    )
    content["tasks"][1].pop("old")
    plan = json.loads(run("mitigate", written(content, tmp_path / "spec.toml"), "--dry-run", "--json").stdout)
    assert plan["schema_version"] == 1
    tiny, other = plan["tasks"]
    # 6 settings of the usual grid and 2 seeds of the chosen one
    assert tiny["trainings"] == {"conventional": 2, "distil_old_correct": 8, "interpolation": 2}
    assert other["trainings"] == {"old": 1, **tiny["trainings"]}
    assert (tiny["old"], other["old"], other["old_from"]) == (str(place / "old"), None, str(place / "old"))
    assert sum(tiny["splits"][name] for name in ("train", "select", "report")) == len(TEXTS)
    assert (plan["trainings"], plan["methods"]) == (25, ["conventional", "distil_old_correct", "interpolation"])
    assert tiny["examples"] == 12 * 2 * tiny["splits"]["train"]
    assert other["examples"] == 12 * 2 * 10 + 10
    assert plan["examples"] == tiny["examples"] + other["examples"]
    weights = {name: (place / name / "model.safetensors").stat().st_size for name in ("old", "new")}
    # interpolation: 2 fine-tuned ones, 4 weights of the first and the chosen one of the second
    assert tiny["bytes"] == pytest.approx(10 * weights["new"] + 7 * weights["old"], rel=0.1)
    assert other["bytes"] == pytest.approx(10 * weights["new"] + 8 * weights["old"], rel=0.1)
    assert plan["bytes"] == tiny["bytes"] + other["bytes"]


def test_a_dry_run_tells_examples_and_disk(place, tmp_path):
    spec = written(content_of(place, seeds=3, training={"epochs": 2}), tmp_path / "spec.toml")
    (task,) = opened(spec_of(place))
    printed = run("mitigate", spec, "--dry-run").stdout
    assert f"3 trainings, {3 * 2 * len(task.splits.train)} examples in all" in printed
    assert "MB of models on disk" in printed


def test_a_start_that_can_not_be_loaded_stops_no_other_training(place, tmp_path, monkeypatch):
    """Its error has an OSError as cause, like those of transformers."""
    load = fitting.load_start

    def fails_for_one(start, *rest):
        if start.checkpoint.path.name == "old":
            raise FlipscopeError("its tokenizer can't be read") from OSError("Can't load tokenizer")
        return load(start, *rest)

    monkeypatch.setattr(fitting, "load_start", fails_for_one)
    spec = spec_of(place, methods=["conventional", "interpolation"])
    (task,) = opened(spec)
    trainings = Trainings(task, spec, tmp_path, task.settings)
    with SilentProgress().step("training", 1) as step:
        assert trainings.train_all(interpolation_units(spec), SilentProgress(), step) == []
        assert trainings.train_all(conventional_units(spec), SilentProgress(), step) == conventional_units(spec)


def test_the_old_models_own_answers_are_what_settings_are_chosen_against(place, tmp_path):
    """A file whose answers follow a rule of their own: all positive, though negative is likelier."""
    lines = [f"{text},0.6,0.4,positive" for text, _ in TEXTS]
    (tmp_path / "v1.csv").write_text("\n".join(["text,prob_negative,prob_positive,pred", *lines]) + "\n")
    (task,) = opened(spec_of(place, tasks=[{"old": str(tmp_path / "v1.csv")}]))
    labels = task.splits.train.table["label"].to_pylist()
    assert task.teacher_accuracy == pytest.approx(labels.count("positive") / len(labels))
    assert labels.count("positive") != labels.count("negative")
    asked = task.ask(place / "new")
    selected = task.splits.select.table["label"].to_pylist()
    wrong = sum(
        gold == "positive" != told for gold, told in zip(selected, asked.table["pred"].to_pylist(), strict=True)
    )
    assert task.score(asked).nfr == pytest.approx(wrong / len(selected))


def test_the_length_is_the_specs_alone(place, tmp_path):
    spec = written(content_of(place), tmp_path / "spec.toml")
    result = run("mitigate", spec, "--dry-run", "--max-length", 16)
    assert result.exit_code == 2
