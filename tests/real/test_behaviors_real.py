"""The released CheckList suites with real predictions: the original library's own figures, to the last case."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import flipscope
from flipscope.schema import BehaviorCounts

# What the known answers call figures that have the field's names here.
RENAMED = {
    "n_tests": "tests", "neg_flips": "negative_flip", "pos_flips": "positive_flip", "neg_flip_rate": "nfr",
    "pos_flip_rate": "pfr", "ex_evaluated": "example_evaluated", "ex_old_fails": "example_old_fails",
    "ex_new_fails": "example_new_fails", "ex_neg_flips": "example_negative_flip", "ex_pos_flips": "example_positive_flip",
}  # fmt: skip
PAIRS = {
    "sentiment": ("sentiment_bert", "sentiment_roberta", "pred_and_softmax", "sentiment_bert_roberta_pair"),
    "qqp": ("qqp_synth_old", "qqp_synth_new", "binary_conf", "qqp_synthetic_pair"),
}
LEVELS = {
    "capability": ["capability"],
    "type": ["type"],
    "capability_x_type": ["capability", "type"],
    "suite": ["suite"],
}


@pytest.fixture(scope="module", params=PAIRS)
def pair(request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory):
    suite = request.param
    old, new, answer_format, answers = PAIRS[suite]
    folder = real_data / "checklist"
    comparison = flipscope.compare_behaviors(
        folder / f"{old}.txt.gz", folder / f"{new}.txt.gz", folder / f"{suite}_suite.tar.gz",
        answer_format=answer_format, out=tmp_path_factory.mktemp(suite) / "comparison",
    )  # fmt: skip
    return comparison, folder, answers


def known(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, keep_default_na=False).rename(columns=RENAMED)


def differences(mine: pd.DataFrame, theirs: pd.DataFrame, where: list[str]) -> list[tuple]:
    """Every cell that is not the same; rates are known to six decimals."""
    found = []
    for (_, row), (_, other) in zip(mine.iterrows(), theirs.iterrows(), strict=True):
        for name in theirs.columns.intersection(mine.columns):
            value, wanted = row[name], other[name]
            if isinstance(wanted, str) and not wanted:
                same = pd.isna(value)
            elif "rate" in name or name in ("nfr", "pfr"):
                same = not pd.isna(value) and abs(float(value) - float(wanted)) < 6e-7
            else:
                same = str(value) == str(wanted)
            if not same:
                found.append((*(other[key] for key in where), name, value, wanted))
    return found


def test_every_figure_of_every_test(pair) -> None:
    comparison, folder, answers = pair
    mine, theirs = comparison.behaviors.tests(), known(folder / f"{answers}_tests.csv")

    assert mine["test"].tolist() == theirs["test"].tolist()
    assert {*BehaviorCounts.model_fields} - {*theirs.columns} == {"old_fail_rate_reason", "new_fail_rate_reason"}
    assert differences(mine, theirs.drop(columns=["suite"]), ["test"]) == []


def test_every_figure_of_every_group(pair) -> None:
    comparison, folder, answers = pair
    groups = known(folder / f"{answers}_groups.csv")
    for level, keys in LEVELS.items():
        theirs = groups[groups["level"] == level].sort_values(keys).drop(columns=["level"])
        theirs = theirs.drop(columns={"suite", "capability", "type"} - {*keys})
        mine = comparison.behaviors.groups(keys).sort_values(keys)

        assert len(mine) == len(theirs) > 0
        assert differences(mine, theirs, keys) == []


def test_every_figure_of_each_model_alone(pair) -> None:
    comparison, folder, _ = pair
    mine = comparison.behaviors.tests()
    suite = mine["suite"][0]
    theirs = known(folder / f"{'sentiment' if suite == 'sentiment' else 'qqp_synthetic'}_single_model.csv")
    for side, (_, single) in zip(("old", "new"), theirs.groupby("model", sort=False), strict=True):
        single = single.reset_index(drop=True)
        assert single["test"].tolist() == mine["test"].tolist()
        evaluated, fails = mine[f"{side}_evaluated"], mine[f"{side}_fails"]
        assert evaluated.tolist() == single["evaluated"].tolist()
        assert fails.tolist() == single["fails"].tolist()
        assert (mine["cases"] - evaluated).tolist() == single["filtered"].tolist()
        assert mine["cases"].tolist() == single["testcases_run"].tolist()
        assert mine["sampled_from"].fillna(mine["cases"]).astype(int).tolist() == single["testcases"].tolist()


def test_the_cases_in_the_folder_are_those_of_the_figures(pair) -> None:
    comparison, _, _ = pair
    kept = comparison.query("SELECT test, outcome, count(*) AS n FROM behaviors WHERE outcome IS NOT NULL GROUP BY ALL")
    counted = kept.pivot_table(index="test", columns="outcome", values="n", fill_value=0)
    for row in comparison.behaviors.tests().to_dict("records"):
        if row["both_evaluated"]:
            assert counted.loc[row["test"]].get("negative_flip", 0) == row["negative_flip"]
            assert counted.loc[row["test"]].sum() == row["both_evaluated"]


# Cases run; evaluated, fails (old, new); negative and positive flips.
HEADLINES = {
    "sentiment": (17_413, 16_414, 16_424, 6_698, 5_371, 446, 1_775),
    "qqp": (25_377, 23_333, 23_505, 11_115, 11_697, 1_468, 977),
}


def test_headline(pair) -> None:
    (row,) = pair[0].behaviors.groups("suite").to_dict("records")
    names = ("cases", "old_evaluated", "new_evaluated", "old_fails", "new_fails", "negative_flip", "positive_flip")

    assert tuple(row[name] for name in names) == HEADLINES[row["suite"]]


def run_flipscope(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("flipscope"), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result


def test_checkpoints_on_the_built_in_suite(real_data: Path, tmp_path: Path) -> None:
    models = real_data / "checkpoints"
    out = tmp_path / "comparison"
    result = run_flipscope(
        "behaviors", "--suite", "auto", "--task", "sst2", "--old", models / "sst2-old", "--new", models / "sst2-new",
        "--limit", "4", "--out", out, "--json",
    )  # fmt: skip
    (candidate,) = json.loads(result.stdout)["candidates"]

    assert len({row["capability"] for row in candidate["capabilities"]}) >= 4
    assert sum(row["cases"] for row in candidate["behaviors"]) == 4 * len(candidate["behaviors"])
    assert all(row["not_evaluated"] is None for row in candidate["behaviors"])
    printed = run_flipscope("show", out).stdout
    assert "Negation" in printed
