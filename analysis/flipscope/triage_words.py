"""Judgements of people in words, for all that presents them."""

from __future__ import annotations

from flipscope.comparison import percent
from flipscope.contract import Interval
from flipscope.store.triage_exchange import Imported
from flipscope.store.triage_summary import Figures, TriageSummary

NAMES = {
    "real_regression": "real regression",
    "wrong_gold_label": "wrong gold label",
    "ambiguous": "ambiguous",
    "acceptable": "acceptable",
}
#: What to know about figures without wrong gold labels.
CAUTION = (
    "Mostly flips are looked at, so wrong gold labels among the other examples stay in: the figures without them lean "
    "towards the candidate. Quote both."
)


def both_ways(summary: TriageSummary) -> str:
    """Tell the NFR as it is and without wrong gold labels, in one line."""
    if not summary.left_out:
        return f"NFR {nfr(summary.as_is)}; no gold label judged wrong"
    left_out = f"{summary.left_out:,} example{'' if summary.left_out == 1 else 's'} with a wrong gold label"
    return f"NFR {nfr(summary.as_is)}; without {left_out} {nfr(summary.without)}"


def nfr(figures: Figures) -> str:
    """Tell an NFR with its interval and counts."""
    return f"{interval(figures.nfr)}, {figures.negative_flip:,} of {figures.n:,}"


def interval(value: Interval) -> str:
    """Write a rate with its interval."""
    if value.value is None:
        return "–"
    return f"{percent(value.value)} [{percent(value.low)}, {percent(value.high)}]"


def counts(summary: TriageSummary) -> str:
    """Tell how many negative flips were judged as what, and how many by nobody."""
    told = [f"{count:,} {NAMES[name]}" for name, count in summary.judgements.items() if count]
    return ", ".join([*told, f"{summary.unjudged:,} not judged"])


def taken_over(found: Imported) -> str:
    """Tell what became of judgements that were to be taken over."""
    parts = [f"{found.known:,} known here or older"] * bool(found.known)
    if found.unfit:
        why = "not in these data, another gold label, or an answer that no candidate gives"
        parts.append(f"{found.unfit:,} fit no example here ({why})")
    more = f"; {'; '.join(parts)}" if parts else ""
    return f"{found.taken:,} of {found.read:,} judgements of {found.title or 'another comparison'} taken over{more}"
