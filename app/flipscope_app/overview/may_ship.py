"""May it ship: the verdict on the chosen candidate, by the budget that is kept or by one that is tried here."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import partial

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.judge.listed import texts_of
from flipscope.schema import Verdict
from flipscope_app.budget import budget_query, choose_max_nfr, offer_to_keep, tell_what_was_kept, verdicts
from flipscope_app.markup import Html, Query, join, show, show_linked, tag
from flipscope_app.overview.flips_behind import FlipsBehind
from flipscope_app.overview.verdict import decisions_line, kept_line, verdict_banner
from flipscope_app.state import base_query

_ASK = "May it ship? Say how large a share of the examples may break, and every task is judged against it."
_ASK_ANOTHER = "This verdict is kept with the comparison. Try another limit: it changes nothing for others."


def show_verdict(comparison: Comparison, candidate: str) -> None:
    """Show the verdict, and below it the field to judge by another largest NFR; of suites alone only what is kept."""
    tell_what_was_kept()
    place = st.container()
    asked = _choose(comparison) if comparison.tasks else None
    kept = verdicts(comparison, None)
    found = verdicts(comparison, asked)
    with place:
        if candidate in found:
            _banner(comparison, candidate, asked, found, kept)


def _choose(comparison: Comparison) -> float | None:
    """Ask for the largest NFR, and say what it is for, or how to go on from there."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="budget"):
        asked = choose_max_nfr()
        kept = verdicts(comparison, None)
        if verdicts(comparison, asked) == kept:
            show(tag("p", _ASK_ANOTHER if kept else _ASK, class_="fs-muted fs-budget-told"))
        elif asked is not None:
            name = shlex.quote(comparison.title)
            command = tag("code", f"flipscope gate {name} --max-nfr {asked:.10g}")
            told = join("The same on the command line and in CI: ", command, "; ", tag("code", "--save"), " keeps it.")
            show(tag("p", told, class_="fs-muted fs-budget-told"))
            offer_to_keep(comparison, asked)
    return asked


def _banner(
    comparison: Comparison,
    candidate: str,
    asked: float | None,
    found: Mapping[str, Verdict],
    kept: Mapping[str, Verdict],
) -> None:
    query = budget_query(asked)

    def query_of(name: str) -> dict[str, Query]:
        return {**base_query(comparison, name), **query}

    decisions: str | Html = ""
    if len(comparison.candidates) > 1:
        decisions = decisions_line({name: each.decision for name, each in found.items()}, candidate, query_of)
    told: str | Html = ""
    if candidate in kept and found != kept:
        told = kept_line(kept[candidate], base_query(comparison, candidate))
    flips, texts = FlipsBehind(comparison, candidate), partial(texts_of, comparison, candidate)
    show_linked(verdict_banner(found[candidate], flips, texts, told, decisions), key="verdict")
