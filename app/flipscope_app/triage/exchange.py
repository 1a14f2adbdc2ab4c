"""Judgements in and out: as a file, and from other comparisons of the folder that have the same examples."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.store.triage import Source, Triage
from flipscope.triage_words import taken_over
from flipscope_app.markup import show, tag
from flipscope_app.state import note
from flipscope_app.triage.judging import tell_later, tell_problem
from flipscope_app.triage.marking import why_not
from flipscope_app.uploads.widget import discard, upload

_MOST_BYTES = 20_000_000  # some 50,000 judgements
_WHAT_FITS = (
    "Judgements are taken over where task, texts and gold label are the same. Of two on the same example the later one "
    "counts, and both are kept."
)


def exchange(comparison: Comparison) -> None:
    """Offer to download all judgements, and to take others over, where that may be done here."""
    show(tag("h2", "Export", class_="fs-part"))
    st.download_button(
        "Export all judgements", lambda: _exported(comparison), file_name="triage.jsonl", mime="application/jsonl",
        on_click="ignore", icon=":material/download:",
        help="All tasks and candidates, with their history, as JSON Lines.",
    )  # fmt: skip
    show(tag("h2", "Import", class_="fs-part"))
    if why := why_not(comparison):
        show(tag("p", why, class_="fs-muted"))
        return
    show(tag("p", _WHAT_FITS, class_="fs-muted fs-small"))
    _upload(comparison)
    sources = Triage(comparison).fitting()
    if sources:
        show(tag("h2", "From other comparisons of this folder", class_="fs-part"))
    for place, source in enumerate(sources):
        _offer(comparison, source, place)


def _exported(comparison: Comparison) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "triage.jsonl"
        Triage(comparison).export(file)
        return file.read_bytes()


def _offer(comparison: Comparison, source: Source, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"source {place}"):
        several = "" if source.judgements == 1 else "s"
        show(tag("span", tag("b", f"{source.judgements:,}"), f" judgement{several} from ", tag("bdi", source.title)),
             width="content")  # fmt: skip
        st.button("Take over", key=f"take over {place}", on_click=_take_over, args=(comparison, source.path))


def _upload(comparison: Comparison) -> None:
    label = "A file that was exported here or with flipscope triage export"
    place = f"triage file {hash(comparison.path)}"  # of this comparison alone: another's file is not taken over here
    file = upload(label, place, kinds="judgements", most_bytes=_MOST_BYTES)
    if file is not None:
        _take_over(comparison, file)
        discard(place)
        st.rerun()  # what was taken over changes all that stands above


def _take_over(comparison: Comparison, source: Path) -> None:
    try:
        tell_later(note("done", f"{taken_over(Triage(comparison).import_(source))}."))
    except FlipscopeError as error:
        tell_problem(error)
