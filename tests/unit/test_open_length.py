"""How long inputs may be, told from files that anyone may have written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fake_checkpoint import make_checkpoint
from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import open_checkpoint
from flipscope.predict.length import DEFAULT, max_length


@pytest.mark.parametrize(
    "written", ["Infinity", "-Infinity", "NaN", "-5", "0", '"many"', "true", "null", "1" + "0" * 400]
)
def test_limits_of_the_tokenizer_that_make_no_sense_are_none(tmp_path: Path, written: str) -> None:
    checkpoint = open_checkpoint(make_checkpoint(tmp_path, max_position_embeddings=8192))
    (tmp_path / "tokenizer_config.json").write_text(f'{{"model_max_length": {written}}}')
    assert max_length(checkpoint, None) == DEFAULT


@pytest.mark.parametrize(("pad_id", "expected"), [(1, 64), (0, 65), (-1, 64), (True, 64), ("x", 64)])
def test_padding_that_makes_no_sense_is_the_usual_one(tmp_path: Path, pad_id: Any, expected: int) -> None:
    folder = make_checkpoint(tmp_path, model_type="roberta", max_position_embeddings=66, pad_token_id=pad_id)
    assert max_length(open_checkpoint(folder), None) == expected


@pytest.mark.parametrize("config", [{"max_position_embeddings": 3}, {"model_type": "roberta", "pad_token_id": 100}])
@pytest.mark.parametrize("wanted", [None, 3])
def test_model_without_positions_for_a_text(tmp_path: Path, config: dict[str, Any], wanted: int | None) -> None:
    with pytest.raises(FlipscopeError, match="no position for a text"):
        max_length(open_checkpoint(make_checkpoint(tmp_path, **config)), wanted)
