"""Judgements on their way: to a file of JSON lines and back, and from one comparison to another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.files import read_unpacked, write_whole
from flipscope.store.triage_log import TIME_FORMAT, Entry, Slot, TriageLog, checked

_FORMAT = "flipscope_triage"  # the first line says that it is one, of which version, and of which comparison
_LARGEST = 1 << 28  # bytes; an entry takes about 400


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
        return {(entry.key, entry.answer): entry for entry in self.entries}


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
    if entry.time > (datetime.now(UTC) + timedelta(days=1)).strftime(TIME_FORMAT):
        raise ValueError(f"time {entry.time} is still to come")
    return entry


def take_over(log: TriageLog, history: History, fits: Callable[[Iterable[Entry]], set[Slot]]) -> Imported:
    """Add the entries that fit; of two on the same thing the later one counts.

    Parameters
    ----------
    log : TriageLog
        Where to.
    history : History
        Where from.
    fits : callable
        Tells which of the things that entries are about there are.
    """
    offered, fitting = history.latest(), fits(history.entries)
    entries = [
        replace(entry, carried_from=entry.carried_from or history.title)
        for entry in history.entries if (entry.key, entry.answer) in fitting
    ]  # fmt: skip
    taken: set[Slot] = set()

    def make(latest: dict[Slot, Entry]) -> list[Entry]:
        taken.update(_news(offered, latest) & fitting)
        return entries

    if entries:
        log.add({entry.key for entry in entries}, make)
    counted = {slot for slot, entry in offered.items() if entry.judgement} | taken
    unfit = len(counted - fitting)
    return Imported(history.title, len(counted), len(taken), len(counted) - len(taken) - unfit, unfit)


def news(history: History, latest: dict[Slot, Entry], fits: Callable[[Iterable[Entry]], set[Slot]]) -> int:
    """Count what `take_over` would change."""
    found = _news(history.latest(), latest)
    return len(found & fits(history.latest()[slot] for slot in found)) if found else 0


def _news(offered: dict[Slot, Entry], latest: dict[Slot, Entry]) -> set[Slot]:
    """Find what is judged later or otherwise than here; to take back what is not judged here changes nothing."""

    def is_new(slot: Slot, entry: Entry) -> bool:
        known = latest.get(slot)
        return bool(entry.judgement) if known is None else entry.time > known.time

    return {slot for slot, entry in offered.items() if is_new(slot, entry)}
