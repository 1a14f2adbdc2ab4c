"""What lists of examples and of test cases have in common: pages, and links to what is open."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from flipscope_app.markup import show_linked, tag
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


def copy_link(name: str, value: str) -> None:
    """Offer to copy a link to what is open, which the address calls `name`; the filters go with it."""
    here = {**{key: st.query_params.get_all(key) for key in st.query_params}, name: value}
    with st.container(width="content", key="copy"):
        address = f"?{urlencode(here, doseq=True)}"
        show_linked(tag("button", "Copy link", type="button", class_="fs-copy", data_copy=address), key="copy link")
