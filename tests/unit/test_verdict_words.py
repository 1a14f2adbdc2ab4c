"""The sentences people read, as they are."""

import pytest

from flipscope.judge.words import amount, in_clusters, level, levels, sentence, told
from flipscope.schema import Reason, Verdict


def reason(holds=True, required=True, **more):
    figures = {
        "scope": "sst2", "kind": "task", "where": {"task": "sst2"}, "measure": "nfr", "observed": 0.0252, "low": 0.0171,
        "high": 0.0358, "bound": 0.0358, "budget": 0.04, "beyond_chance": False, "confidence": 0.95, "n": 872,
        "negative_flip": 22, "positive_flip": 78,
    }  # fmt: skip
    return Reason(**figures | {"holds": holds, "required": required} | more)


def change(holds, observed, low, budget):
    return reason(holds, measure="accuracy_delta", observed=observed, low=low, bound=low, budget=budget)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (reason(), "on sst2, 22 of 872 examples broke, 2.52%, and at worst 3.58%, where at most 4.00% is allowed"),
        (reason(False, budget=0.02), "on sst2, 22 of 872 examples broke, 2.52%, where at most 2.00% is allowed"),
        (
            reason(None, budget=0.03, needed_n=7730),
            "on sst2, 22 of 872 examples broke, 2.52%, where at most 3.00% is allowed, but so few can't rule out 3.58%; "
            "about 7,730 would probably tell",
        ),
        (
            reason(None, budget=0.0252, n=1, negative_flip=1),
            "on sst2, 1 of 1 example broke, 2.52%, where at most 2.52% is allowed, but so few can't rule out 3.58%; "
            "at this rate no number could",
        ),
        (
            reason(kind="capability", scope="sst2: Negation (MFT)", clusters=40),
            "on sst2: Negation (MFT), 22 of 872 test cases in 40 clusters broke, 2.52%, and at worst 3.58%, "
            "where at most 4.00% is allowed",
        ),
        (reason(clusters=872), "on sst2, 22 of 872 examples broke, 2.52%, and at worst 3.58%, where at most 4.00% is allowed"),
        (reason(None, observed=None, n=0), "sst2 has no example to judge"),
        (
            reason(measure="excess_nfr", observed=-0.002, bound=0.01, noise_floor=0.0272),
            "on sst2, 22 of 872 examples broke, 2.52%, which is 0.20 points below the noise floor of 2.72%, and at worst "
            "1.00 points above it, where at most 4.00 points above it are allowed",
        ),
        (
            reason(None, measure="excess_nfr", observed=0.0052, bound=0.051, noise_floor=0.02, needed_n=3000),
            "on sst2, 22 of 872 examples broke, 2.52%, which is 0.52 points above the noise floor of 2.00%, where at most "
            "4.00 points above it are allowed, but so few can't rule out 5.10 points above it; "
            "about 3,000 would probably tell",
        ),
        (
            reason(False, measure="excess_nfr", observed=0.0, budget=-0.0, noise_floor=0.0252),
            "on sst2, 22 of 872 examples broke, 2.52%, which is just the noise floor of 2.52%, where none above it are "
            "allowed",
        ),
        (
            reason(None, budget=0.0253, needed_n=15_450_515),
            "on sst2, 22 of 872 examples broke, 2.52%, where at most 2.53% is allowed, but so few can't rule out 3.58%; "
            "only more than 10 million would probably tell",
        ),
        (
            reason(None, budget=0.03, clusters=40, needed_n=7730, needed_clusters=355),
            "on sst2, 22 of 872 examples in 40 clusters broke, 2.52%, where at most 3.00% is allowed, "
            "but so few clusters can't rule out 3.58%; about 355 of them would probably tell",
        ),
        (
            reason(None, budget=0.03, clusters=1, n=400),
            "on sst2, 22 of 400 examples in 1 cluster broke, 2.52%, where at most 3.00% is allowed, "
            "but a single cluster can't rule out 3.58%; at this rate no number could",
        ),
        (
            reason(None, budget=0.03, clusters=872, needed_n=7730, needed_clusters=7730),
            "on sst2, 22 of 872 examples broke, 2.52%, where at most 3.00% is allowed, but so few can't rule out 3.58%; "
            "about 7,730 would probably tell",
        ),
        (
            reason(measure="cost", observed=0.0612, bound=0.0901, budget=0.1),
            "on sst2, what broke costs 0.0612 per example over 872 examples, and at worst 0.0901 per example, "
            "where at most 0.1 per example is allowed",
        ),
        (
            change(True, 0.0642, 0.0457, 0),
            "on sst2, accuracy shows a rise of 6.42 points over 872 examples, and at worst a rise of 4.57 points, "
            "where it must not fall",
        ),
        (
            change(False, -0.02, -0.03, -0.005),
            "on sst2, accuracy shows a fall of 2.00 points over 872 examples, where it may fall by at most 0.50 points",
        ),
        (
            change(None, 0.0, -0.03, 0.01),
            "on sst2, accuracy shows no change over 872 examples, where it must rise by at least 1.00 points, "
            "but so few can't rule out a fall of 3.00 points; at this rate no number could",
        ),
    ],
)  # fmt: skip
def test_one_reason(found, words):
    assert told(found) == words


def listed(holds, broke=0, **more):
    return reason(
        holds, measure="negative_flip", kind="must_not_break", budget=0, observed=broke, bound=broke,
        negative_flip=broke, **{"scope": "3 examples that must not break", "where": {"task": None}} | more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (listed(True), "of 3 examples that must not break, none broke"),
        (listed(False, 1), "of 3 examples that must not break, 1 broke"),
        (
            listed(False, 2, scope="sst2: test not", where={"test": "not"}, n=30),
            "on sst2: test not, 2 of 30 test cases broke, and none may",
        ),
        (
            listed(None, scope="sst2: test not", where={"test": "not"}),
            "sst2: test not has no test case to judge",
        ),
    ],
)
def test_one_list(found, words):
    assert told(found) == words


WORST = reason(False, scope="rte", budget=0.001)
SEEN = "on sst2, 22 of 872 examples broke, 2.52%, "


@pytest.mark.parametrize(
    ("decision", "reasons", "words"),
    [
        ("ship", [reason()], f"Ship: {SEEN}and at worst 3.58%, where at most 4.00% is allowed."),
        (
            "ship",
            [reason(), reason(scope="rte", budget=0.9)],
            f"Ship: {SEEN}and at worst 3.58%, where at most 4.00% is allowed (the closest of 2 limits, which all hold).",
        ),
        ("hold", [reason(False, budget=0.02)], f"Hold: {SEEN}where at most 2.00% is allowed."),
        # A list that nothing of broke is as close as can be to its limit, and says the least.
        (
            "ship",
            [listed(True), reason(), reason(scope="rte", budget=0.9), reason(measure="cost", budget=3)],
            f"Ship: {SEEN}and at worst 3.58%, where at most 4.00% is allowed (the closest of 4 limits, which all hold).",
        ),
        ("ship", [listed(True)], "Ship: of 3 examples that must not break, none broke."),
        (
            "ship",
            [listed(True), reason(required=False)],
            "Ship: of 3 examples that must not break, none broke (one of 2 limits, which all hold).",
        ),
        (
            "hold",
            [reason(False, budget=0.02), WORST, reason(None)],
            "Hold: on rte, 22 of 872 examples broke, 2.52%, where at most 0.10% is allowed; 1 other limit is broken, too.",
        ),
        (
            "not_enough_data",
            [
                reason(None, budget=0.03, needed_n=7730),
                reason(None, scope="rte", budget=0.035),
                reason(None, scope="a"),
            ],
            f"Not enough data: {SEEN}where at most 3.00% is allowed, but so few can't rule out 3.58%; "
            "about 7,730 would probably tell; 2 other limits are undecided, too.",
        ),
        (
            "ship_with_notes",
            [reason(), reason(False, False, budget=0.02), reason(None, False)],
            f"Ship, with notes: all that is required holds; 1 of 2 notes is over the limit, maybe by chance: {SEEN}"
            "where at most 2.00% is allowed; 1 of 2 notes is undecided for lack of data.",
        ),
        (
            "ship_with_notes",
            [reason(), *[reason(False, False, budget=0.02, beyond_chance=sure) for sure in (True, True, False)]],
            f"Ship, with notes: all that is required holds; 3 of 3 notes are over the limit, 2 of them beyond chance: {SEEN}"
            "where at most 2.00% is allowed.",
        ),
    ],
)
def test_the_sentence_of_each_decision(decision, reasons, words):
    assert sentence(decision, reasons) == words


def test_what_is_above_the_noise_floor_is_told_in_points():
    above = reason(measure="excess_nfr", observed=-0.002, noise_floor=0.03)
    assert (amount(above, above.observed), amount(above, 0.01)) == ("−0.20 points", "+1.00 points")


@pytest.mark.parametrize(
    ("found", "column", "words"),
    [
        (reason(), "user", ""),
        (reason(clusters=30), "user", "30 clusters (user)"),
        (reason(clusters=1), "user", "1 cluster (user)"),
        (reason(clusters=2000), None, "2,000 clusters"),
        # Test cases have clusters of their own.
        (reason(clusters=30, kind="capability"), "user", "30 clusters"),
    ],
)
def test_clusters_are_told_with_the_column_they_come_from(found, column, words):
    assert in_clusters(found, column) == words


@pytest.mark.parametrize(
    ("confidence", "text"),
    [(0.95, "95%"), (0.975, "97.5%"), (0.9, "90%"), (0.99, "99%"), (1 - 0.05 / 80, "99.938%"), (1, "100%")],
)
def test_a_confidence_level(confidence, text):
    assert level(confidence) == text


def verdict(*reasons, **more):
    figures = {"decision": "ship", "sentence": "", "confidence": 0.95, "correction": "bonferroni", "candidates": 1}
    return Verdict(**figures | more, reasons=list(reasons))


NOTE = reason(required=False, confidence=1 - 0.05 / 6)


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        (verdict(reason()), "95% confidence"),
        (verdict(reason(), reason(required=False)), "95% confidence"),
        (verdict(reason(confidence=0.975), candidates=2), "97.5% confidence each (95% corrected for 2 candidates)"),
        (
            verdict(reason(confidence=0.975), NOTE, NOTE, NOTE, candidates=2),
            "97.5% confidence each (95% corrected for 2 candidates), in notes at 99.17% (corrected for 3 notes, too)",
        ),
        (
            verdict(reason(), *[reason(required=False, confidence=1 - 0.05 / 3)] * 3),
            "95% confidence, in notes at 98.3% each (95% corrected for 3 notes)",
        ),
        (verdict(reason(), NOTE, correction="none"), "95% confidence, not corrected for how much was tried"),
    ],
)
def test_at_which_confidence_it_is_judged(judged, words):
    assert levels(judged) == words
