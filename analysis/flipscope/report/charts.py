"""Where everything in a chart is: the drawing without a script, and the data for the one that answers to the mouse."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from flipscope.report.blocks import Chart, Mark, Panel, clip

#: The drawing of a row, in units of about a pixel: its width, what is free at its ends, and between panels.
_WIDTH, _END, _GAP = 540, 14, 30
_ROW, _TALL_ROW = 26, 34
_TICKS = {1: 9, 2: 5}  # at most, by number of panels
#: Rows of a chart at most, so that it fits on a page.
MOST_ROWS = 25
_LONGEST = 80  # characters of a name that the mouse shows
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)


@dataclass(frozen=True)
class Axis:
    """The values that a panel shows, and where it shows them."""

    low: float
    high: float
    ticks: tuple[float, ...]
    left: float
    width: float

    def x(self, value: float) -> str:
        """Get the place of a value."""
        return f"{self.left + self.width * (value - self.low) / (self.high - self.low):.1f}"


@dataclass(frozen=True)
class Drawing:
    """A chart with the places of its parts."""

    chart: Chart
    axes: tuple[Axis, ...]
    row_height: int
    width: int = _WIDTH

    def shift(self, panel: Panel, series: int) -> float:
        """Get how far a mark is from the middle of its row: intervals would cover each other."""
        return self.row_height * shift(panel, series)


def drawing(chart: Chart) -> Drawing:
    """Find the place of everything in a chart."""
    count = len(chart.panels)
    width = (_WIDTH - 2 * _END - _GAP * (count - 1)) / count
    axes = tuple(_axis(panel, _END + i * (width + _GAP), width, _TICKS[count]) for i, panel in enumerate(chart.panels))
    return Drawing(chart, axes, _TALL_ROW if any(row.below for row in chart.rows) else _ROW)


def shift(panel: Panel, series: int) -> float:
    """Get how far a mark is from the middle of its row, in rows."""
    columns = enumerate(zip(*panel.marks, strict=True))
    wide = [i for i, marks in columns if any(mark is not None and mark.low is not None for mark in marks)]
    return 0.28 * (wide.index(series) - (len(wide) - 1) / 2) if series in wide else 0.0


def _axis(panel: Panel, left: float, width: float, most: int) -> Axis:
    """Choose an axis that holds zero and all intervals, and ends on ticks."""
    marks = [mark for row in panel.marks for mark in row if mark is not None]
    values = [value for mark in marks for value in (mark.low, mark.value, mark.high) if value is not None]
    low, high = min((0.0, *values)), max((0.0, *values, panel.budget or 0.0))
    high = 0.01 if high - low < 1e-6 else high
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(size * power for size in _STEPS if len(_steps(low, high, size * power)) <= most + 1)
    ticks = tuple(step * i for i in _steps(low, high, step))
    return Axis(ticks[0], ticks[-1], ticks, left, width)


def _steps(low: float, high: float, step: float) -> range:
    """Get the multiples of a step that a range is within; one that is off by rounding counts as reached."""
    return range(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9) + 1)


def tick(panel: Panel, value: float) -> str:
    """Write a value at an axis."""
    return f"{100 * value:.6g}{'' if panel.change else '%'}".replace("-", "−")


def heading(panel: Panel) -> str:
    """Say what a panel shows."""
    return panel.title if panel.budget is None else f"{panel.title}; dashed: NFR budget {tick(panel, panel.budget)}"


def as_json(chart: Chart) -> str:
    """Write a chart as JSON that may stand in a script element: nothing in it can end the element or begin another."""
    drawn = drawing(chart)
    told = {
        "rows": [
            {
                "label": clip(row.label, _LONGEST),
                "below": clip(row.below, _LONGEST),
                "counts": [[str(each), each.role] for each in row.counts],
            }
            for row in chart.rows
        ],
        "tall": drawn.row_height == _TALL_ROW,
        "panels": [_panel(panel, axis) for panel, axis in zip(chart.panels, drawn.axes, strict=True)],
    }
    escapes = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).translate(escapes)


def _panel(panel: Panel, axis: Axis) -> dict[str, object]:
    columns = zip(*panel.marks, strict=True)
    return {
        "title": panel.title,
        "heading": heading(panel),
        "change": panel.change,
        "joined": panel.joined,
        "budget": panel.budget,
        "range": [axis.low, axis.high],
        "series": [
            {"name": name, "role": name.role, "shift": shift(panel, i), "marks": [_mark(mark) for mark in marks]}
            for i, (name, marks) in enumerate(zip(panel.series, columns, strict=True))
        ],
    }


def _mark(mark: Mark | None) -> dict[str, object] | None:
    if mark is None:
        return None
    return {"value": mark.value, "low": mark.low, "high": mark.high, "told": mark.told}
