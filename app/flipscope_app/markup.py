"""The one place where HTML is made: whatever is not markup already is escaped."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

#: A value of a link's query: one, or several.
Query = str | list[str]


class Html(str):
    """Markup made by `tag` and `join`: safe to show."""

    __slots__ = ()


def tag(name: str, *children: str | Html, **attributes: str) -> Html:
    """Make an element.

    Parameters
    ----------
    name : str
        Such as ``"td"``; from the code, never from data.
    *children : str
        `Html` goes in as it is, any other string as text.
    **attributes : str
        Their values are escaped; ``class_`` gives ``class``, ``aria_label`` gives ``aria-label``.

    Returns
    -------
    Html
    """
    written = "".join(f' {_attribute(key)}="{html.escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def join(*parts: str | Html) -> Html:
    """Put parts after each other: `Html` as it is, any other string as text."""
    return Html("".join(part if isinstance(part, Html) else html.escape(part) for part in parts))


def link(page: str, query: Mapping[str, Query], *children: str | Html, **attributes: str) -> Html:
    """Make a link to a page of the dashboard; `show_linked` opens it without a page load."""
    return tag("a", *children, href=address(page, query), **attributes)


def figure_cell(main: str | Html, below: str | Html = "") -> Html:
    """Make a cell of a table of figures: what counts, and in small what is told under it."""
    return tag("td", main, tag("span", below, class_="fs-below"))


def figure_table(heads: Mapping[str, str], rows: Iterable[Html]) -> Html:
    """Make a table of figures that scrolls where it is wider than the page; each head has what it says in a tooltip."""
    head = join(*(tag("th", name, scope="col", title=told) for name, told in heads.items()))
    made = tag("table", tag("thead", tag("tr", head)), tag("tbody", *rows), class_="fs-figures")
    return tag("div", made, class_="fs-scroll")


def address(page: str, query: Mapping[str, Query]) -> str:
    """Write the address of a page of the dashboard, as pages link to each other."""
    return f"{page}?{urlencode(query, doseq=True)}"


def show(markup: Html, width: Literal["stretch", "content"] = "stretch") -> None:
    """Show markup that nobody clicks on."""
    _require_markup(markup)
    st.html(markup, width=width)


def show_linked(markup: Html, key: str, on_ask: Callable[[dict[str, Query]], None] | None = None) -> None:
    """Show markup with links.

    Parameters
    ----------
    markup : Html
        What to show. Its links are followed within the browser, and Back leads back from each in one step.
    key : str
        Name of this place on the page.
    on_ask : callable, optional
        Called with the query of a clicked link that has ``data_ask=""``, before the page is made again: for what is no
        place to go to, such as a question.
    """
    _require_markup(markup)

    def asked() -> None:
        if on_ask:
            on_ask(_query_of(st.session_state[key]["asked"]))

    _linked()(data=str(markup), key=key, on_asked_change=asked)


def go_to(target: str | None) -> None:
    """Have the browser go to an address, in the same way as a click on a link; nowhere when there is none."""
    _linked()(data={"go": target, "turn": token_hex(4)} if target else "", key="go to")


def _query_of(address: str) -> dict[str, Query]:
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}


def _require_markup(markup: Html) -> None:
    if not isinstance(markup, Html):
        raise TypeError("only markup made by tag() and join() can be shown")


@st.cache_resource
def _linked() -> Callable[..., Any]:
    script = Path(__file__).with_name("links.js").read_text("utf-8")
    return st.components.v2.component("flipscope_links", js=script, isolate_styles=False)


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
