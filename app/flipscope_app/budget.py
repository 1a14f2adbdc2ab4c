"""The budget that a visitor asks for, and the verdicts by it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.gate import judge_by, keep
from flipscope.schema import Verdict
from flipscope_app.markup import Query, show
from flipscope_app.settings import settings
from flipscope_app.state import note, open_cached

_KEY, _TOLD = "max_nfr_percent", "budget: told"


def choose_max_nfr(width: Literal["stretch"] | int = 150) -> float | None:
    """Ask for the largest NFR, in the URL in percent and the same on all pages; gives a fraction of 1."""
    # Not bound to the address: from there Streamlit would take it on the way to another page.
    st.session_state[_KEY] = _in_address()
    given = st.number_input(
        "Largest NFR, 0–100 %", 0.0, 100.0, None, 0.5, "%.4g", key=_KEY, on_change=_to_address,
        width=width, placeholder="such as 2",
        help="The largest share of examples that may break. The candidate keeps it when even the upper bound of its "
        "negative flip rate does, on every task.",
    )  # fmt: skip
    return None if given is None else round(given / 100, 12)


def _in_address() -> float | None:
    """Read the largest NFR in percent from the address; says so when what is there is no such number."""
    given = st.query_params.get(_KEY)
    if not given:
        return None
    try:
        percent = float(given)
    except ValueError:
        percent = -1.0
    if 0 <= percent <= 100:
        return percent
    show(note("warning", "The link asks for a largest NFR that is no number from 0 to 100; it is left out."))
    return None


def _to_address() -> None:
    given = st.session_state[_KEY]
    if given is None:
        st.query_params.pop(_KEY, None)
    else:
        st.query_params[_KEY] = f"{given:.10g}"


def budget_query(max_nfr: float | None) -> dict[str, Query]:
    """Get what links carry for the largest NFR that was asked for."""
    return {} if max_nfr is None else {_KEY: f"{100 * max_nfr:.10g}"}


def verdicts(comparison: Comparison, max_nfr: float | None) -> dict[str, Verdict]:
    """Get the verdict on each candidate: by the NFR that is asked for, else those that are kept."""
    if max_nfr is None:
        return {each.name: each.verdict for each in comparison.results.candidates if each.verdict}
    return _judged(comparison, comparison.version, max_nfr)


@st.cache_data(max_entries=100, show_spinner="Judging")
def _judged(_comparison: Comparison, version: str, max_nfr: float) -> dict[str, Verdict]:
    found = judge_by(_comparison, max_nfr=max_nfr).results.candidates
    return {each.name: each.verdict for each in found if each.verdict}


def with_verdict(comparison: Comparison, max_nfr: float | None) -> Comparison:
    """Get the comparison with the verdicts by the NFR that is asked for; as it is when none is."""
    return comparison if max_nfr is None else judge_by(comparison, max_nfr=max_nfr)


def offer_to_keep(comparison: Comparison, max_nfr: float) -> None:
    """Offer to keep the verdicts with the comparison, where visitors may change comparisons and the disk lets them."""
    if settings().workspace is None or not os.access(comparison.path, os.W_OK):
        return
    replaces = any(each.verdict for each in comparison.results.candidates)
    st.button(
        "Replace the kept verdict" if replaces else "Keep this verdict", icon=":material/bookmark:", key="keep verdict",
        on_click=_keep, args=(comparison.path, max_nfr), help="For everybody who opens this comparison.",
    )  # fmt: skip


def _keep(folder: Path, max_nfr: float) -> None:
    try:
        keep(judge_by(open_cached(folder), max_nfr=max_nfr))
    except FlipscopeError as error:
        st.session_state[_TOLD] = ("error", str(error))
    except OSError as error:
        st.session_state[_TOLD] = ("error", f"The verdict can't be kept: {error.strerror}.")
    else:
        st.session_state[_TOLD] = ("done", "The verdict is kept with the comparison.")
        st.query_params.pop(_KEY, None)  # what is kept is shown


def tell_what_was_kept() -> None:
    """Say what became of the wish to keep a verdict."""
    if told := st.session_state.pop(_TOLD, None):
        show(note(*told))
