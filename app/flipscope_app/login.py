"""Who is let in, where login is configured."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flipscope_app.markup import show, tag
from flipscope_app.settings import settings
from flipscope_app.state import note


def require_login() -> None:
    """End the page with a login page unless the visitor may come in, or nobody has to log in."""
    people = settings().people
    if not people:
        return
    visitor = st.user.to_dict()
    if not visitor.get("is_logged_in"):
        _ask_to_log_in()
        st.stop()
    refusal = refusal_of(visitor, people)
    if refusal:
        with _card():
            show(note("error", refusal))
            st.button("Log in as someone else", on_click=st.logout, type="primary", width="stretch")
        st.stop()
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="visitor"):
        show(tag("span", str(visitor["email"]), class_="fs-muted fs-small"), width="content")
        st.button("Log out", on_click=st.logout, type="tertiary")


def refusal_of(visitor: dict[str, Any], people: tuple[str, ...]) -> str | None:
    """Say why somebody who has logged in may not come in.

    Parameters
    ----------
    visitor : dict
        What the provider says of them: ``email`` and ``email_verified``.
    people : tuple of str
        Addresses in lower case, or ``*@example.com`` for all of a domain.

    Returns
    -------
    str or None
        None when they may.
    """
    address = str(visitor.get("email") or "").strip().lower()
    if "@" not in address:
        return "Your login names no e-mail address, and this dashboard goes by it."
    if visitor.get("email_verified") is not True:
        return f"Whoever you logged in with does not confirm that {address} is yours."
    everybody_there = f"*@{address.rpartition('@')[2]}"
    if address in people or everybody_there in people:
        return None
    return f"{address} is not among the people who may see this dashboard. Ask whoever runs it."


def _ask_to_log_in() -> None:
    with _card():
        show(tag("p", "This dashboard is for people who were given access.", class_="fs-muted"))
        st.button("Log in", on_click=st.login, type="primary", width="stretch")


def _card() -> Any:
    _, middle, _ = st.columns([1, 1.2, 1])
    card = middle.container(border=True, key="login")
    with card:
        show(tag("header", tag("h1", "flipscope"), class_="fs-title"))
    return card
