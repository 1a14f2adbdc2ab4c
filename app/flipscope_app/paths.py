"""Which files of this machine a visitor may name."""

from __future__ import annotations

from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.open import archive
from flipscope.open.datasets_source import is_hub_dataset
from flipscope.open.hub import is_hub_id
from flipscope.open.table import check_path, table_suffix
from flipscope_app.settings import settings

_ENSEMBLE = "ensemble:"
_OUTSIDE = "this is not in a folder that this dashboard may read"


def allowed_path(text: str) -> str:
    """Check what a visitor typed for a model, data or a suite.

    Parameters
    ----------
    text : str
        A path, ``folder:split``, a hub id ``name[@revision]``, a dataset ``name[:config]:split``,
        ``ensemble:A+B``, ``builtin:NAME`` or ``auto``.

    Returns
    -------
    str
        The same, with every path absolute and its symbolic links resolved.

    Raises
    ------
    FlipscopeError
        When a path leads to what is neither in the workspace nor below a root; the message is the same
        whether there is such a file or not.
    """
    text = text.strip()
    if not text:
        raise FlipscopeError("nothing is named", do="Give a path or a hub id, or upload a file")
    if text.startswith(_ENSEMBLE):
        return _ENSEMBLE + "+".join(allowed_path(part) for part in text.removeprefix(_ENSEMBLE).split("+"))
    if text == "auto" or text.startswith("builtin:") or _is_remote(text):
        return text
    folder, _, split = text.rpartition(":")
    if folder and split.isidentifier() and not _exists(text):
        return f"{_resolved(folder, text)}:{split}"
    return str(_resolved(text, text))


def _is_remote(text: str) -> bool:
    """Whether this can only be a name on the hub: libraries take a folder of that name first where there is one."""
    if not (is_hub_id(text) or is_hub_dataset(text)) or text.startswith("."):
        return False
    name = text.partition(":")[0].partition("@")[0]
    local = any(_exists(part) for part in (text, text.rpartition(":")[0], name))
    in_a_folder = "/" in name and _exists(name.partition("/")[0])
    file_like = table_suffix(Path(name)) is not None or archive.is_archive(Path(name))
    return not (local or in_a_folder or file_like)


def _exists(text: str) -> bool:
    try:
        return bool(text) and Path(text).exists()
    except (OSError, ValueError):  # a name too long, or no name at all
        return False


def _resolved(text: str, shown: str) -> Path:
    check_path(text)
    try:
        path = Path(text).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL
        raise _outside(shown) from error
    served = settings()
    roots = served.roots if served.workspace is None else (served.workspace.root, *served.roots)
    if not any(path.is_relative_to(root.resolve()) for root in roots):
        raise _outside(shown)
    return path


def _outside(shown: str) -> FlipscopeError:
    advice = "Upload it, or ask whoever started the dashboard to add its folder with --root DIR"
    return FlipscopeError(_OUTSIDE, where=shown, do=advice)
