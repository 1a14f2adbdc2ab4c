"""What people judged of a candidate's flips, below its figures; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flipscope.store.triage_summary import TriageSummary
from flipscope.triage_words import CAUTION, both_ways, counts
from flipscope_app.markup import Html, Query, join, link, tag


def judged(summaries: Sequence[TriageSummary], base: Mapping[str, Query]) -> Html | None:
    """Tell the NFR with and without wrong gold labels, a line a task that anybody judged; None where nobody did."""
    told = [each for each in summaries if each.authors]
    if not told:
        return None
    lines = [
        tag("p", link("triage", {**base, "task": each.task}, f"Triage of {each.task}"), f": {counts(each)}. ",
            f"{both_ways(each)}.")
        for each in told
    ]  # fmt: skip
    caution = tag("p", CAUTION, class_="fs-muted fs-small") if any(each.left_out for each in told) else ""
    return join(*lines, caution)
