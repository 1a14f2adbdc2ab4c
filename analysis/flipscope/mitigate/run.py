"""Train, choose, combine, and judge it all: the job of ``flipscope mitigate``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from flipscope.comparison import STUDY_COMPARISON, STUDY_MODELS, STUDY_SPLITS, Comparison, open_comparison
from flipscope.errors import FlipscopeError
from flipscope.mitigate.candidates import make_candidates
from flipscope.mitigate.plan import Made
from flipscope.mitigate.results import method_results, old_info
from flipscope.mitigate.spec import MitigationSpec, read_mitigation
from flipscope.mitigate.task import OpenedTask, open_mitigation_task
from flipscope.mitigate.trainings import Trainings
from flipscope.pipeline import compare_spec
from flipscope.predict.runner import Settings
from flipscope.progress import Progress, SilentProgress, Step
from flipscope.spec import Spec, TaskSpec
from flipscope.store.writing import rewrite_manifest, writing
from flipscope.study import Study

# What is said of a task's data and suites holds for its report split, too.
_AS_GIVEN = {"text", "text_b", "label", "id", "alias", "suites", "tags", "builtin_tags"}


def mitigate(
    spec: MitigationSpec | str | Path,
    out: str | Path,
    *,
    limit: int | None = None,
    settings: Settings | None = None,
    allow_torch_weights: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Try the ways to reduce regressions, and compare them all with the old model.

    Parameters
    ----------
    spec : MitigationSpec, str or path
        What to try, or the SPEC.toml that says so.
    out : str or path
        A folder. Models, splits and the comparison are kept there; when the same is asked for again, what was
        finished is not done again.
    limit : int, optional
        At most so many examples of every split, for a quick look.
    settings : Settings, optional
        Device of training and prediction; precision and cache of prediction. Texts are cut as the spec says.
    allow_torch_weights : bool
        Also open checkpoints that have only PyTorch's own weight files.
    progress : Progress, optional
        Where to report to; nobody by default.

    Returns
    -------
    Comparison
        Of all candidates on the report split; ``manifest.study`` has the methods and their costs.

    Raises
    ------
    FlipscopeError
        When an input can't be read or does not fit, or no conventional model could be trained.
    """
    spec = spec if isinstance(spec, MitigationSpec) else read_mitigation(spec)
    settings, progress, out = settings or Settings(), progress or SilentProgress(), Path(out)
    settings = replace(settings, max_length=spec.training.max_length)  # models are asked what they were trained on
    _check_target(out)
    with writing(out):
        tasks = open_tasks(spec, limit, settings, allow_torch_weights, progress)
        for task in tasks:
            task.write_splits(out / STUDY_SPLITS / task.name)
        trainings = {task.name: Trainings(task, spec, out / STUDY_MODELS / task.name, settings) for task in tasks}
        for each in trainings.values():
            each.check_device()
        tasks = [each.train_old(progress) for each in trainings.values()]
        for task in tasks:
            task.ask_old()
        with _whole_plan(trainings, progress) as step:
            found = {task.name: make_candidates(spec, task, trainings[task.name], progress, step) for task in tasks}
        made, warnings = _on_every_task({task: candidates for task, (candidates, _) in found.items()})
        warnings += [remark for _, remarks in found.values() for remark in remarks]
        comparison = compare_spec(
            _comparison_spec(spec, tasks, made, out),
            out / STUDY_COMPARISON,
            settings=settings,
            allow_torch_weights=allow_torch_weights,
            progress=_OnlySteps(progress),
        )
        study = _study(spec, tasks, trainings, made, warnings, comparison)
        rewrite_manifest(comparison.path, comparison.manifest.model_copy(update={"study": study}))
    return open_comparison(comparison.path)


class _OnlySteps(SilentProgress):
    """Shows how far the comparison is, and drops what it says of every candidate: the plan has said it."""

    def __init__(self, outer: Progress) -> None:
        self.step = outer.step  # type: ignore[method-assign]


def open_tasks(
    spec: MitigationSpec, limit: int | None, settings: Settings, allow_torch_weights: bool, progress: Progress
) -> list[OpenedTask]:
    """Open and check all tasks of a spec; nothing is run. Parameters and errors as of `mitigate`."""
    return [
        open_mitigation_task(spec, task, settings, progress, limit=limit, allow_torch_weights=allow_torch_weights)
        for task in spec.tasks
    ]


def _check_target(out: Path) -> None:
    if "+" in str(out):
        raise FlipscopeError("a + in this name would be taken for that of an ensemble", where=out, do="Choose another")
    if out.exists() and not out.is_dir():
        raise FlipscopeError("this is a file, not a folder", where=out, do="Choose another --out")
    ours = (STUDY_MODELS, STUDY_SPLITS, STUDY_COMPARISON)
    if out.is_dir() and any(out.iterdir()) and not any((out / name).is_dir() for name in ours):
        raise FlipscopeError(
            "this folder holds other files than what flipscope mitigate made", where=out,
            do="Choose a new or an empty folder for --out",
        )  # fmt: skip


def _whole_plan(trainings: dict[str, Trainings], progress: Progress) -> AbstractContextManager[Step]:
    """Open one step for all trainings, so that it can tell how long they will take together."""
    total = sum(each.planned_examples for each in trainings.values())
    done = min(total, sum(each.finished_examples() for each in trainings.values()))
    return progress.step("training", total, unit="examples", done=done)


def _on_every_task(made: dict[str, list[Made]]) -> tuple[dict[str, list[Made]], list[str]]:
    """Keep the candidates that there are on every task; a comparison has the same ones on all."""
    names = [{each.name for each in candidates} for candidates in made.values()]
    everywhere = set.intersection(*names)
    if not any(each.method.kind == "conventional" and each.name in everywhere for each in next(iter(made.values()))):
        raise FlipscopeError(
            "no conventional model could be trained on every task, so there is nothing to compare with",
            do="See the messages above; what was trained is kept, and the same command goes on",
        )
    lost = sorted(set.union(*names) - everywhere)
    warnings = [f"not on every task, and left out: {', '.join(lost)}"] if lost else []
    return {task: [each for each in found if each.name in everywhere] for task, found in made.items()}, warnings


def _comparison_spec(spec: MitigationSpec, tasks: list[OpenedTask], made: dict[str, list[Made]], out: Path) -> Spec:
    """Write the comparison of all candidates on the report splits."""
    return Spec(
        tasks=[
            TaskSpec(
                name=task.name,
                old=task.old_source,
                candidates={each.name: each.source for each in made[task.name]},
                data=str(out / STUDY_SPLITS / task.name / "report.parquet"),
                labels=task.label_names,
                new_classes=task.new_classes,
                **task.spec.model_dump(include=_AS_GIVEN),
            )
            for task in tasks
        ],
        budget=spec.budget,
    )


def _study(
    spec: MitigationSpec,
    tasks: list[OpenedTask],
    trainings: dict[str, Trainings],
    made: dict[str, list[Made]],
    warnings: list[str],
    comparison: Comparison,
) -> Study:
    seconds = {(task, name): value for task, each in trainings.items() for name, value in each.seconds.items()}
    used = {(task, unit.folder) for task, found in made.items() for each in found for unit in each.parts}
    results = method_results(comparison, made, seconds)
    return Study(
        seeds=spec.seeds,
        accuracy_margin=spec.accuracy_margin,
        training=spec.training.model_dump(),
        splits=[task.splits.info for task in tasks],
        old=[old_info(comparison, task.name, task.teacher_accuracy, list(task.new_classes)) for task in tasks],
        trainings=[info for task in tasks for info in trainings[task.name].infos(used)],
        methods=results,
        warnings=warnings,
    )
