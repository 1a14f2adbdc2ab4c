"""The first stage: what the user names, opened and understood."""

from __future__ import annotations

import os
from pathlib import Path


def cache_root() -> Path:
    """Where flipscope keeps what it can make again: ``FLIPSCOPE_CACHE``, else the user's cache folder.

    Returns
    -------
    Path
        The folder; it may not exist yet.
    """
    if named := os.environ.get("FLIPSCOPE_CACHE"):
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("flipscope")
