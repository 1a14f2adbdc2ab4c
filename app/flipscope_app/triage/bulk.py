"""Judge several flips at once, after a question: those selected in a table, or all that the filters let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.store.triage import Triage
from flipscope_app.browsing import choose_page
from flipscope_app.examples.example_list import table_columns
from flipscope_app.markup import join, show, tag
from flipscope_app.state import note
from flipscope_app.triage.judgements import NAMES, Judged
from flipscope_app.triage.judging import author, choose_author, kept_judgements, tell_later, why_not
from flipscope_app.triage.queue import Queue

_PAGE_SIZE = 200
_CLOSE = "triage: close the question"
_BY_NAME = {name: judgement for judgement, name in NAMES.items()}


def several_at_once(comparison: Comparison, queue: Queue, total: int, judged: Mapping[int, Judged]) -> None:
    """Show the flips as a table to select from, and offer to mark the selected ones, or all."""
    place = st.container()
    number = choose_page(total, _PAGE_SIZE)
    rows = queue.page(comparison, number, _PAGE_SIZE)
    selected = _table(comparison, queue, rows, number, judged)
    with place:
        if why := why_not(comparison):
            show(tag("p", why, class_="fs-muted"))
        else:
            _offer(comparison, queue, total, [int(rows["row_id"][place]) for place in selected])


def _table(
    comparison: Comparison, queue: Queue, rows: pd.DataFrame, number: int, judged: Mapping[int, Judged]
) -> list[int]:
    names, config = table_columns(comparison, queue.task)
    kept = [judged.get(int(row)) for row in rows["row_id"]]
    shown = rows[[name for name in names if name != "outcome"]]
    shown.insert(0, "judgement", [NAMES[each.judgement] if each else "" for each in kept])
    shown.insert(1, "note", [each.note if each else "" for each in kept])
    titled = {
        "judgement": st.column_config.TextColumn("Judgement", width=130),
        "note": st.column_config.TextColumn("Note", width=110),
    }
    # A table keeps the numbers of its selected rows when the rows change: other rows make a new table.
    event = st.dataframe(
        shown, key=f"several {hash(queue)} {number}", hide_index=True, column_config={**config, **titled}, height=420,
        lazy=False, on_select="rerun", selection_mode="multi-row", alt="Negative flips; select rows to judge them",
    )  # fmt: skip
    return [place for place in event.selection.rows if place < len(rows)]


def _offer(comparison: Comparison, queue: Queue, total: int, selected: list[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="several"):
        name = st.selectbox("Mark as", list(_BY_NAME), key="mark as", width=170)
        typed = st.text_input("Note", key="note on several", max_chars=2000, width=240)
        choose_author(labelled=True)
        count = len(selected)
        if st.button(f"Mark {count:,} selected", disabled=not count, type="primary" if count else "secondary"):
            _ask(comparison, queue, selected, name, typed)
        if st.button(f"Mark all {total:,}"):
            _ask(comparison, queue, queue.row_ids(comparison), name, typed)


@st.dialog("Mark several at once?")
def _ask(comparison: Comparison, queue: Queue, row_ids: Sequence[int], name: str, typed: str) -> None:
    """Say how many would be marked, and of how many a judgement would be replaced; and ask."""
    if st.session_state.pop(_CLOSE, False):
        st.rerun()
    seen = kept_judgements(comparison, queue.task, queue.candidate)
    replaced = sum(row in seen for row in row_ids)
    what = tag("p", "Mark ", tag("b", f"{len(row_ids):,}"), f" negative flips of {queue.task} as ",
               tag("b", name.lower()), "?")  # fmt: skip
    told = f"{replaced:,} of them are judged already; that is replaced." if replaced else "None of them is judged yet."
    by = tag("p", "Kept under the name ", tag("bdi", author()), ".", class_="fs-muted")
    show(join(what, tag("p", told), by))

    def mark() -> None:
        _mark(comparison, queue, row_ids, name, typed.strip(), seen)

    with st.container(horizontal=True, gap="small"):
        st.button(f"Mark {len(row_ids):,}", type="primary", key="several yes", on_click=mark)
        if st.button("Cancel", key="several no"):
            st.rerun()


def _mark(
    comparison: Comparison, queue: Queue, row_ids: Sequence[int], name: str, typed: str, seen: Mapping[int, Judged]
) -> None:
    """Mark all that nobody else judged while the question was open."""
    st.session_state[_CLOSE] = True
    try:
        now = kept_judgements(comparison, queue.task, queue.candidate)
        still = [row for row in row_ids if now.get(row) == seen.get(row)]
        Triage(comparison).mark(
            still, _BY_NAME[name], candidate=queue.candidate, note=typed or None, author=author()
        )  # fmt: skip
    except FlipscopeError as error:
        tell_later(note("error", str(error)))
        return
    done = f"{len(still):,} negative flip{'' if len(still) == 1 else 's'} marked as {name.lower()}."
    if left := len(row_ids) - len(still):
        done += f" {left:,} left alone: somebody else judged them meanwhile."
    tell_later(note("done", done))
