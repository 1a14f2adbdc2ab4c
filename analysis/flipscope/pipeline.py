"""The main job: open, predict, then have the folder paired, judged and written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flipscope.comparison import Comparison
from flipscope.data import NEW, OLD, Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.matching import match_to
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.examples import open_examples
from flipscope.open.labels import align_labels, is_generic, names_in, normalise
from flipscope.open.predictions import PredictionFile, to_examples
from flipscope.open.source import Ensemble, open_source
from flipscope.predict.ensemble import average
from flipscope.predict.length import max_length
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import Progress, SilentProgress
from flipscope.schema import ModelInfo
from flipscope.spec import Spec, TaskSpec, make_spec
from flipscope.store.folder import MANIFEST, UNFINISHED, check_target, write_comparison
from flipscope.store.tables import TaskData
from flipscope.tasks import Task, get_task

if TYPE_CHECKING:
    import datasets
    import pandas as pd
    import pyarrow as pa

Source = Checkpoint | PredictionFile | Ensemble


def compare(
    old: str | Path,
    new: str | Path | Mapping[str, str | Path],
    data: str | Path | pd.DataFrame | pa.Table | datasets.Dataset | None = None,
    task: str = "task",
    *,
    out: str | Path | None = None,
    limit: int | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
    **columns: Any,
) -> Comparison:
    """Compare two versions of a model on one task.

    Parameters
    ----------
    old, new : str or path
        Models: a checkpoint directory, an archive of one, a hub id ``name[@revision]``, a file of
        predictions, or ``ensemble:A+B``. `new` may be a mapping of names to several candidates.
    data : str, path, DataFrame, Table or Dataset, optional
        The evaluation set. Not needed when the models are prediction files with gold labels.
    task : str
        A GLUE task's name, or any name for a task of your own.
    out : str or path, optional
        The comparison folder to write; a temporary one, gone when the process ends, if not given.
    limit : int, optional
        Only the first examples, for a quick look.
    settings : Settings, optional
        Device, precision, maximal length, cache.
    allow_torch_weights : bool
        Also open checkpoints that have only PyTorch's own weight files.
    progress : Progress, optional
        Where to report to; nobody by default.
    **columns
        ``text``, ``text_b``, ``label``, ``id``, ``labels``, ``alias``, ``pred``, ``probs`` as in `TaskSpec`.

    Returns
    -------
    Comparison

    Raises
    ------
    FlipscopeError
        When an input can't be read or does not fit; nothing is written then.
    """
    candidates = new if isinstance(new, Mapping) else {NEW: new}
    given = {
        "name": task,
        "old": os.fspath(old),
        "candidates": {name: os.fspath(source) for name, source in candidates.items()},
        "data": data,
    }
    spec = make_spec([given | {key: value for key, value in columns.items() if value is not None}])
    return compare_spec(
        spec, out, limit=limit, settings=settings, allow_torch_weights=allow_torch_weights, progress=progress
    )


def compare_spec(
    spec: Spec,
    out: str | Path | None = None,
    *,
    limit: int | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare all tasks and candidates of a spec. Parameters as in `compare`."""
    settings, progress = settings or Settings(), progress or SilentProgress()
    temporary = tempfile.TemporaryDirectory(prefix="flipscope-") if out is None else None
    folder = Path(temporary.name) if temporary else Path(out or "")
    check_target(folder)
    opened = [_open_task(task, limit, allow_torch_weights, settings, progress) for task in spec.tasks]
    if (folder / MANIFEST).is_file():
        progress.say(f"{folder}: the comparison in it will be replaced when this one is finished")
    settings = replace(settings, work_dir=folder / UNFINISHED)
    tasks = [_run_task(task, *parts, settings, progress) for task, parts in zip(spec.tasks, opened, strict=True)]
    record = asdict(settings) | {"limit": limit, "allow_torch_weights": allow_torch_weights}
    write_comparison(folder, tasks, {name: value for name, value in record.items() if name != "work_dir"})
    comparison = Comparison(folder)
    comparison.keep(temporary)
    return comparison


def _open_task(
    spec: TaskSpec, limit: int | None, allow_torch_weights: bool, settings: Settings, progress: Progress
) -> tuple[Examples, dict[str, Source]]:
    """Open and check all that a task needs, before any model is run."""
    task = get_task(spec.name, text=spec.text, text_b=spec.text_b, label=spec.label, labels=spec.labels)

    def opened(source: str, name: str, task: Task) -> Source:
        return open_source(
            source, task, name=name, allow_torch_weights=allow_torch_weights, id_column=spec.id, pred_column=spec.pred,
            prob_columns=spec.probs, aliases=spec.alias,
        )  # fmt: skip

    wanted = {OLD: spec.old, **spec.candidates}
    sources = {name: opened(source, name, task) for name, source in wanted.items()}
    examples = _open_examples(spec, task, sources, limit)
    task = replace(task, label_names=examples.label_names)
    for name, source in sources.items():
        for leaf in _leaves([source]):
            if isinstance(leaf, Checkpoint):
                align_labels(leaf.label_names, task.label_names, who=name, aliases=spec.alias)
                max_length(leaf, settings.max_length)
            elif leaf.predictions.label_names != task.label_names:  # can only be read once all classes are known
                sources[name] = opened(wanted[name], name, task)
    progress.say(f"{spec.name}: " + "; ".join(examples.notes))
    for name, source in sources.items():
        for leaf in _leaves([source]):
            progress.say(f"{name}: {_description(leaf)}")
    return examples, sources


def _open_examples(spec: TaskSpec, task: Task, sources: Mapping[str, Source], limit: int | None) -> Examples:
    """Open the evaluation set, its classes named by the task or else by all that know them together."""
    if task.label_names:
        return _read_examples(spec, task, sources, limit)
    leaves = list(_leaves(sources.values()))
    names = [_label_names(leaf) for leaf in leaves]
    renamed = {normalise(theirs): name for theirs, name in spec.alias.items()}
    orders = [
        tuple(renamed.get(normalise(name), name) for name in leaf.label_names)
        for leaf in leaves
        if isinstance(leaf, Checkpoint) and not is_generic(leaf.label_names)
    ]
    agreed = replace(task, label_names=orders[0]) if len(set(orders)) == 1 else task
    examples = _read_examples(spec, agreed, sources, limit)
    if len({is_generic(known) for known in (examples.label_names, *names)}) > 1:
        raise FlipscopeError(
            "the classes have names in one place and numbers in another, and models may number them differently",
            where=examples.source,
            do="Give the names in the order of the numbers, as in --labels negative,positive",
        )
    if len(set(orders)) > 1:  # the data name their classes, so it does not matter whose order is taken
        return _read_examples(spec, replace(task, label_names=orders[0]), sources, limit)
    if orders:
        return examples
    return replace(examples, label_names=names_in(name for known in (examples.label_names, *names) for name in known))


def _label_names(leaf: Checkpoint | PredictionFile) -> tuple[str, ...]:
    return leaf.label_names if isinstance(leaf, Checkpoint) else leaf.predictions.label_names


def _read_examples(spec: TaskSpec, task: Task, sources: Mapping[str, Source], limit: int | None) -> Examples:
    if spec.data is not None:
        return open_examples(spec.data, task, id_column=spec.id, limit=limit, aliases=spec.alias)
    leaves = list(_leaves(sources.values()))
    files = [leaf for leaf in leaves if isinstance(leaf, PredictionFile)]
    if len(files) < len(leaves):
        raise FlipscopeError(
            f"task {spec.name!r} has a model to run, but no evaluation set",
            do="Name one with --data (data in a spec)",
        )
    with_labels = next((file for file in files if file.table["label"].null_count < len(file.table)), files[0])
    return to_examples(replace(with_labels, table=with_labels.table.slice(0, limit)), task)


def _description(leaf: Checkpoint | PredictionFile) -> str:
    """Tell how a model was understood, so that a wrong guess shows before it matters."""
    if isinstance(leaf, PredictionFile):
        return "; ".join(leaf.predictions.notes)
    size = f"{leaf.parameters / 1e6:,.1f}M parameters, " if leaf.parameters else ""
    return f"{leaf.source}: {leaf.architecture}, {size}labels {', '.join(leaf.label_names)}"


def _leaves(sources: Iterable[Source]) -> Iterator[Checkpoint | PredictionFile]:
    for source in sources:
        if isinstance(source, Ensemble):
            yield from source.members
        else:
            yield source


def _run_task(
    spec: TaskSpec, examples: Examples, sources: Mapping[str, Source], settings: Settings, progress: Progress
) -> TaskData:
    predictor = Predictor(examples, settings, progress)
    if any(isinstance(leaf, Checkpoint) for leaf in _leaves(sources.values())):
        progress.say(f"{spec.name}: running the models")

    def answers(source: Source, name: str) -> Predictions:
        if isinstance(source, Ensemble):
            return average(name, [answers(member, f"{name}, {member.name}") for member in source.members])
        if isinstance(source, Checkpoint):
            return predictor.predict(replace(source, name=name), aliases=spec.alias)
        return match_to(source, examples)

    predictions = {name: answers(source, name) for name, source in sources.items()}
    return TaskData(examples, predictions, {name: _model_info(sources[name], predictions[name]) for name in sources})


def _model_info(source: Source, predictions: Predictions) -> ModelInfo:
    kinds = {Checkpoint: "checkpoint", PredictionFile: "predictions", Ensemble: "ensemble"}
    checkpoint = source if isinstance(source, Checkpoint) else None
    return ModelInfo(
        name=predictions.name,
        fingerprint=predictions.fingerprint,
        source=predictions.source,
        kind=kinds[type(source)],  # type: ignore[arg-type]
        label_names=list(predictions.label_names),
        architecture=checkpoint.architecture if checkpoint else None,
        parameters=checkpoint.parameters if checkpoint else None,
        notes=list(predictions.notes),
    )
