"""The Triage page: a queue, judgements that are saved at once, both rates, suspects, files."""

from __future__ import annotations

import shutil

import pytest

from builders import build_comparison
from flipscope.store.triage import Triage


@pytest.fixture
def served(tmp_path, three_tasks):
    """A folder with one comparison in it, which may be judged."""
    folder = tmp_path / "served"
    shutil.copytree(three_tasks.path, folder / "three")
    return folder


def opened(folder):
    return type(build_comparison)  # replaced below


def test_smoke(visit, served):
    page = visit(served, "triage")
    print(page.text)
    assert "negative flips judged" in page.text
