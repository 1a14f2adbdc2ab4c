"""Behaviors without an evaluation set: two models, or their answers in files, on the inputs of suites."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from flipscope.behaviors.answer_files import FORMATS, read_answers
from flipscope.behaviors.answers import Answers
from flipscope.behaviors.classes import agree_on_classes
from flipscope.behaviors.input_files import check_inputs
from flipscope.behaviors.resolve import AUTO, open_suite, with_warnings
from flipscope.behaviors.run import BehaviorData, answer_suite, answers_of, check_suites, described, first_cases
from flipscope.behaviors.suite import Suite
from flipscope.comparison import Comparison
from flipscope.data import NEW, OLD, Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.examples import open_examples
from flipscope.open.source import open_source
from flipscope.output import Output
from flipscope.predict.runner import Settings
from flipscope.progress import Progress, SilentProgress
from flipscope.sources import Source, announce, fit_to_classes, label_names, leaves, model_info
from flipscope.spec import check_candidate_names, check_task_name
from flipscope.store.tables import TaskData
from flipscope.tasks import Task, get_task

if TYPE_CHECKING:
    import datasets
    import pandas as pd

_COLUMNS = ("text", "text_b", "label", "id")
_ANSWER_FILES = (".txt", ".txt.gz")
_ROUNDING = 0.02  # how far probabilities written with few digits may be from 1 together


@dataclass(frozen=True)
class AnswerFile:
    """A file of answers in one of CheckList's formats: a line an input, in the suite's order."""

    path: Path
    format: str


def compare_behaviors(
    old: str | Path,
    new: str | Path | Mapping[str, str | Path],
    suites: str | Path | Suite | Sequence[str | Path | Suite] = (),
    *,
    task: str | None = None,
    labels: Sequence[str] = (),
    alias: Mapping[str, str] | None = None,
    answer_format: str = "pred_and_softmax",
    inputs: str | Path | None = None,
    perturb: Sequence[str] = (),
    data: str | Path | pd.DataFrame | pa.Table | datasets.Dataset | None = None,
    out: str | Path | None = None,
    limit: int | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
    **columns: Any,
) -> Comparison:
    """Compare two versions of a model on behavior suites alone.

    Parameters
    ----------
    old, new : str or path
        Models as in `flipscope.compare`, or files of answers to the suite's inputs: CheckList's (``.txt``, one line
        an input) or a table that has the inputs or their numbers. `new` may map names to several candidates.
    suites : str, path or Suite, or several
        A suite file, one of CheckList's own, ``builtin:NAME``, ``auto``, or a suite in memory.
    task : str, optional
        What the comparison calls the task; for ``auto`` and `data`, a GLUE task's name or one of your own.
    labels : sequence of str
        Class names in the order of their ids, where neither task nor models tell.
    alias : mapping of str to str, optional
        Other names of classes, in models or suites, to those of the task.
    answer_format : str
        Which of CheckList's five formats ``.txt`` files are in.
    inputs : str or path, optional
        The exported inputs that files of answers are about: checked to be the suite's, in its order.
    perturb : sequence of str
        Perturbations that turn `data` into invariance tests, such as ``typos``.
    data : str, path or table, optional
        The evaluation set to perturb.
    out, limit, settings, allow_torch_weights, progress
        As in `flipscope.compare`; `limit` is in cases of each test.
    **columns
        ``text``, ``text_b``, ``label`` and ``id`` of `data` and of tables of predictions, as in `flipscope.compare`.

    Returns
    -------
    Comparison

    Raises
    ------
    FlipscopeError
        When an input can't be read or does not fit; nothing is written then.
    """
    settings, progress = settings or Settings(), progress or SilentProgress()
    output = Output(out)
    if unknown := sorted(set(columns) - set(_COLUMNS)):
        raise FlipscopeError(f"there is no option {unknown[0]!r}", do=f"Columns are {', '.join(_COLUMNS)}")
    aliases = dict(alias or {})
    texts = {name: columns.get(name) for name in ("text", "text_b", "label")}
    known = get_task(task or "behaviors", labels=tuple(labels), **texts)
    check_task_name(known.name)
    wanted = _wanted(old, new)

    def opened(name: str, task: Task) -> Source:
        return open_source(
            wanted[name], task, name=name, allow_torch_weights=allow_torch_weights, id_column=columns.get("id"),
            aliases=aliases,
        )  # fmt: skip

    files = {
        name: _open_answers(text, answer_format)
        for name, text in wanted.items()
        if text.lower().endswith(_ANSWER_FILES)
    }
    models = {name: opened(name, known) for name in wanted if name not in files}
    given = [suites] if isinstance(suites, str | Path | Suite) else list(suites)
    found, known = _open_suites(given, known, models, perturb, data, aliases, columns)
    _check_kinds(files, models, found, limit)
    models = fit_to_classes(
        models, known.label_names, lambda name: opened(name, known), aliases=aliases, longest=settings.max_length
    )
    if inputs is not None:
        if len(found) > 1:
            raise FlipscopeError("these are the inputs of one suite", where=inputs, do="Compare one suite at a time")
        check_inputs(found[0], Path(inputs))
    found = [first_cases(suite, limit) for suite in check_suites(found, known.label_names, pairs=None, aliases=aliases)]
    name = task or next((name for suite in found for name in suite.tasks), known.name)
    check_task_name(name)
    with output:
        settings = output.begin(settings, progress)
        results = _run(found, replace(known, name=name), list(wanted), files, models, aliases, settings, progress)
        return output.finish(
            [results], settings, limit=limit, allow_torch_weights=allow_torch_weights, aliases={name: aliases}
        )


def _open_suites(
    given: Sequence[str | Path | Suite],
    task: Task,
    models: Mapping[str, Source],
    perturb: Sequence[str],
    data: Any,
    aliases: Mapping[str, str],
    columns: Mapping[str, Any],
) -> tuple[list[Suite], Task]:
    """Open the suites that are named, and find out what the task's classes are on the way."""
    named = [suite for suite in given if isinstance(suite, Suite) or os.fspath(suite) != AUTO]
    found = [with_warnings(suite) if isinstance(suite, Suite) else open_suite(os.fspath(suite)) for suite in named]
    if not task.label_names:
        answering = list(leaves(models.values()))
        ordered = [label_names(leaf) for leaf in answering if isinstance(leaf, Checkpoint)]
        others = [label_names(leaf) for leaf in answering if not isinstance(leaf, Checkpoint)]
        task = replace(task, label_names=agree_on_classes(ordered, others, found, aliases))
    if len(named) < len(given):
        found.append(open_suite(AUTO, task=task.name, labels=task.label_names))
    if perturb:
        found.append(_perturbed(perturb, data, task, columns.get("id")))
    if not found:
        raise FlipscopeError("no suite is named", do="Give --suite, or --perturb with --data")
    return found, task


def _wanted(old: str | Path, new: str | Path | Mapping[str, str | Path]) -> dict[str, str]:
    candidates = new if isinstance(new, Mapping) else {NEW: new}
    if not candidates:
        raise FlipscopeError("no candidate is named", do="Compare the old model with at least one other")
    check_candidate_names(candidates)
    return {OLD: os.fspath(old)} | {name: os.fspath(source) for name, source in candidates.items()}


def _open_answers(text: str, answer_format: str) -> AnswerFile:
    if answer_format not in FORMATS:
        raise FlipscopeError(
            f"there is no format {answer_format!r}", where="--format", do=f"Choose from {', '.join(FORMATS)}"
        )
    if not Path(text).is_file():
        raise FlipscopeError("no such file", where=text)
    return AnswerFile(Path(text), answer_format)


def _perturbed(names: Sequence[str], data: Any, task: Task, id_column: str | None) -> Suite:
    from flipscope.behaviors.perturb import perturbation_suite

    if data is None:
        raise FlipscopeError("there is nothing to perturb", where="--perturb", do="Name an evaluation set with --data")
    return perturbation_suite(open_examples(data, task, id_column=id_column), names)


def _check_kinds(
    files: Mapping[str, AnswerFile], models: Mapping[str, Source], suites: Sequence[Suite], limit: int | None
) -> None:
    """Refuse answers that can't be to these suites."""
    if files and (len(suites) > 1 or limit is not None):
        what = "answers one suite" if len(suites) > 1 else "can't be cut with --limit"
        first = next(iter(files.values()))
        raise FlipscopeError(f"a file of answers {what}", where=first.path, do="Compare one whole suite at a time")
    if models and any(not suite.labels for suite in suites):
        raise FlipscopeError(
            "the suite asks for texts as answers, and this model gives classes", where=next(iter(models))
        )


def _run(
    suites: Sequence[Suite],
    task: Task,
    order: Sequence[str],
    files: Mapping[str, AnswerFile],
    models: Mapping[str, Source],
    aliases: Mapping[str, str],
    settings: Settings,
    progress: Progress,
) -> TaskData:
    """Get all answers, of files and of models, and put them in the order that the user named them in."""
    names = task.label_names
    announce(models, progress)
    predictions = {name: _as_predictions(name, file, names) for name, file in files.items()}
    behaviors = []
    for suite in suites:
        progress.say(f"{task.name}: suite {suite.name}, {described(suite)}")
        answers = {name: read_answers(file.path, file.format, suite, names, aliases) for name, file in files.items()}
        doubts = [doubt for name, file in answers.items() for doubt in _doubts(name, file)]
        suite = replace(suite, notes=(*suite.notes, *doubts))
        found = answer_suite(suite, task.name, names, models, aliases, settings, progress)
        answers |= {name: answers_of(each) for name, each in found.items()}
        behaviors.append(BehaviorData(suite, {name: answers[name] for name in order}))
        predictions = found | predictions
    infos = {name: model_info(source, predictions[name]) for name, source in models.items()}
    nothing = pa.table({name: pa.array([], pa.string()) for name in ("example_id", "text_a", "text_b", "label")})
    examples = Examples(task.name, nothing, names, None, "", "")
    return TaskData(examples, {name: predictions[name] for name in order}, infos, behaviors)


def _doubts(name: str, answers: Answers) -> Iterator[str]:
    """Tell of probabilities that are none; some services leave a class out, and then they are less than 1 together."""
    if answers.has_probabilities:
        sums = answers.confidence.sum(axis=1)
        odd = np.flatnonzero(np.abs(sums - 1) > _ROUNDING)
        if len(odd):
            first = f"{sums[odd[0]]:.4g} in line {odd[0] + 1:,}"
            yield f"{name}: the probabilities of {len(odd):,} answers do not add up to 1 ({first}); is --format right?"


def _as_predictions(name: str, file: AnswerFile, names: tuple[str, ...]) -> Predictions:
    """Tell which file the answers are from; the answers themselves are by suite."""
    with file.path.open("rb") as stream:
        fingerprint = hashlib.file_digest(stream, "sha256").hexdigest()
    empty = pa.table({"example_id": pa.array([], pa.string()), "pred": pa.array([], pa.string())})
    return Predictions(name, fingerprint, names, empty, None, str(file.path), (f"answers in format {file.format}",))
