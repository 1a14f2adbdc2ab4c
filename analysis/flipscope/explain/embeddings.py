"""Sentence embeddings by a candidate's own encoder, kept in the comparison folder."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from flipscope.data import Examples
from flipscope.errors import FlipscopeError
from flipscope.explain.clusters import cluster
from flipscope.explain.models import AS_RECORDED, Reopening, device_of, find_checkpoint
from flipscope.explain.telling import telling_words
from flipscope.flips.outcome import FLIPS
from flipscope.progress import Progress, SilentProgress
from flipscope.store.embeddings import (
    CLUSTER,
    AboutEmbeddings,
    read_embeddings,
    version_of_embeddings,
    write_embeddings,
)

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.open.checkpoint import Checkpoint
    from flipscope.predict.inputs import Inputs

#: Examples of a task that are embedded unless the user says otherwise: all flips, then a sample of the rest.
MOST = 100_000


@dataclass(frozen=True)
class Embeddings:
    """What a candidate's encoder makes of the examples of a task.

    Attributes
    ----------
    task, candidate : str
        Whose.
    row_ids : numpy.ndarray of int64, shape (n,)
        The examples that were embedded, ascending.
    vectors : numpy.ndarray of float16, shape (n, dimensions)
        Mean over the tokens of the last hidden state, of length 1.
    clusters : numpy.ndarray of int32, shape (n,)
        Which cluster of all embedded examples each belongs to: the column ``embedding_cluster`` in conditions.
    labels : tuple of str
        The most telling words of each cluster.
    examples : int
        How many the task has; with more than `n`, all flips and a fixed random sample of the rest are embedded.
    notes : tuple of str
        What to know about them; shown to people.
    """

    task: str
    candidate: str
    row_ids: np.ndarray
    vectors: np.ndarray
    clusters: np.ndarray
    labels: tuple[str, ...]
    examples: int
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.row_ids)


def embed(
    comparison: Comparison,
    candidate: str | None = None,
    *,
    task: str | None = None,
    most: int = MOST,
    progress: Progress | None = None,
    reopening: Reopening = AS_RECORDED,
) -> Embeddings:
    """Embed the examples of a task with the candidate's own encoder, or get what an earlier call kept.

    Parameters
    ----------
    comparison : Comparison
        Its candidate is a checkpoint.
    candidate, task : str, optional
        The first ones when not named.
    most : int
        Examples to embed at the most: all flips first, then a fixed random sample of the rest.
    progress : Progress, optional
        Where to report to; a step that raises stops the work, and nothing is kept of it.
    reopening : Reopening
        Where the model is now, and where to run it.

    Returns
    -------
    Embeddings

    Raises
    ------
    FlipscopeError
        When the candidate is a file of predictions, its checkpoint is gone or has changed, there are no texts, or
        scikit-learn is not installed.
    """
    candidate, task = comparison.candidate(candidate).name, comparison.result(task, candidate).task
    progress = progress or SilentProgress()
    earlier = kept(comparison, candidate, task=task)
    if earlier is not None and len(earlier) >= min(most, earlier.examples):
        progress.say(f"{task}, {candidate}: {len(earlier):,} embeddings are kept already")
        return earlier
    checkpoint = _checkpoint(comparison, candidate, task, reopening)
    row_ids, examples, notes = _choose(comparison, candidate, task, most)
    vectors = _vectors(comparison, task, row_ids, checkpoint, device_of(reopening), progress)
    clusters = cluster(vectors)
    labels = [", ".join(words) for words in telling_words(comparison, task, row_ids, clusters)]
    comparison.check_unchanged()
    table = pa.table(
        {
            "row_id": pa.array(row_ids),
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]),
            CLUSTER: pa.array(clusters),
        }
    )
    about = AboutEmbeddings(labels=labels, examples=examples, notes=notes)
    write_embeddings(comparison.path, comparison.manifest, candidate, task, table, about)
    for note in notes:
        progress.say(f"{task}, {candidate}: {note}")
    return Embeddings(task, candidate, row_ids, vectors, clusters, tuple(labels), examples, tuple(notes))


def kept(comparison: Comparison, candidate: str | None = None, *, task: str | None = None) -> Embeddings | None:
    """Get the embeddings that `embed` kept; None where there are none, or they are not of this comparison."""
    candidate, task = comparison.candidate(candidate).name, comparison.result(task, candidate).task
    found = read_embeddings(comparison.path, comparison.manifest, candidate, task)
    if found is None:
        return None
    table, about = found
    vectors = table["vector"].combine_chunks()
    return Embeddings(
        task=task,
        candidate=candidate,
        row_ids=table["row_id"].to_numpy(),
        vectors=vectors.flatten().to_numpy().reshape(len(vectors), -1),
        clusters=table[CLUSTER].to_numpy(),
        labels=tuple(about.labels),
        examples=about.examples,
        notes=tuple(about.notes),
    )


def version(comparison: Comparison, candidate: str | None = None, task: str | None = None) -> str:
    """Stand for the embeddings kept now, without reading them: what is computed with them is old when this changes.

    Empty when none are kept; see `kept` for the rest.
    """
    candidate, task = comparison.candidate(candidate).name, comparison.result(task, candidate).task
    return version_of_embeddings(comparison.path, candidate, task)


def _choose(comparison: Comparison, candidate: str, task: str, most: int) -> tuple[np.ndarray, int, list[str]]:
    """Choose the examples to embed: all flips first, then a fixed random sample of the rest.

    Returns
    -------
    numpy.ndarray of int64
        Their row ids, ascending.
    int
        How many the task has.
    list of str
        What people are told of a sample.
    """
    if most < 2:
        raise FlipscopeError(f"{most} examples are too few to compare")
    flips = ", ".join(f"'{flip}'" for flip in FLIPS)
    rows = comparison.query(
        f"SELECT row_id, outcome IN ({flips}) AS flip FROM facts WHERE task = ? AND candidate = ?", [task, candidate]
    )
    row_ids, flip = rows["row_id"].to_numpy(), rows["flip"].to_numpy()
    if len(row_ids) <= most:
        return np.sort(row_ids), len(row_ids), []
    by_chance = np.random.default_rng(0).random(len(row_ids))
    first = np.lexsort((by_chance, ~flip))[:most]
    shown = "all flips and a random sample of the rest" if flip.sum() <= most else "a random sample of the flips"
    return np.sort(row_ids[first]), len(row_ids), [f"{most:,} of {len(row_ids):,} examples are embedded: {shown}"]


def _vectors(
    comparison: Comparison, task: str, row_ids: np.ndarray, checkpoint: Checkpoint, device: str, progress: Progress
) -> np.ndarray:
    """Run the encoder over the distinct texts of some examples: float16 of shape (examples, dimensions)."""
    from flipscope.predict.batches import plan_batches
    from flipscope.predict.encoder import Encoder
    from flipscope.predict.length import max_length
    from flipscope.predict.model import exact_products, fetch, load_model
    from flipscope.predict.runner import BUDGET
    from flipscope.predict.tokens import load_tokenizer, tokenise

    inputs = _inputs(comparison, task, row_ids)
    length = max_length(checkpoint, comparison.manifest.settings.get("max_length"))
    with progress.step(f"{checkpoint.name}: tokenising", len(inputs)) as step:
        tokens = tokenise(load_tokenizer(checkpoint), inputs, length, step)
    encoder = Encoder(load_model(checkpoint, device, "fp32"), tokens, device, checkpoint.name)
    plan = plan_batches(tokens.lengths, BUDGET[device.partition(":")[0]])
    rows_of = [plan.rows(batch) for batch in range(len(plan))]
    found = None
    name = f"{checkpoint.name}: embedding"
    with exact_products(), progress.step(name, len(inputs)) as step, closing(encoder.batches(rows_of)) as results:
        for rows, part in zip(rows_of, results, strict=True):
            if found is None:
                found = np.empty((len(inputs), part.shape[1]), np.float16)
            found[rows] = fetch([part])
            step.advance(len(rows))
    assert found is not None  # a task has examples
    return found[inputs.of_example]


def _inputs(comparison: Comparison, task: str, row_ids: np.ndarray) -> Inputs:
    from flipscope.predict.inputs import distinct_inputs

    texts = comparison.query(
        "SELECT row_id, text_a, text_b FROM text JOIN chosen USING (row_id) ORDER BY row_id",
        tables={"chosen": pa.table({"row_id": pa.array(row_ids)})},
    )
    table = pa.table(
        {name: pa.array(texts[name], pa.large_string(), from_pandas=True) for name in ("text_a", "text_b")}
    )
    return distinct_inputs(Examples(task, table, (), None, str(comparison.path), ""))


def _checkpoint(comparison: Comparison, candidate: str, task: str, reopening: Reopening) -> Checkpoint:
    """Open the candidate's checkpoint again."""
    model = comparison.task_info(task).models[candidate]
    if model.kind != "checkpoint":
        only = "only predictions" if model.kind == "predictions" else "several models that answer together"
        raise FlipscopeError(
            f"of this candidate there are {only}, and no encoder of its own",
            where=f"{candidate}, {model.source}",
            do="Similarity by shared words needs none",
        )
    return find_checkpoint(model, candidate, comparison.path, reopening)
