"""Judgements of people in words, for all that presents them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipscope.contract import Interval
from flipscope.errors import FlipscopeError
from flipscope.store.triage_exchange import Imported
from flipscope.store.triage_summary import Figures, TriageSummary
from flipscope.words import percent

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.store.triage import Marked

NAMES = {
    "real_regression": "real regression",
    "wrong_gold_label": "wrong gold label",
    "ambiguous": "ambiguous",
    "acceptable": "acceptable",
}
#: What to know about figures without wrong gold labels.
CAUTION = (
    "Mostly flips are looked at, so wrong gold labels among the other examples stay in: the figures without them lean "
    "towards the candidate. Quote both."
)


def both_ways(summary: TriageSummary) -> str:
    """Tell the NFR as it is and without wrong gold labels, in one line."""
    if not summary.left_out:
        return f"NFR {nfr(summary.as_is)}; no gold label judged wrong"
    left_out = f"{summary.left_out:,} example{'' if summary.left_out == 1 else 's'} with a wrong gold label"
    return f"NFR {nfr(summary.as_is)}; without {left_out} {nfr(summary.without)}"


def nfr(figures: Figures) -> str:
    """Tell an NFR with its interval and counts."""
    return f"{interval(figures.nfr)}, {figures.negative_flip:,} of {figures.n:,}"


def interval(value: Interval) -> str:
    """Write a rate with its interval."""
    if value.value is None:
        return "–"
    return f"{percent(value.value)} [{percent(value.low)}, {percent(value.high)}]"


def counts(summary: TriageSummary) -> str:
    """Tell how many negative flips were judged as what, and how many by nobody."""
    told = [f"{count:,} {NAMES[name]}" for name, count in summary.judgements.items() if count]
    return ", ".join([*told, f"{summary.unjudged:,} not judged"])


def bulk_question(count: int, outcome: str, judgement: str | None, there: pd.DataFrame, *, overwrite: bool) -> str:
    """Tell what becomes of all examples of an outcome that meet a condition, and of those that are judged already.

    Raises
    ------
    FlipscopeError
        When there are none.
    """
    what = plural(outcome, count)
    if not count:
        raise FlipscopeError(f"no {outcome.replace('_', ' ')} meets this condition", where="--where")
    if judgement is None:
        by = f", judged by {_who(there)}," if len(there) else ""
        return f"{len(there):,} of {count:,} {what}{by} will not be judged any more"
    other = there[there["judgement"] != judgement]
    if other.empty:
        return f"{count:,} {what} will be judged {NAMES[judgement]}"
    found = ", ".join(f"{each:,} {NAMES[name]}" for name, each in other["judgement"].value_counts().items())
    told = "will be replaced" if overwrite else "will be left (--overwrite judges them, too)"
    judged = count if overwrite else count - len(other)
    return (
        f"{judged:,} of {count:,} {what} will be judged {NAMES[judgement]}; {len(other):,} judged otherwise "
        f"({found}; by {_who(other)}) {told}"
    )


def _who(judged: pd.DataFrame) -> str:
    return ", ".join(sorted(set(judged["author"])))


def plural(outcome: str, count: int) -> str:
    """Name examples of an outcome."""
    if outcome in ("both_correct", "both_wrong"):
        return f"example{'' if count == 1 else 's'} that both models answer {outcome[5:].replace('correct', 'right')}"
    return f"{outcome.replace('_', ' ')}{'' if count == 1 else 's'}"


def what_was_marked(asked: int, judgement: str | None, marked: Marked) -> str:
    """Tell how many examples are judged otherwise than before."""
    done = f"judged {NAMES[judgement]}" if judgement else "not judged any more"
    same = asked - marked.changed - len(marked.left)
    parts = [f"{marked.changed:,} example{'' if marked.changed == 1 else 's'} {done}"]
    if same > 0 and judgement:
        parts.append(f"{same:,} were already")
    if marked.left:
        parts.append(f"{len(marked.left):,} left as they were")
    return "; ".join(parts)


def taken_over(found: Imported) -> str:
    """Tell what became of judgements that were to be taken over."""
    parts = [f"{found.known:,} known here or older"] * bool(found.known)
    if found.unfit:
        why = "not in these data, another gold label, or an answer that no candidate gives"
        parts.append(f"{found.unfit:,} fit no example here ({why})")
    more = f"; {'; '.join(parts)}" if parts else ""
    return f"{found.taken:,} of {found.read:,} judgements of {found.title or 'another comparison'} taken over{more}"
