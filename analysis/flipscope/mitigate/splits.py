"""Train, selection and report split of a task: by content, so that no text is in two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flipscope.data import Examples
from flipscope.errors import FlipscopeError
from flipscope.files import written_whole
from flipscope.mitigate.spec import MitigationTask
from flipscope.open.examples import make_examples, open_examples
from flipscope.open.ids import content_hashes
from flipscope.study import SplitInfo
from flipscope.tasks import Task, get_task

_KEY = "key"  # column of the rows that are divided; `_divide` takes it away again
_HEX_DIGITS = 13  # of a hash; as many bits as a float64 holds exactly


@dataclass(frozen=True)
class Splits:
    """The three splits of a task; every example has a gold label.

    Attributes
    ----------
    train : Examples
        What models are trained on, in the order of a hash of the texts.
    select : Examples
        What hyper-parameters and models are chosen on.
    report : Examples
        What candidates are judged on.
    info : SplitInfo
        How many rows each has, and what was left out and why.
    """

    train: Examples
    select: Examples
    report: Examples
    info: SplitInfo


@dataclass(frozen=True)
class _Rows:
    """Rows on their way into a split: in their table a hash of their texts beside the columns of `Examples`."""

    examples: Examples
    table: pa.Table

    @property
    def keys(self) -> pa.Array:
        return self.table[_KEY].combine_chunks()

    def where(self, mask: np.ndarray) -> _Rows:
        return _Rows(self.examples, self.table.filter(pa.array(mask)))

    def without(self, others: pa.Array) -> _Rows:
        return self.where(~pc.is_in(self.keys, value_set=others).to_numpy(zero_copy_only=False))


def make_splits(task: MitigationTask, *, label_names: tuple[str, ...] = (), limit: int | None = None) -> Splits:
    """Open the data of a task, and cut what is not given out of what is.

    Parameters
    ----------
    task : MitigationTask
        Names the data. ``select`` and ``report`` are cut out of ``train`` where they are not given: which
        rows depends on their texts alone, so that copies of a text stay together, and neither the order of the
        rows nor further rows move one. A row of ``train`` whose text is in another split is left out, and so
        is one of ``select`` whose text is in ``report``; case and spacing of texts do not matter.
    label_names : tuple of str
        Class names in the order of the label ids, where the task does not know them; by default those found in
        ``train``, which have to serve all three.
    limit : int, optional
        Read only so many rows of each from the start.

    Returns
    -------
    Splits

    Raises
    ------
    FlipscopeError
        When data can't be read or don't fit together, or a split would be empty.
    """
    known = _named(task)
    named = known if known.label_names else replace(known, label_names=label_names)
    train, notes = _open("train", task.train, task, named, limit)
    named = replace(named, label_names=train.examples.label_names)
    given = {}
    for role, source in (("select", task.select), ("report", task.report)):
        if source is not None:
            given[role], said = _open(role, source, task, named, limit)
            notes += said
    _check_alike(train, given)
    parts, left_out, said = _divide(train, given, task)
    for role, part in parts.items():
        _check_filled(role, part, role in given or role == "train", task)
    splits = {role: _examples(role, part, named, role in given) for role, part in parts.items()}
    counts = {role: len(examples) for role, examples in splits.items()}
    notes += [*said, *_missing_classes(splits["train"])]
    return Splits(**splits, info=SplitInfo(task=known.name, **counts, left_out=left_out, notes=notes))


def write_splits(splits: Splits, task: MitigationTask, folder: Path) -> None:
    """Write ``train.parquet``, ``select.parquet`` and ``report.parquet``, each whole.

    Their columns have the names by which `task` finds them, so that what is said of its data holds for them, too: for
    files of predictions that are matched with them, say. Rows known by their texts have no id.
    """
    named = _named(task)
    folder.mkdir(parents=True, exist_ok=True)
    for role in ("train", "select", "report"):
        examples: Examples = getattr(splits, role)
        names = {"text_a": named.text_a[0], "label": named.label[0]}
        names |= {"text_b": named.text_b[0]} if _has_pairs(examples) else {}
        names |= {"example_id": examples.id_column} if examples.id_column else {}
        kept = [*names, *examples.meta]
        table = examples.table.select(kept).rename_columns([names.get(name, name) for name in kept])
        with written_whole(folder / f"{role}.parquet") as part:
            pq.write_table(table.replace_schema_metadata(None), part)


def _named(task: MitigationTask) -> Task:
    return get_task(task.name, text=task.text, text_b=task.text_b, label=task.label, labels=task.labels)


def _open(role: str, source: str, task: MitigationTask, named: Task, limit: int | None) -> tuple[_Rows, list[str]]:
    """Open data, and leave out the rows without a gold label."""
    examples = open_examples(source, named, id_column=task.id, limit=limit, aliases=task.alias)
    rows = examples.table.append_column(_KEY, _text_keys(examples))
    labelled = rows.filter(pc.is_valid(rows["label"]))
    if not labelled.num_rows:
        raise FlipscopeError(
            f"no row of the data for {role} has a gold label", where=examples.source,
            do="Name the column of labels with label, or give data that have one",
        )  # fmt: skip
    dropped = rows.num_rows - labelled.num_rows
    notes = [f"{role}: rows without a gold label, left out: {dropped:,}"] if dropped else []
    return _Rows(examples, labelled), notes


def _text_keys(examples: Examples) -> pa.Array:
    """Hash texts so that case and spacing do not matter; 32 hex digits a row."""
    columns = [examples.table["text_a"]] + ([examples.table["text_b"]] if _has_pairs(examples) else [])
    plain = [pa.array([" ".join(text.casefold().split()) for text in column.to_pylist()]) for column in columns]
    return content_hashes(plain[0], plain[1] if len(plain) > 1 else None)


def _has_pairs(examples: Examples) -> bool:
    return examples.table["text_b"].null_count == 0


def _check_alike(train: _Rows, given: dict[str, _Rows]) -> None:
    for role, rows in given.items():
        if _has_pairs(rows.examples) != _has_pairs(train.examples):
            raise FlipscopeError(
                f"the data for train and for {role} don't have the same number of texts", where=rows.examples.source,
                do="Name the columns with text and text_b, which serve all splits",
            )  # fmt: skip


def _divide(train: _Rows, given: dict[str, _Rows], task: MitigationTask) -> tuple[dict[str, _Rows], int, list[str]]:
    """Return the rows of each split, how many of train were left out, and what to tell people."""
    shares = {"select": task.select_share, "report": task.report_share}
    cut = {role: share for role, share in shares.items() if role not in given}
    if sum(cut.values()) >= 1:
        raise FlipscopeError(
            f"select_share and report_share of task {task.name!r} leave nothing to train on",
            do="Give shares that are less than 1 together",
        )
    # From both ends, so that what is given does not move what is cut.
    at = np.array([int(key[:_HEX_DIGITS], 16) for key in train.keys.to_pylist()]) / 16**_HEX_DIGITS
    is_report, is_select = at < cut.get("report", 0), at >= 1 - cut.get("select", 0)
    report = given.get("report") or train.where(is_report)
    candidates = given.get("select") or train.where(is_select)
    select = candidates.without(report.keys)
    rest = train.where(~is_report & ~is_select)
    kept = rest.without(pa.concat_arrays([candidates.keys, report.keys]))
    left_out, select_out = len(rest.table) - len(kept.table), len(candidates.table) - len(select.table)
    limited = _in_hash_order(kept, task.train_limit)
    notes = [f"{role}: cut out of train, a share of {share:g} by text" for role, share in cut.items()]
    if left_out:
        notes.append(f"train: rows whose text is in select or report, left out: {left_out:,}")
    if select_out:
        notes.append(f"select: rows whose text is in report, left out: {select_out:,}")
    if len(limited.table) < len(kept.table):
        notes.append(f"train: {len(limited.table):,} of {len(kept.table):,} rows, taken by a hash of their texts")
    return {"train": limited, "select": select, "report": report}, left_out, notes


def _in_hash_order(rows: _Rows, limit: int | None) -> _Rows:
    """Put rows into an order, and cut them to a number, in ways that do not depend on how the data are sorted."""
    keys: Sequence[tuple[str, str]] = [(name, "ascending") for name in (_KEY, "label", "text_a", "text_b")]
    return _Rows(rows.examples, rows.table.take(pc.sort_indices(rows.table, sort_keys=keys)).slice(0, limit))


def _check_filled(role: str, rows: _Rows, is_given: bool, task: MitigationTask) -> None:
    if not len(rows.table):
        do = (
            f"Give other data, or raise {role}_share" if not is_given else "Give data whose texts are not in the others"
        )
        raise FlipscopeError(f"no row is left for {role} of task {task.name!r}", where=rows.examples.source, do=do)


def _examples(role: str, rows: _Rows, named: Task, is_given: bool) -> Examples:
    examples = rows.examples
    source = examples.source if is_given or role == "train" else f"{examples.source} ({role} split)"
    table = rows.table.drop_columns([_KEY])
    return make_examples(
        table, named.label_names, task=named, id_column=examples.id_column, source=source,
        notes=[f"{source}: {len(table):,} rows for {role}"],
    )  # fmt: skip


def _missing_classes(train: Examples) -> list[str]:
    there = set(pc.unique(train.table["label"]).to_pylist())
    missing = [name for name in train.label_names if name not in there]
    return [f"train: no example of {', '.join(missing)}, which can't be learned"] if missing else []
