"""The rules of judging: what a judgement is about, which one counts, and what a change of mind writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flipscope.errors import FlipscopeError
from flipscope.store.triage_log import ABOUT_EXAMPLE, LONGEST, TIME_FORMAT, Entry, Slot

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Columns that tell a judgement.
JUDGED = ("judgement", "note", "author", "time", "carried_from")

_LONGEST_NAME = 200


def check_words(note: str, author: str) -> None:
    """Refuse a note or name that can't be kept."""
    for what, text, most in (("note", note, LONGEST), ("name", author, _LONGEST_NAME)):
        if len(text) > most:
            raise FlipscopeError(f"the {what} is longer than {most:,} characters", do="Shorten it")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise FlipscopeError(f"the {what} is not valid Unicode") from None


def check_wrong(rows: pd.DataFrame, judgement: str | None) -> None:
    """Refuse to judge a wrong answer where there is a right one."""
    right = rows.loc[rows["new_pred"] == rows["label"], "example_id"]
    if judgement is None or judgement in ABOUT_EXAMPLE or right.empty:
        return
    told = "is" if len(right) == 1 else "are"
    raise FlipscopeError(
        f"{len(right):,} of these examples {told} answered right, such as {right.iloc[0]}",
        where=judgement, do="Only a wrong answer can be that; wrong_gold_label and ambiguous fit any example",
    )  # fmt: skip


def next_time(latest: Mapping[Slot, Entry]) -> str:
    """Get the time, and a moment after all that is there: clocks of several machines differ."""
    now = datetime.now(UTC).strftime(TIME_FORMAT)
    last = max((entry.time for entry in latest.values()), default="")
    if last < now:
        return now
    try:
        return (datetime.strptime(last, TIME_FORMAT) + timedelta(microseconds=1)).strftime(TIME_FORMAT)
    except OverflowError:
        raise FlipscopeError(f"there is no later time than {last}, when this was judged last") from None


def answers(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield the key, gold label and answer of each row."""
    return zip(rows["key"], rows["label"], rows["new_pred"], strict=True)


def slots(key: str, label: str, answer: str) -> list[Slot]:
    """List what can be judged of an example with an answer: the example, and the answer if it is wrong."""
    return [(key, "")] if answer == label else [(key, ""), (key, answer)]


def current(latest: Mapping[Slot, Entry], about: Sequence[Slot]) -> Entry | None:
    """Get the judgement that counts: the later one, of the example or of the answer."""
    entries = (latest.get(slot) for slot in about)
    there = [entry for entry in entries if entry is not None and entry.judgement]
    return max(there, key=lambda entry: entry.order, default=None)


def with_newer(latest: Mapping[Slot, Entry], offered: Mapping[Slot, Entry]) -> dict[Slot, Entry]:
    """Get the latest entries when others came to them."""
    both = dict(latest)
    for slot, entry in offered.items():
        known = both.get(slot)
        if known is None or entry.order > known.order:
            both[slot] = entry
    return both


def changed(before: Mapping[Slot, Entry], after: Mapping[Slot, Entry], abouts: Iterable[Sequence[Slot]]) -> set[Slot]:
    """Find the entries through which something else counts than before; each thing that is judged has its slots."""
    found = set()
    for about in abouts:
        was, now = current(before, about), current(after, about)
        if now is not None and after[now.slot] != before.get(now.slot):
            found.add(now.slot)
        elif was is not None and was != now:  # it was taken back
            found.add(was.slot)
    return found


def are_as_seen(rows: pd.DataFrame, latest: Mapping[Slot, Entry], seen: Mapping[int, str] | None) -> NDArray[np.bool_]:
    """Tell which rows are judged as somebody saw them: the times of judgements by row id; None stands for all."""
    import numpy as np

    if seen is None:
        return np.ones(len(rows), bool)
    counting = (current(latest, slots(*answer)) for answer in answers(rows))
    times = [entry.time if entry else None for entry in counting]
    return np.array([time == seen.get(row_id) for time, row_id in zip(times, rows["row_id"], strict=True)], bool)


def changes(
    latest: Mapping[Slot, Entry], row: Mapping[str, Any], judgement: str | None, note: str | None, author: str,
    time: str,
) -> Iterator[Entry]:  # fmt: skip
    """Make the entries that judge a row: at most one on the example and one on the answer."""
    about_it = slots(row["key"], row["label"], row["new_pred"])
    counting = current(latest, about_it)
    kept = note if note is not None else counting.note if counting and counting.judgement == judgement else ""
    about = "" if judgement in ABOUT_EXAMPLE else row["new_pred"]
    for key, answer in about_it:
        before = latest.get((key, answer))
        had = (before.judgement, before.note, before.author) if before else ("", "", "")
        about_this = judgement is not None and answer == about
        wanted, told = (judgement or "", kept) if about_this else ("", note or "")
        is_new = before is None or before is not counting or had != (wanted, told, author)
        if is_new if about_this else had[0]:
            yield Entry(key, answer, time, wanted, told, author, "", row["task"], row["label"], row["example_id"])


def judged(rows: pd.DataFrame, latest: Mapping[Slot, Entry]) -> pd.DataFrame:
    """Put the judgements beside the rows that have one."""
    import pandas as pd

    found = [current(latest, slots(*answer)) for answer in answers(rows)]
    told = {name: [getattr(entry, name) if entry else None for entry in found] for name in JUDGED}
    return pd.concat([rows, pd.DataFrame(told, index=rows.index, dtype=object)], axis=1).dropna(subset="judgement")
