"""The SPEC.toml of flipscope mitigate, and what it comes to."""

import re
from pathlib import Path

import pytest

from flipscope.errors import FlipscopeError
from flipscope.mitigate.distill.distillation import Distillation
from flipscope.mitigate.plan import (
    TUNING_SEED,
    chosen_units,
    conventional_units,
    interpolation_units,
    methods,
    trainings_per_task,
    tuning_units,
)
from flipscope.mitigate.spec import make_mitigation, read_mitigation

TASK = {"name": "t", "old": "v1.csv", "new": "base", "train": "train.csv"}
STUDIES = Path(__file__).parents[2] / "studies"


def made(**content):
    return make_mitigation({"tasks": [TASK], **content})


def test_paths_are_relative_to_the_file(tmp_path):
    for name in ("v1.csv", "train.csv", "suite.json"):
        (tmp_path / name).touch()
    (tmp_path / "base").mkdir()
    (tmp_path / "spec.toml").write_text(
        'suites = "suite.json"\n[[task]]\nname = "t"\nold = "v1.csv"\nnew = "base"\ntrain = "train.csv"\n'
        'report = "nyu-mll/glue:sst2:validation"\n'
    )
    task = read_mitigation(tmp_path / "spec.toml").tasks[0]
    assert task.old == str(tmp_path / "v1.csv")
    assert task.new == str(tmp_path / "base")
    assert task.suites == (str(tmp_path / "suite.json"),)
    assert task.report == "nyu-mll/glue:sst2:validation"


def test_tasks_share_what_stands_at_the_top(tmp_path):
    (tmp_path / "spec.toml").write_text(
        'old = "a/b"\nnew = "a/c"\n[[task]]\nname = "one"\ntrain = "x:train"\n'
        '[[task]]\nname = "two"\ntrain = "y:train"\nnew = "a/d"\n'
    )
    one, two = read_mitigation(tmp_path / "spec.toml").tasks
    assert (one.old, one.new, two.old, two.new) == ("a/b", "a/c", "a/b", "a/d")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"seeds": 0}, "seeds"),
        ({"methods": ["ensemble"]}, "conventional"),
        ({"methods": ["conventional", "magic"]}, "methods"),
        ({"seeds": 2}, "ensemble of 3"),
        ({"learning_rate": 1}, "learning_rate: unknown key"),
        ({"training": {"epochs": 0}}, "training.epochs"),
        ({"training": {"epochs": float("inf")}}, "training.epochs"),
        ({"distillation": [{"gate": "sometimes"}]}, "no gate 'sometimes'"),
        ({"distillation": [{"alpha": -1}]}, "alpha is -1"),
        ({"distillation": [{"alpha": []}]}, "[[distillation]] 1, alpha"),
        ({"distillation": [{"temperature": 0}]}, "temperature is 0"),
        ({"distillation": [{"max_nfr": 2}]}, "max_nfr is 2"),
        ({"distillation": [{"focal": [1, -2]}]}, "focal is"),
        ({"distillation": [{"gate": "none", "max_nfr": 0.1}]}, "takes a gate"),
        ({"distillation": [{"gate": "all"}, {"gate": "all", "alpha": 3}]}, "same name"),
        ({"distillation": [{"name": "ensemble"}]}, "can't be called 'ensemble'"),
        ({"distillation": [{"name": "../up"}]}, "[[distillation]] 1, name"),
        ({"tasks": [TASK, TASK]}, "two tasks are called 't'"),
        ({"tasks": [{**TASK, "name": "SST-2"}, {**TASK, "name": "sst2"}]}, "two tasks are called 'sst2'"),
        ({"tasks": [{**TASK, "name": "../t"}]}, "[[task]] 1, name"),
        ({"tasks": [{**TASK, "old": None}]}, "name the old model"),
        ({"tasks": [{**TASK, "old_from": "x/y"}]}, "name the old model"),
        ({"tasks": [{**TASK, "select_share": 1}]}, "[[task]] 1, select_share"),
        ({"tasks": []}, "[[task]]: nothing is in it"),
        ({"seeds": 1, "methods": ["conventional", "centric_seed"]}, "choosing among seeds takes two or more"),
        ({"methods": ["conventional"], "distillation": [{"gate": "all"}]}, "not among the methods"),
        ({"sedes": 3}, "Did you mean seeds?"),
        ({"tasks": [{"name": "t", "old": "a", "new": "b", "trian": "c"}]}, "[[task]] 1, trian: unknown key"),
        ({"training": {"epoch": 3}}, "training.epoch: unknown key. Did you mean epochs?"),
        ({"interpolation": {"weights": [1.0]}}, "interpolation.weights.1"),
    ],
)
def test_what_is_wrong_is_told(content, told):
    with pytest.raises(FlipscopeError, match=re.escape(told)):
        made(**content)


def test_candidates_that_would_share_a_name_are_refused():
    # "ensemble_3" is what an ensemble of three is called.
    with pytest.raises(FlipscopeError, match="ensemble_3"):
        made(distillation=[{"name": "ensemble_3"}])


def test_without_a_task_the_file_is_refused(tmp_path):
    (tmp_path / "spec.toml").write_text("seeds = 3")
    with pytest.raises(FlipscopeError, match=r"no \[\[task\]\]"):
        read_mitigation(tmp_path / "spec.toml")


def test_trainings_are_counted_as_they_are_done():
    spec = made(
        seeds=3,
        selection_seeds=4,
        methods=["conventional", "distillation", "centric_seed", "interpolation"],
        distillation=[{"gate": ["all", "old_correct"], "alpha": [1, 2], "temperature": [1, 2, 3]}],
    )
    assert trainings_per_task(spec) == {"conventional": 4, "distil_gates": 12 + 3, "interpolation": 3}
    tuning = tuning_units(spec, "distil_gates")
    units = [
        *conventional_units(spec), *tuning, *chosen_units(spec, tuning[5]), *interpolation_units(spec)
    ]  # fmt: skip
    assert len(units) == sum(trainings_per_task(spec).values())
    assert len({unit.folder for unit in units}) == len(units)  # each is kept in a place of its own


def test_the_run_that_was_best_of_several_is_not_judged():
    spec = made(distillation=[{"alpha": [1, 2]}])
    tuning = tuning_units(spec, "distil_old_correct")
    judged = {unit.seed for unit in [*chosen_units(spec, tuning[0]), *conventional_units(spec)]}
    assert {unit.seed for unit in tuning} == {TUNING_SEED}
    assert TUNING_SEED not in judged
    assert len(judged) == spec.seeds


def test_where_nothing_is_chosen_nothing_is_tuned():
    assert trainings_per_task(made(distillation=[{"alpha": 1, "temperature": 2}]))["distil_old_correct"] == 5


def test_settings_that_are_nearly_alike_are_kept_apart():
    units = tuning_units(made(distillation=[{"alpha": [1, 1.0000001]}]), "distil_old_correct")
    assert len({unit.folder for unit in units}) == 2


def test_focal_weights_are_those_of_the_gate_focal():
    spec = made(distillation=[{"gate": ["old_correct", "focal"], "focal": [1, 10]}])
    plain, focal = spec.variants["distil_gates"].grid
    assert plain == Distillation(gate="old_correct")
    assert focal == Distillation(gate="focal", focal=(1, 10))
    with pytest.raises(FlipscopeError, match="focal has no effect"):
        made(distillation=[{"gate": "old_correct", "focal": [1, 10]}])


def test_seeds_that_nothing_chooses_among_are_not_trained():
    assert len(conventional_units(made(seeds=3, selection_seeds=20, methods=["conventional", "ensemble"]))) == 3


def test_matching_logits_has_no_temperature_to_try():
    spec = made(distillation=[{"distance": "logits", "temperature": [1, 2, 3], "alpha": [1, 2]}])
    assert [point.alpha for point in spec.variants["distil_old_correct_logits"].grid] == [1, 2]


def test_methods_come_in_the_order_of_the_spec():
    spec = made(
        seeds=5,
        methods=["old_and_new", "conventional", "distillation", "vote"],
        distillation=[{"gate": "all"}, {"gate": "focal"}],
        ensemble={"sizes": [3, 5]},
    )
    found = [(method.name, method.kind, method.models_shipped) for method in methods(spec)]
    assert found == [
        ("old_and_new", "old_and_new", 2),
        ("conventional", "conventional", 1),
        ("distil_all", "distillation", 1),
        ("distil_focal", "distillation", 1),
        ("vote_3", "vote", 3),
        ("vote_5", "vote", 5),
    ]


def test_nothing_is_distilled_where_nothing_is_weighted():
    assert not Distillation("all", alpha=0).active
    assert not Distillation("none", alpha=2).active
    assert Distillation("all", alpha=0, max_nfr=0.01).active


@pytest.mark.parametrize(
    ("study", "trainings"),
    [
        # published: 20 seeds to choose from, alpha and T from 0.5 to 2 and 1 to 3; 5 seeds of what is chosen
        ("glue_base_to_large.toml", 20 + 9 + 5),
        ("glue_base_to_base_seeds.toml", 20 + 9 + 5),
        ("sample_sentiment.toml", 3 + 2 * (2 + 3)),
    ],
)
def test_study_presets_say_what_they_come_to(study, trainings):
    spec = read_mitigation(STUDIES / study)
    assert sum(trainings_per_task(spec).values()) == trainings
    if study.startswith("glue"):
        assert {task.name for task in spec.tasks} == {"cola", "sst2", "mrpc", "qqp", "mnli", "qnli", "rte"}


def test_every_study_is_known_to_the_tests():
    assert len(list(STUDIES.glob("*.toml"))) == 3
