"""Keeps sentence embeddings in a comparison folder, a file for each candidate and task (docs/formats.md)."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from flipscope.contract import STRICT
from flipscope.files import on_disk
from flipscope.schema import Manifest

FOLDER = "embeddings"
#: The column of clusters that conditions may name; it is joined to the others only then.
CLUSTER = "embedding_cluster"
_ABOUT = b"flipscope"
_ABANDONED_S = 86_400


class AboutEmbeddings(BaseModel):
    """What is kept beside the rows.

    Attributes
    ----------
    labels : list of str
        The most telling words of each cluster.
    examples : int
        How many the task has.
    notes : list of str
        What to know about them; shown to people.
    """

    model_config = STRICT

    labels: list[str]
    examples: int
    notes: list[str]


class _Kept(BaseModel):
    model_config = STRICT

    of: str
    about: AboutEmbeddings


def write_embeddings(
    folder: Path, manifest: Manifest, candidate: str, task: str, table: pa.Table, about: AboutEmbeddings
) -> None:
    """Write a table of ``row_id``, ``vector`` and ``embedding_cluster``, whole or not at all.

    Parameters
    ----------
    folder : Path
        The comparison folder.
    manifest : Manifest
        What is in it: read with any other, the file counts as stale.
    candidate, task : str
        Whose they are.
    table : pyarrow.Table
        The rows.
    about : AboutEmbeddings
        What `read_embeddings` gives back beside them.

    Raises
    ------
    FlipscopeError
        When the folder can't be written.
    """
    file = _file(folder, candidate, task)
    part = file.with_name(f"{file.name}.{uuid.uuid4().hex}.part")  # there may be several of one process
    tied = table.replace_schema_metadata({_ABOUT: _Kept(of=_tie(manifest), about=about).model_dump_json()})
    with on_disk(folder):
        file.parent.mkdir(exist_ok=True)
        _sweep(file.parent)
        try:
            pq.write_table(tied, part, compression="none", use_dictionary=False)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed left half-written, once it is so old that nobody can be at it."""
    for part in folder.glob("*.part"):
        with suppress(FileNotFoundError):  # somebody else was faster
            if time.time() - part.stat().st_mtime > _ABANDONED_S:
                part.unlink()


def read_embeddings(
    folder: Path, manifest: Manifest, candidate: str, task: str
) -> tuple[pa.Table, AboutEmbeddings] | None:
    """Read what `write_embeddings` wrote; None where nothing is, it is damaged, or of another comparison."""
    file = _file(folder, candidate, task)
    about = _about(file, _tie(manifest))
    if about is None:
        return None
    try:
        table = pq.read_table(file).combine_chunks()
    except (OSError, pa.ArrowException):
        return None
    return (table, about) if _as_written(table, about) else None


def version_of_embeddings(folder: Path, candidate: str, task: str) -> str:
    """Stand for a file as it is now, without reading it: another text whenever it is written; empty without one."""
    try:
        found = _file(folder, candidate, task).stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns}-{found.st_ino}"


def with_clusters(folder: Path, manifest: Manifest, source: str) -> str | None:
    """Write the rows of a table with their cluster in SQL; null for examples that are not embedded.

    Parameters
    ----------
    folder : Path
        The comparison folder.
    manifest : Manifest
        What is in it.
    source : str
        A table, or a query in parentheses, with the columns ``candidate`` and ``row_id``.

    Returns
    -------
    str or None
        A query in parentheses; None when no embeddings are kept.
    """
    parts = [
        f"SELECT '{candidate}' AS candidate, row_id, {CLUSTER} FROM read_parquet('{_quoted(file)}')"
        for candidate, file in _files(folder, manifest)
    ]
    if not parts:
        return None
    return f"(FROM {source} AS facts LEFT JOIN ({' UNION ALL '.join(parts)}) USING (candidate, row_id))"


def _files(folder: Path, manifest: Manifest) -> Iterator[tuple[str, Path]]:
    tie = _tie(manifest)
    for task in manifest.tasks:
        for candidate in manifest.results.candidates:
            file = _file(folder.resolve(), candidate.name, task.task)
            if _about(file, tie) is not None:
                yield candidate.name, file


def _file(folder: Path, candidate: str, task: str) -> Path:
    return folder / FOLDER / f"{candidate}@{task}.parquet"  # neither name may have an @


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")


def _tie(manifest: Manifest) -> str:
    """Stand for the numbers that examples have, and for the models: not for a verdict, which may come later."""
    tasks = [
        [task.task, task.data and task.data.digest, {name: model.fingerprint for name, model in task.models.items()}]
        for task in manifest.tasks
    ]
    return hashlib.sha256(json.dumps([manifest.created, tasks]).encode()).hexdigest()


def _about(file: Path, tie: str) -> AboutEmbeddings | None:
    """Read what a file says of itself; None when it isn't there, is damaged, or is tied to something else."""
    try:
        schema = pq.read_schema(file)
        kept = _Kept.model_validate_json((schema.metadata or {})[_ABOUT])
    except (OSError, pa.ArrowException, KeyError, ValidationError):
        return None
    return kept.about if kept.of == tie and _types_fit(schema) else None


def _types_fit(schema: pa.Schema) -> bool:
    if not {"row_id", "vector", CLUSTER} <= set(schema.names):
        return False
    vector = schema.field("vector").type
    return (
        schema.field("row_id").type == pa.int64()
        and schema.field(CLUSTER).type == pa.int32()
        and pa.types.is_fixed_size_list(vector)
        and vector.value_type == pa.float16()
    )


def _as_written(table: pa.Table, about: AboutEmbeddings) -> bool:
    """Whether rows are there, in order, each with a whole vector and a cluster that has a label."""
    vectors = table["vector"].combine_chunks().flatten()
    if not len(table) or any(column.null_count for column in (*table.columns, vectors)):
        return False
    row_ids, clusters = table["row_id"].to_numpy(), table[CLUSTER].to_numpy()
    ordered = bool((np.diff(row_ids) > 0).all())
    labelled = clusters.min() >= 0 and clusters.max() < len(about.labels)
    return ordered and bool(labelled) and bool(np.isfinite(vectors.to_numpy()).all())
