"""The verdict on a candidate, and what it rests on; data in, markup out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flipscope.judge.words import DECISIONS, MEASURES, about, amount, level, levels, without
from flipscope.report.verdict import worst_first
from flipscope.schema import Reason, Verdict
from flipscope_app.markup import Html, Query, join, link, tag

#: Texts of examples, by their ids.
Texts = Mapping[str, Sequence[str]]
#: Page and query that show the flips behind a reason.
Target = tuple[str, Mapping[str, Query]]

_SIGNS = {"ship": "✓", "ship_with_notes": "✓", "hold": "✕", "not_enough_data": "?"}
# Sign, name and class of what became of a limit.
_RESULTS = {
    False: ("✕", "broken", "fs-breaks"),
    None: ("?", "undecided", "fs-undecided"),
    True: ("✓", "holds", "fs-holds"),
}
_HEADS = ("Result", "Where", "Measure", "Observed", "At worst", "Budget", "")
#: Required limits before the others fold away, and rows of what is folded.
_MOST_REQUIRED, _MOST_FOLDED = 6, 100
#: Listed examples that broke and are named.
_MOST_IDS = 3
#: Characters of what data may make as long as they like: an id, a name, a sentence with names, a text.
_LONGEST_ID, _LONGEST_NAME, _LONGEST_SENTENCE, _LONGEST_QUOTE = 40, 160, 600, 80


def verdict_banner(
    verdict: Verdict,
    target_of: Callable[[Reason], Target | None],
    texts_of: Callable[[Reason], Texts],
    told: str | Html,
    candidates: str | Html = "",
) -> Html:
    """Tell the decision on a candidate and its reasons: what is required first, broken before undecided before holding.

    Parameters
    ----------
    verdict : Verdict
        On the candidate.
    target_of : callable
        Finds the page with the flips behind a reason, if there is one.
    texts_of : callable
        Finds the texts of the listed examples that broke, by their ids.
    told : str or Html
        Where the verdict comes from.
    candidates : str or Html
        The decisions on all candidates, where there are several.
    """
    required, notes = (worst_first([each for each in verdict.reasons if each.required is is_]) for is_ in (True, False))
    shown, rest = required[:_MOST_REQUIRED], required[_MOST_REQUIRED:]
    parts = [_table(shown, target_of, texts_of)]
    parts += [_folded(f"{len(rest):,} more required", rest, target_of, texts_of)] if rest else []
    parts += (
        [_folded(f"{len(notes):,} note{'' if len(notes) == 1 else 's'}", notes, target_of, texts_of)] if notes else []
    )
    quiet = tag("p", _method(verdict), " ", told, class_="fs-muted fs-small fs-verdict-method")
    kind = verdict.decision.replace("_", "-")
    return tag(
        "section", _head(verdict), *parts, candidates, quiet, class_=f"fs-verdict fs-verdict-{kind}",
        aria_label="Verdict",
    )  # fmt: skip


def decision_mark(decision: str) -> Html:
    """Name a decision in a small frame, with its sign."""
    sign = tag("span", _SIGNS[decision], aria_hidden="true")
    return tag("span", sign, f" {DECISIONS[decision]}", class_=f"fs-decision fs-decision-{decision.replace('_', '-')}")


def decisions_line(decisions: Mapping[str, str], chosen: str, query_of: Callable[[str], Mapping[str, Query]]) -> Html:
    """Tell the decision on each candidate in one line; each but the chosen one leads to its own verdict."""
    parts = [
        tag("li", tag("b", name) if name == chosen else link("overview", query_of(name), name), decision_mark(decision))
        for name, decision in decisions.items()
    ]
    return tag("ul", *parts, class_="fs-decisions", aria_label="Verdicts on all candidates")


def _head(verdict: Verdict) -> Html:
    name = DECISIONS[verdict.decision]
    sign = tag("span", _SIGNS[verdict.decision], class_="fs-verdict-sign", aria_hidden="true")
    excluded = without(verdict.excluded) if verdict.excluded else ""
    reason = _clipped(verdict.sentence.removeprefix(f"{name}: ").removesuffix(excluded), _LONGEST_SENTENCE)
    told = f"{reason}{_clipped(excluded, _LONGEST_SENTENCE)}"
    return tag("p", sign, tag("b", f"{name}:"), tag("span", told), class_="fs-verdict-head")


def _folded(
    title: str,
    reasons: Sequence[Reason],
    target_of: Callable[[Reason], Target | None],
    texts_of: Callable[[Reason], Texts],
) -> Html:
    shown = reasons[:_MOST_FOLDED]
    left = f"These are the first {len(shown):,} of {len(reasons):,}; a report as JSON has all."
    more = [tag("p", left, class_="fs-muted fs-small")] if len(shown) < len(reasons) else []
    return tag("details", tag("summary", f"{title}: {_counts(reasons)}"), _table(shown, target_of, texts_of), *more)


def _counts(reasons: Sequence[Reason]) -> str:
    broken, undecided, holding = (sum(each.holds is holds for each in reasons) for holds in (False, None, True))
    beyond = sum(each.beyond_chance for each in reasons)
    told = {
        f"{broken:,} broken ({beyond:,} beyond chance)": broken,
        f"{undecided:,} undecided": undecided,
        f"{holding:,} hold{'s' if holding == 1 else ''}": holding,
    }
    return ", ".join(part for part, count in told.items() if count)


def _table(
    reasons: Sequence[Reason], target_of: Callable[[Reason], Target | None], texts_of: Callable[[Reason], Texts]
) -> Html:
    head = tag("tr", *(tag("th", name, scope="col") if name else tag("td") for name in _HEADS))
    body = (_row(each, target_of(each), texts_of(each)) for each in reasons)
    table = tag("table", tag("thead", head), tag("tbody", *body), class_="fs-figures")
    return tag("div", table, class_="fs-scroll")


def _row(reason: Reason, target: Target | None, texts: Texts) -> Html:
    sign, name, kind = _RESULTS[reason.holds]
    mark = tag("span", tag("b", sign, aria_hidden="true"), f" {name}", class_=kind)
    scope: str | Html = _clipped(reason.scope, _LONGEST_NAME)
    scope = link(*target, scope, title="See what broke") if target else scope
    return tag(
        "tr",
        tag("td", mark),
        tag("th", scope, scope="row"),
        tag("td", MEASURES[reason.measure]),
        tag("td", amount(reason, reason.observed), tag("span", _counted(reason), class_="fs-rate")),
        tag("td", *_at_worst(reason)),
        tag("td", _budget(reason)),
        tag("td", _remark(reason, texts), class_="fs-muted fs-verdict-remark"),
    )


def _budget(reason: Reason) -> str:
    if reason.measure == "negative_flip":
        return "none"
    return f"{'≥' if reason.measure == 'accuracy_delta' else '≤'} {amount(reason, reason.budget)}"


def _counted(reason: Reason) -> str:
    clusters = f" in {reason.clusters:,} clusters" if reason.clusters else ""
    if reason.measure == "negative_flip":
        return f" of {reason.n:,}{clusters}"
    mended = f", {reason.positive_flip:,} mended" if reason.measure == "accuracy_delta" else ""
    return f" · {reason.negative_flip:,} of {reason.n:,} broke{mended}{clusters}" if reason.n else ""


def _at_worst(reason: Reason) -> tuple[str | Html, ...]:
    if reason.bound is None or reason.confidence is None:
        return ("–",)
    return amount(reason, reason.bound), tag("span", f" at {level(reason.confidence)}", class_="fs-rate")


def _remark(reason: Reason, texts: Texts) -> str | Html:
    """Tell what else there is to know of a limit."""
    if reason.kind == "must_not_break":
        return _named(reason, texts)
    if reason.n == 0:
        return "there is nothing to judge"
    parts = [f"noise floor of {reason.noise_floor:.2%} subtracted"] if reason.noise_floor is not None else []
    if reason.holds is None:
        things, count = "test cases" if reason.kind in ("capability", "test") else "examples", reason.needed_n
        if reason.needed_clusters is not None:
            things, count = "clusters", reason.needed_clusters
        needed = f"{about(count)} {things} would probably tell" if count else ""
        parts.insert(0, needed or f"at this rate no number of {things} could tell")
    elif reason.holds is False:
        parts.insert(0, "beyond chance" if reason.beyond_chance else "perhaps by chance")
    return ", ".join(parts)


def _named(reason: Reason, texts: Texts) -> Html:
    """Name the first of the listed examples that broke, and quote them."""
    parts: list[Html] = []
    for name in reason.examples[:_MOST_IDS]:
        quoted = [tag("q", _clipped(text, _LONGEST_QUOTE)) for text in texts.get(name, ())]
        parts.append(tag("li", tag("span", _clipped(name, _LONGEST_ID)), *(join(" ", each) for each in quoted)))
    if reason.negative_flip > _MOST_IDS:
        parts.append(tag("li", f"and {reason.negative_flip - _MOST_IDS:,} more"))
    return tag("ul", *parts, class_="fs-listed") if parts else join()


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _method(verdict: Verdict) -> str:
    """Tell how sure the bounds are, and what they are corrected for."""
    floor = f" The noise floor is that of {len(verdict.noise_floor):,} repeats." if verdict.noise_floor else ""
    return f"“At worst” is the bound at {levels(verdict)}.{floor}"


def kept_line(verdict: Verdict, query: Mapping[str, Query]) -> Html:
    """Lead from a verdict that is tried to the one that is kept."""
    return join("Kept with the comparison: ", link("overview", query, decision_mark(verdict.decision)))
