"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("flipscope", deadline=None)
settings.load_profile("flipscope")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data and checkpoints with known answers; skips where it is absent."""
    folder = Path(os.environ.get("FLIPSCOPE_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set FLIPSCOPE_REAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The sample data that ship with flipscope."""
    return ROOT / "sample_data"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the user's cache, and from each other's."""
    monkeypatch.setenv("FLIPSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def quick_training() -> Iterator[None]:
    """Train tiny models on one thread; and spare the garbage collections of each training all that is imported."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    gc.freeze()
    yield
    gc.unfreeze()
    torch.set_num_threads(threads)
