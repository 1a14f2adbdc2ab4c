"""Judge and take back, for one visitor: never over what somebody else said meanwhile."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from flipscope.comparison import Comparison
from flipscope.store.triage import Triage, user_name
from flipscope_app.settings import settings
from flipscope_app.triage.judgements import Judged, judged_by_row

_DONE, _MINE = "triage: done", "triage: mine"
#: Key of the field for a name, where nobody has to log in.
NAME = "triage: name"
#: Steps that can be taken back one after the other.
_MOST_UNDONE = 100
#: What the visitor knows examples to be judged as, by row id; None, not judged.
Known = Mapping[int, Judged | None]


@dataclass(frozen=True)
class Step:
    """What a visitor judged at once, and what was there before."""

    path: Path
    candidate: str
    before: Known


def why_not(comparison: Comparison) -> str | None:
    """Say why nothing can be judged here; None when it can."""
    if settings().workspace is None:
        return "A single comparison is served here, to look at only: judge in a dashboard of the folder that holds it."
    if not os.access(comparison.path, os.W_OK):
        return "This comparison can't be written to, so nothing can be judged here."
    return None


def author() -> str:
    """Get who judges: who is logged in, else the name that was typed, else whoever runs this dashboard."""
    if settings().people:
        return str(st.user.to_dict().get("email") or "")
    return str(st.session_state.get(NAME) or "").strip() or user_name()


def current(comparison: Comparison, candidate: str, row_id: int) -> Judged | None:
    """Read what an example is judged as at this moment."""
    return judged_by_row(Triage(comparison).of([row_id], candidate)).get(row_id)


def known(comparison: Comparison, candidate: str, row_id: int, seen: Judged | None) -> Judged | None:
    """Get what the visitor knows an example to be: what the page showed, or what they made of it since."""
    mine, key = _mine(), (comparison.path, candidate, row_id)
    if key not in mine:
        return seen
    found = current(comparison, candidate, row_id)
    return found if _time(found) == mine[key] else seen


def was_drawn(comparison: Comparison, candidate: str, row_id: int, judged: Judged | None) -> None:
    """Take note of what the page shows of an example: what somebody else said of it is not this visitor's any more."""
    mine, key = _mine(), (comparison.path, candidate, row_id)
    if key in mine and mine[key] != _time(judged):
        del mine[key]


def mark(comparison: Comparison, candidate: str, before: Known, judgement: str | None, note: str | None) -> list[int]:
    """Judge examples, but for those that are not judged as the visitor knows; lists those.

    Raises
    ------
    FlipscopeError
        As `Triage.mark`: then nothing was done.
    """
    who = author()
    # Looked up before anything is written: where the session is asked, Streamlit may end a run for the next click.
    done, mine = _done(), _mine()
    marked = Triage(comparison).mark(
        list(before), judgement, candidate=candidate, note=note, author=who, expected=_times(before)
    )
    left = set(marked.left)
    changed = {
        row: each for row, each in before.items() if row not in left and _changes(each, judgement, note, who)
    }  # fmt: skip
    if marked.changed and changed:
        done.append(Step(comparison.path, candidate, changed))
        del done[:-_MOST_UNDONE]
        mine.update({(comparison.path, candidate, row): marked.time if judgement else None for row in changed})
    return sorted(left)


def _changes(before: Judged | None, judgement: str | None, note: str | None, who: str) -> bool:
    if before is None or judgement is None:
        return before is not None or judgement is not None
    return (before.judgement, before.author) != (judgement, who) or note not in (None, before.note)


def undoable(comparison: Comparison) -> bool:
    """Tell whether this visitor judged something here that can be taken back."""
    return any(step.path == comparison.path for step in _done())


def undo(comparison: Comparison) -> tuple[Step, list[int]]:
    """Put back what was there before the visitor's last step; lists the rows where somebody else judged since.

    What somebody else had said before is theirs again.
    """
    done, mine, who_now = _done(), _mine(), author()  # before anything is written, as in `mark`
    step = done.pop(max(place for place, each in enumerate(done) if each.path == comparison.path))
    left: list[int] = []
    groups: dict[tuple[str | None, str, str], list[int]] = defaultdict(list)
    for row, before in step.before.items():
        if (step.path, step.candidate, row) in mine:
            groups[(before.judgement, before.note, before.author) if before else (None, "", who_now)].append(row)
        else:
            left.append(row)
    for (judgement, note, who), rows in groups.items():
        times = {row: mine[(step.path, step.candidate, row)] for row in rows}
        marked = Triage(comparison).mark(
            rows, judgement, candidate=step.candidate, note=note, author=who,
            expected={row: time for row, time in times.items() if time},
        )  # fmt: skip
        left += marked.left
        time = marked.time if judgement else None
        mine.update({(step.path, step.candidate, row): time for row in rows if row not in marked.left})
    return step, left


def _done() -> list[Step]:
    """Get the steps of this visitor that can be taken back, the last one last."""
    done: list[Step] = st.session_state.setdefault(_DONE, [])
    return done


def _mine() -> dict[tuple[Path, str, int], str | None]:
    """Get when this visitor judged what they judged last of each example; None where they took it back."""
    mine: dict[tuple[Path, str, int], str | None] = st.session_state.setdefault(_MINE, {})
    return mine


def _times(judged: Known) -> dict[int, str]:
    return {row: each.time for row, each in judged.items() if each}


def _time(judged: Judged | None) -> str | None:
    return judged.time if judged else None
