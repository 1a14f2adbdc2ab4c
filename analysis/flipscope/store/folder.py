"""Writes a comparison folder: everything about one comparison on disk, self-contained (docs/formats.md)."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flipscope.behaviors.run import BehaviorData
from flipscope.behaviors.suite import Suite
from flipscope.data import OLD, Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.results import task_result
from flipscope.schema import CandidateResult, DataInfo, Manifest, ModelInfo, ModelRef, Results, SuiteInfo, TaskInfo
from flipscope.store.behaviors import write_behaviors
from flipscope.store.embeddings import FOLDER as EMBEDDINGS
from flipscope.store.tables import TaskData, write_tables

MANIFEST = "comparison.json"
UNFINISHED = ".unfinished"  # where predictions under way are kept when the cache is off
PART = ".part"  # what is being written, until all of it is moved into place

_LEFT_OUT = {
    "no_gold_label": "have no gold label",
    "no_old_prediction": "have no prediction of the old model",
    "no_new_prediction": "have no prediction of the candidate",
}


def check_target(out: Path) -> None:
    """Refuse an output folder that holds something other than a comparison.

    Raises
    ------
    FlipscopeError
        When `out` is a file, a folder with other things in it, or has a name that is not UTF-8.
    """
    if _readable(str(out)) != str(out):
        raise FlipscopeError("this name is not UTF-8", where=_readable(str(out)), do="Choose another --out")
    if out.exists() and not out.is_dir():
        raise FlipscopeError("this is a file, not a folder", where=out, do="Choose another --out")
    ours = (MANIFEST, UNFINISHED, PART)
    if out.is_dir() and any(out.iterdir()) and not any((out / name).exists() for name in ours):
        raise FlipscopeError(
            "this folder holds other files than a comparison",
            where=out,
            do="Choose a new or an empty folder for --out",
        )


def write_comparison(out: Path, tasks: Sequence[TaskData], settings: Mapping[str, Any] | None = None) -> None:
    """Pair, judge and write; the folder changes only when everything has been written.

    Parameters
    ----------
    out : Path
        The folder; made when it isn't there.
    tasks : sequence of TaskData
        All with the same candidates.
    settings : mapping, optional
        How the predictions were made, for the record.

    Raises
    ------
    FlipscopeError
        When `out` holds something else, or a task has no example that all can be judged on.
    """
    check_target(out)
    for task in tasks:
        _ = task.pairs  # whatever does not fit shows here, before anything is written
    with _staged(out) as part:
        slice_columns = write_tables(part, tasks)
        write_behaviors(part, tasks)
        manifest = _manifest(tasks, slice_columns, settings or {})
        (part / MANIFEST).write_text(as_json(manifest), encoding="utf-8")


def as_json(manifest: Manifest) -> str:
    """Write a manifest as the file holds it."""
    return manifest.model_dump_json(indent=2) + "\n"


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """Yield a folder inside `out` to write to; on success move its files into place."""
    part = out / PART
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        _move_into_place(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        with suppress(OSError):  # leaves no empty folder behind when the very first write failed
            out.rmdir()


def _move_into_place(part: Path, out: Path) -> None:
    (out / MANIFEST).unlink(missing_ok=True)  # from here until the end the folder counts as unfinished
    files = [path.relative_to(part) for path in part.rglob("*") if path.is_file()]
    for file in sorted(files, key=lambda file: file.name == MANIFEST):
        (out / file).parent.mkdir(exist_ok=True)
        (part / file).replace(out / file)
    tables = {*out.glob("*.parquet"), *(out / "predictions").glob("*.parquet")}
    for stale in tables - {out / file for file in files}:
        stale.unlink()
    shutil.rmtree(out / EMBEDDINGS, ignore_errors=True)  # they belong to the numbers that examples had before
    shutil.rmtree(out / UNFINISHED, ignore_errors=True)


def _manifest(tasks: Sequence[TaskData], slice_columns: list[str], settings: Mapping[str, Any]) -> Manifest:
    results = Results(
        old=_reference(OLD, tasks),
        candidates=[
            CandidateResult(
                **_reference(name, tasks).model_dump(),
                tasks=[task_result(task.pairs[name]) for task in tasks if task.has_data],
                **_behaviors(name, tasks),
            )
            for name in tasks[0].candidates
        ],
    )
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=[_readable(part) for part in (Path(sys.argv[0]).name, *sys.argv[1:])],
        versions=_versions(),
        settings=dict(settings),
        tasks=[_task_info(task) for task in tasks],
        slice_columns=slice_columns,
        warnings=[warning for task in tasks for warning in _warnings(task, limited=settings.get("limit") is not None)],
        results=results,
    )


def _behaviors(candidate: str, tasks: Sequence[TaskData]) -> dict[str, Any]:
    pairs = [(task.examples.task, data.suite, data.pairs[candidate]) for task in tasks for data in task.behaviors]
    if not pairs:
        return {}
    from flipscope.behaviors.judge import behavior_results, capability_results

    return {"behaviors": behavior_results(pairs), "capabilities": capability_results(pairs)}


def _readable(text: str) -> str:
    """Spell out bytes that are not UTF-8, as file names may hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def _reference(name: str, tasks: Sequence[TaskData]) -> ModelRef:
    fingerprints = [task.predictions[name].fingerprint for task in tasks]
    if len(set(fingerprints)) == 1:
        return ModelRef(name=name, fingerprint=fingerprints[0])
    whole = hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()
    return ModelRef(name=name, fingerprint=whole)


def _versions() -> dict[str, str]:
    versions = {name: version(name) for name in ("flipscope", "torch", "transformers", "pyarrow", "duckdb")}
    return {"python": platform.python_version()} | versions


def _task_info(task: TaskData) -> TaskInfo:
    examples = task.examples
    return TaskInfo(
        task=examples.task,
        label_names=list(examples.label_names),
        data=_data_info(examples) if task.has_data else None,
        models={name: task.models.get(name) or _model_info(found) for name, found in task.predictions.items()},
        meta_columns=list(examples.meta),
        has_text=examples.table["text_a"].null_count < len(examples),
        has_text_b=examples.table["text_b"].null_count < len(examples),
        suites=[_suite_info(data.suite, examples.task) for data in task.behaviors],
    )


def _data_info(examples: Examples) -> DataInfo:
    return DataInfo(
        source=examples.source,
        digest=examples.digest,
        rows=len(examples),
        id_column=examples.id_column,
        notes=list(examples.notes),
    )


def _suite_info(suite: Suite, task: str) -> SuiteInfo:
    return SuiteInfo(
        name=suite.name,
        task=task,
        source=suite.source,
        digest=suite.digest,
        tests=len(suite.tests),
        cases=suite.cases,
        examples=suite.examples,
        license=suite.license,
        notes=list(suite.notes),
    )


def _model_info(predictions: Predictions) -> ModelInfo:
    return ModelInfo(
        name=predictions.name,
        fingerprint=predictions.fingerprint,
        source=predictions.source,
        kind="predictions",
        label_names=list(predictions.label_names),
        notes=list(predictions.notes),
    )


def _warnings(task: TaskData, *, limited: bool) -> list[str]:
    """Tell what a reader must know before trusting the figures of a task."""
    name, warnings = task.examples.task, []
    whose = {OLD: "the old model"} | {
        key: f"candidate {key!r}" if len(task.candidates) > 1 else "the candidate" for key in task.candidates
    }
    for model, predictions in task.predictions.items():
        if predictions.unused and not limited:
            unused = f"{predictions.unused:,} predictions of {whose[model]}"
            warnings.append(f"{name}: {unused} belong to no example and do not count")
    if new := task.predictions[OLD].new_classes:
        count = pc.sum(pc.is_in(task.examples.table["label"], pa.array(new, pa.string()))).as_py() or 0
        warnings.append(
            f"{name}: the old model does not know {', '.join(new)}, the gold label of {count:,} of "
            f"{len(task.examples):,} examples; these count as its errors"
        )
    for candidate in task.candidates:
        who = f"{name}, {candidate}" if len(task.candidates) > 1 else name
        if task.predictions[OLD].fingerprint == task.predictions[candidate].fingerprint:
            warnings.append(f"{who}: the old model and the candidate are the same")
    for candidate, paired in task.pairs.items():
        who = f"{name}, {candidate}" if len(task.candidates) > 1 else name
        for cause, count in paired.left_out.items():
            if count:
                warnings.append(
                    f"{who}: {count:,} of {len(task.examples):,} examples {_LEFT_OUT[cause]} and do not count"
                )
        if count := int(paired.borderline.sum()):
            warnings.append(f"{who}: {count:,} answers are too close to call in the arithmetic used (borderline)")
    return warnings + [warning for data in task.behaviors for warning in _suite_warnings(data)]


def _suite_warnings(data: BehaviorData) -> list[str]:
    """Tell what a reader must know before trusting the figures of a suite."""
    suite = data.suite
    warnings = list(suite.notes)
    lost = {each.test.name: each.reason for tests in data.pairs.values() for each in tests if each.reason}
    if lost:
        name, why = next(iter(lost.items()))
        warnings.append(f"{len(lost)} of {len(suite.tests)} tests are not evaluated, such as {name!r}: {why}")
    return [f"suite {suite.name}: {warning}" for warning in warnings]
