"""Examples as points: the nearest are others, and copies are one."""

from __future__ import annotations

import numpy as np
import pytest

from flipscope.explain.space import Space

DEGREES = {3: 0, 5: 10, 8: 10, 9: 50, 12: 80}  # 8 is a copy of 5
VECTORS = np.array([[np.cos(np.radians(each)), np.sin(np.radians(each))] for each in DEGREES.values()], np.float32)
IDS = np.array(list(DEGREES))


@pytest.mark.parametrize(
    ("asked", "limit", "expected"),
    [(3, 9, [5, 9, 12]), (5, 2, [3, 9]), (8, 2, [3, 9]), (12, 1, [9]), (9, 9, [12, 5, 3])],
)
def test_the_nearest_are_other_examples(asked, limit, expected):
    space = Space(IDS, VECTORS, np.array([3, 5, 5, 9, 12]))
    found, likeness = space.nearest(np.array([asked]), limit)
    assert found[0].tolist() == expected
    assert likeness[0] == pytest.approx([np.cos(np.radians(DEGREES[asked] - DEGREES[i])) for i in expected], abs=1e-6)


def test_with_nothing_but_copies_there_is_no_neighbour():
    found, likeness = Space(IDS, VECTORS, np.full(5, 3)).nearest(IDS, 4)
    assert found.shape == likeness.shape == (5, 0)
