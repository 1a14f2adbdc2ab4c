"""Capabilities found in the evaluation data itself: where a capability column, or a tagger's, splits them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.flips.significance import benjamini_hochberg
from flipscope.words import percent
from flipscope_app.examples.filters import slice_names
from flipscope_app.markup import Html, Query, join, link, tag
from flipscope_app.words import OUTCOME_NAMES, Q_TOLD, interval, points, probability

#: Examples that a slice must have: below, one flip more or less decides about the order.
LEAST = 20


def capability_slices(comparison: Comparison, candidate: str | None) -> pd.DataFrame:
    """Judge the slices of all capability columns, of one candidate or all; those that surely broke most first.

    Returns
    -------
    DataFrame
        As `Comparison.by` gives it, with ``column`` and ``value`` (as the Examples page calls it) in place of the
        column itself. Of a tagger's column only the examples that have the tag. The q-values are corrected over all
        slices tested; ``attrs["tested"]`` is their number. ``attrs["left_out"]`` has ``task``, ``name`` and
        ``below`` of those with fewer than `LEAST` examples.
    """
    parts = [_slices(comparison, column, candidate) for column in comparison.capability_columns]
    found = pd.concat(parts, ignore_index=True)
    found["q_value"] = benjamini_hochberg(found["mcnemar_p"].to_numpy(dtype=float))
    tested = int(found["mcnemar_p"].notna().sum())
    small = found["n"] < LEAST
    left_out = found.loc[small, ["task", "name", "below"]].drop_duplicates().to_dict("records")
    found = found[~small].sort_values("nfr_low", ascending=False, kind="stable").reset_index(drop=True)
    found.attrs.update(tested=tested, left_out=left_out)
    return found


def _slices(comparison: Comparison, column: str, candidate: str | None) -> pd.DataFrame:
    slices = comparison.by(column, candidate=candidate)
    slices = slices[slices[column].notna()]
    for task, rows in slices.groupby("task"):
        slices.loc[rows.index, "value"] = slice_names(comparison, str(task), column, rows[column])
    slices = slices.drop(columns=column).assign(column=column)
    if column == "capability":
        return slices.assign(name=slices["value"], below="")
    tagged = slices[slices["value"].str.lower().isin(["true", "1", "yes"])]
    return tagged.assign(name=column.removeprefix("has_").replace("_", " "), below="tagged")


def slices_table(slices: pd.DataFrame, base: Mapping[str, Query], *, head: str = "Capability", several: bool) -> Html:
    """Make the table of slices, each with a link to the examples that broke, and say what q is.

    `slices` has a row a slice: ``column``, ``value``, ``name``, ``below`` (told under the name), and the figures of
    `Comparison.by`.
    """
    heads = [
        head,
        *(["Task"] if several else []),
        "Examples",
        "Change of accuracy",
        "Broke (NFR)",
        "Mended",
        "q",
    ]
    rows = [_row(row, base, several) for row in slices.to_dict("records")]
    top = tag("tr", *(tag("th", name, scope="col") for name in heads))
    table = tag("table", tag("thead", top), tag("tbody", *rows), class_="fs-figures")
    return join(tag("div", table, class_="fs-scroll"), tag("p", Q_TOLD, class_="fs-muted fs-small"))


def _row(row: dict[str, Any], base: Mapping[str, Query], several: bool) -> Html:
    query = {**base, "task": str(row["task"]), "outcome": OUTCOME_NAMES["negative_flip"], "column": str(row["column"]),
             "value": str(row["value"])}  # fmt: skip
    below = tag("span", str(row["below"]), class_="fs-below")
    low, high = interval_of(row, "accuracy_delta")
    return tag(
        "tr",
        tag("th", link("examples", query, str(row["name"])), below, scope="row"),
        *([tag("td", str(row["task"]))] if several else []),
        tag("td", f"{row['n']:,}"),
        tag("td", points(row["accuracy_delta"]), tag("span", f"[{points(low)}, {points(high)}]", class_="fs-below")),
        tag("td", join(tag("span", f"{row['negative_flip']:,}", class_="fs-negative"), f" {percent(row['nfr'], 1)}"),
            tag("span", interval(*interval_of(row, "nfr"), 1), class_="fs-below")),
        tag("td", f"{row['positive_flip']:,}", tag("span", percent(row["pfr"], 1), class_="fs-below")),
        tag("td", probability(None if pd.isna(row["q_value"]) else row["q_value"])),
    )  # fmt: skip


def interval_of(row: dict[str, Any], name: str) -> tuple[float, float]:
    """Get the limits of a measure."""
    return float(row[f"{name}_low"]), float(row[f"{name}_high"])
