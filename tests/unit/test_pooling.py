from __future__ import annotations

import pandas as pd
import pytest

from flipscope.flips.metrics import Cells, cell_metrics
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.pooling import MACRO_METRICS, pooled

near = pytest.approx


def tasks(**cells):
    return pd.DataFrame.from_dict(cells, orient="index", columns=list(OUTCOMES))


def test_micro_sums_and_macro_averages():
    found = pooled(tasks(large=(850, 30, 60, 60), small=(10, 15, 5, 20)))
    assert found.micro == cell_metrics(Cells(860, 45, 65, 80))
    assert found.micro["nfr"].value == near(45 / 1050)
    assert found.macro["nfr"].value == near((0.03 + 0.3) / 2)
    assert found.macro["bec"].value == near((60 / 90 + 20 / 35) / 2)
    assert tuple(found.macro) == MACRO_METRICS
    assert all(names == () for names in found.left_out.values())


def test_macro_interval_is_that_of_a_mean_of_independent_rates():
    found = pooled(tasks(x=(850, 30, 60, 60), y=(300, 80, 20, 100)), draws=20_000)
    variance = (0.03 * 0.97 / 1000 + 0.16 * 0.84 / 500) / 4
    half = 1.959964 * variance**0.5
    nfr = found.macro["nfr"]
    assert (nfr.low, nfr.high) == near((0.095 - half, 0.095 + half), abs=0.001)


def test_ratios_that_explode_have_no_mean():
    assert not {"nfr_over_gain", "pf_nf_ratio"} & set(MACRO_METRICS)


def test_tasks_without_a_value_are_left_out_and_named():
    found = pooled(tasks(perfect=(9, 0, 0, 0), usual=(10, 15, 5, 20), empty=(0, 0, 0, 0)))
    assert found.left_out["nfi"] == ("perfect", "empty")
    assert found.left_out["nfr"] == ("empty",)
    assert found.macro["nfi"].value == near(15 / 35)
    assert found.macro["nfr"].value == near((0 + 0.3) / 2)
    assert found.macro["nfi"].low < 15 / 35 < found.macro["nfi"].high


def test_without_any_value():
    found = pooled(tasks(x=(9, 0, 0, 0), y=(5, 0, 0, 0)))
    assert (found.macro["nfi"].value, found.macro["nfi"].reason) == (None, "no_new_errors")
    nothing = pooled(tasks(x=(0, 0, 0, 0)))
    assert {measure.reason for measure in nothing.macro.values()} == {"no_examples"}
    assert {measure.value for measure in nothing.macro.values()} == {None}


def test_intervals_that_the_draws_do_not_give():
    found = pooled(tasks(x=(9, 0, 0, 3), y=(5, 0, 0, 5)))
    assert (found.macro["nfr"].value, found.macro["nfr"].low, found.macro["nfr"].reason) == (
        0,
        None,
        "no_variation",
    )
    few = pooled(tasks(x=(20, 1, 1, 0), y=(10, 15, 5, 20)))
    assert few.macro["nfi"].value == near((1 + 15 / 35) / 2)
    assert (few.macro["nfi"].low, few.macro["nfi"].reason) == (None, "no_new_errors")


def test_predicted_labels_are_pooled_where_known():
    table = tasks(x=(1, 2, 1, 2), y=(10, 15, 5, 20))
    assert pooled(table).micro["label_churn"].reason == "no_predicted_labels"
    known = pooled(table.assign(both_wrong_differently=[1, 4]))
    assert known.micro["label_churn"].value == near((2 + 1 + 1 + 15 + 5 + 4) / 56)
