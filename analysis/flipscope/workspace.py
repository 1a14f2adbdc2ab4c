"""A workspace: a folder of comparisons, with what uploads and jobs need in a hidden folder beside them."""

from __future__ import annotations

from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.store.folder import MANIFEST

_HIDDEN = ".flipscope"


class Workspace:
    """A folder that holds comparison folders directly inside it.

    Parameters
    ----------
    root : Path
        The folder.

    Raises
    ------
    FlipscopeError
        When it is not a folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not self.root.is_dir():
            raise FlipscopeError("there is no such folder", where=root, do="Name a comparison, or a folder for them")

    @property
    def inbox(self) -> Path:
        """Where uploaded files are kept."""
        return self.root / _HIDDEN / "uploads"

    @property
    def jobs(self) -> Path:
        """Where jobs are kept, a folder each."""
        return self.root / _HIDDEN / "jobs"

    def comparisons(self) -> dict[str, Path]:
        """Find the finished comparisons by name, in order of name; a damaged one is found too."""
        return {folder.name: folder for folder in sorted(self.root.iterdir()) if is_comparison(folder)}


def is_comparison(path: Path) -> bool:
    """Whether a path is a finished comparison folder, going by its manifest."""
    return (path / MANIFEST).is_file()
