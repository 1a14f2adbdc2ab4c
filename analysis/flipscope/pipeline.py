"""The main job: open, predict, then have the folder paired, judged and written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flipscope.behaviors.run import BehaviorData, answer_suite, answers_of, described, first_cases, open_suites
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.taggers import tag
from flipscope.comparison import Comparison
from flipscope.data import NEW, OLD, Examples
from flipscope.errors import FlipscopeError
from flipscope.judge.budget import Budget
from flipscope.judge.fit import check_before
from flipscope.judge.gate import given_budget
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.examples import open_examples
from flipscope.open.labels import NAMES_IN_ORDER, is_generic, names_in, normalise
from flipscope.open.predictions import PredictionFile, to_examples
from flipscope.open.source import open_source
from flipscope.output import Output
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import Progress, SilentProgress
from flipscope.sources import Source, announce, answer, fit_to_classes, label_names, leaves, model_info
from flipscope.spec import Spec, TaskSpec, make_spec
from flipscope.store.tables import TaskData
from flipscope.store.triage import history_of
from flipscope.tasks import Task, get_task

if TYPE_CHECKING:
    import datasets
    import pandas as pd
    import pyarrow as pa

# Rows that are tagged unasked: a second or two. A million take 6 s, pairs 15 s (benchmarks/README.md).
_QUICKLY_TAGGED = 100_000


@dataclass(frozen=True)
class OpenedTask:
    """One task, all of it opened and checked, nothing run.

    Attributes
    ----------
    spec : TaskSpec
        What was asked for.
    examples : Examples
        The evaluation set.
    sources : mapping of str to Checkpoint, PredictionFile or Ensemble
        The models by name: ``old`` and the candidates.
    suites : list of Suite
        The behavior suites to run.
    """

    spec: TaskSpec
    examples: Examples
    sources: Mapping[str, Source]
    suites: list[Suite]


def compare(
    old: str | Path,
    new: str | Path | Mapping[str, str | Path],
    data: str | Path | pd.DataFrame | pa.Table | datasets.Dataset | None = None,
    task: str = "task",
    *,
    out: str | Path | None = None,
    budget: Budget | str | Path | None = None,
    triage: str | Path | None = None,
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
        predictions, ``ensemble:A+B`` or ``vote:A+B+C``. `new` may be a mapping of names to several candidates.
    data : str, path, DataFrame, Table or Dataset, optional
        The evaluation set. Not needed when the models are prediction files with gold labels.
    task : str
        A GLUE task's name, or any name for a task of your own.
    out : str or path, optional
        The comparison folder to write; a temporary one, gone when the process ends, if not given.
    budget : Budget, str or path, optional
        What the candidates may break, or the file that says so: then there is a verdict on each.
    triage : str or path, optional
        An earlier comparison, or a file that ``flipscope triage export`` wrote: its judgements are taken over.
    limit : int, optional
        Only the first examples, for a quick look.
    settings : Settings, optional
        Device, precision, maximal length, cache.
    allow_torch_weights : bool
        Also open checkpoints that have only PyTorch's own weight files.
    progress : Progress, optional
        Where to report to; nobody by default.
    **columns
        ``text``, ``text_b``, ``label``, ``id``, ``labels``, ``alias``, ``new_classes``, ``pred``, ``probs``,
        ``suites``, ``tags``, ``builtin_tags`` as in `TaskSpec`.

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
    spec = spec.model_copy(update={"budget": given_budget(budget)})
    return compare_spec(
        spec, out, triage=triage, limit=limit, settings=settings, allow_torch_weights=allow_torch_weights,
        progress=progress,
    )  # fmt: skip


def compare_spec(
    spec: Spec,
    out: str | Path | None = None,
    *,
    triage: str | Path | None = None,
    limit: int | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare all tasks and candidates of a spec. Parameters as in `compare`."""
    settings, progress = settings or Settings(), progress or SilentProgress()
    with Output(out) as output:
        judgements = None if triage is None else history_of(triage)  # before it may be replaced
        opened = [
            open_task(task, limit=limit, settings=settings, allow_torch_weights=allow_torch_weights, progress=progress)
            for task in spec.tasks
        ]
        if spec.budget is not None:
            check_before(spec.budget, [(task.examples, task.suites) for task in opened])
        settings = output.begin(settings, progress)
        tasks = [_run_task(task, settings, progress) for task in opened]
        aliases = {task.spec.name: task.spec.alias for task in opened}
        comparison = output.finish(
            tasks, settings, limit=limit, allow_torch_weights=allow_torch_weights, aliases=aliases
        )
        if judgements is not None:
            output.take_over(comparison, judgements)
        return comparison if spec.budget is None else output.judge(comparison, spec.budget)


def open_task(
    spec: TaskSpec,
    *,
    limit: int | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
) -> OpenedTask:
    """Open and check all that a task needs, before any model is run. Parameters as in `compare`.

    Raises
    ------
    FlipscopeError
        When an input can't be read or does not fit.
    """
    settings, progress = settings or Settings(), progress or SilentProgress()
    task = get_task(spec.name, text=spec.text, text_b=spec.text_b, label=spec.label, labels=spec.labels)

    wanted = {OLD: spec.old, **spec.candidates}

    def opened(name: str, task: Task) -> Source:
        return open_source(
            wanted[name], task, name=name, allow_torch_weights=allow_torch_weights, id_column=spec.id,
            pred_column=spec.pred, prob_columns=spec.probs, aliases=spec.alias,
            new_classes=spec.new_classes if name == OLD else (),
        )  # fmt: skip

    sources = {name: opened(name, task) for name in wanted}
    examples = _open_examples(spec, task, sources, limit)
    task = replace(task, label_names=examples.label_names)
    sources = fit_to_classes(
        sources, task.label_names, lambda name: opened(name, task), aliases=spec.alias, longest=settings.max_length,
        new_classes=spec.new_classes,
    )  # fmt: skip
    quick = len(examples) <= _QUICKLY_TAGGED
    examples = tag(examples, spec.tags, builtin=quick if spec.builtin_tags is None else spec.builtin_tags)
    progress.say(f"{spec.name}: " + "; ".join(examples.notes))
    announce(sources, progress)
    return OpenedTask(spec, examples, sources, _open_suites(spec, examples, sources, limit))


def _open_examples(spec: TaskSpec, task: Task, sources: Mapping[str, Source], limit: int | None) -> Examples:
    """Open the evaluation set, its classes named by the task or else by all that know them together."""
    if task.label_names:
        return _read_examples(spec, task, sources, limit)
    models = list(leaves(sources.values()))
    names = [label_names(leaf) for leaf in models]
    renamed = {normalise(theirs): name for theirs, name in spec.alias.items()}
    # An old model that does not know all classes has no place for the others in its order.
    ordering = leaves(source for name, source in sources.items() if name != OLD or not spec.new_classes)
    orders = [
        tuple(renamed.get(normalise(name), name) for name in leaf.label_names)
        for leaf in ordering
        if isinstance(leaf, Checkpoint) and not is_generic(leaf.label_names)
    ]
    agreed = replace(task, label_names=orders[0]) if len(set(orders)) == 1 else task
    examples = _read_examples(spec, agreed, sources, limit)
    if len({is_generic(known) for known in (examples.label_names, *names)}) > 1:
        raise FlipscopeError(
            "the classes have names in one place and numbers in another, and models may number them differently",
            where=examples.source,
            do=NAMES_IN_ORDER,
        )
    if len(set(orders)) > 1:  # the data name their classes, so it does not matter whose order is taken
        return _read_examples(spec, replace(task, label_names=orders[0]), sources, limit)
    if orders:
        return examples
    return replace(examples, label_names=names_in(name for known in (examples.label_names, *names) for name in known))


def _read_examples(spec: TaskSpec, task: Task, sources: Mapping[str, Source], limit: int | None) -> Examples:
    if spec.data is not None:
        return open_examples(spec.data, task, id_column=spec.id, limit=limit, aliases=spec.alias)
    models = list(leaves(sources.values()))
    files = [leaf for leaf in models if isinstance(leaf, PredictionFile)]
    if len(files) < len(models):
        raise FlipscopeError(
            f"task {spec.name!r} has a model to run, but no evaluation set",
            do="Name one with --data (data in a spec)",
        )
    with_labels = next((file for file in files if file.table["label"].null_count < len(file.table)), files[0])
    return to_examples(replace(with_labels, table=with_labels.table.slice(0, limit)), task)


def _open_suites(spec: TaskSpec, examples: Examples, sources: Mapping[str, Source], limit: int | None) -> list[Suite]:
    """Open the suites that models are to be run on, and check that they fit the task."""
    if not spec.suites:
        return []
    if any(isinstance(leaf, PredictionFile) for leaf in leaves(sources.values())):
        raise FlipscopeError(
            f"task {spec.name!r}: a suite needs models to run, but one side is a file of predictions",
            where="--suite",
            do="Use flipscope behaviors, with predictions for the suite's own inputs",
        )
    orders = [leaf.label_names for leaf in leaves(sources.values()) if isinstance(leaf, Checkpoint)]
    suites = open_task_suites(spec, examples.label_names, has_pairs(examples), orders)
    return [first_cases(suite, limit) for suite in suites]


def has_pairs(examples: Examples) -> bool:
    """Tell whether examples have two texts."""
    return examples.table["text_b"].null_count == 0


def open_task_suites(
    spec: TaskSpec, names: tuple[str, ...], pairs: bool, orders: Iterable[tuple[str, ...]]
) -> list[Suite]:
    """Open the suites of a task and check that they fit it.

    Parameters
    ----------
    spec : TaskSpec
        The task.
    names : tuple of str
        Its class names.
    pairs : bool
        Whether its examples have two texts.
    orders : iterable of tuple of str
        The classes of every model to run, in its own order.

    Raises
    ------
    FlipscopeError
        When one can't be read, or does not fit.
    """
    suites = open_suites(spec.suites, spec.name, names, pairs, spec.alias)
    named = get_task(spec.name, labels=spec.labels).label_names
    by_number = next((suite for suite in suites if suite.labels and is_generic(suite.labels)), None)
    if by_number and not named and len(set(orders)) > 1:
        raise FlipscopeError(
            f"task {spec.name!r}: the suite's classes are numbers, and the models order theirs differently",
            where=by_number.source,
            do=NAMES_IN_ORDER,
        )
    return suites


def _run_task(task: OpenedTask, settings: Settings, progress: Progress) -> TaskData:
    predictor = Predictor(task.examples, settings, progress)
    if any(isinstance(leaf, Checkpoint) for leaf in leaves(task.sources.values())):
        progress.say(f"{task.spec.name}: running the models")
    aliases = task.spec.alias
    new_classes = {OLD: task.spec.new_classes}
    predictions = {
        name: answer(source, name, predictor, aliases, new_classes.get(name, ()))
        for name, source in task.sources.items()
    }
    models = {name: model_info(task.sources[name], predictions[name]) for name in task.sources}
    behaviors = []
    for suite in task.suites:
        progress.say(f"{task.spec.name}: running suite {suite.name}, {described(suite)}")
        found = answer_suite(
            suite, task.spec.name, task.examples.label_names, task.sources, aliases, settings, progress, new_classes
        )
        behaviors.append(BehaviorData(suite, {name: answers_of(each) for name, each in found.items()}))
    return TaskData(task.examples, predictions, models, behaviors)
