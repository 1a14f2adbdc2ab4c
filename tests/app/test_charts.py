"""Charts: the figures drawn are the figures given."""

from __future__ import annotations

import pandas as pd
import pytest

from flipscope_app.charts import plain, slice_chart

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
