"""Rename and delete a comparison: asked for by a link of the list, done after a question."""

from __future__ import annotations

import streamlit as st

from flipscope.errors import FlipscopeError
from flipscope.jobs.job import job_of
from flipscope.workspace import Workspace
from flipscope_app.markup import join, show, tag
from flipscope_app.state import note

_DONE = "home: done"
_LOST = (
    "Its figures, the texts of its examples and the answers of the models are deleted for everybody, and links to it "
    "lead nowhere. Checkpoints and evaluation sets elsewhere stay."
)


@st.dialog("Rename this comparison")
def ask_to_rename(workspace: Workspace, name: str) -> None:
    """Ask for the new name."""
    show(join(tag("p", name, class_="fs-dialog-name"), tag("p", "Links to it under the old name lead nowhere then.")))
    with st.form("home-rename", border=False):
        new = st.text_input("New name", value=name, key=f"home: new name of {name}", max_chars=120)
        wanted = st.form_submit_button("Rename", type="primary")
    if wanted:
        try:
            workspace.rename(name, new.strip())
        except FlipscopeError as error:
            show(note("error", str(error)))
        else:
            _done(f"{name} is called {new.strip()} now.")


@st.dialog("Delete this comparison?")
def ask_to_delete(workspace: Workspace, name: str) -> None:
    """Say what is lost, and ask."""
    show(
        join(
            tag("p", name, class_="fs-dialog-name"), tag("p", tag("code", str(workspace.root / name))), tag("p", _LOST)
        )
    )
    with st.container(horizontal=True, gap="small"):
        wanted = st.button("Delete", type="primary", key="home-delete-yes")
        if st.button("Keep it", key="home-delete-no"):
            st.rerun()
    if wanted:
        try:
            _delete(workspace, name)
        except FlipscopeError as error:
            show(note("error", str(error)))
        else:
            _done(f"{name} is deleted.")


def tell_what_was_done() -> None:
    """Say what the last dialog did."""
    if done := st.session_state.pop(_DONE, None):
        show(note("done", done))


def _delete(workspace: Workspace, name: str) -> None:
    """Delete the folder, or what is known of a job that made none."""
    job = job_of(workspace, name)
    if job and not job.target.exists():
        job.remove()
    else:
        workspace.delete(name)


def _done(told: str) -> None:
    st.session_state[_DONE] = told
    st.rerun()
