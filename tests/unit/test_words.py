"""How figures are written for people."""

import pytest

from flipscope.words import duration


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "–"),
        (0.4, "1 s"),
        (89, "89 s"),
        (90, "1.5 min"),
        (120, "2 min"),
        (601, "10 min"),
        (5400, "1.5 h"),
        (360_000, "100 h"),
    ],
)
def test_a_length_of_time_has_about_two_digits(seconds, told):
    assert duration(seconds) == told
