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
from flipscope_app.budget import choose_max_nfr, verdicts, with_verdict
from flipscope_app.markup import join, show, show_linked, tag
from flipscope_app.overview.verdict import decision_mark
from flipscope_app.state import current, current_candidate, warn_of_unknown

_MOST_EXAMPLES = 200
# What each is called, its suffix, media type and icon.
_FORMATS = {
    "html": ("Web page (.html)", "html", "text/html", "description"),
    "pdf": ("Document (.pdf)", "pdf", "application/pdf", "picture_as_pdf"),
    "md": ("Markdown (.md)", "md", "text/markdown", "markdown"),
    "model-card": ("Model card section (.md)", "md", "text/markdown", "id_card"),
    "xml": ("Verdict as JUnit (.xml)", "xml", "application/xml", "rule"),
    "json": ("All figures (.json)", "json", "application/json", "data_object"),
    "csv": ("Flips (.csv)", "csv", "text/csv", "table"),
    "jsonl": ("Flips (.jsonl)", "jsonl", "application/x-ndjson", "data_array"),
    "parquet": ("Flips (.parquet)", "parquet", "application/vnd.apache.parquet", "database"),
}


def page() -> None:
    """Show the page."""
    comparison = current()
    show(tag("h1", "Report", class_="fs-hidden"))
    left, right = st.columns([3, 9], gap="large")
    with left:
        options = _choose(comparison)
        max_nfr = choose_max_nfr("stretch") if comparison.tasks else None
        _tell_what_is_kept(comparison, options, max_nfr)
        _downloads(comparison, options, max_nfr)
    with right:
        if options.sections:
            html = _preview(comparison, comparison.version, options, max_nfr)
            frame = tag("iframe", srcdoc=html, sandbox="", title="Preview of the report", class_="fs-report")
            show_linked(frame, key="preview")
        else:
            show(tag("p", "Choose a section, and the report appears here.", class_="fs-empty"))


def _choose(comparison: Comparison) -> Options:
    """Let the visitor choose what goes into the report; every choice is in the URL."""
    titles = list(report.SECTIONS.values())
    warn_of_unknown("section", titles, "a section")
    usual = [title for name, title in report.SECTIONS.items() if name not in report.ON_REQUEST]
    chosen = st.pills(
        "Sections", titles, selection_mode="multi", default=usual, key="section", bind="query-params", wrap=True
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


def _tell_what_is_kept(comparison: Comparison, options: Options, max_nfr: float | None) -> None:
    """Say below the limit that is tried which verdict is kept, where that is another one."""
    kept, tried = verdicts(comparison, None), verdicts(comparison, max_nfr)
    names = [options.candidate] if options.candidate else comparison.candidates
    others = [name for name in names if name in kept and kept[name] != tried[name]]
    several = len(comparison.candidates) > 1
    for name in others:
        who = f" of {name}" if several else ""
        told = join(f"Kept{who}: ", decision_mark(kept[name].decision))
        show(tag("p", told, class_="fs-muted fs-small fs-report-kept"))


def _downloads(comparison: Comparison, options: Options, max_nfr: float | None) -> None:
    name = "-".join(part for part in (comparison.title, options.candidate) if part)
    is_judged = bool(verdicts(comparison, max_nfr))
    show(tag("h2", "Download", class_="fs-report-head"))
    for format, (label, suffix, mime, icon) in _FORMATS.items():
        missing = _missing(format, comparison, options, is_judged)
        st.download_button(
            label, partial(_render, comparison, max_nfr, format, options),
            file_name=f"{name}-{format}.md" if format == report.MODEL_CARD else f"{name}.{suffix}", mime=mime,
            on_click="ignore", icon=f":material/{icon}:", width="stretch", key=f"download {format}",
            disabled=missing is not None, help=missing,
        )  # fmt: skip


def _missing(format: str, comparison: Comparison, options: Options, is_judged: bool) -> str | None:
    """Say what a format still needs; None when nothing."""
    if format in report.DOCUMENTS and not options.sections:
        return "Choose a section."
    if format == "pdf" and not can_write_pdf():
        return (
            "This needs WeasyPrint and Pango where the dashboard runs: pip install 'flipscope[pdf]', and libpango from "
            "the system. Or print the web page."
        )
    if format == report.JUNIT and not is_judged:
        return "This needs a verdict: say above how large the NFR may be."
    if format == report.MODEL_CARD and options.candidate is None and len(comparison.candidates) > 1:
        return "This is about one candidate: switch “All candidates” off."
    return None


def _render(comparison: Comparison, max_nfr: float | None, format: str, options: Options) -> bytes:
    wanted = options if format in report.DOCUMENTS else replace(options, sections=None, examples=None)
    return report.render(with_verdict(comparison, max_nfr), format, wanted)


@st.cache_data(max_entries=16, show_spinner="Making the report")
def _preview(_comparison: Comparison, version: str, options: Options, max_nfr: float | None) -> str:
    """Make the page as it is downloaded, for a frame, its charts drawn; `version` tells comparisons apart."""
    return as_html(make_report(with_verdict(_comparison, max_nfr), options), links=False, live=False)


page()
