"""Charts over tasks and candidates: what broke against what was mended, and gain against damage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from flipscope.schema import Interval, TaskResult
from flipscope.words import percent
from flipscope_app.charts import CLEAR_PAPER, COLOURS, plain
from flipscope_app.words import points

#: Marks of the candidates, and how text writes them.
SYMBOLS = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "cross": "✚", "star": "★"}
_GAIN_HEIGHT, _BAR_ROW = 330, 30  # pixels
# What a label of the gain chart takes up, as shares of a chart 520 pixels wide: a letter, a line, the way to its point.
_LETTER, _LINE, _OFF = 7.2 / 520, 16 / (_GAIN_HEIGHT - 70), 0.022
#: How many lines away names are tried that find no room beside their points; from `_FAR` on a line leads to them.
_FAR_LINES = (2.2, -2.2, 3.4, -3.4, 4.6, -4.6)
_FAR = 2 * _LINE

Place = tuple[float, float]


def flips_chart(results: Sequence[TaskResult], *, dark: bool) -> go.Figure:
    """Draw negative flips to the left and positive ones to the right of a line, as shares of each task's examples.

    Parameters
    ----------
    results : sequence of TaskResult
        One a task, from top to bottom.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
    """
    colours = COLOURS[dark]
    rows = list(range(len(results)))
    width = min(0.65, 0.12 * len(rows))  # bars of a few tasks need not fill the chart
    figure = go.Figure()
    for outcome, rate, sign, word, colour in (
        ("negative_flip", "nfr", -1, "broke", colours["negative"]),
        ("positive_flip", "pfr", 1, "mended", colours["positive"]),
    ):
        counts = [getattr(result, outcome) for result in results]
        shares = [getattr(result, rate) for result in results]
        hover = [
            f"<b>{plain(result.task)}</b>: {count:,} of {result.n:,} {word}<br>{_limits(share)}"
            for result, count, share in zip(results, counts, shares, strict=True)
        ]
        figure.add_bar(
            x=[sign * 100 * (share.value or 0.0) for share in shares], y=rows, orientation="h", width=width,
            text=[f"{count:,}" for count in counts],
            textposition="outside", cliponaxis=False, textfont={"size": 12, "color": colours["text"]},
            marker={"color": colour}, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    reach = max((max(result.nfr.value or 0.0, result.pfr.value or 0.0) for result in results), default=0.0)
    reach = 100 * max(reach, 0.001) * 1.22  # room for the counts
    step = round_step(reach)
    ticks = [step * number for number in range(-int(reach / step), int(reach / step) + 1)]
    axis = {"fixedrange": True, "tickfont": {"size": 12, "color": colours["text"]}, "ticklen": 0}
    figure.update_xaxes(
        **axis, range=[-reach, reach], tickvals=ticks, ticktext=[f"{abs(tick):g}%" for tick in ticks],
        gridcolor=colours["grid"], zerolinecolor=colours["line"], zerolinewidth=1.5,
    )  # fmt: skip
    figure.update_yaxes(
        **axis, range=[len(rows) - 0.5, -0.5], tickvals=rows, automargin=True,
        ticktext=[f"{plain(result.task, 24)}  " for result in results], showgrid=False, zeroline=False,
    )  # fmt: skip
    for side, x, text in (("right", 0.5, "◀ broke  "), ("left", 0.5, "  mended ▶")):
        colour = colours["negative" if side == "right" else "positive"]
        figure.add_annotation(
            x=x, xref="paper", y=1, yref="paper", xanchor=side, yanchor="bottom", text=text, showarrow=False,
            font={"size": 12, "color": colour},
        )  # fmt: skip
    return figure.update_layout(
        height=max(_GAIN_HEIGHT, 60 + _BAR_ROW * len(rows)), margin={"l": 0, "r": 8, "t": 26, "b": 26},
        barmode="overlay", showlegend=False, **CLEAR_PAPER,
    )  # fmt: skip


def round_step(reach: float) -> float:
    """Choose a round step that gives two to four ticks a side."""
    power = 0.001
    while True:
        for factor in (1, 2, 5):
            if reach / (factor * power) <= 4.5:
                return factor * power
        power *= 10


@dataclass(frozen=True)
class Point:
    """One task and candidate in the gain chart.

    Attributes
    ----------
    result : TaskResult
    candidate : str
    name : str
        What stands beside the point; empty when it is there only to compare with.
    """

    result: TaskResult
    candidate: str
    name: str


def gain_points(results: Mapping[str, Sequence[TaskResult]], chosen: str) -> list[Point]:
    """Choose the points of the gain chart: all there are, those of the chosen candidate with the names of tasks.

    Over a single task the points are named by candidate; where there are more of them than marks, only the chosen one.
    Tasks without examples have no point.
    """
    several = any(len(tasks) > 1 for tasks in results.values())
    chosen_alone = several or len(results) > len(SYMBOLS)
    return [
        Point(result, candidate, "" if chosen_alone and candidate != chosen else result.task if several else candidate)
        for candidate, tasks in results.items()
        for result in tasks
        if result.nfr.value is not None and result.accuracy_delta.value is not None
    ]


def symbols_of(shown: Sequence[Point]) -> dict[str, str]:
    """Give each candidate a mark of its own, a key of `SYMBOLS`; the same to all where there are too many for that."""
    candidates = dict.fromkeys(point.candidate for point in shown)
    marks = SYMBOLS if len(candidates) <= len(SYMBOLS) else [next(iter(SYMBOLS))] * len(candidates)
    return dict(zip(candidates, marks, strict=False))


def gain_chart(shown: Sequence[Point], *, dark: bool) -> go.Figure:
    """Draw the negative flip rate over the change of accuracy, and the line where one broke for each example gained.

    Parameters
    ----------
    shown : sequence of Point
        Those with a name have it beside them, if there is room, and their intervals.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
        The first trace is the line, then come the points to compare with, and those with a name.
    """
    colours = COLOURS[dark]
    named = [point for point in shown if point.name]
    x_range, y_range = _ranges(shown)
    figure = go.Figure()
    _draw_line(figure, x_range, y_range, colours)
    symbols = symbols_of(shown)
    _draw_points(figure, [point for point in shown if not point.name], symbols, colours["line"])
    _draw_points(figure, named, symbols, colours["strong"], bars=colours["line"])
    places = [(_share(point.result.accuracy_delta, x_range), _share(point.result.nfr, y_range)) for point in named]
    label_points(figure, places, [plain(point.name, 26) for point in named], colours)
    axis = {"fixedrange": True, "tickfont": {"size": 12, "color": colours["text"]}, "ticklen": 0, "nticks": 7,
            "gridcolor": colours["grid"], "automargin": True}  # fmt: skip
    title = {"size": 12, "color": colours["text"]}
    figure.update_xaxes(**axis, range=x_range, zerolinecolor=colours["line"], zerolinewidth=1.5,
                        title={"text": "change of accuracy (points) →", "font": title, "standoff": 6})  # fmt: skip
    figure.update_yaxes(**axis, range=y_range, ticksuffix="%", zeroline=False,
                        title={"text": "negative flip rate →", "font": title, "standoff": 8})  # fmt: skip
    return figure.update_layout(
        height=_GAIN_HEIGHT, margin={"l": 0, "r": 8, "t": 22, "b": 48}, showlegend=False, hoverdistance=30,
        **CLEAR_PAPER,
    )  # fmt: skip


def _draw_line(figure: go.Figure, x_range: list[float], y_range: list[float], colours: dict[str, str]) -> None:
    ends = [max(x_range[0], y_range[0]), min(x_range[1], y_range[1])]
    there = ends[0] < ends[1]
    figure.add_scatter(x=ends if there else [], y=ends if there else [], mode="lines", hoverinfo="skip",
                       line={"color": colours["line"], "dash": "dot", "width": 1.5})  # fmt: skip
    if there:
        figure.add_annotation(
            x=ends[1], y=ends[1], text="one broke for each gained", showarrow=False, xanchor="right", yanchor="bottom",
            font={"size": 11, "color": colours["text"]},
        )  # fmt: skip


def _draw_points(
    figure: go.Figure, shown: Sequence[Point], symbols: Mapping[str, str], colour: str, bars: str | None = None
) -> None:
    gains = [_scaled(point.result.accuracy_delta) for point in shown]
    damages = [_scaled(point.result.nfr) for point in shown]
    bar = {"type": "data", "color": bars, "thickness": 1, "width": 0, "visible": bars is not None}
    figure.add_scatter(
        x=[gain[1] for gain in gains], y=[damage[1] for damage in damages], mode="markers", cliponaxis=False,
        marker={"size": 10 if bars else 7, "color": colour, "symbol": [symbols[point.candidate] for point in shown]},
        error_x={**bar, "array": [g[2] - g[1] for g in gains], "arrayminus": [g[1] - g[0] for g in gains]},
        error_y={**bar, "array": [d[2] - d[1] for d in damages], "arrayminus": [d[1] - d[0] for d in damages]},
        text=[_point_told(point) for point in shown], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _ranges(shown: Sequence[Point]) -> tuple[list[float], list[float]]:
    """Choose what both axes show: all intervals that are drawn, and zero."""
    gains = [value for point in shown for value in _drawn(point.result.accuracy_delta, point)]
    damages = [value for point in shown for value in _drawn(point.result.nfr, point)]
    return _span(gains, least=1.0), _span(damages, least=1.0, floor=0.0)


def _drawn(interval: Interval, point: Point) -> tuple[float, ...]:
    low, value, high = _scaled(interval)
    return (low, value, high) if point.name else (value,)


def _share(interval: Interval, span: list[float]) -> float:
    return (_scaled(interval)[1] - span[0]) / (span[1] - span[0])


def label_points(
    figure: go.Figure,
    places: Sequence[Place],
    names: Sequence[str],
    colours: dict[str, str],
    free: Sequence[Place] = (),
) -> None:
    """Write names beside their points, where there is room; `places` and `free` as for `place_labels`."""
    for index, (left, y) in place_labels(places, [len(name) for name in names], free).items():
        side, x = _held(left, len(names[index]) * _LETTER, places[index][0])
        if abs(y - places[index][1]) > _FAR:
            edge = y - math.copysign(_LINE / 2, y - places[index][1])
            figure.add_shape(
                type="line", xref="paper", yref="paper", x0=places[index][0], y0=places[index][1], x1=x, y1=edge,
                line={"color": colours["strong"], "width": 1}, layer="below",
            )  # fmt: skip
        figure.add_annotation(
            x=x, y=y, xref="paper", yref="paper", text=names[index], showarrow=False, xanchor=side, yanchor="middle",
            font={"size": 12, "color": colours["strong"]}, borderpad=0,
            bgcolor=colours["page"] + "b3",  # the lines under it stay to be seen
        )  # fmt: skip


def _held(left: float, width: float, x: float) -> tuple[str, float]:
    """Hold a name to its point: in a chart wider than was reckoned with, no gap opens between the two."""
    if left > x:
        return "left", left
    return ("right", x - _OFF) if left + width < x else ("center", x)


def place_labels(places: Sequence[Place], lengths: Sequence[int], free: Sequence[Place] = ()) -> dict[int, Place]:
    """Find room for the names of points: to the right, left, above or below, in this order, or farther off.

    Parameters
    ----------
    places : sequence of (float, float)
        Where the points are, as shares of the chart's width and height.
    lengths : sequence of int
        Letters of each name.
    free : sequence of (float, float)
        Places of smaller marks, which no name may cover either.

    Returns
    -------
    dict
        The left middle of each name, by the number of its point; one without room is missing.
    """
    taken = [(x - 0.012, y - 0.02, x + 0.012, y + 0.02) for x, y in [*places, *free]]
    found = {}
    for index, ((x, y), length) in enumerate(zip(places, lengths, strict=True)):
        width = length * _LETTER
        for left, middle in (
            (x + _OFF, y + _LINE * 0.6), (x - _OFF - width, y + _LINE * 0.6), (x + _OFF, y - _LINE * 0.7),
            (x - _OFF - width, y - _LINE * 0.7), (x - width / 2, y + 1.4 * _LINE), (x - width / 2, y - 1.4 * _LINE),
            *((side, y + lines * _LINE) for lines in _FAR_LINES for side in (x + 2 * _OFF, x - 2 * _OFF - width)),
        ):  # fmt: skip
            box = (left, middle - _LINE / 2, left + width, middle + _LINE / 2)
            inside = box[0] >= 0 and box[2] <= 1 and box[1] >= 0 and box[3] <= 1
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                found[index] = left, middle
                break
    return found


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scaled(interval: Interval) -> tuple[float, float, float]:
    """Get low, value and high in percent; without limits the value stands alone."""
    value = interval.value or 0.0
    low = value if interval.low is None else interval.low
    high = value if interval.high is None else interval.high
    return 100 * low, 100 * value, 100 * high


def _span(values: Sequence[float], least: float, floor: float | None = None) -> list[float]:
    """Choose a range that holds all values and zero, with some room around."""
    low, high = min([0.0, *values]), max([0.0, *values])
    room = 0.08 * max(high - low, least)
    return [low - room if floor is None else floor, max(high, low + least) + room]


def _limits(rate: Interval) -> str:
    return f"{percent(rate.value)} [{percent(rate.low)}, {percent(rate.high)}]"


def _point_told(point: Point) -> str:
    delta = point.result.accuracy_delta
    limits = f"[{points(delta.low)}, {points(delta.high)}]"
    return (
        f"<b>{plain(point.result.task, 40)} · {plain(point.candidate)}</b><br>"
        f"accuracy {points(delta.value)} {limits}<br>"
        f"NFR {_limits(point.result.nfr)}: {point.result.negative_flip:,} of {point.result.n:,}"
    )
