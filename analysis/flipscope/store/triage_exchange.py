"""Judgements on their way: to a file of JSON lines and back, and from one comparison to another."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.files import read_unpacked, write_whole
from flipscope.store.triage_log import TIME_FORMAT, Entry, Slot, TriageLog, checked
from flipscope.store.triage_rules import changed, with_newer

_FORMAT = "flipscope_triage"  # the first line says that it is one, of which version, and of which comparison
_LARGEST = 1 << 26  # bytes; an entry takes about 400
_MOST_KEPT = 50  # entries on one thing
#: Of each example that there is and each answer to it, what can be judged.
Abouts = set[tuple[Slot, ...]]


@dataclass(frozen=True)
class Source:
    """Another comparison whose judgements fit this one.

    Attributes
    ----------
    path : Path
        Its folder.
    title : str
        What people call it.
    judgements : int
        How many would change or be new here.
    """

    path: Path
    title: str
    judgements: int


@dataclass(frozen=True)
class Imported:
    """What became of judgements that were to be taken over: the latest ones, their history is not counted.

    Attributes
    ----------
    title : str
        Of the comparison that they come from.
    read : int
        How many there were.
    taken : int
        How many of them count here now.
    known : int
        How many were here already, or are older than what is here.
    unfit : int
        How many fit no example here: not in the data, another gold label, or an answer that no candidate gives.
    """

    title: str
    read: int
    taken: int
    known: int
    unfit: int


@dataclass(frozen=True)
class History:
    """All that was judged in a comparison, the oldest first, and what that is called."""

    title: str
    entries: Sequence[Entry]

    def latest(self) -> dict[Slot, Entry]:
        """Get the latest entry on everything."""
        return {entry.slot: entry for entry in sorted(self.entries, key=lambda entry: entry.order)}


def export(history: History, path: Path) -> int:
    """Write a history to a file of JSON lines; tell how many entries it has."""
    lines = [{_FORMAT: 1, "comparison": history.title}, *(_as_json(entry) for entry in history.entries)]
    write_whole(path, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode())
    return len(history.entries)


def read_export(path: Path) -> History:
    """Read a file that `export` wrote.

    Raises
    ------
    FlipscopeError
        When it can't be read, or is another file; a bad line is told by its number.
    """
    content = read_unpacked(path, most=_LARGEST, what="file of judgements")
    title, entries = None, []
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line.decode("utf-8-sig"))
            if title is None:
                title = _title(given)
            else:
                entries.append(_as_entry(given))
        except (ValueError, RecursionError) as error:
            raise FlipscopeError(
                f"line {number}: {'nested too deeply' if isinstance(error, RecursionError) else error}",
                where=path, do="Give a file that flipscope triage export wrote; nothing was taken over",
            ) from error  # fmt: skip
    if title is None:
        raise FlipscopeError("this file is empty", where=path, do="Give one that flipscope triage export wrote")
    return History(title, sorted(entries, key=lambda entry: entry.time))


def _as_json(entry: Entry) -> dict[str, str | None]:
    """Write an entry; what is about no answer, and what was taken back, is null."""
    return asdict(entry) | {"answer": entry.answer or None, "judgement": entry.judgement or None}


def _title(given: object) -> str:
    if not isinstance(given, dict) or _FORMAT not in given:
        raise ValueError("this is no file of judgements")
    if given[_FORMAT] != 1:
        raise ValueError("it was written by a newer version of flipscope")
    return str(given.get("comparison", ""))


def _as_entry(given: object) -> Entry:
    names = list(Entry.__dataclass_fields__)
    if not isinstance(given, dict) or set(given) != set(names):
        raise ValueError(f"this is no object with {', '.join(names)}")
    entry = checked(Entry(**given | {name: given[name] or "" for name in ("answer", "judgement")}))
    _check_past(entry)
    return entry


def check_past(history: History, where: Path) -> History:
    """Refuse the judgements of a clock that is ahead: nobody could judge after them.

    Raises
    ------
    FlipscopeError
        When one is dated more than a day from now.
    """
    try:
        for entry in history.entries:
            _check_past(entry)
    except ValueError as error:
        raise FlipscopeError(
            f"{error}: the clock of {entry.author} was wrong", where=where,
            do="Nothing was taken over: export them, correct the time in that file, and import it",
        ) from None  # fmt: skip
    return history


def _check_past(entry: Entry) -> None:
    if entry.time > (datetime.now(UTC) + timedelta(days=1)).strftime(TIME_FORMAT):
        raise ValueError(f"time {entry.time} is still to come")


def take_over(log: TriageLog, history: History, fits: Callable[[Iterable[Entry]], Abouts]) -> Imported:
    """Add the entries that fit, of each thing the last ones; of two on the same example the later one counts.

    Parameters
    ----------
    log : TriageLog
        Where to.
    history : History
        Where from.
    fits : callable
        Tells which of the things that entries are about there are.
    """
    offered, abouts = history.latest(), fits(history.entries)
    fitting = {slot for about in abouts for slot in about}
    entries = [
        replace(entry, carried_from=entry.carried_from or history.title)
        for entry in _last(entry for entry in history.entries if entry.slot in fitting)
    ]
    taken: set[Slot] = set()

    def make(latest: dict[Slot, Entry]) -> list[Entry]:
        taken.update(changed(latest, with_newer(latest, offered), abouts))
        return entries

    if entries:
        log.add({entry.key for entry in entries}, make)
    counted = {slot for slot, entry in offered.items() if entry.judgement} | taken
    unfit = len(counted - fitting)
    return Imported(history.title, len(counted), len(taken), len(counted) - len(taken) - unfit, unfit)


def news(history: History, latest: dict[Slot, Entry], fits: Callable[[Iterable[Entry]], Abouts]) -> int:
    """Count what `take_over` would change."""
    after = with_newer(latest, history.latest())
    newer = [entry for slot, entry in after.items() if entry is not latest.get(slot)]
    return len(changed(latest, after, fits(newer))) if newer else 0


def _last(entries: Iterable[Entry]) -> list[Entry]:
    """Keep the last entries on each thing, however many there are."""
    found: dict[Slot, deque[Entry]] = defaultdict(lambda: deque(maxlen=_MOST_KEPT))
    for entry in sorted(entries, key=lambda entry: entry.order):
        found[entry.slot].append(entry)
    return sorted((entry for kept in found.values() for entry in kept), key=lambda entry: entry.order)
