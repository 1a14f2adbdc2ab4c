"""What the dashboard serves, and what its visitors may do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flipscope.workspace import Workspace, is_comparison


@dataclass(frozen=True)
class Settings:
    """How this dashboard was started.

    Attributes
    ----------
    path : Path
        A comparison folder, which is all there is to see, or a workspace, where new ones can be made.
    roots : tuple of Path
        Folders below which visitors may name files and checkpoints of this machine.
    max_upload_bytes : int
        The largest file that is taken.
    people : tuple of str
        Who may come in, where login is configured: addresses or patterns such as ``*@example.com``.
    """

    path: Path = Path()
    roots: tuple[Path, ...] = ()
    max_upload_bytes: int = 20 * 10**9
    people: tuple[str, ...] = ()

    @property
    def workspace(self) -> Workspace | None:
        """The workspace, where new comparisons can be made; None when a single comparison is served."""
        return None if is_comparison(self.path) else Workspace(self.path)


_settings = Settings()


def use(settings: Settings) -> None:
    """Set what this process serves."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """Get what this process serves."""
    return _settings
