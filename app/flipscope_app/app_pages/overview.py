"""Overview: what each candidate broke and mended, by task."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from flipscope.comparison import Comparison
from flipscope_app import behaviors, figures
from flipscope_app.charts import slice_chart
from flipscope_app.filters import NONE, slice_columns, slice_names
from flipscope_app.grid import flip_grid
from flipscope_app.markup import Html, show, show_linked, tag
from flipscope_app.provenance import model_title, provenance
from flipscope_app.state import ask_for, base_query, current, current_candidate, note, warn_of_unknown
from flipscope_app.words import OUTCOME_NAMES

#: Slices that the chart shows; the table under it has all.
_MOST_SLICES = 12


def page() -> None:
    """Show the page."""
    comparison = current()
    _title(comparison)
    candidate = current_candidate(comparison)
    base = base_query(comparison)
    if comparison.tasks:
        show(figures.headline(comparison, candidate))
        show_linked(figures.figures_table(comparison, base), key="figures", on_open=ask_for)
        with st.expander("What these figures mean", icon=":material/help:"):
            show(figures.explanations())
    if remarks := figures.remarks(comparison, candidate):
        show(note("warning", *remarks))
    for task in comparison.tasks:
        _task(comparison, task, candidate, base)
    if comparison.behaviors:
        _behaviors(comparison, candidate)
    with st.expander("Models, data and settings", icon=":material/fingerprint:"):
        show(provenance(comparison))


def _title(comparison: Comparison) -> None:
    sides = [model_title(comparison, side) for side in ("old", *comparison.candidates)]
    made = pd.Timestamp(comparison.manifest.created).strftime("%d %B %Y, %H:%M")
    models = f"{sides[0]} → {', '.join(sides[1:])}"
    title = tag("h1", comparison.path.resolve().name)
    show(tag("header", title, tag("span", f"{models} · {made}", class_="fs-muted"), class_="fs-title"))


def _task(comparison: Comparison, task: str, candidate: str, base: dict[str, str]) -> None:
    info = comparison.task_info(task)
    with st.container(border=True, key=f"task {task}"):
        rows = info.data.rows if info.data else 0
        about = f"{rows:,} rows · {' / '.join(info.label_names)}"
        show(tag("div", tag("h2", task), tag("span", about, class_="fs-muted"), class_="fs-task"))
        left, right = st.columns([8, 5], gap="medium")
        with left:
            grid = _grid(comparison, str(comparison.path), comparison.manifest.created, task, candidate, base)
            show_linked(grid, key=f"grid {task}", on_open=ask_for)
        with right:
            columns = [*slice_columns(comparison, task), "label"]
            first = columns.index("capability") if "capability" in columns else 0
            warn_of_unknown(f"by {task}", columns, "a column")
            column = st.selectbox("Where it broke, by", columns, first, key=f"by {task}", bind="query-params")
            slices = comparison.by(column, task=task, candidate=candidate)
            _slice_chart(comparison, task, candidate, column, slices, base)
        with st.expander("All slices as a table"):
            _slice_table(slices, column)


def _behaviors(comparison: Comparison, candidate: str) -> None:
    suites = [suite for info in comparison.manifest.tasks for suite in info.suites]
    with st.container(border=True, key="behaviors"):
        head = tag("span", behaviors.suites_told(suites), class_="fs-muted")
        show(tag("div", tag("h2", "Behaviors"), head, class_="fs-task"))
        show(behaviors.behaviors_headline(comparison, candidate))
        show(behaviors.capability_table(comparison, candidate))
        with st.expander("All tests as a table"):
            rates = {
                name: st.column_config.NumberColumn(format="%.1f") for name in ("broke %", "fails old %", "fails new %")
            }
            st.dataframe(
                behaviors.tests_frame(comparison, candidate), hide_index=True,
                column_config={**rates, "q": st.column_config.NumberColumn(format="%.3f")},
                alt="Every behavior test with cases, fail rates of both models, cases broken and mended, and q-value",
            )  # fmt: skip


@st.cache_data(max_entries=200, show_spinner=False)
def _grid(_comparison: Comparison, path: str, created: str, task: str, candidate: str, base: dict[str, str]) -> Html:
    """Keep the grids: sorting a million unchanged rows for three of them is the slowest thing on this page."""
    return flip_grid(_comparison, task, candidate, base)


def _slice_chart(
    comparison: Comparison, task: str, candidate: str, column: str, slices: pd.DataFrame, base: dict[str, str]
) -> None:
    names = slice_names(comparison, task, column, slices[column])
    key = f"chart {task} {column}"

    def open_slice() -> None:
        for point in st.session_state[key].selection.point_indices:
            broke = {"outcome": OUTCOME_NAMES["negative_flip"], "column": column, "value": names[point]}
            ask_for("examples", {**figures.examples_query(comparison, base, task, candidate), **broke})

    overall = comparison.result(task, candidate).nfr.value
    shown = slices.assign(value=names).head(_MOST_SLICES)
    st.plotly_chart(
        slice_chart(shown, overall, dark=st.context.theme.type == "dark"),
        key=key, on_select=open_slice, selection_mode="points", config={"displayModeBar": False},
        alt=f"Negative flip rate with 95 % interval by {column}; the same figures are in the table under it",
    )  # fmt: skip
    told = f"The {len(shown)} slices with most negative flips of {len(slices)}. " if len(shown) < len(slices) else ""
    told += f"{slices.attrs['tested']} of {len(slices)} slices tested; q-values allow for their number. "
    show(tag("p", told, "A click on a point opens its examples.", class_="fs-muted fs-small"))


def _slice_table(slices: pd.DataFrame, column: str) -> None:
    shown = pd.DataFrame({
        "slice": slices[column].astype(object).where(slices[column].notna(), NONE).astype(str),
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
