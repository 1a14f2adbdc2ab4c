from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipscope.flips.metrics import Cells, cell_metrics
from flipscope.flips.outcome import OUTCOMES
from flipscope.flips.significance import benjamini_hochberg, mcnemar_exact, mcnemar_midp
from flipscope.flips.slices import MIN_FLIPS, judge_slices

near = pytest.approx
counts = st.integers(0, 60)
tables = st.lists(st.tuples(counts, counts, counts, counts), min_size=1, max_size=6)


def frame(rows, **keys):
    return pd.DataFrame(rows, columns=list(OUTCOMES)).assign(**keys)


def test_columns_and_keys():
    judged = judge_slices(frame([(850, 30, 60, 60), (300, 8, 20, 80)], genre=["news", "mail"], length=[1, 2]))
    assert judged.columns.tolist() == [
        "genre", "length", *OUTCOMES, "n", "accuracy_old", "accuracy_new",
        "accuracy_delta", "accuracy_delta_low", "accuracy_delta_high",
        "nfr", "nfr_low", "nfr_high", "pfr", "pfr_low", "pfr_high", "mcnemar_p", "q_value", "note",
    ]  # fmt: skip
    assert judged["genre"].tolist() == ["news", "mail"]
    assert judged.attrs["tested"] == 2


@settings(max_examples=25)
@given(tables)
def test_each_slice_is_judged_as_it_would_be_alone(rows):
    judged = judge_slices(frame(rows))
    for cells, row in zip(rows, judged.to_dict("records"), strict=True):
        alone = cell_metrics(Cells(*cells))
        assert row["n"] == sum(cells)
        for key in ("accuracy_old", "accuracy_new"):
            assert row[key] == near(alone[key].value if sum(cells) else np.nan, nan_ok=True)
        for key in ("accuracy_delta", "nfr", "pfr"):
            estimate = alone[key]
            expected = (estimate.value, estimate.low, estimate.high) if sum(cells) else (np.nan,) * 3
            assert (row[key], row[f"{key}_low"], row[f"{key}_high"]) == near(expected, nan_ok=True, abs=1e-12)


@given(tables)
def test_only_slices_with_enough_flips_are_tested_and_counted(rows):
    judged = judge_slices(frame(rows))
    tested = [b + c >= 6 for _, b, c, _ in rows]
    assert judged["mcnemar_p"].notna().tolist() == judged["q_value"].notna().tolist() == tested
    assert judged.attrs["tested"] == sum(tested)
    p = [mcnemar_midp(b, c) for _, b, c, _ in rows if b + c >= 6]
    assert judged["q_value"].dropna().tolist() == near(benjamini_hochberg(p).tolist())


def test_notes():
    judged = judge_slices(frame([(0, 0, 0, 0), (90, 5, 0, 5), (90, 6, 0, 4), (90, 0, 6, 4)]))
    assert judged["note"].tolist() == ["no_examples", "too_few_flips", None, None]
    assert judged.to_dict("records")[2]["note"] is None


def test_the_minimum_is_what_the_exact_test_needs():
    assert mcnemar_exact(0, MIN_FLIPS) < 0.05 < mcnemar_exact(0, MIN_FLIPS - 1)


@pytest.mark.parametrize("slices", [2, 5, 20])
def test_flips_to_survive_alone_among_many(slices):
    needed = int(np.ceil(1 + np.log2(slices / 0.05)))
    assert slices != 20 or needed == 10
    assert slices * mcnemar_exact(0, needed) <= 0.05 < slices * mcnemar_exact(0, needed - 1)


@given(tables)
def test_counts_add_up_and_the_pooled_rate_is_the_weighted_mean(rows):
    judged = judge_slices(frame(rows))
    n = judged["n"].sum()
    if n:
        pooled = np.nansum(judged["nfr"] * judged["n"]) / n
        assert pooled == near(np.sum([b for _, b, _, _ in rows]) / n)


def test_any_index_and_no_rows():
    table = frame([(5, 3, 4, 1), (5, 0, 0, 1)])
    table.index = ["x", "x"]
    judged = judge_slices(table)
    assert judged.index.tolist() == ["x", "x"]
    assert judged["note"].tolist() == [None, "too_few_flips"]
    empty = judge_slices(frame([]))
    assert len(empty) == 0
    assert empty.attrs["tested"] == 0


def test_the_given_table_is_left_alone():
    table = frame([(5, 3, 4, 1)])
    judge_slices(table)
    assert table.columns.tolist() == list(OUTCOMES)
    assert table.attrs == {}
