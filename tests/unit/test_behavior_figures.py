"""Paired test cases and the figures made of them, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from flipscope.behaviors.evaluate import evaluate
from flipscope.behaviors.judge import behavior_results, capability_results
from flipscope.behaviors.paired import CELLS, PairedTest, pair_tests
from flipscope.behaviors.suite import Suite
from flipscope.flips.intervals import wilson
from suites import labelled, make_suite, make_test

POSITIVE = {"label": "positive"}
KEEP_NEGATIVE = {"on": "orig_pred", "op": "eq", "value": "negative"}


def paired(suite: Suite, old: str, new: str) -> list[PairedTest]:
    """Pair two models' answers, one letter each: n(egative), p(ositive)."""
    names = {"n": "negative", "p": "positive"}
    answers = [labelled(*(names[letter] for letter in side)) for side in (old, new)]
    return pair_tests(*(evaluate(suite, each) for each in answers))


def mft(cases: int, **fields: object) -> dict:
    return make_test({"kind": "label"}, [[POSITIVE]] * cases, **fields)


def test_the_nine_cells() -> None:
    """Old and new each pass (pp), fail (pn: the first answer keeps the case) or are filtered (first answer p)."""
    test = make_test({"kind": "equals", "value": "positive"}, [[{}, {}]] * 9, type="DIR", slice=KEEP_NEGATIVE)
    passing, failing, filtered = "np", "nn", "pp"
    old = passing * 3 + failing * 3 + filtered * 3
    new = (passing + failing + filtered) * 3
    (result,) = paired(make_suite(test), old, new)

    assert result.cells() == dict.fromkeys(CELLS, 1)
    assert result.outcome.tolist() == [0, 1, -1, 2, 3, -1, -1, -1, -1]
    (row,) = behavior_results([("sst2", make_suite(test), [result])])
    assert (row.cases, row.old_evaluated, row.new_evaluated, row.both_evaluated) == (9, 6, 6, 4)
    assert (row.old_fails, row.new_fails, row.old_fail_rate) == (3, 3, 0.5)
    assert (row.negative_flip, row.positive_flip, row.both_pass, row.both_fail) == (1, 1, 1, 1)
    assert row.nfr.value == 0.25


@given(st.lists(st.tuples(st.sampled_from("np"), st.sampled_from("np")), min_size=1, max_size=40))
def test_cells_add_up_to_the_cases_and_to_each_model_s_own_results(answers: list[tuple[str, str]]) -> None:
    test = make_test(
        {"kind": "equals", "value": "positive"}, [[{}, {}]] * len(answers), type="INV", slice=KEEP_NEGATIVE
    )
    old, new = ("".join("n" + pair[side] if side else pair[0] + "p" for pair in answers) for side in (0, 1))
    suite = make_suite(test)
    (result,) = paired(suite, old, new)
    cells = result.cells()
    (row,) = behavior_results([("sst2", suite, [result])])

    assert sum(cells.values()) == len(answers)
    old_filtered = cells["old_filtered_new_pass"] + cells["old_filtered_new_fail"] + cells["both_filtered"]
    assert row.old_evaluated == len(answers) - old_filtered
    assert row.old_fails == cells["positive_flip"] + cells["both_fail"] + cells["old_fail_new_filtered"]


def test_single_examples_leave_out_the_one_that_others_are_compared_with() -> None:
    test = make_test({"kind": "invariant", "tolerance": 0}, [[{}, {}, {}], [{}, {}, {}]], type="INV")
    (result,) = paired(make_suite(test), "pppnnn", "ppnnpp")

    assert result.example_counts() == {
        "example_evaluated": 4, "example_old_fails": 0, "example_new_fails": 3,
        "example_negative_flip": 3, "example_positive_flip": 0,
    }  # fmt: skip


def test_labels_may_move_although_invariance_holds_and_the_other_way_round() -> None:
    test = make_test({"kind": "invariant", "tolerance": 0}, [[{}, {}]] * 4, type="INV")
    # 1: held, same; 2: the original's label changed, held; 3: changed and broke; 4: same and broke
    (result,) = paired(make_suite(test), "pppppppp", "ppnnnppn")
    movement = result.movement()

    assert (movement["consistency_old"], movement["consistency_new"]) == (1.0, 0.5)
    assert (movement["churn_original"], movement["churn_perturbed"]) == (0.5, 0.5)
    assert [movement[cell] for cell in ("changed_broke", "changed_held", "same_broke", "same_held")] == [1, 1, 1, 1]


def test_an_mft_has_no_originals() -> None:
    (result,) = paired(make_suite(mft(2)), "pp", "pn")

    assert set(result.movement().values()) == {None}


def test_q_values_correct_for_the_tests_that_were_tested() -> None:
    """Mid-p of 8 against 0 is 2^-8, of 3 against 3 it is 1 - C(6, 3) / 2^7; two flips are too few to test."""
    suite = make_suite(mft(8, name="worse"), mft(6, name="even"), mft(2, name="few"))
    tests = paired(suite, "p" * 8 + "pppnnn" + "pp", "n" * 8 + "nnnppp" + "nn")
    worse, even, few = behavior_results([("sst2", suite, tests)])

    assert worse.mcnemar_p == pytest.approx(2**-8)
    assert worse.q_value == pytest.approx(2 * 2**-8)
    assert even.q_value == even.mcnemar_p == pytest.approx(1 - 20 / 128)
    assert (few.mcnemar_p, few.q_value, few.q_value_reason) == (None, None, "too_few_flips")


def test_mid_p_is_the_exact_test_less_half_of_what_was_seen() -> None:
    suite = make_suite(mft(20))
    (row,) = behavior_results(
        [("sst2", suite, paired(suite, "p" * 14 + "n" * 6, "p" * 5 + "n" * 9 + "p" * 2 + "n" * 4))]
    )
    exact = mcnemar([[5, 9], [2, 4]], exact=True).pvalue
    seen = 55 / 2**11  # C(11, 2) / 2^11, two-sided: half of it on each side

    assert (row.negative_flip, row.positive_flip) == (9, 2)
    assert row.mcnemar_p == pytest.approx(exact - seen)


def test_a_test_without_results_says_why_and_has_no_rates() -> None:
    suite = make_suite(make_test({"kind": "unknown", "name": "mine"}, [[{}]] * 3))
    (row,) = behavior_results([("sst2", suite, paired(suite, "ppp", "ppp"))])

    assert row.not_evaluated is not None
    assert (row.old_evaluated, row.old_fail_rate, row.old_fail_rate_reason) == (0, None, "no_examples")
    assert (row.nfr.value, row.nfr.reason, row.q_value_reason) == (None, "no_examples", "no_examples")
    assert row.both_filtered == 3


def clustered(sizes: list[int]) -> dict:
    test = mft(sum(sizes))
    names = [f"t{number}" for number, size in enumerate(sizes) for _ in range(size)]
    return test | {"cases": [case | {"cluster": name} for case, name in zip(test["cases"], names, strict=True)]}


def test_cases_of_one_template_flip_together_and_widen_the_interval() -> None:
    suite = make_suite(clustered([10] * 20))
    flips = "n" * 40 + "p" * 160  # all cases of four templates
    (row,) = behavior_results([("sst2", suite, paired(suite, "p" * 200, flips))])
    narrow = wilson(40, 200)

    assert (row.clusters, row.nfr.value) == (20, 0.2)
    assert row.nfr.low is not None
    assert row.nfr.high is not None
    assert row.nfr.low < float(narrow[0]) - 0.05
    assert row.nfr.high > float(narrow[1]) + 0.05


def test_few_templates_give_no_interval_and_none_give_wilsons() -> None:
    few = make_suite(clustered([10] * 9))
    (row,) = behavior_results([("sst2", few, paired(few, "p" * 90, "n" * 9 + "p" * 81))])
    assert (row.clusters, row.nfr.value, row.nfr.low, row.nfr.reason) == (9, 0.1, None, "too_few_clusters")

    none = make_suite(mft(90))
    (row,) = behavior_results([("sst2", none, paired(none, "p" * 90, "n" * 9 + "p" * 81))])
    assert row.clusters is None
    assert (row.nfr.low, row.nfr.high) == pytest.approx(tuple(map(float, wilson(9, 90))))


def test_capabilities_sum_counts_and_average_the_tests_own_rates() -> None:
    suite = make_suite(
        mft(8, name="one"), mft(2, name="two"), mft(4, name="other", capability="Vocabulary"),
        make_test({"kind": "unknown", "name": "mine"}, [[{}]], name="lost"),
    )  # fmt: skip
    tests = paired(suite, "p" * 8 + "nn" + "pppp" + "p", "n" * 4 + "p" * 4 + "pp" + "pppn" + "p")
    vocabulary, negation = capability_results([("sst2", suite, tests)])

    assert (vocabulary.capability, vocabulary.tests, vocabulary.negative_flip) == ("Vocabulary", 1, 1)
    assert (negation.capability, negation.tests, negation.cases, negation.both_evaluated) == ("Negation", 3, 11, 10)
    assert (negation.negative_flip, negation.positive_flip, negation.old_fails, negation.new_fails) == (4, 2, 2, 4)
    assert (negation.old_fail_rate, negation.macro_old_fail_rate) == (0.2, 0.5)
    assert (negation.new_fail_rate, negation.macro_new_fail_rate) == (0.4, 0.25)


def test_capabilities_keep_tasks_and_types_apart() -> None:
    suite = make_suite(mft(1, name="one"), mft(1, name="two", type="INV"))
    tests = paired(suite, "pp", "pp")
    rows = capability_results([("sst2", suite, tests), ("mine", suite, tests)])

    assert [(row.task, row.type) for row in rows] == [
        ("sst2", "MFT"),
        ("sst2", "INV"),
        ("mine", "MFT"),
        ("mine", "INV"),
    ]


def test_a_sentence_that_several_tests_change_is_one_cluster() -> None:
    def changed(name: str, original: str) -> dict:
        cases = [
            {"cluster": f"s{row}", "examples": [{"text": f"{original} {row}"}, {"text": f"{name} {row}"}]}
            for row in range(12)
        ]
        return make_test({"kind": "invariant"}, [], name=name, type="INV") | {"cases": cases}

    for other, clusters in (("sentence", 12), ("another one", 24)):
        suite = make_suite(changed("typos", "sentence"), changed("casing", other))
        tests = paired(suite, "nn" * 24, "nn" * 20 + "np" * 4)
        assert [row.clusters for row in behavior_results([("sst2", suite, tests)])] == [12, 12]
        (together,) = capability_results([("sst2", suite, tests)])
        assert (together.clusters, together.both_evaluated) == (clusters, 24)
