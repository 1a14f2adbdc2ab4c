"""The verdict on a candidate, and what it rests on; data in, markup out."""

from __future__ import annotations

from typing import Any

from flipscope.comparison import percent
from flipscope_app.markup import Html, tag
from flipscope_app.words import number

_DECISIONS = {
    "ship": ("✓", "Ship", "Every bound of the budget holds."),
    "ship_with_notes": ("✓", "Ship, with notes", "The budget holds; read what follows first."),
    "hold": ("✕", "Hold", "At least one bound of the budget does not hold."),
    "not_enough_data": ("?", "Not enough data", "There are too few examples to tell whether the budget holds."),
}
_MEASURES = {"nfr": "NFR", "pfr": "PFR", "accuracy_delta": "change of accuracy", "nfr_over_gain": "NFR per gain"}
# Measures that are counts or ratios; all others are rates, told in percent.
_PLAIN = ("nfr_over_gain", "relative_nfr", "count", "n", "p", "q")
_MOST_REASONS = 4


def verdict_banner(verdict: dict[str, Any], candidate: str) -> Html:
    """Tell the decision on a candidate, the bounds that do not hold first; the others fold away when there are many.

    `verdict` has ``decision``, and ``reasons`` with scope, measure, observed, bound, budget, holds and needed_n.
    """
    decision = str(verdict.get("decision"))
    sign, name, told = _DECISIONS.get(decision, ("?", decision.replace("_", " "), ""))
    head = tag(
        "p", tag("span", sign, class_="fs-verdict-sign", aria_hidden="true"), tag("b", name),
        tag("span", f"{candidate}. {told}", class_="fs-muted"), class_="fs-verdict-head",
    )  # fmt: skip
    reasons = sorted(verdict.get("reasons") or [], key=lambda reason: reason.get("holds") is True)
    open_ones = [reason for reason in reasons if reason.get("holds") is not True]
    first = reasons[: max(_MOST_REASONS, len(open_ones))]
    parts = [_table(first)] if first else []
    if rest := reasons[len(first) :]:
        parts.append(tag("details", tag("summary", f"{len(rest)} more that hold"), _table(rest)))
    kind = decision.replace("_", "-") if decision in _DECISIONS else "other"
    return tag("section", head, *parts, class_=f"fs-verdict fs-verdict-{kind}", aria_label="Verdict")


def _table(reasons: list[dict[str, Any]]) -> Html:
    heads = ("", "Where", "Measure", "Observed", "At worst", "Budget", "")
    head = tag("tr", *(tag("th", name, scope="col") for name in heads))
    table = tag("table", tag("thead", head), tag("tbody", *map(_row, reasons)), class_="fs-figures")
    return tag("div", table, class_="fs-scroll")


def _row(reason: dict[str, Any]) -> Html:
    holds = reason.get("holds")
    sign, spoken = ("✓", "holds") if holds is True else ("✕", "does not hold") if holds is False else ("?", "unknown")
    mark = tag("span", sign, class_="fs-holds" if holds is True else "fs-breaks", role="img", aria_label=spoken)
    measure = str(reason.get("measure", ""))
    values = [tag("td", _value(reason.get(field), measure)) for field in ("observed", "bound", "budget")]
    needed = reason.get("needed_n")
    more = f"needs about {needed:,} examples" if isinstance(needed, int) and holds is not True else ""
    scope = tag("th", str(reason.get("scope", "")), scope="row")
    name = tag("td", _MEASURES.get(measure, measure.replace("_", " ")))
    return tag("tr", tag("td", mark), scope, name, *values, tag("td", more, class_="fs-muted"))


def _value(value: object, measure: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if measure in _PLAIN or measure.endswith("_p"):
        return number(value, ".3g")
    return percent(value).replace("-", "−")
