"""Charts of behaviors: where cases broke, and how far each test moved. Data in, plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from flipscope.schema import BehaviorResult
from flipscope.words import percent
from flipscope_app.behaviors.capability_map import Cell, HeatMap
from flipscope_app.charts import CLEAR_PAPER, COLOURS, plain
from flipscope_app.words import points

#: Marks of the test types: told apart without colour.
SYMBOLS = {"MFT": "circle", "INV": "square", "DIR": "diamond"}
#: With more columns than this there is no room for counts in a cell, nor for anything beside the map.
FEW_COLUMNS = 4
_CELL_ROW, _TEST_ROW = 40, 40  # pixels
_CLEAR = {"marker": {"opacity": 0}}  # whether selected or not


def heatmap_chart(shown: HeatMap, chosen: Cell | None, measure: str, *, dark: bool) -> go.Figure:
    """Draw the map: red for what broke; for the change, blue for what fell too.

    Parameters
    ----------
    shown : HeatMap
    chosen : Cell or None
        The cell with a frame around it.
    measure : str
        ``nfr`` or ``change``.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
        The second trace has a clear square on every cell, in the order of ``shown.cells``: a click on the map
        itself would tell nothing.
    """
    colours = COLOURS[dark]
    values = [[_value(shown.cells.get((row, column)), measure) for column in shown.columns] for row in shown.rows]
    texts = [[_text(shown, row, column, measure) for column in shown.columns] for row in shown.rows]
    figure = go.Figure(
        go.Heatmap(
            z=values, text=texts, texttemplate="%{text}", xgap=3, ygap=3, hoverinfo="skip",
            textfont={"size": 12, "color": colours["strong"]}, hoverongaps=False, **_scale(values, measure, colours),
        )
    )  # fmt: skip
    # Where there is no number the map draws nothing, its text included.
    for (row, column), cell in shown.cells.items():
        if _value(cell, measure) is None:
            figure.add_annotation(
                x=shown.columns.index(column), y=shown.rows.index(row), text="not judged", showarrow=False,
                font={"size": 11, "color": colours["text"]},
            )  # fmt: skip
    cells = list(shown.cells.values())
    figure.add_scatter(
        x=[shown.columns.index(cell.column) for cell in cells],
        y=[shown.rows.index(cell.capability) for cell in cells],
        mode="markers",
        marker={"symbol": "square", "size": 34, "opacity": 0},
        selected=_CLEAR,
        unselected=_CLEAR,
        text=[_hover(cell) for cell in cells],
        hovertemplate="%{text}<extra></extra>",
    )
    if chosen is not None:
        x, y = shown.columns.index(chosen.column), shown.rows.index(chosen.capability)
        figure.add_shape(
            type="rect", x0=x - 0.48, x1=x + 0.48, y0=y - 0.46, y1=y + 0.46,
            line={"width": 2.5, "color": colours["strong"]},
        )  # fmt: skip
    axis = _axis(colours, showgrid=False)
    wide = len(shown.columns) > FEW_COLUMNS
    # Without ranges of its own the scatter pads the axes.
    figure.update_xaxes(
        **axis, side="top", range=[-0.5, len(shown.columns) - 0.5], tickvals=list(range(len(shown.columns))),
        ticktext=[plain(name, 14 if wide else 18) for name in shown.columns],
    )  # fmt: skip
    figure.update_yaxes(
        **axis, range=[len(shown.rows) - 0.5, -0.5], tickvals=list(range(len(shown.rows))), automargin=True,
        ticktext=[f"{plain(name, 24)}  " for name in shown.rows],
    )  # fmt: skip
    return figure.update_layout(
        height=34 + _CELL_ROW * len(shown.rows), margin={"l": 0, "r": 0, "t": 30, "b": 4},
        clickmode="event+select", hoverdistance=60, showlegend=False, **CLEAR_PAPER,
    )  # fmt: skip


def _value(cell: Cell | None, measure: str) -> float | None:
    if cell is None:
        return None
    return cell.nfr if measure == "nfr" else cell.change


def _text(shown: HeatMap, row: str, column: str, measure: str) -> str:
    cell = shown.cells.get((row, column))
    value = _value(cell, measure)
    if cell is None or value is None:
        return ""
    main = percent(value, 1) if measure == "nfr" else points(value, 1)
    if len(shown.columns) > 2 * FEW_COLUMNS:
        return main
    old, new = cell.fails
    below = f"{cell.broke:,} of {cell.judged:,}" if measure == "nfr" else f"{old:,} → {new:,}"
    return f"{main}<br><span style='font-size:10px'>{below}</span>"


def _hover(cell: Cell) -> str:
    old, new = cell.fails
    count = f"{len(cell.tests)} test{'' if len(cell.tests) == 1 else 's'}"
    return (
        f"<b>{plain(cell.capability)} · {plain(cell.column)}</b> ({count})<br>"
        f"{cell.broke:,} of {cell.judged:,} cases broke: {percent(cell.nfr, 1)}<br>"
        f"failed {old:,} → {new:,}: {points(cell.change, 1)} points"
    )


def _scale(values: list[list[float | None]], measure: str, colours: dict[str, str]) -> dict[str, Any]:
    """Make colours that run from none to the worst; for the change, as far to either side."""
    most = max((abs(value) for row in values for value in row if value is not None), default=0.0)
    most = max(most, 0.05)  # one broken case of a thousand is no alarm
    if measure == "nfr":
        return {"zmin": 0, "zmax": most, "showscale": False,
                "colorscale": [[0, colours["none"]], [1, colours["broke"]]]}  # fmt: skip
    three = [[0, colours["mended"]], [0.5, colours["none"]], [1, colours["broke"]]]
    return {"zmin": -most, "zmax": most, "showscale": False, "colorscale": three}


def regression_chart(tests: Sequence[BehaviorResult], titles: Sequence[str], *, dark: bool) -> go.Figure:
    """Draw each test's failure rate from the old model to the candidate, and beside it the share that broke.

    Parameters
    ----------
    tests : sequence of BehaviorResult
        From top to bottom; those without results are drawn without marks.
    titles : sequence of str
        What stands under each name.
    dark : bool

    Returns
    -------
    plotly.graph_objects.Figure
        The last three traces (old rates, the candidate's, shares) have a mark for every test, in their order.
    """
    colours = COLOURS[dark]
    rows = list(range(len(tests)))
    old, new = ([_percent(getattr(test, f"{side}_fail_rate")) for test in tests] for side in ("old", "new"))
    symbols = [SYMBOLS[test.type] for test in tests]
    hover = [_told(test) for test in tests]
    figure = go.Figure()
    for rose, colour in ((True, colours["negative"]), (False, colours["positive"])):
        x, y = _lines(old, new, rose)
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip")
    moved = [_moved(before, after, colours) for before, after in zip(old, new, strict=True)]
    shared = {"y": rows, "mode": "markers", "text": hover, "hovertemplate": "%{text}<extra></extra>",
              "unselected": {"marker": {"opacity": 1}}, "cliponaxis": False}  # fmt: skip
    figure.add_scatter(
        x=old, **shared,
        marker={
            "symbol": symbols, "size": 10, "color": colours["page"], "line": {"color": colours["line"], "width": 2},
        },
    )  # fmt: skip
    figure.add_scatter(x=new, marker={"symbol": symbols, "size": 11, "color": moved}, **shared)
    figure.add_scatter(
        x=[_percent(test.nfr.value) for test in tests], xaxis="x2",
        marker={"symbol": symbols, "size": 9, "color": colours["negative"]},
        error_x={
            "type": "data", "color": colours["line"], "thickness": 1.5, "width": 3,
            "array": [_reach(test.nfr.high, test.nfr.value) for test in tests],
            "arrayminus": [_reach(test.nfr.value, test.nfr.low) for test in tests],
        }, **shared,
    )  # fmt: skip
    for row, test in zip(rows, tests, strict=True):
        count = f"{test.negative_flip:,} of {test.both_evaluated:,}" if test.both_evaluated else "not judged"
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=row, text=count, showarrow=False,
            font={"size": 12, "color": colours["text"]},
        )  # fmt: skip
    axis = _axis(colours, rangemode="tozero", ticksuffix="%", gridcolor=colours["grid"], side="top")
    names = [f"{plain(test.test, 36)}  <br><span style='font-size:11px'>{plain(title, 44)}  </span>"
             for test, title in zip(tests, titles, strict=True)]  # fmt: skip
    return figure.update_layout(
        xaxis={**axis, "domain": [0, 0.6], "nticks": 6, "title": _axis_title("failure rate: old → candidate", colours)},
        xaxis2={**axis, "domain": [0.68, 1], "nticks": 4, "title": _axis_title("share that broke (NFR)", colours)},
        yaxis=_axis(colours, gridcolor=colours["grid"], tickvals=rows, ticktext=names, automargin=True,
                    range=[len(rows) - 0.5, -0.5]),
        height=54 + _TEST_ROW * len(rows), margin={"l": 0, "r": 84, "t": 48, "b": 4},
        clickmode="event+select", hoverdistance=40, showlegend=False, **CLEAR_PAPER,
    )  # fmt: skip


def _axis(colours: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "fixedrange": True,
        "zeroline": False,
        "ticklen": 0,
        "tickfont": {"size": 12, "color": colours["text"]},
        **more,
    }


def _axis_title(text: str, colours: dict[str, str]) -> dict[str, Any]:
    return {"text": text, "font": {"size": 12, "color": colours["text"]}, "standoff": 6}


def _percent(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate


def _reach(more: float | None, less: float | None) -> float:
    return 0.0 if more is None or less is None else 100 * (more - less)


def _lines(old: list[float | None], new: list[float | None], rose: bool) -> tuple[list[Any], list[Any]]:
    """Join the two rates of the tests that rose, or of those that fell, with a gap after each."""
    x: list[Any] = []
    y: list[Any] = []
    for row, (before, after) in enumerate(zip(old, new, strict=True)):
        if before is not None and after is not None and before != after and (after > before) == rose:
            x += [before, after, None]
            y += [row, row, None]
    return x, y


def _moved(before: float | None, after: float | None, colours: dict[str, str]) -> str:
    if before is None or after is None or before == after:
        return colours["line"]
    return colours["negative" if after > before else "positive"]


def _told(test: BehaviorResult) -> str:
    rates = f"failed {percent(test.old_fail_rate, 1)} → {percent(test.new_fail_rate, 1)}"
    limits = "" if test.nfr.low is None else f" [{percent(test.nfr.low, 1)}, {percent(test.nfr.high, 1)}]"
    broke = f"{test.negative_flip:,} of {test.both_evaluated:,} broke: {percent(test.nfr.value, 1)}{limits}"
    return f"<b>{plain(test.test, 60)}</b> ({test.type})<br>{rates}<br>{broke}<br>{test.positive_flip:,} mended"
