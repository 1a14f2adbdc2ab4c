"""Two texts with the words that only one of them has marked; data in, markup out."""

from __future__ import annotations

from flipscope.explain.textdiff import Span, diff_words
from flipscope_app.markup import Html, join, tag


def two_sides(a: str, b: str) -> tuple[Html, Html]:
    """Write both texts, each with its own words marked: underlined, tinted, and told to screen readers.

    To be put into an element with ``dir="auto"``; the marks leave the direction of the text alone.
    """
    spans = diff_words(a, b)
    return _side(spans, "removed"), _side(spans, "added")


def _side(spans: list[Span], own: str) -> Html:
    shown = [span for span in spans if span.kind in ("same", own)]
    return join(*(_marked(span.text) if span.kind == own else span.text for span in shown))


def _marked(text: str) -> Html:
    """Mark a piece, but not the spaces around it."""
    bare = text.strip()
    if not bare:
        return join(text)
    before, after = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
    # An element with a direction of its own has no say in that of the text around it.
    start, end = (tag("span", told, class_="fs-hidden fs-told-mark", dir="ltr") for told in ("[differs: ", "]"))
    return join(before, tag("mark", start, bare, end, class_="fs-differs"), after)
