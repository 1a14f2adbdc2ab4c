"""The verdict: whether a candidate keeps a budget, or breaks it, or whether that can't be told yet.

Non-inferiority: a limit holds when even the bound of the interval keeps it, is broken when the observed value itself
is beyond it, and is undecided in between. Shipping needs every required limit to hold; so its error stays that of a
single bound, however many are required (an intersection-union test; Berger 1982). What is corrected for is choice:
among several candidates, and among many notes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.flips.bounds import mean_bounds, n_for_mean
from flipscope.flips.intervals import clopper_pearson_lower, clopper_pearson_upper, newcombe
from flipscope.flips.power import n_for_budget, n_for_budget_normal
from flipscope.judge.budget import Budget
from flipscope.judge.checks import Check, checks
from flipscope.judge.excluded import summed, told_apart, without_excluded
from flipscope.judge.noise_floor import Repeats
from flipscope.judge.tallies import Tally
from flipscope.judge.words import sentence, without
from flipscope.schema import Reason, Verdict

#: With more flips the exact number takes long to find, and the normal approximation is within 3 percent of it.
_MANY_FLIPS = 500
_MOST_IDS = 20  # of examples that broke


def judged(comparison: Comparison, budget: Budget, noise_floor: Sequence[Comparison] = ()) -> Comparison:
    """Judge all candidates of a comparison.

    Parameters
    ----------
    comparison : Comparison
        What is judged; it is left as it is.
    budget : Budget
        What a candidate may break.
    noise_floor : sequence of Comparison, optional
        The old model against other seeds of its own recipe, on the same examples. Then the NFR of a task counts only
        beyond theirs.

    Returns
    -------
    Comparison
        The same, with a verdict on each candidate.

    Raises
    ------
    FlipscopeError
        When the budget or the noise floor does not fit the comparison.
    """
    repeats = Repeats(noise_floor) if noise_floor else None
    results = comparison.results
    candidates = [
        each.model_copy(update={"verdict": verdict(comparison, each.name, budget, repeats)})
        for each in results.candidates
    ]
    return comparison.with_manifest(
        comparison.manifest.model_copy(
            update={
                "results": results.model_copy(update={"candidates": candidates}),
                "budget": budget.model_dump(mode="json", exclude_defaults=True),
            }
        )
    )


def verdict(comparison: Comparison, candidate: str, budget: Budget, repeats: Repeats | None = None) -> Verdict:
    """Judge one candidate. Parameters and errors as of `judged`."""
    if budget.exclude:
        return _with_and_without(comparison, candidate, budget, repeats)
    return _verdict(comparison, budget, checks(comparison, candidate, budget, repeats), repeats)


def _with_and_without(comparison: Comparison, candidate: str, budget: Budget, repeats: Repeats | None) -> Verdict:
    """Judge without what the budget excludes, and tell what the verdict is when everything counts."""
    if repeats is not None:
        raise FlipscopeError(
            "what breaks with other seeds was not judged by anybody, so exclude can't be combined with a noise floor",
            where="exclude", do="Leave out one of the two",
        )  # fmt: skip
    of_all = checks(comparison, candidate, budget)
    whole = _verdict(comparison, budget, of_all)
    counted, rows = without_excluded(comparison, budget.exclude)
    left = checks(comparison, candidate, budget, counted=counted)
    # A limit of which nothing is left to judge stays one.
    there = {(check.scope, check.measure) for check in left}
    gone = [replace(each, tally=Tally.of_none()) for each in of_all if (each.scope, each.measure) not in there]
    found = _verdict(comparison, budget, sorted([*left, *gone], key=lambda check: not check.required))
    excluded = summed(budget.exclude, rows, candidate, whole)
    return found.model_copy(
        update={
            "sentence": f"{found.sentence}{without(excluded)}",
            "reasons": told_apart(found.reasons, whole.reasons),
            "excluded": excluded,
        }
    )


def _verdict(comparison: Comparison, budget: Budget, found: Sequence[Check], repeats: Repeats | None = None) -> Verdict:
    tried = len(comparison.candidates)
    notes = sum(not check.required for check in found)
    alpha = 1 - budget.confidence
    reasons = []
    for check in found:
        family = tried if check.required else tried * notes
        reasons.append(_reason(check, alpha / family if budget.correction == "bonferroni" else alpha))
    decision = _decision(reasons)
    return Verdict(
        decision=decision,
        sentence=sentence(decision, reasons),
        confidence=budget.confidence,
        correction=budget.correction,
        candidates=tried,
        cluster=budget.cluster,
        noise_floor=repeats.names if repeats else [],
        reasons=reasons,
    )


def _decision(reasons: Sequence[Reason]) -> Literal["ship", "ship_with_notes", "hold", "not_enough_data"]:
    required = [reason.holds for reason in reasons if reason.required]
    if False in required:
        return "hold"
    if None in required:
        return "not_enough_data"
    return "ship" if all(reason.holds for reason in reasons) else "ship_with_notes"


def _reason(check: Check, alpha: float) -> Reason:
    tally = check.tally
    shared: dict[str, Any] = {
        "scope": check.scope, "kind": check.kind, "where": check.where, "measure": check.measure,
        "required": check.required, "budget": check.limit, "n": tally.n, "clusters": tally.clusters,
        "negative_flip": tally.broke, "positive_flip": tally.mended,
    }  # fmt: skip
    if check.measure == "negative_flip":
        return Reason(**shared, **_listed(check))
    if tally.n == 0:
        return Reason(**shared, **_NOTHING, confidence=1 - alpha, reason="no_examples")
    observed, low, high, floor = _bounds(check, alpha)
    at_least = check.measure == "accuracy_delta"
    bound = low if at_least else high
    holds = False if _beyond(check, observed) else None if _beyond(check, bound) else True
    needed = _needed(check, observed, alpha) if holds is None else None
    return Reason(
        **shared,
        observed=observed,
        low=low,
        high=high,
        bound=bound,
        holds=holds,
        beyond_chance=_beyond(check, high if at_least else low),
        confidence=1 - alpha,
        noise_floor=floor,
        needed_n=needed,
        needed_clusters=None if needed is None else _in_clusters(needed, tally),
    )


def _in_clusters(n: int, tally: Tally) -> int | None:
    """Tell how many clusters so many examples make."""
    return None if tally.clusters is None else -(-n * tally.clusters // tally.n)


def _beyond(check: Check, value: float) -> bool:
    """Tell whether a value is beyond the limit, by more than what sums of fractions are off by."""
    beyond = value < check.limit if check.measure == "accuracy_delta" else value > check.limit
    return beyond and not math.isclose(value, check.limit, rel_tol=1e-12)


_NOTHING: dict[str, Any] = {
    "observed": None,
    "low": None,
    "high": None,
    "bound": None,
    "holds": None,
    "beyond_chance": False,
}


def _listed(check: Check) -> dict[str, Any]:
    """Judge a list of what must not break: no estimate, so no interval."""
    broke = check.tally.broke
    holds = False if broke else True if check.tally.n else None
    return {
        "observed": float(broke), "low": None, "high": None, "bound": float(broke), "holds": holds,
        "beyond_chance": broke > 0, "confidence": None, "examples": list(check.broke[:_MOST_IDS]),
        "reason": "no_examples" if holds is None else None,
    }  # fmt: skip


def _bounds(check: Check, alpha: float) -> tuple[float, float, float, float | None]:
    """Get what was observed, its one-sided bounds, and the noise floor that was subtracted."""
    tally = check.tally
    if check.measure == "accuracy_delta":
        return (tally.mended - tally.broke) / tally.n, *_accuracy_bounds(tally, alpha), None
    if check.measure == "cost":
        bounds = mean_bounds(tally.cost, tally.size, tally.units, least=0, most=check.dearest, alpha=alpha)
        return tally.total("cost") / tally.n, *bounds, None
    if check.floor is not None:
        found = check.floor.excess(alpha)
        excess, floor = found.excess, found.floor.value
        return float(excess.value), float(excess.low), float(excess.high), floor  # type: ignore[arg-type]
    return tally.broke / tally.n, *_nfr_bounds(tally, alpha), None


def _nfr_bounds(tally: Tally, alpha: float) -> tuple[float, float]:
    if tally.clustered:
        return mean_bounds(tally.negative, tally.size, tally.units, least=0, most=1, alpha=alpha)
    low, high = (bound(tally.broke, tally.n, alpha) for bound in (clopper_pearson_lower, clopper_pearson_upper))
    return float(low), float(high)


def _accuracy_bounds(tally: Tally, alpha: float) -> tuple[float, float]:
    if tally.clustered:
        change = tally.positive - tally.negative
        return mean_bounds(change, tally.size, tally.units, least=-1, most=1, alpha=alpha)
    kept, broke, mended = int(tally.total("kept")), tally.broke, tally.mended
    low, high = newcombe(kept, broke, mended, tally.n - kept - broke - mended, 1 - 2 * alpha)
    return float(low), float(high)


def _needed(check: Check, observed: float, alpha: float) -> int | None:
    """Find how many examples an update like this takes to pass with a probability of 80 %; None if none suffice."""
    tally, limit = check.tally, check.limit
    kinds = (tally.size, tally.units)
    if check.measure == "accuracy_delta":
        return n_for_mean(tally.negative - tally.positive, *kinds, most=1, limit=-limit, alpha=alpha)
    if check.measure == "cost":
        return n_for_mean(tally.cost, *kinds, most=check.dearest, limit=limit, alpha=alpha)
    if check.floor is not None:
        limit += tally.broke / tally.n - observed  # as if the floor were known
    if tally.clustered:
        return n_for_mean(tally.negative, *kinds, most=1, limit=limit, alpha=alpha)
    return _n_for_rate(tally.broke / tally.n, limit, alpha)


def _n_for_rate(rate: float, limit: float, alpha: float) -> int | None:
    if not rate < limit < 1:
        return None
    about = n_for_budget_normal(rate, limit, alpha=alpha)
    return about if about * limit > _MANY_FLIPS else n_for_budget(rate, limit, alpha=alpha)
