"""A report as a PDF: the page on paper, with its charts drawn."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from flipscope.errors import FlipscopeError
from flipscope.report.blocks import Report
from flipscope.report.html import as_html

_NEEDED = (
    "pip install 'flipscope[pdf]', and Pango from the system (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0); or write it as .html, and print that from a browser"
)


@cache
def can_write_pdf() -> bool:
    """Tell whether WeasyPrint is installed, and the libraries of the system that it needs; loads them."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # OSError: a library of the system is missing
        return False
    return True


def as_pdf(report: Report) -> bytes:
    """Write a report as A4 pages; the same report gives the same bytes where the same fonts are.

    Raises
    ------
    FlipscopeError
        When WeasyPrint or the libraries that it needs are not installed.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: a library of the system is missing
        raise FlipscopeError("a report as pdf needs WeasyPrint, which can't be loaded", do=_NEEDED) from error

    class Nothing(URLFetcher):
        """Loads nothing: whatever asks for an address is an error."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError(f"a report loads nothing, but {url} was asked for")

    page = as_html(report, live=False)
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    return HTML(string=page, url_fetcher=Nothing()).write_pdf(pdf_identifier=identifier, pdf_tags=True)
