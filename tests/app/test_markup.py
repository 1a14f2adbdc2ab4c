"""Everything the dashboard shows as HTML goes through these few functions."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope_app.markup import Html, join, link, show, tag


class Reader(HTMLParser):
    """Collects the elements, attribute values and texts that a browser would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.values: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data):
        self.text += data


def read(markup):
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


@given(st.text(), st.text())
def test_any_text_comes_out_as_that_text_and_nothing_else(child, value):
    reader = read(tag("p", child, title=value))
    assert reader.elements == ["p"]
    assert reader.text == child
    assert reader.values == [value]


def test_markup_made_here_is_not_escaped_again():
    assert tag("p", tag("b", "1 < 2"), " & more") == "<p><b>1 &lt; 2</b> &amp; more</p>"
    assert isinstance(join("a", tag("i")), Html)


def test_changed_markup_is_text_again():
    assert join(tag("b") + "<script>") == "&lt;b&gt;&lt;/b&gt;&lt;script&gt;"


def test_names_that_python_keeps_for_itself():
    assert tag("p", class_="x", aria_label="y") == '<p class="x" aria-label="y"></p>'


def test_links_carry_any_value():
    markup = link("examples", {"task": 'a&b="c"', "value": ["x", "y"]}, "go")
    assert read(markup).values == ["examples?task=a%26b%3D%22c%22&value=x&value=y"]


def test_plain_strings_are_not_shown_as_markup():
    with pytest.raises(TypeError):
        show("<b>not made by tag()</b>")
