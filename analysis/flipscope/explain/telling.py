"""The words that tell a group of examples from all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: Words of a group at the most.
MOST_WORDS = 4
#: Texts of a task that are read; of more, all of the groups' and about so many others.
_MOST_READ = 200_000
# What is kept of a text: a book in one of them must not outweigh all others.
_MOST_CHARACTERS = 5_000
# A word of one example alone tells nothing about a group, and one below this z-score may be there by chance.
_LEAST_EXAMPLES, _LEAST_Z = 2, 1.96


def telling_words(
    comparison: Comparison, task: str, row_ids: np.ndarray, groups: np.ndarray, most: int = MOST_WORDS
) -> list[tuple[str, ...]]:
    """Find the words that are far more frequent in each group than in all other examples of the task.

    Parameters
    ----------
    comparison : Comparison
        Its examples have texts.
    task : str
        Their task.
    row_ids : numpy.ndarray of int, shape (n,)
        Examples that belong to a group.
    groups : numpy.ndarray of int, shape (n,)
        The group of each, from 0 on; negative for those in none.
    most : int
        Words for each group at the most.

    Returns
    -------
    list of tuple of str
        For each group its words, the most telling first; none where no word is in two of its examples.

    Notes
    -----
    Words are ranked by the z-score of their log-odds ratio, group against all others, with an informative Dirichlet
    prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words", equations 16 to 22): the task's own frequencies, with the
    weight of the group's words. A word counts once for each example, so that one long text decides nothing.
    """
    count = int(groups.max(initial=-1)) + 1
    if not count:
        return []
    counted = _counts(comparison, task, row_ids, groups)
    everywhere = counted.groupby("word")["n"].sum()
    inside = counted[counted["grp"] >= 0]
    total, sizes = everywhere.sum(), inside.groupby("grp")["n"].sum()
    inside = inside[inside["n"] >= _LEAST_EXAMPLES]
    size = inside["grp"].map(sizes).to_numpy(dtype=float)
    z = _z_scores(inside["n"].to_numpy(dtype=float), size, inside["word"].map(everywhere).to_numpy(dtype=float), total)
    ranked = inside.assign(z=z)[z >= _LEAST_Z].sort_values(["z", "word"], ascending=[False, True])
    found = ranked.groupby("grp")["word"].apply(lambda words: tuple(words.head(most)))
    return [found.get(group, ()) for group in range(count)]


def _counts(comparison: Comparison, task: str, row_ids: np.ndarray, groups: np.ndarray) -> pd.DataFrame:
    """Count the examples of each group that have a word; of group -1 those in none."""
    table = pa.table({"row_id": pa.array(row_ids, pa.int64()), "grp": pa.array(groups, pa.int64())})
    span = comparison.query("SELECT min(row_id) AS low, max(row_id) AS high FROM facts WHERE task = ?", [task])
    low, high = int(span["low"][0]), int(span["high"][0])
    every = (high - low) // _MOST_READ + 1
    # Copied: DuckDB 2.0.0 can fail on words of texts that it reads from a dictionary and joins at the same time.
    read = (
        f"SELECT coalesce(grp, -1) AS grp, left(concat_ws(' ', text_a, text_b), {_MOST_CHARACTERS}) AS t "
        "FROM text LEFT JOIN grouped USING (row_id) "
        "WHERE row_id BETWEEN ? AND ? AND (grp IS NOT NULL OR row_id % ? = 0)"
    )
    return comparison.query(
        f"WITH read AS MATERIALIZED ({read}) SELECT grp, word, count(*) AS n "
        "FROM (SELECT grp, unnest(list_distinct(words(t))) AS word FROM read) GROUP BY ALL",
        [low, high, every],
        {"grouped": table},
    )


def _z_scores(here: np.ndarray, size: np.ndarray, everywhere: np.ndarray, total: float) -> np.ndarray:
    """Compare words in a group with the same outside: counts, and all words' counts in the group and on the whole."""
    prior = size * everywhere / total
    there, others = everywhere - here, total - size
    odds_here = (here + prior) / (size + size - here - prior)
    odds_there = (there + prior) / (others + size - there - prior)
    return np.log(odds_here / odds_there) / np.sqrt(1 / (here + prior) + 1 / (there + prior))
