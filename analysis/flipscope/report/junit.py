"""The verdict as JUnit XML: continuous integration shows every limit of the budget as a test case."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence

from junitparser import Error, Failure, JUnitXml, Property, Skipped, SystemOut, TestCase, TestSuite
from junitparser.junitparser import FinalResult, Properties

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.errors import FlipscopeError
from flipscope.judge.listed import texts_of
from flipscope.judge.words import MEASURES, told
from flipscope.printable import printable  # XML can't hold control characters
from flipscope.report.blocks import clip
from flipscope.report.subject import data_title, model_title
from flipscope.schema import Reason, Verdict

_FIGURES = (
    "observed", "bound", "budget", "confidence", "n", "negative_flip", "positive_flip", "clusters", "noise_floor",
    "needed_n", "needed_clusters", "reason",
)  # fmt: skip
_TEXT = 160  # characters of an example that broke


def as_junit(comparison: Comparison, candidates: list[str], *, redact: bool = False) -> bytes:
    """Write the verdicts as a test suite for each candidate.

    A required limit that is broken is a failure, one without enough data an error, and a note that does not hold is
    skipped; examples that must not break and did are named, and quoted unless `redact`. Figures are properties, rates
    as fractions of 1. There are no times: the same verdicts give the same bytes.

    Raises
    ------
    FlipscopeError
        When a candidate has no verdict.
    """
    report = JUnitXml(printable(comparison.title))
    for candidate in candidates:
        verdict = comparison.candidate(candidate).verdict
        if verdict is None:
            raise FlipscopeError(
                "there is no verdict to write",
                where=comparison.path,
                do="Give --max-nfr 0.02, or --budget FILE (flipscope budget init writes one)",
            )
        texts = [{} if redact else texts_of(comparison, candidate, reason) for reason in verdict.reasons]
        suite = _suite(candidate, verdict, texts)
        suite.add_property("old", printable(model_title(comparison, OLD)))
        suite.add_property("new", printable(model_title(comparison, candidate)))
        suite.add_property("data", printable("".join(data_title(comparison))))
        report.append(suite)
    report.update_statistics()
    content = io.BytesIO()
    report.write(content, pretty=True)
    return content.getvalue()


def _suite(candidate: str, verdict: Verdict, texts: Sequence[Mapping[str, list[str]]]) -> TestSuite:
    suite = TestSuite(printable(candidate))
    suite.add_property("decision", verdict.decision)
    named: Counter[tuple[str, str]] = Counter()
    for reason, quoted in zip(verdict.reasons, texts, strict=True):
        case = _case(reason, quoted)
        key = (case.classname, case.name)
        named[key] += 1
        if named[key] > 1:  # programs tell cases apart by their names
            case.name = f"{case.name} ({named[key]})"
        suite.append(case)
    suite.append(SystemOut(printable(verdict.sentence)))
    return suite


def _case(reason: Reason, texts: Mapping[str, list[str]]) -> TestCase:
    name = f"{reason.scope}: {MEASURES[reason.measure]}"
    case = TestCase(printable(name), f"{printable(reason.where.get('task') or 'all tasks')}/{reason.kind}")
    properties = Properties()
    figures = {figure: getattr(reason, figure) for figure in _FIGURES}
    properties.extend(Property(name, printable(str(value))) for name, value in figures.items() if value is not None)
    case.append(properties)
    if not reason.holds:
        case.append(_result(reason, texts))
    return case


def _result(reason: Reason, texts: Mapping[str, list[str]]) -> FinalResult:
    kind = Skipped if not reason.required else Failure if reason.holds is False else Error
    text = printable(told(reason))
    result = kind(text, "broken" if reason.holds is False else "not_enough_data")
    result.text = "\n".join([text, *(_broke(name, texts.get(name, [])) for name in reason.examples)])
    return result


def _broke(name: str, texts: Sequence[str]) -> str:
    return " · ".join([f"broke: {printable(name)}", *(printable(clip(text, _TEXT)) for text in texts)])
