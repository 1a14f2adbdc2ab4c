"""Where a comparison is written: the user's folder, or a temporary one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Self

from flipscope.comparison import Comparison
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import Budget
from flipscope.predict.runner import Settings
from flipscope.progress import Progress, SilentProgress
from flipscope.store.folder import MANIFEST, UNFINISHED, check_target, write_comparison
from flipscope.store.tables import TaskData
from flipscope.store.triage import Triage
from flipscope.store.triage_exchange import History
from flipscope.store.writing import rewrite_manifest, writing


class Output:
    """The folder of a comparison that is about to be made; a context, within which nobody else can write it.

    Parameters
    ----------
    out : str, path or None
        The folder; None for a temporary one, gone when the comparison is.

    Raises
    ------
    FlipscopeError
        When it holds something other than a comparison.
    """

    def __init__(self, out: str | Path | None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="flipscope-") if out is None else None
        self.folder = Path(self._temporary.name) if self._temporary else Path(out or "")
        self._progress: Progress = SilentProgress()
        self._ours = ExitStack()
        check_target(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()

    def begin(self, settings: Settings, progress: Progress) -> Settings:
        """Take the folder, say what will be replaced, and give the place where predictions under way are kept.

        Raises
        ------
        FlipscopeError
            When somebody else is writing it.
        """
        self._ours.enter_context(writing(self.folder))
        if (self.folder / MANIFEST).is_file():
            progress.say(f"{self.folder}: the comparison in it will be replaced when this one is finished")
        self._progress = progress
        return replace(settings, work_dir=self.folder / UNFINISHED)

    def finish(
        self,
        tasks: Sequence[TaskData],
        settings: Settings,
        *,
        limit: int | None,
        allow_torch_weights: bool,
        aliases: Mapping[str, Mapping[str, str]],
    ) -> Comparison:
        """Write everything, with how it was made for the record (`aliases`: those of each task), and open it."""
        self._progress.say("working out the figures, and writing them")
        record = asdict(settings) | {"limit": limit, "allow_torch_weights": allow_torch_weights}
        if used := {task: dict(names) for task, names in aliases.items() if names}:
            record["aliases"] = used
        write_comparison(self.folder, tasks, {name: value for name, value in record.items() if name != "work_dir"})
        return self._opened()

    def take_over(self, comparison: Comparison, judgements: History) -> None:
        """Take over the judgements of an earlier comparison, and say how many fit."""
        from flipscope.triage_words import taken_over

        self._progress.say(taken_over(Triage(comparison).take_over(judgements)))

    def judge(self, comparison: Comparison, budget: Budget) -> Comparison:
        """Judge what was written, keep the verdicts with it, and open it again.

        Raises
        ------
        FlipscopeError
            When the budget does not fit; the comparison is there all the same.
        """
        from flipscope.judge.verdict import judged

        try:
            result = judged(comparison, budget)
        except FlipscopeError:
            self._progress.say(
                f"{self.folder}: the comparison is finished, but its budget does not fit; see flipscope gate"
            )
            raise
        rewrite_manifest(self.folder, result.manifest)
        return self._opened()

    def _opened(self) -> Comparison:
        comparison = Comparison(self.folder)
        comparison.keep(self._temporary)
        return comparison
