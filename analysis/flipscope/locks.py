"""Locks that a process holds as long as it works on something, and the question whether one does."""

from __future__ import annotations

from pathlib import Path


def is_held(lock: Path) -> bool:
    """Tell whether a process holds the lock of a file, as `filelock.FileLock` takes it.

    Any number may ask at once: each takes the lock shared, so none is taken for its holder by another. Whoever is
    about to take it should try for a moment, for it can't be taken just while somebody asks.
    """
    import fcntl

    try:
        with lock.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except OSError:  # it is gone
        return False
