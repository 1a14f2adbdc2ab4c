import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from flipscope.errors import FlipscopeError
from flipscope.store.triage_log import Entry, TriageLog

# Each writer counts up what the last one wrote: an entry that is lost, or was made of a stale one, is missed at the end.
WRITER = """
import sys
from pathlib import Path
from flipscope.store.triage_log import Entry, TriageLog

file, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
log, key, slot = TriageLog(file), "0" * 32, ("0" * 32, "")

def count_up(latest):
    value = int(latest[slot].note) + 1 if latest else 1
    time = f"2026-01-01T00:00:00.{value:06d}Z"
    return [Entry(key, "", time, "ambiguous", str(value), name, "", "t", "l", "e")]

for _ in range(count):
    print(log.add([key], count_up)[0].note, flush=True)
"""


def writer(file, name, count):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_eight_writers_at_a_time_lose_nothing(tmp_path):
    file = tmp_path / "triage.sqlite"
    writers = {f"w{number}": writer(file, f"w{number}", 12) for number in range(8)}
    acknowledged = {name: process.communicate(timeout=240)[0].split() for name, process in writers.items()}
    assert [process.returncode for process in writers.values()] == [0] * 8
    entries = TriageLog(file).history()
    assert [entry.note for entry in entries] == [str(value) for value in range(1, 97)]
    assert {name: [entry.note for entry in entries if entry.author == name] for name in writers} == acknowledged


@pytest.mark.parametrize("after", [1, 7])
def test_what_was_acknowledged_is_there_after_sigkill_and_the_file_is_sound(tmp_path, after):
    file = tmp_path / "triage.sqlite"
    killed = writer(file, "killed", 100_000)
    seen = [killed.stdout.readline().strip() for _ in range(after)]
    killed.send_signal(signal.SIGKILL)
    seen += killed.stdout.read().split()
    killed.wait()
    assert killed.returncode == -signal.SIGKILL
    kept = [entry.note for entry in TriageLog(file).history()]
    assert kept[: len(seen)] == seen
    assert len(kept) <= len(seen) + 1  # the last one may have been kept, and not told yet
    with closing(sqlite3.connect(file)) as con:
        assert con.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert writer(file, "next", 1).communicate(timeout=60)[0].strip() == str(len(kept) + 1)


def test_entries_are_added_all_or_none(tmp_path):
    log = TriageLog(tmp_path / "triage.sqlite")
    good = Entry("0" * 32, "", "2026-01-01T00:00:00.000000Z", "ambiguous", "", "ann", "", "t", "l", "e")
    bad = Entry("1" * 32, "", "2026-01-01T00:00:00.000000Z", "ambiguous", "", None, "", "t", "l", "e")
    with pytest.raises(FlipscopeError):
        log.add([], lambda latest: [good, bad])
    assert log.history() == []

    def fail(latest):
        raise ZeroDivisionError

    log.add([], lambda latest: [good])
    with pytest.raises(ZeroDivisionError):
        log.add([], fail)
    assert (log.history(), log.last) == ([good], 1)


def test_the_same_entry_is_there_once_however_often_it_is_added(tmp_path):
    log = TriageLog(tmp_path / "triage.sqlite")
    entry = Entry("0" * 32, "", "2026-01-01T00:00:00.000000Z", "ambiguous", "", "ann", "", "t", "l", "e")
    for _ in range(2):
        log.add([entry.key], lambda latest: [entry])
    assert (log.history(), log.last) == ([entry], 1)


def test_a_file_in_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(FlipscopeError, match="can't be written to"):
        TriageLog(Path(tmp_path) / "gone" / "triage.sqlite").add([], lambda latest: [])
