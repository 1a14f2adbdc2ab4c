from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flipscope.flips.measures import Measure
from flipscope.flips.outcome import outcome_codes
from flipscope.flips.scores import SCORE_METRICS, graded_metrics, score_metrics

near = pytest.approx

LABEL = np.array([0, 1, 2, 0, 1, 2])
P_OLD = np.array(
    [[0.9, 0.05, 0.05], [0.3, 0.4, 0.3], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.5, 0.3, 0.2]]
)
P_NEW = np.array(
    [[0.35, 0.55, 0.1], [0.36, 0.34, 0.3], [0.1, 0.1, 0.8], [0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]
)
OLD, NEW = P_OLD.argmax(axis=1), P_NEW.argmax(axis=1)


@st.composite
def fixtures(draw):
    rows, classes = draw(st.integers(1, 30)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    label = rng.integers(classes, size=rows)
    return label, *(rng.dirichlet(np.ones(classes), size=rows) for _ in range(2))


def test_golden_values():
    assert np.bincount(outcome_codes(LABEL, OLD, NEW)).tolist() == [1, 2, 1, 2]
    found = score_metrics(LABEL, OLD, NEW, P_OLD, P_NEW, np.log(P_OLD), np.log(P_NEW))
    assert tuple(found) == SCORE_METRICS
    assert found["soft_nf"].value == near(0.11833, abs=6e-6)
    assert found["soft_pf"].value == near(0.08333, abs=6e-6)
    assert found["kl"].value == near(0.28441, abs=6e-6)
    assert found["severity"].value == near(0.11)  # of 0.20 and 0.02
    assert found["drop"].value == near((0.55 + 0.06) / 2)
    assert found["boundary_share"].value == near(0.5)
    assert found["large_share"].value == near(0.5)
    assert all(type(measure.value) is float for measure in found.values())


def test_float32_probabilities_give_the_same():
    single = score_metrics(LABEL, OLD, NEW, P_OLD.astype(np.float32), P_NEW.astype(np.float32))
    double = score_metrics(LABEL, OLD, NEW, P_OLD, P_NEW)
    for key in ("soft_nf", "kl", "drop"):
        assert single[key].value == near(double[key].value, rel=1e-5)


@given(fixtures())
def test_soft_flips_differ_by_the_change_of_the_gold_probability(fixture):
    label, p_old, p_new = fixture
    found = score_metrics(label, p_old.argmax(axis=1), p_new.argmax(axis=1), p_old, p_new)
    gold = np.arange(len(label)), label
    change = p_new[gold].mean() - p_old[gold].mean()
    assert found["soft_pf"].value - found["soft_nf"].value == near(change, abs=1e-12)


@given(fixtures())
def test_with_certain_models_soft_flips_are_flips(fixture):
    label, p_old, p_new = fixture
    old, new = p_old.argmax(axis=1), p_new.argmax(axis=1)
    certain = np.eye(p_old.shape[1])
    found = score_metrics(label, old, new, certain[old], certain[new])
    assert found["soft_nf"].value == near(np.mean((old == label) & (new != label)))
    assert found["soft_pf"].value == near(np.mean((old != label) & (new == label)))
    assert np.isfinite(found["kl"].value)


@given(fixtures())
def test_kl_agrees_with_scipy_and_is_zero_for_the_same_model(fixture):
    label, p_old, p_new = fixture
    found = score_metrics(label, label, label, p_old, p_new)
    assert found["kl"].value == near(stats.entropy(p_old, p_new, axis=1).mean(), abs=1e-9)
    assert score_metrics(label, label, label, p_old, p_old)["kl"].value == near(0, abs=1e-15)


def test_kl_has_a_direction():
    p, q = np.array([[0.9, 0.1]]), np.array([[0.5, 0.5]])
    found = score_metrics(np.array([0]), np.array([0]), np.array([0]), p, q)
    assert found["kl"].value == near(0.9 * np.log(1.8) + 0.1 * np.log(0.2))


def test_logit_displacement_ignores_a_constant_shift():
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]])
    label = np.array([0, 1])

    def displacement(new):
        return score_metrics(label, label, label, None, None, logits, new)["logit_disp"].value

    assert displacement(logits + 5) == near(0, abs=1e-12)
    # Moving one of three logits by 3 leaves (2, -1, -1) after centring.
    assert displacement(logits + np.array([3, 0, 0])) == near(np.sqrt(6))


def test_thresholds_are_met_in_spite_of_rounding():
    p_old = np.array([[0.4, 0.35, 0.25], [0.7, 0.2, 0.1]])
    p_new = np.array([[0.3, 0.45, 0.25], [0.2, 0.7, 0.1]])
    zero, one = np.zeros(2, dtype=int), np.ones(2, dtype=int)
    assert 0.4 - 0.3 > 0.1  # in floating point
    assert 0.7 - 0.2 < 0.5
    found = score_metrics(zero, zero, one, p_old, p_new)
    assert found["boundary_share"].value == 0.5
    assert found["large_share"].value == 0.5
    wider = score_metrics(zero, zero, one, p_old, p_new, near=0.5, large=0.6)
    assert (wider["boundary_share"].value, wider["large_share"].value) == (1, 0)


def test_reasons():
    def reasons(*args, **kwargs):
        return {key: measure.reason for key, measure in score_metrics(*args, **kwargs).items()}

    without = reasons(LABEL, OLD, NEW, P_OLD, None)
    assert {without[key] for key in SCORE_METRICS if key != "logit_disp"} == {"no_probabilities"}
    assert without["logit_disp"] == "no_logits"

    no_flips = reasons(LABEL, OLD, LABEL, P_OLD, P_NEW)
    assert [no_flips[key] for key in ("severity", "drop", "boundary_share", "large_share")] == ["no_negative_flips"] * 4
    assert no_flips["soft_nf"] is None

    wider = np.hstack([P_NEW, np.zeros((6, 1))])
    mismatch = reasons(LABEL, OLD, NEW, P_OLD, wider, P_OLD, wider, same_classes=False)
    assert mismatch["kl"] == mismatch["logit_disp"] == "class_mismatch"
    assert mismatch["soft_nf"] is None

    nothing = np.array([], dtype=int)
    empty = score_metrics(nothing, nothing, nothing, np.empty((0, 3)), np.empty((0, 3)))
    assert set(empty.values()) == {Measure(None, "no_examples")}
    assert set(score_metrics(nothing, nothing, nothing, None, None).values()) == {Measure(None, "no_examples")}


def test_labels_that_are_no_class_are_refused():
    for wrong in (-1, 3):
        label = LABEL.copy()
        label[2] = wrong
        with pytest.raises(ValueError, match="is not one of 3 columns"):
            score_metrics(label, OLD, NEW, P_OLD, P_NEW)


def test_graded_scores_by_hand():
    old = np.array([0.5, 0.5, 0.5, 0.5, 0.5])
    new = np.array([0.2, 0.4, 0.45, 0.55, 0.9])
    found = graded_metrics(old, new, dead_band=0.06)
    assert found["regressed"].value == 0.4
    assert found["improved"].value == 0.2
    assert found["mean_loss"].value == near(0.2)
    assert found["mean_gain"].value == near(0.4)


def test_graded_scores_at_the_edges():
    same = graded_metrics(np.ones(3), np.ones(3), dead_band=0.1)
    assert same["regressed"].value == same["improved"].value == 0
    assert same["mean_loss"] == Measure(None, "no_negative_flips")
    assert same["mean_gain"] == Measure(None, "no_positive_flips")
    assert set(graded_metrics(np.array([]), np.array([]), 0.1).values()) == {Measure(None, "no_examples")}
    for band in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="dead band"):
            graded_metrics(np.ones(3), np.ones(3), dead_band=band)
