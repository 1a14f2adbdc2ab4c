"""A verdict in words that take no statistics to understand."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.comparison import percent
from flipscope.schema import Reason
from flipscope.words import number, points

DECISIONS = {
    "ship": "Ship",
    "ship_with_notes": "Ship, with notes",
    "hold": "Hold",
    "not_enough_data": "Not enough data",
}
MEASURES = {
    "nfr": "NFR",
    "excess_nfr": "NFR above the noise floor",
    "accuracy_delta": "change of accuracy",
    "cost": "cost per example",
    "negative_flip": "negative flips",
}


def sentence(decision: str, reasons: Sequence[Reason]) -> str:
    """Tell the decision and what it rests on most, in one sentence."""
    required = [reason for reason in reasons if reason.required]
    told = {
        "hold": _hold,
        "not_enough_data": _not_enough_data,
        "ship": lambda required, _: f"{_closest(required)}.",
        "ship_with_notes": _with_notes,
    }[decision]
    return f"{DECISIONS[decision]}: {told(required, reasons)}"


def _hold(required: Sequence[Reason], reasons: Sequence[Reason]) -> str:
    broken = [reason for reason in required if reason.holds is False]
    more = f", and {_counted(len(broken) - 1, 'other limit')} broken too" if len(broken) > 1 else ""
    return f"{told(max(broken, key=excess))}{more}."


def _not_enough_data(required: Sequence[Reason], reasons: Sequence[Reason]) -> str:
    open_ones = [reason for reason in required if reason.holds is None]
    more = f" ({_counted(len(open_ones) - 1, 'other limit')} open, too)" if len(open_ones) > 1 else ""
    return f"{told(max(open_ones, key=excess))}{more}."


def _with_notes(required: Sequence[Reason], reasons: Sequence[Reason]) -> str:
    notes = [reason for reason in reasons if not reason.required]
    broken = [reason for reason in notes if reason.holds is False]
    open_ones = [reason for reason in notes if reason.holds is None]
    parts = []
    if broken:
        worst = max(broken, key=excess)
        chance = sum(reason.beyond_chance for reason in broken)
        parts.append(
            f"{len(broken):,} of {_counted(len(notes), 'note')} over their limit, {chance:,} beyond chance; "
            f"most: {told(worst)}"
        )
    if open_ones:
        parts.append(f"{len(open_ones):,} of {_counted(len(notes), 'note')} can't be told yet")
    return f"what is required holds; {'; '.join(parts)}."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _closest(required: Sequence[Reason]) -> str:
    return told(max(required, key=excess))


def excess(reason: Reason) -> float:
    """How far a limit is exceeded, or nearly is; for sorting."""
    if reason.observed is None or reason.bound is None:
        return 0.0
    value = reason.observed if reason.holds is False else reason.bound
    over = reason.budget - value if reason.measure == "accuracy_delta" else value - reason.budget
    return over / (abs(reason.budget) or 1.0)


def told(reason: Reason) -> str:
    """Tell one reason: what was seen, what is allowed, and what can't be ruled out."""
    if reason.measure == "negative_flip":
        return _told_list(reason)
    if reason.observed is None:
        return f"{reason.scope} has no example to judge"
    seen = _seen(reason)
    if reason.holds is False:
        return f"{seen}, where {_limit(reason)}"
    worst = amount(reason, reason.bound)
    if reason.holds:
        return f"{seen}, and at worst {worst}, where {_limit(reason)}"
    needed = "" if reason.needed_n is None else f"; about {reason.needed_n:,} would probably tell"
    return f"{seen}, where {_limit(reason)}, but so few can't rule out {worst}{needed}"


def _limit(reason: Reason) -> str:
    """Tell the budget."""
    limit = amount(reason, reason.budget)
    return f"at least {limit} is asked for" if reason.measure == "accuracy_delta" else f"{limit} is allowed"


def _seen(reason: Reason) -> str:
    things = "test cases" if reason.kind in ("capability", "test") else "examples"
    value = amount(reason, reason.observed)
    if reason.measure == "accuracy_delta":
        return f"on {reason.scope}, accuracy changed by {value} over {reason.n:,} {things}"
    if reason.measure == "cost":
        return f"on {reason.scope}, what broke costs {value} per example over {reason.n:,} {things}"
    above = " above the noise floor" if reason.measure == "excess_nfr" else ""
    return f"on {reason.scope}, {reason.negative_flip:,} of {reason.n:,} {things} broke, {value}{above}"


def _told_list(reason: Reason) -> str:
    if reason.holds is False:
        return f"{reason.negative_flip:,} broke of {reason.scope}"
    if reason.holds is None:
        return f"not all of {reason.scope} are in this comparison"
    return f"none broke of {reason.scope}"


def amount(reason: Reason, value: float | None) -> str:
    """Write a value of a reason in the unit of its measure."""
    if value is None:
        return "–"
    if reason.measure == "negative_flip":
        return f"{value:,.0f}"
    if reason.measure == "cost":
        return number(value, ".4g")
    if reason.measure == "accuracy_delta":
        return f"{points(value)} points"
    return percent(value).replace("-", "−")
