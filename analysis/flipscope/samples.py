"""Where the sample data are: inside an installed flipscope, or beside the sources."""

from __future__ import annotations

from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.spec import Spec, read_spec


def sample_folder() -> Path:
    """Find the folder of sample data.

    Raises
    ------
    FlipscopeError
        When this installation has none.
    """
    here = Path(__file__).resolve()
    for folder in (here.parent / "sample_data", here.parents[2] / "sample_data"):
        if (folder / "compare.toml").is_file():
            return folder
    raise FlipscopeError(
        "this installation has no sample data", do="Install flipscope again, or run from its repository"
    )


def sample_spec() -> Spec:
    """Read what the demo compares: old and new sample checkpoints on three tasks."""
    return read_spec(sample_folder() / "compare.toml")
