"""What lists of examples and of test cases have in common: pages, and links to what is open."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from flipscope_app.markup import show, show_linked, tag
from flipscope_app.state import warn_of_unknown


def choose_page(total: int, size: int) -> int:
    """Offer the pages of a list of `total` entries, `size` on each; gives the number of the chosen one, from 1."""
    pages = -(-total // size)
    warn_of_unknown("page", [str(number) for number in range(1, pages + 1)], "a page")
    if st.session_state.get("page", 1) > pages:  # another candidate has fewer
        st.session_state["page"] = 1
    return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1


def first_page() -> None:
    """Go back to the first page: pages of another selection, or view, have other rows. What is open stays open."""
    st.session_state["page"] = 1


def step(read: Callable[[int], pd.DataFrame], first: int, at: int | None, total: int, size: int) -> None:
    """Offer the examples before and after the open one, by button and key.

    Parameters
    ----------
    read : callable
        Reads a page, from 1, with ``row_id``.
    first : int
        Position of the first example of this page.
    at : int or None
        Place of the open example on this page; None when it is on no page or another one.
    total, size : int
        How many examples there are, and how many on a page.
    """
    position = None if at is None else first + at

    def go(target: int) -> None:
        number = target // size + 1
        st.query_params["row"] = str(read(number)["row_id"][target % size])
        st.session_state["steps"] = st.session_state.get("steps", 0) + 1
        if number != first // size + 1:
            st.session_state["page"] = number

    after = first if position is None else position + 1
    st.button(
        "Previous", icon=":material/chevron_left:", on_click=go, args=((position or 0) - 1,), shortcut="P",
        disabled=not position,
    )  # fmt: skip
    told = f"{total:,} examples" if position is None else f"{position + 1:,} of {total:,}"
    show(tag("span", told, class_="fs-muted"), width="content")
    st.button(
        "Next", icon=":material/chevron_right:", icon_position="right", on_click=go, args=(after,), shortcut="N",
        disabled=after >= total,
    )  # fmt: skip


def copy_link(name: str, value: str) -> None:
    """Offer to copy a link to what is open, which the address calls `name`; the filters go with it."""
    here = {**{key: st.query_params.get_all(key) for key in st.query_params}, name: value}
    with st.container(width="content", key="copy"):
        address = f"?{urlencode(here, doseq=True)}"
        show_linked(tag("button", "Copy link", type="button", class_="fs-copy", data_copy=address), key="copy link")
