"""The file of judgements: a history that is only ever added to, in SQLite, safe with several writers at a time."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError

#: What an example can be judged as.
JUDGEMENTS = ("real_regression", "wrong_gold_label", "ambiguous", "acceptable")
#: Those that are about the example whatever a candidate answers; the others are about one wrong answer to it.
ABOUT_EXAMPLE = ("wrong_gold_label", "ambiguous")
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
#: Characters of a note.
LONGEST = 10_000

_VERSION = 1
_KEY = re.compile("[0-9a-f]{32}")
_TIME = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z", re.ASCII)
# The same entry, however often it is taken over, is there once.
_SAME = "key, answer, time, judgement, note, author"
_SCHEMA = (
    "CREATE TABLE history (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, answer TEXT NOT NULL, time TEXT NOT NULL, "
    "judgement TEXT NOT NULL, note TEXT NOT NULL, author TEXT NOT NULL, carried_from TEXT NOT NULL, "
    "task TEXT NOT NULL, label TEXT NOT NULL, example_id TEXT NOT NULL)",
    f"CREATE UNIQUE INDEX entries ON history ({_SAME})",
)

_PATIENCE_S = 30.0  # others write for milliseconds
# Locks that SQLite's write-ahead log needs work on one machine only: there, the plain journal is used.
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "glusterfs", "fuse.sshfs"}
_MOUNTS = Path("/proc/self/mounts")

#: What is judged, by key: an example, or one answer to it.
Slot = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """One change of a judgement.

    Attributes
    ----------
    key : str
        Digest of the example's content (`flipscope.store.triage_key`).
    answer : str
        The wrong answer it is about; empty where it is about the example, whatever is answered.
    time : str
        When, in UTC, as ``2026-11-23T14:05:09.123456Z``: later ones are larger.
    judgement : str
        One of `JUDGEMENTS`; empty where one was taken back.
    note, author : str
        Why, and by whom.
    carried_from : str
        Which comparison it was made in; empty where in this one.
    task, label, example_id : str
        Which example it was, for people: only `key` counts.
    """

    key: str
    answer: str
    time: str
    judgement: str
    note: str
    author: str
    carried_from: str
    task: str
    label: str
    example_id: str

    @property
    def slot(self) -> Slot:
        """What it is about."""
        return (self.key, self.answer)

    @property
    def order(self) -> tuple[str, ...]:
        """Of several, the one with the largest counts: the latest; the rest is the same on all machines."""
        return (self.time, self.judgement, self.note, self.author)


def checked(entry: Entry) -> Entry:
    """Check an entry that came from somewhere else.

    Raises
    ------
    ValueError
        When it is none.
    """
    for name, value in zip(_NAMES, astuple(entry), strict=True):
        _check_text(name, value)
    if problem := _problem(entry):
        raise ValueError(problem)
    return entry


def _problem(entry: Entry) -> str | None:
    """Tell what is wrong with an entry of texts."""
    if not _KEY.fullmatch(entry.key):
        return "key is no digest of 32 hex digits"
    if not (_TIME.fullmatch(entry.time) and _is_moment(entry.time)):
        return "time is not like 2026-11-23T14:05:09.123456Z"
    if entry.judgement not in ("", *JUDGEMENTS):
        return f"judgement is none of {', '.join(JUDGEMENTS)}"
    if entry.judgement and (entry.judgement in ABOUT_EXAMPLE) == bool(entry.answer):
        return f"{entry.judgement} is about {'the example' if entry.answer else 'an answer'}"
    return None


def _is_moment(time: str) -> bool:
    try:
        datetime.fromisoformat(time)
    except ValueError:
        return False
    return True


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(f"{name} is no text of at most {LONGEST:,} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} is not valid Unicode") from None


_NAMES = [field.name for field in fields(Entry)]
_COLUMNS = ", ".join(_NAMES)
_LATEST = f"""
    SELECT {_COLUMNS} FROM history AS entry WHERE NOT EXISTS (
        SELECT 1 FROM history AS later WHERE later.key = entry.key AND later.answer = entry.answer
        AND (later.time, later.judgement, later.note, later.author)
        > (entry.time, entry.judgement, entry.note, entry.author))"""
_OF_KEYS = "key IN (SELECT value FROM json_each(?))"


class TriageLog:
    """The file; opened for each question anew, so that nothing is left beside it while nobody asks.

    Parameters
    ----------
    file : Path
        It need not be there: then nothing is judged.

    Raises
    ------
    FlipscopeError
        From all methods when it is damaged, of a newer version, not a file of judgements, or can't be read or written.
    """

    def __init__(self, file: Path) -> None:
        self.file = file.absolute()

    @property
    def last(self) -> int:
        """The number of the last entry; 0 when there is none."""
        return max((seq for (seq,) in self._rows("SELECT seq FROM history ORDER BY seq DESC LIMIT 1")), default=0)

    def latest(self, keys: Iterable[str] | None = None) -> dict[Slot, Entry]:
        """Get the latest entry on everything that was ever judged, or on some examples."""
        return _by_slot(self._checked(self._rows(*_latest(keys))))

    def history(self, key: str | None = None) -> list[Entry]:
        """Get all entries, or those of one example, the oldest first."""
        where, params = ("", []) if key is None else ("WHERE key = ?", [key])
        return self._checked(self._rows(f"SELECT {_COLUMNS} FROM history {where} ORDER BY time, seq", params))

    def add(self, keys: Iterable[str], make: Callable[[dict[Slot, Entry]], Sequence[Entry]]) -> list[Entry]:
        """Append entries, all or none; they are on disk when this returns.

        Parameters
        ----------
        keys : iterable of str
            The examples that they are about.
        make : callable
            Makes them of the latest entries on those examples. Nobody else writes meanwhile.
        """
        with self._writing() as con:
            entries = list(make(_by_slot(self._checked(con.execute(*_latest(keys)).fetchall()))))
            self._check_new(entries)
            marks = ", ".join("?" * len(_NAMES))
            con.executemany(
                f"INSERT INTO history ({_COLUMNS}) VALUES ({marks}) ON CONFLICT ({_SAME}) DO NOTHING",
                [astuple(each) for each in entries],
            )
        return entries

    def _check_new(self, entries: Iterable[Entry]) -> None:
        """Refuse to write what could not be read any more."""
        try:
            for entry in entries:
                checked(entry)
        except ValueError as error:
            raise FlipscopeError(f"this can't be kept: {error}", where=self.file) from None

    @property
    def on_network(self) -> bool:
        """Whether the file lies on a network file system."""
        return _file_system(self.file.parent) in _NETWORK

    def _checked(self, rows: Sequence[tuple[Any, ...]]) -> list[Entry]:
        """Make entries of rows, which may have been written by anybody."""
        found = []
        for row in rows:
            entry = Entry(*row)
            problem = _problem(entry) if all(type(value) is str for value in row) else "it holds other things than text"
            if problem:
                raise self._damaged(problem)
            found.append(entry)
        return found

    def _rows(self, sql: str, params: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            if not self.file.exists():
                return []
            try:
                return self._query(self.file, sql, params)
            except sqlite3.OperationalError as error:
                # In a folder that can't be written to, SQLite can't read a write-ahead log.
                if _kind(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                    raise
            with tempfile.TemporaryDirectory(prefix="flipscope-") as folder:
                for name in (self.file.name, f"{self.file.name}-wal"):
                    if (self.file.parent / name).exists():
                        shutil.copyfile(self.file.parent / name, Path(folder) / name)
                return self._query(Path(folder) / self.file.name, sql, params)

    def _query(self, file: Path, sql: str, params: Sequence[str]) -> list[tuple[Any, ...]]:
        with closing(_connect(file, "rw")) as con:
            return con.execute(sql, params).fetchall() if self._is_ready(con) else []

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction, made if it isn't there."""
        with self._told(), closing(_connect(self.file, "rwc")) as con:
            con.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives power loss
            self._is_ready(con)  # what is not ours is not touched
            _set_journal(con, "DELETE" if self.on_network else "WAL")
            con.execute("BEGIN IMMEDIATE")
            try:
                if not self._is_ready(con):
                    for statement in _SCHEMA:
                        con.execute(statement)
                    con.execute(f"PRAGMA user_version = {_VERSION}")
                yield con
                con.execute("COMMIT")
            except BaseException:
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise

    def _is_ready(self, con: sqlite3.Connection) -> bool:
        """Tell whether the tables are there; refuse what others made, or what has more in it."""
        version = con.execute("PRAGMA user_version").fetchone()[0]
        found = [sql for (sql,) in con.execute("SELECT sql FROM sqlite_master ORDER BY name DESC")]
        if not found and version == 0:
            return False
        if version > _VERSION:
            raise FlipscopeError(
                "these judgements were written by a newer version of flipscope", where=self.file, do="Upgrade flipscope"
            )
        if version != _VERSION or found != list(_SCHEMA):
            raise self._damaged("it is the database of another program")
        return True

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell people what SQLite finds wrong."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._in_words(error) from error
        except OSError as error:
            raise FlipscopeError(f"can't be read ({error.strerror or error})", where=self.file) from error

    def _in_words(self, error: sqlite3.DatabaseError) -> FlipscopeError:
        kind = _kind(error)
        if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return FlipscopeError(
                "judgements can't be kept: this folder can't be written to", where=self.file.parent,
                do="Copy the comparison to a folder of your own, or ask for the right to write to it",
            )  # fmt: skip
        if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
            return FlipscopeError(
                f"somebody else has been writing for {_PATIENCE_S:g} s, or this file system can't lock files",
                where=self.file, do="Try again; if that does not help, copy the comparison to a local disk",
            )  # fmt: skip
        if kind in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            return FlipscopeError(
                f"judgements can't be kept ({error})", where=self.file, do="Make room on the disk, and judge again"
            )
        return self._damaged(str(error))

    def _damaged(self, why: str) -> FlipscopeError:
        return FlipscopeError(
            f"this is no readable file of judgements ({why})", where=self.file,
            do="It was left as it is: move it away to begin anew, or put back a copy of it",
        )  # fmt: skip


def _latest(keys: Iterable[str] | None) -> tuple[str, list[str]]:
    """Write in SQL what asks for the latest entries."""
    return (_LATEST, []) if keys is None else (f"{_LATEST} AND {_OF_KEYS}", [json.dumps(list(keys))])


def _by_slot(entries: Sequence[Entry]) -> dict[Slot, Entry]:
    return {entry.slot: entry for entry in entries}


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    con = sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE_S, isolation_level=None)
    con.execute("PRAGMA trusted_schema = OFF")  # the folder may be anybody's
    return con


def _set_journal(con: sqlite3.Connection, mode: str) -> None:
    if con.execute("PRAGMA journal_mode").fetchone()[0] != mode.lower():
        con.execute(f"PRAGMA journal_mode = {mode}")


def _kind(error: sqlite3.Error) -> int:
    """Get the primary code of an error; 0 where it has none."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def _file_system(folder: Path) -> str:
    """Tell what kind of file system a folder is on, as Linux names it; nothing elsewhere."""
    try:
        mounts = [line.split()[1:3] for line in _MOUNTS.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    place = folder.resolve()
    around = [(len(point), kind) for point, kind in mounts if place.is_relative_to(point.replace("\\040", " "))]
    return max(around, default=(0, ""))[1]
