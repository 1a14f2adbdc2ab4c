"""Charts: data in, plotly figure out."""

from __future__ import annotations

import html

import pandas as pd
import plotly.graph_objects as go

from flipscope.words import percent

#: By theme: marks for what broke, was mended, and others; text (at least 4.5:1 on the page and on all fills); lines of
#: the grid; the page; fills from none at all to most of what broke, was mended, or either.
COLOURS = {
    False: {"negative": "#b8283f", "positive": "#2458c5", "line": "#7d8794", "text": "#4a5462", "grid": "#e6e9ef",
            "strong": "#1b2330", "page": "#ffffff", "none": "#f4f6f9", "broke": "#ec8391", "mended": "#86abf2",
            "other": "#a3acb8"},
    True: {"negative": "#ff8291", "positive": "#8db4ff", "line": "#8e99a8", "text": "#b4bdc9", "grid": "#2a323e",
           "strong": "#e4e9f1", "page": "#12161d", "none": "#232a35", "broke": "#a83248", "mended": "#2f5cb8",
           "other": "#556070"},
}  # fmt: skip
#: The page shows through.
CLEAR_PAPER = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "dragmode": False}
_ROW, _FRAME = 27, 56  # pixels


def plain(text: object, length: int = 30) -> str:
    """Keep plotly from reading text as its own HTML, and cut it to fit an axis."""
    shown = " ".join(str(text).split())
    return html.escape(shown if len(shown) <= length else f"{shown[: length - 1]}…", quote=False)


def slice_chart(slices: pd.DataFrame, overall: float | None, *, dark: bool) -> go.Figure:
    """Draw the negative flip rate of slices with its interval.

    Parameters
    ----------
    slices : DataFrame
        One row a slice, in the order from top to bottom: ``value``, ``n``, ``negative_flip``, ``nfr``,
        ``nfr_low``, ``nfr_high``.
    overall : float or None
        The rate of the whole task, drawn as a line to compare with.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    colours = COLOURS[dark]
    rows = list(range(len(slices)))
    rates, low, high = (100 * slices[name].to_numpy(dtype=float) for name in ("nfr", "nfr_low", "nfr_high"))
    names = [plain(value) for value in slices["value"]]
    counts = [f"{flips:,} of {n:,}" for flips, n in zip(slices["negative_flip"], slices["n"], strict=True)]
    figure = go.Figure(
        go.Scatter(
            x=rates,
            y=rows,
            mode="markers",
            cliponaxis=False,
            marker={"size": 9, "color": colours["negative"]},
            unselected={"marker": {"opacity": 1}},
            error_x={
                "type": "data", "array": high - rates, "arrayminus": rates - low,
                "color": colours["line"], "thickness": 1.5, "width": 3,
            },
            customdata=list(zip(names, counts, low, high, strict=True)),
            hovertemplate="%{customdata[0]}: %{x:.2f}% [%{customdata[2]:.2f}, %{customdata[3]:.2f}]<br>"
            "%{customdata[1]} broke<extra></extra>",
        )
    )  # fmt: skip
    for row, count in zip(rows, counts, strict=True):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=row, text=count, showarrow=False,
            font={"size": 12, "color": colours["text"]},
        )  # fmt: skip
    if overall is not None:
        figure.add_vline(
            x=100 * overall, line={"color": colours["line"], "dash": "dot", "width": 1},
            annotation={"text": f"all {percent(overall, 1)}", "font": {"size": 11, "color": colours["text"]}},
            annotation_position="top",
        )  # fmt: skip
    axis = {"fixedrange": True, "zeroline": False, "tickfont": {"size": 12, "color": colours["text"]}}
    figure.update_xaxes(**axis, rangemode="tozero", ticksuffix="%", gridcolor=colours["grid"], nticks=6)
    figure.update_yaxes(
        **axis, tickvals=rows, ticktext=names, range=[len(rows) - 0.5, -0.5], showgrid=False, automargin=True
    )
    return figure.update_layout(
        height=_FRAME + _ROW * max(len(rows), 2),
        margin={"l": 0, "r": 92, "t": 24, "b": 28},
        clickmode="event+select",
        showlegend=False,
        **CLEAR_PAPER,
    )
