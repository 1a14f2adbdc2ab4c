"""Verdicts on real predictions under several budgets, each checked by hand with SciPy's distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import flipscope
from flipscope.judge.budget import make_budget
from flipscope.judge.tallies import Tally, case_tallies
from flipscope.judge.verdict import judged

near = pytest.approx


def verdict_on(comparison, **budget):
    return judged(comparison, make_budget(budget)).candidate().verdict


def upper(broke, n, level=0.95):
    """Clopper and Pearson's one-sided bound, as the beta distribution has it."""
    return stats.beta.ppf(level, broke + 1, n - broke)


@pytest.fixture(scope="module")
def sst2(real_data, tmp_path_factory):
    """The real pair of checkpoints, by the answers that are known of them: 872 sentences, 22 broke, 78 mended."""
    folder = tmp_path_factory.mktemp("sst2")
    known = pd.read_csv(real_data / "checkpoints" / "sst2_dev_reference_predictions.csv", keep_default_na=False)
    for side in ("old", "new"):
        answers = known[["text", "label"]].assign(pred=known[f"{side}_pred"])
        answers.to_csv(folder / f"{side}.csv", index=False)
    return flipscope.compare(old=folder / "old.csv", new=folder / "new.csv", task="sst2", out=folder / "out")


@pytest.fixture(scope="module")
def lstm(real_data, tmp_path_factory):
    """CNN to LSTM on the test set of SST-2: 1,821 sentences, 59 broke, 101 mended."""
    folder = real_data / "predictions" / "explainaboard_sst2_test"
    out = tmp_path_factory.mktemp("lstm") / "out"
    return flipscope.compare(old=folder / "cnn.csv", new=folder / "lstm.csv", task="sst2", out=out)


def hans(real_data, out, old):
    folder = real_data / "predictions" / "hans_eval"
    return flipscope.compare(old=folder / f"{old}.csv.gz", new=folder / "bert.csv.gz", task="hans", out=out)


@pytest.fixture(scope="module")
def esim(real_data, tmp_path_factory):
    """ESIM to BERT on HANS: 30,000 sentence pairs, 1,000 of each of 30 subcases; 504 broke."""
    return hans(real_data, tmp_path_factory.mktemp("esim") / "out", "esim")


@pytest.fixture(scope="module")
def spinn(real_data, tmp_path_factory):
    """SPINN to BERT on the same: 1,073 broke."""
    return hans(real_data, tmp_path_factory.mktemp("spinn") / "out", "spinn")


# 22/872 = 2.523 %. At most 22 flips have a probability of 5 % at an NFR of 3.583 %: that is the upper bound.
@pytest.mark.parametrize(
    ("max_nfr", "decision"),
    [
        (0.04, "ship"),  # P(Bin(872, .04) <= 22) = 1.2 %: so few would be rare if the NFR were 4 %
        (0.03, "not_enough_data"),  # P(Bin(872, .03) <= 22) = 24 %: so few are quite likely if it were 3 %
        (0.02, "hold"),  # 2.523 % > 2 %
    ],
)
def test_the_real_pair(sst2, max_nfr, decision):
    found = verdict_on(sst2, max_nfr=max_nfr)
    (reason,) = found.reasons
    assert found.decision == decision
    assert (reason.n, reason.negative_flip, reason.observed) == (872, 22, 22 / 872)
    assert reason.bound == near(upper(22, 872), rel=1e-9)
    assert reason.bound == near(0.035831, abs=5e-7)
    assert (stats.binom.cdf(22, 872, max_nfr) <= 0.05) == (decision == "ship")


def test_the_real_pair_with_notes(sst2):
    """It ships at 4 %, but neither label is sure to be within 4 %, at 97.5 % for two notes.

    Negative: 10 of 428 broke, 2.336 %, at worst 4.25 %. Positive: 12 of 444, 2.703 %, at worst 4.67 %.
    """
    found = verdict_on(sst2, max_nfr=0.04, slice=[{"column": "label", "max_nfr": 0.04}])
    assert found.decision == "ship_with_notes"
    assert [(each.negative_flip, each.n, each.holds) for each in found.reasons[1:]] == [
        (10, 428, None),
        (12, 444, None),
    ]
    assert [each.bound for each in found.reasons[1:]] == near([upper(10, 428, 0.975), upper(12, 444, 0.975)])
    assert upper(10, 428, 0.975) == near(0.04255, abs=5e-6)


def test_accuracy_of_the_real_pair(sst2):
    """(78 - 22)/872 = 6.422 points. The standard error is sqrt(100 - 56^2/872)/872 = 1.126 points.

    So the bound is near 6.422 - 1.645 x 1.126 = 4.57 points.
    """
    limits = {0.04: "ship", 0.06: "not_enough_data", 0.07: "hold"}
    for limit, decision in limits.items():
        found = verdict_on(sst2, min_accuracy_change=limit)
        assert (found.decision, found.reasons[0].observed) == (decision, near(56 / 872))
        assert found.reasons[0].bound == near(0.0457, abs=3e-4)


# 59/1821 = 3.240 %; the upper bound is 4.0085 %.
@pytest.mark.parametrize(
    ("max_nfr", "decision"),
    [
        (0.05, "ship"),  # P(Bin(1821, .05) <= 59) = .02 %
        (0.04, "not_enough_data"),  # P(Bin(1821, .04) <= 59) = 5.1 %: just not rare enough
        (0.03, "hold"),  # 3.240 % > 3 %
    ],
)
def test_lstm_after_cnn(lstm, max_nfr, decision):
    found = verdict_on(lstm, max_nfr=max_nfr)
    (reason,) = found.reasons
    assert found.decision == decision
    assert (reason.observed, reason.bound) == near((59 / 1821, upper(59, 1821)), rel=1e-9)
    assert reason.bound == near(0.040085, abs=5e-7)
    assert (stats.binom.cdf(59, 1821, max_nfr) <= 0.05) == (decision == "ship")


def test_lstm_after_cnn_with_a_note(lstm):
    """Positive sentences: 41 of 909 broke, 4.510 % > 4 %, but 3.256 % can't be ruled out: maybe by chance."""
    found = verdict_on(lstm, max_nfr=0.05, slice=[{"column": "label", "max_nfr": 0.04}])
    assert found.decision == "ship_with_notes"
    negative, positive = found.reasons[1:]
    assert (negative.negative_flip, negative.n, negative.holds) == (18, 912, True)
    assert (positive.negative_flip, positive.n, positive.holds) == (41, 909, False)
    assert positive.low == near(stats.beta.ppf(0.025, 41, 909 - 41 + 1))
    assert positive.low < 0.04
    assert not positive.beyond_chance


# 504/30000 = 1.680 %; the upper bound is 1.8072 %, if the sentence pairs stand alone.
@pytest.mark.parametrize(("max_nfr", "decision"), [(0.02, "ship"), (0.0175, "not_enough_data"), (0.01, "hold")])
def test_bert_after_esim(esim, max_nfr, decision):
    found = verdict_on(esim, max_nfr=max_nfr)
    assert found.decision == decision
    assert found.reasons[0].bound == near(upper(504, 30_000))
    assert found.reasons[0].bound == near(0.018072, abs=5e-7)


def test_bert_after_esim_by_subcase(esim):
    """30 notes, each at a level of 1 - .05/30 = 99.83 %.

    le_conjunction: 233 of 1,000, far over 5 %. ce_embedded_under_since: 69 of 1,000, over it, but its lower bound is
    4.77 %. sn_relative_clause_on_subject: 35 of 1,000, below it, but its upper bound is 5.56 %. The others hold: the
    next has 26 of 1,000, at worst 4.47 %.
    """
    found = verdict_on(esim, max_nfr=0.02, slice=[{"column": "subcase", "max_nfr": 0.05}])
    assert found.decision == "ship_with_notes"
    notes = {each.where["value"]: each for each in found.reasons[1:]}
    assert len(notes) == 30
    assert {each.n for each in notes.values()} == {1000}
    assert sum(each.negative_flip for each in notes.values()) == 504
    broken = {value: each.beyond_chance for value, each in notes.items() if each.holds is False}
    assert broken == {"le_conjunction": True, "ce_embedded_under_since": False}
    assert [value for value, each in notes.items() if each.holds is None] == ["sn_relative_clause_on_subject"]
    level = 1 - 0.05 / 30
    assert notes["sn_relative_clause_on_subject"].bound == near(upper(35, 1000, level))
    assert notes["ce_embedded_under_since"].low == near(stats.beta.ppf(1 - level, 69, 932))
    assert stats.beta.ppf(1 - level, 69, 932) < 0.05 < upper(35, 1000, level)
    assert upper(26, 1000, level) < 0.05
    required = verdict_on(esim, max_nfr=0.02, slice=[{"column": "subcase", "max_nfr": 0.05, "required": True}])
    assert required.decision == "hold"


@pytest.mark.parametrize(("max_nfr", "decision"), [(0.12, "ship"), (0.05, "not_enough_data"), (0.01, "hold")])
def test_bert_after_esim_with_subcases_as_clusters(esim, max_nfr, decision):
    """30 templates say far less than 30,000 sentences: 1.68 % as before, but at worst 11.1 %.

    The bound is the 95 % point of means with random weights, of the 30 subcases and one more that breaks altogether.
    """
    found = verdict_on(esim, max_nfr=max_nfr, cluster="subcase")
    (reason,) = found.reasons
    assert (found.decision, reason.clusters, reason.observed) == (decision, 30, 504 / 30_000)
    rates = esim.by("subcase")["negative_flip"].to_numpy() / 1000
    weights = np.random.default_rng(7).standard_exponential((400_000, 31))
    means = weights @ np.append(rates, 1) / weights.sum(axis=1)
    assert np.mean(means <= reason.bound) == near(0.95, abs=0.0015)
    assert reason.bound == near(0.1112, abs=5e-5)


# 1073/30000 = 3.577 %; the upper bound is 3.7581 %.
@pytest.mark.parametrize(("max_nfr", "decision"), [(0.04, "ship"), (0.0365, "not_enough_data"), (0.035, "hold")])
def test_bert_after_spinn(spinn, max_nfr, decision):
    found = verdict_on(spinn, max_nfr=max_nfr)
    assert found.decision == decision
    assert found.reasons[0].observed == 1073 / 30_000
    assert found.reasons[0].bound == near(upper(1073, 30_000))
    assert found.reasons[0].bound == near(0.037581, abs=5e-7)


def test_bert_after_spinn_by_heuristic(spinn):
    """Three notes at 98.33 %: 451, 317 and 305 of 10,000 at 4 %: one over it, beyond chance, and two that hold."""
    found = verdict_on(spinn, max_nfr=0.04, slice=[{"column": "heuristic", "max_nfr": 0.04}])
    assert found.decision == "ship_with_notes"
    notes = {each.where["value"]: (each.negative_flip, each.holds, each.beyond_chance) for each in found.reasons[1:]}
    assert notes == {
        "constituent": (451, False, True), "lexical_overlap": (317, True, False), "subsequence": (305, True, False),
    }  # fmt: skip
    level = 1 - 0.05 / 3
    assert stats.beta.ppf(1 - level, 451, 10_000 - 451 + 1) > 0.04 > upper(317, 10_000, level)


@pytest.mark.parametrize(
    ("suite", "old", "new", "answer_format"),
    [
        ("sentiment", "sentiment_bert", "sentiment_roberta", "pred_and_softmax"),
        ("qqp", "qqp_synth_old", "qqp_synth_new", "binary_conf"),
    ],
)
def test_clusters_of_released_suites_are_those_of_their_figures(real_data, tmp_path, suite, old, new, answer_format):
    folder = real_data / "checklist"
    comparison = flipscope.compare_behaviors(
        folder / f"{old}.txt.gz", folder / f"{new}.txt.gz", folder / f"{suite}_suite.tar.gz",
        answer_format=answer_format, out=tmp_path / "out",
    )  # fmt: skip
    candidate = comparison.candidate()
    for results, columns in (
        (candidate.behaviors, ["task", "suite", "capability", "type", "test"]),
        (candidate.capabilities, ["task", "capability", "type"]),
    ):
        tallies = case_tallies(comparison, candidate.name, columns)
        for result in results:
            tally = tallies.get(tuple(getattr(result, name) for name in columns), Tally.of_none())
            assert (tally.n, tally.broke) == (result.both_evaluated, result.negative_flip)
            assert result.clusters is None or (tally.clusters or 0) == result.clusters
    verdict = verdict_on(comparison, behavior=[{"max_nfr": 0.2, "required": True}])
    assert len(verdict.reasons) == len(candidate.capabilities)
