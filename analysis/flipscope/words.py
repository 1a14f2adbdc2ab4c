"""How outcomes, rates and p-values are written for people."""

from __future__ import annotations

from flipscope.flips.outcome import OUTCOMES

#: How an outcome is called, in the fixed order.
OUTCOME_NAMES = dict(zip(OUTCOMES, ("Both right", "Negative flips", "Positive flips", "Both wrong"), strict=True))
#: One example of an outcome, with a sign, so that colour is never the only difference.
OUTCOME_SIGNS = dict(zip(OUTCOMES, ("✓ both right", "▼ broke", "▲ mended", "✕ both wrong"), strict=True))

_REASONS = {
    "no_examples": "no examples",
    "no_accuracy_change": "accuracy unchanged",
    "no_discordant": "nothing flipped",
}


def percent(rate: float | None, digits: int = 2) -> str:
    """Write a fraction of 1 as a percentage for people."""
    return "-" if rate is None else f"{rate:.{digits}%}"


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """Write an interval of rates."""
    return "" if low is None or high is None else f"[{percent(low, digits)}, {percent(high, digits)}]"


def points(change: float | None, digits: int = 2) -> str:
    """Write a difference of two rates in percentage points, with its sign."""
    return "–" if change is None else number(100 * change, f"+z.{digits}f")


def number(value: float, form: str) -> str:
    """Write a number with a real minus sign."""
    return f"{value:{form}}".replace("-", "−")


def probability(p: float | None) -> str:
    """Write a p-value."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def reason(code: str | None) -> str:
    """Say why a figure is undefined."""
    return "" if code is None else _REASONS.get(code, code.replace("_", " "))


def duration(seconds: float | None) -> str:
    """Write how long something takes, in two digits or so."""
    if seconds is None:
        return "–"
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * size:
            digits = 1 if seconds < 10 * size else 0
            return f"{seconds / size:,.{digits}f}".removesuffix(".0") + f" {unit}"
    return f"{max(1, round(seconds))} s"
