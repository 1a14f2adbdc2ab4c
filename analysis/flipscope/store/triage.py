"""What people judge of single examples, kept in the comparison folder and carried over by content (docs/triage.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.store.triage_summary import TriageSummary

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: What an example can be judged as.
JUDGEMENTS = ("real_regression", "wrong_gold_label", "ambiguous", "acceptable")
#: Those that are about the example whatever a candidate answers; the others are about one wrong answer to it.
ABOUT_EXAMPLE = ("wrong_gold_label", "ambiguous")
FILE = "triage.sqlite"


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
        How many examples of this comparison, with no judgement so far, would get one.
    """

    path: Path
    title: str
    judgements: int


@dataclass(frozen=True)
class Imported:
    """What became of judgements that were taken over.

    Attributes
    ----------
    read : int
        Entries that the source has, earlier judgements of the same example among them.
    taken : int
        Of those, what is new here and fits.
    known : int
        What was here already.
    unfit : int
        What fits no example here: not in the data, another gold label, or an answer that no candidate gives.
    """

    read: int
    taken: int
    known: int
    unfit: int


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
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    @property
    def version(self) -> str:
        """What stands for just these judgements: another one after each change."""
        raise NotImplementedError

    @property
    def notes(self) -> list[str]:
        """What people should know about where judgements are kept, such as a network file system."""
        raise NotImplementedError

    def mark(
        self,
        row_ids: Iterable[int],
        judgement: str | None,
        *,
        candidate: str | None = None,
        note: str | None = None,
        author: str = "",
    ) -> int:
        """Judge examples, all or none of them; it is on disk when this returns.

        Parameters
        ----------
        row_ids : iterable of int
            The examples' numbers in this comparison.
        judgement : str or None
            One of `JUDGEMENTS`; None takes back what they have.
        candidate : str, optional
            Whose answers are judged; the first one by default. Needed only for ``real_regression`` and ``acceptable``.
        note : str, optional
            In the place of the one there is; None leaves that.
        author : str
            Who judges; by default the user's name on this machine.

        Returns
        -------
        int
            How many judgements changed. Examples with the same task, texts and gold label share one.

        Raises
        ------
        FlipscopeError
            When there is no such judgement or row, the candidate is right where its wrong answer is judged, or the
            folder can't be written to.
        """
        raise NotImplementedError

    def of(self, row_ids: Iterable[int], candidate: str | None = None) -> pd.DataFrame:
        """Get the judgements of some examples.

        Returns
        -------
        DataFrame
            ``row_id``, ``judgement``, ``note``, ``author``, ``time`` (ISO 8601, UTC), ``carried_from`` (empty where
            judged here); a row for each judged example, in the order of `row_ids`.
        """
        raise NotImplementedError

    def table(self, task: str | None = None, candidate: str | None = None) -> pd.DataFrame:
        """Get all judged examples: of a task and candidate, or without them of all.

        Returns
        -------
        DataFrame
            ``candidate``, ``task``, ``row_id``, ``example_id``, ``label``, ``old_pred``, ``new_pred``, ``outcome``,
            and as `of`; the newest judgement first.
        """
        raise NotImplementedError

    def summary(self, task: str | None = None, candidate: str | None = None) -> TriageSummary:
        """Get the figures of one candidate on one task with and without wrong gold labels; the first of either."""
        raise NotImplementedError

    def summaries(self) -> list[TriageSummary]:
        """Get the summary of every candidate and task with evaluation data."""
        raise NotImplementedError

    def history(self, row_id: int, candidate: str | None = None) -> pd.DataFrame:
        """Get all that was ever judged of one example, and of the candidate's answer to it.

        Returns
        -------
        DataFrame
            ``time``, ``author``, ``judgement`` (None where it was taken back), ``note``, ``carried_from``; the newest
            first.
        """
        raise NotImplementedError

    def export(self, path: str | Path) -> int:
        """Write all judgements, with their history, to a file of JSON lines; tell how many entries."""
        raise NotImplementedError

    def import_(self, source: str | Path) -> Imported:
        """Take over the judgements of a file that `export` wrote, or of another comparison folder, where they fit.

        Of two judgements of the same example the newer one counts, and both are kept.

        Raises
        ------
        FlipscopeError
            When it can't be read; a bad line is told by its number, and nothing is taken over.
        """
        raise NotImplementedError

    def fitting(self) -> list[Source]:
        """Find other comparisons in the folder of this one with judgements that fit, and are not here: newest first."""
        raise NotImplementedError
