"""What all JSON contracts share: how strict they are, and a value with its interval."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

#: Unknown keys, NaN and infinities are refused.
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class Interval(BaseModel):
    """A value with its interval (95 % unless the settings say otherwise)."""

    model_config = STRICT

    value: float | None
    low: float | None
    high: float | None
    reason: str | None = None
