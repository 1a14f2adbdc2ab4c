"""Choosing one of several models on the selection split."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.errors import FlipscopeError
from flipscope.mitigate.choose import SelectScore, lowest_nfr, most_centric, select_score


def test_a_model_is_scored_by_hand() -> None:
    # Old right, right, right, wrong; new right, wrong, right, right.
    found = select_score(
        np.array([True, True, True, False]),
        np.array([0, 0, 2, 1]),
        np.array([0, 1, 2, 1]),
        np.array([[0.5, 0.25, 0.25], [0.6, 0.25, 0.15], [0.0, 0.0, 1.0], [0.2, 0.5, 0.3]]),
    )
    assert (found.nfr, found.accuracy) == (0.25, 0.75)
    assert found.loss == pytest.approx((math.log(2) + math.log(4) + 0 + math.log(2)) / 4)


def test_a_gold_label_that_was_ruled_out_costs_much_but_not_infinitely() -> None:
    found = select_score(np.array([True]), np.array([0]), np.array([1]), np.array([[1.0, 0.0]]))
    assert 20 < found.loss < 100


def test_nothing_to_score_or_rows_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(FlipscopeError, match="selection split is empty"):
        select_score(np.array([], bool), np.array([], int), np.array([], int), np.zeros((0, 2)))
    with pytest.raises(ValueError, match="not the same ones"):
        select_score(np.array([True]), np.array([0, 1]), np.array([0, 1]), np.full((2, 2), 0.5))
    with pytest.raises(ValueError, match="not one of 2 columns"):
        select_score(np.array([True]), np.array([0]), np.array([2]), np.full((1, 2), 0.5))


@pytest.mark.parametrize(
    ("scores", "margin", "chosen"),
    [
        ([(0.04, 0.90, 1), (0.02, 0.895, 1), (0.01, 0.88, 1)], 0.01, 1),  # the third is not accurate enough
        ([(0.04, 0.90, 1), (0.02, 0.895, 1), (0.01, 0.88, 1)], 0.0, 0),
        ([(0.04, 0.90, 1), (0.02, 0.895, 1), (0.01, 0.88, 1)], 0.05, 2),
        ([(0.02, 0.89, 1), (0.03, 0.90, 1)], 0.01, 0),  # exactly the margin, and 0.90 - 0.89 > 0.01 in floats
        ([(0.02, 0.89, 1), (0.02, 0.90, 2)], 0.05, 1),  # a tie: the more accurate
        ([(0.02, 0.90, 2), (0.02, 0.90, 1)], 0.05, 1),  # a tie of these too: the lower loss
        ([(0.02, 0.90, 1), (0.02, 0.90, 1)], 0.05, 0),  # a tie of all: the first
    ],
)
def test_the_lowest_nfr_among_the_accurate(
    scores: list[tuple[float, float, float]], margin: float, chosen: int
) -> None:
    assert lowest_nfr([SelectScore(*score) for score in scores], margin) == chosen


def test_the_most_central_model_by_hand() -> None:
    # Disagreements: first 1 + 2, second 1 + 1, third 2 + 1 of 4 examples.
    preds = np.array([[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 1]])
    assert most_centric(preds, [0.1, 0.9, 0.1]) == 1
    assert most_centric(preds[[0, 1]], [0.3, 0.2]) == 1  # of two, each disagrees as much: the lower loss
    assert most_centric(preds[[0, 1]], [0.2, 0.2]) == 0
    assert most_centric(preds[[2]], [0.2]) == 0


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(FlipscopeError, match="no model to choose from"):
        lowest_nfr([], 0.01)
    for nothing in (np.zeros((0, 5), int), np.zeros((3, 0), int)):
        with pytest.raises(FlipscopeError, match="no answers"):
            most_centric(nothing, [0.1] * len(nothing))
    with pytest.raises(ValueError, match="2 losses are not those of 1 models"):
        most_centric(np.zeros((1, 4), int), [0.1, 0.2])


_hundredths = st.integers(0, 6).map(lambda count: count / 100)
_scores = st.lists(
    st.builds(SelectScore, _hundredths, _hundredths.map(lambda low: 0.9 + low), st.sampled_from([0.1, 0.2])),
    min_size=1, max_size=6,
)  # fmt: skip


@given(_scores, st.integers(0, 6))
def test_no_other_model_within_the_margin_is_better(scores: list[SelectScore], hundredths: int) -> None:
    chosen = lowest_nfr(scores, hundredths / 100)
    percents = [round(100 * score.accuracy) for score in scores]
    assert percents[chosen] >= max(percents) - hundredths
    for index, score in enumerate(scores):
        if percents[index] >= max(percents) - hundredths:
            ours = (scores[chosen].nfr, -percents[chosen], scores[chosen].loss, chosen)
            assert ours <= (score.nfr, -percents[index], score.loss, index)


@given(st.integers(1, 5), st.integers(1, 6), st.data())
def test_no_other_model_agrees_more_with_the_rest(models: int, rows: int, data: st.DataObject) -> None:
    preds = data.draw(
        st.lists(st.lists(st.integers(0, 2), min_size=rows, max_size=rows), min_size=models, max_size=models)
    )
    losses = data.draw(st.lists(st.sampled_from([0.1, 0.2, 0.3]), min_size=models, max_size=models))

    def disagreement(one: int) -> Fraction:
        others = [k for k in range(models) if k != one]
        shares = [Fraction(sum(a != b for a, b in zip(preds[one], preds[k], strict=True)), rows) for k in others]
        return sum(shares, Fraction()) / max(1, len(others))

    expected = min(range(models), key=lambda k: (disagreement(k), losses[k], k))
    assert most_centric(np.array(preds), losses) == expected
