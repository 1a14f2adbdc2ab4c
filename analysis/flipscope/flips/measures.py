"""What a reported number is: a value, or null with the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A number.

    Attributes
    ----------
    value : float or None
        The number; ``None`` when it is undefined. Rates are fractions of 1.
    reason : str or None
        Why it is undefined, or what to know about it: a reason code of ``docs/metrics.md``.
    """

    value: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Estimate:
    """A number with its two-sided interval.

    Attributes
    ----------
    value : float or None
        The number; ``None`` when it is undefined.
    low, high : float or None
        Limits of the interval; ``None`` when the number is undefined or the data give no interval for it.
    reason : str or None
        Why what is ``None`` is undefined: a reason code of ``docs/metrics.md``.
    """

    value: float | None
    low: float | None
    high: float | None
    reason: str | None = None
