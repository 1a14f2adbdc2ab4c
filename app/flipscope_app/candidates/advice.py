"""The fix advisor: what combining a candidate with the old model would do, told from their stored answers."""

from __future__ import annotations

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.flips.intervals import wilson
from flipscope.mitigate.advice.advise import advise
from flipscope.mitigate.advice.contract import CurvePoint, Family, FamilyName, TaskAdvice
from flipscope.mitigate.advice.words import FAMILIES_TOLD, FAMILY_NAMES, HALVES_TOLD, REASONS, setting_told
from flipscope.words import percent
from flipscope_app.candidates.advice_charts import CLASSES, SYMBOLS, advice_chart
from flipscope_app.markup import Html, join, show, tag
from flipscope_app.state import warn_of_unknown
from flipscope_app.words import interval, points

_HEADS = ("Way to combine", "Accuracy", "Against candidate", "Broke (NFR)", "NFR ratio", "Asks old model")
_CHANGE_TOLD = (
    "Accuracy against the candidate, in points, and NFR ratio compare with it alone; below each its 95 % interval. "
    "Advised: best on the choosing half."
)


def show_advice(comparison: Comparison, candidate: str) -> None:
    """Show the advice on one candidate, a task at a time; nothing where there are only behaviors."""
    if not comparison.tasks:
        return
    with st.container(border=True, key="advice"):
        left, right = st.columns([7, 2], vertical_alignment="bottom")
        with left:
            show(tag("h2", f"Without training: combine {candidate} with the old model", class_="fs-part"))
            if len(comparison.candidates) > 1:
                show(tag("p", "The box at the top of the page chooses the candidate.", class_="fs-muted fs-small"))
        if _asks_old_already(comparison, candidate):
            told = f"{candidate} asks the old model already: choose a candidate that does not."
            show(tag("p", told, class_="fs-candidates-told"))
            return
        with right:
            task = _choose_task(comparison)
        advice = _advice(comparison, comparison.version, task, candidate)
        show(tag("p", advice.sentence, class_="fs-candidates-told"))
        if advice.families:
            _show_families(advice)


def _asks_old_already(comparison: Comparison, candidate: str) -> bool:
    methods = comparison.manifest.study.methods if comparison.manifest.study else []
    return any(each.kind == "old_and_new" and candidate in each.candidates for each in methods)


def _choose_task(comparison: Comparison) -> str:
    if len(comparison.tasks) == 1:
        return comparison.tasks[0]
    warn_of_unknown("advice_task", comparison.tasks, "a task")
    if st.session_state.get("advice_task") not in (None, *comparison.tasks):
        del st.session_state["advice_task"]  # of another comparison
    return st.selectbox("Task", comparison.tasks, key="advice_task", bind="query-params", label_visibility="collapsed")


@st.cache_data(max_entries=100, show_spinner="Trying combinations")
def _advice(_comparison: Comparison, version: str, task: str, candidate: str) -> TaskAdvice:
    return advise(_comparison, task, candidate).tasks[0]


def _show_families(advice: TaskAdvice) -> None:
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.plotly_chart(
            advice_chart(advice, dark=st.context.theme.type == "dark"), key="advice chart",
            config={"displayModeBar": False},
            alt="Accuracy over negative flip rate along each way to combine both models; the table has what was chosen",
        )  # fmt: skip
        marks = [_mark(family.family) for family in advice.families if family.points]
        large = tag("span", "large: chosen, with 95 % intervals")
        show(tag("p", *marks, large, class_="fs-muted fs-small fs-legend"))
    with right:
        show(advice_table(advice))
        told = [f"{FAMILY_NAMES[each.family]} {FAMILIES_TOLD[each.family]}." for each in advice.families if each.points]
        show(tag("p", " ".join([*told, HALVES_TOLD, _CHANGE_TOLD]), class_="fs-muted fs-small"))


def _mark(name: FamilyName) -> Html:
    return tag("span", tag("b", SYMBOLS[name][1], class_=CLASSES[name]), f" {FAMILY_NAMES[name].lower()}")


def advice_table(advice: TaskAdvice) -> Html:
    """Make the table of both models alone and of the points chosen, judged on the judging half."""
    alone = [("Old model", advice.old), ("Candidate", advice.new)]
    rows = [_row(tag("th", name, scope="row"), point) for name, point in alone if point]
    rows += [_family_row(family, advised=family.family == advice.advised) for family in advice.families]
    top = tag("tr", *(tag("th", head, scope="col") for head in _HEADS))
    return tag("div", tag("table", tag("thead", top), tag("tbody", *rows), class_="fs-figures"), class_="fs-scroll")


def _family_row(family: Family, *, advised: bool) -> Html:
    name = FAMILY_NAMES[family.family] + (", advised" if advised else "")
    chosen = family.chosen
    if chosen is None:
        why = tag("span", REASONS[family.reason or ""], class_="fs-below")
        return tag("tr", tag("th", name, why, scope="row"), *(tag("td", "–") for _ in _HEADS[1:]))
    head = tag("th", name, tag("span", setting_told(family, chosen.index), class_="fs-below"), scope="row")
    point = family.points[chosen.index]
    if not chosen.index:
        return _row(head, point)
    change = chosen.accuracy_change
    limits = tag("span", f"[{points(change.low)}, {points(change.high)}]", class_="fs-below")
    return _row(head, point, join(points(change.value), limits), _ratio(chosen.nfr_ratio))


def _row(head: Html, point: CurvePoint, change: Html | str = "", ratio: Html | str = "") -> Html:
    accuracy, nfr = _limits(point.correct, point.n), _limits(point.negative_flip, point.n)
    return tag(
        "tr",
        head,
        tag("td", percent(point.accuracy), accuracy),
        tag("td", change),
        tag("td", tag("span", f"{point.negative_flip:,}", class_="fs-negative"), f" ({percent(point.nfr)})", nfr),
        tag("td", ratio),
        tag("td", percent(point.asks_old_share, 1)),
    )


def _limits(count: int, n: int) -> Html:
    low, high = wilson(count, n)
    return tag("span", interval(float(low), float(high), 1), class_="fs-below")


def _ratio(ratio: Interval) -> Html:
    if ratio.value is None:
        return join("–")
    limits = "" if ratio.low is None or ratio.high is None else f"[{ratio.low:.2f}, {ratio.high:.2f}]"
    return join(f"{ratio.value:.2f}", tag("span", limits, class_="fs-below"))
