"""The chart of the fix advisor: accuracy against NFR along each way to combine two models. Data in, figure out."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from flipscope.contract import Interval
from flipscope.mitigate.advice.contract import CurvePoint, Family, FamilyName, TaskAdvice
from flipscope.mitigate.advice.words import FAMILY_NAMES, setting_told
from flipscope.words import percent
from flipscope_app.charts import CLEAR_PAPER, COLOURS, plain

#: Marks of the curves, and how text writes them.
SYMBOLS: dict[FamilyName, tuple[str, str]] = {
    "mixing": ("circle", "●"), "fallback": ("square", "■"), "routing": ("diamond", "◆"),
}  # fmt: skip
#: Classes of styles/candidates.css with the same colours.
CLASSES: dict[FamilyName, str] = {
    "mixing": "fs-family-combined", "fallback": "fs-family-distilled", "routing": "fs-family-picked",
}  # fmt: skip
_PAINTS: dict[bool, dict[FamilyName, str]] = {
    False: {"mixing": "#a85500", "fallback": "#007a6c", "routing": "#7a3db8"},
    True: {"mixing": "#f0a04b", "fallback": "#45c9b4", "routing": "#c79bf2"},
}
_HEIGHT = 360  # pixels


def advice_chart(advice: TaskAdvice, *, dark: bool) -> go.Figure:
    """Draw a curve for each way to combine the models, both models alone, and the points chosen.

    Parameters
    ----------
    advice : TaskAdvice
        With families, at least one of which has points.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
        A trace for each curve, then one for the chosen points with their intervals, then one for both models alone.
    """
    assert advice.old is not None
    assert advice.new is not None
    colours, paints = COLOURS[dark], _PAINTS[dark]
    drawn = [family for family in advice.families if family.points]
    figure = go.Figure()
    for family in drawn:
        _draw_curve(figure, family, paints[family.family])
    _draw_chosen(figure, drawn, dark=dark)
    _draw_alone(figure, advice.old, advice.new, colours)
    x_range, y_range = _ranges(advice, drawn)
    font = {"size": 12, "color": colours["text"]}
    axis = {"fixedrange": True, "zeroline": False, "ticklen": 0, "tickfont": font, "ticksuffix": "%",
            "gridcolor": colours["grid"], "automargin": True, "nticks": 7}  # fmt: skip
    figure.update_xaxes(**axis, range=x_range, title=_title("← negative flip rate (NFR)", font))
    figure.update_yaxes(**axis, range=y_range, title=_title("accuracy →", font))
    return figure.update_layout(
        height=_HEIGHT, margin={"l": 0, "r": 8, "t": 8, "b": 48}, showlegend=False, hoverdistance=30, **CLEAR_PAPER
    )  # fmt: skip


def _draw_curve(figure: go.Figure, family: Family, paint: str) -> None:
    figure.add_scatter(
        x=[100 * point.nfr for point in family.points], y=[100 * point.accuracy for point in family.points],
        mode="lines+markers", name=FAMILY_NAMES[family.family], cliponaxis=False, line={"color": paint, "width": 1.5},
        marker={"size": 5, "symbol": SYMBOLS[family.family][0], "color": paint},
        text=[_told(family, index) for index in range(len(family.points))], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _draw_chosen(figure: go.Figure, drawn: list[Family], *, dark: bool) -> None:
    """Draw the chosen points large; where the candidate alone was chosen, its own mark stands for that."""
    shown = [(family, family.chosen) for family in drawn if family.chosen and family.chosen.index]
    figure.add_scatter(
        x=[_limits(chosen.nfr)[1] for _, chosen in shown],
        y=[_limits(chosen.accuracy)[1] for _, chosen in shown],
        mode="markers", cliponaxis=False,
        marker={"size": 14, "symbol": [SYMBOLS[family.family][0] for family, _ in shown],
                "color": [_PAINTS[dark][family.family] for family, _ in shown],
                "line": {"color": COLOURS[dark]["page"], "width": 1.5}},
        error_x=_bars([chosen.nfr for _, chosen in shown], dark),
        error_y=_bars([chosen.accuracy for _, chosen in shown], dark),
        text=[_told(family, chosen.index) for family, chosen in shown],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _bars(intervals: list[Interval], dark: bool) -> dict[str, Any]:
    limits = [_limits(each) for each in intervals]
    return {
        "type": "data", "color": COLOURS[dark]["other"], "thickness": 1, "width": 0,
        "array": [high - value for _, value, high in limits], "arrayminus": [value - low for low, value, _ in limits],
    }  # fmt: skip


def _draw_alone(figure: go.Figure, old: CurvePoint, new: CurvePoint, colours: dict[str, str]) -> None:
    """Draw both models, with their names beside them."""
    models = {"old model": old, "candidate": new}
    figure.add_scatter(
        x=[100 * point.nfr for point in models.values()], y=[100 * point.accuracy for point in models.values()],
        mode="markers", cliponaxis=False, marker={"size": 11, "symbol": "x-thin", "line": {"width": 2.5,
                                                  "color": colours["strong"]}},
        text=[f"<b>{name.capitalize()} alone</b><br>{_figures(point)}" for name, point in models.items()],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    for name, point in models.items():  # no curve is to the right of the candidate, few are below the old model
        below = -14 if name == "old model" else 0
        figure.add_annotation(
            x=100 * point.nfr, y=100 * point.accuracy, text=name, showarrow=False, xanchor="left", xshift=10,
            yshift=below, font={"size": 12, "color": colours["strong"]}, bgcolor=colours["page"] + "b3", borderpad=0,
        )  # fmt: skip


def _told(family: Family, index: int) -> str:
    setting = plain(setting_told(family, index), 60)
    point = family.points[index]
    asked = f"<br>the old model runs for {percent(point.asks_old_share, 1)} of the inputs"
    return f"<b>{FAMILY_NAMES[family.family]}</b>: {setting}<br>{_figures(point)}{asked}"


def _figures(point: CurvePoint) -> str:
    broke = f"{point.negative_flip:,} of {point.n:,} broke"
    return f"accuracy {percent(point.accuracy)}<br>NFR {percent(point.nfr)}: {broke}"


def _ranges(advice: TaskAdvice, drawn: list[Family]) -> tuple[list[float], list[float]]:
    """Choose what both axes show: all points, the intervals of the chosen ones, and room for the candidate's name."""
    named = 100 * (advice.new.nfr if advice.new else 0.0)
    every = [point for point in (advice.old, advice.new) if point] + [each for one in drawn for each in one.points]
    chosen = [family.chosen for family in drawn if family.chosen and family.chosen.index]
    x = [100 * point.nfr for point in every] + [limit for each in chosen for limit in _limits(each.nfr)]
    y = [100 * point.accuracy for point in every] + [limit for each in chosen for limit in _limits(each.accuracy)]
    room = 0.08 * max(max(y) - min(y), 1.0)
    return [0.0, max(1.06 * max(*x, 0.5), 1.22 * named)], [min(y) - room, max(y) + room]


def _limits(rate: Interval) -> tuple[float, float, float]:
    """Get low, value and high in percent; without limits the value stands alone."""
    value = rate.value or 0.0
    low = value if rate.low is None else rate.low
    high = value if rate.high is None else rate.high
    return 100 * low, 100 * value, 100 * high


def _title(text: str, font: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "font": font, "standoff": 8}
