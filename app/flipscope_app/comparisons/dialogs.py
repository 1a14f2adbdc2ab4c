"""Rename and delete a comparison: asked for by a link of the list, done after a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from flipscope.errors import FlipscopeError
from flipscope.jobs.job import job_of
from flipscope.workspace import Workspace
from flipscope_app.markup import join, show, tag
from flipscope_app.state import note

_DONE, _WRONG = "home: done", "home: wrong"
_LOST = (
    "Its figures, the texts of its examples and the answers of the models are deleted for everybody, and links to it "
    "lead nowhere. Checkpoints and evaluation sets elsewhere stay."
)


@st.dialog("Rename this comparison")
def ask_to_rename(workspace: Workspace, name: str) -> None:
    """Ask for the new name."""
    _close_when_done()
    show(join(tag("p", name, class_="fs-dialog-name"), tag("p", "Links to it under the old name lead nowhere then.")))
    key = f"home: new name of {name}"
    with st.form("home-rename", border=False):
        st.text_input("New name", value=name, key=key, max_chars=120)
        st.form_submit_button("Rename", type="primary", on_click=_rename, args=(workspace, name, key))


@st.dialog("Delete this comparison?")
def ask_to_delete(workspace: Workspace, name: str) -> None:
    """Say what is lost, and ask."""
    _close_when_done()
    folder = tag("p", tag("code", str(workspace.root / name)))
    show(join(tag("p", name, class_="fs-dialog-name"), folder, tag("p", _LOST)))
    with st.container(horizontal=True, gap="small"):
        st.button("Delete", type="primary", key="home-delete-yes", on_click=_delete, args=(workspace, name))
        if st.button("Keep it", key="home-delete-no"):
            st.rerun()


def tell_what_was_done() -> None:
    """Say what the last dialog did, or what kept it from that."""
    for said, kind in ((_DONE, "done"), (_WRONG, "error")):
        if told := st.session_state.pop(said, None):
            show(note(kind, told))


def _close_when_done() -> None:
    """Close the dialog, or say in it what went wrong; called when it is made again after an answer."""
    if _DONE in st.session_state:
        st.rerun()
    tell_what_was_done()


def _rename(workspace: Workspace, name: str, key: str) -> None:
    new = st.session_state[key].strip()
    with _told(f"{name} is called {new} now."):
        workspace.rename(name, new)


def _delete(workspace: Workspace, name: str) -> None:
    """Delete the folder, or what is known of a job that made none."""
    with _told(f"{name} is deleted."):
        job = job_of(workspace, name)
        if job and not job.target.exists():
            job.remove()
        else:
            workspace.delete(name)


@contextmanager
def _told(done: str) -> Iterator[None]:
    """Keep for the page that something was done, or why it was not."""
    try:
        yield
        st.session_state[_DONE] = done
    except FlipscopeError as error:
        st.session_state[_WRONG] = str(error)
