"""Keeps sentence embeddings in a comparison folder, a file for each candidate and task (docs/formats.md)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flipscope.files import on_disk
from flipscope.schema import Manifest

FOLDER = "embeddings"
#: The column of clusters that conditions may name; it is joined to the others only then.
CLUSTER = "embedding_cluster"
_ABOUT = b"flipscope"


def write_embeddings(folder: Path, manifest: Manifest, candidate: str, task: str, table: pa.Table, about: Any) -> None:
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
    about : dict of str to anything JSON has
        What `read_embeddings` gives back beside them.

    Raises
    ------
    FlipscopeError
        When the folder can't be written.
    """
    file = _file(folder, candidate, task)
    part = file.with_name(f"{file.name}.{uuid.uuid4().hex}.part")  # there may be several of one process
    tied = table.replace_schema_metadata({_ABOUT: json.dumps({"of": _tie(manifest), "about": about})})
    with on_disk(folder):
        file.parent.mkdir(exist_ok=True)
        try:
            pq.write_table(tied, part, compression="none", use_dictionary=False)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def read_embeddings(folder: Path, manifest: Manifest, candidate: str, task: str) -> tuple[pa.Table, Any] | None:
    """Read what `write_embeddings` wrote; None where nothing is, or it is of another comparison."""
    about = _about(_file(folder, candidate, task), _tie(manifest))
    return None if about is None else (pq.read_table(_file(folder, candidate, task)), about)


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


def _about(file: Path, tie: str) -> Any:
    """Read what a file says of itself; None when it isn't there, is damaged, or is tied to something else."""
    try:
        kept = json.loads((pq.read_schema(file).metadata or {})[_ABOUT])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    return kept["about"] if kept["of"] == tie else None
