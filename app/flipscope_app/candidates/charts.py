"""Charts of methods: accuracy against NFR, and the NFR of each seed. Data in, plotly figure out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import plotly.graph_objects as go

from flipscope.contract import Interval
from flipscope.study import MethodKind
from flipscope.words import percent
from flipscope_app.candidates.points import Candidate, Point, frontier
from flipscope_app.charts import CLEAR_PAPER, COLOURS, plain
from flipscope_app.overview.task_charts import SYMBOLS, label_points, round_step

#: What kinds of methods have in common; candidates without a study are of none.
FAMILIES: dict[MethodKind | None, str] = {
    "conventional": "plain", "distillation": "distilled", "ensemble": "combined", "vote": "combined",
    "old_and_new": "combined", "lowest_nfr_seed": "picked", "centric_seed": "picked", "interpolation": "blended",
    None: "plain",
}  # fmt: skip
#: Colours of the families by theme, none of them that of an outcome; the same as in styles/candidates.css.
_FAMILY_COLOURS = {
    False: {"plain": "#4a5462", "distilled": "#007a6c", "combined": "#a85500", "picked": "#7a3db8",
            "blended": "#6a6f00"},
    True: {"plain": "#b4bdc9", "distilled": "#45c9b4", "combined": "#f0a04b", "picked": "#c79bf2",
           "blended": "#c9cf5a"},
}  # fmt: skip
#: How the seeds that were chosen are marked: in the chart, and as text.
CHOSEN_MARKS: dict[MethodKind, tuple[str, str]] = {
    "lowest_nfr_seed": ("circle-open", "○"),
    "centric_seed": ("diamond-open", "◇"),
}
_HEIGHT, _ROW = 420, 34  # pixels
_LABEL = 24  # letters
#: With more points than this the intervals of all would hide them.
_MOST_BARS = 14
_KEPT = {"unselected": {"marker": {"opacity": 1}}}  # after a click on another


def symbols_of(points: Sequence[Point]) -> dict[str, str]:
    """Give each method a mark, a key of `SYMBOLS`; candidates of no kind the same one, where there are too many."""
    alike = len(points) > len(SYMBOLS) and all(point.kind is None for point in points)
    marks = cycle([next(iter(SYMBOLS))] if alike else SYMBOLS)
    return dict(zip((point.name for point in points), marks, strict=False))


def trade_off_chart(points: Sequence[Point], old_accuracy: float, *, dark: bool) -> go.Figure:
    """Draw accuracy over the negative flip rate, with the old model and the frontier that begins with it.

    Parameters
    ----------
    points : sequence of Point
        At least one.
    old_accuracy : float
        Drawn as a line; the old model itself is where nothing broke.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
        The first trace is the frontier, the second has the candidates of methods that have several, the third the
        methods; the last two have names of candidates for custom data.
    """
    colours = COLOURS[dark]
    x_range, y_range = _ranges(points, old_accuracy)
    places = [(_percent(point.nfr.value), _percent(point.accuracy.value)) for point in points]
    best = frontier([(0.0, 100 * old_accuracy), *places])
    figure = go.Figure()
    _draw_frontier(figure, [(0.0, 100 * old_accuracy), *places], best, colours)
    _draw_candidates(figure, points, dark=dark)
    _draw_points(figure, points, {index - 1 for index in best}, dark=dark)
    _draw_old(figure, 100 * old_accuracy, colours)
    first = sorted(range(len(points)), key=lambda index: index + 1 not in best)  # names where room is short
    shares = [(_share(places[index][0], x_range), _share(places[index][1], y_range)) for index in first]
    seeds = [(_share(_percent(each.nfr), x_range), _share(_percent(each.accuracy), y_range))
             for point in points if len(point.candidates) > 1 for each in point.candidates]  # fmt: skip
    label_points(figure, shares, [plain(points[index].name, _LABEL) for index in first], colours, seeds)
    axis = _axis(colours, ticksuffix="%", gridcolor=colours["grid"], automargin=True, nticks=8)
    figure.update_xaxes(**axis, range=x_range, title=_title("← negative flip rate (NFR)", colours))
    figure.update_yaxes(**axis, range=y_range, title=_title("accuracy →", colours))
    return figure.update_layout(
        height=_HEIGHT, margin={"l": 0, "r": 8, "t": 8, "b": 48}, showlegend=False, hoverdistance=30,
        clickmode="event+select", **CLEAR_PAPER,
    )  # fmt: skip


def _draw_frontier(
    figure: go.Figure, places: Sequence[tuple[float, float]], best: Sequence[int], colours: dict[str, str]
) -> None:
    figure.add_scatter(
        x=[places[index][0] for index in best], y=[places[index][1] for index in best], mode="lines",
        hoverinfo="skip", opacity=0.35,  # broad and pale, so that it shows under the thin intervals
        line={"color": colours["strong"], "width": 4, "shape": "hv"},
    )  # fmt: skip


def _draw_candidates(figure: go.Figure, points: Sequence[Point], *, dark: bool) -> None:
    """Draw the seeds of methods that have several."""
    symbols, paints = symbols_of(points), _FAMILY_COLOURS[dark]
    seeds = [(point, each) for point in points if len(point.candidates) > 1 for each in point.candidates]
    figure.add_scatter(
        x=[_percent(each.nfr) for _, each in seeds], y=[_percent(each.accuracy) for _, each in seeds], mode="markers",
        marker={"size": 7, "opacity": 0.5, "symbol": [symbols[point.name] for point, _ in seeds],
                "color": [paints[FAMILIES[point.kind]] for point, _ in seeds]},
        unselected={"marker": {"opacity": 0.5}}, customdata=[each.name for _, each in seeds],
        text=[_candidate_told(each) for _, each in seeds], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _draw_points(figure: go.Figure, points: Sequence[Point], best: set[int], *, dark: bool) -> None:
    """Draw the methods with their intervals; of very many, only those of the best ones."""
    colours, symbols, paints = COLOURS[dark], symbols_of(points), _FAMILY_COLOURS[dark]
    barred = [len(points) <= _MOST_BARS or index in best for index in range(len(points))]
    figure.add_scatter(
        x=[_percent(point.nfr.value) for point in points], y=[_percent(point.accuracy.value) for point in points],
        mode="markers",
        marker={"size": 12, "symbol": [symbols[point.name] for point in points],
                "color": [paints[FAMILIES[point.kind]] for point in points],
                "line": {"color": colours["page"], "width": 1}},
        error_x=_bars([point.nfr for point in points], barred, colours),
        error_y=_bars([point.accuracy for point in points], barred, colours),
        customdata=[point.candidates[0].name for point in points],
        text=[_point_told(point) for point in points], hovertemplate="%{text}<extra></extra>", **_KEPT,
    )  # fmt: skip


def _draw_old(figure: go.Figure, accuracy: float, colours: dict[str, str]) -> None:
    figure.add_hline(y=accuracy, line={"color": colours["line"], "dash": "dot", "width": 1.5}, layer="below")
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=accuracy, yanchor="bottom", text=f"old model {accuracy:.1f}%",
        showarrow=False, font={"size": 12, "color": colours["text"]},
    )  # fmt: skip


def seeds_chart(points: Sequence[Point], chosen: Mapping[MethodKind, int], *, dark: bool) -> go.Figure:
    """Draw the negative flip rate of each seed, a row a method, and mark the conventional seeds that were chosen.

    Parameters
    ----------
    points : sequence of Point
        From top to bottom.
    chosen : mapping of str to int
        The conventional seed that each way of choosing one took; keys of `CHOSEN_MARKS`.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
        The first trace has the means, the second the candidates with their names for custom data, further ones the
        marks.
    """
    colours, paints, symbols = COLOURS[dark], _FAMILY_COLOURS[dark], symbols_of(points)
    rows = list(range(len(points)))
    seeds = [(row, point, each) for row, point in zip(rows, points, strict=True) for each in point.candidates]
    figure = go.Figure()
    figure.add_scatter(
        x=[_percent(point.nfr.value) for point in points], y=rows, mode="markers", hoverinfo="skip",
        marker={"symbol": "line-ns", "size": 18, "line": {"color": colours["strong"], "width": 2}}, **_KEPT,
    )  # fmt: skip
    figure.add_scatter(
        x=[_percent(each.nfr) for *_, each in seeds], y=[row for row, *_ in seeds], mode="markers", cliponaxis=False,
        marker={"size": 9, "opacity": 0.75, "symbol": [symbols[point.name] for _, point, _ in seeds],
                "color": [paints[FAMILIES[point.kind]] for _, point, _ in seeds]},
        unselected={"marker": {"opacity": 0.75}}, customdata=[each.name for *_, each in seeds],
        text=[_candidate_told(each) for *_, each in seeds], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    for kind, seed in chosen.items():
        places = [(row, each) for row, point, each in seeds if point.kind == "conventional" and each.seed == seed]
        figure.add_scatter(
            x=[_percent(each.nfr) for _, each in places], y=[row for row, _ in places], mode="markers",
            hoverinfo="skip", marker={"symbol": CHOSEN_MARKS[kind][0], "size": 19, "color": paints["picked"],
                                      "line": {"width": 2}}, **_KEPT,
        )  # fmt: skip
    for row, point in zip(rows, points, strict=True):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=row, text=_spread(point), showarrow=False,
            font={"size": 12, "color": colours["text"]},
        )  # fmt: skip
    highest = max((_percent(each.nfr) for *_, each in seeds), default=0.0)
    axis = _axis(colours, gridcolor=colours["grid"])
    step = round_step(max(highest, 0.5))
    last = step * math.ceil(max(highest, 0.5) / step)  # no mark is beyond the last tick
    figure.update_xaxes(**axis, ticksuffix="%", dtick=step, range=[0, 1.02 * last],
                        title=_title("← negative flip rate (NFR)", colours))  # fmt: skip
    names = [f"  {plain(point.name, 22)}  " for point in points]
    figure.update_yaxes(**axis, range=[len(rows) - 0.5, -0.5], tickvals=rows, ticktext=names, automargin=True)
    return figure.update_layout(
        height=max(_HEIGHT, 60 + _ROW * len(rows)), margin={"l": 0, "r": 82, "t": 8, "b": 48}, showlegend=False,
        hoverdistance=20, clickmode="event+select", **CLEAR_PAPER,
    )  # fmt: skip


def _spread(point: Point) -> str:
    rates = [each.nfr for each in point.candidates]
    low, high = percent(min(rates), 1), percent(max(rates), 1)
    return low if low == high else f"{low.removesuffix('%')}–{high}"


def _axis(colours: dict[str, str], **more: Any) -> dict[str, Any]:
    font = {"size": 12, "color": colours["text"]}
    return {"fixedrange": True, "zeroline": False, "ticklen": 0, "tickfont": font, **more}


def _title(text: str, colours: dict[str, str]) -> dict[str, Any]:
    return {"text": text, "font": {"size": 12, "color": colours["text"]}, "standoff": 8}


def _ranges(points: Sequence[Point], old_accuracy: float) -> tuple[list[float], list[float]]:
    """Choose what both axes show: all intervals and seeds, the old model, and some room around."""
    x = [_percent(each.nfr) for point in points for each in point.candidates]
    x += [limit for point in points for limit in _limits(point.nfr)]
    y = [_percent(each.accuracy) for point in points for each in point.candidates]
    y += [limit for point in points for limit in _limits(point.accuracy)] + [100 * old_accuracy]
    room = 0.06 * max(max(y) - min(y), 1.0)
    return [0.0, 1.06 * max(*x, 0.5)], [min(y) - room, max(y) + room]


def _bars(intervals: Sequence[Interval], barred: Sequence[bool], colours: dict[str, str]) -> dict[str, Any]:
    limits = [_limits(each) if shown else (0.0, 0.0, 0.0) for each, shown in zip(intervals, barred, strict=True)]
    return {
        "type": "data", "color": colours["other"], "thickness": 1, "width": 0,
        "array": [high - value for _, value, high in limits], "arrayminus": [value - low for low, value, _ in limits],
    }  # fmt: skip


def _limits(rate: Interval) -> tuple[float, float, float]:
    """Get low, value and high in percent; without limits the value stands alone."""
    value = _percent(rate.value)
    return (
        value if rate.low is None else 100 * rate.low,
        value,
        value if rate.high is None else 100 * rate.high,
    )


def _percent(rate: float | None) -> float:
    return 100 * (rate or 0.0)


def _share(value: float, span: list[float]) -> float:
    return (value - span[0]) / (span[1] - span[0])


def _rate_told(rate: Interval) -> str:
    return f"{percent(rate.value)} [{percent(rate.low)}, {percent(rate.high)}]"


def _point_told(point: Point) -> str:
    several = f" (mean of {len(point.candidates)})" if len(point.candidates) > 1 else ""
    broke = ", ".join(f"{each.broke:,}" for each in point.candidates)
    return (
        f"<b>{plain(point.name, 40)}</b>{several}<br>accuracy {_rate_told(point.accuracy)}<br>"
        f"NFR {_rate_told(point.nfr)}<br>broke {broke} of {point.candidates[0].n:,}"
    )


def _candidate_told(each: Candidate) -> str:
    return (
        f"<b>{plain(each.name, 40)}</b><br>accuracy {percent(each.accuracy)}<br>"
        f"NFR {percent(each.nfr)}: {each.broke:,} of {each.n:,} broke"
    )
