"""A verdict in words that take no statistics to understand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from flipscope.comparison import Comparison
from flipscope.schema import CandidateResult, Excluded, Reason, Verdict
from flipscope.words import number, percent, points

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


_MOST_AUTHORS = 5  # that are named
#: Examples that somebody may still have, and how more of them are told.
MOST_NEEDED, MANY = 10_000_000, "10 million"
#: Decisions with which a candidate may ship.
MAY_SHIP = ("ship", "ship_with_notes")


def overview(candidates: Sequence[CandidateResult]) -> Iterator[tuple[str, list[str]]]:
    """Yield how many candidates may ship, with an empty list, then each decision with the candidates that it is on."""
    judged = {each.name: each.verdict.decision for each in candidates if each.verdict is not None}
    shipping = sum(decision in MAY_SHIP for decision in judged.values())
    yield f"{shipping or 'None'} of {len(judged)} candidates may ship", []
    for decision, word in DECISIONS.items():
        if names := [name for name, found in judged.items() if found == decision]:
            yield word, names


def sentence(decision: str, reasons: Sequence[Reason]) -> str:
    """Tell the decision and what it rests on most, in one sentence."""
    told = {"hold": _hold, "not_enough_data": _not_enough_data, "ship": _ship, "ship_with_notes": _with_notes}
    return f"{DECISIONS[decision]}: {told[decision](reasons)}."


def without(excluded: Excluded) -> str:
    """Tell how many flips did not count and who says so, and the decision when they do; to go behind a sentence."""
    parts = [f"{count:,} judged {name.replace('_', ' ')}" for name, count in excluded.flips.items() if count]
    flips = sum(excluded.flips.values())
    others = excluded.left_out - excluded.flips.get("wrong_gold_label", 0)
    if others:
        parts.append(f"{_counted(others, 'other example')} judged wrong gold label")
    if not parts:
        return " Nothing that the budget excludes was judged so."
    more = len(excluded.authors) - _MOST_AUTHORS
    who = ", ".join(excluded.authors[:_MOST_AUTHORS]) + (f" and {more:,} more" if more > 0 else "")
    lead = f" {_counted(flips, 'negative flip')} excluded" if flips else " Excluded"
    return f"{lead} ({', '.join(parts)}), by {who}. With everything counted: {excluded.sentence}"


def kept_instead(comparison: Comparison, candidate: str) -> str | None:
    """Tell the verdict that is kept with a judged comparison, where that is another one; None where it is not."""
    kept = other_verdict(comparison, candidate)
    if kept is None:
        return None
    return f"Judged by limits given for this once. The verdict kept with the comparison is {kept.sentence}"


def other_verdict(comparison: Comparison, candidate: str) -> Verdict | None:
    """Get the verdict that is kept with a judged comparison, where that is another one."""
    kept = next((each.verdict for each in comparison.kept.results.candidates if each.name == candidate), None)
    return None if kept == comparison.candidate(candidate).verdict else kept


def _hold(reasons: Sequence[Reason]) -> str:
    broken = [reason for reason in reasons if reason.required and reason.holds is False]
    return f"{told(max(broken, key=excess))}{_others(len(broken) - 1, 'broken, too')}"


def _not_enough_data(reasons: Sequence[Reason]) -> str:
    open_ones = [reason for reason in reasons if reason.required and reason.holds is None]
    return f"{told(max(open_ones, key=excess))}{_others(len(open_ones) - 1, 'undecided, too')}"


def _ship(reasons: Sequence[Reason]) -> str:
    required = [reason for reason in reasons if reason.required]
    measured = [reason for reason in required if reason.measure != "negative_flip"]
    which = "the closest" if measured else "one"  # lists are not more or less close
    more = f" ({which} of {len(reasons):,} limits, which all hold)" if len(reasons) > 1 else ""
    return f"{told(max(measured or required, key=excess))}{more}"


def _with_notes(reasons: Sequence[Reason]) -> str:
    notes = [reason for reason in reasons if not reason.required]
    broken = [reason for reason in notes if reason.holds is False]
    open_ones = [reason for reason in notes if reason.holds is None]
    parts = ["all that is required holds"]
    if broken:
        chance = sum(reason.beyond_chance for reason in broken)
        sure = (
            "beyond chance"
            if chance == len(broken)
            else f"{chance:,} of them beyond chance"
            if chance
            else "maybe by chance"
        )
        parts.append(f"{_of_notes(len(broken), len(notes))} over the limit, {sure}: {told(max(broken, key=excess))}")
    if open_ones:
        parts.append(f"{_of_notes(len(open_ones), len(notes))} undecided for lack of data")
    return "; ".join(parts)


def _of_notes(count: int, notes: int) -> str:
    return f"{count:,} of {_counted(notes, 'note')} {'is' if count == 1 else 'are'}"


def levels(verdict: Verdict) -> str:
    """Tell the confidence that limits are judged at, and why it is not the same for all."""
    whole = level(verdict.confidence)
    if verdict.correction == "none":
        return f"{whole} confidence, not corrected for how much was tried"
    notes = sum(not reason.required for reason in verdict.reasons)
    error = (1 - verdict.confidence) / verdict.candidates
    told = f"{level(1 - error)} confidence"
    if verdict.candidates > 1:
        told += f" each ({whole} corrected for {_counted(verdict.candidates, 'candidate')})"
    if notes > 1:
        why = f"corrected for {_counted(notes, 'note')}"
        why = f"({why}, too)" if verdict.candidates > 1 else f"each ({whole} {why})"
        told += f", in notes at {level(1 - error / notes)} {why}"
    return told


def level(confidence: float) -> str:
    """Write a confidence level with two digits of what it leaves out: 95%, 99.938%."""
    digits = max(0, 1 - math.floor(math.log10(100 * (1 - confidence)))) if confidence < 1 else 0
    text = f"{100 * confidence:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if digits else text) + "%"


def _others(count: int, what: str) -> str:
    return f"; {_counted(count, 'other limit')} {'is' if count == 1 else 'are'} {what}" if count else ""


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


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
    seen, limit = _seen(reason), _limit(reason)
    if reason.holds is False:
        return f"{seen}, where {limit}"
    if reason.holds:
        return f"{seen}, and at worst {_value(reason, reason.bound)}, where {limit}"
    few = {None: "so few", 1: "a single cluster"}.get(_clusters(reason), "so few clusters")
    return f"{seen}, where {limit}, but {few} can't rule out {_value(reason, reason.bound)}{_needed(reason)}"


def _seen(reason: Reason) -> str:
    things = _counted(reason.n, "test case" if reason.kind in ("capability", "test") else "example")
    if clusters := _clusters(reason):
        things += f" in {_counted(clusters, 'cluster')}"
    value = _value(reason, reason.observed)
    if reason.measure == "accuracy_delta":
        return f"on {reason.scope}, accuracy shows {value} over {things}"
    if reason.measure == "cost":
        return f"on {reason.scope}, what broke costs {value} over {things}"
    broke = f"on {reason.scope}, {reason.negative_flip:,} of {things} broke"
    if reason.measure != "excess_nfr" or reason.noise_floor is None:
        return f"{broke}, {value}"
    nfr, floor = (percent(rate) for rate in (reason.negative_flip / reason.n, reason.noise_floor))
    return f"{broke}, {nfr}, which is {_beside_floor(reason.observed, f'the noise floor of {floor}')}"


def _beside_floor(value: float | None, floor: str) -> str:
    if not value:
        return f"just {floor}"
    return f"{_size(value)} {'above' if value > 0 else 'below'} {floor}"


def _clusters(reason: Reason) -> int | None:
    """Get the number of clusters, where there are clusters of several examples."""
    return None if reason.clusters == reason.n else reason.clusters


def in_clusters(reason: Reason, column: str | None) -> str:
    """Tell the number of clusters, with the column of the data that they come from; nothing where there are none."""
    if reason.clusters is None:
        return ""
    named = f" ({column})" if column and reason.kind not in ("capability", "test") else ""
    return f"{_counted(reason.clusters, 'cluster')}{named}"


def _limit(reason: Reason) -> str:
    """Tell the budget."""
    if reason.measure == "excess_nfr":
        return f"{f'at most {_size(reason.budget)}' if reason.budget else 'none'} above it are allowed"
    if reason.measure != "accuracy_delta":
        return f"at most {_value(reason, reason.budget)} is allowed"
    if reason.budget == 0:
        return "it must not fall"
    return f"it {'must rise by at least' if reason.budget > 0 else 'may fall by at most'} {_size(reason.budget)}"


def _value(reason: Reason, value: float | None) -> str:
    """Tell a value of a reason as part of a sentence."""
    if reason.measure == "cost":
        return f"{amount(reason, value)} per example"
    if reason.measure == "excess_nfr":
        return _beside_floor(value, "it")
    if reason.measure != "accuracy_delta" or value is None:
        return amount(reason, value)
    return f"a {'fall' if value < 0 else 'rise'} of {_size(value)}" if value else "no change"


def _size(change: float) -> str:
    return f"{100 * abs(change):.2f} points"


def about(needed: int) -> str:
    """Write how many examples or clusters would probably tell; what nobody has is not counted out."""
    return f"about {needed:,}" if needed <= MOST_NEEDED else f"only more than {MANY}"


def _needed(reason: Reason) -> str:
    """Tell how many examples or clusters it takes, if any number suffices."""
    if _clusters(reason) and reason.needed_clusters is not None:
        return f"; {about(reason.needed_clusters)} of them would probably tell"
    if reason.needed_n is not None:
        return f"; {about(reason.needed_n)} would probably tell"
    return "; at this rate no number could"


def _told_list(reason: Reason) -> str:
    if "test" in reason.where:
        if reason.holds is None:
            return f"{reason.scope} has no test case to judge"
        return f"on {reason.scope}, {reason.negative_flip:,} of {_counted(reason.n, 'test case')} broke, and none may"
    return f"of {reason.scope}, {f'{reason.negative_flip:,}' if reason.negative_flip else 'none'} broke"


def amount(reason: Reason, value: float | None) -> str:
    """Write a value of a reason in the unit of its measure."""
    if value is None:
        return "–"
    if reason.measure == "negative_flip":
        return f"{value:,.0f}"
    if reason.measure == "cost":
        return number(value, ".4g")
    if reason.measure in ("accuracy_delta", "excess_nfr"):
        return f"{points(value)} points"
    return percent(value).replace("-", "−")
