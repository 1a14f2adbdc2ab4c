"""Charts: the figures drawn are the figures given."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from flipscope.schema import BehaviorResult, Interval, TaskResult
from flipscope_app.behaviors.capability_map import Cell, HeatMap
from flipscope_app.behaviors.charts import heatmap_chart, regression_chart
from flipscope_app.charts import COLOURS, plain, slice_chart
from flipscope_app.overview.task_charts import (
    flips_chart,
    gain_chart,
    gain_points,
    label_points,
    place_labels,
    symbols_of,
)

SLICES = pd.DataFrame(
    {
        "value": ["web", "<a href='http://outside.invalid'>x</a>"],
        "n": [1200, 50],
        "negative_flip": [60, 0],
        "nfr": [0.05, 0.0],
        "nfr_low": [0.04, 0.0],
        "nfr_high": [0.065, 0.07],
    }
)


@pytest.mark.parametrize("dark", [False, True])
def test_points_and_intervals_are_percentages(dark):
    points = slice_chart(SLICES, 0.048, dark=dark).data[0]
    assert list(points.x) == pytest.approx([5, 0])
    assert list(points.error_x.array) == pytest.approx([1.5, 7])
    assert list(points.error_x.arrayminus) == pytest.approx([1, 0])


def test_every_point_has_its_counts_beside_it():
    texts = [note.text for note in slice_chart(SLICES, None, dark=False).layout.annotations]
    assert texts == ["60 of 1,200", "0 of 50"]


def test_the_rate_of_all_is_a_line():
    figure = slice_chart(SLICES, 0.048, dark=False)
    assert figure.layout.shapes[0].x0 == pytest.approx(4.8)
    assert any(note.text == "all 4.8%" for note in figure.layout.annotations)


def test_the_first_slice_is_on_top():
    low, high = slice_chart(SLICES, None, dark=False).layout.yaxis.range
    assert low > high


def test_texts_do_not_become_links():
    names = slice_chart(SLICES, None, dark=False).layout.yaxis.ticktext
    assert all("<" not in name for name in names)


def test_long_names_are_cut_before_they_are_escaped():
    assert plain("&" * 40) == "&amp;" * 29 + "…"
    assert plain("a\n b") == "a b"


def test_more_slices_are_a_taller_chart():
    many = pd.concat([SLICES] * 6, ignore_index=True)
    assert slice_chart(many, None, dark=False).layout.height > slice_chart(SLICES, None, dark=False).layout.height


def behavior(name: str, broke: int, mended: int, old_fails: int, n: int = 100, kind: str = "MFT") -> BehaviorResult:
    """Make a test whose cases all have results."""
    counts = dict.fromkeys((name for name, field in BehaviorResult.model_fields.items() if field.annotation is int), 0)
    new_fails = old_fails + broke - mended
    nfr = Interval(value=broke / n, low=0.0, high=min(1.0, 2 * broke / n)) if n else None
    none = Interval(value=None, low=None, high=None, reason="no_examples")
    return BehaviorResult.model_validate(
        counts | {
            "suite": "s", "task": "t", "capability": "c", "type": kind, "test": name, "cases": n, "old_evaluated": n,
            "new_evaluated": n, "both_evaluated": n, "old_fails": old_fails, "new_fails": new_fails,
            "negative_flip": broke, "positive_flip": mended, "old_fail_rate": old_fails / n if n else None,
            "new_fail_rate": new_fails / n if n else None, "nfr": nfr or none, "pfr": none, "clusters": None,
            "mcnemar_p": None, "q_value": None,
        }
    )  # fmt: skip


def mapped(*cells: Cell) -> HeatMap:
    rows, columns = (
        list(dict.fromkeys(names)) for names in zip(*((c.capability, c.column) for c in cells), strict=True)
    )
    return HeatMap("task", rows, columns, {(cell.capability, cell.column): cell for cell in cells})


MAP = mapped(
    Cell("Negation", "a", (behavior("x", 10, 2, 20), behavior("y", 30, 0, 0))),
    Cell("Negation", "b", (behavior("z", 0, 5, 5),)),
    Cell("<b>Coref</b>", "a", (behavior("w", 0, 0, 0, n=0),)),
)


def test_a_cell_sums_its_tests():
    cell = MAP.cells["Negation", "a"]
    assert (cell.broke, cell.judged, cell.fails) == (40, 200, (20, 58))
    assert cell.nfr == pytest.approx(0.2)
    assert cell.change == pytest.approx(0.19)


def test_the_map_tells_zero_from_not_judged_and_from_no_test():
    figure = heatmap_chart(MAP, None, "nfr", dark=False)
    heat = figure.data[0]
    assert [list(row) for row in heat.z] == [[pytest.approx(0.2), 0.0], [None, None]]
    assert heat.text[0][0].startswith("20.0%")
    assert "40 of 200" in heat.text[0][0]
    assert heat.text[0][1].startswith("0.0%")
    assert list(heat.text[1]) == ["", ""]
    assert [(note.text, note.x, note.y) for note in figure.layout.annotations] == [("not judged", 0, 1)]


def test_a_square_lies_on_every_cell_in_order():
    squares = heatmap_chart(MAP, None, "nfr", dark=True).data[1]
    assert list(zip(squares.x, squares.y, strict=True)) == [(0, 0), (1, 0), (0, 1)]
    assert "<b>Coref" not in squares.text[2]


def test_the_change_is_as_far_to_either_side():
    heat = heatmap_chart(MAP, None, "change", dark=False).data[0]
    assert heat.z[0][1] == pytest.approx(-0.05)
    assert heat.zmin == -heat.zmax == pytest.approx(-0.19)
    assert "20 → 58" in heat.text[0][0]


def test_the_chosen_cell_has_a_frame():
    frame = heatmap_chart(MAP, MAP.cells["Negation", "b"], "nfr", dark=False).layout.shapes[0]
    assert (frame.x0 < 1 < frame.x1, frame.y0 < 0 < frame.y1) == (True, True)


def test_regressions_are_rates_of_both_and_shares_with_intervals():
    tests = [behavior("up", 30, 10, 20, kind="INV"), behavior("down", 0, 10, 20), behavior("none", 0, 0, 0, n=0)]
    figure = regression_chart(tests, ["a", "b", "c"], dark=False)
    old, new, shares = figure.data[-3:]
    assert list(old.x) == [20, 20, None]
    assert list(new.x) == pytest.approx([40, 10, None])
    assert list(shares.x) == pytest.approx([30, 0, None])
    assert list(shares.error_x.array) == pytest.approx([30, 0, 0])
    assert list(new.marker.symbol) == ["square", "circle", "circle"]
    assert new.marker.color[0] != new.marker.color[1]
    assert [note.text for note in figure.layout.annotations] == ["30 of 100", "0 of 100", "not judged"]
    assert "<br>" in figure.layout.yaxis.ticktext[0]


def judged(task: str, broke: int, mended: int, n: int = 100) -> TaskResult:
    """Make the figures of a task; those that the charts do not need are missing."""
    share, gain = Interval(value=broke / n, low=0, high=2 * broke / n), (mended - broke) / n
    return TaskResult.model_construct(
        task=task, n=n, negative_flip=broke, positive_flip=mended, nfr=share,
        pfr=Interval(value=mended / n, low=0, high=1), accuracy_delta=Interval(value=gain, low=gain - 0.01, high=gain + 0.01),
    )  # fmt: skip


def test_what_broke_goes_left_and_what_was_mended_right():
    broke, mended = flips_chart([judged("a", 5, 10), judged("b", 0, 0)], dark=False).data
    assert (list(broke.x), list(mended.x)) == ([-5, 0], [10, 0])
    assert list(broke.text) == ["5", "0"]


def test_gain_and_damage_are_points_with_their_intervals():
    shown = gain_points({"new": [judged("a", 5, 15), judged("b", 4, 2)]}, "new")
    points = gain_chart(shown, dark=False).data[-1]
    assert list(points.x) == pytest.approx([10, -2])
    assert list(points.y) == pytest.approx([5, 4])
    assert list(points.error_x.array) == pytest.approx([1, 1])
    assert list(points.error_y.array) == pytest.approx([5, 4])


def test_a_single_point_has_a_name_the_line_and_zero_beside_it():
    figure = gain_chart(gain_points({"new": [judged("a", 5, 15)]}, "new"), dark=True)
    line = figure.data[0]
    assert list(line.x) == list(line.y)
    assert figure.layout.xaxis.range[0] < 0 < figure.layout.xaxis.range[1]
    assert {"new", "one broke for each gained"} == {note.text for note in figure.layout.annotations}


def test_candidates_are_told_apart_and_only_the_chosen_one_is_named():
    shown = gain_points({"small": [judged("a", 5, 15), judged("b", 4, 2)], "large": [judged("a", 1, 9)]}, "large")
    assert [point.name for point in shown] == ["", "", "a"]
    others, named = gain_chart(shown, dark=False).data[1:]
    assert set(others.marker.symbol).isdisjoint(named.marker.symbol)


def test_of_more_candidates_than_there_are_marks_only_the_chosen_one_is_named():
    shown = gain_points({f"c{i}": [judged("a", i, 10)] for i in range(7)}, "c3")
    assert [point.name for point in shown] == ["", "", "", "c3", "", "", ""]
    assert set(symbols_of(shown).values()) == {"circle"}
    few = gain_points({f"c{i}": [judged("a", i, 10)] for i in range(6)}, "c3")
    assert [point.name for point in few] == [f"c{i}" for i in range(6)]
    assert len(set(symbols_of(few).values())) == 6


def test_a_task_without_examples_has_no_point():
    nothing = TaskResult.model_construct(
        task="t", n=0, nfr=Interval(value=None, low=None, high=None), accuracy_delta=Interval(value=None, low=None, high=None)
    )  # fmt: skip
    assert gain_points({"new": [nothing]}, "new") == []


def test_a_name_without_room_beside_its_point_is_farther_off_and_covers_no_other_mark():
    crowd = [(0.5 + dx / 50, 0.5 + dy / 20) for dx in range(-4, 5) for dy in range(-2, 3)]
    found = place_labels([(0.5, 0.5)], [8], crowd)
    left, middle = found[0]
    inside = [(x, y) for x, y in crowd if left < x < left + 8 * 7.2 / 520 and abs(y - middle) < 8 / 260]
    assert not inside
    figure = go.Figure()
    label_points(figure, [(0.5, 0.5)], ["faraway!"], COLOURS[False], crowd)
    leader = figure.layout.shapes[0]
    assert (leader.x0, leader.y0) == (0.5, 0.5)
    assert abs(leader.y1 - middle) == pytest.approx(8 / 260)
    near = go.Figure()
    label_points(near, [(0.5, 0.5)], ["near"], COLOURS[False])
    assert not near.layout.shapes


def test_names_of_points_do_not_overlap_each_other_or_leave_the_chart():
    places = [(0.5, 0.5), (0.51, 0.5), (0.5, 0.51), (0.99, 0.99), (0.0, 0.0), (0.52, 0.52)]
    length = 10
    found = place_labels(places, [length] * len(places))
    width, height = length * 7.2 / 520, 16 / 260
    boxes = [(x, y - height / 2, x + width, y + height / 2) for x, y in found.values()]
    assert len(found) >= 4
    for index, (left, low, right, high) in enumerate(boxes):
        assert left >= 0 and low >= 0 and right <= 1 and high <= 1  # noqa: PT018
        assert all(
            right <= other[0] or other[2] <= left or high <= other[1] or other[3] <= low for other in boxes[:index]
        )
