"""Teaching and advice with the real pair of checkpoints, whose answers are known."""

import csv

import numpy as np
import pyarrow.csv as pa_csv
from scipy.special import softmax

from flipscope import compare
from flipscope.mitigate import advise, teacher_logits


def test_the_old_model_teaches_what_it_is_known_to_answer(real_data):
    sentences = pa_csv.read_csv(real_data / "glue/SST-2/dev.csv")["sentence"].to_pylist()[:200]
    with (real_data / "checkpoints/sst2_dev_reference_predictions.csv").open(newline="") as file:
        known = [float(row["old_p1"]) for row in csv.DictReader(file)][:200]
    logits = teacher_logits(str(real_data / "checkpoints/sst2-old"), sentences, task="sst2")
    np.testing.assert_allclose(softmax(logits.astype(float), axis=1)[:, 1], known, atol=2e-4)


def test_advice_on_the_real_pair_adds_up_to_what_is_known_of_it(real_data, tmp_path):
    checkpoints = real_data / "checkpoints"
    comparison = compare(
        checkpoints / "sst2-old", checkpoints / "sst2-new", real_data / "glue/SST-2/dev.csv", "sst2", out=tmp_path / "c"
    )
    found = advise(comparison).tasks[0]
    assert (comparison.result().negative_flip, comparison.result().positive_flip) == (22, 78)
    mixing = next(family for family in found.families if family.family == "mixing")
    alone, all_old = mixing.points[0], mixing.points[-1]
    assert all_old.negative_flip == 0
    assert 0 < alone.negative_flip <= 22  # on the half that is judged on
    assert found.judging + found.choosing == 872
