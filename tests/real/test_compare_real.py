"""The known answers of real checkpoints and published predictions, through the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flipscope import open_comparison

FLIPSCOPE = str(Path(sys.executable).with_name("flipscope"))
OUTCOMES = ("both_correct", "negative_flip", "positive_flip", "both_wrong")
SST2 = [653, 22, 78, 119]


def compare(*arguments, env=None):
    command = [FLIPSCOPE, "compare", *map(str, arguments), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["candidates"][0]["tasks"][0], result.stderr


def counts(task):
    return [task[outcome] for outcome in OUTCOMES]


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    """One cache for the tests of this file, so that a model runs once over the same sentences."""
    return {**os.environ, "FLIPSCOPE_CACHE": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture(scope="module")
def checkpoints(real_data):
    return real_data / "checkpoints" / "sst2-old", real_data / "checkpoints" / "sst2-new"


@pytest.fixture(scope="module")
def first(real_data, checkpoints, shared_cache, tmp_path_factory):
    out = tmp_path_factory.mktemp("first") / "out"
    old, new = checkpoints
    data = real_data / "glue" / "SST-2" / "dev.csv"
    task, said = compare("--task", "sst2", "--old", old, "--new", new, "--data", data, "--out", out, env=shared_cache)
    return out, task, said


def test_sst2_has_the_known_answer(first):
    _, task, _ = first
    assert task["n"] == 872
    assert counts(task) == SST2
    assert task["nfr"]["value"] == pytest.approx(0.02523, abs=5e-6)
    assert task["accuracy_old"] == pytest.approx(0.7741, abs=5e-5)
    assert task["accuracy_new"] == pytest.approx(0.8383, abs=5e-5)
    assert task["nfr_over_gain"] == pytest.approx(22 / 56)
    assert task["borderline"] == 0


def test_sst2_probabilities_are_those_of_one_sentence_at_a_time(first, real_data):
    out, _, _ = first
    reference = pd.read_csv(real_data / "checkpoints" / "sst2_dev_reference_predictions.csv", keep_default_na=False)
    comparison = open_comparison(out)
    ids = comparison.examples(limit=None).set_index("row_id")["example_id"].astype(int)
    for side in ("old", "new"):
        answers = pd.read_parquet(out / "predictions" / f"{side}.parquet")
        positive = np.stack(answers["probabilities"].to_numpy())[:, 1]
        expected = reference[f"{side}_p1"].to_numpy()[ids[answers["row_id"]].to_numpy()]
        assert np.abs(positive - expected).max() < 1e-4


@pytest.mark.parametrize("suffix", ["tsv", "jsonl"])
def test_sst2_from_other_formats_comes_from_the_cache(first, real_data, checkpoints, shared_cache, tmp_path, suffix):
    old, new = checkpoints
    data = real_data / "glue" / "SST-2" / f"dev.{suffix}"
    task, said = compare(
        "--task",
        "sst2",
        "--old",
        old,
        "--new",
        new,
        "--data",
        data,
        "--out",
        tmp_path / "o",
        env=shared_cache,
    )
    assert counts(task) == SST2
    assert said.count("from the cache") == 2


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_sst2_from_archives(first, real_data, checkpoints, shared_cache, tmp_path, kind):
    old, new = (shutil.make_archive(str(tmp_path / path.name), kind, path) for path in checkpoints)
    data = real_data / "glue" / "SST-2" / "dev.csv"
    task, said = compare(
        "--task",
        "sst2",
        "--old",
        old,
        "--new",
        new,
        "--data",
        data,
        "--out",
        tmp_path / "o",
        env=shared_cache,
    )
    assert counts(task) == SST2
    assert said.count("from the cache") == 2  # packing does not change what a model is


def test_killed_half_way_it_goes_on_and_ends_with_the_same_numbers(real_data, checkpoints, tmp_path):
    old, new = checkpoints
    cache = tmp_path / "cache"
    env = {**os.environ, "FLIPSCOPE_CACHE": str(cache)}
    data = real_data / "glue" / "SST-2" / "dev.csv"
    arguments = ["--task", "sst2", "--old", old, "--new", new, "--data", data, "--out", tmp_path / "out"]
    process = subprocess.Popen(
        [FLIPSCOPE, "compare", *map(str, arguments)],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 300
    kept = ("predictions/*/shards-*/*.npz", "predictions/*/done.json")  # some batches, or a whole model
    while (
        not any(list(cache.glob(pattern)) for pattern in kept)
        and time.monotonic() < deadline
        and process.poll() is None
    ):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was over before it could be killed"
    assert not (tmp_path / "out" / "comparison.json").exists()
    task, said = compare(*arguments, env=env)
    assert counts(task) == SST2
    assert "resuming" in said or "from the cache" in said


@pytest.mark.parametrize(
    ("task", "folder", "old", "new", "n", "accuracy", "flips"),
    [
        ("sst2", "explainaboard_sst2_test", "cnn.csv", "lstm.csv", 1821, (0.8572, 0.8803), (59, 101)),
        ("hans", "hans_eval", "esim.csv.gz", "bert.csv.gz", 30_000, (0.5001, 0.5480), (504, 1939)),
        ("hans", "hans_eval", "spinn.csv.gz", "bert.csv.gz", 30_000, (0.5051, 0.5480), (1073, 2358)),
    ],
)
def test_published_predictions_have_the_published_counts(
    real_data, tmp_path, task, folder, old, new, n, accuracy, flips
):
    folder = real_data / "predictions" / folder
    found, _ = compare("--task", task, "--old", folder / old, "--new", folder / new, "--out", tmp_path / "o")
    assert found["n"] == n
    assert (found["accuracy_old"], found["accuracy_new"]) == pytest.approx(accuracy, abs=5e-5)
    assert (found["negative_flip"], found["positive_flip"]) == flips


def test_hans_subcases_are_slices(real_data, tmp_path):
    folder = real_data / "predictions" / "hans_eval"
    compare(
        "--task",
        "hans",
        "--old",
        folder / "spinn.csv.gz",
        "--new",
        folder / "bert.csv.gz",
        "--out",
        tmp_path / "o",
    )
    comparison = open_comparison(tmp_path / "o")
    assert comparison.slice_columns == ["heuristic", "subcase"]
    by = comparison.by(["heuristic", "subcase"])
    assert len(by) == 30
    assert set(by["n"]) == {1000}
    assert by["negative_flip"].sum() == 1073
