"""Comparisons: all that a folder holds."""

from __future__ import annotations

import pandas as pd

from flipscope.comparison import Comparison, percent
from flipscope.errors import FlipscopeError
from flipscope_app.markup import Html, link, show, show_linked, tag
from flipscope_app.state import ask_for, note, open_cached, served
from flipscope_app.words import points


def page() -> None:
    """Show the page."""
    show(tag("header", tag("h1", "Comparisons"), class_="fs-title"))
    rows = []
    for name, folder in served().items():
        try:
            rows += _rows(name, open_cached(folder))
        except FlipscopeError as error:
            show(note("warning", str(error)))
    names = (
        "Comparison",
        "Models",
        "Tasks",
        "Examples",
        "Broke",
        "Mended",
        "Accuracy change, points",
        "Made",
    )
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in names)))
    table = tag("table", head, tag("tbody", *rows), class_="fs-figures")
    show_linked(tag("div", table, class_="fs-scroll"), key="comparisons", on_open=ask_for)


def _rows(name: str, comparison: Comparison) -> list[Html]:
    return [_row(name, comparison, candidate) for candidate in comparison.candidates]


def _row(name: str, comparison: Comparison, candidate: str) -> Html:
    results = [comparison.result(task, candidate) for task in comparison.tasks]
    cases = comparison.candidate(candidate).behaviors
    counted = results or cases  # of behaviors alone, test cases
    n = sum(result.n for result in results) or sum(each.both_evaluated for each in cases)
    broke, mended = (sum(getattr(each, flip) for each in counted) for flip in ("negative_flip", "positive_flip"))
    changes = ", ".join(points(result.accuracy_delta.value) for result in results)
    target = {"comparison": name} | ({"candidate": candidate} if len(comparison.candidates) > 1 else {})
    made = pd.Timestamp(comparison.manifest.created).strftime("%d %b %Y, %H:%M")
    return tag(
        "tr",
        tag("th", link("overview", target, name), scope="row"),
        tag("td", f"{comparison.results.old.name} → {candidate}"),
        tag("td", ", ".join(info.task for info in comparison.manifest.tasks)),
        tag("td", f"{n:,}" if results else f"{n:,} test cases"),
        tag("td", tag("span", f"{broke:,}", class_="fs-negative"), _share(broke, n)),
        tag("td", tag("span", f"{mended:,}", class_="fs-positive"), _share(mended, n)),
        tag("td", changes),
        tag("td", made),
    )


def _share(count: int, n: int) -> Html:
    return tag("span", f" {percent(count / n if n else None, 1)}", class_="fs-rate")


page()
