"""Checkpoints by hub id: downloaded once, found in the local cache afterwards."""

from __future__ import annotations

import re
from pathlib import Path

from flipscope.errors import FlipscopeError

_ID = re.compile(r"(?P<repo>[\w.-]+(?:/[\w.-]+)?)(?:@(?P<revision>[\w./-]+))?", re.ASCII)

_SAFE_FILES = ["*.json", "*.txt", "*.model", "*.codes", "*.safetensors"]
_TORCH_FILES = ["pytorch_model*.bin"]
_NOT_THESE = ["*/*"]  # other frameworks' exports, training logs


def is_hub_id(text: str) -> bool:
    """Whether the text has the form ``name[@revision]`` of a hub id."""
    return _ID.fullmatch(text) is not None


def fetch(text: str, *, allow_torch_weights: bool = False, local_only: bool = False) -> Path:
    """Download a checkpoint, or find it in the local cache of the hub where there is no connection.

    Parameters
    ----------
    text : str
        ``name[@revision]``.
    allow_torch_weights : bool
        Fetch ``pytorch_model.bin`` where there are no safetensors.
    local_only : bool
        Only look into the local cache, and ask nobody.

    Returns
    -------
    Path
        The folder. Only configuration, tokenizer and weights are fetched, no code.

    Raises
    ------
    FlipscopeError
        When the hub has no such model, or it can't be reached and the model is not in the local cache.
    """
    match = _ID.fullmatch(text)
    assert match is not None  # is_hub_id
    folder = _download(match["repo"], match["revision"], _SAFE_FILES, text, local_only)
    if allow_torch_weights and not any(folder.glob("*.safetensors")):
        return _download(match["repo"], match["revision"], _SAFE_FILES + _TORCH_FILES, text, local_only)
    return folder


def _download(repo: str, revision: str | None, patterns: list[str], text: str, local_only: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        folder = snapshot_download(
            repo, revision=revision, allow_patterns=patterns, ignore_patterns=_NOT_THESE, local_files_only=local_only
        )
    except GatedRepoError as error:
        raise _failure(text, "the hub wants you to accept its terms first", "Accept them, then log in") from error
    except RevisionNotFoundError as error:
        raise _failure(text, f"the model has no revision {revision!r}", "Look at its branches and tags") from error
    except RepositoryNotFoundError as error:
        what = "no such file or folder here, and no such model on the hub"
        raise _failure(text, what, "Check the name") from error
    except LocalEntryNotFoundError as error:
        if local_only:
            raise _failure(text, "no such file or folder here, and no such model in the hub's local cache") from error
        what = "no such file or folder here, the hub can't be reached, and its local cache has no such model"
        raise _failure(text, what, "Check the name and the connection") from error
    except Exception as error:  # those of the HTTP library, which changes between versions, and invalid ids
        raise _failure(text, f"the hub did not give this model: {error}", "Try again") from error
    return Path(folder)


def _failure(text: str, what: str, do: str = "") -> FlipscopeError:
    return FlipscopeError(what, where=text, do=do)
