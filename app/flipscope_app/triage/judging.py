"""Judge examples: saved at once, never over what somebody else said meanwhile, and taken back with one key."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.store.triage import JUDGEMENTS, Triage, user_name
from flipscope_app.markup import Html, show, tag
from flipscope_app.settings import settings
from flipscope_app.state import note as boxed
from flipscope_app.triage.judgements import NAMES, TOLD, Judged, fitting, judged_by_row, judged_line, judged_meanwhile

_DONE, _TOLD, _NAME = "triage: done", "triage: told", "triage: name"
#: Judgements that can be taken back one after the other.
_MOST_UNDONE = 100
_LONGEST_NOTE, _LONGEST_NAME = 2000, 80


def kept_judgements(comparison: Comparison, task: str, candidate: str) -> dict[int, Judged]:
    """Get what is judged of a candidate's answers to a task, by row id, as it is at this moment."""
    return _kept(comparison, comparison.version, Triage(comparison).version, task, candidate)


@st.cache_data(max_entries=20, show_spinner=False)
def _kept(_comparison: Comparison, version: str, triage: str, task: str, candidate: str) -> dict[int, Judged]:
    return judged_by_row(Triage(_comparison).table(task, candidate))


def why_not(comparison: Comparison) -> str | None:
    """Say why nothing can be judged here; None when it can."""
    if settings().workspace is None:
        return "A single comparison is served here, to look at only: judge in a dashboard of the folder that holds it."
    if not os.access(comparison.path, os.W_OK):
        return "This comparison can't be written to, so nothing can be judged here."
    return None


def author() -> str:
    """Get who judges: who is logged in, else the name that was typed, else whoever runs this dashboard."""
    if settings().people:
        return str(st.user.to_dict().get("email") or "")
    return str(st.session_state.get(_NAME) or "").strip() or user_name()


def choose_author(*, labelled: bool) -> None:
    """Ask for the name that judgements are kept under, where nobody has to log in; it stays for the session."""
    if not settings().people:
        st.text_input(
            "Judged by", user_name(), key=_NAME, width=170, max_chars=_LONGEST_NAME, persist_state="session",
            placeholder="Your name, kept with each judgement",
            label_visibility="visible" if labelled else "collapsed",
        )  # fmt: skip


def tell_what_was_done() -> None:
    """Say what kept the last judgement from being saved, or what became of several."""
    if told := st.session_state.pop(_TOLD, None):
        show(told)


def tell_later(told: Html) -> None:
    """Keep something to be said when the page is made again."""
    st.session_state[_TOLD] = told


def judge(
    comparison: Comparison, row: dict[str, Any], judged: Judged | None, then: Callable[[], None] | None = None
) -> None:
    """Show what an example was found to be, and offer to judge it; `then` is called after each judgement."""
    with st.container(key="judge", gap="small"):
        if why := why_not(comparison):
            show(judged_line(judged, datetime.now(UTC)))
            show(tag("p", why, class_="fs-muted fs-small"))
            return
        _buttons(comparison, row, judged, then)


def _buttons(
    comparison: Comparison, row: dict[str, Any], judged: Judged | None, then: Callable[[], None] | None
) -> None:
    row_id = int(row["row_id"])
    note_key = f"note {comparison.path} {row['candidate']} {row_id} {judged.time if judged else ''}"

    def save(judgement: str) -> None:
        typed = str(st.session_state.get(note_key) or "").strip()
        _save(comparison, row["candidate"], row_id, judgement, judged, typed, then)

    with st.container(horizontal=True, gap="small", key="judgements"):
        for judgement in fitting(row):
            st.button(
                NAMES[judgement], key=f"judge {judgement}", on_click=save, args=(judgement,), help=TOLD[judgement],
                type="primary" if judged and judged.judgement == judgement else "secondary",
                shortcut=str(1 + JUDGEMENTS.index(judgement)),
            )  # fmt: skip
        st.button("Undo", key="undo", icon=":material/undo:", on_click=_undo, args=(comparison,), shortcut="U",
                  disabled=not _undoable(comparison), type="tertiary")  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="note"):
        st.text_input(
            "Note", judged.note if judged else "", key=note_key, max_chars=_LONGEST_NOTE,
            placeholder="Note, kept with the judgement", label_visibility="collapsed",
            on_change=save if judged else None, args=(judged.judgement,) if judged else (),
        )  # fmt: skip
        choose_author(labelled=False)
    if judged:
        show(judged_line(judged, datetime.now(UTC), with_note=False))


def _save(
    comparison: Comparison, candidate: str, row_id: int, judgement: str | None, seen: Judged | None, note: str | None,
    then: Callable[[], None] | None,
) -> None:  # fmt: skip
    """Save a judgement, unless what the visitor saw of the example is not what is kept by now."""
    try:
        if (found := _current(comparison, candidate, row_id)) != seen:
            st.session_state[_TOLD] = judged_meanwhile(found, datetime.now(UTC))
            st.query_params["row"] = str(row_id)
            return
        Triage(comparison).mark([row_id], judgement, candidate=candidate, note=note, author=author())
        done = st.session_state.setdefault(_DONE, [])
        done.append((comparison.path, candidate, row_id, seen, _current(comparison, candidate, row_id)))
        del done[:-_MOST_UNDONE]
    except FlipscopeError as error:
        st.session_state[_TOLD] = boxed("error", str(error))
        return
    if then:
        then()


def _current(comparison: Comparison, candidate: str, row_id: int) -> Judged | None:
    return judged_by_row(Triage(comparison).of([row_id], candidate)).get(row_id)


def _undoable(comparison: Comparison) -> bool:
    return any(path == comparison.path for path, *_ in st.session_state.get(_DONE, ()))


def _undo(comparison: Comparison) -> None:
    """Take the last judgement of this visitor back, and open its example."""
    done = st.session_state[_DONE]
    last = max(place for place, each in enumerate(done) if each[0] == comparison.path)
    _, candidate, row_id, before, after = done.pop(last)
    st.query_params["row"] = str(row_id)
    try:
        if (found := _current(comparison, candidate, row_id)) != after:
            st.session_state[_TOLD] = judged_meanwhile(found, datetime.now(UTC))
            return
        judgement, note = (before.judgement, before.note) if before else (None, None)
        Triage(comparison).mark([row_id], judgement, candidate=candidate, note=note, author=author())
    except FlipscopeError as error:
        st.session_state[_TOLD] = boxed("error", str(error))
