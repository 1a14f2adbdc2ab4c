"""The fix advisor's words: what a family and a setting are, and the advice in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.mitigate.advice.contract import CurvePoint, Family, Slice
from flipscope.words import percent, points

#: What the ways to combine two models are called.
FAMILY_NAMES = {"mixing": "Mixing", "fallback": "Fallback", "routing": "Routing"}
#: What each of them does.
FAMILIES_TOLD = {
    "mixing": "averages the probabilities of both models, so both run for every input",
    "fallback": "asks the old model where the candidate's confidence is below a threshold",
    "routing": "sends some capabilities to the old model alone; which capability an input is about must be known "
    "when it comes in, before there is any answer or label",
}
#: How the halves are made and used.
HALVES_TOLD = (
    "Settings are chosen on one half of the examples and judged on the other, which is shown; "
    "examples with the same texts are in the same half."
)
#: Why there is no curve.
REASONS = {
    "no_probabilities": "no probabilities are stored",
    "no_capability_column": "there is no capability column",
    "no_slice": "no capability to route",
}
_MOST_SLICES = 6


def setting_told(family: Family, index: int) -> str:
    """Tell a setting in a few words; it follows the name of its family."""
    point = family.points[index]
    if index == 0:
        return "the candidate alone"
    if family.family == "mixing":
        return "the old model alone" if point.setting == 1 else f"old model's weight {point.setting:g}"
    if family.family == "fallback":
        return f"below {percent(point.setting)}"
    return slices_told(family.order[: int(point.setting)])


def slices_told(slices: list[Slice]) -> str:
    """List slices, the first few of many."""
    names = [each.value if each.column == "capability" else each.column for each in slices]
    more = len(names) - _MOST_SLICES
    return ", ".join(names[:_MOST_SLICES]) + (f" and {more} more" if more > 0 else "")


def advice_sentence(new: CurvePoint, family: Family | None, helps: bool | None, margin: float) -> str:
    """Tell what to do and what it costs, or that nothing helps.

    Parameters
    ----------
    new : CurvePoint
        The candidate alone.
    family : Family or None
        What is advised; None for the candidate as it is.
    helps : bool or None
        Whether it helps on the judging half.
    margin : float
        Of accuracy.
    """
    if family is None or family.chosen is None:
        return (
            "Use the candidate as it is: no way to combine it with the old model had a lower NFR with an accuracy "
            f"within {_margin(margin)} of the best."
        )
    point, chosen = family.points[family.chosen.index], family.chosen
    effect = (
        f"NFR {percent(new.nfr)} → {percent(point.nfr)} ({new.negative_flip:,} → {point.negative_flip:,} of "
        f"{point.n:,}), accuracy {points(chosen.accuracy_change.value)} points "
        f"[{points(chosen.accuracy_change.low)}, {points(chosen.accuracy_change.high)}]"
    )
    surely_fewer = chosen.nfr_ratio.high is not None and chosen.nfr_ratio.high < 1
    if helps:
        return f"{_action(family)}: {effect}. {_cost(family, point)}".rstrip()
    if helps is None:
        doubt = f"Whether accuracy falls by no more than {_margin(margin)} is not settled by so many examples."
        return f"{_action(family)}, which may help: {effect}. {doubt} {_cost(family, point)}".rstrip()
    net = chosen.avoided - chosen.added
    why = (
        "cost too much accuracy" if surely_fewer else f"avoided {max(net, 0):,} of {new.negative_flip:,} negative flips"
    )
    return (
        f"Nothing surely helps. What was best on the choosing half, {_action(family, 'ing')}, {why} on the other: "
        f"{effect}."
    )


def _action(family: Family, ending: str = "") -> str:
    """Tell what to do: as a command, or with the verb in -ing within a sentence."""
    assert family.chosen is not None
    point = family.points[family.chosen.index]
    if family.family == "mixing" and point.setting == 1:
        verb, rest = "Keep", "the old model"
    elif family.family == "mixing":
        verb, rest = "Mix", f"in the old model with weight {point.setting:g}"
    elif family.family == "fallback":
        verb, rest = "Ask", f"the old model where the candidate is less sure than {percent(point.setting)}"
    else:
        verb, rest = "Send", f"{slices_told(family.order[: int(point.setting)])} to the old model"
    return f"{verb.lower()}{ending} {rest}" if ending else f"{verb} {rest}"


def _cost(family: Family, point: CurvePoint) -> str:
    if family.family == "mixing":
        return "" if point.setting == 1 else "Both models have to run for every input."
    share = percent(point.asks_old_share, 1)
    if family.family == "fallback":
        return f"The old model has to run, too, for {share} of the inputs."
    return f"The old model answers {share} of the inputs, and their capability must be known when they come in."


def _margin(margin: float) -> str:
    value = f"{100 * margin:g}"
    return f"{value} point" if value == "1" else f"{value} points"


def nothing_tried(families: Sequence[Family]) -> str:
    """Tell that no way to combine the models could be tried, and why."""
    why = " and ".join(dict.fromkeys(REASONS[family.reason or ""] for family in families))
    return f"Nothing could be tried: {why}."


def too_few(choosing: int, judging: int, least: int) -> str:
    """Tell that there is nothing to tell."""
    return (
        f"Too few examples to tell: {choosing:,} to choose settings on and {judging:,} to judge them on, where "
        f"each takes {least}."
    )
