"""A report as one HTML page: no script, no request, nothing from data read as markup."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.report.blocks import Report, Words
from flipscope.words import OUTCOME_SIGNS

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = Path(__file__).parent / "templates"


def as_html(report: Report, *, links: bool = True) -> str:
    """Write a report as a page that opens from disk, in light and dark, and prints.

    `links` to the sections do not work where a page shows the report in a frame: the frame would open that page.
    """
    style = (_TEMPLATES / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(report=report, links=links, style=style, digest=digest, signs=OUTCOME_SIGNS)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["words"] = lambda part: isinstance(part, Words)
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    environment.filters["printable"] = _printable
    return environment.get_template("report.html")


def _printable(text: str) -> str:
    """Drop control characters, which HTML can't hold; spaces and invisible joiners stay."""
    return "".join(" " if char.isspace() or ord(char) < 32 or 127 <= ord(char) < 160 else char for char in text)
