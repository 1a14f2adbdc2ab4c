from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.inter_rater import cohens_kappa

from flipscope.flips.metrics import CELL_METRICS, Cells, Estimate, Measure, cell_metrics
from flipscope.flips.outcome import OUTCOMES, outcome_codes
from flipscope.flips.scores import SCORE_METRICS

near = pytest.approx
counts = st.integers(0, 200)
four_counts = st.tuples(counts, counts, counts, counts)
some_counts = four_counts.filter(any)
answers = arrays(np.int32, st.tuples(st.integers(1, 40), st.just(3)), elements=st.integers(0, 3))

EXAMPLES = {
    (1, 1, 7, 12): {
        "accuracy_old": 0.0952, "accuracy_new": 0.3810, "accuracy_delta": (0.2857, 0.0256, 0.5069),
        "nfr": (0.0476, 0.0085, 0.2267), "pfr": (0.3333, 0.1719, 0.5463), "mcnemar_exact_p": 0.0703,
        "mcnemar_p": 0.0391, "cond_nfr": 0.5, "btc": 0.5, "cond_pfr": 0.3684, "nfi": 0.0769, "bec": 0.9231,
        "pfi": 0.8750, "relative_nfr": 0.8077, "correctness_churn": 0.3810, "nfr_over_gain": 0.1667,
        "pf_nf_ratio": 7, "kappa": 0.0562, "jaccard_fail": 0.6,
    },
    (850, 30, 60, 60): {
        "accuracy_old": 0.88, "accuracy_new": 0.91, "accuracy_delta": (0.03, 0.0114, 0.0490),
        "nfr": (0.03, 0.0211, 0.0425), "pfr": (0.06, 0.0469, 0.0765), "mcnemar_exact_p": 0.0021,
        "mcnemar_p": 0.0015, "cond_nfr": 0.0341, "btc": 0.9659, "cond_pfr": 0.5, "nfi": 0.3333, "bec": 0.6667,
        "pfi": 0.0659, "relative_nfr": 0.3788, "correctness_churn": 0.09, "nfr_over_gain": 1,
        "pf_nf_ratio": 2, "kappa": 0.5223, "jaccard_fail": 0.4,
    },
    (300, 8, 20, 80): {
        "accuracy_old": 0.7549, "accuracy_new": 0.7843, "accuracy_delta": (0.0294, 0.0036, 0.0557),
        "nfr": (0.0196, 0.0100, 0.0382), "pfr": (0.0490, 0.0320, 0.0745), "mcnemar_exact_p": 0.0357,
        "mcnemar_p": 0.0241, "cond_nfr": 0.0260, "btc": 0.9740, "cond_pfr": 0.2, "nfi": 0.0909, "bec": 0.9091,
        "pfi": 0.0625, "relative_nfr": 0.1204, "correctness_churn": 0.0686, "nfr_over_gain": 0.6667,
        "pf_nf_ratio": 2.5, "kappa": 0.8067, "jaccard_fail": 0.7407,
    },
    (10, 15, 5, 20): {
        "accuracy_old": 0.5, "accuracy_new": 0.3, "accuracy_delta": (-0.2, -0.3569, -0.0258),
        "nfr": (0.3, 0.1910, 0.4375), "pfr": (0.1, 0.0435, 0.2136), "mcnemar_exact_p": 0.0414,
        "mcnemar_p": 0.0266, "cond_nfr": 0.6, "btc": 0.4, "cond_pfr": 0.2, "nfi": 0.4286, "bec": 0.5714,
        "pfi": 0.3333, "relative_nfr": 0.8571, "correctness_churn": 0.4, "nfr_over_gain": -1.5,
        "pf_nf_ratio": 0.3333, "kappa": 0.2, "jaccard_fail": 0.5,
    },
    (950, 20, 20, 10): {
        "accuracy_old": 0.97, "accuracy_new": 0.97, "accuracy_delta": (0, -0.0130, 0.0130),
        "nfr": (0.02, 0.0130, 0.0307), "pfr": (0.02, 0.0130, 0.0307), "mcnemar_exact_p": 1,
        "mcnemar_p": 0.9373, "cond_nfr": 0.0206, "btc": 0.9794, "cond_pfr": 0.6667, "nfi": 0.6667,
        "bec": 0.3333, "pfi": 0.0206, "relative_nfr": 0.6873, "correctness_churn": 0.04,
        "nfr_over_gain": None, "pf_nf_ratio": 1, "kappa": 0.3127, "jaccard_fail": 0.2,
    },
}  # fmt: skip


def value(metrics, key):
    return metrics[key].value


def values(cells):
    return {key: measure.value for key, measure in cell_metrics(Cells(*cells)).items()}


def cells_of(label, old, new):
    codes = outcome_codes(label, old, new)
    tally = np.bincount(codes, minlength=4).tolist()
    return Cells(*tally, both_wrong_differently=int(np.sum((codes == 3) & (old != new))))


@pytest.mark.parametrize("cells", EXAMPLES, ids=str)
def test_golden_values(cells):
    found = cell_metrics(Cells(*cells))
    for key, expected in EXAMPLES[cells].items():
        measure = found[key]
        if isinstance(expected, tuple):
            assert (measure.value, measure.low, measure.high) == near(expected, abs=6e-5), key
        elif expected is None:
            assert measure.value is None
        else:
            assert measure.value == near(expected, abs=6e-5), key


def test_order_and_kinds():
    found = cell_metrics(Cells(850, 30, 60, 60, 5))
    assert tuple(found) == CELL_METRICS
    with_interval = {key for key, measure in found.items() if isinstance(measure, Estimate)}
    assert with_interval == {
        "accuracy_delta", "nfr", "pfr", "relative_nfr", "nfi", "btc", "bec", "cond_nfr", "cond_pfr",
    }  # fmt: skip
    assert all(isinstance(measure, Measure) for key, measure in found.items() if key not in with_interval)


@given(four_counts, st.sampled_from([0.8, 0.95]))
def test_nothing_but_numbers_and_nulls_with_a_reason(cells, level):
    found = cell_metrics(Cells(*cells), level)
    json.dumps({key: asdict(measure) for key, measure in found.items()}, allow_nan=False)
    for measure in found.values():
        fields = [measure.value, *((measure.low, measure.high) if isinstance(measure, Estimate) else ())]
        assert all(field is None or type(field) is float for field in fields)
        if None in fields:
            assert measure.reason is not None
        elif isinstance(measure, Estimate):
            assert measure.low <= measure.value + 1e-12
            assert measure.value <= measure.high + 1e-12


def test_without_examples_everything_is_null():
    found = cell_metrics(Cells(0, 0, 0, 0, 0))
    assert tuple(found) == CELL_METRICS
    for measure in found.values():
        assert measure.value is None
        assert measure.reason == "no_examples"
        assert getattr(measure, "low", None) is None
        assert getattr(measure, "high", None) is None


OLD_NEVER_RIGHT = {"cond_nfr": "no_old_correct", "btc": "no_old_correct", "relative_nfr": "no_old_correct"}
NEW_NEVER_WRONG = {"nfi": "no_new_errors", "bec": "no_new_errors", "relative_nfr": "no_new_errors"}
NO_NEGATIVE = {"pf_nf_ratio": "no_negative_flips"}
NO_FLIPS = {"nfr_over_gain": "no_accuracy_change", "pf_share": "no_discordant"} | NO_NEGATIVE


@pytest.mark.parametrize(
    ("cells", "undefined"),
    [
        ((0, 0, 3, 4), OLD_NEVER_RIGHT | NO_NEGATIVE),
        ((3, 4, 0, 0), {"cond_pfr": "no_old_errors"}),
        ((3, 0, 4, 0), NEW_NEVER_WRONG | NO_NEGATIVE),
        ((0, 3, 0, 4), {"pfi": "no_new_correct"}),
        ((3, 2, 2, 4), {"nfr_over_gain": "no_accuracy_change"}),
        # Where the old model is never right and the new one never wrong, the first reason is given.
        ((0, 0, 5, 0), NEW_NEVER_WRONG | OLD_NEVER_RIGHT | NO_NEGATIVE),
        (
            (9, 0, 0, 0),
            {"cond_pfr": "no_old_errors", "kappa": "no_variation", "jaccard_fail": "no_errors"}
            | NEW_NEVER_WRONG
            | NO_FLIPS,
        ),
        ((0, 0, 0, 9), {"pfi": "no_new_correct", "kappa": "no_variation"} | OLD_NEVER_RIGHT | NO_FLIPS),
    ],
)
def test_what_is_undefined_and_why(cells, undefined):
    found = cell_metrics(Cells(*cells, both_wrong_differently=0))
    assert {key: measure.reason for key, measure in found.items() if measure.value is None} == undefined


def test_without_flips_the_p_values_are_one_and_say_so():
    found = cell_metrics(Cells(5, 0, 0, 5))
    assert found["mcnemar_p"] == found["mcnemar_exact_p"] == Measure(1.0, "no_discordant")
    assert cell_metrics(Cells(5, 1, 1, 5))["mcnemar_exact_p"] == Measure(1.0)


def test_label_metrics_need_predicted_labels():
    found = cell_metrics(Cells(5, 1, 2, 4))
    for key in ("label_churn", "nfr_changed"):
        assert found[key] == Measure(None, "no_predicted_labels")
    known = cell_metrics(Cells(1, 2, 1, 2, both_wrong_differently=1))
    assert known["label_churn"].value == near(0.6667, abs=6e-5)
    assert known["nfr_changed"].value == 0.5


def test_intervals_of_proportions_have_their_own_denominator():
    found = cell_metrics(Cells(10, 15, 5, 20))
    # The Wilson interval of 15 of 25, from Wilson's formula by hand: (0.6 + z2/50 -/+ ...) / (1 + z2/25).
    z2 = 1.959964**2
    half = 1.959964 * sqrt(0.24 / 25 + z2 / 2500) / (1 + z2 / 25)
    centre = (0.6 + z2 / 50) / (1 + z2 / 25)
    assert (found["cond_nfr"].low, found["cond_nfr"].high) == near((centre - half, centre + half), abs=1e-6)
    assert (found["btc"].low, found["btc"].high) == near((1 - found["cond_nfr"].high, 1 - found["cond_nfr"].low))
    assert (found["bec"].low, found["bec"].high) == near((1 - found["nfi"].high, 1 - found["nfi"].low))


def test_a_lower_level_gives_narrower_intervals():
    wide, narrow = (cell_metrics(Cells(850, 30, 60, 60), level) for level in (0.95, 0.8))
    for key, measure in wide.items():
        if isinstance(measure, Estimate):
            assert measure.low < narrow[key].low < narrow[key].high < measure.high


def test_interval_of_relative_nfr():
    measure = cell_metrics(Cells(850, 30, 60, 60))["relative_nfr"]
    assert (measure.low, measure.high) == near((0.272, 0.487), abs=0.006)

    # Without flips the bootstrap would say [0, 0].
    none = cell_metrics(Cells(90, 0, 0, 10))["relative_nfr"]
    assert (none.value, none.low) == (0, 0)
    assert none.high == near(0.0370 / (0.9 * 0.1), abs=1e-3)
    assert cell_metrics(Cells(1, 0, 0, 1))["relative_nfr"].high == 2  # the most that is possible

    # With a model that is always right or always wrong it is 1 by definition.
    for cells in [(0, 3, 0, 4), (3, 4, 0, 0)]:
        assert cell_metrics(Cells(*cells))["relative_nfr"] == Estimate(1.0, None, None, "no_variation")

    # One old hit in 21: a third of all draws have none.
    assert cell_metrics(Cells(1, 1, 7, 12))["relative_nfr"].reason == "no_old_correct"
    assert cell_metrics(Cells(12, 1, 7, 1))["relative_nfr"].reason == "no_new_errors"


def test_impossible_counts_are_refused():
    for wrong in [(-1, 0, 0, 0), (0, 0, 0, 1, 2), (0, 0, 0, 1, -1)]:
        with pytest.raises(ValueError, match="impossible"):
            Cells(*wrong)


@given(some_counts)
def test_identities_of_the_rates(cells):
    a, b, _, d = cells
    n, found = sum(cells), values(cells)
    old, new, delta, nfr, pfr = (found[k] for k in ("accuracy_old", "accuracy_new", "accuracy_delta", "nfr", "pfr"))
    assert found["correctness_churn"] + a / n + d / n == near(1)
    assert pfr - nfr == near(delta, abs=1e-12)
    assert new - old == near(delta, abs=1e-12)
    assert max(0, -delta) - 1e-12 <= nfr <= min(old, 1 - new) + 1e-12
    assert max(0, delta) - 1e-12 <= pfr <= min(new, 1 - old) + 1e-12
    if delta == 0:
        assert nfr == pfr == near(found["correctness_churn"] / 2)
    if a + b:
        assert found["btc"] == near(1 - nfr / old)
        assert found["cond_nfr"] == near(1 - found["btc"], abs=1e-12)
    if b + d:
        assert found["bec"] == near(1 - found["nfi"])
        assert found["nfi"] == near(nfr / (1 - new))
    if a + b and b + d:
        assert found["relative_nfr"] == near(found["nfi"] / old) == near(found["cond_nfr"] / (1 - new))


@given(some_counts)
def test_swapping_the_models(cells):
    a, b, c, d = cells
    there, back = cell_metrics(Cells(*cells, d)), cell_metrics(Cells(a, c, b, d, d))
    assert value(there, "nfr") == value(back, "pfr")
    assert value(there, "pfr") == value(back, "nfr")
    assert value(there, "accuracy_delta") == -value(back, "accuracy_delta")
    for key in ("label_churn", "correctness_churn", "kappa", "jaccard_fail", "mcnemar_p", "mcnemar_exact_p"):
        assert there[key] == back[key]


@given(some_counts)
def test_kappa_agrees_with_statsmodels(cells):
    a, b, c, d = cells
    kappa = value(cell_metrics(Cells(*cells)), "kappa")
    if kappa is not None:
        assert kappa == near(cohens_kappa(np.array([[a, b], [c, d]]), return_results=False), abs=1e-9)


@given(answers)
def test_the_same_model_twice_has_no_flips(rows):
    label, old, _ = rows.T
    found = cell_metrics(cells_of(label, old, old))
    for key in ("nfr", "pfr", "label_churn", "correctness_churn", "nfr_changed"):
        assert value(found, key) == 0
    assert value(found, "kappa") in (1, None)


@given(answers)
def test_changed_labels_are_at_least_the_flips(rows):
    label, old, new = rows.T
    found = cell_metrics(cells_of(label, old, new))
    assert value(found, "label_churn") == near(np.mean(old != new))
    assert value(found, "nfr_changed") == near(np.mean((new != label) & (old != new)))
    assert value(found, "label_churn") >= value(found, "correctness_churn")
    assert value(found, "nfr_changed") >= value(found, "nfr")
    two = cell_metrics(cells_of(*(rows % 2).T))
    assert value(two, "label_churn") == value(two, "correctness_churn")
    assert value(two, "nfr_changed") == value(two, "nfr")


@given(answers, st.permutations(range(4)), st.integers(2, 5))
def test_renaming_classes_and_repeating_rows_changes_no_rate(rows, renamed, times):
    cells = cells_of(*rows.T)
    assert cells_of(*np.array(renamed)[rows].T) == cells
    repeated = cell_metrics(cells_of(*np.repeat(rows, times, axis=0).T))
    for key, measure in cell_metrics(cells).items():
        if not key.startswith("mcnemar"):
            assert repeated[key].value == near(measure.value), key


def test_large_counts_stay_exact():
    found = values((10**9, 10**8, 2 * 10**8, 10**9))
    assert found["kappa"] == near(2 * (1e18 - 2e16) / (1.1e9 * 1.1e9 + 1.2e9 * 1.2e9))
    assert found["nfr"] == near(1e8 / 2.3e9)


def test_the_outcomes_are_the_fields():
    assert tuple(asdict(Cells(1, 2, 3, 4)))[:4] == OUTCOMES


PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def test_every_metric_is_documented():
    page = PAGE.read_text(encoding="utf-8")
    assert [key for key in (*CELL_METRICS, *SCORE_METRICS) if f"`{key}`" not in page] == []


def test_every_reason_in_the_source_is_documented():
    flips = PAGE.parents[1] / "analysis" / "flipscope" / "flips"
    # Pairing has codes of its own, for why examples are left out.
    files = [path for path in flips.glob("*.py") if path.name != "pairing.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r"""["'`](no_[a-z_]+|too_few_[a-z]+|class_mismatch)["'`]""", source))
    documented = set(re.findall(r"^\| `([a-z_]+)` \| [^|]+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {"no_examples", "no_discordant", "too_few_flips"} <= used
    assert used <= documented


def test_judging_imports_nothing_slow():
    slow = {"scipy.stats", "statsmodels", "pandas", "torch"}
    modules = ", ".join(f"flipscope.flips.{name}" for name in ("metrics", "scores", "power", "pooling", "noise"))
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert "scipy.special" in loaded
    assert slow.isdisjoint(loaded)
