"""Slices of whole comparisons: found, described, confirmed."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import flipscope
from builders import build_comparison, examples, predictions
from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.slices.confirm import Trial, corrected, design_effect, fisher_greater, rate_of
from flipscope.slices.find import find_slices
from flipscope.slices.findings import Half
from flipscope.slices.halves import halve
from flipscope.slices.rule import Condition, Rule
from flipscope.slices.search import pack
from flipscope.store.tables import TaskData

LABELS = ("negative", "positive")
SOURCES = ("web", "mail", 'it\'s "odd"', "phone")


def make_task(n=3000, seed=0, *, candidates=("new",), texts=True, flips=True, task="t", order=None, scores=False):
    """Examples of which 2 % break, but 40 % of those from the web whose text says `not`, and 30 % of the odd source."""
    random = np.random.default_rng(seed)
    words = np.array(["film", "plot", "actor", "not", "good", "Bad", "don't"])
    rows, odds = [], []
    for i in range(n):
        source = SOURCES[min(int(random.integers(5)), 3)]
        said = [str(word) for word in random.choice(words, 4)]
        rows.append({
            "example_id": f"e{i}", "text_a": f"{' '.join(said)}, number {i}." if texts else None,
            "label": LABELS[int(random.integers(2))], "source": source if random.random() > 0.05 else None,
            "Order": float(np.round(random.normal(), 3)), "select": int(random.integers(4)), "seen": bool(random.integers(2)),
            "unique": f"u{i}",
        })  # fmt: skip
        odds.append(0.4 if source == "web" and "not" in said else 0.3 if "odd" in source else 0.02)
    flipped = (random.random(n) < np.array(odds)) & flips
    mended = ~flipped & (random.random(n) < 0.1)
    answers = {}
    for name in ("old", *candidates):
        wrong = mended if name == "old" else flipped
        pred = [LABELS[(LABELS.index(row["label"]) + bool(w)) % 2] for row, w in zip(rows, wrong, strict=True)]
        confidence = random.random(n) * 0.5 + 0.5
        both = np.array([[c, 1 - c] if p == LABELS[0] else [1 - c, c] for c, p in zip(confidence, pred, strict=True)])
        answers[name] = predictions(name, [row["example_id"] for row in rows], LABELS, pred, both if scores else None)
    if order is not None:
        rows = [rows[i] for i in order]
    return TaskData(examples(task, rows, LABELS), answers)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory) -> Comparison:
    return build_comparison(tmp_path_factory.mktemp("slices") / "c", [make_task(scores=True)])


@pytest.fixture(scope="module")
def findings(comparison):
    return find_slices(comparison)


def test_what_was_planted_is_found_and_confirmed(findings):
    (search,) = findings.searches
    found = [each.where for each in search.slices if each.confirmed]
    assert set(found) == {"source = 'it''s \"odd\"'", "source = 'web' AND has_word(text_a, 'not')"}
    assert all(each.q <= 0.05 for each in search.slices if each.confirmed)
    by_rule = {each.rule: each for each in search.slices}
    assert by_rule["source is 'web' and text_a has 'not'"].conditions == 2


def test_the_expression_selects_the_rows_that_are_counted(comparison, findings):
    for each in findings.searches[0].slices:
        for where in (each.where, *(other.where for other in each.also)):
            assert comparison.count(where=where) > 0
        assert comparison.count(where=each.where) == each.n
        for outcome in ("both_correct", "negative_flip", "positive_flip", "both_wrong"):
            assert comparison.count(outcome, where=each.where) == getattr(each, outcome)
        assert each.n == each.discovery.n + each.confirmation.n
        assert each.negative_flip == each.discovery.flips + each.confirmation.flips


def test_figures_are_those_of_independent_sources(findings):
    (search,) = findings.searches
    half = halved_counts = [each.confirmation for each in search.slices]
    assert half
    for each in halved_counts:
        low, high = proportion_confint(each.flips, each.n, method="wilson")
        assert (each.rate.low, each.rate.high) == (pytest.approx(low), pytest.approx(high))
        assert each.rate.value == each.flips / each.n
    assert search.tested == findings.tested
    assert search.rate.value == search.flips / search.n


def repeated(texts=150, copies=10, seed=0, **columns):
    """Examples whose texts are there several times and flip together, as any model has it; most of one source."""
    random = np.random.default_rng(seed)
    rows, flipped = [], []
    for i in range(texts):
        word, source = f"w{random.integers(12)}", f"s{random.integers(6)}"
        flips = random.random() < (0.5 if source == "s0" else 0.05)
        for k in range(copies):
            row = {"example_id": f"e{i}-{k}", "text_a": f"{word} text {i}", "label": "negative", "source": source}
            rows.append(row | {name: value.format(i=i, k=k) for name, value in columns.items()})
            flipped.append(flips)
    ids = [row["example_id"] for row in rows]
    old = predictions("old", ids, LABELS, ["negative"] * len(ids))
    new = predictions("new", ids, LABELS, ["positive" if flip else "negative" for flip in flipped])
    return TaskData(examples("t", rows, LABELS), {"old": old, "new": new})


def test_copies_tell_no_more_than_one_of_them(tmp_path):
    comparison = build_comparison(tmp_path / "c", [repeated()])
    (search,) = find_slices(comparison).searches
    assert "their texts" in search.notes[1]
    assert search.slices
    for each in search.slices:
        assert comparison.count(where=each.where) == each.n == each.discovery.n + each.confirmation.n
        half = each.confirmation
        low, high = proportion_confint(half.flips / 10, half.n / 10, method="wilson")
        # Linearisation over few texts is a little off that, never below one in ten by much.
        assert half.rate.high - half.rate.low > 0.8 * (high - low)


def test_clusters_of_the_verdict_widen_intervals_and_tests(tmp_path):
    comparison = build_comparison(tmp_path / "c", [repeated(user="u{i}", text_a="text {i} number {k}")])
    budget = flipscope.Budget(max_nfr=0.5, cluster="user")
    alone, together = (find_slices(each).searches[0] for each in (comparison, flipscope.judged(comparison, budget)))
    assert not any("cluster" in note for note in alone.notes)
    assert any("cluster" in note for note in together.notes)
    for each in together.slices:
        half = each.confirmation
        independent = rate_of(half.flips, half.n)
        # Clusters of ten that flip as a whole tell as much as a tenth of the examples.
        assert half.rate.high - half.rate.low > 2 * (independent.high - independent.low)
        if half.lift > 1:
            assert each.p > fisher_greater(half.flips, half.n, *all_of(together, each))
    assert any(each.confirmation.lift > 1 for each in together.slices)


def all_of(search, slice_):
    """Flips and examples of the half that was not searched, from the rate that the lift is over."""
    rate = slice_.confirmation.rate.value / slice_.confirmation.lift
    n = int(search.notes[0].rsplit(" ", 1)[1].replace(",", ""))
    return round(rate * n), n


@pytest.mark.parametrize(("flips", "sizes", "expected"), [
    ([1, 0] * 20, [1] * 40, 1.0),
    ([10, 0] * 20, [10] * 40, 10 * 40 / 39 * 0.975),  # clusters that flip as a whole: the largest there is, 10
    ([3, 0], [3, 6], 5.0),  # few clusters: (9 + 36) / 9
    ([2] * 20, [2] * 20, 2.0),  # all flipped
    ([], [], 1.0),
])  # fmt: skip
def test_a_design_effect_lies_between_one_and_that_of_whole_clusters(flips, sizes, expected):
    assert design_effect(np.array(flips, int), np.array(sizes, int)) == pytest.approx(expected)


@given(st.data())
def test_fishers_test_is_that_of_scipy(data):
    all_n = data.draw(st.integers(2, 400))
    all_flips, n = data.draw(st.integers(0, all_n)), data.draw(st.integers(0, all_n))
    flips = data.draw(st.integers(max(0, n + all_flips - all_n), min(n, all_flips)))
    table = [[flips, n - flips], [all_flips - flips, all_n - n - all_flips + flips]]
    expected = stats.fisher_exact(table, alternative="greater").pvalue
    assert fisher_greater(flips, n, all_flips, all_n) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_positive_flips_are_searched_the_same_way(comparison):
    mended = find_slices(comparison, outcome="positive_flip")
    assert mended.outcome == "positive_flip"
    assert not any(each.confirmed for each in mended.searches[0].slices)  # nothing was planted
    assert mended.searches[0].flips == comparison.result().positive_flip


def test_the_same_comes_out_again_also_of_shuffled_rows(comparison, findings, tmp_path):
    assert find_slices(comparison) == findings
    shuffled = make_task(scores=True, order=np.random.default_rng(1).permutation(3000))
    again = find_slices(build_comparison(tmp_path / "c", [shuffled]))
    assert [each.model_dump() for each in again.searches[0].slices] == [
        each.model_dump() for each in findings.searches[0].slices
    ]


def test_copies_of_a_text_stay_together_and_rows_that_are_added_move_none(tmp_path):
    rows = [
        {"example_id": f"e{i}", "text_a": ("Same  text", "same text", f"text {i}")[min(i % 40, 2)], "label": LABELS[0]}
        for i in range(400)
    ]

    def built(name, some):
        ids = [row["example_id"] for row in some]
        old = predictions("old", ids, LABELS, [LABELS[0]] * len(ids))
        new = predictions("new", ids, LABELS, [LABELS[int(name[1:]) % 7 == 0] for name in ids])
        return build_comparison(tmp_path / name, [TaskData(examples("t", some, LABELS), {"old": old, "new": new})])

    def searched(comparison):
        half = halve(comparison, "t", "new", "negative_flip")
        ids = comparison.query("SELECT row_id, example_id FROM facts").set_index("row_id")["example_id"]
        return set(ids[half.row_ids])

    most, everything = searched(built("most", rows[:300])), searched(built("all", rows))
    assert most == {name for name in everything if int(name[1:]) < 300}
    assert 120 < len(everything) < 280
    copies = {f"e{i}" for i in range(400) if i % 40 < 2}
    assert copies <= everything or not copies & everything


def test_a_cluster_column_keeps_examples_together(comparison):
    half = halve(comparison, "t", "new", "negative_flip", "select")
    values = comparison.query('SELECT row_id, "select" AS value FROM facts').set_index("row_id")["value"]
    inside = set(values[half.row_ids])
    assert len(half.row_ids) == values.isin(list(inside)).sum()


def test_what_is_searched_can_be_chosen(comparison):
    def features(**options):
        search = find_slices(comparison, **options).searches[0]
        return " ".join(each.where for each in search.slices), search.conditions

    many = features()[1]
    assert features(words=False)[1] < many
    assert "has_word" not in features(words=False)[0]
    assert "source" not in features(columns=["seen"])[0]
    assert features(confidence=True)[1] > many
    assert all(each.conditions == 1 for each in find_slices(comparison, conditions=1).searches[0].slices)
    assert all(each.n >= 300 for each in find_slices(comparison, min_rows=400).searches[0].slices)
    assert len(find_slices(comparison, limit=1).searches[0].slices) == 1


def test_answers_are_never_what_a_slice_is_about(findings):
    for each in findings.searches[0].slices:
        for name in ("old_pred", "new_pred", "outcome", "severity", "drop", "old_gold", "new_gold", "margin"):
            assert name not in each.where


def test_all_tasks_and_candidates_are_searched_and_corrected_together(tmp_path):
    tasks = [make_task(1200, 1, candidates=("new", "large")), make_task(40, 2, candidates=("new", "large"), task="few")]
    comparison = build_comparison(tmp_path / "c", tasks)
    found = find_slices(comparison)
    assert [(each.task, each.candidate) for each in found.searches] == [
        ("t", "new"), ("t", "large"), ("few", "new"), ("few", "large"),
    ]  # fmt: skip
    assert found.tested == sum(each.tested for each in found.searches)
    alone = find_slices(comparison, task="t", candidate="large")
    assert len(alone.searches) == 1
    strongest = alone.searches[0].slices[0]
    same = next(each for each in found.searches[1].slices if each.where == strongest.where)
    assert same.p == strongest.p
    # Both candidates answer alike: each p-value is there twice, among twice as many.
    assert [each.q for each in found.searches[0].slices] == [each.q for each in found.searches[1].slices]


def test_q_is_over_everything_that_was_tested(findings):
    search = findings.searches[0]
    first = search.slices[0]
    many = search, [[trial(first, [0], p=0.01)]]
    noise = search, [[trial(first, [i], p=0.9)] for i in range(9)]
    alone, together = corrected([many], 10), corrected([many, noise], 10)
    assert (alone[0].slices[0].q, alone[0].slices[0].confirmed) == (pytest.approx(0.01), True)
    assert (together[0].slices[0].q, together[0].slices[0].confirmed) == (pytest.approx(0.1), False)


def trial(slice_, flips, **changed):
    """Make a slice that was tested, with some flips of the searched part; its rule is in words with `and`."""
    found = slice_.model_copy(update={"also": [], **changed})
    rule = Rule(tuple(Condition(words, words, words) for words in found.rule.split(" and ")))
    return Trial(found, rule, pack(np.isin(np.arange(64), flips)))


@pytest.mark.parametrize(("special", "listed"), [((6, 24), "negation"), ((11, 24), "negation and old")])
def test_a_condition_that_adds_nothing_is_left_out(findings, special, listed):
    first = findings.searches[0].slices[0]

    def half(flips, n):
        return Half(n=n, flips=flips, rate=rate_of(flips, n), lift=2.0)

    narrow = trial(first, [1, 2, 3], p=0.001, rule="negation and old", confirmation=half(*special))
    broad = trial(first, [1, 2, 3, 4], p=0.001, rule="negation", confirmation=half(12, 60))
    (search,) = corrected([(findings.searches[0], [[narrow, broad]])], 10)
    assert [each.rule for each in search.slices] == [listed]


def test_a_slice_that_was_the_best_by_luck_gives_way_to_its_rival(findings):
    first = findings.searches[0].slices[0]
    narrow = trial(first, [1, 2, 3], p=0.4, rule="narrow")
    broad = trial(first, [1, 2, 3, 4, 5], p=0.001, rule="broad")
    beside = trial(first, [1, 2, 9], p=0.002, rule="beside")
    (search,) = corrected([(findings.searches[0], [[narrow, broad, beside]])], 10)
    assert [each.rule for each in search.slices] == ["broad"]
    assert [each.rule for each in search.slices[0].also] == ["beside"]
    assert [each.q for each in search.slices] == [pytest.approx(0.003)]
    (search,) = corrected([(findings.searches[0], [[narrow, trial(first, [1], p=0.5, rule="broad")]])], 10)
    assert [(each.rule, each.confirmed) for each in search.slices] == [("narrow", False)]


def test_what_a_rival_has_explained_is_not_listed_again(findings):
    first = findings.searches[0].slices[0]
    narrow, broad = trial(first, [1, 2, 3], p=0.4, rule="narrow"), trial(first, range(8), p=0.001, rule="broad")
    again = trial(first, [5, 6, 7, 9], p=0.001, rule="part of broad")
    apart = trial(first, [20, 21, 22, 1], p=0.001, rule="apart")
    (search,) = corrected([(findings.searches[0], [[narrow, broad], [again], [apart]])], 10)
    assert {each.rule for each in search.slices} == {"broad", "apart"}


def test_too_few_flips_are_a_reason_not_an_answer(tmp_path):
    comparison = build_comparison(tmp_path / "c", [make_task(300, flips=False)])
    (search,) = find_slices(comparison).searches
    assert (search.reason, search.slices, search.tested, search.flips) == ("too_few_flips", [], 0, 0)
    assert search.n == 300


def test_without_texts_ids_decide_and_columns_are_searched(tmp_path):
    comparison = build_comparison(tmp_path / "c", [make_task(texts=False)])
    (search,) = find_slices(comparison).searches
    assert {each.where for each in search.slices if each.confirmed} >= {"source = 'it''s \"odd\"'"}
    assert not any("text_" in each.where for each in search.slices)


def test_many_labels_and_nothing_else_leave_nothing_to_search(tmp_path):
    names = [f"class {i}" for i in range(60)]
    rows = [{"example_id": f"e{i}", "text_a": None, "label": names[i % 60]} for i in range(240)]
    ids, right = [row["example_id"] for row in rows], [row["label"] for row in rows]
    wrong = [names[(i + 1) % 60] if i % 3 == 0 else names[i % 60] for i in range(240)]
    answers = {"old": predictions("old", ids, names, right), "new": predictions("new", ids, names, wrong)}
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, names), answers)])
    (search,) = find_slices(comparison).searches
    assert (search.flips, search.conditions, search.tested, search.slices, search.reason) == (80, 0, 0, [], None)


def test_values_of_any_kind_are_written_so_that_they_select_themselves(tmp_path):
    values = {"big": 12345678, "part": 0.1, "text": "a\nb", "none": None, "zero": "nul\0byte"}
    rows = [
        {"example_id": f"e{i}", "text_a": None, "label": LABELS[0]}
        | {
            name: value if i % 3 else type(value)("7") if value is not None else "some"
            for name, value in values.items()
        }
        for i in range(300)
    ]
    ids = [row["example_id"] for row in rows]
    new = [LABELS[bool(i % 3) and i % 2] for i in range(300)]
    answers = {
        "old": predictions("old", ids, LABELS, [LABELS[0]] * 300), "new": predictions("new", ids, LABELS, new),
    }  # fmt: skip
    comparison = build_comparison(tmp_path / "c", [TaskData(examples("t", rows, LABELS), answers)])
    (search,) = find_slices(comparison, min_rows=10).searches
    assert search.slices
    for each in search.slices:
        assert (each.n, each.negative_flip) == (200, 100)
        for where in [each.where, *(other.where for other in each.also)]:
            assert comparison.count(where=where) == 200


def test_columns_with_odd_names_are_quoted(comparison):
    from flipscope.slices.features import make_features

    half = halve(comparison, "t", "new", "negative_flip")
    made = make_features(half, columns=["Order", "select", "seen"], words=False, confidence=False, min_rows=5)
    written = {condition.sql for condition in made.conditions}
    assert any(sql.startswith('"Order" > ') for sql in written)
    assert any(sql.startswith('"select" = ') for sql in written)
    assert {"seen = true", "seen = false"} <= written
    for one, other in combinations_with_replacement(sorted(written)[:8], 2):
        assert comparison.count(where=f"{one} AND {other}") >= 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"columns": ["nothing"]}, "no metadata column 'nothing'"),
        ({"conditions": 4}, "1 to 3 conditions"),
        ({"conditions": 0}, "1 to 3 conditions"),
        ({"min_rows": 0}, "min_rows is 0"),
        ({"limit": 0}, "limit is 0"),
        ({"outcome": "both_wrong"}, "can't search for 'both_wrong'"),
        ({"task": "none"}, "no task 'none'"),
        ({"candidate": "none"}, "no candidate 'none'"),
    ],
)
def test_options_that_make_no_sense_are_told(comparison, options, said):
    with pytest.raises(FlipscopeError, match=said):
        find_slices(comparison, **options)


def test_nothing_is_confirmed_where_outcomes_are_at_random(tmp_path):
    for seed in range(5):
        task = make_task(1500, seed)
        shuffled = task.examples.table.select(["source", "Order", "select", "seen"])
        mixed = shuffled.take(np.random.default_rng(seed).permutation(1500))
        table = task.examples.table
        for name in mixed.column_names:
            table = table.set_column(table.column_names.index(name), name, mixed[name])
        task = TaskData(type(task.examples)(**{**vars(task.examples), "table": table}), task.predictions)
        comparison = build_comparison(tmp_path / str(seed), [task])
        (search,) = find_slices(comparison, words=False, confidence=False).searches
        assert not any(each.confirmed for each in search.slices)


def test_a_rate_of_nothing_has_a_reason():
    assert rate_of(0, 0).model_dump() == {"value": None, "low": None, "high": None, "reason": "no_examples"}


def test_it_is_part_of_the_library():
    assert flipscope.find_slices is find_slices
