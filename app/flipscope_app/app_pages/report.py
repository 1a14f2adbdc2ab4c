"""Report: choose what goes into it, look at it, and download it in any format that the library writes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from flipscope import report
from flipscope.comparison import Comparison
from flipscope.report import Options
from flipscope.report.content import make_report
from flipscope.report.html import as_html
from flipscope.report.pdf import can_write_pdf
from flipscope_app.markup import show, show_linked, tag
from flipscope_app.state import current, current_candidate, warn_of_unknown

_MOST_EXAMPLES = 200
_FORMATS = {
    "html": ("Web page (.html)", "text/html", ":material/description:"),
    "pdf": ("Pages on paper (.pdf)", "application/pdf", ":material/picture_as_pdf:"),
    "md": ("Markdown (.md)", "text/markdown", ":material/markdown:"),
    "json": ("All figures (.json)", "application/json", ":material/data_object:"),
    "csv": ("Flips (.csv)", "text/csv", ":material/table:"),
    "jsonl": ("Flips (.jsonl)", "application/x-ndjson", ":material/data_array:"),
    "parquet": ("Flips (.parquet)", "application/vnd.apache.parquet", ":material/database:"),
}


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Report", class_="fs-hidden"))
    left, right = st.columns([3, 9], gap="large")
    with left:
        options = _choose(comparison)
        _downloads(comparison, options)
    with right:
        if options.sections:
            html = _preview(comparison, comparison.version, options)
            frame = tag("iframe", srcdoc=html, sandbox="", title="Preview of the report", class_="fs-report")
            show_linked(frame, key="preview")
        else:
            show(tag("p", "Choose a section, and the report appears here.", class_="fs-empty"))


def _choose(comparison: Comparison) -> Options:
    """Let the visitor choose what goes into the report; every choice is in the URL."""
    titles = list(report.SECTIONS.values())
    warn_of_unknown("section", titles, "a section")
    chosen = st.pills(
        "Sections", titles, selection_mode="multi", default=titles, key="section", bind="query-params", wrap=True
    )
    examples = st.number_input(
        "Most severe flips", 0, _MOST_EXAMPLES, report.EXAMPLES, 5, key="examples", bind="query-params",
        help="How many of them the page and the Markdown list. The tables of flips have all.",
    )  # fmt: skip
    redact = st.toggle(
        "Leave out the texts", key="redact", bind="query-params",
        help="Also metadata columns with more than 100 different values: they may hold texts too.",
    )  # fmt: skip
    several = len(comparison.candidates) > 1
    every = several and st.toggle("All candidates", key="all", bind="query-params")
    return Options(
        sections=tuple(name for name, title in report.SECTIONS.items() if title in chosen),
        examples=int(examples),
        redact=redact,
        candidate=current_candidate(comparison) if several and not every else None,
    )


def _downloads(comparison: Comparison, options: Options) -> None:
    name = "-".join(part for part in (comparison.path.resolve().name, options.candidate) if part)
    show(tag("h2", "Download", class_="fs-report-head"))
    for format, (label, mime, icon) in _FORMATS.items():
        document = format in report.DOCUMENTS
        wanted = options if document else replace(options, sections=None, examples=None)
        st.download_button(
            label, partial(report.render, comparison, format, wanted), file_name=f"{name}.{format}", mime=mime,
            on_click="ignore", icon=icon, width="stretch", key=f"download {format}",
            disabled=(document and not options.sections) or (format == "pdf" and not can_write_pdf()),
            help=None if format != "pdf" or can_write_pdf() else "Needs: pip install 'flipscope[pdf]'",
        )  # fmt: skip


@st.cache_data(max_entries=16, show_spinner="Making the report")
def _preview(_comparison: Comparison, version: str, options: Options) -> str:
    """Make the page as it is downloaded, for a frame; `version` tells comparisons apart."""
    return as_html(make_report(_comparison, options), links=False, live=False)


page()
