from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from behavior_samples import behaviors_alone, two_tasks
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import Cost, PairCost
from flipscope.judge.tallies import Tally, case_tallies, check_column, largest_cost, slice_tallies, task_tally
from outcomes import compared, task_of

near = pytest.approx


def units(tally: Tally) -> list[tuple[int, int, int, int, int]]:
    """Each kind of unit: size, both right, broke, mended, and how many there are."""
    names = ("size", "kept", "negative", "positive", "units")
    return list(zip(*(getattr(tally, name).tolist() for name in names), strict=True))


def test_examples_that_stand_alone_are_counted_by_their_outcome(tmp_path):
    tally = task_tally(compared(tmp_path, task_of("==--+xxx")), "new", "t")
    assert sorted(units(tally)) == [(1, 0, 0, 0, 3), (1, 0, 0, 1, 1), (1, 0, 1, 0, 2), (1, 1, 0, 0, 2)]
    assert (tally.n, tally.broke, tally.mended, tally.clusters, tally.clustered) == (8, 2, 1, None, False)


def test_rows_of_a_cluster_are_one_unit_and_those_without_one_stand_alone(tmp_path):
    groups = ["a", "a", "a", "b", "b", None, None, "c", "d"]
    tally = task_tally(compared(tmp_path, task_of("=--=+-==-", group=groups)), "new", "t", cluster="group")
    # a: 1 kept, 2 broke; b: 1 kept, 1 mended; two alone: one broke, one kept; c kept; d broke.
    assert sorted(units(tally)) == [(1, 0, 1, 0, 2), (1, 1, 0, 0, 2), (2, 1, 0, 1, 1), (3, 1, 2, 0, 1)]
    assert (tally.n, tally.broke, tally.clusters) == (9, 4, 6)


def test_a_cluster_of_numbers_is_one_of_its_numbers_and_an_empty_name_is_a_name(tmp_path):
    numbered = compared(tmp_path / "n", task_of("=-=", group=[1, 1, None]))
    assert task_tally(numbered, "new", "t", cluster="group").clusters == 2
    named = compared(tmp_path / "e", task_of("=-==", group=["", "", "#2", None]))
    assert task_tally(named, "new", "t", cluster="group").clusters == 3


def test_a_cluster_over_several_tasks_is_one_unit_of_all_together(tmp_path):
    users = {"user": ["u1", "u1", "u2"]}
    comparison = compared(tmp_path, task_of("-==", task="a", **users), task_of("=-=", task="b", **users))
    assert task_tally(comparison, "new", "a", cluster="user").clusters == 2
    both = task_tally(comparison, "new", None, cluster="user")
    assert (both.n, both.clusters) == (6, 2)
    assert sorted(units(both)) == [(2, 2, 0, 0, 1), (4, 2, 2, 0, 1)]


def test_each_candidate_is_counted_by_itself(tmp_path):
    comparison = compared(tmp_path, task_of({"a": "==-", "b": "---"}))
    assert [task_tally(comparison, name, "t").broke for name in ("a", "b")] == [1, 3]


def test_a_task_without_any_example_to_judge_is_the_tally_of_nothing(tmp_path):
    comparison = compared(tmp_path, task_of("=-"))
    assert task_tally(comparison, "nobody", "t").n == 0
    assert Tally.of_none().clusters is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["web", "web", None], {"web": (2, 1), None: (1, 1)}),
        ([1, 1, None], {"1": (2, 1), None: (1, 1)}),
        ([0.5, 0.5, None], {"0.5": (2, 1), None: (1, 1)}),
        ([True, True, False], {"true": (2, 1), "false": (1, 1)}),
        (["日本 “x”", "日本 “x”", ""], {"日本 “x”": (2, 1), "": (1, 1)}),
        (["it's", "it's", '"; DROP'], {"it's": (2, 1), '"; DROP': (1, 1)}),
        ([date(2026, 1, 2), date(2026, 1, 2), None], {"2026-01-02": (2, 1), None: (1, 1)}),
        ([float("nan"), float("nan"), 1.0], {"nan": (2, 1), "1.0": (1, 1)}),
    ],
)
def test_slices_by_values_of_any_type_as_text(tmp_path, values, expected):
    found = slice_tallies(compared(tmp_path, task_of("=--", column=values)), "new", "column")
    assert {value: (tally.n, tally.broke) for (_, value), tally in found.items()} == expected


def test_slices_of_several_tasks_and_of_labels_and_answers(tmp_path):
    comparison = compared(
        tmp_path, task_of("=-+x", task="a", labels=["yes", "no", "yes", "no"]), task_of("--", task="b")
    )
    by_label = slice_tallies(comparison, "new", "label")
    assert {key: (tally.n, tally.broke) for key, tally in by_label.items()} == {
        ("a", "yes"): (2, 0), ("a", "no"): (2, 1), ("b", "yes"): (2, 2),
    }  # fmt: skip
    # old answered yes, no, no, yes; new yes, yes, yes, yes.
    old, new = (slice_tallies(comparison, "new", f"{side}_pred", task="a") for side in ("old", "new"))
    assert {value: (tally.n, tally.broke) for (_, value), tally in old.items()} == {"yes": (2, 0), "no": (2, 1)}
    assert {value: (tally.n, tally.broke) for (_, value), tally in new.items()} == {"yes": (4, 1)}


def test_only_the_values_that_are_asked_for(tmp_path):
    comparison = compared(tmp_path, task_of("=--x", source=["web", "mail", "it's", None]))
    assert list(slice_tallies(comparison, "new", "source", values=["it's"])) == [("t", "it's")]


@pytest.mark.parametrize(
    "column",
    ["price", "cost", "size", "unit", "units", "key0", "kept", "group", "select", 'a"b', "it's", "a b", "given"],
)
def test_a_column_may_have_any_name(tmp_path, column):
    comparison = compared(tmp_path, task_of("=--x", **{column: ["2", "2", "7", "7"]}))
    found = slice_tallies(comparison, "new", column, cluster=column)
    assert {value: (tally.n, tally.clusters) for (_, value), tally in found.items()} == {"2": (2, 1), "7": (2, 1)}
    tally = task_tally(comparison, "new", "t", cluster=column, cost=Cost(column=column))
    assert tally.total("cost") == 9
    assert largest_cost(comparison, "new", "t", Cost(column=column)) == 7


def test_what_flips_cost_by_hand(tmp_path):
    """Labels a, b and c; the answer after a wrong one is the next: a flip of a answers b, of b c.

    Broken: a -> b with weight 2, b -> c with weight .5, b -> c with weight 4; the rest costs nothing.
    """
    comparison = compared(tmp_path, task_of("-=--x", labels=["a", "a", "b", "b", "b"], weight=[2, 9, 0.5, 4, 9]))
    answers = comparison.examples(limit=None).set_index("example_id")["new_pred"].to_dict()
    pairs = (PairCost(label="b", prediction=answers["e2"], cost=10), PairCost(label="b", cost=1000))
    plain = Cost(default=3, pairs=pairs)
    assert task_tally(comparison, "new", "t", cost=plain).total("cost") == 3 + 10 + 10
    weighted = Cost(default=3, pairs=pairs, column="weight")
    assert task_tally(comparison, "new", "t", cost=weighted).total("cost") == 3 * 2 + 10 * 0.5 + 10 * 4
    assert largest_cost(comparison, "new", "t", plain) == 1000
    assert largest_cost(comparison, "new", "t", weighted) == 1000 * 9
    assert task_tally(comparison, "new", "t").total("cost") == 0


def test_the_first_pair_that_fits_counts_and_an_open_one_fits_all(tmp_path):
    comparison = compared(tmp_path, task_of("--", labels=["it's", "no"]))
    first = Cost(pairs=(PairCost(label="it's", cost=5), PairCost(cost=7), PairCost(label="no", cost=100)))
    assert task_tally(comparison, "new", "t", cost=first).total("cost") == 5 + 7


def test_costs_of_a_cluster_add_up_to_the_same_whatever_the_order(tmp_path):
    weights = [0.1, 0.2, 0.3, 0.4, 0.7, 1e-9, 1e9]
    cost = Cost(column="weight")
    one, other = (
        task_tally(
            compared(tmp_path / name, task_of("-" * 7, weight=weights, group=["a"] * 7)), "new", "t",
            cluster="group", cost=cost,
        )
        for name in ("one", "other")
    )  # fmt: skip
    assert one.cost.tolist() == other.cost.tolist()
    assert one.cost.tolist() == [near(sum(weights))]


@pytest.mark.parametrize("bad", [[1, None], [1, -1], [1, 1e13], [1, float("inf")], [1, float("nan")], ["1", "heavy"]])
def test_weights_that_are_no_weights_are_refused(tmp_path, bad):
    comparison = compared(tmp_path, task_of("=-", weight=bad))
    with pytest.raises(FlipscopeError, match="1 rows of t have a 'weight' that is no number from 0 to 1e\\+12"):
        largest_cost(comparison, "new", "t", Cost(column="weight"))


def test_weights_are_those_of_the_task(tmp_path):
    comparison = compared(tmp_path, task_of("=-", task="a", weight=[1, 2]), task_of("=-", task="b"))
    assert largest_cost(comparison, "new", "a", Cost(column="weight")) == 2
    with pytest.raises(FlipscopeError, match="2 rows of b"):
        largest_cost(comparison, "new", "b", Cost(column="weight"))


def test_an_unknown_column_is_refused_with_those_there_are(tmp_path):
    comparison = compared(tmp_path, task_of("=-", source=["a", "b"]))
    with pytest.raises(FlipscopeError, match="there is no column 'weight'"):
        largest_cost(comparison, "new", "t", Cost(column="weight"))
    with pytest.raises(FlipscopeError, match="none besides task and label"):
        check_column("x", [], "cluster")


# Test cases


def test_cases_are_counted_by_test_and_by_capability_as_the_comparison_itself_does(tmp_path):
    for comparison in (two_tasks(tmp_path), behaviors_alone(tmp_path)):
        for name in comparison.candidates:
            candidate = comparison.candidate(name)
            for results, columns in (
                (candidate.behaviors, ("task", "suite", "capability", "type", "test")),
                (candidate.capabilities, ("task", "capability", "type")),
            ):
                tallies = case_tallies(comparison, name, columns)
                assert len(results) > 0
                for result in results:
                    tally = tallies.get(tuple(getattr(result, column) for column in columns), Tally.of_none())
                    counts = (result.both_evaluated, result.negative_flip, result.positive_flip)
                    assert (tally.n, tally.broke, tally.mended) == counts
                    if result.clusters is not None:
                        assert (tally.clusters or 0) == result.clusters


def test_cases_of_one_template_are_one_unit(tmp_path):
    tallies = case_tallies(two_tasks(tmp_path), "new", ["task", "test"])
    # Cases 0 and 1 broke and 2 was mended, all of the template of 8; the template of 4 is as it was.
    assert sorted(units(tallies["reviews", "praise"])) == [(4, 4, 0, 0, 1), (8, 5, 2, 1, 1)]


def test_totals_are_those_of_the_units(tmp_path):
    tally = Tally(*(np.array(each) for each in ([2, 3], [1, 0], [1, 2], [0, 1], [0.5, 4.0], [10, 1])), clustered=True)
    assert (tally.n, tally.broke, tally.mended, tally.clusters) == (23, 12, 1, 11)
    assert tally.total("cost") == 9
