"""Streamlit's theme: calm and dense, light and dark."""

from __future__ import annotations

from typing import Any

_SHARED: dict[str, Any] = {
    "baseFontSize": 14,
    "baseRadius": "6px",
    "buttonRadius": "6px",
    "showWidgetBorder": True,
    "headingFontSizes": ["24px", "20px", "17px", "15px", "14px", "14px"],
    "headingFontWeights": [650, 600, 600, 600, 600, 600],
    "codeFontSize": "13px",
    "paddingTop": "1rem",
    "paddingBottom": "3rem",
    "linkUnderline": False,
}

_LIGHT = {
    "primaryColor": "#2458c5",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f4f6f9",
    "textColor": "#1b2330",
    "linkColor": "#2458c5",
    "borderColor": "#d9dee7",
    "dataframeHeaderBackgroundColor": "#f4f6f9",
}

_DARK = {
    "primaryColor": "#6f9bff",
    "backgroundColor": "#12161d",
    "secondaryBackgroundColor": "#1b212b",
    "textColor": "#e4e9f1",
    "linkColor": "#8db4ff",
    "borderColor": "#323b49",
    "dataframeHeaderBackgroundColor": "#1b212b",
}

#: Settings for `streamlit.App.run`.
THEME: dict[str, Any] = {
    **{f"theme.{name}": value for name, value in _SHARED.items()},
    **{f"theme.light.{name}": value for name, value in _LIGHT.items()},
    **{f"theme.dark.{name}": value for name, value in _DARK.items()},
}
