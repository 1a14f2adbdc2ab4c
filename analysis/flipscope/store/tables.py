"""Writes the tables of a comparison folder (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flipscope.data import OLD, Examples, Predictions
from flipscope.flips.outcome import FLIPS, OUTCOMES
from flipscope.flips.pairing import Paired, pair, positions
from flipscope.schema import ModelInfo
from flipscope.store.query import quote

if TYPE_CHECKING:
    import duckdb

    from flipscope.behaviors.run import BehaviorData


#: Columns of facts and flips that are not metadata; a metadata column of such a name gets a trailing underscore.
FACT_COLUMNS = (
    "candidate", "task", "row_id", "example_id", "label", "old_pred", "new_pred", "outcome", "old_conf", "new_conf",
    "old_margin", "new_margin", "old_gold", "new_gold", "severity", "drop", "borderline",
)  # fmt: skip
#: Those of them that split the data, beside the metadata.
ANSWERS = ("label", "old_pred", "new_pred")
# The last ones are added to the facts where they are asked for.
_RESERVED = {*FACT_COLUMNS, "text_a", "text_b", "n", "embedding_cluster", "__place", "__judgement"}

# A column splits the data into slices when it has few enough values to be shown as a table, and the cube stays
# small enough to be read at a glance: beyond that, counts come from the facts.
_MOST_SLICES = 100
_MOST_CUBE_ROWS = 50_000

# Rows a row group. Scans want large ones, looking a page of rows up wants small ones: at 10 million rows 122,880 made
# counting 1.5x as fast and the look-up 3x as slow.
_GROUP = 20_480


@dataclass(frozen=True)
class TaskData:
    """One task with all its answers.

    Attributes
    ----------
    examples : Examples
        Its evaluation set.
    predictions : mapping of str to Predictions
        By model name: ``old`` and every candidate, keyed by the ids of `examples`.
    models : mapping of str to ModelInfo
        What is known about each of these models.
    behaviors : sequence of BehaviorData
        The suites that were run. With suites, `examples` may be empty: then only behaviors are compared, and
        `predictions` are those for the inputs of the first suite.
    """

    examples: Examples
    predictions: Mapping[str, Predictions]
    models: Mapping[str, ModelInfo] = field(default_factory=dict)
    behaviors: Sequence[BehaviorData] = ()

    @property
    def has_data(self) -> bool:
        """Whether there is an evaluation set, rather than suites alone."""
        return len(self.examples) > 0 or not self.behaviors

    @property
    def candidates(self) -> list[str]:
        """Names of the candidates."""
        return [name for name in self.predictions if name != OLD]

    @cached_property
    def pairs(self) -> dict[str, Paired]:
        """The old model's answers paired with each candidate's, by candidate name."""
        old = self.predictions[OLD]
        return {name: pair(self.examples, old, self.predictions[name]) for name in self.candidates if self.has_data}


def write_tables(folder: Path, tasks: Sequence[TaskData]) -> list[str]:
    """Write all tables of a comparison.

    Parameters
    ----------
    folder : Path
        An existing, empty folder.
    tasks : sequence of TaskData
        All with the same candidates.

    Returns
    -------
    list of str
        The metadata columns that split the data into slices.
    """
    tasks = [task for task in tasks if task.has_data]
    if not tasks:
        return []
    row_ids = _number_rows(tasks)
    meta_names = _meta_names([task.examples for task in tasks])
    facts, flips = _facts(tasks, row_ids, meta_names)
    _write(facts, folder / "facts.parquet")
    _write(flips, folder / "flips.parquet")
    _write(_texts(tasks, row_ids), folder / "text.parquet")
    (folder / "predictions").mkdir()
    for name in tasks[0].predictions:
        _write(_answers(name, tasks, row_ids), folder / "predictions" / f"{name}.parquet")
    return _write_cube(folder, list(meta_names.values()))


def _write(tables: Iterable[pa.Table], path: Path) -> None:
    """Write tables of one schema one after another, each starting a row group of its own."""
    parts = iter(tables)
    first = next(parts)
    repeating = [field.name for field in first.schema if _repeats(field)]
    with pq.ParquetWriter(path, first.schema, compression="zstd", use_dictionary=repeating) as writer:
        for table in chain([first], parts):
            writer.write_table(table, row_group_size=_GROUP)


def _repeats(field: pa.Field) -> bool:
    """Tell whether a column's values repeat; else a dictionary of them is wasted time and space."""
    return not pa.types.is_floating(field.type) and field.name not in ("row_id", "example_id", "text_a", "text_b")


def _number_rows(tasks: Sequence[TaskData]) -> list[np.ndarray]:
    """Give numbers to the examples of all tasks so that those with the same outcome lie together on disk."""
    numbers, offset = [], 0
    for task in tasks:
        first = next(iter(task.pairs.values()))
        outcome = np.full(len(task.examples), len(OUTCOMES), dtype=np.int8)
        outcome[first.rows] = first.outcome
        number = np.empty(len(outcome), dtype=np.int64)
        number[np.argsort(outcome, kind="stable")] = np.arange(len(outcome)) + offset
        numbers.append(number)
        offset += len(outcome)
    return numbers


def empty_facts(opened: Sequence[Examples]) -> pa.Table:
    """Make the facts of examples, with their texts and without a row: all columns that conditions may be about."""
    others = {"row_id": pa.int64(), "borderline": pa.bool_()}
    texts = ("candidate", "task", "example_id", "label", "old_pred", "new_pred", "outcome")
    fields = [(name, pa.string() if name in texts else others.get(name, pa.float64())) for name in FACT_COLUMNS]
    types = _meta_types(opened)
    fields += [(name, types[column]) for column, name in _meta_names(opened).items()]
    return pa.schema([*fields, ("text_a", pa.string()), ("text_b", pa.string())]).empty_table()


def _meta_names(opened: Sequence[Examples]) -> dict[str, str]:
    """Give each metadata column a name that no other column has; DuckDB does not tell cases apart."""
    taken, names = {name.lower() for name in _RESERVED}, {}
    for column in dict.fromkeys(name for examples in opened for name in examples.meta):
        name = column
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        names[column] = name
    return names


def _facts(
    tasks: Sequence[TaskData], row_ids: Sequence[np.ndarray], meta_names: Mapping[str, str]
) -> tuple[list[pa.Table], list[pa.Table]]:
    """Make the facts, and the flips with their texts, of every candidate and task."""
    facts, flips = [], []
    types = _meta_types([task.examples for task in tasks])
    for candidate in tasks[0].pairs:
        for task, row_id in zip(tasks, row_ids, strict=True):
            paired = task.pairs[candidate]
            order = np.lexsort((row_id[paired.rows], paired.outcome))
            rows = pa.array(paired.rows[order])
            columns = _fact_columns(candidate, paired, row_id, order)
            examples = task.examples.table
            for column, name in meta_names.items():
                present = column in examples.column_names
                values = examples[column].take(rows) if present else pa.nulls(len(rows))
                columns[name] = values.cast(types[column], safe=False)  # large integers beside floats lose digits
            table = pa.table(columns)
            flipped = pa.array(np.isin(paired.outcome[order], [OUTCOMES.index(flip) for flip in FLIPS]))
            texts = examples.select(["text_a", "text_b"]).take(rows.filter(flipped))
            facts.append(table)
            flips.append(pa.table([*table.filter(flipped).columns, *texts.columns], [*columns, "text_a", "text_b"]))
    return facts, flips


def _fact_columns(candidate: str, paired: Paired, row_id: np.ndarray, order: np.ndarray) -> dict[str, pa.Array]:
    examples, size = paired.examples, len(order)
    old, new, label = paired.old, paired.new, paired.label
    old_gold, new_gold = old.gold_probability(label), new.gold_probability(label)

    def floats(values: np.ndarray | None) -> pa.Array:
        return pa.nulls(size, pa.float64()) if values is None else pa.array(values[order], from_pandas=True)

    def names(codes: np.ndarray, of: Sequence[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes[order].astype(np.int32)), pa.array(of, pa.string()))

    def constant(name: str) -> pa.Array:
        return names(np.zeros(size, dtype=np.int32), [name])

    return {
        "candidate": constant(candidate),
        "task": constant(examples.task),
        "row_id": pa.array(row_id[paired.rows][order]),
        "example_id": examples.table["example_id"].take(pa.array(paired.rows[order])),
        "label": names(label, examples.label_names),
        "old_pred": names(old.pred, examples.label_names),
        "new_pred": names(new.pred, examples.label_names),
        "outcome": names(paired.outcome, OUTCOMES),
        "old_conf": floats(old.confidence()),
        "new_conf": floats(new.confidence()),
        "old_margin": floats(old.margin()),
        "new_margin": floats(new.margin()),
        "old_gold": floats(old_gold),
        "new_gold": floats(new_gold),
        "severity": floats(paired.severity()),
        "drop": floats(None if old_gold is None or new_gold is None else old_gold - new_gold),
        "borderline": pa.array(paired.borderline[order]),
    }


def _meta_types(opened: Sequence[Examples]) -> dict[str, pa.DataType]:
    """Find one type for a column that several tasks have: theirs if they agree, float for numbers, else string."""
    types: dict[str, pa.DataType] = {}
    for examples in opened:
        for name in examples.meta:
            found = examples.table.schema.field(name).type
            known = types.setdefault(name, found)
            if known != found:
                numbers = all(pa.types.is_integer(t) or pa.types.is_floating(t) for t in (known, found))
                types[name] = pa.float64() if numbers else pa.string()
    return types


def _texts(tasks: Sequence[TaskData], row_ids: Sequence[np.ndarray]) -> Iterator[pa.Table]:
    for task, row_id in zip(tasks, row_ids, strict=True):
        order = np.argsort(row_id)
        texts = task.examples.table.select(["text_a", "text_b"]).take(pa.array(order))
        yield texts.add_column(0, "row_id", pa.array(row_id[order]))


def _answers(name: str, tasks: Sequence[TaskData], row_ids: Sequence[np.ndarray]) -> Iterator[pa.Table]:
    for task, row_id in zip(tasks, row_ids, strict=True):
        predictions = task.predictions[name]
        where = positions(task.examples, predictions)
        asked = np.flatnonzero(where >= 0)
        order = asked[np.argsort(row_id[asked])]
        table = predictions.table.take(pa.array(where[order]))
        columns = {"row_id": pa.array(row_id[order]), "pred": table["pred"]}
        for scores in ("probabilities", "logits"):
            absent = pa.nulls(len(order), pa.list_(pa.float64()))
            columns[scores] = table[scores].cast(absent.type) if scores in table.column_names else absent
        yield pa.table(columns)


def _write_cube(folder: Path, meta: Sequence[str]) -> list[str]:
    import duckdb

    con = duckdb.connect()
    try:
        con.read_parquet(str(folder / "facts.parquet")).create_view("facts")
        sizes = _slice_sizes(con, meta)
        columns = _cube_columns(con, sizes)
        keys = ", ".join(quote(name) for name in ["candidate", "task", *columns])
        cube = con.sql(
            f"SELECT {keys}, label, old_pred, new_pred, outcome, count(*)::BIGINT AS n, "
            "count_if(borderline)::BIGINT AS borderline FROM facts GROUP BY ALL ORDER BY ALL"
        )
        cube.write_parquet(str(folder / "cube.parquet"), compression="zstd")
    finally:
        con.close()
    return list(sizes)


def _slice_sizes(con: duckdb.DuckDBPyConnection, meta: Sequence[str]) -> dict[str, int]:
    """Count the values of each column; keep those with at least two and not too many."""
    if not meta:
        return {}
    counts = con.execute(
        "SELECT " + ", ".join(f"count(DISTINCT {quote(name)})" for name in meta) + " FROM facts"
    ).fetchall()[0]
    return {name: size for name, size in zip(meta, counts, strict=True) if 2 <= size <= _MOST_SLICES}


def _cube_columns(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> list[str]:
    columns = sorted(sizes, key=lambda name: sizes[name])
    while columns:
        keys = ", ".join(quote(name) for name in columns)
        groups = con.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT candidate, task, {keys}, label FROM facts)"
        ).fetchall()[0][0]
        if groups <= _MOST_CUBE_ROWS:
            break
        columns.pop()
    return [name for name in sizes if name in columns]
