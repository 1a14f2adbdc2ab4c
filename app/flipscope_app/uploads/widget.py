"""The page's side of an upload: choose or drop files, watch them go, cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from flipscope.errors import FlipscopeError
from flipscope.workspace import Workspace
from flipscope_app.settings import settings
from flipscope_app.uploads.route import SUFFIXES, Batch, Kind, free_bytes, new_batch

_HINTS: dict[Kind, str] = {
    "model": ".zip or .tar.gz of a checkpoint, its files, or a table of predictions",
    "data": "CSV, TSV, JSON Lines or Parquet",
    "suite": "JSON or TOML, or a suite of the CheckList library",
    "judgements": "JSON Lines",
}


@dataclass
class _Place:
    """What is known of one uploader of one session.

    Attributes
    ----------
    begun : dict of str to Batch
        Batches whose first ticket was used, by the name of their folder.
    fresh : Batch or None
        The batch whose ticket the page has.
    uploaded : Batch or None
        The last that came whole.
    """

    begun: dict[str, Batch] = field(default_factory=dict)
    fresh: Batch | None = None
    uploaded: Batch | None = None


def upload(label: str, key: str, *, kinds: Kind, multiple: bool = False, most_bytes: int | None = None) -> Path | None:
    """Show a place for uploads. Not for use within ``st.form``, where a component can't report.

    Parameters
    ----------
    label : str
        What is to be uploaded; shown as it is.
    key : str
        Name of this place; what was uploaded stays with it for the session.
    kinds : str
        ``"model"``, ``"data"``, ``"suite"`` or ``"judgements"``: which names are taken.
    multiple : bool
        Take several files, or a folder.
    most_bytes : int, optional
        The largest file, where that is less than this dashboard takes.

    Returns
    -------
    Path or None
        What was uploaded last: a file, or with `multiple` the folder of several files (an archive or a table
        that came alone stays a file). None before.

    Raises
    ------
    FlipscopeError
        When a single comparison is served, and so there is no place for uploads.
    """
    workspace = settings().workspace
    if workspace is None:
        raise FlipscopeError("uploads need a workspace", do="Start the dashboard with a folder of comparisons")
    place = st.session_state.setdefault(f"{key}: uploads", _Place())
    most = min(most_bytes or settings().max_upload_bytes, settings().max_upload_bytes)
    _renew_ticket(place, workspace, kinds, multiple, most)
    done = place.uploaded if place.uploaded and place.uploaded.path.exists() else None
    _component()(
        key=key,
        data=_data(label, place.fresh, done),
        on_done_change=lambda: _finish(place, str(st.session_state[key]["done"])),
        on_ended_change=lambda: _give_up(place, str(st.session_state[key]["ended"])),
        on_removed_change=lambda: setattr(place, "uploaded", None),
    )
    return done.path if done else None


def discard(key: str) -> None:
    """Remove what was uploaded last: it was read, and is not needed any more."""
    place: _Place = st.session_state[f"{key}: uploads"]
    if place.uploaded:
        place.uploaded.discard()
    place.uploaded = None


def _renew_ticket(place: _Place, workspace: Workspace, kind: Kind, several: bool, most: int) -> None:
    """Have an unused ticket ready before the page is sent; one issued later would come a rerun late."""
    fresh = place.fresh
    if fresh and (fresh.ticket is None or fresh.files):
        place.begun[fresh.folder.name] = fresh
    elif fresh and (fresh.kind, fresh.several) == (kind, several):
        return
    place.fresh = new_batch(workspace, kind, most_bytes=most, several=several)


def _finish(place: _Place, name: str) -> None:
    batch = _begun(place, name)
    if batch and batch.files:
        place.uploaded = batch


def _give_up(place: _Place, name: str) -> None:
    if batch := _begun(place, name):
        batch.discard()


def _begun(place: _Place, name: str) -> Batch | None:
    if place.fresh and place.fresh.folder.name == name:
        batch, place.fresh = place.fresh, None
        return batch
    return place.begun.pop(name, None)


def _data(label: str, fresh: Batch | None, done: Batch | None) -> dict[str, Any]:
    assert fresh is not None  # _renew_ticket
    shown = None
    if done:
        several = len(done.files) > 1
        name = f"{done.path.name}, {len(done.files)} files" if several else done.path.name
        shown = {"name": name, "bytes": sum(file.stat().st_size for file in done.files)}
    return {
        "label": label,
        "hint": _HINTS[fresh.kind],
        "suffixes": SUFFIXES[fresh.kind],
        "several": fresh.several,
        "batch": fresh.folder.name,
        "ticket": fresh.ticket,
        "most": fresh.most_bytes,
        "free": free_bytes(fresh.folder),
        "uploaded": shown,
    }


@st.cache_resource
def _component() -> Callable[..., Any]:
    script = Path(__file__).with_name("upload.js").read_text("utf-8")
    return st.components.v2.component("flipscope_upload", js=script, isolate_styles=False)
