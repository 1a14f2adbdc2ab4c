"""What is kept on disk, and what damage does to it."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from flipscope.errors import FlipscopeError
from flipscope.predict import cache
from flipscope.predict.batches import Plan, plan_batches
from flipscope.predict.cache import Entry, Scores, Shards

ROWS = 6


@pytest.fixture
def plan() -> Plan:
    return plan_batches(np.array([3, 9, 3, 2, 5, 3]), 10)  # batches of 1, 2 and 3 rows


@pytest.fixture
def scores() -> Scores:
    full = Scores.empty(np.array([True, *[False] * (ROWS - 1)]), 2)
    full.logits[:] = np.arange(2 * ROWS).reshape(ROWS, 2)
    full.borderline[3] = full.rechecked[2:4] = True
    full.how = {"precision": "fp32"}
    return full


def empty() -> Scores:
    return Scores.empty(np.zeros(ROWS, bool), 2)


def test_finished_predictions_come_back(tmp_path: Path, scores: Scores) -> None:
    Entry(tmp_path, "a", "b").finish(scores)
    found = Entry(tmp_path, "a", "b").read(ROWS, 2)
    assert found is not None
    for name in ("logits", "rechecked", "borderline", "truncated"):
        assert np.array_equal(getattr(found, name), getattr(scores, name))
    assert found.how == scores.how
    assert Entry(tmp_path, "a", "c").read(ROWS, 2) is None
    assert Entry(tmp_path, "ab", "").read(ROWS, 2) is None
    assert Entry(tmp_path, "a", "b").read(ROWS + 1, 2) is None


def test_without_a_folder_nothing_is_kept(plan: Plan, scores: Scores) -> None:
    entry = Entry(None, "a")
    entry.finish(scores)
    Shards(entry, plan, "fp32").write([0], scores)
    assert entry.read(ROWS, 2) is None
    assert not Shards(entry, plan, "fp32").restore(empty()).any()


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: flip(raw)])
def test_damaged_predictions_are_not_trusted(tmp_path: Path, scores: Scores, damage: object) -> None:
    entry = Entry(tmp_path, "a")
    entry.finish(scores)
    (path,) = tmp_path.rglob("predictions.npz")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert entry.read(ROWS, 2) is None


def flip(raw: bytes) -> bytes:
    """Change one logit's bits: the value is still a number."""
    at = raw.index(np.float32(7).tobytes())
    return raw[:at] + np.float32(8).tobytes() + raw[at + 4 :]


def test_an_entry_without_its_last_file_is_unfinished(tmp_path: Path, scores: Scores) -> None:
    entry = Entry(tmp_path, "a")
    entry.finish(scores)
    next(tmp_path.rglob("done.json")).unlink()
    assert entry.read(ROWS, 2) is None


def test_shards_of_several_runs_add_up_and_are_swept_at_the_end(tmp_path: Path, plan: Plan, scores: Scores) -> None:
    entry = Entry(tmp_path, "a")
    Shards(entry, plan, "fp32").write([0, 1], scores)
    Shards(entry, plan, "fp32").write([1], scores)  # another process, overlapping
    found = empty()
    assert Shards(entry, plan, "fp32").restore(found).tolist() == [True, True, False]
    rows = plan.rows_of(np.array([0, 1]))
    assert np.array_equal(found.logits[rows], scores.logits[rows])
    assert np.array_equal(found.borderline[rows], scores.borderline[rows])
    Shards(entry, plan, "fp32").write([2], scores)
    assert Shards(entry, plan, "fp32").restore(found).all()
    assert np.array_equal(found.logits, scores.logits)
    entry.finish(scores)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["done.json", "predictions.npz"]


def test_shards_of_another_plan_or_precision_are_left_alone(tmp_path: Path, plan: Plan, scores: Scores) -> None:
    entry = Entry(tmp_path, "a")
    Shards(entry, plan, "fp32").write([0], scores)
    other = plan_batches(np.array([3, 9, 3, 2, 5, 3]), 15)
    assert not Shards(entry, other, "fp32").restore(empty()).any()
    assert not Shards(entry, plan, "fp16").restore(empty()).any()


@pytest.mark.parametrize("damage", [lambda raw: raw[:-30], lambda raw: flip(raw), lambda raw: b"no zip"])
def test_batches_of_a_damaged_shard_are_not_done(tmp_path: Path, plan: Plan, scores: Scores, damage: object) -> None:
    entry = Entry(tmp_path, "a")
    Shards(entry, plan, "fp32").write([0], scores)
    Shards(entry, plan, "fp32").write([2], scores)  # rows 2, 5 and 3: logits 4 to 7, 10 and 11
    path = max(tmp_path.rglob("*.npz"))
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert Shards(entry, plan, "fp32").restore(empty()).tolist() == [True, False, False]


def test_shards_of_another_shape_are_not_done(tmp_path: Path, plan: Plan, scores: Scores) -> None:
    entry = Entry(tmp_path, "a")
    Shards(entry, plan, "fp32").write([0], scores)
    assert not Shards(entry, plan, "fp32").restore(Scores.empty(np.zeros(ROWS, bool), 3)).any()


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    tmp_path: Path, scores: Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: object, **arrays: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache.np, "savez", full)
    with pytest.raises(FlipscopeError, match="No space left"):
        Entry(tmp_path, "a").finish(scores)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
