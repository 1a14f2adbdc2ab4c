"""One test case: all its inputs with what both models answered; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.report.subject import model_title
from flipscope.schema import BehaviorResult
from flipscope.words import percent
from flipscope_app.examples.differences import two_sides
from flipscope_app.markup import Html, Query, link, tag

#: How the outcome of a case is called; None: at least one model has no result, as the rule does not apply.
CASE_NAMES = {
    "negative_flip": "Broke",
    "positive_flip": "Mended",
    "both_wrong": "Both fail",
    "both_correct": "Both pass",
    None: "Not judged",
}
_SIGNS = {
    "negative_flip": "▼ broke",
    "positive_flip": "▲ mended",
    "both_wrong": "✕ both fail",
    "both_correct": "✓ both pass",
    None: "– not judged",
}
_RESULTS = {"pass": "✓ passes", "fail": "✕ fails", "not_applicable": "– rule does not apply"}
#: Inputs shown at once; the others fold away.
_MOST_INPUTS = 12
_TITLE = 160  # characters


def case_list(cases: pd.DataFrame, chosen: object, query: Mapping[str, Query], name: str) -> Html:
    """List cases, one of them chosen; each is a link with its number in the query."""
    items = []
    for case in cases.to_dict("records"):
        outcome = _outcome(case)
        telling = _telling(case)
        mark = tag("span", _SIGNS[outcome], class_=f"fs-sign {_colour(outcome)}")
        count = len(case["inputs"])
        inputs = tag("span", f"{count} inputs", class_="fs-score") if count > 1 else Html("")
        meta = tag("span", mark, tag("span", _answers(telling), class_="fs-muted"), inputs, class_="fs-meta")
        current = {"aria_current": "true"} if case["case_row"] == chosen else {}
        target = {**query, "case": str(case["case_row"])}
        items.append(
            tag("li", link("behaviors", target, tag("span", _title(telling), class_="fs-text"), meta, **current))
        )
    return tag("ul", *items, class_="fs-list", data_list=name)


def one_case(comparison: Comparison, test: BehaviorResult, case: dict[str, Any]) -> Html:
    """Show one case in full: what was expected, and each input with both answers."""
    inputs = case["inputs"]
    shown = [_input(case, position) for position in range(min(len(inputs), _MOST_INPUTS))]
    if len(inputs) > _MOST_INPUTS:
        rest = [_input(case, position) for position in range(_MOST_INPUTS, len(inputs))]
        shown.append(tag("details", tag("summary", f"{len(rest)} more inputs"), *rest))
    return tag("article", _head(case), _expected(test), _results(comparison, case), *shown, class_="fs-example fs-case")


def _head(case: dict[str, Any]) -> Html:
    outcome = _outcome(case)
    badge = tag("span", _SIGNS[outcome], class_=f"fs-badge {_colour(outcome)}")
    template = f" · template {case['cluster']}" if isinstance(case["cluster"], str) else ""
    return tag("header", badge, tag("span", f"case {case['case_id']}{template}", class_="fs-muted fs-id"))


def _expected(test: BehaviorResult) -> Html:
    if not test.expectation:
        return Html("")
    return tag("p", tag("span", "Expected: ", class_="fs-muted"), test.expectation, class_="fs-expected")


def _results(comparison: Comparison, case: dict[str, Any]) -> Html:
    """Tell how the whole case came out for both models."""
    sides = {"old": "old", "new": case["candidate"]}
    return tag(
        "div",
        tag("span"),
        *(
            tag("div", tag("span", model_title(comparison, model, case["task"]), class_="fs-muted"),
                tag("b", _RESULTS[case[f"{side}_result"]], class_=_result_colour(case, side)))
            for side, model in sides.items()
        ),
        class_="fs-case-row fs-case-head",
    )  # fmt: skip


def _result_colour(case: dict[str, Any], side: str) -> str:
    """Colour only what changed: the side of a flip that fails or passes now."""
    return _colour(_outcome(case)) if side == "new" and _outcome(case) in ("negative_flip", "positive_flip") else ""


def _input(case: dict[str, Any], position: int) -> Html:
    """Show one input; where it is the first one changed, the words that the first does not have stand out."""
    given, first = case["inputs"][position], case["inputs"][0]
    changed = position > 0 and case["type"] != "MFT"
    texts = [
        tag("blockquote", two_sides(first[field] or "", given[field])[1] if changed else given[field], dir="auto")
        for field in ("text_a", "text_b")
        if given[field] is not None
    ]
    role = tag("span", _role(case, position), class_="fs-tag") if len(case["inputs"]) > 1 else Html("")
    label = tag("span", "label ", tag("b", given["label"]), class_="fs-muted") if given["label"] else Html("")
    told = tag("div", role, " ", label, class_="fs-small") if role or label else Html("")
    answers = [_answer(given, side) for side in ("old", "new")]
    return tag("div", tag("div", told, *texts, class_="fs-texts"), *answers, class_="fs-case-row")


def _role(case: dict[str, Any], position: int) -> str:
    if case["type"] == "MFT":
        return f"input {position + 1}"
    if position == 0:
        return "original"
    return "changed" if len(case["inputs"]) == 2 else f"changed {position}"


def _answer(given: dict[str, Any], side: str) -> Html:
    confidence = given[f"{side}_conf"]
    passes = given[f"{side}_pass"]
    told = "" if confidence is None or pd.isna(confidence) else percent(confidence, 1)
    sign = "–" if passes is None else "✓" if passes else "✕"
    spoken = "rule does not apply" if passes is None else "passes" if passes else "fails"
    mark = tag("span", sign, class_="fs-right" if passes else "fs-wrong", title=spoken, aria_label=spoken, role="img")
    return tag("div", mark, " ", tag("b", str(given[f"{side}_pred"])), " ", tag("span", told, class_="fs-muted"))


def _telling(case: dict[str, Any]) -> dict[str, Any]:
    """Choose the input that tells most: the first that passes for one model alone, else the first that fails."""
    inputs: list[dict[str, Any]] = case["inputs"]
    apart = [given for given in inputs if given["old_pass"] != given["new_pass"]]
    failing = [given for given in inputs if given["new_pass"] is False]
    return (apart or failing or inputs)[0]


def _title(given: dict[str, Any]) -> str:
    texts = [text for text in (given["text_a"], given["text_b"]) if isinstance(text, str) and text.strip()]
    shown = "  ·  ".join(" ".join(text[: 2 * _TITLE].split()) for text in texts) or "(empty text)"
    return shown if len(shown) <= _TITLE else f"{shown[:_TITLE].rstrip()}…"


def _answers(given: dict[str, Any]) -> str:
    old, new = given["old_pred"], given["new_pred"]
    told = f"both {old}" if old == new else f"{old} → {new}"
    return f"{told}, label {given['label']}" if given["label"] and given["label"] not in (old, new) else told


def _outcome(case: dict[str, Any]) -> str | None:
    return case["outcome"] if isinstance(case["outcome"], str) else None


def _colour(outcome: str | None) -> str:
    return f"fs-{(outcome or 'not-judged').replace('_', '-')}"
