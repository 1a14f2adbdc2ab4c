"""Gold label suspects: examples whose gold label both models speak against."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison


def suspects(
    comparison: Comparison, *, task: str | None = None, candidate: str | None = None, limit: int | None = 100
) -> pd.DataFrame:
    """List the examples whose gold label is likely to be wrong, the most suspicious first.

    Parameters
    ----------
    comparison : Comparison
        With probabilities of both models, best; without, all there is is that both agree against the gold label.
    task, candidate : str, optional
        The first ones when not named.
    limit : int, optional
        How many at most; None for all.

    Returns
    -------
    DataFrame
        ``row_id``, ``example_id``, ``outcome``, ``label``, ``suggested`` (what both models answer), ``score`` (0 to 1,
        1: most suspicious; NaN without probabilities), ``old_pred``, ``new_pred``, ``near`` and ``near_agree`` (how
        many embedded neighbours were asked, and how many of them have the suggested label as gold; NA without
        embeddings), ``why`` (a sentence), ``text_a``, ``text_b``. ``attrs["total"]`` is how many there are without a
        limit; ``attrs["notes"]`` what to know about them.

    Raises
    ------
    FlipscopeError
        When there is no such task or candidate, or cleanlab is not installed.
    """
    raise NotImplementedError
