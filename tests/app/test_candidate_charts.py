"""Charts of methods: what nothing else beats, and the figures drawn are the figures given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.contract import Interval
from flipscope_app.candidates.charts import seeds_chart, symbols_of, trade_off_chart
from flipscope_app.candidates.points import Candidate, Point, frontier

PLACES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14)


def between(value, low, high):
    return Interval(value=value, low=low, high=high)


def one(name, accuracy, nfr, seed=1):
    return Candidate(name, seed, accuracy, nfr, round(200 * nfr), 200)


PLAIN = Point(
    "conventional", "conventional", between(0.88, 0.84, 0.92), between(0.05, 0.03, 0.08),
    (one("conventional-1", 0.87, 0.06), one("conventional-2", 0.89, 0.04, seed=2)),
)  # fmt: skip
DISTILLED = Point(
    "distil_all", "distillation", between(0.89, 0.85, 0.93), between(0.03, 0.01, 0.05),
    (one("distil_all-1", 0.89, 0.03),),
)  # fmt: skip
POINTS = [PLAIN, DISTILLED]


@given(PLACES)
def test_the_frontier_is_what_no_other_place_beats(places):
    def beaten(place):
        return any(other[0] <= place[0] and other[1] >= place[1] and other != place for other in places)

    found = [places[index] for index in frontier(places)]
    assert found == sorted({place for place in places if not beaten(place)})


def test_methods_are_points_with_both_intervals():
    methods = trade_off_chart(POINTS, 0.8, dark=False).data[2]
    assert list(methods.x) == pytest.approx([5, 3])
    assert list(methods.y) == pytest.approx([88, 89])
    assert list(methods.error_x.array) == pytest.approx([3, 2])
    assert list(methods.error_x.arrayminus) == pytest.approx([2, 2])
    assert list(methods.error_y.array) == pytest.approx([4, 4])


def test_seeds_are_small_points_of_their_method_that_open_their_candidate():
    _, seeds, methods = trade_off_chart(POINTS, 0.8, dark=True).data
    assert list(seeds.customdata) == ["conventional-1", "conventional-2"]
    assert list(methods.customdata) == ["conventional-1", "distil_all-1"]
    assert set(seeds.marker.symbol) == {methods.marker.symbol[0]}
    assert set(seeds.marker.color) == {methods.marker.color[0]}
    assert methods.marker.color[0] != methods.marker.color[1]
    assert seeds.marker.size < methods.marker.size


def test_the_frontier_begins_with_the_old_model():
    figure = trade_off_chart(POINTS, 0.8, dark=False)
    assert list(figure.data[0].x) == pytest.approx([0, 3])
    assert list(figure.data[0].y) == pytest.approx([80, 89])
    assert figure.layout.shapes[0].y0 == pytest.approx(80)
    assert "old model 80.0%" in {note.text for note in figure.layout.annotations}


def test_a_method_below_the_old_model_is_not_on_the_frontier():
    assert list(trade_off_chart(POINTS, 0.95, dark=False).data[0].x) == [0]


def test_all_that_is_drawn_is_inside_the_axes():
    layout = trade_off_chart(POINTS, 0.8, dark=False).layout
    assert layout.xaxis.range[0] == 0
    assert layout.xaxis.range[1] > 8
    assert layout.yaxis.range[0] < 80
    assert layout.yaxis.range[1] > 93


def test_counts_are_under_the_mouse():
    _, seeds, methods = trade_off_chart(POINTS, 0.8, dark=False).data
    assert "12 of 200 broke" in seeds.text[0]
    assert "broke 12, 8 of 200" in methods.text[0]
    assert "NFR 5.00% [3.00%, 8.00%]" in methods.text[0]


def test_every_seed_has_a_mark_and_those_chosen_are_ringed():
    figure = seeds_chart(POINTS, {"lowest_nfr_seed": 2}, dark=False)
    means, seeds, ring = figure.data
    assert list(means.x) == pytest.approx([5, 3])
    assert list(seeds.x) == pytest.approx([6, 4, 3])
    assert list(seeds.y) == [0, 0, 1]
    assert (list(ring.x), list(ring.y)) == (pytest.approx([4]), [0])
    assert [note.text for note in figure.layout.annotations] == ["4.0–6.0%", "3.0%"]


def test_no_seed_is_beyond_the_last_tick():
    axis = seeds_chart([PLAIN], {}, dark=False).layout.xaxis
    assert axis.dtick * (axis.range[1] // axis.dtick) >= 6


def test_names_do_not_become_markup():
    hostile = Point("<b>x</b>", None, PLAIN.accuracy, PLAIN.nfr, (one("<b>x</b>", 0.8, 0.1, None),))
    for figure in (trade_off_chart([hostile], 0.8, dark=False), seeds_chart([hostile], {}, dark=False)):
        written = figure.to_json()
        assert "&lt;b&gt;x" in written.replace("\\u003c", "<").replace("\\u003e", ">")
        texts = [*(note.text for note in figure.layout.annotations), *figure.data[-1].text]
        texts += list(figure.layout.yaxis.ticktext or [])
        assert not any("<b>x" in text for text in texts)


def test_very_many_candidates_have_one_mark_and_the_intervals_of_the_best():
    many = [
        Point(f"c{i}", None, between(0.8 + i / 1000, 0.7, 0.9), between(0.05 - i / 1000, 0.0, 0.1),
              (one(f"c{i}", 0.8 + i / 1000, 0.05 - i / 1000, None),))
        for i in range(25)
    ]  # fmt: skip
    assert len(set(symbols_of(many).values())) == 1
    reach = trade_off_chart(many, 0.7, dark=False).data[2].error_y.array
    assert [index for index, each in enumerate(reach) if each] == [24]
