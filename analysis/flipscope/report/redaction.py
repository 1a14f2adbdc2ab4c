"""What a redacted report leaves out of a verdict: values of columns that may hold texts."""

from __future__ import annotations

from flipscope.comparison import Comparison
from flipscope.judge.words import sentence
from flipscope.report import REDACTED
from flipscope.schema import CandidateResult, Manifest, Reason
from flipscope.store.tables import ANSWERS


def redacted(comparison: Comparison) -> Comparison:
    """Hide the values of slices whose column has too many to be a category, in verdicts and the budget."""
    known = (*comparison.slice_columns, *ANSWERS)
    hidden = comparison.with_manifest(_manifest(comparison.manifest, known))
    hidden.kept = _manifest(comparison.kept, known)
    return hidden


def _manifest(manifest: Manifest, known: tuple[str, ...]) -> Manifest:
    candidates = [_candidate(each, known) for each in manifest.results.candidates]
    budget = manifest.budget
    if budget is not None and "slices" in budget:
        slices = [
            each | {"value": REDACTED} if "value" in each and each.get("column") not in known else each
            for each in budget["slices"]
        ]
        budget = budget | {"slices": slices}
    results = manifest.results.model_copy(update={"candidates": candidates})
    return manifest.model_copy(update={"results": results, "budget": budget})


def _candidate(each: CandidateResult, known: tuple[str, ...]) -> CandidateResult:
    if each.verdict is None or not any(_may_be_text(reason, known) for reason in each.verdict.reasons):
        return each
    reasons = [_reason(reason) if _may_be_text(reason, known) else reason for reason in each.verdict.reasons]
    changes = {"reasons": reasons, "sentence": sentence(each.verdict.decision, reasons)}
    return each.model_copy(update={"verdict": each.verdict.model_copy(update=changes)})


def _may_be_text(reason: Reason, known: tuple[str, ...]) -> bool:
    return reason.kind == "slice" and reason.where.get("column") not in known


def _reason(reason: Reason) -> Reason:
    where = reason.where | {"value": REDACTED}
    return reason.model_copy(update={"scope": f"{where['task']}: {where['column']} = {REDACTED}", "where": where})
