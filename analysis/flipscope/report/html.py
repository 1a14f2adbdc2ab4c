"""A report as one HTML page: no request, no script but that of its charts, nothing from data read as markup."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.report import charts
from flipscope.report.blocks import Chart, Report, Words
from flipscope.words import OUTCOME_SIGNS

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = Path(__file__).parent / "templates"


def as_html(report: Report, *, links: bool = True, live: bool = True) -> str:
    """Write a report as a page that opens from disk, in light and dark, and prints.

    Parameters
    ----------
    report : Report
        What it says.
    links : bool
        Whether the sections are linked. That does not work where a page shows the report in a frame: the frame would
        open that page.
    live : bool
        Whether charts answer to the mouse. This brings plotly, in 2 MB, if there is a chart; without, the page has no
        script, and its charts are drawings.
    """
    style = (_TEMPLATES / "report.css").read_text("utf-8")
    live = live and any(isinstance(block, Chart) for section in report.sections for block in section.blocks)
    loader = (_TEMPLATES / "charts.js").read_text("utf-8")
    if live:  # plotly sets styles of its own
        policy = f"style-src 'unsafe-inline'; script-src {_digest(loader)} {_plotly().digest}"
    else:
        policy = f"style-src {_digest(style)}"
    return _template().render(
        report=report,
        links=links,
        live=live,
        style=style,
        inks=_inks(style),
        policy=policy,
        plotly=_plotly() if live else None,
        loader=loader,
        signs=OUTCOME_SIGNS,
    )


def _digest(text: str) -> str:
    """Name a text in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@dataclass(frozen=True)
class _Library:
    digest: str
    packed: str


@cache
def _plotly() -> _Library:
    """Get plotly's own script, packed: as it is, it has 4.8 MB."""
    from plotly.offline import get_plotlyjs

    source = get_plotlyjs()
    return _Library(_digest(source), base64.b64encode(gzip.compress(source.encode(), mtime=0)).decode())


def _inks(style: str) -> dict[str, str]:
    """Get the light colours of the style sheet, by what they stand for."""
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", style.partition("}")[0]))
    names = {
        "strong": "text", "negative": "red", "positive": "blue", "old": "muted", "muted": "muted", "span": "muted",
        "zero": "muted", "axis": "line", "page": "page",
    }  # fmt: skip
    return {name: colours[colour] for name, colour in names.items()}


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
    for filter in (charts.drawing, charts.heading, charts.tick, charts.as_json):
        environment.filters[filter.__name__] = filter
    return environment.get_template("report.html")


def _printable(text: str) -> str:
    """Drop control characters, which HTML can't hold; spaces and invisible joiners stay."""
    return "".join(" " if char.isspace() or ord(char) < 32 or 127 <= ord(char) < 160 else char for char in text)
