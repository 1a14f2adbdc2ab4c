"""Slices that a search found: what they come to in words, and as a table; data in, markup out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

from flipscope.contract import Interval
from flipscope.judge.draft import quoted
from flipscope.slices.features import MIN_FLIPS
from flipscope.slices.findings import Description, FoundSlice, Half, SliceSearch
from flipscope.store.embeddings import CLUSTER
from flipscope.words import percent
from flipscope_app.markup import Html, Query, figure_cell, figure_table, join, link, tag
from flipscope_app.words import OUTCOME_NAMES, interval, number, probability, reason

#: By outcome: what happened to the examples, its rate, and the colour of counts.
_HAPPENED = {
    "negative_flip": ("broke", "breaks", "NFR", "fs-negative"),
    "positive_flip": ("mended", "is mended", "PFR", "fs-positive"),
}
_COLUMNS = 6


def headline(search: SliceSearch, outcome: str, *, several: bool) -> Html:
    """Tell in a sentence what a search found, and for which of `several` candidates."""
    who = f"{search.candidate}: " if several else ""
    _, happens, _, colour = _HAPPENED[outcome]
    confirmed = sum(each.confirmed for each in search.slices)
    slices = "slice was" if search.tried == 1 else "slices were"
    tried = f" {search.tried:,} {slices} tried, {search.tested:,} of them tested on the other part."
    if not confirmed:
        none = join(
            who, "No place is confirmed where ", tag("b", search.task), f" {happens} more often than elsewhere."
        )
        return tag("p", none, tried, class_="fs-headline")
    places = tag("b", f"{confirmed:,} place{'' if confirmed == 1 else 's'}", class_=colour)
    where = join(" where ", tag("b", search.task), f" {happens} more often than elsewhere.")
    return tag("p", who, places, where, tried, class_="fs-headline")


def not_searched(search: SliceSearch, outcome: str) -> Html:
    """Say why there was nothing to search, and from when on there is."""
    happened = _HAPPENED[outcome][0]
    told = f"{search.flips:,} of {search.n:,} examples of {search.task} {happened}: {reason(search.reason)}."
    needed = f" A search needs {MIN_FLIPS} on either half; for an answer that holds, some 30 in all are a beginning."
    return tag("p", told, needed if search.n else "", class_="fs-headline")


def what_would_help(search: SliceSearch, outcome: str) -> Html:
    """Say why nothing is confirmed, and what would help."""
    happened = _HAPPENED[outcome][0]
    rate = percent(search.rate.value, 1)
    why = (
        f"{search.flips:,} of {search.n:,} examples {happened} ({rate}). They may be spread evenly, be too few to "
        "tell, or have in common what no column and no word says: every slice has to hold on examples that it was not "
        "found on, and to stand out among all that were tried."
    )
    helps = (
        "more examples with a gold label, above all of the kind that you suspect",
        "a column that says what examples are about: source, topic, capability, length class",
        "a smaller search, under Settings: fewer columns, no words, or one condition only",
        "a slice of your own: save its condition below, and it is judged alone",
    )
    return tag("div", tag("p", why), tag("p", "What would help:"), tag("ul", *(tag("li", each) for each in helps)),
               class_="fs-slices-help")  # fmt: skip


def found_table(
    search: SliceSearch,
    slices: Iterable[FoundSlice],
    outcome: str,
    target: Mapping[str, Query],
    saved: Collection[str] | None,
) -> Html:
    """Make the table of found slices, each with a link to its examples.

    Parameters
    ----------
    search : SliceSearch
        What they are part of: the task's rate to compare with.
    slices : iterable of FoundSlice
        In the order from top to bottom.
    outcome : {"negative_flip", "positive_flip"}
    target : mapping
        What every link to the Examples page carries, the task included.
    saved : collection of str or None
        Conditions that are saved already; each other row offers to save its slice, by a link that asks for ``save``.
        None: the visitor may not save any.

    Returns
    -------
    Html
    """
    shown = list(slices)
    reach = _reach(search, shown)
    happened, _, rate, _ = _HAPPENED[outcome]
    heads = {
        "Where": "What these examples have in common.",
        happened.capitalize(): f"Examples of the slice that {happened}, of all that it has in this comparison.",
        f"{rate} on the other part": "The examples were split in two: a slice is found on one part, where its rate is "
        "the highest of many, and judged on the other, which had no part in the search.",
        "Against the task": "How many times the task's rate, on the other part.",
        "q": "How often chance alone would make a slice stand out like this on the other part (Fisher's exact test), "
        "corrected for all slices tested there (Benjamini-Hochberg).",
        tag("span", "Keep", class_="fs-hidden"): "",
    }  # fmt: skip
    rows = [
        join(_row(each, search, outcome, target, reach, saved), _more(each, search, outcome, target)) for each in shown
    ]
    told = (
        f"┊ the rate of {search.task}: {percent(search.rate.value, 1)}, {search.flips:,} of {search.n:,}. One part of "
        "the examples found these slices, the other judges them; intervals are at 95 %. q is corrected for the "
        f"{search.tested:,} tested in this one search; flipscope slices corrects for all tasks that it searches."
    )
    return tag("div", figure_table(heads, rows), tag("p", told, class_="fs-muted fs-small"), class_="fs-slices")


def _row(
    each: FoundSlice,
    search: SliceSearch,
    outcome: str,
    target: Mapping[str, Query],
    reach: float,
    saved: Collection[str] | None,
) -> Html:
    count: int = getattr(each, outcome)
    half = each.confirmation
    return tag(
        "tr",
        tag("th", each.rule, scope="row"),
        figure_cell(
            join(_examples_link(each, outcome, target, count), f" of {each.n:,}"),
            percent(count / each.n if each.n else None, 1),
        ),
        figure_cell(
            join(tag("span", percent(half.rate.value, 1), class_="fs-change"), _interval_bar(half.rate, search, reach)),
            f"{interval(half.rate.low, half.rate.high, 1)} {_counted(half)}",
        ),
        figure_cell("–" if half.lift is None else f"{number(half.lift, '.1f')}×"),
        figure_cell(probability(each.q)),
        tag("td", _save(each, saved), class_="fs-slice-save"),
        class_="fs-slice",
    )


def _save(each: FoundSlice, saved: Collection[str] | None) -> str | Html:
    if saved is None or CLUSTER in each.where:  # it says nothing of another comparison
        return ""
    if each.where in saved:
        return tag("span", "saved", class_="fs-muted")
    told = f"Save this slice: {each.rule}"
    return link("slices", {"save": each.where, "named": each.rule}, "Save", data_ask="", aria_label=told)


def _examples_link(each: FoundSlice, outcome: str, target: Mapping[str, Query], count: int) -> Html:
    if not count:
        return Html("0")
    query = _examples_query(each, outcome, target)
    spoken = f"See the {count:,} {OUTCOME_NAMES[outcome].lower()} where {each.rule}"
    return link("examples", query, f"{count:,}", class_=_HAPPENED[outcome][3], aria_label=spoken)


def _examples_query(each: Description, outcome: str, target: Mapping[str, Query]) -> dict[str, Query]:
    return {**target, "outcome": OUTCOME_NAMES[outcome], "where": each.where}


def _more(each: FoundSlice, search: SliceSearch, outcome: str, target: Mapping[str, Query]) -> Html:
    """Tell the rest of a slice in a row of its own, folded: to copy it, where it was found, other descriptions."""
    holds = ["condition"]
    parts = [_to_copy("Condition, for --where", "Copy condition", each.where)]
    if outcome == "negative_flip" and CLUSTER not in each.where:  # which no budget takes
        holds.append("budget")
        parts.append(_to_copy("Limit for a budget", "Copy limit", budget_snippet(each, search)))
    parts.append(
        tag("p", f"On the part that it was found on: {percent(each.discovery.rate.value, 1)}, "
            f"{_counted(each.discovery)}; a rate that is chosen as the highest of many tends to be too high.",
            class_="fs-muted")
    )  # fmt: skip
    if each.also:
        holds.append(f"{len(each.also):,} other description{'' if len(each.also) == 1 else 's'}")
        others = [tag("li", link("examples", _examples_query(other, outcome, target), other.rule))
                  for other in each.also]  # fmt: skip
        parts += [tag("p", "Nearly the same examples:"), tag("ul", *others)]
    folded = tag("details", tag("summary", ", ".join(holds).capitalize()), *parts)
    return tag("tr", tag("td", folded, colspan=str(_COLUMNS)), class_="fs-slice-more")


def budget_snippet(each: Description, search: SliceSearch) -> str:
    """Write a limit for a budget in TOML: that a slice breaks no more than its task does now."""
    rate = math.ceil(1000 * (search.rate.value or 0.0)) / 1000
    return (
        f"[[slice]]\ntask = {quoted(search.task)}\nwhere = {quoted(each.where)}\nname = {quoted(each.rule)}\n"
        f"max_nfr = {rate}  # that of the whole task now"
    )


def _to_copy(told: str, action: str, text: str) -> Html:
    button = tag("button", action, type="button", class_="fs-copy", data_text=text)
    return tag("div", tag("span", told, class_="fs-muted"), tag("pre", tag("code", text)), button, class_="fs-to-copy")


def _counted(half: Half) -> str:
    return f"{half.flips:,} of {half.n:,}"


def _reach(search: SliceSearch, slices: list[FoundSlice]) -> float:
    """Find the end of the axis that all intervals, and the task's rate, fit on."""
    limits = [each.confirmation.rate.high or 0.0 for each in slices]
    return max([search.rate.value or 0.0, *limits]) or 1.0


def _interval_bar(rate: Interval, search: SliceSearch, reach: float) -> Html:
    """Draw a rate and its interval from 0 on, with a line at the task's; the same axis in all rows."""
    if rate.value is None or rate.low is None or rate.high is None:
        return Html("")

    def place(value: float) -> str:
        return f"{100 * value / reach:.1f}%"

    told = f"{percent(rate.value)} {interval(rate.low, rate.high)}; {search.task}: {percent(search.rate.value)}"
    task = tag("u", style=f"left:{place(search.rate.value or 0.0)}")
    line = tag("i", style=f"left:{place(rate.low)};width:{place(rate.high - rate.low)}")
    dot = tag("b", style=f"left:{place(rate.value)}")
    return tag("span", task, line, dot, class_="fs-rate-axis", title=told, aria_hidden="true")
