"""The JSON contracts: what ``comparison.json`` and ``flipscope show --json`` hold.

Counts are exact integers, rates are fractions of 1. NaN never appears: what is undefined is null, with the
reason code beside it in the field of the same name ending in ``_reason`` (see docs/metrics.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from flipscope.contract import STRICT, Interval
from flipscope.study import Study


def _moment(text: str) -> str:
    """Refuse what is no date and time, and keep the text as it is."""
    datetime.fromisoformat(text)
    return text


class _Contract(BaseModel):
    model_config = STRICT


class TaskResult(_Contract):
    """How one candidate did on one task, compared with the old model. Formulae: docs/metrics.md."""

    task: str
    n: int
    both_correct: int
    negative_flip: int
    positive_flip: int
    both_wrong: int
    borderline: int
    borderline_negative_flip: int
    left_out: dict[str, int]

    accuracy_old: float | None
    accuracy_old_low: float | None
    accuracy_old_high: float | None
    accuracy_old_reason: str | None = None
    accuracy_new: float | None
    accuracy_new_low: float | None
    accuracy_new_high: float | None
    accuracy_new_reason: str | None = None
    accuracy_delta: Interval
    nfr: Interval
    pfr: Interval

    label_churn: float | None
    label_churn_reason: str | None = None
    relative_nfr: float | None
    relative_nfr_low: float | None
    relative_nfr_high: float | None
    relative_nfr_reason: str | None = None
    nfi: float | None
    nfi_low: float | None
    nfi_high: float | None
    nfi_reason: str | None = None
    btc: float | None
    btc_low: float | None
    btc_high: float | None
    btc_reason: str | None = None
    bec: float | None
    bec_low: float | None
    bec_high: float | None
    bec_reason: str | None = None
    nfr_over_gain: float | None
    nfr_over_gain_reason: str | None = None
    mcnemar_p: float | None
    mcnemar_p_reason: str | None = None
    mcnemar_exact_p: float | None
    mcnemar_exact_p_reason: str | None = None

    cond_nfr: float | None
    cond_nfr_low: float | None
    cond_nfr_high: float | None
    cond_nfr_reason: str | None = None
    cond_pfr: float | None
    cond_pfr_low: float | None
    cond_pfr_high: float | None
    cond_pfr_reason: str | None = None
    pfi: float | None
    pfi_reason: str | None = None
    correctness_churn: float | None
    correctness_churn_reason: str | None = None
    pf_share: float | None
    pf_share_reason: str | None = None
    pf_nf_ratio: float | None
    pf_nf_ratio_reason: str | None = None
    kappa: float | None
    kappa_reason: str | None = None
    jaccard_fail: float | None
    jaccard_fail_reason: str | None = None
    nfr_changed: float | None
    nfr_changed_reason: str | None = None

    soft_nf: float | None
    soft_nf_reason: str | None = None
    soft_pf: float | None
    soft_pf_reason: str | None = None
    kl: float | None
    kl_reason: str | None = None
    logit_disp: float | None
    logit_disp_reason: str | None = None
    severity: float | None
    severity_reason: str | None = None
    drop: float | None
    drop_reason: str | None = None
    boundary_share: float | None
    boundary_share_reason: str | None = None
    large_share: float | None
    large_share_reason: str | None = None


class BehaviorCounts(_Contract):
    """Test cases by the results of both models. Flips are counted where both models have a result.

    The first four of the nine cells are those; the other five tell where a rule does not apply to one model or
    both. All nine add up to `cases`.
    """

    cases: int
    old_evaluated: int
    old_fails: int
    new_evaluated: int
    new_fails: int
    both_evaluated: int
    both_pass: int
    negative_flip: int
    positive_flip: int
    both_fail: int
    old_filtered_new_pass: int
    old_filtered_new_fail: int
    old_pass_new_filtered: int
    old_fail_new_filtered: int
    both_filtered: int
    old_fail_rate: float | None
    old_fail_rate_reason: str | None = None
    new_fail_rate: float | None
    new_fail_rate_reason: str | None = None
    example_evaluated: int
    example_old_fails: int
    example_new_fails: int
    example_negative_flip: int
    example_positive_flip: int


class BehaviorJudgement(BehaviorCounts):
    """Counts with rates over the cases both models have a result on, their intervals, and a test.

    Intervals are by cluster (template, or perturbed sentence) where the cases have one.
    """

    nfr: Interval
    pfr: Interval
    clusters: int | None
    mcnemar_p: float | None
    mcnemar_p_reason: str | None = None
    q_value: float | None
    q_value_reason: str | None = None


class _TestKey(_Contract):
    suite: str
    task: str
    capability: str
    type: Literal["MFT", "INV", "DIR"]
    test: str
    description: str = ""
    expectation: str = ""
    sampled_from: int | None = None
    not_evaluated: str | None = None


class BehaviorResult(BehaviorJudgement, _TestKey):
    """How one behavior test came out for the old model and one candidate.

    ``not_evaluated`` says why there are no results. The last eight are for tests that compare inputs (INV, DIR),
    where passing is not being right: see docs/metrics.md.
    """

    consistency_old: float | None = None
    consistency_new: float | None = None
    churn_original: float | None = None
    churn_perturbed: float | None = None
    changed_broke: int | None = None
    changed_held: int | None = None
    same_broke: int | None = None
    same_held: int | None = None


class _CapabilityKey(_Contract):
    task: str
    capability: str
    type: Literal["MFT", "INV", "DIR"]
    tests: int


class CapabilityResult(BehaviorJudgement, _CapabilityKey):
    """All tests of one task, capability and type together: summed counts; ``macro_`` is the mean over the tests."""

    macro_old_fail_rate: float | None
    macro_new_fail_rate: float | None


class SuiteInfo(_Contract):
    """A suite that was run: where it came from, and what to know about it."""

    name: str
    task: str
    source: str
    digest: str
    tests: int
    cases: int
    examples: int
    license: str = ""
    notes: list[str] = []


class ModelRef(_Contract):
    """A model by name and fingerprint. Over several tasks the fingerprint covers the model of each task."""

    name: str
    fingerprint: str


class Reason(_Contract):
    """One limit of a budget, and whether the candidate keeps it.

    ``holds`` is true when ``bound`` keeps the budget, false when ``observed`` itself is beyond it, and null when there
    is too little data to tell. ``low`` and ``high`` are one-sided bounds at ``confidence``; ``bound`` is the one that
    the budget limits. ``beyond_chance``: the other one is beyond the budget, too. ``needed_n`` is how many examples
    would probably tell, and ``needed_clusters`` how many clusters of the size they have that is. Of what must not
    break, ``examples`` has ids of examples that broke, 20 at the most. Where the budget excludes what people judged,
    ``excluded`` is how many negative flips did not count here, and ``observed_all`` the value when they do.
    """

    scope: str
    kind: Literal["task", "pooled", "capability", "test", "slice", "must_not_break"]
    where: dict[str, str | None]
    measure: Literal["nfr", "excess_nfr", "accuracy_delta", "cost", "negative_flip"]
    required: bool
    observed: float | None
    low: float | None
    high: float | None
    bound: float | None
    budget: float
    holds: bool | None
    beyond_chance: bool
    confidence: float | None
    n: int
    negative_flip: int
    positive_flip: int
    clusters: int | None = None
    noise_floor: float | None = None
    needed_n: int | None = None
    needed_clusters: int | None = None
    examples: list[str] = []
    reason: str | None = None
    excluded: int | None = None
    observed_all: float | None = None


class Excluded(_Contract):
    """What did not count in a verdict, because people judged it so and the budget says that this excludes it.

    ``flips`` are the negative flips by judgement, ``left_out`` all examples with a wrong gold label, flips or not,
    ``authors`` who judged. ``decision`` and ``sentence`` are those when everything counts.
    """

    judgements: list[str]
    flips: dict[str, int]
    left_out: int
    authors: list[str]
    decision: Literal["ship", "ship_with_notes", "hold", "not_enough_data"]
    sentence: str


class Verdict(_Contract):
    """May the candidate ship? ``sentence`` says it in words; ``candidates`` is how many were tried.

    ``cluster`` is the column of the evaluation data that clusters come from, ``excluded`` what did not count because
    of people's judgements; null where the budget excludes nothing.
    """

    decision: Literal["ship", "ship_with_notes", "hold", "not_enough_data"]
    sentence: str
    confidence: float
    correction: Literal["bonferroni", "none"]
    candidates: int
    cluster: str | None = None
    noise_floor: list[str] = []
    excluded: Excluded | None = None
    reasons: list[Reason]


class CandidateVerdict(ModelRef):
    """The verdict on one candidate."""

    verdict: Verdict


class Verdicts(_Contract):
    """What ``flipscope gate --json`` prints."""

    schema_version: Literal[1] = 1
    old: ModelRef
    candidates: Annotated[list[CandidateVerdict], Field(min_length=1)]


class CandidateResult(ModelRef):
    """All results of one candidate."""

    tasks: list[TaskResult]
    behaviors: list[BehaviorResult] = []
    capabilities: list[CapabilityResult] = []
    verdict: Verdict | None = None


class Results(_Contract):
    """What ``flipscope show --json`` and ``flipscope compare --json`` print."""

    schema_version: Literal[1] = 1
    old: ModelRef
    candidates: Annotated[list[CandidateResult], Field(min_length=1)]


class StudyResults(Results):
    """What they print of a comparison that ``flipscope mitigate`` made: its study, too."""

    study: Study


class ModelInfo(ModelRef):
    """One model on one task: where it came from and what it answers with."""

    source: str
    kind: Literal["checkpoint", "predictions", "ensemble"]
    label_names: list[str]
    architecture: str | None = None
    parameters: int | None = None
    notes: list[str] = []


class DataInfo(_Contract):
    """The evaluation set of one task."""

    source: str
    digest: str
    rows: int
    id_column: str | None
    notes: list[str] = []


class TaskInfo(_Contract):
    """One task of a comparison: data, labels, and the model on each side."""

    task: str
    label_names: list[str]
    data: DataInfo | None
    models: dict[str, ModelInfo]
    meta_columns: list[str]
    has_text: bool
    has_text_b: bool
    suites: list[SuiteInfo] = []


class Manifest(_Contract):
    """``comparison.json``: everything about a comparison that is not a table."""

    schema_version: Literal[1] = 1
    created: Annotated[str, AfterValidator(_moment)]
    command: list[str]
    versions: dict[str, str]
    settings: dict[str, Any]
    tasks: list[TaskInfo]
    slice_columns: list[str]
    warnings: list[str]
    results: Results
    budget: dict[str, Any] | None = None
    study: Study | None = None


def flat(result: BaseModel, exclude: set[str] | None = None) -> dict[str, Any]:
    """Lay a result out as one row: an interval's limits go beside its value, in ``_low`` and ``_high``."""
    row: dict[str, Any] = {}
    for name, value in result.model_dump(exclude=exclude).items():
        if isinstance(value, dict):
            row |= {name: value["value"], f"{name}_low": value["low"], f"{name}_high": value["high"]}
        else:
            row[name] = value
    return row
