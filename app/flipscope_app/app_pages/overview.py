"""Overview: what each candidate broke and mended, by task."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope_app import figures
from flipscope_app.charts import slice_chart
from flipscope_app.filters import NONE, slice_columns
from flipscope_app.grid import flip_grid
from flipscope_app.markup import show, show_linked, tag
from flipscope_app.provenance import provenance
from flipscope_app.state import base_query, choose_candidate, current, note

#: Slices that the chart shows; the table under it has all.
_MOST_SLICES = 12


def page() -> None:
    """Show the page."""
    comparison = current()
    _title(comparison)
    candidate = choose_candidate(comparison)
    show(figures.headline(comparison, candidate))
    base = base_query()
    opened = show_linked(figures.figures_table(comparison, base), key="figures")
    with st.expander("What these figures mean", icon=":material/help:"):
        show(figures.explanations())
    if remarks := figures.remarks(comparison, candidate):
        show(note("warning", *remarks))
    for task in comparison.tasks:
        opened = _task(comparison, task, candidate, base) or opened
    with st.expander("Models, data and settings", icon=":material/fingerprint:"):
        show(provenance(comparison))
    if opened:
        st.switch_page("app_pages/examples.py", query_params=opened)


def _title(comparison: Comparison) -> None:
    results = comparison.results
    names = tag("h1", results.old.name, tag("span", " → ", class_="fs-muted"), ", ".join(comparison.candidates))
    made = pd.Timestamp(comparison.manifest.created).strftime("%d %B %Y, %H:%M")
    show(
        tag(
            "header",
            names,
            tag("span", f"{comparison.path.resolve().name} · {made}", class_="fs-muted"),
            class_="fs-title",
        )
    )


def _task(comparison: Comparison, task: str, candidate: str, base: dict[str, str]) -> dict[str, str] | None:
    info = comparison.task_info(task)
    with st.container(border=True, key=f"task {task}"):
        about = f"{info.data.rows:,} rows · {' / '.join(info.label_names)}"
        show(tag("div", tag("h2", task), tag("span", about, class_="fs-muted"), class_="fs-task"))
        left, right = st.columns([8, 5], gap="medium")
        with left:
            opened = show_linked(flip_grid(comparison, task, candidate, base), key=f"grid {task}")
        with right:
            opened = _slices(comparison, task, candidate, base) or opened
    return opened


def _slices(comparison: Comparison, task: str, candidate: str, base: dict[str, str]) -> dict[str, str] | None:
    """Show where the negative flips are; gives what was asked for by a click on the chart."""
    columns = [*slice_columns(comparison, task), "label"]
    column = st.selectbox("Where it broke, by", columns, key=f"by {task}", bind="query-params")
    slices = comparison.by(column, task=task, candidate=candidate)
    tested = slices.attrs["tested"]
    slices.insert(0, "value", slices[column].astype(object).where(slices[column].notna(), NONE))
    result = comparison.result(task, candidate)
    picked = st.plotly_chart(
        slice_chart(slices.head(_MOST_SLICES), result.nfr.value, dark=st.context.theme.type == "dark"),
        key=f"chart {task} {column}", on_select="rerun", selection_mode="points",
        config={"displayModeBar": False},
        alt=f"Negative flip rate with 95 % interval by {column}; the same figures are in the table below",
    )  # fmt: skip
    more = len(slices) - _MOST_SLICES
    told = f"The {_MOST_SLICES} slices with most negative flips of {len(slices)}. " if more > 0 else ""
    told += f"{tested} of {len(slices)} slices tested; q-values allow for their number. "
    told += "A click on a point opens its examples."
    show(tag("p", told, class_="fs-muted fs-small"))
    with st.expander("All slices as a table"):
        _slice_table(slices)
    points = picked.selection.point_indices
    if not points or points[0] >= len(slices):
        return None
    return {
        **base,
        "task": task,
        "candidate": candidate,
        "column": column,
        "value": str(slices["value"][points[0]]),
    }


def _slice_table(slices: pd.DataFrame) -> None:
    shown = pd.DataFrame({
        "slice": slices["value"].astype(str),
        "n": slices["n"],
        "broke": slices["negative_flip"],
        "NFR %": 100 * slices["nfr"],
        "low": 100 * slices["nfr_low"],
        "high": 100 * slices["nfr_high"],
        "mended": slices["positive_flip"],
        "change": 100 * slices["accuracy_delta"],
        "q": slices["q_value"],
    })  # fmt: skip
    rates = {name: st.column_config.NumberColumn(format="%.2f") for name in ("NFR %", "low", "high", "change")}
    st.dataframe(
        shown, hide_index=True, column_config={**rates, "q": st.column_config.NumberColumn(format="%.3f")},
        alt="Slices with counts, negative flip rate and interval, change of accuracy in points and q-value",
    )  # fmt: skip


page()
