"""Why does a candidate answer as it does: words, probes and neighbours of one example together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.explain.models import AS_RECORDED, Reopening
from flipscope.explain.subject import Subject, find_row, read_subject

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.explain.attribution import Attribution, Method
    from flipscope.explain.neighbours import Neighbours
    from flipscope.explain.probes import Probes


@dataclass(frozen=True)
class Explanation:
    """All that is said about one example; what was not asked for is None.

    Attributes
    ----------
    subject : Subject
        The example, with both answers.
    attribution : Attribution or None
        Which words speak for the candidate's answer, in both models.
    probes : Probes or None
        What both answer without some words.
    neighbours : Neighbours or None
        The examples most like it: by embedding where the comparison has some, else by words.
    """

    subject: Subject
    attribution: Attribution | None
    probes: Probes | None
    neighbours: Neighbours | None


def explain_example(
    comparison: Comparison | str | Path,
    example_id: str,
    *,
    task: str | None = None,
    candidate: str | None = None,
    method: Method | None = "integrated_gradients",
    probes: bool = True,
    neighbours: int = 5,
    reopening: Reopening = AS_RECORDED,
) -> Explanation:
    """Explain the answers of the old model and of a candidate to one example.

    Parameters
    ----------
    comparison : Comparison, str or path
        The comparison, or its folder.
    example_id : str
        Which example.
    task : str, optional
        Its task; needed where several have an example of this id.
    candidate : str, optional
        The first candidate when not named.
    method : {"integrated_gradients", "gradient_x_input"} or None
        How to attribute the answers to words; None for not at all.
    probes : bool
        Whether to leave words out.
    neighbours : int
        How many similar examples to give; 0 for none.
    reopening : Reopening, optional
        Where the models are now, and how they are loaded.

    Returns
    -------
    Explanation

    Raises
    ------
    FlipscopeError
        When there is no such example, it has no text, or the models can't be had or explained.

    Examples
    --------
    >>> import flipscope
    >>> found = flipscope.explain_example("demo", "17", task="sentiment")  # doctest: +SKIP
    >>> [[found.probes.words[i].text for i in edit.dropped] for edit in found.probes.edits]  # doctest: +SKIP
    """
    from flipscope.comparison import Comparison, open_comparison
    from flipscope.explain.attribution import attribute
    from flipscope.explain.probes import probe

    opened = comparison if isinstance(comparison, Comparison) else open_comparison(comparison)
    row_id = find_row(opened, example_id, task)
    subject = read_subject(opened, row_id, candidate)
    name = subject.candidate
    return Explanation(
        subject,
        attribute(opened, row_id, candidate=name, method=method, reopening=reopening) if method else None,
        probe(opened, row_id, candidate=name, reopening=reopening) if probes else None,
        _nearest(opened, subject, neighbours) if neighbours else None,
    )


def _nearest(comparison: Comparison, subject: Subject, limit: int) -> Neighbours:
    """Find similar examples: by embedding where this example has one, else by words."""
    from flipscope.explain.embeddings import kept
    from flipscope.explain.neighbours import neighbours

    if kept(comparison, subject.candidate, task=subject.task) is not None:
        with suppress(FlipscopeError):
            return neighbours(comparison, subject.row_id, candidate=subject.candidate, limit=limit, by="embedding")
    return neighbours(comparison, subject.row_id, candidate=subject.candidate, limit=limit)
