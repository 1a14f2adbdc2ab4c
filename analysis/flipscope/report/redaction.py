"""What a redacted report leaves out of verdicts and conditions: values of columns that may hold texts."""

from __future__ import annotations

from typing import Any

from flipscope.comparison import Comparison
from flipscope.judge.words import DECISIONS, sentence, without
from flipscope.report import REDACTED
from flipscope.schema import CandidateResult, Manifest, Reason
from flipscope.store.cost import columns_of
from flipscope.store.tables import ANSWERS, FACT_COLUMNS


def redacted(comparison: Comparison) -> Comparison:
    """Hide the values of slices whose column has too many to be a category, in verdicts and the budget.

    Conditions on such a column, or on a text, are hidden whole; the names that people gave them stay.
    """
    hidden = comparison.with_manifest(_manifest(comparison, comparison.manifest))
    hidden.kept = _manifest(comparison, comparison.kept)
    return hidden


def may_quote(comparison: Comparison, where: str) -> bool:
    """Tell whether a condition may have part of a text in it: if it is about one, or a column that may hold some."""
    known = {*comparison.slice_columns, *FACT_COLUMNS} - {"example_id"}
    return not columns_of(comparison.connection, where) <= {name.lower() for name in known}


def _manifest(comparison: Comparison, manifest: Manifest) -> Manifest:
    candidates = [_candidate(comparison, each) for each in manifest.results.candidates]
    budget = manifest.budget
    if budget is not None and "slices" in budget:
        budget = budget | {"slices": [_limit(comparison, each) for each in budget["slices"]]}
    results = manifest.results.model_copy(update={"candidates": candidates})
    return manifest.model_copy(update={"results": results, "budget": budget})


def _limit(comparison: Comparison, limit: dict[str, Any]) -> dict[str, Any]:
    hidden = "where" if "where" in limit else "value"
    return limit | {hidden: REDACTED} if hidden in limit and _may_be_text(comparison, limit) else limit


def _candidate(comparison: Comparison, each: CandidateResult) -> CandidateResult:
    if each.verdict is None:
        return each
    reasons = [_reason(comparison, reason) for reason in each.verdict.reasons]
    if reasons == each.verdict.reasons:
        return each
    told, excluded = sentence(each.verdict.decision, reasons), each.verdict.excluded
    if excluded is not None:  # it may quote a scope, of which no more is known here
        excluded = excluded.model_copy(update={"sentence": f"{DECISIONS[excluded.decision]}."})
        told += without(excluded)
    changes = {"reasons": reasons, "sentence": told, "excluded": excluded}
    return each.model_copy(update={"verdict": each.verdict.model_copy(update=changes)})


def _reason(comparison: Comparison, reason: Reason) -> Reason:
    if reason.kind != "slice" or not _may_be_text(comparison, reason.where):
        return reason
    task, name = reason.where["task"], reason.where.get("slice")
    if "where" in reason.where:
        hidden, scope = "where", f"{task}: {name or REDACTED}"
    else:
        hidden, scope = "value", f"{task}: {reason.where['column']} = {REDACTED}"
    return reason.model_copy(update={"scope": scope, "where": reason.where | {hidden: REDACTED}})


def _may_be_text(comparison: Comparison, part: dict[str, Any]) -> bool:
    """Tell whether the slice of a limit, or of a reason, is by what may be a text."""
    if part.get("where") is not None:
        return may_quote(comparison, part["where"])
    return part.get("column") not in (*comparison.slice_columns, *ANSWERS)
