"""Judge several flips at once, after a question: those selected in a table, or all that the filters let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope_app.browsing import choose_page
from flipscope_app.examples.example_list import table_columns
from flipscope_app.markup import Html, join, show, tag
from flipscope_app.state import note
from flipscope_app.triage.judgements import NAMES, Judged
from flipscope_app.triage.judging import choose_author, kept_judgements, offer_undo, tell_later, tell_problem
from flipscope_app.triage.listing import Listing
from flipscope_app.triage.marking import author, mark, why_not

_PAGE_SIZE = 200
_CLOSE = "triage: close the question"
_NOT_JUDGED = "Not judged"
_BY_NAME: dict[str, str | None] = {**{name: judgement for judgement, name in NAMES.items()}, _NOT_JUDGED: None}


def several_at_once(comparison: Comparison, listing: Listing, judged: Mapping[int, Judged]) -> None:
    """Show the flips as a table to select from, and offer to mark the selected ones, or all."""
    place = st.container()
    number = choose_page(len(listing), _PAGE_SIZE)
    rows = listing.page(comparison, number, _PAGE_SIZE)
    selected = _table(comparison, listing, rows, number, judged)
    with place:
        if why := why_not(comparison):
            show(tag("p", why, class_="fs-muted"))
        else:
            _offer(comparison, listing, [int(rows["row_id"][place]) for place in selected])


def _table(
    comparison: Comparison, listing: Listing, rows: pd.DataFrame, number: int, judged: Mapping[int, Judged]
) -> list[int]:
    names, config = table_columns(comparison, listing.task)
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
        shown, key=f"several {hash(listing)} {number}", hide_index=True, column_config={**config, **titled}, height=420,
        lazy=False, on_select="rerun", selection_mode="multi-row", alt="Negative flips; select rows to judge them",
    )  # fmt: skip
    return [place for place in event.selection.rows if place < len(rows)]


def _offer(comparison: Comparison, listing: Listing, selected: list[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="several"):
        name = st.selectbox("Mark as", list(_BY_NAME), key="mark as", width=170)
        typed = st.text_input("Note", key="note on several", max_chars=2000, width=240)
        choose_author(labelled=True)
        count = len(selected)
        if st.button(f"Mark {count:,} selected", disabled=not count, type="primary" if count else "secondary"):
            _ask(comparison, listing, selected, name, typed)
        if st.button(f"Mark all {len(listing):,}"):
            _ask(comparison, listing, listing.row_ids, name, typed)
        offer_undo(comparison)


@st.dialog("Mark several at once?")
def _ask(comparison: Comparison, listing: Listing, row_ids: Sequence[int], name: str, typed: str) -> None:
    """Say how many would be marked, and how many are judged already; those stay unless they are asked for."""
    if st.session_state.pop(_CLOSE, False):
        st.rerun()
    seen = kept_judgements(comparison, listing.task, listing.candidate)
    judged, takes_back = sum(row in seen for row in row_ids), _BY_NAME[name] is None
    question = st.container()
    too = judged > 0 and not takes_back and st.checkbox(f"Also replace {judged:,} that {_are(judged)} judged already")
    wanted = {row: seen.get(row) for row in row_ids if too or (row in seen) == takes_back}
    verb = "Take back" if takes_back else "Mark"
    with question:
        asked = _question(len(wanted), judged, listing.task, name, takes_back=takes_back)
        show(join(asked, tag("p", "Kept under the name ", tag("bdi", author()), ".", class_="fs-muted fs-small")))

    def save() -> None:
        _mark(comparison, listing.candidate, wanted, name, typed.strip())

    with st.container(horizontal=True, gap="small"):
        st.button(f"{verb} {len(wanted):,}", type="primary", key="several yes", on_click=save, disabled=not wanted)
        if st.button("Cancel", key="several no"):
            st.rerun()


def _question(count: int, judged: int, task: str, name: str, *, takes_back: bool) -> Html:
    number = tag("b", f"{count:,}")
    if takes_back:
        return tag("p", "Take back ", number, f" judgement{'' if count == 1 else 's'} of negative flips of {task}?")
    flips = f" negative flip{'' if count == 1 else 's'} of {task} as "
    asked = tag("p", "Mark ", number, flips, tag("b", name.lower()), "?")
    told = "" if judged else tag("p", "None of them is judged yet.")
    return join(asked, told)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _mark(comparison: Comparison, candidate: str, wanted: Mapping[int, Judged | None], name: str, typed: str) -> None:
    """Mark all that nobody else judged while the question was open."""
    st.session_state[_CLOSE] = True
    try:
        left = len(mark(comparison, candidate, wanted, _BY_NAME[name], typed or None))
    except FlipscopeError as error:
        tell_problem(error)
        return
    count = len(wanted) - left
    flips = f"{count:,} negative flip{'' if count == 1 else 's'}"
    done = f"{flips} marked as {name.lower()}." if _BY_NAME[name] else f"{flips} not judged any more."
    if left:
        done += f" {left:,} left alone: somebody else judged them meanwhile."
    tell_later(note("done", done))
