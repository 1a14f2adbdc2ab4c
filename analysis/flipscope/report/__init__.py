"""Reports: what a comparison found, in one file for people who were never at the machine.

A report is made of blocks (`blocks`), collected section by section (`content` and its neighbours), and written as
HTML (`html`), PDF (`pdf`) or Markdown (`markdown`). The other formats are data: the figures as JSON, the verdict as
JUnit (`junit`), what goes with a new checkpoint (`model_card`), the flips as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: What a report for people holds, in this order.
SECTIONS = {
    "verdict": "Verdict",
    "summary": "Summary",
    "mitigation": "Ways to reduce regressions",
    "figures": "Figures by task",
    "grids": "Flip grids",
    "behaviors": "Behaviors",
    "slices": "Where it broke most",
    "found": "Slices that a search found",
    "saved": "Saved slices",
    "flips": "Most severe flips",
    "triage": "What people judged",
    "warnings": "What limits this comparison",
    "compared": "What was compared",
    "methods": "How to read this",
}
#: Those that take long, and are only there when they are asked for.
ON_REQUEST = ("found",)
#: What a report can be written as: for people, the figures as data, and the flips as a table.
DOCUMENTS, FIGURES, FLIPS = ("html", "pdf", "md"), ("json",), ("csv", "parquet", "jsonl")
#: The verdict for continuous integration, and what goes with a new checkpoint.
JUNIT, MODEL_CARD = "xml", "model-card"
#: What the suffix of a file can choose, and all there is.
SUFFIXES = (*DOCUMENTS, *FIGURES, JUNIT, *FLIPS)
FORMATS = (*SUFFIXES, MODEL_CARD)
#: What is no text.
BINARY = ("pdf", "parquet")
#: Flips shown for each candidate when no number is asked for.
EXAMPLES = 20
REDACTED = "[redacted]"


@dataclass(frozen=True)
class Options:
    """What goes into a report.

    Attributes
    ----------
    sections : tuple of str, optional
        Only these of `SECTIONS`, by default all but `ON_REQUEST`; what has nothing to say is left out. For ``html``,
        ``pdf`` and ``md``.
    find_slices : bool
        Also search for slices: the section ``found``. It takes seconds, and half a minute for a million rows.
    examples : int, optional
        How many flips of each candidate, the most severe ones first. By default 20 in ``html``, ``pdf`` and ``md``, and
        all in ``csv``, ``parquet`` and ``jsonl``.
    redact : bool
        Leave out the texts, and metadata columns with more than 100 different values: they may hold texts too.
    candidate : str, optional
        Only this candidate; by default all.
    """

    sections: tuple[str, ...] | None = None
    find_slices: bool = False
    examples: int | None = None
    redact: bool = False
    candidate: str | None = None


def write(comparison: Comparison, path: str | Path, options: Options | None = None, format: str | None = None) -> None:
    """Write a report to a file, whole or not at all.

    Parameters
    ----------
    comparison : Comparison
        What the report is about.
    path : str or Path
        The file.
    options : Options, optional
        What goes into it.
    format : str, optional
        One of `FORMATS`; by default the suffix chooses one of `SUFFIXES`.

    Raises
    ------
    FlipscopeError
        When the suffix is not known, the folder is not there, or the options do not fit the comparison or the format.
    """
    from flipscope.files import check_target_file, write_whole

    target = Path(path)
    format = format or format_of(target)
    check_target_file(target)
    write_whole(target, render(comparison, format, options))


def format_of(path: Path) -> str:
    """Get the format that a file's suffix stands for."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in SUFFIXES:
        raise FlipscopeError(
            f"can't write a report as {path.suffix or 'a file without a suffix'}",
            where=path,
            do="End the name in ." + ", .".join(SUFFIXES),
        )
    return suffix


def render(comparison: Comparison, format: str, options: Options | None = None) -> bytes:
    """Make a report in memory; the same comparison and options give the same bytes.

    Parameters
    ----------
    comparison : Comparison
        What the report is about.
    format : str
        One of `FORMATS`.
    options : Options, optional
        What goes into it.

    Returns
    -------
    bytes
        UTF-8, except for ``pdf`` and ``parquet``.

    Raises
    ------
    FlipscopeError
        When the options do not fit, what a ``pdf`` needs is not installed, ``xml`` finds no verdict, or
        ``model-card`` several candidates.
    """
    wanted = options or Options()
    _check(comparison, format, wanted)
    if format in DOCUMENTS:
        return _document(comparison, format, wanted)
    if format in FLIPS:
        from flipscope.export import to_bytes

        return to_bytes(_flips(comparison, wanted), format, spreadsheet=True)
    if wanted.redact:
        from flipscope.report.redaction import redacted

        comparison = redacted(comparison)
    if format == JUNIT:
        from flipscope.report.junit import as_junit

        judged = comparison.candidates if wanted.candidate is None else [wanted.candidate]
        return as_junit(comparison, judged, redact=wanted.redact)
    if format == MODEL_CARD:
        from flipscope.report.model_card import as_model_card

        return as_model_card(comparison, wanted).encode()
    from flipscope.export import results_json

    return (results_json(comparison, wanted.candidate) + "\n").encode()


def _document(comparison: Comparison, format: str, options: Options) -> bytes:
    from flipscope.report.content import make_report

    report = make_report(comparison, options)
    if format == "pdf":
        from flipscope.report.pdf import as_pdf

        return as_pdf(report)
    if format == "html":
        from flipscope.report.html import as_html

        return as_html(report).encode()
    from flipscope.report.markdown import as_markdown

    return as_markdown(report).encode()


def _check(comparison: Comparison, format: str, options: Options) -> None:
    if format not in FORMATS:
        raise FlipscopeError(f"there is no report format {format!r}", do=f"Choose from {', '.join(FORMATS)}")
    asked = "--find-slices" if options.find_slices else None if options.sections is None else "--section"
    if asked is not None and format not in DOCUMENTS:
        raise FlipscopeError(
            f"a report as {format} has no sections", where=asked, do="Leave it out, or write .html, .pdf or .md"
        )
    for name in options.sections or ():
        if name not in SECTIONS:
            raise FlipscopeError(
                f"there is no section {name!r}", where="--section", do=f"Choose from {', '.join(SECTIONS)}"
            )
    if options.examples is not None and options.examples < 0:
        raise FlipscopeError("there can't be fewer than 0 examples", where="--examples")
    if options.candidate is not None:
        comparison.candidate(options.candidate)


def _flips(comparison: Comparison, options: Options) -> pd.DataFrame:
    """Get the flipped examples; of behaviors alone, the flipped test cases."""
    flips = ("negative_flip", "positive_flip")
    which = {"candidate": options.candidate, "limit": options.examples}
    if not comparison.tasks:
        cases = comparison.behaviors.cases(flips, **which)  # type: ignore[arg-type]
        return cases.assign(inputs=cases["inputs"].map(_without_texts)) if options.redact else cases
    found = comparison.examples(flips, **which)  # type: ignore[arg-type]
    if not options.redact:
        return found
    kept = [name for name in found if name not in comparison.meta_columns or name in comparison.slice_columns]
    return found[kept].assign(**{name: _hidden(found[name]) for name in ("text_a", "text_b")})


def _hidden(texts: pd.Series) -> pd.Series:
    return texts.where(texts.isna(), REDACTED)


def _without_texts(inputs: list[dict[str, object]]) -> list[dict[str, object]]:
    hidden = {name: REDACTED for name in ("text_a", "text_b")}
    return [each | {name: text for name, text in hidden.items() if each[name] is not None} for each in inputs]
