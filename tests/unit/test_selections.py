"""Choosing examples by everything at once: whichever tables answer it, the rows are those that a plain look gives."""

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import build_comparison, simulated_task
from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import OUTCOMES

# A condition in SQL, and the same in pandas.
CONDITIONS = {
    None: lambda rows: rows["task"].notna(),
    "length > 20": lambda rows: rows["length"] > 20,
    "source = 'web' AND new_conf < 0.8": lambda rows: (rows["source"] == "web") & (rows["new_conf"] < 0.8),
    "facts.old_conf > 0.7": lambda rows: rows["old_conf"] > 0.7,
    "text_b IS NOT NULL": lambda rows: rows["text_b"].notna(),
    "contains(TEXT_A, '7')": lambda rows: rows["text_a"].str.contains("7"),
    "1 = 2 -- none": lambda rows: rows["task"].isna(),
}
ORDERS = {
    "severity": ("severity", False),
    "drop": ("drop", False),
    "margin": ("least_margin", True),
    "confidence": ("new_conf", False),
    "id": ("example_id", True),
}
WORST_FIRST = ("negative_flip", "positive_flip", "both_wrong", "both_correct")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """Two candidates on two tasks, in row groups so small that most selections leave some out."""
    candidates = ("new", "large")
    tasks = [
        simulated_task("sentiment", 150, ("negative", "positive"), seed=1, candidates=candidates),
        simulated_task("entailment", 90, ("yes", "maybe", "no"), seed=2, candidates=candidates, pair=True),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flipscope.store.tables._GROUP", 16)
        return build_comparison(tmp_path_factory.mktemp("selections") / "c", tasks)


@pytest.fixture(scope="module")
def rows(comparison):
    """Every row with its texts."""
    facts, text = (comparison.query(f"FROM {table}") for table in ("facts", "text"))
    return facts.merge(text, on="row_id", validate="many_to_one")


def _plainly(rows, asked, sort):
    """Select and sort with pandas."""
    outcome, search = asked["outcome"], asked["search"]
    kept = CONDITIONS[asked["where"]](rows)
    for column in ("task", "candidate"):
        kept &= (rows[column] == asked[column]) if asked[column] else True
    if outcome:
        kept &= rows["outcome"].isin([outcome] if isinstance(outcome, str) else outcome)
    if search:
        texts = rows["text_a"].fillna("") + "\n" + rows["text_b"].fillna("")
        kept &= texts.str.lower().str.contains(search.lower(), regex=False)
    column, ascending = ORDERS[sort]
    ranked = rows.assign(
        least_margin=rows[["old_margin", "new_margin"]].min(axis=1), rank=rows["outcome"].map(WORST_FIRST.index)
    )[kept]
    if sort != "severity":
        ranked["rank"] = 0
    by, up = ["rank", column, "row_id", "candidate"], [True, ascending, True, True]
    return ranked.sort_values(by, ascending=up, na_position="last")[rows.columns].reset_index(drop=True)


def _values(frame):
    """Get all values as they are, whatever type a column without any has."""
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


@settings(max_examples=60, deadline=None)
@given(
    asked=st.fixed_dictionaries(
        {
            "outcome": st.none()
            | st.sampled_from(OUTCOMES)
            | st.lists(st.sampled_from(OUTCOMES), min_size=1, unique=True),
            "task": st.sampled_from([None, "sentiment", "entailment"]),
            "candidate": st.sampled_from([None, "new", "large"]),
            "where": st.sampled_from(list(CONDITIONS)),
            "search": st.sampled_from([None, "NUMBER 1", "second", "9", "nowhere", "%"]),
        }
    ),
    sort=st.sampled_from(list(ORDERS)),
    limit=st.none() | st.integers(0, 60),
    offset=st.integers(0, 200),
)
def test_the_rows_the_order_and_the_count_are_those_of_a_plain_look(comparison, rows, asked, sort, limit, offset):
    wanted = _plainly(rows, asked, sort)
    assert comparison.count(**asked) == len(wanted)
    page = wanted if limit is None else wanted[offset : offset + limit].reset_index(drop=True)
    found = comparison.examples(**asked, sort=sort, limit=limit, offset=offset)
    assert list(found.columns) == list(page.columns)
    assert _values(found) == _values(page)


@pytest.mark.parametrize("outcome", [None, "negative_flip", "both_wrong", "both_correct"])
@pytest.mark.parametrize("about", ["", " AND length(facts.text_a) > 0"])
def test_a_condition_may_name_the_table_of_its_columns_whatever_is_chosen(comparison, rows, outcome, about):
    kept = (rows["old_conf"] > 0.7) & (rows["outcome"] == outcome if outcome else True)
    asked = {"outcome": outcome, "where": f"facts.old_conf > 0.7{about}"}
    assert comparison.count(**asked) == kept.sum() > 0
    for limit in (None, 1000):
        assert len(comparison.examples(**asked, limit=limit)) == kept.sum()


@pytest.mark.parametrize("outcome", [None, "negative_flip"])
@pytest.mark.parametrize("page", [{"limit": "1 --"}, {"offset": "0 --"}])
def test_pages_are_numbers(comparison, outcome, page):
    with pytest.raises(ValueError, match="invalid literal for int"):
        comparison.examples(outcome, **page)


def test_a_search_finds_the_same_again_and_after_others(comparison):
    first = comparison.examples("both_wrong", search="1")
    for search in map(str, range(12)):  # more than are remembered
        comparison.count(search=search)
    pd.testing.assert_frame_equal(comparison.examples("both_wrong", search="1"), first)


def test_visitors_ask_at_the_same_time_without_disturbing_each_other(comparison):
    wanted = {str(digit): comparison.count(search=str(digit), where="length > 10") for digit in range(6)}
    fresh = type(comparison)(comparison.path)  # not even its connection was made
    found: dict[str, list[int]] = {}

    def visit(digit):
        found[digit] = [fresh.count(search=digit, where="length > 10") for _ in range(5)]

    visitors = [threading.Thread(target=visit, args=[digit]) for digit in wanted]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert found == {digit: [count] * 5 for digit, count in wanted.items()}


@pytest.mark.parametrize("what", ["written anew", "deleted"])
def test_a_folder_changed_while_open_is_told_in_plain_words(tmp_path, what):
    comparison = build_comparison(tmp_path / "c", [simulated_task("t", 40, ("negative", "positive"))])
    assert comparison.count() == 40
    if what == "deleted":
        (comparison.path / "comparison.json").unlink()
    else:
        again = build_comparison(comparison.path, [simulated_task("t", 30, ("negative", "positive"))])
        assert again.count() == 30
    for ask in (comparison.count, comparison.examples, lambda: comparison.by("source")):
        with pytest.raises(FlipscopeError, match="written anew or deleted while it was open"):
            ask()


def test_probabilities_come_from_the_right_row_of_many_row_groups(comparison):
    for row in comparison.examples(limit=10, task="entailment", candidate="large").to_dict("records"):
        table = comparison.probabilities(row["row_id"]).set_index(["model", "label"])["probability"]
        assert table["old"].idxmax() == row["old_pred"]
        assert table["large"].idxmax() == row["new_pred"]
        np.testing.assert_allclose(table["large"].max(), row["new_conf"])
