from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flipscope.flips.outcome import OUTCOMES, outcome_codes

answers = arrays(np.int32, st.tuples(st.integers(0, 40), st.just(3)), elements=st.integers(0, 4))


def test_each_outcome_by_hand():
    label = np.array([0, 0, 0, 0, 0])
    old = np.array([0, 0, 1, 1, 1])
    new = np.array([0, 1, 0, 1, 2])
    codes = outcome_codes(label, old, new)
    assert codes.dtype == np.int8
    assert [OUTCOMES[code] for code in codes] == [
        "both_correct", "negative_flip", "positive_flip", "both_wrong", "both_wrong",
    ]  # fmt: skip


@given(answers)
def test_agrees_with_the_definition_row_by_row(rows):
    names = {
        (True, True): "both_correct",
        (True, False): "negative_flip",
        (False, True): "positive_flip",
        (False, False): "both_wrong",
    }
    expected = [names[old == gold, new == gold] for gold, old, new in rows.tolist()]
    assert [OUTCOMES[code] for code in outcome_codes(*rows.T)] == expected


@given(answers, st.permutations(range(5)), st.randoms(use_true_random=False))
def test_renaming_classes_changes_nothing_and_shuffling_rows_only_shuffles(rows, renamed, random):
    codes = outcome_codes(*rows.T)
    assert np.array_equal(outcome_codes(*np.array(renamed)[rows].T), codes)
    order = list(range(len(rows)))
    random.shuffle(order)
    assert np.array_equal(outcome_codes(*rows[order].T), codes[order])


def test_rows_that_are_not_paired_are_refused():
    with pytest.raises(ValueError, match="shape"):
        outcome_codes([0, 1], [0, 1], [0])
    with pytest.raises(ValueError, match="shape"):
        outcome_codes([0, 1, 1], [0, 1, 1], [[0], [1], [1]])


def test_no_rows():
    assert outcome_codes([], [], []).tolist() == []
