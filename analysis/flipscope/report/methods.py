"""How the figures of a report are defined."""

from __future__ import annotations

from flipscope.comparison import Comparison
from flipscope.report import Options
from flipscope.report.blocks import Block, Terms, Words, paragraph

_EXAMPLES = {
    "Negative flip": "An example that the old model got right and the candidate gets wrong; it broke.",
    "Positive flip": "An example that the old model got wrong and the candidate gets right; it was mended.",
    "NFR, PFR": "Negative and positive flip rate: flips / n, where n counts all examples with a gold label and an "
    "answer of both models. 95 % interval: Wilson.",
    "Change": "Accuracy of the candidate − accuracy of the old model = PFR − NFR. 95 % interval: Newcombe's paired "
    "one (method 10, with continuity correction).",
    "NFR / gain": "Negative flips / (positive flips − negative flips): examples broken for each one gained on "
    "balance; below 0, accuracy fell.",
    "McNemar p": "Two-sided mid-p value of McNemar's test: were the models equally good, how often would chance "
    "split the flips at least this unevenly? It is about accuracy: with as many mended as broken, p is 1.",
    "Churn": "Share of examples that the two models answer differently, right or wrong.",
    "Relative NFR": "NFR / (accuracy of the old model × error rate of the candidate): 1 means as many negative "
    "flips as between two models whose errors have nothing to do with each other. Interval: bootstrap.",
    "NFI": "Negative flip impact: negative flips / errors of the candidate. Interval: Wilson.",
    "BTC": "Backward trust compatibility: both right / right answers of the old model. Interval: Wilson.",
    "BEC": "Backward error compatibility: both wrong / errors of the candidate. Interval: Wilson.",
    "Severity": "The candidate's probability of its answer − its probability of the gold label; the most severe "
    "flips are the most confident mistakes.",
    "Slices": "Rows with one value of one metadata column, or one gold label. Those with at least 6 flips are "
    "tested (McNemar's mid-p); q is p corrected for the number of tests (Benjamini-Hochberg): it is about the change "
    "of accuracy, up or down. Listed is where more broke than in the task on the whole.",
    "Borderline": "Answers whose two best classes are as close as the rounding of the arithmetic: a flip among "
    "them may be no change of the model.",
}
_BEHAVIORS = {
    "Test case": "What passes or fails as one: one input, or several that are compared. Passing counts as right.",
    "MFT, INV, DIR": "Minimum functionality test: the answer is known. Invariance test: the answer must not "
    "change. Directional test: the answer must move one way.",
    "Fail rate": "Failed cases / cases that this model has a result on; a rule may not apply to a case. The drawing "
    "goes from 0 to 100 %: the ring is the old model, the dot the candidate.",
    "NFR, PFR of tests": "Cases broken, or mended, / cases that both models have a result on. Interval: by cluster "
    "(template or perturbed sentence) where cases have one, else Wilson; none below 10 clusters.",
    "q of tests": "McNemar's mid-p over cases, corrected for all rows with at least 6 flips (Benjamini-Hochberg).",
}
_VERDICT = {
    "Verdict": "Ship when all limits of the budget hold, and with notes when all required ones do. Hold when a "
    "required one is broken; else there is not enough data when one can't be told. Notes never hold an update back.",
    "Holds, broken, undecided": "A limit of a rate holds when even the upper bound keeps it. It is broken when "
    "what was observed is itself over it; beyond chance, when the lower bound is, too. In between it is "
    "undecided: there is too little data to tell. For the change of accuracy, the reverse.",
    "Bounds": "One-sided, each at the confidence that stands by them. NFR: Clopper-Pearson. Change of accuracy: the "
    "ends of Newcombe's interval, of 90 % for bounds at 95 %.",
    "Bounds with clusters, and of costs": "Examples of one template, document or user are not independent. Bayesian "
    "bootstrap over clusters, with one more that is as large as the largest and as bad as can be (Gaffke 2005): it "
    "keeps its confidence with few clusters, too.",
    "Correction": "For what was chosen from: the error is shared among all candidates that were tried (Bonferroni), "
    "and that of notes also among all notes. Not for the number of required limits: all of them have to hold.",
    "Needed": "How many examples, or clusters of the size they have, would probably tell: with so many, an update as "
    "good as this one looks would pass with a probability of 80 %. A dash: no number would, or none is known.",
}
_FLOOR = {
    "NFR above the noise floor": "NFR − mean NFR of the old model against other seeds of its own recipe. Bounds: what "
    "examples, or clusters, add (as of clusters) and what seeds add (Student's t over the repeats), added in squares.",
}


def methods(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Define every figure that the report may show."""
    verdicts = [found for name in candidates if (found := comparison.candidate(name).verdict) is not None]
    known = _VERDICT if verdicts else {}
    known = known | (_FLOOR if any(verdict.noise_floor for verdict in verdicts) else {})
    known = known | (_EXAMPLES if comparison.tasks else {}) | (_BEHAVIORS if comparison.behaviors else {})
    closing = "Intervals are at 95 %. A dash stands for a figure that is undefined; the reason is under it."
    return [Terms(tuple((Words(name), (Words(told),)) for name, told in known.items())), paragraph(Words(closing))]
