"""Judge examples: saved at once, never over what somebody else said meanwhile, and taken back with one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.store.triage import JUDGEMENTS, Triage, user_name
from flipscope.store.triage_summary import TriageSummary, summarised
from flipscope_app.markup import Html, show, tag
from flipscope_app.settings import settings
from flipscope_app.state import note as boxed
from flipscope_app.triage.judgements import NAMES, TOLD, Judged, fitting, judged_by_row, judged_line, judged_meanwhile
from flipscope_app.triage.marking import NAME, current, known, mark, undo, undoable, was_drawn, why_not

_TOLD = "triage: told"
_LONGEST_NOTE, _LONGEST_NAME = 2000, 80


def kept_judgements(comparison: Comparison, task: str, candidate: str) -> dict[int, Judged]:
    """Get what is judged of a candidate's answers to a task, by row id, as it is at this moment."""
    return _kept(comparison, comparison.version, Triage(comparison).version, task, candidate)[0]


def kept_summary(comparison: Comparison, task: str, candidate: str) -> TriageSummary:
    """Get what the judgements of this moment make of the figures."""
    return _kept(comparison, comparison.version, Triage(comparison).version, task, candidate)[1]


@st.cache_data(max_entries=20, show_spinner=False)
def _kept(
    _comparison: Comparison, version: str, triage: str, task: str, candidate: str
) -> tuple[dict[int, Judged], TriageSummary]:
    table = Triage(_comparison).table(task, candidate)
    return judged_by_row(table), summarised(_comparison.result(task, candidate), table, candidate)


def choose_author(*, labelled: bool) -> None:
    """Ask for the name that judgements are kept under, where nobody has to log in; it stays for the session."""
    if not settings().people:
        if not labelled:
            show(tag("span", "by", class_="fs-muted", aria_hidden="true"), width="content")
        st.text_input(
            "Judged by", user_name(), key=NAME, width=170, max_chars=_LONGEST_NAME, persist_state="session",
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


def tell_problem(error: FlipscopeError) -> None:
    """Keep what went wrong to be said when the page is made again; where on the server means nothing to visitors."""
    tell_later(boxed("error", error.what, error.do or ""))


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
    row_id, candidate = int(row["row_id"]), str(row["candidate"])
    note_key = f"note {comparison.path} {candidate} {row_id} {judged.time if judged else ''}"

    def typed() -> str:
        kept = judged.note if judged else ""  # a click may come before the field of a note just saved is made again
        return str(st.session_state.get(note_key, kept) or "").strip()

    def save(judgement: str) -> None:
        if _save(comparison, candidate, row_id, judgement, judged, typed()) and then:
            then()

    def save_note() -> None:
        """Keep the note with what is judged by now: the click that took the field its focus may have come first."""
        try:
            latest = known(comparison, candidate, row_id, judged)
        except FlipscopeError as error:
            tell_problem(error)
            return
        if latest and latest.note != typed():
            _save(comparison, candidate, row_id, latest.judgement, judged, typed())

    with st.container(horizontal=True, gap="small", key="judgements"):
        for judgement in fitting(row):
            st.button(
                NAMES[judgement], key=f"judge {judgement}", on_click=save, args=(judgement,), help=TOLD[judgement],
                type="primary" if judged and judged.judgement == judgement else "secondary",
                shortcut=str(1 + JUDGEMENTS.index(judgement)),
            )  # fmt: skip
        offer_undo(comparison)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="note"):
        st.text_input(
            "Note", judged.note if judged else "", key=note_key, max_chars=_LONGEST_NOTE, persist_state="session",
            placeholder="Note, kept with the judgement", label_visibility="collapsed",
            on_change=save_note if judged else None,
        )  # fmt: skip
        choose_author(labelled=False)
    was_drawn(comparison, candidate, row_id, judged)
    if judged:
        show(judged_line(judged, datetime.now(UTC), with_note=False))


def offer_undo(comparison: Comparison) -> None:
    """Offer to take back what the visitor judged last, one or several at once."""
    st.button("Undo", key="undo", icon=":material/undo:", on_click=_undo, args=(comparison,), shortcut="U",
              disabled=not undoable(comparison), type="tertiary")  # fmt: skip


def _save(
    comparison: Comparison, candidate: str, row_id: int, judgement: str, seen: Judged | None, note: str
) -> bool:  # fmt: skip
    """Save a judgement, unless what the visitor knows of the example is not what is kept by now; tells whether."""
    try:
        if not mark(comparison, candidate, {row_id: known(comparison, candidate, row_id, seen)}, judgement, note):
            return True
        tell_later(judged_meanwhile(current(comparison, candidate, row_id), datetime.now(UTC)))
        st.query_params["row"] = str(row_id)
    except FlipscopeError as error:
        tell_problem(error)
    return False


def _undo(comparison: Comparison) -> None:
    """Take the last step of this visitor back; that of one example opens it."""
    try:
        step, left = undo(comparison)
        rows = list(step.before)
        if len(rows) > 1:
            tell_later(_several_undone(len(rows) - len(left), len(left)))
            return
        st.query_params["row"] = str(rows[0])
        if left:
            tell_later(judged_meanwhile(current(comparison, step.candidate, rows[0]), datetime.now(UTC)))
    except FlipscopeError as error:
        tell_problem(error)


def _several_undone(count: int, left: int) -> Html:
    told = f"{count:,} negative flip{'' if count == 1 else 's'} judged as before again."
    return boxed("done", f"{told} {left:,} left alone: somebody else judged them meanwhile." if left else told)
