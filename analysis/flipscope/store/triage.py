"""What people judge of single examples, kept in the comparison folder and carried over by content (docs/triage.md)."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.store.triage_exchange import (
    Abouts,
    History,
    Imported,
    Source,
    check_past,
    export,
    news,
    read_export,
    take_over,
)
from flipscope.store.triage_key import rows_of, rows_with_keys
from flipscope.store.triage_log import ABOUT_EXAMPLE, JUDGEMENTS, Entry, Slot, TriageLog
from flipscope.store.triage_rules import (
    JUDGED,
    answers,
    are_as_seen,
    changes,
    check_words,
    check_wrong,
    judged,
    next_time,
    slots,
)
from flipscope.store.triage_summary import TriageSummary, summarised

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

__all__ = [
    "ABOUT_EXAMPLE",
    "FILE",
    "JUDGED",
    "JUDGEMENTS",
    "Imported",
    "Marked",
    "Source",
    "Triage",
    "history_of",
    "user_name",
]

FILE = "triage.sqlite"
_LARGEST_ID = 2**63 - 1
_MOST_SOURCES = 20  # other comparisons that are looked into, those judged last


@dataclass(frozen=True)
class Marked:
    """What became of a call to judge examples.

    Attributes
    ----------
    changed : int
        How many examples are judged otherwise than before. Those with the same task, texts and gold label are one.
    left : tuple of int
        The row ids of those that were not judged as expected, and are left as they were.
    time : str
        When, as judgements tell it.
    """

    changed: int
    left: tuple[int, ...]
    time: str


class Triage:
    """The judgements of a comparison. It holds nothing open: many may judge at the same time.

    Parameters
    ----------
    comparison : Comparison

    Raises
    ------
    FlipscopeError
        From all methods when the file is damaged, of a newer version or not one of judgements; when a task or
        candidate does not exist.

    Examples
    --------
    >>> import flipscope
    >>> triage = flipscope.Triage(flipscope.open_comparison("v1-v2"))  # doctest: +SKIP
    >>> triage.mark([17], "wrong_gold_label", note="it is praise")  # doctest: +SKIP
    >>> triage.summary().without.nfr  # doctest: +SKIP
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._log = TriageLog(comparison.path / FILE)

    @property
    def version(self) -> str:
        """What stands for just these judgements of just this comparison: another one after each change."""
        return f"{self.comparison.version} {self._log.last}"

    @property
    def notes(self) -> list[str]:
        """What people should know about where judgements are kept."""
        if not self._log.on_network:
            return []
        return ["judgements lie on a network file system: they are safe where it locks files, and slower to keep"]

    def mark(
        self,
        row_ids: Iterable[int],
        judgement: str | None,
        *,
        candidate: str | None = None,
        note: str | None = None,
        author: str = "",
        expected: Mapping[int, str] | None = None,
    ) -> Marked:
        """Judge examples; it is on disk when this returns, and nothing is when it raises.

        A judgement about the example takes the place of one about the answer, and the other way round.

        Parameters
        ----------
        row_ids : iterable of int
            The examples' numbers in this comparison.
        judgement : str or None
            One of `JUDGEMENTS`; None takes back what they have.
        candidate : str, optional
            Whose answers are judged; the first one by default.
        note : str, optional
            In the place of the one there is; None leaves the note of the same judgement.
        author : str
            Who judges; by default the user's name on this machine.
        expected : mapping of int to str, optional
            What the examples have to be judged as by now, so that nobody is overruled unseen: the ``time`` of what
            `of` or `table` told, by row id; an example that is not in it has to have no judgement. It is checked
            while nobody else writes, and those that are judged otherwise are left alone. So ``expected={}`` judges
            only what is not judged yet, and ``mark(rows, None, expected=dict.fromkeys(rows, marked.time))`` takes
            back what a call returned as `marked`, but for what somebody judged since. By default all are judged.

        Returns
        -------
        Marked
            What changed, and what was left alone.

        Raises
        ------
        FlipscopeError
            When there is no such judgement or row, the candidate is right where its wrong answer is judged, or the
            folder can't be written to.
        """
        if judgement is not None and judgement not in JUDGEMENTS:
            raise FlipscopeError(f"there is no judgement {judgement!r}", do=f"Choose from {', '.join(JUDGEMENTS)}")
        check_words(note or "", author)
        rows = self._rows(row_ids, candidate)
        check_wrong(rows, judgement)
        if rows.empty:
            return Marked(0, (), "")
        who = author or user_name()
        time, left = "", rows

        def make(latest: Mapping[Slot, Entry]) -> list[Entry]:
            nonlocal time, left
            time, as_seen = next_time(latest), are_as_seen(rows, latest, expected)
            left = rows[~as_seen]
            examples = rows[as_seen].drop_duplicates(["key", "new_pred"]).to_dict("records")
            return [entry for row in examples for entry in changes(latest, row, judgement, note, who, time)]

        changed = len({entry.key for entry in self._log.add(set(rows["key"]), make)})
        return Marked(changed, tuple(left["row_id"].tolist()), time)

    def of(self, row_ids: Iterable[int], candidate: str | None = None) -> pd.DataFrame:
        """Get the judgements of some examples.

        Returns
        -------
        DataFrame
            ``row_id``, ``judgement``, ``note``, ``author``, ``time`` (ISO 8601, UTC), ``carried_from`` (empty where
            judged here); a row for each judged example, in the order of `row_ids`.
        """
        rows = self._rows(row_ids, candidate)
        return judged(rows, self._log.latest(set(rows["key"])))[["row_id", *JUDGED]]

    def table(self, task: str | None = None, candidate: str | None = None) -> pd.DataFrame:
        """Get all judged examples: of a task and candidate, or without them of all.

        Returns
        -------
        DataFrame
            ``candidate``, ``task``, ``row_id``, ``example_id``, ``label``, ``old_pred``, ``new_pred``, ``outcome``,
            ``key`` (of the content), and as `of`; the latest judgement first.
        """
        name = None if candidate is None else self.comparison.candidate(candidate).name
        latest = {slot: entry for slot, entry in self._log.latest().items() if entry.judgement}
        rows = self._having(latest, name)
        if task is not None:
            rows = rows[rows["task"] == self.comparison.task_info(task).task]
        return judged(rows, latest).sort_values("time", ascending=False, kind="stable", ignore_index=True)

    def summary(self, task: str | None = None, candidate: str | None = None) -> TriageSummary:
        """Get the figures of one candidate on one task with and without wrong gold labels; the first of either."""
        result, name = self.comparison.result(task, candidate), self.comparison.candidate(candidate).name
        return summarised(result, self.table(result.task, name), name)

    def summaries(self) -> list[TriageSummary]:
        """Get the summary of every candidate and task with evaluation data."""
        all_ = self.table()
        return [
            summarised(result, all_[(all_["candidate"] == each.name) & (all_["task"] == result.task)], each.name)
            for each in self.comparison.results.candidates for result in each.tasks
        ]  # fmt: skip

    def history(self, row_id: int, candidate: str | None = None) -> pd.DataFrame:
        """Get all that was ever judged of one example, and of the candidate's answer to it.

        Returns
        -------
        DataFrame
            ``time``, ``author``, ``judgement`` (None where one was taken back), ``note``, ``carried_from``; the
            latest first.
        """
        import pandas as pd

        row = self._rows([row_id], candidate).iloc[0]
        about = slots(row["key"], row["label"], row["new_pred"])
        entries = [entry for entry in self._log.history(row["key"]) if entry.slot in about]
        columns = ("time", "author", "judgement", "note", "carried_from")
        rows = [
            [getattr(entry, name) or (None if name == "judgement" else "") for name in columns] for entry in entries
        ]
        return pd.DataFrame(rows[::-1], columns=list(columns), dtype=object)

    def export(self, path: str | Path) -> int:
        """Write all judgements, with their history, to a file of JSON lines; tell how many entries that are.

        It holds ids, labels and notes, and no texts.
        """
        return export(self._history(), Path(path))

    def import_(self, source: str | Path) -> Imported:
        """Take over the judgements of a file that `export` wrote, or of another comparison folder, where they fit.

        Of two judgements of the same example the later one counts, wherever it was made and in whatever order they
        come, and both are kept: of each example and answer the last 50 entries.

        Raises
        ------
        FlipscopeError
            When it can't be read, or was dated by a clock that is ahead; a bad line is told by its number. Nothing
            is taken over then.
        """
        return self.take_over(history_of(source))

    def take_over(self, history: History) -> Imported:
        """Take over what `history_of` read, as `import_` does."""
        return take_over(self._log, history, self._fits)

    def fitting(self) -> list[Source]:
        """Find the comparisons beside this one with judgements that would be new here; those judged last first."""
        found = []
        latest = self._log.latest()
        for folder in islice(self._beside(), _MOST_SOURCES):
            try:
                history = history_of(folder)
                count = news(history, latest, self._fits)
            except FlipscopeError:  # a damaged one has nothing to offer
                continue
            if count:
                found.append(Source(folder, history.title, count))
        return found

    def _beside(self) -> Iterator[Path]:
        """Find the judged comparisons in the folder that this one, or its study, lies in."""
        from flipscope.workspace import Workspace

        here = self.comparison.path.resolve()
        of_study = self.comparison.title != here.name
        others = Workspace(here.parent.parent if of_study else here.parent).comparisons().values()
        changed = {folder: _modified(folder / FILE) for folder in others if folder.resolve() != here}
        judged = [folder for folder, when in changed.items() if when]
        return iter(sorted(judged, key=lambda folder: changed[folder], reverse=True))

    def _history(self) -> History:
        return History(self.comparison.title, self._log.history())

    def _fits(self, entries: Iterable[Entry]) -> Abouts:
        """Tell which of the examples and answers that entries are about there are in this comparison."""
        rows = self._having({entry.slot: entry for entry in entries}, None)
        return {tuple(slots(*answer)) for answer in answers(rows)}

    def _having(self, slots: Mapping[Slot, Entry], candidate: str | None) -> pd.DataFrame:
        """Get the examples that something is about."""
        keys = {key for key, _ in slots}
        return rows_of(self.comparison, keys, candidate)

    def _rows(self, row_ids: Iterable[int], candidate: str | None) -> pd.DataFrame:
        """Look examples up by their numbers, in their order."""
        wanted = list(dict.fromkeys(row_ids))
        name = self.comparison.candidate(candidate).name
        self.comparison.result(None, name)  # refuses what has only behaviors
        numbers = [row_id for row_id in wanted if isinstance(row_id, Integral) and 0 <= row_id <= _LARGEST_ID]
        found = rows_with_keys(self.comparison, numbers, name).set_index("row_id", drop=False)
        there = set(found.index).intersection(numbers)
        if missing := [row_id for row_id in wanted if row_id not in there]:
            raise FlipscopeError(
                f"there is no example with the number {missing[0]} that {name} is judged on",
                where=self.comparison.path, do="Numbers are the column row_id of this comparison's examples",
            )  # fmt: skip
        return found.loc[wanted].reset_index(drop=True)


def _modified(file: Path) -> int:
    """Tell when a file was written last, in ns; 0 when it is not there, or not for us to see."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def history_of(source: str | Path) -> History:
    """Read all judgements of a file that `Triage.export` wrote, or of a comparison folder.

    Raises
    ------
    FlipscopeError
        When it can't be read; a bad line is told by its number.
    """
    from flipscope.comparison import open_comparison

    path = Path(source)
    return check_past(Triage(open_comparison(path))._history(), path) if path.is_dir() else read_export(path)


def user_name() -> str:
    """Get the name of who judges: ``FLIPSCOPE_AUTHOR`` in the environment, else the user's on this machine."""
    try:
        return os.environ.get("FLIPSCOPE_AUTHOR") or getpass.getuser()
    except (KeyError, OSError):  # a container may run as nobody in particular
        return "unknown"
