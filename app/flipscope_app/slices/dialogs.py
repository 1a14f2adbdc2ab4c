"""Save, rename and delete a slice: asked for by a link or a button, done after a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.slices.saved import LONGEST_CONDITION, LONGEST_NAME, LONGEST_NOTE, check_fits, saved_for
from flipscope_app.markup import join, show, tag
from flipscope_app.state import note

_DONE, _WRONG = "slices: done", "slices: wrong"
_FIELDS = ("name", "where", "note")
_LOST = (
    "It is forgotten for everybody, on all comparisons of this folder. The examples and their figures stay; a budget "
    "that has the condition itself stays as it is."
)


@st.dialog("Save a slice", width="medium")
def ask_to_save(comparison: Comparison, where: str = "", name: str = "") -> None:
    """Ask for the name, the condition and a note; `where` and `name` fill them in."""
    _close_when_done()
    show(tag("p", "It is kept for everybody with the comparisons of this folder, and judged on each of them."))
    keys = {field: f"slices: {field} for {where}" for field in _FIELDS}
    with st.form("slices-save", border=False):
        st.text_input("Name", value=name[:LONGEST_NAME], key=keys["name"], max_chars=LONGEST_NAME)
        st.text_area(
            "Condition on any column, in SQL", value=where, key=keys["where"], max_chars=LONGEST_CONDITION, height=80,
            placeholder="source = 'web' AND has_word(text_a, 'not')",
            help="Columns: label, old_pred, new_pred, old_conf, new_conf, text_a, text_b, and those of your data. "
            "has_word(text_a, 'not') asks for a whole word.",
        )  # fmt: skip
        st.text_area("Note", key=keys["note"], max_chars=LONGEST_NOTE, height=80, placeholder="What it is about")
        st.form_submit_button("Save", type="primary", on_click=_save, args=(comparison, keys))


@st.dialog("Rename this slice")
def ask_to_rename(comparison: Comparison, name: str) -> None:
    """Ask for the new name."""
    _close_when_done()
    show(tag("p", name, class_="fs-dialog-name"))
    key = f"slices: new name of {name}"
    with st.form("slices-rename", border=False):
        st.text_input("New name", value=name, key=key, max_chars=LONGEST_NAME)
        st.form_submit_button("Rename", type="primary", on_click=_rename, args=(comparison, name, key))


@st.dialog("Delete this slice?")
def ask_to_delete(comparison: Comparison, name: str) -> None:
    """Say what is lost, and ask."""
    _close_when_done()
    show(join(tag("p", name, class_="fs-dialog-name"), tag("p", _LOST)))
    with st.container(horizontal=True, gap="small"):
        st.button("Delete", type="primary", key="slices-delete-yes", on_click=_delete, args=(comparison, name))
        if st.button("Keep it", key="slices-delete-no"):
            st.rerun()


def tell_what_was_done() -> None:
    """Say what the last dialog did, or what kept it from that."""
    for said, kind in ((_DONE, "done"), (_WRONG, "error")):
        if told := st.session_state.pop(said, None):
            show(note(kind, *told))


def _close_when_done() -> None:
    """Close the dialog, or say in it what went wrong; called when it is made again after an answer."""
    if _DONE in st.session_state:
        st.rerun()
    tell_what_was_done()


def _save(comparison: Comparison, keys: dict[str, str]) -> None:
    name, where, told = (st.session_state[keys[field]] for field in _FIELDS)
    with _told(f"{name.strip()} is saved."):
        check_fits(comparison, where)
        saved_for(comparison).save(name, where, told)


def _rename(comparison: Comparison, name: str, key: str) -> None:
    new = st.session_state[key].strip()
    with _told(f"{name} is called {new} now."):
        saved_for(comparison).rename(name, new)


def _delete(comparison: Comparison, name: str) -> None:
    with _told(f"{name} is deleted."):
        saved_for(comparison).delete(name)


@contextmanager
def _told(done: str) -> Iterator[None]:
    """Keep for the page that something was done, or why it was not."""
    try:
        yield
        st.session_state[_DONE] = [done]
    except FlipscopeError as error:
        st.session_state[_WRONG] = [error.what, *([error.do] if error.do else [])]
