"""The dashboard without a browser: Streamlit's own AppTest on small comparisons."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

import flipscope_app
from builders import build_comparison, simulated_task
from flipscope.comparison import Comparison
from flipscope_app.settings import Settings

MAIN = Path(flipscope_app.__file__).with_name("main.py")


class Page:
    """A page of the dashboard, read the way a visitor reads it."""

    def __init__(self, test: AppTest) -> None:
        self.test = test

    def run(self) -> Page:
        """Make the page again; an uncaught error fails the test."""
        self._make()
        if target := self._target():  # what the browser would do
            parts = urlsplit(target)
            self.test.query_params.clear()
            for name, values in parse_qs(parts.query).items():
                self.test.query_params[name] = values
            self.test.switch_page(f"app_pages/{parts.path.strip('./') or 'home'}.py")
            self._make()
        return self

    def _make(self) -> None:
        self.test.run()
        assert not self.test.exception, self.test.exception[0].value
        assert "a mistake in flipscope" not in self.markup, "see the log"

    def _target(self) -> str | None:
        """Where the page asks the browser to go."""
        shown = [json.loads(element.proto.json) for element in self.test.get("bidi_component")]
        return next((data["go"] for data in shown if isinstance(data, dict) and data.get("go")), None)

    @property
    def markup(self) -> str:
        """All HTML on the page, in order of kind: static first, then what has links."""
        parts = [element.proto.body for element in self.test.get("html")]
        sent = [json.loads(element.proto.json) for element in self.test.get("bidi_component")]
        parts += [data for data in sent if isinstance(data, str)]  # others, such as uploaders, are sent no markup
        return "\n".join(parts)

    @property
    def text(self) -> str:
        """The page's own HTML as text."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.markup)).split())

    @property
    def total(self) -> int:
        """How many examples the filters let through."""
        return int(re.search(r"([\d,]+) of [\d,]+ examples", self.text)[1].replace(",", ""))

    @property
    def listed(self) -> list[int]:
        """Row ids of the examples on this page, in order."""
        return [int(row) for row in re.findall(r'href="[^"]*row=(\d+)[^"]*"', self.list_markup)]

    @property
    def list_markup(self) -> str:
        return re.search(r'<ul class="fs-list".*?</ul>', self.markup, re.DOTALL)[0]

    @property
    def opened(self) -> int:
        """Row id of the example shown side by side."""
        return int(re.search(r'row=(\d+)[^"]*" aria-current="true"', self.list_markup)[1])

    @property
    def warnings(self) -> list[str]:
        return [unescape(found) for found in re.findall(r'fs-warning" role="status"><p>(.*?)</p>', self.markup)]


@pytest.fixture(scope="session")
def three_tasks(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return build_comparison(tmp_path_factory.mktemp("three") / "three")


@pytest.fixture(scope="session")
def two_candidates(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    task = simulated_task("intent", 200, ("ask", "tell"), seed=4, candidates=("small", "large"))
    return build_comparison(tmp_path_factory.mktemp("two") / "two", [task])


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    """Open a page: ``visit(comparison or folder, "examples", outcome="All")``."""

    def open_page(served: Comparison | Path, name: str | None = None, /, **query: Any) -> Page:
        folder = served.path if isinstance(served, Comparison) else served
        monkeypatch.setattr("flipscope_app.settings._settings", Settings(folder))
        test = AppTest.from_file(MAIN, default_timeout=30)
        if name:
            test.run()  # registers the pages
            test.switch_page(f"app_pages/{name}.py")
        for parameter, value in query.items():
            test.query_params[parameter] = value
        return Page(test).run()

    return open_page
