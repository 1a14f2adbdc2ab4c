"""Saved slices as they come out on a comparison; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from flipscope.words import percent
from flipscope_app.markup import Html, Query, figure_cell, figure_table, join, link, tag
from flipscope_app.words import OUTCOME_NAMES, Q_TOLD, interval, points, probability

_HEADS = {
    "Slice": "The name and the condition that it was saved with.",
    "Examples": "Those that meet the condition, out of those with a gold label and an answer of both models.",
    "Change of accuracy": "Accuracy of the candidate minus that of the old model on them, in percentage points.",
    "Broke (NFR)": "Negative flips: the old model was right, the candidate is wrong.",
    "Mended (PFR)": "Positive flips: the old model was wrong, the candidate is right.",
    "q": Q_TOLD,
    "Note": "What whoever saved it wrote.",
}
_FIGURES = 5


def saved_table(judged: pd.DataFrame, target: Mapping[str, Query], *, may_change: bool) -> Html:
    """Make the table of saved slices on one task and candidate.

    Parameters
    ----------
    judged : DataFrame
        As `flipscope.slices.saved.judge_saved` gives it, for one task and candidate.
    target : mapping
        What every link to the Examples page carries, the task included.
    may_change : bool
        Whether each row has links that ask for ``rename`` and ``delete``.

    Returns
    -------
    Html
    """
    rows = [_row(row, target, may_change) for row in judged.to_dict("records")]
    table = figure_table({**_HEADS, **({tag("span", "Change", class_="fs-hidden"): ""} if may_change else {})}, rows)
    tested = judged.attrs.get("tested", 0)
    told = (
        f"{tested:,} of {len(judged):,} tested: fewer than six flips cannot tell. {Q_TOLD} Those of other tasks, which "
        "flipscope slices --saved corrects for too, are not among them. A slice that was found on this comparison "
        "looks worse here than it is; the next one tells."
    )
    return join(tag("div", table, class_="fs-slices"), tag("p", told, class_="fs-muted fs-small"))


def _row(row: dict[str, Any], target: Mapping[str, Query], may_change: bool) -> Html:
    name, where = str(row["slice"]), str(row["where"])
    query = {**target, "where": where}
    problem = None if pd.isna(row["problem"]) else str(row["problem"])
    all_of_them = {**query, "outcome": "All"}
    shown: str | Html = name if problem or not row["n"] else link("examples", all_of_them, name)
    cells = [tag("th", shown, tag("code", where, class_="fs-below"), scope="row")]
    if problem:
        told = tag("span", "It can't be judged here: ", class_="fs-muted")
        cells.append(tag("td", told, problem, colspan=str(_FIGURES), class_="fs-slice-note"))
    else:
        cells += _figures(row, query)
    cells.append(tag("td", tag("div", str(row["note"])), class_="fs-slice-note"))
    if may_change:
        cells.append(tag("td", _ask("rename", "Rename", name), _ask("delete", "Delete", name),
                         class_="fs-slice-actions"))  # fmt: skip
    return tag("tr", *cells)


def _figures(row: dict[str, Any], query: Mapping[str, Query]) -> list[Html]:
    if not row["n"]:
        none = tag("td", "No example of this task meets the condition.", colspan=str(_FIGURES - 1), class_="fs-muted")
        return [figure_cell("0"), none]
    low, high = (float(row[f"accuracy_delta_{end}"]) for end in ("low", "high"))
    return [
        figure_cell(f"{row['n']:,}"),
        figure_cell(points(row["accuracy_delta"]), f"[{points(low)}, {points(high)}]"),
        _flips(row, "negative_flip", "nfr", "fs-negative", query),
        _flips(row, "positive_flip", "pfr", "fs-positive", query),
        figure_cell(
            probability(None if pd.isna(row["q_value"]) else row["q_value"]),
            "" if pd.isna(row["note_"]) else str(row["note_"]).replace("_", " "),
        ),
    ]


def _flips(row: dict[str, Any], outcome: str, rate: str, colour: str, query: Mapping[str, Query]) -> Html:
    count = int(row[outcome])
    spoken = f"See the {count:,} {OUTCOME_NAMES[outcome].lower()} of {row['slice']}"
    target = {**query, "outcome": OUTCOME_NAMES[outcome]}
    shown = link("examples", target, f"{count:,}", class_=colour, aria_label=spoken) if count else Html("0")
    return figure_cell(
        join(shown, " ", tag("span", percent(row[rate], 1), class_="fs-rate")),
        interval(float(row[f"{rate}_low"]), float(row[f"{rate}_high"]), 1),
    )


def _ask(what: str, told: str, name: str) -> Html:
    return link("slices", {what: name}, told, data_ask="", aria_label=f"{told} {name}")
