"""The label x label map: data in, plotly figure out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from flipscope_app.charts import CLEAR_PAPER, COLOURS, plain

_FILLS = {"negative_flip": "broke", "positive_flip": "mended", None: "other"}
_SQUARE, _FRAME, _LOWEST = 44, 110, 260  # pixels


def change_heatmap(table: pd.DataFrame, outcome: str | None, sides: tuple[str, str], *, dark: bool) -> go.Figure:
    """Draw how many examples went from which label (rows) to which (columns).

    Parameters
    ----------
    table : DataFrame
        Counts, a row and a column a label.
    outcome : str or None
        The flips it is about, which choose the colour.
    sides : tuple of str
        What rows and columns are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
        Its second trace has a point a square, row by row, for clicks: a heatmap returns none.
    """
    size, most = len(table), max(1, int(table.to_numpy().max(initial=0)))
    places = list(range(size))
    cells = [(row, column, int(table.iat[row, column])) for row in places for column in places]
    colours = COLOURS[dark]
    names = [plain(name, 18) for name in table.index]
    figure = go.Figure(
        go.Heatmap(
            z=[[count or None for count in row] for row in table.to_numpy().tolist()], x=places, y=places,
            zmin=0, zmax=most, colorscale=[[0, colours["none"]], [1, colours[_FILLS[outcome]]]], showscale=False,
            xgap=2, ygap=2, hoverinfo="skip",
        )
    )  # fmt: skip
    clear = {"marker": {"opacity": 0}}  # invisible whether selected or not
    figure.add_scatter(
        x=[column for _, column, _ in cells], y=[row for row, _, _ in cells], mode="markers+text",
        marker={"symbol": "square", "size": 30, "opacity": 0}, selected=clear, unselected=clear,
        text=[f"{count:,}" if count else "" for *_, count in cells],
        textfont={"size": 13, "color": colours["strong"]},
        customdata=[(names[row], names[column], f"{count:,}") for row, column, count in cells],
        hovertemplate="%{customdata[0]} → %{customdata[1]}: %{customdata[2]}<extra></extra>",
    )  # fmt: skip
    text = {"size": 12, "color": colours["text"]}
    axis = {
        "tickvals": places, "ticktext": names, "fixedrange": True, "zeroline": False, "showgrid": False,
        "tickfont": text, "automargin": True,
    }  # fmt: skip
    figure.update_xaxes(**axis, range=[-0.5, size - 0.5], side="top", title={"text": sides[1], "font": text})
    figure.update_yaxes(**axis, range=[size - 0.5, -0.5], title={"text": sides[0], "font": text})
    return figure.update_layout(
        height=max(_LOWEST, _FRAME + _SQUARE * size),
        margin={"l": 0, "r": 8, "t": 30, "b": 8},
        clickmode="event+select", hoverdistance=60, showlegend=False, **CLEAR_PAPER,
    )  # fmt: skip
