"""Each distinct input once, in an order of its own."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.errors import FlipscopeError
from flipscope.predict.inputs import distinct_inputs
from tiny_models import make_examples

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)


def test_duplicates_are_one_input() -> None:
    inputs = distinct_inputs(make_examples(["b", "a", "b", "é", "a"]))
    assert inputs.text_a.to_pylist() == ["a", "b", "é"]
    assert inputs.text_b is None
    assert inputs.of_example.tolist() == [1, 0, 1, 2, 0]


def test_pairs_are_told_apart_by_either_text() -> None:
    inputs = distinct_inputs(make_examples(["b", "a", "b", "a"], ["x", "x", "w", "x"]))
    assert inputs.text_a.to_pylist() == ["a", "b", "b"]
    assert inputs.text_b is not None
    assert inputs.text_b.to_pylist() == ["x", "w", "x"]
    assert inputs.of_example.tolist() == [2, 0, 1, 0]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1), st.randoms())
def test_order_and_repetition_do_not_matter(pairs: list[tuple[str, str]], rng: random.Random) -> None:
    again = pairs + [rng.choice(pairs) for _ in range(3)]
    rng.shuffle(again)
    one, two = (distinct_inputs(make_examples(*zip(*rows, strict=True))) for rows in (pairs, again))
    assert one.digest == two.digest
    assert one.text_a.equals(two.text_a)
    assert one.text_b is not None
    found = [(one.text_a[i].as_py(), one.text_b[i].as_py()) for i in one.of_example]
    assert found == pairs
    assert len(one) == len(set(pairs))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((["ab", "c"], None), (["a", "bc"], None)),
        ((["a"], None), (["a"], [""])),
        ((["a"], ["b"]), (["ab"], [""])),
        ((["a", "b"], None), (["a"], ["b"])),
    ],
)
def test_different_inputs_have_different_digests(one: tuple, other: tuple) -> None:
    assert distinct_inputs(make_examples(*one)).digest != distinct_inputs(make_examples(*other)).digest


def test_examples_without_texts_are_refused() -> None:
    with pytest.raises(FlipscopeError, match="without a text"):
        distinct_inputs(make_examples(["a", None]))  # type: ignore[list-item]
    with pytest.raises(FlipscopeError, match="some have none"):
        distinct_inputs(make_examples(["a", "b"], ["x", None]))  # type: ignore[list-item]


def test_chunked_columns_are_one(tmp_path: object) -> None:
    import pyarrow as pa

    from flipscope.data import Examples

    one = make_examples(["b", "a"])
    table = pa.concat_tables([one.table, one.table])
    inputs = distinct_inputs(Examples("t", table, one.label_names, None, "", ""))
    assert np.array_equal(inputs.of_example, [1, 0, 1, 0])
