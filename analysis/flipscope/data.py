"""What the stages hand to each other: evaluation examples and the predictions of one model."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

#: Names of the two sides of a comparison; further candidates have names of the user's own.
OLD, NEW = "old", "new"

#: Columns of an examples table that are not metadata.
EXAMPLE_COLUMNS = ("example_id", "text_a", "text_b", "label")


@dataclass(frozen=True)
class Examples:
    """An evaluation set, read and understood.

    Attributes
    ----------
    task : str
        Name of the task.
    table : pyarrow.Table
        One row an example, in file order: ``example_id`` (string, unique), ``text_a`` (string; null only when
        a prediction file without texts made these examples), ``text_b`` (string; null for single texts),
        ``label`` (string: a name out of `label_names`, null where there is no gold label), then the metadata
        columns under their own names.
    label_names : tuple of str
        Class names in the order of the task's label ids.
    id_column : str or None
        The column the ids come from; ``None`` when they are content hashes.
    source : str
        What the user typed or passed.
    digest : str
        SHA-256 (hex) of the ids, texts and labels.
    notes : tuple of str
        How columns were understood, what was left out and why; shown to people.
    """

    task: str
    table: pa.Table
    label_names: tuple[str, ...]
    id_column: str | None
    source: str
    digest: str
    notes: tuple[str, ...] = ()

    @property
    def meta(self) -> tuple[str, ...]:
        """Names of the metadata columns."""
        return tuple(name for name in self.table.column_names if name not in EXAMPLE_COLUMNS)

    def __len__(self) -> int:
        return self.table.num_rows


@dataclass(frozen=True)
class Predictions:
    """What one model answered.

    Attributes
    ----------
    name : str
        The model's name, as people know it.
    fingerprint : str
        SHA-256 (hex) of the checkpoint, or of the prediction file.
    label_names : tuple of str
        Class names in the order of the columns of ``probabilities``.
    table : pyarrow.Table
        One row an example: ``example_id`` (string, unique), ``pred`` (string, a name out of `label_names`),
        ``probabilities`` (fixed-size list of float64, sums to 1; column absent when the source has none),
        ``logits`` (the same shape; optional), ``borderline`` (bool; optional: the top two classes are closer
        than the arithmetic can tell apart).
    id_column : str or None
        The column the ids come from; ``None`` when they are content hashes.
    source : str
        What the user typed or passed.
    notes : tuple of str
        How the source was understood and run; shown to people.
    unused : int
        Rows of the source that belong to no example, and so are not in `table`.
    new_classes : tuple of str
        Those of `label_names` that the model does not know: it never answers with them, and gives them probability 0.
    """

    name: str
    fingerprint: str
    label_names: tuple[str, ...]
    table: pa.Table
    id_column: str | None
    source: str
    notes: tuple[str, ...] = ()
    unused: int = 0
    new_classes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.table.num_rows
