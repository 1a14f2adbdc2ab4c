"""Which files of this machine a visitor may name."""

from __future__ import annotations

from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.open import archive
from flipscope.open.datasets_source import is_hub_dataset
from flipscope.open.hub import is_hub_id
from flipscope.open.source import members_of
from flipscope.open.table import check_path, table_suffix
from flipscope_app.settings import settings

_OUTSIDE = "this is not in a folder that this dashboard may read"


def allowed_path(text: str) -> str:
    """Check what a visitor typed for a model, data or a suite.

    Parameters
    ----------
    text : str
        A path, ``folder:split``, a hub id ``name[@revision]``, a dataset ``name[:config]:split``,
        ``ensemble:A+B``, ``vote:A+B``, ``builtin:NAME`` or ``auto``.

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
    prefix, members = members_of(text)
    if prefix:
        return prefix + "+".join(map(allowed_path, members))
    if text == "auto" or text.startswith("builtin:") or _is_remote(text):
        return text
    folder, _, split = text.rpartition(":")
    if folder and split.isidentifier() and not _exists(text):
        return f"{_resolved(folder, text)}:{split}"
    return str(_resolved(text, text))


def is_on_hub(text: str) -> bool:
    """Whether what `allowed_path` let pass, or a member of it, is a name on the hub."""
    return any(map(_is_remote, members_of(text)[1]))


def shown_source(text: str) -> str:
    """Write a source as people know it: an upload by the name of its file or folder, anything else as it is."""
    prefix, members = members_of(text)
    if prefix:
        return prefix + "+".join(map(shown_source, members))
    workspace = settings().workspace
    if workspace is None or not Path(text).is_relative_to(inbox := workspace.inbox.resolve()):
        return text
    parts = Path(text).relative_to(inbox).parts[1:]  # without the random name of the batch
    return f"uploaded: {parts[-1]}" if parts else text


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
    if not any(path.is_relative_to(root.resolve()) for root in _folders()):
        raise _outside(shown)
    return path


def _outside(shown: str) -> FlipscopeError:
    folders = ", ".join(dict.fromkeys(str(root.resolve()) for root in _folders()))
    advice = f"It may read {folders}. Upload it, or ask whoever started the dashboard to add its folder with --root DIR"
    return FlipscopeError(_OUTSIDE, where=shown, do=advice)


def _folders() -> tuple[Path, ...]:
    """Tell below which folders visitors may name files."""
    served = settings()
    return served.roots if served.workspace is None else (served.workspace.root, *served.roots)
