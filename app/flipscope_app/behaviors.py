"""What behavior suites found, as text and tables: data in, markup out."""

from __future__ import annotations

import pandas as pd

from flipscope.comparison import Comparison, percent
from flipscope.schema import CapabilityResult, SuiteInfo
from flipscope_app.markup import Html, join, tag
from flipscope_app.words import interval, probability, reason

_MOST_ROWS = 12  # of capabilities; the table of all tests has the rest

#: What each column says, in plain words; tooltips of the table.
_COLUMNS = {
    "Capability": "What the tests are about.",
    "Type": "MFT: the answer is known. INV: the answer must not change. DIR: the answer must move one way.",
    "Cases": "Test cases: what passes or fails as one. Those a rule does not apply to are counted, not judged.",
    "Fail rate": "Share of failed cases of those judged: old model → candidate.",
    "Broke": "Cases the old model passes and the candidate fails, of those judged for both.",
    "Mended": "Cases the old model fails and the candidate passes, of those judged for both.",
    "q": "McNemar's mid-p, corrected for how many of these rows were tested (Benjamini-Hochberg).",
}


def behaviors_headline(comparison: Comparison, candidate: str) -> Html:
    """Tell how many test cases broke, and where most of them did."""
    results = comparison.candidate(candidate).capabilities
    judged, broke, mended = (
        sum(getattr(each, name) for each in results) for name in ("both_evaluated", "negative_flip", "positive_flip")
    )
    who = f"{candidate}: " if len(comparison.candidates) > 1 else ""
    told = join(
        who, tag("b", f"{broke:,}", class_="fs-negative"), f" of {judged:,} test cases broke, ",
        tag("b", f"{mended:,}", class_="fs-positive"), f" {'was' if mended == 1 else 'were'} mended.",
    )  # fmt: skip
    worst = comparison.behaviors.worst(candidate)
    if worst is not None:
        share = percent(worst.nfr.value, 1)
        task = f", {worst.task}" if len({each.task for each in results}) > 1 else ""
        told = join(told, " Most broke in ", tag("b", worst.capability), f" {worst.type}{task} ({share}).")
    return tag("p", told, class_="fs-headline")


def capability_table(comparison: Comparison, candidate: str) -> Html:
    """Make the table of capabilities and test types, each rate with its counts and interval.

    Those with the highest share of broken cases come first; where there are many, how many there are in all is told.
    """
    results = comparison.candidate(candidate).capabilities
    several = len({each.task for each in results}) > 1
    total = len(results)
    results = sorted(results, key=lambda each: -(each.nfr.value or 0.0))[:_MOST_ROWS]
    names = [*(["Task"] if several else []), *_COLUMNS]
    head = join(*(tag("th", name, scope="col", title=_COLUMNS.get(name, "")) for name in names))
    rows = [_row(each, several) for each in results]
    table = tag("table", tag("thead", tag("tr", head)), tag("tbody", *rows), class_="fs-figures")
    told = "Intervals are by template or perturbed sentence: cases made from one are not independent."
    if total > len(results):
        told = f"The {len(results)} of {total} capabilities and types where the largest share broke. {told}"
    told += f" Read the cases with: flipscope examples {comparison.path.resolve().name} --capability NAME"
    return join(tag("div", table, class_="fs-scroll"), tag("p", told, class_="fs-muted fs-small"))


def _row(each: CapabilityResult, several: bool) -> Html:
    tests = f"{each.tests} test{'' if each.tests == 1 else 's'}"
    task = [tag("td", each.task)] if several else []
    return tag(
        "tr",
        *task,
        tag("th", each.capability, scope="row"),
        _cell(each.type, tests),
        _cell(f"{each.cases:,}", "" if each.both_evaluated == each.cases else f"{each.both_evaluated:,} judged"),
        _cell(
            f"{percent(each.old_fail_rate, 1)} → {percent(each.new_fail_rate, 1)}",
            "" if each.old_evaluated == each.new_evaluated else f"of {each.old_evaluated:,} → {each.new_evaluated:,}",
        ),
        _flips(each, "negative_flip"),
        _flips(each, "positive_flip"),
        _cell(probability(each.q_value), reason(each.q_value_reason)),
    )


def _cell(main: str | Html, below: str = "") -> Html:
    return tag("td", main, tag("span", below, class_="fs-below"))


def _flips(each: CapabilityResult, outcome: str) -> Html:
    count = getattr(each, outcome)
    rate = each.nfr if outcome == "negative_flip" else each.pfr
    colour = "fs-negative" if outcome == "negative_flip" else "fs-positive"
    shown = tag("span", f"{count:,}", class_=colour) if count else Html("0")
    limits = interval(rate.low, rate.high) or reason(rate.reason)
    return _cell(join(shown, " ", tag("span", percent(rate.value, 1), class_="fs-rate")), limits)


def tests_frame(comparison: Comparison, candidate: str) -> pd.DataFrame:
    """Make a table of every test for `st.dataframe`; rates in percent."""
    tests = comparison.behaviors.tests()
    tests = tests[tests["candidate"] == candidate]
    judged = tests["both_evaluated"].where(tests["both_evaluated"] > 0).astype(float)
    table = pd.DataFrame({
        "task": tests["task"],
        "suite": tests["suite"],
        "capability": tests["capability"],
        "type": tests["type"],
        "test": tests["test"],
        "cases": tests["cases"],
        "judged": tests["both_evaluated"],
        "broke": tests["negative_flip"],
        "broke %": 100 * tests["negative_flip"] / judged,
        "mended": tests["positive_flip"],
        "fails old %": 100 * tests["old_fail_rate"].astype(float),
        "fails new %": 100 * tests["new_fail_rate"].astype(float),
        "q": tests["q_value"].astype(float),
        "not evaluated": tests["not_evaluated"].fillna(""),
    })  # fmt: skip
    same = [name for name in ("task", "suite", "not evaluated") if table[name].nunique() == 1]
    return table.drop(columns=same).sort_values("broke", ascending=False, kind="stable")


def suites_told(suites: list[SuiteInfo]) -> str:
    """Name the suites and their sizes in one line."""
    told = (f"{suite.name} ({suite.tests} tests, {suite.cases:,} cases)" for suite in suites)
    return "Suites: " + ", ".join(dict.fromkeys(told))
