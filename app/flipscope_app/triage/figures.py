"""How far triage has come, and the figures with and without wrong gold labels; data in, markup out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flipscope.store.triage_summary import Figures, TriageSummary
from flipscope.triage_words import CAUTION
from flipscope.words import percent
from flipscope_app.markup import Html, Query, join, link, tag
from flipscope_app.triage.judgements import badge
from flipscope_app.words import interval


def triage_figures(summary: TriageSummary, query_of: Callable[[str], Mapping[str, Query]]) -> Html:
    """Show progress, counts by judgement, and the NFR as it is and without wrong gold labels: always both.

    Parameters
    ----------
    summary : TriageSummary
        Of one candidate on one task.
    query_of : callable
        Gives the query of this page with only the flips of a judgement.
    """
    left = summary.left_out
    which = f"{left:,} wrong gold label{'' if left == 1 else 's'}" if left else "wrong gold labels (none so far)"
    return tag(
        "section",
        _progress(summary, query_of),
        _rate("NFR as it is", summary.as_is),
        _rate(f"NFR without {which}", summary.without),
        tag("p", CAUTION, class_="fs-muted fs-small") if left else "",
        class_="fs-triage", aria_label="Triage so far",
    )  # fmt: skip


def _progress(summary: TriageSummary, query_of: Callable[[str], Mapping[str, Query]]) -> Html:
    judged = sum(summary.judgements.values())
    total = judged + summary.unjudged
    share = f"{100 * judged / total if total else 100:.1f}%"
    head = tag("p", tag("b", f"{judged:,} of {total:,}"), " negative flips judged", class_="fs-triage-head")
    bar = tag("div", tag("i", style=f"width:{share}"), class_="fs-triage-bar", aria_hidden="true")
    counts = [
        tag("li", link("triage", query_of(name), badge(name), f" {count:,}"))
        for name, count in summary.judgements.items() if count
    ]  # fmt: skip
    return tag("div", head, bar, tag("ul", *counts) if counts else "")


def _rate(name: str, figures: Figures) -> Html:
    value = tag("b", percent(figures.nfr.value))
    limits = tag("span", interval(figures.nfr.low, figures.nfr.high), class_="fs-muted")
    count = tag("p", f"{figures.negative_flip:,} of {figures.n:,} examples broke", class_="fs-muted fs-small")
    return tag("div", tag("p", name, class_="fs-muted fs-small"), tag("p", join(value, " ", limits)), count)
