"""Token budgets, and the rectangles that models take."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.predict.batches import pad, plan_batches
from flipscope.predict.inputs import distinct_inputs
from flipscope.predict.tokens import Tokens, tokenise
from flipscope.progress import SilentProgress
from tiny_models import make_examples, make_tokenizer


def tokens_of(*rows: list[int], left: bool = False, types: bool = False) -> Tokens:
    flat = np.array([token for row in rows for token in row], np.int32)
    return Tokens(
        flat, np.cumsum([0, *map(len, rows)]), flat % 2 if types else None,
        np.zeros(len(rows), bool), 16, 0, left,
    )  # fmt: skip


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(1, 100))
def test_a_plan_has_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    sizes = np.array(lengths)
    plan = plan_batches(sizes, budget)
    rows = [plan.rows(batch) for batch in range(len(plan))]
    assert sorted(np.concatenate(rows)) == list(range(len(sizes)))
    assert all(len(row) == 1 or len(row) * sizes[row].max() <= budget for row in rows)
    assert (np.diff(sizes[plan.order]) <= 0).all()


def test_batches_of_a_plan_by_hand() -> None:
    plan = plan_batches(np.array([3, 9, 3, 2, 5, 3]), 10)
    assert [plan.rows(batch).tolist() for batch in range(len(plan))] == [[1], [4, 0], [2, 5, 3]]
    assert plan.rows_of(np.array([2, 0])).tolist() == [2, 5, 3, 1]
    assert plan.rows_of(np.array([], int)).tolist() == []
    assert plan.digest != plan_batches(np.array([3, 9, 3, 2, 5, 3]), 15).digest


def test_short_rows_are_filled_and_masked() -> None:
    batch = pad(tokens_of([1, 2, 3], [7], [4, 5]), np.array([0, 2]), pad_id=9)
    assert batch.ids.tolist() == [[1, 2, 3], [4, 5, 9]]
    assert batch.mask is not None
    assert batch.mask.tolist() == [[1, 1, 1], [1, 1, 0]]
    assert batch.type_ids is None


def test_filling_on_the_left_and_to_a_width() -> None:
    tokens = tokens_of([1, 2, 3], [4, 5], left=True, types=True)
    batch = pad(tokens, np.array([1, 0]), pad_id=9, width=4)
    assert batch.ids.tolist() == [[9, 9, 4, 5], [9, 1, 2, 3]]
    assert batch.mask is not None
    assert batch.mask.tolist() == [[0, 0, 1, 1], [0, 1, 1, 1]]
    assert batch.type_ids is not None
    assert batch.type_ids.tolist() == [[0, 0, 0, 1], [0, 1, 0, 1]]


def test_rows_of_one_length_need_no_mask() -> None:
    assert pad(tokens_of([1, 2], [3, 4]), np.array([1, 0]), pad_id=0).mask is None


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> object:
    from transformers import AutoTokenizer

    folder: Path = tmp_path_factory.mktemp("tokenizer")
    make_tokenizer(folder, ["one two three four five six seven"])
    return AutoTokenizer.from_pretrained(folder)


def test_tokenising_cuts_and_tells_what_was_cut(tokenizer: object) -> None:
    six = "one two three four five six"
    inputs = distinct_inputs(make_examples([six, f"{six} seven", "one"]))
    with SilentProgress().step("", 3) as step:
        tokens = tokenise(tokenizer, inputs, 8, step)  # type: ignore[arg-type]
    # Canonical order: "one", six words, seven words; two special tokens each.
    assert tokens.lengths.tolist() == [3, 8, 8]
    assert tokens.truncated.tolist() == [False, False, True]
    assert tokens.ids[tokens.offsets[1] : tokens.offsets[2]].tolist() == tokens.ids[tokens.offsets[2] :].tolist()


def test_pairs_are_joined_and_typed_as_the_tokenizer_does(tokenizer: object) -> None:
    inputs = distinct_inputs(make_examples(["one", "two three"], ["four five", "six"]))
    with SilentProgress().step("", 2) as step:
        tokens = tokenise(tokenizer, inputs, 512, step)  # type: ignore[arg-type]
    expected = tokenizer(["one", "two three"], ["four five", "six"])  # type: ignore[operator]
    assert tokens.ids.tolist() == [*chain(*expected["input_ids"])]
    assert tokens.type_ids is not None
    assert tokens.type_ids.tolist() == [*chain(*expected["token_type_ids"])]
